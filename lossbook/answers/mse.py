"""Answers to the exercises of the chapter on the mean squared error."""

import numpy as np
import sympy as sp

from lossbook import datasets
from lossbook.exercises import Exercise

w, x, y = sp.symbols("w x y", real=True)
mu, sigma, n = sp.symbols("mu sigma n", positive=True)


def mse_gradient(X, y, w):
    return 2 * X.T @ (X @ w - y) / len(X)


def variance(y):
    mean = squares = 0.0
    for k, value in enumerate(y, 1):
        before = value - mean
        mean += before / k
        squares += before * (value - mean)
    return squares / len(y)


def warming():
    """Degrees Celsius per decade at Nottingham, beside three harmonics."""
    t = np.arange(240)
    phase = 2 * np.pi * np.outer(t, [1, 2, 3]) / 12
    X = np.column_stack([np.ones(240), np.cos(phase), np.sin(phase), t / 120])
    celsius = (datasets.nottingham()["temperature"] - 32) / 1.8
    return np.linalg.lstsq(X, celsius, rcond=None)[0][-1]


EXERCISES = {
    "mse-1": Exercise(
        answer=14 / 3,
        shows="The sign is lost in the square, and 3 weighs more than 1 and 2 together.",
        slips={
            "the sum of the squares, not divided by n": 14,
            "the root of the MSE": np.sqrt(14 / 3),
            "the mean absolute error": 2,
            "the square of the mean residual": 4 / 9,
            "the sum of the squares over n - 1, or half the sum": 7,
        },
    ),
    "mse-2": Exercise(
        answer=np.sqrt(28),
        shows="Average the MSEs and take the root last; a mean of roots is never above it.",
        slips={
            "what the colleague reports, a mean of roots": 4,
            "the MSE, not yet its root": 28,
            "the root of the sum of the four MSEs, not of their mean": np.sqrt(112),
            "the RMSE of the typical batch": 2,
        },
    ),
    "mse-3": Exercise(
        answer=0.5,
        shows="One of ten pulls as hard as the nine others together; its share of the cost is 0.9.",
        slips={"its share of the cost": 0.9},
    ),
    "mse-4": Exercise(
        answer=2 * x * (w * x - y),
        shows="A point pulls on the slope by twice its residual times its x.",
        slips={
            "the gradient by the prediction, without the inner derivative x": 2 * (w * x - y),
            "the residual as y - y_hat, without its inner sign": 2 * x * (y - w * x),
        },
    ),
    "mse-5": Exercise(
        answer=mse_gradient,
        shows="Residuals, sent back through X: one product forward, one product backward.",
        at=(  # more rows than columns, and fewer
            (
                np.array([[1.0, 2.0], [1.0, -1.0], [1.0, 0.5], [0.0, 3.0]]),
                np.array([1.0, 2.0, -1.0, 0.5]),
                np.array([0.5, -1.0]),
            ),
            (np.eye(2, 3) + 1, np.array([3.0, 0.0]), np.array([1.0, 1.0, 0.0])),
        ),
        slips={
            "the gradient of the sum, not of the mean": lambda X, y, w: 2 * X.T @ (X @ w - y),
            "the gradient of half the sum": lambda X, y, w: X.T @ (X @ w - y),
            "the number of parameters for that of samples": lambda X, y, w: (
                2 * X.T @ (X @ w - y) / len(w)
            ),
        },
    ),
    "mse-6": Exercise(
        answer=4,
        shows="What multiplies a row is squared: for weights 1/sigma^2, divide rows by sigma.",
        slips={
            "what was wanted; least squares also squares what multiplies the rows": 2,
            "the power by which the rows should have been divided": 1,
        },
    ),
    "mse-7": Exercise(
        answer=np.log(2),
        shows="There the pull is at its largest; further out, where it is more wrong, it fades.",
        slips={
            "the sigmoid there, not z": 2 / 3,
            "the sigmoid for target 1": 1 / 3,
        },
        decimals=3,
    ),
    "mse-8": Exercise(
        answer=1,
        shows="Worse predictions, half the cost: in this shape the mean beats the truth.",
        slips={"the number for perfect predictions": 2, "what the right shape gives for those": 0},
    ),
    "mse-9": Exercise(
        answer=warming(),
        shows="From yearly means its standard error is 0.19: 1.7 of them, which proves little.",
        slips={
            "degrees Fahrenheit": 1.8 * warming(),
            "the trend of one year": warming() / 10,
            "the trend of one month": warming() / 120,
            "the trend of all twenty years": 2 * warming(),
        },
        digits=2,
    ),
    "mse-10": Exercise(
        answer=variance,
        shows="Only differences to the mean are ever squared, so nothing large cancels.",
        at=(
            (np.array([4.0, 7.0, 13.0, 16.0]),),
            (np.array([4.0, 7.0, 13.0, 16.0]) + 1e9,),
            (np.array([5.0, 5.0, 5.0]),),
            (np.array([-1e-3, 0.0, 2e3]),),
        ),
        slips={
            "the mean of squares less the square of the mean, which cancels": lambda y: (
                np.mean(y**2) - np.mean(y) ** 2
            ),
            "the variance over n - 1": lambda y: np.var(y, ddof=1),
            "the standard deviation": np.std,
        },
    ),
    "mse-11": Exercise(
        answer=3 / (4 + np.sqrt(10)),
        shows="The steepest direction alone sets the speed limit for all others.",
        slips={
            "the bound for the sum of squares, not their mean": 1 / (4 + np.sqrt(10)),
            "two over the largest eigenvalue of X^T X, without its 2/n": 2 / (4 + np.sqrt(10)),
            "the bound of the flattest direction": 3 / (4 - np.sqrt(10)),
            "the largest eigenvalue of the Hessian": 2 / 3 * (4 + np.sqrt(10)),
        },
    ),
    "mse-12": Exercise(
        answer=mu**2 / (mu**2 + sigma**2 / n),
        shows="A biased estimate wins; alas, the best factor depends on the mu that you seek.",
        at=((0.5, 2, 3), (3, 1, 0.5), (1.25, 5, 2), (2, 10, 4)),  # mu, a count n, sigma
        slips={
            "the factor without bias": sp.Integer(1),
            "the factor for a single number": mu**2 / (mu**2 + sigma**2),
            "the share that is taken away": sigma**2 / n / (mu**2 + sigma**2 / n),
        },
    ),
}
