// The value of a tree of parse.js in floating point, as `value` in lossbook/mathtext.py.

/** nan where there is no finite value; at: {name of a symbol: its value}. */
export function value(tree, at) {
  try {
    const number = evaluate(tree, at);
    return Number.isFinite(number) ? number : NaN;
  } catch (error) {
    if (error instanceof NoValue) return NaN;
    throw error;
  }
}

class NoValue extends Error {}

function finite(number) {
  if (!Number.isFinite(number)) throw new NoValue();
  return number;
}

function power(base, exponent) {
  const found = finite(Math.pow(base, exponent));
  if (found === 0 && base !== 0) throw new NoValue(); // too small for floating point, and not 0
  return found;
}

function factorial(n) {
  if (n > 1000 || n < 0 || n !== Math.floor(n)) throw new NoValue();
  let product = 1;
  for (let i = 2; i <= n; i++) product *= i;
  return product;
}

function binomial(n, k) {
  if (Math.abs(n) > 1000 || Math.abs(k) > 1000 || k !== Math.floor(k)) throw new NoValue();
  if (k < 0) return 0;
  let product = 1;
  for (let i = 1; i <= k; i++) product = (product * (n - k + i)) / i;
  return product;
}

const FUNCTIONS = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  minus: (a) => -a,
  times: (a, b) => a * b,
  over: (a, b) => a * power(b, -1),
  pow: power,
  sqrt: (x) => power(x, 0.5),
  sigmoid: (x) => power(1 + finite(Math.exp(-x)), -1),
  square: (x) => power(x, 2),
  Rational: (a, b = 1) => a * power(b, -1),
  log: (x, base) => base === undefined ? finite(Math.log(x)) : Math.log(x) / finite(Math.log(base)),
  log2: (x) => finite(Math.log(x)) / Math.LN2,
  log10: (x) => finite(Math.log(x)) / Math.LN10,
  log1p: (x) => finite(Math.log(1 + x)),
  expm1: (x) => finite(Math.exp(x)) - 1,
  exp: (x) => finite(Math.exp(x)),
  sign: Math.sign,
  sin: Math.sin, cos: Math.cos, tan: Math.tan, atan: Math.atan,
  sinh: Math.sinh, cosh: Math.cosh, tanh: Math.tanh,
  Abs: Math.abs, Min: Math.min, Max: Math.max,
  factorial, binomial,
};
const HOLDS = {
  Eq: (a, b) => a === b, Ne: (a, b) => a !== b, Lt: (a, b) => a < b,
  Le: (a, b) => a <= b, Gt: (a, b) => a > b, Ge: (a, b) => a >= b,
};

function evaluate(tree, at) {
  if (tree.type === "symbol") return at[tree.name];
  if (tree.type !== "call") return tree.value;
  if (tree.name === "Piecewise") {
    const piece = tree.parts.find(({ parts: [, where] }) => holds(where, at));
    return piece ? evaluate(piece.parts[0], at) : NaN;
  }
  return FUNCTIONS[tree.name](...tree.parts.map((part) => evaluate(part, at)));
}

function holds(where, at) {
  return where.type === "truth"
    ? where.value
    : HOLDS[where.name](...where.parts.map((part) => value(part, at)));
}

/** The names of the symbols in a tree. */
export function symbols(tree) {
  if (tree.type === "symbol") return [tree.name];
  return [...new Set((tree.parts ?? []).flatMap(symbols))];
}
