"""The support vector machine in the plane. The explorer is explorers/src/kinds/margin.js."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lossbook.arguments import Interval, number
from lossbook.explorers.explorer import Explorer
from lossbook.explorers.parts import describe, in_words, slider, style_of, two_classes
from lossbook.figures import GREEN, ORANGE
from lossbook.fits import separate
from lossbook.loss import Loss


def margin(
    loss: Loss,
    points: ArrayLike,
    labels: ArrayLike,
    *,
    title: str,
    x_range: Interval,
    y_range: Interval,
    C: float = 1.0,
    C_range: Interval = (0.01, 10),
    x_label: str = "x",
    y_label: str = "y",
    names: Sequence[str] = ("-1", "+1"),
) -> Explorer:
    """Two classes of points, all movable, and the support vector machine's line and strip.

    loss: the hinge loss, a Loss of (score, label); the readout shows its total.
    points: (n, 2); labels: (n,), -1 or +1, both of them; n up to 20. names: of the two classes.
    x_range, y_range: (low, high) of the axes, and of where the points may go.
    C: where the slider of the price of a unit of loss starts; C_range: its (low, high).
    """
    found, spec = describe("margin", title, {in_words(loss): loss}, leading=2)
    if not _is_hinge(loss):
        raise ValueError(f"loss takes the hinge loss, max(0, 1 - label score), got {loss!r}")
    axes = (x_label, x_range), (y_label, y_range)
    spec |= two_classes(points, labels, ("-1", "+1"), 20, axes, names)
    spec["parameters"] = [slider("C", C_range, number("C", C, above=0), argument="C_range")]
    if not spec["parameters"][0]["values"][0] > 0:
        raise ValueError(f"C_range takes numbers above 0, got {C_range!r}")
    return Explorer(spec, found, _draw)


def _is_hinge(loss):
    scores, signs = np.array([-2.0, 0.0, 0.5, 1.0, 2.0]), np.array([[-1.0], [1.0]])
    try:
        return np.array_equal(loss(scores[None, :], signs), np.maximum(1 - signs * scores, 0))
    except (TypeError, ValueError):  # it takes something else
        return False


def _draw(figure, spec, losses):
    axes, points, labels = figure.subplots(), np.array(spec["start"]["points"]), spec["labels"]
    w, b, weights = separate(points, labels, spec["parameters"][0]["value"])
    x, y = np.array(spec["x"]["range"]), np.array(spec["y"]["range"])
    colour = style_of(spec["curves"][0])["color"]
    grid = np.meshgrid(np.linspace(*x, 200), np.linspace(*y, 200))
    score = w[0] * grid[0] + w[1] * grid[1] + b
    axes.contourf(*grid, score, levels=[-1, 1], colors=[colour], alpha=0.12)
    levels, styles = [-1, 0, 1], ["--", "-", "--"]
    axes.contour(*grid, score, levels=levels, colors=[colour], linestyles=styles)
    for sign, name, colour, mark in zip(
        (-1, 1), spec["names"], (ORANGE, GREEN), ("_", "+"), strict=True
    ):
        of = points[np.array(labels) == sign]
        axes.plot(*of.T, "o", color=colour, markersize=9, label=name)
        axes.plot(*of.T, mark, color="white", markersize=6, markeredgewidth=1.5)
    axes.scatter(*points[weights > 0].T, s=170, facecolors="none", edgecolors="black", zorder=3)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.15), ncols=2, frameon=False)
    axes.set(xlim=x, ylim=y, xlabel=spec["x"]["label"], ylabel=spec["y"]["label"])
