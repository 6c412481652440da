"""How many digits are right, against mpmath: the bounds that the book promises."""

import re
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy as sp

import lossbook as book
from lossbook.classification import DISTRIBUTION, LABEL, LOGITS, PROBABILITY, SIGN
from lossbook.loss import Domain, Vector, loss
from lossbook.printing import exp_of_product
from lossbook.shapes import softplus, total
from lossbook.verify import UNSEEN, check_digits, evaluate, ulps
from tools import accuracy, benchmark

ROOT = Path(__file__).parent.parent
# Of value and gradient, in ULP. numpy's exp and log differ by an ULP between processors, of which
# powers make more.
BOUNDS = {
    "cross_entropy_with_logits": (3, 6),
    "ctc": (4, 16),  # also for T = 200
    "focal_with_logits": (4, 5),
}


def troubles(loss):
    """The cases of a loss in which fewer digits are right than promised."""
    cases = [(case.name, *case.errors(loss.value_and_grad)) for case in accuracy.cases(loss)]
    if not cases:
        yield f"{loss.name}: there is no case"
    for case, *errors in cases:
        bounds = (3, 2) if "soft labels" in case else BOUNDS.get(loss.name, (3, 4))
        for what, error, bound in zip(("value", "gradient"), errors, bounds, strict=True):
            if not error <= bound:
                yield f"{case}: the {what} is {error:.3g} ULP off, more than {bound}"


@pytest.mark.parametrize("name", book.__all__)
def test_digits(name):
    found = list(troubles(getattr(book, name)))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("z", [37.0, 40.0, 100.0, 700.0, 745.0, 1e4])
def test_confident_logits_keep_their_digits(z):
    """Where sigmoid(z) - y is 0 in floating point, the gradient is not."""
    value, grad = book.binary_cross_entropy_with_logits.value_and_grad(z, 1)
    with mpmath.workdps(9000):
        e = mpmath.exp(-mpmath.mpf(z))
        assert ulps(float(value), mpmath.log(1 + e)) <= 3
        assert ulps(float(grad), -e / (1 + e)) <= 4


def test_tiny_probabilities_keep_their_digits():
    value, grad = book.binary_cross_entropy.value_and_grad([1e-300, 1e-300], [1, 0])
    assert value.tolist() == [pytest.approx(300 * np.log(10), rel=1e-15), 1e-300]
    assert grad == pytest.approx([-1e300, 1], rel=1e-15)


@pytest.mark.parametrize("gamma", [1e-290, 1.23456e-3, 1 / 3, 0.7, 2.2, 4.1863246506598255, 9.87])
def test_a_power_of_many_digits_costs_no_digits(gamma):
    rng, far = np.random.default_rng(1), 700 / (1 + gamma)
    z = np.concatenate([rng.uniform(-far, far, 60), [30.3, 61.420519472635526, 5.3, 8.1, 12.7]])
    z = np.append(z, [700 / gamma, 300 / gamma] if gamma < 0.1 else [])
    loss = book.focal_with_logits.variant(alpha=None)
    for y in (0, 1):
        check_digits(loss, z, y, value=4, grad=4, gamma=gamma)
        for one in z[abs(z) > 10]:  # nearer to 0 the Hessian is a difference
            at = dict(zip(loss.symbols, (one, y, gamma), strict=True))
            exact = evaluate(loss.hessian, at, least=UNSEEN)
            assert ulps(float(loss.hess(one, y, gamma=gamma)), exact) <= 8


def test_a_product_in_an_exponent_is_exact():
    rng = np.random.default_rng(0)
    for power in 10 ** rng.uniform(-280, 6, 200):
        y = np.append(rng.uniform(0, 705, 10), 10 ** rng.uniform(-300, 2, 5)) / power
        for far, found in zip(y, exp_of_product(-power, y), strict=True):
            with mpmath.workdps(40):
                assert ulps(found, mpmath.exp(-mpmath.mpf(power) * mpmath.mpf(far))) <= 1.5


@pytest.mark.parametrize("power", [0.0, 5e-324, 1e-300, 1e-3, 1.0, 708.3, 123456.789, 1e6])
def test_a_product_in_an_exponent_may_overflow(power):
    y = np.append(10.0 ** np.arange(-300, 309), [0.0, 5e-324, np.finfo(float).max])
    with np.errstate(over="ignore"):
        right = np.exp(-power * y)
        found = exp_of_product(-power, y)
    np.testing.assert_allclose(found, right, rtol=1e-13, atol=1e-300)


def finite_where_the_answer_is(loss, **parameters):
    """Whether nothing overflows in between: for predictions whose square is a float64."""
    x, *rest = accuracy.points(loss)
    keep = np.absolute(x) < 1e150
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        results = loss.value_and_grad(x[keep], *(a[keep] for a in rest), **parameters)
    return bool(np.isfinite(results).all())


def test_nothing_is_raised_in_between():
    for name in benchmark.SMALL:
        for parameters in accuracy.PARAMETERS.get(name, [{}]):
            assert finite_where_the_answer_is(getattr(book, name), **parameters), name


# Controls: textbook code in floating point is far outside the bounds.


@loss
def log_cosh(y_hat, /, y):
    return softplus(2 * (y_hat - y)) - (y_hat - y) - sp.log(2)


@loss
def log_loss(p: PROBABILITY, /, y: LABEL):
    return -y * sp.log(p) - (1 - y) * sp.log(1 - p)


@loss
def logistic(score, /, y: SIGN):
    return sp.log(1 + sp.exp(-y * score))


@loss
def softmax(z: LOGITS, /, y: DISTRIBUTION):
    return sp.log(total(lambda k: sp.exp(z[k]))) - total(lambda k: y[k] * z[k])


@loss
def squared_distance(a: Vector, b: Vector, /):
    return (
        total(lambda k: a[k] ** 2) - 2 * total(lambda k: a[k] * b[k]) + total(lambda k: b[k] ** 2)
    )


@loss
def gaussian(mu, log_variance, /, y):
    return (log_variance + (y - mu) ** 2 * sp.exp(-log_variance)) / 2


NAIVE = [log_cosh, log_loss, logistic, softmax, squared_distance]


@pytest.mark.parametrize("naive", NAIVE, ids=lambda loss: loss.name)
def test_control_naive_code_is_rejected(naive):
    with np.errstate(all="ignore"):
        assert f"{naive.name}`: the value is " in " ".join(troubles(naive))


def test_a_loss_of_several_numbers_is_measured():
    assert list(troubles(gaussian)) == []
    (case,) = accuracy.cases(gaussian)
    value, (by_mu, by_variance) = gaussian.value_and_grad(*case.arguments)
    assert case.measure(value, (by_mu, by_variance * (1 + 1e-13)))[1] > 100


def test_control_naive_code_overflows():
    with pytest.raises(FloatingPointError):
        finite_where_the_answer_is(logistic)


def test_control_a_domain_without_points():
    @loss
    def angle(degrees: Domain("angles in [200, 300]", lambda x: (x >= 200) & (x <= 201)), /, y):
        return degrees - y

    with pytest.raises(ValueError, match="no points for a domain of angles"):
        list(accuracy.cases(angle))


# The benchmark measures all losses, without PyTorch, too.


def unstored(report):
    """The losses without a row in a report of the benchmark."""
    return sorted({*book.__all__} - {*re.findall(r"^\| `(\w+)`", report, re.MULTILINE)})


def test_every_loss_is_in_the_stored_report():
    assert unstored((ROOT / "BENCHMARKS.md").read_text("utf-8")) == []


def test_control_a_loss_that_was_not_measured():
    assert "hinge" in unstored("| `huber` delta = 1.0 | 1.8 |\n|  | `hinge` |\n")


@pytest.mark.parametrize("name", book.__all__)
def test_every_loss_is_timed(name):
    sizes = [((2, 8, 5, 3),)] if name == "ctc" else [(7,), (7, 4)]
    assert name in {*benchmark.SMALL, *(timed for timed, *_ in benchmark.LARGE)}
    for size in sizes:
        ours, _ = benchmark.pair(name, {}, *size)
        value, _ = ours()
        assert np.isfinite(value).all()
