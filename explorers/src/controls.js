// Sliders, switches and buttons: the browser's own, with labels and live values.
// Each takes the selection to append to, and returns set(value), which does not call `change`.
import { number } from "./numbers.js";

const labelled = (parent, kind) => parent.append("label").attr("class", `lb-${kind}`);

/** The input element of a control. */
function control(label, tag, name) {
  // Sphinx writes the search words of a page into every input with the name q.
  const node = label.append(tag).attr("name", `lossbook-${name}`);
  return node.attr("data-lm-suppress-shortcuts", "true"); // else JupyterLab handles the arrow keys
}

/** A slider over a list of values, so that every position is a round number. */
export function slider(parent, { name, symbol, values, value }, change) {
  const label = labelled(parent, "slider");
  label.append("span").attr("class", "lb-symbol").text(symbol);
  const input = control(label, "input", name).attr("type", "range").attr("aria-label", name);
  input.attr("min", 0).attr("max", values.length - 1).attr("step", 1);
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
  return set;
}

/** A check box. */
export function toggle(parent, { name, text, value }, change) {
  const label = labelled(parent, "toggle");
  const input = control(label, "input", name).attr("type", "checkbox").property("checked", value);
  label.append("span").text(text);
  input.on("change", () => change(input.property("checked")));
  return (checked) => input.property("checked", checked);
}

/** A list to choose one of, by its index. */
export function choice(parent, { name, text, options, value }, change) {
  const label = labelled(parent, "choice");
  label.append("span").text(text);
  const list = control(label, "select", name);
  list.selectAll("option").data(options).join("option").text((option) => option);
  list.on("change", () => change(list.property("selectedIndex")));
  list.property("selectedIndex", value);
  return (index) => list.property("selectedIndex", index);
}

/** A text field for some letters; others are removed. */
export function field(parent, { name, text, letters, longest, value }, change) {
  const label = labelled(parent, "field");
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

/** A button. */
export function button(parent, text, press) {
  const node = parent.append("button").attr("type", "button").attr("class", "lb-button");
  node.text(text).on("click", press);
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
