"""One explorer of each kind, for the tests in a browser."""

import numpy as np

import lossbook
from lossbook import absolute_error, explorers, huber, squared_error
from lossbook.loss import loss
from lossbook.shapes import absolute

X = np.array([0.8, 1.1, 1.9, 2.4, 3.3, 4.1, 4.6, 5.2, 5.9, 6.7, 7.3, 8.2, 8.8, 9.6])
NOISE = [0.3, -0.4, 0.1, 0.5, -0.2, 0.4, -0.6, 0.2, -0.1, 0.3, 0.1, -0.5, 0.6, -0.3]
Y = 1 + 0.5 * X + NOISE
MOVABLE = 12
FITTED = {"Huber": huber, "MSE": squared_error, "MAE": absolute_error}


@loss
def half_squared(y_hat, /, y):
    return (y_hat - y) ** 2 / 2


@loss
def scaled_absolute(y_hat, /, y, *, delta=1.0):
    return delta * absolute(y_hat - y)


CURVES = {"Huber": huber, "½ r²": half_squared, "δ |r|": scaled_absolute}


def make_curves():
    return explorers.curves(
        CURVES,
        title="Huber's loss between its limits",
        x=(-4, 4),
        x_label="residual r = ŷ − y",
        given={"y": 0},
        sliders={"delta": (0.05, 5)},
        value=(0, 6),
        gradient=(-3, 3),
        probe=2,
        divide_by="delta",
    )


def make_descent():
    return explorers.curves(
        {"MSE": squared_error, "Huber": huber},
        title="Two balls",
        x=(-4, 4),
        given={"y": 0},
        value=(0, 16),
        gradient=(-8, 8),
        probe=-3,
        descent=(0.01, 1),
    )


def make_samples():
    return explorers.curves(
        {
            "focal": (lossbook.focal_with_logits, {"alpha": 1}),
            "cross-entropy": lossbook.binary_cross_entropy_with_logits,
        },
        title="One cat and many empty places",
        x=(-8, 6),
        given={"y": 1},
        sliders={"gamma": (0, 5)},
        gradient=(-1.4, 0.1),
        probe=2,
        samples={"the cat": (-2.2, 1), "empty places": (None, 999)},
    )


def make_fit():
    return explorers.fit(
        FITTED,
        X,
        Y,
        title="Three lines",
        movable=MOVABLE,
        x_range=(0, 14),
        y_range=(-6, 16),
        sliders={"delta": (0.05, 5)},
    )


def make_guess():
    return explorers.guess(
        {"Huber": huber, "MSE": squared_error, "MAE": absolute_error},
        [54, 55, 62, 74, 79, 85, 88],
        title="One guess for seven waits",
        x=(45, 105),
        start=65,
        sliders={"delta": (0.5, 50)},
    )


def make_simplex():
    return explorers.simplex(
        lossbook.cross_entropy_with_logits,
        title="Three logits",
        classes=("cat", "dog", "owl"),
        logits=(1.2, -0.8, -0.5),
    )


BIRDS = [(38.2, 18.1), (40.6, 18.6), (38.1, 17.0), (43.5, 18.1), (40.9, 16.6), (46.0, 18.9)]


def make_margin():
    return explorers.margin(
        lossbook.hinge,
        BIRDS,
        [-1, -1, -1, 1, 1, 1],
        title="Six birds",
        names=("Adelie", "chinstrap"),
        x_range=(32, 54),
        y_range=(15, 22),
        C_range=(0.01, 10),
    )


def make_springs():
    return explorers.springs(
        lossbook.contrastive,
        [(0.6, 0.6), (3.0, 0.9), (1.7, 2.2), (1.8, 1.0), (2.7, 2.1)],
        [0, 0, 0, 1, 1],
        title="Three 3s and two 8s",
        names=("3", "8"),
        x_range=(0, 3.6),
        y_range=(0, 2.6),
        sliders={"margin": (0.2, 2.5)},
    )


SEEN = np.array([[6, 2, 1, 1], [3, 5, 1, 1], [5, 3, 1, 1], [2, 1, 6, 1], [3, 3, 3, 1]]) / 10
SEEN = np.concatenate([SEEN, SEEN])


def make_lattice():
    return explorers.lattice("ab", SEEN, letters="abc", frames=4, title="A lattice")


def make_triplet():
    return explorers.triplet(
        lossbook.triplet,
        positive=(1.0, 0.0),
        negative=(0.45, 1.1),
        title="Three points",
        limits=(-3, 3),
    )
