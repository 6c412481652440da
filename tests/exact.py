"""Exact numbers to measure against: formulas in mpmath, with as many digits as they need."""

import math

import mpmath
import numpy as np
import sympy as sp

from lossbook.sequence import PLAIN, _states, forward
from lossbook.verify import ulps


def exactly(formula, symbols):
    """The formula as a function of float64 numbers that returns an mpmath number."""
    function = sp.lambdify(list(symbols), formula, "mpmath")

    def number(*at):
        # 1 + e^-10000 has 4343 digits before the second number shows, and 1 - 1e-300 has 300.
        sizes = [abs(float(a)) for a in at]
        digits = 60 + int(max(max(0.45 * min(a, 1e4), -math.log10(a or 1)) for a in sizes))
        with mpmath.workdps(digits):
            try:
                return +mpmath.mpf(function(*map(mpmath.mpf, at)))
            except ZeroDivisionError:
                return mpmath.inf

    return number


def errors(numbers, formula, symbols, columns):
    """How many ULP the numbers are off at the rows of the columns."""
    number = exactly(formula, symbols)
    rows = zip(*(np.broadcast_to(c, np.shape(numbers)) for c in columns), strict=True)
    return np.array([ulps(float(n), number(*row)) for n, row in zip(numbers, rows, strict=True)])


def softmax_cross_entropy(z, k):
    """Value and gradient for the class k, as mpmath numbers."""
    with mpmath.workdps(60 + int(0.9 * np.ptp(z))):
        e = [mpmath.exp(mpmath.mpf(float(x)) - mpmath.mpf(float(z[k]))) for x in z]
        total = mpmath.fsum(e)
        others = mpmath.fsum(x for i, x in enumerate(e) if i != k)
        grad = [(-others if i == k else x) / total for i, x in enumerate(e)]
        return mpmath.log(total), grad


def ctc(logits, target, blank=0):
    """Value and gradient of one sequence, by the recursion over plain mpmath numbers."""
    with mpmath.workdps(80):
        y = []
        for row in logits:
            e = [mpmath.exp(mpmath.mpf(float(x))) for x in row]
            y.append([x / mpmath.fsum(e) for x in e])
        targets = np.array([target], int)
        labels, start, skip, end = _states(targets, np.array([len(target)]), blank)
        emissions = np.array(y, dtype=object)[:, labels]
        alpha, *_ = forward(emissions, start, skip, PLAIN)
        mirrored = np.concatenate([skip[:2], skip[:1:-1]])
        _, beta, _ = forward(emissions[::-1, ::-1], end[::-1], mirrored, PLAIN)
        beta = beta[::-1, ::-1]
        total = alpha[-1][end].sum()
        grad = np.array(y, dtype=object)
        for s, label in enumerate(labels[:, 0]):
            grad[:, label] -= alpha[:, s, 0] * beta[:, s, 0] / total
        return -mpmath.log(total), grad
