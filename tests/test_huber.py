"""The chapter on Huber's loss: its recorded table, its regression, what its exercises refuse."""

import nbformat
import numpy as np
import pytest
from prose import CHAPTERS

from lossbook import huber, tables
from lossbook.exercises import check
from tools import record_huber as record


def agree(computed, recorded):
    """Whether rows are the same: words exactly, numbers to the last of their five decimals."""
    for row, stored in zip(computed, recorded, strict=True):
        (noise, seed, *errors), words = row, list(stored.values())
        if [noise, str(seed)] != words[:2]:
            return False
        pairs = zip(map(float, errors), map(float, words[2:]), strict=True)
        if any(abs(new - old) > 1.5e-5 for new, old in pairs):  # one in the last place
            return False
    return True


def test_the_recorded_errors_of_slopes_are_computed_again():
    recorded = tables.records("huber_deltas")
    seeds = [0, len(record.SEEDS) - 1]
    again = [row for row in recorded if int(row["seed"]) in seeds]
    assert len(recorded) == len(record.NOISES) * len(record.SEEDS)
    assert agree(record.errors(seeds), again)
    assert not agree(record.errors([1, 2]), again)  # control: other seeds


def test_the_regression_on_the_page_where_a_residual_is_0():
    found = {"np": np}
    for cell in nbformat.read(CHAPTERS / "regression/huber.ipynb", 4).cells:
        if cell.source.startswith(("def fit_weighted", "def huber_regression")):
            exec(cell.source, found)
    X, y = np.column_stack([np.ones(5), np.arange(-2, 3)]), np.array([0.0, 3, 2, 1, 4])
    w = found["huber_regression"](X, y, 1e-4)[0]  # its first fit meets the third point
    assert w == pytest.approx([2, 0.970], abs=5e-4)
    with pytest.raises(ValueError, match="half of the points lie on the fit"):
        found["huber_regression"](np.ones((4, 1)), np.zeros(4), 1e-4)
    with pytest.raises(ValueError, match="no convergence in 3 steps"):
        found["huber_regression"](X, y, 1e-4, steps=3)


def bisect(y, delta, shortest):
    low, high = y.min(), y.max()
    for _ in range(200):
        middle = (low + high) / 2
        rising = huber.grad(middle, y, delta=delta).sum() >= 0
        low, high = (low, middle) if rising else (middle, high)
        if high - low <= shortest:
            break
    return (low + high) / 2


def test_a_best_constant_of_tiny_numbers():
    assert check("huber-10", lambda y, delta: bisect(y, delta, 0)).right
    assert not check("huber-10", lambda y, delta: bisect(y, delta, 1e-9)).right


@pytest.mark.parametrize(("answer", "right"), [(0.982, True), (0.98180, True), (0.981, False)])
def test_three_decimals_of_exercise_8(answer, right):
    assert check("huber-8", answer).right == right
