"""What the losses and their derivatives are at one sample, in mpmath numbers.

Of a loss of one number they come from its formula in many digits. Those of vectors are written
here a second time, straight from their definitions, and CTC enumerates all alignments.
"""

import functools
import itertools
import math

import mpmath
import numpy as np
import sympy as sp
from mpmath import mpf

from lossbook.classification import PROBABILITY
from lossbook.verify import UNSEEN, evaluate, ulps
from tools.accuracy import domains

ULP = mpf(2) ** -53  # half a unit in the last place of 1: what one rounding may take
INF = mpf("inf")
HUGE = mpf("1e307")  # what is larger in a Hessian is bounded
DIGITS = 800  # after which 1 - 5e-324 is not 1


def sample(loss, arguments, parameters):
    """{"value": [...], "grad": [...], "hess": [...]}, all entries in a row; None is any number."""
    numbers = loss.parameters | parameters
    with mpmath.workdps(DIGITS):
        # In many digits from here on: with floats there would be none.
        arguments = [list(map(mpf, a)) if isinstance(a, list) else mpf(a) for a in arguments]
        if loss.name in OF_VECTORS:
            return OF_VECTORS[loss.name](*arguments, **numbers)
        x, y = arguments
        if domains(loss)[loss.arguments[0]] is PROBABILITY and x in (0, 1):
            return at_an_end(x, y, **numbers)
        return of_a_number(loss.variant(**parameters), x, y, numbers)


def of_a_number(variant, x, y, numbers):
    label = int(y) if y in (-1, 0, 1) else None
    given = [x, y, *(numbers[symbol.name] for symbol in variant.symbols[2:])]
    at = dict(zip(variant.symbols, given, strict=True))
    formulas = with_label(variant, label)
    exact = {what: [evaluate(f, at, least=UNSEEN)] for what, f in formulas.items()}
    return exact | {"terms": mpf("gamma" in numbers)}  # the derivatives have gamma - 1


@functools.cache
def with_label(variant, label):
    """The formulas; a label is a whole number in them, so that terms without weight go."""
    formulas = {"value": variant.formula, "grad": variant.gradient, "hess": variant.hessian}
    if label is None:
        return formulas
    return {what: sp.sympify(f).subs(variant.symbols[1], label) for what, f in formulas.items()}


def at_an_end(p, y, alpha=None, gamma=0):
    """Of a probability 0 or 1, where the formula has no number: inf, or the limit."""
    one, zero = (1, 1) if alpha is None else (alpha, 1 - alpha)
    right, wrong = (one * y, zero * (1 - y)) if p else (zero * (1 - y), one * y)
    sign = 1 if p else -1
    if wrong:
        return {"value": [INF], "grad": [sign * INF], "hess": [INF]}
    # With q the distance to the end, the loss is right q^(gamma + 1) in the limit, and
    # -log(1 - q) where gamma is 0.
    bend = {0: right, 1: 2 * right}.get(gamma, INF if right and gamma < 1 else 0)
    return {"value": [mpf(0)], "grad": [mpf(0 if gamma else -sign * right)], "hess": [mpf(bend)]}


# Losses of vectors.


def cross_entropy(p, y):
    pairs = list(zip(p, y, strict=True))
    slopes = [(-b / a if a else -INF) if b else mpf(0) for a, b in pairs]
    bends = [(b / a / a if a else INF) if b else mpf(0) for a, b in pairs]
    value = mpmath.fsum((-b * mpmath.log(a) if a else INF) for a, b in pairs if b)
    return {"value": [value], "grad": slopes, "hess": diagonal(bends)}


def diagonal(entries):
    return [e if i == j else mpf(0) for i, e in enumerate(entries) for j in range(len(entries))]


def softmax(z):
    """The probabilities and what they lack to 1, each without a difference close to 0."""
    top = max(z)
    e = [mpmath.exp(a - top) if a > -INF else mpf(0) for a in z]
    rest = [mpmath.fsum(e[:i] + e[i + 1 :]) for i in range(len(e))]
    total = mpmath.fsum(e)
    return [a / total for a in e], [r / total for r in rest]


def cross_entropy_with_logits(z, y):
    p, rest = softmax(z)
    top = max(range(len(z)), key=lambda i: z[i])
    log = -mpmath.log1p(-rest[top])  # of the sum of e^(z - top)
    value = log + mpmath.fsum(b * (z[top] - a) for a, b in zip(z, y, strict=True) if b)
    slopes = [a - b if b < 1 else -r for a, b, r in zip(p, y, rest, strict=True)]
    bends = [
        p[i] * rest[i] if i == j else -p[i] * p[j]
        for i, j in itertools.product(range(len(z)), range(len(z)))
    ]
    return {"value": [value], "grad": slopes, "hess": bends}


def contrastive(x1, x2, y, margin):
    difference = [a - b for a, b in zip(x1, x2, strict=True)]
    d, unit, bend = direction(difference)
    lack = max(margin - d, 0)
    if y:
        value, slope, block = d * d / 2, difference, diagonal([mpf(1)] * len(x1))
    else:
        value, slope = lack * lack / 2, [-lack * u for u in unit]
        along = [u * v for u, v in itertools.product(unit, unit)]
        block = [(a - lack * b if lack else mpf(0)) for a, b in zip(along, bend, strict=True)]
        if (lack > d * HUGE and len(x1) > 1) or not d:
            block = [None] * len(along)
    opposite = [-b if b is not None else None for b in block]
    hess = [*block, *opposite, *opposite, *block]
    return {"value": [value], "grad": [*slope, *(-s for s in slope)], "hess": hess}


def triplet(anchor, positive, negative, margin, squared):
    size = len(anchor)
    near, far = (
        [a - b for a, b in zip(anchor, other, strict=True)] for other in (positive, negative)
    )
    (d_near, u_near, b_near), (d_far, u_far, b_far) = direction(near), direction(far)
    if squared:
        value, terms = d_near**2 - d_far**2 + margin, d_near**2 + d_far**2
        u_near, u_far = [2 * a for a in near], [2 * a for a in far]
        b_near = b_far = diagonal([mpf(2)] * size)
    else:
        value, terms = d_near - d_far + margin, d_near + d_far
    if value <= 0:
        zero = [mpf(0)] * (3 * size)
        return {"value": [mpf(0)], "grad": zero, "hess": zero * 3 * size, "terms": terms}
    grad = [a - b for a, b in zip(u_near, u_far, strict=True)]
    grad += [-a for a in u_near] + u_far
    if not squared and min(d_near, d_far) * HUGE < 1:
        return {"value": [value], "grad": grad, "hess": [None] * 9 * size**2, "terms": terms}
    both = [a - b for a, b in zip(b_near, b_far, strict=True)]
    minus_near, minus_far, none = [-a for a in b_near], [-a for a in b_far], [mpf(0)] * size**2
    rows = [both, minus_near, b_far], [minus_near, b_near, none], [b_far, none, minus_far]
    hess = [e for row in rows for b in row for e in b]
    return {"value": [value], "grad": grad, "hess": hess, "terms": terms}


def direction(x):
    """The length of a vector, its direction (0 for no length), the second derivative of length."""
    length = mpmath.sqrt(mpmath.fsum(a * a for a in x))
    if not length:
        return length, [mpf(0)] * len(x), [mpf(0)] * len(x) ** 2
    unit = [a / length for a in x]
    pairs = itertools.product(enumerate(unit), enumerate(unit))
    return length, unit, [((i == j) - a * b) / length for (i, a), (j, b) in pairs]


OF_VECTORS = {
    f.__name__: f for f in (cross_entropy, cross_entropy_with_logits, contrastive, triplet)
}


# How far off a computed number is.


def nearby(loss, arguments, parameters, names, terms):
    """The sample with each of its named numbers half a unit in the last place smaller or larger.

    terms: what is added to or subtracted from a parameter, which is rounded too.
    """
    numbers = loss.parameters | parameters
    for name, by in itertools.product(names, (1 - ULP, 1 + ULP)):
        if name in loss.parameters:
            step = (by - 1) * (mpf(numbers[name]) + terms)
            yield arguments, numbers | {name: numbers[name] + step}
            continue
        i = loss.arguments.index(name)
        given, kept = arguments[i], 1 if name == "y" and loss.name not in REGRESSION else None
        vector = isinstance(given, list)
        for k, entry in enumerate(given if vector else [given]):
            if mpmath.isfinite(entry) and entry != kept:  # 1 is a label
                entry = mpf(entry) * by
                other = [*given[:k], entry, *given[k + 1 :]] if vector else entry
                yield [*arguments[:i], other, *arguments[i + 1 :]], parameters


REGRESSION = {"squared_error", "absolute_error", "huber", "smooth_l1", "pinball"}


def errors(loss, arguments, parameters, found, bound, names):
    """What is off by more than `bound` units, as texts.

    A unit is one in the last place of the exact result; of the largest entry for Hessians of
    vectors and where a gradient of `triplet` is a difference of directions; and where the result is
    the difference of larger terms, what comes from one rounding of each of the named arguments.
    """
    exact = sample(loss, arguments, parameters)
    off = [
        (what, i)
        for what, row in found.items()
        for i, number in enumerate(row)
        if not within(number, exact[what][i], bound)
    ]
    if not off:
        return []
    with mpmath.workdps(DIGITS):
        terms = exact.get("terms", mpf(0))
        near = nearby(loss, arguments, parameters, names, terms)
        moved = [sample(loss, *one) for one in near]
    directions = loss.name == "triplet" and not (loss.parameters | parameters)["squared"]
    lines = []
    for what, i in off:
        right, number = exact[what][i], found[what][i]
        with mpmath.workdps(DIGITS):
            # What differs infinitely tells nothing; but where one is infinite, both may be.
            steps = [abs(m[what][i] - right) for m in moved if m[what][i] is not None]
            size = abs(right)
            if (what == "hess" and loss.name in OF_VECTORS) or (what == "grad" and directions):
                size = max(abs(e) for e in exact[what] if e is not None)
            unit = math.ulp(min(float(size), 1.7e308)) + mpmath.fsum(steps)
            # What is smaller than 1e-300 may come from a subnormal, which has few digits.
            if not abs(mpf(float(number)) - right) <= max(bound * unit, mpf("1e-300")):
                lines.append(f"{what}[{i}] is {number!r}, exactly {mpmath.nstr(right, 17)}")
    return lines


def within(number, exact, bound):
    return not np.isnan(number) if exact is None else ulps(float(number), exact) <= bound


# CTC.


def ctc(logits, target, blank=0):
    """Value and gradient of one sequence of at most a few frames, by all its alignments."""
    times, classes = len(logits), len(logits[0]) if logits else 0
    gaps = sum(max(row) - min([a for a in row if a > -INF]) for row in logits)
    with mpmath.workdps(60 + int(min(float(gaps), 4000))):
        y = [softmax([mpf(a) for a in row])[0] for row in logits]
        shares = [[mpf(0)] * classes for _ in range(times)]
        missed = mpf(0)  # the weight of all other paths, so that a loss close to 0 keeps its digits
        for path in itertools.product(range(classes), repeat=times):
            weight = math.prod((y[t][k] for t, k in enumerate(path)), start=mpf(1))
            if [k for k, _ in itertools.groupby(path) if k != blank] != target:
                missed += weight
                continue
            for t, k in enumerate(path):
                shares[t][k] += weight
        total = mpmath.fsum(shares[0]) if times else mpf(not target)
        if not total:
            return INF, [[mpf(0)] * classes] * times
        grad = [
            [a - b / total for a, b in zip(row, share, strict=True)]
            for row, share in zip(y, shares, strict=True)
        ]
        return (-mpmath.log(total) if total < 0.5 else -mpmath.log1p(-missed)), grad
