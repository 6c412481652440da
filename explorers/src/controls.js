// Sliders, switches and buttons: the browser's own, with labels and live values.
import { create } from "d3-selection";

import { number } from "./numbers.js";

/**
 * A slider over a list of values, so that every position is a round number.
 * change(value) is called as it moves. Returns set(value), which moves it silently.
 */
export function slider(parent, { name, symbol, values, value }, change) {
  const label = create("label").attr("class", "lb-slider");
  label.append("span").attr("class", "lb-symbol").text(symbol);
  const input = label.append("input").attr("type", "range").attr("name", name);
  input.attr("min", 0).attr("max", values.length - 1).attr("step", 1).attr("aria-label", name);
  input.attr("data-lm-suppress-shortcuts", "true"); // or JupyterLab takes the arrow keys
  const output = label.append("output").attr("aria-hidden", "true");
  const show = (shown) => {
    output.text(number(shown));
    input.attr("aria-valuetext", number(shown));
  };
  input.on("input", () => {
    const chosen = values[input.property("valueAsNumber")];
    show(chosen);
    change(chosen);
  });
  const set = (to) => {
    input.property("value", values.indexOf(to));
    show(to);
  };
  set(value);
  parent.append(label.node());
  return set;
}

/** A check box. Returns set(checked), which changes it silently. */
export function toggle(parent, { name, text }, change) {
  const label = create("label").attr("class", "lb-toggle");
  const input = label.append("input").attr("type", "checkbox").attr("name", name);
  input.attr("data-lm-suppress-shortcuts", "true");
  label.append("span").text(text);
  input.on("change", () => change(input.property("checked")));
  parent.append(label.node());
  return (checked) => input.property("checked", checked);
}

/** A button. */
export function button(parent, text, press) {
  const node = create("button").attr("type", "button").attr("class", "lb-button").text(text);
  parent.append(node.on("click", press).node());
}
