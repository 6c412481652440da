"""Answers to the exercises of the chapter on the mean absolute error."""

import numpy as np
import sympy as sp

from lossbook.exercises import Exercise

eta = sp.Symbol("eta", positive=True)


def masked_mae(y_hat, y, mask):
    return abs(y_hat[mask] - y[mask]).mean()


def mean_of_means(y_hat, y, mask):
    errors = np.where(mask, abs(y_hat - y), 0)
    return (errors.sum(axis=-1) / mask.sum(axis=-1)).mean()


def is_quantile(m, y, q):
    return np.sum(y < m) <= q * len(y) <= np.sum(y <= m)


def weighted_median_of_ratios(x, y):
    ratios, votes = y / x, abs(x)
    order = np.argsort(ratios)
    reached = np.cumsum(votes[order]) >= votes.sum() / 2
    return ratios[order][reached.argmax()]


EIGHT = np.array([1.0, 2, 2, 3, 5, 5, 5, 9])
SEVEN = np.array([1.0, 3, 3, 4, 6, 8, 44])

EXERCISES = {
    "mae-1": Exercise(
        answer=3,
        shows="Four below, one above: a slope is a difference of two counts.",
        slips={
            "above minus below": -3,
            "the number of points below alone": 4,
            "the slope of the mean, not of the sum": 0.6,
            "the slope of the squared errors": 2 * (5 + 3 + 3 + 2 - 38),
        },
    ),
    "mae-2": Exercise(
        answer=4,
        shows="With an even number of points everything between the two middle ones is best.",
        slips={
            "the middle of the stretch, not its length": 5,
            "the whole range of the houses": 9,
            "the single point that a convention picks has length 0; more points are best": 0,
        },
    ),
    "mae-3": Exercise(
        answer=3,
        shows="A unit and its square: what passes in metres fails in kilometres.",
        slips={
            "test 1, which always holds: no constant has a lower MAE than the median": 1,
            "test 2, which always holds: the MAE is at most the root of the MSE": 2,
            "test 4, which always holds: |mean - median| is at most the median's MAE": 4,
        },
    ),
    "mae-4": Exercise(
        answer=0.9,
        shows="Too high is the dear mistake here: this is the quantile of 1 - q = 0.1.",
        slips={
            "what the shop wanted; but here a unit too high costs nine times as much": 0.1,
            "the median, where both mistakes cost the same": 0.5,
        },
    ),
    "mae-5": Exercise(
        answer=masked_mae,
        shows="Padding has no vote: it is in neither the sum nor the count.",
        at=(
            (
                np.array([[1.0, 2, 4], [3, 9, 9], [5, 0, 9]]),
                np.array([[2.0, 2, 1], [5, 1, 0], [0, 7, 0]]),
                np.array([[True, True, True], [True, False, False], [True, True, False]]),
            ),
            (
                np.array([[0.5, np.nan], [2.5, -1]]),
                np.array([[2.0, 3], [np.nan, 3]]),
                np.array([[True, False], [False, True]]),
            ),
            (
                np.array([4.0, np.inf, -2, 1]),
                np.array([1.0, 0, np.nan, 1]),
                np.array([True, False, False, True]),
            ),
        ),
        slips={
            "the sum over the entries that count, divided by the number of all entries": (
                lambda y_hat, y, mask: np.where(mask, abs(y_hat - y), 0).mean()
            ),
            "the mean of the sequences' means; each entry has one vote": mean_of_means,
            "the errors with their signs": lambda y_hat, y, mask: (y_hat[mask] - y[mask]).mean(),
            "the squared errors": lambda y_hat, y, mask: ((y_hat[mask] - y[mask]) ** 2).mean(),
        },
    ),
    "mae-6": Exercise(
        answer=is_quantile,
        shows="A minimum at a corner is found by counting; the ties are where the corner is.",
        at=(
            (2.0, EIGHT, 0.25),
            (1.5, EIGHT, 0.25),
            (4.0, EIGHT, 0.5),
            (5.0, EIGHT, 0.5),
            (5.0, EIGHT, 0.75),
            (6.0, EIGHT, 0.75),
            (9.0, EIGHT, 0.875),
            (1.0, SEVEN, 0.25),
            (3.0, SEVEN, 0.25),
            (4.0, SEVEN, 0.5),
            (5.0, SEVEN, 0.5),
            (44.0, SEVEN, 0.75),
        ),
        slips={
            "the condition without ties": lambda m, y, q: np.sum(y < m) == q * len(y),
            "strict inequalities, which lose the ends of the interval": lambda m, y, q: (
                np.sum(y < m) < q * len(y) < np.sum(y <= m)
            ),
            "the median's condition, whatever q is": lambda m, y, q: is_quantile(m, y, 0.5),
            "q counted from above": lambda m, y, q: is_quantile(m, y, 1 - q),
        },
    ),
    "mae-7": Exercise(
        answer=eta / 2,
        shows="The start drops out, and the floor is proportional to the step.",
        slips={
            "the width of the cycle": eta,
            "a quarter of the step, the least that the larger loss could be, halved": eta / 4,
        },
    ),
    "mae-8": Exercise(
        answer=8,
        shows="Twice as many as it must: whole-number data make degenerate corners.",
        slips={
            "the number that every corner has at least": 4,
            "the residuals that are 0 to the last bit; compare with a tolerance": 0,
        },
    ),
    "mae-9": Exercise(
        answer=0.6440141394,
        shows="Stata's qreg prints .6440143.",
        slips={
            "the line with a quarter below it": 0.47410,
            "the median line": 0.56018,
            "least squares": 0.48518,
            "the intercept": 62.3966,
        },
        decimals=4,
    ),
    "mae-10": Exercise(
        answer=weighted_median_of_ratios,
        shows="A weighted median of ratios: Boscovich's geometric method of 1760.",
        at=(
            # No half of the votes is reached exactly, so that one slope alone is best.
            (np.array([1.0, 2, 3, 4, 11]), np.array([2.5, 3.8, 6.3, 8.4, 5.5])),
            (np.array([-2.0, 1, 3, -1, 6]), np.array([-4.2, 3.0, 5.0, -1.1, 15.0])),
            (np.array([1.0, -5, 2.5]), np.array([1.0, -10.0, 7.5])),
            (np.array([1.0, 1, 1]), np.array([7.0, -1.0, 2.0])),
            # Votes that are no whole numbers, below 1 and above, of points with the same ratio.
            (
                np.array([-1.35, -1.13, -0.61, 1.7, -1.35, -2.62, -0.37]),
                np.array([1.8, -1.7, 0.1, -2.3, 0.6, 7.4, 0.5]),
            ),
            (
                np.array([0.18, -0.87, 0.19, 0.46, 0.37]),
                np.array([0.8, 1.1, -0.2, 0.8, 0.8]),
            ),
            (np.array([2.0, -2.5, 1.2, -3.6]), np.array([2.0, -2.5, 2.4, -18.0])),
        ),
        slips={
            "the median of the ratios, without weights": lambda x, y: np.median(y / x),
            "least squares": lambda x, y: (x @ y) / (x @ x),
            "the ratio of the sums": lambda x, y: y.sum() / x.sum(),
            "the ratio of the medians": lambda x, y: np.median(y) / np.median(x),
            "the ratio of the point with the largest size of x": lambda x, y: (
                y[abs(x).argmax()] / x[abs(x).argmax()]
            ),
        },
    ),
    "mae-11": Exercise(
        answer=0.1005920069,
        shows="A tenth of mildly bad errors costs the mean its lead, and nobody would see them.",
        slips={
            "the height of the wide bell as a ninth; it is a third of the narrow one's": 0.1220,
            "the larger of the two solutions": 0.8141,
        },
        decimals=3,
    ),
}
