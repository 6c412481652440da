import assert from "node:assert/strict";
import { test } from "node:test";

import { moved, solve, states, walk } from "../src/ctc.js";
import { lastSeen, sample, spread } from "../src/curve.js";
import { bestConstant, irls, leastSquares, separate, vertices } from "../src/fits.js";
import { number, signed } from "../src/numbers.js";

const gaps = (points) => points.filter(([, y]) => Number.isNaN(y)).length;

test("a jump breaks the curve, at its place", () => {
  const points = sample((x) => (x < 0.3 ? 0 : 1), [-1, 1], 100, 0.01);
  const gap = points.findIndex(([, y]) => Number.isNaN(y));
  assert.equal(gaps(points), 1);
  assert.equal(points[gap - 1][1], 0);
  assert.equal(points[gap + 1][1], 1);
  assert.ok(Math.abs(points[gap + 1][0] - 0.3) < 1e-9);
});

test("the value in the middle of a jump stays a point of its own", () => {
  assert.equal(gaps(sample(Math.sign, [-1, 1], 100, 0.01)), 2);
});

test("a steep climb is no jump", () => {
  assert.equal(gaps(sample((x) => Math.tanh(1e6 * x), [-1, 1], 101, 0.01)), 0);
  assert.equal(gaps(sample((x) => x * x * 1e6, [-1, 1], 100, 0.01)), 0);
});

test("a curve that runs to infinity is drawn until there", () => {
  const points = sample((x) => -Math.log(x), [0, 1], 10, 0.01);
  assert.equal(points[0][1], Infinity);
  assert.ok(points[1][1] > 25);
  assert.ok(points.slice(1).every(([, y]) => y >= 0));
  assert.equal(gaps(points), 0);
});

test("a label goes where its curve is last seen", () => {
  const inside = [[0, 1], [1, 2], [2, 3]];
  assert.deepEqual(lastSeen(inside, [0, 4]), [2, 3]);
  assert.deepEqual(lastSeen([...inside, [3, 5]], [0, 4]), [2.5, 4]);
  assert.deepEqual(lastSeen([...inside, [3, -3]], [0, 4]), [2.5, 0]);
  assert.deepEqual(lastSeen([...inside, [3, NaN]], [0, 4]), [2, 3]);
  assert.deepEqual(lastSeen([...inside, [3, Infinity], [4, 9]], [0, 4]), [2, 3]);
  assert.equal(lastSeen(inside, [7, 8]), undefined);
});

test("labels keep their distance, their order and their box", () => {
  const placed = spread([50, 51, 52, 98, 99], 10, [0, 100]);
  const sorted = [...placed].sort((a, b) => a - b);
  assert.deepEqual(placed, sorted);
  for (let i = 1; i < placed.length; i++) assert.ok(placed[i] - placed[i - 1] >= 10);
  assert.ok(placed.at(-1) <= 100);
  assert.deepEqual(spread([20, 60], 10, [0, 100]), [20, 60]);
  assert.deepEqual(spread([-50, -Infinity, 130, NaN], 10, [0, 100]), [10, 0, 90, 100]);
});

test("numbers are short, and a rounding error is 0", () => {
  assert.equal(number(1.3450001), "1.345");
  assert.equal(number(-2), "−2");
  assert.equal(number(1e-17), "0");
  assert.equal(number(1.5e-8), "1.5e-8");
  assert.equal(number(NaN), "–");
  assert.equal(number(-Infinity), "−∞");
  assert.equal(signed(1e-17), "0");
  assert.equal(signed(0.5), "+0.5");
  assert.equal(signed(-1e-17), "0");
});

const xs = [0, 1.3, 2.1, 3.7, 4.2];
const onLine = xs.map((x) => 2 - 0.5 * x);

test("points on a line give that line", () => {
  const square = { value: (p, y) => (p - y) ** 2, gradient: (p, y) => 2 * (p - y) };
  const absolute = { value: (p, y) => Math.abs(p - y) };
  const lines = [irls(square, xs, onLine), vertices(absolute, xs, onLine)];
  lines.push(leastSquares(xs, onLine, xs.map((x) => 1 + x)));
  for (const [a, b] of lines) assert.ok(Math.abs(a - 2) + Math.abs(b + 0.5) < 1e-12);
});

test("the best constant is the mean, or the smallest median", () => {
  const square = { gradient: (p, y) => 2 * (p - y) };
  const absolute = { gradient: (p, y) => Math.sign(p - y) };
  assert.ok(Math.abs(bestConstant(square, [4, 1, 7]) - 4) < 1e-12);
  assert.ok(Math.abs(bestConstant(absolute, [9, 1, 2, 5]) - 2) < 1e-12);
});

test("one wild point does not move the line of least absolute error", () => {
  const wild = onLine.with(2, 1000);
  const [a, b] = vertices({ value: (p, y) => Math.abs(p - y) }, xs, wild);
  assert.ok(Math.abs(a - 2) + Math.abs(b + 0.5) < 1e-12);
});

test("reweighted least squares ends where the gradients cancel", () => {
  const huber = { gradient: (p, y) => Math.max(-1, Math.min(1, p - y)) };
  const wild = [0.3, 1.9, 40, 2.2, 5.1].slice(0, xs.length);
  const [a, b] = irls(huber, xs, wild);
  const slopes = xs.map((x, i) => huber.gradient(a + b * x, wild[i]));
  assert.ok(Math.abs(slopes.reduce((sum, slope) => sum + slope, 0)) < 1e-9);
  assert.ok(Math.abs(slopes.reduce((sum, slope, i) => sum + slope * xs[i], 0)) < 1e-9);
});

test("of several best lines the first pair of points has it", () => {
  const [a, b] = vertices({ value: (p, y) => Math.abs(p - y) }, [0, 1, 2, 3], [0, 1, 1, 0]);
  assert.deepEqual([a, b], [0, 0.5]); // the pairs 0 3, 1 2 and 1 3 cost as much
});

test("six points with a known machine", () => {
  const points = [[-2, -1], [-1, -1], [-1, -2], [1, 1], [1, 2], [2, 1]];
  const { w, b, weights } = separate(points, [-1, -1, -1, 1, 1, 1], 1);
  assert.deepEqual(weights, [0, 0.25, 0, 0.25, 0, 0]);
  assert.deepEqual(w, [0.5, 0.5]);
  assert.equal(Math.abs(b), 0);
});

test("points of both classes at one place have no line", () => {
  const { w, weights } = separate([[1, 2], [1, 2]], [-1, 1], 3);
  assert.deepEqual(w, [0, 0]);
  assert.deepEqual(weights, [3, 3]);
});

test("where classes overlap no weight exceeds C, and the dual costs what the primal does", () => {
  const points = [[-2, 0.3], [-1, -1.1], [0.4, 0.2], [1.3, -0.7], [-0.6, 0.9], [0.1, -0.4], [2, 1]];
  const labels = [-1, -1, -1, 1, 1, -1, 1];
  for (const C of [0.3, 1, 5]) {
    const { w, b, weights } = separate(points, labels, C);
    assert.ok(weights.every((weight) => weight >= 0 && weight <= C));
    const half = (w[0] ** 2 + w[1] ** 2) / 2;
    const margins = points.map(([x, y], i) => labels[i] * (w[0] * x + w[1] * y + b));
    const losses = margins.reduce((sum, margin) => sum + Math.max(0, 1 - margin), 0);
    const primal = half + C * losses;
    const dual = weights.reduce((sum, weight) => sum + weight, 0) - half;
    assert.ok(Math.abs(primal - dual) < 1e-7 * primal);
  }
});

test("a certain target costs 0, and not -0", () => {
  assert.ok(Object.is(solve([[1, 0]], []).loss, 0));
  assert.ok(Object.is(solve([[1 + 2 ** -52, 0]], []).loss, 0));
});

test("an alignment passes the states of its letters, and no letter is passed by", () => {
  const labels = states([1, 1, 2]);
  assert.deepEqual(walk(labels, [1, 1, 0, 0, 1, 2]), [1, 1, 2, 2, 3, 5]);
  assert.deepEqual(walk(labels, [0, 1, 0, 1, 0, 2, 0]), [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual(walk(states([]), [0, 0]), [0, 0]);
});

test("where one class had all, the others share equally what it gives", () => {
  assert.deepEqual(moved([[0, 1, 0]], 0, 1, 0.5), [[0.25, 0.5, 0.25]]);
  assert.deepEqual(moved([[0.2, 0.5, 0.3]], 0, 1, 0), [[0.4, 0, 0.6]]);
});
