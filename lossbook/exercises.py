"""Exercises that answer back: `check("huber-2", answer)`.

The exercises of a chapter stand in `lossbook/answers/<chapter>.py`, as a dict EXERCISES from
their id to an `Exercise`. An answer is a number, a word, an array, a sympy expression or a
function; a wrong one is met with a counterexample and, where it is a known slip, its name.
"""

import contextlib
import inspect
import itertools
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
import sympy as sp

from lossbook.shapes import unfold


@dataclass(frozen=True)
class Exercise:
    """What a right answer is, what it shows, and which wrong ones are known.

    answer: what the learner should give.
    shows: a sentence for the one who gave it.
    at: for a function, the tuples of arguments to compare it at; for an expression whose
        symbols may not be any number, values of its symbols in alphabetical order.
    slips: wrong answers of the same kind, by name; those in SLIPS are known for all.
    rtol: how far a number may be off, relative to the right one.
    """

    answer: Any
    shows: str
    at: tuple = ()
    slips: dict[str, Any] = field(default_factory=dict)
    rtol: float = 1e-6


@dataclass(frozen=True)
class Verdict:
    """What `check` says; `right` is None for an exercise that was not attempted yet."""

    right: bool | None
    message: str

    def __repr__(self):
        return self.message


# What happens to right numbers, again and again, on their way to the paper.
SLIPS = {
    "twice the right answer": lambda right: 2 * right,
    "half the right answer": lambda right: right / 2,
    "the right answer with the sign turned": lambda right: -right,
    "the mean, where each sample's value is asked": np.mean,
    "the sum, where each sample's value is asked": np.sum,
}
SWAPPED = "the right answer with the first two arguments swapped"


def check(name, answer):
    """Compare an answer with the exercise's own. The reply is a Verdict, which prints as a line.

    name: the exercise's id, such as "huber-2"; a ValueError names those that there are.
    """
    exercise = _find(name)
    if answer is ...:
        return Verdict(None, f"{name}: not attempted yet")
    try:
        given = _outcomes(answer, exercise)
    except _Unusable as error:
        return Verdict(False, f"{name}: {error}")
    if any(value is ... for value in given.values()):
        return Verdict(None, f"{name}: not attempted yet")
    wanted = _outcomes(exercise.answer, exercise)
    for place, value in given.items():
        if not _same(value, wanted[place], exercise.rtol):
            expected = f"at {place}: {_show(wanted[place])} expected, " if place else ""
            hint = _slip(given, wanted, exercise)
            return Verdict(False, f"{name}: not yet. {expected}{_show(value)} given{hint}")
    return Verdict(True, f"{name}: right. {exercise.shows}")


def _find(name):
    chapter = str(name).rpartition("-")[0]
    try:
        exercises = import_module(f"lossbook.answers.{chapter}").EXERCISES
    except ImportError:
        raise ValueError(f"name takes an exercise's id, such as 'huber-1', got {name!r}") from None
    if name not in exercises:
        raise ValueError(f"name takes one of {', '.join(exercises)}, got {name!r}")
    return exercises[name]


class _Unusable(Exception):
    """The answer is not of the kind that is asked."""


def _outcomes(answer, exercise):
    """What an answer comes to: {place: value}, one place for each point of comparison."""
    if isinstance(exercise.answer, sp.Basic) and exercise.answer.free_symbols:
        return _expression(answer, exercise.answer, exercise.at)
    if not callable(exercise.answer):
        if callable(answer):
            raise _Unusable("a value is asked, not a function")
        return {"": answer}
    if not callable(answer):
        raise _Unusable(f"a function is asked, got {type(answer).__name__}")
    names = inspect.signature(exercise.answer).parameters
    return {_place(zip(names, at, strict=False)): _call(answer, at) for at in exercise.at}


def _call(function, at):
    try:
        value = function(*at)
    except Exception as error:  # whatever a learner's function raises is a reply to the learner
        raise _Unusable(f"the function raised {type(error).__name__}: {error}") from error
    if value is None:
        raise _Unusable("the function returned None; is a return missing?")
    return value


def _expression(answer, wanted, points):
    """The values of an expression at the points; its symbols are known by their names."""
    given = answer
    with contextlib.suppress(sp.SympifyError):
        answer = sp.sympify(given)
    if not isinstance(answer, sp.Expr):
        raise _Unusable(f"an expression is asked, got {given!r}")
    known = {symbol.name: symbol for symbol in sorted(wanted.free_symbols, key=str)}
    extra = sorted({symbol.name for symbol in answer.free_symbols} - known.keys())
    if extra:
        raise _Unusable(f"the answer has {', '.join(extra)}; it takes {', '.join(sorted(known))}")
    numbers = [sp.Rational(n, 4) for n in (2, 12, -2, -12, 5, 9)]
    choices = [[n for n in numbers if n > 0 or not known[name].is_positive] for name in known]
    outcomes = {}
    for values in points or itertools.product(*choices):
        at = dict(zip(known, values, strict=True))
        value = unfold(answer).subs({s: at[s.name] for s in answer.free_symbols})
        outcomes[_place(at.items())] = complex(value) if value.has(sp.I) else float(value)
    return outcomes


def _place(items):
    return ", ".join(f"{name} = {_show(value)}" for name, value in items)


def _show(value):
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    return np.array2string(value, precision=4) if isinstance(value, np.ndarray) else str(value)


def _same(value, wanted, rtol):
    if isinstance(wanted, str):
        return str(value).strip().lower() == wanted.lower()
    try:
        value, wanted = np.asarray(value, dtype=float), np.asarray(wanted, dtype=float)
    except (TypeError, ValueError):
        return False
    return value.shape == wanted.shape and np.allclose(value, wanted, rtol, atol=1e-12)


def _slip(given, wanted, exercise):
    """The name of a known slip that explains every outcome, as the end of a sentence."""
    wrong = {name: _outcomes(slip, exercise) for name, slip in exercise.slips.items()}
    if not isinstance(exercise.answer, sp.Basic):
        # Not every answer has two arguments, and can be called the wrong way round.
        with contextlib.suppress(_Unusable), np.errstate(all="ignore"):
            wrong[SWAPPED] = _outcomes(lambda a, b, *more: exercise.answer(b, a, *more), exercise)
    if not isinstance(next(iter(wanted.values())), str):
        for name, spoil in SLIPS.items():
            wrong[name] = {place: spoil(np.asarray(v, float)) for place, v in wanted.items()}
    for name, outcomes in wrong.items():
        if all(_same(value, outcomes[place], exercise.rtol) for place, value in given.items()):
            return f". This looks like {name}"
    return ""
