// A tree of parse.js as MathML, so that one sees how an answer was understood.
import { say } from "../words.js";

export const GREEK = {
  alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", eta: "η", kappa: "κ", lambda: "λ",
  mu: "μ", pi: "π", rho: "ρ", sigma: "σ", tau: "τ", theta: "θ",
};
const NAMES = {
  log: "log", log1p: "log1p", expm1: "expm1", sign: "sgn", Min: "min", Max: "max", atan: "arctan",
};
const COMPARISONS = { Eq: "=", Ne: "≠", Lt: "<", Le: "≤", Gt: ">", Ge: "≥" };
const PRECEDENCE = { add: 1, subtract: 1, minus: 2, times: 2, over: 5, pow: 4 };

const escape = (text) => text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]);
const row = (...parts) => `<mrow>${parts.join("")}</mrow>`;
const operator = (sign) => `<mo>${escape(sign)}</mo>`;
const name = (text) => `<mi>${escape(text)}</mi>`;
const text = (words) => `<mtext>${escape(words)}</mtext>`;
const brackets = (inner) => row(operator("("), inner, operator(")"));

export const mathml = (tree) => `<math xmlns="http://www.w3.org/1998/Math/MathML">${print(tree)}</math>`;

function print(tree) {
  if (tree.type === "number") return number(tree.value);
  if (tree.type === "constant") return name(GREEK[tree.name] ?? "e");
  if (tree.type === "symbol") return symbol(tree.name);
  if (tree.type === "truth") return text(tree.value ? say("otherwise") : say("never"));
  if (tree.type === "tuple") return brackets(list(tree.parts));
  return call(tree);
}

const list = (parts) => parts.map(print).join(operator(","));

function number(value) {
  const [mantissa, exponent] = String(value).split("e");
  if (exponent === undefined) return `<mn>${mantissa}</mn>`;
  return row(`<mn>${mantissa}</mn>`, operator("·"), `<msup><mn>10</mn><mn>${Number(exponent)}</mn></msup>`);
}

/** delta as δ, and w1 or p_t with a subscript. */
function symbol(text) {
  const [, base, below] = /^(.+?)_?(\d+|(?<=_)\w+)?$/.exec(text);
  const printed = name(GREEK[base] ?? base);
  return below ? `<msub>${printed}${/^\d/.test(below) ? `<mn>${below}</mn>` : name(below)}</msub>` : printed;
}

function inside(tree, least) {
  const weak = tree.type === "call" && (PRECEDENCE[tree.name] ?? 9) < least;
  return weak ? brackets(print(tree)) : print(tree);
}

function call({ name: of, parts }) {
  const [a, b] = parts;
  switch (of) {
    case "add": return row(print(a), operator("+"), inside(b, 2));
    case "subtract": return row(print(a), operator("−"), inside(b, 2));
    case "minus": return row(operator("−"), inside(a, 2));
    case "times": return row(inside(a, 2), operator(a.type === "number" && b.type === "number" ? "·" : "\u2062"), inside(b, 3));
    case "over":
    case "Rational": return `<mfrac>${print(a)}${b ? print(b) : "<mn>1</mn>"}</mfrac>`;
    case "pow": return `<msup>${inside(a, 6)}${print(b)}</msup>`;
    case "square": return `<msup>${inside(a, 6)}<mn>2</mn></msup>`;
    case "sqrt": return `<msqrt>${print(a)}</msqrt>`;
    case "exp": return `<msup><mi>e</mi>${print(a)}</msup>`;
    case "Abs": return row(operator("|"), print(a), operator("|"));
    case "factorial": return row(inside(a, 6), operator("!"));
    case "binomial": return brackets(`<mfrac linethickness="0">${print(a)}${print(b)}</mfrac>`);
    case "log2": return row("<msub><mi>log</mi><mn>2</mn></msub>", brackets(print(a)));
    case "log10": return row("<msub><mi>log</mi><mn>10</mn></msub>", brackets(print(a)));
    case "log": return row(b ? `<msub><mi>log</mi>${print(b)}</msub>` : name("log"), brackets(print(a)));
    case "Piecewise": return row(operator("{"), `<mtable>${parts.map(({ parts: [value, where] }) => `<mtr><mtd>${print(value)}</mtd><mtd>${print(where)}</mtd></mtr>`).join("")}</mtable>`);
    default:
      if (of in COMPARISONS) return row(print(a), operator(COMPARISONS[of]), print(b));
      return row(name(NAMES[of] ?? of), brackets(list(parts)));
  }
}
