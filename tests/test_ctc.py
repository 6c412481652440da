"""CTC: one recursion, against enumeration of all alignments; its lattice, batches and extremes."""

import itertools
import math

import exact
import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from lossbook import cross_entropy_with_logits, ctc, sequence
from lossbook.sequence import path_polynomial
from lossbook.verify import ulps
from tools import accuracy


def collapse(path, blank=0):
    """What a path spells: repetitions merged, then blanks dropped."""
    return [k for k, _ in itertools.groupby(path) if k != blank]


def enumerated(y, target, blank=0):
    """The sum over all paths, one by one."""
    times, classes = len(y), len(y[0])
    return sum(
        math.prod(y[t][k] for t, k in enumerate(path))
        for path in itertools.product(range(classes), repeat=times)
        if collapse(path, blank) == list(target)
    )


def symbols(times, classes):
    return [
        [sp.Symbol(f"y{k}_{t + 1}", positive=True) for k in range(classes)] for t in range(times)
    ]


TARGETS = [[], [1], [1, 2], [1, 1], [2, 1, 2], [1, 1, 1], [1, 2, 2, 1]]


class TestPolynomial:
    @pytest.mark.parametrize("times", [1, 2, 3, 4, 5])
    @pytest.mark.parametrize("target", TARGETS, ids=str)
    def test_equals_enumeration(self, times, target):
        y = symbols(times, 3)
        assert sp.expand(path_polynomial(y, target) - enumerated(y, target)) == 0

    def test_six_times_and_other_blanks(self):
        y = symbols(6, 3)
        assert sp.expand(path_polynomial(y, [1, 1]) - enumerated(y, [1, 1])) == 0
        y = symbols(4, 3)
        for blank, target in ((1, [0, 2]), (2, [0, 0]), (2, [1])):
            polynomial = path_polynomial(y, target, blank)
            assert sp.expand(polynomial - enumerated(y, target, blank)) == 0

    def test_small_ones_by_hand(self):
        (a0, a1), (b0, b1) = y = symbols(2, 2)
        assert sp.expand(path_polynomial(y, [1])) == sp.expand(a1 * b1 + a0 * b1 + a1 * b0)
        assert path_polynomial(y, []) == a0 * b0
        assert path_polynomial(y, [1, 1]) == 0

    def test_all_targets_together_have_probability_one(self):
        y = symbols(3, 2)
        total = sum(path_polynomial(y, [1] * n) for n in range(3))
        assert sp.expand(total - math.prod(sum(row) for row in y)) == 0

    def test_formula(self):
        y = symbols(2, 2)
        assert ctc.formula(y, [1]) == -sp.log(path_polynomial(y, [1]))
        halves = [[sp.Rational(1, 2)] * 2] * 2
        assert ctc.formula(halves, [1]) == -sp.log(sp.Rational(3, 4))
        assert ctc.formula(sp.Matrix(y), [0], blank=1) == -sp.log(path_polynomial(y, [0], 1))

    def test_an_impossible_target_has_the_formula_infinity(self):
        for y, target in (
            (symbols(2, 3), [1, 1]),
            ([[1 / 3] * 3], [1, 2]),
            (np.eye(3)[[0, 0]], [1]),
        ):
            assert ctc.formula(y, target) == sp.oo
        assert ctc.formula(np.eye(3)[[0, 1]], [1]) == 0

    def test_ones_count_alignments(self):
        for times, target in ((4, [1, 2]), (5, [1, 1]), (6, [1, 2, 3])):
            repeats = sum(a == b for a, b in itertools.pairwise(target))
            u = len(target)
            expected = math.comb(times + u - repeats, times - u - repeats)
            assert path_polynomial(np.ones((times, 4), int), target) == expected

    def test_control_another_target_is_another_polynomial(self):
        y = symbols(3, 3)
        assert sp.expand(path_polynomial(y, [1, 2]) - enumerated(y, [2, 1])) != 0


def softmax(z):
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def exactly(z, target):
    """Value and gradient by the logits, by enumeration in 60 digits."""
    with mpmath.workdps(60):
        e = [[mpmath.exp(mpmath.mpf(x)) for x in row] for row in z.tolist()]
        y = [[x / sum(row) for x in row] for row in e]
        total, posterior = mpmath.mpf(0), [[mpmath.mpf(0)] * len(row) for row in y]
        for path in itertools.product(range(len(y[0])), repeat=len(y)):
            if collapse(path) == list(target):
                weight = math.prod(y[t][k] for t, k in enumerate(path))
                total += weight
                for t, k in enumerate(path):
                    posterior[t][k] += weight
        slope = (
            [
                [float(p - w / total) for p, w in zip(*rows, strict=True)]
                for rows in zip(y, posterior, strict=True)
            ]
            if total
            else np.zeros(z.shape)
        )
        return (float(-mpmath.log(total)) if total else math.inf), np.array(slope)


class TestNumbers:
    @pytest.mark.parametrize("times", [1, 2, 4, 6])
    @pytest.mark.parametrize("target", TARGETS, ids=str)
    def test_equals_enumeration(self, times, target):
        z = np.random.default_rng(times).normal(size=(times, 3)) * 2
        total = enumerated(softmax(z).tolist(), target)
        value = ctc(z[None], np.array([target], int).reshape(1, -1))[0]
        assert value == pytest.approx(-math.log(total) if total else math.inf, rel=1e-13)

    @pytest.mark.parametrize("target", TARGETS, ids=str)
    def test_gradient_is_the_derivative_of_the_polynomial(self, target):
        times, classes = 5, 3
        z = np.array([[sp.Symbol(f"z{t}{k}") for k in range(classes)] for t in range(times)])
        y = symbols(times, classes)
        point = np.random.default_rng(0).normal(size=(times, classes))
        polynomial = path_polynomial(y, target)
        if polynomial == 0:
            pytest.skip("an impossible target")
        at = {y[t][k]: v for t, row in enumerate(softmax(point)) for k, v in enumerate(row)}
        by_y = [[float(-sp.log(polynomial).diff(s).subs(at)) for s in row] for row in y]
        p = softmax(point)  # the derivative by z: p * (g - sum of p * g)
        expected = p * (by_y - (p * by_y).sum(-1, keepdims=True))
        grad = ctc.grad(point[None], np.array([target], int).reshape(1, -1))[0]
        assert grad == pytest.approx(expected, abs=1e-13)
        assert z.shape == grad.shape

    def test_shapes(self):
        value, grad = ctc.value_and_grad(np.zeros((2, 5, 4)), [[1, 2], [3, 3]])
        assert value.shape == (2,) and grad.shape == (2, 5, 4)
        assert value.dtype == grad.dtype == np.float64
        assert (value == ctc(np.zeros((2, 5, 4)), [[1, 2], [3, 3]])).all()
        assert (grad == ctc.grad(np.zeros((2, 5, 4)), [[1, 2], [3, 3]])).all()
        assert ctc(np.zeros((0, 5, 4)), np.zeros((0, 2), int)).shape == (0,)
        assert ctc.wrt == ["logits"] and ctc.name == "ctc"

    def test_one_time_is_cross_entropy(self):
        z = np.random.default_rng(0).normal(size=(6, 4))
        y = np.array([1, 2, 3, 1, 2, 3])
        value, grad = ctc.value_and_grad(z[:, None], y[:, None])
        expected = cross_entropy_with_logits.value_and_grad(z, np.eye(4)[y])
        assert value == pytest.approx(expected[0]) and grad[:, 0] == pytest.approx(expected[1])

    def test_gradient_sums_to_zero_at_each_time(self):
        z = np.random.default_rng(1).normal(size=(3, 9, 5)) * 4
        grad = ctc.grad(z, [[1, 2, 2], [4, 3, 1], [1, 1, 1]])
        assert grad.sum(-1) == pytest.approx(np.zeros((3, 9)), abs=1e-13)

    def test_finite_differences(self):
        z = np.random.default_rng(2).normal(size=(1, 4, 3))
        grad = ctc.grad(z, [[1, 1]])
        for index in np.ndindex(z.shape):
            step = np.zeros_like(z)
            step[index] = 1e-6
            slope = (ctc(z + step, [[1, 1]]) - ctc(z - step, [[1, 1]])) / 2e-6
            assert grad[index] == pytest.approx(slope[0], abs=1e-8)


class TestBatches:
    def test_different_lengths_are_separate_problems(self):
        rng = np.random.default_rng(3)
        z = rng.normal(size=(5, 9, 4)) * 2
        targets = rng.integers(1, 4, (5, 4))
        inputs, lengths = np.array([9, 7, 5, 9, 0]), np.array([4, 0, 2, 1, 0])
        value, grad = ctc.value_and_grad(z, targets, inputs, lengths)
        for n in range(4):
            alone = ctc.value_and_grad(z[n : n + 1, : inputs[n]], targets[n : n + 1, : lengths[n]])
            assert value[n] == pytest.approx(alone[0][0], rel=1e-13)
            assert grad[n, : inputs[n]] == pytest.approx(alone[1][0], abs=1e-14)
            assert (grad[n, inputs[n] :] == 0).all()
        assert value[4] == 0 and (grad[4] == 0).all()  # nothing, from nothing

    def test_what_follows_the_lengths_is_not_read(self):
        z = np.random.default_rng(4).normal(size=(1, 6, 4))
        one = ctc.value_and_grad(z, [[1, 2, 0]], [4], [2])
        assert (one[1][:, 4:] == 0).all() and not np.signbit(one[1][:, 4:]).any()
        for rest in (100.0, math.nan, math.inf, -math.inf):
            for label in (-1, 99, 1.5, 1e300, math.nan, math.inf):
                z[:, 4:] = rest
                other = ctc.value_and_grad(z, [[1, 2, label]], [4], [2])
                assert one[0] == other[0] and (one[1] == other[1]).all()
        assert np.isinf(z[:, 4:]).all()  # what was given stays as it was
        lattice = ctc.lattice(z, [[1, 2, label]], [4], [2])
        assert all(np.isfinite(part).all() for part in lattice)

    def test_control_what_stands_before_the_lengths_is_read(self):
        z = np.zeros((1, 6, 4))
        for t, s in ((3, 2), (4, 1)):
            frames, labels = z.copy(), np.array([[1, 2.0, 3.0]])
            frames[0, t:], labels[0, s:] = math.nan, math.nan
            with pytest.raises(ValueError, match=r"got (logits\[0, 3, 0\]|targets\[0, 1\]) = nan"):
                ctc(frames, labels, [4], [2])

    def test_lengths_by_name(self):
        z = np.zeros((1, 3, 3))
        assert ctc(z, [[1, 1]], target_lengths=[1]) == ctc(z, [[1]])
        assert ctc(z, [[1]], input_lengths=[2]) == ctc(z[:, :2], [[1]])

    def test_impossible_targets(self):
        value, grad = ctc.value_and_grad(np.zeros((3, 2, 4)), [[1, 1], [1, 2], [1, 2]], [2, 2, 1])
        assert value.tolist() == [math.inf, pytest.approx(math.log(16)), math.inf]
        assert (grad[[0, 2]] == 0).all() and (grad[1] != 0).any()


class TestExtremes:
    def test_no_warning_and_no_nan(self):
        rng = np.random.default_rng(5)
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            for scale in (1, 100, 1e4, 1e8):
                value, grad = ctc.value_and_grad(
                    rng.normal(size=(4, 20, 5)) * scale, rng.integers(1, 5, (4, 6))
                )
                assert np.isfinite(value).all() and np.isfinite(grad).all()
                assert (value >= 0).all() and (abs(grad) <= 1).all()

    def test_long_sequences_keep_their_digits(self):
        z = np.full((1, 2000, 2), 0.0)  # every path has 2^-2000: count them
        count = path_polynomial(np.ones((2000, 2), int), [1])
        exact = 2000 * sp.log(2) - sp.log(int(count))
        assert ctc(z, [[1]])[0] == pytest.approx(float(exact.evalf(30)), rel=1e-14)

    def blanks(self):
        """A batch of an easy sequence, and of one that sees hardly anything but blanks."""
        z = np.random.default_rng(7).normal(size=(2, 40, 4))
        z[1, :, 0] += 60.0
        return z, np.array([[1, 2, 3] * 5, [1, 2, 3] * 5])

    def test_weights_are_shared_often_enough_for_improbable_letters(self):
        z = np.zeros((1, 100, 3))
        z[..., 2] = 30.0  # each step of the target's paths has a weight of e^-30
        given = z, np.array([[1]]), np.array([100]), np.array([1]), 0
        paths = sequence.Paths(sequence.SCALED, *given)
        assert paths.overlap[0] > sequence.TINY  # else slower logarithms would take over
        paths_cost = 100 * (30 + math.log1p(2 * math.exp(-30)))
        right = paths_cost - math.log(math.comb(101, 2))  # each path costs the same
        assert ctc(z, [[1]])[0] == pytest.approx(right, rel=1e-15)

    @pytest.mark.parametrize("gap", [300, 600, 690, 708, 720, 735, 740, 744.2541, 745, 746, 800])
    @pytest.mark.parametrize("target", [[], [1], [1, 2], [1, 1]], ids=str)
    def test_no_digit_comes_from_a_subnormal(self, gap, target):
        rng = np.random.default_rng(int(gap))
        for spikes in itertools.product([False, True], repeat=4):  # at which times class 3 leads
            z = rng.normal(size=(4, 4)) - gap * np.array(spikes)[:, None] * rng.uniform(0.9, 1, 4)
            z[:, 3] = 0
            value, slope = exactly(z, target)
            found = ctc.value_and_grad(z[None], np.array([target], int).reshape(1, -1))
            assert found[0][0] == pytest.approx(value, rel=1e-14)
            assert found[1][0] == pytest.approx(slope, abs=1e-12)

    def test_control_a_subnormal_has_lost_digits(self, monkeypatch):
        z, right = [[[-745.5, -745, 0], [0, 0, -1]]], 744.903975
        assert ctc(z, [[1]])[0] == pytest.approx(right, abs=1e-6)
        monkeypatch.setattr(sequence, "TINY", 0.0)
        assert abs(ctc(z, [[1]])[0] - right) > 0.1

    def test_an_impossible_target_has_no_negative_zeros(self):
        grad = ctc.grad(np.zeros((1, 2, 3)), [[1, 2, 1]])
        assert (grad == 0).all() and not np.signbit(grad).any()

    def test_largest_logits_make_no_warning(self):
        with np.errstate(all="raise"):
            value, grad = ctc.value_and_grad([[[-1e308, 1e308]]], [[1]])
            assert value[0] == 0 and (grad == 0).all()
            assert ctc([[[0.0, 800.0]]], [[1]])[0] == 0
            assert ctc.lattice([[[-1e308, 1e308]]], [[1]]).posterior.tolist() == [[[0, 1, 0]]]
            assert ctc.lattice([[[0.0, 800.0]] * 9], [[1]]).posterior.sum() == 9

    def test_logits_up_to_the_largest_float(self):
        rng, compared = np.random.default_rng(8), 0
        for target in ([1], [1, 2], [1, 1]):
            for unit in (2.0**997, 2.0**1021) * 3:  # whose multiples, up to 7, are exact
                z = unit * rng.integers(-7, 8, (rng.integers(1, 4), 3))
                z[:, rng.integers(3)] = rng.choice([-math.inf, 0.0, unit])
                value, slope = exact.ctc(z.tolist(), target)
                with np.errstate(all="raise"):
                    found = ctc.value_and_grad(z[None], np.array([target], int).reshape(1, -1))
                assert found[0][0] == pytest.approx(float(value), rel=1e-15, abs=1e-15)
                assert found[1][0].sum(-1) == pytest.approx(np.zeros(len(z)), abs=1e-14)
                with np.errstate(over="ignore"):
                    shares = softmax(z) - np.array(slope, float)
                if np.isin(shares, [0, 1]).all() or len(z) < 3:  # one alignment, or few
                    compared += math.isfinite(value)
                    assert found[1][0] == pytest.approx(np.array(slope, float), abs=1e-14)
        assert compared > 5

    def test_alignments_of_a_large_loss_may_be_equally_probable(self):
        for far in (1e17, 1e300, 1.7e308):
            value, grad = ctc.value_and_grad([[[far, 0.0]] * 2], [[1]])
            assert value[0] == far and (grad == [[[0.5, -0.5]] * 2]).all()

    @pytest.mark.parametrize("times", [1, 2, 9, 100])
    def test_a_loss_too_large_for_a_float_has_a_gradient(self, times):
        largest = np.finfo(float).max
        z = np.tile([[[largest, -largest]]], (1, times, 1))
        z[:, times // 2] = [-largest, 0.0]
        with np.errstate(all="raise"):
            value, grad = ctc.value_and_grad(z, [[1] * (times // 4 + 1)])
            lattice = ctc.lattice(z, [[1] * (times // 4 + 1)])
        assert value[0] == (math.inf if times > 3 else 0)
        assert (abs(grad) <= 1).all() and grad.any() == (times > 3)
        assert not np.isnan(lattice.alpha).any() and not np.isnan(lattice.beta).any()
        assert lattice.posterior.sum(-1) == pytest.approx(np.ones((1, times)))

    def test_control_an_impossible_target_has_none(self):
        z = np.array([[[0, -math.inf, 1e308]] * 2, [[1e308, -1e308, 1.7e308]] * 2])
        value, grad = ctc.value_and_grad(z, [[1, 2], [1, 1]])
        assert (value == math.inf).all() and (grad == 0).all()
        lattice = ctc.lattice(z, [[1, 2], [1, 1]])
        assert (lattice.posterior == 0).all() and not np.isnan(lattice.alpha).any()

    def test_weights_too_small_for_a_float_are_found_in_logarithms(self):
        for z, target, value, grad in zip(
            *self.blanks(), *ctc.value_and_grad(*self.blanks()), strict=True
        ):
            exact_value, exact_grad = accuracy.ctc(z, target)
            assert ulps(float(value), exact_value) <= 4
            error = abs(exact_grad - grad).max() / np.spacing(float(abs(exact_grad).max()))
            assert error <= 300  # logarithms round more

    def test_control_without_them_the_loss_is_wrong(self, monkeypatch):
        monkeypatch.setattr(sequence, "TINY", 0.0)
        with np.errstate(all="ignore"):
            easy, blank = ctc(*self.blanks())
        monkeypatch.undo()
        expected = ctc(*self.blanks())
        assert easy == expected[0] and blank != expected[1]

    def test_a_masked_class(self):
        z = np.zeros((2, 4, 3))
        z[:, :, 2] = -np.inf
        value, grad = ctc.value_and_grad(z, [[1], [2]])
        assert value[0] == ctc(z[:1, :, :2], [[1]])[0]
        assert value[1] == math.inf and (grad[1] == 0).all()
        assert (grad[0, :, 2] == 0).all()

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_hypothesis_hunts_for_nan(self, data):
        times, classes = data.draw(st.integers(1, 5)), data.draw(st.integers(2, 4))
        number = st.one_of(st.floats(-1e4, 1e4), st.just(-math.inf))
        rows = st.lists(number, min_size=classes, max_size=classes).filter(
            lambda row: max(row) > -math.inf
        )
        z = data.draw(st.lists(rows, min_size=times, max_size=times))
        target = data.draw(st.lists(st.integers(1, classes - 1), max_size=4))
        value, grad = ctc.value_and_grad([z], np.array([target], int).reshape(1, -1))
        assert not np.isnan(value).any() and not np.isnan(grad).any() and value[0] >= -1e-12


class TestLattice:
    def lattice(self):
        self.z = np.random.default_rng(6).normal(size=(2, 6, 4))
        self.targets = np.array([[1, 2, 2], [3, 1, 2]])
        return ctc.lattice(self.z, self.targets)

    def test_shapes_and_labels(self):
        lattice = self.lattice()
        assert lattice.labels.tolist() == [[0, 1, 0, 2, 0, 2, 0], [0, 3, 0, 1, 0, 2, 0]]
        assert lattice.alpha.shape == lattice.beta.shape == lattice.posterior.shape == (2, 6, 7)

    def test_posterior_sums_to_one_at_each_time(self):
        assert self.lattice().posterior.sum(-1) == pytest.approx(np.ones((2, 6)))

    def test_alpha_and_beta_give_the_probability_at_each_time(self):
        lattice = self.lattice()
        log_y = np.log(softmax(self.z))
        emissions = np.take_along_axis(log_y, lattice.labels[:, None, :].repeat(6, 1), 2)
        total = np.log(np.exp(lattice.alpha + lattice.beta - emissions).sum(-1))
        assert total == pytest.approx(-ctc(self.z, self.targets)[:, None].repeat(6, 1))

    def test_where_there_is_no_path(self):
        lattice = self.lattice()
        assert (lattice.alpha[:, 0, 2:] == -1e300).all()
        assert (lattice.beta[:, -1, :-2] == -1e300).all()
        assert (lattice.alpha[:, 0, :2] > -1e3).all()

    def test_gradient_is_softmax_minus_posterior(self):
        lattice = self.lattice()
        grad = ctc.grad(self.z, self.targets)
        for n, labels in enumerate(lattice.labels):
            occupied = lattice.posterior[n] @ (labels[:, None] == np.arange(4))
            assert grad[n] == pytest.approx(softmax(self.z[n]) - occupied, abs=1e-14)


class TestBadInput:
    @pytest.mark.parametrize(
        "args, kwargs, message",
        [
            (([[1.0, 2.0]], [[1]]), {}, r"logits takes shape \(N, T, C\), got \(1, 2\)"),
            ((np.zeros((1, 0, 2)), [[1]]), {}, "logits takes shape"),
            (
                (np.full((1, 2, 2), np.nan), [[1]]),
                {},
                "logits takes vectors of finite numbers or -inf",
            ),
            ((np.full((1, 2, 2), np.inf), [[1]]), {}, "logits takes"),
            ((np.full((1, 2, 2), -np.inf), [[1]]), {}, "not all -inf"),
            (("ab", [[1]]), {}, "logits takes"),
            ((np.zeros((2, 3, 3)), [[1]]), {}, r"targets takes shape \(N, S\) with N = 2"),
            ((np.zeros((1, 3, 3)), [1]), {}, "targets takes shape"),
            ((np.zeros((1, 3, 3)), [[0]]), {}, r"without the blank 0, got targets\[0, 0\] = 0"),
            ((np.zeros((1, 3, 3)), [[1, 2]]), {"blank": 2}, "without the blank 2"),
            ((np.zeros((1, 3, 3)), [[3]]), {}, r"classes 0..2 .* got targets\[0, 0\] = 3"),
            ((np.zeros((1, 3, 3)), [[-1]]), {}, r"targets\[0, 0\] = -1"),
            ((np.zeros((1, 3, 3)), [[1.5]]), {}, "targets takes whole numbers, got"),
            ((np.zeros((1, 3, 3)), [["a"]]), {}, "targets takes whole numbers, got"),
            ((np.zeros((1, 3, 3)), [[1], [1, 2]]), {}, "targets"),
            ((np.zeros((1, 3, 3)), [[1]]), {"blank": 3}, "blank takes whole numbers from 0 to 2"),
            ((np.zeros((1, 3, 3)), [[1]]), {"blank": -1}, "blank takes whole numbers from 0 to 2"),
            ((np.zeros((1, 3, 3)), [[1]]), {"blank": [0]}, "blank takes"),
            (
                (np.zeros((1, 3, 3)), [[1]], [4]),
                {},
                "input_lengths takes whole numbers from 0 to 3",
            ),
            ((np.zeros((1, 3, 3)), [[1]], [-1]), {}, "input_lengths takes"),
            ((np.zeros((1, 3, 3)), [[1]], 3), {}, "input_lengths takes .* of shape"),
            ((np.zeros((1, 3, 3)), [[1]], None, [2]), {}, "target_lengths takes whole .* 0 to 1"),
            ((np.zeros((1, 3, 3)), [[1]]), {"target_lengths": [0.5]}, "target_lengths takes whole"),
            ((np.zeros((1, 3, 3)),), {}, "missing a required argument: 'targets'"),
            (
                (np.zeros((1, 3, 3)), [[1]], [2.5]),
                {},
                r"whole numbers, got input_lengths\[0\] = 2.5",
            ),
            ((np.zeros((1, 3, 3)), [[1]], [[2]]), {}, r"of shape \(1,\), got shape \(1, 1\)"),
            ((np.zeros((1, 3, 3)), [[1]], [4]), {}, r"got input_lengths\[0\] = 4$"),
            ((np.zeros((1, 3, 3)), [[1]], [True]), {}, r"input_lengths takes .* got True at \[0\]"),
            ((np.zeros((1, 3, 3)), [[True]]), {}, r"targets takes .* got True at \[0, 0\]"),
            ((np.zeros((1, 3, 3)), [[1]]), {"blank": True}, "blank takes whole numbers, got True"),
            ((np.zeros((1, 3, 3)), [[1]]), {"blank": 1e300}, "blank takes whole numbers, got"),
            ((np.zeros((1, 3, 3)), [[1e300]]), {}, r"targets\[0, 0\] = 1e\+300"),
            ((np.zeros((1, 3, 3)), [[-0.0]]), {}, r"without the blank 0, got targets\[0, 0\] = 0"),
            ((np.zeros((1, 3, 3)), [[[0, 1, 0]]]), {}, r"class numbers, not one-hot.*\(1, 1, 3\)"),
            ((np.zeros((2, 3, 3)), [[1], [1, 2]]), {}, "targets .* rows of different length"),
            ((np.zeros((1, 3, 3)), [[1, None]]), {}, r"targets .* None at \[0, 1\]"),
        ],
    )
    def test_message(self, args, kwargs, message):
        with pytest.raises((ValueError, TypeError), match=message) as error:
            ctc(*args, **kwargs)
        assert "ctc" in str(error.value)

    def test_there_is_no_hessian(self):
        with pytest.raises(TypeError, match="ctc has no Hessian"):
            ctc.hess(np.zeros((1, 3, 3)), [[1]])

    @pytest.mark.parametrize(
        "args, message",
        [
            (([[0.5, 0.5]], [0]), r"target takes classes 0..1 .* blank 0, got target\[0\] = 0"),
            (([[0.5, 0.5]], [-1]), r"target takes classes .* got target\[0\] = -1"),
            (([[0.5, 0.5]], [2]), r"target takes classes .* got target\[0\] = 2"),
            (([[0.5, 0.5]], [0.5]), r"target takes whole numbers, got target\[0\] = 0.5"),
            (([[0.5, 0.5]], [True]), r"target takes whole numbers, got True at \[0\]"),
            (([[0.5, 0.5]], "1"), "target takes whole numbers, got '1'"),
            (([[0.5, 0.5]], 1), r"target takes shape \(S,\), got \(\)"),
            (([[0.5, 0.5]], [[1]]), r"target takes shape \(S,\), got \(1, 1\)"),
            (([[0.5, 0.5]], [1], 1), "target takes classes 0..1 without the blank 1"),
            (([[0.5, 0.5]], [1], 2), "blank takes whole numbers from 0 to 1"),
            (([[0.5, 0.5]], [1], True), "blank takes whole numbers, got True"),
            (([0.5, 0.5], [1]), r"y takes shape \(T, C\), got \(2,\)"),
            (([[0.5, 0.5], [1.0]], [1]), "y takes"),
            (([], []), r"y takes shape \(T, C\), got \(0,\)"),
            (([["a", "b"]] * 2, [1]), r"y\[0, 0\] takes a number or an sp.Expr .*, got 'a'"),
            (([[0.5, None]], [1]), r"y\[0, 1\] takes a number or an sp.Expr .*, got None"),
            (([[-1, 2]] * 2, [1]), r"y\[0, 0\] takes probabilities in \[0, 1\], got .* = -1.0"),
            (([[0, 1], [0.5, sp.Rational(3, 2)]], [1]), r"y\[1, 1\] takes probabilities .* = 1.5"),
            (([[0.5, math.nan]], [1]), r"y\[0, 1\] takes probabilities .* = nan"),
            (([[0.5, sp.I]], [1]), r"y\[0, 1\] takes probabilities in \[0, 1\], got I"),
            (([[sp.Symbol("p", negative=True), 1]], [1]), r"y\[0, 0\] takes probabilities"),
        ],
    )
    def test_message_of_the_formula(self, args, message):
        with pytest.raises((ValueError, TypeError), match=rf"^ctc.*: {message}"):
            ctc.formula(*args)
