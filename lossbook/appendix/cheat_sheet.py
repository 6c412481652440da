"""The cheat sheet: each loss on a card, its formula and gradient derived, the rest in few words."""

from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp

import lossbook
from lossbook import tables
from lossbook.figures import latex
from lossbook.shapes import (
    absolute,
    difference_of_squares,
    direction,
    huber_function,
    positive_part,
    product,
    root,
    sgn,
    shape,
    sigmoid,
    softplus,
    step,
    unfold,
)

x, p, r, s, y, z, m = sp.symbols("x p r s y z m", real=True)
p_t, alpha_t, gamma, delta, beta, margin, q = sp.symbols(
    "p_t alpha_t gamma delta beta m q", positive=True
)
d, near, far = sp.symbols("d d_+ d_-", positive=True)
u, v, anchor, similar, other = (sp.IndexedBase(name, real=True) for name in "uvapn")
ps, ys, zs = (sp.IndexedBase(name, real=True) for name in "pyz")
ACTIVE = sp.Symbol(r"[L > 0]")  # 1 where the loss is not 0


def _plain(expr):
    return unfold(expr).replace(sp.sign, sgn)


@shape(latex=r"\left[{0} < 0\right]")
def below(x):
    """1 for x < 0, else 0: step(-x) as one would write it."""
    return step.define(-x)


def _sides(expr):
    return expr.subs(step(-r), below(r))


def _sigmoid(expr):
    turned = expr.subs(sigmoid(-z), 1 - sigmoid(z))
    return expr if turned == expr else sp.expand(turned)


def _distances(expr):
    expr = expr.replace(root, lambda square: far if square.has(other) else near)
    expr = expr.replace(difference_of_squares, lambda x, y: x**2 - y**2)
    expr = expr.replace(step, lambda gap: ACTIVE)
    return sp.factor_terms(sp.expand(expr) if expr.has(ACTIVE) else expr)


def _distance(expr):
    expr = expr.replace(root, lambda square: d).replace(direction, lambda x, d: x / d)
    return sp.factor_terms(expr.subs(step(margin - d), 1))  # where it is 0, so is max(0, m - d)


def _factors(expr):
    return sp.factor_terms(expr.replace(product, sp.Mul))


# How the sheet writes a loss: its arguments, what the gradients are by, and what simplifies both.
# The residual is y_hat where y = 0. The focal loss is written for y = 1, and the gradient of the
# contrastive loss by its first vector: that by the other is its negative.
LETTERS = {
    "squared_error": (((r, 0), {}), [r"\hat y"], _plain),
    "absolute_error": (((r, 0), {}), [r"\hat y"], _plain),
    "huber": (((r, 0), {"delta": delta}), [r"\hat y"], _plain),
    "smooth_l1": (((r, 0), {"beta": beta}), [r"\hat y"], _plain),
    "pinball": (((r, 0), {"quantile": q}), [r"\hat y"], _sides),
    "binary_cross_entropy": (((p, y), {}), ["p"], _plain),
    "binary_cross_entropy_with_logits": (((z, y), {}), ["z"], _sigmoid),
    "cross_entropy": (((ps, ys), {}), ["p_j"], _plain),
    "cross_entropy_with_logits": (((zs, ys), {}), ["z_j"], _plain),
    "focal": (((p_t, 1), {"alpha": alpha_t, "gamma": gamma}), ["p_t"], _plain),
    "focal_with_logits": (((m, 1), {"alpha": alpha_t, "gamma": gamma}), ["m"], _factors),
    "hinge": (((s, y), {}), ["s"], sp.factor_terms),
    "contrastive": (((u, v, y), {"margin": margin}), ["u_j"], _distance),
    "triplet": (((anchor, similar, other), {"margin": margin}), ["a_j", "p_j", "n_j"], _distances),
}
# CTC has a formula for each number of frames and target; the general one is written by hand.
CTC = (
    r"-\log \sum_{\pi:\, B(\pi) = y} \; \prod_{t=1}^{T} p_t(\pi_t)",
    {"z_t(k)": r"p_t(k) - \gamma_t(k)"},
)


def formulas(name: str) -> tuple[sp.Expr, dict[str, sp.Expr]]:
    """The formula of a loss, and its derivatives as {by what, in LaTeX: expression}.

    >>> formulas("absolute_error")[0]
    Abs(r)
    """
    loss, ((given, chosen), by, simplify) = getattr(lossbook, name), LETTERS[name]
    slopes = loss.grad(*given, **chosen)
    slopes = map(simplify, slopes if isinstance(slopes, tuple) else (slopes,))
    return simplify(loss(*given, **chosen)), dict(zip(by, slopes, strict=False))


@dataclass(frozen=True)
class Card:
    """A loss on the sheet. takes: the domain of its label; use, trap: in a few words."""

    name: str
    title: str
    chapter: str
    takes: str
    use: str
    trap: str

    def lines(self) -> Iterator[str]:
        """The formula and the derivatives, each as an equation in LaTeX."""
        if self.name == "ctc":
            value, slopes = CTC
        else:
            value, slopes = formulas(self.name)
            value, slopes = latex(value), {by: latex(slope) for by, slope in slopes.items()}
        yield rf"L = {value}"
        for by, slope in slopes.items():
            yield rf"\partial L / \partial {by} = {slope}"


def cards() -> list[Card]:
    """The cards of all losses, in the order of the chapters."""
    return [Card(**row) for row in tables.records("cheat_sheet")]


SHAPES = {positive_part: (x,), absolute: (x,), huber_function: (x, delta), softplus: (x,)}


class Shapes:
    """The four shapes and their slopes; a table in a notebook."""

    def __repr__(self):
        return " ".join(shape.__name__ for shape in SHAPES)

    def _repr_markdown_(self):
        rows = [["shape"], ["formula"], ["slope"]]
        for one, of in SHAPES.items():
            slope = one.slopes[0]
            shown = _plain(slope(*of)) if one is huber_function else slope(*of)
            rows[0].append(f"`{one.__name__}`")
            rows[1].append(f"${latex(one.define(*of))}$")
            rows[2].append(f"${latex(shown)}$")
        return tables.markdown(*rows)


class Sheet:
    """All cards; in a notebook one below the other, on the site side by side."""

    def __repr__(self):
        return "\n".join(card.name for card in cards())

    def _repr_markdown_(self):
        parts = ['<div class="cheat-sheet">']
        for card in cards():
            parts += [
                '<div class="cheat-card">',
                f"**[{card.title}]({card.chapter})** `{card.name}`",
            ]
            parts += ['<div class="cheat-math">', *(f"$$\n{line}\n$$" for line in card.lines())]
            parts += ["</div>", f"*Takes* {card.takes}. *Use*: {card.use}. *Trap*: {card.trap}."]
            parts += ["</div>"]
        return "\n\n".join([*parts, "</div>"])
