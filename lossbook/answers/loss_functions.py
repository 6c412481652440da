"""Answers to the exercises of the opening chapter."""

import numpy as np
import sympy as sp

from lossbook.exercises import Exercise

w1, w2 = sp.symbols("w1 w2", positive=True)
y1, y2 = sp.symbols("y1 y2", real=True)
z1, z2 = sp.symbols("y1 y2", positive=True)


def after_ten(factor):
    """Where a descent from 0 to 3 is if each step multiplies the distance by the factor."""
    return 3 * (1 - factor**10)


EXERCISES = {
    "loss_functions-1": Exercise(
        answer=8,
        shows="He is eight minutes too early, and those cost him 1 each.",
        slips={
            "the price of being too late; 72 is before 80": 72,
            "the residual, which is negative; a price is not": -8,
            "the squared error": 64,
        },
    ),
    "loss_functions-2": Exercise(
        answer=4,
        shows="Too early, each further minute on the sign saves 1: the sign there is a minus.",
        slips={
            "line 1, which is right: prediction minus target is positive if he is late": 1,
            "line 2, which is right: it is the minutes that he waits, or 0": 2,
            "line 3, which is right: a minute late costs kappa, a minute early 1": 3,
        },
    ),
    "loss_functions-3": Exercise(
        answer="objective",
        shows="A mean loss, the cost, plus something else that should be small.",
        slips={
            "the first term alone": "cost",
            "what one sample pays": "loss",
            "the mean over data that nobody has": "risk",
        },
    ),
    "loss_functions-4": Exercise(
        answer=(w1 * y1 + w2 * y2) / (w1 + w2),
        shows="A weighted loss asks for the weighted mean.",
        slips={
            "the mean without its weights": (y1 + y2) / 2,
            "the weighted sum, not yet divided by the weights": w1 * y1 + w2 * y2,
            "the weights swapped": (w2 * y1 + w1 * y2) / (w1 + w2),
        },
    ),
    "loss_functions-5": Exercise(
        answer=1.25,
        shows="(n + 1)/(n - 1): below the variance on the nine, above it on the others.",
        slips={
            "the cost on others over the variance; compare it with that on the nine": 10 / 9,
            "the variance over the cost on the nine; others cost more than the variance": 9 / 8,
            "the cost on the nine over that on others": 0.8,
        },
    ),
    "loss_functions-6": Exercise(
        answer=55,
        shows="The share 1/(1 + 4) of the waits: she is too late about one time in five.",
        slips={
            "the share 1/4, not 1/(1 + 4)": 58,
            "the quantile 0.8, of somebody who hates to be early": 83,
            "kappa = 9": 51,
        },
    ),
    "loss_functions-7": Exercise(
        answer=after_ten(0.8),
        shows="Each step leaves the share 1 - 2 * 0.1 of the distance to the mean, 3.",
        slips={
            "a step by the sum of the gradients, not their mean": after_ten(0.4),
            "uphill: the gradient added": after_ten(1.2),
            "the gradient without its 2": after_ten(0.9),
            "the mean, where the descent ends": 3,
        },
    ),
    "loss_functions-8": Exercise(
        answer=(1 / z1 + 1 / z2) / (1 / z1**2 + 1 / z2**2),
        shows="Below the mean: small targets weigh more, so it pays to predict too low.",
        slips={
            "the mean": (z1 + z2) / 2,
            "the harmonic mean: the weights are 1/y^2, not 1/y": 2 / (1 / z1 + 1 / z2),
            "the geometric mean": sp.sqrt(z1 * z2),
        },
    ),
    "loss_functions-9": Exercise(
        answer=9.438227635,
        shows="On the same waits the best constant costs 23.24, the line of least squares 23.92.",
        slips={
            "the best constant sign": 23.24,
            "the cost of the line fitted by the squared error": 23.92,
            "kappa and 1 exchanged": 1.198,
            "the total, not the mean": 2567.2,
            "the absolute error of the line of least absolute error": 4.768,
        },
        decimals=2,
    ),
    "loss_functions-10": Exercise(
        answer=np.array([54.75, 80.28488372]),
        shows="The two humps. Swap the numbers and nothing changes, so there are two valleys.",
        slips={
            "the order; the smaller first": np.array([80.28, 54.75]),
            "the two people's constants, mean and median": np.array([70.90, 76.0]),
        },
        decimals=2,
    ),
}
