"""sympy expressions printed as numpy code."""

import numpy as np
import sympy as sp
from sympy.printing.numpy import NumPyPrinter

from lossbook.shapes import stable


def compile_numpy(symbols, expressions, indices=()):
    """A function of arrays that returns the values of the expressions, as a list.

    symbols: the function's arguments, in order.
    indices: the free indices of the expressions, none for scalar losses. Beside them a
        vector z comes as an array (n, K) and a scalar as (n, 1); values have the shape
        (n, K) for one index and (n, K, K) for two; a sum keeps its axis with length 1.
    """
    # Never simplify, factor or expand here: the form decides how many digits survive.
    expressions = [stable(sp.sympify(expr)) for expr in expressions]
    names = [sp.Symbol(str(symbol)) for symbol in symbols]
    printer = _Printer(symbols, indices)
    cse = False if len(indices) == 2 else _share
    return sp.lambdify(names, expressions, modules=[vars(np)], printer=printer, cse=cse)


def _share(expressions):
    """Name what the expressions have in common: _0, _1, ..., which no argument is called."""
    return sp.cse(expressions, sp.numbered_symbols("_"), order="none")


class _Printer(NumPyPrinter):
    """numpy code; with two free indices every vector and sum is lifted to the axes (n, K, K)."""

    def __init__(self, symbols, indices):
        super().__init__({"fully_qualified_modules": False, "allow_unknown_functions": True})
        self.symbols, self.indices = symbols, indices

    def _lift(self, text, index=None):
        if len(self.indices) < 2:
            return text
        return f"{text}[..., None, :]" if index == self.indices[1] else f"{text}[..., None]"

    def _print_Symbol(self, expr):
        name = super()._print_Symbol(expr)
        return name if expr.is_positive else self._lift(name)  # parameters are plain numbers

    def _print_Rational(self, expr):
        return repr(float(expr))

    def _print_Indexed(self, expr):
        return self._lift(str(expr.base), expr.indices[0])

    def _print_KroneckerDelta(self, expr):
        return f"eye({self.symbols[0]}.shape[-1])"

    def _print_Sum(self, expr):
        indices, self.indices = self.indices, ()  # inside, a vector is itself
        text = f"add.reduce({self._print(expr.function)}, -1, keepdims=True)"
        self.indices = indices
        return self._lift(text)
