"""Answers to the mixed questions on classification."""

import numpy as np
import sympy as sp

from lossbook.exercises import Exercise

q = sp.Symbol("q", real=True)

EXERCISES = {
    "mixed_classification-1": Exercise(
        answer=0.5,
        shows="The weight multiplies the odds by 4, so divide 4 to 1 by 4.",
        slips={
            "what the model says, in which the weight still is": 0.8,
            "the probability divided by 4; it is the odds that the weight multiplies": 0.2,
            "the odds multiplied by 4, as the training did": 16 / 17,
            "one minus what the model says, divided by the weight": 0.05,
        },
    ),
    "mixed_classification-2": Exercise(
        answer="C",
        shows="The sigmoid is flat there, and only the logarithm makes up for it.",
        slips={
            "A, but the gradient of cross-entropy, p - 1, is larger in size at -6": "A",
            "B, but the gradient of the hinge loss is -1 at both": "B",
            "D, but one of them gives up what is most wrong": "D",
        },
    ),
    "mixed_classification-3": Exercise(
        answer=0.2,
        shows="The margin 1 is the distance 1 / |w|, and |w| is 5.",
        slips={
            "the functional margin, which is no distance": 1,
            "the width of the whole strip, to the margin of 1 on both sides": 0.4,
            "|w|, the reciprocal": 5,
            "1 / (3 + 4); the length of w is the root of a sum of squares": 1 / 7,
            "one over the square of |w|": 0.04,
        },
    ),
    "mixed_classification-4": Exercise(
        answer=0.8,
        shows="The threshold is 1 - alpha, whatever gamma is.",
        slips={
            "one half, as without weights": 0.5,
            "the weight of the positives; the rarer is their vote, the surer one must be": 0.2,
            "the ratio of the weights, which is one of odds": 4,
            "the ratio of the weights, turned over": 0.25,
        },
    ),
    "mixed_classification-5": Exercise(
        answer=2,
        shows="1, 2 and 3 bits: each halving costs one.",
        slips={
            "the mean in nats": 2 * np.log(2),
            "the sum": 6,
            "the perplexity, 2 to the power of the mean in bits": 4,
            "the loss of the mean probability": -np.log2(7 / 24),
            "the product of the probabilities, their likelihood": 1 / 64,
        },
    ),
    "mixed_classification-6": Exercise(
        answer="B",
        shows="A sign, a probability pulled towards one half, and the truth.",
        slips={
            "A, but cross-entropy is proper: its model says the truth, 0.90": "A",
            "C, but the focal loss is not proper: its model does not say 0.90": "C",
            "D, but the best score of the hinge loss is a sign, here 1": "D",
        },
    ),
    "mixed_classification-7": Exercise(
        answer=0.7,
        shows="0.5 and 0.2 are missing: the loss of Weston and Watkins.",
        slips={
            "only the best of the others, as in the loss of Crammer and Singer": 0.5,
            "the mean of the two": 0.35,
            "the sum over the number of classes, as PyTorch divides": 0.7 / 3,
            "how far they are below, not what they lack": 1.3,
            "the sum of their scores": 2.7,
        },
    ),
    "mixed_classification-8": Exercise(
        answer=1000,
        shows="(1 - 0.9) to the power of 3 is 1 / 1000; another loss is another unit.",
        slips={
            "the ratio the other way round, the modulating factor itself": 0.001,
            "p_t to the power of gamma, where 1 - p_t belongs": 0.9**-3,
            "the factor of gamma = 2": 100,
            "the factor of gamma = 1": 10,
        },
    ),
    "mixed_classification-9": Exercise(
        answer="D",
        shows="Towards the truth its slope by the logit first falls; so it bends down.",
        slips={
            "A, but a maximum of two straight lines is convex, and so is a sum of such": "A",
            "B, but its second derivative by the probability has no negative term": "B",
            "C, but the second derivative p (1 - p) is positive, whatever the label is": "C",
        },
    ),
    "mixed_classification-10": Exercise(
        answer=2 * q - 1,
        shows="It tells the probability, q = (1 + s) / 2: between -1 and 1 it is a parabola.",
        at=((0.1,), (0.5,), (0.7,), (0.99,)),
        slips={
            "q itself; with labels of -1 and +1 the mean is another": q,
            "the log odds, as of the logistic loss": sp.log(q / (1 - q)),
            "half the log odds, as of the exponential loss": sp.log(q / (1 - q)) / 2,
            "the sign, as of the hinge loss without the square": sp.sign(2 * q - 1),
            "1 - 2q, the score of the other class": 1 - 2 * q,
        },
    ),
}
