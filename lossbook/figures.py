"""The style of figures and formulas. Importing this module sets it in matplotlib and IPython."""

import contextlib
from collections.abc import Iterable

import sympy as sp
from matplotlib import rcParams
from matplotlib.axes import Axes
from sympy.printing.latex import LatexPrinter

from lossbook.loss import Loss

# Colour-blind readers can tell them apart (after Okabe and Ito), and text in them is readable on
# white. The same, and others for dark pages, are in explorers/src/style.css; styles.js names them.
COLOURS = ("#0067a5", "#b04a00", "#007050", "#9c2f73", "#57606a", "#7a5c00")
BLUE, ORANGE, GREEN, PURPLE, GREY, OLIVE = COLOURS
DASHES = ("-", (0, (5, 3)), (0, (1, 2)), (0, (6, 2, 1, 2)), (0, (3, 1)), (0, (8, 3)))
# One look for each loss in the whole book: a colour, and which of the DASHES. Losses that are
# compared differ in both, or at least in the dash; those of one family share a colour, and a
# chapter's own losses have the look of what they are.
LOOKS = {
    "squared_error": (BLUE, 0),
    "absolute_error": (ORANGE, 1),
    "huber": (GREEN, 3),
    "smooth_l1": (OLIVE, 2),
    "pinball": (OLIVE, 5),
    "binary_cross_entropy": (PURPLE, 3),
    "binary_cross_entropy_with_logits": (PURPLE, 4),
    "cross_entropy": (PURPLE, 1),
    "cross_entropy_with_logits": (PURPLE, 2),
    "focal": (ORANGE, 0),
    "focal_with_logits": (ORANGE, 5),
    "hinge": (BLUE, 5),
    "contrastive": (GREEN, 0),
    "triplet": (OLIVE, 0),
    "ctc": (GREY, 0),
    # of single chapters
    "too_late": (PURPLE, 2),
    "half_squared_error": (BLUE, 0),
    "by_square": (BLUE, 0),
    "squared_after_sigmoid": (BLUE, 0),
    "squared_error_of_sigmoid": (BLUE, 0),
    "by_distance": (ORANGE, 1),
    "by_logarithm": (PURPLE, 3),
    "logistic": (PURPLE, 4),
    "squared_hinge": (OLIVE, 1),
    "perceptron": (ORANGE, 2),
    "ramp": (GREEN, 3),
    "exponential": (GREY, 0),
    "biweight": (PURPLE, 5),
}
STYLE = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.prop_cycle": f"cycler(color={COLOURS})",
    "figure.figsize": (5.6, 3.2),  # small, so that its text can be read on a phone
    "figure.constrained_layout.use": True,
    "font.size": 11,
    "grid.color": "#dddddd",
    "savefig.facecolor": "white",  # for dark text on a dark page that does not invert it
    "svg.hashsalt": "lossbook",  # the same picture has the same ids in every run
}


class _Latex(LatexPrinter):
    """LaTeX as a textbook prints it: the positive term first, a bound on the right."""

    def _as_ordered_terms(self, expr, order=None):
        terms = super()._as_ordered_terms(expr, order)
        return sorted(terms, key=lambda term: term.could_extract_minus_sign())

    def _print_Symbol(self, expr, style="plain"):
        name = super()._print_Symbol(expr, style)
        return rf"\mathrm{{{name}}}" if name.isalpha() and len(name) > 1 else name

    def _print_Relational(self, expr):
        turned = expr.lhs.is_Symbol and not expr.rhs.is_Symbol
        return super()._print_Relational(expr.reversed if turned else expr)


def latex(expr: sp.Basic) -> str:
    """The LaTeX of a sympy expression, with the positive terms first.

    >>> latex(y - x)
    'y - x'
    """
    text = _Latex().doprint(expr)
    # A bar would end the cell of a Markdown table.
    return text.replace(r"\left|", r"\left\lvert ").replace(r"\right|", r"\right\rvert ")


def look(loss: Loss | str) -> dict:
    """The colour and dash of a loss's lines, as `Axes.plot` takes them.

    loss: a loss of the book, or its name. Raises ValueError for one without a look of its own.

    >>> look("squared_error")
    {'color': '#0067a5', 'linestyle': '-'}
    """
    name = getattr(loss, "name", loss)
    if not isinstance(name, str) or name not in LOOKS:
        raise ValueError(f"loss takes a loss of the book or its name, {[*LOOKS]}, got {loss!r}")
    colour, dash = LOOKS[name]
    return {"color": colour, "linestyle": DASHES[dash]}


def looks(names: Iterable[str]) -> list[dict]:
    """A look for each line of one figure, none of them twice, from the names of their losses.

    The second line of one loss has its colour and the next free dash; a loss that has no look of
    its own, such as a reader's, has a colour and dash that no loss of the book has.
    """
    found, names = [], [*names]
    table = [look(name) for name in LOOKS]
    for k, name in enumerate(names):
        if name in LOOKS and name not in names[:k]:
            found.append(look(name))
            continue
        known = found + [look(later) for later in names[k:] if later in LOOKS]
        colours, dashes = ([one[key] for one in known] for key in ("color", "linestyle"))
        own = [found[names.index(name)]["color"]] if name in names[:k] else COLOURS
        free = [{"color": colour, "linestyle": dash} for colour in own for dash in DASHES]
        # Another dash is worth more than another colour, which not all readers see.
        found.append(
            min(
                free,
                key=lambda one: (
                    one in known,
                    one["linestyle"] in dashes,
                    one["color"] in colours,
                    name not in names[:k] and one in table,
                ),
            )
        )
    return found


def label(
    axes: Axes, x: float, y: float, text: str, colour: str, over: bool = False, **where
) -> None:
    """Write a line's name beside the point (x, y), in the line's colour.

    x, y: in units of the data. over: whether the text lies on lines, which a white box then hides.
    where: what `Axes.annotate` takes, such as xytext, by default 5 points to the right.
    """
    place = {"xytext": (5, 0), "textcoords": "offset points", "va": "center"} | where
    ground = {"facecolor": "white", "edgecolor": "none", "pad": 1} if over else None
    axes.annotate(text, (x, y), color=colour, annotation_clip=False, bbox=ground, **place)


rcParams.update(STYLE)
with contextlib.suppress(ImportError):  # outside notebooks
    from IPython import get_ipython
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    if get_ipython():
        # JupyterLab shows no SVG of a notebook that it does not trust yet, but a PNG.
        set_matplotlib_formats("svg", "png", metadata={"Date": None, "Creator": None})
        formatter = get_ipython().display_formatter.formatters["text/latex"]
        formatter.for_type(sp.Basic, lambda expr: f"$\\displaystyle {latex(expr)}$")
