"""The code in which a reader of the first chapters looks for a fault has it in one line."""

import re

import numpy as np
import pytest
from test_classification_faults import agrees
from test_exercises import EXERCISES, question

RNG = np.random.default_rng(4)
EARLY, LATE = np.array([54.0, 70.0, 79.0]), np.array([80.0, 71.5, 60.0])
X, X_NEW = RNG.normal(3, 2, size=(8, 2)), RNG.normal(1, 3, size=(5, 2))
Y = X @ [1, -2] + RNG.normal(size=8)
FIT = np.linalg.lstsq(np.column_stack([np.ones(8), X]), Y, rcond=None)[0]
FAULTS = {  # what is given, the line repaired, and what the lines then compute
    "loss_functions-2": (
        {"y_hat": EARLY, "y": LATE, "kappa": 9.0},
        "gradient = kappa * (late > 0) - (late < 0)",
        {"loss": np.array([26.0, 1.5, 171.0]), "gradient": np.array([-1.0, -1.0, 9.0])},
    ),
    "mixed_regression-5": (
        {"X_train": X, "y": Y, "X_new": X_NEW},
        "Z_new = (X_new - mean) / sd",
        {"y_hat": FIT[0] + X_NEW @ FIT[1:]},
    ),
}


def code(name):
    return re.search(r"```python\n(.*?)\n```", question(name), re.DOTALL)[1].split("\n")


@pytest.mark.parametrize("name", FAULTS)
def test_the_line_that_is_wrong_is_the_answer(name):
    given, repaired, wanted = FAULTS[name]
    lines = code(name)
    assert not agrees(lines, given, wanted)
    answer = dict(EXERCISES)[name].answer
    assert lines[answer - 1].endswith(f"# {answer}")
    lines[answer - 1] = repaired
    assert agrees(lines, given, wanted)


def holds(line, samples):
    """Whether a comparison of the exercise holds for all samples, up to rounding."""
    smaller, larger = line.split("#")[0].split("<=")
    for y in samples:
        words = {"np": np, "y": y, "mean": y.mean(), "median": np.median(y)}
        if eval(smaller, words) > eval(larger, words) * (1 + 1e-12) + 1e-300:
            return False
    return True


def test_one_comparison_fails_and_it_is_the_answer():
    shapes = (RNG.normal, RNG.standard_cauchy, RNG.exponential)
    samples = [draw(size=n) for draw in shapes for n in range(1, 40)]
    samples = [scale * y for y in samples for scale in (1e-3, 1, 1e3)]
    lines = code("mae-3")
    failing = [n for n, line in enumerate(lines, 1) if not holds(line, samples)]
    assert failing == [dict(EXERCISES)["mae-3"].answer]
    assert holds(lines[failing[0] - 1], [1e3 * y for y in (np.arange(4), np.ones(3))])
