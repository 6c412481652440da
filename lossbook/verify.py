"""Numeric checks at given points. Each prints one line, or raises `Refuted`."""

import functools
import math
import sys
from collections.abc import Callable
from dataclasses import replace

import mpmath
import numpy as np
import sympy as sp

from lossbook.loss import Loss
from lossbook.prove import Refuted
from lossbook.shapes import unfold


def check_gradient(loss: Loss, *args, rtol: float = 1e-6, **parameters) -> None:
    """Compare `loss.grad` with central differences of the loss; arguments as the loss takes them.

    Of each sample one entry is moved at a time, by 1e-6 of the larger of 1 and the entry, of all
    samples together: no sample's loss depends on another's. Infinite entries stay.
    rtol: of the larger of 1 and the gradient. Points closer than 1e-6 to a kink will fail.
    Raises Refuted where they differ; ValueError where there is nothing to compare.

    >>> check_gradient(huber, [0.5, 3.0], 0)
    checked: the gradient agrees with central differences, within 1e-06
    """
    given = loss._bind(args, parameters)
    loss.variant(**given)._check(given)  # symbols are refused, which have no differences
    value, grads = loss(*args, **parameters), loss.grad(*args, **parameters)
    if not np.size(value):
        raise ValueError(f"{loss.name}: there is no sample to check, got shape {value.shape}")
    if not np.all(np.isfinite(value)):
        raise ValueError(f"{loss.name}: only a finite loss has differences, got {value}")
    for i, grad in enumerate(grads if isinstance(grads, tuple) else (grads,)):
        slopes = np.zeros_like(grad)
        for entry in np.ndindex(grad.shape[value.ndim :]):
            slopes[(..., *entry)] = _differences(loss, args, i, entry, parameters)
        error = abs(slopes - grad) / np.maximum(1, abs(grad))
        if not np.all(error <= rtol):
            where = np.unravel_index(np.argmax(error), error.shape)
            raise Refuted(
                f"the gradient by {loss.wrt[i]} is {grad[where]} where differences give "
                f"{slopes[where]} (entry {tuple(map(int, where))})"
            )
    print(f"checked: the gradient agrees with central differences, within {rtol:g}")


def _differences(loss, args, i, entry, parameters):
    """The slope of each sample's loss, as one entry of argument i is moved up and down."""
    up, down = (np.array(args[i], dtype=float) for _ in range(2))
    at = up[(..., *entry)]
    step = np.where(np.isfinite(at), 1e-6 * np.maximum(1, abs(at)), 0)
    with np.errstate(over="ignore"):
        up[(..., *entry)] += step
        down[(..., *entry)] -= step
    domain = loss._domains[loss.wrt[i]]
    room = domain.allows(up) & domain.allows(down)
    wants = f"{domain.wants} with room for differences, 1e-06 on both sides"
    replace(domain, wants=wants, allows=lambda _: room).inside(np.array(args[i], dtype=float))
    high, low = (loss(*args[:i], moved, *args[i + 1 :], **parameters) for moved in (up, down))
    moved = np.where(step, 2 * step, np.inf)  # what was not moved has the slope 0
    return (high - low) / moved


def check_digits(loss: Loss, *args, value: float = 3, grad: float = 4, **parameters) -> None:
    """Compare a loss of one number and its gradient with the textbook formula in many digits.

    value, grad: how many ULP, units in the last place of float64, each may be off.
    Raises Refuted where one is off by more; TypeError for a loss of vectors, ValueError where
    there is nothing to compare.

    >>> check_digits(huber, [0.5, 3.0], 0)
    checked: 2 values within 3 ULP of exact, gradients within 4 ULP
    """
    require_scalar("check_digits", loss)
    given = loss._bind(args, parameters)
    loss = loss.variant(**given)
    arrays, numbers, shape, _ = loss._check(given)
    if not math.prod(shape):
        raise ValueError(f"{loss.name}: there is no sample to check, got shape {shape}")
    points = np.stack([np.broadcast_to(a, shape).ravel() for a in arrays], axis=-1)
    computed = [r.ravel() for r in loss.value_and_grad(*args, **parameters)]
    bounds = {"value": value, "gradient": grad}
    for (what, bound), results in zip(bounds.items(), computed, strict=True):
        for point, number in zip(points, results, strict=True):
            at = dict(zip(loss.symbols, [*point, *numbers], strict=True))
            exact = _exact(loss, what, at)
            if not ulps(number, exact) <= bound:
                raise Refuted(
                    f"the {what} at {', '.join(f'{x:g}' for x in point)} is {number!r}, "
                    f"exactly {mpmath.nstr(exact, 17)}: {ulps(number, exact):.3g} ULP off"
                )
    print(f"checked: {len(points)} values within {value} ULP of exact, gradients within {grad} ULP")


def _exact(loss, what, at):
    """The value or the gradient in many digits; terms without weight count for nothing."""
    formula, in_symbols = {
        "value": (loss.formula, loss),
        "gradient": (loss.gradient, loss.grad),
    }[what]
    try:
        return evaluate(formula, at, least=UNSEEN)
    except ValueError:
        numbers = [sp.Rational(x) for x in at.values()]
        n = len(loss.arguments)
        chosen = dict(zip(loss._numeric, numbers[n:], strict=True))
        formula = unfold(in_symbols(*numbers[:n], **chosen))  # where 0 log 0 is 0
        if formula.is_finite:
            return evaluate(formula, {}, least=UNSEEN)
        place = ", ".join(f"{symbol} = {x:g}" for symbol, x in at.items())
        raise ValueError(f"{loss.name}: the {what} has no finite number at {place}") from None


def require_scalar(who: str, loss: Loss) -> None:
    """Raise TypeError where the loss is of vectors or sequences."""
    symbols = getattr(loss, "symbols", ())  # a loss of sequences has none
    vectors = any(isinstance(symbol, sp.IndexedBase) for symbol in symbols)
    if not symbols or vectors or len(loss.wrt) > 1:
        name = getattr(loss, "name", repr(loss))
        raise TypeError(f"{who} takes a loss of one number, such as huber; {name} is none")


def evaluate(
    formula: sp.Expr, at: dict, digits: int = 60, least: float | mpmath.mpf = 0
) -> mpmath.mpf:
    """The formula in mpmath numbers, with as many digits as it takes for 30 to be right.

    at: {symbol: number}. digits: with how many to begin. least: what is smaller counts as 0.
    Raises ValueError where 20,000 digits do not suffice.

    >>> evaluate(x**2, {x: 3.0})
    mpf('9.0')
    """
    # So many that 1 - 1e-300 is not 1, nor 1 + e^-700: else two wrong results would agree.
    sizes = [abs(float(a)) for a in at.values() if a]
    lost = [max(-math.log10(a), min(a, 1500) / math.log(10)) for a in sizes]
    digits += math.ceil(max(lost, default=0))
    numbers, previous = _lambdify(tuple(at), formula, "mpmath"), None
    while digits < 20_000:
        with mpmath.workdps(digits):
            try:
                exact = mpmath.mpf(numbers(*map(mpmath.mpf, at.values())))
            except ZeroDivisionError:
                exact = mpmath.nan
            # 0 may only mean that there are too few digits.
            if exact and previous and abs(exact / previous - 1) < mpmath.mpf(10) ** -30:
                return exact
            if abs(exact) < least and mpmath.mpf(10) ** -(digits // 2) < least:
                return mpmath.mpf(0)
        previous, digits = exact, 2 * digits
    if exact == 0:
        return exact
    raise ValueError(f"{formula} keeps changing at {at}, even with {digits} digits")


UNSEEN = mpmath.mpf(10) ** -330  # rounds to 0 in float64
_lambdify = functools.lru_cache(sp.lambdify)


def ulps(number: float, exact: mpmath.mpf) -> float:
    """How many units in the last place a float64 is from the exact value.

    >>> ulps(1.0, mpmath.mpf(1))
    0.0
    """
    nearest = float(exact)
    if np.isinf(nearest) and number == nearest:
        return 0.0
    unit = math.ulp(min(abs(nearest), sys.float_info.max))
    return float(abs(mpmath.mpf(float(number)) - exact) / unit)


def convexity_counterexample(
    f: Callable[[np.ndarray], np.ndarray], size: int, tries: int = 4000, seed: int = 0
) -> tuple | None:
    """Where f lies above its chord, as a convex function nowhere does: (a, b, how much, midway).

    f: takes points (tries, size), and gives (tries,). Pairs a, b are drawn at random; of those
    that were tried, the worst is returned. Where f is NaN nothing is compared. None: no such pair
    was found, which proves nothing.

    >>> convexity_counterexample(lambda u: u[:, 0] ** 2, 1) is None
    True
    """
    a, b = np.random.default_rng(seed).normal(scale=2, size=(2, tries, size))
    low, high, midway = np.asarray(f(a)), np.asarray(f(b)), np.asarray(f((a + b) / 2))
    ends = np.maximum(abs(low), abs(high))
    # More than rounding makes: of large numbers, and of small ones that are a rest of larger terms.
    least = np.maximum(1e-9 * np.clip(ends, 1e-4, 1), 1e-13 * ends)
    with np.errstate(invalid="ignore"):  # inf - inf is NaN, and NaN is above nothing
        rise = midway - (low / 2 + high / 2)
    rise = np.where(rise > least, rise, 0)
    worst = rise.argmax()
    return (a[worst], b[worst], rise[worst]) if rise[worst] else None
