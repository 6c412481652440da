"""The Sphinx extension of the cover: a figure to move, and a small drawing of each loss.

The losses themselves draw both while the site is built.
"""

import os
from functools import cache
from pathlib import Path
from typing import ClassVar

import numpy as np
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective, SphinxRole

import lossbook
from lossbook import datasets, explorers

os.environ["LOSSBOOK_STORED"] = "1"  # pages load the runtime of explorers themselves

RESIDUAL, SCORE = np.linspace(-3, 3, 61), np.linspace(-2, 3, 51)
PROBABILITY, DISTANCE = np.linspace(0.01, 0.99, 61), np.linspace(0, 1.6, 65)
WIDTH, HEIGHT = 56, 36


def waits():
    """One guess for the first seven waits for a geyser: three losses, three answers."""
    late = lossbook.pinball, {"quantile": 0.8}
    return explorers.guess(
        {"squared": lossbook.squared_error, "absolute": lossbook.absolute_error, "quantile": late},
        datasets.old_faithful()["waiting"][:7],
        title="One guess for seven waits, under three losses",
        x=(40, 140),
        x_label="minutes",
        start=60,
    )


class CoverFigure(SphinxDirective):
    """The explorer of the cover, laid out as a notebook's: its picture first."""

    option_spec: ClassVar = {"alt": directives.unchanged_required}

    def run(self):
        explorer = waits()
        picture = Path(self.env.doctreedir, "cover.svg")
        picture.write_bytes(explorer.picture())
        uri = Path(os.path.relpath(picture, self.env.srcdir)).as_posix()
        cell = nodes.container(classes=["cell_output"])
        cell += nodes.image(uri=uri, alt=self.options["alt"])
        cell += nodes.raw(
            "", f'<div class="output text_html">{explorer.html()}</div>', format="html"
        )
        return [cell]


def from_origin(distances):
    """The origin, and points at these distances from it."""
    points = np.stack([distances, 0 * distances], axis=-1)
    return 0 * points, points


@cache
def drawings():
    """What the drawing of each loss shows: x, the highest y, and the values of each line."""
    pair = from_origin(DISTANCE)
    near, different = (lossbook.contrastive(*pair, np.full(len(DISTANCE), y)) for y in (1, 0))
    far = lossbook.triplet(pair[0], pair[0] + np.array([1, 0]), pair[1])
    likely = lossbook.binary_cross_entropy(PROBABILITY, 1)
    # CTC of a label twice in four frames, over the probability of the label in each frame.
    frames = np.log(np.stack([1 - PROBABILITY, PROBABILITY], axis=-1))
    twice = lossbook.ctc(np.repeat(frames[:, None], 4, axis=1), np.ones((len(frames), 2), int))
    return {
        "squared_error": (RESIDUAL, 4, [lossbook.squared_error(RESIDUAL, 0)]),
        "absolute_error": (RESIDUAL, 4, [lossbook.absolute_error(RESIDUAL, 0)]),
        "huber": (RESIDUAL, 4, [lossbook.huber(RESIDUAL, 0)]),
        "binary_cross_entropy": (PROBABILITY, 4, [likely]),
        "focal": (PROBABILITY, 4, [lossbook.focal(PROBABILITY, 1, alpha=1), likely]),
        "hinge": (SCORE, 3, [lossbook.hinge(SCORE, 1)]),
        "contrastive": (DISTANCE, 0.6, [near, different]),
        "triplet": (DISTANCE, 1.4, [far]),
        "ctc": (PROBABILITY, 5, [twice]),
    }


def sketch(name):
    """The drawing as SVG; lines beyond its top are cut off."""
    if name not in drawings():
        raise ValueError(f"sketch takes one of {', '.join(drawings())}, got {name!r}")
    x, top, values = drawings()[name]
    across = (x - x[0]) / (x[-1] - x[0]) * WIDTH
    paths = []
    for y in values:
        upwards = HEIGHT - 2 - np.minimum(y / top, 1.2) * (HEIGHT - 4)
        points = " ".join(f"{a:.1f} {b:.1f}" for a, b in zip(across, upwards, strict=True))
        paths.append(f'<path d="M{points}"/>')
    return (
        f'<svg class="sketch" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        f'aria-hidden="true">{"".join(paths)}</svg>'
    )


class Sketch(SphinxRole):
    """`` {sketch}`huber` ``: a small drawing of the loss of that name."""

    def run(self):
        return [nodes.raw("", sketch(self.text), format="html")], []


def add_styles(app, pagename, templatename, context, doctree):
    if pagename == app.config.root_doc:
        app.add_css_file("cover.css", priority=900)  # after book.css


def setup(app):
    app.connect("html-page-context", add_styles)
    app.add_directive("cover-figure", CoverFigure)
    app.add_role("sketch", Sketch())
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
