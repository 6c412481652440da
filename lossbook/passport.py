"""Tables of the properties of a loss, each proved or computed when the table is made."""

import ast
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import sympy as sp

from lossbook import fits, prove, tables
from lossbook.figures import latex
from lossbook.loss import Loss
from lossbook.prove import Refuted, is_nonnegative, pieces
from lossbook.verify import convexity_counterexample, require_scalar


@dataclass(frozen=True, repr=False)
class Passport:
    """Properties of a loss, {property: text or sympy expression}; a table in a notebook."""

    facts: dict

    def __repr__(self):
        return "\n".join(f"{name}: {fact}" for name, fact in self.facts.items())

    def _repr_markdown_(self):
        return tables.markdown(["", ""], *([k, _cell(fact)] for k, fact in self.facts.items()))


def _cell(fact):
    return f"${latex(fact)}$" if isinstance(fact, sp.Basic) else fact


def passport(loss: Loss, sample: Sequence[float] | None = None) -> Passport:
    """The passport of a loss of one number; every entry is proved or computed here.

    It holds for all targets where the loss takes any number, else for each of the two labels.
    Parameters that may not be any positive number have their defaults.
    sample: the targets for which the best constant prediction is computed.
    Raises TypeError for a loss of vectors or sequences; ValueError where it cannot decide.

    >>> passport(huber).facts["convex in the prediction"]
    'yes'
    """
    require_scalar("passport", loss)
    x, y = loss.symbols[:2]
    labels, within = _domains(loss)
    targets, chosen = labels or [y], loss.symbols[2:]
    chosen = {s.name: s if s.is_positive else sp.nsimplify(loss.parameters[s.name]) for s in chosen}
    values = [loss(x, target, **chosen) for target in targets]
    slopes = [loss.grad(x, target, **chosen) for target in targets]

    smooth = _hold(prove.differentiable, values, x, within)
    twice = smooth and _hold(prove.differentiable, slopes, x, within)
    breakpoints = sum((pieces(slope, x, within)[0] for slope in slopes), [])
    kinks = " and ".join(f"${latex(point)}$" for point in breakpoints)
    order = "twice, everywhere" if twice else f"once, everywhere; not twice at {kinks}"
    convex = _hold(prove.convex, values, x, within)
    found = (convexity_counterexample(lambda u, k=k: loss(u[:, 0], k), 1) for k in labels)
    if not convex and not any(found):
        raise ValueError(f"{loss.name}: neither a proof of convexity nor a counterexample")
    sample = sample or ([labels[0]] * 2 + [labels[1]] * 3 if labels else [1, 3, 3, 4, 44])
    best = fits.best_constant(
        loss, sample, np.clip(np.array(within, float), -50, 50) if labels else None
    )
    return Passport(
        {
            "formula": loss.formula,
            "gradient": loss.gradient,
            "convex in the prediction": "yes" if convex else "no",
            "differentiable": order if smooth else f"not at {kinks}",
            "gradient bounded": _bounds(slopes, x, within, convex),
            "least value": _least(values, x, targets, within),
            f"best constant for {', '.join(map(str, sample))}": f"{best:.4g}",
        }
    )


def _domains(loss):
    """The two labels, or none where any number is a label; and the interval of predictions."""

    def takes(prediction, target):
        try:
            loss(prediction, target)
        except ValueError:
            return False
        return True

    labels = [label for label in (-1, 0, 1, 2) if takes(0.5, label)]
    within = (-sp.oo, sp.oo) if takes(2, labels[1]) else (sp.S.Zero, sp.S.One)
    return labels if len(labels) == 2 else [], within


def _hold(prove, formulas, *args):
    try:
        with contextlib.redirect_stdout(None):
            for formula in formulas:
                prove(formula, *args)
    except Refuted:
        return False
    return True


def _ends(formulas, x, within):
    """The limits at both ends of the interval, from inside."""
    for formula in formulas:
        (low, _, first), *_, (_, high, last) = 2 * pieces(formula, x, within)[1]
        yield from (sp.limit(first, x, low, "+"), sp.limit(last, x, high, "-"))


def _bounds(slopes, x, within, convex):
    """The bounds of the slope: of a convex loss its limits, else only whether it is bounded."""
    ends = list(_ends(slopes, x, within))
    if any(end.is_infinite for end in ends):
        return "no"
    low, high = sp.Min(*ends), sp.Max(*ends)
    if not convex:
        return "yes"
    return f"by ${latex(high)}$" if low == -high else f"between ${latex(low)}$ and ${latex(high)}$"


def _least(values, x, targets, within):
    """The least value, if that is 0: taken at the target, or in a limit."""
    for value in values:
        for low, high, formula in pieces(value, x, within)[1]:
            if not is_nonnegative(formula, x, low, high):
                raise ValueError(f"not shown to be 0 or more on ({low}, {high}): {formula}")
    at_target = [sp.simplify(v.subs(x, y)) for v, y in zip(values, targets, strict=True)]
    if not any(at_target):
        return sp.S.Zero
    if all(0 in _ends([value], x, within) for value in values):
        return "0, in the limit"
    raise ValueError(f"the least value is neither at the target nor in a limit: {values}")


def operations(loss: Loss) -> int:
    """How many operations its code for value and gradient has, each on a whole array.

    >>> operations(absolute_error)
    3
    """
    (function,) = ast.parse(loss.source).body
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    constants = sum(isinstance(getattr(node, "operand", None), ast.Constant) for node in nodes)
    kinds = ast.BinOp | ast.UnaryOp | ast.Call | ast.AugAssign
    return sum(isinstance(node, kinds) for node in nodes) - constants


def _linked(cell, link):
    if link and cell.startswith("$") and cell.endswith("$"):
        return f"{cell} [(proof)]({link})"  # screen readers read no name of a linked formula
    return f"[{cell}]({link})" if link else cell


@dataclass(frozen=True, repr=False)
class Comparison:
    """Properties of several losses, side by side: {loss: {property: text or expression}}.

    links: {loss: {property: the address of its proof}}, of those that have one.
    """

    losses: dict
    links: dict = field(default_factory=dict)

    def __post_init__(self):
        for loss, links in self.links.items():
            for name in links:
                if name not in self.losses.get(loss, {}):
                    raise ValueError(
                        f"links takes properties of the losses, got {loss!r}: {name!r}"
                    )

    def __repr__(self):
        return "\n\n".join(f"{name}\n{Passport(facts)}" for name, facts in self.losses.items())

    def _repr_markdown_(self):
        rows = []
        for name in next(iter(self.losses.values())):
            row = [
                _linked(_cell(facts[name]), self.links.get(loss, {}).get(name))
                for loss, facts in self.losses.items()
            ]
            rows.append([name, *row])
        return tables.markdown(["", *self.losses], *rows)
