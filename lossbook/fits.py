"""Fits to data under a loss: lines, constants, the support vector machine, forces of pairs.

`explorers/src/fits.js` has the same functions in JavaScript; the tests compare the two.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lossbook.arguments import number, numbers
from lossbook.loss import Loss


def fit_line(loss: Loss, x: ArrayLike, y: ArrayLike, **parameters) -> tuple[float, float]:
    """The line a + b x of least total loss, as (a, b); x, y: (n,); the loss is convex.

    Reweighted least squares, each point weighted by gradient / residual; where the loss is
    made of straight pieces, the best of the lines through two points, which is exact.
    Raises ValueError or TypeError where x and y are not n finite numbers each, x not all equal.
    """
    x, y = numbers("x", x), numbers("y", y)
    if len(x) != len(y):
        raise ValueError(f"x and y take as many numbers, got {len(x)} and {len(y)}")
    if len(set(x.tolist())) < 2:
        raise ValueError(f"x takes at least two different numbers, got {x}")
    if fitting_method(loss) == "vertices":
        i, j = np.triu_indices(len(x), 1)
        i, j = i[x[i] != x[j]], j[x[i] != x[j]]
        b = (y[j] - y[i]) / (x[j] - x[i])
        a = y[i] - b * x[i]
        lines = a[:, None] + b[:, None] * x
        best = loss(lines, y[None, :], **parameters).sum(axis=1).argmin()
        return a[best], b[best]
    line = _least_squares(x, y, np.ones(len(x)))
    for _ in range(5000):
        residual = line[0] + line[1] * x - y
        residual[residual == 0] = 1e-9  # the weight at 0 is a limit
        old, weights = line, loss.grad(y + residual, y, **parameters) / residual
        line = _least_squares(x, y, weights)
        if np.abs(np.subtract(line, old)).sum() < 1e-13:
            break
    return line


def _least_squares(x, y, weights):
    x_mean, y_mean = np.average(x, weights=weights), np.average(y, weights=weights)
    b = weights @ ((x - x_mean) * (y - y_mean)) / (weights @ (x - x_mean) ** 2)
    return y_mean - b * x_mean, b


def fitting_method(loss: Loss) -> str:
    """How `fit_line` fits: "vertices" for a loss of straight pieces, else "irls"."""
    return "vertices" if loss.hessian == 0 else "irls"


def best_constant(
    loss: Loss, sample: Sequence[float], within: Sequence[float] | None = None, **parameters
) -> float:
    """The constant prediction of least total loss for a sample (n,); of several the smallest.

    By bisection of the total slope, so the loss is convex; least at the target, or else within
    gives the ends between which to look. Raises ValueError for an empty sample.

    >>> f"{best_constant(absolute_error, [1, 2, 44]):.3f}"
    '2.000'
    """
    sample = numbers("sample", sample, least=1)
    low, high = (sample.min(), sample.max()) if within is None else within
    for _ in range(60):
        middle = (low + high) / 2
        slopes = loss.grad(middle, sample, **parameters)
        rising = slopes.sum() >= -1e-14 * np.abs(slopes).sum()  # up to rounding
        low, high = (low, middle) if rising else (middle, high)
    return high


def separate(
    points: ArrayLike, labels: ArrayLike, C: float
) -> tuple[np.ndarray, float, np.ndarray]:
    """The line w . x + b = 0 of least |w|^2 / 2 + C (the sum of hinge losses): (w, b, weights).

    points: (n, 2); labels: (n,), -1 or +1, both. Sequential minimal optimisation: the weights of
    two points at a time, the most violating pair.
    Platt (1999); Keerthi et al. (2001), Improvements to Platt's SMO algorithm.
    """
    points, labels = numbers("points", points, ("n", 2)), numbers("labels", labels)
    if labels.shape != points.shape[:1] or set(labels.tolist()) != {-1, 1}:
        raise ValueError(f"labels takes -1 and +1, both, one for each point, got {labels}")
    C = number("C", C, above=0)
    weights, w0, w1 = np.zeros(len(labels)), 0.0, 0.0
    for _ in range(20_001):
        f = w0 * points[:, 0] + w1 * points[:, 1] - labels
        room, held = weights < C, weights > 0
        i = np.where(np.where(labels > 0, room, held), f, np.inf).argmin()
        j = np.where(np.where(labels > 0, held, room), f, -np.inf).argmax()
        if f[j] - f[i] < 1e-9:
            break
        dx, dy = points[i] - points[j]
        step = min(
            (f[j] - f[i]) / max(dx * dx + dy * dy, 1e-300),  # two points may stand at one place
            C - weights[i] if labels[i] > 0 else weights[i],
            weights[j] if labels[j] > 0 else C - weights[j],
        )
        weights[i] += labels[i] * step
        weights[j] -= labels[j] * step
        w0, w1 = w0 + step * dx, w1 + step * dy
    return np.array([w0, w1]), -(f[i] + f[j]) / 2, weights


def pair_forces(
    loss: Loss, points: ArrayLike, labels: ArrayLike, **parameters
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The losses of all pairs of points, and the force on each point: (pairs, value, force).

    points: (n, D); labels: (n,), equal for similar points. pairs: (n (n - 1) / 2, 2), indices.
    The force, (n, D), is minus the gradient of the sum of the losses.
    """
    points, labels = numbers("points", points, ("n", "D")), np.asarray(labels)
    if labels.shape != points.shape[:1]:
        raise ValueError(f"labels takes one for each of {len(points)} points, got {labels}")
    i, k = np.triu_indices(len(points), 1)
    value, slopes = loss.value_and_grad(points[i], points[k], labels[i] == labels[k], **parameters)
    force = np.zeros_like(points)
    for at, slope in zip((i, k), slopes, strict=True):
        np.subtract.at(force, at, slope)
    return np.stack([i, k], axis=1), value, force
