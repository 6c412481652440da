"""@loss: a one-line definition becomes a Loss, and everything else is derived from that line."""

import contextlib
import functools
import inspect
import itertools
import math
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import sympy as sp

from lossbook.domains import FINITE, POSITIVE, SWITCH, Domain, Vector, is_a, shown
from lossbook.printing import compile_numpy
from lossbook.shapes import derivative, unfold

__all__ = ["FINITE", "POSITIVE", "SWITCH", "Domain", "Loss", "Vector", "loss"]

NUMBERS = {np.ndarray, float, int, list, bool, type(None)}  # the usual types of arguments
BLOCK = 65_536  # elements worked on at a time, so that temporaries stay in the processor's cache
Result = np.ndarray | sp.Expr | tuple  # a tuple where several arguments stand before the /
ORDERS = {"value": (0,), "grad": (1,), "value_and_grad": (0, 1), "hess": (2,)}  # of derivatives

_noted = threading.local()  # whether numpy met an error; a loss may be called in any thread


def _note(*_):
    _noted.error = True


class Loss:
    """A loss function and its derivatives, all derived from one line of sympy.

    The signature of that line is the metadata: before the `/` stands what the loss is
    differentiated by, then what is given, after the `*` the parameters that one chooses.
    An annotation is a `Domain`; without one, arguments are finite numbers and parameters
    positive finite numbers. A parameter that is True, False or None chooses the formula.

    Arrays broadcast only where that cannot be a slip: a scalar goes with every shape, and
    arrays with the same number of axes stretch axes of length 1. Shapes (n,) and (n, 1) do
    not go together. A vector's last axis never stretches, and one vector v for n samples is
    v[None], with as many axes as the others. Every result is float64 with one entry for each
    sample: the cost is its `.mean()`.
    """

    _origin = None  # of a variant: the loss and the choices that it was made of

    def __init__(self, define, chosen=None):
        functools.update_wrapper(self, define)
        self.name = define.__name__
        given = [
            p.replace(default=(chosen or {}).get(p.name, p.default))
            for p in inspect.signature(define).parameters.values()
        ]
        self.signature = inspect.Signature(given)
        self.parameters = {p.name: p.default for p in given if p.kind is p.KEYWORD_ONLY}
        self.arguments = [p.name for p in given if p.kind is not p.KEYWORD_ONLY]
        self._defaults = {p.name: p.default for p in given if p.default is not p.empty}
        self.wrt = [p.name for p in given if p.kind is p.POSITIONAL_ONLY]
        self._domains = {p.name: self._domain(p) for p in given}
        self._vectors = [p.name for p in given if self._domains[p.name].vector]
        self._switches = [name for name in self.parameters if self._domains[name].choices]
        self._chosen = self._choices(self.parameters) if chosen is None else chosen
        self._numeric = self._with_numbers(self.parameters)
        self._kernels, self._expressions, self._compiled = {}, {}, {}
        self.__doc__ = self._described()

    def _described(self):
        """The docstring of the definition, and what the signature says."""
        text, last = [inspect.cleandoc(self.__doc__ or self.name), ""], ", K" * bool(self._vectors)
        for name in self.arguments:
            shape = "(..., K)" if name in self._vectors else "(...)"
            text.append(f"{name}: {self._domains[name].wants}; shape {shape}")
        for name, default in self.parameters.items():
            text.append(f"{name}: {self._domains[name].wants}; {default} by default")
        several = f", a tuple by {', '.join(self.wrt)}" if len(self.wrt) > 1 else ""
        text += [
            "",
            f"Returns the loss of each sample, float64 of shape (...); `{self.name}.grad` its",
            f"gradient, shape (...{last}){several}; `.value_and_grad` both.",
            "Beside sympy expressions the result is an expression. Raises ValueError or TypeError",
            "that names the argument, what it got and what it takes. The rules are in `Loss`.",
        ]
        return "\n".join(text)

    def _domain(self, parameter):
        chosen, domain = parameter.name in self.parameters, parameter.annotation
        if not isinstance(domain, Domain):
            domain = POSITIVE if chosen else FINITE
        booleans = domain.booleans and not chosen
        return replace(domain, booleans=booleans, owner=self.name, argument=parameter.name)

    def _choices(self, given):
        """The parameters that choose the formula instead of being a number in it."""
        return {
            name: choice
            for name in self._switches
            for choice in self._domains[name].choices
            if _plain(given[name]) is choice
        }

    def variant(self, **parameters) -> "Loss":
        """The same loss with the formula that the parameters choose, which is its default."""
        chosen = self._choices(self.parameters | parameters) if self._switches else {}
        return self if chosen == self._chosen else _variant(self, tuple(chosen.items()))

    def _with_numbers(self, names):
        """The names without those of parameters that chose the formula."""
        return [name for name in names if name not in self._chosen]

    def __reduce__(self):
        # Pickled by its name, as a function is: the copy is the loss itself, also elsewhere.
        return (_variant, self._origin) if self._origin else self.__qualname__

    def kernel(self, *results: str) -> Callable[[Callable], Callable]:
        """Decorate hand-written code for rows of arrays, where derived code is not exact enough.

        results: those of "value", "grad" and "hess" that the code yields, in this order: values of
            shape (n, 1) where the loss has vectors, then what is by each argument. The tests show
            that they are those of the formula.
        """

        def decorate(code):
            first = 0
            for result in results:
                (order,) = ORDERS[result]
                self._kernels[order] = code, first
                first += len(self.wrt) ** order
            return code

        return decorate

    def __repr__(self):
        return f"<Loss {self.name}{self.signature}>"

    # Numbers, or expressions where an argument is one.

    def __call__(self, *args, **kwargs) -> np.ndarray | sp.Expr:
        """The loss of each sample: float64, of the broadcast shape.

        With a sympy expression among the arguments it is an expression: `huber(r, 0, delta=d)`.
        Raises ValueError or TypeError that names the argument, what it got and what it takes.
        """
        return self._evaluate("value", args, kwargs)[0]

    def grad(self, *args, **kwargs) -> Result:
        """The derivative of each sample's loss by what stands before the `/`.

        An array of the broadcast shape, with a last axis for the entries where that is a
        vector; a tuple of arrays where several arguments stand there. As an expression, the
        derivative by a vector is that by its entry j.
        """
        return self._nested(self._evaluate("grad", args, kwargs))

    def value_and_grad(self, *args, **kwargs) -> tuple[np.ndarray | sp.Expr, Result]:
        """The pair (loss, grad), computed in one pass, of the same digits as alone."""
        value, *grads = self._evaluate("value_and_grad", args, kwargs)
        return value, self._nested(grads)

    def hess(self, *args, **kwargs) -> Result:
        """The second derivative of each sample's loss: shape (...,), for vectors (..., K, K).

        Where several arguments stand before the `/`, a tuple of rows of such blocks. As an
        expression, that of vectors is by the entries j and i.
        """
        found, n = self._evaluate("hess", args, kwargs), len(self.wrt)
        if self._vectors and isinstance(found[0], np.ndarray):  # exactly symmetric
            for i, j in itertools.product(range(n), range(n)):
                turned = found[j * n + i].swapaxes(-1, -2)
                found[i * n + j] = turned if i > j else np.maximum(found[i * n + j], turned)
        return self._nested(found)

    # Formulas.

    @functools.cached_property
    def formula(self) -> sp.Expr:
        """The textbook formula in sympy, in the symbols of `symbols`."""
        return self._unfolded(0)

    @functools.cached_property
    def gradient(self) -> sp.Expr | tuple:
        """The textbook gradient in sympy (a tuple where several arguments stand before `/`)."""
        return self._unfolded(1)

    @functools.cached_property
    def hessian(self) -> sp.Expr | tuple:
        """The textbook Hessian in sympy (a tuple of rows where several stand before `/`)."""
        return self._unfolded(2)

    @functools.cached_property
    def symbols(self) -> tuple[sp.Symbol | sp.IndexedBase, ...]:
        """The sympy symbols of the formula, in the signature's order; none for a choice."""
        return tuple(map(self._symbol, self._with_numbers(self.signature.parameters)))

    @property
    def source(self) -> str:
        """The numpy code of `value_and_grad`, as it was derived or written."""
        code, _ = self._kernels.get(0) or self._code("value_and_grad")
        return inspect.getsource(code).replace("_lambdifygenerated", self.name)  # sympy's name

    # Derivation.

    def _symbol(self, name):
        kind = sp.IndexedBase if name in self._vectors else sp.Symbol
        sign = "positive" if self._domains[name] == POSITIVE else "nonnegative"
        assumed = {sign: True} if name in self.parameters else {}
        return kind(name.replace("_hat", "hat"), real=True, **assumed)  # yhat prints as a hat

    def _variables(self, index):
        """What the loss is differentiated by; of a vector, the entry with the index."""
        symbols = self.symbols[: len(self.wrt)]
        return [s[sp.Symbol(index, integer=True)] if self._vectors else s for s in symbols]

    def _derived(self, order):
        """The expressions of the loss, of its gradient, or of its Hessian."""
        if order not in self._expressions:
            self._expressions[order] = self._derive(order)
        return self._expressions[order]

    def _derive(self, order):
        if order:
            variables = self._variables("ji"[order - 1])
            return [derivative(expr, x) for expr in self._derived(order - 1) for x in variables]
        named = self._chosen | self._by_name(self.symbols)
        arguments = [named[name] for name in self.arguments]
        return [self.__wrapped__(*arguments, **{name: named[name] for name in self.parameters})]

    def _by_name(self, values):
        """What belongs to each argument and parameter that is in the formula."""
        return dict(zip(self._with_numbers(self.signature.parameters), values, strict=True))

    def _unfolded(self, order):
        return self._nested([unfold(expression) for expression in self._derived(order)])

    def _nested(self, items):
        """The only item, or a tuple of what is by each argument before the `/`, nested in turn."""
        if len(items) == 1:
            return items[0]
        row = len(items) // len(self.wrt)
        return tuple(self._nested(items[i : i + row]) for i in range(0, len(items), row))

    def _code(self, what):
        """The compiled function of `what`, and how many vector axes each of its results has."""
        if what not in self._compiled:
            orders, n = ORDERS[what], len(self.wrt)
            axes = [order if self._vectors else 0 for order in orders for _ in range(n**order)]
            derive = self._kernel_code if orders[0] in self._kernels else self._derived_code
            self._compiled[what] = derive(orders), axes
        return self._compiled[what]

    def _kernel_code(self, orders):
        kernel, first = self._kernels[orders[0]]
        last = first + sum(len(self.wrt) ** order for order in orders)
        n = len(self.arguments)

        def code(*given):
            numbers = dict(zip(self._numeric, given[n:], strict=True))
            return itertools.islice(kernel(*given[:n], **numbers, **self._chosen), first, last)

        return code

    def _derived_code(self, orders):
        # What value and gradient share is found for both together, also where one is asked for:
        # so each has the same digits alone as in `value_and_grad`.
        together = ORDERS["value_and_grad"] if orders[-1] < 2 else orders
        expressions = [(order, expr) for order in together for expr in self._derived(order)]
        wanted = [i for i, (order, _) in enumerate(expressions) if order in orders]
        indices = "ji"[: max(1, *together)] if self._vectors else ""
        free = [sp.Symbol(index, integer=True) for index in indices]
        wanted = slice(wanted[0], wanted[-1] + 1)
        return compile_numpy(self.symbols, [expr for _, expr in expressions], free, wanted)

    # Evaluation in symbols.

    def _in_symbols(self, what, given):
        symbols = self._by_name(self.symbols)
        # What is of sympy comes first: it may be wrong itself, and else sets what the others take.
        names = sorted(symbols, key=lambda name: not is_a(given[name], sp.Basic))
        at = {symbols[name]: self._expression(name, given[name]) for name in names}
        return [expr.xreplace(at) for order in ORDERS[what] for expr in self._derived(order)]

    def _expression(self, name, given):
        """An argument beside symbols as an expression; numbers as they are written in decimals."""
        domain, got = self._domains[name], shown(given)
        if name not in self._vectors:
            return domain.expression(given, self._symbol(name))
        if not is_a(given, sp.IndexedBase):
            raise TypeError(
                f"{self.name}: {name} takes an sp.IndexedBase beside symbols, got {got}"
            )
        if given[0].is_real is False:
            raise TypeError(f"{domain.takes}, got {got}, which is assumed to be none")
        return given

    # Evaluation.

    def _evaluate(self, what, args, kwargs):
        given = self._bind(args, kwargs)
        loss = self.variant(**given) if self._switches else self
        if not NUMBERS.issuperset(map(type, given.values())) and any(
            is_a(value, sp.Basic) for value in given.values()
        ):
            return loss._in_symbols(what, given)
        _noted.error = False
        results = loss._quietly(what, given)
        if _noted.error:
            arrays, parameters, batch, size = loss._check(given)
            # Where it is not, numpy is to warn or raise in the way that the caller chose.
            finite = [np.isfinite(r).reshape(math.prod(batch), -1).all(-1) for r in results]
            lost = ~np.logical_and.reduce(finite)
            if lost.any():
                rows = [_as_rows(a, batch, bool(self._vectors))[lost] for a in arrays]
                with np.errstate(under="ignore"):
                    loss._compute(what, rows, parameters, (np.count_nonzero(lost),), size)
        return results

    # An underflow loses nothing that counts, and what overflowed on the way is of no interest where
    # the answer is finite.
    @np.errstate(all="call", under="ignore", call=_note)
    def _quietly(self, what, given):
        return self._compute(what, *self._check(given))

    def _compute(self, what, arrays, parameters, batch, size):
        code, axes = self._compiled.get(what) or self._code(what)
        n, core = math.prod(batch), 1 if self._vectors else 0
        if n <= BLOCK and not core:
            return [np.zeros(batch) + values for values in code(*arrays, *parameters)]
        # How many axes has what stands for all samples; kernels want it for each.
        alone = -1 if ORDERS[what][0] in self._kernels else core
        arrays = [_as_rows(a, batch, core) if a.ndim != alone else a for a in arrays]
        # One buffer for all results: the allocator reuses one large block, but returns several to
        # the system, and fresh pages take longer than the loss.
        lengths = [n * size**a for a in axes]
        memory, ends = np.empty(sum(lengths)), itertools.accumulate(lengths)
        results = [
            memory[end - length : end].reshape((n, *(size,) * a) if a else (n,) + (1,) * core)
            for a, length, end in zip(axes, lengths, ends, strict=True)
        ]
        rows = max(1, BLOCK // size ** max(axes))
        for start in range(0, n, rows):
            block = slice(start, start + rows) if n > rows else ...
            pieces = [a[block] if a.ndim != alone else a for a in arrays]
            for result, values in zip(results, code(*pieces, *parameters), strict=True):
                np.add(values, 0.0, out=result[block])  # a copy in which -0.0 is 0.0
        return [r.reshape(batch + (size,) * a)[()] for r, a in zip(results, axes, strict=True)]

    def _check(self, given):
        """Arrays in the signature's order, parameters, the shape of the batch, a vector's size."""
        arrays = [self._array(name, given[name]) for name in self.arguments]
        parameters = [self._parameter(name, given[name]) for name in self._numeric]
        if not self._vectors:
            return arrays, parameters, self._batch(arrays), 1
        named = zip(self.arguments, arrays, strict=True)
        sizes = {name: a.shape[-1] for name, a in named if name in self._vectors}
        if len(set(sizes.values())) > 1:
            fault = f"vectors must have one length, got {_listing(sizes)}"
            raise ValueError(f"{self.name}: {fault}{self._lone(arrays)}")
        return arrays, parameters, self._batch(arrays), max(sizes.values())

    def _bind(self, args, kwargs):
        known = not kwargs or kwargs.keys() <= self.parameters.keys()
        if known and len(args) <= len(self.arguments):
            found = self._defaults | dict(zip(self.arguments, args, strict=False)) | kwargs
            if len(found) == len(self.arguments) + len(self.parameters):
                return found
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{self.name}{self.signature}: {error}") from None
        bound.apply_defaults()
        return bound.arguments

    def _array(self, name, given):
        domain = self._domains[name]
        array, vector = domain.numbers(given), domain.vector
        if vector and (array.ndim == 0 or array.shape[-1] == 0):
            wants = f"{domain.takes}, of shape (..., K) with K at least 1"
            raise ValueError(f"{wants}, got shape {array.shape}")
        domain.inside(array)
        # In a loss of vectors a scalar gets a last axis of length 1, to broadcast against them.
        return array[..., None] if self._vectors and not vector else array

    def _parameter(self, name, given):
        if given is self.parameters[name]:
            return given
        domain = self._domains[name]
        number = domain.numbers(given)
        if number.ndim:
            raise ValueError(f"{domain.takes}, got shape {number.shape}")
        domain.inside(number)
        return float(number)

    def _batch(self, arrays):
        """The broadcast shape of the samples."""
        shapes = [a.shape[:-1] for a in arrays] if self._vectors else [a.shape for a in arrays]
        if shapes.count(shapes[0]) == len(shapes):
            return shapes[0]
        named = dict(zip(self.arguments, shapes, strict=True))
        # One vector is no scalar, though as a batch it has no axes either.
        axes = {len(shape) for name, shape in named.items() if shape or name in self._vectors}
        if len(axes) == 1:
            with contextlib.suppress(ValueError):
                return np.broadcast_shapes(*shapes)
        named |= {
            name: a.shape for name, a in zip(named, arrays, strict=True) if name in self._vectors
        }
        raise ValueError(
            f"{self.name}: shapes must agree, but {_listing(named)}; a scalar goes with every "
            "shape, and axes of length 1 stretch where the numbers of axes are equal"
            f"{self._lone(arrays)}"
        )

    def _lone(self, arrays):
        """What to do with vectors that have fewer axes than others, or none but their own."""
        axes = {name: a.ndim for name, a in zip(self.arguments, arrays, strict=True)}
        most = max((axes[name] for name in self._vectors), default=0)
        return "".join(
            f"; {name} takes {self._domains[name].wants}, and one for all samples is {name}[None]"
            for name in self._vectors
            if axes[name] < most or axes[name] == 1 < max(axes.values())
        )


def _plain(value):
    """A boolean of numpy's, or an array of one without axes, as Python's."""
    boolean = type(value) in (np.bool_, np.ndarray) and value.dtype == bool
    return value.item() if boolean and value.ndim == 0 else value


def _as_rows(array, batch, core):
    """The array with all its samples on one axis."""
    tail = array.shape[array.ndim - core :]
    if array.shape != batch + tail:
        array = np.broadcast_to(array, batch + tail)
    return array.reshape(math.prod(batch), *tail)


def _listing(named):
    return " and ".join(f"{name} has {value}" for name, value in named.items())


@functools.cache
def _variant(loss, choices):
    """The loss in which the choices, pairs (name, value), are defaults."""
    variant = Loss(loss.__wrapped__, dict(choices))
    variant._origin, variant._kernels = (loss, choices), loss._kernels
    return variant


def loss(define: Callable) -> Loss:
    """Decorate a one-line definition so that it becomes a Loss.

    define: returns a sympy expression of its arguments; its signature is read as `Loss` says.

    >>> @loss
    ... def quartic(y_hat, /, y):
    ...     return (y_hat - y) ** 4
    >>> quartic.grad([1.0, 3.0], [0.0, 1.0])
    array([ 4., 32.])
    """
    return Loss(define)
