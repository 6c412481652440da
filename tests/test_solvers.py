"""What fits to data under a loss: lines, constants, the support vector machine, forces."""

import numpy as np
import pytest

import lossbook
from lossbook import (
    absolute_error,
    contrastive,
    fits,
    hinge,
    huber,
    squared_error,
)
from lossbook.loss import loss
from lossbook.shapes import positive_part

# Lines.


@pytest.fixture
def points():
    rng = np.random.default_rng(3)
    x = np.sort(rng.uniform(0, 10, 20))
    y = 1 + 0.5 * x + rng.normal(0, 0.5, 20)
    y[-2] += 10
    return x, y


@pytest.mark.parametrize("delta", [0.05, 0.5, 1.0, 1.345, 5.0])
def test_the_huber_line_solves_its_equations(points, delta):
    x, y = points
    a, b = fits.fit_line(huber, x, y, delta=delta)
    slope = huber.grad(a + b * x, y, delta=delta)
    assert abs(slope.sum()) < 1e-9
    assert abs(slope @ x) < 1e-9


def test_the_squared_line_is_least_squares(points):
    line = fits.fit_line(squared_error, *points)
    np.testing.assert_allclose(line, np.polyfit(*points, 1)[::-1], rtol=1e-12)


def test_no_line_near_has_less_absolute_error(points):
    x, y = points
    line = np.array(fits.fit_line(absolute_error, x, y))
    least = absolute_error(line[0] + line[1] * x, y).sum()
    for step in np.random.default_rng(0).normal(scale=0.05, size=(200, 2)):
        a, b = line + step
        assert absolute_error(a + b * x, y).sum() >= least


# Constants.


WAITS = [54, 55, 62, 74, 79, 85, 88]


@loss
def too_late(y_hat, /, y, *, kappa=9.0):
    return kappa * positive_part(y_hat - y) + positive_part(y - y_hat)


@pytest.mark.parametrize(
    ("one", "parameters", "best"),
    [
        (squared_error, {}, np.mean(WAITS)),
        (absolute_error, {}, np.median(WAITS)),
        (huber, {"delta": 1e-3}, np.median(WAITS)),
        (huber, {"delta": 100}, np.mean(WAITS)),
        (too_late, {"kappa": 9}, WAITS[0]),
        (too_late, {"kappa": 0.2}, WAITS[5]),
    ],
)
def test_the_best_constant_is_the_statistic(one, parameters, best):
    for sample in (WAITS, WAITS[::-1]):
        assert fits.best_constant(one, sample, **parameters) == pytest.approx(best, rel=1e-5)


@pytest.mark.parametrize(("sample", "best"), [([9, 1, 2, 5], 2), ([1, 2, 3, 4], 2)])
def test_of_several_best_constants_the_smallest(sample, best):
    assert fits.best_constant(absolute_error, sample) == pytest.approx(best, rel=1e-12)


# The support vector machine.


def test_six_points_with_a_known_machine():
    # scikit-learn's own test of its SVC.
    points = [(-2, -1), (-1, -1), (-1, -2), (1, 1), (1, 2), (2, 1)]
    w, b, weights = fits.separate(points, [-1, -1, -1, 1, 1, 1], C=1)
    assert weights.tolist() == [0, 0.25, 0, 0.25, 0, 0]
    assert (w.tolist(), abs(b)) == ([0.5, 0.5], 0)


@pytest.mark.parametrize("C", [0.01, 0.3, 10])
def test_the_machine_is_best_by_the_gap_of_its_dual(C):
    rng = np.random.default_rng(4)
    for _ in range(20):
        points, labels = rng.normal(size=(12, 2)), rng.choice([-1, 1], 12)
        labels[:2] = -1, 1
        w, b, weights = fits.separate(points, labels, C)
        assert abs(weights @ labels) < 1e-12
        assert weights.min() >= 0
        assert weights.max() <= C
        np.testing.assert_allclose(points.T @ (weights * labels), w, atol=1e-12)
        scores = points @ w + b
        least = w @ w / 2 + C * hinge(scores, labels).sum()
        assert least - (weights.sum() - w @ w / 2) < 1e-6
        # The force of the hinge loss, where it has one, is the weight.
        off = np.abs(labels * scores - 1) > 1e-6
        forces = -C * labels * hinge.grad(scores, labels)
        np.testing.assert_allclose(weights[off], forces[off], atol=1e-12)


def test_points_of_both_classes_at_one_place_have_no_line():
    w, _, weights = fits.separate([(1, 2), (1, 2)], [-1, 1], C=3)
    assert w.tolist() == [0, 0]
    assert weights.tolist() == [3, 3]


# Forces.


def test_forces_of_pairs_sum_to_zero_and_bring_similar_points_together():
    places, labels = np.array([(0.6, 0.6), (3.0, 0.9), (1.7, 2.2), (1.8, 1.0)]), [0, 0, 0, 1]
    pairs, value, force = fits.pair_forces(lossbook.contrastive, places, labels, margin=1.0)
    assert len(pairs) == len(value) == 6
    np.testing.assert_allclose(force.sum(axis=0), 0, atol=1e-12)
    for _ in range(400):
        places = places + 0.05 * force
        _, value, force = fits.pair_forces(lossbook.contrastive, places, labels, margin=1.0)
    assert value.sum() < 1e-8
    np.testing.assert_allclose(places[:3], places[:1].repeat(3, axis=0), atol=1e-4)
    assert np.linalg.norm(places[3] - places[0]) > 1 - 1e-4


# What they take.


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fits.best_constant(huber, []), r"sample takes .* n at least 1, got shape \(0,\)"),
        (lambda: fits.fit_line(huber, [1, 2], [1, 2, 3]), "as many numbers, got 2 and 3"),
        (
            lambda: fits.fit_line(huber, [1, np.nan], [1, 2]),
            r"x takes finite numbers.* got nan at \[1\]",
        ),
        (
            lambda: fits.fit_line(huber, [1, 2], [[1, 2]]),
            r"y takes finite numbers of shape \(n,\), got shape \(1, 2\)",
        ),
        (lambda: fits.fit_line(huber, [2, 2, 2], [1, 2, 3]), "x takes at least two different"),
        (lambda: fits.fit_line(absolute_error, [], []), "x takes at least two different"),
        (lambda: fits.separate([1, 2], [1, -1], 1), r"points takes .* \(n, 2\), got shape \(2,\)"),
        (lambda: fits.separate([(1, 2)], [1], 1), r"labels takes -1 and \+1, both.* got \[1.\]"),
        (lambda: fits.separate([(1, 2), (2, 1)], [0, 1], 1), r"labels takes -1 and \+1"),
        (
            lambda: fits.separate([(1, 2), (2, 1)], [-1, 1], 0),
            "C takes a finite number above 0, got 0",
        ),
        (
            lambda: fits.pair_forces(contrastive, [1, 2], [1, 2]),
            r"points takes .* \(n, D\), got shape \(2,\)",
        ),
        (lambda: fits.pair_forces(contrastive, [(1, 2)], [1, 2]), "labels takes one for each of 1"),
    ],
)
def test_fits_say_what_they_take(call, message):
    with pytest.raises(ValueError, match=message):
        call()
