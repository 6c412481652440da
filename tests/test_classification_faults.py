"""The code of the chapters on classes in which a reader looks for a fault has it in one line."""

import re

import numpy as np
import pytest
from test_exercises import EXERCISES, question

from lossbook import cross_entropy_with_logits, focal, hinge

RNG = np.random.default_rng(3)
Z, T, REAL = RNG.normal(size=(6, 3)), np.array([0, 2, 1, 1, 0, 2]), np.array([1, 1, 0, 1, 0, 0])
P, Y = RNG.uniform(0.1, 0.9, 6), np.array([1, 0, 0, 1, 1, 0])
X, W, B = RNG.normal(size=(6, 2)), np.array([0.4, -0.2]), 0.3
PULL = hinge.grad(X @ W + B, 2 * Y - 1)
FAULTS = {  # what is given, the line repaired, and what the lines then compute
    "cross_entropy-13": (
        {"z": Z, "t": T, "real": REAL},
        "mean = loss.sum() / real.sum()",
        {"mean": cross_entropy_with_logits(Z, np.eye(3)[T])[REAL == 1].mean()},
    ),
    "focal-11": (
        {"p": P, "y": Y, "alpha": 0.25, "gamma": 2.0},
        "factor = (1 - p_t) ** gamma",
        {"loss": focal(P, Y, alpha=0.25, gamma=2.0)},
    ),
    "hinge-5": (
        {"X": X, "y": 2 * Y - 1, "w": W, "b": B, "C": 2.0},
        "slope_b = -push.sum()",
        {"slope_w": W + 2 * PULL @ X, "slope_b": 2 * PULL.sum()},
    ),
}


def agrees(lines, given, wanted):
    words = {"np": np} | given
    exec("\n".join(lines), words)
    return all(np.allclose(words[name], value, rtol=1e-9) for name, value in wanted.items())


@pytest.mark.parametrize("name", FAULTS)
def test_the_line_that_is_wrong_is_the_answer(name):
    given, repaired, wanted = FAULTS[name]
    lines = re.search(r"```python\n(.*?)\n```", question(name), re.DOTALL)[1].split("\n")
    assert not agrees(lines, given, wanted)
    answer = dict(EXERCISES)[name].answer
    assert lines[answer - 1].endswith(f"# {answer}")
    lines[answer - 1] = repaired
    assert agrees(lines, given, wanted)
