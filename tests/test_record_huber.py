"""The recorded table of the chapter on Huber's loss is what the recorder computes."""

from lossbook import tables
from tools import record_huber as record


def agree(computed, recorded):
    """Whether rows are the same: words exactly, numbers to the last of their five decimals."""
    for row, stored in zip(computed, recorded, strict=True):
        (noise, seed, *errors), words = row, list(stored.values())
        if [noise, str(seed)] != words[:2]:
            return False
        pairs = zip(map(float, errors), map(float, words[2:]), strict=True)
        if any(abs(new - old) > 1.5e-5 for new, old in pairs):  # one in the last place
            return False
    return True


def test_the_recorded_errors_of_slopes_are_computed_again():
    recorded = tables.records("huber_deltas")
    seeds = [0, len(record.SEEDS) - 1]
    again = [row for row in recorded if int(row["seed"]) in seeds]
    assert len(recorded) == len(record.NOISES) * len(record.SEEDS)
    assert agree(record.errors(seeds), again)
    assert not agree(record.errors([1, 2]), again)  # control: other seeds
