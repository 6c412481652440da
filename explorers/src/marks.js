// Points that forces act on: a sign on each, and an arrow for the force.
import { say } from "./words.js";

export const GRIP = 8; // the radius of a point, in CSS pixels
const HEAD = 6; // of an arrow

/** The columns of a readout of forces, and their values. */
export const FORCE = {
  forceX: say("force x"), forceY: say("force y"), force: say("force"),
};
export const forceValues = ([x, y]) => ({ forceX: x, forceY: y, force: Math.hypot(x, y) });

/**
 * The same as `draw_mark` in lossbook/explorers/parts.py.
 *
 * points, forces: [[x, y], ...] in data units; signs: a letter for each point.
 * scale: how much of a force an arrow shows; one that the point would hide is not drawn.
 */
export function drawMarks(plane, group, points, forces, signs, scale) {
  const arrows = group.selectAll("path").data(points).join("path").attr("class", "lb-arrow");
  arrows.attr("d", ([x, y], i) => {
    const [forceX, forceY] = forces[i];
    const [tipX, tipY] = [plane.x(x + scale * forceX), plane.y(y + scale * forceY)];
    const [dx, dy] = [tipX - plane.x(x), tipY - plane.y(y)];
    const length = Math.hypot(dx, dy);
    if (length < GRIP + HEAD) return null;
    const [ux, uy] = [dx / length, dy / length];
    const start = `${plane.x(x) + GRIP * ux} ${plane.y(y) + GRIP * uy}`;
    const side = (turn) =>
      `${tipX - HEAD * (ux * 1.5 - turn * uy)} ${tipY - HEAD * (uy * 1.5 + turn * ux)}`;
    return `M${start}L${tipX} ${tipY}M${side(1)}L${tipX} ${tipY}L${side(-1)}`;
  });
  drawSigns(plane, group, points, signs);
}

/** A letter on each point. */
export function drawSigns(plane, group, points, signs) {
  const letters = group.selectAll("text").data(points).join("text").attr("class", "lb-sign");
  letters.attr("x", ([x]) => plane.x(x)).attr("y", ([, y]) => plane.y(y)).attr("dy", "0.34em");
  letters.text((_, i) => signs[i]);
}
