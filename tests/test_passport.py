"""Passports: what is known of a loss, proved or refused."""

import pytest
import sympy as sp

from lossbook import (
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy_with_logits,
    ctc,
    focal,
    focal_with_logits,
    hinge,
    huber,
    passport,
    squared_error,
    triplet,
)
from lossbook.classification import LABEL
from lossbook.loss import loss
from lossbook.shapes import softplus

x = sp.Symbol("x", real=True)


@pytest.mark.parametrize(
    ("loss", "differentiable", "bounded", "constant"),
    [
        (squared_error, "twice, everywhere", "no", "11"),
        (absolute_error, "not at $y$", "by $1$", "3"),
        (huber, "once, everywhere; not twice at", r"by $\delta$", "3.333"),
    ],
)
def test_passport(loss, differentiable, bounded, constant):
    facts = passport.passport(loss).facts
    assert facts["convex in the prediction"] == "yes"
    assert facts["differentiable"].startswith(differentiable)
    assert facts["gradient bounded"] == bounded
    assert facts["least value"] == 0
    assert facts["best constant for 1, 3, 3, 4, 44"] == constant
    assert passport.passport(loss)._repr_markdown_().count("\n") == len(facts) + 1


@pytest.mark.parametrize(
    ("loss", "convex", "differentiable", "bounded", "least", "constant"),
    [
        (binary_cross_entropy, "yes", "twice", "no", 0, "0.6"),
        (binary_cross_entropy_with_logits, "yes", "twice", "by $1$", "0, in the limit", "0.4055"),
        (focal, "yes", "twice", "no", 0, "0.4356"),
        (focal_with_logits, "no", "twice", "yes", "0, in the limit", "-0.259"),
        (hinge, "yes", "not at $-1$ and $1$", "by $1$", 0, "1"),
    ],
)
def test_passport_of_two_labels(loss, convex, differentiable, bounded, least, constant):
    *_, (name, best) = (facts := passport.passport(loss).facts).items()
    assert facts["convex in the prediction"] == convex
    assert facts["differentiable"].startswith(differentiable)
    assert (facts["gradient bounded"], facts["least value"]) == (bounded, least)
    assert (name[-7:], best) == ("1, 1, 1", constant)


@pytest.mark.parametrize(
    ("loss", "reason"),
    [
        (ctc, "a loss of one number, such as huber; ctc is"),
        (triplet, "one number"),
        (cross_entropy_with_logits, "one number"),
        (abs, "one number"),
    ],
)
def test_passport_refuses_losses_of_more_than_one_number(loss, reason):
    with pytest.raises(TypeError, match=reason):
        passport.passport(loss)


@pytest.mark.parametrize(
    ("define", "reason"),
    [
        (lambda y_hat, /, y: (y_hat - y) ** 2 - 1, "not shown to be 0 or more"),
        (lambda y_hat, /, y: (y_hat - y) ** 2 + 1, "neither at the target nor in a limit"),
    ],
)
def test_passport_refuses_what_it_cannot_decide(define, reason):
    with pytest.raises(ValueError, match=reason):
        passport.passport(loss(define))


def test_passport_refuses_a_least_value_of_one_label_only():
    @loss
    def raised(z, /, y: LABEL):
        return y * softplus(-z) + (1 - y) * (softplus(z) + 1)

    with pytest.raises(ValueError, match="neither at the target nor in a limit"):
        passport.passport(raised)


def test_operations_are_counted_in_the_code():
    assert passport.operations(absolute_error) == 3  # a difference, its size, its sign
    assert passport.operations(squared_error) == 3  # a difference, its square, its double


def test_losses_side_by_side():
    columns = {"one": {"convex": "yes", "least": x**2}, "two": {"convex": "no", "least": "0"}}
    table = passport.Comparison(columns, {"one": {"convex": "a.ipynb#b"}})
    assert table._repr_markdown_().splitlines() == [
        "|  | one | two |",
        "| :-- | :-- | :-- |",
        "| convex | [yes](a.ipynb#b) | no |",
        "| least | $x^{2}$ | 0 |",
    ]
    formula = passport.Comparison(columns, {"one": {"least": "a.ipynb#c"}})._repr_markdown_()
    assert "$x^{2}$ [(proof)](a.ipynb#c) | 0" in formula  # a link of a formula alone has no name
    assert "two\nconvex: no" in repr(table)
    for unknown in ({"three": {"convex": "a.ipynb#b"}}, {"one": {"smooth": "a.ipynb#b"}}):
        with pytest.raises(ValueError, match="links takes properties of the losses, got"):
            passport.Comparison(columns, unknown)
