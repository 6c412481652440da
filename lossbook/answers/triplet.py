"""Answers to the exercises of the triplet chapter."""

import numpy as np
import sympy as sp

from lossbook.exercises import Exercise

d, m = sp.symbols("d m", positive=True)
x, y = sp.symbols("x y", real=True)


def number_of_triplets(labels):
    count = np.unique(labels, return_counts=True)[1]
    return (count * (count - 1) * (len(labels) - count)).sum()


def with_itself(labels):
    count = np.unique(labels, return_counts=True)[1]
    return (count**2 * (len(labels) - count)).sum()


def of_all_kinds(labels):
    return len(labels) ** 3


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


def _least_gap(z, labels, power=2):
    distances, same, positive = _distances(z, labels)
    near = np.where(positive, distances, -np.inf).max(axis=1)
    far = np.where(same, np.inf, distances).min(axis=1)
    return (far**power - near**power)[positive.any(axis=1)].min()


def least_scale(z, labels, margin):
    gap = _least_gap(z, labels)
    return np.sqrt(margin / gap) if gap > 0 else np.inf


def without_the_root(z, labels, margin):
    gap = _least_gap(z, labels)
    return margin / gap if gap > 0 else np.inf


def of_plain_distances(z, labels, margin):
    gap = _least_gap(z, labels, power=1)
    return margin / gap if gap > 0 else np.inf


def wrong_ones_forgotten(z, labels, margin):
    distances, same, positive = _distances(z, labels)
    near = np.where(positive, distances, np.inf).min(axis=1)
    far = np.where(same, -np.inf, distances).max(axis=1)
    return np.sqrt(margin / (far**2 - near**2).min())


SIX = np.array([[0, 0], [1, 0], [3, 0], [3, 1], [0, 4], [1, 5.0]])
OF = np.array([0, 0, 1, 1, 2, 2])
MIXED = np.array([0, 1, 0, 1, 2, 2])
HALVES = np.array([0, 0, 1, 0, 1, 1])

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
        answer=m - d,
        shows="Above 0 for every anchor: the margin must not exceed the distance of p and n.",
        at=((1.0, 3.0), (0.5, 0.75), (2.0, 9.0)),
        slips={
            "the greatest loss": m + d,
            "the same with d squared": m - d**2,
            "the loss half way between": m,
            "0, which needs d of at least m": sp.S.Zero * d * m,
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
        answer=number_of_triplets,
        shows="It grows with the cube of the number of samples: nobody looks at all of them.",
        at=(
            (np.array([0, 0, 1, 1]),),
            (np.array([3, 3, 3, 5, 5, 8]),),
            (np.array([1, 1, 1]),),
            (np.repeat(np.arange(6), 10),),  # three plain loops take a moment, no more
        ),
        slips={
            "each sample as its own positive, too": with_itself,
            "all choices of three, of whatever classes": of_all_kinds,
            "pairs of one class without an order": lambda labels: number_of_triplets(labels) / 2,
        },
    ),
    "triplet-7": Exercise(
        answer=batch_hard,
        shows="One triplet for each anchor: N of them, of some N^3.",
        at=((SIX, OF, 0.5), (SIX, MIXED, 0.5), (SIX, HALVES, 3.0), (SIX / 10, MIXED, 0.2)),
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
        answer=least_scale,
        shows="It takes the loss to 0 and changes no neighbour. And a wrong order it cannot mend.",
        at=((SIX, OF, 1.0), (SIX, OF, 40.0), (SIX / 10, OF, 0.2), (SIX, MIXED, 1.0)),
        slips={
            "s squared: the root is missing": without_the_root,
            "the factor for the plain loss": of_plain_distances,
            "the nearest positive and the farthest negative": wrong_ones_forgotten,
        },
    ),
}
