"""Losses of a class: y is a label, or the probabilities of the classes (a soft label)."""

import numpy as np

from lossbook import printing
from lossbook.loss import Domain, loss
from lossbook.shapes import (
    logsumexp,
    positive_part,
    power,
    power_of_rest,
    product,
    sigmoid_power,
    softplus,
    total,
    xlog1py,
    xlogy,
)


def _not_negative(x):
    return np.isfinite(x) & (x >= 0)


def _distribution(y):
    allowed = y >= 0
    return np.absolute(y @ np.ones(y.shape[-1]) - 1) <= 1e-6 if allowed.all() else allowed


def _logits(z):
    allowed, masked = z < np.inf, z == -np.inf
    return allowed if not masked.any() else np.where(masked.all(-1), False, allowed.all(-1))


PROBABILITY = Domain("probabilities in [0, 1]", lambda p: (p >= 0) & (p <= 1))
LABEL = Domain("labels 0 or 1", lambda y: (y == 0) | (y == 1))
SIGN = Domain("labels -1 or +1", lambda y: np.absolute(y) == 1, booleans=False)
WEIGHT = Domain("None or a weight in [0, 1]", PROBABILITY.allows, choices=(None,))
POWER = Domain("a number from 0 to a million", lambda x: (x >= 0) & (x <= 1e6))
PROBABILITIES = Domain("vectors of finite numbers, 0 or more", _not_negative, vector=True)
DISTRIBUTION = Domain(
    "vectors of probabilities that sum to 1 (one-hot or soft; class numbers as np.eye(K)[y])",
    _distribution,
    vector=True,
)
LOGITS = Domain("vectors of finite numbers or -inf, not all -inf", _logits, vector=True)


@loss
def binary_cross_entropy(p: PROBABILITY, /, y: PROBABILITY):
    """-log p where y = 1, -log(1 - p) where y = 0, weighed where y is between; in nats.

    inf where the label is impossible (p = 0 with y > 0, p = 1 with y < 1), and 0 log 0 = 0.
    Good (1952), Rational decisions, J. R. Statist. Soc. B 14.

    >>> binary_cross_entropy([0.5, 0.9], [1, 0]).round(4)
    array([0.6931, 2.3026])
    """
    return -xlogy(y, p) - xlog1py(1 - y, -p)


@loss
def binary_cross_entropy_with_logits(z, /, y: PROBABILITY):
    """Binary cross-entropy of p = sigmoid(z), where z is the log odds of class 1; in nats.

    Cox (1958), The regression analysis of binary sequences, J. R. Statist. Soc. B 20.

    >>> binary_cross_entropy_with_logits([0.0, 2.0], [1, 0]).round(4)
    array([0.6931, 2.1269])
    """
    return y * softplus(-z) + (1 - y) * softplus(z)


@loss
def cross_entropy(p: PROBABILITIES, /, y: DISTRIBUTION):
    """-sum of y_k log p_k over the K classes, in nats; p, y: (..., K). p is not normalised.

    inf where a possible class has p_k = 0, and 0 log 0 = 0.

    >>> cross_entropy([[0.2, 0.8]], [[0.0, 1.0]]).round(4)
    array([0.2231])
    """
    return -total(lambda k: xlogy(y[k], p[k]))


@loss
def cross_entropy_with_logits(z: LOGITS, /, y: DISTRIBUTION):
    """Cross-entropy of p = softmax(z), in nats; z, y: (..., K). z_k = -inf masks a class.

    Bridle (1990), Probabilistic interpretation of feedforward classification network outputs.

    >>> cross_entropy_with_logits([[0.0, 2.0, -1.0]], [[0.0, 1.0, 0.0]]).round(4)
    array([0.1698])
    """
    return logsumexp(z) - total(lambda k: y[k] * z[k])


@cross_entropy_with_logits.kernel("value", "grad")
def _softmax(z, y):
    # With e = exp(z - max z) the sum of e is 1 + tail, where the 1 is the largest entry's own.
    # So log(1 + tail) and 1 - p = tail / (1 + tail) are never differences of numbers close to 1.
    largest = np.arange(len(z)), z.argmax(-1)
    top = z[largest][:, None]
    gap = z - top
    chosen = np.einsum("nk,nk->n", y, gap)
    if gap.min(initial=0) == -np.inf:  # a masked class, which counts where y is not 0, or overflow
        half = np.where(y > 0, z / 2 - top / 2, 0)  # finite where the gap overflows
        chosen = 2 * np.einsum("nk,nk->n", y, half)
        lowest = np.maximum(top - np.maximum(np.absolute(top), 1e4), -np.finfo(float).max)
        z = np.maximum(z, lowest)  # further down e is 0
        gap = z - top
    shift = gap - z
    lost = (z - (gap - shift)) - (top + shift)  # exactly what rounding took from the gap
    e = np.exp(gap, order="C")  # so that sums do not depend on the layout of z
    e += e * lost
    e[largest] = 0
    tail = np.einsum("nk->n", e)  # for few classes four times as fast as a sum
    yield (np.log1p(tail) - chosen)[:, None]
    e /= (1 + tail)[:, None]
    e -= y
    e[largest] = (1 - y[largest] - y[largest] * tail) / (1 + tail)
    yield e


@cross_entropy_with_logits.kernel("hess")
def _softmax_hessian(z, y):
    _, p = _softmax(z, np.zeros_like(y))
    largest, classes = (np.arange(len(z)), p.argmax(-1)), np.arange(z.shape[1])
    rest, others = 1 - p, p.copy()
    others[largest] = 0
    rest[largest] = others.sum(-1)  # 1 - p without the loss by rounding
    hess = -p[:, :, None] * p[:, None, :]
    hess[:, classes, classes] = p * rest
    yield hess


@loss
def focal(p: PROBABILITY, /, y: LABEL, *, alpha: WEIGHT = 0.25, gamma: POWER = 2.0):
    """Cross-entropy times (1 - p_t)^gamma, where p_t is the probability of the true class.

    alpha weighs class 1 and 1 - alpha class 0; None: no weights. gamma = 0 is cross-entropy.
    For gamma < 1 and a p below 1e-308 (a subnormal) the gradient may be inf where its value fits.
    Lin et al. (2017), Focal loss for dense object detection, equation 5.

    >>> focal([0.5, 0.9], [1, 1]).round(4)
    array([0.0433, 0.0003])
    """
    one, zero = (1, 1) if alpha is None else (alpha, 1 - alpha)
    hard, easy = one * y * power_of_rest(p, gamma), zero * (1 - y) * power(p, gamma)
    return -xlogy(hard, p) - xlog1py(easy, -p)


@focal.kernel("hess")
def _focal_hessian(p, y, alpha, gamma):
    # At p = 0 and p = 1 derived terms are infinite, with opposite signs. Written by the probability
    # of the true class and what it lacks to 1, they have one sign, and the ratio of its logarithm
    # to what it lacks has the limit -1.
    one, zero = (1, 1) if alpha is None else (alpha, 1 - alpha)
    is_one = y == 1
    true, rest = np.where(is_one, p, 1 - p), np.where(is_one, 1 - p, p)
    certain, impossible = rest == 0, true == 0
    small = np.where(is_one | impossible, 0, rest)
    log = np.where(is_one, np.log(true + impossible), np.log1p(-small))
    ratio = np.where(certain, -1, log / (rest + certain))
    true = true + impossible
    weight = np.where(is_one, one, zero)
    faded = weight * np.where(is_one, printing.power_of_rest(p, gamma), p**gamma)
    curvature = faded / true / true
    if gamma:
        if gamma < 1:  # gamma - 1 has lost digits of a small gamma
            large = 2.0**200  # so that no digits of a subnormal are lost
            slope = np.where(certain, np.inf, large * gamma * faded / (large * (rest + certain)))
        else:
            last = gamma - 1
            last = np.where(is_one, printing.power_of_rest(p, last), p**last)
            slope = gamma * weight * last
        curvature += slope / true * (2 - (gamma - 1) * ratio * true)
    yield np.where(weight == 0, 0, np.where(impossible, np.inf, curvature))


@loss
def focal_with_logits(z, /, y: LABEL, *, alpha: WEIGHT = 0.25, gamma: POWER = 2.0):
    """The focal loss of p = sigmoid(z), where z is the log odds of class 1.

    >>> focal_with_logits([0.0, 2.0], [1, 1]).round(4)
    array([0.0433, 0.0005])
    """
    weight = 1 if alpha is None else y * alpha + (1 - y) * (1 - alpha)
    margin = (2 * y - 1) * z
    return product(weight * sigmoid_power(-margin, gamma), softplus(-margin))


@loss
def hinge(score, /, y: SIGN):
    """max(0, 1 - y score); y is -1 or +1. At the kink, y score = 1, the gradient is 0.

    Cortes and Vapnik (1995), Support-vector networks, Machine Learning 20.

    >>> hinge([0.5, 2.0], [1, -1]).round(4)
    array([0.5, 3. ])
    """
    return positive_part(1 - y * score)
