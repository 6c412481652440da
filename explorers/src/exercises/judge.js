// The verdict on a typed answer, as `check` in lossbook/exercises.py gives it. The data of an
// exercise are written by lossbook/exercise_data.py.
import { isTruth, parse, quoted, unquoted, Unreadable } from "./parse.js";
import { symbols, value } from "./value.js";
import { say } from "../words.js";

const PER_CENT = say("the right answer in per cent (a share is asked: divide by 100)");

/** The data as they were before JSON, which has no NaN and has null for it. */
function revived(data) {
  const revive = (x) => x === null ? NaN : Array.isArray(x) ? x.map(revive) : x;
  return { ...data, wanted: data.wanted && revive(data.wanted), slips: data.slips && revive(data.slips) };
}

/** {right: true, false or null where nothing was typed, message, tree of what was understood}. */
export function judge(text, data) {
  const exercise = revived(data);
  if (text.trim() === "" || text.trim() === "...") {
    return { right: null, message: say("not attempted yet") };
  }
  try {
    const { given, tree } = read(text, exercise);
    return { ...compare(given, exercise), tree };
  } catch (error) {
    if (error instanceof Unreadable) return { right: false, message: error.message };
    throw error;
  }
}

function read(text, exercise) {
  if (exercise.kind === "word") return { given: [text] };
  if (exercise.kind === "value") {
    const tree = parse(text, [], Array.isArray(exercise.wanted[0]));
    const found = numbers(tree, unquoted(text));
    const flat = [found].flat(Infinity);
    // A list of one number is that number, if one is asked.
    const one = !Array.isArray(exercise.wanted[0]) && flat.length === 1;
    return { given: [one ? flat[0] : found], tree };
  }
  const { names, points } = exercise;
  let tree;
  try {
    tree = parse(text, names);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new Unreadable(say("an expression is asked, got {text}: {why}", {
      text: quoted(text), why: error.message,
    }));
  }
  if (tree.type === "tuple" || isTruth(tree)) {
    throw new Unreadable(say("an expression is asked, got {text}", { text: unquoted(text) }));
  }
  const extra = symbols(tree).filter((name) => !names.includes(name)).sort();
  if (extra.length) {
    const found = { extra: extra.join(", "), names: names.join(", ") };
    throw new Unreadable(say("the answer has {extra}; it takes {names}", found));
  }
  const at = (point) => Object.fromEntries(names.map((name, i) => [name, point[i]]));
  return { given: points.map((point) => value(tree, at(point))), tree };
}

function numbers(tree, text) {
  if (tree.type === "tuple") {
    const parts = tree.parts.map((part) => numbers(part, text));
    if (new Set(parts.map((part) => String(shape(part)))).size > 1) {
      throw new Unreadable(say("the rows of the answer have different lengths"));
    }
    return parts;
  }
  if (isTruth(tree)) {
    throw new Unreadable(say("a number is asked, got {text}", { text }));
  }
  if (symbols(tree).length) {
    throw new Unreadable(say("a number is asked, but the answer has {text}", { text }));
  }
  return value(tree, {});
}

function compare(given, exercise) {
  const { wanted } = exercise;
  if (agree(given, wanted, exercise)) {
    const exact = agree(given, wanted, to(9, exercise));
    const { shows } = exercise;
    const message = exact
      ? say("right. {shows}", { shows })
      : say("right (to more digits {number}). {shows}", { number: show(wanted[0]), shows });
    return { right: true, message };
  }
  const slips = known(given, exercise);
  if (!slips.length && exercise.kind === "value") {
    if (agree(given, wanted, to(2, exercise))) return { right: false, message: rounded(exercise) };
    if (given.every((one, i) => beginsAs(one, wanted[i], exercise))) {
      return { right: false, message: beyond(exercise) };
    }
  }
  return { right: false, message: wrong(slips, counterexample(given, exercise)) };
}

function rounded({ decimals: n, digits }) {
  if (n === null) return say("right, but rounded too far: give {digits} digits, or an exact form", { digits });
  if (n <= 1) return say("right, but rounded too far: give {n} decimal, or an exact form", { n });
  return say("right, but rounded too far: give {n} decimals, or an exact form", { n });
}

function beyond({ decimals: n, digits }) {
  if (n === null) {
    return say("not yet. It is right to {digits} digits, but not beyond: give {digits} digits, or " +
      "an exact form", { digits });
  }
  if (n <= 1) {
    return say("not yet. It is right to {n} decimal, but not beyond: give {n} decimal, or an " +
      "exact form", { n });
  }
  return say("not yet. It is right to {n} decimals, but not beyond: give {n} decimals, or an " +
    "exact form", { n });
}

function wrong([slip, other], why) {
  if (!slip) return say("not yet. {why}", { why });
  if (!other) return say("not yet. This looks like {slip}; {why}", { slip, why });
  return say("not yet. This looks like {slip}, or {other}; {why}", { slip, other, why });
}

function counterexample(given, exercise) {
  const { wanted, places } = exercise;
  const wrong = given.map((_, i) => i).filter((i) => !same(given[i], wanted[i], exercise));
  const finite = wrong.filter((i) => !Number.isNaN(given[i]));
  if (places[0] !== "" && !finite.length && wrong.length < given.length) {
    const place = places[wrong[0]];
    return say("at {place} it has no number; elsewhere it is right", { place });
  }
  const i = (finite.length ? finite : wrong)[0];
  let [right, other] = distinguishable(wanted[i], given[i]);
  if (String(shape(given[i])) !== String(shape(wanted[i]))) {
    const shapes = { shape: tuple(shape(given[i])), wanted: tuple(shape(wanted[i])) };
    other = say("{other} (of shape {shape}, not {wanted})", { other, ...shapes });
  }
  if (!places[i]) return say("{other} given", { other });
  return say("at {place}: {right} expected, {other} given", { place: places[i], right, other });
}

const agree = (given, wanted, exercise) => given.every((one, i) => same(one, wanted[i], exercise));
// "statement B", "the quantile"; but "A B" are two choices.
const ARTICLE = /^[^\p{L}\p{N}]*((the +)?(statement|answer|option) +(?=[\p{L}\p{N}][^\p{L}\p{N}]*$)|(the|an?) +(?=[\p{L}\p{N}]{2}))/iu;
/** What of a word counts: not its article, nor what it is called before a letter. */
const letters = (word) => word.normalize("NFKC").replace(ARTICLE, "").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
const shape = (x) => Array.isArray(x) ? [x.length, ...(x.length ? shape(x[0]) : [])] : [];
const tuple = (lengths) => lengths.length === 1 ? `(${lengths[0]},)` : `(${lengths.join(", ")})`;

function same(given, wanted, exercise) {
  if (typeof wanted === "string") {
    const words = [wanted, exercise.words?.[wanted] ?? wanted];
    return words.some((word) => letters(given) === letters(word));
  }
  if (String(shape(given)) !== String(shape(wanted))) return false;
  const typed = exercise.kind === "value";
  const found = [given].flat(Infinity);
  return [wanted].flat(Infinity).every((exact, i) => (
    Math.abs(found[i] - exact) <= 1e-12 + exercise.rtol * Math.abs(exact) ||
    (typed && isRounding(found[i], exact, exercise))
  ));
}

/** The exercise, if it asked for so many significant digits. */
const to = (digits, exercise) => ({ ...exercise, decimals: null, digits });

/** The unit of the last digit that is asked of a number. */
function unitOf(exact, { decimals, digits }) {
  return 10 ** -(decimals ?? digits - 1 - Math.floor(Math.log10(Math.max(Math.abs(exact), 1e-300))));
}

/** Whether a number is the exact one, rounded: to the digits that are asked, or to more.
 *
 * Who gives more digits than are asked says that those are right as well. */
function isRounding(given, exact, exercise) {
  for (let more = 0; more < 10; more++) {
    const unit = unitOf(exact, exercise) / 10 ** more;
    const rounded = Math.round(given / unit) * unit;
    const endsHere = Math.abs(given - rounded) <= 1e-7 * Math.abs(given);
    if (endsHere && Math.abs(rounded - exact) <= (0.5 + 1e-9) * unit) return true; // a half up or down
  }
  return false;
}

/** Whether numbers would be right if they were rounded to the digits that are asked. */
function beginsAs(given, wanted, exercise) {
  if (String(shape(given)) !== String(shape(wanted))) return false;
  const found = [given].flat(Infinity);
  return [wanted].flat(Infinity).every((exact, i) => {
    const unit = unitOf(exact, exercise);
    return Math.abs(found[i] - Math.round(exact / unit) * unit) < unit / 2;
  });
}

/** The names of the known slips that explain every outcome: at most two. */
function known(given, exercise) {
  const { slips, wanted } = exercise;
  const names = slips.filter(([, outcomes]) => explains(given, outcomes, exercise)).map(([name]) => name).slice(0, 1);
  const [right] = wanted;
  if (typeof right === "number" && right > 0 && right < 1 && explains(given, [100 * right], exercise)) {
    if (exercise.kind === "value") names.push(PER_CENT);
  }
  return names;
}

/** Whether a slip's values are those given, rounded on one side or the other. */
function explains(given, outcomes, exercise) {
  if (agree(given, outcomes, exercise)) return true;
  return exercise.kind === "value" &&
    (agree(given, outcomes, to(3, exercise)) || agree(outcomes, given, exercise));
}

/** x.toExponential, but a half is rounded to the even digit, as Python does. */
function exponential(x, digits) {
  const [mantissa, exponent] = x.toExponential(60).split("e");
  const figures = mantissa.replace(/[-.]/g, "");
  const isHalf = /^50*$/.test(figures.slice(digits));
  if (!isHalf || figures[digits - 1] % 2) return x.toExponential(digits - 1);
  const kept = `${figures[0]}.${figures.slice(1, digits)}`.replace(/\.$/, "");
  return `${x < 0 ? "-" : ""}${kept}e${exponent}`;
}

/** A number as Python prints it by the format "g". */
function general(x, digits) {
  if (Number.isNaN(x)) return say("no number");
  if (x === 0) return Object.is(x, -0) ? "-0" : "0";
  const [mantissa, exponent] = exponential(x, digits).split("e");
  const trim = (text) => text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  if (exponent < -4 || exponent >= digits) {
    return `${trim(mantissa)}e${exponent < 0 ? "-" : "+"}${exponent.replace(/^[+-]/, "").padStart(2, "0")}`;
  }
  return trim(Number(`${mantissa}e${exponent}`).toFixed(Math.max(digits - 1 - exponent, 0)));
}

function show(shown, digits = 6) {
  if (typeof shown === "string") return shown;
  if (!Array.isArray(shown)) return general(shown, digits);
  if (digits < 17) {
    const flat = shown.flat(Infinity);
    if (new Set(flat.map((x) => general(x, digits))).size < new Set(flat).size) {
      return show(shown, { 6: 10 }[digits] ?? 17);
    }
  }
  return `[${shown.map((part) => Array.isArray(part) ? show(part, digits) : general(part, digits)).join(" ")}]`;
}

/** Both as texts, with as many digits as it takes to tell them apart. */
function distinguishable(wanted, given) {
  let texts;
  for (const digits of [6, 10, 17]) {
    texts = [show(wanted, digits), show(given, digits)];
    if (texts[0] !== texts[1]) break;
  }
  return texts;
}
