"""What is true of the losses: formulas, derivatives, conventions, and how they relate."""

import itertools

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import lossbook as book
from lossbook import (
    absolute_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    classification,
    contrastive,
    cross_entropy,
    cross_entropy_with_logits,
    focal,
    focal_with_logits,
    hinge,
    huber,
    pinball,
    prove,
    smooth_l1,
    squared_error,
    triplet,
)
from lossbook.loss import Loss
from lossbook.prove import Refuted, pieces
from lossbook.verify import check_digits, check_gradient
from tools import accuracy

rng = np.random.default_rng(0)
N, K = 7, 4
R, Y = rng.normal(size=N) * 2, rng.normal(size=N)
Z, LABEL = rng.normal(size=N) * 3, rng.integers(0, 2, N).astype(float)
P, SOFT = rng.uniform(0.05, 0.95, N), rng.uniform(size=N)
SIGN = 2 * LABEL - 1
LOGITS, CLASSES = rng.normal(size=(N, K)), np.eye(K)[rng.integers(0, K, N)]
A, B, C = rng.normal(size=(3, N, K))

EXAMPLES = [
    (squared_error, (R, Y), {}),
    (absolute_error, (R, Y), {}),
    (huber, (R, Y), {"delta": 0.7}),
    (smooth_l1, (R, Y), {"beta": 0.7}),
    (pinball, (R, Y), {}),
    (pinball, (R, Y), {"quantile": 0.9}),
    (binary_cross_entropy, (P, SOFT), {}),
    (binary_cross_entropy_with_logits, (Z, SOFT), {}),
    (cross_entropy, (rng.dirichlet(np.ones(K), N), CLASSES), {}),
    (cross_entropy_with_logits, (LOGITS, rng.dirichlet(np.ones(K), N)), {}),
    (focal, (P, LABEL), {}),
    (focal, (P, LABEL), {"alpha": None, "gamma": 0.5}),
    (focal_with_logits, (Z, LABEL), {"gamma": 3.0}),
    (focal_with_logits, (Z, LABEL), {"alpha": None}),
    (hinge, (Z, SIGN), {}),
    (contrastive, (A, B, LABEL), {"margin": 3.0}),
    (triplet, (A, B, C), {"margin": 5.0}),
    (triplet, (A, B, C), {"margin": 5.0, "squared": False}),
]
SCALAR = [e for e in EXAMPLES if e[1][0].ndim == 1]


def name(example):
    return " ".join([example[0].name, *(f"{k}={v}" for k, v in example[2].items())])


examples = pytest.mark.parametrize("loss, args, kwargs", EXAMPLES, ids=map(name, EXAMPLES))


def as_tuple(x):
    return x if isinstance(x, tuple) else (x,)


def test_the_public_face():
    assert sorted(book.__all__) == book.__all__
    for loss_name in book.__all__:
        loss = getattr(book, loss_name)
        assert loss.name == loss_name and len(loss.__doc__) > 60


def lacking(examples):
    """The losses without an example; those of `ctc` are in test_ctc.py."""
    return sorted({*book.__all__} - {loss.name for loss, *_ in examples} - {"ctc"})


def test_every_loss_has_an_example():
    assert lacking(EXAMPLES) == []


def test_control_a_loss_without_an_example():
    assert "triplet" in lacking([e for e in EXAMPLES if e[0] is not triplet])


@examples
def test_value_grad_and_both_agree(loss, args, kwargs):
    value, grads = loss.value_and_grad(*args, **kwargs)
    assert value == pytest.approx(loss(*args, **kwargs), rel=1e-15, abs=0)
    assert value.shape == (N,) and value.dtype == float and (value >= 0).all()
    for a, b in zip(as_tuple(grads), as_tuple(loss.grad(*args, **kwargs)), strict=True):
        assert a == pytest.approx(b, rel=1e-15, abs=0)


@examples
def test_gradient_is_the_slope(loss, args, kwargs):
    check_gradient(loss, *args, **kwargs)


@examples
def test_hessian_is_the_slope_of_the_gradient(loss, args, kwargs):
    hess = loss.hess(*args, **kwargs)
    rows = hess if len(loss.wrt) > 1 else ((hess,),)
    for i, row in enumerate(rows):
        for j, block in enumerate(row):
            for k in np.ndindex(args[j].shape[1:]):
                step = np.zeros_like(args[j])
                step[(slice(None), *k)] = 1e-6
                ends = (
                    as_tuple(loss.grad(*args[:j], args[j] + s, *args[j + 1 :], **kwargs))[i]
                    for s in (step, -step)
                )
                slope = np.subtract(*ends) / 2e-6
                assert block[(..., *k)] == pytest.approx(slope, rel=1e-5, abs=1e-6)


@examples
def test_types_and_layouts(loss, args, kwargs):
    expected = loss.value_and_grad(*args, **kwargs)
    whole = [np.asfortranarray(np.repeat(a, 2, axis=0))[::2] for a in args]
    for ours, theirs in zip(expected, loss.value_and_grad(*whole, **kwargs), strict=True):
        for a, b in zip(as_tuple(ours), as_tuple(theirs), strict=True):
            assert (a == b).all()
    single = [np.round(a * 64) / 64 for a in args] if "cross" not in loss.name else args
    halves = [a.astype(np.float32) for a in single]
    value = loss(*halves, **kwargs)
    assert value.dtype == np.float64
    assert value == pytest.approx(loss(*(a.astype(float) for a in halves), **kwargs))


@examples
@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 2)])
def test_empty(loss, args, kwargs, shape):
    empty = [np.zeros(shape + a.shape[1:]) for a in args]
    value, grads = loss.value_and_grad(*empty, **kwargs)
    assert value.shape == shape
    for grad, arg in zip(as_tuple(grads), empty, strict=False):
        assert grad.shape == arg.shape
    assert np.size(loss.hess(*empty, **kwargs)) == 0


@pytest.mark.parametrize("loss, args, kwargs", SCALAR, ids=map(name, SCALAR))
def test_digits(loss, args, kwargs):
    check_digits(loss, *args, **kwargs)


# Proofs: each gradient is the derivative of its formula, and each Hessian of its gradient.


def prove_slope(formula, slope, x, within=None):
    """On every piece of the formula, for all values of the other symbols."""
    for low, high, piece in pieces(formula, x, within)[1]:
        prove.equal(piece.diff(x), slope, x, (low, high))


def is_of_vectors(loss):
    return any(isinstance(symbol, sp.IndexedBase) for symbol in loss.symbols)


FORMULAS = [getattr(book, name) for name in book.__all__ if name != "ctc"]
LABELS = {classification.LABEL: (0, 1), classification.SIGN: (-1, 1)}


def prove_gradients(loss):
    """By each prediction, for each of the labels where there are only two."""
    takes = dict(zip(loss.symbols, accuracy.domains(loss).values(), strict=False))
    given = [[(y, label) for label in LABELS[takes[y]]] for y in takes if takes[y] in LABELS]
    for labels in itertools.product(*given):
        for i, x in enumerate(loss.symbols[: len(loss.wrt)]):
            within = (0, 1) if takes[x] is classification.PROBABILITY else None
            gradient, hessian = as_tuple(loss.gradient)[i], as_tuple(as_tuple(loss.hessian)[i])[i]
            formula, gradient, hessian = (
                sp.sympify(expr).subs(labels) for expr in (loss.formula, gradient, hessian)
            )
            prove_slope(formula, gradient, x, within)
            prove_slope(gradient, hessian, x, within)


@pytest.mark.parametrize(
    "loss", [f for f in FORMULAS if not is_of_vectors(f)], ids=lambda loss: loss.name
)
def test_proof_of_gradients(loss):
    prove_gradients(loss)


def test_proof_by_two_predictions_for_two_labels():
    @Loss
    def weighted(a, b, /, y: classification.LABEL, sign: classification.SIGN, *, scale=2.0):
        return scale * (1 + y) * (a * sign - b) ** 2

    prove_gradients(weighted)


def branch(expr, active):
    """An expression where its maxima with 0 are (not) 0 and its cases are the first (last)."""
    expr = expr.replace(sp.Max, lambda zero, inner: inner if active else zero)
    return expr.replace(sp.Piecewise, lambda *cases: cases[0 if active else -1][0])


def is_slope(formula, slope, x):
    return all(
        sp.simplify(branch(formula, active).diff(x) - branch(slope, active)) == 0
        for active in (True, False)
    )


@pytest.mark.parametrize(
    "loss",
    [*(f for f in FORMULAS if is_of_vectors(f)), triplet.variant(squared=False)],
    ids=lambda loss: f"{loss.name} {loss.parameters}",
)
def test_proof_of_gradients_of_vectors(loss):
    """Entry by entry of vectors of two."""
    formula, gradient, symbols = accuracy.written_out(loss, 2)
    for x, slope in zip(symbols, gradient, strict=False):
        assert is_slope(formula, slope, x)


def test_proof_of_the_kernel_of_softmax():
    """The kernel's steps for three classes, of which the last is the largest: there e is 1."""
    formula, gradient, symbols = accuracy.written_out(cross_entropy_with_logits, 3)
    z, y = symbols[:3], symbols[3:]
    top = z[2]
    sums_to_one = {y[2]: 1 - y[0] - y[1]}
    e = [sp.exp(entry - top) for entry in z]
    tail = e[0] + e[1]
    value = sp.log(1 + tail) - sum(q * (entry - top) for q, entry in zip(y, z, strict=True))
    assert sp.simplify(sp.exp((value - formula).subs(sums_to_one))) == 1
    slopes = [e[0] / (1 + tail) - y[0], e[1] / (1 + tail) - y[1]]
    slopes.append((1 - y[2] - y[2] * tail) / (1 + tail))
    for ours, slope in zip(slopes, gradient, strict=True):
        assert sp.simplify(ours - slope) == 0


def test_control_proofs_reject_wrong_gradients():
    with pytest.raises(Refuted):
        prove_slope(squared_error.formula / 2, squared_error.gradient, squared_error.symbols[0])
    score, y = hinge.symbols  # the label of the one with the gradient of the other
    with pytest.raises(Refuted):
        prove_slope(hinge.formula.subs(y, 1), hinge.gradient.subs(y, -1), score)
    formula, (slope, *_), (x, *_) = accuracy.written_out(contrastive, 2)
    assert is_slope(formula, slope, x)
    assert not is_slope(formula, -slope, x) and not is_slope(2 * formula, slope, x)


def test_the_hessian_of_softmax_survives_large_logits():
    with np.errstate(over="raise", invalid="raise"):
        hess = cross_entropy_with_logits.hess([0.0, 0.0, 800.0], [1.0, 0.0, 0.0])
        assert np.array_equal(hess, np.zeros((3, 3)))
        hess = cross_entropy_with_logits.hess([900.0, 900.0], [1.0, 0.0])
        assert hess == pytest.approx(np.array([[0.25, -0.25], [-0.25, 0.25]]), rel=1e-12)


def test_the_kernel_equals_the_derived_code():
    derived = Loss(cross_entropy_with_logits.__wrapped__)
    z, y = LOGITS * 5, rng.dirichlet(np.ones(K), N)
    for result in ("__call__", "grad", "hess"):
        ours, theirs = (getattr(f, result)(z, y) for f in (cross_entropy_with_logits, derived))
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-14)
    assert "tail" in cross_entropy_with_logits.source and "tail" not in derived.source


# How the losses relate.


def test_smooth_l1_is_huber_over_beta():
    for beta in (0.1, 1.0, 7.0):
        assert smooth_l1(R, Y, beta=beta) == pytest.approx(huber(R, Y, delta=beta) / beta)
        assert smooth_l1.grad(R, Y, beta=beta) == pytest.approx(huber.grad(R, Y, delta=beta) / beta)


def test_huber_is_half_the_square_or_nearly_the_magnitude():
    assert huber(R, Y, delta=100) == pytest.approx(squared_error(R, Y) / 2)
    assert huber(R, Y, delta=1e-9) / 1e-9 == pytest.approx(absolute_error(R, Y), abs=1e-8)


def test_pinball_at_one_half_is_half_the_magnitude():
    assert (2 * pinball(R, Y) == absolute_error(R, Y)).all()
    assert (2 * pinball.grad(R, Y) == absolute_error.grad(R, Y)).all()


@pytest.mark.parametrize("q", [0.25, 0.5, 0.875])
def test_pinball_charges_each_side_its_price(q):
    too_low, too_high = pinball(R, R + 2, quantile=q), pinball(R, R - 2, quantile=q)
    assert too_low == pytest.approx(2 * q) and too_high == pytest.approx(2 * (1 - q))
    assert (pinball(R, Y, quantile=q) == pinball(-R, -Y, quantile=1 - q)).all()
    (turned,) = {*(pinball.grad(R, Y, quantile=q) + pinball.grad(-R, -Y, quantile=1 - q))}
    assert turned == 0


@pytest.mark.parametrize("q", [5e-324, 1e-17, 0.1, 0.5, 0.9, 1 - 2.0**-53])
def test_pinball_at_the_kink_has_the_gradient_0_and_beside_it_the_ends_of_its_subgradients(q):
    beside = [-5e-324, 0.0, 5e-324]  # of a target of 0
    assert pinball.grad(beside, 0, quantile=q).tolist() == [-q, 0, 1 - q]
    assert pinball.hess(beside, 0, quantile=q).tolist() == [0, 0, 0]


def test_the_gradient_of_pinball_is_printed_with_its_three_cases():
    cases = pinball.gradient.args
    assert [value for value, _ in cases] == [1 - pinball.symbols[2], -pinball.symbols[2], 0]


def test_logits_and_probabilities_agree():
    p = 1 / (1 + np.exp(-Z))
    assert binary_cross_entropy_with_logits(Z, SOFT) == pytest.approx(binary_cross_entropy(p, SOFT))
    assert focal_with_logits(Z, LABEL) == pytest.approx(focal(p, LABEL))
    softmax = np.exp(LOGITS) / np.exp(LOGITS).sum(-1, keepdims=True)
    assert cross_entropy_with_logits(LOGITS, CLASSES) == pytest.approx(
        cross_entropy(softmax, CLASSES)
    )


def test_two_classes_are_binary():
    z, y = np.stack([np.zeros(N), Z], -1), np.stack([1 - SOFT, SOFT], -1)
    value, grad = cross_entropy_with_logits.value_and_grad(z, y)
    expected = binary_cross_entropy_with_logits.value_and_grad(Z, SOFT)
    assert value == pytest.approx(expected[0]) and grad[:, 1] == pytest.approx(expected[1])
    value, grad = cross_entropy.value_and_grad(
        np.stack([1 - P, P], -1), np.eye(2)[LABEL.astype(int)]
    )
    assert value == pytest.approx(binary_cross_entropy(P, LABEL))


def test_focal_without_focus_is_cross_entropy():
    for loss, entropy, x in (
        (focal, binary_cross_entropy, P),
        (focal_with_logits, binary_cross_entropy_with_logits, Z),
    ):
        plain = loss.value_and_grad(x, LABEL, alpha=None, gamma=0)
        for ours, theirs in zip(plain, entropy.value_and_grad(x, LABEL), strict=True):
            assert ours == pytest.approx(theirs, rel=1e-14)
        assert loss(x, LABEL, alpha=0.5) * 2 == pytest.approx(loss(x, LABEL, alpha=None))


def test_focal_weights_the_classes():
    assert focal(0.3, 1, alpha=0.1) == pytest.approx(0.1 * focal(0.3, 1, alpha=None))
    assert focal(0.3, 0, alpha=0.1) == pytest.approx(0.9 * focal(0.3, 0, alpha=None))
    assert focal(0.3, 1, gamma=1, alpha=1) == pytest.approx(0.7 * -np.log(0.3))
    y_hat, y = focal.symbols[:2]
    assert not focal(y_hat, y, alpha=None).has(focal.symbols[2])


def test_shifting_all_logits_changes_nothing():
    shifted = cross_entropy_with_logits.value_and_grad(LOGITS + 100, CLASSES)
    for a, b in zip(
        cross_entropy_with_logits.value_and_grad(LOGITS, CLASSES), shifted, strict=True
    ):
        assert a == pytest.approx(b, rel=1e-12, abs=1e-12)


def test_softmax_gradient_sums_to_zero():
    assert cross_entropy_with_logits.grad(LOGITS, CLASSES).sum(-1) == pytest.approx(
        np.zeros(N), abs=1e-15
    )


def test_triplet_gradients_sum_to_zero():
    for squared in (True, False):
        grads = triplet.grad(A, B, C, margin=9.0, squared=squared)
        assert sum(grads) == pytest.approx(np.zeros((N, K)), abs=1e-14)


def test_contrastive_by_hand():
    zero = np.zeros(2)
    assert contrastive([3.0, 4.0], zero, 1) == 12.5
    assert contrastive([3.0, 4.0], zero, 0, margin=7.0) == 2
    assert contrastive([3.0, 4.0], zero, 0) == 0
    one, other = contrastive.grad([3.0, 4.0], zero, 0, margin=7.0)
    assert one == pytest.approx([-1.2, -1.6]) and (other == -one).all()


def test_triplet_by_hand():
    anchor, positive, negative = [0.0, 0.0], [3.0, 4.0], [0.0, 4.0]
    assert triplet(anchor, positive, negative, margin=1.0) == 25 - 16 + 1
    assert triplet(anchor, positive, negative, margin=1.0, squared=False) == 2
    assert triplet(anchor, negative, positive) == 0


def test_equal_vectors_have_gradient_zero():
    with np.errstate(all="raise"):
        for y in (0, 1):
            for grad in contrastive.grad(A, A, y):
                assert (grad == 0).all()
        near, positive, _ = triplet.grad(A, A, A + 1, margin=9.0, squared=False)
        assert (positive == 0).all() and np.isfinite(near).all()
        for loss, args in ((contrastive, (A, A, 0)), (contrastive, (A, A, 1))):
            assert all(np.isfinite(block).all() for row in loss.hess(*args) for block in row)


def test_hinge_at_the_kink():
    assert hinge.grad([1.0, -1.0], [1, -1]).tolist() == [0, 0]
    assert hinge.grad([0.999, 1.001], [1, 1]).tolist() == [-1, 0]


# The statistic that each loss estimates: where the mean loss of a constant is least.


@pytest.mark.parametrize("seed", range(3))
def test_minimisers(seed):
    y = np.random.default_rng(seed).exponential(size=21)
    grid = np.linspace(0, 5, 5001)
    for loss, statistic in ((squared_error, y.mean()), (absolute_error, np.median(y))):
        cost = loss(grid[:, None], y[None, :]).mean(-1)
        assert grid[cost.argmin()] == pytest.approx(statistic, abs=1e-3)


@pytest.mark.parametrize("q", [0.1, 0.5, 0.9])
def test_pinball_is_least_at_a_quantile(q):
    y = np.random.default_rng(4).exponential(size=21)
    cost = pinball(y[:, None], y[None, :], quantile=q).mean(-1)
    best = y[cost.argmin()]
    assert best == np.quantile(y, q, method="inverted_cdf")
    assert best != np.quantile(y, q + 0.05, method="inverted_cdf")  # the control


def test_cross_entropy_is_proper():
    grid = np.linspace(0.001, 0.999, 999)
    for share in (0.2, 0.5, 0.9):
        assert grid[binary_cross_entropy(grid, share).argmin()] == pytest.approx(share, abs=1e-9)
    expected = 0.2 * focal(grid, 1, alpha=None) + 0.8 * focal(grid, 0, alpha=None)
    assert grid[expected.argmin()] > 0.25  # the control: focal loss is not proper


# Extremes.


def test_certain_and_wrong_is_infinite():
    with np.errstate(divide="ignore"):
        for loss in (binary_cross_entropy, focal):
            value, grad = loss.value_and_grad([0.0, 1.0], [1.0, 0.0])
            assert (value == np.inf).all() and grad.tolist() == [-np.inf, np.inf]
        value, grad = cross_entropy.value_and_grad([0.0, 1.0], [1.0, 0.0])
        assert value == np.inf and grad.tolist() == [-np.inf, 0]


def test_certain_and_right_is_zero():
    with np.errstate(all="raise"):
        value, grad = binary_cross_entropy.value_and_grad([0.0, 1.0], [0.0, 1.0])
        assert (value == 0).all() and grad.tolist() == [1, -1]
        for gamma in (0, 0.5, 1, 2, 5):
            value, grad = focal.value_and_grad([0.0, 1.0], [0.0, 1.0], alpha=None, gamma=gamma)
            assert (value == 0).all()
            assert grad.tolist() == ([1, -1] if gamma == 0 else [0, 0])


def test_masked_classes():
    with np.errstate(all="raise", under="ignore"):
        value, grad = cross_entropy_with_logits.value_and_grad([0.0, -np.inf, 1.0], [1.0, 0.0, 0.0])
    expected = cross_entropy_with_logits.value_and_grad([0.0, 1.0], [1.0, 0.0])
    assert value == pytest.approx(expected[0])
    assert grad[[0, 2]] == pytest.approx(expected[1]) and grad[1] == 0
    value, grad = cross_entropy_with_logits.value_and_grad([0.0, -np.inf], [0.0, 1.0])
    assert value == np.inf and grad.tolist() == [1, -1]
    assert np.isfinite(cross_entropy_with_logits.hess([0.0, -np.inf], [1.0, 0.0])).all()


def test_norms_of_very_large_and_small_vectors():
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        assert contrastive([3e200, 4e200], [0.0, 0.0], 0) == 0
        assert contrastive.grad([3e-200, 4e-200], [0.0, 0.0], 0)[0] == pytest.approx([-0.6, -0.8])
        assert triplet([0.0, 0.0], [3e200, 4e200], [4e200, 3e200], margin=1.0) == 1
        assert triplet([0.0, 0.0], [3e200, 4e200], [4e200, 3e200], squared=False) == 0.2


hunt = settings(max_examples=150, deadline=None)


@hunt
@given(
    z=st.floats(-1e300, 1e300),
    y=st.sampled_from([0.0, 1.0]),
    g=st.floats(0, 10),
)
def test_no_nan_from_logits(z, y, g):
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        for value, grad in (
            binary_cross_entropy_with_logits.value_and_grad(z, y),
            binary_cross_entropy_with_logits.value_and_grad(z, 0.5),
            focal_with_logits.value_and_grad(z, y, gamma=g),
            hinge.value_and_grad(z, 2 * y - 1),
        ):
            assert np.isfinite(value) and np.isfinite(grad) and value >= 0


@hunt
@given(p=st.floats(0, 1), y=st.floats(0, 1), g=st.floats(0, 10))
def test_no_nan_from_probabilities(p, y, g):
    with np.errstate(divide="ignore", over="ignore", invalid="raise"):
        for value, grad in (
            binary_cross_entropy.value_and_grad(p, y),
            focal.value_and_grad(p, float(y > 0.5), gamma=g),
        ):
            assert not np.isnan(value) and not np.isnan(grad) and value >= 0


@hunt
@given(
    z=st.lists(
        st.one_of(st.floats(-1e300, 1e300), st.just(-np.inf)), min_size=2, max_size=5
    ).filter(lambda z: max(z) > -np.inf),
    k=st.integers(0, 4),
)
def test_no_nan_from_softmax(z, k):
    y = np.eye(len(z))[k % len(z)]
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        value, grad = cross_entropy_with_logits.value_and_grad(z, y)
    assert not np.isnan(value) and np.isfinite(grad).all() and value >= 0


vectors = st.lists(st.floats(-1e300, 1e300), min_size=2, max_size=2)


@hunt
@given(a=vectors, b=vectors, c=vectors, y=st.sampled_from([0, 1]))
def test_no_nan_from_vectors(a, b, c, y):
    with np.errstate(over="ignore", invalid="raise", divide="raise"):
        results = [contrastive.value_and_grad(a, b, y)]
        results += [triplet.value_and_grad(a, b, c, squared=s) for s in (True, False)]
    for value, grads in results:
        assert not np.isnan(value) and not any(np.isnan(g).any() for g in grads)
