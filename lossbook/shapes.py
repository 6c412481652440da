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

    def __init__(
        self,
        define,
        slopes,
        latex=None,
        numpy=None,
        javascript=None,
        stable=None,
        even=False,
        **is_,
    ):
        functools.update_wrapper(self, define)
        self.define, self.slopes, self.stable = define, slopes, stable
        self._even, self._is = even, is_
        self._templates = {"_latex": latex, "_numpycode": numpy, "_javascript": javascript}

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
        }
        for face, template in self._templates.items():
            if template or face == "_latex":
                faces[face] = _printer(template)
        return type(self.__name__, (sp.Function,), {"is_real": True} | self._is | faces)


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
    return expr.replace(_is_scaled_huber, _scale_huber).replace(
        lambda node: _is_shape(node) and node.lossbook_shape.stable,
        lambda node: node.lossbook_shape.stable(*node.args),
    )


def _is_shape(node):
    return hasattr(node, "lossbook_shape")


def _is_scaled_huber(expr):
    return expr.is_Mul and any(
        isinstance(factor, hub.function) and 1 / factor.args[1] in expr.args for factor in expr.args
    )


def _scale_huber(expr):
    # hub(x, d) / d: divide before multiplying, or the product overflows where the quotient fits.
    factor = next(factor for factor in expr.args if isinstance(factor, hub.function))
    x, d = factor.args
    return expr * d / factor * ratio(cap(x, d), d) * (mag(x) - cap(x, d) / 2)


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
    stable=lambda x: sp.exp(-pos(-x)) / (1 + sp.exp(-mag(x))),
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
    stable=lambda x, d: cap(x, d) * (mag(x) - cap(x, d) / 2),
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


# Two that only code uses: Huber's function is cap * (abs(x) - cap/2).


@shape(
    numpy="minimum(absolute({0}), {1})",
    javascript="Math.min(Math.abs({0}), {1})",
    is_nonnegative=True,
)
def cap(x, d):
    """min(abs(x), d)."""
    return sp.Min(sp.Abs(x), d)


@shape(numpy="({0}/({1}))", javascript="({0}/({1}))")
def ratio(x, y):
    """x / y, divided before anything is multiplied."""
    return x / y


# Vectors: entries have the index k, running from 1 to K.


def total(term):
    """The sum over a vector's entries: `total(lambda k: z[k] ** 2)`."""
    k, size = sp.Symbol("k", integer=True), sp.Symbol("K", integer=True, positive=True)
    return sp.Sum(term(k), (k, 1, size))


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
