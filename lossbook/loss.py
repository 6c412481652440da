"""@loss: a one-line definition becomes a Loss, and everything else is derived from that line."""

import functools
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lossbook.shapes import derivative, sp, unfold

BLOCK = 32_768  # elements worked on at a time, so that temporaries stay in the processor's cache


@dataclass(frozen=True)
class Domain:
    """What an argument takes: in words, and as a mask of the entries that are right."""

    wants: str
    allows: Callable[[np.ndarray], np.ndarray]


FINITE = Domain("finite numbers", np.isfinite)
POSITIVE = Domain("a positive finite number", lambda x: np.isfinite(x) & (x > 0))


class Vector:
    """Annotates an argument whose last axis is one vector, as in `z: Vector`."""


class Loss:
    """A loss function and its derivatives, all derived from one line of sympy.

    The signature of that line is the metadata: before the `/` stands what the loss is
    differentiated by, then what is given, after the `*` the parameters that one chooses.
    An annotation is a `Domain` or `Vector`; without one, arguments are finite numbers and
    parameters positive finite numbers.

    Arrays broadcast only where that cannot be a slip: a scalar goes with every shape, and
    arrays with the same number of axes stretch axes of length 1. Shapes (n,) and (n, 1) do
    not go together. A vector's last axis never stretches. Every result is float64 with one
    entry for each sample: the cost is its `.mean()`.
    """

    def __init__(self, define):
        functools.update_wrapper(self, define)
        self.name = define.__name__
        self.signature = inspect.signature(define)
        given = self.signature.parameters.values()
        self.parameters = {p.name: p.default for p in given if p.kind is p.KEYWORD_ONLY}
        self.arguments = [p.name for p in given if p.kind is not p.KEYWORD_ONLY]
        self.wrt = [p.name for p in given if p.kind is p.POSITIONAL_ONLY]
        self._annotations = {p.name: p.annotation for p in given}
        self._vectors = [p.name for p in given if p.annotation is Vector]
        self._compiled = {}

    def __repr__(self):
        return f"<Loss {self.name}{self.signature}>"

    # Numbers.

    def __call__(self, *args, **kwargs):
        """The loss of each sample: float64, of the broadcast shape.

        Raises ValueError or TypeError that names the argument, what it got and what it takes.
        """
        return self._evaluate("value", args, kwargs)[0]

    def grad(self, *args, **kwargs):
        """The derivative of each sample's loss by what stands before the `/`.

        An array of the broadcast shape, with a last axis for the entries where that is a
        vector; a tuple of arrays where several arguments stand there.
        """
        return _unpack(self._evaluate("grad", args, kwargs))

    def value_and_grad(self, *args, **kwargs):
        """The pair (loss, grad), computed in one pass."""
        value, *grads = self._evaluate("value_and_grad", args, kwargs)
        return value, _unpack(grads)

    def hess(self, *args, **kwargs):
        """The second derivative of each sample's loss: shape (...,), for vectors (..., K, K).

        Where several arguments stand before the `/`, a tuple of rows of such blocks.
        """
        blocks, n = self._evaluate("hess", args, kwargs), len(self.wrt)
        return _unpack([_unpack(blocks[i : i + n]) for i in range(0, n * n, n)])

    # Formulas.

    @functools.cached_property
    def formula(self):
        """The textbook formula in sympy. Called like the loss, it is one of what it is given."""
        return _callable(unfold(self._value), self._value, self)

    @functools.cached_property
    def gradient(self):
        """The textbook gradient in sympy (a tuple where several arguments stand before `/`)."""
        return _unpack([_callable(unfold(slope), slope, self) for slope in self._slopes])

    @functools.cached_property
    def hessian(self):
        """The textbook Hessian in sympy (a tuple of rows where several stand before `/`)."""
        rows = [[_callable(unfold(e), e, self) for e in row] for row in self._curvatures]
        return _unpack([_unpack(row) for row in rows])

    @functools.cached_property
    def symbols(self):
        """The sympy symbols of the formula, in the signature's order."""
        return tuple(map(self._symbol, self.signature.parameters))

    @property
    def source(self):
        """The numpy code of `value_and_grad`, as it was derived."""
        return inspect.getsource(self._code("value_and_grad")[0])

    # Derivation.

    def _symbol(self, name):
        kind = sp.IndexedBase if name in self._vectors else sp.Symbol
        positive = {"positive": True} if name in self.parameters else {}
        return kind(name.replace("_hat", "hat"), real=True, **positive)  # yhat prints as a hat

    @functools.cached_property
    def _value(self):
        named = dict(zip(self.signature.parameters, self.symbols, strict=True))
        return self.__wrapped__(
            *(named[name] for name in self.arguments),
            **{name: named[name] for name in self.parameters},
        )

    def _variables(self, index):
        """What the loss is differentiated by; of a vector, the entry with the index."""
        symbols = self.symbols[: len(self.wrt)]
        return [s[sp.Symbol(index, integer=True)] if self._vectors else s for s in symbols]

    @functools.cached_property
    def _slopes(self):
        return [derivative(self._value, x) for x in self._variables("j")]

    @functools.cached_property
    def _curvatures(self):
        return [[derivative(slope, x) for x in self._variables("i")] for slope in self._slopes]

    def _code(self, what):
        """The compiled function of `what`, and how many vector axes each of its results has."""
        if what not in self._compiled:
            from lossbook.printing import compile_numpy  # only here is sympy needed for numbers

            if what == "hess":
                expressions, axes = sum(self._curvatures, []), 2
            else:
                expressions, axes = [self._value, *self._slopes], 1
                expressions = {"value": expressions[:1], "grad": expressions[1:]}.get(
                    what, expressions
                )
            indices = [sp.Symbol(i, integer=True) for i in "ji"[:axes]] if self._vectors else []
            code = compile_numpy(self.symbols, expressions, indices)
            axes = [len(indices) * (e is not self._value) for e in expressions]
            self._compiled[what] = code, axes
        return self._compiled[what]

    # Evaluation.

    def _evaluate(self, what, args, kwargs):
        arrays, parameters, batch, size = self._check(args, kwargs)
        code, axes = self._code(what)
        n, core = math.prod(batch), 1 if self._vectors else 0
        arrays = [_as_rows(a, batch, core) for a in arrays]
        results = [np.empty((n, *(size,) * a) if a else (n,) + (1,) * core) for a in axes]
        rows = max(1, BLOCK // max(r[:1].size for r in results)) if n else 1
        for start in range(0, n, rows):
            block = slice(start, start + rows)
            pieces = [a[block] if a.ndim > core else a for a in arrays]
            for result, values in zip(results, code(*pieces, *parameters), strict=True):
                result[block] = values
        return [r.reshape(batch + (size,) * a)[()] for r, a in zip(results, axes, strict=True)]

    def _check(self, args, kwargs):
        """Arrays in the signature's order, parameters, the shape of the batch, a vector's size."""
        given = self._bind(args, kwargs)
        arrays = {name: self._array(name, given[name]) for name in self.arguments}
        parameters = [self._parameter(name, given[name]) for name in self.parameters]
        sizes = {name: arrays[name].shape[-1] for name in self._vectors}
        if len(set(sizes.values())) > 1:
            raise ValueError(f"{self.name}: vectors must have one length, got {_listing(sizes)}")
        shapes = {n: a.shape[:-1] if n in sizes else a.shape for n, a in arrays.items()}
        if sizes:  # beside a vector, a scalar has an axis to stand beside the vector's
            arrays = {n: a if n in sizes else a[..., None] for n, a in arrays.items()}
        return [*arrays.values()], parameters, self._batch(shapes), next(iter(sizes.values()), 1)

    def _bind(self, args, kwargs):
        if len(args) == len(self.arguments) and kwargs.keys() <= self.parameters.keys():
            return {**dict(zip(self.arguments, args, strict=True)), **self.parameters, **kwargs}
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{self.name}{self.signature}: {error}") from None
        bound.apply_defaults()
        return bound.arguments

    def _domain(self, name):
        annotation = self._annotations[name]
        if isinstance(annotation, Domain):
            return annotation
        return POSITIVE if name in self.parameters else FINITE

    def _array(self, name, given):
        array = self._numbers(name, given)
        if name in self._vectors and (array.ndim == 0 or array.shape[-1] == 0):
            raise ValueError(
                f"{self.name}: {name} takes vectors, of shape (..., K) with K at least 1, "
                f"got shape {array.shape}"
            )
        return array

    def _parameter(self, name, given):
        number = self._numbers(name, given)
        if number.ndim:
            wants = self._domain(name).wants
            raise ValueError(f"{self.name}: {name} takes {wants}, got shape {number.shape}")
        return float(number)

    def _numbers(self, name, given):
        """The argument as float64, inside its domain."""
        domain = self._domain(name)
        if isinstance(given, np.ma.MaskedArray):
            raise TypeError(f"{self.name}: {name} is a masked array; its mask would be lost")
        try:
            array = np.asarray(given)
        except ValueError as error:
            raise ValueError(f"{self.name}: {name} takes {domain.wants}, got {error}") from None
        if array.dtype.kind not in "biuf" or array.dtype.itemsize > 8:
            got = type(given).__name__ if array.dtype == object else array.dtype
            raise TypeError(f"{self.name}: {name} takes {domain.wants}, got {got}")
        array = array.astype(float, copy=False)
        allowed = domain.allows(array)
        if not allowed.all():
            where = tuple(map(int, np.argwhere(~allowed)[0])) if array.ndim else ()
            place = f"{name}[{', '.join(map(str, where))}]" if where else name
            raise ValueError(
                f"{self.name}: {name} takes {domain.wants}, got {place} = {array[where]}"
            )
        return array

    def _batch(self, shapes):
        """The broadcast shape of the samples."""
        axes = {len(shape) for shape in shapes.values() if shape}
        if len(axes) <= 1:
            try:
                return np.broadcast_shapes(*shapes.values())
            except ValueError:
                pass
        raise ValueError(
            f"{self.name}: shapes must agree, but {_listing(shapes)}; a scalar goes with every "
            "shape, and axes of length 1 stretch where the numbers of axes are equal"
        )


def _as_rows(array, batch, core):
    """The array with all its samples on one axis; what stands for all samples stays as it is."""
    if array.ndim == core:
        return array
    tail = array.shape[array.ndim - core :]
    if array.shape != batch + tail:
        array = np.broadcast_to(array, batch + tail)
    return array.reshape(math.prod(batch), *tail)


def _listing(named):
    return " and ".join(f"{name} has {value}" for name, value in named.items())


def _unpack(items):
    """The only item, or all of them as a tuple."""
    return items[0] if len(items) == 1 else tuple(items)


def _callable(expr, shapes, loss):
    """The sympy expression `expr` that can also be called like the loss.

    The call puts its arguments into `shapes`, the same expression in shapes, which print as
    their formula and keep their stable code; a parameter left out stays a symbol.
    """
    # sympy keeps a registry of its singletons (0, 1, 1/2), so a twin of one is a plain number.
    singleton = sp.core.singleton.Singleton
    kind = next(kind for kind in type(expr).__mro__ if not isinstance(kind, singleton))

    def call(self, *args, **kwargs):
        given = loss.signature.bind(*args, **kwargs).arguments
        names = zip(loss.signature.parameters, loss.symbols, strict=True)
        return shapes.xreplace({s: sp.sympify(given[name]) for name, s in names if name in given})

    # In every operation it is the plain expression: as such it is rebuilt and compared.
    faces = {"__call__": call, "func": kind}
    faces |= {"__eq__": lambda self, other: expr == other, "__hash__": lambda self: hash(expr)}
    twin = object.__new__(type(kind.__name__, (kind,), faces))
    for slot in {slot for base in kind.__mro__ for slot in getattr(base, "__slots__", ())}:
        if hasattr(expr, slot):
            setattr(twin, slot, getattr(expr, slot))
    return twin


def loss(define):
    """Decorate a one-line definition so that it becomes a Loss."""
    return Loss(define)
