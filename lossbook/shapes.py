"""The four shapes every loss is made of, their derivatives, and how each is computed.

=====================  ============  =========================================
integral               derivative    where it is used
=====================  ============  =========================================
pos(x) = max(x, 0)     step(x)       hinge, triplet, contrastive
mag(x) = abs(x)        sgn(x)        absolute error
hub(x, d)              clip(x, d)    Huber, Smooth L1
softplus(x)            sigmoid(x)    cross-entropy, focal
=====================  ============  =========================================

Each is a sympy Function with three faces: its textbook formula (what it prints as, and what
`doit` unfolds), its derivative, and its stable code. At a kink the derivative is one fixed
subgradient: step(0) = 0 and sgn(0) = 0, hence clip' is 0 at both joints.
"""

import functools
import importlib


class _Sympy:
    """sympy, imported at its first use: that takes half a second, and `import lossbook` none."""

    def __getattr__(self, name):
        return getattr(importlib.import_module("sympy"), name)


sp = _Sympy()
METHODS = {"latex": "_latex", "numpy": "_numpycode", "javascript": "_javascript"}  # of printing


class Shape:
    """A function that knows its formula, its derivatives and its code.

    define: the textbook formula, as a Python function of sympy expressions.
    slopes: one function for each argument, its partial derivative.
    latex, numpy, javascript: templates over the printed arguments.
    stable: instead of the last two, an expression in simpler shapes that neither overflows
        nor cancels.
    even: whether shape(-x) is shape(x), so that both become one piece of code.
    is_...: what sympy may assume of the value.
    """

    def __init__(self, define, slopes, stable=None, even=False, latex=None, **faces):
        functools.update_wrapper(self, define)
        self.define, self.slopes, self.stable = define, slopes, stable
        self._even, self._faces = even, {"latex": latex} | faces

    def __call__(self, *args):
        return self.function(*args)

    @functools.cached_property
    def function(self):
        """The sympy Function, made at the first call."""

        def evaluate(cls, *args):
            if all(arg.is_number for arg in args):
                return self.define(*args)
            if self._even and args[0].is_Mul and args[0].could_extract_minus_sign():
                return cls(-args[0], *args[1:])

        def unfold(node, **hints):
            return self.define(*(arg.doit(**hints) for arg in node.args))

        faces = {
            "lossbook_shape": self,
            "nargs": self.define.__code__.co_argcount,
            "eval": classmethod(evaluate),
            "fdiff": lambda node, index=1: self.slopes[index - 1](*node.args),
            "doit": unfold,
            "is_real": True,
        }
        for name, face in self._faces.items():
            faces |= {name: face} if name.startswith("is_") else {METHODS[name]: _printer(face)}
        return type(self.__name__, (sp.Function,), faces)


def _printer(template):
    """A sympy printing method: fill in the printed arguments, or print the textbook formula."""

    def render(node, printer, exp=None):
        if template:
            text = template.format(*map(printer._print, node.args))
        else:
            text = printer._print(node.doit())
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    return render


def shape(*slopes, **faces):
    """Decorate a textbook formula so that it becomes a Shape."""
    return lambda define: Shape(define, slopes, **faces)


def stable(expr):
    """Rewrite an expression in shapes as code that neither overflows nor cancels."""
    for rule in RULES:
        expr = expr.replace(lambda node: True, rule)
    return expr


# The rules of `stable`: each takes a node, and returns None to leave it as it is.


def _factor(node, kind, power=1):
    """The first factor of a product that is this power of a shape."""
    for factor in node.args if node.is_Mul else ():
        base, exponent = factor.as_base_exp()
        if isinstance(base, kind.function) and exponent == power:
            return factor


def _scaled_huber(node):
    """hub(x, d) / d divides before it multiplies: else it overflows where the quotient fits."""
    factor = _factor(node, hub)
    if factor and 1 / factor.args[1] in node.args:
        x, d = factor.args
        return node * d / factor * ratio(clip(x, d), d) * difference(x, clip(x, d) / 2)


def _power_of_sigmoid(node):
    """sigmoid(x)^g as e^(-g max(-x, 0)) / (1 + e^-|x|)^g, each without the loss by rounding."""
    if node.is_Pow and isinstance(node.base, sigmoid.function) and node.exp.free_symbols:
        x, (whole, g) = node.base.args[0], node.exp.as_coeff_Add()
        large = exp_of_sum(-g * coarse(pos(-x)), -g * fine(pos(-x)))
        return sigmoid(x) ** whole * large / power_of_rest(-sp.exp(-mag(x)), g)


def _weighted_log(node):
    """c * xlogy(y, x) with the weight inside: 0 * (y * log(0)) is 0."""
    factor = _factor(node, xlogy)
    if factor:
        y, x = factor.args
        return xlogy(node / factor * y, x)


def _weighted_square(node):
    """y * d^2 as (y * d) * d, which is 0 where y is, also where d^2 overflows."""
    factor = _factor(node, root, 2)
    if factor:
        return weighted_square(node / factor, factor.base)


def _difference(node):
    """a - b of two distances before all else; a^2 - b^2 as (a - b)(a + b): no inf - inf."""
    found = {
        sign: (term, *(sign * term).as_base_exp())
        for sign in (1, -1)
        for term in (node.args if node.is_Add else ())
        if isinstance((sign * term).as_base_exp()[0], root.function)
    }
    if len(found) == 2:
        (plus, a, power), (minus, b, _) = found[1], found[-1]
        gap = difference(a, b)
        return node - plus - minus + (gap * (a + b) if power == 2 else gap)


def _reciprocal_root(node):
    """1 / d^n for d = 0 too, where it is a factor of vectors that are 0."""
    if node.is_Pow and node.exp.is_negative and isinstance(node.base, root.function):
        return nonzero(node.base, -node.exp) ** node.exp


def _common_number(node):
    """2 a - 2 b, which sympy makes of 2 (a - b), has one operation more."""
    if node.is_Add and node.primitive()[0].is_Integer and node.primitive()[0] != 1:
        return sp.Mul(*node.primitive(), evaluate=False)


def _turned(node):
    """x2 - x1 as -(x1 - x2), so that both are one piece of code."""
    if node.is_Add and node.has(sp.Indexed) and node.could_extract_minus_sign():
        return sp.Mul(-1, -node, evaluate=False)


def _common_vector(node):
    """a u - b u as (a - b) u: one operation on vectors instead of three."""
    terms = [set(sp.Mul.make_args(term)) for term in node.args] if node.is_Add else [set()]
    for factor in set.intersection(*terms):
        if factor.is_Add and factor.has(sp.Indexed):
            return factor * sp.Add(*(term / factor for term in node.args))


def _stable_shape(node):
    """A shape as its own stable code."""
    if _is_shape(node) and node.lossbook_shape.stable:
        return node.lossbook_shape.stable(*node.args)


RULES = [
    _scaled_huber,
    _power_of_sigmoid,
    _weighted_log,
    _difference,
    _weighted_square,
    _reciprocal_root,
    _common_number,
    _turned,
    _common_vector,
    _stable_shape,
]


def _is_shape(node):
    return hasattr(node, "lossbook_shape")


def log1p(x):
    """log(1 + x), as one function that code keeps."""
    from sympy.codegen.cfunctions import log1p

    return log1p(x)


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
    lambda x, d: step(d - mag(x)),
    lambda x, d: sgn(x) * step(mag(x) - d),
    numpy="maximum(minimum({0}, {1}), -({1}))",
    javascript="Math.max(Math.min({0}, {1}), -({1}))",
)
def clip(x, d):
    """x held between -d and d; d > 0."""
    return sp.Piecewise((x, sp.Abs(x) <= d), (d * sp.sign(x), True))


@shape(
    lambda x: sigmoid(x) * sigmoid(-x),
    latex=r"\sigma\left({0}\right)",
    stable=lambda x: most(sp.exp(-mag(x)), sgn(x)) / (1 + sp.exp(-mag(x))),
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
def pos(x):
    """max(x, 0), the positive part."""
    return sp.Max(x, 0)


@shape(
    lambda x: sgn(x),
    latex=r"\left|{{{0}}}\right|",
    numpy="absolute({0})",
    javascript="Math.abs({0})",
    even=True,
    is_nonnegative=True,
)
def mag(x):
    """abs(x), the magnitude."""
    return sp.Abs(x)


@shape(
    lambda x, d: clip(x, d),
    lambda x, d: pos(mag(x) - d),
    stable=lambda x, d: clip(x, d) * difference(x, clip(x, d) / 2),
    is_nonnegative=True,
)
def hub(x, d):
    """Huber's function: x^2/2 for abs(x) <= d, the line d (abs(x) - d/2) beyond; d > 0.

    Huber, P. J. (1964), Robust estimation of a location parameter, Ann. Math. Statist. 35.
    """
    return sp.Piecewise((x**2 / 2, sp.Abs(x) <= d), (d * (sp.Abs(x) - d / 2), True))


@shape(
    lambda x: sigmoid(x),
    latex=r"\log\left(1 + e^{{{0}}}\right)",
    stable=lambda x: pos(x) + log1p(sp.exp(-mag(x))),
    is_positive=True,
)
def softplus(x):
    """log(1 + e^x), the smooth ramp."""
    return sp.log(1 + sp.exp(x))


# Logarithms and powers of probabilities, and the length of a vector.


@shape(
    lambda y, x: sp.log(x),
    lambda y, x: over(y, x),
    numpy="xlogy({0}, {1})",
    javascript="(({0}) === 0 ? 0 : ({0})*Math.log({1}))",
    stable=lambda y, x: xlog1py(y, x - 1) if 1 in x.args else xlogy(y, x),
)
def xlogy(y, x):
    """y log(x), and 0 where y = 0, also at x = 0."""
    return sp.S.Zero if y == 0 else y * sp.log(x)


@shape(
    lambda x, g: over(g * power(x, g), x),
    lambda x, g: power(x, g) * sp.log(x),
    stable=lambda x, g: power_of_rest(1 - x, g) if 1 in x.args else x**g,
)
def power(x, g):
    """x^g for x in [0, 1] and g >= 0."""
    return x**g


@shape(lambda x: 1 / (2 * root(x)), is_nonnegative=True)
def root(x):
    """The square root of a sum of squares; at 0 its derivative is taken as 0."""
    return sp.sqrt(x)


# What only code uses.


@shape(numpy="({0}/({1}))", javascript="({0}/({1}))")
def ratio(x, y):
    """x / y, divided before anything is multiplied."""
    return x / y


@shape(
    lambda x, y: 1 / y,
    lambda x, y: -over(over(x, y), y),
    numpy="over({0}, {1})",
    javascript="(({0}) === 0 ? 0 : ({0})/({1}))",
)
def over(x, y):
    """x / y, and 0 where x = 0, also at y = 0."""
    return sp.S.Zero if x == 0 else x / y


@shape(numpy="xlog1py({0}, {1})", javascript="(({0}) === 0 ? 0 : ({0})*Math.log1p({1}))")
def xlog1py(y, x):
    """y log(1 + x), and 0 where y = 0."""
    return sp.S.Zero if y == 0 else y * sp.log(1 + x)


@shape(numpy="power_of_rest({0}, {1})", javascript="Math.pow(1 - ({0}), {1})")
def power_of_rest(p, g):
    """(1 - p)^g, which makes up for the rounding of 1 - p."""
    return (1 - p) ** g


@shape(numpy="maximum({0}, {1})", javascript="Math.max({0}, {1})")
def most(x, y):
    """max(x, y)."""
    return sp.Max(x, y)


@shape(numpy="({0} - ({1}))", javascript="({0} - ({1}))")
def difference(x, y):
    """x - y, subtracted before anything is added."""
    return x - y


@shape(numpy="(({0})*{1}*{1})", javascript="({0}*{1}*{1})")
def weighted_square(y, x):
    """y x^2, from left to right."""
    return y * x**2


@shape(numpy="nonzero({0}, {1})", javascript="Math.max({0}, 1e-290)")
def nonzero(x, power):
    """x >= 0, but a tiny number where x is 0, of which the power can be a divisor."""
    return x


@shape(numpy="exp_of_sum({0}, {1})", javascript="(Math.exp({0})*Math.exp({1}))")
def exp_of_sum(x, y):
    """e^(x + y) for a small y, without adding what is exact to what is rounded."""
    return sp.exp(x + y)


@shape(numpy="coarse({0})", javascript="(({0} + 6597069766656) - 6597069766656)")
def coarse(x):
    """x >= 0, of which so few bits are left that the product with a short number is exact."""
    return x


@shape(numpy="({0} - coarse({0}))", javascript="({0} - (({0} + 6597069766656) - 6597069766656))")
def fine(x):
    """What `coarse` leaves out."""
    return sp.S.Zero


# Vectors: entries have the index k, running from 1 to K.


def total(term):
    """The sum over a vector's entries: `total(lambda k: z[k] ** 2)`."""
    k, size = sp.Symbol("k", integer=True), sp.Symbol("K", integer=True, positive=True)
    return sp.Sum(term(k), (k, 1, size))


def distance(a, b):
    """The Euclidean distance of two vectors; at distance 0 its derivative is taken as 0."""
    return root(total(lambda k: (a[k] - b[k]) ** 2))


@shape(lambda x: sp.exp(-log_of_sum(x)))
def log_of_sum(x):
    """log(x) for a sum x of exponentials."""
    return sp.log(x)


def logsumexp(z):
    """The log of the sum of a vector's exponentials."""
    return log_of_sum(total(lambda k: sp.exp(z[k])))


def derivative(expr, by):
    """d expr / d by, where `by` may be an entry z[j] of a vector that is summed over."""
    from sympy.concrete.delta import deltasummation

    return sp.diff(expr, by).replace(
        lambda node: isinstance(node, sp.Sum) and node.has(sp.KroneckerDelta),
        lambda node: deltasummation(sp.expand(node.function), *node.limits, no_piecewise=True),
    )


def unfold(expr):
    """The textbook formula of an expression in shapes."""
    plain = expr.replace(_is_shape, lambda node: node.lossbook_shape.define(*node.args))
    plain = sp.piecewise_fold(plain)
    if not isinstance(plain, sp.Piecewise):
        return sp.factor_terms(plain)
    return sp.Piecewise(*((sp.factor_terms(branch), where) for branch, where in plain.args))
