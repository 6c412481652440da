"""Losses over their first argument. The explorer is explorers/src/kinds/curves.js."""

import numpy as np

from lossbook.arguments import Interval, interval, mapping, number, text, whole
from lossbook.explorers.explorer import Explorer
from lossbook.explorers.parts import (
    Losses,
    Sliders,
    bind,
    describe,
    draw_lines,
    key_step,
    letter,
    slider,
    style_of,
)
from lossbook.figures import label


def curves(
    losses: Losses,
    *,
    title: str,
    x: Interval,
    x_label: str | None = None,
    given: dict[str, float] | None = None,
    sliders: Sliders | None = None,
    value: Interval | None = None,
    gradient: Interval | None = None,
    probe: float | None = None,
    divide_by: str | None = None,
    descent: Interval | None = None,
    samples: dict[str, tuple[float | None, int]] | None = None,
) -> Explorer:
    """Losses over their first argument, with a probe that reads off values and gradients.

    losses: {label: loss} or {label: (loss, {argument: number})}; the first is drawn thickest.
        Labels stand at the ends of the lines: keep them short.
    title: what the figure is, for those who do not see it.
    x: (low, high) of the first argument, in its unit; x_label names it on the axis.
    given: {argument: number} for arguments that stay, such as the target.
    sliders: {argument: (low, high)} for those that the reader moves, from their defaults;
        a `range` instead of the pair for whole numbers.
    value, gradient: (low, high) of the panel's upright axis; None leaves the panel out.
    probe: the x where the probe starts, on the first curve.
    divide_by: a slider's argument; the reader may divide by it the curves that it moves.
    descent: (low, high) of a learning rate that the reader chooses; a ball then rolls down each
        curve from the probe, by steps of gradient descent.
    samples: {name: (x, how many there are)}, None for the x of the probe; bars show the share of
        the first kind of them in the sum of all gradients, taken without their signs.

    Raises ValueError or TypeError that names the argument, what it got and what it takes.
    """
    found, spec = describe("curves", title, losses, given, sliders, leading=1)
    low, high = interval("x", x)
    ranges = {"value": value, "gradient": gradient}
    panels = {of: interval(of, limits) for of, limits in ranges.items() if limits is not None}
    if not panels:
        raise ValueError("value, gradient: at least one takes (low, high), got None for both")
    names = [moved["name"] for moved in spec["parameters"]]
    if divide_by is not None and text("divide_by", divide_by) not in names:
        raise ValueError(f"divide_by takes one of the sliders {names}, got {divide_by!r}")
    start = {"x": float((low + 3 * high) / 4 if probe is None else number("probe", probe))}
    first = next(iter(found.values())).arguments[0]
    spec |= {
        "x": {
            "label": letter(first) if x_label is None else text("x_label", x_label),
            "range": [low, high],
        },
        "panels": [{"of": of, "range": limits} for of, limits in panels.items()],
        "step": key_step(low, high),
        "divide": divide_by and {"name": divide_by, "symbol": letter(divide_by)},
        "start": start | ({"divided": False} if divide_by else {}),
    }
    if samples is not None:
        spec["samples"] = _samples(samples, low, high)
    if descent is not None:
        if interval("descent", descent)[0] <= 0:
            raise ValueError(f"descent takes learning rates (low, high) above 0, got {descent!r}")
        spec["parameters"].append(
            slider("learning_rate", descent, None, symbol="η", argument="descent")
        )
        spec["start"]["balls"] = None
    for panel in spec["panels"]:
        (least, most), curve = panel["range"], spec["curves"][0]
        loss, rest = bind(spec, found, curve, leading=1)
        y = (loss if panel["of"] == "value" else loss.grad)(start["x"], **rest)
        if not least <= y <= most:
            raise ValueError(
                f"probe takes an x at which the {TITLES[panel['of']]} {curve['label']!r} lies in "
                f"{panel['of']}, {(least, most)}, got {start['x']:g}, where it is {y:g}"
            )
    return Explorer(spec, found, _draw)


def _samples(samples, low, high):
    found = []
    for name, pair in mapping("samples", samples, "{name: (x, how many)}").items():
        here = f"samples[{name!r}]"
        if not (isinstance(pair, tuple) and len(pair) == 2):
            raise TypeError(f"{here} takes a pair (x, how many), got {pair!r}")
        x, count = pair
        if x is not None and not low <= (x := float(number(here, x))) <= high:
            raise ValueError(f"{here} takes an x in {(low, high)}, got {x:g}")
        found.append({"words": name, "x": x, "count": whole(here, count, 1, 10**9)})
    if len(found) < 2:
        raise ValueError(f"samples takes two kinds of them or more, got {samples}")
    return found


TITLES = {"value": "loss", "gradient": "gradient"}  # the same in explorers/src/kinds/curves.js


def _draw(figure, spec, losses):
    x, panels = np.linspace(*spec["x"]["range"], 801), spec["panels"]
    samples = spec.get("samples", [])
    drawn = figure.subplots(1, len(panels) + bool(samples), squeeze=False)[0]
    for axes, panel in zip(drawn, panels, strict=not samples):
        lines = []
        for curve in spec["curves"]:
            loss, rest = bind(spec, losses, curve, leading=1)
            y = (loss if panel["of"] == "value" else loss.grad)(x, **rest)
            # A line is broken where it jumps; `sample` in explorers/src/curve.js finds the place.
            jumps = np.abs(np.diff(y, prepend=y[0])) > np.ptp(panel["range"]) / 20
            lines.append(np.where(jumps, np.nan, y))
            for one in samples:
                if one["x"] is not None:
                    height = (loss if panel["of"] == "value" else loss.grad)(one["x"], **rest)
                    axes.plot(one["x"], height, "o", color=style_of(curve)["color"])
        axes.set_title(TITLES[panel["of"]])
        draw_lines(axes, spec, x, lines, panel["range"])
    if samples:
        _draw_shares(drawn[-1], spec, losses)


def _draw_shares(axes, spec, losses):
    (first, *_), probe = spec["samples"], spec["start"]["x"]
    x = np.array([probe if one["x"] is None else one["x"] for one in spec["samples"]])
    count = np.array([one["count"] for one in spec["samples"]])
    for row, curve in enumerate(spec["curves"]):
        loss, rest = bind(spec, losses, curve, leading=1)
        sizes = count * np.abs(loss.grad(x, **rest))
        colour, share = style_of(curve)["color"], 100 * sizes[0] / (sizes.sum() or 1)
        axes.barh(row, 100, 0.4, color=colour, alpha=0.2)
        axes.barh(row, share, 0.4, color=colour)
        label(axes, 0, row - 0.34, f"{curve['label']}: {share:.1f} %", colour, xytext=(0, 0))
    axes.set(
        xlim=(0, 100),
        ylim=(len(spec["curves"]) - 0.5, -0.7),
        yticks=[],
        xlabel="% of the gradients",
    )
    axes.set_title(f"share of {first['words']}")
