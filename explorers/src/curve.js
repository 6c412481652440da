// Curves: sampled, broken where the function jumps, labelled where they end.
import { line } from "d3-shape";

import { classes, inColour } from "./styles.js";

/**
 * Points [x, f(x)] over an interval, with [x, NaN] where the curve has to be broken.
 *
 * A step larger than `tolerance` (in units of f) that does not shrink when the interval
 * around it is halved again and again is a jump.
 */
export function sample(f, [low, high], n, tolerance) {
  const points = [];
  for (let i = 0; i <= n; i++) {
    const point = at(f, low + ((high - low) * i) / n);
    if (i > 0) points.push(...jumps(f, points.at(-1), point, tolerance, 4));
    points.push(point);
  }
  return points;
}

const at = (f, x) => [x, f(x)];
const rise = (a, b) => Math.abs(b[1] - a[1]);

const isFinitePoint = ([, y]) => Number.isFinite(y);

/** The points to insert between two: none, or the edges of each jump with a gap between. */
function jumps(f, a, b, tolerance, depth) {
  if (isFinitePoint(a) !== isFinitePoint(b)) return [lastFinite(f, a, b)];
  if (!(rise(a, b) > tolerance) || depth === 0) return [];
  let [left, right] = [a, b];
  for (let i = 0; i < 40; i++) {
    const middle = at(f, (left[0] + right[0]) / 2);
    if (rise(left, middle) > rise(middle, right)) right = middle;
    else left = middle;
  }
  if (!(rise(left, right) > tolerance)) return [];
  const gap = [left[0], NaN];
  const before = jumps(f, a, left, tolerance, depth - 1);
  const after = jumps(f, right, b, tolerance, depth - 1);
  return [...before, left, gap, right, ...after];
}

/** Between a point where f is finite and one where it is not: the last where it is. */
function lastFinite(f, a, b) {
  let [finite, infinite] = isFinitePoint(a) ? [a, b] : [b, a];
  for (let i = 0; i < 40; i++) {
    const middle = at(f, (finite[0] + infinite[0]) / 2);
    if (isFinitePoint(middle)) finite = middle;
    else infinite = middle;
  }
  return finite;
}

/**
 * Curves in a panel, each with the look of its loss, the first one thickest; their labels stand
 * where they are last seen, kept apart. Returns draw(functions, texts), which draws them anew.
 */
export function curves(panel, looks) {
  const paths = looks.map((look, i) => {
    const path = panel.plot.append("path").attr("class", `lb-curve ${classes(look)}`);
    return path.classed("lb-first", i === 0);
  });
  return (functions, texts) => {
    const { x, y } = panel;
    const [low, high] = y.domain();
    const [left, right] = x.range();
    const far = high - low; // coordinates further outside are clamped
    const clamp = (value) => Math.max(low - far, Math.min(high + far, value));
    const pen = line().defined(isFinitePoint);
    pen.x((point) => x(point[0])).y((point) => y(clamp(point[1])));
    const named = functions.flatMap((f, i) => {
      const points = sample(f, x.domain(), Math.ceil((right - left) / 4) * 2, far / 50);
      paths[i].attr("d", pen(points));
      const end = lastSeen(points, y.domain());
      return end ? [{ text: texts[i], colour: looks[i].colour, at: x(end[0]), y: y(end[1]) }] : [];
    });
    const [bottom, top] = y.range();
    const placed = spread(named.map((one) => one.y), 16, [top, bottom]);
    const labels = panel.over.selectAll("text.lb-label").data(named).join("text");
    labels.attr("class", ({ colour }) => `lb-label lb-halo-text ${inColour(colour)}`);
    labels.attr("x", ({ at }) => at - right + panel.right());
    labels.attr("y", (_, i) => placed[i]).attr("dy", "0.35em").text(({ text }) => text);
  };
}

/**
 * Where a curve is last within [low, high], as [x, y], or undefined. `last_seen` in
 * lossbook/explorers/parts.py is the same.
 */
export function lastSeen(points, [low, high]) {
  const last = points.map(([, y]) => low <= y && y <= high).lastIndexOf(true);
  if (last < 0) return undefined;
  const [at, next] = [points[last], points[last + 1]];
  if (!next || !isFinitePoint(next)) return at;
  const edge = next[1] > high ? high : low;
  const part = (edge - at[1]) / (next[1] - at[1]);
  return [at[0] + part * (next[0] - at[0]), edge];
}

/** An upright line through a panel; returns draw(x). */
export function upright(panel) {
  const guide = panel.over.append("line").attr("class", "lb-guide");
  return (x) => {
    const [bottom, top] = panel.y.range();
    guide.attr("x1", panel.x(x)).attr("x2", panel.x(x)).attr("y1", bottom).attr("y2", top);
  };
}

/** The points [x, y], with a ring at the first position of the movable one. */
export function drawPoints(panel, group, points, movable) {
  const circles = group.selectAll("circle").data(points).join("circle");
  circles.attr("class", (_, i) => (i === movable ? "lb-ring" : "lb-point"));
  circles.attr("r", (_, i) => (i === movable ? 7 : 4.5));
  circles.attr("cx", ([x]) => panel.x(x)).attr("cy", ([, y]) => panel.y(y));
}

/**
 * Positions at least `gap` apart and within [low, high], near the wanted ones, in their order;
 * `draw_lines` in lossbook/explorers/parts.py keeps its labels apart in the same way.
 */
export function spread(wanted, gap, [low, high]) {
  const order = wanted.map((_, i) => i).sort((i, j) => wanted[i] - wanted[j]);
  const placed = wanted.map((y) => (Number.isNaN(y) ? high : y));
  let last = low - gap;
  for (const i of order) last = placed[i] = Math.max(placed[i], last + gap);
  let next = high + gap;
  for (const i of order.reverse()) next = placed[i] = Math.min(placed[i], next - gap);
  return placed;
}
