// Mathematics as people type it, read as lossbook/mathtext.py reads it; nothing is ever run.
import jsep from "jsep";
import { GREEK } from "./mathml.js";
import { say } from "../words.js";

// The grammar of Python's expressions, as far as formulas go. Brackets keep a mark, since
// (-x)**2 is another number than -x**2, and have commas between their parts.
jsep.removeAllLiterals();
jsep.addBinaryOp("**", 11, true);
jsep.hooks.add("gobble-token", function (env) {
  if (this.code !== jsep.OPAREN_CODE) return;
  this.index++;
  const parts = this.gobbleArguments(jsep.CPAREN_CODE);
  const node = parts.length === 1 ? { type: "Group", of: parts[0] } : { type: "Tuple", parts };
  env.node = this.gobbleTokenProperty(node);
});

const LONGEST = 1000;
const DEEPEST = 100;
const MODULES = new Set(["np", "numpy", "sp", "sympy", "math"]);
// Nothing, two parts without a sign between them, a number such as 007, and a sign.
const NOT_PYTHON = /[\p{L}\p{N}_.)\]]\s+[\p{L}\p{N}_.]|[)\]]\s*[\p{L}\p{N}_]|(?<![\p{L}\p{N}_.]|[eE][+-])0+[1-9]\d*(?![\d.eE])|\p{No}|[^\0-\x7f\p{L}\p{M}\p{N}]|^$/u;
const CONSTANTS = { pi: Math.PI, E: Math.E, e: Math.E };
const SIGNS = {
  "^": "**", "−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "÷": "/", "²": "**2", "³": "**3",
  ...Object.fromEntries([..."₀₁₂₃₄₅₆₇₈₉"].map((sign, n) => [sign, n])),
};
const ROOT = /√\s*(?:(?=\()|([\p{L}\p{N}_.]+)(?![\p{L}\p{N}_.(]))/gu; // of brackets, a number or a name
const LETTERS = new Map(Object.entries(GREEK).map(([name, letter]) => [letter, name]));
const ALIASES = {
  abs: "Abs", absolute: "Abs", min: "Min", minimum: "Min", max: "Max", maximum: "Max",
  comb: "binomial", arctan: "atan", ln: "log", power: "pow", Fraction: "Rational",
  Matrix: "array", expit: "sigmoid", "σ": "sigmoid",
};
const OPERATORS = { "+": "add", "-": "subtract", "*": "times", "/": "over", "**": "pow" };
const COMPARISONS = { "==": "Eq", "!=": "Ne", "<": "Lt", "<=": "Le", ">": "Gt", ">=": "Ge" };
const TAKES_TUPLES = new Set(["Piecewise", "array"]);
// How many arguments each function takes, at least and at most.
const ARGUMENTS = {
  exp: [1, 1], sign: [1, 1], sin: [1, 1], cos: [1, 1], tan: [1, 1], sinh: [1, 1], cosh: [1, 1],
  tanh: [1, 1], atan: [1, 1], factorial: [1, 1], Abs: [1, 1], Min: [1, 99], Max: [1, 99],
  binomial: [2, 2], Eq: [2, 2], Ne: [2, 2], Lt: [2, 2], Le: [2, 2], Gt: [2, 2], Ge: [2, 2],
  log: [1, 2], log2: [1, 1], log10: [1, 1], log1p: [1, 1], expm1: [1, 1], sqrt: [1, 1],
  sigmoid: [1, 1], square: [1, 1], pow: [2, 2], Rational: [1, 2], array: [1, 1], Piecewise: [1, 99],
};

export class Unreadable extends Error {}

/** A text as in Python's repr, shortened. */
export function quoted(text, longest = 60) {
  const short = [...text].length <= longest ? text : `${[...text].slice(0, longest - 3).join("")}...`;
  const mark = short.includes("'") && !short.includes('"') ? '"' : "'";
  const escaped = short.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark;
}

// The signs of a keyboard for Chinese, １ and ， among them, are as wide as a Chinese one.
const narrow = (text) => text.replaceAll("\u3000", " ").replace(/[！-～]/g, (sign) =>
  String.fromCharCode(sign.charCodeAt(0) - 0xfee0));

/** A text without the quotes around it all. */
export const unquoted = (text) => text.trim().replace(/^(['"])(.*)\1$/s, "$2").trim();

/**
 * The tree of a text: {type, ...} with the types number, symbol, truth, tuple, call (name,
 * parts), and the operators as calls of add, times, over, pow, minus.
 * names: those of symbols, where a constant has the same name.
 * several: whether more than one number is asked. Then a comma alone parts two; it is a decimal one
 * if there is a semicolon or a space to part them, as in 1,8; 2,4.
 */
export function parse(typed, names = [], several = false) {
  const text = narrow(typed);
  if ([...text].length > LONGEST) {
    throw new Unreadable(say("a text of {n} signs is too long to be read", { n: [...text].length }));
  }
  if (text.includes("%")) {
    throw new Unreadable(say("a number without a per cent sign is asked: a share of 3 % is 0.03"));
  }
  let plain = [...unquoted(text)].map((sign) => SIGNS[sign] ?? sign).join("");
  if (!/[([{]/.test(plain) && (!several || /;|,\s/.test(plain))) {
    plain = plain.replace(/(?<=\d),(?=\d)/g, ".").replaceAll(";", ",");
  }
  plain = plain.replace(/(?<=[\p{L}\p{N}_])\s*,\s*(?=[)\]]|$)/gu, ""); // a last comma parts nothing
  plain = plain.replace(ROOT, (_, what) => what ? `sqrt(${what})` : "sqrt");
  plain = plain.replace(/#.*$/, "").replace(/(?<=\d)_(?=\d)/g, "");
  if (/(?<![\p{L}\p{N}_.])[\d.]+\s*\(|\)\s*\(/u.test(plain)) {
    throw new Unreadable(say("a product is written with *, such as 2*(x + 1)"));
  }
  let tree;
  try {
    if (NOT_PYTHON.test(plain)) throw new SyntaxError(); // though jsep reads it
    tree = jsep(`(${plain})`);
  } catch {
    throw new Unreadable(
      say("{text} cannot be read; it is written as in Python, such as 2*x", { text: quoted(text) }),
    );
  }
  return build(tree.type === "Group" ? tree.of : tree, new Set(names), DEEPEST);
}

function build(node, names, depth) {
  if (depth === 0) throw new Unreadable(say("the text is nested too deeply to be read"));
  const refuse = () => {
    throw new Unreadable(say("the answer has a part that cannot be read here"));
  };
  const below = (part) => build(part, names, depth - 1);
  const number = (part) => numeric(below(part));
  const operation = (name, ...parts) => ({ type: "call", name, parts: parts.map(number) });
  switch (node.type) {
    case "Group":
      return build(node.of, names, depth);
    case "Literal":
      return Number.isFinite(node.value) ? { type: "number", value: node.value } : refuse();
    case "Identifier": {
      const written = node.name.normalize("NFKC"); // as Python has it
      const name = LETTERS.get(written) ?? written;
      if (name === "True" || name === "False") return { type: "truth", value: name === "True" };
      const constant = Object.hasOwn(CONSTANTS, name) && !names.has(name);
      return constant ? { type: "constant", name, value: CONSTANTS[name] } : { type: "symbol", name };
    }
    case "MemberExpression": {
      const name = ofModule(node);
      if (!Object.hasOwn(CONSTANTS, name ?? "")) return refuse();
      return { type: "constant", name, value: CONSTANTS[name] };
    }
    case "UnaryExpression":
      if (node.operator === "+") return number(node.argument);
      return node.operator === "-" ? operation("minus", node.argument) : refuse();
    case "BinaryExpression":
      return binary(node, operation, refuse);
    case "Tuple":
      return { type: "tuple", parts: node.parts.map(below) };
    case "ArrayExpression":
      return { type: "tuple", parts: node.elements.map(below) };
    case "CallExpression":
      return call(node, below);
    default:
      return refuse();
  }
}

function binary({ operator, left, right }, operation, refuse) {
  // A sign stands outside of a power: -x**2 is -(x**2).
  if (operator === "**" && left.type === "UnaryExpression") {
    const power = { type: "BinaryExpression", operator, left: left.argument, right };
    return left.operator === "-" ? operation("minus", power) : refuse();
  }
  const name = OPERATORS[operator] ?? COMPARISONS[operator];
  // A chain such as a < b < c is one comparison of Python's, which is not read.
  const chain = operator in COMPARISONS && left.operator in COMPARISONS;
  return name && !chain ? operation(name, left, right) : refuse();
}

/** The name after np., sp. and the like. */
function ofModule({ type, computed, object, property }) {
  const known = type === "MemberExpression" && !computed && MODULES.has(object.name);
  return known ? property.name : undefined;
}

/** Whether a tree is true or false, and no number. */
export const isTruth = ({ type, name }) =>
  type === "truth" || (type === "call" && Object.values(COMPARISONS).includes(name));

function numeric(part) {
  if (part.type === "tuple" || isTruth(part)) {
    throw new Unreadable(say("only numbers and symbols can be added, multiplied or compared"));
  }
  return part;
}

function call({ callee, arguments: given }, below) {
  const written = callee.type === "Identifier" ? callee.name : ofModule(callee);
  const name = Object.hasOwn(ALIASES, written ?? "") ? ALIASES[written] : written;
  if (!Object.hasOwn(ARGUMENTS, name ?? "")) {
    const found = { name: quoted(name ?? "this") };
    throw new Unreadable(say("{name} is not a function that can be read here", found));
  }
  const parts = given.map(below);
  if (!TAKES_TUPLES.has(name)) parts.forEach(numeric);
  const [least, most] = ARGUMENTS[name];
  if (parts.length < least || parts.length > most) {
    throw new Unreadable(say("{name} takes other arguments", { name }));
  }
  return name === "array" ? parts[0] : { type: "call", name, parts };
}
