// Sliders, switches and buttons: the browser's own, with labels and live values.
import { create } from "d3-selection";

import { number } from "./numbers.js";

// A page's scripts may know names of their own: Sphinx writes its search into all called q.
const named = (name) => `lossbook-${name}`;

/**
 * A slider over a list of values, so that every position is a round number.
 * change(value) is called as it moves. Returns set(value), which moves it silently.
 */
export function slider(parent, { name, symbol, values, value }, change) {
  const label = create("label").attr("class", "lb-slider");
  label.append("span").attr("class", "lb-symbol").text(symbol);
  const input = label.append("input").attr("type", "range").attr("name", named(name));
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
  const input = label.append("input").attr("type", "checkbox").attr("name", named(name));
  input.attr("data-lm-suppress-shortcuts", "true");
  label.append("span").text(text);
  input.on("change", () => change(input.property("checked")));
  parent.append(label.node());
  return (checked) => input.property("checked", checked);
}

/** A list to choose one of. change(index) is called; returns set(index), which chooses silently. */
export function choice(parent, { name, text, options, value }, change) {
  const label = create("label").attr("class", "lb-choice");
  label.append("span").text(text);
  const list = label.append("select").attr("name", named(name));
  list.attr("data-lm-suppress-shortcuts", "true");
  list.selectAll("option").data(options).join("option").text((option) => option);
  list.on("change", () => change(list.property("selectedIndex")));
  const set = (index) => list.property("selectedIndex", index);
  set(value);
  parent.append(label.node());
  return set;
}

/** A line to type a text of some letters into. change(text) is called; others are left out. */
export function field(parent, { name, text, letters, longest, value }, change) {
  const label = create("label").attr("class", "lb-field");
  label.append("span").text(text);
  const input = label.append("input").attr("type", "text").attr("name", named(name));
  input.attr("data-lm-suppress-shortcuts", "true").attr("size", longest + 1);
  input.attr("autocomplete", "off").attr("autocapitalize", "off").attr("spellcheck", "false");
  const set = (to) => input.property("value") === to || input.property("value", to);
  input.on("input", () => {
    const typed = [...input.property("value").toLowerCase()].filter((c) => letters.includes(c));
    set(typed.slice(0, longest).join(""));
    change(input.property("value"));
  });
  set(value);
  parent.append(label.node());
  return set;
}

/** A button. */
export function button(parent, text, press) {
  const node = create("button").attr("type", "button").attr("class", "lb-button").text(text);
  parent.append(node.on("click", press).node());
}

let groups = 0; // numbers the questions of one page

/**
 * A question with one of several answers to choose: radio buttons in a fieldset.
 * options: [{ label, hint }], none of them chosen; change(index) is called.
 */
export function question(parent, { text, options }, change) {
  const field = create("fieldset").attr("class", "lb-question");
  field.append("legend").text(text);
  const name = named(`question-${++groups}`);
  options.forEach(({ label, hint }, index) => {
    const option = field.append("label");
    const input = option.append("input").attr("type", "radio").attr("name", name);
    input.attr("data-lm-suppress-shortcuts", "true");
    input.on("change", () => change(index));
    const words = option.append("span").text(label);
    words.append("small").text(` ${hint}`);
  });
  parent.append(field.node());
}
