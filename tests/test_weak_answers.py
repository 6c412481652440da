"""Plausible wrong functions, none of which an exercise's own tests may take for right."""

import numpy as np
import pytest
from test_exercises import EXERCISES

from lossbook.exercises import check, page_data

ANSWERS = {name: e.answer for name, e in EXERCISES if page_data(name)["kind"] == "function"}
rise, best_temperature, collapse = (ANSWERS[n] for n in ("choosing-6", "cross_entropy-12", "ctc-6"))
infonce, force, by_rows = (
    ANSWERS[n] for n in ("contrastive-7", "contrastive-10", "cross_entropy-8")
)
logistic, ctc_loss, focal = (ANSWERS[n] for n in ("cross_entropy-7", "ctc-10", "focal-6"))
truth, forecast, hinge_gradient = (ANSWERS[n] for n in ("focal-9", "focal-10", "hinge-8"))
huber, constant, is_quantile = (ANSWERS[n] for n in ("huber-4", "huber-10", "mae-6"))
mse_gradient, variance, batch_hard = (ANSWERS[n] for n in ("mse-5", "mse-10", "triplet-7"))
next_m, padded, slope = (ANSWERS[n] for n in ("choosing-10", "mae-5", "mae-10"))
expectile = ANSWERS["choosing-9"]


def bound(balances=lambda b: b == 0, low=lambda a: a >= 0, high=lambda a, C: a <= C):
    """A lower bound as hinge-10 asks it, under some conditions."""

    def lower_bound(X, y, C, alpha):
        if not (balances(alpha @ y) and np.all(low(alpha)) and np.all(high(alpha, C))):
            return -np.inf
        v = X.T @ (alpha * y)
        return alpha.sum() - v @ v / 2

    return lower_bound


def pulled(pull=lambda d, m: d, push=lambda d, m: max(0, m - d), alike=lambda a, b: a == b):
    """A force as contrastive-10 asks it, of other springs."""

    def total(i, places, group, m):
        force = np.zeros(2)
        for k, place in enumerate(places):
            if d := np.linalg.norm(place - places[i]):
                size = pull(d, m) if alike(group[k], group[i]) else -push(d, m)
                force += (place - places[i]) / d * size
        return force

    return total


def reweighted(weight):
    """One step of reweighting, as choosing-10 asks it, with other weights."""
    return lambda y, m, delta: np.average(y, weights=weight(abs(y - m), delta))


def counted(below=np.less_equal, above=np.less_equal, times=lambda q, n: q * n):
    """Whether m is a quantile, by other counts."""

    def is_one(m, y, q):
        n = times(q, len(y))
        return bool(below(np.sum(y < m), n) and above(n, np.sum(y <= m)))

    return is_one


def squares(y):
    return np.mean(y**2) - np.mean(y) ** 2


WEAK = {
    "choosing-6": [
        lambda f, a, b: abs(rise(f, a, b)),
        lambda f, a, b: max(0, rise(f, a, b)),
        lambda f, a, b: rise(f, a, b) > 0,
        lambda f, a, b: f((b - a) / 2) - (f(a) + f(b)) / 2,
        lambda f, a, b: f((a + b) / 2) - f(b),
    ],
    "choosing-9": [
        lambda y, q: np.quantile(y, q),
        lambda y, q: q * max(y) + (1 - q) * min(y),
        lambda y, q: expectile(y, q**2 / (q**2 + (1 - q) ** 2)),
    ],
    "choosing-10": [
        reweighted(lambda r, delta: np.minimum(1, 1 / np.maximum(r, 1e-9))),
        reweighted(lambda r, delta: np.minimum(1, delta / np.maximum(r, 1e-9)) ** 2),
        reweighted(lambda r, delta: 1 / (1 + (r / delta) ** 2)),
        lambda y, m, delta: constant(y, delta),
        lambda y, m, delta: np.clip(y, m - delta, m + delta).mean(),
    ],
    "contrastive-7": [
        lambda s, positive, t: infonce(s * t**2, positive, t),
        lambda s, positive, t: infonce(s, np.argmax(s), t),
        lambda s, positive, t: infonce(s, positive, t) / t,
        lambda s, positive, t: infonce(s, positive, t) / len(s),
        lambda s, positive, t: (np.exp(s / t) / np.exp(s / t).sum() - np.eye(len(s))[positive]) / t,
    ],
    "contrastive-10": [
        pulled(pull=min),
        pulled(pull=lambda d, m: d**2),
        pulled(pull=lambda d, m: 1),
        pulled(push=lambda d, m: m - d),
        pulled(push=lambda d, m: max(0, m - d) * d),
        pulled(push=lambda d, m: max(0, m**2 - d**2)),
        pulled(alike=lambda a, b: b == 1),
        pulled(alike=lambda a, b: a == b == 1),
        lambda i, places, group, m: force(i, places, group, m) / 2,
        lambda i, places, group, m: force(i, places[1:], group[1:], m),
    ],
    "cross_entropy-7": [
        lambda z, y: logistic(z, np.round(y)),
        lambda z, y: logistic(z, np.ceil(y)),
        lambda z, y: logistic(np.clip(z, -500, 500), y),
        lambda z, y: np.log1p(np.exp(z)) - z * y,
        lambda z, y: np.logaddexp(0, -y * z),
    ],
    "cross_entropy-8": [
        lambda z, t: by_rows(z, z.argmax(axis=1)),
        lambda z, t: by_rows(z, t) / z.shape[1],
        lambda z, t: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True) - np.eye(z.shape[1])[t],
        lambda z, t: by_rows(z, t) + np.eye(z.shape[1])[t] - np.eye(3)[t],
    ],
    "cross_entropy-12": [
        lambda z, t: 1.0,
        lambda z, t: np.clip(best_temperature(z, t), 0.1, 10),
        lambda z, t: best_temperature(z, t) ** 0.5,
        lambda z, t: z.std(),
    ],
    "ctc-6": [
        lambda path: [k for k in dict.fromkeys(path) if k],
        lambda path: sorted(collapse(path)),
        lambda path: collapse(path[1:]),
        lambda path: collapse(path[:-1]),
        lambda path: [
            k for k, before in zip(path, [path[-1], *path], strict=False) if k and k != before
        ],
        # Of each pair of equal neighbours one goes: what merges in runs of two alone.
        lambda path: [
            k
            for i, k in enumerate(path)
            if k and (i < 1 or k != path[i - 1] or path[i - 2 : i] == [k, k])
        ],
    ],
    "ctc-10": [
        lambda logits, target: ctc_loss(logits, target[::-1]),
        lambda logits, target: ctc_loss(logits, sorted(target)),
        lambda logits, target: ctc_loss(logits[1:], target),
        lambda logits, target: ctc_loss(logits, collapse(target)),
        lambda logits, target: ctc_loss(logits, target) / len(logits),
        lambda logits, target: ctc_loss(logits, target, ends=3),
        lambda logits, target: ctc_loss(np.roll(logits, 1, axis=1), target),
    ],
    "focal-6": [
        lambda z, y, gamma: focal(z, y, int(gamma)),
        lambda z, y, gamma: focal(z, 1 - y, gamma),
        lambda z, y, gamma: focal(z, y, gamma) * np.where(y == 1, 0.25, 0.75),
        lambda z, y, gamma: focal(np.clip(z, -500, 500), y, gamma),
        lambda z, y, gamma: focal(z, y, gamma).mean(),
    ],
    "focal-9": [
        lambda p, gamma, alpha: truth(p, gamma, 0.5) * (1 - alpha) / alpha,
        lambda p, gamma, alpha: truth(p, 0.0, alpha),
        lambda p, gamma, alpha: p,
    ],
    "focal-10": [
        lambda q, gamma: forecast(q, min(gamma, 2)),
        lambda q, gamma: max(0.05, forecast(q, gamma)),
        lambda q, gamma: max(0.5, forecast(q, gamma)),
        lambda q, gamma: round(forecast(q, gamma), 3),
        lambda q, gamma: 1 - forecast(q, gamma),
    ],
    "hinge-8": [
        lambda score, t: hinge_gradient(score, 1 - t),
        lambda score, t: hinge_gradient(score, t) * len(score) / 4,
        lambda score, t: np.where(abs(score) < 1, 1 - 2.0 * t, 0) / len(score),
        lambda score, t: np.maximum(0, 1 - (2 * t - 1) * score) / len(score),
    ],
    "hinge-10": [
        bound(high=lambda a, C: a < C),
        bound(high=lambda a, C: a <= 1),
        bound(high=lambda a, C: a.sum() <= C),
        bound(high=lambda a, C: True),
        bound(low=lambda a: a > 0),
        bound(low=lambda a: True),
        bound(low=lambda a: a.sum() >= 0),
        *(bound(lambda b, far=far: abs(b) <= far) for far in (0.24, 1e-2, 1e-3, 1e-5)),
        bound(lambda b: b <= 0),
        bound(lambda b: b >= 0),
        lambda X, y, C, alpha: C * bound()(X, y, C, alpha),
        lambda X, y, C, alpha: bound()(X, y, C * len(y) / 6, np.clip(alpha, 0, C)),
    ],
    "huber-4": [
        lambda r, delta: np.where(abs(r) <= 1, huber(r, 1e9), delta * (abs(r) - delta / 2)),
        lambda r, delta: np.where(abs(r) <= delta, huber(r, delta), abs(r) - delta / 2),
        lambda r, delta: np.where(abs(r) <= delta, huber(r, delta), delta * (abs(r) - 0.5)),
        lambda r, delta: (
            np.where(r <= delta, huber(r, delta), delta * (r - delta / 2)) * np.sign(r)
        ),
        lambda r, delta: huber(r, delta).mean(),
    ],
    "huber-10": [
        lambda y, delta: next_m(y, np.median(y), delta),
        lambda y, delta: np.clip(y, np.median(y) - delta, np.median(y) + delta).mean(),
        lambda y, delta: round(constant(y, delta), 8),
        lambda y, delta: np.mean(np.sort(y)[1:-1]),
    ],
    "mae-5": [
        lambda y_hat, y, mask: padded(y_hat, y, mask & (y != 0)),
        lambda y_hat, y, mask: padded(y_hat, y, np.isfinite(y_hat - y) & (y != 0)),
        lambda y_hat, y, mask: padded(y_hat, y, mask) * mask.sum() / len(y),
        lambda y_hat, y, mask: padded(y_hat**2, y**2, mask) ** 0.5,
    ],
    "mae-6": [
        counted(times=lambda q, n: int(q * n)),
        counted(times=lambda q, n: round(q * n)),
        counted(times=lambda q, n: q * (n - 1)),
        counted(times=lambda q, n: 8 * q),
        counted(below=np.less),
        counted(above=np.less),
        counted(below=lambda count, n: True),
        counted(above=lambda n, count: True),
        lambda m, y, q: m in y and is_quantile(m, y, q),
        lambda m, y, q: is_quantile(m, np.unique(y), q),
    ],
    "mae-10": [
        lambda x, y: slope(abs(x), y),
        lambda x, y: slope(np.sign(x), np.sign(x) * y / x),
        lambda x, y: abs(y).sum() / abs(x).sum(),
    ],
    "mse-5": [
        lambda X, y, w: 2 * X.T @ (X @ w - y) / 3,
        lambda X, y, w: 2 * X.T @ (X @ w - y) / X.shape[1],
        lambda X, y, w: 2 * X.T @ (X @ w - y) / X.size,
        lambda X, y, w: 2 * X @ (X @ w - y) / len(y),
        lambda X, y, w: 2 * X.T @ (X @ w - y) / (len(y) - 1),
        lambda X, y, w: mse_gradient(X, y, w).mean(),
        lambda X, y, w: 2 * (X @ w - y) / len(y),
    ],
    "mse-10": [
        lambda y: variance(y.astype(np.float32)),
        lambda y: max(0, squares(y)),
        lambda y: variance(y) * len(y) / 4,
        lambda y: np.mean((y - np.median(y)) ** 2),
    ],
    "triplet-7": [
        lambda z, labels, margin: batch_hard(z, labels > 0, margin),
        lambda z, labels, margin: batch_hard(z, labels, -margin),
        lambda z, labels, margin: batch_hard(z, labels, margin) / 2,
        lambda z, labels, margin: max(0, margin + batch_hard(z, labels, 0)),
        lambda z, labels, margin: batch_hard(z[:, :1], labels, margin),
    ],
}


def accepted(name, weak):
    """The places in a list of functions of those that pass."""
    with np.errstate(all="ignore"):
        return [i for i, answer in enumerate(weak) if check(name, answer).right]


@pytest.mark.parametrize("name", ANSWERS)
def test_a_plausible_wrong_function_is_refused(name):
    assert accepted(name, WEAK[name]) == []


@pytest.mark.parametrize("name", ANSWERS)
def test_every_argument_counts(name):
    """A function that has a constant in the place of an argument is refused."""
    exercise = dict(EXERCISES)[name]
    for i, constants in enumerate(zip(*exercise.at, strict=True)):
        fixed = [lambda *a, i=i, c=c: exercise.answer(*a[:i], c, *a[i + 1 :]) for c in constants]
        assert accepted(name, fixed if len(exercise.at) > 1 else []) == [], i


def test_control_right_functions_of_the_same_make_pass():
    assert accepted("hinge-10", [bound(), bound(lambda b: abs(b) <= 1e-9)]) == [0, 1]
    assert accepted("contrastive-10", [pulled()]) == [0]
    assert accepted("choosing-10", [reweighted(lambda r, d: d / np.maximum(r, d))]) == [0]
    assert accepted("mae-6", [counted()]) == [0]
    assert accepted("mse-5", [lambda X, y, w: 2 * X.T @ (X @ w - y) / len(y)]) == [0]
