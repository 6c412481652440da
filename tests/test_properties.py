"""What is true of the losses: formulas, derivatives, conventions, and how they relate."""

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
    contrastive,
    cross_entropy,
    cross_entropy_with_logits,
    focal,
    focal_with_logits,
    hinge,
    huber,
    smooth_l1,
    squared_error,
    triplet,
)
from lossbook.classification import _softmax
from lossbook.shapes import derivative, unfold

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


@examples
def test_value_grad_and_both_agree(loss, args, kwargs):
    value, grads = loss.value_and_grad(*args, **kwargs)
    assert value == pytest.approx(loss(*args, **kwargs), rel=1e-15)
    assert value.shape == (N,) and value.dtype == float
    for a, b in zip(as_tuple(grads), as_tuple(loss.grad(*args, **kwargs)), strict=True):
        assert a == pytest.approx(b, rel=1e-15)


@examples
def test_gradient_is_the_slope(loss, args, kwargs):
    for i, grad in enumerate(as_tuple(loss.grad(*args, **kwargs))):
        for k in np.ndindex(args[i].shape[1:]):
            step = np.zeros_like(args[i])
            step[(slice(None), *k)] = 1e-6
            ends = (loss(*args[:i], args[i] + s, *args[i + 1 :], **kwargs) for s in (step, -step))
            slope = np.subtract(*ends) / 2e-6
            assert grad[(slice(None), *k)] == pytest.approx(slope, rel=1e-6, abs=1e-7)


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
def test_empty(loss, args, kwargs):
    value, grads = loss.value_and_grad(*(a[:0] for a in args), **kwargs)
    assert value.shape == (0,)
    for grad, arg in zip(as_tuple(grads), args, strict=False):
        assert grad.shape == arg[:0].shape


@examples
def test_never_negative(loss, args, kwargs):
    assert (loss(*args, **kwargs) >= 0).all()


@pytest.mark.parametrize("loss, args, kwargs", SCALAR, ids=map(name, SCALAR))
def test_numbers_are_those_of_the_formula(loss, args, kwargs):
    """The textbook formula and gradient, in exact arithmetic at floating-point numbers."""
    value, grad = loss.value_and_grad(*args, **kwargs)
    symbols = [sp.Symbol(s, real=True) for s in "ab"]
    formulas = [f(*symbols, **(loss.parameters | kwargs)) for f in (loss.formula, loss.gradient)]
    for i in range(N):
        at = {s: sp.Rational(float(a[i])) for s, a in zip(symbols, args, strict=True)}
        for number, formula in zip((value[i], grad[i]), formulas, strict=True):
            assert number == pytest.approx(float(sp.N(unfold(formula).subs(at), 30)), rel=2e-15)


# Proofs: each gradient is the derivative of its formula, for all real numbers at once.


@pytest.mark.parametrize(
    "loss",
    [squared_error, binary_cross_entropy, binary_cross_entropy_with_logits, focal],
    ids=lambda loss: loss.name,
)
def test_proof_of_smooth_gradients(loss):
    x = loss.symbols[0]
    assert sp.simplify(loss.formula.diff(x) - loss.gradient) == 0
    assert sp.simplify(loss.gradient.diff(x) - loss.hessian) == 0


def test_proof_of_focal_with_logits():
    z, y, _, gamma = focal_with_logits.symbols
    for label in (0, 1):
        formula, gradient, hessian = (
            (f + 0).subs(y, label)
            for f in (
                focal_with_logits.formula,
                focal_with_logits.gradient,
                focal_with_logits.hessian,
            )
        )
        assert sp.simplify(formula.diff(z) - gradient) == 0
        assert sp.simplify((gradient.diff(z) - hessian).subs(gamma, 3)) == 0


@pytest.mark.parametrize("loss", [absolute_error, huber, smooth_l1], ids=lambda loss: loss.name)
def test_proof_of_piecewise_gradients(loss):
    """On each side of each kink, with the residual beyond or within the joint."""
    y_hat, y, *width = loss.symbols
    t = sp.Symbol("t", positive=True)
    d = width[0] if width else sp.S.Zero
    r = y_hat - y
    scale = d if loss is smooth_l1 else 1
    for sign in (1, -1):
        beyond = (sign * r if loss is absolute_error else d * (sign * r - d / 2)) / scale
        for residual, formula in (
            (sign * (d + t), beyond),
            (sign * t, r**2 / 2 / scale),
        )[: 1 if loss is absolute_error else 2]:
            at = {y_hat: y + residual}
            if residual == sign * t and width:
                at = {y_hat: y + sign * t, d: t + sp.Symbol("u", positive=True)}
            for ours, expected in ((loss.formula, formula), (loss.gradient, formula.diff(y_hat))):
                assert sp.simplify((ours - expected).subs(at)) == 0


def test_proof_of_hinge():
    score, y = hinge.symbols
    t = sp.Symbol("t", positive=True)
    for label in (-1, 1):
        inside, outside = {y: label, score: label * (1 - t)}, {y: label, score: label * (1 + t)}
        assert hinge.formula.subs(inside) == t and hinge.gradient.subs(inside) == -label
        assert hinge.formula.subs(outside) == 0 and hinge.gradient.subs(outside) == 0


def entries(expr, sizes=3):
    """An expression of sums, written out for vectors of three."""
    size = sp.Symbol("K", integer=True, positive=True)
    return sp.sympify(expr).subs(size, sizes).doit()


@pytest.mark.parametrize("squared", [True, False])
def test_proof_of_triplet_gradients(squared):
    """Where the loss is positive, entry by entry of vectors of three."""
    vectors = triplet.symbols[:3]
    loss = triplet.variant(squared=squared)
    inner = loss._values[0].args[0]  # pos(inner)
    j = sp.Symbol("j", integer=True)
    for vector in vectors:
        slope = unfold(derivative(inner, vector[j]))
        direct = entries(unfold(inner)).diff(vector[2])
        assert sp.simplify(entries(slope.subs(j, 2)) - direct) == 0


def test_proof_of_contrastive_gradients():
    x1, x2, y, margin = contrastive.symbols
    j = sp.Symbol("j", integer=True)
    near = sp.sqrt(sp.Sum((x1[j] - x2[j]) ** 2, (j, 1, 3))).doit()
    for label, formula in ((1, near**2 / 2), (0, (margin - near) ** 2 / 2)):
        for vector, slope in zip((x1, x2), contrastive._slopes, strict=True):
            inside = slope.replace(lambda n: type(n).__name__ == "step", lambda n: sp.Integer(1))
            inside = inside.replace(lambda n: type(n).__name__ == "pos", lambda n: n.args[0])
            found = entries(unfold(inside).subs({y: label, j: 2}))
            assert sp.simplify(found - formula.diff(vector[2])) == 0


def test_proof_of_cross_entropy():
    p, y = cross_entropy.symbols
    j = sp.Symbol("j", integer=True)
    assert cross_entropy.gradient == -y[j] / p[j]
    direct = entries(cross_entropy.formula + 0).diff(p[2])
    assert sp.simplify(direct - (cross_entropy.gradient + 0).subs(j, 2)) == 0


def test_proof_of_softmax_cross_entropy_and_its_kernel():
    """The kernel's steps in exact symbols, for each class that may be the largest."""
    z, y = cross_entropy_with_logits.symbols
    j = sp.Symbol("j", integer=True)
    formula = entries(cross_entropy_with_logits.formula + 0)
    gradient = [(entries((cross_entropy_with_logits.gradient + 0).subs(j, i))) for i in (1, 2, 3)]
    for i, g in zip((1, 2, 3), gradient, strict=True):
        assert sp.simplify(formula.diff(z[i]) - g) == 0
    sums_to_one = {y[3]: 1 - y[1] - y[2]}
    for largest in (1, 2, 3):
        e = {i: sp.exp(z[i] - z[largest]) for i in (1, 2, 3)}
        tail = sum(e[i] for i in e if i != largest)
        value = sum(y[i] * (z[largest] - z[i]) for i in e) + sp.log(1 + tail)
        difference = sp.expand_log((value - formula).subs(sums_to_one), force=True)
        difference = difference.subs({z[i]: sp.log(sp.Symbol(f"u{i}", positive=True)) for i in e})
        assert sp.simplify(sp.expand_log(sp.logcombine(difference.simplify()))) == 0
        for i in e:
            own = (1 - y[i] - y[i] * tail) / (1 + tail)
            found = own if i == largest else e[i] / (1 + tail) - y[i]
            assert sp.simplify(found - gradient[i - 1]) == 0


def test_the_hessian_of_softmax_survives_large_logits():
    with np.errstate(over="raise", invalid="raise"):
        hess = cross_entropy_with_logits.hess([0.0, 0.0, 800.0], [1.0, 0.0, 0.0])
        assert np.array_equal(hess, np.zeros((3, 3)))
        hess = cross_entropy_with_logits.hess([900.0, 900.0], [1.0, 0.0])
        assert hess == pytest.approx(np.array([[0.25, -0.25], [-0.25, 0.25]]), rel=1e-12)


def test_the_kernel_equals_the_derived_code():
    from lossbook.loss import Loss

    derived = Loss(cross_entropy_with_logits.__wrapped__)
    z, y = LOGITS * 5, rng.dirichlet(np.ones(K), N)
    for ours, theirs in zip(
        cross_entropy_with_logits.value_and_grad(z, y), derived.value_and_grad(z, y), strict=True
    ):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-14)
    assert "tail" in cross_entropy_with_logits.source and "tail" not in derived.source
    value, _ = _softmax(z, y)
    assert value.shape == (N, 1)


def test_control_proofs_reject_wrong_formulas():
    y_hat, y = squared_error.symbols
    assert sp.simplify(((y_hat - y) ** 2 / 2).diff(y_hat) - squared_error.gradient) != 0
    z, y, *_ = focal_with_logits.symbols
    wrong = (focal_with_logits.formula + 0).subs(y, 1)  # with label 1 against the gradient of 0
    assert sp.simplify(wrong.diff(z) - (focal_with_logits.gradient + 0).subs(y, 0)) != 0


# How the losses relate.


def test_smooth_l1_is_huber_over_beta():
    for beta in (0.1, 1.0, 7.0):
        assert smooth_l1(R, Y, beta=beta) == pytest.approx(huber(R, Y, delta=beta) / beta)
        assert smooth_l1.grad(R, Y, beta=beta) == pytest.approx(huber.grad(R, Y, delta=beta) / beta)


def test_huber_is_half_the_square_or_nearly_the_magnitude():
    assert huber(R, Y, delta=100) == pytest.approx(squared_error(R, Y) / 2)
    assert huber(R, Y, delta=1e-9) / 1e-9 == pytest.approx(absolute_error(R, Y), abs=1e-8)


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
    assert not focal.formula(y_hat, y, alpha=None).has(focal.symbols[2])


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
