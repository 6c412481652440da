// Curves: sampled, broken where the function jumps, labelled where they end.
import { line } from "d3-shape";

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

/** What stands between two points: nothing, or the edges of each jump with a gap between. */
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

/** A curve in a panel; `draw(f)` draws it anew. `style` 1 to 6 gives its colour and dashes. */
export function curve(panel, style) {
  const path = panel.plot.append("path").attr("class", `lb-curve lb-c${style}`);
  return {
    draw(f) {
      const [low, high] = panel.y.domain();
      const [left, right] = panel.x.range();
      const far = high - low; // keeps coordinates small where a curve runs away
      const clamp = (y) => Math.max(low - far, Math.min(high + far, y));
      const points = sample(f, panel.x.domain(), Math.ceil((right - left) / 4) * 2, far / 50);
      const pen = line().defined(([, y]) => Number.isFinite(y));
      pen.x(([x]) => panel.x(x)).y(([, y]) => panel.y(clamp(y)));
      path.attr("d", pen(points));
    },
  };
}

/**
 * Labels at the right end of lines, kept apart.
 * items: [{ style, text, y }], y in data units where the line leaves the panel.
 */
export function endLabels(panel, items) {
  const [bottom, top] = panel.y.range();
  const wanted = items.map(({ y }) => panel.y(y));
  const placed = spread(wanted, 16, [top, bottom]);
  panel.over
    .selectAll("text.lb-label")
    .data(items)
    .join("text")
    .attr("class", ({ style }) => `lb-label lb-c${style}`)
    .attr("x", panel.right())
    .attr("y", (_, i) => placed[i])
    .attr("dy", "0.35em")
    .text(({ text }) => text);
}

/** Positions at least `gap` apart and within [low, high], near the wanted ones, in their order. */
export function spread(wanted, gap, [low, high]) {
  const order = wanted.map((_, i) => i).sort((i, j) => wanted[i] - wanted[j] || i - j);
  const placed = wanted.map((y) => (Number.isNaN(y) ? high : y));
  let last = low - gap;
  for (const i of order) last = placed[i] = Math.max(placed[i], last + gap);
  let next = high + gap;
  for (const i of order.reverse()) next = placed[i] = Math.min(placed[i], next - gap);
  return placed;
}
