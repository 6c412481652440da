"""Record the experiments of the chapter on CTC: lossbook/data/ctc_places.csv, ...

    python tools/record_ctc.py [places] [decoders] [confused]

A small network reads strips of handwritten digits. Its step size is the best of RATES on other
seeds and on images that were held out. All seeds are trained at once: arrays begin with an axis
for them. A few minutes each on one core.
"""

import sys
from collections import Counter, defaultdict
from itertools import groupby

import numpy as np

from lossbook import ctc, datasets, tables

SEEDS, TUNING = range(30), range(1000, 1006)
RATES = (0.003, 0.01, 0.03, 0.1)
STEPS, COLUMNS = 300, 56
TRAIN, HELD_OUT, TEST = (0, 1000), (1000, 1300), (1300, 1797)  # which images
LAYOUTS = ("empty end", "empty start", "anywhere", "cut to length")

digits = datasets.digits()
IMAGES = digits.values[:, :64].reshape(-1, 8, 8).transpose(0, 2, 1) / 16  # a row for each column
NAMES = digits["label"].astype(int)


def store(name, about, rows):
    about = about | {
        "source": "computed by tools/record_ctc.py with numpy " + np.__version__,
        "licence": "CC BY 4.0, as the text of the book",
    }
    tables.write(f"ctc_{name}", about, list(rows[0]), [list(row.values()) for row in rows])


def strips(rng, n, images, layout, chain=0.0):
    """n strips (n, 56, 8); their targets, lengths, input lengths, where their digits begin.

    chain: the probability that a digit is the one before it plus 1.
    """
    x, targets = np.zeros((n, COLUMNS, 8)), np.zeros((n, 5), int)
    begins, lengths = np.zeros((n, 5), int), rng.integers(3, 6, n)
    frames = np.full(n, COLUMNS)
    for i, length in enumerate(lengths):
        chosen = rng.integers(*images, length)
        for u in range(1, length):
            if chain and rng.random() < chain:
                wanted = (NAMES[chosen[u - 1]] + 1) % 10
                chosen[u] = rng.choice(np.arange(*images)[NAMES[slice(*images)] == wanted])
        places = np.cumsum(np.append(0, 8 + rng.integers(4, size=length - 1)))
        width, edge = places[-1] + 8, rng.integers(4)
        if layout == "empty start":
            edge = COLUMNS - width - edge
        elif layout == "anywhere":
            edge = rng.integers(COLUMNS - width + 1)
        elif layout == "cut to length":
            frames[i] = min(COLUMNS, edge + width + rng.integers(4))
        for u, (image, at) in enumerate(zip(chosen, edge + places, strict=True)):
            x[i, at : at + 8], targets[i, u], begins[i, u] = IMAGES[image], 1 + NAMES[image], at
    return x, targets, lengths, frames, begins


def windows(x):
    """Nine columns at a time, the present one in the middle."""
    padded = np.pad(x, [(0, 0)] * (x.ndim - 2) + [(4, 4), (0, 0)])
    view = np.lib.stride_tricks.sliding_window_view(padded, 9, axis=-2)
    return view.reshape(*x.shape[:-1], 72)


def logits_of(W, x):
    hidden = np.tanh(x @ W[0] + W[1])
    return hidden, hidden @ W[2] + W[3]


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def right(logits, *rest):
    return ctc.grad(logits, *rest)


def confused(logits, *rest):
    """Minus the posterior, as if it were the gradient by the logits."""
    return ctc.grad(logits, *rest) - softmax(logits)


def train(seeds, rate, layout, gradient=right, steps=STEPS, keep=(STEPS,)):
    rngs, n = [np.random.default_rng(seed) for seed in seeds], len(seeds)
    W = [np.stack([rng.normal(0, 72**-0.5, (72, 64)) for rng in rngs]), np.zeros((n, 1, 64))]
    W += [np.zeros((n, 64, 11)), np.zeros((n, 1, 11))]
    mean, square, kept = [0.0] * 4, [0.0] * 4, {}
    for step in range(1, steps + 1):
        batch = [strips(rng, 16, TRAIN, layout) for rng in rngs]
        x, targets, lengths, frames, _ = (np.stack(part) for part in zip(*batch, strict=True))
        x = windows(x).reshape(n, -1, 72)
        hidden, z = logits_of(W, x)
        flat = targets.reshape(-1, 5), frames.ravel(), lengths.ravel()
        slope = gradient(z.reshape(-1, COLUMNS, 11), *flat) / 16
        slope = slope.reshape(n, -1, 11)
        inner = slope @ W[2].swapaxes(1, 2) * (1 - hidden**2)
        slopes = [x.swapaxes(1, 2) @ inner, inner.sum(1, keepdims=True)]
        slopes += [hidden.swapaxes(1, 2) @ slope, slope.sum(1, keepdims=True)]
        now = rate * min(1, 2 - 2 * step / STEPS)
        for i, g in enumerate(slopes):
            mean[i] = 0.9 * mean[i] + 0.1 * g
            square[i] = 0.999 * square[i] + 0.001 * g**2
            root = np.sqrt(square[i] / (1 - 0.999**step)) + 1e-8
            W[i] = (W[i] - now * mean[i] / (1 - 0.9**step) / root).round(5)
        if step in keep:
            kept[step] = list(W)
    return kept


def trial(W, images, layout, seed, n=200, chain=0.0):
    """The strips of a trial, the same for all networks of a seed; probabilities, and mean loss."""
    x, targets, lengths, frames, begins = strips(
        np.random.default_rng([seed, 1]), n, images, layout, chain
    )
    z = logits_of(W, windows(x).reshape(-1, 72))[1].reshape(n, COLUMNS, 11)
    p = [softmax(one[:end]) for one, end in zip(z, frames, strict=True)]
    texts = [tuple(t[:u].tolist()) for t, u in zip(targets, lengths, strict=True)]
    return p, texts, begins, ctc(z, targets, frames, lengths).mean()


def of_seed(W, i):
    return [w[i] for w in W]


def tuned(layout):
    """The rate at which the mean loss over the tuning seeds is least."""
    costs = {}
    for rate in RATES:
        W = train(TUNING, rate, layout)[STEPS]
        found = [trial(of_seed(W, i), HELD_OUT, layout, s)[3] for i, s in enumerate(TUNING)]
        costs[rate] = round(float(np.mean(found)), 9)
    print(layout, costs, flush=True)
    return min(costs, key=costs.get)


def greedy(p):
    return tuple(int(k) for k, _ in groupby(p.argmax(axis=1)) if k)


def edits(text, target):
    row = list(range(len(target) + 1))
    for i, a in enumerate(text):
        above, row[0] = row[0], i + 1
        for j, b in enumerate(target):
            least = min(row[j] + 1, row[j + 1] + 1, above + (a != b))
            above, row[j + 1] = row[j + 1], least
    return row[-1]


def told(layout, seed):
    """How many columns after its digit's first a letter is, by alignments of equal weight."""
    _, targets, lengths, frames, begins = strips(
        np.random.default_rng([seed, 1]), 200, TEST, layout
    )
    posterior = ctc.lattice(np.zeros((200, COLUMNS, 11)), targets, frames, lengths).posterior
    letters = posterior[:, :, 1::2]
    with np.errstate(invalid="ignore"):  # letters that are not there
        places = (letters * np.arange(COLUMNS)[:, None]).sum(1) / letters.sum(1)
    real = np.arange(5) < lengths[:, None]
    return (places - begins)[real].mean()


def record_places():
    """Where in its digit a spike stands, for four ways to lay the strips."""
    rows = []
    for layout in LAYOUTS:
        rate = tuned(layout)
        W = train(SEEDS, rate, layout)[STEPS]
        for i, seed in enumerate(SEEDS):
            p, texts, begins, cost = trial(of_seed(W, i), TEST, layout, seed)
            wrong = sum(edits(greedy(one), text) for one, text in zip(p, texts, strict=True))
            places, named, read = Counter(), 0, 0
            for one, text, begin in zip(p, texts, begins, strict=True):
                if greedy(one) == text:
                    best = one.argmax(axis=1)
                    new = (best > 0) & (best != np.append(0, best[:-1]))
                    places.update((np.flatnonzero(new) - begin[: len(text)]).tolist())
                    named, read = named + (best > 0).sum(), read + len(text)
            row = {"layout": layout, "rate": f"{rate:g}", "seed": seed, "cost": f"{cost:.4f}"}
            row["error_rate"] = f"{wrong / sum(map(len, texts)):.4f}"
            row["columns"] = f"{named / max(1, read):.3f}"
            row["told"] = f"{told(layout, seed):.3f}"
            row |= {f"at {at}": places[at] for at in range(-6, 15)}
            row["elsewhere"] = places.total() - sum(places[at] for at in range(-6, 15))
            rows.append(row)
    about = {
        "title": "Where the spikes of networks that read strips of digits stand in their digits",
        "units": "rate and seed as named; cost in nats; error_rate of greedy decoding, 0 to 1; "
        "columns that name a digit, for each digit; told: the mean place of a letter, in columns "
        "after its digit's first, where all alignments weigh the same; at k: the number of spikes "
        "that many columns after the first of their digit's eight",
    }
    store("places", about, rows)


def beam_search(p, width, follows=None, alpha=0.0, beta=0.0):
    """The best text by log P(Y|X) + alpha log P(Y) + beta |Y|, of those that a beam finds.

    follows: (11, 11), the logarithm of the probability that a letter follows another; 0 begins.
    """
    beams = {(): (1.0, 0.0)}  # the weights of paths that end in a blank, and in the last letter
    prior = {(): 0.0}  # what alpha and beta add
    for frame in p:
        grown = defaultdict(lambda: [0.0, 0.0])
        for text, (blank, letter) in beams.items():
            grown[text][0] += (blank + letter) * frame[0]
            if text:
                grown[text][1] += letter * frame[text[-1]]
            for k in 1 + np.flatnonzero(frame[1:] > 1e-4):
                new = (*text, int(k))
                fresh = blank if text and text[-1] == k else blank + letter
                grown[new][1] += fresh * frame[k]
                if new not in prior:
                    said = 0.0 if follows is None else follows[text[-1] if text else 0, k]
                    prior[new] = prior[text] + alpha * said + beta
        with np.errstate(divide="ignore"):
            score = {text: np.log(sum(ends)) + prior[text] for text, ends in grown.items()}
        best = sorted(grown, key=lambda text: (-round(score[text], 9), text))[:width]
        beams = {text: grown[text] for text in best}
    return best[0]


CHAIN = 0.7  # in the strips of this experiment, a digit is most often the one before plus 1


def language_model():
    """log P(letter | letter before) of the strips, as it is; images hold all digits alike."""
    follows = np.full((11, 11), (1 - CHAIN) / 10)
    follows[np.arange(1, 11), 1 + np.arange(1, 11) % 10] += CHAIN
    follows[0], follows[:, 0] = 0.1, 1.0
    return np.log(follows)


def wrong_letters(W, seeds, images, n, decoders, width=8):
    """For each seed, how many letters there are and how many each decoder has wrong."""
    follows = language_model()
    for i, seed in enumerate(seeds):
        p, texts, *_ = trial(of_seed(W, i), images, "empty end", seed, n, CHAIN)
        found = {}
        for name, weights in decoders.items():
            read = [
                greedy(one) if weights is None else beam_search(one, width, follows, *weights)
                for one in p
            ]
            found[name] = sum(map(edits, read, texts))
            found[f"{name}, letters read"] = sum(map(len, read))
        yield seed, sum(map(len, texts)), found


def record_decoders():
    """Greedy decoding, a beam, and a beam with a language model, on strips that count upwards."""
    rate = tuned("empty end")
    W = train(TUNING, rate, "empty end")[STEPS]
    grid = {(a, b): (a, b) for a in (0.25, 0.5, 1.0, 1.5) for b in (0.0, 0.5, 1.0, 2.0, 3.0)}
    totals = Counter()
    for *_, found in wrong_letters(W, TUNING, HELD_OUT, 60, grid):
        totals.update({pair: found[pair] for pair in grid})
    print(totals, flush=True)
    model = min([pair for pair in grid if pair[1] == 0], key=totals.get)
    bonus = min(grid, key=totals.get)
    decoders = {"greedy": None, "beam": (0.0, 0.0), "model": model, "model and bonus": bonus}
    W, rows = train(SEEDS, rate, "empty end")[STEPS], []
    for seed, letters, found in wrong_letters(W, SEEDS, TEST, 100, decoders):
        for name, weights in decoders.items():
            alpha, beta = weights or ("", "")
            row = {"decoder": name, "alpha": alpha, "beta": beta, "seed": seed}
            row |= {"letters": letters, "read": found[f"{name}, letters read"]}
            rows.append(row | {"wrong": found[name]})
    about = {
        "title": "Decoders of networks that read strips of digits, where most digits count upwards",
        "units": "alpha and beta: weights of the language model and of the length, in logarithms; "
        "seed as named; letters in 100 strips, how many the decoder read, and its edit distance",
    }
    store("decoders", about, rows)


def record_confused():
    """The right gradient, and minus the posterior in its place."""
    rows, moments = [], (1, 10, 20, 40, 60)
    for gradient in (right, confused):
        for rate in RATES:
            kept = train(SEEDS, rate, "empty end", gradient, moments[-1], moments)
            for step, W in kept.items():
                for i, seed in enumerate(SEEDS):
                    p, _, _, cost = trial(of_seed(W, i), TEST, "empty end", seed, 50)
                    blank = np.mean([(one[:, 0] > 0.5).mean() for one in p])
                    row = {"gradient": gradient.__name__, "rate": f"{rate:g}", "step": step}
                    row |= {"seed": seed, "cost": f"{cost:.3f}", "blank": f"{blank:.3f}"}
                    rows.append(row | {"bias": f"{W[3][i, 0, 0]:.3f}"})
    about = {
        "title": "Training with the gradient of CTC by the logits, and with minus the posterior",
        "units": "rate, step and seed as named; cost in nats; blank: the share of columns where "
        "its probability is above one half; bias of its logit",
    }
    store("confused", about, rows)


if __name__ == "__main__":
    for name in sys.argv[1:] or ("places", "decoders", "confused"):
        globals()[f"record_{name}"]()
