// The lattice of CTC: a target over frames, walks through it, and what each probability does.
// The picture is lossbook/explorers/lattice.py.
import { format } from "d3-format";

import { choice, field, slider, toggle } from "../controls.js";
import { best, moved, solve, sources, walk } from "../ctc.js";
import { number, signed } from "../numbers.js";
import { readout } from "../readout.js";
import { percent } from "../shares.js";
import { stage } from "../stage.js";
import { say } from "../words.js";

const SHOWN = 5; // alignments in the list
const ROW = 52; // of the lattice, in CSS pixels
const NARROWEST = 52; // of a column
const MARGIN = { top: 28, left: 30, bottom: 6 };

/**
 * spec: {
 *   label, letters: those of the alphabet, longest: most letters of a target,
 *   start: { target, frames, time, posterior, frame, class, lit, p }, with p as a table of
 *     probabilities [frame][class] for the most frames there may be; class 0 is the blank; lit: the
 *     alignment whose walk is drawn, or ""
 * }
 * Frames are counted from 1, as a reader counts them.
 */
export function lattice(root, spec) {
  const scene = stage(root, spec, redraw);
  const { add, state, change } = scene;
  const classes = ["-", ...spec.letters];
  const counted = spec.start.p.map((_, t) => t + 1);
  const hundredths = Array.from({ length: 101 }, (_, i) => i / 100);

  const within = (frames) => ({
    frames,
    time: state.time === state.frames ? frames : Math.min(state.time, frames),
    frame: Math.min(state.frame, frames),
  });
  const { letters, longest } = spec;
  const text = say("target, of the letters {letters}", { letters: [...letters].join(" ") });
  add(field, { name: "target", text, letters, longest });
  const toFrames = (frames) => change(within(frames));
  add(slider, { name: "frames", words: say("frames"), symbol: "T", values: counted }, toFrames);
  const upTo = (time) => change({ time: Math.min(time, state.frames) });
  add(slider, { name: "time", words: say("walked to frame"), symbol: "t", values: counted }, upTo);
  add(toggle, { name: "posterior", text: say("show the posterior") });
  const toFrame = (frame) => change({ frame: Math.min(frame, state.frames) });
  add(slider, { name: "frame", words: say("chosen frame"), values: counted }, toFrame);
  add(choice, { name: "class", text: say("chosen class"), options: classes });
  const move = (to) => change({ p: moved(state.p, state.frame - 1, state.class, to) });
  const first = { name: "probability", words: say("its probability"), values: hundredths, value: 0 };
  const setProbability = slider(scene.controls, first, move);

  scene.steps(() => {
    const { time, frames } = state;
    change({ time: time < frames ? time + 1 : 1 });
    return state.time < frames;
  }, 500);

  const board = drawing(scene.panels, (frame, label) => change({ frame, class: label }));
  const impossible = scene.below.append("p").attr("class", "lb-why").attr("role", "status");
  scene.below.classed("lb-plain", true);
  const [updateWhole, updateEach] = [WHOLE, EACH].map((columns) => readout(scene.below, columns));
  const light = ({ name }) => change({ lit: name === state.lit ? "" : name });
  const updateList = readout(scene.below, LIST, light);
  scene.begin([board]);

  function redraw() {
    const p = state.p.slice(0, state.frames);
    const target = [...state.target].map((letter) => classes.indexOf(letter));
    const found = solve(p, target);
    setProbability(Math.round(100 * p[state.frame - 1][state.class]) / 100);
    const alignments = best(p, target, SHOWN).map(({ path, weight }) => {
      return { path, weight, name: path.map((k) => classes[k]).join("") };
    });
    const lit = alignments.find(({ name }) => name === state.lit);
    board.draw(found, state, classes, lit ? walk(found.labels, lit.path) : []);
    impossible.text(found.total > 0 ? "" : whyImpossible(target, state, found));
    const named = state.target || say("(no letters)");
    const values = { loss: found.loss, total: found.total, alignments: found.alignments };
    updateWhole(`T = ${state.frames}`, [{ name: named, values }]);
    const t = state.frame - 1;
    const row = (name, k) => {
      const of = { p: p[t][k], posterior: found.classes[t][k], gradient: found.gradient[t][k] };
      return { name, label: name === "-" ? say("blank") : name, values: of };
    };
    updateEach(say("frame {frame}", { frame: state.frame }), classes.map(row));
    const rows = alignments.map(({ name, weight }) => {
      return { name, picked: name === state.lit, values: { weight, share: weight / found.total } };
    });
    updateList(say("most probable alignments"), rows);
  }
}

/** Why the loss is infinite, in words. */
function whyImpossible(target, { target: text, frames }, { alignments }) {
  if (alignments) {
    return say("Every alignment of “{text}” passes a probability of 0, so the loss is ∞, there " +
      "is no posterior, and the gradient is set to 0.", { text });
  }
  const doubles = target.filter((label, i) => label === target[i - 1]).length;
  const needs = target.length + doubles;
  if (doubles) {
    return say("“{text}” needs {needs} frames (a blank stands between equal letters) and has " +
      "{frames}, so the loss is ∞, there is no posterior, and the gradient is set to 0.",
    { text, needs, frames });
  }
  return say("“{text}” needs {needs} frames and has {frames}, so the loss is ∞, there is no " +
    "posterior, and the gradient is set to 0.", { text, needs, frames });
}

const WHOLE = { loss: say("loss"), total: "P", alignments: say("alignments") };
const EACH = {
  p: say("probability"),
  posterior: say("posterior"),
  gradient: [say("gradient"), signed],
};
const share = (x) => (Number.isFinite(x) ? percent(x) : number(x));
const LIST = { weight: say("weight"), share: [say("share"), share] };

const large = format(".2~r");
const small = format(".1e");
const tiny = (x) => (x === 0 ? "0" : x >= 0.001 ? large(x) : small(x).replace("−", "-"));

/** The states as a table of circles, in a box of its own that scrolls where it is too wide. */
function drawing(parent, pick) {
  const box = parent.append("div").attr("class", "lb-scroll").attr("tabindex", 0);
  box.attr("role", "group").attr("aria-label", say("lattice"));
  box.attr("data-lm-suppress-shortcuts", "true");
  const hint = parent.append("p").attr("class", "lb-hint").text(say("scroll sideways"));
  const svg = box.append("svg").attr("class", "lb-lattice").attr("aria-hidden", "true");
  const band = svg.append("rect").attr("class", "lb-band");
  const moves = svg.append("g");
  const way = svg.append("path").attr("class", "lb-way");
  const [heads, nodes] = ["heads", "nodes"].map(() => svg.append("g"));
  let width = 0;

  function draw({ labels, alpha, beta, total, posterior, count }, state, classes, lit) {
    const [T, L] = [state.frames, labels.length];
    const column = Math.max(NARROWEST, Math.min(96, (width - MARGIN.left) / T));
    const x = (t) => MARGIN.left + column * (t + 0.5);
    const y = (s) => MARGIN.top + ROW * (s + 0.4);
    const [wide, high] = [MARGIN.left + column * T, MARGIN.top + ROW * L + MARGIN.bottom];
    svg.attr("width", wide).attr("height", high);
    hint.style("display", wide > width ? null : "none");
    band.attr("x", x(state.frame - 1) - column / 2).attr("width", column);
    band.attr("y", 2).attr("height", high - 4);

    const texts = [
      ...alpha.map((_, t) => ({ x: x(t), y: 18, text: t + 1, anchor: "middle" })),
      ...labels.map((k, s) => ({ x: 6, y: y(s), text: classes[k], anchor: "start" })),
    ];
    const head = heads.selectAll("text").data(texts).join("text").text((d) => d.text);
    head.attr("x", (d) => d.x).attr("y", (d) => d.y).attr("dy", "0.35em");
    head.attr("text-anchor", (d) => d.anchor).attr("class", "lb-name");

    const on = (t, s) => count.ahead[t][s] * count.behind[t][s] > 0;
    const cells = alpha.flatMap((row, t) => {
      const sum = row.reduce((a, b) => a + b, 0);
      const done = t < state.time;
      const shown = state.posterior ? posterior[t] : row;
      return row.map((_, s) => ({
        t, s, x: x(t), y: y(s), on: on(t, s),
        chosen: t === state.frame - 1 && labels[s] === state.class,
        fill: !done ? 0 : state.posterior ? posterior[t][s] || 0 : row[s] / (sum || 1),
        text: done && (state.posterior || row[s] > 0) ? tiny(shown[s] || 0) : "",
      }));
    });
    const steps = cells.filter((to) => to.t > 0 && to.on).flatMap((to) =>
      sources(labels, to.s).filter((from) => on(to.t - 1, from)).map((from) => ({
        to, from, done: to.t < state.time,
        flow: total > 0 ? (alpha[to.t - 1][from] * beta[to.t][to.s]) / total : 0,
      })),
    );
    const line = moves.selectAll("line").data(steps).join("line");
    line.attr("x1", ({ to }) => x(to.t - 1)).attr("y1", ({ from }) => y(from));
    line.attr("x2", ({ to }) => to.x).attr("y2", ({ to }) => to.y);
    line.attr("class", ({ done }) => (done ? "lb-move" : "lb-move lb-later"));
    line.attr("stroke-width", ({ flow }) => 1 + 6 * flow);

    way.attr("d", lit.length ? `M${lit.map((s, t) => `${x(t)} ${y(s)}`).join("L")}` : null);

    const cell = nodes.selectAll("g").data(cells).join(addCell);
    cell.attr("transform", (d) => `translate(${d.x} ${d.y})`);
    cell.attr("class", (d) => `lb-cell${d.on ? "" : " lb-off"}${d.chosen ? " lb-chosen" : ""}`);
    cell.on("click", (_, { t, s }) => pick(t + 1, labels[s]));
    cell.select(".lb-fill").attr("fill-opacity", (d) => d.fill);
    cell.select("text").text((d) => d.text);
  }

  return { draw, resize: (to) => (width = to) };
}

function addCell(enter) {
  const cell = enter.append("g");
  cell.append("rect").attr("class", "lb-reach").attr("x", -26).attr("y", -20);
  cell.select("rect").attr("width", 52).attr("height", 50);
  cell.append("circle").attr("class", "lb-ground").attr("r", 13);
  cell.append("circle").attr("class", "lb-fill").attr("r", 13);
  cell.append("text").attr("y", 26).attr("text-anchor", "middle");
  return cell;
}
