"""The questions that lead to a loss. The explorer is explorers/src/kinds/guide.js."""

from html import escape

from lossbook import guide as tree
from lossbook.arguments import text
from lossbook.explorers.explorer import Explorer
from lossbook.figures import BLUE, ORANGE

BRANCH = "#8c959f"  # the colour of what joins questions and answers


def guide(title: str = "How to choose a loss") -> Explorer:
    """At most four questions that lead to a loss, what speaks for it and in which case against it.

    The picture shows all questions as a tree, what is not in lossbook in italics; the explorer asks
    one after the other. They stand in `lossbook.guide`. Links lead to the chapters from a notebook
    beside their folders.
    title: what the figure is, for those who do not see it.
    """
    spec = {"kind": "guide", "label": text("title", title), "curves": [], "question": tree.nested()}
    # Formulas stand in the page, where the site's build and JupyterLab typeset them. JupyterLab
    # ignores "hidden" (and scripts) in a notebook that it does not trust: then one may unfold them.
    inside = f"<details hidden><summary>{escape(title)}</summary>{tree.cards()}</details>"
    return Explorer(spec, {}, _draw, inside)


def _draw(figure, spec, losses):
    answers, width = [*tree.walk()], 4.4
    figure.set_layout_engine("none")
    figure.set_size_inches(width, 0.24 * (len(answers) + 1))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, width), ylim=(len(answers) + 0.5, -0.5))
    axes.axis("off")
    bold = {"color": BLUE, "weight": "bold", "fontsize": 10, "va": "center"}
    code = {"color": ORANGE, "family": "monospace", "fontsize": 9, "va": "center"}
    outside = code | {"family": "sans-serif", "style": "italic"}
    axes.text(0.03, 0, tree.QUESTIONS.label, **bold)
    trunk = {-1: 0}  # the row of the last answer at each depth
    for y, (depth, answer) in enumerate(answers, 1):
        x = 0.1 + 0.22 * depth
        axes.plot([x, x, x + 0.12], [trunk[depth - 1] + 0.4, y, y], color=BRANCH, linewidth=1)
        written = axes.text(x + 0.18, y, answer.label, fontsize=10, va="center")
        trunk[depth] = y
        place = {"xytext": (5, 0), "textcoords": "offset points", "xycoords": written}
        if answer.leads in tree.ADVICE:
            after, style = f"→ {answer.leads}", code
        elif answer.leads in tree.OUTSIDE:
            after, style = f"→ {answer.leads.replace('_', ' ')}", outside
        else:
            after, style = answer.leads.label, bold
        axes.annotate(after, (1, 0.5), **place, **style)
