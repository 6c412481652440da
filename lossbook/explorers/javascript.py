"""A loss as JavaScript, printed from its sympy line."""

import json

from sympy import IndexedBase, Symbol
from sympy.printing.jscode import JavascriptCodePrinter

from lossbook.loss import Loss
from lossbook.shapes import stable


class _Printer(JavascriptCodePrinter):
    """JavaScript that rounds as numpy does; what it cannot print raises."""

    def _print_Rational(self, expr):
        return repr(float(expr))

    def _print_Pow(self, expr):
        if not (expr.exp.is_Integer and 2 <= abs(expr.exp) <= 4):
            return super()._print_Pow(expr)
        product = "*".join([f"({self._print(expr.base)})"] * abs(int(expr.exp)))
        return f"({product})" if expr.exp > 0 else f"(1/({product}))"

    # Vectors are arrays; an index k runs from 0 there.

    def _print_Indexed(self, expr):
        return f"{expr.base}[{expr.indices[0]}]"

    def _print_Sum(self, expr):
        index = expr.variables[0]
        return f"{self._terms(expr)}.reduce((sum, {index}) => sum + {index}, 0)"

    def _print_root(self, expr):
        (total,) = expr.args
        return f"Math.hypot(...{self._terms(total.func(total.function.base, *total.limits))})"

    def _print_log_of_sum(self, expr):
        (total,) = expr.args
        exponents = self._terms(total.func(total.function.exp, *total.limits))
        log = "top + Math.log(terms.reduce((sum, one) => sum + Math.exp(one - top), 0))"
        return f"((terms) => {{ const top = Math.max(...terms); return {log}; }})({exponents})"

    def _terms(self, total):
        """The array of what is summed."""
        vector = min(total.function.atoms(IndexedBase), key=str)
        return f"{vector}.map((_, {total.variables[0]}) => {self._print(total.function)})"


def javascript(loss: Loss) -> str:
    """A loss as JavaScript text: an object of its arguments' names and two functions.

        {arguments: ["y_hat", "y", "delta"], value: (yhat, y, delta) => ..., gradient: ...}

    Vectors are arrays, and so is the gradient by a vector; where several arguments stand before
    the /, the gradient is the array of those by each.
    Raises TypeError for what is not a Loss, and for one of sequences.
    """
    if not isinstance(loss, Loss) or takes(loss) == "sequences":
        raise TypeError(f"loss takes a Loss of numbers or vectors, got {loss!r}")
    functions = {"log1p": "Math.log1p", "expm1": "Math.expm1"}
    printer = _Printer({"strict": True, "user_functions": functions})
    names = ", ".join(map(str, loss.symbols))
    given = loss.symbols[: len(loss.arguments)]
    chosen = {symbol.name: symbol for symbol in loss.symbols[len(given) :]}
    slopes = loss.grad(*given, **chosen)
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    slopes = [printer.doprint(stable(slope)) for slope in slopes]
    if takes(loss) == "vectors":  # the gradient's formula is that of the entry j
        slopes = [f"{loss.symbols[0]}.map((_, j) => {slope})" for slope in slopes]
    return object_literal(
        arguments=json.dumps(list(loss.signature.parameters)),
        value=f"({names}) => {printer.doprint(stable(loss(*given, **chosen)))}",
        gradient=f"({names}) => " + (slopes[0] if len(slopes) == 1 else f"[{', '.join(slopes)}]"),
    )


def takes(loss: Loss) -> str:
    """What a loss takes: "numbers", "vectors" or, as `ctc` does, "sequences"."""
    symbols = getattr(loss, "symbols", None)  # a loss of sequences has no fixed ones
    if symbols is None:
        return "sequences"
    return "numbers" if all(isinstance(symbol, Symbol) for symbol in symbols) else "vectors"


def object_literal(**members: str) -> str:
    """A JavaScript object of members given as code."""
    return "{" + ", ".join(f"{json.dumps(key)}: {code}" for key, code in members.items()) + "}"
