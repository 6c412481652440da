// A panel: axes with a title, room for curves, and for labels at the ends of the lines.
import { axisBottom, axisLeft } from "d3-axis";
import { scaleLinear } from "d3-scale";

import { minus } from "./numbers.js";

const MARGIN = { top: 30, bottom: 44, left: 42 };
const LABEL_GAP = 8;
let count = 0; // names the clip paths of one page

/**
 * A panel for x and y in given ranges ([low, high], in data units).
 *
 * labels: those at the ends of the lines; they decide the width of the right margin.
 * Returns { svg, plot, over, x, y, right, resize }: `plot` is clipped to the axes, `over` is
 * not; x and y are scales from data to CSS pixels. Text keeps its size at every width.
 */
export function panel(parent, { title, x, y, xLabel, labels = [] }) {
  const clip = `lossbook-clip-${++count}`;
  const svg = parent.append("svg").attr("class", "lb-panel").attr("role", "group");
  svg.attr("aria-label", title);
  const area = svg.append("clipPath").attr("id", clip).append("rect");
  const axes = svg.append("g").attr("aria-hidden", "true");
  const bottom = axes.append("g");
  const left = axes.append("g");
  const heading = axes.append("text").attr("class", "lb-title").attr("y", 16).text(title);
  const xName = axes.append("text").attr("class", "lb-name").text(xLabel);
  const plot = svg.append("g").attr("clip-path", `url(#${clip})`);
  const over = svg.append("g");
  const scales = { x: scaleLinear().domain(x), y: scaleLinear().domain(y) };
  const margin = { ...MARGIN, right: 12 };

  function resize(width, height) {
    margin.right = LABEL_GAP + 6 + widest(svg, labels);
    const edge = { right: width - margin.right, bottom: height - MARGIN.bottom };
    scales.x.range([margin.left, edge.right]);
    scales.y.range([edge.bottom, margin.top]);
    svg.attr("width", width).attr("height", height);
    area.attr("x", margin.left).attr("y", margin.top);
    area.attr("width", edge.right - margin.left).attr("height", edge.bottom - margin.top);
    const plotHeight = edge.bottom - margin.top;
    bottom.attr("transform", `translate(0 ${edge.bottom})`);
    bottom.call(grid(axisBottom(scales.x), (edge.right - margin.left) / 55, plotHeight));
    left.attr("transform", `translate(${margin.left} 0)`);
    left.call(grid(axisLeft(scales.y), plotHeight / 40, edge.right - margin.left));
    axes.selectAll(".tick").classed("lb-zero", (value) => value === 0);
    heading.attr("x", margin.left);
    xName.attr("x", (margin.left + edge.right) / 2).attr("y", height - 6);
    xName.attr("text-anchor", "middle");
  }
  const right = () => scales.x.range()[1] + LABEL_GAP;
  return { svg, plot, over, ...scales, right, resize };
}

function grid(axis, ticks, length) {
  return axis.ticks(ticks).tickSizeInner(-length).tickSizeOuter(0).tickPadding(7).tickFormat(minus);
}

/** The width in CSS pixels of the widest of some texts, as the panel would write them. */
function widest(svg, texts) {
  const probe = svg.append("text").attr("class", "lb-label");
  const widths = texts.map((text) => probe.text(text).node().getComputedTextLength());
  probe.remove();
  return Math.ceil(Math.max(0, ...widths));
}

/** Calls draw(width) now and whenever the element's width changes, while it is visible. */
export function onWidth(element, draw) {
  let last = 0;
  const check = () => {
    const width = Math.floor(element.clientWidth);
    if (width > 0 && width !== last) draw((last = width));
  };
  new ResizeObserver(check).observe(element);
  check();
}
