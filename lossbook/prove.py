"""Proofs in sympy: `prove.convex(H, r)`. Each prints one line, or raises `Refuted`.

A proof is about all real x at once. Expressions with breakpoints (cases, absolute values, signs,
maxima) are proved piece by piece: `pieces` finds every breakpoint, so that nothing in between is
left out, and raises ValueError where it cannot.
"""

import contextlib
import functools
import itertools
import random
from dataclasses import dataclass, replace
from numbers import Real

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational
from sympy.functions.elementary.piecewise import ExprCondPair

from lossbook.shapes import defined, unfold


class Refuted(AssertionError):
    """A proof or a check failed; the message says where."""


# Pieces of an expression.

DECISIONS = sp.Abs | sp.sign | sp.Max | sp.Min | sp.Piecewise
NO_NUMBERS = sp.nan, sp.zoo, sp.oo, -sp.oo
SMOOTH = sp.exp | sp.sin | sp.cos | sp.sinh | sp.cosh | sp.tanh | sp.asinh | sp.atan | sp.erf


def pieces(
    expr: sp.Expr, x: sp.Symbol, within: tuple | None = None, split: tuple = ()
) -> tuple[list, list]:
    """The breakpoints of an expression in x, and (low, high, formula) between each two of them.

    expr: sums, products, powers, logarithms and the functions in `SMOOTH`, with the `DECISIONS`:
        cases, absolute values, signs, maxima and minima. On each piece it is smooth.
        Decimals are taken for fractions, and its symbols must be real.
    x: a real symbol.
    within: the ends of an open interval; where it is left out all reals, or those of the sign that
        x is assumed to have.
    split: further points to split at, inside the interval.

    The formula is nan where the expression is not a real number. Raises ValueError, "cannot
    decide", for any other function, and where not all breakpoints or their order can be found.

    >>> pieces(sp.Abs(x), x)
    ([0], [(-oo, 0, -x), (0, oo, x)])
    """
    _check_variable("x takes a real symbol", x)
    split = tuple(_read("split", point) for point in split)
    between = list(_all_pieces(_read("expr", expr, x), x, *_ends(x, within), split))
    return [low for low, _, _ in between[1:]], between


@functools.lru_cache
def _all_pieces(expr, x, low, high, split):
    for point in split:
        if not _is_inside(point, low, high):
            raise ValueError(f"{x} = {point} is not inside the interval ({low}, {high})")
    between = []
    for ends in itertools.pairwise([low, *_in_order(split), high]):
        for low, high, formula in _pieces(expr, x, *ends):
            same = between and formula == between[-1][2] != sp.nan and low not in split
            if same and _is_smooth(formula, x, low) and _is_zero(_value(expr - formula, x, low)):
                low = between.pop()[0]  # no breakpoint after all
            between.append((low, high, formula))
    return tuple(between)


def _check_variable(takes, x):
    special = isinstance(x, sp.Symbol) and (x.is_integer, x.is_rational) != (None, None)
    if not (isinstance(x, sp.Symbol) and x.is_real) or special:
        raise ValueError(f"{takes}, got {x!r}{' of some real numbers only' * special}")


def _read(name, expr, *variables):
    """The expression with decimals as fractions; an error where it is none, or not in x."""
    scalar = isinstance(expr, sp.Expr | Real) and getattr(expr, "is_scalar", True)
    if isinstance(expr, bool) or not scalar:
        raise TypeError(f"{name} takes a sympy expression, got {expr!r}")
    expr = sp.nsimplify(defined(sp.sympify(expr)), rational=True)  # nothing cancels
    if not variables:
        return expr
    for symbol in expr.free_symbols - set(variables):
        if str(symbol) in map(str, variables):
            raise ValueError(f"{name} has another {symbol}, which is assumed to be something else")
        if not symbol.is_extended_real:
            raise ValueError(f"cannot decide: {symbol} may be no real number, in {expr}")
    for node in expr.atoms(ExprWithLimits, sp.Subs, sp.Derivative):
        if node.has(*variables):  # with a variable of its own, whose values are not gone through
            raise ValueError(
                f"cannot decide: nothing is known here of {node.func.__name__}, in {node}"
            )
    return expr


def _ends(x, within):
    """The ends of the interval of x."""
    least = sp.S.Zero if x.is_nonnegative else -sp.oo
    most = sp.S.Zero if x.is_nonpositive else sp.oo
    if within is not None and not (isinstance(within, tuple | list) and len(within) == 2):
        raise ValueError(f"within takes the lower and the upper end, got {within!r}")
    low, high = (_read("within", end) for end in within or (least, most))
    if _sign(high - low) != 1:
        raise ValueError(f"within takes the lower and the upper end, got ({low}, {high})")
    if (least == 0 and _sign(low) == -1) or (most == 0 and _sign(high) == 1):
        raise ValueError(f"within takes what {x} may be, ({least}, {most}), got ({low}, {high})")
    return low, high


def _is_smooth(formula, x, point):
    """Whether a formula is smooth at a point, too, where a part that must be positive may be 0."""
    return all(_sign(need.part.subs(x, point)) for need in _needs(formula, x))


def _value(expr, x, point):
    """The value at a point; nan where no case holds."""
    try:
        return sp.simplify(expr.subs(x, point))
    except (TypeError, ValueError):  # sympy's, of a Piecewise without cases, of a maximum with nan
        return sp.nan


def _pieces(expr, x, low, high, around=None):
    """The pieces of an expression: the innermost decision is taken first, then those around it.

    around: what was needed before the first decision was taken. In x^2 / max(-3, x) sympy leaves
        nothing of the quotient once the decision is x.
    """
    nodes = sp.postorder_traversal(expr)
    decision = next((n for n in nodes if isinstance(n, DECISIONS) and n.has(x)), None)
    cases = [] if decision is None else _cases(decision)
    if around is None:
        around = list(_needs(expr, x, decided=False)) if cases else []
    relations = set().union(*(c.atoms(Relational) for _, c in cases))
    relations = {r: r.lhs - r.rhs for r in relations if r.has(x)}
    needs = [n for part in (relations.values() if cases else [expr]) for n in _needs(part, x)]
    needs += [] if cases else around
    edges = [need.part for need in needs] + list(relations.values())
    edges = {zero for edge in edges for zero in _zeros(edge, x, low, high)}
    for start, end in itertools.pairwise([low, *_in_order(edges), high]):
        at = _inside(start, end)
        if not all(need.holds(x, at) for need in needs):
            yield start, end, sp.nan
        elif cases:
            taken = {decision: _choice(cases, x, at)}
            rest = [replace(need, part=need.part.xreplace(taken)) for need in around]
            yield from _pieces(expr.xreplace(taken), x, start, end, rest)
        else:
            yield start, end, expr


def _cases(node):
    """A decision as cases (value, condition)."""
    if isinstance(node, sp.Piecewise):
        return list(node.args)
    if isinstance(node, sp.Abs | sp.sign):
        (inner,) = node.args
        value = inner if isinstance(node, sp.Abs) else sp.S.One
        return [(value, inner > 0), (-value, inner < 0), (sp.S.Zero, sp.true)]
    better = sp.Ge if isinstance(node, sp.Max) else sp.Le
    return [(a, sp.And(*(better(a, b) for b in node.args if b != a))) for a in node.args]


def _choice(cases, x, point):
    """The value of the first case that holds at the point."""
    for value, condition in cases:
        known = condition.replace(
            lambda node: isinstance(node, Relational),
            lambda relation: relation.func(_sign((relation.lhs - relation.rhs).subs(x, point)), 0),
        )
        if known not in (sp.true, sp.false):
            raise ValueError(f"cannot decide the condition {condition}")
        if known:
            return value
    return sp.nan


@dataclass(frozen=True)
class _Need:
    """A part of an expression must be positive; or else it may be negative, or 0 at an end."""

    part: sp.Expr
    negative: bool = False
    zero: bool = False  # all zeros inside are ends of pieces
    somewhere: bool = False  # in a case only, so that no more than the zeros is of interest

    def holds(self, x, point):
        if self.somewhere:
            return True
        sign = _sign(self.part.subs(x, point))
        return (self.negative, self.zero, True)[sign + 1]


def _needs(expr, x, decided=True):
    """The conditions under which an expression is smooth and real.

    decided: whether there is no decision left in it.

    Raises ValueError for functions that are not in SMOOTH, so that nothing wrong is proved of them.
    """
    if isinstance(expr, DECISIONS) and not decided:
        for case in (arg.args[0] if isinstance(arg, ExprCondPair) else arg for arg in expr.args):
            yield from (replace(need, somewhere=True) for need in _needs(case, x, decided))
        return
    if not expr.has(x):
        real = expr.is_extended_real if expr.free_symbols else bool(expr.is_extended_real)
        if real is False or expr.has(*NO_NUMBERS, sp.AccumBounds):
            raise ValueError(f"cannot decide: {expr} is not a real number")
        return
    if isinstance(expr, sp.log):
        yield _Need(expr.args[0])
    elif expr.is_Pow and not expr.base.has(x):
        if not expr.base.is_positive:
            raise ValueError(f"cannot decide: {expr} has a base that may be 0 or negative")
    elif expr.is_Pow and expr.exp.is_integer:
        if not expr.exp.is_nonnegative:
            yield _Need(expr.base, negative=True)
    elif expr.is_Pow:
        yield _Need(expr.base, zero=bool(expr.exp.is_positive and not expr.exp.has(x)))
    elif not (expr == x or expr.is_Add or expr.is_Mul or isinstance(expr, SMOOTH)):
        raise ValueError(f"cannot decide: nothing is known here of {expr.func.__name__}, in {expr}")
    for arg in expr.args:
        yield from _needs(arg, x, decided)


def _zeros(expr, x, low, high):
    """All zeros of an expression inside the interval."""
    if not expr.has(x) or any(_is_positive(e, x, low, high) for e in (expr, -expr)):
        return []
    found = []
    for factor in sp.Mul.make_args(sp.factor(sp.together(expr))):
        base, exponent = factor.as_base_exp()
        if exponent.is_integer and exponent.is_positive:  # other powers have a positive base
            found += _roots(base, x)
    return [zero for zero in found if _is_inside(zero, low, high)]


def _roots(expr, x):
    """All real zeros of a polynomial in x, or in one exponential or logarithm of such."""
    if not expr.has(x):
        return []
    for u in [x, *sorted(expr.atoms(sp.exp, sp.log), key=sp.count_ops)]:
        with contextlib.suppress(sp.PolynomialError):
            poly = sp.Poly(expr, u)
            if poly.free_symbols_in_domain & {x}:
                continue
            values = _real_roots(poly)
            if u == x:
                return values
            if isinstance(u, sp.log):
                return [x0 for v in values for x0 in _roots(u.args[0] - sp.exp(v), x)]
            values = [v for v in values if _sign(v) == 1]
            return [x0 for v in values for x0 in _roots(u.args[0] - sp.log(v), x)]
    raise ValueError(f"cannot decide: not all zeros of {expr} are known")


def _real_roots(poly):
    if not _sign(poly.LC()):
        raise ValueError(f"cannot decide: the leading coefficient of {poly.as_expr()} is 0")
    if poly.domain.is_ZZ or poly.domain.is_QQ:
        return list(dict.fromkeys(poly.real_roots()))
    found = sp.roots(poly)
    if sum(found.values()) != poly.degree() or any(root.is_real is None for root in found):
        raise ValueError(f"cannot decide: not all real roots of {poly.as_expr()} are known")
    return [root for root in found if root.is_real]


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
    raise ValueError(
        f"cannot decide: the sign of {expr} depends on its symbols, or sympy does not know it"
    )


def _is_inside(point, low, high):
    return _sign(point - low) == 1 and _sign(high - point) == 1


def _inside(low, high):
    if low == -sp.oo:
        return sp.S.Zero if high == sp.oo else high - 1
    return low + 1 if high == sp.oo else (low + high) / 2


def _is_zero(expr):
    """Whether sympy sees that an expression is 0, for all values that its symbols may have."""
    expr = sp.simplify(expr)
    return expr == 0 or sp.simplify(sp.expand_log(expr)) == 0


def _holds(test, expr, x, low, high):
    """Whether a test of positive symbols holds on the whole interval, the image of t > 0."""
    t = sp.Dummy("t", positive=True)
    if (low, high) == (-sp.oo, sp.oo):
        ways = [[t, -t, sp.S.Zero]]
    elif low == -sp.oo:
        ways = [[high - t]]
    elif high == sp.oo:
        ways = [[low + t]]
    else:
        ways = [[low + (high - low) * t / (1 + t)], [low + (high - low) / (1 + t)]]
    return any(all(test(expr.subs(x, image)) for image in way) for way in ways)


def is_nonnegative(expr: sp.Expr, x: sp.Symbol, low: sp.Expr, high: sp.Expr) -> bool:
    """Whether sympy sees that expr >= 0 on the whole open interval from low to high.

    >>> prove.is_nonnegative(x**2 - 1, x, sp.S(1), sp.oo)
    True
    """
    if expr.is_nonnegative or sp.simplify(expr).is_nonnegative:
        return True
    return _holds(_is_positive_form, expr, x, low, high)


def _is_positive(expr, x, low, high):
    """Whether expr > 0 on the whole interval, as far as sympy sees."""
    if expr.is_positive:
        return True
    return _holds(lambda e: bool(sp.factor(e).is_positive), expr, x, low, high)


def _is_positive_form(expr):
    """Whether sympy sees that an expression in positive symbols is 0 or more."""
    return bool(sp.factor(sp.expand_log(sp.simplify(expr))).is_nonnegative)


# Proofs.


def equal(
    left: sp.Expr, right: sp.Expr, x: sp.Symbol | None = None, within: tuple | None = None
) -> None:
    """left = right for all values of the symbols for which both are numbers.

    x: a real symbol; with it cases are decided, the proof is done on every piece of x, and both
        sides must be real numbers in all of the interval.
    within: the ends of an open interval of x.
    Raises Refuted where they are not equal, or not shown to be; ValueError where `pieces` cannot
    decide.

    >>> prove.equal(sp.Abs(x) + x, 2 * sp.Max(x, 0), x)
    proved: equal
    """
    variables = () if x is None else (x,)
    left, right = (_read(*side, *variables) for side in (("left", left), ("right", right)))
    difference = left - right
    where = ""
    if x is not None:
        breakpoints, between = pieces(difference, x, within)
        equal = all(_is_zero(_value(difference, x, point)) for point in breakpoints) and all(
            _is_zero(formula) or _holds(_is_zero, formula, x, low, high)
            for low, high, formula in between
        )
        where = f" on all {len(between)} pieces of {x}" if breakpoints else ""
    elif within is not None:
        raise ValueError(f"within takes the interval of x, but x is None; got {within}")
    else:
        equal = _is_zero(difference)
    if found := _counterexample(left, right, x, within, 200 if equal else 5000):
        raise Refuted(f"not equal{found}")
    if not equal:
        raise Refuted("not equal: sympy could not show it, and no counterexample was found")
    for side in (left, right):
        if x is not None:
            _pieces_without_gap(side, x, within)
    print(f"proved: equal{where}")


def _counterexample(left, right, x, within, tries):
    """Where the sides differ, in words; empty where no such point was found."""
    if left.has(sp.Indexed) or right.has(sp.Indexed):
        return ""  # there are no numbers to try for the entries of a vector
    sides = unfold(left), unfold(right)
    ends = set().union(*(sp.sympify(end).free_symbols for end in within or ()))
    symbols = sorted(left.free_symbols | right.free_symbols | ends, key=str)
    values = [sp.Rational(n, 2) for n in (1, 2, 3, 6, -1, -4, -7, 0)]
    points = itertools.product(values, repeat=len(symbols))
    if tries < len(values) ** len(symbols):
        draw = random.Random(0)  # so that every symbol moves, not only the last ones
        points = (draw.choices(values, k=len(symbols)) for _ in range(tries))
    for point in itertools.islice(points, tries):
        at = dict(zip(symbols, point, strict=True))
        if all(_may_be(s, value) for s, value in at.items()) and _may_be_within(x, within, at):
            try:
                a, b = (side.subs(at) for side in sides)
                gap = abs(sp.N(a - b))
                differ = gap.is_finite and gap.is_comparable and gap > 1e-9 * max(1, abs(sp.N(a)))
            except TypeError:  # sympy's, where there is no number, such as an integral over a pole
                continue
            if differ:
                place = ", ".join(f"{s} = {v}" for s, v in at.items())
                return f": at {place} the left is {a}, the right {b}"
    return ""


def _may_be(symbol, value):
    """Whether a number is as the symbol is assumed to be."""
    return all(
        getattr(value, f"is_{name}", None) in (truth, None)
        for name, truth in symbol.assumptions0.items()
    )


def _may_be_within(x, within, at):
    if within is None or x not in at:
        return True
    low, high = (sp.sympify(end).subs(at) for end in within)
    return bool((low < at[x]) & (at[x] < high))


def continuous(expr: sp.Expr, x: sp.Symbol, within: tuple | None = None) -> None:
    """The pieces have no gap inside, and meet at every breakpoint in x.

    expr, x, within: as `pieces` takes them.
    Raises Refuted where there is a gap or a jump; ValueError where `pieces` cannot decide.

    >>> prove.continuous(sp.Abs(x), x)
    proved: continuous in x, also at x = 0
    """
    breakpoints, _ = _meet(expr, x, within, ["values"])
    print(f"proved: continuous in {x}{_places(x, breakpoints)}")


def differentiable(expr: sp.Expr, x: sp.Symbol, within: tuple | None = None) -> None:
    """The pieces and their slopes have no gap inside, and meet at every breakpoint in x.

    expr, x, within: as `pieces` takes them.
    Raises Refuted where there is a gap, a jump or a kink; ValueError where `pieces` cannot decide.

    >>> prove.differentiable(sp.Max(x, 0) ** 2, x)
    proved: differentiable in x, also at x = 0
    """
    breakpoints, _ = _meet(expr, x, within, ["values", "slopes"])
    print(f"proved: differentiable in {x}{_places(x, breakpoints)}")


def _places(x, breakpoints):
    return ", also at " * bool(breakpoints) + " and ".join(f"{x} = {p}" for p in breakpoints)


def _pieces_without_gap(expr, x, within):
    breakpoints, between = pieces(expr, x, within)
    for low, high, formula in between:
        if formula is sp.nan:
            raise Refuted(f"the values have a gap: no real number between {x} = {low} and {high}")
    for point in breakpoints:
        value = _value(expr, x, point)
        if value.has(*NO_NUMBERS) or value.is_extended_real is False:
            raise Refuted(f"the values have a gap: at {x} = {point} there is no number")
    return breakpoints, between


def _meet(expr, x, within, kinds):
    """The pieces, after their values (and slopes) were shown to meet at the breakpoints."""
    _check_variable("x takes a real symbol", x)
    expr = _read("expr", expr, x)
    breakpoints, between = _pieces_without_gap(expr, x, within)
    for n, kind in enumerate(kinds):
        for point, left, right in _at_breakpoints(between, x, n):
            if not _is_zero(left - right):
                raise Refuted(f"the {kind} differ at {x} = {point}: {left} before, {right} after")
            if n == 0 and not _is_zero(_value(expr, x, point) - left):
                raise Refuted(f"the value at {x} = {point} itself is another than beside it")
    return breakpoints, between


def _at_breakpoints(between, x, n):
    """Each breakpoint, and there the n-th derivatives of the pieces before and after it."""
    for (_, point, before), (_, _, after) in itertools.pairwise(between):
        yield point, *(_at_end(formula.diff(x, n), x, point) for formula in (before, after))


def _at_end(formula, x, point):
    """The limit of a piece's formula at one of its ends: its value, if it is continuous there."""
    if not formula.is_infinite and not all(n.holds(x, point) for n in _needs(formula, x)):
        if _value(formula, x, point).is_infinite:
            raise Refuted(f"{formula} has a gap at {x} = {point}")
        raise ValueError(f"cannot decide the limit of {formula} at {x} = {point}")
    return formula.subs(x, point)


def convex(expr: sp.Expr, x: sp.Symbol, within: tuple | None = None) -> None:
    """The slope never falls: on each piece the second derivative is >= 0, at breakpoints it rises.

    expr, x, within: as `pieces` takes them.
    Raises Refuted where it falls, or was not shown to rise; ValueError where `pieces` cannot
    decide.

    >>> prove.convex(sp.Abs(x), x)
    proved: convex in x
    """
    _, between = _meet(expr, x, within, ["values"])
    for low, high, formula in between:
        curvature = sp.simplify(formula.diff(x, 2))
        if not is_nonnegative(curvature, x, low, high):
            raise Refuted(f"not shown convex on ({low}, {high}): second derivative {curvature}")
    for point, left, right in _at_breakpoints(between, x, 1):
        if not sp.simplify(right - left).is_nonnegative:
            raise Refuted(f"not convex: at {x} = {point} the slope falls from {left} to {right}")
    print(f"proved: convex in {x}")


def jointly_convex(expr: sp.Expr, variables: tuple) -> None:
    """Convex in several variables at once: no principal minor of the Hessian is negative.

    expr: smooth in the variables, so without the `DECISIONS` of `pieces`.
    variables: symbols, each positive or else any real number; the other symbols are as assumed.
    Raises Refuted where a minor is not shown to be >= 0; ValueError where it cannot decide whether
    the expression is smooth.

    >>> prove.jointly_convex(x**2 + y**2, (x, y))
    proved: convex in x, y together
    """
    for x in variables:
        _check_variable("variables takes real symbols", x)
    expr = _read("expr", expr, *variables)
    image = {x: x if x.is_positive else sp.log(sp.Dummy(positive=True)) for x in variables}
    for need in (need for x in variables for need in _needs(expr, x)):
        part = sp.factor(need.part.subs(image))
        if not (part.is_positive or (need.negative and part.is_negative)):
            raise ValueError(f"cannot decide whether {expr} is smooth where {need.part} changes")
    hessian = sp.hessian(expr, variables)
    for size in range(1, len(variables) + 1):
        for rows in map(list, itertools.combinations(range(len(variables)), size)):
            minor = sp.simplify(hessian.extract(rows, rows).subs(image)).det()
            if not _is_positive_form(minor):
                names = ", ".join(str(variables[row]) for row in rows)
                raise Refuted(f"not shown convex: the Hessian by {names} has determinant {minor}")
    print(f"proved: convex in {', '.join(map(str, variables))} together")


def limit(expr: sp.Expr, x: sp.Symbol, to: sp.Expr, value: sp.Expr) -> None:
    """expr tends to value as x tends to oo, to -oo, or from above to a finite number.

    value: a number or an expression in the other symbols, oo or -oo.
    Raises Refuted where the limit is another; ValueError where `pieces` cannot decide, or where
    the sign of a coefficient depends on the other symbols.

    >>> prove.limit(1 / x, x, sp.oo, 0)
    proved: the limit as x -> oo is 0
    """
    to, value = _read("to", to), _read("value", value)
    if not value.is_extended_real or value.has(sp.AccumBounds):
        raise ValueError(f"value takes a real expression, oo or -oo, got {value}")
    _, between = pieces(expr, x, None if to in (sp.oo, -sp.oo) else (to, sp.oo))
    low, high, formula = between[-1 if to == sp.oo else 0]
    if to not in (low, high):
        raise ValueError(f"to takes an end of what {x} may be, got {to}")
    try:
        found = sp.limit(formula, x, to, "+")
    except NotImplementedError as error:
        raise ValueError(f"cannot decide the limit: {error}") from None
    if found != value and not _is_zero(found - value):
        raise Refuted(f"the limit as {x} -> {to} is {found}, not {value}")
    _check_coefficients(formula, x)
    print(f"proved: the limit as {x} -> {to} is {value}")


def _check_coefficients(expr, x):
    """Refuse a coefficient that may be 0 or have either sign, since sympy takes any for the first.

    In (a x + 1) / (a x + 2), which tends to 1 as x -> oo, a may be 0.
    """
    for node in sp.preorder_traversal(sp.expand(expr)):
        if node.is_Add and node.has(x):
            for term, coefficient in sp.collect(node, x, evaluate=False).items():
                if term.has(x):
                    _sign(coefficient.as_independent(x)[0])
        elif node.is_Mul and node.has(x):
            _sign(node.as_independent(x)[0])
        elif node.is_Pow and node.has(x):
            _sign(sp.log(node.base) if node.exp.has(x) else node.exp)


def minimiser(expr: sp.Expr, x: sp.Symbol, at: sp.Expr, within: tuple | None = None) -> None:
    """A convex expression is least at the point: its slope is <= 0 before and >= 0 after.

    expr, x, within: as `pieces` takes them. at: the point, inside the interval.
    Raises Refuted where it is not least there, or not shown convex; ValueError where `pieces`
    cannot decide, or the point is not inside.

    >>> prove.minimiser(sp.Abs(x), x, at=0)
    proved: convex in x
    proved: least at x = 0
    """
    place = _read("at", at)
    _, between = pieces(expr, x, within, split=(place,))
    slopes = _at_breakpoints(between, x, 1)
    before, after = next(pair for point, *pair in slopes if _is_zero(point - place))
    if not (sp.simplify(-before).is_nonnegative and sp.simplify(after).is_nonnegative):
        raise Refuted(f"not least at {x} = {at}: the slope is {before} before and {after} after")
    convex(expr, x, within)
    print(f"proved: least at {x} = {at}")
