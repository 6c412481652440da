"""The recorded tables of the chapter on the absolute error are what the recorder computes."""

import pytest

from lossbook import tables
from tools import record_mae as record


def agree(computed, recorded, within):
    """Whether rows are the same: words exactly, numbers within so much."""
    pairs = [
        (str(new[key]), old[key])
        for new, old in zip(computed, recorded, strict=True)
        for key in old
    ]
    return all(
        new == old or ("." in old and abs(float(new) - float(old)) <= within) for new, old in pairs
    )


def test_the_lines_of_households():
    recorded = tables.records("mae_engel")
    last = len(record.SEEDS) - 1
    again = list(record.households([0, last]))
    within = 1.5e-4  # one in the last place
    assert agree(again, recorded[:6] + recorded[-6:], within)
    assert not agree(record.households([1]), recorded[:6], within)  # control: another split


@pytest.mark.parametrize("name", ["squared error, fixed step", "Smooth L1, fixed step"])
def test_descents_that_settle(name):
    """The others jump to and fro across corners, where the last digit of a residual decides."""
    cost, loss, rule, grid = record.DESCENTS[name]
    rows = [
        row
        for row in tables.records("mae_descent")
        if row["descent"] == name and row["steps"] == "1000"
    ]
    assert [int(row["seed"]) for row in rows] == list(record.SEEDS)
    chosen = {"step": float(rows[0]["step"])} | {key: float(rows[0][key]) for key in grid}
    gaps = record.descend([0, 1], (1000,), cost, loss, rule, **chosen)[1000]
    within = 2e-9  # two in the last place
    assert abs(gaps - [float(row["gap"]) for row in rows[:2]]).max() <= within
    chosen["step"] /= 100  # control: it has not arrived
    slow = record.descend([0], (1000,), cost, loss, rule, **chosen)[1000]
    assert abs(slow - float(rows[0]["gap"])).max() > within
