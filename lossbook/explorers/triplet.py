"""Hard, semi-hard and easy negatives. The explorer is explorers/src/kinds/triplet.js."""

import numpy as np
from numpy.typing import ArrayLike

from lossbook.arguments import Interval, interval, number, numbers, text
from lossbook.explorers.explorer import Explorer
from lossbook.explorers.parts import describe, draw_mark, give_looks, key_step, slider, spread
from lossbook.figures import BLUE, GREY, ORANGE, PURPLE, label
from lossbook.loss import Loss, Vector


def triplet(
    loss: Loss,
    positive: ArrayLike,
    negative: ArrayLike,
    *,
    title: str,
    limits: Interval,
    margin: Interval = (0.05, 4),
    start: float = 1.0,
    x_label: str = "first coordinate",
    y_label: str = "second coordinate",
) -> Explorer:
    """An anchor at the origin of the plane, and where its negative is hard, semi-hard and easy.

    The reader moves the positive, the negative and the margin, and squares the distances or not;
    arrows are half of the forces of a descent.

    loss: the triplet loss, a Loss of (anchor, positive, negative) with margin and squared.
    positive, negative: (x, y), where they start. limits: (low, high) of the upright axis.
    margin: (low, high) of its slider; start: where it starts.
    """
    kinds = {name: _of_distances(loss, name) for name in ("squared", "plain")}
    moved = slider("margin", margin, number("start", start, above=0), "m", "margin")
    sliders = {"margin": margin}
    found, spec = describe("triplet", title, kinds, sliders=sliders, leading=3, of="vectors")
    give_looks(spec["curves"], [loss.name, loss.name])
    low, high = interval("limits", limits)
    ends = {"positive": positive, "negative": negative}
    for name, point in ends.items():
        ends[name] = point = numbers(name, point, (2,))
        if not np.all((low <= point) & (point <= high)):
            raise ValueError(f"{name} takes (x, y) within limits, got {point}")
    spec |= {
        "parameters": [moved],
        "x": {"label": text("x_label", x_label), "range": [low, high]},
        "y": {"label": text("y_label", y_label), "range": [low, high]},
        "step": key_step(low, high),
        "arrow": 0.5,
        "start": {name: point.tolist() for name, point in ends.items()} | {"squared": True},
    }
    return Explorer(spec, found, _draw)


def _of_distances(loss, name):
    """The triplet loss of squared or of plain distances, as a Loss of that name."""

    def formula(anchor: Vector, positive: Vector, negative: Vector, /, *, margin=1.0):
        points = {"margin": margin, "squared": name == "squared"}
        return loss(anchor, positive, negative, **points)

    if not isinstance(loss, Loss) or list(loss.parameters) != ["margin", "squared"]:
        raise TypeError(f"loss takes a Loss with a margin and squared, got {loss!r}")
    formula.__name__ = name
    return Loss(formula)


def _draw(figure, spec, losses):
    axes, (margin,) = figure.subplots(), (p["value"] for p in spec["parameters"])
    points = np.array([[0, 0], spec["start"]["positive"], spec["start"]["negative"]])
    near, bottom = np.hypot(*points[1]), spec["y"]["range"][0]
    edge = np.sqrt(near**2 + margin)  # `easyFrom` in explorers/src/kinds/triplet.js
    angle = np.linspace(0, 2 * np.pi, 201)
    for radius, colour, dash in ((edge, PURPLE, "--"), (near, ORANGE, "-")):
        x, y = radius * np.cos(angle), radius * np.sin(angle)
        axes.fill(x, y, color=colour, alpha=0.15)
        axes.plot(x, y, color=colour, linestyle=dash, linewidth=1.5)
    # A name for each region that is in the picture below the anchor, also where it is thin.
    rings = zip((0, near, edge), (near, edge, -bottom), strict=True)
    middles = [-(inner + min(outer, -bottom)) / 2 for inner, outer in rings if inner < -bottom]
    places = spread(middles, -bottom / 12, (bottom, 0))
    names = zip(places, ("hard", "semi-hard", "easy"), (ORANGE, PURPLE, GREY), strict=False)
    for place, name, colour in names:
        label(axes, 0, place, name, colour, over=True, xytext=(-4, 0), ha="right")
    tips = points - spec["arrow"] * np.array(losses["squared"].grad(*points, margin=margin))
    for mark in zip(points, "apn", ("black", BLUE, ORANGE), tips, strict=True):
        draw_mark(axes, *mark)
    axes.set(xlabel=spec["x"]["label"], ylabel=spec["y"]["label"], aspect="equal")
    axes.set(xlim=spec["x"]["range"], ylim=spec["y"]["range"])
