"""Record the experiments of the chapter on the absolute error: lossbook/data/mae_descent.csv, ...

    python tools/record_mae.py [descent] [engel]

Each descent has the step, out of several, at which its mean gap over the tuning seeds is least;
the seeds that are stored are others. Two minutes on one core.
"""

import itertools
import sys
from statistics import NormalDist

import numpy as np

from lossbook import absolute_error, datasets, smooth_l1, squared_error, tables

TUNING, SEEDS = range(1000, 1012), range(30)
SOURCE = "by tools/record_mae.py with numpy " + np.__version__


def store(name, about, rows):
    about = about | {"licence": "CC BY 4.0, as the text of the book"}
    tables.write(f"mae_{name}", about, list(rows[0]), [list(row.values()) for row in rows])


def best_line(x, y, q=0.5):
    """The line a + b x of least quantile loss: the best of those through two points."""
    i, j = np.triu_indices(len(x), 1)
    i, j = i[x[i] != x[j]], j[x[i] != x[j]]
    b = (y[j] - y[i]) / (x[j] - x[i])
    a = y[i] - b * x[i]
    best = quantile_loss(a[:, None] + b[:, None] * x, y, q).mean(axis=1).round(9).argmin()
    return a[best], b[best]


def quantile_loss(y_hat, y, q):
    return np.maximum(q * (y - y_hat), (q - 1) * (y - y_hat))


# Descent on the cost of a line through 50 points.


def points(seed):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-(3**0.5), 3**0.5, 50)  # mean square 1
    return np.column_stack([np.ones(50), x]), 3 + 2 * x + rng.laplace(size=50)


def steepest(step, gradient, t, state):
    return step * gradient


def shrinking(power):
    return lambda step, gradient, t, state: step / t**power * gradient


def adam(step, gradient, t, state):
    """Kingma and Ba (2015), with their constants."""
    state["m"] = 0.9 * state.get("m", 0) + 0.1 * gradient
    state["v"] = 0.999 * state.get("v", 0) + 0.001 * gradient**2
    m, v = state["m"] / (1 - 0.9**t), state["v"] / (1 - 0.999**t)
    return step * m / (np.sqrt(v) + 1e-8)


def descend(seeds, horizons, cost, loss, rule, step, **chosen):
    """{steps: by which share the cost of each seed is above its least}, from w = 0."""
    X, y = (np.stack(part) for part in zip(*map(points, seeds), strict=True))
    if cost is squared_error:
        exact = [np.linalg.lstsq(a, b, rcond=None)[0] for a, b in zip(X, y, strict=True)]
    else:
        exact = [best_line(a[:, 1], b) for a, b in zip(X, y, strict=True)]
    least = cost(np.einsum("snp,sp->sn", X, np.array(exact)), y).mean(axis=1)
    w, state, gaps = np.zeros((len(y), 2)), {}, {}
    for t in range(1, max(horizons) + 1):
        by_y_hat = loss.grad((X @ w[..., None])[..., 0], y, **chosen)
        gradient = np.einsum("sn,snp->sp", by_y_hat, X) / y.shape[1]
        w = (w - rule(step, gradient, t, state)).clip(-1e6, 1e6)  # too large a step diverges
        if t in horizons:
            at = cost((X @ w[..., None])[..., 0], y).mean(axis=1)
            gaps[t] = (at / least - 1).round(9)
    return gaps


STEPS = [m * 10.0**k for k in range(-4, 2) for m in (1, 2, 5)]
DESCENTS = {
    "squared error, fixed step": (squared_error, squared_error, steepest, {}),
    "fixed step": (absolute_error, absolute_error, steepest, {}),
    "step over the root of t": (absolute_error, absolute_error, shrinking(0.5), {}),
    "step over t": (absolute_error, absolute_error, shrinking(1), {}),
    "Adam, fixed rate": (absolute_error, absolute_error, adam, {}),
    "Smooth L1, fixed step": (
        absolute_error,
        smooth_l1,
        steepest,
        {"beta": (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)},
    ),
}


def record_descent(horizons=(100, 1000)):
    rows = []
    for name, (cost, loss, rule, grid) in DESCENTS.items():
        choices = [
            {"step": step} | dict(zip(grid, values, strict=True))
            for step in STEPS
            for values in itertools.product(*grid.values())
        ]
        trials = [descend(TUNING, horizons, cost, loss, rule, **choice) for choice in choices]
        for steps in horizons:
            means = [round(trial[steps].mean(), 9) for trial in trials]
            best = choices[int(np.argmin(means))]
            gaps = descend(SEEDS, (steps,), cost, loss, rule, **best)[steps]
            print(name, steps, best, np.median(gaps), flush=True)
            rows += [
                {
                    "descent": name,
                    "steps": steps,
                    "step": f"{best['step']:g}",
                    "beta": f"{best['beta']:g}" if "beta" in best else "",
                    "seed": seed,
                    "gap": f"{gap:.9f}",
                }
                for seed, gap in zip(SEEDS, gaps, strict=True)
            ]
    about = {
        "title": "How far a descent is above the least cost of a line",
        "units": "steps, step, beta, seed as named; gap is the cost over the least one, less 1",
        "source": "simulated " + SOURCE,
    }
    store("descent", about, rows)
    record_paths()


PATHS = {
    "step 1": (absolute_error, steepest, 1.0, {}),
    "step 0.1": (absolute_error, steepest, 0.1, {}),
    "step 0.01": (absolute_error, steepest, 0.01, {}),
    "step 1/sqrt(t)": (absolute_error, shrinking(0.5), 1.0, {}),
    "Smooth L1": (smooth_l1, steepest, 0.1, {"beta": 0.1}),
}


def record_paths():
    times = [m * 10**k for k in range(4) for m in (1, 2, 3, 5, 7)] + [10_000]
    rows = []
    for name, (loss, rule, step, chosen) in PATHS.items():
        gaps = descend(SEEDS, times, absolute_error, loss, rule, step, **chosen)
        rows += [
            {"descent": name, "steps": t, "gap": f"{np.median(gap):.9f}"} for t, gap in gaps.items()
        ]
    about = {
        "title": "The gap of five descents after each number of steps, the median of 30 samples",
        "units": "steps as named; gap is the cost over the least one, less 1",
        "source": "simulated " + SOURCE,
    }
    store("paths", about, rows)


# Engel's households: lines fitted to two thirds, judged on the others.


def lines(x, y):
    """{q: (a, b)} of quantile regression, and of least squares with Gaussian noise."""
    squares = np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), y, rcond=None)[0]
    spread = np.sqrt(((y - squares[0] - squares[1] * x) ** 2).sum() / (len(x) - 2))
    for q in (0.05, 0.5, 0.95):
        yield "quantile", q, best_line(x, y, q)
        yield "squares", q, (squares[0] + NormalDist().inv_cdf(q) * spread, squares[1])


def households(seeds):
    """A row for each split, method and q."""
    data = datasets.engel()
    income, food = data["income"], data["food"]
    for seed in seeds:
        order = np.random.default_rng(seed).permutation(len(data))
        train, test = order[:157], order[157:]
        poorer = income[test] <= np.median(income[test])
        for method, q, (a, b) in lines(income[train], food[train]):
            line = a + b * income[test]
            below = food[test] < line
            yield {
                "split": seed,
                "method": method,
                "q": q,
                "loss": f"{quantile_loss(line, food[test], q).mean():.4f}",
                "below": f"{below.mean():.4f}",
                "below_poorer": f"{below[poorer].mean():.4f}",
                "below_richer": f"{below[~poorer].mean():.4f}",
            }


def record_engel():
    about = {
        "title": "Lines for Engel's households, on those that they were not fitted to",
        "units": "split, method, q as named; loss is the mean quantile loss in francs; the shares "
        "below the line are of all 78, and of those with income up to the median and above",
        "source": "computed " + SOURCE,
    }
    store("engel", about, list(households(SEEDS)))


if __name__ == "__main__":
    for name in sys.argv[1:] or ("descent", "engel"):
        globals()[f"record_{name}"]()
