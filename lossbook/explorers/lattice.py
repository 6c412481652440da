"""The lattice of CTC. The explorer is explorers/src/kinds/lattice.js."""

import numpy as np
from numpy.typing import ArrayLike

from lossbook.arguments import numbers, text, whole
from lossbook.explorers.explorer import Explorer
from lossbook.figures import BLUE, GREY, label
from lossbook.sequence import ctc  # explorers/src/ctc.js has the same of plain probabilities


def lattice(
    target: str,
    p: ArrayLike,
    *,
    letters: str,
    title: str,
    frames: int | None = None,
    longest: int = 4,
) -> Explorer:
    """The lattice of CTC: a target, walks through it, and what each probability does to the loss.

    target: a text of some of the letters. p: (T, C), the probability of each class at each
        frame, for the most frames that the reader may choose; C is 1 + the number of letters,
        class 0 the blank. The reader changes target, frames and every probability.
    letters: the alphabet, each letter once. longest: most letters of a target.
    frames: with how many of the frames to start; all where it is left out.
    title: what the figure is, for those who do not see it.
    """
    p = numbers("p", p, ("T", "C"))
    target, letters = text("target", target), text("letters", letters)
    if len(set(letters)) != len(letters) or not letters.isalpha() or letters != letters.lower():
        raise ValueError(f"letters takes different small letters, got {letters!r}")
    if p.shape[1] != 1 + len(letters) or not 1 <= len(p) <= 12:
        raise ValueError(f"p takes 1 to 12 rows of {1 + len(letters)}, got shape {p.shape}")
    if not ((p >= 0).all() and np.allclose(p.sum(axis=1), 1)):
        raise ValueError(f"p takes probabilities whose rows add up to 1, got {p.tolist()}")
    longest = whole("longest", longest, 1, 12)
    if len(target) > longest or not set(target) <= set(letters):
        raise ValueError(f"target takes at most {longest} of {letters!r}, got {target!r}")
    frames = whole("frames", len(p) if frames is None else frames, 1, len(p))
    start = {"target": target, "frames": frames, "time": frames, "posterior": False}
    start |= {"frame": 1, "class": 1, "lit": "", "p": p.tolist()}
    shown = [{"loss": "ctc", "label": "ctc", "given": {}}]
    spec = {"kind": "lattice", "label": text("title", title), "parameters": [], "curves": shown}
    spec |= {"letters": letters, "longest": longest, "start": start}
    return Explorer(spec, {}, _draw)


def _draw(figure, spec, losses):
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
        axes.plot(t + 1, s, markerfacecolor="white", markeredgecolor=GREY, **spot)
        axes.plot(t + 1, s, "o", markersize=16, color=BLUE, alpha=share)
        if alpha[t, s] > 0:
            label(axes, t + 1, s, f"{alpha[t, s]:.2g}", "black", xytext=(0, -15), ha="center")
        for to in range(s, min(s + 3, states)) if t + 1 < times else ():
            skip = to == s + 2 and (labels[to] == 0 or labels[to] == labels[s])
            if walked[t, s] and walked[t + 1, to] and not skip:
                line = {"color": GREY, "linewidth": 0.8, "zorder": 0}
                axes.plot([t + 1, t + 2], [s, to], **line)
    axes.set(xlabel="frame", xticks=range(1, times + 1), ylim=(states - 0.4, -0.6))
    axes.set_yticks(range(states), [("-" + spec["letters"])[k] for k in labels])
    axes.set_title(f"loss {loss:.3g}")
    axes.grid(visible=False)
