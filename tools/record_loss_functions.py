"""Write the two tables of the opening chapter, of the geyser's waits and of Newcomb's times.

    PYTHONPATH=. python tools/record_loss_functions.py

loss_functions_splits.csv: the waits are split a hundred times at random into halves. On the first
half a constant and a line are fitted by each of three losses, exactly: no step size is chosen. On
the second half they pay. loss_functions_newcomb.csv: estimates from resamples of the 66 times.
"""

import platform

import numpy as np

from lossbook import absolute_error, datasets, huber, squared_error, tables
from lossbook.fits import best_constant, fit_line
from lossbook.loss import loss
from lossbook.shapes import positive_part

VERSIONS = f"Python {platform.python_version()}, numpy {np.__version__}"


@loss
def too_late(y_hat, /, y, *, kappa=9.0):
    late = y_hat - y
    return kappa * positive_part(late) + positive_part(-late)


LOSSES = squared_error, absolute_error, too_late
ESTIMATORS = squared_error, absolute_error, huber


def splits(seeds):
    geyser = datasets.old_faithful()
    x, y = geyser["duration"], geyser["waiting"]
    for seed in seeds:
        first, second = np.split(np.random.default_rng(seed).permutation(len(y)), 2)
        for fitted_by in LOSSES:
            a, b = fit_line(fitted_by, x[first], y[first])
            constant = best_constant(fitted_by, y[first])
            for model, said in (("constant", constant), ("line", a + b * x[second])):
                costs = [one(said, y[second]).mean() for one in LOSSES]
                near = (abs(said - y[second]) <= 5).mean()
                yield seed, model, fitted_by.name, *(f"{v:.5f}" for v in (*costs, near))


def resamples(seeds):
    times = datasets.newcomb()["time"]
    for seed in seeds:
        drawn = np.random.default_rng(seed).choice(times, len(times))
        yield seed, *(f"{best_constant(one, drawn):.5f}" for one in ESTIMATORS)


def write(name, title, units, head, rows):
    about = {
        "title": title,
        "units": units,
        "source": f"tools/record_loss_functions.py; {VERSIONS}",
        "licence": "CC BY 4.0, as the text of the book",
    }
    tables.write(name, about, head, rows)


def main():
    write(
        "loss_functions_splits",
        "What a constant and a line, fitted to half of the geyser's waits, cost on the other half",
        "model and the loss that fitted it; mean costs in minutes, that of squared_error in minutes"
        " squared; near: the share of waits within five minutes of what the model says",
        ["seed", "model", "fitted_by", *(one.name for one in LOSSES), "near"],
        splits(range(100)),
    )
    write(
        "loss_functions_newcomb",
        "The constants that three losses ask for, on resamples of Newcomb's 66 times",
        "as in newcomb.csv; Huber's delta is 1",
        ["seed", *(one.name for one in ESTIMATORS)],
        resamples(range(400)),
    )


if __name__ == "__main__":
    main()
