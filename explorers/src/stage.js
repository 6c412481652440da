// The frame of every explorer: controls above, panels side by side, a readout below.
import { select } from "d3-selection";

import { button, slider } from "./controls.js";
import { onWidth } from "./panel.js";
import { play } from "./play.js";
import { say } from "./words.js";

const GAP = 16;
const NARROWEST = 420; // of a panel that stands beside another, in CSS pixels

/**
 * The boxes of an explorer and the state that its controls change.
 *
 * spec.parameters become sliders; spec.start holds the rest of the state. `redraw` is called
 * after a change, at most once in each frame. The state is a plain object; what tests and pages may read of it stands
 * in data-state of the element.
 */
export function stage(root, spec, redraw) {
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", spec.label);
  const [controls, panels, below] = ["lb-controls", "lb-panels", "lb-below"].map((name) =>
    select(root).append("div").attr("class", name),
  );
  const values = spec.parameters.map(({ name, value }) => [name, value]);
  const start = { ...Object.fromEntries(values), ...spec.start };
  const state = { ...start };
  const draw = oncePerFrame(redraw);
  const setters = {}; // they set a control without a call of `change`

  const change = (changes) => {
    Object.assign(state, changes);
    for (const name in changes) setters[name]?.(changes[name]);
    root.dataset.state = JSON.stringify(state);
    draw();
  };
  /** Make a control of the state: reset moves it; react(value) is called where the reader does. */
  const add = (make, options, react = (value) => change({ [options.name]: value })) => {
    setters[options.name] = make(controls, { value: state[options.name], ...options }, react);
  };
  for (const parameter of spec.parameters) add(slider, parameter);
  const buttons = controls.append("div").attr("class", "lb-buttons");
  let stop;
  /** Make the buttons of a figure that steps; reset stops it. */
  const steps = (step, pace) => {
    stop = play(buttons, step, pace);
  };
  const reset = () => {
    stop?.();
    change(start);
  };
  root.dataset.state = JSON.stringify(state);

  /** To be called last: adds the reset button behind all controls, and draws now and at every new width. */
  function begin(drawn) {
    button(buttons.raise(), say("Reset"), reset);
    onWidth(panels.node(), (width) => {
      arrange(drawn, width);
      redraw();
    });
  }
  return { controls, panels, below, state, start, change, add, steps, begin };
}

/**
 * A function that draws at once, but once in each frame of the screen: what a held key asks for
 * faster than that is drawn with the next frame and never queues.
 */
function oncePerFrame(redraw) {
  let [drawn, stale] = [false, false];
  return function draw() {
    if (drawn) {
      stale = true;
      return;
    }
    drawn = true;
    requestAnimationFrame(() => {
      drawn = false;
      if (stale) draw();
    });
    stale = false;
    redraw();
  };
}

/** Panels side by side where there is room for that, else one below the other. */
function arrange(panels, width) {
  const beside = width >= panels.length * NARROWEST + (panels.length - 1) * GAP;
  const columns = beside ? panels.length : 1;
  const each = Math.floor((width - GAP * (columns - 1)) / columns);
  const [share, most] = columns < panels.length ? [0.42, 290] : [0.72, 360];
  const height = Math.round(Math.max(230, Math.min(most, each * share)));
  for (const panel of panels) panel.resize(each, height);
}

/**
 * { value, gradient } of a curve's loss as functions of the leading arguments: what stands after
 * them in the loss's signature is taken from curve.given, else from the state. The same as `bind`
 * in lossbook/explorers/parts.py.
 */
export function bind(spec, state, curve, leading = 1) {
  const { arguments: names, value, gradient } = spec.losses[curve.loss];
  const rest = names.slice(leading).map((name) => curve.given[name] ?? state[name]);
  // One function for each number of arguments, since a figure calls them ten thousand times a frame.
  const bound = (f) => [
    (a) => f(a, ...rest),
    (a, b) => f(a, b, ...rest),
    (a, b, c) => f(a, b, c, ...rest),
  ][leading - 1];
  return { value: bound(value), gradient: bound(gradient) };
}
