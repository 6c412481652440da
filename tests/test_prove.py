"""Every proof accepts a true statement, and rejects a false one of the same kind."""

import pytest
import sympy as sp

from lossbook import focal, huber, prove, smooth_l1
from lossbook.prove import Refuted
from lossbook.shapes import absolute, clip, softplus, step

x = sp.Symbol("x", real=True)
p = sp.Symbol("p", real=True)
delta = sp.Symbol("delta", positive=True)
weight = sp.Symbol("w", positive=True)
H = huber(x, 0, delta=delta)
Q = sp.Abs(x - 1) + sp.Abs(x - 2) + sp.Abs(x - 5)
UNSHIFTED = sp.Piecewise((x**2 / 2, sp.Abs(x) <= delta), (delta * sp.Abs(x), True))
LONE_POINT = sp.Piecewise((1, sp.Eq(x, 0)), (0, True))
FOCAL = [focal(p, y, alpha=sp.Rational(1, 4), gamma=2) for y in (0, 1)]
a, b = sp.symbols("a b", real=True)
n = sp.Symbol("n")
z, k, K = sp.IndexedBase("z", real=True), sp.Symbol("k", integer=True), sp.Symbol("K", integer=True)
whole = sp.Symbol("k", integer=True)
negative, share = sp.Symbol("s", negative=True), sp.Symbol("share", nonnegative=True)
HIDDEN_ZERO = sp.Piecewise(((x + 1) ** 2 - x**2 - 2 * x - 1, x < 0), (1, True))
q, w = sp.symbols("q w", positive=True)
PRICKED = sp.Piecewise((1, sp.Ne(x, -1)), (sp.sqrt(x), True))
PROPER = -sp.log(p) / (1 + weight) - sp.log(1 - p) * weight / (1 + weight)

TRUE = [
    (prove.equal, ((x + 1) ** 2, x**2 + 2 * x + 1)),
    (prove.equal, (H.diff(x), clip(x, delta), x)),
    (prove.equal, (smooth_l1(x, 0, beta=delta), H / delta, x)),
    (prove.equal, (sp.log(x), sp.log(2 * x) - sp.log(2), x, (0, sp.oo))),
    (prove.continuous, (H, x)),
    (prove.continuous, (1 / x, x, (0, sp.oo))),
    (prove.differentiable, (H, x)),
    (prove.differentiable, (softplus(x), x)),
    (prove.convex, (H, x)),
    (prove.convex, (absolute(x), x)),
    (prove.convex, (softplus(x), x)),
    (prove.convex, (-sp.log(p), p, (0, 1))),
    (prove.convex, (FOCAL[0], p, (0, 1))),
    (prove.convex, (FOCAL[1], p, (0, 1))),
    (prove.jointly_convex, (sp.log(1 + sp.exp(a) + sp.exp(b)), (a, b))),
    (prove.jointly_convex, (q**2 / w, (q, w))),
    (prove.limit, (softplus(x), x, -sp.oo, 0)),
    (prove.limit, (sp.sin(x) / x, x, 0, 1)),
    (prove.limit, (-sp.log(x), x, 0, sp.oo)),
    (prove.limit, (1 / x, x, 0, sp.oo)),
    (prove.minimiser, (Q, x, 2)),
    (prove.minimiser, (PROPER, p, 1 / (1 + weight), (0, 1))),
    # Close to false ones: what a proof that refuses too much would lose.
    (prove.equal, (sp.log(q * w), sp.log(q) + sp.log(w))),
    (prove.equal, (sp.Sum((q * z[k]) ** 2, (k, 1, K)), q**2 * sp.Sum(z[k] ** 2, (k, 1, K)))),
    (prove.equal, (sp.sign(HIDDEN_ZERO), (1 + sp.sign(x)) / 2, x, (-sp.oo, 0))),
    (prove.continuous, (sp.Max(-sp.exp(x) - x**2 - x, 1), x, (0, sp.oo))),
    (prove.equal, (sp.log(x**2), 2 * sp.log(x), x, (0, sp.oo))),
    (prove.equal, (sp.log(x**2), 2 * sp.log(-x), x, (-sp.oo, 0))),
    (prove.equal, (sp.log(x**a * (1 - x)), a * sp.log(x) + sp.log(1 - x), x, (0, 1))),
    (prove.equal, (sp.sqrt(x**2), sp.Abs(x))),
    (prove.equal, (sp.Max(x, 0) + sp.Min(x, 0), x, x)),
    (prove.continuous, (sp.Abs(sp.Abs(sp.Abs(x) - 2) - 1), x)),
    (prove.continuous, (sp.sqrt(sp.Abs(x)), x)),
    (prove.continuous, (sp.tanh(sp.sin(x)) + sp.atan(x) * sp.erf(x), x)),
    (prove.continuous, (1 / (x**2 - 2), x, (-1, 1))),
    (prove.differentiable, (sp.Max(x, 0) ** sp.Rational(3, 2), x)),
    (prove.differentiable, (sp.Max(sp.exp(x) - 1, 0) ** 2, x)),
    (prove.convex, (sp.Max(sp.exp(x), 1), x)),
    (prove.convex, (q**q, q)),
    (prove.limit, (sp.log(1 - x), x, 0, 0)),
    (prove.limit, (sp.sign(x - 1), x, 1, 1)),
    (prove.limit, (sp.sign(x), x, -sp.oo, -1)),
    # Decimals are fractions, and the interval is that of the symbol's sign.
    (prove.convex, (huber(x, 0, delta=sp.Float(1.345)), x)),
    (prove.continuous, (huber(x, 0, delta=sp.Float(1.345)).doit(), x)),
    (prove.convex, (sp.Max(0.1 * x + 0.3, 0.7 * x - 0.2), x)),
    (prove.continuous, (sp.Abs(x**2 - 0.3), x)),
    (prove.continuous, (1 / negative, negative)),
    (prove.convex, (-sp.log(-negative), negative)),
    (prove.continuous, (sp.sqrt(share), share)),
    (prove.limit, (negative, negative, -sp.oo, -sp.oo)),
    (prove.equal, (sp.Abs(x) ** 2, x**2, x, (-q, q))),
    (prove.limit, ((q * x + 1) / (q * x + 2), x, sp.oo, 1)),
    (prove.limit, (sp.exp(-q * x), x, sp.oo, 0)),
    (prove.convex, (3, x)),
]

FALSE = [
    # No kink or pole is lost where the formulas on both sides are the same.
    (prove.convex, (-sp.sqrt(x**2 - 2 * x + 1), x), "cannot decide the limit"),
    (prove.differentiable, (sp.sqrt(x**2 - 2 * x * a + a**2), x), "cannot decide the limit"),
    (prove.differentiable, (sp.sqrt(sp.exp(2 * x) - 2 * sp.exp(x) + 1), x), "cannot decide"),
    (prove.differentiable, (((x - 1) ** 4).expand() ** sp.Rational(1, 4), x), "cannot decide"),
    (prove.differentiable, (sp.sqrt(x**2 - 0.2 * x + 0.01), x), "cannot decide the limit"),
    (prove.minimiser, (x**2 - 3 * sp.sqrt(x**2 - 2 * x + 1), x, 1.5), "cannot decide the limit"),
    (prove.continuous, (1 / (x**2 - x - 1), x), "there is no number"),
    (prove.differentiable, (1 / (x**2 - x - 1), x), "there is no number"),
    (prove.continuous, (1 / (1 - x - x**2), x, (0, 1)), "there is no number"),
    (prove.continuous, (1 / (x**3 - x - 1), x), "there is no number"),
    (prove.continuous, (1 / (x**2 - q * x - 1), x), "there is no number"),
    (prove.continuous, (1 / (sp.exp(2 * x) - sp.exp(x) - 1), x), "there is no number"),
    (prove.continuous, (x**whole, x), "cannot decide the limit"),
    (prove.differentiable, ((1 + x) ** whole, x), "cannot decide the limit"),
    (prove.continuous, (sp.exp(-(x**whole)), x, (-1, 1)), "cannot decide the limit"),
    (prove.continuous, (sp.Piecewise((1, (x > 0) | (x < 0)), (0, True)), x), "x = 0 itself"),
    (prove.convex, (sp.Piecewise((x**2, x < 0), (x**2, x > 0)), x), "there is no number"),
    (prove.continuous, (sp.Piecewise((x, x < 1), (x + 1e-16, True)), x), "values differ at x = 1"),
    (prove.continuous, (x**2 / sp.Max(-3, x), x), "there is no number"),
    (prove.continuous, (sp.Piecewise((x**2 / sp.Max(-3, x), x > -2), (-2, True)), x), "no number"),
    (prove.differentiable, (sp.sqrt(x) * sp.Max(0, x) ** sp.Rational(3, 2), x), "no real number"),
    (prove.convex, ((x**2 + 2 * x) / (2 * x), x), "there is no number"),
    (prove.equal, ((x**2 + 2 * x) / (2 * x), x / 2 + 1, x), "not equal"),
    (prove.convex, (sp.Abs(x) + (sp.log(2) + sp.I * sp.pi) ** 2, x), "is not a real number"),
    # Another symbol of the same name, or one that stands for other numbers than it seems.
    (prove.convex, (-(sp.Symbol("x") ** 2), x), "expr has another x"),
    (prove.minimiser, (huber(sp.Symbol("x"), 0, delta=1), x, 7), "expr has another x"),
    (prove.jointly_convex, (-(sp.Symbol("a") ** 2) - b**2, (a, b)), "expr has another a"),
    (prove.equal, (sp.Symbol("x"), 2, x), "left has another x"),
    (prove.limit, (1 / sp.Symbol("x"), x, 0, 1), "expr has another x"),
    (prove.continuous, (n * x, x), "cannot decide: n may be no real number"),
    (prove.continuous, (x * sp.AccumBounds(0, 1), x), "cannot decide: AccumBounds"),
    (prove.convex, (sp.cos(2 * sp.pi * whole), whole), "x takes a real symbol, got k of some"),
    (prove.jointly_convex, (sp.cos(2 * sp.pi * whole), (whole,)), "real symbols, got k of some"),
    (prove.differentiable, (sp.Abs(q), q, (-1, 1)), "within takes what q may be"),
    (prove.equal, (sp.Abs(q), q, q, (-2, -1)), "within takes what q may be"),
    (prove.limit, (sp.Abs(q), q, -1, -1), "within takes what q may be"),
    (prove.limit, (sp.Abs(q), q, -sp.oo, -sp.oo), "to takes an end of what q may be"),
    (prove.equal, (sp.Sum(sp.sign(x - k - 9), (k, 0, 0)), sp.sign(x - k - 9), x), "here of Sum"),
    (prove.continuous, (sp.Sum(sp.sign(x - k), (k, 0, 3)), x), "known here of Sum"),
    # Both sides must be numbers, and a coefficient may be 0.
    (prove.equal, (sp.log(x), sp.log(x), x), "no real number between"),
    (prove.equal, (PRICKED, PRICKED, x), "at x = -1 there is no number"),
    (prove.continuous, (PRICKED, x), "at x = -1 there is no number"),
    (prove.equal, (sp.sign(1 / x), sp.sign(1 / x), x), "at x = 0 there is no number"),
    (prove.equal, (1 / x, 1 / x, x), "at x = 0 there is no number"),
    (prove.equal, (sp.Integral(1 / x, (x, -1, 1)), 0), "sympy could not show it"),
    (prove.limit, ((share * x**2 + 1) / (share * x**2 + 2), x, sp.oo, 1), "the sign of share"),
    (prove.limit, ((a**2 * x**2 + 1) / (a**2 * x**2 + 2), x, sp.oo, 1), "the sign of a"),
    (prove.limit, (((q - 1) * x + 1) / ((q - 1) * x + 2), x, sp.oo, 1), "the sign of q - 1"),
    (prove.limit, (1 / (1 + a**2 * x**2), x, sp.oo, 0), "the sign of a"),
    (prove.limit, (sp.log(1 + a**2 * x**2), x, sp.oo, sp.oo), "the sign of a"),
    (prove.limit, (sp.log(1 + share * x**2) / sp.log(1 + x**2), x, sp.oo, 1), "the sign of share"),
    (prove.limit, (sp.exp(a * x), x, sp.oo, sp.oo), "cannot decide the limit"),
    (prove.limit, (sp.tanh(a * x), x, sp.oo, 1), "cannot decide the limit"),
    (prove.limit, (sp.exp(-share * x), x, sp.oo, 0), "cannot decide the limit"),
    (prove.continuous, (x, x, (0, 1, 2)), "within takes the lower and the upper end"),
    (prove.continuous, (x, x, 5), "within takes the lower and the upper end"),
    (prove.equal, (H, x**2 / 2, x), "delta = 1/2, x = 1 the left is 3/8, the right 1/2"),
    (prove.equal, (H.diff(x), x, x), "not equal"),
    (prove.equal, (LONE_POINT, 0, x), "not equal"),
    (prove.continuous, (UNSHIFTED, x), "values differ at x = -delta"),
    (prove.continuous, (step(x), x), "values differ at x = 0"),
    (prove.continuous, (1 / x, x), "gap"),
    (prove.continuous, (LONE_POINT, x), "x = 0 itself"),
    (prove.differentiable, (absolute(x), x), "slopes differ at x = 0: -1 before, 1 after"),
    (prove.differentiable, (H.diff(x), x), "slopes differ"),
    (prove.convex, (-H, x), "not shown convex"),
    (prove.convex, (clip(x, delta), x), "the slope falls from 1 to 0"),
    (prove.convex, (x**3, x), "not shown convex"),
    (prove.convex, (-FOCAL[1], p, (0, 1)), "not shown convex"),
    (prove.jointly_convex, (a * b, (a, b)), "Hessian by a, b has determinant -1"),
    (prove.jointly_convex, (a**2 - b**2, (a, b)), "Hessian by b has determinant -2"),
    (prove.convex, (a * absolute(x), x), "the slope falls from -a to a"),  # where a < 0
    (prove.limit, (softplus(x), x, -sp.oo, 1), "is 0, not 1"),
    (prove.limit, (1 / x, x, 0, -sp.oo), "is oo, not -oo"),
    (prove.minimiser, (Q, x, 1), "not least at x = 1"),
    (prove.minimiser, (-H, x, 0), "not shown convex"),
    (prove.continuous, (sp.sign(x**5 - w * x - 1), x), "not all real roots"),
    (prove.continuous, (sp.sign(x**2 - a * x + 1), x), "not all real roots"),
    (prove.continuous, (sp.sign(q * sp.exp(q) - 1), q), "not all zeros"),
    (prove.continuous, (sp.Piecewise((0, x <= 0), (1 / x, True)), x), "has a gap at x = 0"),
    (prove.minimiser, (sp.Max(x, 0) + (1 - q) * sp.Min(x, 0), x, 0), "not least at x = 0"),
    (prove.minimiser, ((q - 1) * sp.Max(x, 0) - sp.Min(x, 0), x, 0), "not least at x = 0"),
    (prove.jointly_convex, (-sp.log(-q), (q,)), "whether .* is smooth"),
    (prove.equal, (sp.log(z[k] ** 2), 2 * sp.log(z[k])), "not equal"),
    (prove.equal, (sp.Max(x - 100, 0) ** 2, 0, x), "not equal"),
    (prove.continuous, (sp.floor(x), x), "known here of floor, in floor"),
    (prove.continuous, (sp.ceiling(x), x), "known here of ceiling, in ceiling"),
    (prove.continuous, (sp.Mod(x, 1), x), "known here of Mod, in Mod"),
    (prove.continuous, (sp.frac(x), x), "known here of frac, in frac"),
    (prove.continuous, (sp.Heaviside(x), x), "known here of Heaviside, in Heaviside"),
    (prove.continuous, (sp.sign(x**3 - 7 * x), x), "the values differ at x = -sqrt"),
    (
        prove.continuous,
        (sp.sign(sp.exp(2 * x) - 3 * sp.exp(x) + 2), x),
        "the values differ at x = 0: 1 before, -1 after",
    ),
    (prove.continuous, (sp.sign(sp.sin(x)), x), "cannot decide: not all zeros of sin"),
    (prove.continuous, (sp.sign(x**5 - x - 1), x), "the values differ at x = CRootOf"),
    (
        prove.continuous,
        (sp.sign(a * x - b), x),
        "cannot decide: the sign of a depends on its symbols",
    ),
    (
        prove.continuous,
        (sp.sign(sp.log(x) - 1), x, (0, sp.oo)),
        "the values differ at x = E: -1 before, 1 after",
    ),
    (prove.continuous, (sp.DiracDelta(x), x), "known here of DiracDelta, in DiracDelta"),
    (prove.continuous, (sp.arg(x), x), "known here of arg, in arg"),
    (prove.continuous, (sp.im(sp.log(x)), x), "known here of arg, in arg"),
    (prove.continuous, (sp.atan2(x, -1), x), "known here of atan2, in atan2"),
    (prove.continuous, (sp.tan(x), x), "known here of tan, in tan"),
    (prove.continuous, (sp.acot(x), x), "known here of acot, in acot"),
    (prove.continuous, (sp.atan(1 / x), x), "cannot decide the limit of atan"),
    (prove.continuous, (sp.gamma(x), x), "known here of gamma, in gamma"),
    (prove.continuous, (sp.Function("f")(x), x), "known here of f, in f"),
    (prove.continuous, (sp.I * x, x), "cannot decide: I is not a real number"),
    (prove.continuous, ((-2) ** x, x), "x has a base that may be 0 or negative"),
    (prove.continuous, (a**x, x), "x has a base that may be 0 or negative"),
    (prove.continuous, (x**a, x), "the values have a gap: no real number between x = -o"),
    (prove.continuous, (x**x, x), "the values have a gap: no real number between x = -o"),
    (
        prove.continuous,
        (sp.sqrt(x), x),
        "the values have a gap: no real number between x = -o",
    ),
    (
        prove.continuous,
        (sp.log(x), x),
        "the values have a gap: no real number between x = -o",
    ),
    (
        prove.continuous,
        (sp.log(x**2), x),
        "the values have a gap: at x = 0 there is no number",
    ),
    (
        prove.continuous,
        (1 / (sp.exp(x) - 1), x),
        "the values have a gap: at x = 0 there is no number",
    ),
    (prove.continuous, (1 / sp.sin(x), x), "cannot decide: not all zeros of sin"),
    (
        prove.continuous,
        ((x**2 - 1) / (x - 1), x),
        "the values have a gap: at x = 1 there is no number",
    ),
    (prove.continuous, (1 / sp.Max(x, 0), x), "cannot decide: zoo is not a real number"),
    (
        prove.continuous,
        (sp.Abs(x) / x, x),
        "the values have a gap: at x = 0 there is no number",
    ),
    (
        prove.continuous,
        (sp.exp(1 / x), x),
        "the values have a gap: at x = 0 there is no number",
    ),
    (
        prove.continuous,
        (sp.Max(sp.Min(x, 1), sp.sign(x)), x),
        "the values differ at x = 0: 0 before, 1 after",
    ),
    (
        prove.continuous,
        (sp.Piecewise((x, x < 100), (x + 1, True)), x),
        "the values differ at x = 100: 100 before, 101 after",
    ),
    (
        prove.continuous,
        (sp.Piecewise((x, sp.sin(x) > 0), (x + 1, True)), x),
        "cannot decide: not all zeros of sin",
    ),
    (
        prove.continuous,
        (sp.Piecewise((1, sp.Abs(sp.Abs(x) - 3) < 1), (0, True)), x),
        "the values differ at x = -4: 0 before, 1 after",
    ),
    (
        prove.continuous,
        (sp.Piecewise((1, sp.Contains(x, sp.Interval(0, 1))), (0, True)), x),
        "cannot decide the condition Contains",
    ),
    (
        prove.continuous,
        (sp.Piecewise((0, x < 0), (1 / x, True)), x),
        "the values have a gap: at x = 0 there is no number",
    ),
    (
        prove.continuous,
        (sp.Piecewise((x, x < 0)), x),
        "cannot decide: nan is not a real number",
    ),
    (
        prove.continuous,
        (
            sp.Piecewise((0, x < 0), (x ** (1 / sp.log(x)), x < 1), (1, True)),
            x,
            (-1, sp.Rational(1, 2)),
        ),
        "the values differ at x = 0: 0 before, E after",
    ),
    (prove.continuous, (x, n), "x takes a real symbol, got n"),
    (prove.continuous, (x, x, (1, 0)), "within takes the lower and the upper end, got"),
    (prove.differentiable, (sp.floor(x), x), "known here of floor, in floor"),
    (prove.differentiable, (sp.Heaviside(x), x), "known here of Heaviside, in Heaviside"),
    (
        prove.differentiable,
        (sp.Abs(x**3 - 8), x),
        "the slopes differ at x = 2: -12 before, 12 after",
    ),
    (
        prove.differentiable,
        (sp.Abs(sp.exp(x) - 1), x),
        "the slopes differ at x = 0: -1 before, 1 after",
    ),
    (
        prove.differentiable,
        (sp.Abs(sp.log(1 + x**2) - 1), x),
        "the slopes differ at x = -sqrt",
    ),
    (prove.differentiable, (sp.sqrt(sp.Abs(x)), x), "cannot decide the limit of sqrt"),
    (
        prove.differentiable,
        ((x**2) ** sp.Rational(1, 4), x),
        "cannot decide the limit of sqrt",
    ),
    (prove.differentiable, (sp.cbrt(x**2), x), "cannot decide the limit of 2"),
    (
        prove.differentiable,
        (sp.Max(sp.Min(x, 1), -1), x),
        "the slopes differ at x = -1: 0 before, 1 after",
    ),
    (prove.differentiable, (sp.Abs(sp.sin(x)), x), "cannot decide: not all zeros of sin"),
    (prove.convex, (sp.floor(x), x), "known here of floor, in floor"),
    (prove.convex, (sp.Heaviside(x), x), "known here of Heaviside, in Heaviside"),
    (prove.convex, (sp.sin(x), x), "second derivative -sin"),
    (
        prove.convex,
        (sp.Abs(sp.Abs(x) - 1), x),
        "not convex: at x = 0 the slope falls from 1 to -1",
    ),
    (prove.convex, (sp.Abs(x**2 - 1), x), "second derivative -2"),
    (
        prove.convex,
        (x**2 - sp.Abs(x) / 100, x),
        "not convex: at x = 0 the slope falls from 1/100 to -",
    ),
    (
        prove.convex,
        (sp.Max(x, 0) + sp.Min(x - 5, 0), x),
        "not convex: at x = 5 the slope falls from 2 to 1",
    ),
    (
        prove.convex,
        (sp.Piecewise((x**2, x < 1), (x, True)), x),
        "not convex: at x = 1 the slope falls from 2 to 1",
    ),
    (
        prove.convex,
        (sp.Piecewise((x**2, sp.Ne(x, 0)), (-1, True)), x),
        "the value at x = 0 itself is another than beside it",
    ),
    (prove.convex, (1 / x**2, x), "the values have a gap: at x = 0 there is no number"),
    (
        prove.convex,
        (1 / (x - 1) ** 2, x, (0, 2)),
        "the values have a gap: at x = 1 there is no number",
    ),
    (prove.convex, (-sp.log(x**2), x), "the values have a gap: at x = 0 there is no number"),
    (prove.convex, (sp.sqrt(sp.Abs(x)), x), "second derivative -1/"),
    (prove.convex, (-sp.erf(x), x), "second derivative 4"),
    (prove.convex, (x**x, x), "the values have a gap: no real number between x = -o"),
    (prove.convex, (sp.gamma(x), x), "known here of gamma, in gamma"),
    (prove.convex, (a * x**2, x), "second derivative 2"),
    (prove.jointly_convex, (sp.floor(a) + b, (a, b)), "known here of floor, in floor"),
    (
        prove.jointly_convex,
        (sp.Heaviside(a) + b**2, (a, b)),
        "known here of Heaviside, in Heaviside",
    ),
    (
        prove.jointly_convex,
        (sp.Piecewise((0, a < 0), (1, True)), (a, b)),
        "known here of Piecewise, in Piecewise",
    ),
    (prove.jointly_convex, (sp.Min(a, b), (a, b)), "known here of Min, in Min"),
    (prove.jointly_convex, (1 / a**2 + b**2, (a, b)), "is smooth where a changes"),
    (prove.jointly_convex, (-sp.log(a**2) + b**2, (a, b)), "cannot decide whether b"),
    (prove.jointly_convex, (1 / (q - w) ** 2, (q, w)), "is smooth where q - w changes"),
    (
        prove.jointly_convex,
        (a**2 * b**2, (a, b)),
        "not shown convex: the Hessian by a, b has determinan",
    ),
    (
        prove.jointly_convex,
        (sp.sqrt(q * w), (q, w)),
        "not shown convex: the Hessian by q has determinant -",
    ),
    (prove.jointly_convex, (n**2, (n,)), "variables takes real symbols, got n"),
    (prove.equal, (sp.log(x**2), 2 * sp.log(x)), "not equal: at x = -1/2 the left is -log"),
    (
        prove.equal,
        (sp.log(x**2), 2 * sp.log(x), x),
        "not equal: at x = -1/2 the left is -log",
    ),
    (
        prove.equal,
        (sp.log(x**2), 2 * sp.log(x), x, (-sp.oo, 0)),
        "not equal: at x = -1/2 the left is -log",
    ),
    (
        prove.equal,
        (sp.log(a * b), sp.log(a) + sp.log(b)),
        "not equal: at a = -1/2, b = -1/2 the left is -log",
    ),
    (
        prove.equal,
        (sp.sqrt(x**2), x),
        "not equal: at x = -1/2 the left is 1/2, the right -1",
    ),
    (
        prove.equal,
        (sp.sqrt(a * b), sp.sqrt(a) * sp.sqrt(b)),
        "not equal: at a = -1/2, b = -1/2 the left is 1/2, th",
    ),
    (
        prove.equal,
        ((x**a) ** b, x ** (a * b)),
        "not equal: at a = 3/2, b = 1/2, x = -1/2 the left is",
    ),
    (
        prove.equal,
        ((x**2) ** sp.Rational(3, 2), x**3),
        "not equal: at x = -1/2 the left is 1/8, the right -1",
    ),
    (
        prove.equal,
        ((x**2 - 1) / (x - 1), x + 1, x),
        "not equal: sympy could not show it, and no counterex",
    ),
    (
        prove.equal,
        (sp.Abs(x) / x, sp.sign(x), x),
        "not equal: sympy could not show it, and no counterex",
    ),
    (prove.equal, (sp.sign(x) ** 2, 1, x), "not equal: at x = 0 the left is 0, the right 1"),
    (
        prove.equal,
        (sp.atan(1 / x) + sp.atan(x), sp.pi / 2),
        "not equal: at x = -1/2 the left is -atan",
    ),
    (
        prove.equal,
        (sp.acot(x), sp.pi / 2 - sp.atan(x)),
        "not equal: at x = -1/2 the left is -acot",
    ),
    (
        prove.equal,
        (sp.atan2(x, a), sp.atan(x / a)),
        "not equal: at a = -1/2, x = 1/2 the left is 3",
    ),
    (prove.equal, (sp.asin(sp.sin(x)), x), "not equal: at x = 3 the left is -3"),
    (
        prove.equal,
        (sp.re(sp.sqrt(x)), sp.sqrt(x)),
        "not equal: at x = -1/2 the left is 0, the right sqrt",
    ),
    (
        prove.equal,
        (sp.Max(x, sp.Min(a, b)), sp.Min(sp.Max(x, a), b)),
        "not equal: at a = 1/2, b = 1/2, x = 1 the left is 1",
    ),
    (
        prove.equal,
        (sp.Piecewise((1, sp.Eq(x, 7)), (0, True)), 0, x),
        "not equal: sympy could not show it, and no counterex",
    ),
    (
        prove.equal,
        (sp.Abs(x), x, x, (-1, 1)),
        "not equal: at x = -1/2 the left is 1/2, the right -1",
    ),
    (
        prove.equal,
        (x, x + sp.Rational(1, 10**12)),
        "not equal: sympy could not show it, and no counterex",
    ),
    (prove.equal, (x, x, None, (0, 1)), "within takes the interval of x, but x is None"),
    (prove.limit, (sp.floor(x), x, 1, 0), "known here of floor, in floor"),
    (prove.limit, (sp.sin(x), x, sp.oo, 0), "the limit as x -> oo is AccumBounds"),
    (prove.limit, (sp.sin(1 / x), x, 0, 0), "the limit as x -> 0 is AccumBounds"),
    (prove.limit, (sp.sign(x), x, 0, 0), "the limit as x -> 0 is 1, not 0"),
    (prove.limit, (sp.sign(x), x, 0, -1), "the limit as x -> 0 is 1, not -1"),
    (prove.limit, (sp.tan(x), x, sp.pi / 2, sp.oo), "known here of tan, in tan"),
    (prove.limit, (sp.log(-x), x, sp.oo, sp.oo), "the limit as x -> oo is nan, not oo"),
    (
        prove.limit,
        (sp.Piecewise((x, x < 10**6), (0, True)), x, sp.oo, sp.oo),
        "the limit as x -> oo is 0, not oo",
    ),
    (
        prove.limit,
        (sp.Piecewise((0, x < -(10**6)), (x, True)), x, -sp.oo, -sp.oo),
        "the limit as x -> -oo is 0, not -oo",
    ),
    (
        prove.limit,
        (sp.Piecewise((1, x < sp.Rational(1, 10**6)), (0, True)), x, 0, 0),
        "the limit as x -> 0 is 1, not 0",
    ),
    (
        prove.limit,
        (sp.cos(x), x, sp.oo, sp.AccumBounds(-1, 1)),
        "value takes a real expression, oo or -oo, got AccumB",
    ),
    (prove.limit, (a * x, x, sp.oo, sp.oo), "the limit as x -> oo is oo"),
    (prove.minimiser, (sp.floor(x), x, 0), "known here of floor, in floor"),
    (prove.minimiser, (x**4 - x**2, x, 0), "second derivative 12"),
    (prove.minimiser, (sp.sin(x), x, -sp.pi / 2), "second derivative -sin"),
    (
        prove.minimiser,
        (sp.exp(x), x, 0),
        "not least at x = 0: the slope is 1 before and 1 afte",
    ),
    (prove.minimiser, (-x, x, 0), "not least at x = 0: the slope is -1 before and -1 af"),
    (
        prove.minimiser,
        (sp.Max(x, 0) - x / 2, x, 1),
        "not least at x = 1: the slope is 1/2 before and 1/2",
    ),
    (
        prove.minimiser,
        (sp.Piecewise((x**2, sp.Ne(x, 0)), (1, True)), x, 0),
        "the value at x = 0 itself is another than beside it",
    ),
    (prove.minimiser, ((x - 5) ** 2, x, 5, (0, 1)), "x = 5 is not inside the interval"),
    (prove.minimiser, (x**2, x, 0, (0, 1)), "x = 0 is not inside the interval"),
    (prove.minimiser, (x**2, x, a), "not least at x = a: the slope is 2"),
    (
        prove.minimiser,
        (x**2, x, sp.oo),
        "cannot decide: the sign of nan depends on its symbol",
    ),
]


@pytest.mark.parametrize(("prove", "statement"), TRUE)
def test_true_statements_are_proved_in_one_line_each(prove, statement, capsys):
    prove(*statement)
    assert all(line.startswith("proved: ") for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize(("prove", "statement", "reason"), FALSE)
def test_false_statements_are_refuted_or_not_decided(prove, statement, reason, capsys):
    with pytest.raises((Refuted, ValueError), match=reason):
        prove(*statement)
    assert "proved: least" not in capsys.readouterr().out


def test_pieces_finds_every_breakpoint():
    breakpoints, between = prove.pieces(Q, x)
    assert breakpoints == [1, 2, 5]
    assert [sp.expand(formula) for _, _, formula in between] == [8 - 3 * x, 6 - x, x + 2, 3 * x - 8]


@pytest.mark.parametrize(
    ("expr", "within", "breakpoints", "formulas"),
    [
        (sp.Abs(x - 5), (0, 1), [], [5 - x]),
        (sp.Max(x, 1, -x), None, [-1, 1], [-x, 1, x]),
        (sp.Min(x, 1, -x), None, [0], [x, -x]),
        (sp.sign(x**3 - 3 * x + 1), None, 3, [-1, 1, -1, 1]),
        (sp.sign(x**3 - 3 * x + 1), (0, 1), 1, [1, -1]),
        (sp.sign(sp.exp(2 * x) - 3 * sp.exp(x) + 1), None, 2, [1, -1, 1]),
        (sp.sign(sp.log(x**2 + 1) - 1), None, 2, [1, -1, 1]),
        (
            sp.log(x) * sp.Abs(x - 1),
            None,
            [0, 1],
            [sp.nan, (1 - x) * sp.log(x), (x - 1) * sp.log(x)],
        ),
    ],
)
def test_pieces_splits_exactly_at_the_breakpoints(expr, within, breakpoints, formulas):
    found, between = prove.pieces(expr, x, within)
    assert found == breakpoints or len(found) == breakpoints
    assert found == sorted(found)
    assert [
        sp.expand(formula - wanted) for (*_, formula), wanted in zip(between, formulas, strict=True)
    ] == [sp.nan if formula is sp.nan else 0 for formula in formulas]


def test_numbers_contradict_a_wrong_proof(monkeypatch):
    """What sympy simplifies wrongly is still compared at points."""
    monkeypatch.setattr(prove, "_is_zero", lambda expr: True)
    prove.equal(x, x)
    for left, right in [(x, x + sp.Rational(1, 1000)), (sp.sqrt(x**2), x), (a * b, a)]:
        with pytest.raises(Refuted, match="not equal: at "):
            prove.equal(left, right)


def test_pieces_refuses_an_order_that_depends_on_symbols():
    a, b = sp.symbols("a b", positive=True)
    with pytest.raises(ValueError, match="depends on its symbols"):
        prove.pieces(sp.Abs(x - a) + sp.Abs(x - b), x)


@pytest.mark.parametrize("given", ["-x**2", None, True, sp.true, sp.Matrix([x]), sp.Eq(x, 1), [x]])
def test_what_is_no_expression_is_refused(given):
    for prove_one in (prove.continuous, prove.differentiable, prove.convex):
        with pytest.raises(TypeError, match="expr takes a sympy expression, got"):
            prove_one(given, x)
    with pytest.raises(TypeError, match="left takes a sympy expression, got"):
        prove.equal(given, given)
    with pytest.raises(TypeError, match="expr takes a sympy expression, got"):
        prove.jointly_convex(given, (x, p))
    with pytest.raises(TypeError, match="to takes a sympy expression, got"):
        prove.limit(1 / x, x, given, 0)
    with pytest.raises(TypeError, match="at takes a sympy expression, got"):
        prove.minimiser(x**2, x, given)


def test_nobody_changes_what_a_proof_is_about():
    breakpoints, between = prove.pieces(1 / x, x, None)
    breakpoints.clear()
    between.clear()
    with pytest.raises(Refuted, match="gap"):
        prove.continuous(1 / x, x)
