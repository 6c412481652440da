"""Record the experiment of the chapter on Huber's loss: lossbook/data/huber_deltas.csv.

    python tools/record_huber.py

Linear models with a delta chosen by several rules. A minute on one core.
"""

import numpy as np

from lossbook import tables

SEEDS, SAMPLES = range(100), 100
TRUTH = np.array([1.0, 2.0, -1.0, 0.5])  # the intercept, and three slopes
MULTIPLES = (0.1, 0.3, 0.5, 1, 1.345, 2, 4, 10)  # of the MAD, for cross-validation
NOISES = {  # of standard deviation 1, but for the wild ones
    "Gaussian": lambda rng: rng.normal(size=SAMPLES),
    "t3": lambda rng: rng.standard_t(3, SAMPLES),
    "10 % wild": lambda rng: rng.normal(size=SAMPLES) * np.where(rng.random(SAMPLES) < 0.10, 10, 1),
    "25 % high": lambda rng: rng.normal(size=SAMPLES) + np.where(rng.random(SAMPLES) < 0.25, 10, 0),
}


def data(seeds, noise):
    """Inputs (seeds, samples, 4) with a column of ones, and targets (seeds, samples)."""
    rngs = [np.random.default_rng(seed) for seed in seeds]
    ones = np.ones((SAMPLES, 1))
    X = np.stack([np.hstack([ones, rng.normal(size=(SAMPLES, 3))]) for rng in rngs])
    return X, X @ TRUTH + np.stack([noise(rng) for rng in rngs])


def sizes(X, y, w):
    return abs(y - (X @ w[..., None])[..., 0])


def solve(X, y, weights):
    """Weighted least squares, for each seed."""
    weighted = X * weights[..., None]
    right = weighted.swapaxes(1, 2) @ y[..., None]
    return np.linalg.solve(weighted.swapaxes(1, 2) @ X, right)[..., 0]


def fit(X, y, delta, steps=300):
    """Reweighted least squares; delta: a function of the sizes of the residuals."""
    w = solve(X, y, np.ones_like(y))
    for _ in range(steps):
        r = sizes(X, y, w)
        d = delta(r)
        before, w = w, solve(X, y, d / np.maximum(r, d))
        if abs(w - before).max() < 1e-8:
            break
    return w


def mad(r):
    return np.median(r, axis=1, keepdims=True) / 0.6745


def absolute(X, y):
    """Nearly the fit of least absolute error, by a delta that is tiny."""
    return fit(X, y, lambda r: 0.01 * mad(r))


def fixed(X, y, delta):
    return fit(X, y, lambda r: np.broadcast_to(delta, (len(r), 1)))


def cross_validated(X, y, folds=5):
    """The multiple of the MAD with the least mean absolute error on folds left out."""
    scale, fold = mad(sizes(X, y, absolute(X, y))), np.arange(SAMPLES) % folds
    errors = np.zeros((len(MULTIPLES), len(X)))
    for i, multiple in enumerate(MULTIPLES):
        for out in (fold == f for f in range(folds)):
            w = fixed(X[:, ~out], y[:, ~out], multiple * scale)
            errors[i] += sizes(X[:, out], y[:, out], w).sum(axis=1)
    return fixed(X, y, np.take(MULTIPLES, errors.round(6).argmin(axis=0))[:, None] * scale)


RULES = {
    "least squares": lambda X, y: solve(X, y, np.ones_like(y)),
    "absolute error": absolute,
    "1.345 MAD, each step": lambda X, y: fit(X, y, lambda r: 1.345 * mad(r)),
    "1.345 MAD, absolute fit": lambda X, y: fixed(X, y, 1.345 * mad(sizes(X, y, absolute(X, y)))),
    "0.9 quantile": lambda X, y: fit(X, y, lambda r: np.quantile(r, 0.9, axis=1, keepdims=True)),
    "cross-validation": cross_validated,
    "delta = 1, sigma = 10": lambda X, y: fixed(X, y, 0.1),  # the unit is sigma here
    "delta = 1, sigma = 0.1": lambda X, y: fixed(X, y, 10),
}


def errors(seeds):
    """Rows: noise, seed, and the mean squared error of the slopes by each rule."""
    for name, noise in NOISES.items():
        X, y = data(seeds, noise)
        found = [((rule(X, y) - TRUTH)[:, 1:] ** 2).mean(axis=1) for rule in RULES.values()]
        for seed, *values in zip(seeds, *found, strict=True):
            yield [name, seed, *(f"{value:.5f}" for value in values)]


if __name__ == "__main__":
    about = {
        "title": "Mean squared error of three slopes, by how delta was chosen",
        "units": "squares of the standard deviation of the regular noise",
        "source": "simulated by tools/record_huber.py with numpy " + np.__version__,
        "licence": "CC BY 4.0, as the text of the book",
    }
    tables.write("huber_deltas", about, ["noise", "seed", *RULES], errors(SEEDS))
