// A point that the reader moves: by mouse, finger or keys.
import { pointer } from "d3-selection";

import { inColour } from "./styles.js";
import { goesSideways } from "./touch.js";
import { say } from "./words.js";

/**
 * A handle over a panel.
 *
 * name: its accessible name; style: its colour, 0 that of the text.
 * steps: [dx, dy] of one press of an arrow key, in data units (Shift or Page: ten of them, Home and
 *     End: as far as it goes); a step of 0 means that the handle does not move that way.
 * move(x, y): called with where the reader wants it, within the panel's ranges.
 * Returns place(x, y, text), to be called with where it is and how that reads aloud. One whose
 * height is beyond the panel waits at its edge, hollow, with an arrow that way.
 */
export function handle(panel, { name, style = 1, steps: [dx, dy], move }) {
  const group = panel.over.append("g").attr("class", `lb-handle ${inColour(style)}`).attr("tabindex", 0);
  group.classed("lb-sideways", !dy);
  group.attr("role", "slider").attr("aria-label", name);
  group.attr("aria-orientation", dx ? "horizontal" : "vertical");
  group.attr("data-lm-suppress-shortcuts", "true"); // else JupyterLab handles the arrow keys
  group.append("circle").attr("class", "lb-reach").attr("r", 22); // large enough for a finger
  group.append("circle").attr("class", "lb-halo").attr("r", 14);
  group.append("circle").attr("class", "lb-grip").attr("r", 8);
  group.append("path").attr("class", "lb-away").attr("d", "M-4 3L0 -3L4 3");
  let [x, y] = [0, 0];

  const within = (scale, value) => {
    const [low, high] = scale.domain();
    return Math.max(low, Math.min(high, value));
  };
  // From here the next key goes on, also where that comes before the next frame.
  const go = (toX, toY) => {
    [x, y] = [dx ? within(panel.x, toX) : x, dy ? within(panel.y, toY) : y];
    move(x, y);
  };
  draggable(group.node(), panel.svg.node(), {
    sideways: !dy,
    at: () => [panel.x(x), panel.y(y)],
    to: (across, up) => {
      go(snap(panel.x.invert(across), dx / 10), snap(panel.y.invert(up), dy / 10));
    },
  });

  group.on("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const size = event.shiftKey ? 10 : 1;
    const by = (right, up) => [tidy(x + right * dx), tidy(y + up * dy)];
    const end = (k) => (dx ? [panel.x.domain()[k], y] : [x, panel.y.domain()[k]]);
    const page = (sign) => (dy ? by(0, 10 * sign) : by(10 * sign, 0));
    const keys = {
      ArrowLeft: () => by(-size, 0),
      ArrowRight: () => by(size, 0),
      ArrowDown: () => by(0, -size),
      ArrowUp: () => by(0, size),
      PageDown: () => page(-1),
      PageUp: () => page(1),
      Home: () => end(0),
      End: () => end(1),
    };
    if (!Object.hasOwn(keys, event.key)) return;
    event.preventDefault(); // these keys would scroll the page
    event.stopPropagation();
    go(...keys[event.key]());
  });

  return (toX, toY, text) => {
    [x, y] = [toX, toY];
    const [scale, now] = dx ? [panel.x, x] : [panel.y, y];
    const [low, high] = scale.domain();
    const [floor, roof] = panel.y.domain();
    const height = Number.isNaN(y) ? floor : within(panel.y, y);
    group.attr("transform", `translate(${panel.x(x)} ${panel.y(height)})`);
    group.classed("lb-outside", height !== y).classed("lb-below-panel", y < floor);
    group.select(".lb-away").attr("display", y < floor || y > roof ? null : "none");
    group.attr("aria-valuemin", low).attr("aria-valuemax", high).attr("aria-valuenow", now);
    group.attr("aria-valuetext", height === y ? text : say("{text}, outside of the picture", { text }));
  };
}

/**
 * Drag a node by mouse, pen or finger. at(): where it is, to(x, y): called with where it shall be,
 * in pixels of the svg. sideways: whether it moves only so; a finger's swipe up or down is then
 * the page's.
 */
function draggable(node, svg, { sideways, at, to }) {
  let drag; // { id, from, held: from the pointer to the node, live: whether it counts }
  const begin = () => {
    drag.live = true;
    node.focus({ preventScroll: true });
  };
  node.addEventListener("pointerdown", (event) => {
    if (drag || event.button) return;
    const from = pointer(event, svg);
    const held = at().map((place, k) => place - from[k]);
    drag = { id: event.pointerId, from, held, live: false };
    node.setPointerCapture(event.pointerId);
    if (!sideways || event.pointerType !== "touch") begin();
  });
  node.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drag?.id) return;
    const now = pointer(event, svg);
    if (!drag.live && goesSideways(drag.from, now)) begin();
    if (drag.live) to(now[0] + drag.held[0], now[1] + drag.held[1]);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    node.addEventListener(end, (event) => {
      if (event.pointerId === drag?.id) drag = undefined;
    });
  }
  // A drag selects no text; and only a listener that is not passive keeps the page from scrolling
  // below the finger where touch-action is not known for parts of a picture.
  node.addEventListener("mousedown", (event) => event.preventDefault());
  const hold = (event) => event.cancelable && (!sideways || drag?.live) && event.preventDefault();
  node.addEventListener("touchstart", hold, { passive: false });
  node.addEventListener("touchmove", hold, { passive: false });
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

/** To the nearest multiple of a step, so that a dragged point has a round place, too. */
const snap = (value, step) => (step ? tidy(Math.round(value / step) * step) : value);

/** Ten steps of 0.1 are 1, not 0.9999999999999999. */
const tidy = (value) => Number(value.toFixed(9));
