"""Answers to the exercises of the hinge chapter."""

import numpy as np
import sympy as sp

from lossbook.exercises import Exercise

t, s = sp.symbols("t s", real=True)


def mean_hinge_gradient(score, t):
    y = 2 * np.asarray(t, float) - 1
    return np.where(y * score < 1, -y, 0.0) / len(score)


def labels_kept(score, t):
    return np.where(t * score < 1, -np.asarray(t, float), 0.0) / len(score)


def of_the_sum(score, t):
    return len(score) * mean_hinge_gradient(score, t)


def until_the_line(score, t):
    y = 2 * np.asarray(t, float) - 1
    return np.where(y * score < 0, -y, 0.0) / len(score)


def at_the_corner(score, t):
    y = 2 * np.asarray(t, float) - 1
    return np.where(y * score <= 1, -y, 0.0) / len(score)


def lower_bound(X, y, C, alpha):
    balanced = abs(alpha @ y) <= 1e-9
    if not balanced or np.any(alpha < 0) or np.any(alpha > C):
        return -np.inf
    v = X.T @ (alpha * y)
    return alpha.sum() - v @ v / 2


def without_the_half(X, y, C, alpha):
    v = X.T @ (alpha * y)
    return lower_bound(X, y, C, alpha) - v @ v / 2


def without_the_conditions(X, y, C, alpha):
    v = X.T @ (alpha * y)
    return alpha.sum() - v @ v / 2


def without_the_labels(X, y, C, alpha):
    v = X.T @ alpha
    return alpha.sum() - v @ v / 2 if np.isfinite(lower_bound(X, y, C, alpha)) else -np.inf


SIX = np.array([[-2, -1], [-1, -1], [-1, -2], [1, 1], [1, 2], [2, 1.0]])
NAMES = np.array([-1, -1, -1, 1, 1, 1])

EXERCISES = {
    "hinge-1": Exercise(
        answer=1.5,
        shows="The margin is -0.5, and 1.5 is missing to 1: back to the line and a unit beyond.",
        slips={
            "the loss of the other label, or only the way back to the line": 0.5,
            "the count of mistakes": 1,
            "the squared hinge loss": 2.25,
        },
    ),
    "hinge-2": Exercise(
        answer=1,
        shows="Line and birds stay: the margin has doubled, and so has |w|, which divides it.",
        slips={
            "the functional margin, which is no distance": 2,
            "the width of the strip, which ends where the margin is 1": 0.5,
            "the square of the factor, as of the penalty": 4,
        },
    ),
    "hinge-3": Exercise(
        answer=(2 * t - 1) * s,
        shows="2t - 1 turns 0 into -1 and 1 into +1; t s would give every 0 the margin 0.",
        at=((0.5, 0), (0.5, 1), (-3, 0), (-3, 1), (2, 0), (2, 1)),  # s, and a label t
        slips={
            "the product with the labels as they are": t * s,
            "the label turned: 1 - 2t is +1 for class 0": (1 - 2 * t) * s,
            "the loss's inside, 1 less the margin": 1 - (2 * t - 1) * s,
        },
    ),
    "hinge-4": Exercise(
        answer=0.001,
        shows="Divide by n C: lambda = 1 / (n C). A large C is a small lambda.",
        slips={
            "1 / C: the sum is not yet a mean": 0.5,
            "C / n, the wrong way round": 0.004,
            "n C, its reciprocal": 1000,
            "1 / n: C forgotten": 0.002,
        },
    ),
    "hinge-5": Exercise(
        answer=4,
        shows="b is not in the penalty, so its slope is that of the losses alone.",
        slips={
            "line 1, but these lack something; at the corner, 0 is a subgradient as well": 1,
            "line 2, but C h has the slope -C y by the score where something is missing": 2,
            "line 3, but w is the slope of the penalty, and the score has the slope x by w": 3,
        },
    ),
    "hinge-6": Exercise(
        answer=0.1,
        shows="9 q against 1 - q: the weight moves the threshold to 1 / (1 + 9).",
        slips={
            "1 / 9: the odds, not the probability": 1 / 9,
            "0.9, for the other class": 0.9,
            "1 / 2, as without the weight": 0.5,
        },
    ),
    "hinge-7": Exercise(
        answer=np.array([-2 / 3, 5 / 3]),
        shows="w + b = 1 and -(4 w + b) = 1; half the strip is 1 / |w| = 1.5, half the distance.",
        slips={
            "the right place, but margins of 1.5: scale w": np.array([-1, 2.5]),
            "the intercept before the slope": np.array([5 / 3, -2 / 3]),
            "the labels turned": np.array([2 / 3, -5 / 3]),
            "the line through 0": np.array([-2 / 3, 0]),
        },
        decimals=4,
    ),
    "hinge-8": Exercise(
        answer=mean_hinge_gradient,
        shows="-y / n where the margin is below 1, else 0. The labels were translated first.",
        at=(
            (np.array([0.3, -2.0, 1.5, -0.2]), np.array([1, 0, 1, 1])),
            (np.array([0.5, -0.5, 3.0]), np.array([0, 0, 0])),
            (np.array([1.0, -1.0]), np.array([1, 0])),
        ),
        slips={
            "the labels 0 and 1 as they are: class 0 never pushes": labels_kept,
            "the gradient of the sum": of_the_sum,
            "only the mistakes; the ones too near are missing": until_the_line,
            "-1 at the corner, which is a subgradient, too, but another": at_the_corner,
        },
    ),
    "hinge-9": Exercise(
        answer=6,
        shows="Fifteen support vectors are an upper bound: 6 of 219 wrong, where training had 4.",
        slips={
            "the mistakes of the training": 4,
            "the number of support vectors, which bounds the answer": 15,
        },
    ),
    "hinge-10": Exercise(
        answer=lower_bound,
        shows="No line and no data set were trained: the weights alone prove how good it can get.",
        at=(  # All sums are exact, so that a balance can also be tested without a tolerance.
            (SIX, NAMES, 1.0, np.array([0, 0.25, 0, 0.25, 0, 0])),
            (SIX, NAMES, 0.25, np.array([0.25, 0.125, 0, 0.125, 0.25, 0])),  # up to C itself
            (SIX[1:], NAMES[1:], 2.0, np.array([0.5, 0, 0.25, 0, 0.25])),
            (SIX, NAMES, 1.0, np.array([0, 0.25 + 1 / 64, 0, 0.25, 0, 0])),
            (SIX, NAMES, 1.0, np.array([0, 0.25, 0, 0.25, 0, 2.0**-20])),
            (SIX, NAMES, 0.2, np.array([0, 0.25, 0, 0.25, 0, 0])),
            (SIX, NAMES, 1.0, np.array([0.5, -0.25, 0, 0.25, 0, 0])),
        ),
        slips={
            "without the factor 1/2 of the square": without_the_half,
            "the bound also where it is not valid": without_the_conditions,
            "v without the labels": without_the_labels,
        },
    ),
}
