"""Answers to the mixed questions on ranking and sequences."""

import numpy as np
import sympy as sp

from lossbook.exercises import Exercise

g = sp.symbols("g", real=True)

EXERCISES = {
    "mixed_ranking-1": Exercise(
        answer=520,
        shows="13 frames: ten letters, and a blank before the second o, k and e.",
        slips={
            "ten frames; three letters equal the one before, and need a blank between": 400,
            "2U + 1 frames; most blanks can be skipped": 840,
            "a blank between all letters; it is needed only between equal ones": 760,
            "the number of frames, not their time": 13,
            "twelve frames; three of the letters need a blank before them": 480,
        },
    ),
    "mixed_ranking-2": Exercise(
        answer=0.7**2 / 0.4**2,
        shows="What counts is what is missing to the margin: 0.4 became 0.7, and squared 3.06.",
        slips={
            "what is missing, without the squares": 0.7 / 0.4,
            "the factor for two pictures of one person": 0.25,
            "the inverse square of the distance": 4,
            "the inverse of the distance": 2,
            "m^2 - d^2 in place of (m - d)^2": (1 - 0.09) / (1 - 0.36),
            "the factor turned round": 0.4**2 / 0.7**2,
        },
    ),
    "mixed_ranking-3": Exercise(
        answer=32,
        shows="One for each anchor: its farthest positive and its nearest negative.",
        slips={
            "each positive in turn, as the hardest and the semi-hard negatives have it": 96,
            "all ordered triplets: that is batch-all": 32 * 3 * 28,
            "one for each class": 8,
            "each anchor with each negative": 32 * 28,
        },
    ),
    "mixed_ranking-4": Exercise(
        answer=np.log(16),
        shows="The softmax gives each candidate 1/16: a loss that rests there may be a collapse.",
        slips={
            "the logarithm to base 2": 4,
            "the logarithm of the number of negatives; the positive counts, too": np.log(15),
            "the probability, not its negative logarithm": 1 / 16,
            "the loss of a perfect answer": 0,
            "the log-probability, without the minus": -np.log(16),
        },
    ),
    "mixed_ranking-5": Exercise(
        answer=0.8 * 0.2 * 0.8,
        shows="Only 7, blank, 7: without a gap two 7s are merged into one.",
        slips={
            "777, which is read as 7": 0.8**3,
            "any two of the three frames; neighbours are merged": 3 * 0.8**2 * 0.2,
            "two frames, without the one between": 0.8**2,
            "everything but the blank alone": 1 - 0.2**3,
        },
        decimals=3,
    ),
    "mixed_ranking-6": Exercise(
        answer="C",
        shows="All distances are 0, and the margin is left. Then look at the spread.",
        slips={
            "A, but equal embeddings cost the margin: loss 0 means that the order is right": "A",
            "B, which is what many a good training shows at its end": "B",
            "D, but if the classes are apart, nothing has collapsed: the loss asks for this": "D",
        },
    ),
    "mixed_ranking-7": Exercise(
        answer=2,
        shows="Half of 2 squared: to the library the same picture twice is the worst pair.",
        slips={
            "what it says to a label that means the same to both": 0,
            "the square of the margin without the half": 4,
            "half of the margin, without the square": 1,
        },
    ),
    "mixed_ranking-8": Exercise(
        answer=0.3,
        shows="On the unit sphere a squared distance is 2 - 2 cos: differences double.",
        slips={
            "the margin of cosines itself": 0.15,
            "half of it": 0.075,
            "its square": 0.0225,
            "a margin of distances: the root": np.sqrt(0.3),
            "2 - 2 cos, for a single distance": 1.7,
        },
    ),
    "mixed_ranking-9": Exercise(
        answer=-0.6,
        shows="Softmax minus posterior: raise the letter, by what it lacks of 0.9.",
        slips={
            "the posterior minus the softmax, which is the direction of a descent": 0.6,
            "minus the posterior, which is the derivative by the log-probability": -0.9,
            "the derivative by the probability": -3,
            "softmax minus one-hot, as if it were certain that b is here": -0.7,
        },
    ),
    "mixed_ranking-10": Exercise(
        answer=-1 / (1 + sp.exp(g)),
        shows="Minus the probability of the wrong order: never 0, ever less.",
        slips={
            "the slope with its sign turned: the loss falls as g grows": 1 / (1 + sp.exp(g)),
            "minus the probability of the right order": -1 / (1 + sp.exp(-g)),
            "the inner derivative is missing": 1 / (1 + sp.exp(-g)),
            "the probability itself, without the inner derivative of exp(-g)": sp.exp(g)
            / (1 + sp.exp(g)) ** 2,
        },
    ),
}
