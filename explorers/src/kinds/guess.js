// One guess for a whole sample: its cost under each loss, and the best guess of each.
// The picture is lossbook/explorers/guess.py.
import { curves, drawPoints, upright } from "../curve.js";
import { bestConstant } from "../fits.js";
import { handle } from "../handle.js";
import { number } from "../numbers.js";
import { panel } from "../panel.js";
import { line, readout } from "../readout.js";
import { bind, stage } from "../stage.js";
import { INK, inColour } from "../styles.js";
import { say } from "../words.js";

/**
 * spec: {
 *   label, losses, parameters, curves, as for curves,
 *   x: { label, range, values: the targets }, y: { range }, movable: the index of the movable one,
 *   height: where the targets stand, step: of one arrow key, start: { guess, x } of the movable one
 * }
 */
export function guess(root, spec) {
  const scene = stage(root, spec, redraw);
  const { state, change } = scene;
  const labels = spec.curves.map(({ label }) => label);
  const axes = { x: spec.x.range, y: spec.y.range, xLabel: spec.x.label };
  const plane = panel(scene.panels, { title: say("cost / least cost"), labels, ...axes });
  const targets = plane.plot.append("g");
  const points = spec.x.values.map((x) => [x, spec.height]);
  const drawLines = curves(plane, spec.curves.map(({ look }) => look));
  const drawGuide = upright(plane);
  const best = plane.over.append("g");
  const placeTarget = handle(plane, {
    style: INK,
    name: say("movable point"),
    steps: [spec.step, 0],
    move: (x) => change({ x }),
  });
  const placeGuess = handle(plane, {
    style: spec.curves[0].look.colour,
    name: say("guess"),
    steps: [spec.step, 0],
    move: (to) => change({ guess: to }),
  });
  const columns = { cost: say("cost"), best: say("best guess"), least: say("least cost") };
  const update = readout(scene.below, columns);
  scene.begin([plane]);

  function redraw() {
    const found = spec.curves.map((one) => ({ ...costs(spec, state, one), look: one.look }));
    const relative = found.map(({ cost, least }) => (to) => cost(to) / least);
    drawLines(relative, labels);
    drawPoints(plane, targets, points, spec.movable);
    drawBest(plane, best, found);
    drawGuide(state.guess);
    placeTarget(state.x, spec.height, number(state.x));
    const height = relative[0](state.guess);
    const [x, cost] = [number(state.guess), number(found[0].now)];
    placeGuess(state.guess, height, say("{x}: cost {cost}", { x, cost }));
    update(say("guess {x}", { x }), found.map(row));
  }

  function row({ now, at, least }, i) {
    return { name: labels[i], key: line(spec.curves[i].look, i === 0), values: { cost: now, best: at, least } };
  }
}

/** The mean loss as a function of the guess, what it is now, and where it is least. */
function costs(spec, state, one) {
  const loss = bind(spec, state, one, 2);
  const sample = spec.x.values.map((old, i) => (i === spec.movable ? state.x : old));
  const cost = (to) => sample.reduce((sum, y) => sum + loss.value(to, y), 0) / sample.length;
  const at = bestConstant(loss, sample);
  return { cost, now: cost(state.guess), at, least: cost(at) };
}

/** Where each curve is least. */
function drawBest(plane, group, found) {
  group
    .selectAll("circle")
    .data(found)
    .join("circle")
    .attr("class", ({ look }) => `lb-dot ${inColour(look.colour)}`)
    .attr("r", 4.5)
    .attr("cx", ({ at }) => plane.x(at))
    .attr("cy", plane.y(1));
}
