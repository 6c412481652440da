"""Hunts over `check`: any answer is met with a sentence, and a right one passes in any form."""

import builtins
import contextlib
import copy
import io
import random
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hunting import found, hunt
from hypothesis import given
from hypothesis import strategies as st
from test_exercises import EXERCISES, NESTED, ODD

from lossbook import exercises
from lossbook.exercises import Verdict

NAMES = [name for name, _ in EXERCISES]
ANSWERS = {name: exercise.answer for name, exercise in EXERCISES}
names = st.sampled_from(NAMES)


def kind(name):
    """What an exercise asks for."""
    answer = ANSWERS[name]
    if isinstance(answer, sp.Basic) and answer.free_symbols:
        return "expression"
    if callable(answer) and not isinstance(answer, sp.Basic):
        return "function"
    return type(answer).__name__ if isinstance(answer, str | bool | np.bool_) else "number"


def is_met(check, name, answer):
    """Whether the answer passes; it always gets a sentence."""
    verdict = check(name, answer)
    assert isinstance(verdict, Verdict), verdict
    assert verdict.right in (True, False, None)
    text = repr(verdict)
    assert text.startswith(f"{name}: ") and len(text) > len(name) + 10, text
    assert len(text) < 6000, text
    return verdict.right


# Odd answers.

ERRORS = [ValueError, KeyError, OSError, MemoryError, RecursionError, SystemExit, StopIteration]
ERRORS += [GeneratorExit, ExceptionGroup, UnicodeDecodeError, np.exceptions.AxisError, Warning]


class Silent(Exception):
    """An error that has no words."""

    def __str__(self):
        raise self


def raising(error):
    def function(*arguments):
        if error is ExceptionGroup:
            raise ExceptionGroup("several", [ValueError("one")])
        if error is UnicodeDecodeError:
            raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no")
        raise error

    return function


def endless(*arguments):
    return endless(*arguments)


def spoiling(answer):
    def function(*arguments):
        for argument in arguments:
            with contextlib.suppress(Exception):
                argument *= 0
        return answer

    return function


def never_agreeing(*arguments):
    return random.random()


def printing(*arguments):
    print("printed")
    return np.zeros(3)


VALUES = st.sampled_from(ODD) | NESTED
FUNCTIONS = st.one_of(
    st.sampled_from([endless, never_agreeing, printing, sum, len, np.mean, np.sort, dict, eval]),
    st.sampled_from([*ERRORS, Silent]).map(raising),
    VALUES.map(lambda value: lambda *arguments: value),
    VALUES.map(spoiling),
    st.functions(like=lambda *arguments: ..., returns=VALUES),
    st.integers(0, 3).map(lambda i: lambda *arguments: arguments[i]),
)
X = [sp.Symbol(name) for name in "wxyrstpKTUn"] + [
    sp.Symbol("delta"),
    sp.Integer(0),
    sp.Rational(1, 3),
]
OPERATIONS = [
    *(lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a**b),
    *(lambda a, b: a / b, lambda a, b: sp.log(a), lambda a, b: sp.Max(a, b)),
    *(lambda a, b: sp.Abs(a), lambda a, b: sp.Piecewise((a, sp.Ne(a, b)), (b, True))),
    *(lambda a, b: sp.Sum(a, (b, 0, 3)) if b.is_Symbol else a, lambda a, b: sp.gamma(a)),
    *(lambda a, b: sp.Integral(a, b) if b.is_Symbol else b, lambda a, b: sp.Mod(a, b)),
]


def applied(operation, a, b):
    try:
        made = operation(a, b)
    except Exception:  # what sympy does not take
        return a
    return made if made.count_ops() < 30 else a


EXPRESSIONS = st.recursive(
    st.sampled_from(X),
    lambda inner: st.builds(applied, st.sampled_from(OPERATIONS), inner, inner),
    max_leaves=5,
)
ANYTHING = st.one_of(VALUES, FUNCTIONS, EXPRESSIONS, EXPRESSIONS.map(str))


def search_for_no_sentence(check, data):
    name, answer = data.draw(names), data.draw(ANYTHING)
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        is_met(check, name, answer)


@hunt(100)
@given(st.data())
def test_any_answer_is_met_with_a_sentence(data):
    search_for_no_sentence(exercises.check, data)


def test_control_what_raises_is_found():
    def unguarded(name, answer):
        right, message = exercises._compare(answer, exercises._find(name))
        return Verdict(right, f"{name}: {message}")

    def speechless(name, answer):
        return Verdict(exercises.check(name, answer).right, "")

    def careless(name, answer):
        return exercises.check(name, answer).right

    for check, says in ((speechless, "startswith"), (careless, "isinstance")):
        assert says in found(search_for_no_sentence, check)
    with pytest.raises(Exception, match=r".") as error:
        found(search_for_no_sentence, unguarded)
    assert not isinstance(error.value, AssertionError)


# Texts are read, never run.

WORDS = ["canary(1)", "__import__('builtins').canary(1)", "lambda: canary(1)", "[canary(1)][0]"]
WORDS += ["(canary)(1)", "f'{canary(1)}'", "exec('canary(1)')", "sp.canary(1)", "canary(K)", "1"]
PARTS = [
    "{}",
    "{}+1",
    "2*({})",
    "log({})",
    "sp.Lambda(x, {})",
    "[{}, 2]",
    "{} if 1 else 2",
    "{}.real",
]
PARTS += ["x.subs(x, {})", "S('{}')", "sympify('{}')", "np.array([{}])", "Piecewise(({}, True))"]
PARTS += ["{};1", "1\n{}", "# {}", "*{}", "x:=({})", "{} for x in [1]", "getattr(np, '{}')"]
TEXTS = st.recursive(
    st.sampled_from(WORDS),
    lambda inner: st.builds(
        lambda part, text: part.replace("{}", text), st.sampled_from(PARTS), inner
    ),
    max_leaves=3,
)


def search_for_what_runs(check, data):
    ran, name, text = [], data.draw(names), data.draw(TEXTS)
    builtins.canary = ran.append
    try:
        for answer in (text, [text], np.array([text], object), lambda *arguments: text):
            is_met(check, name, answer)
    finally:
        del builtins.canary
    assert not ran, f"{text!r} was run"


@hunt(60)
@given(st.data())
def test_a_text_is_never_run(data):
    search_for_what_runs(exercises.check, data)


def test_control_what_runs_is_found():
    def running(name, answer):
        if isinstance(answer, str):
            with contextlib.suppress(Exception):
                sp.sympify(answer)
        return exercises.check(name, answer)

    assert "was run" in found(search_for_what_runs, running)


# Right answers in other forms.


def same_number(x):
    """A number in other forms, of which none has fewer digits."""
    forms = [x, np.float64(x), sp.Float(x, 17), Decimal(repr(x)), Fraction(x), repr(x), f" {x!r}\n"]
    forms += [np.array(x), sp.Matrix([sp.Float(x, 17)]), np.array(x, object), f"({x!r})", f"+{x!r}"]
    forms += [
        sp.nsimplify(x, rational=True),
        f"{x!r}*1",
        complex(x),
        np.longdouble(x),
        f"2*{x!r}/2",
    ]
    forms += [[x], [[x]], np.array([x]), f"'{x!r}'", f"[{x!r}]", f"{x!r}×√4÷2"]
    forms += [int(x), np.int64(x), sp.Integer(int(x)), f"{int(x)}/1"] if x == int(x) else []
    return forms


def other_forms(name, data):
    """A right answer in another form."""
    answer, pick = ANSWERS[name], lambda forms: data.draw(st.sampled_from(forms))
    match kind(name):
        case "number" if np.ndim(answer) == 0:
            return pick(same_number(float(answer)))
        case "number":
            array = np.array(answer, float)
            rows = array.tolist()
            whole = [
                rows,
                tuple(rows),
                array,
                array.astype(object),
                array[::-1].copy()[::-1],
                repr(rows),
            ]
            whole += [
                np.asfortranarray(array),
                sp.Matrix(rows),
                f"np.array({rows!r})",
                array.astype(">f8"),
            ]
            return pick([*whole, sp.ImmutableMatrix(rows)])
        case "str":
            return pick([answer, answer.upper(), f" {answer} ", np.str_(answer), np.array(answer)])
        case "bool" | "bool_":
            return pick([bool(answer), np.bool_(answer), np.array(bool(answer)), int(answer)])
        case "expression":
            plain = answer.subs({s: sp.Symbol(s.name) for s in answer.free_symbols})
            forms = [plain, sp.expand(plain), sp.UnevaluatedExpr(plain) + 0, sp.Matrix([plain])]
            forms += [
                np.array(plain, object),
                plain + sp.Symbol("q") - sp.Symbol("q"),
                sp.together(plain),
            ]
            texts = [str(plain), f"({plain})", f"0 + ({plain})", str(plain).replace("**", "^")]
            return pick([*forms, *texts, f"1*({plain})\n", 3 * plain / 3])
        case "function":
            return pick(
                [
                    answer,
                    lambda *arguments: np.array(answer(*arguments)),
                    lambda *arguments: np.array(answer(*arguments)).tolist(),
                    lambda *arguments: answer(*map(copy.deepcopy, arguments)),
                ]
            )


def search_for_a_refusal(check, data):
    name = data.draw(names)
    given_ = other_forms(name, data)
    verdict = check(name, given_)
    assert verdict.right is True, (given_, verdict)


@hunt(100)
@given(st.data())
def test_right_answers_pass_in_other_forms(data):
    search_for_a_refusal(exercises.check, data)


def test_control_a_refusal_is_found():
    def no_text(name, answer):
        return exercises.check(name, None if isinstance(answer, str) else answer)

    def no_columns(name, answer):
        return exercises.check(name, None if isinstance(answer, sp.MatrixBase) else answer)

    for check in (no_text, no_columns):
        assert "got None" in found(search_for_a_refusal, check)


def search_for_a_pass(check, data):
    """What is wrong by more than an exercise allows does not pass."""
    name = data.draw(names.filter(lambda name: kind(name) in ("number", "expression", "function")))
    answer = ANSWERS[name]
    spoil = data.draw(st.sampled_from([lambda x: x * 1.5 + 1, lambda x: x - 100, lambda x: -x - 1]))
    if kind(name) == "function":
        wrong = lambda *arguments: spoil(np.asarray(answer(*arguments)) * 1.0)  # noqa: E731
    else:
        wrong = spoil(answer if kind(name) == "expression" else np.asarray(answer, float))
    verdict = check(name, wrong)
    assert verdict.right is False, (name, wrong, verdict)


@hunt(50)
@given(st.data())
def test_wrong_answers_do_not_pass(data):
    search_for_a_pass(exercises.check, data)


def test_control_a_pass_is_found():
    def generous(name, answer):
        verdict = exercises.check(name, answer)
        return Verdict(True, verdict.message) if callable(answer) else verdict

    assert "is False" in found(search_for_a_pass, generous)
