// Points of two classes in the plane, and the springs that a loss of pairs puts between them.
// The picture is lossbook/explorers/springs.py.
import { pairForces } from "../fits.js";
import { handles } from "../handle.js";
import { FORCE, drawMarks, forceValues } from "../marks.js";
import { number } from "../numbers.js";
import { panel } from "../panel.js";
import { isSeen, trace } from "../play.js";
import { line, point as pointKey, readout } from "../readout.js";
import { bind, stage } from "../stage.js";
import { BLUE, GREEN, ORANGE, PURPLE, classes, inColour } from "../styles.js";
import { say } from "../words.js";

const PULL = { colour: GREEN, dash: 3 }; // the two kinds of springs, as in springs.py
const PUSH = { colour: PURPLE, dash: 4 };
const STYLES = [BLUE, ORANGE]; // of the two classes

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
  const found = () => pairForces(bind(spec, state, curve, 3), state.points, labels);
  const trail = trace();
  const ranges = [spec.x.range, spec.y.range];
  scene.steps(() => {
    const [from, { forces }] = [state.points, found()];
    const points = from.map((point, i) => moved(point, forces[i], spec));
    trail.add(from, points);
    change({ points });
    const seen = (to, i) => to.some((value, k) => isSeen(from[i][k], value, ranges[k]));
    return points.some(seen) && !trail.full();
  }, 80);
  const axes = { x: spec.x.range, y: spec.y.range, xLabel: spec.x.label };
  const plane = panel(scene.panels, { title: spec.y.label, ...axes });
  const [trails, lines] = ["trails", "springs"].map(() => plane.plot.append("g"));
  const places = handles(plane, spec, scene, {
    style: (label) => STYLES[label],
    name: (label, i) => say("{kind} point {n}", { kind: names[label], n: i + 1 }),
    reach: 18,
  });
  const marks = plane.over.append("g").attr("class", "lb-marks").attr("aria-hidden", "true");
  const [updateWhole, updateOne] = [WHOLE, FORCE].map((columns) => readout(scene.below, columns));
  scene.begin([plane]);

  function redraw() {
    const { points, chosen } = state;
    const { pairs, forces } = found();
    drawTrails(plane, trails, trail.upTo(points), labels);
    drawSprings(plane, lines, points, pairs);
    points.forEach(([x, y], i) => {
      const [forceX, forceY] = forces[i].map(number);
      const read = { x: number(x), y: number(y), forceX, forceY };
      places[i](x, y, say("x {x}, y {y}, force {forceX}, {forceY}", read));
    });
    const signs = spec.labels.map((label) => spec.names[label]);
    drawMarks(plane, marks, points, forces, signs, spec.arrow);
    const row = (name, label, look, which) => {
      const loss = which.reduce((sum, pair) => sum + pair.loss, 0);
      const idle = which.filter(({ size }) => size === 0).length;
      return { name, label, key: look && springKey(look), values: { loss, idle } };
    };
    const sliders = spec.parameters.map((p) => `${p.symbol || p.words} = ${number(state[p.name])}`);
    updateWhole(sliders.join(", "), [
      row("similar", say("pulls"), PULL, pairs.filter(({ similar }) => similar)),
      row("different", say("pushes"), PUSH, pairs.filter(({ similar }) => !similar)),
      row(curve.label, say("all pairs"), null, pairs),
    ]);
    const key = pointKey(STYLES[labels[chosen]]);
    const values = forceValues(forces[chosen]);
    const place = `(${points[chosen].map(number).join(", ")})`;
    const title = say("point {n} at {place}", { n: chosen + 1, place });
    updateOne(title, [{ name: curve.label, label: names[labels[chosen]], key, values }]);
  }
}

const springClass = (look) => `lb-spring ${classes(look)}`;
const springKey = (look) => ({ ...line(look), as: springClass(look) });

const WHOLE = { loss: say("loss"), idle: say("at rest") };

/** One step along the force; the edges of the panel are walls. */
function moved([x, y], [forceX, forceY], { rate, x: across, y: up }) {
  const within = ([low, high], value) => Math.max(low, Math.min(high, value));
  return [within(across.range, x + rate * forceX), within(up.range, y + rate * forceY)];
}

/** Where steps have led each point. */
function drawTrails(plane, group, places, labels) {
  const path = group.selectAll("path").data(labels).join("path");
  path.attr("class", (label) => `lb-trail ${inColour(STYLES[label])}`);
  const at = ([x, y]) => `${plane.x(x)} ${plane.y(y)}`;
  path.attr("d", (_, i) => `M${places.map((points) => at(points[i])).join("L")}`);
}

/** A line for each pair: dotted those that pull, dashed those that push, none for slack ones. */
function drawSprings(plane, group, points, pairs) {
  const taut = pairs.filter(({ size }) => size > 0);
  const line = group.selectAll("line").data(taut).join("line");
  line.attr("class", ({ similar }) => springClass(similar ? PULL : PUSH));
  line.attr("x1", ({ i }) => plane.x(points[i][0])).attr("y1", ({ i }) => plane.y(points[i][1]));
  line.attr("x2", ({ k }) => plane.x(points[k][0])).attr("y2", ({ k }) => plane.y(points[k][1]));
}
