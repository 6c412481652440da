// Sliders, switches and buttons: the browser's own, with labels and live values.
// Each takes the selection to append to, and returns set(value), which does not call `change`.
import { number } from "./numbers.js";
import { goesSideways } from "./touch.js";

const labelled = (parent, name) => parent.append("label").attr("class", name);

/** The input element of a control. */
function control(label, tag, name) {
  // Sphinx writes the search words of a page into every input with the name q.
  const node = label.append(tag).attr("name", `lossbook-${name}`);
  return node.attr("data-lm-suppress-shortcuts", "true"); // else JupyterLab handles the arrow keys
}

/**
 * A slider over a list of values, so that every position is a round number.
 *
 * words: what it is, before its symbol. A finger that swipes up or down over it scrolls the page
 * and moves nothing: only a tap or a drag sideways counts.
 */
export function slider(parent, { name, words, symbol, values, value }, change) {
  const label = labelled(parent, "lb-slider");
  label.append("span").attr("class", "lb-words").text(words);
  if (symbol) label.append("span").attr("class", "lb-symbol").text(symbol);
  const input = control(label, "input", name).attr("type", "range");
  input.attr("aria-label", symbol ? `${words} ${symbol}` : words);
  input.attr("min", 0).attr("max", values.length - 1).attr("step", 1);
  const output = label.append("output").attr("aria-hidden", "true");
  const show = (shown) => {
    output.text(number(shown));
    input.attr("aria-valuetext", number(shown));
  };
  const take = () => {
    const chosen = values[input.property("valueAsNumber")];
    show(chosen);
    change(chosen);
  };
  let held; // { from, value, wanted } while it is not clear what a finger does
  const release = (meant) => {
    const { wanted } = held ?? {};
    held = undefined;
    if (!meant || wanted === undefined) return;
    input.property("value", wanted);
    take();
  };
  input.on("pointerdown", ({ pointerType, clientX, clientY }) => {
    if (pointerType !== "touch") return;
    held = { from: [clientX, clientY], value: input.property("value") };
  });
  input.on("pointermove", ({ clientX, clientY }) => {
    if (held && goesSideways(held.from, [clientX, clientY])) release(true);
  });
  input.on("pointerup", () => release(true)).on("pointercancel", () => release(false));
  input.on("input", () => {
    if (!held) return take();
    held.wanted = input.property("value");
    input.property("value", held.value);
  });
  const set = (to) => {
    input.property("value", values.indexOf(to));
    show(to);
  };
  set(value);
  return set;
}

/** A check box. */
export function toggle(parent, { name, text, value }, change) {
  const label = labelled(parent, "lb-toggle");
  const input = control(label, "input", name).attr("type", "checkbox").property("checked", value);
  label.append("span").text(text);
  input.on("change", () => change(input.property("checked")));
  return (checked) => input.property("checked", checked);
}

/** A list to choose one of, by its index. */
export function choice(parent, { name, text, options, value }, change) {
  const label = labelled(parent, "lb-choice");
  label.append("span").text(text);
  const list = control(label, "select", name);
  list.selectAll("option").data(options).join("option").text((option) => option);
  list.on("change", () => change(list.property("selectedIndex")));
  list.property("selectedIndex", value);
  return (index) => list.property("selectedIndex", index);
}

/** A text field for some letters; others are removed. */
export function field(parent, { name, text, letters, longest, value }, change) {
  const label = labelled(parent, "lb-field");
  label.append("span").text(text);
  const input = control(label, "input", name).attr("type", "text").attr("size", longest + 1);
  input.attr("autocomplete", "off").attr("autocapitalize", "off").attr("spellcheck", "false");
  const set = (to) => input.property("value") === to || input.property("value", to);
  input.on("input", () => {
    const typed = [...input.property("value").toLowerCase()].filter((c) => letters.includes(c));
    set(typed.slice(0, longest).join(""));
    change(input.property("value"));
  });
  set(value);
  return set;
}

/** A button; returns its selection. */
export function button(parent, text, press) {
  const node = parent.append("button").attr("type", "button").attr("class", "lb-button");
  return node.text(text).on("click", press);
}

let groups = 0; // numbers the questions of one page

/**
 * A question with one of several answers to choose: radio buttons in a fieldset.
 * options: [{ label, hint }], none of them chosen; change(index) is called.
 */
export function question(parent, { text, options }, change) {
  const field = parent.append("fieldset").attr("class", "lb-question");
  field.append("legend").text(text);
  const name = `question-${++groups}`;
  options.forEach(({ label, hint }, index) => {
    const option = field.append("label");
    const input = control(option, "input", name).attr("type", "radio");
    input.on("change", () => change(index));
    option.append("span").text(label).append("small").text(` ${hint}`);
  });
}
