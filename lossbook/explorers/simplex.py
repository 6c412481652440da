"""Three logits and their softmax. The explorer is explorers/src/kinds/simplex.js."""

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from lossbook.arguments import number, numbers, texts, whole
from lossbook.explorers.explorer import Explorer
from lossbook.explorers.parts import describe, in_words, named, slider, style_of
from lossbook.figures import COLOURS, GREY, label
from lossbook.loss import Loss

STEPS = 30  # of gradient descent in the picture, as in simplex.js


def simplex(
    loss: Loss,
    *,
    title: str,
    classes: Sequence[str],
    logits: Sequence[float] = (0.0, 0.0, 0.0),
    target: int = 0,
    limit: float = 6.0,
) -> Explorer:
    """Three logits, their softmax as a point in a triangle, and the loss and gradient there.

    The reader moves the logits, or the point, chooses the true class, and may take a share
    epsilon from its target, which all three classes divide (label smoothing). From the point
    leads the way of thirty steps of gradient descent on the logits, of size 1.

    loss: a Loss of (logits, target), vectors. classes: the names of the three classes.
    logits: where the sliders start; they go from -limit to limit. target: the true class's index.
    """
    found, spec = describe("simplex", title, {in_words(loss): loss}, leading=2, of="vectors")
    limit = float(number("limit", limit, above=0))
    logits = numbers("logits", logits, (3,)).tolist()
    if max(map(abs, logits)) > limit:
        raise ValueError(f"logits takes 3 numbers from {-limit:g} to {limit:g}, got {logits}")
    classes = texts("classes", classes, 3)
    stops = {float(f"{stop:.4g}") for stop in np.linspace(-limit, limit, 241)}
    spec |= {
        "parameters": [
            named(f"z{k}", words=f"logit of {one}") | {"values": sorted(stops | {z}), "value": z}
            for k, (one, z) in enumerate(zip(classes, logits, strict=True), 1)
        ]
        + [slider("epsilon", (0, 1), 0, symbol="ε")],
        "classes": classes,
        "step": 0.02,
        "start": {"target": whole("target", target, 0, 2)},
    }
    return Explorer(spec, found, _draw)


def _draw(figure, spec, losses):
    axes, (loss,), height = figure.subplots(), losses.values(), np.sqrt(3) / 2
    corners, z = np.array([[0, 0], [1, 0], [0.5, height]]), [p["value"] for p in spec["parameters"]]
    target = np.eye(3)[spec["start"]["target"]]
    sixtieths = [(60 - i - j, i, j) for i in range(61) for j in range(61 - i)]
    shares = (np.array(sixtieths) + 0.1) / 60.3  # off the edges, where the loss is infinite
    costs = loss(np.log(shares), np.broadcast_to(target, shares.shape))
    places = (shares @ corners).T
    colour = style_of(spec["curves"][0])["color"]
    shades = LinearSegmentedColormap.from_list("loss", ["white", colour])
    axes.tricontourf(*places, np.minimum(costs, 5), levels=12, cmap=shades, alpha=0.6)
    axes.plot(*corners[[0, 1, 2, 0]].T, color=GREY, linewidth=1.5)
    way = [np.array(z[:3])]
    for _ in range(STEPS):
        way.append(way[-1] - loss.grad(way[-1], target))
    way = np.array([_softmax(at) for at in way]) @ corners
    axes.plot(*way.T, ".", color=GREY, linestyle=":", markersize=5)
    axes.plot(*way[0], "o", color="black", markersize=8)
    ring = {"markersize": 13, "fillstyle": "none", "clip_on": False}
    axes.plot(*(target @ corners), "o", color=GREY, **ring)
    sides = ("right", "center", -12, 0), ("left", "center", 12, 0), ("center", "bottom", 0, 10)
    for k, (ha, va, *away) in enumerate(sides):
        label(axes, *corners[k], spec["classes"][k], COLOURS[k], xytext=away, ha=ha, va=va)
    axes.set_aspect("equal")
    axes.axis("off")


def _softmax(z):
    """The same in explorers/src/kinds/simplex.js."""
    e = np.exp(np.asarray(z) - np.max(z))
    return e / e.sum()
