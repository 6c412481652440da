// CTC with plain probabilities, which are exact enough for the few frames of an explorer.
// lossbook/sequence.py rescales them, for sequences of any length.

/** Blank, letter, blank, letter, ..., blank; class 0 is the blank. */
export const states = (target) => [0, ...target.flatMap((letter) => [letter, 0])];

/** The predecessors of state s: itself, s - 1, and s - 2 where the blank between may be skipped. */
export function sources(labels, s) {
  const skip = s > 1 && labels[s] !== 0 && labels[s] !== labels[s - 2];
  return [s, s - 1, ...(skip ? [s - 2] : [])].filter((from) => from >= 0);
}

/** alpha[t][s]: the probability of all paths up to time t that are in state s there. */
export function forward(p, labels) {
  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
  const alpha = [labels.map((label, s) => (s < 2 ? p[0][label] : 0))];
  for (const frame of p.slice(1)) {
    const last = alpha.at(-1);
    alpha.push(
      labels.map((label, s) => sum(sources(labels, s).map((from) => last[from])) * frame[label]),
    );
  }
  return alpha;
}

/** beta[t][s]: the same of all paths from state s at time t to the end, including the factor at t. */
export function backward(p, labels) {
  const turned = (rows) => rows.map((row) => [...row].reverse()).reverse();
  return turned(forward([...p].reverse(), [...labels].reverse()));
}

/**
 * Loss, lattice and gradient. p: [T][C], the probability of each class at each time; target: the
 * labels. `posterior` is by states, `classes` by classes; of a target with probability 0 they
 * are undefined (NaN), the loss is infinite and the gradient 0, as in lossbook.ctc.
 */
export function solve(p, target) {
  const labels = states(target);
  const ends = (weights) => weights.at(-1).slice(-2).reduce((a, b) => a + b, 0);
  const alpha = forward(p, labels);
  const beta = backward(p, labels);
  const total = ends(alpha);
  const posterior = alpha.map((row, t) =>
    row.map((a, s) => (a === 0 ? 0 : (a * beta[t][s]) / p[t][labels[s]]) / total),
  );
  const classes = p.map((frame, t) =>
    frame.map((_, k) => posterior[t].reduce((sum, g, s) => sum + (labels[s] === k ? g : 0), 0)),
  );
  const gradient = p.map((frame, t) => frame.map((q, k) => (total > 0 ? q - classes[t][k] : 0)));
  const ones = p.map((frame) => frame.map(() => 1));
  const count = { ahead: forward(ones, labels), behind: backward(ones, labels) };
  return {
    labels, alpha, beta, total, posterior, classes, gradient, count,
    loss: total > 0 ? Math.max(0, -Math.log(total)) : Infinity,
    alignments: ends(count.ahead),
  };
}

/** The n most probable alignments: [{ path: the class at each time, weight }]. */
export function best(p, target, n) {
  const labels = states(target);
  const top = (walks) => walks.sort((a, b) => b.weight - a.weight).slice(0, n);
  let walks = labels.map((label, s) => (s < 2 ? [{ path: [label], weight: p[0][label] }] : []));
  for (const frame of p.slice(1)) {
    walks = labels.map((label, s) => {
      const arriving = sources(labels, s).flatMap((from) => walks[from]);
      const grow = ({ path, weight }) => ({ path: [...path, label], weight: weight * frame[label] });
      return top(arriving.map(grow));
    });
  }
  return top(walks.slice(-2).flat());
}

/** The states that an alignment of these labels passes, from its class at each time. */
export function walk(labels, path) {
  const passed = [labels[0] === path[0] ? 0 : 1];
  for (const k of path.slice(1)) {
    const s = passed.at(-1);
    passed.push([s, s + 1, s + 2].find((to) => labels[to] === k));
  }
  return passed;
}

/** The probabilities p with p[t][k] set to a value; the others of frame t keep their ratios. */
export function moved(p, t, k, to) {
  const rest = 1 - p[t][k];
  const other = (q) => (rest > 0 ? (q / rest) * (1 - to) : (1 - to) / (p[t].length - 1));
  return p.map((frame, i) => (i === t ? frame.map((q, j) => (j === k ? to : other(q))) : frame));
}
