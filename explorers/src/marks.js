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
 * scale: how much of a force an arrow shows; one that the point would hide is not drawn, and one
 *   that would leave the picture ends at its edge with two heads.
 */
export function drawMarks(plane, group, points, forces, signs, scale) {
  const arrows = group.selectAll("path").data(points).join("path").attr("class", "lb-arrow");
  arrows.attr("d", (point, i) => {
    const [x, y] = [plane.x(point[0]), plane.y(point[1])];
    const [tipX, tipY] = point.map((at, k) => at + scale * forces[i][k]);
    const [toX, toY] = [plane.x(tipX) - x, plane.y(tipY) - y];
    const inside = Math.min(1, room(x, toX, plane.x.range()), room(y, toY, plane.y.range()));
    const length = inside * Math.hypot(toX, toY);
    if (length < GRIP + HEAD) return null;
    const [ux, uy] = [toX, toY].map((part) => (part * inside) / length);
    const head = (tip) => {
      const side = (turn) => [
        x + tip * ux - HEAD * (ux * 1.5 - turn * uy),
        y + tip * uy - HEAD * (uy * 1.5 + turn * ux),
      ];
      return `M${side(1)}L${x + tip * ux} ${y + tip * uy}L${side(-1)}`;
    };
    const shaft = `M${x + GRIP * ux} ${y + GRIP * uy}L${x + length * ux} ${y + length * uy}`;
    return shaft + head(length) + (inside < 1 ? head(length - HEAD) : "");
  });
  drawSigns(plane, group, points, signs);
}

/** A letter on each point. */
export function drawSigns(plane, group, points, signs) {
  const letters = group.selectAll("text").data(points).join("text").attr("class", "lb-sign");
  letters.attr("x", ([x]) => plane.x(x)).attr("y", ([, y]) => plane.y(y)).attr("dy", "0.34em");
  letters.text((_, i) => signs[i]);
}

/** What part of a way along an axis there is room for. */
function room(from, way, ends) {
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  return way === 0 ? Infinity : ((way > 0 ? high : low) - from) / way;
}
