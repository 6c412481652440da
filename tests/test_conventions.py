"""What other libraries returned is what ours gives, after the conversion that is stated."""

import dataclasses
import re
import sys

import numpy as np
import pytest
from prose import markdown

import lossbook as book
from conftest import ROOT
from lossbook.appendix.conventions import (
    FACTORS,
    LIBRARIES,
    PATH,
    REDUCTIONS,
    compare,
    defaults,
    index,
    inputs,
    records,
    versions,
)
from lossbook.prove import Refuted
from tools import record_conventions

PAGE = markdown(ROOT / "chapters/appendix/conventions.ipynb")
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


def links(text):
    return set(re.findall(r"\(#([\w-]+)\)", text))


def lost(text):
    """The places that a text links to, and that the page has not."""
    return links(text) - set(re.findall(r"^\(([\w-]+)\)=$", PAGE, re.M))


def test_every_name_leads_to_a_place_on_the_page():
    table = repr(index())
    names = re.findall(r"^\| `(\w+)` \|", table, re.M)
    assert set(names) == {r.function.split(".")[-1] for r in records()}
    assert names == sorted(names, key=str.lower)
    assert all(links(row) for row in table.splitlines()[2:])
    assert not lost(table)
    # and nothing that the page explains is missing
    assert links(table) == set(re.findall(r"^\(((?:card|trap)-[\w-]+)\)=$", PAGE, re.M))


@pytest.mark.parametrize(
    ("name", "anchor"),
    [
        ("CrossEntropyLoss", "card-ce-logits"),
        ("BCEWithLogitsLoss", "card-bce-logits"),
        ("SmoothL1Loss", "card-smooth-l1"),
        ("mean_pinball_loss", "card-absolute-error"),
        ("CategoricalFocalCrossentropy", "trap-alpha"),
        ("LinearSVC", "trap-squared-hinge"),
        ("TripletSemiHardLoss", "trap-triplets"),
        ("ntxent", "card-infonce"),
        ("HuberRegressor", "card-huber"),
    ],
)
def test_the_index_knows(name, anchor):
    row = next(row for row in repr(index()).splitlines() if f"`{name}`" in row)
    assert f"(#{anchor})" in row


def test_control_a_link_to_nowhere():
    assert lost("[hubber](#card-hubber), [huber](#card-huber)") == {"card-hubber"}


# What the page converts, as it stands there, for the types in which labels are stored.
BYTES = np.array([1, 0, 1, 1, 0, 0], np.uint8)
VECTORS = inputs()["x1"], inputs()["x2"]
SAME = np.array([1, 0, 1, 0], np.uint8)
FRAMES, TARGETS, LENGTHS = (inputs()[name] for name in ("frames", "targets", "target_lengths"))
IS_LABEL = np.arange(3) < LENGTHS[:, None]
BLANK_LAST = book.ctc(FRAMES, TARGETS, target_lengths=LENGTHS, blank=4)


def recorded(topic, part):
    return compare(topic).record(part).value


def to_keras(targets):
    """CTC as Keras computes it: the blank is class 0, and labels are counted where they are not."""
    rolled = np.roll(FRAMES, 1, axis=-1)
    return book.ctc(rolled, targets, target_lengths=(targets != 0).sum(-1)).mean()


P, W, Z = (inputs()[name] for name in ("p", "w", "z"))
SQUARES = book.squared_error(inputs()["y_hat"], inputs()["y"])
BCE = book.binary_cross_entropy_with_logits(Z, BYTES)
LOSSES = book.cross_entropy_with_logits(inputs()["Z"], inputs()["hot"])
CTC_EMPTY = book.ctc(FRAMES, TARGETS, target_lengths=[3, 0])
Y_HAT, Y, SIGMA = inputs()["y_hat"], inputs()["y"], 0.8


def huber_regressor(r):
    """The objective of HuberRegressor at a scale, as its help states it, less the scale."""
    far = abs(r / SIGMA)
    return SIGMA * np.where(far < 1.35, far**2, 2 * 1.35 * far - 1.35**2)


CONVERSIONS = {  # text on the page: (its value, the right value, what a slip would make of it)
    "smooth_l1(y_hat, y, beta=b) == huber(y_hat, y, delta=b) / b": (
        (book.huber(Y_HAT, Y, delta=1.5) / 1.5).mean(), recorded("delta", "SmoothL1"),
        book.huber(Y_HAT, Y, delta=1.5).mean()),
    "delta = 1.35 * sigma": (
        2 / SIGMA * book.huber(Y_HAT, Y, delta=1.35 * SIGMA), huber_regressor(Y_HAT - Y),
        2 / SIGMA * book.huber(Y_HAT, Y, delta=1.35)),
    "label = (sign + 1) / 2": (
        (np.int8([1, -1]) + 1) / 2, [1, 0], np.int8([1, -1]) + 1),
    "same = 1 - Y": (1 - np.uint8([0, 1, 0, 1]), SAME, np.uint8([0, 1, 0, 1])),
    "CrossEntropyLoss()(P.log(), classes)": (
        book.cross_entropy_with_logits(np.log(inputs()["P"]), inputs()["hot"]).mean(),
        book.cross_entropy(inputs()["P"], inputs()["hot"]).mean(),
        book.cross_entropy_with_logits(inputs()["P"], inputs()["hot"]).mean()),
    "sign = 2.0 * label - 1": (2.0 * BYTES - 1, inputs()["sign"], 2 * BYTES - 1),
    "2.0 * same - 1": (2.0 * SAME - 1, inputs()["same_sign"], 2 * SAME - 1),
    "np.where(is_label, targets.astype(int) + 1, 0)": (
        to_keras(np.where(IS_LABEL, TARGETS.astype(int) + 1, 0)), BLANK_LAST.mean(),
        to_keras(TARGETS + 1)),
    "(L / np.maximum(target_lengths, 1)).mean()": (
        (CTC_EMPTY / np.maximum([3, 0], 1)).mean(), recorded("sequences", "[3, 0]"),
        CTC_EMPTY.mean()),
    "(w * L).sum() / w.sum()": (
        (W * SQUARES).sum() / W.sum(), recorded("weights", "weight=w"), (W * SQUARES).mean()),
    "(w * L).mean()": (
        (W * SQUARES).mean(), recorded("weights", "y_hat[:, None], sample_weight"),
        (W * SQUARES).sum() / W.sum()),
    "np.where(label == 1, v, 1.0) * L": (
        np.where(BYTES == 1, 300, 1.0) * BCE, (1 + 299 * inputs()["label"]) * BCE, BCE),
    "L[kept].mean()": (
        LOSSES[inputs()["classes"] != 1].mean(), recorded("ignored", "ignore_index=1)(Z, cl"),
        ((inputs()["classes"] != 1) * LOSSES).mean()),
    "(1 - eps) * hot + eps / K": (
        0.9 * inputs()["hot"] + 0.1 / 3, inputs()["smooth_hot"], 0.9 * inputs()["hot"] + 0.1),
    "P / P.sum(-1, keepdims=True)": (
        book.cross_entropy(inputs()["P"] * 2 / (inputs()["P"] * 2).sum(-1, keepdims=True),
        inputs()["hot"]).mean(), recorded("sums", "hot, 2 * P"), recorded("sums", "2 * P).log")),
    "hinge(score, sign) ** 2": (
        (book.hinge(Z, 2.0 * BYTES - 1) ** 2).mean(), recorded("squared-hinge", "SquaredHinge"),
        book.hinge(Z, 2.0 * BYTES - 1).mean()),
}  # fmt: skip


@pytest.mark.parametrize("text", CONVERSIONS)
def test_conversions_of_the_page_are_right(text):
    value, right, slip = CONVERSIONS[text]
    assert text in PAGE
    np.testing.assert_allclose(value, right, rtol=1e-12)
    assert not np.allclose(slip, right, rtol=1e-3)  # control


def unproved(text):
    """What the conversions of a page compute, and what no test above compares."""
    passages = re.findall(r"\*\*Convert:\*\* (.+?)(?:\n\n|\Z)", text, re.S)
    spans = [span for passage in passages for span in re.findall(r"`([^`]+)`", passage)]
    slips = {"2 * label - 1"}  # which the page warns of
    computed = [span for span in spans if re.search(r" (?:[*/+-]|\*\*) |np\.where", span)]
    return {c for c in computed if not any(known in c for known in CONVERSIONS)} - slips


def test_every_conversion_is_tested():
    assert unproved(PAGE) == set()
    assert unproved("**Convert:** `x` and `huber(x) * 3`.") == {"huber(x) * 3"}  # control


def test_shifted_bytes_do_not_wrap_around():
    targets = np.uint8([[255, 3, 0]])
    right = [[256, 4, 0]]
    assert (np.where(np.arange(3) < 2, targets.astype(int) + 1, 0) == right).all()
    assert (np.where(np.arange(3) < 2, targets + 1, 0) != right).any()  # control


def test_keras_counts_a_padding_that_was_shifted():
    assert np.isclose(to_keras(TARGETS + 1), recorded("sequences", "targets + 1, tf"), rtol=1e-6)
