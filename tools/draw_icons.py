"""Draw the site's icons as PNG, and the card that is shown beside a shared link.

    python tools/draw_icons.py

They come from favicon.svg and from the losses; draw them anew where one of these has changed.
"""

from pathlib import Path

import numpy as np
import resvg_py
from matplotlib import pyplot as plt

from lossbook import absolute_error, huber, squared_error

STATIC = Path(__file__).resolve().parent.parent / "site/static"
BLUE, GOLD = "#0b4f7d", "#ffb454"
CARD = 1200, 630  # pixels, the shape in which networks show a link


def draw_icons():
    for side in (32, 180, 512):
        icon = resvg_py.svg_to_bytes(svg_path=str(STATIC / "favicon.svg"), width=side, height=side)
        (STATIC / f"icon-{side}.png").write_bytes(bytes(icon))


def draw_card():
    r = np.linspace(-3.2, 3.2, 400)
    figure = plt.figure(figsize=(CARD[0] / 100, CARD[1] / 100), dpi=100, facecolor=BLUE)
    axes = figure.add_axes((0.5, 0.08, 0.47, 0.84), xlim=(-3.2, 3.2), ylim=(-0.3, 4))
    axes.axis("off")
    axes.plot(r, squared_error(r, 0), ":", color="white", alpha=0.6, lw=4)
    axes.plot(r, absolute_error(r, 0), "--", color="white", alpha=0.6, lw=4)
    axes.plot(r, huber(r, 0, delta=1), color=GOLD, lw=11, solid_capstyle="round")
    figure.text(0.06, 0.5, "The Book of\nLoss Functions", color="white", size=44, va="center")
    figure.text(0.06, 0.22, "Formulas, proofs and code from one line", color="white", size=18)
    figure.savefig(STATIC / "card.png", facecolor=BLUE, metadata={"Software": None})


if __name__ == "__main__":
    draw_icons()
    draw_card()
