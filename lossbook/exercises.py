"""Exercises that check an answer: `check("huber-2", answer)`.

The exercises of a chapter stand in `lossbook/answers/<chapter>.py`, as a dict EXERCISES from
their id to an `Exercise`. An answer is a number, a word, an array, a sympy expression or a
function; the reply to a wrong one is a counterexample and, for a known slip, its name.
"""

import contextlib
import copy
import html
import inspect
import itertools
import numbers
import pkgutil
import re
import unicodedata
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

import numpy as np
import sympy as sp

from lossbook import answers
from lossbook.mathtext import Unreadable, parse, shorten, value


@dataclass(frozen=True)
class Exercise:
    """The right answer of an exercise, what it shows, and which wrong ones are known.

    answer: what the learner should give.
    shows: a sentence for the learner who gave it.
    at: for a function, the tuples of arguments to compare it at; for an expression whose
        symbols may not be any number (a label, a count), values of them in alphabetical order.
    slips: wrong answers of the same kind, by name; those in SLIPS are known for all.
    decimals, digits: how many decimals the text asks of a number, or else significant digits;
        more may be given, and must be right as well.
    rtol: how far a value of a function or of an expression may be off, relative to the right one.
    """

    answer: Any
    shows: str
    at: tuple = ()
    slips: dict[str, Any] = field(default_factory=dict)
    decimals: int | None = None
    digits: int = 3
    rtol: float = 1e-6


@dataclass(frozen=True)
class Verdict:
    """What `check` says; `right` is None for an exercise that was not attempted yet."""

    right: bool | None
    message: str

    def __repr__(self):
        return self.message

    def _repr_html_(self):
        """In a notebook, a bar of green or red beside the message; a stub has none."""
        if self.right is None:
            return None
        colour, mark = ("#2da44e", "✓") if self.right else ("#e5534b", "✗")
        name, _, text = self.message.partition(": ")
        text = html.escape(text[0].upper() + text[1:])
        style = f"border-left: 4px solid {colour}; padding-left: 0.7em; white-space: pre-wrap"
        return f'<div style="{style}">{mark} {text} ({name})</div>'


# Slips that are common to all exercises, each as a function of the right numbers.
SLIPS = {
    "twice the right answer": lambda right: 2 * right,
    "half the right answer": lambda right: right / 2,
    "the right answer with the sign turned": lambda right: -right,
    "the mean, where each sample's value is asked": np.mean,
    "the sum, where each sample's value is asked": np.sum,
}
SWAPPED = "the right answer with the first two arguments swapped"
# "statement B", "the quantile"; but "A B" are two choices.
ARTICLE = r"^\W*((the +)?(statement|answer|option) +(?=\w\W*$)|(the|an?) +(?=\w\w))"
PER_CENT = "the right answer in per cent (a share is asked: divide by 100)"


def check(name: str, answer: Any) -> Verdict:
    """Compare an answer with the exercise's own. The reply is a Verdict, which prints as a line.

    name: the exercise's id, such as "huber-2".
    answer: anything, `...` where there is none yet. It is never changed, and a text never run as
        code; what cannot be read is a wrong answer, and raises nothing.
    Raises ValueError for an id that does not exist, and names those that do.

    >>> check("huber-2", ...)
    huber-2: not attempted yet
    """
    exercise = _find(name)
    try:
        right, message = _compare(answer, exercise)
    except (_Unusable, Unreadable) as error:
        right, message = False, str(error)
    except KeyboardInterrupt:  # the learner's own
        raise
    except BaseException as error:  # an answer is any object, whose methods may raise
        right, message = False, f"the answer cannot be read: {type(error).__name__} on the way"
    return Verdict(right, f"{name}: {message}")


def page_data(name: str) -> dict[str, Any]:
    """What a page needs to judge an answer as `check` does, in types that JSON has.

    kind: "value" of one number or several, "word", "expression" or "function".
    wanted: the right outcomes, one for each of the places; slips: pairs (name, outcomes).
    names, points: the symbols of an expression, and the numbers at which it is compared.
    tests: of a function, pairs (arguments, result) of texts.
    Raises ValueError for an id that does not exist. `explorers/src/exercises/judge.js` reads it.

    >>> page_data("huber-2")["wanted"]
    [-1.0]
    """
    exercise = _find(name)
    wanted = _outcomes(exercise.answer, exercise)
    data = {"kind": _kind(exercise), "shows": exercise.shows, "places": _places(exercise)}
    if data["kind"] == "function":
        tests = zip(data.pop("places"), map(_show, wanted), strict=True)
        return data | {"tests": list(map(list, tests))}
    slips = _known_slips(wanted, exercise).items()
    data |= {"wanted": _plain(wanted), "slips": [[slip, _plain(found)] for slip, found in slips]}
    data |= {"decimals": exercise.decimals, "digits": exercise.digits, "rtol": exercise.rtol}
    if data["kind"] == "expression":
        points = [list(map(float, point)) for point in _points(exercise)]
        data |= {"names": list(_symbols(exercise)), "points": points}
    return data


def _kind(exercise):
    if _is_expression(exercise):
        return "expression"
    if callable(exercise.answer) and not isinstance(exercise.answer, sp.Basic):
        return "function"
    return "word" if isinstance(exercise.answer, str) else "value"


def _plain(outcomes):
    """Outcomes as numbers, texts and lists of them; None for what is no number."""
    if isinstance(outcomes, list | np.ndarray) and np.ndim(outcomes):
        return list(map(_plain, outcomes))
    if isinstance(outcomes, str):
        return outcomes
    number = complex(outcomes)
    return number.real if number == number and not number.imag else None


def _find(name):
    chapters = sorted(module.name for module in pkgutil.iter_modules(answers.__path__))
    chapter = name.rpartition("-")[0] if isinstance(name, str) else ""
    if chapter not in chapters:
        raise ValueError(
            f"name takes an exercise's id, such as 'huber-1', of {', '.join(chapters)}; "
            f"got {_text(name)}"
        )
    exercises = import_module(f"lossbook.answers.{chapter}").EXERCISES
    if name not in exercises:
        raise ValueError(f"name takes one of {', '.join(exercises)}, got {name!r}")
    return exercises[name]


class _Unusable(Exception):
    """The answer is not of the kind that is asked."""


class _NotAttempted(Exception):
    """The answer is still the stub."""


def _compare(answer, exercise):
    try:
        given = _outcomes(answer, exercise)
    except _NotAttempted:
        return None, "not attempted yet"
    wanted = _outcomes(exercise.answer, exercise)
    if _agree(given, wanted, exercise):
        exact = _agree(given, wanted, _to(9, exercise))
        more = "" if exact else f" (to more digits {_show(wanted[0])})"
        return True, f"right{more}. {exercise.shows}"
    hint = _slip(given, wanted, exercise)
    if not hint and _is_typed(exercise):
        n = exercise.decimals
        asked = f"{exercise.digits} digits" if n is None else f"{n} decimal{'s' * (n > 1)}"
        if _agree(given, wanted, _to(2, exercise)):
            return False, f"right, but rounded too far: give {asked}, or an exact form"
        if all(map(_begins_as, given, wanted, itertools.repeat(exercise))):
            why = f"It is right to {asked}, but not beyond: give {asked}, or an exact form"
            return False, f"not yet. {why}"
    return False, f"not yet. {hint}{_counterexample(given, wanted, exercise)}"


def _counterexample(given, wanted, exercise):
    places = _places(exercise)
    wrong = [i for i in range(len(given)) if not _same(given[i], wanted[i], exercise)]
    finite = [i for i in wrong if not _is_nan(given[i])]
    if places != [""] and not finite and len(wrong) < len(given):
        return f"at {places[wrong[0]]} it has no number; elsewhere it is right"
    i = (finite or wrong)[0]
    right, other = _distinguishable(wanted[i], given[i])
    if np.shape(given[i]) != np.shape(wanted[i]):
        other += f" (of shape {np.shape(given[i])}, not {np.shape(wanted[i])})"
    return f"at {places[i]}: {right} expected, {other} given" if places[i] else f"{other} given"


def _is_expression(exercise):
    return isinstance(exercise.answer, sp.Basic) and bool(exercise.answer.free_symbols)


def _outcomes(answer, exercise):
    """The values of an answer, at each point of comparison: numbers, words or booleans."""
    if answer is ...:
        raise _NotAttempted
    if _is_expression(exercise):
        return _expression(answer, exercise)
    if not callable(exercise.answer):
        if callable(answer) and not isinstance(answer, sp.Basic):
            raise _Unusable("a value is asked, not a function")
        return [_read(answer, like=exercise.answer)]
    if not callable(answer):
        raise _Unusable(f"a function is asked, got {type(answer).__name__}")
    like = exercise.answer(*copy.deepcopy(exercise.at[0]))
    return [
        _call(answer, at, place, like)
        for at, place in zip(exercise.at, _places(exercise), strict=True)
    ]


def _call(function, at, place, like):
    """What the function returns for copies of the arguments, which it may change."""
    try:
        returned = function(*copy.deepcopy(at))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # Whatever a learner's function raises is a reply to the learner.
        about = f"{type(error).__name__}: {_text(error)}".rstrip(": ")
        raise _Unusable(f"the function raised {about}, at {place}") from error
    if returned is None:
        raise _Unusable("the function returned None; is a return missing?")
    if isinstance(returned, str):
        raise _Unusable(f"the function returned the text {shorten(returned)}; is it in quotes?")
    try:
        return _read(returned, like)
    except (_Unusable, Unreadable) as error:
        raise _Unusable(f"at {place}, {error}") from None


def _expression(answer, exercise):
    """The values of an expression at the points; its symbols are known by their names."""
    known = _symbols(exercise)
    expr = _as_expression(answer, known)
    extra = sorted({symbol.name for symbol in expr.free_symbols} - set(known))
    if extra:
        raise _Unusable(f"the answer has {', '.join(extra)}; it takes {', '.join(known)}")
    return [value(expr, dict(zip(known, map(float, at), strict=True))) for at in _points(exercise)]


def _symbols(exercise):
    return {symbol.name: symbol for symbol in sorted(exercise.answer.free_symbols, key=str)}


def _points(exercise):
    """Where expressions are compared: at `at`, or else at numbers that the symbols may be."""
    if exercise.at:
        return exercise.at
    some = [sp.Rational(n, 4) for n in (2, 12, -2, -12, 5, 9)]
    symbols = _symbols(exercise).values()
    each = ([n for n in some if n > 0 or not s.is_positive] for s in symbols)
    points = list(itertools.product(*each))
    return points[:: len(points) // 50 | 1]  # of many, some fifty that take every value


def _as_expression(answer, names):
    answer = _unwrap(answer)
    if isinstance(answer, str):
        try:
            answer = parse(answer, names)
        except Unreadable as error:
            raise _Unusable(f"an expression is asked, got {shorten(answer)}: {error}") from None
    elif isinstance(answer, numbers.Number) and not isinstance(answer, bool | np.bool_):
        answer = sp.Float(float(_number(answer)))
    if not isinstance(answer, sp.Expr):
        raise _Unusable(f"an expression is asked, got {_text(answer)}")
    return answer


def _unwrap(answer):
    """The entry of an array without axes, or of a matrix of one; other answers as they are."""
    if isinstance(answer, np.ma.MaskedArray) and np.ma.is_masked(answer):
        raise _Unusable("the answer has entries that are masked")
    if isinstance(answer, np.ndarray) and answer.ndim == 0:
        answer = answer.item()
    elif isinstance(answer, sp.MatrixBase) and answer.shape == (1, 1):
        answer = answer[0]
    if answer is ...:
        raise _NotAttempted
    return answer


def _places(exercise):
    """The names of the points of comparison; a single value has none."""
    if _is_expression(exercise):
        names, points = _symbols(exercise), _points(exercise)
    elif callable(exercise.answer):
        names, points = inspect.signature(exercise.answer).parameters, exercise.at
    else:
        return [""]
    return [
        ", ".join(f"{n} = {_show(v)}" for n, v in zip(names, at, strict=False)) for at in points
    ]


def _read(answer, like):
    """An answer as a word, a boolean or an array of numbers, whichever `like` is."""
    answer = _unwrap(answer)
    if isinstance(like, str):
        if not isinstance(answer, str):
            raise _Unusable(f"a word is asked, got {_text(answer)}")
        return str(answer)
    if isinstance(like, bool | np.bool_):
        if isinstance(answer, bool | np.bool_) or (isinstance(answer, int) and answer in (0, 1)):
            return bool(answer)
        raise _Unusable(f"True or False is asked, got {_text(answer)}")
    found = np.array(_numbers(answer, several=np.ndim(like) > 0))
    # A list of one number is that number, if one is asked.
    return found.reshape(()) if np.ndim(like) == 0 and found.size == 1 else found


def _numbers(answer, several=False):
    """A number, or a list of them, of lists of them, and so on, in floating point."""
    if isinstance(answer, str):
        answer = parse(answer, several=several)
    if isinstance(answer, sp.MatrixBase):
        answer = answer.tolist() if 1 not in answer.shape else list(answer)
    elif isinstance(answer, np.ndarray) and answer.dtype.kind in "iuf":
        return answer.astype(float)  # a copy: a function may use its array again
    elif isinstance(answer, np.ndarray) and answer.dtype.kind in "bcOU":
        answer = answer.tolist()
    elif not isinstance(answer, np.ndarray | np.generic | sp.Basic) and hasattr(
        answer, "__array__"
    ):
        return _numbers(np.asarray(answer))  # of another library, such as pandas
    if not isinstance(answer, list | tuple | sp.Tuple):
        return _number(answer)
    parts = [np.asarray(_numbers(part)) for part in answer]
    if len({part.shape for part in parts}) > 1:
        raise _Unusable("the rows of the answer have different lengths")
    return np.array(parts, float)


def _number(answer):
    if isinstance(answer, bool | np.bool_ | sp.logic.boolalg.BooleanAtom):
        raise _Unusable(f"a number is asked, got {answer}")
    if isinstance(answer, sp.Expr):
        if answer.free_symbols:
            raise _Unusable(f"a number is asked, but the answer has {_text(answer)}")
        answer = float(answer) if answer in (sp.oo, -sp.oo) else value(answer, {})
    if not isinstance(answer, numbers.Number):
        raise _Unusable(f"a number is asked, got {_text(answer)}")
    try:
        answer = complex(answer)
    except OverflowError:
        raise _Unusable("a number is asked, and this one is too large") from None
    if answer.imag:
        raise _Unusable(f"a real number is asked, got {_show(answer)}")
    return answer.real


def _text(answer):
    """The repr of an answer, shortened; its type, where repr raises."""
    try:
        text = str(answer) if isinstance(answer, BaseException) else repr(answer)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return type(answer).__name__
    return text if len(text) <= 200 else f"{text[:197]}..."


def _show(shown, digits=6):
    if isinstance(shown, np.ndarray) and shown.ndim == 0:
        shown = shown.item()
    if isinstance(shown, float | complex):
        return "no number" if shown != shown else f"{shown:.{digits}g}"
    if not isinstance(shown, np.ndarray):
        return getattr(shown, "__name__", str(shown))
    if shown.dtype.kind == "f" and digits < 17:
        texts = {f"{v:.{digits}g}" for v in shown.flat}
        if len(texts) < len(np.unique(shown)):  # different numbers that would look the same
            return _show(shown, {6: 10}.get(digits, 17))
    return np.array2string(shown, formatter={"float_kind": f"{{:.{digits}g}}".format})


def _distinguishable(wanted, given):
    """Both as texts, with as many digits as it takes to tell them apart."""
    for digits in (6, 10, 17):
        texts = _show(wanted, digits), _show(given, digits)
        if texts[0] != texts[1]:
            break
    return texts


def _is_nan(number):
    return isinstance(number, float | complex) and number != number


def _agree(given, wanted, exercise):
    return all(map(_same, given, wanted, itertools.repeat(exercise)))


def _same(given, wanted, exercise):
    if isinstance(wanted, str):
        return _letters(given) == _letters(wanted)
    given, wanted = np.asarray(given), np.asarray(wanted)
    if given.shape != wanted.shape:
        return False
    close = np.isclose(given, wanted, exercise.rtol, 1e-12)
    if _is_typed(exercise) and not np.all(close):
        close |= _is_rounding(given, wanted, exercise)
    return bool(np.all(close))


def _is_typed(exercise):
    """Whether the answer is a number or several, which may be rounded by hand."""
    return _kind(exercise) == "value"


def _to(digits, exercise):
    """The exercise, if it asked for so many significant digits."""
    return replace(exercise, decimals=None, digits=digits)


def _unit(exact, exercise):
    """The unit of the last digit that is asked of numbers."""
    size = np.floor(np.log10(np.maximum(abs(exact), 1e-300)))
    significant = exercise.decimals is None
    return 10.0 ** -(exercise.digits - 1 - size if significant else exercise.decimals + 0 * size)


@np.errstate(all="ignore")  # an answer may be infinite, or huge
def _is_rounding(given, exact, exercise):
    """Which numbers are the exact ones, rounded: to the digits that are asked, or to more.

    Who gives more digits than are asked says that those are right as well.
    """
    units = np.divide.outer(_unit(exact, exercise), 10.0 ** np.arange(10))
    given, exact = given[..., None], exact[..., None]
    rounded = np.round(given / units) * units
    ends_there = abs(given - rounded) <= 1e-7 * abs(given)  # in single precision, too
    half = abs(rounded - exact) <= (0.5 + 1e-9) * units  # up or down
    return np.any(ends_there & half, axis=-1)


@np.errstate(all="ignore")
def _begins_as(given, exact, exercise):
    """Whether numbers would be right if they were rounded to the digits that are asked."""
    if np.shape(given) != np.shape(exact):
        return False
    unit = _unit(exact, exercise)
    return bool(np.all(abs(given - np.round(exact / unit) * unit) < unit / 2))


def _letters(word):
    """What of a word counts: not its article, nor what it is called before a letter."""
    bare = re.sub(ARTICLE, "", unicodedata.normalize("NFKC", word), flags=re.I)
    return re.sub(r"[\W_]+", "", bare.casefold())


def _slip(given, wanted, exercise):
    """The name of a known slip that explains every outcome, as the beginning of a sentence."""
    wrong = _known_slips(wanted, exercise)
    names = [name for name, outcomes in wrong.items() if _explains(given, outcomes, exercise)][:1]
    if _is_share(wanted) and _explains(given, [100 * wanted[0]], exercise):
        names.append(PER_CENT)
    return f"This looks like {', or '.join(names)}; " if names else ""


def _known_slips(wanted, exercise):
    """The outcomes of wrong answers, by name."""
    wrong = {name: _outcomes(slip, exercise) for name, slip in exercise.slips.items()}
    with np.errstate(all="ignore"):
        if callable(exercise.answer) and not isinstance(exercise.answer, sp.Basic):
            # Not every answer has two arguments, and can be called the wrong way round.
            with contextlib.suppress(_Unusable):
                swapped = _outcomes(lambda a, b, *more: exercise.answer(b, a, *more), exercise)
                wrong[SWAPPED] = swapped
        if not isinstance(wanted[0], str | bool):
            for name, slip in SLIPS.items():
                wrong[name] = [slip(np.asarray(v)) for v in wanted]
        for name, outcomes in list(wrong.items()):
            if _agree(outcomes, wanted, exercise):
                del wrong[name]  # such as the mean of one number
    return wrong


def _is_share(wanted):
    return isinstance(wanted[0], np.ndarray) and wanted[0].ndim == 0 and 0 < wanted[0] < 1


def _explains(given, outcomes, exercise):
    """Whether a slip's values are those given, rounded on one side or the other."""
    if _agree(given, outcomes, exercise):
        return True
    return _is_typed(exercise) and (
        _agree(given, outcomes, _to(3, exercise)) or _agree(outcomes, given, exercise)
    )
