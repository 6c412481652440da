"""The table of properties in the chapter on choosing is decided again, and tried by numbers."""

import re

import numpy as np
import prose
import pytest
import sympy as sp

import lossbook
from lossbook import binary_cross_entropy, focal_with_logits, hinge, huber, squared_error, tables
from tools import record_choosing
from tools.record_choosing import smooth, strongly_convex

TABLE = {}
for row in tables.records("choosing_losses"):
    TABLE.setdefault(row["loss"], {})[row["property"]] = row["entry"]


def test_every_loss_stands_in_the_table():
    assert sorted(TABLE) == sorted(lossbook.__all__)


@pytest.mark.parametrize("name", TABLE)
def test_entries_are_decided_again(name):
    assert record_choosing.properties(getattr(lossbook, name)) == TABLE[name]


def test_proofs_are_there():
    for row in tables.records("choosing_losses"):
        if row["proof"]:
            chapter, label = row["proof"].split("#")
            text = prose.markdown(prose.CHAPTERS / chapter)
            assert re.search(f":label: {label}$", text, re.MULTILINE), row
        assert record_choosing.proofs()[row["loss"]].get(row["property"], "") == row["proof"]
    for name, links in record_choosing.proofs().items():
        assert links.keys() <= TABLE[name].keys()


x = sp.Symbol("x", real=True)
REALS = (-sp.oo, sp.oo)


def test_curvature_of_known_functions():
    assert strongly_convex([3 * x**2], x, REALS) == "by $6$"
    assert strongly_convex([3 * x**2, x**2], x, REALS) == "by $2$"
    assert strongly_convex([sp.exp(x)], x, REALS) == "no"
    assert strongly_convex([x**4], x, REALS) == "no"  # refuted by the proof, not by an end
    assert smooth([3 * x**2, x**2], x, REALS) == "by $6$"
    assert smooth([sp.exp(x)], x, REALS) == "no"
    assert smooth([sp.Abs(x)], x, REALS) == "no"


# By numbers: the largest gradient and curvature over many points.


def largest_gradient(name):
    """The largest gradient by an entry, over many random samples that are badly wrong, too."""
    rng, one = np.random.default_rng(3), getattr(lossbook, name)
    z, label = 30 * rng.normal(size=5000), rng.integers(2, size=5000)
    if name == "ctc":
        return np.abs(one.grad(10 * rng.normal(size=(200, 6, 3)), [[1, 2]] * 200)).max()
    if name == "cross_entropy_with_logits":
        return np.abs(one.grad(30 * rng.normal(size=(5000, 4)), np.eye(4)[label])).max()
    if name == "pinball":
        return np.abs(one.grad(z, 0, quantile=0.8)).max() / 0.8
    return np.abs(one.grad(z, 2 * label - 1 if name == "hinge" else label)).max()


BOUNDED = [name for name, of in TABLE.items() if of["Lipschitz"].startswith("by")]


@pytest.mark.parametrize("name", BOUNDED)
def test_gradients_are_bounded_as_said(name):
    assert 0.98 < largest_gradient(name) <= 1  # each by 1, with the defaults of huber and smooth_l1


@pytest.mark.parametrize("name", ["squared_error", "binary_cross_entropy", "focal"])
def test_control_gradients_without_bound(name):
    assert TABLE[name]["Lipschitz"] == "no"
    at = (1e9, 0) if name == "squared_error" else (1e-9, 1)
    assert abs(getattr(lossbook, name).grad(*at)) > 1e8


def test_curvatures_are_bounded_as_said():
    z = np.linspace(-20, 20, 4001)
    for loss, label, bound in (
        (squared_error, 0.0, 2),
        (huber, 0.0, 1),
        (lossbook.smooth_l1, 0.0, 1),
        (lossbook.binary_cross_entropy_with_logits, 1, 0.25),
    ):
        assert abs(loss.hess(z, label)).max() == pytest.approx(bound, rel=1e-4)
    assert abs(focal_with_logits.hess(z, 1)).max() < 1
    p = np.linspace(0.001, 0.999, 999)
    assert binary_cross_entropy.hess(p, 1).min() == pytest.approx(1, abs=0.003)
    logits = np.log(np.random.default_rng(1).dirichlet(np.ones(3), size=200))
    largest = max(np.linalg.eigvalsh(np.diag(q) - np.outer(q, q))[-1] for q in np.exp(logits))
    assert 0.4 < largest <= 0.5


def test_only_a_calibrated_loss_finds_the_side():
    assert TABLE["hinge"]["calibrated"] == "yes" and TABLE["hinge"]["proper"] == "no"
    labels = np.repeat([-1, 1], (4, 6))
    assert lossbook.fits.best_constant(hinge, labels, (-50, 50)) == pytest.approx(1)
    rare = np.repeat([0, 1], (4, 6))  # six of ten, and yet, with alpha = 1/4, below 0
    assert lossbook.fits.best_constant(focal_with_logits, rare, (-50, 50)) < 0
    assert lossbook.fits.best_constant(focal_with_logits, rare, (-50, 50), alpha=None) > 0


# The recorded experiments: a few runs again.


def stored(table, column, **where):
    """The entries of a column in the rows that agree with all of where."""
    rows = tables.records(f"choosing_{table}")
    return [row[column] for row in rows if all(row[k] == v for k, v in where.items())]


def test_descents_are_those_recorded():
    where = {"start": "-8", "loss": "squared", "steps": "30"}
    (rate,) = set(stored("start", "rate", **where))
    slope = record_choosing.square_slope
    again = record_choosing.climb(range(3), slope, -8.0, float(rate), 30)
    recorded = [float(off) for off in stored("start", "off", **where)[:3]]
    assert again == pytest.approx(recorded, abs=1e-4)
    other = record_choosing.climb(range(3), slope, -8.0, float(rate) / 2, 30)
    assert other != pytest.approx(recorded, abs=1e-4)


@pytest.mark.parametrize(("data", "spoiled"), [("clean", False), ("spoiled", True)])
def test_newton_ends_as_recorded(data, spoiled):
    for seed in range(5):
        X, y, mu, L = record_choosing.data_set(seed, spoiled)
        square = record_choosing.optimum(X, y, "squared")
        (end,) = stored("rates", "newton", data=data, seed=str(seed))
        assert str(record_choosing.newton(X, y, square)) == end
        (theory,) = stored("rates", "squared theory", data=data, seed=str(seed))
        assert float(theory) == pytest.approx(1 - mu / L, abs=1e-5)


def test_totals_are_kept_as_recorded():
    for fit in ("squared", "Poisson"):
        assert set(stored("bills", "own", fit=fit)) == {"1.000000"}
    assert all(float(share) < 0.7 for share in stored("bills", "own", fit="absolute"))
    age, bill = record_choosing.bills(np.random.default_rng(0))
    X = record_choosing.design(age)
    total = np.exp(X @ record_choosing.log_linear(X, bill, of_gamma=False)).sum()
    assert total == pytest.approx(bill.sum(), rel=1e-6)
