"""sympy expressions printed as numpy code."""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import sympy as sp
from sympy.printing.numpy import NumPyPrinter
from sympy.printing.precedence import PRECEDENCE

from lossbook.shapes import clip, ratio, root, stable


def compile_numpy(
    symbols: Sequence[sp.Basic],
    expressions: Sequence[sp.Expr],
    indices: Sequence[sp.Symbol] = (),
    wanted: slice = slice(None),
) -> Callable[..., list[np.ndarray]]:
    """A function of arrays that returns the values of the expressions, as a list.

    symbols: the function's arguments, in order.
    indices: the free indices of the expressions, none for scalar losses. With indices, a
        vector z is an array (n, K) and a scalar (n, 1); values have the shape
        (n, K) for one index and (n, K, K) for two; a sum keeps its axis with length 1.
    wanted: which of the expressions are returned. Their digits do not depend on this, since
        common parts are found in all.

    >>> compile_numpy([x, y], [x**2, x * y])(3.0, 2.0)
    [9.0, 6.0]
    """
    # Never simplify, factor or expand here: the form decides how many digits survive.
    expressions = [stable(sp.sympify(expr)) for expr in expressions]
    # Norms of vectors along the last index share their code with the gradient.
    expressions = [expr.replace(root, partial(_norm, indices)) for expr in expressions]
    if len(indices) == 2:  # e^(z - logsumexp) is at most 1 where e^z overflows; so are directions
        expressions = [sp.powsimp(expr, combine="exp") for expr in expressions]
        expressions = [expr.replace(ratio, lambda *x: clip(ratio(*x), 1)) for expr in expressions]
    words, printer = [globals(), vars(np)], _Printer(symbols, indices)
    share = partial(_shared, expressions=expressions, wanted=wanted)
    code = sp.lambdify(symbols, expressions[wanted], modules=words, printer=printer, cse=share)
    if len(indices) < 2:
        return code
    # Arrays with one axis more, which is that of the first index; parameters are plain numbers.
    return lambda *args: code(*(x[..., None, :] if np.ndim(x) else x for x in args))


def _shared(_, expressions, wanted):
    """sympy's `cse`: the parts that all expressions share, if a wanted one needs them, and those.

    The parts are found in all expressions, so that they do not depend on which are wanted.
    """
    names = sp.numbered_symbols("_")  # names of no argument
    parts, reduced = sp.cse(expressions, symbols=names, order="none")
    kept = dict(enumerate(reduced[wanted]))
    for name, part in reversed(parts):
        users = [key for key, expr in kept.items() if name in expr.free_symbols]
        if len(users) == 1 and kept[users[0]].args == (name,):
            kept[users[0]] = kept[users[0]].func(part)  # without a name numpy frees it at once
        elif users:
            kept[name] = part
    needed = [(name, kept.pop(name)) for name, _ in parts if name in kept]
    return needed, list(kept.values())


def _norm(indices, squares):
    vector = squares.function.base.subs(squares.variables[0], indices[-1])
    return sp.Function("norm", nonnegative=True)(vector)


class _Printer(NumPyPrinter):
    """numpy code; the last axis of arrays is that of sums and of the last index."""

    def __init__(self, symbols, indices):
        super().__init__({"fully_qualified_modules": False, "allow_unknown_functions": True})
        self.symbols, self.indices = symbols, indices

    def _as_ordered_terms(self, expr, order=None):
        # The positive term first: b - a is one operation, -a + b is two.
        terms = super()._as_ordered_terms(expr, order)
        return sorted(terms, key=lambda term: term.could_extract_minus_sign())

    def _print_Rational(self, expr):
        return repr(float(expr))

    def _print_Pow(self, expr, **options):
        if expr.exp == -1:
            return f"(1.0/{self.parenthesize(expr.base, PRECEDENCE['Pow'])})"
        return super()._print_Pow(expr, **options)

    def _print_Indexed(self, expr):
        turned = ".swapaxes(-1, -2)" * (expr.indices[0] in self.indices[:-1])
        return f"{expr.base}{turned}"

    def _print_KroneckerDelta(self, expr):
        return f"eye({self.symbols[0]}.shape[-1])"

    def _print_Sum(self, expr):
        return f"add.reduce({self._print(expr.function)}, -1, keepdims=True)"

    def _print_log_of_sum(self, expr):
        return f"logsumexp({self._print(expr.args[0].function.exp)})"


# Functions that numpy lacks: generated code looks here before it looks in numpy.

Numbers = float | np.ndarray


def xlogy(y: Numbers, x: Numbers) -> Numbers:
    """y log(x), and 0 where y = 0, also at x = 0."""
    return y * np.log(x + (y == 0))


def xlog1py(y: Numbers, x: Numbers) -> Numbers:
    """y log(1 + x), and 0 where y = 0, also at x = -1."""
    return y * np.log1p(x + (y == 0))


def xdivy(x: Numbers, y: Numbers) -> Numbers:
    """x / y, and 0 where x = 0, also at y = 0."""
    return x / (y + (x == 0))


def bounded_ratio(x: Numbers, y: Numbers) -> Numbers:
    """x / y for y >= 0, from -1e307 to 1e307; 0 if both are 0."""
    return np.clip(x / np.maximum(y, 5e-324), -1e307, 1e307)


def exp_of_product(x: Numbers, y: Numbers) -> Numbers:
    """e^(x y) for x <= 0 <= y, without the rounding of x y."""
    # Both are cut to 26 bits (y on a grid, where e^(x y) is not 0), whose product is exact.
    near = x * (1 - 2.0**-25)  # cut towards 0, so that e to what is left is at most about 1
    split = near * (2.0**27 + 1)
    x_high = split - (split - near)
    grid = 2.0**37 / (abs(x) + 1e-280)
    y_high = (y + grid) - grid
    e = np.exp(x_high * y_high)
    return e + e * np.expm1(x_high * (y - y_high) + (x - x_high) * y)


def power_of_rest(p: Numbers, g: Numbers) -> Numbers:
    """(1 - p)^g, corrected for the rounding of 1 - p."""
    q = 1.0 - p
    lost = (1.0 - q) - p  # exactly what rounding took from q, and 0 where q < 1/2
    return q**g * (1.0 + g * lost / np.maximum(q, 0.5))


def norm(x: np.ndarray) -> np.ndarray:
    """The Euclidean norm along the last axis, (n, K) to (n, 1); at most the largest float."""
    square = np.einsum("...k,...k->...", x, x)[..., None]
    if ((square > 1e-280) & (square < np.inf)).all():
        return np.sqrt(square)
    largest = np.finfo(float).max  # 0 times this is 0
    x = np.minimum(np.absolute(x), largest)
    scale = np.maximum(np.maximum.reduce(x, -1, keepdims=True), 1e-307)
    return np.minimum(scale * np.sqrt(np.add.reduce((x / scale) ** 2, -1, keepdims=True)), largest)


def along(w: np.ndarray, x: np.ndarray, d: np.ndarray) -> np.ndarray:
    """w x / d, for vectors x of length d; 0 where w is 0, also where d or x overflows."""
    longer = np.maximum(d, 5e-324)
    factor = w / longer
    if np.vdot(factor, factor) + np.vdot(d, d) < np.inf:  # nothing is large
        return factor * x
    return np.where(w == 0, 0, np.where(np.absolute(factor) < 1e300, factor * x, w * (x / longer)))


def logsumexp(z: np.ndarray) -> np.ndarray:
    """log(sum(exp(z))) along the last axis, (n, K) to (n, 1), without overflow."""
    top = np.maximum.reduce(z, -1, keepdims=True)
    return top + np.log(np.add.reduce(np.exp(z - top), -1, keepdims=True))
