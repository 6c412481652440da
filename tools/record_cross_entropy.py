"""Record whether the digit reader of the chapter on cross-entropy is calibrated.

    python tools/record_cross_entropy.py

Writes lossbook/data/cross_entropy_calibration.csv, a row for each training, and
lossbook/data/cross_entropy_reliability.csv, a row for each bin of the confidence.

The network of the chapter is trained with 30 seeds in three settings. "same writers": the digits
are shuffled before they are split. "new writers": they are split in the order of the file, which
keeps each writer's digits together. "few digits": as the first, with 200 digits instead of 1200
to train on, and "few digits, 10 times as long" goes on from there.

The step size of each setting is that of `STEPS` with the least mean loss on the digits kept for
such choices, over five seeds that are not used again. The temperature is chosen on them as well.
"""

import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from lossbook import cross_entropy_with_logits, datasets, tables  # noqa: E402

STEPS = 0.1, 0.3, 1.0, 3.0
SEEDS, TUNING = range(30), range(100, 105)
TEMPERATURES = np.geomspace(0.25, 8, 101)
BINS = 10
SETTINGS = {  # shuffled, digits to train on, epochs
    "same writers": (True, 1200, 30),
    "new writers": (False, 1200, 30),
    "few digits": (True, 200, 180),
    "few digits, 10 times as long": (True, 200, 1800),
}
SAME_STEP = {"few digits, 10 times as long": "few digits"}

DIGITS = datasets.digits()
PIXELS, CLASSES = DIGITS.values[:, :64] / 16, DIGITS["label"].astype(int)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def mean_loss(z, classes):
    return cross_entropy_with_logits(z, np.eye(10)[classes]).mean()


def split(setting, seed):
    """The numbers of the digits to train on, to choose with, and to test on."""
    shuffled, size, _ = SETTINGS[setting]
    rng = np.random.default_rng(1000 + seed)
    order = rng.permutation(1797) if shuffled else np.arange(1797)
    return order[:size], order[1200:1497], order[1497:]


def train(setting, seed, step):
    """The logits of the digits to choose with and to test on; the test loss at each epoch."""
    part, *others = split(setting, seed)
    rng = np.random.default_rng(seed)
    W1, b1 = rng.normal(size=(64, 32)) / 8, np.zeros(32)
    W2, b2 = rng.normal(size=(32, 10)) / 16, np.zeros(10)
    history = []
    for _ in range(SETTINGS[setting][2]):
        for batch in rng.permutation(part).reshape(-1, 50):
            x = PIXELS[batch]
            h = np.tanh(x @ W1 + b1)
            pull = (softmax(h @ W2 + b2) - np.eye(10)[CLASSES[batch]]) / 50
            below = (pull @ W2.T) * (1 - h**2)
            W2, b2 = W2 - step * h.T @ pull, b2 - step * pull.sum(axis=0)
            W1, b1 = W1 - step * x.T @ below, b1 - step * below.sum(axis=0)
        kept, test = (np.tanh(PIXELS[p] @ W1 + b1) @ W2 + b2 for p in others)
        history.append(mean_loss(test, CLASSES[others[1]]))
    return kept, test, history


def bins(confidence, right):
    """Of each bin: how many, the sum of the confidences, and how many are right."""
    number = np.minimum((confidence * BINS).astype(int), BINS - 1)
    weights = None, confidence, right
    return np.array([np.bincount(number, w, minlength=BINS) for w in weights]).T


def calibration_error(confidence, right):
    return abs(np.diff(bins(confidence, right)[:, 1:])).sum() / len(right)


def judge(z, classes):
    """Mean loss, confidence, expected calibration error, and that of true probabilities."""
    p, rng = softmax(z), np.random.default_rng(0)
    confidence, right = p.max(axis=1), p.argmax(axis=1) == classes
    chance = [
        calibration_error(confidence, rng.uniform(size=len(z)) < confidence) for _ in range(200)
    ]
    error = calibration_error(confidence, right)
    return mean_loss(z, classes), confidence.mean(), error, np.mean(chance)


def tuned(setting):
    def kept_loss(step):
        runs = [
            mean_loss(train(setting, seed, step)[0], CLASSES[split(setting, seed)[1]])
            for seed in TUNING
        ]
        return np.mean(runs)

    return min(STEPS, key=kept_loss)


def main():
    steps, runs, diagram = {}, [], []
    for setting in SETTINGS:
        steps[setting] = steps.get(SAME_STEP.get(setting)) or tuned(setting)
        pooled = np.zeros((BINS, 3))
        for seed in SEEDS:
            kept, test, history = train(setting, seed, steps[setting])
            kept_classes, classes = (CLASSES[p] for p in split(setting, seed)[1:])
            losses = [mean_loss(kept / T, kept_classes) for T in TEMPERATURES]
            T = TEMPERATURES[np.argmin(losses)]
            right = test.argmax(axis=1) == classes
            pooled += bins(softmax(test).max(axis=1), right)
            numbers = [right.mean(), *judge(test, classes), min(history), T]
            numbers += judge(test / T, classes)
            runs.append([setting, steps[setting], seed, *(f"{x:.4f}" for x in numbers)])
        for count, confidence, hits in pooled:
            if count:
                row = int(count), f"{confidence / count:.4f}", f"{hits / count:.4f}"
                diagram.append([setting, *row])
        print(setting, steps[setting])
    columns = "accuracy loss confidence ece ece_by_chance least_loss temperature"
    columns += " loss_T confidence_T ece_T ece_by_chance_T"
    about = {"title": "A digit reader's confidence on 300 test digits, 30 seeds a setting"}
    write("calibration", about, ["setting", "step", "seed", *columns.split()], runs)
    about = {"title": "The same, all seeds together, in ten bins of the confidence"}
    write("reliability", about, ["setting", "count", "confidence", "accuracy"], diagram)


def write(name, about, head, rows):
    about |= {"script": "tools/record_cross_entropy.py", "versions": f"numpy {version('numpy')}"}
    tables.write(f"cross_entropy_{name}", about, head, rows)


if __name__ == "__main__":
    main()
