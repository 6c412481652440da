"""Write lossbook/data/contrastive_runs.csv: how good maps are that were learnt from pairs.

    python tools/record_contrastive.py

Small networks map digits to vectors; only the pairs and what is asked of them differ. The step size
of each contestant is the best of RATES on four other seeds, judged by held-out training digits.
All seeds are trained at once: arrays begin with an axis for them.
"""

import functools
import platform

import numpy as np

from lossbook import contrastive, cross_entropy_with_logits, datasets, tables

SEEDS, TUNING = range(30), range(1000, 1004)
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
STEPS, PAIRS = 600, 64

digits = datasets.digits()
PIXELS, LABEL = digits.values[:, :64] / 16, digits["label"].astype(int)


def split(seed, classes, tuning):
    """What to learn from, and what to judge by: new pictures, or those of the classes left out."""
    end, stop = (750, 1000) if tuning else (1000, len(LABEL))
    order = np.random.default_rng([seed, 1]).permutation(10)
    learnt, judged = (order[:classes], order[classes:]) if classes < 10 else (order, order)
    train, test = np.flatnonzero(np.isin(LABEL[:end], learnt)), np.arange(end, stop)
    return train, test[np.isin(LABEL[end:stop], judged)]


@functools.cache
def pairs(seed, classes, size, tuning, similar):
    """The start and all pairs of a training; the first `similar` of a step are of one class."""
    rng, (train, _) = np.random.default_rng(seed), split(seed, classes, tuning)
    order = train[np.argsort(LABEL[train], kind="stable")]
    count = np.bincount(LABEL[train], minlength=10)
    start = count.cumsum() - count
    weights = rng.normal(size=(64, 32)) / 8, rng.normal(size=(32, size)) / 32**0.5
    drawn = []
    for _ in range(STEPS):
        a, b = train[rng.integers(0, len(train), (2, PAIRS))]
        c = LABEL[a[:similar]]
        b[:similar] = order[start[c] + rng.integers(0, count[c])]
        drawn.append((a, b))
    return weights, np.array(drawn)


def squares(z):
    """The squared distances of all pairs."""
    length = (z**2).sum(axis=-1)
    return np.maximum(length[..., None] + length[..., None, :] - 2 * z @ z.swapaxes(-1, -2), 0)


def by_margin(z, a, b, margin=1.0, turned=False, alone=False):
    """The contrastive loss: the gradient by all places, the share of idle negatives."""
    one, two = z[:, :PAIRS], z[:, PAIRS:]
    y = LABEL[a] == LABEL[b]
    difference = one - two
    d = np.sqrt((difference**2).sum(axis=-1))
    lacks = np.maximum(0, margin - d)
    push = -lacks / np.where(d > 0, d, np.inf)
    force = np.where(~y if turned else y, 1.0, push)
    if alone:  # similar pairs alone
        force = np.where(y, force, 0.0)
    g = force[..., None] * difference / PAIRS
    idle = ((~y & (lacks == 0)).sum(axis=1) / np.maximum(1, (~y).sum(axis=1))).astype(float)
    return np.concatenate([g, -g], axis=1), idle


def infonce(z, a, b, temperature, candidates=PAIRS, mask=False, both=False):
    """In-batch negatives: each first of a pair looks for its second among so many seconds."""
    seeds, groups = len(z), PAIRS // candidates
    one, two = (x.reshape(seeds, groups, candidates, -1) for x in (z[:, :PAIRS], z[:, PAIRS:]))
    s = one @ two.swapaxes(-1, -2) / temperature
    if mask:  # candidates of the anchor's class are no negatives
        of_a, of_b = (LABEL[x].reshape(seeds, groups, candidates) for x in (a, b))
        false = (of_a[..., None] == of_b[..., None, :]) & ~np.eye(candidates, dtype=bool)
        s = np.where(false, -np.inf, s)
    g = softmax(s) - np.eye(candidates)
    if both:  # the seconds look for their firsts, too
        g = (g + (softmax(s.swapaxes(-1, -2)) - np.eye(candidates)).swapaxes(-1, -2)) / 2
    g = g / (temperature * PAIRS)
    parts = (x.reshape(seeds, PAIRS, -1) for x in (g @ two, g.swapaxes(-1, -2) @ one))
    return np.concatenate(list(parts), axis=1), np.zeros(seeds)


def nt_xent(z, a, b, temperature):
    """Everybody looks for their partner among all others."""
    n = z.shape[1]
    s = np.where(np.eye(n, dtype=bool), -np.inf, z @ z.swapaxes(-1, -2) / temperature)
    g = (softmax(s) - np.roll(np.eye(n), n // 2, axis=1)) / (temperature * n)
    return (g + g.swapaxes(-1, -2)) @ z, np.zeros(len(z))


def supcon(z, a, b, temperature):
    """Everybody looks for each of their class among all others."""
    n, c = z.shape[1], LABEL[np.concatenate([a, b], axis=1)]
    s = np.where(np.eye(n, dtype=bool), -np.inf, z @ z.swapaxes(-1, -2) / temperature)
    alike = (c[:, :, None] == c[:, None]) & ~np.eye(n, dtype=bool)
    g = (softmax(s) - alike / alike.sum(axis=-1, keepdims=True)) / (temperature * n)
    return (g + g.swapaxes(-1, -2)) @ z, np.zeros(len(z))


def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def moved(x, right, down):
    """Pictures moved by whole pixels, with empty ones in the place of what went out."""
    wide = np.pad(x.reshape(*x.shape[:-1], 8, 8), [(0, 0)] * (x.ndim - 1) + [(1, 1)] * 2)
    return wide[..., 1 - down : 9 - down, 1 - right : 9 - right].reshape(x.shape)


COPIES = np.array([moved(PIXELS, i % 3 - 1, i // 3 - 1) for i in range(9)])


def embed(W, x, unit):
    hidden = np.tanh(x @ W[0] + W[1])
    z = hidden @ W[2] + W[3]
    length = np.linalg.norm(z, axis=-1, keepdims=True) if unit else 1.0
    return hidden, z / length, length


def train(way, seeds, classes, size, unit, rates, tuning=False, scale=1.0, views=False):
    """The networks of all seeds; the share of idle negatives in the last hundred steps."""
    similar = PAIRS // 2 if way.func is by_margin else PAIRS
    given = [pairs(seed, classes, size, tuning, similar) for seed in seeds]
    W = [np.array([w[0] for w, _ in given]), np.zeros((len(seeds), 1, 32))]
    W += [scale * np.array([w[1] for w, _ in given]), np.zeros((len(seeds), 1, size))]
    drawn = np.array([d for _, d in given])
    if views:  # two copies of one picture, each moved by at most a pixel each way
        shape = STEPS, 2 * PAIRS
        shifts = np.array(
            [np.random.default_rng([seed, 2]).integers(9, size=shape) for seed in seeds]
        )
    rates, idle = np.asarray(rates, float).reshape(-1, 1, 1), 0
    for t in range(STEPS):
        a, b = drawn[:, t, 0], drawn[:, t, 1]
        both = np.concatenate([a, a if views else b], axis=1)
        x = COPIES[shifts[:, t], both] if views else PIXELS[both]
        hidden, z, length = embed(W, x, unit)
        g, share = way(z, a, b)
        if unit:
            g = (g - (g * z).sum(axis=-1, keepdims=True) * z) / length
        inner = (g @ W[2].swapaxes(-1, -2)) * (1 - hidden**2)
        slopes = [x.swapaxes(-1, -2) @ inner, inner.sum(axis=1, keepdims=True)]
        slopes += [hidden.swapaxes(-1, -2) @ g, g.sum(axis=1, keepdims=True)]
        for w, slope in zip(W, slopes, strict=True):
            w -= rates * slope
            w.round(5, out=w)
        if t >= STEPS - 100:
            idle = idle + share / 100
    return W, idle


def precision(queries, z, c):
    """Of the five nearest of each query, itself left out, the share of its class."""
    d = ((queries**2).sum(axis=1)[:, None] + (z**2).sum(axis=1)) - 2 * queries @ z.T
    np.fill_diagonal(d, np.inf)
    return (c[d.round(9).argsort(axis=1, kind="stable")[:, :5]] == c[:, None]).mean()


def told_apart(z, c):
    """For all thresholds, the mean of two shares: alike and nearer, not alike and farther."""
    i, k = np.triu_indices(len(c), 1)
    d, alike = np.sqrt(squares(z)[i, k]).round(9), c[i] == c[k]
    order = d.argsort(kind="stable")
    near = np.cumsum(alike[order]) / alike.sum()
    wrong = np.cumsum(~alike[order]) / (~alike).sum()
    return d[order], (near + 1 - wrong) / 2


def share(table, at):
    thresholds, shares = table
    return shares[max(0, np.searchsorted(thresholds, at) - 1)]


def judge(f, train, test):
    """How good the map f is: precision of pictures and of moved ones, and what a threshold tells.

    The threshold is half of the margin, the best for training pictures, the best that there is.
    """
    z, c = f(PIXELS[test]), LABEL[test]
    shifted = f(moved(PIXELS[test], 1, 0))
    learnt = told_apart(f(PIXELS[train[:500]]), LABEL[train[:500]])
    new = told_apart(z, c)
    chosen = learnt[0][learnt[1].argmax()]
    found = precision(z, z, c), precision(shifted, z, c)
    return *found, share(new, 0.5), share(new, chosen), new[1].max()


def judged(W, seeds, classes, unit):
    maps = ((lambda x, s=s: embed([w[s] for w in W], x, unit)[1]) for s in range(len(seeds)))
    return [judge(f, *split(seed, classes, False)) for f, seed in zip(maps, seeds, strict=True)]


def tuned(way, classes, size, unit, **options):
    """The best of RATES, by the precision of pictures that were held out."""
    trial = [*TUNING] * len(RATES)
    rates = np.repeat(RATES, len(TUNING))
    W, _ = train(way, trial, classes, size, unit, rates, tuning=True, **options)
    found = []
    for one, seed in enumerate(trial):
        test = split(seed, classes, True)[1]
        z = embed([w[one] for w in W], PIXELS[test], unit)[1]
        found.append(precision(z, z, LABEL[test]))
    scores = np.reshape(found, (len(RATES), -1)).mean(axis=1)
    print(scores.round(3), end=" ")
    return RATES[scores.argmax()]


def ask(f, **options):
    return functools.partial(f, **options)


PLAIN = {"contrastive": ask(by_margin)}
COSINES = {
    "contrastive": ask(by_margin),
    **{f"InfoNCE, {heat}": ask(infonce, temperature=heat) for heat in (0.05, 0.1, 0.2, 0.5, 1.0)},
    **{f"masked, {heat}": ask(infonce, temperature=heat, mask=True) for heat in (0.05, 0.2)},
    **{f"of {n}": ask(infonce, temperature=0.2, candidates=n) for n in (2, 4, 16)},
    **{f"copies, of {n}": ask(infonce, temperature=0.2, candidates=n) for n in (2, 16, 64)},
    "copies, NT-Xent": ask(nt_xent, temperature=0.2),
    "both ways": ask(infonce, temperature=0.2, both=True),
    "SupCon": ask(supcon, temperature=0.2),
}
NEW = {
    name: COSINES[name]
    for name in ("contrastive", "InfoNCE, 0.2", "masked, 0.2", "SupCon", "copies, NT-Xent")
}
SETTINGS = [
    (10, 2, "free", PLAIN),
    (10, 8, "free", PLAIN),
    (10, 8, "unit", COSINES),
    (7, 2, "free", PLAIN),
    (7, 8, "free", PLAIN),
    (7, 8, "unit", NEW),
]
BROKEN = {  # in the plane, with the step size that was tuned for the right training
    "labels turned": (ask(by_margin, turned=True), {}),
    "no negatives": (ask(by_margin, alone=True), {}),
    "too large": (ask(by_margin), {"scale": 100.0}),
}


def controls():
    """The gradients here are those of the losses of the book."""
    rng = np.random.default_rng(0)
    z = rng.normal(size=(1, 2 * PAIRS, 3))
    a, b = rng.integers(0, 1000, (2, 1, PAIRS))
    y = (LABEL[a] == LABEL[b])[0].astype(float)
    exact = np.concatenate(contrastive.grad(z[0, :PAIRS], z[0, PAIRS:], y)) / PAIRS
    assert np.allclose(by_margin(z, a, b)[0][0], exact)
    assert not np.allclose(by_margin(z, a, b, turned=True)[0][0], exact)
    b = a + 0
    same = LABEL[np.r_[a[0], b[0]]]
    same = (same[:, None] == same) & ~np.eye(2 * PAIRS, dtype=bool)
    classes = {
        "infonce": (ask(infonce, temperature=0.5), None),
        "nt_xent": (ask(nt_xent, temperature=0.5), np.roll(np.eye(2 * PAIRS), PAIRS, axis=1)),
        "supcon": (ask(supcon, temperature=0.5), same / same.sum(axis=1, keepdims=True)),
    }
    step = 1e-6 * rng.normal(size=z.shape)
    for name, (way, target) in classes.items():

        def loss(z, target=target):
            if target is None:
                return cross_entropy_with_logits(z[:PAIRS] @ z[PAIRS:].T / 0.5, np.eye(PAIRS))
            others = ~np.eye(2 * PAIRS, dtype=bool)
            s = (z @ z.T / 0.5)[others].reshape(2 * PAIRS, -1)
            return cross_entropy_with_logits(s, target[others].reshape(2 * PAIRS, -1))

        slope = (way(z, a, b)[0] * step).sum()
        assert np.isclose((loss((z + step)[0]) - loss((z - step)[0])).mean() / 2, slope), name


def runs():
    for classes, size, length, ways in SETTINGS:
        unit, kind = length == "unit", (classes, size, length)
        for seed in SEEDS:
            values = judge(lambda x: x, *split(seed, classes, False))
            yield [*kind, "pixels", "", seed, *(f"{v:.4f}" for v in values), "", ""]
        cases = {name: (way, {"views": name.startswith("copies")}) for name, way in ways.items()}
        if (classes, size) == (10, 2):
            cases |= BROKEN
            cases["too large, tuned"] = BROKEN["too large"]
        for name, (way, options) in cases.items():
            if name not in BROKEN:  # these get the step size of the right training
                rate = tuned(way, classes, size, unit, **options)
            W, idle = train(way, SEEDS, classes, size, unit, rate, **options)
            found = judged(W, SEEDS, classes, unit)
            stuck = [(abs(np.tanh(PIXELS @ W[0][s] + W[1][s])) > 0.999).mean() for s in SEEDS]
            print(*kind, name, rate, np.mean(found, axis=0).round(3), flush=True)
            for seed, values, *shares in zip(SEEDS, found, idle, stuck, strict=True):
                numbers = [f"{v:.4f}" for v in (*values, *shares)]
                yield [*kind, name, rate, seed, *numbers]
        W, _ = train(way, SEEDS, classes, size, unit, 0.0)
        for seed, values in zip(SEEDS, judged(W, SEEDS, classes, unit), strict=True):
            yield [*kind, "untrained", "", seed, *(f"{v:.4f}" for v in values), "", ""]


if __name__ == "__main__":
    controls()
    head = "classes size length way rate seed precision moved half chosen best idle stuck"
    about = {
        "title": "Digits embedded by small networks that learnt from pairs, one row a network",
        "source": f"tools/record_contrastive.py with numpy {np.__version__}, "
        f"Python {platform.python_version()}",
        "licence": "CC BY 4.0, as the text of the book",
    }
    tables.write("contrastive_runs", about, head.split(), runs())
