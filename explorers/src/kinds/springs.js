// Points of two classes in the plane, and the springs that a loss of pairs puts between them.
import { button } from "../controls.js";
import { handles } from "../handle.js";
import { FORCE, drawMarks, forceValues } from "../marks.js";
import { number } from "../numbers.js";
import { panel } from "../panel.js";
import { readout } from "../readout.js";
import { bind, stage } from "../stage.js";
import { words } from "../words.js";

const PULL = 3; // the colours of the two kinds of springs
const PUSH = 4;

/**
 * spec: {
 *   label, losses, parameters: [sliders], as for curves, curves: [{ loss, label, given }], one,
 *   a loss of (vector, vector, 1 for similar or 0),
 *   x: { label, range }, y: the same, labels: [0 or 1], names: [of 0, of 1], a sign or two each,
 *   steps: [dx, dy] of one arrow key, rate: of one step down the gradient,
 *   arrow: how long the arrow of a force of 1 is, start: { points: [[x, y]], chosen: an index }
 * }
 */
export function springs(root, spec) {
  const scene = stage(root, spec, redraw);
  const { state, change } = scene;
  const { labels, names } = spec;
  const [curve] = spec.curves;
  button(scene.controls, words.step, () => {
    const { forces } = pull(spec, state, curve);
    change({ points: state.points.map((point, i) => moved(point, forces[i], spec)) });
  });
  const axes = { x: spec.x.range, y: spec.y.range, xLabel: spec.x.label };
  const plane = panel(scene.panels, { title: spec.y.label, ...axes });
  const lines = plane.plot.append("g");
  const places = handles(plane, spec, scene, {
    style: (label) => label + 1,
    name: (label, i) => `${names[label]} ${words.point} ${i + 1}`,
    reach: 18,
  });
  const marks = plane.over.append("g").attr("class", "lb-marks").attr("aria-hidden", "true");
  const [updateWhole, updateOne] = [WHOLE, FORCE].map((columns) => readout(scene.below, columns));
  scene.begin([plane]);

  function redraw() {
    const { points, chosen } = state;
    const { pairs, forces } = pull(spec, state, curve);
    drawSprings(plane, lines, points, pairs);
    points.forEach(([x, y], i) => {
      const force = `${words.force} ${number(forces[i][0])}, ${number(forces[i][1])}`;
      places[i](x, y, `x ${number(x)}, y ${number(y)}, ${force}`);
    });
    const signs = spec.labels.map((label) => spec.names[label]);
    drawMarks(plane, marks, points, forces, signs, spec.arrow);
    const row = (name, label, style, which) => {
      const loss = which.reduce((sum, pair) => sum + pair.loss, 0);
      const idle = which.filter(({ size }) => size === 0).length;
      return { name, label, style, values: { loss, idle } };
    };
    const sliders = spec.parameters.map((p) => `${p.symbol} = ${number(state[p.name])}`);
    updateWhole(sliders.join(", "), [
      row("similar", words.pulls, PULL, pairs.filter(({ similar }) => similar)),
      row("different", words.pushes, PUSH, pairs.filter(({ similar }) => !similar)),
      row(curve.label, words.allPairs, 0, pairs),
    ]);
    const style = labels[chosen] + 1;
    const values = forceValues(forces[chosen]);
    const place = `(${points[chosen].map(number).join(", ")})`;
    const title = `${words.point} ${chosen + 1} ${words.at} ${place}`;
    updateOne(title, [{ name: curve.label, label: names[labels[chosen]], style, values }]);
  }
}

const WHOLE = { loss: words.loss, idle: words.idle };

/** All pairs with their losses, and the force on each point: minus the gradient of the sum. */
function pull(spec, state, curve) {
  const { points } = state;
  const { value, gradient } = bind(spec, state, curve, 3);
  const forces = points.map(() => [0, 0]);
  const pairs = [];
  for (let i = 0; i < points.length; i++) {
    for (let k = i + 1; k < points.length; k++) {
      const similar = spec.labels[i] === spec.labels[k];
      const pair = [points[i], points[k], similar ? 1 : 0];
      const slopes = gradient(...pair);
      [i, k].forEach((at, n) => {
        forces[at] = forces[at].map((force, axis) => force - slopes[n][axis]);
      });
      pairs.push({ i, k, similar, loss: value(...pair), size: Math.hypot(...slopes[0]) });
    }
  }
  return { pairs, forces };
}

/** One step along the force; the edges of the panel are walls. */
function moved([x, y], [forceX, forceY], { rate, x: across, y: up }) {
  const within = ([low, high], value) => Math.max(low, Math.min(high, value));
  return [within(across.range, x + rate * forceX), within(up.range, y + rate * forceY)];
}

/** A line for each pair: dotted those that pull, dashed those that push, none for slack ones. */
function drawSprings(plane, group, points, pairs) {
  const taut = pairs.filter(({ size }) => size > 0);
  const line = group.selectAll("line").data(taut).join("line");
  line.attr("class", ({ similar }) => `lb-spring lb-c${similar ? PULL : PUSH}`);
  line.attr("x1", ({ i }) => plane.x(points[i][0])).attr("y1", ({ i }) => plane.y(points[i][1]));
  line.attr("x2", ({ k }) => plane.x(points[k][0])).attr("y2", ({ k }) => plane.y(points[k][1]));
}
