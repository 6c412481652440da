"""Every proof and check accepts a true statement, and rejects a false one of the same kind."""

import mpmath
import numpy as np
import pytest
import sympy as sp

from lossbook import (
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    contrastive,
    focal,
    focal_with_logits,
    hinge,
    huber,
    smooth_l1,
    squared_error,
    verify,
)
from lossbook.loss import loss
from lossbook.shapes import clip, mag, softplus, step
from lossbook.verify import Refuted

x = sp.Symbol("x", real=True)
p = sp.Symbol("p", real=True)
delta = sp.Symbol("delta", positive=True)
weight = sp.Symbol("w", positive=True)
H = huber.formula(x, 0, delta=delta)
Q = sp.Abs(x - 1) + sp.Abs(x - 2) + sp.Abs(x - 5)
UNSHIFTED = sp.Piecewise((x**2 / 2, sp.Abs(x) <= delta), (delta * sp.Abs(x), True))
LONE_POINT = sp.Piecewise((1, sp.Eq(x, 0)), (0, True))
FOCAL = [focal.formula(p, y, alpha=sp.Rational(1, 4), gamma=2) for y in (0, 1)]
a, b = sp.symbols("a b", real=True)
q, w = sp.symbols("q w", positive=True)
PROPER = -sp.log(p) / (1 + weight) - sp.log(1 - p) * weight / (1 + weight)

TRUE = [
    (verify.prove_equal, ((x + 1) ** 2, x**2 + 2 * x + 1)),
    (verify.prove_equal, (H.diff(x), clip(x, delta), x)),
    (verify.prove_equal, (smooth_l1.formula(x, 0, beta=delta), H / delta, x)),
    (verify.prove_equal, (sp.log(x), sp.log(2 * x) - sp.log(2), x, (0, sp.oo))),
    (verify.prove_continuous, (H, x)),
    (verify.prove_continuous, (1 / x, x, (0, sp.oo))),
    (verify.prove_differentiable, (H, x)),
    (verify.prove_differentiable, (softplus(x), x)),
    (verify.prove_convex, (H, x)),
    (verify.prove_convex, (mag(x), x)),
    (verify.prove_convex, (softplus(x), x)),
    (verify.prove_convex, (-sp.log(p), p, (0, 1))),
    (verify.prove_convex, (FOCAL[0], p, (0, 1))),
    (verify.prove_convex, (FOCAL[1], p, (0, 1))),
    (verify.prove_jointly_convex, (sp.log(1 + sp.exp(a) + sp.exp(b)), (a, b))),
    (verify.prove_jointly_convex, (q**2 / w, (q, w))),
    (verify.prove_limit, (softplus(x), x, -sp.oo, 0)),
    (verify.prove_limit, (sp.sin(x) / x, x, 0, 1)),
    (verify.prove_limit, (-sp.log(x), x, 0, sp.oo)),
    (verify.prove_limit, (1 / x, x, 0, sp.oo)),
    (verify.prove_minimiser, (Q, x, 2)),
    (verify.prove_minimiser, (PROPER, p, 1 / (1 + weight), (0, 1))),
]

FALSE = [
    (verify.prove_equal, (H, x**2 / 2, x), "delta = 1/2, x = 1 the left is 3/8, the right 1/2"),
    (verify.prove_equal, (H.diff(x), x, x), "not equal"),
    (verify.prove_equal, (LONE_POINT, 0, x), "not equal"),
    (verify.prove_continuous, (UNSHIFTED, x), "values differ at x = -delta"),
    (verify.prove_continuous, (step(x), x), "values differ at x = 0"),
    (verify.prove_continuous, (1 / x, x), "gap"),
    (verify.prove_continuous, (LONE_POINT, x), "x = 0 itself"),
    (verify.prove_differentiable, (mag(x), x), "slopes differ at x = 0: -1 before, 1 after"),
    (verify.prove_differentiable, (H.diff(x), x), "slopes differ"),
    (verify.prove_convex, (-H, x), "not shown convex"),
    (verify.prove_convex, (clip(x, delta), x), "the slope falls from 1 to 0"),
    (verify.prove_convex, (x**3, x), "not shown convex"),
    (verify.prove_convex, (-FOCAL[1], p, (0, 1)), "not shown convex"),
    (verify.prove_jointly_convex, (a * b, (a, b)), "Hessian by a, b has determinant -1"),
    (verify.prove_jointly_convex, (a**2 - b**2, (a, b)), "Hessian by b has determinant -2"),
    (verify.prove_convex, (a * mag(x), x), "the slope falls from -a to a"),  # where a < 0
    (verify.prove_limit, (softplus(x), x, -sp.oo, 1), "is 0, not 1"),
    (verify.prove_limit, (1 / x, x, 0, -sp.oo), "is oo, not -oo"),
    (verify.prove_minimiser, (Q, x, 1), "not least at x = 1"),
    (verify.prove_minimiser, (-H, x, 0), "not shown convex"),
]


@pytest.mark.parametrize(("prove", "statement"), TRUE)
def test_true_statements_are_proved_in_one_line_each(prove, statement, capsys):
    prove(*statement)
    assert all(line.startswith("proved: ") for line in capsys.readouterr().out.splitlines())


@pytest.mark.parametrize(("prove", "statement", "reason"), FALSE)
def test_false_statements_are_refuted(prove, statement, reason, capsys):
    with pytest.raises(Refuted, match=reason):
        prove(*statement)


def test_pieces_finds_every_joint():
    joints, between = verify.pieces(Q, x)
    assert joints == [1, 2, 5]
    assert [sp.expand(formula) for _, _, formula in between] == [8 - 3 * x, 6 - x, x + 2, 3 * x - 8]


def test_pieces_refuses_an_order_that_depends_on_symbols():
    a, b = sp.symbols("a b", positive=True)
    with pytest.raises(ValueError, match="depends on its symbols"):
        verify.pieces(sp.Abs(x - a) + sp.Abs(x - b), x)


def spoiled(factor):
    """Huber's loss with a gradient that is a factor off, as a control."""
    wrong = loss(huber.__wrapped__)

    @wrong.kernel
    def code(y_hat, y, delta):
        yield huber(y_hat, y, delta=delta)
        yield factor * huber.grad(y_hat, y, delta=delta)

    return wrong


def test_check_gradient():
    y_hat = np.linspace(-3, 3, 40)
    verify.check_gradient(huber, y_hat, 0.05)
    for factor in (1.001, 1 + 5e-6):
        with pytest.raises(Refuted, match="where differences give"):
            verify.check_gradient(spoiled(factor), y_hat, 0.05)


def test_check_digits():
    y_hat = np.geomspace(1e-300, 1e300, 40)
    verify.check_digits(huber, y_hat, 0)
    verify.check_digits(absolute_error, y_hat, 0)
    verify.check_digits(squared_error, np.geomspace(1e-150, 1e150, 40), 1e-200)
    verify.check_digits(focal, [1e-300, 5e-324], 0, gamma=0.5)
    with pytest.raises(Refuted, match="ULP off"):
        verify.check_digits(spoiled(1 + 8 * np.finfo(float).eps), y_hat, 0)


def test_evaluate_begins_with_the_digits_of_the_smallest_argument():
    assert verify.evaluate(1 - x, {x: 1e-300}) < 1
    with mpmath.workdps(120):  # control: two roundings to 1 agree
        assert 1 - mpmath.mpf(1e-300) == 1


def test_check_digits_takes_a_parameter_that_is_none():
    verify.check_digits(focal, np.linspace(0.1, 0.9, 9), 1, alpha=None)
    verify.check_digits(focal_with_logits, np.linspace(-9, 9, 9), 0, alpha=None, gamma=3.0)
    with pytest.raises(Refuted, match="ULP off"):
        verify.check_digits(focal, 0.3, 1, alpha=None, value=-1)


def test_find_dent():
    low, high, rise = verify.find_dent(lambda u: focal_with_logits(u[:, 0], 1), 1)
    ends = focal_with_logits(low, 1) + focal_with_logits(high, 1)
    assert rise == focal_with_logits((low + high) / 2, 1) - ends / 2 > 0
    assert verify.find_dent(lambda u: contrastive(u[:, :2], u[:, 2:], 0), 4)
    assert verify.find_dent(lambda u: contrastive(u[:, :2], u[:, 2:], 1), 4) is None
    assert verify.find_dent(lambda u: squared_error(u[:, 0], 1), 1) is None


def test_ulps_counts_the_spacing_of_floats():
    assert verify.ulps(1.0, mpmath.mpf(1)) == 0
    assert verify.ulps(np.nextafter(1.0, 2), mpmath.mpf(1)) == 1
    assert verify.ulps(np.inf, mpmath.mpf(10) ** 400) == 0
    assert verify.ulps(np.inf, mpmath.mpf(1)) == np.inf
    assert verify.ulps(1.0, mpmath.mpf(10) ** 400) > 1e15
    assert np.isnan(verify.ulps(np.nan, mpmath.mpf(1)))


def test_evaluate_takes_as_many_digits_as_it_needs():
    z = sp.Symbol("z", real=True)
    with mpmath.workdps(40):
        exact = verify.evaluate(sp.log(1 + sp.exp(z)), {z: -10_000.0})
        assert abs(exact / mpmath.exp(-10_000) - 1) < mpmath.mpf(10) ** -25


@pytest.mark.parametrize(
    ("loss", "differentiable", "bounded", "constant"),
    [
        (squared_error, "twice, everywhere", "no", "11"),
        (absolute_error, "not at $y$", "by $1$", "3"),
        (huber, "once, everywhere; not twice at", r"by $\delta$", "3.333"),
    ],
)
def test_passport(loss, differentiable, bounded, constant):
    facts = verify.passport(loss).facts
    assert facts["convex in the prediction"] == "yes"
    assert facts["differentiable"].startswith(differentiable)
    assert facts["gradient bounded"] == bounded
    assert facts["least value"] == 0
    assert facts["best constant for 1, 3, 3, 4, 44"] == constant
    assert verify.passport(loss)._repr_markdown_().count("\n") == len(facts) + 1


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
    *_, (name, best) = (facts := verify.passport(loss).facts).items()
    assert facts["convex in the prediction"] == convex
    assert facts["differentiable"].startswith(differentiable)
    assert (facts["gradient bounded"], facts["least value"]) == (bounded, least)
    assert (name[-7:], best) == ("1, 1, 1", constant)


@pytest.mark.parametrize(
    ("define", "reason"),
    [
        (lambda y_hat, /, y: (y_hat - y) ** 2 - 1, "not shown to be 0 or more"),
        (lambda y_hat, /, y: (y_hat - y) ** 2 + 1, "neither at the target nor in a limit"),
    ],
)
def test_passport_refuses_what_it_cannot_decide(define, reason):
    with pytest.raises(ValueError, match=reason):
        verify.passport(loss(define))


def test_operations_are_counted_in_the_code():
    assert verify.operations(absolute_error) == 3  # a difference, its size, its sign
    assert verify.operations(squared_error) == 3  # a difference, its square, its double


def test_losses_side_by_side():
    columns = {"one": {"convex": "yes", "least": x**2}, "two": {"convex": "no", "least": "0"}}
    table = verify.Comparison(columns, {"convex": ["a.ipynb#b", None]})
    assert table._repr_markdown_().splitlines() == [
        "|  | one | two |",
        "| :-- | :-- | :-- |",
        "| convex | [yes](a.ipynb#b) | no |",
        "| least | $x^{2}$ | 0 |",
    ]
    formula = verify.Comparison(columns, {"least": ["a.ipynb#c", None]})._repr_markdown_()
    assert "$x^{2}$ [(proof)](a.ipynb#c) | 0" in formula  # a link of a formula alone has no name
    assert "two\nconvex: no" in repr(table)
    with pytest.raises(ValueError):
        verify.Comparison(columns, {"convex": ["a.ipynb#b"]})._repr_markdown_()
