"""The code about numbers in which a reader looks for a fault has it in one line."""

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
GAUSSIAN = np.random.default_rng(5).normal(size=999)
CENTRE, ONES = np.median(GAUSSIAN), np.ones((999, 1))
SCALE = np.median(abs(GAUSSIAN - CENTRE)) / 0.6745
WEIGHTS = 1.345 * SCALE / np.maximum(abs(GAUSSIAN - CENTRE), 1.345 * SCALE)
LOGITS, LABELS = np.array([-1.5, 0.3, 2.0, -0.7]), np.array([0, 1, 0, 1])


def turned(z, eps=0.1):
    """The loss of labels that are turned with the probability eps, from both ways to each."""
    p = 1 / (1 + np.exp(-z))
    return -np.log(
        np.where(LABELS == 1, p * (1 - eps) + (1 - p) * eps, p * eps + (1 - p) * (1 - eps))
    )


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
    "huber-7": (
        {
            "X": ONES,
            "y": GAUSSIAN,
            "w": np.array([CENTRE]),
            "fit_weighted": lambda X, y, weights: np.array([weights @ y / weights.sum()]),
        },
        "delta = 1.345 * np.median(abs(r)) / 0.6745",
        {"delta": 1.345 * SCALE, "w": WEIGHTS @ GAUSSIAN / WEIGHTS.sum()},
    ),
    "choosing-4": (
        {"z": LOGITS, "y": LABELS, "eps": 0.1},
        "q = eps + (1 - 2 * eps) * p",
        {
            "loss": turned(LOGITS),
            # By the complex step, exact to the last digits; 1e-20 squared is nothing beside 1.
            "grad_z": turned(LOGITS + 1e-20j).imag / 1e-20,
        },
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
