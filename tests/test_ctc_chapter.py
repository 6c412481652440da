"""What the chapter on CTC says of its experiments and of two readings, found again."""

from itertools import groupby, product
from statistics import fmean, stdev

import numpy as np
import pytest
from prose import CHAPTERS, markdown

from lossbook import tables

TEXT = " ".join(markdown(CHAPTERS / "ranking" / "ctc.ipynb").split())


def texts(p):
    """The probabilities of all texts of a and b, by going through all paths; 0 is the blank."""
    found = {}
    for path in product(range(3), repeat=len(p)):
        text = "".join(" ab"[k] for k, _ in groupby(path) if k)
        found[text] = found.get(text, 0) + p[range(len(p)), path].prod()
    return found


def both(found):
    return found.get("ab", 0) * found.get("ba", 0)


def ends(found):
    """The product of the probabilities of what begins and ends with a, and with b."""
    same = [sum(p for text, p in found.items() if text[:1] == text[-1:] == k) for k in "ab"]
    return same[0] * same[1]


@pytest.mark.parametrize("frames", [2, 3, 5])
def test_independent_frames_give_two_readings_a_quarter_each_at_most(frames):
    rng = np.random.default_rng(frames)
    for scale in (0.1, 1, 10):
        for p in rng.dirichlet(np.full(3, scale), size=(30, frames)):
            found = texts(p)
            assert both(found) <= min(ends(found), 1 / 16) * (1 + 1e-12)
    even = np.array([[0, 0.5, 0.5]] * 2)
    assert both(texts(even)) == 1 / 16


def test_control_frames_that_are_not_independent():
    one, other = texts(np.eye(3)[[1, 2]]), texts(np.eye(3)[[2, 1]])
    mixed = {text: (one.get(text, 0) + other.get(text, 0)) / 2 for text in {*one, *other}}
    assert both(mixed) == 1 / 4 and ends(mixed) == 0


def early(layout):
    """In how many networks most spikes stand before the middle of their digit."""
    found = []
    for row in tables.records("ctc_places"):
        if row["layout"] == layout:
            counts = {int(k[3:]): int(n) for k, n in row.items() if k.startswith("at ")}
            found.append(2 * sum(n for k, n in counts.items() if k < 4) > sum(counts.values()))
    assert len(found) == 30
    return sum(found)


def test_places_of_spikes():
    assert early("empty end") == 0 and early("empty start") == 30
    assert f"late in {30 - early('anywhere')} networks and early in {early('anywhere')}" in TEXT


def test_decoders():
    wrong = {}
    for row in tables.records("ctc_decoders"):
        share = int(row["wrong"]) / int(row["letters"])
        wrong.setdefault(row["decoder"], []).append(share)
    said = {"beam": "0.013, standard error 0.001", "model": "0.069 (standard error 0.003)"}
    for name, words in said.items():
        less = [a - b for a, b in zip(wrong["greedy"], wrong[name], strict=True)]
        mean, error = f"{fmean(less):.3f}", f"{stdev(less) / 30**0.5:.3f}"
        assert words in TEXT and mean in words and error in words
        assert sum(d > 0 for d in less) == {"beam": 29, "model": 30}[name]


def test_the_wrong_gradient_falls_and_rises():
    runs = {}
    for row in tables.records("ctc_confused"):
        key = row["gradient"], row["rate"], row["seed"]
        runs.setdefault(key, []).append(float(row["cost"]))
    for (gradient, rate, _), costs in runs.items():
        if gradient == "confused" and rate in ("0.01", "0.03"):
            assert min(costs) < costs[0] / 4 and costs[-1] > 1.5 * min(costs)
        elif gradient == "right":  # control
            assert costs[-1] < 1.2 * min(costs)
