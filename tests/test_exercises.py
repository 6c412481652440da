"""Exercises answer back; and the book's exercises, stubs and solutions belong together."""

import re
from importlib import import_module
from pathlib import Path

import nbformat
import numpy as np
import pytest
import sympy as sp

from lossbook import answers, exercises
from lossbook.exercises import Exercise, check

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted(
    path.stem for path in Path(answers.__file__).parent.glob("*.py") if path.stem != "__init__"
)
EXERCISES = [
    item
    for chapter in CHAPTERS
    for item in import_module(f"lossbook.answers.{chapter}").EXERCISES.items()
]
CALL = re.compile(r'check\("([\w-]+)"')


@pytest.fixture
def one(monkeypatch):
    """Put an exercise in the place of all: `one(Exercise(...))`."""
    return lambda exercise: monkeypatch.setattr(exercises, "_find", lambda name: exercise)


def half_square(y_hat, y, delta=1.0):
    return delta * (y_hat - y) ** 2 / 2


AT = ((1.0, 3.0, 1.0), (2.0, 0.0, 3.0))


def test_a_stub_is_not_attempted_yet(one):
    one(Exercise(half_square, "shows", at=AT))
    for stub in (..., lambda y_hat, y, delta: ...):
        assert check("x-1", stub).right is None
        assert "not attempted yet" in repr(check("x-1", stub))


def test_a_right_answer_says_what_it_shows(one):
    one(Exercise(half_square, "what it shows", at=AT))
    verdict = check("x-1", lambda a, b, c: c * (b - a) ** 2 * 0.5)
    assert verdict.right is True
    assert "what it shows" in verdict.message


def test_a_wrong_function_meets_a_counterexample(one):
    one(Exercise(half_square, "shows", at=AT))
    verdict = check("x-1", lambda a, b, c: (a - b) ** 2 / 2)
    assert verdict.right is False
    assert "at y_hat = 2, y = 0, delta = 3: 6 expected, 2 given" in verdict.message


@pytest.mark.parametrize(
    ("spoiled", "name"),
    [
        (lambda a, b, c: 2 * half_square(a, b, c), "twice the right answer"),
        (lambda a, b, c: half_square(a, b, c) / 2, "half the right answer"),
        (lambda a, b, c: -half_square(a, b, c), "the sign turned"),
        (lambda a, b, c: c * (a - b), "the gradient"),
    ],
)
def test_known_slips_have_names(one, spoiled, name):
    one(Exercise(half_square, "", at=AT, slips={"the gradient": lambda a, b, c: c * (a - b)}))
    assert name in check("x-1", spoiled).message


def test_swapped_arguments_and_missing_means_have_names(one):
    samples = np.array([1.0, 2.0, 4.0])
    one(Exercise(lambda y_hat, y: y_hat - 2 * y, "", at=((samples, 1.0), (samples, 3.0))))
    assert "arguments swapped" in check("x-1", lambda a, b: b - 2 * a).message
    assert "the mean, where" in check("x-1", lambda a, b: (a - 2 * b).mean()).message
    assert "the sum, where" in check("x-1", lambda a, b: (a - 2 * b).sum()).message


def test_expressions_are_compared_as_expressions(one):
    r, delta = sp.symbols("r delta", positive=True)
    one(Exercise(delta / r, ""))
    loose_r, loose_delta = sp.symbols("r delta")  # a learner's symbols, without assumptions
    assert check("x-1", 1 / (loose_r / loose_delta)).right
    assert "twice" in check("x-1", 2 * delta / r).message
    assert "at delta = 1/2, r = 1/2: 1 expected, 0.5 given" in check("x-1", r).message
    assert "the answer has q" in check("x-1", sp.Symbol("q")).message
    for no_expression in (lambda r: r, "delta/(", [1, 2], None, np.ones(2)):
        assert "an expression is asked, got" in check("x-1", no_expression).message


def test_expressions_are_compared_where_the_exercise_asks(one):
    r, delta = sp.symbols("r delta", positive=True)
    one(Exercise(delta / r, "", at=((1, 3), (2, 4))))  # r > delta
    assert check("x-1", sp.Min(r, delta) / r).right
    assert "at delta = 1, r = 3: 0.333333 expected, 1 given" in check("x-1", delta).message


@pytest.mark.parametrize(
    ("answer", "given", "right"),
    [
        (1.5, 1.5000001, True),
        (1.5, sp.Rational(3, 2), True),
        (1.5, 1.6, False),
        (1.5, "three", False),
        (1.5, None, False),
        ("median", "Median ", True),
        ("median", "mean", False),
        (np.array([1.0, 2.0]), [1, 2], True),
        (np.array([1.0, 2.0]), [1, 2, 3], False),
    ],
)
def test_values(one, answer, given, right):
    one(Exercise(answer, ""))
    assert check("x-1", given).right is right


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (3, "a function is asked, got int"),
        (lambda a, b, c: 1 / 0, "raised ZeroDivisionError"),
        (lambda a: a, "raised TypeError"),
        (lambda a, b, c: None, "is a return missing?"),
    ],
)
def test_unusable_functions(one, given, message):
    one(Exercise(half_square, "", at=AT))
    assert check("x-1", given).right is False
    assert message in check("x-1", given).message


def test_a_function_where_a_value_is_asked(one):
    one(Exercise(1.5, ""))
    assert "a value is asked" in check("x-1", half_square).message


@pytest.mark.parametrize("name", ["huber-99", "nothing-1", "huber", "", 3])
def test_unknown_exercises_are_named(name):
    with pytest.raises(ValueError, match="name takes"):
        check(name, ...)


@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_the_answer_passes_and_the_slips_are_named(name, exercise):
    assert check(name, exercise.answer).right
    assert check(name, ...).right is None
    for slip, wrong in exercise.slips.items():
        verdict = check(name, wrong)
        assert verdict.right is False
        assert "This looks like" in verdict.message, slip


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_exercise_has_a_stub_a_hint_and_a_solution(chapter):
    ids = list(import_module(f"lossbook.answers.{chapter}").EXERCISES)
    [page] = [
        path
        for path in ROOT.glob(f"chapters/**/{chapter}.ipynb")
        if path.parent.name != "solutions"
    ]
    stubs, solutions = (
        nbformat.read(path, as_version=4)
        for path in (page, ROOT / f"chapters/solutions/{chapter}.ipynb")
    )
    assert calls(stubs) == ids
    assert calls(solutions) == ids
    assert sum("{dropdown} Hint" in cell.source for cell in stubs.cells) == len(ids)
    assert all("not attempted yet" in shown for shown in verdicts(stubs))
    assert all(": right." in shown for shown in verdicts(solutions))


def calls(notebook):
    return CALL.findall("\n".join(c.source for c in notebook.cells if c.cell_type == "code"))


def verdicts(notebook):
    """What the cells with a `check` show, as stored."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and CALL.search(cell.source):
            yield cell.outputs[-1].data["text/plain"]
