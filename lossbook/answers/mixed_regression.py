"""Answers to the mixed questions on regression."""

import sympy as sp

from lossbook.exercises import Exercise

r = sp.Symbol("r", positive=True)

EXERCISES = {
    "mixed_regression-1": Exercise(
        answer=30,
        shows="The mean: it alone has the same total as the data.",
        slips={
            "the median, which halves the months and not the money": 15,
            "the most frequent payment": 10,
            "the middle of the range": 45,
        },
    ),
    "mixed_regression-2": Exercise(
        answer=2,
        shows="The total is 0.5 * 120 = 60, and 30 words share it: padding has no vote.",
        slips={
            "the mean over all places, padding included": 0.5,
            "the mean of a sentence; 30 words share the total, not 6 sentences": 10,
            "the words over the places, where the places over the words are needed": 0.125,
        },
    ),
    "mixed_regression-3": Exercise(
        answer=0.25,
        shows="Four pull by m each, the far one by 1: between the median, 0, and the mean, 20.",
        slips={
            "the median, which the absolute error asks for": 0,
            "the mean, which the squared error asks for": 20,
            "the mean of the targets cut off at 1; it is the residual that is cut off": 0.2,
        },
    ),
    "mixed_regression-4": Exercise(
        answer=0.004,
        shows="The gradient of the sum is 50 times as long, so the step is 50 times shorter.",
        slips={
            "the old step; along a gradient 50 times as long it runs away": 0.2,
            "the step times 50, where it must be divided": 10,
        },
    ),
    "mixed_regression-5": Exercise(
        answer=3,
        shows="Mean and sd of the training data belong to the model, for new data as well.",
        slips={
            "line 1, which is right: both are computed from the training data": 1,
            "line 2, which is right: it gives each feature mean 0 and standard deviation 1": 2,
            "line 4, which is right: features and targets with mean 0 need no intercept": 4,
            "line 5, which is right: it adds the mean that line 4 took away": 5,
        },
    ),
    "mixed_regression-6": Exercise(
        answer=14,
        shows="The quantile of 9/(9 + 1): at least 0.9 of the 15 targets lie at or below it.",
        slips={
            "the two prices exchanged": 2,
            "the median and the mean, for equal prices": 8,
            "a quantile between two targets; the cost has its corners at the targets": 13.6,
            "0.9 of 15; the fourteenth target is the first that is not below it": 13.5,
        },
    ),
    "mixed_regression-7": Exercise(
        answer=30,
        shows="The threshold has the unit of the targets: 0.3 m are 30 cm.",
        slips={
            "the number as it was; nearly all residuals would now lie beyond it": 0.3,
            "the factor of squares; the threshold is a residual": 3000,
            "metres for centimetres": 0.003,
        },
    ),
    "mixed_regression-8": Exercise(
        answer="C",
        shows="By the slope the gradient is the clipped residual times x, which nothing bounds.",
        slips={
            "A, which is true: it is the equation of the column of ones": "A",
            "B, which is true: only the sign of a residual counts": "B",
            "D, which is true: there the quantile loss is half the absolute error": "D",
        },
    ),
    "mixed_regression-9": Exercise(
        answer=10,
        shows="A mean of signs is at most 1, whatever the unit: refit the leaves, or scale y.",
        slips={
            "a hundred leaves without their rate": 100,
            "a single leaf": 1,
            "a single leaf times the rate": 0.1,
            "what the trees should reach": 5000,
        },
    ),
    "mixed_regression-10": Exercise(
        answer=sp.log(r),
        shows="The standard deviation e^s follows the size of the residual.",
        slips={
            "the standard deviation; s is its logarithm": r,
            "the logarithm of the variance": 2 * sp.log(r),
            "the variance": r**2,
        },
    ),
}
