"""Every numeric check accepts a right loss, and rejects a wrong one of the same kind."""

import re

import mpmath
import numpy as np
import pytest
import sympy as sp

from lossbook import (
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    contrastive,
    cross_entropy,
    cross_entropy_with_logits,
    ctc,
    focal,
    focal_with_logits,
    huber,
    squared_error,
    triplet,
    verify,
)
from lossbook.loss import loss
from lossbook.prove import Refuted

x = sp.Symbol("x", real=True)
MAX = float(np.finfo(float).max)


def spoiled(factor):
    """Huber's loss with a gradient that is a factor off, as a control."""
    wrong = loss(huber.__wrapped__)

    @wrong.kernel("value", "grad")
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


class Wrong:
    """A loss with another gradient, as a control."""

    def __init__(self, right, grad):
        self.right, self.grad = right, grad

    def __call__(self, *args):
        return self.right(*args)

    def __getattr__(self, name):
        return getattr(self.right, name)


def off_by_one_entry(right, entry, gap):
    def grad(*args):
        grads = np.array(right.grad(*args))
        grads[entry] += gap
        return grads

    return Wrong(right, grad)


SEQUENCES = np.random.default_rng(0).normal(size=(2, 5, 4)), [[1, 2], [3, 3]]


@pytest.mark.parametrize(
    ("right", "args", "entry"),
    [
        (huber, ([0.5, 2.0, -0.3], 0.0), (2,)),
        (huber, (0.5, [0.0, 2.0]), (1,)),
        (cross_entropy_with_logits, (np.eye(3), np.eye(3)), (1, 2)),
        (cross_entropy_with_logits, ([[0.0, -np.inf, 1.0]], [[1, 0, 0]]), (0, 1)),
        (ctc, (np.zeros((1, 3, 3)), [[1]]), (0, 2, 1)),
        (ctc, SEQUENCES, (1, 4, 0)),
        (ctc, SEQUENCES, (0, 0, 3)),
        (huber, ([1e6, 0.5], 0.0), (1,)),
    ],
)
def test_check_gradient_moves_each_entry(right, args, entry):
    verify.check_gradient(right, *args)
    for gap in (1e-5, -1e-5, np.nan):
        with pytest.raises(Refuted, match=re.escape(f"(entry {entry})")):
            verify.check_gradient(off_by_one_entry(right, entry, gap), *args)


def test_check_gradient_of_each_argument():
    x1, x2 = np.random.default_rng(0).normal(size=(2, 4, 3))
    verify.check_gradient(contrastive, x1, x2[:1], 0, margin=9.0)
    verify.check_gradient(triplet, x1, x2, x1 + 1)
    wrong = Wrong(contrastive, lambda *args: (contrastive.grad(*args)[0], x1))
    with pytest.raises(Refuted, match="the gradient by x2 is"):
        verify.check_gradient(wrong, x1, x2, 1)


@pytest.mark.parametrize(
    ("call", "error", "reason"),
    [
        (lambda: verify.check_gradient(huber, np.zeros(0), 0.0), ValueError, "no sample"),
        (
            lambda: verify.check_gradient(ctc, np.zeros((0, 2, 3)), np.zeros((0, 1))),
            ValueError,
            "no",
        ),
        (lambda: verify.check_gradient(ctc, np.zeros((1, 1, 3)), [[1, 2]]), ValueError, "finite"),
        (lambda: verify.check_digits(huber, [], 0), ValueError, "no sample"),
        (lambda: verify.check_digits(ctc, np.zeros((1, 3, 3)), [[1]]), TypeError, "one number"),
        (lambda: verify.check_digits(contrastive, [0.0], [1.0], 1), TypeError, "one number"),
    ],
)
def test_what_cannot_be_checked_is_named(call, error, reason):
    with pytest.raises(error, match=reason):
        call()


@pytest.mark.parametrize(
    ("check", "args", "parameters", "message"),
    [
        (verify.check_digits, (huber, "1", 0), {}, "huber: y_hat takes finite numbers, got '1'"),
        (verify.check_digits, (huber, np.zeros((3, 1)), np.zeros(3)), {}, "shapes must agree"),
        (verify.check_digits, (huber, x, 0), {}, "huber: y_hat takes finite numbers, got x"),
        (verify.check_digits, (huber, 1.0, x), {}, "huber: y takes finite numbers, got x"),
        (verify.check_digits, (huber, 1.0, 0), {"delta": x}, "huber: delta takes .*, got x"),
        (verify.check_digits, (huber, 1.0), {}, "missing a required argument: 'y'"),
        (verify.check_gradient, (huber, "1", 0), {}, "huber: y_hat takes finite numbers, got '1'"),
        (verify.check_gradient, (huber, x, 0), {}, "huber: y_hat takes finite numbers, got x"),
        (verify.check_gradient, (huber, 1.0, x), {}, "huber: y takes finite numbers, got x"),
        (verify.check_gradient, (huber, 1.0, 0), {"delta": x}, "huber: delta takes .*, got x"),
        (verify.check_gradient, (ctc, x, [[1]]), {}, "ctc: logits takes vectors .*, got x"),
    ],
)
def test_arguments_are_read_as_the_loss_reads_them(check, args, parameters, message):
    with pytest.raises((TypeError, ValueError), match=message):
        check(*args, **parameters)


@pytest.mark.parametrize("check", [verify.check_digits, verify.check_gradient])
def test_control_what_is_given_may_have_its_name(check):
    check(huber, [0.5, 3.0], y=[0.0, 0.25], delta=2)
    check(focal, [0.5, 0.75], y=True, alpha=None)
    check(huber, np.full((2, 3), 0.3), np.zeros((1, 3)))


@pytest.mark.parametrize(
    ("args", "got"),
    [
        ((binary_cross_entropy, 1.0, 1), "p = 1.0"),
        ((binary_cross_entropy, [0.5, 0.0], 0), "p[1] = 0.0"),
        ((focal, 1e-7, 1), "p = 1e-07"),
        ((cross_entropy, [[0.5, 0.5], [0.0, 1.0]], [[0.0, 1.0]]), "p[1, 0] = 0.0"),
        ((huber, MAX, MAX), f"y_hat = {MAX}"),
        ((ctc, np.full((1, 1, 2), MAX), [[1]]), f"logits[0, 0, 0] = {MAX}"),
    ],
)
def test_differences_need_room_on_both_sides(args, got):
    message = f"with room for differences, 1e-06 on both sides, got {got}"
    with pytest.raises(ValueError, match=re.escape(message)):
        verify.check_gradient(*args)


def test_control_there_is_room_close_to_an_end():
    verify.check_gradient(binary_cross_entropy, [0.999, 1e-3], 1)
    verify.check_gradient(cross_entropy, [[1.0, 1e-3]], [[0.25, 0.75]])  # which may be above 1


def test_check_digits():
    y_hat = np.geomspace(1e-300, 1e300, 40)
    verify.check_digits(huber, y_hat, 0)
    verify.check_digits(absolute_error, y_hat, 0)
    verify.check_digits(squared_error, np.geomspace(1e-150, 1e150, 40), 1e-200)
    verify.check_digits(focal, [1e-300, 5e-324], 0, gamma=0.5)
    for factor in (1 + 6 * np.finfo(float).eps, np.nan):
        with pytest.raises(Refuted, match="ULP off"):
            verify.check_digits(spoiled(factor), y_hat, 0)


def test_evaluate_begins_with_the_digits_of_the_smallest_argument():
    assert verify.evaluate(1 - x, {x: 1e-300}) < 1
    with mpmath.workdps(120):  # control: two roundings to 1 agree
        assert 1 - mpmath.mpf(1e-300) == 1


@pytest.mark.parametrize("z", [-300.0, -745.0])
def test_evaluate_begins_with_the_digits_of_an_exponential(z):
    """With too few digits log(1 + e^z) is 0, and the e^z beside it would hide that."""
    with mpmath.workdps(40):
        exact = verify.evaluate(sp.log(1 + sp.exp(x)) + sp.exp(x), {x: z})
        assert abs(exact / mpmath.exp(z) - 2) < mpmath.mpf(10) ** -25
    with mpmath.workdps(120):  # control
        assert mpmath.log(1 + mpmath.exp(z)) == 0
    verify.check_digits(focal_with_logits, z, 0, gamma=0.5)


@pytest.mark.parametrize("z", [-3e4, -5e5, -1e300])
def test_check_digits_takes_what_rounds_to_0(z):
    verify.check_digits(binary_cross_entropy_with_logits, z, 0)
    assert verify.evaluate(sp.exp(x), {x: z}, least=verify.UNSEEN) == 0
    assert verify.evaluate(sp.exp(x), {x: -600.0}, least=verify.UNSEEN) > 0  # control


def test_check_digits_takes_a_parameter_that_is_none():
    verify.check_digits(focal, np.linspace(0.1, 0.9, 9), 1, alpha=None)
    verify.check_digits(focal_with_logits, np.linspace(-9, 9, 9), 0, alpha=None, gamma=3.0)
    with pytest.raises(Refuted, match="ULP off"):
        verify.check_digits(focal, 0.3, 1, alpha=None, value=-1)


@pytest.mark.parametrize("gamma", [0.0, 5e-324, 0.3, 1.0, 2.0])
def test_check_digits_takes_the_ends_of_a_domain(gamma):
    verify.check_digits(binary_cross_entropy, [0.0, 1.0, 0.5], [0, 1, 1])
    verify.check_digits(focal, [0.0, 1.0, 0.5], [0, 1, 1], gamma=gamma)
    verify.check_digits(focal, [1.0, 0.0], [1, 0], alpha=None, gamma=gamma)


@pytest.mark.parametrize("wrong", [{"value": 1e-300}, {"grad": -1.0}, {"grad": np.nan}], ids=str)
def test_control_a_wrong_number_at_an_end(wrong):
    spoiled = loss(binary_cross_entropy.__wrapped__)

    @spoiled.kernel("value", "grad")
    def code(p, y):
        value, grad = binary_cross_entropy.value_and_grad(p, y)
        yield value + wrong.get("value", 0)
        yield grad + wrong.get("grad", 0)

    with pytest.raises(Refuted, match="ULP off"):
        verify.check_digits(spoiled, 0.0, 0)


def test_check_digits_names_where_there_are_none():
    with np.errstate(divide="ignore"), pytest.raises(ValueError, match="at p = 0, y = 1"):
        verify.check_digits(binary_cross_entropy, [0.5, 0.0], 1)


def test_convexity_counterexample():
    low, high, rise = verify.convexity_counterexample(lambda u: focal_with_logits(u[:, 0], 1), 1)
    ends = focal_with_logits(low, 1) + focal_with_logits(high, 1)
    assert rise == focal_with_logits((low + high) / 2, 1) - ends / 2 > 0
    assert verify.convexity_counterexample(lambda u: contrastive(u[:, :2], u[:, 2:], 0), 4)
    assert verify.convexity_counterexample(lambda u: contrastive(u[:, :2], u[:, 2:], 1), 4) is None
    assert verify.convexity_counterexample(lambda u: squared_error(u[:, 0], 1), 1) is None


@pytest.mark.parametrize(
    "f",
    [
        lambda u: np.sqrt(np.where(u > 0, u, np.nan)),
        lambda u: np.where(u > -1, -(u**2), np.nan),
        lambda u: np.where(u > -1, -(u**2), np.inf),
        lambda u: np.where(u > -1, -(u**2), -np.inf),
        lambda u: np.where(abs(u) < 1, np.inf, 0.0),
        lambda u: 1e12 - u**2,
        lambda u: -1e-10 * u**2,
        lambda u: 1.7e308 * (1 - np.exp(-(u**2))),
    ],
)
def test_no_value_hides_a_counterexample(f):
    low, high, rise = verify.convexity_counterexample(lambda u: f(u[:, 0]), 1)
    assert rise == f((low + high) / 2) - (f(low) / 2 + f(high) / 2) > 0


@pytest.mark.parametrize(
    "f",
    [
        lambda u: 1e9 * u,
        lambda u: 1e300 * u,
        lambda u: np.where(abs(u) > 1, np.inf, u**2),
        lambda u: np.sin(u) ** 2 + np.cos(u) ** 2 - 1,
        lambda u: np.full_like(u, np.nan),
    ],
)
def test_control_rounding_and_what_is_no_number_are_no_counterexamples(f):
    assert verify.convexity_counterexample(lambda u: f(u[:, 0]), 1) is None


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
