"""Answers to the exercises of the triplet chapter."""

import numpy as np
import sympy as sp

from lossbook.exercises import Exercise

m, P = sp.symbols("m P", positive=True)
x, y = sp.symbols("x y", real=True)


def _distances(z, labels):
    """The distances, which pairs are of one class, and which are positives."""
    z, labels = np.asarray(z, float), np.asarray(labels)
    same = labels[:, None] == labels
    return np.linalg.norm(z[:, None] - z, axis=2), same, same & ~np.eye(len(z), dtype=bool)


def _batch_hard(z, labels, margin, power=1, furthest=True, nearest=True):
    distances, same, positive = _distances(z, labels)
    distances = distances**power
    near = (
        np.where(positive, distances, -np.inf).max(axis=1)
        if furthest
        else np.where(positive, distances, np.inf).min(axis=1)
    )
    far = (
        np.where(same, np.inf, distances).min(axis=1)
        if nearest
        else np.where(same, -np.inf, distances).max(axis=1)
    )
    return np.maximum(0, margin + near - far).mean()


def batch_hard(z, labels, margin):
    return _batch_hard(z, labels, margin)


def of_squares(z, labels, margin):
    return _batch_hard(z, labels, margin, power=2)


def nearest_positive(z, labels, margin):
    return _batch_hard(z, labels, margin, furthest=False)


def farthest_negative(z, labels, margin):
    return _batch_hard(z, labels, margin, nearest=False)


def total_of_batch(z, labels, margin):
    return len(labels) * batch_hard(z, labels, margin)


FIVE = np.array([[0, 0], [1, 0], [3, 0], [3, 1], [0, 4.0]])
LINE = np.array([[0], [1], [2.2], [5.0], [5.5], [7.0]])

EXERCISES = {
    "triplet-1": Exercise(
        answer=1.5,
        shows="5 - 4 + 0.5: the positive is farther, so the loss is above its margin.",
        slips={
            "the plain loss": np.sqrt(5) - 2 + 0.5,
            "positive and negative swapped": 0.0,
            "the margin forgotten": 1.0,
            "the margin subtracted": 0.5,
        },
    ),
    "triplet-2": Exercise(
        answer=np.array([2.0, -4.0]),
        shows="2 (n - p). A descent goes the other way, from the negative to the positive.",
        slips={
            "the force of a descent: the gradient with its sign turned": np.array([-2.0, 4.0]),
            "n - p without the 2": np.array([1.0, -2.0]),
            "the gradient by the positive": np.array([2.0, 4.0]),
            "the gradient by the negative": np.array([-4.0, 0.0]),
            "the gradient of the plain loss": np.array([1 - 1 / np.sqrt(5), -2 / np.sqrt(5)]),
        },
    ),
    "triplet-3": Exercise(
        answer="easy",
        shows="2.3^2 = 5.29 is above 4 + 1. The plain loss still charges 0.7: semi-hard there.",
        slips={
            "what the plain loss says: 2.3 is below 2 + 1": "semi-hard",
            "the order turned: the negative is farther than the positive": "hard",
        },
    ),
    "triplet-4": Exercise(
        answer=5,
        shows="Without ~ the negatives are of the anchor's class, and half of them must cost.",
        slips={
            "line 1, the squared distances, as the squared loss asks": 1,
            "line 2, which says who is of one class": 2,
            "line 3, which takes the anchor out of its own positives, as it should be": 3,
            "line 4, whose entry at (a, p, n) is d[a, p] - d[a, n] + margin": 4,
            "line 6, the mean over the triplets that count": 6,
        },
    ),
    "triplet-5": Exercise(
        answer=m + 2 * (y - x),
        shows="On the sphere the squared loss is a hinge of the cosines' difference.",
        at=((0.5, -0.2, 0.4), (1.0, 0.6, 0.5), (3.0, 0.9, -0.3)),
        slips={
            "a difference of cosines without the 2": m + y - x,
            "positive and negative swapped": m + 2 * (x - y),
            "the distances without what they share: 2 - 2 x is that of the positive": m + 2 - 2 * x,
        },
    ),
    "triplet-6": Exercise(
        answer=4 / 3,
        shows="4320 triplets: the anchor is not its own positive, so 3 of the 4 are left.",
        slips={
            "the factor turned round: the right number over the colleague's": 3 / 4,
            "the number of triplets, not the factor": 4320,
            "the factor over 2160, where anchor and positive have no order": 8 / 3,
            "a factor for the negatives; their number, 36, is right": 40 / 36,
        },
    ),
    "triplet-7": Exercise(
        answer=batch_hard,
        shows="One triplet for each anchor: N of them, of some N^3.",
        at=((FIVE, np.array([0, 0, 1, 1, 0]), 3.0), (LINE, np.array([0, 0, 1, 1, 2, 2]), 0.5)),
        slips={
            "squared distances": of_squares,
            "the nearest positive": nearest_positive,
            "the farthest negative": farthest_negative,
            "the sum over the anchors": total_of_batch,
        },
    ),
    "triplet-8": Exercise(
        answer=4566 / 82420,
        shows="Pixels put most triplets in order; the rest is what a network is for.",
        slips={
            "the share of those that are in order": 77854 / 82420,
            "the same with each sample as its own positive, too": 4566 / 91400,
            "the share for distances that say nothing": 0.5,
        },
    ),
    "triplet-9": Exercise(
        answer=2 * P / (P - 1),
        shows="A regular simplex reaches it: 4 for two classes, 3 for three, nearly 2 for many.",
        at=((2,), (3,), (4,), (10,)),
        slips={
            "the margin for two classes": 4,
            "the limit for many classes, at right angles": 2,
            "a margin of cosines: the squared distance is twice that": P / (P - 1),
            "the squared distance taken for the distance": sp.sqrt(2 * P / (P - 1)),
        },
    ),
}
