"""Shared by several kinds of explorer: parts of a description, and parts of a picture."""

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike
from sympy.printing.pretty.pretty_symbology import pretty_symbol

from lossbook.arguments import Interval, interval, mapping, number, numbers, text, texts
from lossbook.explorers.javascript import takes
from lossbook.figures import COLOURS, DASHES, label, looks
from lossbook.loss import Loss

Losses = dict[str, Loss | tuple[Loss, dict[str, float]]]
Sliders = dict[str, Interval | range]

# Parts of a description.


def describe(
    kind: str,
    title: str,
    losses: Losses,
    given: dict[str, float] | None = None,
    sliders: Sliders | None = None,
    *,
    leading: int,
    of: str = "numbers",
) -> tuple[dict[str, Loss], dict]:
    """The losses by name, and the part of a description that all kinds share.

    Every argument after the leading ones is given, or moved by a slider, or at its default.
    of: what the losses take, "numbers" or "vectors".
    """
    title, losses = text("title", title), mapping("losses", losses, "{label: loss}")
    given = mapping("given", given, "{argument: number}")
    sliders = mapping("sliders", sliders, "{argument: (low, high)}")
    if not 1 <= len(losses) <= len(COLOURS):
        raise ValueError(f"losses takes 1 to {len(COLOURS)} of them, got {len(losses)}")
    found, drawn, defaults = {}, [], {}
    given = {name: number(f"given[{name!r}]", value) for name, value in given.items()}
    for shown, item in losses.items():
        loss, fixed = item if isinstance(item, tuple) and len(item) == 2 else (item, {})
        if not isinstance(loss, Loss):
            raise TypeError(f"losses takes a Loss at {shown!r}, got {loss!r}")
        if takes(loss) != of:
            raise TypeError(f"losses takes losses of {of} at {shown!r}, got {loss!r}")
        if found.setdefault(loss.name, loss) is not loss:
            raise ValueError(f"losses takes losses of different names, got two {loss.name!r}")
        fixed = mapping(f"losses[{shown!r}]", fixed, "{argument: number} beside the loss")
        fixed = {name: number(f"losses[{shown!r}]", value) for name, value in fixed.items()}
        defaults |= loss.parameters
        rest = list(loss.signature.parameters)[leading:]
        free = {**loss.parameters, **given}.items()
        values = {name: value for name, value in free if name not in sliders} | fixed
        if not set(fixed) <= set(rest) <= {*values, *sliders}:
            raise ValueError(f"{shown!r} takes numbers or sliders for {rest}, got {fixed | given}")
        values = {name: values[name] for name in rest if name in values}
        drawn.append({"loss": loss.name, "label": shown, "given": values})
    give_looks(drawn, [curve["loss"] for curve in drawn])
    known = {name for loss in found.values() for name in loss.signature.parameters}
    for name in {**given, **sliders}.keys() - known:
        raise ValueError(f"given and sliders take arguments of the losses, got {name!r}")
    moved = [slider(name, limits, defaults.get(name)) for name, limits in sliders.items()]
    return found, {"kind": kind, "label": title, "parameters": moved, "curves": drawn}


def give_looks(curves: list[dict], names: list[str]) -> None:
    """Write into each curve the look of the loss with that name, in numbers of style.css."""
    for curve, one in zip(curves, looks(names), strict=True):
        colour, dash = COLOURS.index(one["color"]), DASHES.index(one["linestyle"])
        curve["look"] = {"colour": 1 + colour, "dash": 1 + dash}


def slider(
    name: str,
    limits: Interval | range,
    start: float | None,
    symbol: str | None = None,
    argument: str | None = None,
) -> dict:
    """A slider over round values: even in ratio if high is 20 times low, else in difference.

    limits: (low, high), or a `range` of whole numbers. start: among the values, too; the middle
        one where it is None.
    symbol: what stands before the slider, after words for it, else the name's letter.
    argument: what an error calls the limits.
    """
    whole = isinstance(limits, range)
    ends = (min(limits, default=0), max(limits, default=0)) if whole else limits
    low, high = interval(argument or f"sliders[{name!r}]", ends)
    if whole:
        stops = set(map(float, limits))
    elif 0 < 20 * low <= high:
        stops = {float(f"{value:.2g}") for value in np.geomspace(low, high, 121)}
    else:
        ticks = MaxNLocator(100, steps=[1, 2, 5, 10]).tick_values(low, high)
        stops = {low, high} | {float(f"{tick:.4g}") for tick in ticks if low < tick < high}
    start = sorted(stops)[len(stops) // 2] if start is None else float(start)
    values = sorted(stops | {start})
    return named(name, symbol) | {"values": values, "value": start}


# What the parameters are, beside their letters.
WORDS = {
    "alpha": "weight",
    "beta": "threshold",
    "C": "price of loss",
    "delta": "threshold",
    "epsilon": "label smoothing",
    "gamma": "focusing",
    "kappa": "price of a minute",
    "q": "true probability",
}


def named(name: str, symbol: str | None = None, words: str | None = None) -> dict:
    """How a parameter is named: in words, with a letter where it has one."""
    words, symbol = words or WORDS.get(name, name.replace("_", " ")), symbol or letter(name)
    return {"name": name, "words": words, "symbol": "" if symbol == words else symbol}


def two_classes(
    points: ArrayLike,
    labels: ArrayLike,
    signs: tuple[str, str],
    most: int,
    axes: tuple[tuple[str, Interval], tuple[str, Interval]],
    names: Sequence[str],
    **more,
) -> dict:
    """The part of a description of points of two classes in the plane, all of them movable.

    signs: the two labels, as an error names them. axes: (label, range) of x and of y.
    more: what stands before the start.
    """
    points, labels = numbers("points", points, ("n", 2)), numbers("labels", labels)
    wants, known = " and ".join(signs), set(map(float, signs))
    if labels.shape != points.shape[:1] or set(labels.tolist()) != known or len(labels) > most:
        raise ValueError(f"labels takes {wants}, both, one for each of up to {most}, got {labels}")
    (x_label, x_range), (y_label, y_range) = axes
    ranges = interval("x_range", x_range), interval("y_range", y_range)
    for name, limits, at in zip(("x_range", "y_range"), ranges, points.T, strict=True):
        if not limits[0] <= at.min() <= at.max() <= limits[1]:
            raise ValueError(f"{name} takes a range that holds all points, got {tuple(limits)}")
    return {
        "x": {"label": text("x_label", x_label), "range": ranges[0]},
        "y": {"label": text("y_label", y_label), "range": ranges[1]},
        "labels": labels.astype(int).tolist(),
        "names": texts("names", names, 2),
        "steps": [key_step(*limits) for limits in ranges],
        **more,
        "start": {"points": points.tolist(), "chosen": 0},
    }


def key_step(low: float, high: float) -> float:
    """One press of an arrow key: about an eightieth of the range, in one digit."""
    return float(f"{(high - low) / 80:.1g}")


def letter(name: str) -> str:
    """An argument's name in letters of mathematics: delta is δ."""
    return pretty_symbol(name.replace("_hat", "hat"))


def in_words(loss: Loss) -> str:
    """The name of a loss in words: "cross entropy", also for that of logits."""
    return getattr(loss, "name", repr(loss)).removesuffix("_with_logits").replace("_", " ")


# Parts of a picture.


def bind(
    spec: dict, losses: dict[str, Loss], curve: dict, leading: int
) -> tuple[Callable, dict[str, float]]:
    """A curve's loss, and what it takes after the leading arguments as the sliders start.

    The same in explorers/src/stage.js.
    """
    loss, start = losses[curve["loss"]], {p["name"]: p["value"] for p in spec["parameters"]}
    rest = list(loss.signature.parameters)[leading:]
    return loss, {name: (start | curve["given"])[name] for name in rest}


def draw_lines(axes: Axes, spec: dict, x: np.ndarray, lines: list, limits: Interval) -> None:
    """Lines with their labels at the right end, kept apart. The same in explorers/src/curve.js."""
    axes.set(xlim=spec["x"]["range"], ylim=limits, xlabel=spec["x"]["label"])
    ends = []
    for line, curve in zip(lines, spec["curves"], strict=True):
        style = style_of(curve)
        axes.plot(x, line, linewidth=1.5 if ends else 2.5, **style)
        end = last_seen(x, line, limits)
        if end:
            ends.append((end, curve["label"], style["color"]))
    gap = np.ptp(limits) / 15
    below_title = limits[0], limits[1] - gap / 2
    heights = spread([height for (_, height), _, _ in ends], gap, below_title)
    for ((at, _), name, colour), height in zip(ends, heights, strict=True):
        label(axes, at, height, name, colour, over=at < x[-1])


def style_of(curve: dict) -> dict:
    """The look of a curve, as `Axes.plot` takes it."""
    colour, dash = curve["look"]["colour"], curve["look"]["dash"]
    return {"color": COLOURS[colour - 1], "linestyle": DASHES[dash - 1]}


def last_seen(x: np.ndarray, line: np.ndarray, limits: Interval) -> tuple[float, float] | None:
    """Where a line is last within limits, (x, y). The same in explorers/src/curve.js."""
    low, high = limits
    inside = np.flatnonzero((low <= line) & (line <= high))
    if not len(inside):
        return None
    last = inside[-1]
    after = line[last + 1] if last + 1 < len(line) else np.nan
    if not np.isfinite(after):
        return float(x[last]), float(line[last])
    edge = high if after > high else low
    part = (edge - line[last]) / (after - line[last])
    return float(x[last] + part * (x[last + 1] - x[last])), float(edge)


def spread(wanted: list[float], gap: float, limits: Interval) -> list[float]:
    """Positions at least a gap apart and within limits, near the wanted ones, in their order.

    The same in explorers/src/curve.js.
    """
    order, placed = np.argsort(wanted, kind="stable"), [*wanted]
    last = limits[0] - gap
    for i in order:
        last = placed[i] = max(placed[i], last + gap)
    last = limits[1] + gap
    for i in reversed(order):
        last = placed[i] = min(placed[i], last - gap)
    return placed


def draw_mark(axes: Axes, place: ArrayLike, sign: str, colour: str, tip: ArrayLike) -> None:
    """A point with a sign on it, and the force on it as an arrow to the tip.

    The same in explorers/src/marks.js.
    """
    axes.plot(*place, "o", color=colour, markersize=14, zorder=3)
    middle = {"ha": "center", "va": "center", "color": "white", "weight": "bold", "zorder": 4}
    axes.text(*place, sign, **middle)
    arrow = {"arrowstyle": "->", "linewidth": 1.5, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", tip, place, arrowprops=arrow, zorder=2.5)
