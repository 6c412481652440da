"""Proofs in sympy and checks by number. Each prints one line, or raises `Refuted`.

A proof is about all real x at once. Expressions with joints (cases, absolute values, signs,
maxima) are proved piece by piece: `pieces` finds every joint, so that nothing in between is
left out. A check is about the points that it is given.
"""

import ast
import contextlib
import functools
import itertools
import math
import sys
from dataclasses import dataclass, field

import mpmath
import numpy as np
import sympy as sp
from sympy.core.relational import Relational

from lossbook import tables
from lossbook.figures import latex
from lossbook.shapes import unfold


class Refuted(AssertionError):
    """A proof or a check failed; the message says where."""


# Pieces of an expression.


@functools.lru_cache
def pieces(expr, x, within=None, split=()):
    """The joints of an expression in x, and (low, high, formula) on each interval between them.

    expr: a sympy expression with cases, absolute values, signs, maxima and minima.
    x: a real symbol. within: the ends of an open interval; all reals where it is left out,
    or the positive ones for a positive x. split: further points to split at.
    Raises ValueError where a joint or the order of two joints cannot be decided.
    """
    expr = _in_cases(unfold(sp.sympify(expr)), x)
    low, high = within or (sp.S.Zero if x.is_positive else -sp.oo, sp.oo)
    inner = [j for j in _joints(expr, x) if _sign(j - low) == 1 and _sign(high - j) == 1]
    bounds = [low, *_in_order({*inner, *map(sp.sympify, split)}), high]
    between = []
    for low, high in itertools.pairwise(bounds):
        formula = _formula_at(expr, x, _inside(low, high))
        same = between and formula == between[-1][2] and low not in split
        if same and _is_zero(formula.subs(x, low) - expr.subs(x, low)):
            low = between.pop()[0]  # no joint after all
        between.append((low, high, formula))
    return [low for low, _, _ in between[1:]], between


def _in_cases(expr, x):
    """The expression with every decision that x makes written as cases."""
    return expr.replace(
        lambda node: isinstance(node, sp.Abs | sp.sign | sp.Max | sp.Min) and node.has(x),
        lambda node: node.rewrite(sp.Piecewise),
    )


def _joints(expr, x):
    """Where any decision in the expression changes."""
    cases = set().union(*(node.atoms(Relational) for node in expr.atoms(sp.Piecewise)))
    return set().union(*(sp.solve(c.lhs - c.rhs, x) for c in cases if c.has(x)))


def _in_order(points):
    """The points from low to high, each once."""
    key = functools.cmp_to_key(lambda a, b: _sign(a - b))
    return [next(same) for _, same in itertools.groupby(sorted(points, key=key), key)]


def _sign(expr):
    """-1, 0 or 1 where the sign is the same for all values of the symbols."""
    expr = sp.simplify(unfold(sp.sympify(expr)))
    signs = {0: expr.is_zero, 1: expr.is_extended_positive, -1: expr.is_extended_negative}
    for sign, known in signs.items():
        if known:
            return sign
    raise ValueError(f"the sign of {expr} depends on its symbols, or sympy cannot decide it")


def _inside(low, high):
    if low == -sp.oo:
        return sp.S.Zero if high == sp.oo else high - 1
    return low + 1 if high == sp.oo else (low + high) / 2


def _formula_at(expr, x, point):
    """The expression with every decision taken as at the point."""

    def holds(condition):
        return condition.subs(x, point).replace(
            lambda node: isinstance(node, Relational),
            lambda relation: relation.func(_sign(relation.lhs - relation.rhs), 0),
        )

    return expr.replace(
        lambda node: isinstance(node, sp.Piecewise) and node.has(x),
        lambda cases: next(value for value, condition in cases.args if holds(condition)),
    )


def _is_zero(expr):
    expr = sp.simplify(expr)
    return expr == 0 or sp.simplify(sp.expand_log(expr, force=True)) == 0


def _is_nonnegative(expr, x, low, high):
    """Whether expr >= 0 on the whole interval."""
    if expr.is_nonnegative or sp.simplify(expr).is_nonnegative:
        return True
    t = sp.Symbol("t", positive=True)  # the interval, as the image of t > 0, in one way or another
    if (low, high) == (-sp.oo, sp.oo):
        ways = [[t, -t, 0]]
    elif low == -sp.oo:
        ways = [[high - t]]
    elif high == sp.oo:
        ways = [[low + t]]
    else:
        ways = [[low + (high - low) * t / (1 + t)], [low + (high - low) / (1 + t)]]
    return any(all(_is_positive_form(expr.subs(x, image)) for image in way) for way in ways)


def _is_positive_form(expr):
    """Whether sympy sees that an expression in positive symbols is 0 or more."""
    return bool(sp.factor(sp.expand_log(sp.simplify(expr))).is_nonnegative)


# Proofs.


def prove_equal(left, right, x=None, within=None):
    """left = right for all values of the symbols; with cases in x, on every piece of x."""
    difference = unfold(sp.sympify(left) - sp.sympify(right))
    parts, where = [difference], ""
    if x is not None:
        joints, between = pieces(difference, x, within)
        parts = [formula for _, _, formula in between] + [difference.subs(x, j) for j in joints]
        where = f" on all {len(between)} pieces of {x}" if joints else ""
    if not all(map(_is_zero, parts)):
        raise Refuted(f"not equal{_counterexample(left, right)}")
    print(f"proved: equal{where}")


def _counterexample(left, right):
    sides = [unfold(sp.sympify(side)) for side in (left, right)]
    symbols = sorted(set().union(*(side.free_symbols for side in sides)), key=str)
    values = [sp.Rational(n, 2) for n in (1, 2, 3, 6, -1, -4, -7, 0)]
    for point in itertools.islice(itertools.product(values, repeat=len(symbols)), 5000):
        at = dict(zip(symbols, point, strict=True))
        if all(v > 0 for s, v in at.items() if s.is_positive):
            a, b = (side.subs(at) for side in sides)
            if abs(sp.N(a - b)) > 1e-9:
                place = ", ".join(f"{s} = {v}" for s, v in at.items())
                return f": at {place} the left is {a}, the right {b}"
    return ": sympy could not show it, and no counterexample was found"


def prove_continuous(expr, x, within=None):
    """The pieces have no gap inside, and meet at every joint in x."""
    joints, _ = _meet(expr, x, within, ["values"])
    print(f"proved: continuous in {x}{_places(x, joints)}")


def prove_differentiable(expr, x, within=None):
    """The pieces and their slopes have no gap inside, and meet at every joint in x."""
    joints, _ = _meet(expr, x, within, ["values", "slopes"])
    print(f"proved: differentiable in {x}{_places(x, joints)}")


def _places(x, joints):
    return ", also at " * bool(joints) + " and ".join(f"{x} = {joint}" for joint in joints)


def _meet(expr, x, within, kinds):
    """The pieces, after their values (and slopes) were shown to meet at the joints."""
    joints, between = pieces(expr, x, within)
    for n, kind in enumerate(kinds):
        for low, high, formula in between:
            gaps = sp.singularities(formula.diff(x, n), x, sp.S.Reals)
            if any(_sign(gap - low) == 1 and _sign(high - gap) == 1 for gap in gaps):
                raise Refuted(f"the {kind} have a gap between {x} = {low} and {high}: {gaps}")
        for joint, left, right in _at_joints(between, x, n):
            if not _is_zero(left - right):
                raise Refuted(f"the {kind} differ at {x} = {joint}: {left} before, {right} after")
            if n == 0 and not _is_zero(unfold(sp.sympify(expr)).subs(x, joint) - left):
                raise Refuted(f"the value at {x} = {joint} itself is another than beside it")
    return joints, between


def _at_joints(between, x, n):
    """Each joint of the pieces, and there the n-th derivatives of those before and after it."""
    for (_, joint, before), (_, _, after) in itertools.pairwise(between):
        yield joint, *(formula.diff(x, n).subs(x, joint) for formula in (before, after))


def prove_convex(expr, x, within=None):
    """The slope never falls: each piece has second derivative >= 0, at joints the slope rises."""
    _, between = _meet(expr, x, within, ["values"])
    for low, high, formula in between:
        curvature = sp.simplify(formula.diff(x, 2))
        if not _is_nonnegative(curvature, x, low, high):
            raise Refuted(f"not shown convex on ({low}, {high}): second derivative {curvature}")
    for joint, left, right in _at_joints(between, x, 1):
        if not sp.simplify(right - left).is_nonnegative:
            raise Refuted(f"not convex: at {x} = {joint} the slope falls from {left} to {right}")
    print(f"proved: convex in {x}")


def prove_jointly_convex(expr, variables):
    """Convex in several variables at once: no principal minor of the Hessian is negative.

    variables: symbols, each positive or else any real number; the other symbols are as assumed.
    """
    hessian = sp.hessian(unfold(sp.sympify(expr)), variables)
    image = {x: x if x.is_positive else sp.log(sp.Dummy(positive=True)) for x in variables}
    for size in range(1, len(variables) + 1):
        for rows in map(list, itertools.combinations(range(len(variables)), size)):
            minor = sp.simplify(hessian.extract(rows, rows).subs(image)).det()
            if not _is_positive_form(minor):
                names = ", ".join(str(variables[row]) for row in rows)
                raise Refuted(f"not shown convex: the Hessian by {names} has determinant {minor}")
    print(f"proved: convex in {', '.join(map(str, variables))} together")


def prove_limit(expr, x, to, value):
    """expr tends to value as x tends to oo, to -oo, or from above to a finite number."""
    _, between = pieces(expr, x, None if to in (sp.oo, -sp.oo) else (to, sp.oo))
    found = sp.limit(between[-1 if to == sp.oo else 0][2], x, to, "+")
    if found != value and not _is_zero(found - value):
        raise Refuted(f"the limit as {x} -> {to} is {found}, not {value}")
    print(f"proved: the limit as {x} -> {to} is {value}")


def prove_minimiser(expr, x, at, within=None):
    """A convex expression is least at the point: its slope is <= 0 before and >= 0 after."""
    _, between = pieces(expr, x, within, split=(at,))
    slopes = _at_joints(between, x, 1)
    before, after = next(pair for joint, *pair in slopes if _is_zero(joint - at))
    if not (sp.simplify(-before).is_nonnegative and sp.simplify(after).is_nonnegative):
        raise Refuted(f"not least at {x} = {at}: the slope is {before} before and {after} after")
    prove_convex(expr, x, within)
    print(f"proved: least at {x} = {at}")


# Checks by number.


def check_gradient(loss, *args, rtol=1e-6, **parameters):
    """Compare `loss.grad` with central differences of the loss; arguments as the loss takes them.

    rtol: of the larger of 1 and the gradient. Points closer than 1e-6 to a kink will fail.
    """
    args = [np.asarray(a, dtype=float) for a in args]
    grads = loss.grad(*args, **parameters)
    for i, grad in enumerate(grads if isinstance(grads, tuple) else (grads,)):
        slopes = np.empty_like(grad)
        vector = grad.ndim > np.ndim(loss(*args, **parameters))
        for k in range(grad.shape[-1] if vector else 1):
            step = np.zeros(np.shape(args[i]))
            step[(..., k) if vector else ...] = 1e-6 * np.maximum(1, abs(args[i])).max()
            up, down = (
                loss(*args[:i], args[i] + s, *args[i + 1 :], **parameters) for s in (step, -step)
            )
            slopes[(..., k) if vector else ...] = (up - down) / (2 * step.max())
        error = abs(slopes - grad) / np.maximum(1, abs(grad))
        if not np.all(error <= rtol):
            where = np.unravel_index(np.argmax(error), error.shape)
            raise Refuted(
                f"the gradient is {grad[where]} where differences give {slopes[where]}"
                f" (entry {tuple(map(int, where))})"
            )
    print(f"checked: the gradient agrees with central differences, within {rtol:g}")


def check_digits(loss, *args, value=3, grad=4, **parameters):
    """Compare a scalar loss and its gradient with the textbook formula in many digits (mpmath).

    value, grad: how many ULP, units in the last place of float64, each may be off.
    """
    args = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in args))
    points = np.stack([a.ravel() for a in args], axis=-1)
    computed = [r.ravel() for r in loss.value_and_grad(*args, **parameters)]
    chosen, loss = loss.parameters | parameters, loss.variant(**parameters)
    numbers = [chosen[symbol.name] for symbol in loss.symbols[len(args) :]]
    formulas = loss.formula, loss.gradient
    bounds = {"value": value, "gradient": grad}
    for (what, bound), results, formula in zip(bounds.items(), computed, formulas, strict=True):
        for point, number in zip(points, results, strict=True):
            exact = evaluate(formula, dict(zip(loss.symbols, [*point, *numbers], strict=True)))
            if not ulps(number, exact) <= bound:
                raise Refuted(
                    f"the {what} at {', '.join(f'{x:g}' for x in point)} is {number!r}, "
                    f"exactly {mpmath.nstr(exact, 17)}: {ulps(number, exact):.3g} ULP off"
                )
    print(f"checked: {len(points)} values within {value} ULP of exact, gradients within {grad} ULP")


def evaluate(formula, at, digits=60):
    """The formula in mpmath numbers, with as many digits as it takes for 30 to be right."""
    smallest = min((abs(float(a)) for a in at.values() if a), default=1)
    digits -= min(0, math.floor(math.log10(smallest)))  # those after which 1 - 1e-300 is not 1
    numbers, previous = _lambdify(tuple(at), formula, "mpmath"), None
    while digits < 20_000:
        with mpmath.workdps(digits):
            exact = mpmath.mpf(numbers(*map(mpmath.mpf, at.values())))
            # A zero may be a digit that is still to come.
            if exact and previous and abs(exact / previous - 1) < mpmath.mpf(10) ** -30:
                return exact
        previous, digits = exact, 2 * digits
    if exact == 0:
        return exact
    raise ValueError(f"{formula} keeps changing at {at}, even with {digits} digits")


_lambdify = functools.lru_cache(sp.lambdify)


def ulps(number, exact):
    """How many units in the last place a float64 is from the exact value."""
    nearest = float(exact)
    if np.isinf(nearest) and number == nearest:
        return 0.0
    unit = math.ulp(min(abs(nearest), sys.float_info.max))
    return float(abs(mpmath.mpf(float(number)) - exact) / unit)


def find_dent(f, size, tries=4000, seed=0):
    """Where f lies above its chord, as a convex function nowhere does: (a, b, how much, midway).

    f: takes points (tries, size), and gives (tries,). Pairs a, b are drawn at random; of those
    that were tried, the worst is returned. None: no such pair was found, which proves nothing.
    """
    a, b = np.random.default_rng(seed).normal(scale=2, size=(2, tries, size))
    rise = f((a + b) / 2) - (f(a) + f(b)) / 2
    worst = rise.argmax()
    return (a[worst], b[worst], rise[worst]) if rise[worst] > 1e-9 else None


# All of it at a glance.


@dataclass(frozen=True, repr=False)
class Passport:
    """What is known of a loss: {property: text or sympy expression}; a table in a notebook."""

    facts: dict

    def __repr__(self):
        return "\n".join(f"{name}: {fact}" for name, fact in self.facts.items())

    def _repr_markdown_(self):
        return tables.markdown(["", ""], *([k, _cell(fact)] for k, fact in self.facts.items()))


def _cell(fact):
    return f"${latex(fact)}$" if isinstance(fact, sp.Basic) else fact


def passport(loss, sample=None):
    """The passport of a loss of one number; every entry is proved or computed here.

    It holds for all targets where the loss takes any number, else for each of the two labels.
    Parameters that may be 0 have their defaults.
    sample: the targets for which the best constant prediction is computed.
    """
    x, y = loss.symbols[:2]
    labels, within = _domains(loss)
    targets, chosen = labels or [y], loss.symbols[2:]
    chosen = {s.name: s if s.is_positive else sp.nsimplify(loss.parameters[s.name]) for s in chosen}
    values = [loss.formula(x, target, **chosen) for target in targets]
    slopes = [loss.gradient(x, target, **chosen) for target in targets]

    smooth = _hold(prove_differentiable, values, x, within)
    twice = smooth and _hold(prove_differentiable, slopes, x, within)
    joints = sum((pieces(slope, x, within)[0] for slope in slopes), [])
    kinks = " and ".join(f"${latex(joint)}$" for joint in joints)
    order = "twice, everywhere" if twice else f"once, everywhere; not twice at {kinks}"
    convex = _hold(prove_convex, values, x, within)
    if not convex and not any(find_dent(lambda u, k=k: loss(u[:, 0], k), 1) for k in labels):
        raise ValueError(f"{loss.name}: neither a proof of convexity nor a counterexample")
    sample = sample or ([labels[0]] * 2 + [labels[1]] * 3 if labels else [1, 3, 3, 4, 44])
    best = best_constant(
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
    """The two labels, or none where any number is one; and the ends of the predictions."""

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
    """What the slope stays within: its limits, if it never falls; else only whether it does."""
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
            if not _is_nonnegative(formula, x, low, high):
                raise ValueError(f"not shown to be 0 or more on ({low}, {high}): {formula}")
    at_target = [sp.simplify(v.subs(x, y)) for v, y in zip(values, targets, strict=True)]
    if not any(at_target):
        return sp.S.Zero
    if all(0 in _ends([value], x, within) for value in values):
        return "0, in the limit"
    raise ValueError(f"the least value is neither at the target nor in a limit: {values}")


def best_constant(loss, sample, within=None, **parameters):
    """The constant prediction of least total loss for a sample (n,); of several the smallest.

    By bisection of the total slope, so the loss is convex; least at the target, or else within
    gives the ends between which to look.
    """
    sample = np.asarray(sample, float)
    low, high = (sample.min(), sample.max()) if within is None else within
    for _ in range(60):
        middle = (low + high) / 2
        slopes = loss.grad(middle, sample, **parameters)
        rising = slopes.sum() >= -1e-14 * np.abs(slopes).sum()  # up to rounding
        low, high = (low, middle) if rising else (middle, high)
    return high


def operations(loss):
    """How many operations its code for value and gradient has, each on a whole array."""
    nodes = list(ast.walk(ast.parse(loss.source)))
    constants = sum(isinstance(getattr(node, "operand", None), ast.Constant) for node in nodes)
    kinds = ast.BinOp | ast.UnaryOp | ast.Call | ast.AugAssign
    return sum(isinstance(node, kinds) for node in nodes) - constants


def _linked(cell, link):
    if link and cell.startswith("$") and cell.endswith("$"):
        return f"{cell} [(proof)]({link})"  # who hears the page cannot hear a link of a formula
    return f"[{cell}]({link})" if link else cell


@dataclass(frozen=True, repr=False)
class Comparison:
    """What is known of several losses, side by side: {loss: {property: text or expression}}.

    links: {property: the addresses of the proofs, one for each loss, None where there is none}.
    """

    losses: dict
    links: dict = field(default_factory=dict)

    def __repr__(self):
        return "\n\n".join(f"{name}\n{Passport(facts)}" for name, facts in self.losses.items())

    def _repr_markdown_(self):
        rows = []
        for name in next(iter(self.losses.values())):
            cells = [_cell(facts[name]) for facts in self.losses.values()]
            pairs = zip(cells, self.links.get(name, [None] * len(cells)), strict=True)
            rows.append([name, *(_linked(cell, link) for cell, link in pairs)])
        return tables.markdown(["", *self.losses], *rows)
