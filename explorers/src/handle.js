// A point that the reader moves: by mouse, finger or arrow keys.
import { drag } from "d3-drag";

/**
 * A handle over a panel.
 *
 * name: its accessible name; style: its colour, 0 that of the text.
 * steps: [dx, dy] of one press of an arrow key, in data units (Shift: ten of them); a
 *     step of 0 means that the handle does not move that way.
 * move(x, y): called with where the reader wants it, within the panel's ranges.
 * Returns place(x, y, text), to be called with where it is and how that reads aloud.
 */
export function handle(panel, { name, style = 1, steps: [dx, dy], move }) {
  const group = panel.over.append("g").attr("class", `lb-handle lb-c${style}`).attr("tabindex", 0);
  group.attr("role", "slider").attr("aria-label", name);
  group.attr("aria-orientation", dx ? "horizontal" : "vertical");
  group.attr("data-lm-suppress-shortcuts", "true"); // else JupyterLab handles the arrow keys
  group.append("circle").attr("class", "lb-reach").attr("r", 22); // large enough for a finger
  group.append("circle").attr("class", "lb-halo").attr("r", 14);
  group.append("circle").attr("class", "lb-grip").attr("r", 8);
  let [x, y] = [0, 0];

  const within = (scale, value) => {
    const [low, high] = scale.domain();
    return Math.max(low, Math.min(high, value));
  };
  const go = (toX, toY) => move(dx ? within(panel.x, toX) : x, dy ? within(panel.y, toY) : y);

  const dragged = (event) => {
    go(snap(panel.x.invert(event.x), dx / 10), snap(panel.y.invert(event.y), dy / 10));
  };
  const dragging = drag()
    .container(panel.svg.node())
    .subject(() => ({ x: panel.x(x), y: panel.y(y) }))
    .on("start", () => group.node().focus({ preventScroll: true }))
    .on("drag", dragged);
  group.call(dragging);
  // Only a listener that is not passive can keep the page from scrolling below the finger.
  group.node().addEventListener("touchstart", (e) => e.preventDefault(), { passive: false });

  group.on("keydown", (event) => {
    const direction = ARROWS[event.key];
    if (!direction || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const size = event.shiftKey ? 10 : 1;
    go(tidy(x + direction[0] * size * dx), tidy(y + direction[1] * size * dy));
  });

  return (toX, toY, text) => {
    [x, y] = [toX, toY];
    const [scale, now] = dx ? [panel.x, x] : [panel.y, y];
    const [low, high] = scale.domain();
    group.attr("transform", `translate(${panel.x(x)} ${panel.y(within(panel.y, y))})`);
    group.attr("aria-valuemin", low).attr("aria-valuemax", high);
    group.attr("aria-valuenow", now).attr("aria-valuetext", text);
  };
}

/**
 * Handles of points that stand close together; each moves its own of state.points.
 *
 * style(label), name(label, i): of the point i with spec.labels[i]; reach: its radius for a finger.
 */
export function handles(panel, spec, { state, change }, { style, name, reach }) {
  const places = spec.labels.map((label, i) => {
    const replaced = (to) => state.points.map((old, k) => (k === i ? to : old));
    const move = (...to) => change({ points: replaced(to), chosen: i });
    return handle(panel, { style: style(label), name: name(label, i), steps: spec.steps, move });
  });
  panel.over.selectAll(".lb-reach").attr("r", reach);
  panel.over.selectAll(".lb-halo").attr("r", Math.round((2 / 3) * reach));
  return places;
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

/** To the nearest multiple of a step, so that a dragged point has a round place, too. */
const snap = (value, step) => (step ? tidy(Math.round(value / step) * step) : value);

/** Ten steps of 0.1 are 1, not 0.9999999999999999. */
const tidy = (value) => Number(value.toFixed(9));
