"""Answers to the exercises of the chapter on CTC."""

import numpy as np
import sympy as sp

from lossbook.exercises import Exercise

p1, p2, T, U = sp.symbols("p1 p2 T U", positive=True)


def collapse(path):
    merged = [k for i, k in enumerate(path) if i == 0 or path[i - 1] != k]
    return [k for k in merged if k]


def drop_first(path):
    letters = [k for k in path if k]
    return [k for i, k in enumerate(letters) if i == 0 or letters[i - 1] != k]


def loss_by_recursion(logits, target, may_skip=lambda a, b: a not in (0, b), ends=2):
    log_p = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    labels = [0, *(k for letter in target for k in (letter, 0))]
    skips = [s > 1 and may_skip(labels[s], labels[s - 2]) for s in range(len(labels))]
    alpha = np.full(len(labels), -np.inf)
    alpha[:2] = log_p[0, labels[:2]]
    for frame in log_p[1:]:
        step = np.append(-np.inf, alpha[:-1])
        jump = np.where(skips, np.append([-np.inf] * 2, alpha)[: len(labels)], -np.inf)
        alpha = np.logaddexp(np.logaddexp(alpha, step), jump) + frame[labels]
    return -np.logaddexp.reduce(alpha[-ends:])


def by_brute_sums(logits, target):
    return loss_by_recursion(logits, target) / len(target)


RNG = np.random.default_rng(7)
LOGITS = RNG.normal(size=(6, 4)), RNG.normal(size=(1000, 3))

EXERCISES = {
    "ctc-1": Exercise(
        answer="hello",
        shows="The blank between the two l keeps them apart; the one before e changes nothing.",
        slips={
            "the text with the blanks dropped before merging": "helo",
            "the text with the blanks dropped and nothing merged": "hhellloo",
        },
    ),
    "ctc-2": Exercise(
        answer=7,
        shows="7 choose 6: one loose frame, and seven states for it.",
        slips={
            "the number without repeats, T + U choose 2U": 28,
            "T choose U": 10,
            "the number of paths that a blank may go through": 5,
            "the number for ab, two letters that differ": 15,
            "the shortest alone, where only the blank between the two a is needed": 1,
        },
    ),
    "ctc-3": Exercise(
        answer="B",
        shows="All probability lies on alignments of the target, but not all on the same one.",
        slips={
            "statement A, which is true: softmax and posterior both add up to 1": "A",
            "statement C, which is true: then the beam holds the sum of every text": "C",
            "statement D, which is true: of the loose frames, more than half are blanks": "D",
        },
    ),
    "ctc-4": Exercise(
        answer=p1 + p2 - p1 * p2,
        shows="Somewhere is the complement of nowhere: 1 - (1 - p1)(1 - p2).",
        at=((0.5, 0.5), (0.2, 0.9), (0.7, 0.3)),
        slips={
            "the alignment aa alone": p1 * p2,
            "the sum, in which aa is counted twice": p1 + p2,
            "the two alignments with one a; aa is read as a as well": p1 + p2 - 2 * p1 * p2,
            "the probability of the empty text": (1 - p1) * (1 - p2),
        },
    ),
    "ctc-5": Exercise(
        answer=-1 / 6,
        shows="Softmax 1/2 minus posterior 2/3.",
        slips={
            "minus the posterior, which is the derivative by the log-probability": -2 / 3,
            "the posterior": 2 / 3,
            "the derivative by the probability": -2 / 3 / 0.5,
        },
        decimals=4,
    ),
    "ctc-6": Exercise(
        answer=collapse,
        shows="Merge first, then drop: the blank has to be there while merging.",
        at=(
            ([0, 1, 1, 0, 1, 2, 2],),
            ([3, 0, 3, 0, 0, 3],),
            ([0, 2, 0],),
            ([2, 2, 2, 1, 1, 0, 1],),
        ),
        slips={
            "the blanks dropped first, then merged": drop_first,
            "the blanks dropped and nothing merged": lambda path: [k for k in path if k],
            "the path merged, with its blanks": lambda path: [
                k for i, k in enumerate(path) if i == 0 or path[i - 1] != k
            ],
        },
    ),
    "ctc-7": Exercise(
        answer=4,
        shows="Between equal letters no skip is allowed: they would be merged into one.",
        slips={
            "line 1, the blanks before, between and after the letters": 1,
            "line 2, the start in the first blank or the first letter": 2,
            "line 3, the step from the state before, which is always allowed": 3,
            "line 5, the factor of the frame, for each state its label's": 5,
            "line 6, the end in the last letter or the last blank": 6,
        },
    ),
    "ctc-8": Exercise(
        answer=9,
        shows="0.43 against 0.39: nine weak hints outweigh the one path that ignores them all.",
        slips={
            "one too early: at eight frames it is 0.42 against 0.43": 8,
            "one too late: at nine frames it is 0.43 against 0.39": 10,
            "where the empty text falls below one half": 7,
        },
    ),
    "ctc-9": Exercise(
        answer=0.09527982743,
        shows="It reads 0 1 0 with 0.095, and the target 0 1 2 1 0 has 0.035.",
        slips={
            "the probability of the path 0 1 1 1 0 alone": 0.0697,
            "the probability of the target": 0.0354,
            "the loss, not the probability": 2.3504,
        },
        digits=4,
    ),
    "ctc-10": Exercise(
        answer=loss_by_recursion,
        shows="Plus became logaddexp, times became plus, and a thousand frames do no harm.",
        at=((LOGITS[0], [1, 1, 2]), (LOGITS[1], [2, 1, 1, 2])),
        slips={
            "a recursion without skips": lambda logits, target: loss_by_recursion(
                logits, target, lambda a, b: False
            ),
            "a recursion that skips between equal letters": lambda logits, target: (
                loss_by_recursion(logits, target, lambda a, b: a != 0)
            ),
            "a sum that ends in the last blank alone": lambda logits, target: loss_by_recursion(
                logits, target, ends=1
            ),
            "the loss divided by the number of letters": by_brute_sums,
            "the log-probability, without the minus": lambda logits, target: (
                -loss_by_recursion(logits, target)
            ),
        },
    ),
    "ctc-11": Exercise(
        answer=sp.binomial(T - 1, U - 1),
        shows="T - U loose frames and U - 1 bars. With blanks there are U + 1 more states.",
        at=((4, 1), (4, 2), (7, 3), (9, 9)),
        slips={
            "one bar too many": sp.binomial(T, U),
            "the number with blanks": sp.binomial(T + U, 2 * U),
        },
    ),
}
