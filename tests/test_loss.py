"""@loss: what is derived from one line, and how it takes its arguments."""

import copy
import doctest
import inspect
import multiprocessing
import pickle
import pydoc
import re

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import lossbook
from lossbook import (
    absolute_error,
    cross_entropy_with_logits,
    focal,
    huber,
    squared_error,
    triplet,
)
from lossbook.loss import BLOCK, SWITCH, Domain, Loss, Vector, loss
from lossbook.shapes import absolute, distance, logsumexp, positive_part, softplus, total, unfold


@loss
def softmax(z: Vector, /, y: Vector):
    """Softmax cross-entropy without a kernel, for vectors that sum to 1."""
    return logsumexp(z) - total(lambda k: y[k] * z[k])


@loss
def weighted(a, b, /, y, *, scale=2.0):
    """Two arguments to differentiate by."""
    return scale * (a * y - b) ** 2


class TestFace:
    def test_signature_is_the_metadata(self):
        assert isinstance(huber, Loss)
        assert huber.name == "huber" and huber.__name__ == "huber"
        assert huber.parameters == {"delta": 1.0}
        assert huber.arguments == ["y_hat", "y"]
        assert huber.wrt == ["y_hat"]
        assert list(huber.signature.parameters) == ["y_hat", "y", "delta"]
        assert "delta" in huber.__doc__
        assert repr(huber) == "<Loss huber(y_hat, /, y, *, delta=1.0)>"
        assert inspect.getdoc(huber).startswith("Half the squared error up to delta")

    def test_symbols(self):
        y_hat, y, delta = huber.symbols
        assert (str(y_hat), str(y), str(delta)) == ("yhat", "y", "delta")
        assert y.is_real and y.is_positive is None and delta.is_positive
        assert sp.latex(y_hat) == r"\hat{y}"

    def test_source_is_the_code_that_runs(self):
        namespace = {name: getattr(np, name) for name in ("absolute", "minimum", "maximum")}
        exec(huber.source, namespace)
        value, grad = namespace["huber"](np.float64(3), np.float64(1), 0.5)
        assert (value, grad) == huber.value_and_grad(3, 1, delta=0.5)

    def test_a_loss_of_its_own(self):
        @loss
        def asymmetric(y_hat, /, y, *, tilt=3.0):
            """Positive errors cost more."""
            return tilt * positive_part(y_hat - y) + positive_part(y - y_hat)

        assert asymmetric([2, 0], [1, 1]).tolist() == [3, 1]
        assert asymmetric.grad([2, 0, 1], [1, 1, 1]).tolist() == [3, -1, 0]

    def test_arguments_with_the_names_of_code(self):
        @loss
        def odd(x1, /, x0, *, scale=1.0):
            return scale * (x1 - x0) ** 2 + softplus(x1 - x0) + absolute(x1 - x0)

        assert odd(3, 1, scale=2.0) == pytest.approx(10 + np.log1p(np.exp(2)))


class TestObjects:
    """A loss is an ordinary object: it pickles, copies to itself, and works in other processes."""

    @pytest.mark.parametrize("name", lossbook.__all__)
    def test_copies_are_the_loss_itself(self, name):
        one = getattr(lossbook, name)
        for copied in (pickle.loads(pickle.dumps(one)), copy.copy(one), copy.deepcopy(one)):
            assert copied is one

    def test_copies_of_a_variant_are_the_variant(self):
        plain = triplet.variant(squared=False)
        assert plain is not triplet
        assert pickle.loads(pickle.dumps(plain)) is plain is copy.deepcopy(plain)

    @pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
    def test_in_a_pool(self, method):
        with multiprocessing.get_context(method).Pool(1) as pool:
            assert pool.starmap(huber, [(1.0, 0.0), (3.0, 0.0)]) == [0.5, 2.5]

    def test_control_a_loss_without_a_name_in_its_module(self):
        @loss
        def local(x, /, y):
            return x - y

        with pytest.raises((pickle.PicklingError, AttributeError), match="local"):
            pickle.dumps(local)


@pytest.mark.parametrize("name", lossbook.__all__)
def test_help_has_an_example_that_is_right_and_says_what_is_taken(name):
    one = getattr(lossbook, name)
    names = {name: one, "array": np.array}
    example = doctest.DocTestParser().get_doctest(one.__doc__, names, name, None, 0)
    results = doctest.DocTestRunner().run(example)
    assert results.attempted >= 1 and not results.failed
    if one is not lossbook.ctc:
        for argument in one.signature.parameters:
            assert f"\n{argument}: {one._domains[argument].wants}" in one.__doc__
        assert "float64 of shape (...)" in pydoc.render_doc(one)


class TestFormulas:
    def test_formula_is_a_sympy_expression(self):
        assert isinstance(squared_error.formula, sp.Expr)
        y_hat, y = squared_error.symbols
        assert squared_error.formula == (y_hat - y) ** 2
        assert sp.Integer(0) + squared_error.formula == (y_hat - y) ** 2
        assert hash(squared_error.formula) == hash((y_hat - y) ** 2)
        assert squared_error.formula != (y_hat - y) ** 3
        assert {(y_hat - y) ** 2: 1}[squared_error.formula] == 1

    def test_operations_give_plain_expressions(self):
        y_hat, y = squared_error.symbols
        f = squared_error.formula
        assert f.diff(y_hat) == sp.diff((y_hat - y) ** 2, y_hat)
        assert f.subs({y_hat: 3, y: 1}) == 4
        assert f.expand() == y_hat**2 - 2 * y_hat * y + y**2
        assert sp.integrate(f, (y_hat, 0, 1)) == sp.integrate((y_hat - y) ** 2, (y_hat, 0, 1))
        assert sp.simplify(f - (y - y_hat) ** 2) == 0
        assert f.free_symbols == {y_hat, y}
        assert (f / 2).is_Mul and sp.sqrt(f) == sp.Abs(y_hat - y)
        assert f.xreplace({y: sp.Integer(0)}) == y_hat**2

    def test_latex_and_lambdify(self):
        assert sp.latex(squared_error.formula) == sp.latex(squared_error.formula + 0)
        assert r"\begin{cases}" in sp.latex(huber.formula)
        assert r"\delta" in sp.latex(huber.gradient)
        f = sp.lambdify(huber.symbols, huber.formula, "numpy")
        assert f(3.0, 1.0, 0.5) == huber(3, 1, delta=0.5)
        assert str(squared_error.formula) == "(-y + yhat)**2"

    def test_symbols_in_symbols_out(self):
        r, d = sp.Symbol("r", real=True), sp.Symbol("d", positive=True)
        assert squared_error(r, 0) == squared_error(0, r) == r**2
        assert squared_error.value_and_grad(r, 1) == ((r - 1) ** 2, 2 * (r - 1))
        assert huber(3, 1, delta=sp.Rational(1, 2)) == sp.Rational(7, 8)
        assert huber(r, 0, delta=d).doit() == sp.Piecewise(
            (r**2 / 2, sp.Abs(r) <= d), (d * (sp.Abs(r) - d / 2), True)
        )
        assert huber(r, 0) == huber(r, 0, delta=1)  # the default, not the symbol
        assert huber(r, 0, delta=0.1).has(sp.Rational(1, 10))  # as it is written
        assert huber.hess(r, 0, delta=2).subs(r, 1) == 1
        assert huber.grad(r, 0, delta=d).subs({r: 5, d: 1}) == 1
        with pytest.raises(TypeError):
            huber(r)

    def test_symbols_beside_vectors(self):
        u, v, w = (sp.IndexedBase(name, real=True) for name in "uvw")
        near, far = distance(u, v), distance(u, w)
        assert unfold(triplet(u, v, w, margin=1) - positive_part(near**2 - far**2 + 1)) == 0
        j = sp.Symbol("j", integer=True)
        assert unfold(softmax.grad(u, v)) == sp.exp(u[j]) / total(lambda k: sp.exp(u[k])) - v[j]

    @pytest.mark.parametrize(
        "given, chosen, wants",
        [
            ((sp.Symbol("r"), np.nan), {}, "y takes finite numbers, got y = nan"),
            ((sp.Symbol("r"), sp.oo), {}, "y takes finite numbers, got y = inf"),
            ((sp.Symbol("r"), 0), {"delta": -1}, "delta takes a positive finite number, got delta"),
            ((sp.Symbol("r"), 0), {"delta": sp.Integer(0)}, "delta takes a positive finite number"),
            ((sp.Symbol("r"), [1, 2]), {}, "y takes a number or an sp.Expr beside symbols, got"),
            ((sp.Symbol("r"), "y"), {}, "y takes a number or an sp.Expr beside symbols, got 'y'"),
            ((sp.Symbol("r") > 0, 1), {}, "y_hat takes a number or an sp.Expr beside symbols"),
            ((sp.Symbol("r"), sp.I), {}, "y takes finite numbers, got I"),
            ((sp.Symbol("r", imaginary=True), 0), {}, "y_hat takes finite numbers, got r, which"),
            ((sp.Symbol("r", infinite=True), 0), {}, "y_hat takes finite numbers, got r, which"),
            ((sp.Symbol("r", commutative=False), 0), {}, "y_hat takes finite numbers, got r"),
            ((sp.MatrixSymbol("A", 2, 2), 0), {}, "y_hat takes finite numbers, got A, which"),
            ((1.0, 0), {"delta": sp.Symbol("d", negative=True)}, "delta takes a positive finite"),
            ((1.0, 0), {"delta": sp.Symbol("d", zero=True)}, "delta takes a positive finite"),
            ((1.0, 0), {"delta": -sp.Symbol("d", nonnegative=True)}, "delta takes a positive"),
            ((1.0, 0), {"delta": sp.I * sp.Symbol("d", positive=True)}, "delta takes a positive"),
        ],
    )
    def test_what_cannot_stand_beside_symbols_is_named(self, given, chosen, wants):
        with pytest.raises((TypeError, ValueError), match="huber: " + re.escape(wants)):
            huber(*given, **chosen)

    def test_assumptions_of_other_parameters_and_vectors(self):
        with pytest.raises(TypeError, match=r"focal: gamma takes a number from 0 .*, got g, which"):
            focal(0.5, 1, gamma=sp.Symbol("g", negative=True))
        z = sp.IndexedBase("z", imaginary=True)
        with pytest.raises(TypeError, match="z takes vectors of finite numbers, got z, which"):
            softmax(z, sp.IndexedBase("y"))

    def test_control_what_may_be_right_stands_beside_symbols(self):
        r, d = sp.Symbol("r", real=True), sp.Symbol("d", nonnegative=True)
        for right in (r, d, r**2, sp.Symbol("s"), sp.MatrixSymbol("A", 2, 2)[0, 0]):
            assert huber(right, 0, delta=d + 1).has(right)
            assert huber(1, 0, delta=right).has(right)
        assert focal(r, 1, gamma=sp.Symbol("g", zero=True)).has(r)

    @pytest.mark.parametrize(
        "p", [1 - 2.0**-53, 0.1 + 0.2, 5e-324, 1e-300, np.float32(0.1), 1, True]
    )
    def test_numbers_beside_symbols_keep_their_digits(self, p):
        slope = squared_error.grad(sp.Symbol("r"), p).subs("r", 0)  # -2 p
        assert float(slope / -2) == float(p)

    def test_whole_numbers_beside_symbols_are_whole(self):
        r = sp.Symbol("r")
        assert squared_error(r, 2**60) == (r - 2**60) ** 2
        assert squared_error(r, np.int8(-3)) == (r + 3) ** 2

    def test_only_indexed_bases_are_vectors_beside_symbols(self):
        z = sp.IndexedBase("z")
        for wrong in ([1, 0], sp.Symbol("y"), 1.0):
            with pytest.raises(TypeError, match=r"y takes an sp\.IndexedBase beside symbols, got"):
                softmax(z, wrong)
        with pytest.raises(TypeError, match=r"z takes an sp\.IndexedBase beside symbols, got z"):
            softmax(sp.Symbol("z"), z)

    def test_names_with_a_hat_in_them(self):
        @loss
        def error(what_hat, /, that, *, chat=1.0):
            return chat * (what_hat - that) ** 2

        assert error(3, 1, chat=2) == 8 and error(3, 1, chat=2) == 8

    def test_formulas_of_constants(self):
        y_hat, y = absolute_error.symbols
        assert squared_error.hessian == 2 and isinstance(squared_error.hessian, sp.Expr)
        assert squared_error.hess(1, 2) == 2
        assert absolute_error.hessian == 0
        assert absolute_error.gradient == sp.sign(y_hat - y)

    def test_several_arguments_give_tuples(self):
        a, b, y, scale = weighted.symbols
        by_a, by_b = weighted.gradient
        assert sp.expand(by_a - 2 * scale * y * (a * y - b)) == 0
        assert sp.expand(by_b + 2 * scale * (a * y - b)) == 0
        (aa, ab), (ba, bb) = weighted.hessian
        assert (aa, ab, ba, bb) == (2 * scale * y**2, -2 * scale * y, -2 * scale * y, 2 * scale)

    def test_a_formula_that_is_asked_leaves_sympy_as_it_was(self):
        @loss
        def error(y_hat, /, y):
            return (y_hat - 2 * y) ** 2

        before = dict(sp.Pow.default_assumptions)
        assert error.formula.is_real and error.formula.is_negative is False
        assert dict(sp.Pow.default_assumptions) == before

    def test_control_a_wrong_formula_is_not_equal(self):
        y_hat, y = squared_error.symbols
        assert squared_error.formula != (y_hat - y) ** 2 / 2
        assert squared_error.gradient != y_hat - y
        assert sp.simplify(huber.formula - huber(*huber.symbols[:2], delta=2)) != 0


@pytest.mark.parametrize("n", [1, 3, 1000, BLOCK + 7])
def test_value_and_grad_alone_and_together_have_the_same_digits(n):
    rng = np.random.default_rng(n)
    numbers, chances, labels = 3 * rng.normal(size=n), rng.random(n), rng.integers(0, 2, n)
    vectors, soft = rng.normal(size=(3, n, 7)), rng.dirichlet(np.ones(7), (2, n))
    given = {
        "binary_cross_entropy": (chances, labels),
        "binary_cross_entropy_with_logits": (numbers, labels),
        "focal": (chances, labels),
        "focal_with_logits": (numbers, labels),
        "hinge": (numbers, 2 * labels - 1),
        "cross_entropy": soft,
        "cross_entropy_with_logits": (vectors[0], soft[0]),
        "contrastive": (*vectors[:2], labels),
        "triplet": vectors,
        "ctc": (rng.normal(size=(min(n, 9), 5, 4)), rng.integers(1, 4, (min(n, 9), 2))),
    }
    for name in lossbook.__all__:
        one, args = getattr(lossbook, name), given.get(name, (numbers, chances))
        value, grad = one.value_and_grad(*args)
        assert np.array_equal(value, one(*args)), name
        for together, alone in zip(
            np.atleast_1d(grad), np.atleast_1d(one.grad(*args)), strict=True
        ):
            assert np.array_equal(together, alone), name


class TestChoices:
    def test_booleans_of_numpy_are_booleans(self):
        given = [0.0], [1.0], [1.05]
        for switch in (True, False):
            assert triplet(*given, squared=np.bool_(switch)) == triplet(*given, squared=switch) > 0
        assert triplet(*given, squared=True) != triplet(*given, squared=False)

    def test_a_switch_chooses_the_formula(self):
        @loss
        def error(y_hat, /, y, *, squared: SWITCH = True):
            return (y_hat - y) ** 2 if squared else absolute(y_hat - y)

        assert error(3, 1) == 4 and error(3, 1, squared=False) == 2
        assert error.grad([3], [1], squared=False).tolist() == [1]
        y_hat, y = error.symbols
        assert error.parameters == {"squared": True}
        assert error.formula == (y_hat - y) ** 2
        assert error(y_hat, y, squared=False) == absolute(y_hat - y)
        assert error.hess(y_hat, y, squared=False) == 0
        for wrong in (1, 0.0, "yes", None, [True]):
            with pytest.raises((TypeError, ValueError), match="squared takes True or False"):
                error(3, 1, squared=wrong)

    def test_a_variant_has_its_choice_as_default(self):
        @loss
        def error(y_hat, /, y, *, squared: SWITCH = True, scale=1.0):
            return scale * ((y_hat - y) ** 2 if squared else absolute(y_hat - y))

        plain = error.variant(squared=False)
        y_hat, y, scale = plain.symbols
        assert plain.formula == scale * sp.Abs(y_hat - y)
        assert plain(3, 1) == plain(3, y=1) == 2 and plain(3, 1, scale=5.0) == 10
        assert plain.parameters == {"squared": False, "scale": 1.0}
        assert plain(3, 1, squared=True) == error(3, 1) == 4
        assert error.variant(scale=2.0) is error

    def test_none_as_a_default(self):
        weight = Domain("None or a number", np.isfinite, choices=(None,))

        @loss
        def error(y_hat, /, y, *, w: weight = None):
            return (y_hat - y) ** 2 * (1 if w is None else w)

        assert error(3, 1) == 4 and error(3, 1, w=2) == 8 and error(3, 1) == 4
        y_hat, y = error.symbols
        assert error.formula == (y_hat - y) ** 2
        assert error(y_hat, y, w=3) == 3 * (y_hat - y) ** 2


class TestNumbers:
    def test_results_are_float64_of_the_batch_shape(self):
        for given_type in (np.float32, np.float16, np.int8, np.uint64, int, bool, float):
            a, b = np.array([1, 0, 1], given_type), np.array([0, 0, 1], given_type)
            for result in (huber(a, b), *huber.value_and_grad(a, b), huber.hess(a, b)):
                assert result.dtype == np.float64 and result.shape == (3,)

    def test_scalars(self):
        value = squared_error(3, 1)
        assert isinstance(value, np.float64) and value == 4
        assert np.shape(squared_error.hess(3, 1)) == ()

    def test_lists_and_read_only_and_strided_arrays(self):
        y_hat = np.arange(24.0).reshape(4, 6)
        expected = (y_hat[::2, ::3] - 1) ** 2
        assert (squared_error(y_hat[::2, ::3], 1) == expected).all()
        assert (squared_error(np.asfortranarray(y_hat), 1) == (y_hat - 1) ** 2).all()
        assert squared_error([[1, 2]], [[3, 4]]).tolist() == [[4, 4]]
        y_hat.flags.writeable = False
        squared_error(y_hat, 1)
        assert (squared_error(y_hat[::-1].T, 1) == (y_hat[::-1].T - 1) ** 2).all()

    def test_arguments_stay_as_they_are_and_results_are_new(self):
        y_hat, y = np.array([1.0, 2.0]), np.array([0.0, 5.0])

        @loss
        def itself(y_hat, /, y):
            return y_hat + 0 * y

        value = itself(y_hat, y)
        value[:] = 7
        grad = itself.grad(y_hat, y)
        grad[:] = 7
        assert y_hat.tolist() == [1, 2] and y.tolist() == [0, 5]
        assert itself.grad(y_hat, y).tolist() == [1, 1]

    def test_no_result_is_negative_zero(self):
        assert not np.signbit(squared_error.grad([1.0, -0.0], [1.0, 0.0])).any()

    @pytest.mark.parametrize("n", [1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK + 7])
    def test_blocks_do_not_show(self, n):
        y_hat, y = np.arange(n) / 7, np.arange(n)[::-1] / 5
        value, grad = huber.value_and_grad(y_hat, y)
        for i in (0, n // 2, n - 1):
            assert (value[i], grad[i]) == huber.value_and_grad(y_hat[i], y[i])
        assert (huber(y_hat, 0.5) == huber(y_hat, np.full(n, 0.5))).all()

    def test_the_cost_is_the_mean(self):
        assert squared_error([1, 2], [0, 0]).mean() == 2.5


class TestBroadcasting:
    def test_what_goes_together(self):
        assert squared_error(np.ones(3), 1).shape == (3,)
        assert squared_error(1, np.ones((2, 3))).shape == (2, 3)
        assert squared_error(np.ones((2, 1)), np.ones((1, 3))).shape == (2, 3)
        assert squared_error(np.ones((2, 3)), np.ones((1, 3))).shape == (2, 3)

    @pytest.mark.parametrize(
        "one, other",
        [((3,), (3, 1)), ((3,), (4,)), ((2, 3), (3,)), ((3, 1), (3,)), ((2, 3), (3, 2))],
    )
    def test_what_does_not(self, one, other):
        with pytest.raises(ValueError, match="shapes must agree") as error:
            squared_error(np.ones(one), np.ones(other))
        assert str(one) in str(error.value) and str(other) in str(error.value)

    def test_a_broadcast_gradient_is_of_each_sample(self):
        grad = squared_error.grad(np.ones((2, 1)), np.array([[0.0, 1.0, 2.0]]))
        assert grad.tolist() == [[2, 0, -2], [2, 0, -2]]

    def test_vectors(self):
        z, y = np.zeros((2, 1, 4)), np.full((1, 3, 4), 0.25)
        assert softmax(z, y).shape == (2, 3)
        assert softmax.grad(z, y).shape == (2, 3, 4)
        assert softmax.hess(z, y).shape == (2, 3, 4, 4)
        assert softmax(z[0, 0], y[0, 0]).shape == ()
        assert softmax(z[0, 0][None], y[0]).shape == (3,)
        with pytest.raises(
            ValueError, match=r"shapes must agree, but z has \(4,\) .* is z\[None\]"
        ):
            softmax(z[0, 0], y[0])  # one vector stretches only where that is asked for
        with pytest.raises(ValueError, match="vectors must have one length"):
            softmax(np.zeros((2, 4)), np.zeros((2, 1)))
        with pytest.raises(ValueError, match="K at least 1"):
            softmax(np.zeros((2, 0)), np.zeros((2, 0)))
        with pytest.raises(ValueError, match="K at least 1"):
            softmax(0.0, np.zeros(3))
        assert softmax(np.zeros((0, 3)), np.zeros((0, 3))).shape == (0,)
        assert softmax.grad(np.zeros((0, 3)), np.zeros((0, 3))).shape == (0, 3)


class TestArguments:
    def test_by_name(self):
        assert squared_error(3, y=1) == 4
        assert huber(3, 1, delta=2) == huber(3, y=1, delta=2.0)

    @pytest.mark.parametrize(
        "args, kwargs",
        [((1,), {}), ((1, 2, 3), {}), ((1, 2), {"beta": 1}), ((), {"y_hat": 1, "y": 2}), ((), {})],
    )
    def test_wrong_calls_show_the_signature(self, args, kwargs):
        with pytest.raises(TypeError, match=r"huber\(y_hat, /, y, \*, delta=1.0\)"):
            huber(*args, **kwargs)

    @pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, [1.0, np.nan], [[0, np.inf]]])
    def test_not_finite(self, wrong):
        with pytest.raises(ValueError, match=r"y takes finite numbers, got y.* = (nan|-?inf)"):
            squared_error(1, wrong)

    def test_where_it_is_wrong(self):
        with pytest.raises(ValueError, match=r"y_hat\[1, 2\] = nan"):
            squared_error([[0, 0, 0], [0, 0, np.nan]], 0)

    @pytest.mark.parametrize("wrong", ["1", None, 1j, [None], object(), ["a", "b"], {1: 2}])
    def test_not_numbers(self, wrong):
        with pytest.raises(TypeError, match="y_hat takes finite numbers, got"):
            squared_error(wrong, 1)

    def test_ragged_masked_and_long(self):
        with pytest.raises(ValueError, match="y_hat takes finite numbers, got"):
            squared_error([[1, 2], [3]], 1)
        with pytest.raises(TypeError, match="y_hat is a masked array"):
            squared_error(np.ma.array([1.0, 2.0], mask=[0, 1]), 1)
        with pytest.raises(TypeError, match=r"y_hat takes .* \(dtype float(128|96)\)"):
            squared_error(np.ones(2, np.longdouble), 1)

    @pytest.mark.parametrize("wrong", [0, -1, np.nan, np.inf, [1.0, 2.0], "1", None])
    def test_parameters(self, wrong):
        with pytest.raises((ValueError, TypeError), match="delta takes a positive finite number"):
            huber(1, 2, delta=wrong)

    def test_nothing_is_computed_before_all_is_checked(self):
        y_hat = np.zeros(2 * BLOCK)
        y_hat[-1] = np.nan
        with np.errstate(all="raise"), pytest.raises(ValueError, match=str(2 * BLOCK - 1)):
            squared_error(y_hat, 1e200)


class TestVectorLosses:
    """The printed code of sums and two indices, proved with softmax cross-entropy."""

    def test_formulas(self):
        z, y = softmax.symbols
        i, j, k = sp.symbols("i j k", integer=True)
        size = sp.Symbol("K", integer=True, positive=True)
        p = sp.exp(z[j]) / sp.Sum(sp.exp(z[k]), (k, 1, size))
        assert softmax.gradient == p - y[j]
        expected = p * sp.KroneckerDelta(i, j) - p * p.subs(j, i)
        difference = (softmax.hessian - expected).subs(size, 3).doit()
        for a, b in [(1, 1), (1, 2), (3, 2)]:
            assert sp.simplify(difference.subs({i: a, j: b}).doit()) == 0

    def test_numbers(self):
        rng = np.random.default_rng(0)
        z, y = rng.normal(size=(5, 3)), rng.dirichlet(np.ones(3), 5)
        p = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
        value, grad = softmax.value_and_grad(z, y)
        assert value == pytest.approx(-(y * np.log(p)).sum(-1))
        assert grad == pytest.approx(p - y)
        hess = p[:, :, None] * np.eye(3) - p[:, :, None] * p[:, None, :]
        assert softmax.hess(z, y) == pytest.approx(hess)

    def test_for_three_classes_term_by_term(self):
        """The sums written out: code of sums against code without any."""
        symbols = sp.symbols("a b c u v w", real=True)
        logits, labels = symbols[:3], symbols[3:]
        plain = sp.log(sum(map(sp.exp, logits))) - sum(
            q * s for q, s in zip(labels, logits, strict=True)
        )
        gradient = [plain.diff(s) for s in logits]
        hessian = [[plain.diff(s, t) for s in logits] for t in logits]
        f = sp.lambdify(symbols, [plain, gradient, hessian])
        z, y = [0.3, -1.2, 2.0], [0.2, 0.5, 0.3]
        value, grad, hess = f(*z, *y)
        assert softmax(z, y) == pytest.approx(value)
        assert softmax.grad(z, y) == pytest.approx(grad)
        assert softmax.hess(z, y) == pytest.approx(np.array(hess))

    def test_scalars_beside_vectors(self):
        @loss
        def scaled(a: Vector, b: Vector, /, y, *, scale=2.0):
            return scale * y * total(lambda k: (a[k] - b[k]) ** 2)

        a, b = np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros((2, 2))
        y = np.array([1.0, 10.0])
        assert scaled(a, b, y).tolist() == [10, 500]
        assert scaled.grad(a, b, y)[0].tolist() == [[4, 8], [120, 160]]
        (aa, ab), (ba, bb) = scaled.hess(a, b, y)
        assert aa[1].tolist() == [[40, 0], [0, 40]] and (ab == -aa).all() and (bb == aa).all()
        assert (ba == ab).all()
        assert scaled(a, b, 1.0).tolist() == [10, 50]

    def test_many_rows_and_long_vectors(self):
        rng = np.random.default_rng(1)
        for n, size in ((BLOCK // 2, 4), (3, BLOCK + 1)):
            z, y = rng.normal(size=(n, size)), np.full((n, size), 1 / size)
            value, grad = softmax.value_and_grad(z, y)
            assert value[-1] == pytest.approx(softmax(z[-1], y[-1]), rel=1e-12)
            assert grad[-1] == pytest.approx(softmax.grad(z[-1], y[-1]), rel=1e-12)

    def test_a_kernel_takes_the_place_of_derived_code(self):
        @loss
        def error(y_hat, /, y):
            return (y_hat - y) ** 2

        calls = []

        @error.kernel("value", "grad")
        def by_hand(y_hat, y):
            calls.append(len(y_hat))
            yield (y_hat - y) ** 2
            calls.append("grad")
            yield 2 * (y_hat - y)

        assert error([3.0], [1.0]).tolist() == [4] and calls == [1]
        assert error.grad([3.0], [1.0]).tolist() == [4]
        assert "calls.append" in error.source and "_lambdify" not in error.source
        assert error.hess([3.0], [1.0]).tolist() == [2]

    def test_control_a_wrong_kernel_shows(self):
        z, y = np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])
        assert cross_entropy_with_logits(z, y) == pytest.approx(softmax(z, y))
        assert cross_entropy_with_logits(z, y) != pytest.approx(softmax(-z, y))


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(y_hat=finite, y=finite, delta=st.floats(1e-300, 1e300))
def test_no_nan_from_finite_numbers(y_hat, y, delta):
    with np.errstate(over="ignore"):
        for f in (squared_error, absolute_error, huber):
            kwargs = {"delta": delta} if f is huber else {}
            value, grad = f.value_and_grad(y_hat, y, **kwargs)
            assert not np.isnan(value) and not np.isnan(grad)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5))
def test_one_batch_is_its_samples(numbers):
    value, grad = huber.value_and_grad(numbers, 0.5)
    for i, number in enumerate(numbers):
        assert (value[i], grad[i]) == huber.value_and_grad(number, 0.5)


def test_triplet_distance_zero():
    zero = np.zeros((1, 2))
    for squared in (True, False):
        grads = triplet.grad(zero, zero, zero, squared=squared)
        assert all((g == 0).all() for g in grads)
    assert isinstance(distance(*triplet.symbols[:2]), sp.Expr)
