// How numbers are shown: with few digits; data attributes hold all of them.
import { format } from "d3-format";

const short = format(".4~g");

/** A tick's number, with a true minus sign and no superfluous digits. */
export const minus = format("~g");

/** Four significant digits; what is as small as a rounding error as 0; a dash for no number. */
export function number(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "–" : value > 0 ? "∞" : "−∞";
  return Math.abs(value) < 1e-9 ? "0" : short(value);
}

/** The same with its sign always shown. */
export function signed(value) {
  const text = number(value);
  return value > 0 && text !== "0" ? `+${text}` : text;
}
