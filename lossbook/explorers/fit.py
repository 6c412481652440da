"""Lines fitted to points under each loss. The explorer is explorers/src/kinds/fit.js."""

import numpy as np
from numpy.typing import ArrayLike

from lossbook import fits
from lossbook.arguments import Interval, interval, numbers, text, whole
from lossbook.explorers.explorer import Explorer
from lossbook.explorers.parts import (
    Losses,
    Sliders,
    bind,
    describe,
    draw_lines,
    key_step,
)
from lossbook.figures import GREY


def fit(
    losses: Losses,
    x: ArrayLike,
    y: ArrayLike,
    *,
    title: str,
    x_range: Interval,
    y_range: Interval,
    movable: int = -1,
    x_label: str = "x",
    y_label: str = "y",
    sliders: Sliders | None = None,
) -> Explorer:
    """Points, one of which the reader moves, and the line a + b x that each loss fits to them.

    losses: as for `curves`; losses of (prediction, target), convex.
    x, y: (n,), the points; n at least 3. movable: the index of the one that moves; the others
        stand at two different x or more.
    x_range, y_range: (low, high) of the axes, and of where the point may go.
    title, sliders: as for `curves`.
    """
    found, spec = describe("fit", title, losses, sliders=sliders, leading=2)
    x, y = numbers("x", x, least=3).tolist(), numbers("y", y, least=3).tolist()
    if len(x) != len(y):
        raise ValueError(f"x and y take as many numbers, got {len(x)} and {len(y)}")
    movable = whole("movable", movable, -len(x), len(x) - 1)
    if len({*np.delete(x, movable)}) < 2:
        raise ValueError(f"x takes two different numbers beside the movable one, got {x}")
    ranges = interval("x_range", x_range), interval("y_range", y_range)
    for name, limits, at in zip(("x_range", "y_range"), ranges, (x, y), strict=True):
        if not limits[0] <= at[movable] <= limits[1]:
            raise ValueError(
                f"{name} takes a range that holds the movable point, got {tuple(limits)}"
            )
    for curve in spec["curves"]:
        curve["method"] = fits.fitting_method(found[curve["loss"]])
    spec |= {
        "x": {"label": text("x_label", x_label), "range": ranges[0], "values": x},
        "y": {"label": text("y_label", y_label), "range": ranges[1], "values": y},
        "movable": movable % len(x),
        "steps": [key_step(*limits) for limits in ranges],
        "start": {"x": x[movable], "y": y[movable]},
    }
    return Explorer(spec, found, _draw)


def _draw(figure, spec, losses):
    axes, x, y = figure.subplots(), *(np.array(spec[name]["values"]) for name in "xy")
    axes.plot(x, y, "o", color=GREY, markersize=4)
    axes.plot(x[spec["movable"]], y[spec["movable"]], "o", color="black", markersize=8)
    ends, lines = np.linspace(*spec["x"]["range"], 101), []
    for curve in spec["curves"]:
        loss, rest = bind(spec, losses, curve, leading=2)
        a, b = fits.fit_line(loss, x, y, **rest)
        lines.append(a + b * ends)
    axes.set_ylabel(spec["y"]["label"])
    draw_lines(axes, spec, ends, lines, spec["y"]["range"])
