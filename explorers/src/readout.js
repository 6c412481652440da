// The numbers below a figure: a table that is also the legend, and a sentence read aloud.
/**
 * A table with one row for each curve and a column for each quantity. Its numbers are short;
 * with all their digits they stand in data-value, beside data-curve and data-quantity.
 * When the reader pauses after a change, a screen reader reads the table aloud.
 */
export function readout(parent) {
  const table = parent.append("table").attr("class", "lb-readout");
  const caption = table.append("caption");
  const head = table.append("thead").append("tr");
  head.append("td");
  const body = table.append("tbody");
  const say = announcer(parent);

  return {
    /**
     * title: what the table is of; quantities: [{ key, label, show: number to text }];
     * rows: [{ name, label, style, values: { key: number } }]; the name is for data-curve.
     */
    update(title, quantities, rows) {
      caption.text(title);
      const heads = head.selectAll("th").data(quantities).join("th").attr("scope", "col");
      heads.text(({ label }) => label);
      const row = body.selectAll("tr").data(rows).join(addRow);
      row.select(".lb-text").text(({ label }) => label);
      const cell = row.selectAll("td").data(({ name, values }) =>
        quantities.map(({ key, show }) => ({ key, show, name, value: values[key] })),
      );
      cell
        .join("td")
        .attr("data-curve", ({ name }) => name)
        .attr("data-quantity", ({ key }) => key)
        .attr("data-value", ({ value }) => value)
        .text(({ value, show }) => show(value));
      say(sentence(title, rows, quantities));
    },
  };
}

/** Returns say(text): a screen reader reads it aloud when the reader pauses; not the first one. */
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

function addRow(enter) {
  const row = enter.append("tr");
  const head = row.append("th").attr("scope", "row");
  const key = head.append("svg").attr("class", "lb-key").attr("aria-hidden", "true");
  key.attr("width", 30).attr("height", 10).append("path").attr("d", "M1 5H29");
  key.select("path").attr("class", ({ style }) => `lb-curve lb-c${style}`);
  head.append("span").attr("class", "lb-text");
  return row;
}

function sentence(title, rows, quantities) {
  const numbers = (values) =>
    quantities.map(({ key, label, show }) => `${label} ${show(values[key])}`).join(", ");
  return `${title}. ${rows.map(({ label, values }) => `${label}: ${numbers(values)}`).join("; ")}`;
}
