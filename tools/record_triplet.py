"""Write lossbook/data/triplet_runs.csv and triplet_collapse.csv: what the choice of triplets does.

    python tools/record_triplet.py [triplet_runs] [triplet_collapse]

Small networks map digits to vectors; only what a batch asks of them differs. The step size of each
contestant is the best of RATES on four other seeds, judged on training digits that were held out.
All seeds are trained at once: arrays begin with an axis for them.
"""

import platform
import sys

import numpy as np

from lossbook import contrastive, datasets, tables, triplet

SEEDS, TUNING = range(30), range(1000, 1004)
RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
STEPS, EACH, HEAT = 500, 4, 0.1  # four pictures of each class; the temperature of cosines

digits = datasets.digits()
PIXELS, LABEL = digits.values[:, :64] / 16, digits["label"].astype(int)


def task(seeds, classes, size, tuning=False):
    """For each seed the pictures to learn from and to judge by, the start, and all batches."""
    end, stop = (750, 1000) if tuning else (1000, len(LABEL))
    found = []
    for seed in seeds:
        # With ten classes, judge by new pictures; with seven, by those of the other three.
        order = np.random.default_rng([seed, 1]).permutation(10) if classes < 10 else np.arange(10)
        learnt, judged = np.sort(order[:classes]), order[classes:] if classes < 10 else order
        test = end + np.flatnonzero(np.isin(LABEL[end:stop], judged))
        of_class = [np.flatnonzero(LABEL[:end] == c) for c in learnt]
        rng = np.random.default_rng(seed)
        W = [rng.normal(size=(64, 32)) / 8, np.zeros((1, 32))]
        W += [rng.normal(size=(32, size)) / np.sqrt(32), np.zeros((1, size))]
        batches, draws = [], []
        for _ in range(STEPS):
            some = [rng.choice(one, EACH, replace=False) for one in of_class]
            batches.append(np.concatenate(some))
            draws.append(rng.integers(EACH * (classes - 1), size=EACH * (EACH - 1) * classes))
        proxies = np.random.default_rng([seed, 2]).normal(size=(classes, size))
        found.append((test, [*W, proxies], np.array(batches), np.array(draws)))
    tests, starts, batches, draws = zip(*found, strict=True)
    starts = [np.array(w) for w in zip(*starts, strict=True)]
    return tests, starts, np.array(batches), np.array(draws)


def squares(z):
    """The squared distances of all pairs."""
    length = (z**2).sum(axis=-1)
    d = length[..., None] + length[..., None, :] - 2 * z @ z.swapaxes(-1, -2)
    return np.maximum(d, 0)


def pairs(classes):
    """Anchor and positive of all ordered pairs of one class, anchors in order; who is other."""
    c = np.repeat(np.arange(classes), EACH)
    a, p = np.nonzero((c[:, None] == c) & ~np.eye(len(c), dtype=bool))
    return a, p, c[a, None] != c


def mine(kind, d, drawn):
    """Anchors, positives and negatives, of shape (seeds, triplets); and which of them count."""
    (seeds, n), (a, p, other) = d.shape[:2], pairs(d.shape[1] // EACH)
    if kind == "all":
        which, c = np.nonzero(other)
        return *(np.tile(i, (seeds, 1)) for i in (a[which], p[which], c)), True
    count, near = True, d[:, a, p]
    if kind == "random":
        chosen = ((a // EACH + 1) * EACH + drawn) % n  # counted from where the next class begins
    elif kind == "semi-hard":  # the nearest of those farther than the positive, if there are any
        far = np.where(other & (d[:, a] > near[..., None]), d[:, a], np.inf)
        chosen, count = far.argmin(axis=-1), np.isfinite(far.min(axis=-1))
    else:
        same = np.arange(n)[:, None] // EACH == np.arange(n) // EACH
        chosen = np.where(same, np.inf, d).argmin(axis=-1)[:, a]
    if kind == "batch-hard":
        near = near.reshape(seeds, n, EACH - 1)
        count = (np.arange(EACH - 1) == near.argmax(axis=-1)[..., None]).reshape(seeds, -1)
    return *(np.tile(i, (seeds, 1)) for i in (a, p)), chosen, count


def add_up(d, i, j, weight):
    """A matrix for each seed, in which the weights stand at the places (i, j), summed."""
    n = d.shape[1]
    flat = ((np.arange(len(d)) * n)[:, None] + i) * n + j
    return np.bincount(flat.ravel(), weight.ravel(), d.size).reshape(d.shape)


def by_order(kind, form, margin, swap=False):
    """A loss of triplets: the share that is not silent, the mean loss, the gradient by z."""

    def forces(z, drawn):
        d = squares(z)
        s = np.arange(len(z))[:, None]
        a, p, n, count = mine(kind, d, drawn)
        if swap:  # anchor and positive change places if the negative is nearer to the positive
            turned = d[s, p, n] < d[s, a, n]
            a, p = np.where(turned, p, a), np.where(turned, a, p)
        near, far = d[s, a, p], d[s, a, n]
        weight = count * np.ones(near.shape)
        weight /= weight.sum(axis=1, keepdims=True).clip(1)
        pull, push = 1.0, 1.0
        if form != "squared":  # the derivative of a root; 0 at a distance of 0
            near, far = np.sqrt(near), np.sqrt(far)
            pull, push = (1 / np.where(x > 0, 2 * x, np.inf) for x in (near, far))
        gap = near - far + margin
        if form == "soft":
            slope, losses = weight / (1 + np.exp(-gap)), np.logaddexp(0, gap)
        else:
            slope, losses = weight * (gap > 0), np.maximum(gap, 0)
        H = add_up(d, a, p, slope * pull) - add_up(d, a, n, slope * push)
        active = (weight * (gap > 0)).sum(axis=1)
        return active, (weight * losses).sum(axis=1), of_squares(H, z)

    return forces


def of_squares(H, z):
    """The gradient by z, given that by the squared distances."""
    H = H + H.swapaxes(-1, -2)
    return 2 * (H.sum(axis=-1)[..., None] * z - H @ z)


def by_pairs(margin):
    """The contrastive loss of the pairs in randomly drawn triplets."""

    def forces(z, drawn):
        d = squares(z)
        s = np.arange(len(z))[:, None]
        a, p, n, _ = mine("random", d, drawn)
        near, far = d[s, a, p], np.sqrt(d[s, a, n])
        lacks = np.maximum(0, margin - far)
        push = lacks / np.where(far > 0, 2 * far, np.inf)
        H = add_up(d, a, p, np.full(a.shape, 0.5)) - add_up(d, a, n, push)
        active = (1 + (lacks > 0).mean(axis=1)) / 2
        losses = (near + lacks**2).mean(axis=1) / 4
        return active, losses, of_squares(H / (2 * a.shape[1]), z)

    return forces


def by_cosines(kind):
    """Softmax of cosines: which of the candidates is the positive?"""

    def forces(z, drawn):
        n = z.shape[1]
        a, p, _ = pairs(n // EACH)
        allowed = np.arange(n) != a[:, None]  # SupCon: everybody else
        if kind == "N-pair":  # the positive, and one picture of each other class
            allowed = np.arange(n) % EACH == (p % EACH)[:, None]
        s = np.where(allowed, (z @ z.swapaxes(-1, -2))[:, a] / HEAT, -np.inf)
        e = np.exp(s - s.max(axis=-1, keepdims=True))
        share = e / e.sum(axis=-1, keepdims=True)
        losses = -np.log(np.take_along_axis(share, p[None, :, None], axis=-1)).mean(axis=(1, 2))
        slope = (share - (np.arange(n) == p[:, None])) / (HEAT * len(a))
        G = slope.reshape(len(z), n, EACH - 1, n).sum(axis=2)
        return np.ones(len(z)), losses, (G + G.swapaxes(-1, -2)) @ z

    return forces


def by_proxies(z, proxies):
    """Softmax of the cosines with one learnt vector for each class; also its gradient."""
    length = np.linalg.norm(proxies, axis=-1, keepdims=True)
    q = proxies / length
    s = z @ q.swapaxes(-1, -2) / HEAT
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    share = e / e.sum(axis=-1, keepdims=True)
    hot = np.repeat(np.eye(q.shape[1]), EACH, axis=0)
    slope = (share - hot) / (HEAT * z.shape[1])
    by_q = slope.swapaxes(-1, -2) @ z
    by_q = (by_q - (by_q * q).sum(axis=-1, keepdims=True) * q) / length
    losses = -np.log((share * hot).sum(axis=-1)).mean(axis=-1)
    return np.ones(len(z)), losses, slope @ q, by_q


def embed(W, x, unit):
    hidden = np.tanh(x @ W[0] + W[1])
    z = hidden @ W[2] + W[3]
    length = np.linalg.norm(z, axis=-1, keepdims=True) if unit else 1.0
    return hidden, z / length, length


def train(forces, given, rates, unit, look=()):
    """The networks after all steps, the share of active ones in the last 100; looks on the way."""
    _, starts, batches, draws = given
    W = [w.copy() for w in starts]
    means = [[0 * w, 0 * w] for w in W]
    shares, seen = 0, {}
    rates = np.asarray(rates, float).reshape(-1, 1, 1)
    for t in range(1, STEPS + 1):
        x = PIXELS[batches[:, t - 1]]
        hidden, z, length = embed(W, x, unit)
        if forces == "proxy":
            active, losses, g, by_q = by_proxies(z, W[4])
        else:
            active, losses, g = forces(z, draws[:, t - 1])
            by_q = 0 * W[4]
        if unit:
            g = (g - (g * z).sum(axis=-1, keepdims=True) * z) / length
        inner = (g @ W[2].swapaxes(-1, -2)) * (1 - hidden**2)
        slopes = [x.swapaxes(-1, -2) @ inner, inner.sum(axis=1, keepdims=True)]
        slopes += [hidden.swapaxes(-1, -2) @ g, g.sum(axis=1, keepdims=True), by_q]
        for w, slope, mean in zip(W, slopes, means, strict=True):
            mean[0] += 0.1 * (slope - mean[0])
            mean[1] += 0.001 * (slope**2 - mean[1])
            root = np.sqrt(mean[1] / (1 - 0.999**t)) + 1e-8
            w -= rates * mean[0] / (1 - 0.9**t) / root
            w.round(5, out=w)
        if t > STEPS - 100:
            shares += active / 100
        if t in look:
            seen[t] = [spread(z_) for z_ in embed(W, PIXELS[None, :1000], unit)[1]], losses
    return W, shares, seen


def spread(z):
    """The root of the mean squared distance from the centre."""
    return np.sqrt(((z - z.mean(axis=0)) ** 2).sum(axis=1).mean())


def judge(z, c):
    """Precision at 5, recall at 1 and R-precision of each picture's neighbours."""
    d = squares(z)
    np.fill_diagonal(d, np.inf)
    alike = c[d.round(9).argsort(axis=1, kind="stable")[:, :-1]] == c[:, None]
    others = np.bincount(c)[c] - 1
    first = np.arange(alike.shape[1]) < others[:, None]
    r_precision = ((alike & first).sum(axis=1) / others).mean()
    return alike[:, :5].mean(), alike[:, 0].mean(), r_precision


def judged(W, tests, unit):
    found = []
    for one, test in enumerate(tests):
        own = [w[one] for w in W]
        found.append(judge(embed(own, PIXELS[test], unit)[1], LABEL[test]))
    return np.array(found)


FREE = {"pairs": by_pairs(1.0)}
for form in ("squared", "plain"):
    for kind in ("random", "semi-hard", "hardest", "batch-hard", "all"):
        FREE[f"{kind}, {form}"] = by_order(kind, form, 1.0)
FREE["random, plain, swap"] = by_order("random", "plain", 1.0, swap=True)
FREE["batch-hard, soft"] = by_order("batch-hard", "soft", 0.0)
IN_PLANE = {
    name: way
    for name, way in FREE.items()
    if not name.startswith("all") and not name.endswith(("swap", "soft"))
}
UNIT = {"pairs": by_pairs(1.0)}
for kind in ("random", "semi-hard", "hardest", "batch-hard", "all"):
    UNIT[f"{kind}, squared"] = by_order(kind, "squared", 0.2)
UNIT |= {"N-pair": by_cosines("N-pair"), "SupCon": by_cosines("SupCon"), "proxy": "proxy"}
SETTINGS = [(10, 2, False, IN_PLANE), (10, 8, False, FREE), (10, 8, True, UNIT), (7, 8, True, UNIT)]


def controls():
    """The losses here are those of the book, and each gradient is that of its loss."""
    rng = np.random.default_rng(0)
    z, drawn = rng.normal(size=(1, 40, 3)), rng.integers(36, size=(1, 120))
    a, p, n, _ = (i[0] for i in (*mine("random", squares(z), drawn)[:3], [0]))
    for form in ("squared", "plain"):
        losses = triplet(z[0, a], z[0, p], z[0, n], margin=1.0, squared=form == "squared")
        assert np.isclose(by_order("random", form, 1.0)(z, drawn)[1], losses.mean())
    alike = contrastive(z[0, a], z[0, p], np.ones(120)).mean()
    unlike = contrastive(z[0, a], z[0, n], np.zeros(120)).mean()
    assert np.isclose(by_pairs(1.0)(z, drawn)[1], (alike + unlike) / 2)
    step = 1e-6 * rng.normal(size=z.shape)
    for name, forces in (FREE | UNIT).items():
        if forces != "proxy":
            ends = [forces(z + s * step, drawn)[1] for s in (1, -1)]
            slope = (forces(z, drawn)[2] * step).sum()
            assert np.isclose((ends[0] - ends[1])[0] / 2, slope, rtol=1e-4), name
    q = rng.normal(size=(1, 10, 3))
    by_q = by_proxies(z, q)[3]
    step = 1e-6 * rng.normal(size=q.shape)
    ends = [by_proxies(z, q + s * step)[1] for s in (1, -1)]
    assert np.isclose((ends[0] - ends[1])[0] / 2, (by_q * step).sum(), rtol=1e-4)


def write(name, title, head, rows):
    versions = f"numpy {np.__version__}, Python {platform.python_version()}"
    about = {
        "title": title,
        "source": f"tools/record_triplet.py with {versions}",
        "licence": "CC BY 4.0, as the text of the book",
    }
    tables.write(name, about, head, rows)


def runs():
    for classes, size, unit, ways in SETTINGS:
        rates = RATES if classes == 10 else (0.0003, *RATES)  # new classes want small steps
        trial = task([*TUNING] * len(rates), classes, size, tuning=True)
        given = task(SEEDS, classes, size)
        kind = (classes, size, "unit" if unit else "free")
        for one, test in enumerate(given[0]):
            values = [f"{v:.4f}" for v in judge(PIXELS[test], LABEL[test])]
            yield [*kind, "pixels", "", one, *values, "", ""]
        for one, values in enumerate(judged(given[1], given[0], unit)):
            yield [*kind, "untrained", "", one, *(f"{v:.4f}" for v in values), "", ""]
        for name, forces in ways.items():
            W, _, _ = train(forces, trial, np.repeat(rates, len(TUNING)), unit)
            tuned = judged(W, trial[0], unit)[:, 0].reshape(len(rates), -1).mean(axis=1)
            rate = rates[tuned.argmax()]
            W, shares, seen = train(forces, given, rate, unit, look=(STEPS,))
            found, spreads = judged(W, given[0], unit), seen[STEPS][0]
            print(*kind, name, rate, tuned.round(3), found.mean(axis=0).round(3), flush=True)
            for seed, values, share, wide in zip(SEEDS, found, shares, spreads, strict=True):
                numbers = [f"{v:.4f}" for v in (*values, share, wide)]
                yield [*kind, name, rate, seed, *numbers]


def collapses():
    for size, unit in ((2, False), (8, False), (8, True)):
        given = task(SEEDS, 10, size)
        for kind in ("semi-hard", "batch-hard", "hardest"):
            for form in ("squared", "plain"):
                margin = 0.2 if unit else 1.0
                for rate in (0.01, 0.03):
                    forces = by_order(kind, form, margin)
                    looks = train(forces, given, rate, unit, look=(200, STEPS))[2]
                    counts = [sum(s < margin / 10 for s in looks[t][0]) for t in (200, STEPS)]
                    print(size, unit, kind, form, rate, counts, flush=True)
                    yield [size, "unit" if unit else "free", kind, form, rate, *counts]


WRITES = {
    "triplet_runs": (
        "Digits embedded by small networks, one row a network",
        "classes size length way rate seed precision recall r_precision active spread",
        runs,
    ),
    "triplet_collapse": (
        "Of 30 networks, how many had collapsed after 200 and after 500 steps",
        "size length negatives distances rate after_200 after_500",
        collapses,
    ),
}

if __name__ == "__main__":
    controls()
    for name in sys.argv[1:] or WRITES:
        title, head, rows = WRITES[name]
        write(name, title, head.split(), rows())
