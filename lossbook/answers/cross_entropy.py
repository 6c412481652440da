"""Answers to the exercises of the chapter on cross-entropy."""

import numpy as np
import sympy as sp

from lossbook import binary_cross_entropy_with_logits, cross_entropy_with_logits
from lossbook.exercises import Exercise

K = sp.Symbol("K", positive=True)
p = sp.Symbol("p", positive=True)

LOGITS = np.array([[1.2, -0.8, -0.5], [0.2, 0.5, 0.3], [-1.0, 2.0, 0.0], [3.0, 1.0, 4.0]])
CLASSES = np.array([0, 1, 2, 2])  # the third is wrong, so that there is a best temperature


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_gradient(z, t):
    return cross_entropy_with_logits.grad(z, np.eye(z.shape[-1])[t])


def best_temperature(z, t):
    target = np.eye(z.shape[-1])[t]
    low, high = 0.0, 1.0  # of 1 / T; the slope by it never falls
    while _slope(high, z, target) < 0:
        low, high = high, 2 * high
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _slope(middle, z, target) < 0 else (low, middle)
    return 2 / (low + high)


def _slope(beta, z, target):
    return (cross_entropy_with_logits.grad(beta * z, target) * z).sum(axis=-1).mean()


EXERCISES = {
    "cross_entropy-1": Exercise(
        answer=-np.log(0.8),
        shows="Only the probability of what happened counts, and that was 0.8.",
        slips={
            "the fine for rain": -np.log(0.2),
            "the logarithm to base 2": -np.log2(0.8),
            "the logarithm to base 10": -np.log10(0.8),
            "the squared error": 0.04,
        },
        decimals=4,
    ),
    "cross_entropy-2": Exercise(
        answer=np.log(9),
        shows="The logarithm of the odds, nine to one.",
        slips={
            "the logarithm of the probability": np.log(0.9),
            "the loss, minus the logarithm of the probability": -np.log(0.9),
            "the odds, without their logarithm": 9,
            "the logarithm to base 10": np.log10(9),
            "the logarithm to base 2": np.log2(9),
            "the sigmoid of 0.9": 1 / (1 + np.exp(-0.9)),
        },
        decimals=4,
    ),
    "cross_entropy-3": Exercise(
        answer=1 / (1 + np.exp(-2)),
        shows="Prediction minus label, and the label is 0: lower the logit, and the loss falls.",
        slips={
            "the gradient for the label 1": 1 / (1 + np.exp(-2)) - 1,
            "the loss": np.log(1 + np.exp(2)),
            "logit minus label": 2,
            "the second derivative": np.exp(-2) / (1 + np.exp(-2)) ** 2,
        },
        decimals=4,
    ),
    "cross_entropy-4": Exercise(
        answer=sp.log(K),
        shows="Every class has probability 1/K. A fresh network should start here.",
        at=((2,), (3,), (10,)),
        slips={
            "the probability of a class": 1 / K,
            "the sum over all classes; only the true one counts": K * sp.log(K),
            "the logarithm of the probability, whose sign must be turned": -sp.log(K),
        },
    ),
    "cross_entropy-5": Exercise(
        answer=1 / (p**3 * (1 - p)),
        shows="One over p squared against p (1 - p): steep in one scale, calm in the other.",
        at=((0.5,), (0.2,), (0.9,)),
        slips={
            "the ratio the other way round": p**3 * (1 - p),
            "the square of the sigmoid's slope, as if it were constant": 1 / (p * (1 - p)) ** 2,
            "the second derivative by the probability alone": 1 / p**2,
            "the ratio of the first derivatives": 1 / (p * (1 - p)),
        },
    ),
    "cross_entropy-6": Exercise(
        answer=-(0.25 * np.log(0.25) + 0.75 * np.log(0.75)),
        shows="The entropy of the labels: a model that does not beat it has learned nothing.",
        slips={
            "the entropy in bits": -(0.25 * np.log2(0.25) + 0.75 * np.log2(0.75)),
            "the loss of a coin toss": np.log(2),
            "the loss of the ill ones only": -np.log(0.25),
            "the loss of the healthy ones only": -np.log(0.75),
            "the sum over the twelve": -12 * (0.25 * np.log(0.25) + 0.75 * np.log(0.75)),
            "the best prediction, not its loss": 0.25,
        },
        decimals=4,
    ),
    "cross_entropy-7": Exercise(
        answer=binary_cross_entropy_with_logits,
        shows="From the logits to the loss in one step, and exp never sees a positive number.",
        at=(
            (np.array([0.0, 0.5, -1.0, 3.0, -4.0]), np.array([1.0, 0.0, 1.0, 0.0, 0.5])),
            (np.array([1000.0, -1000.0, 1000.0, -1000.0]), np.array([0.0, 1.0, 1.0, 0.0])),
            (1e18 * np.array([1.0]), np.array([0.0])),
        ),
        slips={
            "the labels 1 and 0 exchanged": lambda z, y: binary_cross_entropy_with_logits(z, 1 - y),
            "a cut-off of the logarithm at -100": lambda z, y: np.minimum(
                binary_cross_entropy_with_logits(z, y), 100
            ),
        },
    ),
    "cross_entropy-8": Exercise(
        answer=softmax_gradient,
        shows="Softmax minus one-hot, row by row; each row adds up to 0.",
        at=((LOGITS, CLASSES), (1000 * LOGITS, CLASSES), (LOGITS[:1, :2], CLASSES[:1])),
        slips={
            "the softmax; the one-hot target is still to be subtracted": lambda z, t: softmax(z),
            "the gradient of the mean; each sample's own is asked": lambda z, t: (
                softmax_gradient(z, t) / len(z)
            ),
            "target minus softmax": lambda z, t: -softmax_gradient(z, t),
            "a softmax over the samples, not over the classes": lambda z, t: (
                softmax(z.T).T - np.eye(z.shape[-1])[t]
            ),
        },
        rtol=1e-5,
    ),
    "cross_entropy-9": Exercise(
        answer=0.6,
        shows="0.55 is 0.9 q + 0.01: smoothing pulls each probability towards one tenth.",
        slips={
            "what the model says, which is (1 - epsilon) q + epsilon / K": 0.55,
            "the labels smoothed once more; solve for q instead": 0.505,
            "q without the division by 1 - epsilon": 0.54,
            "q without its share epsilon / K": 0.55 / 0.9,
            "epsilon shared by the nine other classes": (0.55 - 0.1 / 9) / (0.9 - 0.1 / 9),
        },
    ),
    "cross_entropy-10": Exercise(
        answer=64.79464092,
        shows="Where the line crosses 0. Below 65 degrees, distress was the likelier outcome.",
        slips={
            "the mean temperature of the launches": 69.57,
            "the place where the curve of the toy data is centred": 64.54,
        },
        decimals=1,
    ),
    "cross_entropy-11": Exercise(
        answer=39.54980279,
        shows="From 5 to 40: without these two, the data are almost separable.",
        slips={
            "the fit to all 39": 5.179,
            "the weight of log(rate)": 31.94,
            "the intercept": -24.58,
        },
        decimals=1,
    ),
    "cross_entropy-12": Exercise(
        answer=best_temperature,
        shows="One number, convex in 1/T, and no decision changes.",
        at=(
            (LOGITS, CLASSES),
            (50 * LOGITS, CLASSES),
            (0.02 * LOGITS, CLASSES),
            (np.array([[2.0, 0.0], [2.0, 0.0], [2.0, 0.0], [2.0, 0.0]]), np.array([0, 0, 0, 1])),
        ),
        slips={
            "1 / T, by which one multiplies": lambda z, t: 1 / best_temperature(z, t),
        },
        rtol=1e-3,
    ),
    "cross_entropy-13": Exercise(
        answer=5,
        shows="It divides by all places; real.sum() counts those that are no padding.",
        slips={
            "line 1, but a shift changes no loss, and now exp cannot overflow": 1,
            "line 2, but that is the logarithm of the softmax's denominator": 2,
            "line 3, but log S minus the true logit is the loss of a place": 3,
            "line 4, but padding should add nothing to the sum, and now it does not": 4,
        },
    ),
}
