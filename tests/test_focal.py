"""What the chapter on the focal loss says, found again by other ways."""

from statistics import fmean, stdev

import numpy as np
import pytest
import sympy as sp
from prose import CHAPTERS, markdown

from lossbook import focal, tables
from lossbook.answers.focal import gradient_size, true_probability

TEXT = markdown(CHAPTERS / "classification" / "focal.ipynb")
GRID = np.linspace(0, 1, 20_001)[1:-1]


def says(q, gamma, alpha):
    """The best prediction for a true probability, by trying 20 000."""
    chosen = {"gamma": gamma, "alpha": alpha}
    return GRID[(q * focal(GRID, 1, **chosen) + (1 - q) * focal(GRID, 0, **chosen)).argmin()]


@pytest.mark.parametrize("gamma", [0.5, 2, 5])
@pytest.mark.parametrize("q", [0.05, 0.3, 0.6, 0.9])
def test_without_weights_the_best_prediction_lies_between_the_truth_and_one_half(q, gamma):
    best = says(q, gamma, None)
    assert min(q, 0.5) < best < max(q, 0.5)
    assert true_probability(best, gamma, 0.5) == pytest.approx(q, abs=1e-3)


@pytest.mark.parametrize("gamma", [0, 0.5, 2, 5])
@pytest.mark.parametrize("alpha", [0.1, 0.25, 0.8])
def test_with_weights_one_half_is_said_at_one_minus_alpha(alpha, gamma):
    assert says(1 - alpha - 0.02, gamma, alpha) < 0.5 < says(1 - alpha + 0.02, gamma, alpha)


def test_control_the_default_weight_breaks_what_holds_without_weights():
    found = [says(q, 2, 0.25) for q in (0.5, 0.75, 0.9)]
    assert found == pytest.approx([0.399, 0.5, 0.601], abs=1e-3)
    assert not 0.5 <= found[0] <= 0.5


@pytest.mark.parametrize("first", [0.113, 0.5])
def test_of_many_classes_the_truth_is_where_no_other_prediction_is_better(first):
    p = np.append(first, np.full(99, (1 - first) / 99))
    rates = p * (1 - p) / gradient_size(p, 2)
    q = rates / rates.sum()
    assert (q[0] < first) == (first == 0.113)

    def expected(p):
        return q @ focal(p, 1, alpha=None)

    steps = np.random.default_rng(0).normal(size=(50, 100)) * p * 0.1
    others = p + steps - p * steps.sum(axis=1, keepdims=True)  # these sum to 1 as well
    assert all(expected(other) > expected(p) for other in others)


def lead(table, ours, theirs, steps):
    """Mean difference of paired runs, standard error, and in how many the first is ahead."""
    runs = {}
    for row in tables.records(f"focal_{table}"):
        if row["steps"] == steps:
            runs.setdefault(row["loss"], {})[row["seed"]] = float(row["ap"])
    assert runs[ours].keys() == runs[theirs].keys() == {str(seed) for seed in range(30)}
    found = [runs[ours][seed] - runs[theirs][seed] for seed in runs[ours]]
    return fmean(found), stdev(found) / len(found) ** 0.5, sum(d > 0 for d in found)


@pytest.mark.parametrize(
    ("table", "ours", "theirs", "steps", "form"),
    [
        (
            "detector",
            "gamma = 2",
            "cross-entropy",
            "25",
            "{2} of 30 runs (mean difference {0:.3f}, standard error {1:.3f})",
        ),
        ("detector", "gamma = 2", "cross-entropy", "50", "the lead is {0:.3f} ± {1:.3f}"),
        ("detector", "gamma = 2", "cross-entropy", "150", "it is {0:.3f} ± {1:.3f}: level"),
        (
            "detector",
            "gamma = 2",
            "inverse frequency",
            "25",
            "in {2} of 30 runs ({0:.3f} ± {1:.3f})",
        ),
        (
            "detector",
            "cross-entropy",
            "cross-entropy, pi = 0.5",
            "150",
            "cross-entropy is {0:.2f} ± {1:.2f} behind after 150 steps",
        ),
        (
            "detector",
            "cross-entropy",
            "gamma = 2, pi = 0.5",
            "150",
            "$\\gamma = 2$ is {0:.2f} ± {1:.2f} behind",
        ),
        ("digits", "gamma = 1", "cross-entropy", "150", "are, in {2} and"),
        ("digits", "gamma = 2", "cross-entropy", "150", "and {2} of 30 splits"),
    ],
)
def test_the_text_has_the_numbers_of_the_tables(table, ours, theirs, steps, form):
    assert form.format(*lead(table, ours, theirs, steps)) in TEXT


def test_control_other_numbers_are_not_in_the_text():
    assert (
        "{2} of 30 runs".format(*lead("detector", "gamma = 5", "cross-entropy", "25")) not in TEXT
    )


@pytest.mark.parametrize("p", [1e-150, 1e-7, 0.1234567890123456])
@pytest.mark.parametrize("gamma", [700.123, 1001, 123456.7, 1e6])
def test_numbers_beside_a_symbol_may_have_any_gamma(p, gamma):
    """An exact power of them would have millions of digits."""
    alpha = sp.Symbol("alpha", positive=True)
    for call in (focal, focal.grad, focal.hess):
        found = call(p, 1, alpha=alpha, gamma=gamma).subs(alpha, sp.Rational(1, 2))
        expected = call(p, 1, alpha=0.5, gamma=gamma)
        assert float(found) == pytest.approx(expected, rel=1e-12)
