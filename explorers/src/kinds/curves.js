// One or several losses over their first argument, with a probe that reads them off.
// The picture is lossbook/explorers/curves.py.
import { toggle } from "../controls.js";
import { curves as lines, upright } from "../curve.js";
import { handle } from "../handle.js";
import { number } from "../numbers.js";
import { panel } from "../panel.js";
import { isSeen, trace } from "../play.js";
import { line, readout } from "../readout.js";
import { percent, shares } from "../shares.js";
import { bind, stage } from "../stage.js";
import { inColour } from "../styles.js";
import { say } from "../words.js";

/**
 * spec: {
 *   label, losses: { name: { arguments, value, gradient } },
 *   parameters: [{ name, words, symbol, values, value }],
 *   curves: [{ loss, label, given: { argument: number }, look }], the first one drawn thickest,
 *   x: { label, range }, panels: [{ of: "value" | "gradient", range }],
 *   samples: may be left out, [{ words, x: a number, or null for one at the probe, count }], which
 *   share the sum of the sizes of all gradients,
 *   step, of one arrow key; start: { x, divided }, divide: { name, symbol } or null,
 *   start.balls: null where a ball may roll down each curve from the probe, by steps of gradient
 *   descent with the parameter learning_rate; then where the balls are
 * }
 */
export function curves(root, spec) {
  const scene = stage(root, spec, redraw);
  const { state } = scene;
  const { divide } = spec; // by a parameter, what that parameter moves
  if (divide) {
    scene.add(toggle, { name: "divided", text: say("divide by {symbol}", divide) });
  }
  const rolls = "balls" in state;
  const trail = trace();
  if (rolls) scene.steps(() => roll(scene, spec, trail), 80);
  const panels = spec.panels.map((one) => lossPanel(scene, spec, one));
  const columns = spec.panels.map(({ of }) => [of, title(of)]);
  if (rolls) columns.push(["ball", say("ball at")]);
  const { samples = [] } = spec;
  const [part] = samples;
  const bars = part && shares(scene.panels, say("share of all gradients, by size"));
  if (part) columns.push(["share", [say("share of {name}", { name: part.words }), percent]]);
  const update = readout(scene.below, Object.fromEntries(columns));
  scene.begin(part ? [...panels, bars] : panels);

  function redraw() {
    const places = rolls && state.balls ? trail.upTo(state.balls) : [];
    for (const { draw } of panels) draw(places);
    const rows = spec.curves.map((one, i) => {
      const values = {};
      for (const { of } of spec.panels) values[of] = quantity(spec, state, one, of)(state.x);
      if (rolls) values.ball = state.balls?.[i] ?? state.x;
      if (part) values.share = shareOf(quantity(spec, state, one, "gradient"), samples, state.x);
      return { name: one.label, label: labelOf(spec, state, one), key: line(one.look, i === 0), values };
    });
    bars?.draw(rows.map(({ label, values: { share } }, i) => {
      return { label, colour: spec.curves[i].look.colour, name: part.words, share };
    }));
    const [x, n] = [number(state.x), places.length - 1];
    update(n > 0 ? say("probe at {x}, steps: {n}", { x, n }) : say("probe at {x}", { x }), rows);
  }
}

const title = (of) => (of === "value" ? say("loss") : say("gradient"));

/** Whether a curve is drawn divided: where the reader says so, those that the divisor moves. */
function isDivided({ divide, losses }, { divided }, { loss, given }) {
  return divided && losses[loss].arguments.includes(divide.name) && !(divide.name in given);
}

/** The share of the first of some samples in the sum of the sizes of all their gradients. */
function shareOf(gradient, samples, probe) {
  const sizes = samples.map(({ x, count }) => count * Math.abs(gradient(x ?? probe)));
  const sum = sizes.reduce((a, b) => a + b);
  return sum > 0 ? sizes[0] / sum : 0;
}

/** What is drawn of a curve, as a function of x. */
function quantity(spec, state, one, of) {
  const { [of]: f } = bind(spec, state, one);
  return isDivided(spec, state, one) ? (x) => f(x) / state[spec.divide.name] : f;
}

function labelOf(spec, state, one) {
  return isDivided(spec, state, one) ? `${one.label} / ${spec.divide.symbol}` : one.label;
}

/** Move every ball by one step down its curve; the edges of the panel are walls. */
function roll({ state, change }, spec, trail) {
  const [low, high] = spec.x.range;
  const from = state.balls ?? spec.curves.map(() => state.x);
  const balls = spec.curves.map((one, i) => {
    const slope = quantity(spec, state, one, "gradient")(from[i]) || 0; // no number: it stays
    return Math.max(low, Math.min(high, from[i] - state.learning_rate * slope));
  });
  trail.add(from, balls);
  change({ balls });
  return balls.some((to, i) => isSeen(from[i], to, [low, high])) && !trail.full();
}

function lossPanel({ panels, state, change }, spec, { of, range }) {
  const longest = { ...state, divided: Boolean(spec.divide) };
  const labels = spec.curves.map((one) => labelOf(spec, longest, one));
  const axes = { x: spec.x.range, y: range, xLabel: spec.x.label };
  const plane = panel(panels, { title: title(of), labels, ...axes });
  const looks = spec.curves.map(({ look }) => look);
  const drawLines = lines(plane, looks);
  const drawGuide = upright(plane);
  const place = handle(plane, {
    style: looks[0].colour,
    name: say("probe, {quantity}", { quantity: title(of) }),
    steps: [spec.step, 0],
    move: (x) => change("balls" in state ? { x, balls: null } : { x }),
  });

  let drawn; // on what the lines depend that are to be seen; the probe and the balls leave them
  function draw(places) {
    const shown = spec.curves.map((one) => quantity(spec, state, one, of));
    const chosen = spec.parameters.map(({ name }) => state[name]);
    const now = [state.divided, plane.x.range(), plane.y.range(), ...chosen].join();
    if (now !== drawn) drawLines(shown, spec.curves.map((one) => labelOf(spec, state, one)));
    drawn = now;
    const dots = shown.map((f) => f(state.x)).map((y, i) => ({ y, style: looks[i].colour }));
    drawDots(plane, state.x, dots.slice(1));
    drawBalls(plane, shown, looks, places);
    drawSamples(plane, shown, looks, spec.samples ?? []);
    drawGuide(state.x);
    const [x, y] = [state.x, dots[0].y];
    const read = { x: number(x), quantity: title(of), value: number(y) };
    place(x, y, say("{x}: {quantity} {value}", read));
  }
  return { ...plane, draw };
}

/** The balls on their curves, and dots where they have been. */
function drawBalls(plane, shown, looks, places) {
  const balls = places.length ? looks.map(({ colour }, i) => ({ i, colour, at: places.at(-1)[i] })) : [];
  const ball = plane.plot.selectAll("g.lb-ball").data(balls).join((enter) => {
    const one = enter.append("g");
    one.append("path");
    one.append("circle").attr("r", 7);
    return one;
  });
  ball.attr("class", ({ colour }) => `lb-ball ${inColour(colour)}`);
  const place = (x, i) => `${plane.x(x)} ${height(plane, shown[i](x))}`;
  const been = places.slice(0, -1);
  ball.select("path").attr("d", ({ i }) => been.map((xs) => `M${place(xs[i], i)}h0`).join(""));
  ball.select("circle").attr("transform", ({ at, i }) => `translate(${place(at, i)})`);
}

/** Samples that stay, on each curve, with their names above them. */
function drawSamples(plane, shown, looks, samples) {
  const stay = samples.filter(({ x }) => x !== null);
  const dots = stay.flatMap(({ x }) => shown.map((f, i) => ({ x, y: f(x), style: looks[i].colour })));
  const circles = plane.plot.selectAll("circle.lb-sample").data(dots).join("circle");
  circles.attr("class", ({ style }) => `lb-dot lb-sample ${inColour(style)}`).attr("r", 5);
  circles.attr("cx", ({ x }) => plane.x(x)).attr("cy", ({ y }) => height(plane, y));
  const names = plane.over.selectAll("text.lb-sample").data(stay).join("text");
  names.attr("class", "lb-sample lb-name lb-halo-text").attr("text-anchor", "middle");
  const top = ({ x }) => Math.min(...shown.map((f) => height(plane, f(x))));
  names.attr("x", ({ x }) => plane.x(x)).attr("y", (one) => top(one) - 10);
  names.text(({ words }) => words);
}

/** Where the guide crosses the other curves. */
function drawDots(plane, x, dots) {
  plane.plot
    .selectAll("circle.lb-probed")
    .data(dots)
    .join("circle")
    .attr("class", ({ style }) => `lb-dot lb-probed ${inColour(style)}`)
    .attr("r", 4)
    .attr("cx", plane.x(x))
    .attr("cy", ({ y }) => height(plane, y));
}

/** In CSS pixels; out of sight where the loss is no number. */
const height = ({ y }, value) => y(Number.isFinite(value) ? value : y.domain()[1] * 10);
