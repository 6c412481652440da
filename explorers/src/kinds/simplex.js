// Three logits and their softmax: a point in the triangle of all triples of probabilities.
// The picture is lossbook/explorers/simplex.py.
import { scaleLinear } from "d3-scale";

import { choice } from "../controls.js";
import { handle } from "../handle.js";
import { number } from "../numbers.js";
import { area, readout } from "../readout.js";
import { stage } from "../stage.js";
import { INK, inColour } from "../styles.js";
import { say } from "../words.js";

const HEIGHT = Math.sqrt(3) / 2; // of a triangle with sides of length 1
const CELLS = 24; // shaded ones along a side
const LEVELS = 32; // of shade, the darkest of which stands for a loss of DARKEST and all above
const DARKEST = 4.4;
const LEAST = 1e-3; // probability to which the point can be dragged
const STEPS = 30; // of gradient descent, shown from where the point is
const MARGIN = { top: 58, bottom: 34, side: 14 };

/**
 * spec: {
 *   label, losses, curves: [{ loss, label, given, look }], one, a loss of (logits, target),
 *   parameters: [z1, z2, z3, epsilon], as for curves, epsilon shared out by the target,
 *   classes: [name] of the three, step: of one arrow key, start: { target: an index }
 * }
 */
export function simplex(root, spec) {
  const scene = stage(root, spec, redraw);
  const { state, change } = scene;
  const { classes } = spec;
  const { value, gradient } = spec.losses[spec.curves[0].loss];
  scene.add(choice, { name: "target", text: say("true class"), options: classes });
  const plane = triangle(scene.panels, say("prediction"), classes);
  const { colour } = spec.curves[0].look;
  plane.plot.attr("class", inColour(colour));
  let shaded; // the target and the size of the plot when it was shaded
  const descent = plane.over.append("g").attr("class", "lb-marks");
  descent.append("path").attr("class", "lb-guide").attr("fill", "none");
  const goal = plane.over.append("circle").attr("class", "lb-ring").attr("r", 12);
  const place = handle(plane, {
    style: INK,
    name: say("prediction"),
    steps: [spec.step, spec.step],
    move: (x, y) => change(logitsAt(spec.parameters, state, probabilities(x, y))),
  });
  const [updateWhole, updateEach] = [WHOLE, EACH].map((columns) => readout(scene.below, columns));
  scene.begin([plane]);

  function redraw() {
    const [z, y] = [logits(state), target(state)];
    const [p, slope] = [softmax(z), gradient(z, y)];
    const now = [...y, ...plane.x.range()].join();
    if (now !== shaded) shade(plane, (at) => value(at, y));
    shaded = now;
    const [x0, y0] = corner(p);
    drawDescent(plane, descent, descended(z, (at) => gradient(at, y)));
    const [goalX, goalY] = corner(y);
    goal.attr("cx", plane.x(goalX)).attr("cy", plane.y(goalY));
    place(x0, y0, classes.map((name, k) => `${name} ${number(p[k])}`).join(", "));
    const { label: name } = spec.curves[0];
    const loss = { name, key: area(`lb-shade ${inColour(colour)}`), values: { value: value(z, y) } };
    updateWhole(say("true class: {name}", { name: classes[state.target] }), [loss]);
    const rows = classes.map((name, k) => {
      const values = { probability: p[k], target: y[k], gradient: slope[k] };
      return { name, tint: k + 1, values };
    });
    updateEach(say("of each class"), rows);
  }
}

const WHOLE = { value: say("loss") };
const EACH = {
  probability: say("probability"), target: say("target"), gradient: say("gradient"),
};

// Numbers.

const logits = ({ z1, z2, z3 }) => [z1, z2, z3];

/** 1 at the true class, after epsilon has been taken from it and shared out by all three. */
const target = ({ target: at, epsilon }) =>
  [0, 1, 2].map((k) => (k === at ? 1 - epsilon : 0) + epsilon / 3);

/** lossbook/explorers/simplex.py has the same in numpy. */
export function softmax(z) {
  const top = Math.max(...z);
  const e = z.map((one) => Math.exp(one - top));
  const sum = e.reduce((a, b) => a + b);
  return e.map((one) => one / sum);
}

/** Logits and where steps of gradient descent, of size 1, lead from them; the same in simplex.py. */
export function descended(z, gradient) {
  const places = [z];
  for (let n = 0; n < STEPS; n++) {
    const at = places.at(-1);
    const slope = gradient(at);
    places.push(at.map((one, k) => one - slope[k]));
  }
  return places;
}

/** Where three probabilities stand in a triangle with its base from (0, 0) to (1, 0). */
const corner = ([, p2, p3]) => [p2 + p3 / 2, p3 * HEIGHT];

/** The probabilities of a place; outside the triangle, of one on its edge. */
export function probabilities(x, y) {
  const p3 = y / HEIGHT;
  const inside = [1 - x - p3 / 2, x - p3 / 2, p3].map((p) => Math.max(p, LEAST));
  const sum = inside.reduce((a, b) => a + b);
  return inside.map((p) => p / sum);
}

/** The sliders' nearest logits with given probabilities, and with the mean that they have now. */
export function logitsAt(sliders, state, p) {
  const mean = (list) => list.reduce((a, b) => a + b) / list.length;
  const logs = p.map(Math.log);
  const shift = mean(logits(state)) - mean(logs);
  const changes = {};
  logs.forEach((log, k) => {
    const { name, values } = sliders[k];
    const far = (value) => Math.abs(value - log - shift);
    changes[name] = values.reduce((best, value) => (far(value) < far(best) ? value : best));
  });
  return changes;
}

// Drawing.

/** A panel without axes, with a class at each corner. */
function triangle(parent, title, classes) {
  const svg = parent.append("svg").attr("class", "lb-panel").attr("role", "group");
  svg.attr("aria-label", title);
  const heading = svg.append("text").attr("class", "lb-title").attr("y", 16).text(title);
  const plot = svg.append("g");
  const edges = svg.append("path").attr("class", "lb-edges");
  const names = svg.append("g").attr("aria-hidden", "true");
  const over = svg.append("g");
  const [x, y] = [scaleLinear().domain([0, 1]), scaleLinear().domain([0, HEIGHT])];
  const corners = [[0, 0], [1, 0], [0.5, HEIGHT]];

  function resize(width, height) {
    const room = height - MARGIN.top - MARGIN.bottom;
    const side = Math.min(width - 2 * MARGIN.side, room / HEIGHT);
    const left = (width - side) / 2;
    const base = MARGIN.top + (room + side * HEIGHT) / 2;
    x.range([left, left + side]);
    y.range([base, base - side * HEIGHT]);
    svg.attr("width", width).attr("height", height);
    heading.attr("x", MARGIN.side);
    edges.attr("d", `M${corners.map(([a, b]) => [x(a), y(b)]).join("L")}Z`);
    const texts = names.selectAll("text").data(classes).join("text").text((name) => name);
    texts.attr("class", (_, k) => `lb-label ${inColour(k + 1)}`);
    texts.attr("text-anchor", (_, k) => ["start", "end", "middle"][k]);
    texts.attr("x", (_, k) => x(corners[k][0]));
    texts.attr("y", (_, k) => y(corners[k][1]) + (k === 2 ? -18 : 28));
  }
  return { svg, plot, over, x, y, resize };
}

/** The way of a descent, a dot for each of its steps. */
function drawDescent(plane, group, logits) {
  const places = logits.map(softmax).map(corner).map(([x, y]) => [plane.x(x), plane.y(y)]);
  group.select("path").attr("d", `M${places.join("L")}`);
  const dots = group.selectAll("circle").data(places.slice(1)).join("circle");
  dots.attr("class", "lb-point").attr("r", 2.5).attr("cx", ([x]) => x).attr("cy", ([, y]) => y);
}

/** Small triangles, the darker the larger the loss there: one path for all of the same shade. */
function shade(plane, loss) {
  const levels = new Array(LEVELS).fill("");
  const at = (i, j) => corner([0, i / CELLS, j / CELLS]).map((v, k) => (k ? plane.y(v) : plane.x(v)));
  const add = (i, j, turn) => {
    const third = turn / 3;
    const [p2, p3] = [(i + third) / CELLS, (j + third) / CELLS];
    const height = loss([1 - p2 - p3, p2, p3].map(Math.log)) / DARKEST;
    const level = Math.floor(Math.min(height, 1) * (LEVELS - 1));
    levels[level] += `M${[at(i, j), at(i + turn, j), at(i, j + turn)].join("L")}Z`;
  };
  for (let i = 0; i < CELLS; i++) {
    for (let j = 0; i + j < CELLS; j++) {
      add(i, j, 1);
      if (i + j < CELLS - 1) add(i + 1, j + 1, -1);
    }
  }
  const paths = plane.plot.selectAll("path").data(levels).join("path").attr("class", "lb-shade");
  paths.attr("d", String).attr("opacity", (_, level) => (0.55 * level) / (LEVELS - 1));
}
