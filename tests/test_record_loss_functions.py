"""The recorded tables of the opening chapter are what the recorder computes."""

import numpy as np
import pytest

from lossbook import tables
from tools import record_loss_functions as record


def agree(computed, recorded):
    """Whether rows are the same: words exactly, numbers to the last of their five decimals."""
    for row, stored in zip(computed, recorded, strict=True):
        for value, text in zip(map(str, row), stored.values(), strict=True):
            if value != text and not (
                "." in text and abs(float(value) - float(text)) <= 1.5e-5  # one in the last place
            ):
                return False
    return True


@pytest.mark.parametrize(
    ("name", "compute", "seeds", "of_each"),
    [
        ("loss_functions_splits", record.splits, 100, 6),
        ("loss_functions_newcomb", record.resamples, 400, 1),
    ],
)
def test_a_recorded_table_is_computed_again(name, compute, seeds, of_each):
    recorded = tables.records(name)
    assert [int(row["seed"]) for row in recorded] == np.repeat(range(seeds), of_each).tolist()
    assert agree(compute([0, seeds - 1]), recorded[:of_each] + recorded[-of_each:])
    assert not agree(compute([1]), recorded[:of_each])  # control: another seed
