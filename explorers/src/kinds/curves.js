// One or several losses over their first argument, with a probe that reads them off.
// The picture is lossbook/explorers/curves.py.
import { toggle } from "../controls.js";
import { curves as lines, upright } from "../curve.js";
import { handle } from "../handle.js";
import { number } from "../numbers.js";
import { panel } from "../panel.js";
import { line, readout } from "../readout.js";
import { bind, stage } from "../stage.js";
import { inColour } from "../styles.js";
import { say } from "../words.js";

/**
 * spec: {
 *   label, losses: { name: { arguments, value, gradient } },
 *   parameters: [{ name, words, symbol, values, value }],
 *   curves: [{ loss, label, given: { argument: number }, look }], the first one drawn thickest,
 *   x: { label, range }, panels: [{ of: "value" | "gradient", range }],
 *   step, of one arrow key; start: { x, divided }, divide: { name, symbol } or null
 * }
 */
export function curves(root, spec) {
  const scene = stage(root, spec, redraw);
  const { state } = scene;
  const { divide } = spec; // by a parameter, what that parameter moves
  if (divide) {
    scene.add(toggle, { name: "divided", text: say("divide by {symbol}", divide) });
  }
  const panels = spec.panels.map((one) => lossPanel(scene, spec, one));
  const columns = spec.panels.map(({ of }) => [of, title(of)]);
  const update = readout(scene.below, Object.fromEntries(columns));
  scene.begin(panels);

  function redraw() {
    for (const { draw } of panels) draw();
    const rows = spec.curves.map((one, i) => {
      const values = {};
      for (const { of } of spec.panels) values[of] = quantity(spec, state, one, of)(state.x);
      return { name: one.label, label: labelOf(spec, state, one), key: line(one.look, i === 0), values };
    });
    update(say("probe at {x}", { x: number(state.x) }), rows);
  }
}

const title = (of) => (of === "value" ? say("loss") : say("gradient"));

/** Whether a curve is drawn divided: where the reader says so, those that the divisor moves. */
function isDivided({ divide, losses }, { divided }, { loss, given }) {
  return divided && losses[loss].arguments.includes(divide.name) && !(divide.name in given);
}

/** What is drawn of a curve, as a function of x. */
function quantity(spec, state, one, of) {
  const { [of]: f } = bind(spec, state, one);
  return isDivided(spec, state, one) ? (x) => f(x) / state[spec.divide.name] : f;
}

function labelOf(spec, state, one) {
  return isDivided(spec, state, one) ? `${one.label} / ${spec.divide.symbol}` : one.label;
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
    move: (x) => change({ x }),
  });

  function draw() {
    const shown = spec.curves.map((one) => quantity(spec, state, one, of));
    drawLines(shown, spec.curves.map((one) => labelOf(spec, state, one)));
    const dots = shown.map((f) => f(state.x)).map((y, i) => ({ y, style: looks[i].colour }));
    drawDots(plane, state.x, dots.slice(1));
    drawGuide(state.x);
    const [x, y] = [state.x, dots[0].y];
    const read = { x: number(x), quantity: title(of), value: number(y) };
    place(x, y, say("{x}: {quantity} {value}", read));
  }
  return { ...plane, draw };
}

/** Where the guide crosses the other curves. */
function drawDots(plane, x, dots) {
  plane.plot
    .selectAll("circle.lb-dot")
    .data(dots)
    .join("circle")
    .attr("class", ({ style }) => `lb-dot ${inColour(style)}`)
    .attr("r", 4)
    .attr("cx", plane.x(x))
    .attr("cy", ({ y }) => plane.y(Number.isFinite(y) ? y : plane.y.domain()[1] * 10));
}
