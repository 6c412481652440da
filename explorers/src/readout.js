// The numbers below a figure: a table that is also the legend, and a sentence read aloud.
import { number } from "./numbers.js";
import { classes, inColour } from "./styles.js";
import { say } from "./words.js";

/**
 * A table with one row for each curve and a column for each quantity. Its numbers are short;
 * with all their digits they stand in data-value, beside data-curve and data-quantity.
 * When the reader pauses after a change, a screen reader reads the table aloud.
 *
 * columns: { key: label } or, where other digits are to be seen, { key: [label, number to text] }.
 * pick(row): called where the reader presses the name of a row, which then is a button; a row says
 * by `picked` whether it is pressed.
 * Returns update(title, rows): what the table is of, and
 * [{ name, label = name, key, tint, values: { key: number } }]; the name is for data-curve. key:
 * how the picture shows what the row is of, by the functions below; tint: else its colour.
 */
export function readout(parent, columns, pick) {
  const quantities = Object.entries(columns).map(([key, column]) => {
    const [label, show = number] = [column].flat();
    return { key, label, show };
  });
  const table = parent.append("table").attr("class", "lb-readout");
  const caption = table.append("caption");
  const head = table.append("thead").append("tr");
  head.append("td");
  const heads = head.selectAll("th").data(quantities).join("th").attr("scope", "col");
  heads.text(({ label }) => label);
  const body = table.append("tbody");
  const tell = announcer(parent);

  return (title, given) => {
    const rows = given.map((row) => ({ label: row.name, ...row }));
    caption.text(title);
    const row = body.selectAll("tr").data(rows).join((enter) => addRow(enter, pick));
    if (pick) row.select("button").attr("aria-pressed", ({ picked }) => picked);
    row.select(".lb-text").text(({ label }) => label);
    row.select(".lb-text").attr("class", ({ tint }) => `lb-text ${tint ? `lb-tint ${inColour(tint)}` : ""}`);
    row.select(".lb-key").attr("display", ({ key }) => (key ? null : "none"));
    row.select(".lb-key path").attr("class", ({ key }) => key?.as).attr("d", ({ key }) => key?.path);
    const cell = row.selectAll("td").data(({ name, values }) =>
      quantities.map(({ key, show }) => ({ key, name, value: values[key], show })),
    );
    cell
      .join("td")
      .attr("data-curve", ({ name }) => name)
      .attr("data-quantity", ({ key }) => key)
      .attr("data-value", ({ value }) => value)
      .text(({ value, show }) => show(value));
    tell(sentence(title, rows, quantities));
  };
}

/** Keys of rows: the line of a curve, the first of which is thickest; a point; an area. */
export const line = (look, first) => ({
  as: `lb-curve ${classes(look)}${first ? " lb-first" : ""}`,
  path: "M1 5H29",
});
export const point = (colour) => ({ as: `lb-grip ${inColour(colour)}`, path: "M22 5a7 7 0 1 0 -14 0a7 7 0 1 0 14 0" });
export const area = (name) => ({ as: name, path: "M1 -1H29V11H1Z" });

/** Returns tell(text): a screen reader reads it aloud when the reader pauses; not the first one. */
export function announcer(parent) {
  const aloud = parent.append("p").attr("class", "lb-aloud").attr("role", "status");
  let pause, said;
  return (text) => {
    if (said !== undefined && said !== text) {
      clearTimeout(pause);
      pause = setTimeout(() => aloud.text(text), 600);
    }
    said = text;
  };
}

function addRow(enter, pick) {
  const row = enter.append("tr");
  const head = row.append("th").attr("scope", "row");
  const key = head.append("svg").attr("class", "lb-key").attr("aria-hidden", "true");
  key.attr("width", 30).attr("height", 10).append("path");
  const names = pick ? head.append("button").attr("type", "button").on("click", (_, one) => pick(one)) : head;
  names.append("span").attr("class", "lb-text");
  return row;
}

const list = (parts, join) => (parts.length ? parts.reduce(join) : "");
const comma = (first, next) => say("{first}, {next}", { first, next });
const semicolon = (first, next) => say("{first}; {next}", { first, next });

function sentence(title, rows, quantities) {
  const one = (values) => ({ key, label, show }) =>
    say("{label} {number}", { label, number: show(values[key]) });
  const row = ({ label, values }) => {
    const numbers = list(quantities.map(one(values)), comma);
    return say("{label}: {numbers}", { label, numbers });
  };
  const all = list(rows.map(row), semicolon);
  return say("{title}. {rows}", { title, rows: all });
}
