"""Answers to the exercises of the Huber chapter."""

import numpy as np
import sympy as sp

from lossbook import huber
from lossbook.exercises import Exercise

r, delta = sp.symbols("r delta", positive=True)


def huber_by_hand(r, delta):
    q = np.minimum(abs(r), delta)
    return q * (abs(r) - q / 2)


def best_constant(y, delta):
    low, high = np.min(y), np.max(y)
    for _ in range(200):
        middle = (low + high) / 2
        falling = huber.grad(middle, y, delta=delta).sum() < 0
        low, high = (middle, high) if falling else (low, middle)
    return (low + high) / 2


EXERCISES = {
    "huber-1": Exercise(
        answer=1.5,
        shows="Two deltas away, the line has taken over: delta (|r| - delta/2).",
        slips={"half the square, which ends at delta": 2.0, "delta |r| without its offset": 2.0},
    ),
    "huber-2": Exercise(
        answer=-1,
        shows="The residual is -2, clipped to -1: raising the prediction lowers the loss.",
        slips={"the residual before it is clipped": -2},
    ),
    "huber-3": Exercise(
        answer=delta / r,
        shows="A residual of k deltas counts as one k-th of a point.",
        at=((1.0, 3.0), (0.5, 0.75), (2.0, 9.0)),
        slips={
            "psi itself; divide it by r": delta,
            "the loss divided by r, not its gradient": delta * (r - delta / 2) / r,
        },
    ),
    "huber-4": Exercise(
        answer=huber_by_hand,
        shows="One product for both cases, and nothing is squared that could overflow.",
        at=(
            (np.array([0.0, 0.5, -1.0, 2.0, -3.0]), 1.0),
            (np.array([0.5, -4.0, 7.0, 2.0]), 2.5),
            (np.array([1e200, -1e200]), 1.0),
        ),
        slips={
            "the line without its offset -delta/2": lambda r, delta: np.where(
                abs(r) <= delta, np.minimum(abs(r), delta) ** 2 / 2, delta * abs(r)
            ),
            "Smooth L1, which is Huber's loss divided by delta": lambda r, delta: (
                huber_by_hand(r, delta) / delta
            ),
        },
    ),
    "huber-5": Exercise(
        answer=100,
        shows="Huber's loss is beta times Smooth L1: a tenth, and so are its gradients.",
        slips={
            "the factor of the gradients; the learning rate was changed the wrong way too": 10,
            "the change that was meant, if Huber's gradients were ten times as large": 1,
            "what is left of a step; it is too small by the reciprocal": 0.01,
        },
    ),
    "huber-6": Exercise(
        answer=r / sp.sqrt(1 + (r / delta) ** 2),
        shows="It tends to r for small and to delta for large residuals: a soft clip.",
        slips={
            "the chain rule without its inner derivative": delta**2
            / (2 * sp.sqrt(1 + (r / delta) ** 2))
        },
    ),
    "huber-7": Exercise(
        answer=2,
        shows="For Gaussian residuals the median of |r| is 0.6745 sigma: divide by 0.6745.",
        slips={
            "line 1, which is right: the weights depend on the size of r, not on its sign": 1,
            "line 3, which is right: the weight is 1 inside delta, and delta / |r| beyond": 3,
            "line 4, which is right: the next fit is one of weighted least squares": 4,
        },
    ),
    "huber-8": Exercise(
        answer=0.981802323,
        shows="A smaller delta costs efficiency: at 0.98 sigma a tenth of the data is paid.",
        slips={"delta for 95 %": 1.345},
        decimals=3,
    ),
    "huber-9": Exercise(
        answer=0.05791489301,
        shows="With 1.345 one is ready for about 6 % of bad data, chosen by an enemy.",
        slips={"1 - epsilon": 0.9421},
        decimals=3,
    ),
    "huber-10": Exercise(
        answer=best_constant,
        shows="A monotone slope can always be trapped; Newton's method may leave the sample.",
        at=(
            (np.array([4.9, 5.0, 5.1, 5.0, 4.8, 5.2, 5.0, 4.9, 5.1, 9.0]), 0.3),
            (np.array([1.0, 3.0, 3.0, 4.0, 44.0]), 1.0),
            (np.array([1.0, 3.0, 3.0, 4.0, 44.0]), 100.0),
            (np.array([2.0, 2.0, 2.0]), 1.0),
            (np.array([1e-10, 2e-10, 2e-10, 9e-10]), 1.0),
            (np.array([0.0, 1e-10, 1e-10, 8e-10]), 1e-11),
        ),
        slips={
            "the mean": lambda y, delta: np.mean(y),
            "the median": lambda y, delta: np.median(y),
        },
        rtol=1e-5,
    ),
}
