"""Tables: what is written is read again."""

import pytest

from lossbook import tables

ABOUT = {"title": "Two pairs: a, b", "units": "none"}


@pytest.fixture
def stored(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(tables, "files", lambda package: tmp_path)
    tables.write("pairs", ABOUT, ["a", "b"], [[1, "x, y"], [0.1, "é"]])
    return tmp_path / "data" / "pairs.csv"


def test_what_is_written_is_read_again(stored):
    assert tables.read("pairs") == (ABOUT, [["a", "b"], ["1", "x, y"], ["0.1", "é"]])
    assert tables.records("pairs")[1] == {"a": "0.1", "b": "é"}
    assert b"\r" not in stored.read_bytes()


def test_control_a_row_that_is_too_short_is_refused(stored):
    stored.write_text(stored.read_text("utf-8") + "2\n", "utf-8")
    with pytest.raises(ValueError, match="shorter"):
        tables.records("pairs")
