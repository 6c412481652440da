"""Record the experiments of the chapter on the focal loss: lossbook/data/focal_detector.csv, ...

    python tools/record_focal.py [detector] [digits] [labels]

Each contestant has the learning rate, out of several, at which its mean over the tuning seeds is
best; the seeds that are stored are others. A few minutes each on one core.
"""

import sys

import numpy as np

from lossbook import datasets, focal_with_logits, tables

RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
TUNING, SEEDS = range(1000, 1012), range(30)
SOURCE = "simulated by tools/record_focal.py with numpy " + np.__version__


def store(name, about, rows):
    about = about | {"licence": "CC BY 4.0, as the text of the book"}
    tables.write(f"focal_{name}", about, list(rows[0]), [list(row.values()) for row in rows])


def logit(p):
    return np.log(p) - np.log1p(-p)


def average_precision(score, is_object):
    found = is_object[np.argsort(-score, kind="stable")]
    precision = np.cumsum(found) / np.arange(1, len(found) + 1)
    return precision[found].mean()


def tuned(run, contestants, horizons, rates):
    """Rows of the stored seeds, each contestant at its best rate for each number of steps.

    run(seeds, rate, steps, **contestant) gives {steps: the average precision of each seed}.
    """
    rows = []
    for name, contestant in contestants.items():
        trials = {rate: run(TUNING, rate, horizons, **contestant) for rate in rates}
        best = {
            steps: max(rates, key=lambda rate: round(trials[rate][steps].mean(), 9))
            for steps in horizons
        }
        found = {rate: run(SEEDS, rate, horizons, **contestant) for rate in set(best.values())}
        rows += [
            {"loss": name, "steps": steps, "rate": f"{rate:g}", "seed": seed, "ap": f"{ap:.4f}"}
            for steps, rate in best.items()
            for seed, ap in zip(SEEDS, found[rate][steps], strict=True)
        ]
        print(name, best, flush=True)
    return rows


# The detector: one object in a thousand places.


def image(rngs, places=1000, objects=1):
    """Features (seeds, places, 2) and kinds: 0 far, 1 look-alike, 2 object."""
    features, kinds = [], []
    for rng in rngs:
        kind = (rng.random(places) < 0.02).astype(int)
        kind[:objects] = 2
        far, ring = rng.uniform(2, 5, places), rng.normal(1.2, 0.25, places)
        radius = np.choose(kind, [far, ring, rng.rayleigh(0.35, places)])
        angle = rng.uniform(0, 2 * np.pi, places)
        features.append(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1))
        kinds.append(kind)
    return np.stack(features), np.stack(kinds)


def start(seeds, pi, units=8):
    rngs = [np.random.default_rng((seed, 1)) for seed in seeds]
    w = np.stack([rng.normal(size=(2, units)) for rng in rngs])
    b = np.stack([rng.normal(size=(1, units)) for rng in rngs])
    n = len(rngs)
    return [w, b, np.zeros((n, units, 1)), np.full((n, 1, 1), logit(pi))]


def network(P, x):
    hidden = np.tanh(x @ P[0] + P[1])
    return hidden, (hidden @ P[2] + P[3])[..., 0]


def backward(P, x, hidden, by_z):
    by_z = by_z[..., None]
    by_hidden = by_z * P[2].swapaxes(1, 2) * (1 - hidden**2)
    by_w, by_u = x.swapaxes(1, 2) @ by_hidden, hidden.swapaxes(1, 2) @ by_z
    by_b, by_last = (g.sum(1, keepdims=True) for g in (by_hidden, by_z))
    return by_w, by_b, by_u, by_last


def kept(z, y, rngs, keep):
    """Weights 0 and 1: all objects, and three other places, at random or the hardest."""
    if keep is None:
        return 1.0
    order = np.stack([rng.random(z.shape[1]) for rng in rngs]) if keep == "random" else z
    order = np.where(y, -np.inf, order)
    return y | (order >= np.sort(order, axis=1)[:, -3:-2])


def detector(seeds, rate, horizons, pi=0.01, keep=None, weights=False, **chosen):
    test = image([np.random.default_rng((seed, 2)) for seed in seeds], places=30_000, objects=30)
    rngs = [np.random.default_rng((seed, 3)) for seed in seeds]
    lots = [np.random.default_rng((seed, 4)) for seed in seeds]
    P, velocity, history = start(seeds, pi), [0, 0, 0, 0], {}
    for step in range(1, max(horizons) + 1):
        x, kind = image(rngs)
        hidden, z = network(P, x)
        y = kind == 2
        by_z = focal_with_logits.grad(z, y, **chosen) * kept(z, y, lots, keep)
        slopes = backward(P, x, hidden, by_z)
        velocity = [0.9 * v + s for v, s in zip(velocity, slopes, strict=True)]
        P = [w - rate * v for w, v in zip(P, velocity, strict=True)]
        if step in horizons:
            pairs = zip(network(P, test[0])[1], test[1] == 2, strict=True)
            history[step] = np.array([average_precision(*pair) for pair in pairs])
    return P if weights else history


PLAIN = {"alpha": None, "gamma": 0}
DETECTORS = {
    "cross-entropy": PLAIN,
    "cross-entropy, pi = 0.5": PLAIN | {"pi": 0.5},
    "inverse frequency": {"alpha": 0.999, "gamma": 0},
    "3 random negatives": PLAIN | {"keep": "random"},
    "3 hardest negatives": PLAIN | {"keep": "hardest"},
    "gamma = 1": {"alpha": None, "gamma": 1},
    "gamma = 2": {"alpha": None, "gamma": 2},
    "gamma = 2, pi = 0.5": {"alpha": None, "gamma": 2, "pi": 0.5},
    "gamma = 2, alpha = 0.25": {"alpha": 0.25, "gamma": 2},
    "gamma = 5": {"alpha": None, "gamma": 5},
}


def pulls(P, gamma):
    """The size of the gradients by the logit of each kind of place, and its part of the step."""
    rngs = [np.random.default_rng((seed, 5)) for seed in SEEDS]
    x, kind = image(rngs, places=20_000, objects=20)
    hidden, z = network(P, x)
    by_z = focal_with_logits.grad(z, kind == 2, alpha=None, gamma=gamma)
    total = backward(P, x, hidden, by_z)
    squared = sum((t**2).sum((1, 2)) for t in total)
    for k, name in enumerate(("far", "look-alike", "object")):
        share = np.where(kind == k, abs(by_z), 0).sum(1) / abs(by_z).sum(1)
        own = backward(P, x, hidden, np.where(kind == k, by_z, 0))
        along = sum((o * t).sum((1, 2)) for o, t in zip(own, total, strict=True)) / squared
        yield from zip(SEEDS, [name] * len(SEEDS), share, along, strict=True)


def record_detector():
    rows = tuned(detector, DETECTORS, (25, 50, 150), RATES)
    about = {
        "title": "Average precision of a miniature detector",
        "units": "steps, rate, seed as named; ap is the average precision, 0 to 1",
        "source": SOURCE,
    }
    store("detector", about, rows)
    (rate,) = {r["rate"] for r in rows if (r["loss"], r["steps"]) == ("cross-entropy", 150)}
    rate = float(rate)
    moments = {0: start(SEEDS, 0.01), 150: detector(SEEDS, rate, (150,), weights=True, **PLAIN)}
    found = [
        {
            "steps": steps,
            "gamma": gamma,
            "seed": seed,
            "kind": name,
            "share": f"{share:.4f}",
            "along": f"{along:.4f}",
        }
        for steps, P in moments.items()
        for gamma in (0, 2)
        for seed, name, share, along in pulls(P, gamma)
    ]
    about = {
        "title": "Which places move the detector of cross-entropy",
        "units": "steps done; share of the summed sizes of the gradients by the logit; along: "
        "projection of the group's parameter gradient on the whole one, as a part of it",
        "source": SOURCE,
    }
    store("pulls", about, found)


# Handwritten digits: eights among others, with eight eights to learn from.


def digits(splits, rate, horizons, **chosen):
    data = datasets.digits()
    pixels = np.column_stack([data.values[:, :64] / 16, np.ones(len(data))])
    eight = data["label"] == 8
    orders = [np.random.default_rng(split).permutation(len(data)) for split in splits]
    rows = [np.r_[o[:900][eight[o[:900]]][:8], o[:900][~eight[o[:900]]][:792]] for o in orders]
    rows = np.stack(rows)
    x, y, w, velocity, history = pixels[rows], eight[rows], np.zeros((len(orders), 65)), 0, {}
    w[:, -1] = logit(0.01)
    for step in range(1, max(horizons) + 1):
        slopes = focal_with_logits.grad((x @ w[..., None])[..., 0], y, **chosen)
        velocity = 0.9 * velocity + (slopes[:, None] @ x)[:, 0] / 8
        w = w - rate * velocity
        if step in horizons:
            history[step] = np.array(
                [
                    average_precision(pixels[order[900:]] @ v, eight[order[900:]])
                    for order, v in zip(orders, w, strict=True)
                ]
            )
    return history


DIGITS = {
    "cross-entropy": PLAIN,
    "inverse frequency": {"alpha": 0.99, "gamma": 0},
    "gamma = 1": {"alpha": None, "gamma": 1},
    "gamma = 2": {"alpha": None, "gamma": 2},
    "gamma = 5": {"alpha": None, "gamma": 5},
}


def record_digits():
    about = {
        "title": "Average precision of a linear model that finds the eights among the digits",
        "units": "steps, rate, seed (of the split) as named; ap is the average precision, 0 to 1",
        "source": SOURCE.replace("simulated", "computed"),
    }
    store("digits", about, tuned(digits, DIGITS, (25, 150), (*RATES, 3.0, 10.0)))


# Wrong labels: 25 of 1025 samples, all from one corner.


def crowd(seed):
    rng = np.random.default_rng(seed)
    y = np.concatenate([np.ones(500), np.zeros(500), np.ones(25)])
    centres = np.repeat([[1.5, 0], [-1.5, 0], [-2, 4]], [500, 500, 25], axis=0)
    spread = np.repeat([1, 0.5], [1000, 25])[:, None]
    return np.column_stack([centres + spread * rng.normal(size=(1025, 2)), np.ones(1025)]), y


def descend(x, y, gamma, steps=3000):
    w, velocity = np.zeros((len(x), 3)), 0
    for _ in range(steps):
        by_z = focal_with_logits.grad((x @ w[..., None])[..., 0], y, alpha=None, gamma=gamma)
        slope = (by_z[:, None] @ x)[:, 0] / x.shape[1]
        velocity = 0.9 * velocity + slope
        w = w - velocity
    assert abs(slope).max() < 1e-8, abs(slope).max()
    return w


def bad_share(x, y, w, gamma):
    size = abs(focal_with_logits.grad((x @ w[..., None])[..., 0], y, alpha=None, gamma=gamma))
    return size[:, 1000:].sum(1) / size.sum(1)


def record_labels():
    x, y = (np.stack(part) for part in zip(*map(crowd, SEEDS), strict=True))
    by_entropy, rows = descend(x, y, 0), []
    for gamma in (0, 2, 5):
        w = descend(x, y, gamma)
        clean = descend(x[:, :1000], y[:, :1000], gamma)
        found = {
            "at_entropy": bad_share(x, y, by_entropy, gamma),
            "share": bad_share(x, y, w, gamma),
            "size": np.hypot(w[:, 0], w[:, 1]),
            "tilt": np.degrees(np.arctan2(w[:, 1], w[:, 0])),
            "clean_tilt": np.degrees(np.arctan2(clean[:, 1], clean[:, 0])),
        }
        for seed in SEEDS:
            values = {key: f"{value[seed]:.4f}" for key, value in found.items()}
            rows.append({"gamma": gamma, "seed": seed} | values)
    about = {
        "title": "Two classes and 25 wrong labels: their share of the gradients, and the line",
        "units": "shares of the summed sizes of the gradients by the logit, of a model trained by "
        "cross-entropy (at_entropy) and by the loss itself; size of the weights; tilt in degrees, "
        "with the wrong labels and without",
        "source": SOURCE,
    }
    store("labels", about, rows)


if __name__ == "__main__":
    for name in sys.argv[1:] or ("detector", "digits", "labels"):
        globals()[f"record_{name}"]()
