"""Answers to the exercises of the chapter on choosing."""

import numpy as np

from lossbook.exercises import Exercise


def rise(f, a, b):
    return f((a + b) / 2) - (f(a) + f(b)) / 2


def above_the_left_end(f, a, b):
    return f((a + b) / 2) - f(a)


def at_the_mean_height(f, a, b):
    return f((a + b) / 2) - f(a) + f(b) / 2


def expectile(y, q):
    low, high = min(y), max(y)
    for _ in range(100):
        m = (low + high) / 2
        short = np.maximum(np.asarray(y) - m, 0).sum()
        excess = np.maximum(m - np.asarray(y), 0).sum()
        low, high = (m, high) if q * short > (1 - q) * excess else (low, m)
    return m


def mirrored(y, q):
    return expectile(y, 1 - q)


def quantile(y, q):
    return np.quantile(y, q, method="inverted_cdf")


def next_m(y, m, delta):
    weights = delta / np.maximum(abs(m - np.asarray(y, float)), delta)
    return weights @ y / weights.sum()


def without_weights(y, m, delta):
    return np.mean(y)


def gradient_step(y, m, delta):
    return m - np.clip(m - np.asarray(y, float), -delta, delta).mean()


def divided_by_the_number(y, m, delta):
    weights = delta / np.maximum(abs(m - np.asarray(y, float)), delta)
    return weights @ y / len(y)


SAMPLE = np.array([1.0, 2.0, 9.0])
READINGS = np.array([4.9, 5.0, 5.1, 9.0])

EXERCISES = {
    "choosing-1": Exercise(
        answer="quantile",
        shows="The 0.95 quantile. Beds for the mean would be too few on many days.",
        slips={
            "the number of an average day, which fails on many of them": "mean",
            "the number that fails on half of the days": "median",
            "an answer to another question: how sure are we for a given number of beds": (
                "probability"
            ),
        },
    ),
    "choosing-2": Exercise(
        answer=2,
        shows="Where it suffices on 4 days of 5, a missing paper costs 4 times a spare one.",
        slips={
            "the ratio of the two; a spare paper costs 0.5": 4,
            "the balance turned round: the order suffices on 80 days of 100": 0.125,
            "the price of a spare paper, divided by the share of days": 0.625,
            "the price of a spare paper, divided by the share of the other days": 2.5,
        },
    ),
    "choosing-3": Exercise(
        answer=1 / 200,
        shows="1 / (1 + 199). At the threshold 199 of 200 alarms are false, and that is right.",
        slips={
            "the odds, not the probability": 1 / 199,
            "the threshold for the other class": 199 / 200,
            "one half, which is right if both mistakes cost the same": 0.5,
        },
    ),
    "choosing-4": Exercise(
        answer=2,
        shows="A 1 is turned as well: a label is 1 with the probability eps + (1 - 2 eps) p.",
        slips={
            "line 1, which is right: the probability of a logit": 1,
            "line 3, which is right: minus the logarithm of what the label's probability is": 3,
            "line 4, which is right: the slope of the loss by q, for both labels": 4,
            "line 5, which is right for the q that line 2 should have": 5,
        },
    ),
    "choosing-5": Exercise(
        answer=62,
        shows="(9 - 1) / (9 + 1) = 0.8, and 0.8 to the 62 is the first power below a millionth.",
        slips={
            "the count for the step 1 / L, which leaves 8/9": 118,
            "the power before": 61,
            "the count for a distance squared": 31,
        },
    ),
    "choosing-6": Exercise(
        answer=rise,
        shows="One positive value refutes convexity; no number of negative ones proves it.",
        at=(
            (np.square, -1.0, 3.0),
            (np.tanh, -3.0, -1.0),
            (np.tanh, 0.0, 2.0),
            (np.sin, 1.0, 2.0),
        ),
        slips={
            "the rise above the left end, not above the chord": above_the_left_end,
            "the chord without its brackets": at_the_mean_height,
        },
    ),
    "choosing-7": Exercise(
        answer=0.9544140493,
        shows="The exponential of a mean of logarithms is too low for a total.",
        slips={
            "the total of a fit to the prices themselves": 1,
            "the factor that would repair it": 1.048,
        },
        decimals=3,
    ),
    "choosing-8": Exercise(
        answer=1,
        shows="Along the eigenvalue 9, each step leads across the valley to the same height.",
        slips={
            "the colleague's share, which is that along the eigenvalue 1": 7 / 9,
            "the share that the best step leaves, 2 / (1 + 9)": 0.8,
            "the share that two steps of 1/9 leave": 64 / 81,
        },
    ),
    "choosing-9": Exercise(
        answer=expectile,
        shows="An expectile is to the mean what a quantile is to the median.",
        at=(
            (SAMPLE, 0.5),
            (SAMPLE, 0.8),
            (SAMPLE, 0.2),
            (np.array([3.0, 3.0, 44.0, 1.0]), 0.9),
            (np.arange(1.0, 11.0), 0.95),  # where one reweighting of the mean is not enough
            (2.0 ** np.arange(12), 0.001),  # nor are four
        ),
        slips={
            "the expectile of 1 - q: which side is too low?": mirrored,
            "a quantile: that is the same without the squares": quantile,
        },
    ),
    "choosing-10": Exercise(
        answer=next_m,
        shows="No second derivative is needed: the weights are slopes divided by residuals.",
        at=(
            (READINGS, 20.0, 0.3),
            (READINGS, 5.0, 0.3),
            (READINGS, 5.05, 10.0),
            (np.array([-8.0, 8.0, 9.0]), 0.0, 1.0),
        ),
        slips={
            "the mean: all weights 1": without_weights,
            "a step of gradient descent": gradient_step,
            "the weighted sum over the number, not over the weights": divided_by_the_number,
        },
    ),
}
