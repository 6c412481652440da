"""The functions that losses are made of, their derivatives, and how each is computed.

===============================  ============  =========================================
integral                         derivative    where it is used
===============================  ============  =========================================
positive_part(x) = max(x, 0)     step(x)       hinge, triplet, contrastive, quantile
absolute(x) = abs(x)             sgn(x)        absolute error
huber_function(x, d)             clip(x, d)    Huber, Smooth L1
softplus(x)                      sigmoid(x)    cross-entropy, focal
===============================  ============  =========================================

Each is a sympy Function that also knows its textbook formula (what it prints as, and what `doit`
unfolds) and its stable code. At a kink the derivative is one fixed subgradient: step(0) = 0 and
sgn(0) = 0, hence clip' is 0 at both breakpoints.
"""

from collections.abc import Callable
from typing import Any

import sympy as sp
from sympy.codegen.cfunctions import log1p
from sympy.concrete.delta import deltasummation

PRINTERS = {"latex": "_latex", "numpy": "_numpycode", "javascript": "_javascript"}


class Shape(sp.Function):
    """A sympy function with a textbook formula and stable code; `shape` makes its subclasses."""

    is_real = True
    stable, even, odd, total_derivative = None, False, False, None

    @classmethod
    def eval(cls, *args):
        if args[0] == 0 or all(arg.is_number for arg in args):
            return cls.define(*args)
        if cls.even and args[0].is_Mul and args[0].could_extract_minus_sign():
            return cls(-args[0], *args[1:])

    def fdiff(self, argindex=1):
        return self.slopes[argindex - 1](*self.args)

    def _eval_derivative(self, by):
        if self.total_derivative is None:
            return super()._eval_derivative(by)
        return self.total_derivative(*self.args, *(arg.diff(by) for arg in self.args))

    def doit(self, **hints):
        return self.define(*(arg.doit(**hints) for arg in self.args))


def shape(
    *slopes: Callable[..., sp.Expr],
    stable: Callable[..., sp.Expr] | None = None,
    total_derivative: Callable[..., sp.Expr] | None = None,
    latex: str | None = None,
    **known: Any,
) -> Callable[[Callable[..., sp.Expr]], type[Shape]]:
    """Decorate a textbook formula, a Python function of sympy expressions, to make it a Shape.

    slopes: one function for each argument, its partial derivative.
    total_derivative: instead of these, one function of the arguments and their derivatives.
    latex, numpy, javascript: templates over the printed arguments.
    stable: instead of the last two, an expression in simpler shapes that neither overflows
        nor cancels.
    even, odd: whether shape(-x) is shape(x), or its negative: both become one piece of code.
    is_..., _eval_...: what sympy may assume of the value, and make of it.
    """

    def decorate(define):
        templates = {"latex": latex} | {name: known.pop(name) for name in PRINTERS if name in known}
        attributes = known | {PRINTERS[name]: _printer(text) for name, text in templates.items()}
        for name, function in (
            ("define", define),
            ("stable", stable),
            ("total_derivative", total_derivative),
        ):
            attributes[name] = function and staticmethod(function)
        attributes |= {"slopes": slopes, "nargs": define.__code__.co_argcount}
        attributes |= {"__doc__": define.__doc__, "__module__": define.__module__}
        return type(define.__name__, (Shape,), attributes)

    return decorate


def _printer(template):
    """A sympy printing method: fill in the printed arguments, or print the textbook formula."""

    def render(node, printer, exp=None):
        if template:
            text = template.format(*map(printer._print, node.args))
        else:
            formula = node.define(*node.args)
            text = printer._print(formula)
            if exp is None and (formula.is_Add or formula.could_extract_minus_sign()):
                text = rf"\left({text}\right)"  # sympy takes a function for one factor
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    return render


def stable(expr: sp.Expr) -> sp.Expr:
    """The same expression in a form whose code neither overflows nor cancels.

    Parts that occur twice are written alike, so that the code computes them once.

    >>> stable(softplus(x))
    log1p(exp(-absolute(x))) + positive_part(x)
    """
    for rule in RULES:
        expr = expr.replace(lambda node: True, rule)
    return expr


# The rules of `stable`: each takes a node, and returns None to leave it as it is.


def _common_number(node):
    """2 a - 2 b, which sympy makes of 2 (a - b), has one operation more."""
    if node.is_Add and node.primitive()[0].is_Integer and node.primitive()[0] != 1:
        return sp.Mul(*node.primitive(), evaluate=False)


def _canonical_sign(node):
    """x2 - x1 as -(x1 - x2), so that both are one piece of code; so are odd functions of them."""
    if node.is_Add and len(node.args) == 2:
        entries = dict(term.as_coeff_Mul() for term in node.args)
        if entries.keys() == {1, -1} and all(x.is_Indexed for x in entries.values()):
            one, other = entries[1], entries[-1]  # a shape, of which no common part is taken
            turned = node.could_extract_minus_sign()
            return -difference(other, one) if turned else difference(one, other)
    if isinstance(node, Shape) and node.odd and node.args[0].could_extract_minus_sign():
        return -node.func(-node.args[0], *node.args[1:])


def _common_vector(node):
    """a u + b u as (a + b) u, and a x + b x / d as (a d + b) x / d: fewer operations on vectors."""
    if node.is_Add:
        longer = {unit.args[0]: unit.args[1] * unit for unit in node.atoms(direction)}
        terms = [term.as_ordered_factors() for term in node.args]
        terms = [sp.Mul(*(longer.get(x, x) for x in factors)) for factors in terms]
        for factor in set.intersection(*(set(sp.Mul.make_args(term)) for term in terms)):
            weight = sp.Add(*(term / factor for term in terms))
            if isinstance(factor, direction):
                turned = weight.could_extract_minus_sign()
                return -along(-weight, *factor.args) if turned else along(weight, *factor.args)
            if isinstance(factor, difference) and factor.args[0].is_Indexed:
                return factor * weight


def _weight_inside(node):
    """c (x / y) as (c x) / y: a weight of 0 is 0 times what overflows, too."""
    kinds = xdivy, bounded_ratio
    quotient = next((x for x in node.args if isinstance(x, kinds)), None) if node.is_Mul else None
    if quotient:
        sign, rest = sp.Mul(*(x for x in node.args if x != quotient)).as_coeff_Mul()
        return sign * _divided(rest, quotient)


def _divided(weight, quotient):
    x, y = quotient.args
    return quotient.func(_divided(weight, x) if isinstance(x, xdivy) else weight * x, y)


def _stable_code(node):
    """The stable code of each shape."""
    if isinstance(node, Shape) and node.stable:
        return node.stable(*node.args)


RULES = (
    _common_number,
    _canonical_sign,
    _common_vector,
    _weight_inside,
    _stable_code,
)


# The derivatives: a step, a sign, a clipped line and a sigmoid.


@shape(
    lambda x: sp.S.Zero,
    latex=r"\left[{0} > 0\right]",
    numpy="maximum(sign({0}), 0.0)",
    javascript="({0} > 0 ? 1 : 0)",
    is_nonnegative=True,
)
def step(x):
    """1 for x > 0, else 0; in particular step(0) = 0."""
    return sp.Piecewise((1, x > 0), (0, True))


@shape(
    lambda x: sp.S.Zero,
    latex=r"\operatorname{{sgn}}\left({0}\right)",
    numpy="sign({0})",
    javascript="Math.sign({0})",
)
def sgn(x):
    """-1, 0 or 1: the sign of x, with sgn(0) = 0."""
    return sp.sign(x)


@shape(
    lambda x, d: step(d - absolute(x)),
    lambda x, d: sgn(x) * step(absolute(x) - d),
    numpy="maximum(minimum({0}, {1}), -({1}))",
    javascript="Math.max(Math.min({0}, {1}), -({1}))",
)
def clip(x, d):
    """x held between -d and d; d > 0."""
    return sp.Piecewise((x, sp.Abs(x) <= d), (d * sp.sign(x), True))


@shape(
    lambda x: sigmoid(x) * sigmoid(-x),
    latex=r"\sigma\left({0}\right)",
    stable=lambda x: maximum(sp.exp(-absolute(x)), sgn(x)) / (1 + sp.exp(-absolute(x))),
    is_positive=True,
)
def sigmoid(x):
    """1 / (1 + e^-x), the logistic function."""
    return 1 / (1 + sp.exp(-x))


# The integrals of these four.


@shape(
    lambda x: step(x),
    latex=r"\max\left(0, {0}\right)",
    numpy="maximum({0}, 0.0)",
    javascript="Math.max({0}, 0)",
    is_nonnegative=True,
)
def positive_part(x):
    """max(x, 0), also known as relu."""
    return sp.Max(x, 0)


@shape(
    lambda x: sgn(x),
    latex=r"\left|{{{0}}}\right|",
    numpy="absolute({0})",
    javascript="Math.abs({0})",
    even=True,
    is_nonnegative=True,
)
def absolute(x):
    """abs(x), the absolute value."""
    return sp.Abs(x)


@shape(
    lambda x, d: clip(x, d),
    lambda x, d: positive_part(absolute(x) - d),
    stable=lambda x, d: clip(x, d) * difference(x, clip(x, d) / 2),
    is_nonnegative=True,
)
def huber_function(x, d):
    """Huber's function: x^2/2 for abs(x) <= d, the line d (abs(x) - d/2) beyond; d > 0.

    Huber, P. J. (1964), Robust estimation of a location parameter, Ann. Math. Statist. 35.
    """
    return sp.Piecewise((x**2 / 2, sp.Abs(x) <= d), (d * (sp.Abs(x) - d / 2), True))


@shape(
    lambda x, d: clip(x, d) / d,
    lambda x, d: -((clip(x, d) / d) ** 2) / 2,
    # Divided before it is multiplied: else it overflows where the quotient fits.
    stable=lambda x, d: ratio(clip(x, d), d) * difference(x, clip(x, d) / 2),
    is_nonnegative=True,
)
def unit_huber_function(x, d):
    """Huber's function divided by d, so that its lines have slope 1."""
    return sp.Piecewise((x**2 / (2 * d), sp.Abs(x) <= d), (sp.Abs(x) - d / 2, True))


@shape(
    lambda x: sigmoid(x),
    latex=r"\log\left(1 + e^{{{0}}}\right)",
    stable=lambda x: positive_part(x) + log1p(sp.exp(-absolute(x))),
    is_positive=True,
)
def softplus(x):
    """log(1 + e^x), the smooth ramp."""
    return sp.log(1 + sp.exp(x))


# Logarithms, quotients and powers of probabilities. A weight is an argument, so that 0 log 0 is 0.


def _by_product_rule(kind, slope):
    """The derivative of a weighted function, in which each weight is an argument again."""

    def total_derivative(y, x, dy, dx):
        dy, entry = dy.as_independent(sp.KroneckerDelta, as_Add=False)  # one entry of a sum
        return entry * kind()(dy, x) + slope(y, x) * dx

    return total_derivative


@shape(
    total_derivative=_by_product_rule(lambda: xlogy, lambda y, x: xdivy(y, x)),
    numpy="xlogy({0}, {1})",
    javascript="(({0}) === 0 ? 0 : ({0})*Math.log({1}))",
)
def xlogy(y, x):
    """y log(x), and 0 where y = 0, also at x = 0."""
    return sp.S.Zero if y == 0 else y * sp.log(x)


@shape(
    total_derivative=_by_product_rule(lambda: xlog1py, lambda y, x: xdivy(y, 1 + x)),
    numpy="xlog1py({0}, {1})",
    javascript="(({0}) === 0 ? 0 : ({0})*Math.log1p({1}))",
)
def xlog1py(y, x):
    """y log(1 + x), and 0 where y = 0, also at x = -1; it keeps the digits of a small x."""
    return sp.S.Zero if y == 0 else y * sp.log(1 + x)


@shape(
    lambda x, y: 1 / y,
    lambda x, y: -xdivy(xdivy(x, y), y),
    numpy="xdivy({0}, {1})",
    javascript="(({0}) === 0 ? 0 : ({0})/({1}))",
)
def xdivy(x, y):
    """x / y, and 0 where x = 0, also at y = 0."""
    return sp.S.Zero if x == 0 else x / y


def _to_the(x, g):
    """x^g; in thirty digits where the exact number has thousands, and may take hours."""
    bits = x.p.bit_length() + x.q.bit_length() if x.is_Rational else 0
    return (sp.Float(x, 30) if g.is_number and bits * abs(g) > 10_000 else x) ** g


@shape(
    lambda x, g: xdivy(g * power(x, g), x),
    lambda x, g: xlogy(power(x, g), x),
    numpy="power({0}, {1})",
    javascript="Math.pow({0}, {1})",
)
def power(x, g):
    """x^g for x in [0, 1] and g >= 0."""
    return _to_the(x, g)


@shape(
    lambda x, g: -xdivy(g * power_of_rest(x, g), 1 - x),
    lambda x, g: xlog1py(power_of_rest(x, g), -x),
    numpy="power_of_rest({0}, {1})",
    javascript="Math.pow(1 - ({0}), {1})",
)
def power_of_rest(x, g):
    """(1 - x)^g for x <= 1, corrected for the rounding of 1 - x."""
    return _to_the(1 - x, g)


@shape(
    lambda x, g: g * sigmoid_power(x, g) * sigmoid(-x),
    lambda x, g: -sigmoid_power(x, g) * softplus(-x),
    latex=r"\sigma\left({0}\right)^{{{1}}}",
    # The product of two powers, each accurate to a few ULP.
    stable=lambda x, g: (
        exp_of_product(-g, positive_part(-x)) * power_of_rest(-sp.exp(-absolute(x)), -g)
    ),
)
def sigmoid_power(x, g):
    """sigmoid(x)^g for g >= 0."""
    return (1 + sp.exp(-x)) ** -g


# Lengths. At length 0 the derivative is taken as 0; the Hessian, infinite there, as huge.


@shape(
    total_derivative=lambda x, dx: direction(dx / 2, root(x)),
    _eval_power=lambda self, exponent: self.args[0] if exponent == 2 else None,
    is_nonnegative=True,
)
def root(x):
    """The square root of a sum of squares."""
    return sp.sqrt(x)


@shape(
    total_derivative=lambda x, d, dx, dd: bounded_ratio(dx - direction(x, d) * dd, d),
    stable=lambda x, d: ratio(x, maximum(d, sp.Float(5e-324))),
    odd=True,
)
def direction(x, d):
    """x / d, an entry of a vector by the vector's length; 0 if both are 0."""
    return sp.S.Zero if x == 0 else x / d


@shape(
    total_derivative=lambda x, y, dx, dy: bounded_ratio(dx - bounded_ratio(x, y) * dy, y),
    numpy="bounded_ratio({0}, {1})",
    javascript="Math.max(Math.min(({0})/Math.max({1}, 5e-324), 1e307), -1e307)",
    odd=True,
)
def bounded_ratio(x, y):
    """x / y for y >= 0, from -1e307 to 1e307; 0 if both are 0."""
    return sp.S.Zero if x == 0 else x / y


def _half_square(x, dx):
    """The derivative of x^2 / 2, from that of x; of a distance d it is d (x / d) = x."""
    if isinstance(x, root):
        return dx.replace(direction, lambda entry, length: entry)
    return x * dx


# Differences and products in an order in which large numbers do not overflow.


@shape(
    lambda x, y: sp.S.One,
    lambda x, y: -sp.S.One,
    numpy="({0} - ({1}))",
    javascript="({0} - ({1}))",
)
def difference(x, y):
    """x - y, subtracted before anything is added: of large numbers it may be small."""
    return x - y


@shape(
    total_derivative=lambda x, y, dx, dy: 2 * _half_square(x, dx) - 2 * _half_square(y, dy),
    stable=lambda x, y: difference(x, y) * x + difference(x, y) * y,
)
def difference_of_squares(x, y):
    """x^2 - y^2 as (x - y) x + (x - y) y: no inf - inf, and no 0 times inf."""
    return x**2 - y**2


@shape(
    total_derivative=lambda w, x, dw, dx: product(dw, x) + w * dx,
    numpy="(({0})*({1}))",
    javascript="(({0})*({1}))",
)
def product(w, x):
    """w x, multiplied last: the factors of w are small where x is large."""
    return w * x


@shape(
    total_derivative=lambda y, x, dy, dx: dy * x**2 + 2 * y * _half_square(x, dx),
    numpy="(({0})*({1})*({1}))",
    javascript="(({0})*({1})*({1}))",
)
def weighted_square(y, x):
    """y x^2 from left to right: 0 where y is 0, also where x^2 overflows."""
    return y * x**2


@shape(
    lambda w, x, y: positive_part(x - y),
    lambda w, x, y: w * step(x - y),
    lambda w, x, y: -w * step(x - y),
    stable=lambda w, x, y: 2 * w * positive_part(difference(x / 2, y / 2)),
    is_nonnegative=True,
)
def weighted_excess(w, x, y):
    """w max(x - y, 0) for w >= 0; for w < 1 it may fit where x - y overflows."""
    return w * sp.Max(x - y, 0)


# Shapes that occur in stable code only.


@shape(
    numpy="along({0}, {1}, {2})",
    javascript="(({0}) === 0 ? 0 : ({0})*(({1})/Math.max({2}, 5e-324)))",
)
def along(w, x, d):
    """w x / d, an entry of the vector of length w along one of length d."""
    return w * x / d


@shape(numpy="(({0})/({1}))", javascript="(({0})/({1}))")
def ratio(x, y):
    """x / y, divided before anything is multiplied."""
    return x / y


@shape(numpy="maximum({0}, {1})", javascript="Math.max({0}, {1})")
def maximum(x, y):
    """max(x, y)."""
    return sp.Max(x, y)


@shape(
    numpy="exp_of_product({0}, {1})",
    # As in printing, but with 24 bits of x.
    javascript="((x, y, high = Math.fround(0.9999998*x), grid = 2**37/(Math.abs(x) + 1e-280), "
    "part = (y + grid) - grid) => Math.exp(high*part)*Math.exp(high*(y - part) + (x - high)*y))"
    "({0}, {1})",
)
def exp_of_product(x, y):
    """e^(x y) for x <= 0 <= y, accurate also where x y is large and its rounding costs digits."""
    return sp.exp(x * y)


# Vectors: entries have the index k, running from 1 to K.


def total(term: Callable[[sp.Symbol], sp.Expr]) -> sp.Sum:
    """The sum of a term over a vector's entries.

    >>> total(lambda k: z[k] ** 2)
    Sum(z[k]**2, (k, 1, K))
    """
    k, size = sp.Symbol("k", integer=True), sp.Symbol("K", integer=True, positive=True)
    return sp.Sum(term(k), (k, 1, size))


def distance(a: sp.IndexedBase, b: sp.IndexedBase) -> sp.Expr:
    """The Euclidean distance of two vectors."""
    return root(total(lambda k: (a[k] - b[k]) ** 2))


@shape(lambda x: sp.exp(-log_of_sum(x)))
def log_of_sum(x):
    """log(x) for a sum x of exponentials."""
    return sp.log(x)


def logsumexp(z: sp.IndexedBase) -> sp.Expr:
    """The log of the sum of a vector's exponentials."""
    return log_of_sum(total(lambda k: sp.exp(z[k])))


def derivative(expr: sp.Expr, by: sp.Expr) -> sp.Expr:
    """d expr / d by, where `by` may be an entry z[j] of a vector that is summed over.

    >>> derivative(total(lambda k: z[k] ** 2), z[j])
    2*z[j]
    """
    return sp.diff(expr, by).replace(
        lambda node: isinstance(node, sp.Sum) and node.has(sp.KroneckerDelta),
        lambda node: deltasummation(sp.expand(node.function), *node.limits, no_piecewise=True),
    )


def defined(expr: sp.Expr) -> sp.Expr:
    """The expression with the definition of each shape in its place, and otherwise as it is.

    >>> defined(softplus(x) / x)
    log(exp(x) + 1)/x
    """
    return expr.replace(lambda node: isinstance(node, Shape), lambda node: node.define(*node.args))


def unfold(expr: sp.Expr) -> sp.Expr:
    """The textbook formula of an expression in shapes.

    >>> unfold(softplus(x))
    log(exp(x) + 1)
    """
    plain = sp.piecewise_fold(defined(expr))
    if not isinstance(plain, sp.Piecewise):
        return sp.factor_terms(plain, sign=False)
    cases = [(branch, where) for branch, where in plain.args if not _is_impossible(where)]
    return sp.Piecewise(*((sp.factor_terms(branch, sign=False), where) for branch, where in cases))


def _is_impossible(where):
    """Whether a number is to be above and below another, as folding asks of steps to both sides."""
    parts = where.args if isinstance(where, sp.And) else ()
    above = (one for one in parts if isinstance(one, sp.StrictGreaterThan))
    return any((one.lhs < one.rhs) in parts for one in above)
