"""Explorers: figures that answer to the reader without a kernel.

An explorer is a description (numbers, labels, ranges) beside losses printed as JavaScript from
their sympy line. A notebook shows it as two outputs: a picture by matplotlib, and HTML in
which the runtime of `explorers/` draws the same thing to be touched, in the picture's place.

    explorers.curves({"Huber": huber}, x=(-4, 4), given={"y": 0}, sliders={"delta": (0.05, 5)},
                     value=(0, 6), gradient=(-3, 3), title="Huber's loss and its gradient")
"""

import hashlib
import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sympy import Symbol
from sympy.printing.jscode import JavascriptCodePrinter
from sympy.printing.pretty.pretty_symbology import pretty_symbol

from lossbook.figures import COLOURS, DASHES, label
from lossbook.loss import Loss
from lossbook.shapes import stable

STATIC = Path(__file__).parent / "static"


# A loss as JavaScript.


class _Printer(JavascriptCodePrinter):
    """JavaScript that rounds as numpy does; what it cannot print raises."""

    def _print_Rational(self, expr):
        return repr(float(expr))

    def _print_Pow(self, expr):
        if not (expr.exp.is_Integer and 2 <= abs(expr.exp) <= 4):
            return super()._print_Pow(expr)
        product = "*".join([f"({self._print(expr.base)})"] * abs(int(expr.exp)))
        return f"({product})" if expr.exp > 0 else f"(1/({product}))"

    def _print_log1p(self, expr):
        return f"Math.log1p({self._print(expr.args[0])})"

    def _print_expm1(self, expr):
        return f"Math.expm1({self._print(expr.args[0])})"


def javascript(loss):
    """A loss of numbers as JavaScript text: an object of its arguments' names and two functions.

        {arguments: ["y_hat", "y", "delta"], value: (yhat, y, delta) => ..., gradient: ...}

    Raises TypeError for a loss of vectors, or with several arguments to differentiate by.
    """
    numbers = isinstance(loss, Loss) and all(isinstance(s, Symbol) for s in loss.symbols)
    if not numbers or len(loss.wrt) != 1:
        raise TypeError(f"loss takes a Loss of one number that one differentiates by, got {loss!r}")
    printer = _Printer({"strict": True})
    names = ", ".join(map(printer.doprint, loss.symbols))
    given = loss.symbols[: len(loss.arguments)]
    code = {
        what: f"({names}) => {printer.doprint(stable(formula(*given)))}"
        for what, formula in (("value", loss.formula), ("gradient", loss.gradient))
    }
    return _object(arguments=json.dumps(list(loss.signature.parameters)), **code)


def _object(**members):
    return "{" + ", ".join(f"{json.dumps(key)}: {code}" for key, code in members.items()) + "}"


# What a notebook shows.


@dataclass(frozen=True)
class Explorer:
    """A figure that answers: displays itself as a picture and as what takes its place.

    spec: what the runtime draws, without the losses.
    losses: the losses by name.
    draw: fills a matplotlib Figure with the picture.
    """

    spec: dict
    losses: dict
    draw: Callable

    def picture(self, kind="svg"):
        """The picture as bytes, "svg" or "png", equal in every run."""
        from matplotlib.figure import Figure

        figure, file = Figure(), io.BytesIO()
        self.draw(figure, self.spec, self.losses)
        undated = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}
        # White, since a page or a notebook may show it on a dark ground.
        figure.savefig(file, format=kind, dpi=100, facecolor="white", metadata=undated[kind])
        return file.getvalue()

    def html(self):
        """The explorer; with the runtime in it, unless LOSSBOOK_STORED says that pages load it."""
        spec = json.dumps(self.spec, ensure_ascii=False).replace("<", r"\u003c")
        losses = _object(**{name: javascript(loss) for name, loss in self.losses.items()})
        name = "explorer-" + hashlib.sha256((spec + losses).encode()).hexdigest()[:10]
        page = (
            f'<figure class="lossbook-explorer" id="{name}"></figure>\n<script>\n'
            f'(window.lossbookExplorers ||= []).push(["{name}", {{...{spec}, losses: {losses}}}]);'
            "\n</script>"
        )
        return page if os.environ.get("LOSSBOOK_STORED") else f"{_runtime()}\n{page}"

    def _ipython_display_(self):
        from base64 import b64encode

        from IPython.display import display

        # JupyterLab shows no SVG of a notebook that it does not trust yet, but a PNG.
        svg, png = self.picture("svg").decode(), b64encode(self.picture("png")).decode()
        text = {"text/plain": self.spec["label"]}
        display({"image/svg+xml": svg, "image/png": png, **text}, raw=True)
        display({"text/html": self.html(), **text}, raw=True)


def _runtime():
    style, script = ((STATIC / f"explorers.{kind}").read_text("utf-8") for kind in ("css", "js"))
    guarded = f"if (!window.lossbookExplorers?.mount) {{\n{script}}}"
    return f"<style>{style}</style>\n<script>\n{guarded}\n</script>"


# The kinds of explorer.


def curves(
    losses,
    *,
    title,
    x,
    x_label=None,
    given=None,
    sliders=None,
    value=None,
    gradient=None,
    probe=None,
    divide_by=None,
):
    """Losses over their first argument, with a probe that reads off values and gradients.

    losses: {label: loss} or {label: (loss, {argument: number})}; the first is the hero. Labels
        stand at the ends of the lines: keep them short.
    title: what the figure is, for those who do not see it.
    x: (low, high) of the first argument, in its unit; x_label names it on the axis.
    given: {argument: number} for arguments that stay, such as the target.
    sliders: {argument: (low, high)} for those that the reader moves, from their defaults.
    value, gradient: (low, high) of the panel's upright axis; None leaves the panel out.
    probe: the x where the probe starts.
    divide_by: a slider's argument; the reader may divide by it the curves that it moves.

    Raises ValueError or TypeError that names the argument, what it got and what it takes.
    """
    found, spec = _describe("curves", title, losses, given or {}, sliders or {}, leading=1)
    low, high = _range("x", x)
    panels = {of: _range(of, r) for of, r in (("value", value), ("gradient", gradient)) if r}
    if not panels:
        raise ValueError("value, gradient: at least one takes (low, high), got None for both")
    if divide_by not in {None, *(sliders or {})}:
        raise ValueError(f"divide_by takes one of the sliders {[*sliders]}, got {divide_by!r}")
    start = {"x": float((low + 3 * high) / 4 if probe is None else probe)}
    first = next(iter(found.values())).arguments[0]
    spec |= {
        "x": {"label": x_label or _pretty(first), "range": [low, high]},
        "panels": [{"of": of, "range": limits} for of, limits in panels.items()],
        "step": _step(low, high),
        "divide": divide_by and {"name": divide_by, "symbol": _pretty(divide_by)},
        "start": start | ({"divided": False} if divide_by else {}),
    }
    return Explorer(spec, found, _draw_curves)


def fit(
    losses, x, y, *, title, x_range, y_range, movable=-1, x_label="x", y_label="y", sliders=None
):
    """Points, one of which the reader moves, and the line a + b x that each loss fits to them.

    losses: as for `curves`; losses of (prediction, target), convex.
    x, y: (n,), the points; n at least 3. movable: the index of the one that moves.
    x_range, y_range: (low, high) of the axes, and of where the point may go.
    title, sliders: as for `curves`.
    """
    found, spec = _describe("fit", title, losses, {}, sliders or {}, leading=2)
    x, y = _points("x", x), _points("y", y)
    if len(x) != len(y):
        raise ValueError(f"x and y take as many numbers, got {len(x)} and {len(y)}")
    if movable not in range(-len(x), len(x)):
        raise ValueError(f"movable takes an index of {len(x)} points, got {movable}")
    ranges = _range("x_range", x_range), _range("y_range", y_range)
    for curve in spec["curves"]:
        curve["method"] = _method(found[curve["loss"]])
    spec |= {
        "x": {"label": x_label, "range": ranges[0], "values": x},
        "y": {"label": y_label, "range": ranges[1], "values": y},
        "movable": movable % len(x),
        "steps": [_step(*limits) for limits in ranges],
        "start": {"x": x[movable], "y": y[movable]},
    }
    return Explorer(spec, found, _draw_fit)


def fit_line(loss, x, y, **parameters):
    """The line a + b x of least total loss, as (a, b); x, y: (n,); the loss is convex.

    Reweighted least squares, each point weighted by gradient / residual; where the loss is
    made of straight pieces, the best of the lines through two points, which is exact.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if _method(loss) == "vertices":
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


def _method(loss):
    return "vertices" if loss.hessian == 0 else "irls"


# Parts of a description.


def _describe(kind, title, losses, given, sliders, leading):
    """The losses by name, and the part of a description that all kinds share.

    Every argument after the leading ones is given, or moved by a slider, or at its default.
    """
    if not 1 <= len(losses) <= len(COLOURS):
        raise ValueError(f"losses takes 1 to {len(COLOURS)} of them, got {len(losses)}")
    found, drawn, defaults = {}, [], {}
    for text, item in losses.items():
        loss, fixed = item if isinstance(item, tuple) else (item, {})
        if not isinstance(loss, Loss):
            raise TypeError(f"losses takes a Loss at {text!r}, got {loss!r}")
        if found.setdefault(loss.name, loss) is not loss:
            raise ValueError(f"losses takes losses of different names, got two {loss.name!r}")
        defaults |= loss.parameters
        rest = list(loss.signature.parameters)[leading:]
        free = {**loss.parameters, **given}.items()
        values = {name: value for name, value in free if name not in sliders} | fixed
        if not set(fixed) <= set(rest) <= {*values, *sliders}:
            raise ValueError(f"{text!r} takes numbers or sliders for {rest}, got {fixed | given}")
        values = {name: values[name] for name in rest if name in values}
        drawn.append({"loss": loss.name, "label": text, "given": values})
    known = {name for loss in found.values() for name in loss.signature.parameters}
    for name in {**given, **sliders}.keys() - known:
        raise ValueError(f"given and sliders take arguments of the losses, got {name!r}")
    stops = [
        {"name": name, "symbol": _pretty(name), **_stops(name, limits, defaults.get(name))}
        for name, limits in sliders.items()
    ]
    return found, {"kind": kind, "label": title, "parameters": stops, "curves": drawn}


def _stops(name, limits, start):
    """Round values from low to high: even in ratio if high is 20 times low, else in difference."""
    low, high = _range(f"sliders[{name!r}]", limits)
    if 0 < 20 * low <= high:
        stops = {float(f"{value:.2g}") for value in np.geomspace(low, high, 121)}
    else:
        stops = {float(f"{value:.4g}") for value in np.linspace(low, high, 101)}
    start = sorted(stops)[len(stops) // 2] if start is None else float(start)
    return {"values": sorted(stops | {start}), "value": start}


def _range(name, given):
    try:
        low, high = map(float, given)
    except (TypeError, ValueError):
        raise TypeError(f"{name} takes a pair of numbers (low, high), got {given!r}") from None
    if not -np.inf < low < high < np.inf:
        raise ValueError(f"{name} takes finite (low, high) with low < high, got {given!r}")
    return [low, high]


def _points(name, given):
    points = np.asarray(given, float)
    if points.ndim != 1 or len(points) < 3 or not np.isfinite(points).all():
        raise ValueError(f"{name} takes at least 3 finite numbers, shape (n,), got {given!r}")
    return points.tolist()


def _step(low, high):
    """One press of an arrow key: about an eightieth of the range, in one digit."""
    return float(f"{(high - low) / 80:.1g}")


def _pretty(name):
    """An argument's name in letters of mathematics: delta is δ."""
    return pretty_symbol(name.replace("_hat", "hat"))


# The pictures.


def _bind(spec, losses, curve, leading):
    """A curve's loss, and what it takes after the leading arguments as the sliders start."""
    loss, start = losses[curve["loss"]], {p["name"]: p["value"] for p in spec["parameters"]}
    rest = list(loss.signature.parameters)[leading:]
    return loss, {name: (start | curve["given"])[name] for name in rest}


def _draw_curves(figure, spec, losses):
    x, panels = np.linspace(*spec["x"]["range"], 801), spec["panels"]
    for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        lines = []
        for curve in spec["curves"]:
            loss, rest = _bind(spec, losses, curve, leading=1)
            y = (loss if panel["of"] == "value" else loss.grad)(x, **rest)
            jumps = np.abs(np.diff(y, prepend=y[0])) > np.ptp(panel["range"]) / 20
            lines.append(np.where(jumps, np.nan, y))
        axes.set_title({"value": "loss", "gradient": "gradient"}[panel["of"]])
        _draw_lines(axes, spec, x, lines, panel["range"])


def _draw_fit(figure, spec, losses):
    axes, x, y = figure.subplots(), *(np.array(spec[name]["values"]) for name in "xy")
    axes.plot(x, y, "o", color=COLOURS[4], markersize=4)
    axes.plot(x[spec["movable"]], y[spec["movable"]], "o", color="black", markersize=8)
    ends, lines = np.array(spec["x"]["range"]), []
    for curve in spec["curves"]:
        loss, rest = _bind(spec, losses, curve, leading=2)
        a, b = fit_line(loss, x, y, **rest)
        lines.append(a + b * ends)
    axes.set_ylabel(spec["y"]["label"])
    _draw_lines(axes, spec, ends, lines, spec["y"]["range"])


def _draw_lines(axes, spec, x, lines, limits):
    """Lines with their labels at the right end, kept apart."""
    axes.set(xlim=spec["x"]["range"], ylim=limits, xlabel=spec["x"]["label"])
    ends = []
    for line, curve, colour, dash in zip(lines, spec["curves"], COLOURS, DASHES, strict=False):
        axes.plot(x, line, color=colour, linestyle=dash, linewidth=2.5 if dash == "-" else 1.5)
        ends.append((float(np.fmin(line[-1], limits[1])), curve["label"], colour))
    above = limits[0]
    for end, text, colour in sorted(ends):
        above = max(end, above)
        label(axes, x[-1], above, text, colour)
        above += np.ptp(limits) / 15
