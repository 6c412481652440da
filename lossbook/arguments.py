"""Reading arguments: each function returns what it is named after, or raises an error.

A TypeError or ValueError names the argument, what it takes and what it got. A text of digits is no
number, nor is True.

>>> number("delta", 2)
2
>>> interval("x", (-4, 4))
[-4.0, 4.0]
"""

from collections.abc import Mapping
from numbers import Real

import numpy as np

Interval = tuple[float, float]


def number(name: str, given: object, above: float = -np.inf) -> float:
    """A finite number, larger than `above`; a whole one stays whole."""
    wants = "a finite number" if above == -np.inf else f"a finite number above {above:g}"
    found = _array(f"{name} takes {wants}", given, "iuf")
    if found.ndim or not above < found < np.inf:
        raise ValueError(f"{name} takes {wants}, got {given!r}")
    return found.item()


def whole(name: str, given: object, low: int, high: int) -> int:
    """A whole number from low to high."""
    found = _array(f"{name} takes a whole number from {low} to {high}", given, "iu")
    if found.ndim or not low <= found <= high:
        raise ValueError(f"{name} takes a whole number from {low} to {high}, got {given!r}")
    return found.item()


def interval(name: str, given: object) -> list[float]:
    """A pair (low, high) of finite numbers, low below high."""
    found = _array(f"{name} takes a pair of numbers (low, high)", given, "iuf")
    if found.shape != (2,):
        raise TypeError(f"{name} takes a pair of numbers (low, high), got {given!r}")
    low, high = found.astype(float).tolist()
    if not -np.inf < low < high < np.inf:
        raise ValueError(f"{name} takes finite (low, high) with low < high, got {given!r}")
    return [low, high]


def numbers(
    name: str, given: object, shape: tuple[str | int, ...] = ("n",), least: int = 0
) -> np.ndarray:
    """An array of finite numbers; letters in its shape are any lengths, the first from `least`."""
    wants = f"{name} takes finite numbers of shape {shape}".replace("'", "")
    wants += f", {shape[0]} at least {least}" if least else ""
    found = _array(wants, given, "biuf").astype(float)
    lengths = zip(shape, found.shape, strict=False)
    fits = all(isinstance(want, str) or want == length for want, length in lengths)
    if found.ndim != len(shape) or len(found) < least or not fits:
        raise ValueError(f"{wants}, got shape {found.shape}")
    if not np.isfinite(found).all():
        at = np.argwhere(~np.isfinite(found))[0].tolist()
        raise ValueError(f"{wants}, got {found[tuple(at)]} at {at}")
    return found


def text(name: str, given: object) -> str:
    """Text."""
    if not isinstance(given, str):
        raise TypeError(f"{name} takes text, got {given!r}")
    return given


def texts(name: str, given: object, n: int) -> list[str]:
    """Several texts, n of them."""
    found = list(given) if isinstance(given, list | tuple | np.ndarray) else []
    if len(found) != n or not all(isinstance(one, str) for one in found):
        raise ValueError(f"{name} takes {n} names, got {given!r}")
    return list(map(str, found))


def mapping(name: str, given: object, form: str) -> Mapping:
    """A dict with text for keys; form: as an error shows it. None is an empty one."""
    if given is None:
        return {}
    if not (isinstance(given, Mapping) and all(isinstance(key, str) for key in given)):
        raise TypeError(f"{name} takes a dict {form}, got {given!r}")
    return given


def _array(wants, given, kinds):
    """The argument as an array of one of numpy's kinds of numbers."""
    try:
        found = np.asarray(given)
    except ValueError:  # rows of different lengths
        raise TypeError(f"{wants}, got {given!r}") from None
    if "f" in kinds and found.dtype == object and all(isinstance(x, Real) for x in found.flat):
        found = found.astype(float)  # of fractions and sympy's numbers
    if found.dtype.kind not in kinds:
        raise TypeError(f"{wants}, got {given!r}")
    return found
