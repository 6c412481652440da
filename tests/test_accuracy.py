"""How many digits are right, against mpmath: the bounds that the book promises."""

import bench
import exact
import mpmath
import numpy as np
import pytest

import lossbook as book
from lossbook.verify import ulps

# numpy's exp and log differ by an ULP between processors, of which powers make more.
SPARE = {"focal_with_logits": 1}


@pytest.fixture(scope="module")
def rows():
    """The table of `make bench` without PyTorch: {loss: (value, gradient)} in ULP."""
    peers, bench.torch = bench.torch, None
    table = {row[0].replace("`", ""): row[1:3] for row in bench.accuracy()}
    bench.torch = peers
    return table


def test_scalar_losses(rows):
    """Value 3 ULP and gradient 4; with soft labels 2 ulp of the larger of sigmoid and label."""
    scalar = {k: v for k, v in rows.items() if not k.startswith(("cross_entropy", "ctc"))}
    assert len(scalar) == 20
    for name, (value, gradient) in scalar.items():
        spare = SPARE.get(name.split()[0], 0)
        assert value <= 3 + spare, name
        assert gradient <= (2 if "soft" in name else 4 + spare), name


def test_softmax(rows):
    found = [row for name, row in rows.items() if name.startswith("cross_entropy")]
    assert len(found) == 3
    for value, gradient in found:
        assert value <= 3 and gradient <= 6


def test_ctc(rows):
    for name, (value, gradient) in rows.items():
        if name.startswith("ctc"):
            assert value <= 4 and gradient <= 16, name  # also for T = 200


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


def test_nothing_is_raised_in_between():
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        rng = np.random.default_rng(0)
        wide = rng.choice([-1.0, 1.0], 500) * 10.0 ** rng.uniform(-300, 300, 500)
        for loss in (book.absolute_error, book.huber, book.smooth_l1):
            assert np.isfinite(loss.value_and_grad(wide, 0)).all()
        z, y = bench.logits(rng)
        p, label = bench.probabilities(rng)
        for gamma in (0, 0.5, 1, 2, 5):
            assert np.isfinite(book.focal_with_logits.value_and_grad(z, y, gamma=gamma)).all()
            assert np.isfinite(book.focal.value_and_grad(p[p < 1], label[p < 1], gamma=gamma)).all()


def test_control_naive_code_is_rejected():
    """The measure itself: textbook code in floating point is far outside the bounds."""
    z = np.array([40.0, 100.0])
    naive = np.log(1 + np.exp(-z))
    loss = book.binary_cross_entropy_with_logits
    assert exact.errors(naive, loss.formula, loss.symbols, [z, np.ones(2)]).max() > 1e15
    ours = exact.errors(loss(z, 1), loss.formula, loss.symbols, [z, np.ones(2)])
    assert ours.max() <= 3
