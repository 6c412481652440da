"""One guess for a whole sample under each loss. The explorer is explorers/src/kinds/guess.js."""

import numpy as np
from numpy.typing import ArrayLike

from lossbook.arguments import Interval, interval, number, numbers, text, whole
from lossbook.explorers.explorer import Explorer
from lossbook.explorers.parts import (
    Losses,
    Sliders,
    bind,
    describe,
    draw_lines,
    key_step,
    style_of,
)
from lossbook.figures import GREY
from lossbook.fits import best_constant


def guess(
    losses: Losses,
    sample: ArrayLike,
    *,
    title: str,
    x: Interval,
    x_label: str = "guess",
    start: float | None = None,
    movable: int = -1,
    value: Interval = (0.6, 4),
    sliders: Sliders | None = None,
) -> Explorer:
    """What one guess for a whole sample costs under each loss, and the best guess of each.

    The curves are the mean loss over the guess, divided by the least that the loss allows, so
    that losses of different units stand side by side. The reader moves the guess and a target.

    losses: as for `curves`; losses of (prediction, target), convex and least at the target.
    sample: (n,), the targets; n at least 3, not all equal. movable: the index of the one that
        moves.
    x: (low, high) of the axis, and of where guess and target may go; x_label names it.
    start: the first guess; the middle of x where it is left out.
    value: (low, high) of the upright axis, with low below 1, the height of the best guesses.
    title, sliders: as for `curves`.
    """
    found, spec = describe("guess", title, losses, sliders=sliders, leading=2)
    sample, limits = numbers("sample", sample, least=3).tolist(), interval("value", value)
    low, high = interval("x", x)
    if min(sample) == max(sample):
        raise ValueError(f"sample takes targets that are not all equal, got {sample}")
    movable = whole("movable", movable, -len(sample), len(sample) - 1)
    if not limits[0] < 1 < limits[1]:
        raise ValueError(f"value takes (low, high) with low < 1 < high, got {value!r}")
    start = float((low + high) / 2 if start is None else number("start", start))
    if not low <= min(start, *sample) <= max(start, *sample) <= high:
        raise ValueError(f"x takes a range that holds start and sample, got {x!r}")
    spec |= {
        "x": {"label": text("x_label", x_label), "range": [low, high], "values": sample},
        "y": {"range": limits},
        "height": (limits[0] + 1) / 2,
        "movable": movable % len(sample),
        "step": key_step(low, high),
        "start": {"guess": start, "x": sample[movable]},
    }
    first = spec["curves"][0]
    ((cost,), _) = _relative(spec, found, first, [start])
    if not cost <= limits[1]:
        raise ValueError(
            f"start takes a guess whose cost / least cost under {first['label']!r} lies in value, "
            f"{tuple(limits)}, got {start:g}, where it is {cost:g}"
        )
    return Explorer(spec, found, _draw)


def _relative(spec, losses, curve, guesses):
    """What guesses cost under a curve's loss, over the least cost, and the best guess."""
    loss, rest = bind(spec, losses, curve, leading=2)
    sample = np.array(spec["x"]["values"])
    best = best_constant(loss, sample, **rest)
    costs = loss(np.array([best, *guesses])[:, None], sample[None, :], **rest).mean(axis=1)
    return costs[1:] / costs[0], best


def _draw(figure, spec, losses):
    axes, sample, first = figure.subplots(), np.array(spec["x"]["values"]), spec["start"]["guess"]
    x, lines = np.linspace(*spec["x"]["range"], 801), []
    axes.plot(sample, np.full(len(sample), spec["height"]), "o", color=GREY, markersize=4)
    axes.plot(sample[spec["movable"]], spec["height"], "o", color="black", markersize=8)
    axes.axvline(first, color=GREY, linestyle=":", linewidth=1)
    for curve in spec["curves"]:
        line, best = _relative(spec, losses, curve, x)
        lines.append(line)
        axes.plot(best, 1, "o", color=style_of(curve)["color"])
    axes.set_title("cost / least cost")
    draw_lines(axes, spec, x, lines, spec["y"]["range"])
