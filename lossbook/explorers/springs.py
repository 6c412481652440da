"""The forces of a loss of pairs on points. The explorer is explorers/src/kinds/springs.js."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from lossbook.arguments import Interval, number
from lossbook.explorers.explorer import Explorer
from lossbook.explorers.parts import (
    Sliders,
    bind,
    describe,
    draw_mark,
    in_words,
    two_classes,
)
from lossbook.figures import BLUE, COLOURS, DASHES, GREEN, ORANGE, PURPLE
from lossbook.fits import pair_forces
from lossbook.loss import Loss

PULL, PUSH = GREEN, PURPLE  # the colours of the two kinds of springs, as in springs.js


def springs(
    loss: Loss,
    points: ArrayLike,
    labels: ArrayLike,
    *,
    title: str,
    x_range: Interval,
    y_range: Interval,
    sliders: Sliders | None = None,
    x_label: str = "first coordinate",
    y_label: str = "second coordinate",
    names: Sequence[str] = ("0", "1"),
    rate: float = 0.05,
) -> Explorer:
    """Points of two classes, all movable, the springs between them, and the force on each.

    loss: a Loss of (vector, vector, 1 for similar or 0). The force is minus the gradient of the
        sum over all pairs; a button moves every point by rate times its force. Arrows are
        three such steps long.
    points: (n, 2); labels: (n,), 0 or 1, both of them; n up to 12.
    names: of the two classes, one sign each, drawn on the points.
    x_range, y_range: (low, high) of the axes, and of where the points may go.
    title, sliders: as for `curves`.
    """
    losses = {in_words(loss): loss}
    found, spec = describe("springs", title, losses, sliders=sliders, leading=3, of="vectors")
    if len(loss.wrt) != 2:
        raise TypeError(f"loss takes a Loss of two vectors and a label, got {loss!r}")
    rate = float(number("rate", rate, above=0))
    axes = (x_label, x_range), (y_label, y_range)
    steps = {"rate": rate, "arrow": 3 * rate}
    spec |= two_classes(points, labels, ("0", "1"), 12, axes, names, **steps)
    return Explorer(spec, found, _draw)


def _draw(figure, spec, losses):
    axes, points, labels = figure.subplots(), np.array(spec["start"]["points"]), spec["labels"]
    loss, rest = bind(spec, losses, spec["curves"][0], leading=3)
    pairs, value, force = pair_forces(loss, points, labels, **rest)
    for (i, k), taut in zip(pairs, value > 0, strict=True):
        if taut:
            axes.plot(*points[[i, k]].T, **_style(PULL if labels[i] == labels[k] else PUSH))
    for place, kind, tip in zip(points, labels, points + spec["arrow"] * force, strict=True):
        draw_mark(axes, place, spec["names"][kind], (BLUE, ORANGE)[kind], tip)
    for text, colour in (("pulls", PULL), ("pushes", PUSH)):
        axes.plot([], **_style(colour), label=text)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.15), ncols=2, frameon=False)
    axes.set(xlim=spec["x"]["range"], ylim=spec["y"]["range"])
    axes.set(xlabel=spec["x"]["label"], ylabel=spec["y"]["label"], aspect="equal")


def _style(colour):
    """A colour with the dashes that go with it."""
    return {"color": colour, "linestyle": DASHES[COLOURS.index(colour)]}
