// An anchor, a positive and a negative: the regions of the negative, and the force on each point.
// The picture is lossbook/explorers/triplet.py.
import { toggle } from "../controls.js";
import { spread } from "../curve.js";
import { handle } from "../handle.js";
import { FORCE, GRIP, drawMarks, forceValues } from "../marks.js";
import { number } from "../numbers.js";
import { panel } from "../panel.js";
import { point, readout } from "../readout.js";
import { bind, stage } from "../stage.js";
import { BLUE, GREY, INK, ORANGE, PURPLE, inColour } from "../styles.js";
import { say } from "../words.js";

const ANCHOR = [0, 0];
const STYLES = [INK, BLUE, ORANGE]; // of anchor, positive and negative
const LINE = 17; // the height of a label

/**
 * spec: {
 *   label, losses, parameters: [margin], as for curves,
 *   curves: [{ loss, label, given }], two, of squared and of plain distances; losses of
 *   (anchor, positive, negative), x: { label, range }, y: the same, step: of one arrow key,
 *   arrow: how long the arrow of a force of 1 is,
 *   start: { positive: [x, y], negative: [x, y], squared: true or false }
 * }
 */
export function triplet(root, spec) {
  const scene = stage(root, spec, redraw);
  const { state, change } = scene;
  scene.add(toggle, { name: "squared", text: say("squared") });
  const axes = { x: spec.x.range, y: spec.y.range, xLabel: spec.x.label };
  const plane = panel(scene.panels, { title: spec.y.label, ...axes });
  const regions = plane.plot.append("g");
  const [ring, disc] = ["lb-semi-hard", "lb-hard"].map((name) =>
    regions.append("ellipse").attr("class", name),
  );
  const names = regions.append("g").attr("aria-hidden", "true");
  const centre = plane.over.append("circle").attr("class", `lb-dot ${inColour(INK)}`).attr("r", GRIP);
  const places = ["positive", "negative"].map((name, i) =>
    handle(plane, {
      style: STYLES[i + 1],
      name: NAMES[name],
      steps: [spec.step, spec.step],
      move: (...to) => change({ [name]: to }),
    }),
  );
  const marks = plane.over.append("g").attr("class", "lb-marks").attr("aria-hidden", "true");
  const [updateWhole, updateEach] = [WHOLE, FORCE].map((columns) => readout(scene.below, columns));
  scene.begin([round(plane, spec)]);

  function redraw() {
    const { positive, negative, squared, margin } = state;
    const curve = spec.curves[squared ? 0 : 1];
    const points = [ANCHOR, positive, negative];
    const { value, gradient } = bind(spec, state, curve, 3);
    const forces = gradient(...points).map((slope) => slope.map((x) => 0 - x));
    const [near, far] = [positive, negative].map(([x, y]) => Math.hypot(x, y));
    const edge = easyFrom(near, margin, squared);
    const region = far <= near ? HARD : far < edge ? SEMI_HARD : EASY;
    drawDiscs(plane, [disc, ring], [near, edge]);
    centre.attr("cx", plane.x(0)).attr("cy", plane.y(0));
    drawNames(plane, names, near, edge);
    [positive, negative].forEach(([x, y], i) => {
      const text = `x ${number(x)}, y ${number(y)}`;
      places[i](x, y, i ? `${text}, ${region}` : text);
    });
    drawMarks(plane, marks, points, forces, "apn", spec.arrow);
    const values = { loss: value(...points), near, far, edge };
    const title = `${region} (${spec.parameters[0].symbol} = ${number(margin)})`;
    updateWhole(title, [{ name: curve.label, values }]);
    const row = (name, i) =>
      ({ name, label: NAMES[name], key: point(STYLES[i]), values: forceValues(forces[i]) });
    updateEach(say("forces"), Object.keys(NAMES).map(row));
  }
}

const NAMES = { anchor: say("anchor"), positive: say("positive"), negative: say("negative") };
const [HARD, SEMI_HARD, EASY] = [say("hard"), say("semi-hard"), say("easy")];
const WHOLE = {
  loss: say("loss"),
  near: "|a − p|",
  far: "|a − n|",
  edge: say("easy from"),
};

/** The distance of the negative from which the loss is 0; triplet.py has it for its picture. */
export const easyFrom = (near, margin, squared) =>
  squared ? Math.sqrt(near * near + margin) : near + margin;

/** A panel on which circles are round: where it is wide, its x axis shows more. */
function round(plane, spec) {
  const [low, high] = spec.x.range;
  function resize(width, height) {
    plane.x.domain([low, high]);
    plane.resize(width, height);
    const [across, up] = [plane.x, plane.y].map((scale) => {
      const [from, to] = scale.range();
      return Math.abs(to - from);
    });
    const [bottom, top] = spec.y.range;
    const half = Math.max(high - low, ((top - bottom) * across) / up) / 2;
    plane.x.domain([(low + high) / 2 - half, (low + high) / 2 + half]);
    plane.resize(width, height);
  }
  return { ...plane, resize };
}

function drawDiscs(plane, discs, radii) {
  discs.forEach((disc, i) => {
    disc.attr("cx", plane.x(0)).attr("cy", plane.y(0));
    disc.attr("rx", plane.x(radii[i]) - plane.x(0)).attr("ry", plane.y(0) - plane.y(radii[i]));
  });
}

/** The regions' names below the anchor, each in its region or, where that is thin, beside it. */
function drawNames(plane, group, near, edge) {
  const [middle, floor] = [plane.y(0) + GRIP, plane.y.range()[0]];
  const bands = [
    { name: HARD, colour: ORANGE, from: middle, to: plane.y(-near) },
    { name: SEMI_HARD, colour: PURPLE, from: plane.y(-near), to: plane.y(-edge) },
    { name: EASY, colour: GREY, from: plane.y(-edge), to: floor },
  ].filter(({ from }) => from < floor);
  const wanted = bands.map(({ from, to }) => (Math.max(from, middle) + Math.min(to, floor)) / 2);
  const places = spread(wanted, LINE, [middle + LINE / 2, floor - LINE / 2]);
  const texts = group.selectAll("text").data(bands).join("text");
  texts.attr("class", ({ colour }) => `lb-label lb-halo-text ${inColour(colour)}`);
  texts.attr("x", plane.x(0) - 5).attr("y", (_, i) => places[i]).attr("dy", "0.35em");
  texts.attr("text-anchor", "end").text(({ name }) => name);
}
