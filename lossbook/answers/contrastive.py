"""Answers to the exercises of the contrastive chapter."""

import numpy as np
import sympy as sp

from lossbook.exercises import Exercise

m = sp.Symbol("m", positive=True)


def infonce_gradient(s, positive, temperature):
    logits = np.asarray(s) / temperature
    p = np.exp(logits - logits.max())
    p = p / p.sum()
    p[positive] -= 1
    return p / temperature


def without_inner(s, positive, temperature):
    return infonce_gradient(s, positive, temperature) * temperature


def force_on(i, places, group, m):
    total = np.zeros(2)
    for k, place in enumerate(places):
        away = place - places[i]
        d = np.linalg.norm(away)
        if d > 0:
            total += away / d * (d if group[k] == group[i] else -max(0.0, m - d))
    return total


def unlimited(i, places, group, m):
    away = np.delete(places - places[i], i, axis=0)
    d = np.linalg.norm(away, axis=1)
    other = np.delete(group != group[i], i)
    factor = np.where(other, -(m - d) / np.where(d == 0, 1, d), 1.0)
    return (factor[:, None] * away).sum(axis=0)


def without_unit(i, places, group, m):
    away = np.delete(places - places[i], i, axis=0)
    d = np.linalg.norm(away, axis=1)
    other = np.delete(group != group[i], i)
    return (np.where(other, -np.maximum(0, m - d), 1.0)[:, None] * away).sum(axis=0)


PLACES = np.array([[0.0, 0.0], [0.72, 0.96], [0.3, -0.4], [2.0, 0.0], [0.0, 0.0]])

EXERCISES = {
    "contrastive-1": Exercise(
        answer=4.5,
        shows="The distance is 5, the pair lacks 3 to the margin, and half of 9 is 4.5.",
        slips={
            "without the factor 1/2": 9,
            "the loss of a similar pair": 12.5,
            "the lack itself, not half its square": 3,
            "the squared distance taken for the distance": 0,
        },
    ),
    "contrastive-2": Exercise(
        answer=np.array([1.8, 2.4]),
        shows="It points from x1 to x2: to go down is to go away from x2, with force 3.",
        slips={
            "the force, which is minus the gradient": np.array([-1.8, -2.4]),
            "the gradient of a similar pair": np.array([-3.0, -4.0]),
            "not divided by the distance": np.array([9.0, 12.0]),
            "the unit vector without its factor m - d": np.array([0.6, 0.8]),
        },
    ),
    "contrastive-3": Exercise(
        answer=0.5,
        shows="A quarter of the margin: the share of those who say that it is not similar.",
        slips={"p m; the similar pull together": 1.5, "1 - p without the margin": 0.25},
    ),
    "contrastive-4": Exercise(
        answer=m**2 / 6,
        shows="Two springs in series share the stretch: each is m/3 long, and a to c is 2 m/3.",
        slips={
            "the two similar pairs alone": m**2 / 9,
            "the pushing pair alone": m**2 / 18,
            "all at one place": m**2 / 2,
        },
    ),
    "contrastive-5": Exercise(
        answer=3,
        shows="The temperature divides: times 0.1, all cosines look alike to the softmax.",
        slips={
            "line 1, which makes the length of each a 1, as a cosine asks": 1,
            "line 2, which makes the length of each b 1, as a cosine asks": 2,
            "line 4, where the ones stand on the diagonal: a[i] belongs to b[i]": 4,
            "line 5, the mean of the cross-entropies, as the book writes it": 5,
        },
    ),
    "contrastive-6": Exercise(
        answer=0,
        shows="A line is least at an end: without squares the majority decides, at 0 or at m.",
        slips={
            "the answer for the squared loss": 0.3,
            "the other end, where the minority would have it": 1,
            "half way, as for p = 1/2 and squares": 0.5,
        },
    ),
    "contrastive-7": Exercise(
        answer=infonce_gradient,
        shows="Softmax minus one-hot, over the temperature; a cold loss has large forces.",
        at=(
            (np.array([1.0, 0.9, -1.0]), 1, 0.5),
            (np.array([10.0, 9.99, -10.0, -10.0]), 0, 0.01),
        ),
        slips={
            "the gradient by the logits: 1/temperature is missing": without_inner,
            "softmax without minus one-hot": lambda s, positive, temperature: (
                infonce_gradient(s, positive, temperature) + np.eye(len(s))[positive] / temperature
            ),
        },
    ),
    "contrastive-8": Exercise(
        answer=0.9400250941,
        shows="Fewer than among the test digits themselves: how you split is part of the question.",
        slips={
            "the neighbours among the test digits": 0.969,
            "only the nearest neighbour": 0.962,
            "each digit among its own neighbours": 0.979,
            "the precision of the learned map": 0.82,
        },
        decimals=3,
    ),
    "contrastive-9": Exercise(
        answer=(2 - np.sqrt(3)) ** 2 / 2,
        shows="Three points cannot be pairwise opposite: on the circle 2 is for two.",
        slips={
            "the sum over the three pairs": 3 * (2 - np.sqrt(3)) ** 2 / 2,
            "without the factor 1/2": (2 - np.sqrt(3)) ** 2,
            "all pairs at the margin, which the circle does not allow": 0,
        },
        decimals=4,
    ),
    "contrastive-10": Exercise(
        answer=force_on,
        shows="Each neighbour adds one spring; those beyond the margin add nothing.",
        at=(
            (0, PLACES, np.array([0, 1, 0, 1, 1]), 1.5),
            # One that is similar, and farther than the margin.
            (1, PLACES[:4, ::-1], np.array([0, 1, 1, 0]), 1.4),
        ),
        slips={
            "the gradient; the force is its opposite": lambda i, places, group, m: (
                -force_on(i, places, group, m)
            ),
            "a push that becomes a pull beyond the margin": unlimited,
            "a push that is not divided by the distance": without_unit,
        },
    ),
}
