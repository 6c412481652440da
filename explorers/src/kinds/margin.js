// Two classes of points in the plane, all movable, and the widest strip between them.
// The picture is lossbook/explorers/margin.py.
import { separate } from "../fits.js";
import { handles } from "../handle.js";
import { drawSigns } from "../marks.js";
import { number } from "../numbers.js";
import { panel } from "../panel.js";
import { line, point, readout } from "../readout.js";
import { bind, stage } from "../stage.js";
import { GREEN, ORANGE, inColour } from "../styles.js";
import { say } from "../words.js";

const STYLES = { [-1]: ORANGE, 1: GREEN };

/**
 * spec: {
 *   label, losses, parameters: [C], as for curves, curves: [{ loss, label, given, look }], one,
 *   x: { label, range }, y: the same, labels: [-1 or 1], names: [of -1, of 1],
 *   steps: [dx, dy] of one arrow key, start: { points: [[x, y]], chosen: an index }
 * }
 */
export function margin(root, spec) {
  const scene = stage(root, spec, redraw);
  const { state } = scene;
  const { labels, names } = spec;
  legend(scene.controls, names);
  const axes = { x: spec.x.range, y: spec.y.range, xLabel: spec.x.label };
  const plane = panel(scene.panels, { title: spec.y.label, ...axes });
  const { colour } = spec.curves[0].look;
  const middle = line({ colour, dash: 1 }, true);
  const band = plane.plot.append("path").attr("class", `lb-band ${inColour(colour)}`);
  const lines = [-1, 0, 1].map((level) =>
    plane.plot.append("path").attr("class", level ? `lb-edge ${inColour(colour)}` : middle.as),
  );
  const places = handles(plane, spec, scene, {
    style: (label) => STYLES[label],
    name: (label, i) => `${nameOf(names, label)} ${i + 1}`,
    reach: 16,
  });
  const marks = plane.over.append("g").attr("class", "lb-marks").attr("aria-hidden", "true");
  const [updateWhole, updateOne] = [WHOLE, ONE].map((columns) => readout(scene.below, columns));
  scene.begin([plane]);

  function redraw() {
    const { points, chosen } = state;
    const { w, b, weights } = separate(points, labels, state.C);
    drawStrip(plane, band, lines, w, b);
    drawMarks(plane, marks, points, labels, weights);
    const { value } = bind(spec, state, spec.curves[0], 2);
    const each = points.map(([x, y], i) => {
      const score = w[0] * x + w[1] * y + b;
      return { margin: labels[i] * score, loss: value(score, labels[i]), weight: weights[i] };
    });
    points.forEach(([x, y], i) => {
      const place = `x ${number(x)}, y ${number(y)}`;
      places[i](x, y, weights[i] > 0 ? say("{place}, support vector", { place }) : place);
    });
    const values = {
      strip: 1 / Math.hypot(...w),
      vectors: weights.filter((weight) => weight > 0).length,
      total: each.reduce((sum, point) => sum + point.loss, 0),
    };
    const { label: name } = spec.curves[0];
    updateWhole(`C = ${number(state.C)}`, [{ name, key: middle, values }]);
    const kind = nameOf(names, labels[chosen]);
    const place = `(${points[chosen].map(number).join(", ")})`;
    const row = { name, label: kind, key: point(STYLES[labels[chosen]]), values: each[chosen] };
    updateOne(say("{kind} {n} at {place}", { kind, n: chosen + 1, place }), [row]);
  }
}

const WHOLE = {
  strip: say("half strip"), vectors: say("support vectors"), total: say("total loss"),
};
const ONE = { margin: say("margin"), loss: say("loss"), weight: say("weight") };

const SIGNS = { [-1]: "−", 1: "+" };
const nameOf = (names, label) => names[label > 0 ? 1 : 0];

function legend(parent, names) {
  for (const label of [-1, 1]) {
    const text = `${SIGNS[label]} ${nameOf(names, label)}`;
    parent.append("span").attr("class", `lb-legend ${inColour(STYLES[label])}`).text(text);
  }
}

/** The line w . x + b = 0, the two at -1 and 1, and what lies between; nothing where w is 0. */
function drawStrip(plane, band, lines, [w0, w1], b) {
  const square = w0 * w0 + w1 * w1;
  const [cx, cy] = [plane.x, plane.y].map((scale) => (scale.domain()[0] + scale.domain()[1]) / 2);
  const far = 2 * [plane.x, plane.y].reduce((sum, s) => sum + s.domain()[1] - s.domain()[0], 0);
  const length = Math.sqrt(square);
  const ends = [-1, 0, 1].map((level) => {
    const step = (level - (w0 * cx + w1 * cy + b)) / square; // from the middle to the line
    const [x, y] = [cx + step * w0, cy + step * w1];
    return [-far, far].map((t) => {
      const to = [plane.x(x - (t * w1) / length), plane.y(y + (t * w0) / length)];
      return to.map((pixel) => Math.max(-1e5, Math.min(1e5, pixel)));
    });
  });
  const path = (...points) => (square ? `M${points.join("L")}` : null);
  lines.forEach((line, i) => line.attr("d", path(...ends[i])));
  band.attr("d", path(...ends[0], ends[2][1], ends[2][0]));
}

/** Signs on the points, and rings around the support vectors. */
function drawMarks(plane, group, points, labels, weights) {
  drawSigns(plane, group, points, labels.map((label) => SIGNS[label]));
  const held = points.filter((_, i) => weights[i] > 0);
  const rings = group.selectAll("circle").data(held).join("circle").attr("class", "lb-support");
  rings.attr("cx", ([x]) => plane.x(x)).attr("cy", ([, y]) => plane.y(y)).attr("r", 13);
}
