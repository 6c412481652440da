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
from html import escape
from pathlib import Path

import numpy as np
from matplotlib.ticker import MaxNLocator
from sympy import IndexedBase, Symbol
from sympy.printing.jscode import JavascriptCodePrinter
from sympy.printing.pretty.pretty_symbology import pretty_symbol

from lossbook import guide as tree
from lossbook.figures import COLOURS, DASHES, label
from lossbook.loss import Loss, Vector
from lossbook.shapes import stable
from lossbook.verify import best_constant

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

    # Vectors are arrays; an index k runs from 0 there.

    def _print_Indexed(self, expr):
        return f"{expr.base}[{expr.indices[0]}]"

    def _print_Sum(self, expr):
        index = expr.variables[0]
        return f"{self._terms(expr)}.reduce((sum, {index}) => sum + {index}, 0)"

    def _print_root(self, expr):
        (total,) = expr.args
        return f"Math.hypot(...{self._terms(total.func(total.function.base, *total.limits))})"

    def _print_log_of_sum(self, expr):
        (total,) = expr.args
        exponents = self._terms(total.func(total.function.exp, *total.limits))
        log = "top + Math.log(terms.reduce((sum, one) => sum + Math.exp(one - top), 0))"
        return f"((terms) => {{ const top = Math.max(...terms); return {log}; }})({exponents})"

    def _terms(self, total):
        """The array of what is summed."""
        vector = min(total.function.atoms(IndexedBase), key=str)
        return f"{vector}.map((_, {total.variables[0]}) => {self._print(total.function)})"


def javascript(loss):
    """A loss as JavaScript text: an object of its arguments' names and two functions.

        {arguments: ["y_hat", "y", "delta"], value: (yhat, y, delta) => ..., gradient: ...}

    Vectors are arrays, and so is the gradient by a vector; where several arguments stand before
    the /, the gradient is the array of those by each.
    Raises TypeError for what is not a Loss.
    """
    if not isinstance(loss, Loss):
        raise TypeError(f"loss takes a Loss, got {loss!r}")
    functions = {"log1p": "Math.log1p", "expm1": "Math.expm1"}
    printer = _Printer({"strict": True, "user_functions": functions})
    names = ", ".join(map(str, loss.symbols))
    given = loss.symbols[: len(loss.arguments)]
    chosen = {symbol.name: symbol for symbol in loss.symbols[len(given) :]}
    slopes = loss.grad(*given, **chosen)
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    slopes = [printer.doprint(stable(slope)) for slope in slopes]
    if _has_vectors(loss):  # the gradient's formula is that of the entry j
        slopes = [f"{loss.symbols[0]}.map((_, j) => {slope})" for slope in slopes]
    return _object(
        arguments=json.dumps(list(loss.signature.parameters)),
        value=f"({names}) => {printer.doprint(stable(loss(*given, **chosen)))}",
        gradient=f"({names}) => " + (slopes[0] if len(slopes) == 1 else f"[{', '.join(slopes)}]"),
    )


def _has_vectors(loss):
    return not all(isinstance(symbol, Symbol) for symbol in loss.symbols)


def _object(**members):
    return "{" + ", ".join(f"{json.dumps(key)}: {code}" for key, code in members.items()) + "}"


# What a notebook shows.


@dataclass(frozen=True)
class Explorer:
    """A figure that answers: displays itself as a picture and as what takes its place.

    spec: what the runtime draws, without the losses.
    losses: the losses by name.
    draw: fills a matplotlib Figure with the picture.
    inside: HTML that the runtime finds in the explorer's place, where it may move it.
    """

    spec: dict
    losses: dict
    draw: Callable
    inside: str = ""

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
        name = "explorer-" + hashlib.sha256((spec + losses + self.inside).encode()).hexdigest()[:10]
        page = (
            f'<figure class="lossbook-explorer" id="{name}">{self.inside}</figure>\n<script>\n'
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
    sliders: {argument: (low, high)} for those that the reader moves, from their defaults;
        a `range` instead of the pair for whole numbers.
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


def guess(
    losses,
    sample,
    *,
    title,
    x,
    x_label="guess",
    start=None,
    movable=-1,
    value=(0.6, 4),
    sliders=None,
):
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
    found, spec = _describe("guess", title, losses, {}, sliders or {}, leading=2)
    sample, (low, high), limits = _points("sample", sample), _range("x", x), _range("value", value)
    if min(sample) == max(sample):
        raise ValueError(f"sample takes targets that are not all equal, got {sample}")
    if movable not in range(-len(sample), len(sample)):
        raise ValueError(f"movable takes an index of {len(sample)} targets, got {movable}")
    if not limits[0] < 1 < limits[1]:
        raise ValueError(f"value takes (low, high) with low < 1 < high, got {value!r}")
    start = float((low + high) / 2 if start is None else start)
    if not low <= min(start, *sample) <= max(start, *sample) <= high:
        raise ValueError(f"x takes a range that holds start and sample, got {x!r}")
    spec |= {
        "x": {"label": x_label, "range": [low, high], "values": sample},
        "y": {"range": limits},
        "height": (limits[0] + 1) / 2,
        "movable": movable % len(sample),
        "step": _step(low, high),
        "start": {"guess": start, "x": sample[movable]},
    }
    return Explorer(spec, found, _draw_guess)


def margin(
    loss,
    points,
    labels,
    *,
    title,
    x_range,
    y_range,
    C=1.0,
    C_range=(0.01, 10),
    x_label="x",
    y_label="y",
    names=("-1", "+1"),
):
    """Two classes of points, all movable, and the support vector machine's line and strip.

    loss: the hinge loss, a Loss of (score, label); the readout shows its total.
    points: (n, 2); labels: (n,), -1 or +1, both of them; n up to 20. names: of the two classes.
    x_range, y_range: (low, high) of the axes, and of where the points may go.
    C: where the slider of the price of a unit of loss starts; C_range: its (low, high).
    """
    found, spec = _describe("margin", title, {loss.name: loss}, {}, {}, leading=2)
    scores, signs = np.array([-2.0, 0.0, 0.5, 1.0, 2.0]), np.array([[-1.0], [1.0]])
    if not np.array_equal(loss(scores[None, :], signs), np.maximum(1 - signs * scores, 0)):
        raise ValueError(f"loss takes the hinge loss, max(0, 1 - label score), got {loss!r}")
    axes = (x_label, x_range), (y_label, y_range)
    spec |= _two_classes(points, labels, ("-1", "+1"), 20, axes, names)
    spec["parameters"] = [{"name": "C", "symbol": "C", **_stops("C", C_range, C)}]
    return Explorer(spec, found, _draw_margin)


def separate(points, labels, C):
    """The line w . x + b = 0 of least |w|^2 / 2 + C (the sum of hinge losses): (w, b, weights).

    points: (n, 2); labels: (n,), -1 or +1, both. Sequential minimal optimisation: the weights of
    two points at a time, those that have most to gain.
    Platt (1999); Keerthi et al. (2001), Improvements to Platt's SMO algorithm.
    """
    points, labels = np.asarray(points, float), np.asarray(labels, float)
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


def simplex(loss, *, title, classes, logits=(0.0, 0.0, 0.0), target=0, limit=6.0):
    """Three logits, their softmax as a point in a triangle, and the loss and gradient there.

    The reader moves the logits, or the point, chooses the true class, and may take a share
    epsilon from its target, which all three classes divide (label smoothing).

    loss: a Loss of (logits, target), vectors. classes: the names of the three classes.
    logits: where the sliders start; they go from -limit to limit. target: the true class's index.
    """
    found, spec = _describe("simplex", title, {_words(loss): loss}, {}, {}, leading=2)
    if len(classes) != 3:
        raise ValueError(f"classes takes 3 names, got {classes!r}")
    if target not in range(3):
        raise ValueError(f"target takes the index of a class, 0 to 2, got {target!r}")
    _, limit = _range("limit", (0, limit))
    logits = _points("logits", logits)
    if len(logits) != 3 or max(map(abs, logits)) > limit:
        raise ValueError(f"logits takes 3 numbers from {-limit:g} to {limit:g}, got {logits}")
    stops = {float(f"{stop:.4g}") for stop in np.linspace(-limit, limit, 241)}
    spec |= {
        "parameters": [
            {"name": name, "symbol": _pretty(name), "values": sorted(stops | {z}), "value": z}
            for name, z in zip(("z1", "z2", "z3"), logits, strict=True)
        ]
        + [{"name": "epsilon", "symbol": "ε", **_stops("epsilon", (0, 1), 0)}],
        "classes": list(classes),
        "step": 0.02,
        "start": {"target": target},
    }
    return Explorer(spec, found, _draw_simplex)


def springs(
    loss,
    points,
    labels,
    *,
    title,
    x_range,
    y_range,
    sliders=None,
    x_label="x",
    y_label="y",
    names=("0", "1"),
    rate=0.05,
):
    """Points of two classes, all movable, the springs between them, and the force on each.

    loss: a Loss of (vector, vector, 1 for similar or 0). The force is minus the gradient of the
        sum over all pairs; a button moves every point by rate times its force. Arrows are
        three such steps long.
    points: (n, 2); labels: (n,), 0 or 1, both of them; n up to 12.
    names: of the two classes, one sign each, drawn on the points.
    x_range, y_range: (low, high) of the axes, and of where the points may go.
    title, sliders: as for `curves`.
    """
    found, spec = _describe("springs", title, {_words(loss): loss}, {}, sliders or {}, leading=3)
    axes = (x_label, x_range), (y_label, y_range)
    steps = {"rate": float(rate), "arrow": 3 * float(rate)}
    spec |= _two_classes(points, labels, ("0", "1"), 12, axes, names, **steps)
    return Explorer(spec, found, _draw_springs)


def pair_forces(loss, points, labels, **parameters):
    """The losses of all pairs of points, and the force on each point: (pairs, value, force).

    points: (n, D); labels: (n,), equal for similar points. pairs: (n (n - 1) / 2, 2), indices.
    The force, (n, D), is minus the gradient of the sum of the losses.
    """
    points, labels = np.asarray(points, float), np.asarray(labels)
    i, k = np.triu_indices(len(points), 1)
    value, slopes = loss.value_and_grad(points[i], points[k], labels[i] == labels[k], **parameters)
    force = np.zeros_like(points)
    for at, slope in zip((i, k), slopes, strict=True):
        np.subtract.at(force, at, slope)
    return np.stack([i, k], axis=1), value, force


def _words(loss):
    """The name of a loss in words, without what it is given."""
    return getattr(loss, "name", repr(loss)).removesuffix("_with_logits").replace("_", " ")


def lattice(target, p, *, letters, title, frames=None, longest=4):
    """The lattice of CTC: a target, walks through it, and what each probability does to the loss.

    target: a text of some of the letters. p: (T, C), the probability of each class at each
        frame, for the most frames that the reader may choose; C is 1 + the number of letters,
        class 0 the blank. The reader changes target, frames and every probability.
    letters: the alphabet, each letter once. longest: most letters of a target.
    frames: with how many of the frames to start; all where it is left out.
    title: what the figure is, for those who do not see it.
    """
    p, frames = np.asarray(p, float), len(p) if frames is None else frames
    if len(set(letters)) != len(letters) or not letters.isalpha() or letters != letters.lower():
        raise ValueError(f"letters takes different small letters, got {letters!r}")
    if p.ndim != 2 or p.shape[1] != 1 + len(letters) or len(p) > 12:
        raise ValueError(f"p takes at most 12 rows of {1 + len(letters)}, got shape {p.shape}")
    if not ((p >= 0).all() and np.allclose(p.sum(axis=1), 1)):
        raise ValueError(f"p takes probabilities whose rows add up to 1, got {p.tolist()}")
    if len(target) > longest or not set(target) <= set(letters):
        raise ValueError(f"target takes at most {longest} of {letters!r}, got {target!r}")
    if frames not in range(1, len(p) + 1):
        raise ValueError(f"frames takes a number from 1 to {len(p)}, got {frames!r}")
    start = {"target": target, "frames": frames, "time": frames, "posterior": False}
    start |= {"frame": 1, "class": 1, "p": p.tolist()}
    shown = [{"loss": "ctc", "label": "ctc", "given": {}}]
    spec = {"kind": "lattice", "label": title, "parameters": [], "curves": shown}
    spec |= {"letters": letters, "longest": longest, "start": start}
    return Explorer(spec, {}, _draw_lattice)


def triplet_regions(
    loss,
    positive,
    negative,
    *,
    title,
    limits,
    margin=(0.05, 4),
    start=1.0,
    x_label="x",
    y_label="y",
):
    """An anchor at the origin of the plane, and where its negative is hard, semi-hard and easy.

    The reader moves the positive, the negative and the margin, and squares the distances or not;
    arrows are half of the forces of a descent.

    loss: the triplet loss, a Loss of (anchor, positive, negative) with margin and squared.
    positive, negative: (x, y), where they start. limits: (low, high) of the upright axis.
    margin: (low, high) of its slider; start: where it starts.
    """
    kinds = {name: _of_distances(loss, name) for name in ("squared", "plain")}
    found, spec = _describe("triplet", title, kinds, {}, {"margin": margin}, leading=3)
    low, high = _range("limits", limits)
    ends = {"positive": positive, "negative": negative}
    for name, point in ends.items():
        ends[name] = point = np.asarray(point, float)
        if point.shape != (2,) or not np.all((low <= point) & (point <= high)):
            raise ValueError(f"{name} takes (x, y) within limits, got {point}")
    spec |= {
        "parameters": [{"name": "margin", "symbol": "m", **_stops("margin", margin, start)}],
        "x": {"label": x_label, "range": [low, high]},
        "y": {"label": y_label, "range": [low, high]},
        "step": _step(low, high),
        "arrow": 0.5,
        "start": {name: point.tolist() for name, point in ends.items()} | {"squared": True},
    }
    return Explorer(spec, found, _draw_triplet)


def guide(title="How to choose a loss"):
    """At most four questions that lead to a loss, what speaks for it and in which case against it.

    The picture shows all questions as a tree, the explorer asks one after the other. They stand in
    `lossbook.guide`. Links lead to the chapters from a notebook beside their folders.
    title: what the figure is, for those who do not see it.
    """
    spec = {"kind": "guide", "label": title, "curves": [], "question": tree.nested()}
    # Formulas and links stand in the page, where MathJax and JupyterLab find them. JupyterLab
    # ignores "hidden" (and scripts) in a notebook that it does not trust: then one may unfold them.
    inside = f"<details hidden><summary>{escape(title)}</summary>{tree.cards()}</details>"
    return Explorer(spec, {}, _draw_guide, inside)


def _of_distances(loss, name):
    """The triplet loss of squared or of plain distances, as a Loss of that name."""

    def formula(anchor: Vector, positive: Vector, negative: Vector, /, *, margin=1.0):
        points = {"margin": margin, "squared": name == "squared"}
        return loss(anchor, positive, negative, **points)

    if not isinstance(loss, Loss) or list(loss.parameters) != ["margin", "squared"]:
        raise TypeError(f"loss takes a Loss with a margin and squared, got {loss!r}")
    formula.__name__ = name
    return Loss(formula)


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
        of_vectors = kind in ("simplex", "springs", "triplet")
        if _has_vectors(loss) != of_vectors:
            kinds = "vectors" if of_vectors else "numbers"
            raise TypeError(f"losses takes losses of {kinds} at {text!r}, got {loss!r}")
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


def _two_classes(points, labels, signs, most, axes, names, **more):
    """The part of a description of points of two classes in the plane, all of them movable.

    signs: the two labels, as an error names them. axes: (label, range) of x and of y.
    more: what stands before the start.
    """
    points, labels = np.asarray(points, float), np.asarray(labels, float)
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise ValueError(f"points takes finite numbers of shape (n, 2), got {points.shape}")
    wants, known = " and ".join(signs), set(map(float, signs))
    if labels.shape != points.shape[:1] or set(labels.tolist()) != known or len(labels) > most:
        raise ValueError(f"labels takes {wants}, both, one for each of up to {most}, got {labels}")
    (x_label, x_range), (y_label, y_range) = axes
    ranges = _range("x_range", x_range), _range("y_range", y_range)
    return {
        "x": {"label": x_label, "range": ranges[0]},
        "y": {"label": y_label, "range": ranges[1]},
        "labels": labels.astype(int).tolist(),
        "names": list(names),
        "steps": [_step(*limits) for limits in ranges],
        **more,
        "start": {"points": points.tolist(), "chosen": 0},
    }


def _stops(name, limits, start):
    """Round values from low to high: even in ratio if high is 20 times low, else in difference.

    limits: (low, high), or a `range` of whole numbers.
    """
    whole = isinstance(limits, range)
    low, high = _range(f"sliders[{name!r}]", (limits[0], limits[-1]) if whole else limits)
    if whole:
        stops = set(map(float, limits))
    elif 0 < 20 * low <= high:
        stops = {float(f"{value:.2g}") for value in np.geomspace(low, high, 121)}
    else:
        ticks = MaxNLocator(100, steps=[1, 2, 5, 10]).tick_values(low, high)
        stops = {low, high} | {float(f"{tick:.4g}") for tick in ticks if low < tick < high}
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


def _draw_guess(figure, spec, losses):
    axes, sample, first = figure.subplots(), np.array(spec["x"]["values"]), spec["start"]["guess"]
    x, lines = np.linspace(*spec["x"]["range"], 801), []
    axes.plot(sample, np.full(len(sample), spec["height"]), "o", color=COLOURS[4], markersize=4)
    axes.plot(sample[spec["movable"]], spec["height"], "o", color="black", markersize=8)
    axes.axvline(first, color=COLOURS[4], linestyle=":", linewidth=1)
    for curve, colour in zip(spec["curves"], COLOURS, strict=False):
        loss, rest = _bind(spec, losses, curve, leading=2)
        best = best_constant(loss, sample, **rest)
        least = loss(best, sample, **rest).mean()
        lines.append(loss(x[:, None], sample[None, :], **rest).mean(axis=1) / least)
        axes.plot(best, 1, "o", color=colour)
    axes.set_title("cost / least cost")
    _draw_lines(axes, spec, x, lines, spec["y"]["range"])


def _draw_margin(figure, spec, losses):
    axes, points, labels = figure.subplots(), np.array(spec["start"]["points"]), spec["labels"]
    w, b, weights = separate(points, labels, spec["parameters"][0]["value"])
    x, y = np.array(spec["x"]["range"]), np.array(spec["y"]["range"])
    grid = np.meshgrid(np.linspace(*x, 200), np.linspace(*y, 200))
    score = w[0] * grid[0] + w[1] * grid[1] + b
    axes.contourf(*grid, score, levels=[-1, 1], colors=[COLOURS[0]], alpha=0.12)
    levels, styles = [-1, 0, 1], ["--", "-", "--"]
    axes.contour(*grid, score, levels=levels, colors=[COLOURS[0]], linestyles=styles)
    for sign, name, colour, mark in zip(
        (-1, 1), spec["names"], COLOURS[1:3], ("_", "+"), strict=True
    ):
        of = points[np.array(labels) == sign]
        axes.plot(*of.T, "o", color=colour, markersize=9, label=name)
        axes.plot(*of.T, mark, color="white", markersize=6, markeredgewidth=1.5)
    axes.scatter(*points[weights > 0].T, s=170, facecolors="none", edgecolors="black", zorder=3)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.15), ncols=2, frameon=False)
    axes.set(xlim=x, ylim=y, xlabel=spec["x"]["label"], ylabel=spec["y"]["label"])


def _draw_simplex(figure, spec, losses):
    axes, (loss,), height = figure.subplots(), losses.values(), np.sqrt(3) / 2
    corners, z = np.array([[0, 0], [1, 0], [0.5, height]]), [p["value"] for p in spec["parameters"]]
    target = np.eye(3)[spec["start"]["target"]]
    sixtieths = [(60 - i - j, i, j) for i in range(61) for j in range(61 - i)]
    shares = (np.array(sixtieths) + 0.1) / 60.3  # off the edges, where the loss is infinite
    costs = loss(np.log(shares), np.broadcast_to(target, shares.shape))
    places = (shares @ corners).T
    axes.tricontourf(*places, np.minimum(costs, 5), levels=12, cmap="Purples", alpha=0.8)
    axes.plot(*corners[[0, 1, 2, 0]].T, color=COLOURS[4], linewidth=1.5)
    point = _softmax(z[:3]) @ corners
    step = _softmax(z[:3] - loss.grad(z[:3], target)) @ corners
    axes.plot(*np.stack([point, step]).T, color="black", linestyle=":")
    axes.plot(*point, "o", color="black", markersize=8)
    ring = {"markersize": 13, "fillstyle": "none", "clip_on": False}
    axes.plot(*(target @ corners), "o", color=COLOURS[4], **ring)
    sides = ("right", "center", -12, 0), ("left", "center", 12, 0), ("center", "bottom", 0, 10)
    for k, (ha, va, *away) in enumerate(sides):
        label(axes, *corners[k], spec["classes"][k], COLOURS[k], xytext=away, ha=ha, va=va)
    axes.set_aspect("equal")
    axes.axis("off")


def _draw_springs(figure, spec, losses):
    axes, points, labels = figure.subplots(), np.array(spec["start"]["points"]), spec["labels"]
    loss, rest = _bind(spec, losses, spec["curves"][0], leading=3)
    pairs, value, force = pair_forces(loss, points, labels, **rest)
    for (i, k), taut in zip(pairs, value > 0, strict=True):
        style = 2 if labels[i] == labels[k] else 3
        if taut:
            axes.plot(*points[[i, k]].T, color=COLOURS[style], linestyle=DASHES[style])
    for place, kind, tip in zip(points, labels, points + spec["arrow"] * force, strict=True):
        _draw_mark(axes, place, spec["names"][kind], COLOURS[kind], tip)
    for text, style in (("pulls", 2), ("pushes", 3)):
        axes.plot([], color=COLOURS[style], linestyle=DASHES[style], label=text)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.15), ncols=2, frameon=False)
    axes.set(xlim=spec["x"]["range"], ylim=spec["y"]["range"])
    axes.set(xlabel=spec["x"]["label"], ylabel=spec["y"]["label"], aspect="equal")


def _softmax(z):
    e = np.exp(np.asarray(z) - np.max(z))
    return e / e.sum()


def _draw_lattice(figure, spec, losses):
    from lossbook.sequence import ctc

    axes, start = figure.subplots(), spec["start"]
    target = [1 + spec["letters"].index(letter) for letter in start["target"]]
    with np.errstate(divide="ignore"):
        logits = np.log(start["p"][: start["frames"]])[None]
    loss, found = ctc(logits, [target])[0], ctc.lattice(logits, [target])
    labels, alpha = found.labels[0], np.exp(found.alpha[0])
    times, states = alpha.shape
    walked = found.posterior[0] > 0  # on some complete walk, where there is one
    for t, s in np.ndindex(times, states):
        share = alpha[t, s] / alpha[t].sum()
        spot = {"marker": "o", "markersize": 17, "alpha": 1 if walked[t, s] else 0.4}
        axes.plot(t + 1, s, markerfacecolor="white", markeredgecolor=COLOURS[4], **spot)
        axes.plot(t + 1, s, "o", markersize=16, color=COLOURS[0], alpha=share)
        if alpha[t, s] > 0:
            label(axes, t + 1, s, f"{alpha[t, s]:.2g}", "black", xytext=(0, -15), ha="center")
        for to in range(s, min(s + 3, states)) if t + 1 < times else ():
            skip = to == s + 2 and (labels[to] == 0 or labels[to] == labels[s])
            if walked[t, s] and walked[t + 1, to] and not skip:
                line = {"color": COLOURS[4], "linewidth": 0.8, "zorder": 0}
                axes.plot([t + 1, t + 2], [s, to], **line)
    axes.set(xlabel="frame", xticks=range(1, times + 1), ylim=(states - 0.4, -0.6))
    axes.set_yticks(range(states), [("-" + spec["letters"])[k] for k in labels])
    axes.set_title(f"loss {loss:.3g}")
    axes.grid(visible=False)


def _draw_triplet(figure, spec, losses):
    axes, (margin,) = figure.subplots(), (p["value"] for p in spec["parameters"])
    points = np.array([[0, 0], spec["start"]["positive"], spec["start"]["negative"]])
    near, bottom = np.hypot(*points[1]), spec["y"]["range"][0]
    edge, angle = np.sqrt(near**2 + margin), np.linspace(0, 2 * np.pi, 201)
    for radius, colour, dash in ((edge, COLOURS[3], "--"), (near, COLOURS[1], "-")):
        x, y = radius * np.cos(angle), radius * np.sin(angle)
        axes.fill(x, y, color=colour, alpha=0.15)
        axes.plot(x, y, color=colour, linestyle=dash, linewidth=1.5)
    for name, place, colour in (
        ("hard", -near / 2, COLOURS[1]),
        ("semi-hard", -(near + edge) / 2, COLOURS[3]),
        ("easy", (bottom - edge) / 2, COLOURS[4]),
    ):
        label(axes, 0, place, name, colour, over=True, xytext=(-4, 0), ha="right")
    tips = points - spec["arrow"] * np.array(losses["squared"].grad(*points, margin=margin))
    for mark in zip(points, "apn", ("black", *COLOURS), tips, strict=False):
        _draw_mark(axes, *mark)
    axes.set(xlabel=spec["x"]["label"], ylabel=spec["y"]["label"], aspect="equal")
    axes.set(xlim=spec["x"]["range"], ylim=spec["y"]["range"])


def _draw_guide(figure, spec, losses):
    answers, width = [*tree.walk()], 4.4
    figure.set_layout_engine("none")
    figure.set_size_inches(width, 0.24 * (len(answers) + 1))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(len(answers) + 0.5, -0.5))
    axes.axis("off")
    bold = {"color": COLOURS[0], "weight": "bold", "fontsize": 10, "va": "center"}
    code = {"color": COLOURS[1], "family": "monospace", "fontsize": 9, "va": "center"}
    axes.text(0.03, 0, tree.QUESTIONS.label, **bold)
    trunk = {-1: 0}  # the row of the last answer at each depth
    for y, (depth, answer) in enumerate(answers, 1):
        x = 0.1 + 0.22 * depth
        axes.plot([x, x, x + 0.12], [trunk[depth - 1] + 0.4, y, y], color="#8c959f", linewidth=1)
        text = axes.text(x + 0.18, y, answer.label, fontsize=10, va="center")
        trunk[depth] = y
        leaf = isinstance(answer.leads, str)
        place = {"xytext": (5, 0), "textcoords": "offset points", "xycoords": text}
        after = f"→ {answer.leads}" if leaf else answer.leads.label
        axes.annotate(after, (1, 0.5), **place, **(code if leaf else bold))


def _draw_mark(axes, place, sign, colour, tip):
    """A point with a sign on it, and the force on it as an arrow to the tip."""
    axes.plot(*place, "o", color=colour, markersize=13, zorder=3)
    middle = {"ha": "center", "va": "center", "color": "white", "weight": "bold", "zorder": 4}
    axes.text(*place, sign, fontsize=9, **middle)
    arrow = {"arrowstyle": "->", "linewidth": 1.5, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", tip, place, arrowprops=arrow, zorder=2.5)


def _draw_lines(axes, spec, x, lines, limits):
    """Lines with their labels at the right end, kept apart."""
    axes.set(xlim=spec["x"]["range"], ylim=limits, xlabel=spec["x"]["label"])
    ends = []
    for line, curve, colour, dash in zip(lines, spec["curves"], COLOURS, DASHES, strict=False):
        axes.plot(x, line, color=colour, linestyle=dash, linewidth=2.5 if dash == "-" else 1.5)
        ends.append((float(np.fmin(line[-1], limits[1])), curve["label"], colour))
    ends, gap, places = sorted(ends), np.ptp(limits) / 15, []
    for end, _, _ in ends:
        places.append(max(end, places[-1] + gap if places else limits[0]))
    highest = limits[1] + gap
    for place, (_, text, colour) in zip(reversed(places), reversed(ends), strict=True):
        highest = min(place, highest - gap)
        label(axes, x[-1], highest, text, colour)
