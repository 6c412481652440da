"""The digits of the Hessians, over the whole domain: symmetric, and semi-definite where convex."""

import math

import mpmath
import numpy as np
import pytest

import lossbook
from lossbook import (
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    contrastive,
    cross_entropy,
    cross_entropy_with_logits,
    focal,
    focal_with_logits,
    hinge,
    huber,
    pinball,
    smooth_l1,
    squared_error,
    triplet,
)
from lossbook.verify import evaluate, ulps

RESIDUALS = [0.0, 1e-300, -0.3, 0.7, -2.0, 1e9, -1e300]
LOGITS = [0.0, 1e-300, 0.3, -0.9, 1.7, -3.1, 8.0, -13.7, 36.7, -36.8, 300.5, -700.0, 1e5, -1e300]
PROBABILITIES = [5e-324, 1e-300, 1.5e-13, 0.1, 0.3, 0.5, 0.7, 0.99, 1 - 1e-9, 1 - 2.0**-53]
GAMMAS = [{"gamma": g, "alpha": a} for g in (0.0, 0.5, 1.0, 2.0, 5.0) for a in (0.25, None)]
SCALAR = [
    *((squared_error, r, 0.0, {}) for r in RESIDUALS),
    *((absolute_error, r, 0.0, {}) for r in RESIDUALS),
    *((huber, r, 0.0, {}) for r in RESIDUALS),
    *((smooth_l1, r, 0.0, {"beta": 0.1}) for r in RESIDUALS),
    *((pinball, r, 0.0, {"quantile": q}) for r in RESIDUALS for q in (0.1, 0.5, 0.9)),
    *((hinge, z, y, {}) for z in LOGITS for y in (-1.0, 1.0)),
    *((binary_cross_entropy_with_logits, z, y, {}) for z in LOGITS for y in (0.0, 0.4, 1.0)),
    *((binary_cross_entropy, p, y, {}) for p in PROBABILITIES for y in (0.0, 0.4, 1.0)),
    *((focal, p, y, c) for p in PROBABILITIES for y in (0.0, 1.0) for c in GAMMAS),
    (focal, 1e-17, 1.0, {"gamma": 708.3, "alpha": None}),  # 1 - p is 1, but not its power
    (focal, 2.3e-308, 0.0, {"gamma": 1e-17, "alpha": None}),  # gamma - 1 is -1
    *((focal_with_logits, z, y, c) for z in LOGITS[:-2] for y in (0.0, 1.0) for c in GAMMAS[::3]),
]


def exactly(loss, x, y, chosen):
    variant = loss.variant(**chosen)
    numbers = loss.parameters | chosen
    at = [x, y, *(numbers[s.name] for s in variant.symbols[2:])]
    return evaluate(variant.hessian, dict(zip(variant.symbols, at, strict=True)))


@pytest.mark.parametrize("loss", dict.fromkeys(row[0] for row in SCALAR), ids=lambda f: f.name)
def test_of_a_number(loss):
    for _, x, y, chosen in (row for row in SCALAR if row[0] is loss):
        exact = exactly(loss, x, y, chosen)
        with np.errstate(all="ignore" if abs(exact) > 1e308 else "warn", under="ignore"):
            found = loss.hess(x, y, **chosen)
        # Where the curve bends the other way, positive and negative terms cancel. They are as
        # large as the gradient.
        scale = max(abs(exact), abs(loss.grad(x, y, **chosen)) if loss is focal_with_logits else 0)
        off = abs(found - exact) if math.isfinite(found) else ulps(found, exact)
        assert off <= 8 * math.ulp(min(scale, 1.7e308)) or off < 1e-300, (x, y, chosen, found)
        if loss not in (focal, focal_with_logits):
            assert found >= 0


def test_control_a_formula_that_cancels_is_seen():
    """1 - p is lost where p rounds to 1, so p (1 - p) is 0 there."""
    p = 1 / (1 + np.exp(-40.0))
    assert ulps(p * (1 - p), exactly(binary_cross_entropy_with_logits, 40.0, 1.0, {})) > 1e10


@pytest.mark.parametrize("label", [0.0, 1.0])
@pytest.mark.parametrize(
    "gamma, certain", [(0.0, 1.0), (0.5, math.inf), (1.0, 2.0), (1.5, 0.0), (2.0, 0.0), (5.0, 0.0)]
)
def test_focal_at_the_ends_of_its_domain(gamma, certain, label):
    """The limits, which the derived terms lose as inf - inf."""
    with np.errstate(divide="ignore"):
        chosen = {"alpha": None, "gamma": gamma}
        assert focal.hess(label, label, **chosen) == certain
        assert focal.hess(1 - label, label, **chosen) == math.inf
    assert focal.hess(1 - label, label, alpha=1 - label, gamma=gamma) == 0  # a class without weight
    if math.isfinite(certain):
        near = abs(label - 1e-9)
        assert focal.hess(near, label, **chosen) == pytest.approx(certain, rel=1e-6, abs=1e-3)


def softmax_hessian(z):
    """In mpmath, with digits enough for 1 - p."""
    with mpmath.workdps(700):
        e = [mpmath.exp(mpmath.mpf(v)) if v > -math.inf else mpmath.mpf(0) for v in z]
        p = [x / mpmath.fsum(e) for x in e]
        rows = [[p[i] * ((i == j) - p[j]) for j in range(len(p))] for i in range(len(p))]
        return rows


@pytest.mark.parametrize("offset", [0.0, 1e6, 1e15, -1e12])
@pytest.mark.parametrize(
    "gaps",
    [
        *([0.0], [0.0, 0.0], [0.0, 1.0], [0.0, 40.0], [40.0, 0.0, 1.0], [0.0, 700.0]),
        *([3.0, 1.0, 2.0, 0.0], [0.0, -math.inf, 2.0], [600.0, 0.0, 599.0], [0.0, 0.0, 0.0]),
    ],
)
def test_of_softmax(gaps, offset):
    z = offset + np.array(gaps)
    found = cross_entropy_with_logits.hess(z, np.eye(len(z))[0])
    for row, exact_row in zip(found, softmax_hessian(z), strict=True):
        for number, exact in zip(row, exact_row, strict=True):
            assert ulps(number, exact) <= 6 or abs(exact) < 1e-300
    assert (found == found.T).all()
    assert np.linalg.eigvalsh(found).min() >= -1e-15 * abs(found).max()


def test_of_softmax_for_logits_as_large_as_they_get():
    for top in (1e300, -1e300):
        assert cross_entropy_with_logits.hess([top, top], [1, 0]).tolist() == [
            [0.25, -0.25],
            [-0.25, 0.25],
        ]
    assert cross_entropy_with_logits.hess([1e300, 0.0], [1, 0]).tolist() == [[0, 0], [0, 0]]


def test_of_a_cross_entropy_of_probabilities():
    p, y = np.array([0.2, 0.0, 0.8]), np.array([0.5, 0.0, 0.5])
    assert cross_entropy.hess(p, y) == pytest.approx(np.diag([12.5, 0, 0.78125]), rel=1e-15)


def blocks(hess):
    return np.block([list(row) for row in hess])


@pytest.mark.parametrize("scale", [1e-100, 1.0, 1e100])
@pytest.mark.parametrize("squared", [True, False])
def test_of_triplets(squared, scale):
    """The blocks of the matrix by all nine numbers, against what they are by hand."""
    a, p, n = scale * np.array([[0.0, 0.0, 0.0], [3.0, 4.0, 0.0], [0.0, 1.0, 1.0]])
    found = blocks(triplet.hess(a, p, n, margin=scale, squared=squared))
    near, far = (bend(x - a, squared) for x in (p, n))
    expected = np.block(
        [[near - far, -near, far], [-near, near, 0 * near], [far, 0 * far, -far]],
    )
    assert found == pytest.approx(expected, rel=1e-14, abs=1e-15 * abs(expected).max())
    assert (found == found.T).all()


def bend(x, squared):
    """The Hessian of the squared length of a vector, or of its length."""
    length = np.sqrt((x / abs(x).max()) @ (x / abs(x).max())) * abs(x).max()
    unit = x / length
    return 2 * np.eye(3) if squared else (np.eye(3) - np.outer(unit, unit)) / length


@pytest.mark.parametrize("scale", [1e-100, 1.0, 1e100])
def test_of_pairs(scale):
    x = scale * np.array([3.0, 4.0, 0.0])
    far = np.outer(x, x) / scale**2 / 25 - (7 - 5) / 5 * (
        np.eye(3) - np.outer(x, x) / scale**2 / 25
    )
    for label, one in ((1, np.eye(3)), (0, far)):
        found = blocks(contrastive.hess(x, 0 * x, label, margin=7 * scale))
        expected = np.block([[one, -one], [-one, one]])
        assert found == pytest.approx(expected, rel=1e-14, abs=1e-15)
        assert (found == found.T).all()
    assert np.linalg.eigvalsh(blocks(contrastive.hess(x, 0 * x, 1))).min() > -1e-15


def test_of_equal_vectors():
    same = np.ones(3)
    found = blocks(contrastive.hess(same, same, 1))
    assert found.tolist() == np.block([[np.eye(3), -np.eye(3)], [-np.eye(3), np.eye(3)]]).tolist()
    assert np.isfinite(blocks(contrastive.hess(same, same, 0))).all()
    assert np.isfinite(blocks(triplet.hess(same, same, 0 * same, squared=True))).all()
    assert np.isfinite(blocks(triplet.hess(same, same, 0 * same, squared=False, margin=9.0))).all()


def test_every_loss_is_here():
    vectors = {cross_entropy, cross_entropy_with_logits, triplet, contrastive}
    here = {row[0] for row in SCALAR} | vectors | {lossbook.ctc}  # ctc has none
    assert {getattr(lossbook, name) for name in lossbook.__all__} == here
