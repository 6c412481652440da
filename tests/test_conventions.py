"""What other libraries returned is what ours gives, after the conversion that is stated."""

import dataclasses
import re
import sys

import numpy as np
import pytest

import lossbook as book
from lossbook.appendix.conventions import (
    FACTORS,
    LIBRARIES,
    PATH,
    REDUCTIONS,
    compare,
    defaults,
    inputs,
    records,
    versions,
)
from lossbook.prove import Refuted
from tools import record_conventions

RELATED = [r for r in records() if r.ours]


@pytest.mark.parametrize("record", RELATED, ids=lambda r: f"{r.topic}: {r.call}")
def test_the_stated_relation_holds(record):
    record.check()


@pytest.mark.parametrize("record", RELATED, ids=lambda r: f"{r.topic}: {r.call}")
def test_control_a_wrong_factor_is_refused(record):
    for factor in (0.5, 2):
        with pytest.raises(Refuted, match="the value is"):
            dataclasses.replace(record, times=record.times * factor).check()


@pytest.mark.parametrize("record", [r for r in RELATED if r.gradient], ids=lambda r: r.call)
def test_control_a_wrong_gradient_is_refused(record):
    gradient = [(np.array(g, float) + 1e-5).tolist() for g in record.gradient]
    with pytest.raises(Refuted, match="the gradient is"):
        dataclasses.replace(record, gradient=gradient).check()


def test_control_a_wrong_reduction_or_value_is_refused():
    record = next(r for r in RELATED if r.reduction == "mean")
    for changed in ({"reduction": "sum"}, {"value": record.value * (1 + 1e-9)}, {"value": [1.0]}):
        with pytest.raises(Refuted):
            dataclasses.replace(record, **changed).check()


def test_the_tolerances_are_tight():
    assert {r.rtol for r in RELATED} == {1e-12, 1e-6}
    assert all("ctc" in r.call.lower() for r in RELATED if r.rtol == 1e-6)  # in float32


@pytest.mark.parametrize("name", book.__all__)
def test_every_loss_has_a_card(name):
    card = compare(getattr(book, name))
    assert all(r.ours["loss"] == name for r in card.records)
    text = card._repr_markdown_()
    assert f"**lossbook** `{name}(" in text
    assert all(f"`{r.call}`" in text for r in card.records)


def test_every_record_is_complete():
    names = {r.function.split(".")[0] for r in records()}
    assert names == set(LIBRARIES) and len(versions()) == len(names)
    for r in records():
        assert (r.ours is None) == (r.times is None) == (r.reduction is None)
        assert "|" not in r.call and "`" not in r.call  # they would break a table
        if r.ours:
            assert r.reduction in REDUCTIONS and r.times in FACTORS
            called = set(re.findall(r"\w+", r.call))
            assert called & set(r.ours["arguments"]) and called & set(inputs())


def test_signatures_are_in_order_and_readable(capsys):
    defaults(book.huber)
    shown = capsys.readouterr().out
    assert "torch.nn.HuberLoss\n    reduction='mean', delta=1.0\n" in shown
    assert "scipy.optimize.least_squares\n    fun, x0, loss='linear', f_scale=1.0\n" in shown
    assert "size_average" not in shown and max(map(len, shown.splitlines())) < 60


def test_inputs_avoid_corners():
    given = inputs()
    r, s = abs(given["y_hat"] - given["y"]), given["z"] * given["sign"]
    assert (
        all(abs(r - corner).min() > 0.05 for corner in (0, 1, 1.5, 2)) and abs(s - 1).min() > 0.05
    )
    assert (given["sign"] == 2 * given["label"] - 1).all()
    assert np.allclose(given["P"].sum(-1), 1) and np.allclose(given["blend"].sum(-1), 1)


def test_an_unknown_topic_is_named():
    with pytest.raises(ValueError, match=r"topic takes a loss or one of .*huber.* got 'hubber'"):
        compare("hubber")


def test_records_of_missing_packages_are_kept(monkeypatch, tmp_path):
    """The stored file is what is written on a machine that has none of the packages."""
    copy = tmp_path / "conventions.json"
    copy.write_bytes(record_conventions.PATH.read_bytes())
    for package in ("torch", "keras", "jax", "sklearn", "scipy"):
        monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr(record_conventions, "PATH", copy)
    record_conventions.main()
    assert copy.read_text("utf-8") == PATH.read_text("utf-8")
