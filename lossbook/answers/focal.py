"""Answers to the exercises of the focal loss chapter."""

import numpy as np
import sympy as sp

from lossbook.exercises import Exercise

p_t = sp.Symbol("p_t", positive=True)


def by_logits(z, y, gamma):
    margin = (2 * np.asarray(y) - 1) * np.asarray(z, float)
    return np.exp(-gamma * np.logaddexp(0, margin)) * np.logaddexp(0, -margin)


def gradient_size(p_t, gamma):
    return (1 - p_t) ** gamma * (1 - p_t - gamma * p_t * np.log(p_t))


def true_probability(p, gamma, alpha):
    up, down = alpha * gradient_size(p, gamma), (1 - alpha) * gradient_size(1 - p, gamma)
    return down / (up + down)


def forecast(q, gamma):
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        below = true_probability(middle, gamma, 0.5) < q
        low, high = (middle, high) if below else (low, middle)
    return (low + high) / 2


EXERCISES = {
    "focal-1": Exercise(
        answer=np.log(2) / 4,
        shows="At one half, gamma = 2 takes three quarters of the loss away: at most four times.",
        slips={
            "cross-entropy, without the factor": np.log(2),
            "the factor to the power 1": np.log(2) / 2,
            "the logarithm to base 2": 0.25,
        },
    ),
    "focal-2": Exercise(
        answer=0.75 * 0.81 * np.log(10),
        shows="Class 0 has the weight 1 - alpha, and p_t is 0.1: a mistake at nearly full price.",
        slips={
            "the weight of class 1": 0.25 * 0.81 * np.log(10),
            "the logarithm to base 2": 0.75 * 0.81 * np.log2(10),
            "the loss without its weight": 0.81 * np.log(10),
            "p taken for p_t": -0.75 * 0.01 * np.log(0.9),
            "p taken for p_t, and the weight of class 1": -0.25 * 0.01 * np.log(0.9),
        },
        digits=4,
    ),
    "focal-3": Exercise(
        answer=5000,
        shows="The paper divides by the objects; the mean needs 5000 times the learning rate.",
        slips={
            "the number of places, but the paper divides its sum as well": 100_000,
            "the number of objects, by which the paper divides; she divides by another number": 20,
            "the empty places for each object; the mean counts all places": 4999,
            "her gradients over the paper's; the question is how much too small": 1 / 5000,
        },
    ),
    "focal-4": Exercise(
        answer=1 + float(sp.exp(-2)),
        shows="At p_t = e^-2 the gradient is larger by e^-2, 14 %; nowhere by more.",
        slips={
            "the place, not the ratio there": float(sp.exp(-2)),
            "the ratio where the region ends": 1.0,
        },
        digits=6,
    ),
    "focal-5": Exercise(
        answer=(1 - p_t) * (1 - p_t - p_t * sp.log(p_t)),
        shows="It is positive, since a sample of class 0 wants its logit lower.",
        at=((0.5,), (0.2,), (0.9,)),
        slips={
            "the gradient of label 1": -(1 - p_t) * (1 - p_t - p_t * sp.log(p_t)),
            "the modulating factor times cross-entropy's gradient": (1 - p_t) ** 2,
            "the derivative by p_t, not by the logit": sp.log(p_t) - (1 - p_t) / p_t,
        },
    ),
    "focal-6": Exercise(
        answer=by_logits,
        shows="In logits nothing is subtracted, so no digit is lost and nothing overflows.",
        at=(
            (np.array([0.0, 1.0, -2.0, 3.0]), np.array([1, 0, 1, 0]), 2.0),
            (np.array([0.5, -0.5]), np.array([1, 1]), 0.0),
            (np.array([1000.0, -1000.0, 1.0]), np.array([1, 1, 0]), 0.5),
            (np.array([1000.0, -1000.0]), np.array([0, 0]), 2.0),
        ),
        slips={
            "p_t to the power of gamma, where 1 - p_t belongs": lambda z, y, gamma: (
                np.exp(-gamma * np.logaddexp(0, -(2 * y - 1) * z))
                * np.logaddexp(0, -(2 * y - 1) * z)
            ),
            "the labels swapped": lambda z, y, gamma: by_logits(z, 1 - y, gamma),
            "cross-entropy, without the factor": lambda z, y, gamma: by_logits(z, y, 0.0),
        },
    ),
    "focal-7": Exercise(
        answer=-np.log(999),
        shows="The odds are 1 to 999, and the logit is their logarithm.",
        slips={
            "the logarithm of pi, not of its odds": np.log(0.001),
            "the bias for 0.01": -np.log(99),
            "the logarithm to base 2": -np.log2(999),
        },
        digits=4,
    ),
    "focal-8": Exercise(
        answer=true_probability(0.75, 2, 0.5),
        shows="The truth is further from one half than what the model says.",
        slips={
            "what the model says, unrepaired": 0.75,
            "the way from truth to forecast": forecast(0.75, 2),
        },
        decimals=3,
    ),
    "focal-9": Exercise(
        answer=true_probability,
        shows="The weight multiplies the odds by (1 - alpha) / alpha, whatever gamma is.",
        at=(
            (np.array([0.1, 0.5, 0.75]), 2.0, 0.25),
            (np.array([0.2, 0.9]), 0.0, 0.25),
            (np.array([0.3, 0.6]), 1.0, 0.5),
        ),
        slips={
            "the weights swapped": lambda p, gamma, alpha: true_probability(p, gamma, 1 - alpha),
            "the repair without weights": lambda p, gamma, alpha: true_probability(p, gamma, 0.5),
            "one minus the answer": lambda p, gamma, alpha: 1 - true_probability(p, gamma, alpha),
        },
    ),
    "focal-10": Exercise(
        answer=forecast,
        shows="No closed form is needed: a rising curve can be trapped.",
        at=((0.9, 2.0), (0.9, 0.0), (0.5, 5.0), (0.6, 5.0), (0.001, 1.0), (0.7, 0.5)),
        slips={
            "the way from forecast to truth": lambda q, gamma: true_probability(q, gamma, 0.5),
            "the truth itself; only a proper loss makes a model say it": lambda q, gamma: q,
        },
        rtol=1e-5,
    ),
    "focal-11": Exercise(
        answer=3,
        shows="1 - p is the factor of class 1 only; of both classes it is 1 - p_t.",
        slips={
            "line 1, but p_t is the probability of the true class, as it should be": 1,
            "line 2, but class 1 has the weight alpha, and class 0 the weight 1 - alpha": 2,
            "line 4, but minus the logarithm of p_t is cross-entropy, multiplied by the rest": 4,
        },
    ),
}
