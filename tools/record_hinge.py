"""Record the experiments of the chapter on the hinge loss: lossbook/data/hinge_NAME.csv.

    python tools/record_hinge.py [scales] [kernel] [decisions] [slips] [classes] [libraries]

All but the last use the penguins, 30 random splits into two thirds and one third. Each contestant
has the price C, out of a grid, that is best by cross-validation inside the two thirds, by the
measure that is reported. Twenty minutes on one core.
`libraries` needs what is listed in tools/requirements-peers.txt.
"""

import os
import sys

import numpy as np

from lossbook import datasets, tables

SEEDS, PRICES = range(30), (0.001, 0.01, 0.1, 1, 10, 100)
SOURCE = "computed by tools/record_hinge.py with numpy " + np.__version__
LICENCE = "CC BY 4.0, as the text of the book"

penguins = datasets.penguins()
SPECIES = penguins["species"].astype(int)
BILLS = np.column_stack([penguins["bill_length"], penguins["bill_depth"]])
TWO = SPECIES < 2
LABELS = np.where(SPECIES == 1, 1, -1)  # +1 is a chinstrap


def store(name, title, units, rows, source=SOURCE):
    about = {"title": title, "units": units, "source": source, "licence": LICENCE}
    tables.write(f"hinge_{name}", about, list(rows[0]), [list(row.values()) for row in rows])
    print(name, len(rows), "rows", flush=True)


def split(seed, n):
    """The training and the test rows."""
    return np.split(np.random.default_rng(seed).permutation(n), [n - n // 3])


def folds(n, count=5):
    """Each fold's other rows, and its own."""
    for i in range(count):
        own = np.arange(n) % count == i
        yield np.flatnonzero(~own), np.flatnonzero(own)


def standardise(X, rows):
    return (X - X[rows].mean(axis=0)) / X[rows].std(axis=0)


def svm(K, y, C, tolerance=1e-3):
    """The weights and the intercept; K are the inner products, C a price for each sample."""
    alpha, f, C = np.zeros(len(y)), -y.astype(float), np.broadcast_to(C, len(y)).astype(float)
    for _ in range(200_000):
        rises = np.where(y > 0, alpha < C, alpha > 0)
        falls = np.where(y > 0, alpha > 0, alpha < C)
        i = np.where(rises, f, np.inf).argmin()
        j = np.where(falls, f, -np.inf).argmax()
        if f[j] - f[i] < tolerance:
            break
        room_i = C[i] - alpha[i] if y[i] > 0 else alpha[i]
        room_j = alpha[j] if y[j] > 0 else C[j] - alpha[j]
        t = min((f[j] - f[i]) / max(K[i, i] + K[j, j] - 2 * K[i, j], 1e-12), room_i, room_j)
        alpha[i] += y[i] * t
        alpha[j] -= y[j] * t
        f += t * (K[i] - K[j])
    return alpha, -(f[i] + f[j]) / 2


def scores(K, y, C, train, at, weights=None):
    """The scores at some rows of a machine that was trained on others."""
    prices = C * (1 if weights is None else weights)
    alpha, b = svm(K[np.ix_(train, train)], y[train], np.broadcast_to(prices, len(y))[train])
    return K[np.ix_(at, train)] @ (alpha * y[train]) + b


def wrong(y, score):
    return (y * score <= 0).mean()


def least(measures):
    """The key of the least measure; of equals the first."""
    return min(measures, key=lambda key: round(measures[key], 9))


def validated(K, y, train, C, weights=None):
    """The scores of the training rows, each from the machine that did not see it."""
    found = np.empty(len(train))
    for others, own in folds(len(train)):
        found[own] = scores(K, y, C, train[others], train[own], weights)
    return found


# One unit or another.


def record_scales():
    X, y, rows = BILLS[TWO], LABELS[TWO], []
    units = {"mm": (1, 1), "depth in m": (1, 0.001), "standardised": 1 / X.std(axis=0)}
    for unit, factor in units.items():
        scaled = (X - X.mean(axis=0)) * factor
        K = scaled @ scaled.T
        for seed in SEEDS:
            train, test = split(seed, len(y))
            for C in PRICES[1:-1]:
                error = wrong(y[test], scores(K, y, C, train, test))
                rows.append({"unit": unit, "C": C, "seed": seed, "error": f"{error:.4f}"})
    title = "Share of wrong test birds, Adelie against chinstrap, for three units of the bills"
    store("scales", title, "C and seed (of the split) as named; error from 0 to 1", rows)


# A kernel: chinstraps against both others.


def record_kernel():
    y, rows = LABELS, []
    widths = {"line": [None], "Gaussian": [0.25, 1, 4]}
    for seed in SEEDS:
        train, test = split(seed, len(y))
        X = standardise(BILLS, train)
        squares = ((X[:, None] - X) ** 2).sum(axis=-1)
        for name, candidates in widths.items():
            kernels = {g: X @ X.T if g is None else np.exp(-g * squares) for g in candidates}
            g, C = least(
                {
                    (g, C): wrong(y[train], validated(kernels[g], y, train, C))
                    for g in candidates
                    for C in PRICES[2:-1]
                }
            )
            error = wrong(y[test], scores(kernels[g], y, C, train, test))
            rows.append(
                {"kernel": name, "C": C, "width": g or "", "seed": seed, "error": f"{error:.4f}"}
            )
    title = "Share of wrong test birds, chinstrap against Adelie and gentoo, by their bills"
    units = "width is g in exp(-g d^2), d the distance of standardised bills; error from 0 to 1"
    store("kernel", title, units, rows)


# Probabilities and decisions.


def newton(slopes, X, y, C, steps=100):
    """The w (last: intercept, not penalised) of least |w|^2/2 + C (the sum of losses).

    slopes(m, y): the losses, and their first and second derivative by the margin or the score.
    """
    X = np.column_stack([X, np.ones(len(X))])
    kept = np.eye(X.shape[1])
    kept[-1, -1] = 0

    def cost(w):
        return w @ kept @ w / 2 + C * slopes(X @ w, y)[0].sum()

    w = np.zeros(X.shape[1])
    for _ in range(steps):
        _, first, second = slopes(X @ w, y)
        gradient = kept @ w + C * X.T @ first
        hessian = kept + C * X.T @ (second[:, None] * X) + 1e-9 * np.eye(len(w))
        step, size = np.linalg.solve(hessian, gradient), 1.0
        if gradient @ step < 1e-12:
            break
        while cost(w - size * step) > cost(w) - 0.1 * size * (gradient @ step) and size > 1e-9:
            size /= 2
        w = w - size * step
    return w


def log_loss(z, target):
    """Cross-entropy of targets in [0, 1], or of labels -1 and +1 as 0 and 1."""
    target = (target + 1) / 2 if target.min() < 0 else target
    p = 1 / (1 + np.exp(-np.clip(z, -500, 500)))
    return np.logaddexp(0, z) - target * z, p - target, p * (1 - p)


def mean_log_loss(z, target):
    return log_loss(z, target)[0].mean()


def squared_hinge(score, y):
    short = np.maximum(1 - y * score, 0)
    return short**2, -2 * y * short, 2.0 * (short > 0)


def platt(score, y):
    """Slope and intercept of the log odds, from the targets of Platt (2000)."""
    many, few = (y > 0).sum(), (y < 0).sum()
    target = np.where(y > 0, (many + 1) / (many + 2), 1 / (few + 2))
    return newton(log_loss, score[:, None], target, C=1e6)


def harm(y, says):
    """A chinstrap that is missed costs nine times what a false alarm costs."""
    return (9 * ((y > 0) & ~says) + ((y < 0) & says)).mean()


def record_decisions():
    X, y, rows, odds = BILLS[TWO], LABELS[TWO], [], np.log(1 / 9)
    weigh = {
        "no weights": np.ones(len(y)),
        "balanced": np.where(y > 0, len(y) / (2 * (y > 0).sum()), len(y) / (2 * (y < 0).sum())),
        "weight 9": np.where(y > 0, 9.0, 1.0),
    }
    for seed in SEEDS:
        train, test = split(seed, len(y))
        Z = standardise(X, train)
        K, prices = Z @ Z.T, PRICES[1:]

        def add(name, C, z, says, truth=y[test], seed=seed, K=K):
            rows.append(
                {
                    "model": name,
                    "seed": seed,
                    "C": C,
                    "log_loss": "" if z is None else f"{mean_log_loss(z, truth):.4f}",
                    "harm": f"{harm(truth, says):.4f}",
                    "found": f"{says[truth > 0].mean():.4f}",
                    "kept": f"{(~says[truth < 0]).mean():.4f}",
                }
            )

        for name, weights in weigh.items():
            inside = {C: validated(K, y, train, C, weights) for C in prices}
            C = least({C: harm(y[train], inside[C] > 0) for C in prices})
            add(f"hinge, {name}", C, None, scores(K, y, C, train, test, weights) > 0)
        inside = {C: validated(K, y, train, C) for C in prices}
        # As it is, through a sigmoid
        C = least({C: mean_log_loss(inside[C], y[train]) for C in prices})
        z = scores(K, y, C, train, test)
        add("hinge, sigmoid", C, z, z > odds)
        # Platt scaling, on the scores of the folds
        lines = {C: platt(inside[C], y[train]) for C in prices}
        said = {C: slope * inside[C] + level for C, (slope, level) in lines.items()}
        C = least({C: mean_log_loss(said[C], y[train]) for C in prices})
        z = lines[C][0] * scores(K, y, C, train, test) + lines[C][1]
        add("hinge, Platt scaling", C, z, z > odds)
        # Logistic regression

        def logistic(C, some, at, Z=Z):
            w = newton(log_loss, Z[some], (y[some] + 1) / 2, C)
            return Z[at] @ w[:-1] + w[-1]

        inside = {C: np.empty(len(train)) for C in prices}
        for C in prices:
            for others, own in folds(len(train)):
                inside[C][own] = logistic(C, train[others], train[own])
        C = least({C: mean_log_loss(inside[C], y[train]) for C in prices})
        z = logistic(C, train, test)
        add("logistic regression", C, z, z > odds)
        base = np.full(len(test), np.log((y[train] > 0).mean() / (y[train] < 0).mean()))
        add("share of chinstraps alone", "", base, base > odds)
    units = (
        "log_loss in nats a bird, of the probabilities; harm a bird, 9 for a missed chinstrap and "
        "1 for a false alarm; found: share of the chinstraps that are named; kept: of the Adelie"
    )
    title = "Adelie or chinstrap by the bill: decisions and probabilities"
    store("decisions", title, units, rows)


# One decimal point lost.


def line_of(loss, X, y, C):
    if loss in ("hinge", "ramp"):
        keep = np.ones(len(y), bool)
        for _ in range(20):
            K = X[keep] @ X[keep].T
            alpha, b = svm(K, y[keep], C, tolerance=1e-4)
            w = X[keep].T @ (alpha * y[keep])
            far = y * (X @ w + b) < -1
            if loss == "hinge" or (far == ~keep).all():
                break
            keep = ~far  # beyond -1 the ramp is flat
        return np.append(w, b)
    target = (y + 1) / 2 if loss == "logistic" else y
    return newton(log_loss if loss == "logistic" else squared_hinge, X, target, C)


def record_slips():
    X, y, rows = BILLS[TWO] - BILLS[TWO].mean(axis=0), LABELS[TWO], []
    for loss in ("hinge", "squared hinge", "logistic", "ramp"):

        def mistakes(C, loss=loss):
            found = 0
            for seed in range(1000, 1010):
                order = np.random.default_rng(seed).permutation(len(y))
                for others, own in folds(len(y)):
                    w = line_of(loss, X[order[others]], y[order[others]], C)
                    found += (y[order[own]] * (X[order[own]] @ w[:-1] + w[-1]) <= 0).sum()
            return found

        C = least({C: mistakes(C) for C in (0.01, 0.1, 1, 10)})
        w = line_of(loss, X, y, C)
        clean = y * (X @ w[:-1] + w[-1]) <= 0
        for row in np.flatnonzero(y < 0):
            typed = X.copy()
            typed[row, 0] += 9 * BILLS[TWO][row, 0]  # ten times as long
            w = line_of(loss, typed, y, C)
            margin = y * (typed @ w[:-1] + w[-1])
            rest = np.arange(len(y)) != row
            rows.append(
                {
                    "loss": loss,
                    "C": C,
                    "row": row,
                    "clean": clean[rest].sum(),
                    "slipped": (margin[rest] <= 0).sum(),
                }
            )
    units = (
        "row: the Adelie whose bill is typed ten times too long; how many of the other 218 are "
        "wrong without the slip (clean) and with it (slipped)"
    )
    store("slips", "What one lost decimal point does to a line between 219 penguins", units, rows)


# Three species.


def slopes_of_classes(name, S, hot):
    """Losses (batch, n) and their gradients by the scores (batch, n, K)."""
    own = (S * hot).sum(axis=-1, keepdims=True)
    if name == "one against the rest":
        sign = 2 * hot - 1
        return np.maximum(1 - sign * S, 0).sum(-1), np.where(sign * S < 1, -sign, 0)
    if name == "softmax, cross-entropy":
        e = np.exp(S - S.max(axis=-1, keepdims=True))
        p = e / e.sum(axis=-1, keepdims=True)
        return -np.log((p * hot).sum(axis=-1)), p - hot
    short = np.where(hot > 0, 0, 1 + S - own)
    if name == "Weston-Watkins":
        push = (short > 0) * 1.0
    else:  # Crammer-Singer: only the worst other class
        push = np.zeros_like(S)
        np.put_along_axis(push, short.argmax(axis=-1)[..., None], 1.0, axis=-1)
        push *= (short > 0) & (hot == 0)
    pick = np.maximum(short, 0)
    losses = pick.sum(axis=-1) if name == "Weston-Watkins" else pick.max(axis=-1)
    return losses, push - hot * push.sum(axis=-1, keepdims=True)


def descend(name, X, hot, C, rate, steps=2000):
    """The mean of the second half of the steps, and its cost a sample; a batch of data sets."""
    penalty = np.ones((X.shape[2], 1)) / (X.shape[1] * C)
    penalty[-1] = 0
    W, mean = np.zeros((len(X), X.shape[2], hot.shape[2])), 0
    for t in range(steps):
        _, by_score = slopes_of_classes(name, X @ W, hot)
        W = W - rate / (1 + t / 50) ** 0.5 * (
            X.swapaxes(1, 2) @ by_score / X.shape[1] + penalty * W
        )
        if t >= steps // 2:
            mean = mean + 2 * W / steps
    losses, _ = slopes_of_classes(name, X @ mean, hot)
    return mean, losses.mean(axis=1) + (penalty * mean**2).sum(axis=(1, 2)) / 2


CLASSES = "one against the rest", "Weston-Watkins", "Crammer-Singer", "softmax, cross-entropy"


def record_classes():
    prices, rates, rows = (0.1, 1, 10, 100), (0.3, 1, 3, 10), []
    for features, raw in (("bills", BILLS), ("all four", penguins.values[:, 1:])):

        def batch(pairs, raw=raw):
            both = ([], []), ([], [])
            for train, test in pairs:
                Z = np.column_stack([standardise(raw, train), np.ones(len(raw))])
                for some, (xs, ys) in zip((train, test), both, strict=True):
                    xs.append(Z[some])
                    ys.append(np.eye(3)[SPECIES[some]])
            return [np.stack(part) for pair in both for part in pair]

        splits = [split(seed, len(raw)) for seed in SEEDS]
        whole = batch(splits)
        parts = [
            batch((train[others], train[own]) for train, _ in splits)
            for others, own in folds(228, 3)
        ]
        tuning = batch(split(seed, len(raw)) for seed in range(1000, 1004))
        for name in CLASSES:
            errors, tests = {}, {}
            for C in prices:
                costs = {r: descend(name, *tuning[:2], C, r)[1].mean() for r in rates}
                rate = least(costs)

                def error(x, hot, xs, ys, C=C, rate=rate, name=name):
                    W, _ = descend(name, x, hot, C, rate)
                    return ((xs @ W).argmax(-1) != ys.argmax(-1)).mean(axis=1)

                errors[C] = np.mean([error(*part) for part in parts], axis=0)
                tests[C] = error(*whole)
                print(features, name, C, rate, tests[C].mean(), flush=True)
            for seed in SEEDS:
                C = least({C: errors[C][seed] for C in prices})
                rows.append(
                    {
                        "features": features,
                        "loss": name,
                        "C": C,
                        "seed": seed,
                        "error": f"{tests[C][seed]:.4f}",
                    }
                )
    units = "C and seed (of the split) as named; error from 0 to 1"
    store("classes", "Share of wrong test birds of three species, linear scores", units, rows)


# What libraries return for three classes.


def record_libraries():
    os.environ |= {"CUDA_VISIBLE_DEVICES": "-1", "KERAS_BACKEND": "tensorflow"}
    import keras
    import sklearn
    import torch
    from sklearn.metrics import hinge_loss

    S, rows = [[1.0, 0.5, 0.8], [0.5, -3.0, -3.0]], []
    margin = torch.nn.MultiMarginLoss(reduction="none")(torch.tensor(S), torch.tensor([0, 0]))
    found = {
        f"scikit-learn {sklearn.__version__} hinge_loss": [
            hinge_loss([0], [s], labels=[0, 1, 2]) for s in S
        ],
        f"PyTorch {torch.__version__} MultiMarginLoss": margin.tolist(),
        f"Keras {keras.__version__} CategoricalHinge": keras.losses.CategoricalHinge(
            reduction="none"
        )([[1.0, 0, 0]] * 2, S),
    }
    for name, values in found.items():
        rows.append({"call": name, "first": f"{values[0]:.4f}", "second": f"{values[1]:.4f}"})
    units = "first: scores (1, 0.5, 0.8); second: scores (0.5, -3, -3); the first class is true"
    source = "recorded by tools/record_hinge.py"
    store("libraries", "Hinge losses of three classes", units, rows, source)


if __name__ == "__main__":
    everything = "scales", "kernel", "decisions", "slips", "classes", "libraries"
    for name in sys.argv[1:] or everything:
        globals()[f"record_{name}"]()
