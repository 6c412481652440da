// Bars that say how a sum is shared out.
import { format } from "d3-format";

import { inColour } from "./styles.js";
import { say } from "./words.js";

const [TOP, ROW, HIGH] = [30, 58, 22]; // of the first bar's name, from bar to bar, of a bar

export const percent = format(".1%");

/**
 * A bar of 100 % for each curve. Returns { draw, resize }; draw([{ label, colour, name, share }]):
 * the curve's label and colour, and the name and share of the part that is drawn solid.
 */
export function shares(parent, title) {
  const svg = parent.append("svg").attr("class", "lb-panel").attr("role", "img");
  svg.attr("aria-label", title);
  svg.append("text").attr("class", "lb-title").attr("y", 16).text(title);
  const bars = svg.append("g").attr("aria-hidden", "true");
  let width = 0;

  function draw(rows) {
    svg.attr("width", width).attr("height", TOP + ROW * rows.length);
    const bar = bars.selectAll("g").data(rows).join((enter) => {
      const one = enter.append("g");
      for (const part of ["lb-rest", "lb-part"]) one.append("rect").attr("class", part);
      one.append("text").attr("class", "lb-label").attr("y", 18);
      return one;
    });
    bar.attr("class", ({ colour }) => inColour(colour));
    bar.attr("transform", (_, i) => `translate(0 ${TOP + ROW * i})`);
    bar.selectAll("rect").attr("y", 26).attr("height", HIGH).attr("width", width);
    bar.select(".lb-part").attr("width", ({ share }) => width * share);
    const text = ({ share, ...named }) => say("{label}: {name} {share}", { ...named, share: percent(share) });
    bar.select("text").text(text);
  }
  return { draw, resize: (to) => (width = to) };
}
