"""What the chapter on the hinge loss says, found again by other ways."""

from statistics import fmean, stdev

import numpy as np
import pytest
from prose import CHAPTERS, markdown

from lossbook import hinge, tables
from tools import record_hinge as record

TEXT = " ".join(markdown(CHAPTERS / "classification" / "hinge.ipynb").split())


def runs(table, measure, **where):
    """The measure of each split, of the rows that are as told."""
    rows = tables.records(f"hinge_{table}")
    rows = [row for row in rows if all(row[key] == value for key, value in where.items())]
    assert [int(row["seed"]) for row in rows] == list(range(30))
    return [float(row[measure]) for row in rows]


def lead(ours, theirs):
    """The mean difference and its standard error as the text writes them, and the positive ones."""
    found = [a - b for a, b in zip(ours, theirs, strict=True)]
    return f"{fmean(found):.3f}", f"{stdev(found) / 30**0.5:.3f}", sum(d > 1e-9 for d in found)


def error(table, **where):
    return runs(table, "error", **where)


def decided(measure, model):
    return runs("decisions", measure, model=model)


BILLS = {"features": "bills"}
LEADS = [
    (
        error("scales", unit="depth in m", C="1"),
        error("scales", unit="mm", C="1"),
        "in {2} of 30 splits (mean difference {0}, standard error {1})",
    ),
    (error("kernel", kernel="line"), error("kernel", kernel="Gaussian"), "in all {2} splits"),
    (
        error("classes", loss="one against the rest", **BILLS),
        error("classes", loss="Crammer-Singer", **BILLS),
        "in {2} of 30 splits (mean difference {0}, standard error {1})",
    ),
    (
        decided("found", "hinge, weight 9"),
        decided("found", "hinge, no weights"),
        "more chinstraps ({0} ± {1})",
    ),
    (
        decided("kept", "hinge, no weights"),
        decided("kept", "hinge, weight 9"),
        "fewer Adelie ({0} ± {1})",
    ),
    (
        decided("log_loss", "hinge, Platt scaling"),
        decided("log_loss", "logistic regression"),
        "(difference {0} ± {1}, though the latter is ahead in {2} of 30 splits)",
    ),
    (
        decided("log_loss", "hinge, sigmoid"),
        decided("log_loss", "hinge, Platt scaling"),
        "in {2} of 30 splits ({0} ± {1})",
    ),
    (
        decided("harm", "hinge, weight 9"),
        decided("harm", "hinge, Platt scaling"),
        "the weight 9 (difference {0} ± {1})",
    ),
    (
        decided("harm", "hinge, no weights"),
        decided("harm", "hinge, Platt scaling"),
        "than the bare sign ({0} ± {1})",
    ),
]


@pytest.mark.parametrize(("ours", "theirs", "sentence"), LEADS)
def test_leads_are_those_of_the_tables(ours, theirs, sentence):
    assert sentence.format(*lead(ours, theirs)) in TEXT
    assert sentence.format(*lead(theirs, ours)) not in TEXT  # control: the other way round


def test_what_is_called_level_is():
    for features, names in (("bills", record.CLASSES[1:]), ("all four", record.CLASSES)):
        found = [error("classes", features=features, loss=name) for name in names]
        for ours in found:
            for theirs in found:
                mean, spread, _ = lead(ours, theirs)
                assert abs(float(mean)) <= 2 * float(spread)
    for measure in ("found", "kept", "harm"):
        both = [decided(measure, f"hinge, {name}") for name in ("balanced", "no weights")]
        mean, spread, _ = lead(*both)
        assert abs(float(mean)) <= 2 * float(spread)


def test_no_price_repairs_the_depth_in_metres():
    prices = {row["C"] for row in tables.records("hinge_scales")}
    best = {
        unit: min(fmean(error("scales", unit=unit, C=C)) for C in prices)
        for unit in ("mm", "depth in m", "standardised")
    }
    assert best["depth in m"] > 1.4 * max(best["mm"], best["standardised"])


def test_a_recorded_split_is_computed_again():
    y = record.LABELS[record.TWO]
    X = record.BILLS[record.TWO] - record.BILLS[record.TWO].mean(axis=0)
    for seed in (0, 29):
        train, test = record.split(seed, len(y))
        found = record.wrong(y[test], record.scores(X @ X.T, y, 1, train, test))
        assert f"{found:.4f}" == f"{error('scales', unit='mm', C='1')[seed]:.4f}"
        turned = record.wrong(-y[test], record.scores(X @ X.T, y, 1, train, test))
        assert turned > 0.9  # control


@pytest.mark.parametrize("loss", ["hinge", "squared hinge", "logistic", "ramp"])
def test_a_recorded_slip_is_computed_again(loss):
    rows = [row for row in tables.records("hinge_slips") if row["loss"] == loss]
    X, y = (
        record.BILLS[record.TWO] - record.BILLS[record.TWO].mean(axis=0),
        record.LABELS[record.TWO],
    )
    assert [int(row["row"]) for row in rows] == np.flatnonzero(y < 0).tolist()
    C, row = float(rows[-1]["C"]), int(rows[-1]["row"])
    for key, times in (("clean", 1), ("slipped", 10)):
        typed = X.copy()
        typed[row, 0] += (times - 1) * record.BILLS[record.TWO][row, 0]
        w = record.line_of(loss, typed, y, C)
        wrong = y * (typed @ w[:-1] + w[-1]) <= 0
        assert wrong.sum() - wrong[row] == int(rows[-1][key])


def test_a_slip_hurts_the_ramp_least_and_the_hinge_less_than_the_logistic_loss():
    after = {}
    for row in tables.records("hinge_slips"):
        after.setdefault(row["loss"], []).append((int(row["clean"]), int(row["slipped"])))
    assert all(slipped == clean for clean, slipped in after["ramp"])
    assert {slipped for _, slipped in after["hinge"]} == {8, 9}
    assert min(s for _, s in after["logistic"]) > max(s for _, s in after["hinge"])
    assert {slipped for _, slipped in after["squared hinge"]} == {(record.SPECIES == 1).sum()}


def test_removing_a_bird_without_weight_can_move_the_line():
    x, y, C = np.array([1.0, 4.0, -5.0]), np.array([1, -1, 1]), 0.05
    w, b = np.meshgrid(np.linspace(-0.3, 0, 301), np.linspace(-1, 2, 301))
    least = {}
    for birds in ([0, 1, 2], [0, 1]):
        scores = w[..., None] * x[birds] + b[..., None]
        cost = w**2 / 2 + C * hinge(y[birds] * scores, 1).sum(axis=-1)
        best = np.isclose(cost, cost.min(), rtol=0, atol=1e-9)
        assert np.allclose(w[best], -0.15)
        least[len(birds)] = b[best].min().round(2), b[best].max().round(2)
    assert least == {3: (0.25, 1.15), 2: (-0.4, 1.15)}


def test_crammer_singer_is_charged_where_keras_charges_more():
    scores = np.array([[1, 0.5, 0.8], [0.5, -3, -3]])
    short = np.maximum(0, 1 + scores[:, 1:] - scores[:, :1])
    found = {row["call"].split()[-1]: row for row in tables.records("hinge_libraries")}
    for name, values in (("hinge_loss", short.max(1)), ("MultiMarginLoss", short.sum(1) / 3)):
        assert [found[name]["first"], found[name]["second"]] == [f"{v:.4f}" for v in values]
    clipped = np.maximum(0, 1 + np.maximum(scores[:, 1:].max(1), 0) - scores[:, 0])
    keras = found["CategoricalHinge"]
    assert [keras["first"], keras["second"]] == [f"{v:.4f}" for v in clipped]
