"""What the arguments of a loss may be, and how they are read: as float64, if that loses nothing."""

import itertools
import reprlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import sympy as sp

FLOAT = np.dtype(float)
BESIDE_SYMBOLS = sp.Expr, float, int, np.number, np.bool_


@dataclass(frozen=True)
class Domain:
    """What an argument takes.

    wants: in words.
    allows: a mask of the entries, or of the vectors, that are right.
    vector: whether the last axis is one vector.
    choices: what may be given instead of a number, to choose the formula.
    booleans: whether True and False stand for 1 and 0. For a parameter they never do.
    owner, argument: the loss and its argument that take it, for errors.

    >>> Domain("whole numbers", lambda x: x % 1 == 0, owner="f", argument="n").inside(np.array(2.5))
    Traceback (most recent call last):
    ValueError: f: n takes whole numbers, got n = 2.5
    """

    wants: str
    allows: Callable[[np.ndarray], np.ndarray]
    vector: bool = False
    choices: tuple = ()
    booleans: bool = field(default=True, compare=False)
    owner: str = field(default="", compare=False)
    argument: str = field(default="", compare=False)

    def __repr__(self):
        return self.wants

    @property
    def takes(self) -> str:
        """The first half of an error: whose argument takes what."""
        return f"{self.owner}: {self.argument} takes {self.wants}"

    def numbers(self, given: object, at: tuple = ()) -> np.ndarray:
        """The argument as float64, if that loses nothing; `at` is where in it this part stands."""
        if type(given) is np.ndarray and given.dtype is FLOAT:
            return given
        try:
            array = np.asanyarray(given)  # masks stay
        except Exception as error:  # numpy's, or of an object that should turn into an array
            if "inhomogeneous" in str(error):
                raise ValueError(f"{self.takes}, got rows of different length") from None
            raise TypeError(f"{self.takes}, got {type(given).__name__}") from error
        masks = array, given
        if any(isinstance(getattr(x, "mask", None), (np.ndarray, np.bool_)) for x in masks):
            part = f"{self.argument}{list(at) or ''}"
            raise TypeError(f"{self.owner}: {part} is a masked array; its mask would be lost")
        kind, size = array.dtype.kind, array.dtype.itemsize
        text = kind == "u" and size == 1 and is_a(given, (bytearray, memoryview))
        if kind not in "biuf"[not self.booleans :] or size > 8 or text:
            raise TypeError(f"{self.takes}, got {_odd(given, array, at)}")
        numbers = np.asarray(array, float)
        if kind in "iu" and size == 8 and _large(numbers).any():
            self._exact(array, numbers, at)
        # In a list numpy drops masks, and turns numbers of several types into those of one.
        if array.ndim and _is_listed(given):
            types = set(map(type, given)) - {float, np.float64}
            mixed = types and kind == "f" and _large(numbers).any()
            if mixed or not types <= {int, *[bool] * self.booleans}:
                for i, part in enumerate(given):
                    self.numbers(part, (*at, i))
        return numbers

    def _exact(self, integers, numbers, at):
        """Raise where the integers are not what they are as float64."""
        lost = integers.astype(object) != numbers.astype(object)  # Python compares them exactly
        if np.any(lost):
            where = np.argwhere(lost)[0].tolist()
            got = f"{integers[tuple(where)]}{_place(at, where)}, which float64 cannot hold"
            raise ValueError(f"{self.takes}, got {got}")

    def inside(self, array: np.ndarray) -> None:
        """Raise where an entry or a vector of the array is outside its domain."""
        allowed = self.allows(array)
        if allowed is np.True_:  # of one number, where counting takes longer than all else
            return
        if np.count_nonzero(allowed) < allowed.size:
            where = np.argwhere(~allowed)[0].tolist()
            wrong = array[tuple(where)]
            if wrong.ndim:
                wrong = np.array2string(wrong, max_line_width=np.inf, threshold=10)
            got = f"{self.argument}{where or ''} = {wrong}"
            raise ValueError(f"{self.takes}, got {got}")

    def expression(self, given: object, symbol: sp.Symbol) -> sp.Expr:
        """A number as it is written in decimals, or an expression.

        symbol: the assumptions that those of the expression must not contradict.
        """
        got = shown(given)
        if is_a(given, sp.IndexedBase) or not is_a(given, BESIDE_SYMBOLS):
            wants = "a number or an sp.Expr beside symbols"
            raise TypeError(f"{self.owner}: {self.argument} takes {wants}, got {got}")
        if not is_a(given, sp.Expr):
            number = self.numbers(given)
            self.inside(number)
            whole = is_a(given, (int, np.integer))
            return sp.Integer(int(given)) if whole else sp.Rational(repr(number.item()))
        if not given.free_symbols:
            try:
                number = float(given)
            except Exception:  # of what has no number, or a complex one
                raise TypeError(f"{self.takes}, got {got}") from None
            self.inside(np.asarray(number))
            return given
        assumed = "is_commutative", "is_real", "is_positive", "is_nonnegative"
        if any(getattr(symbol, one) and getattr(given, one) is False for one in assumed):
            raise TypeError(f"{self.takes}, got {got}, which is assumed to be none")
        return given


FINITE = Domain("finite numbers", np.isfinite)
POSITIVE = Domain("a positive finite number", lambda x: np.isfinite(x) & (x > 0))
SWITCH = Domain("True or False", lambda x: np.zeros(x.shape, bool), choices=(True, False))
Vector = Domain("vectors of finite numbers", np.isfinite, vector=True)


def is_a(value: object, kinds: type | tuple[type, ...]) -> bool:
    """`isinstance` by the type alone, since a proxy may raise when it is asked for its class."""
    return issubclass(type(value), kinds)


def shown(value: object) -> str:
    """A short text of a number, text or expression; of anything else its type, for an error."""
    if is_a(value, int) and value.bit_length() > 100:
        return f"an integer of {value.bit_length()} bits"
    plain = str, bytes, int, float, complex, np.generic, sp.Basic, type(None)
    return reprlib.repr(value) if is_a(value, plain) else type(value).__name__


def _large(numbers):
    """Where float64 does not hold all integers any more."""
    return np.absolute(numbers) >= 2.0**53


def _is_listed(given):
    """Whether numpy makes an array of it entry by entry, as of a list."""
    arrays = "__array__", "__array_interface__", "__array_struct__"
    whole = is_a(given, memoryview) or any(hasattr(given, name) for name in arrays)
    return hasattr(given, "__getitem__") and not whole


def _odd(given, array, at):
    """The first entry that is no number and where it stands, or else the type; the dtype."""
    got, numbers = type(given).__name__, (int, float, np.bool_, np.integer, np.floating)
    entries = np.array(given, object) if _is_listed(given) else array.astype(object)
    for where, entry in np.ndenumerate(entries):
        long = is_a(entry, int) and not -(2**63) <= entry < 2**64
        if long or array.dtype == bool or not is_a(entry, numbers):
            got = f"{shown(entry)}{_place(at, where)}"
            break
    return f"{got} (dtype {array.dtype})"


def _place(*indices):
    where = list(itertools.chain(*indices))
    return f" at {where}" if where else ""
