// Points, one of them movable, and a line fitted to them under each loss.
// The picture is lossbook/explorers/fit.py.
import { curves, drawPoints } from "../curve.js";
import { methods } from "../fits.js";
import { handle } from "../handle.js";
import { number, signed } from "../numbers.js";
import { panel } from "../panel.js";
import { line as lineKey, readout } from "../readout.js";
import { bind, stage } from "../stage.js";
import { INK } from "../styles.js";
import { say } from "../words.js";

/**
 * spec: {
 *   label, losses, parameters, as for curves,
 *   curves: [{ loss, label, given, look, method: "irls" | "vertices" }],
 *   x: { label, range, values }, y: the same, movable: the index of the movable point,
 *   steps: [dx, dy] of one arrow key, start: { x, y } of the movable point
 * }
 */
export function fit(root, spec) {
  const scene = stage(root, spec, redraw);
  const { state, change, start } = scene;
  const labels = spec.curves.map(({ label }) => label);
  const axes = { x: spec.x.range, y: spec.y.range, xLabel: spec.x.label };
  const plane = panel(scene.panels, { title: spec.y.label, labels, ...axes });
  const dots = plane.plot.append("g");
  const points = spec.x.values.map((x, i) => [x, spec.y.values[i]]);
  const drawLines = curves(plane, spec.curves.map(({ look }) => look));
  const place = handle(plane, {
    style: INK,
    name: say("movable point"),
    steps: spec.steps,
    move: (x, y) => change({ x, y }),
  });
  const update = readout(scene.below, {
    slope: say("slope"),
    change: [say("change of slope"), signed],
    pull: [say("pull of the point"), signed],
  });
  const atFirst = spec.curves.map((one) => fitted(spec, start, one));
  scene.begin([plane]);

  function redraw() {
    const fits = spec.curves.map((one) => fitted(spec, state, one));
    drawLines(fits.map(([a, b]) => (x) => a + b * x), labels);
    drawPoints(plane, dots, points, spec.movable);
    const [x, y] = [number(state.x), number(state.y)];
    place(state.x, state.y, `x ${x}, y ${y}`);
    const title = say("movable point at ({x}, {y})", { x, y });
    update(title, fits.map((line, i) => row(spec, state, i, line, atFirst[i])));
  }
}

function fitted(spec, state, one) {
  const moved = (list, to) => list.map((old, i) => (i === spec.movable ? to : old));
  const [xs, ys] = [moved(spec.x.values, state.x), moved(spec.y.values, state.y)];
  return methods[one.method](bind(spec, state, one, 2), xs, ys);
}

function row(spec, state, i, [intercept, slope], [, first]) {
  const one = spec.curves[i];
  const { gradient } = bind(spec, state, one, 2);
  const pull = -gradient(intercept + slope * state.x, state.y);
  const values = { slope, change: slope - first, pull };
  return { name: one.label, key: lineKey(one.look, i === 0), values };
}
