"""The shapes: what they are, their derivatives, and the numbers of their code."""

import inspect
import math

import numpy as np
import pytest
import sympy as sp

from lossbook import shapes
from lossbook.printing import along, compile_numpy
from lossbook.shapes import (
    Shape,
    absolute,
    clip,
    derivative,
    difference,
    difference_of_squares,
    distance,
    huber_function,
    logsumexp,
    positive_part,
    power,
    power_of_rest,
    product,
    root,
    sgn,
    shape,
    sigmoid,
    sigmoid_power,
    softplus,
    stable,
    step,
    total,
    unfold,
    unit_huber_function,
    weighted_excess,
    xdivy,
    xlog1py,
    xlogy,
)

x, y = sp.symbols("x y", real=True)
d = sp.Symbol("d", positive=True)
z, w = sp.IndexedBase("z", real=True), sp.IndexedBase("w", real=True)
j = sp.Symbol("j", integer=True)

POINTS = [-1e300, -700.5, -3.0, -1.0, -0.25, -1e-9, 0.0, 1e-9, 0.25, 1.0, 3.0, 700.5, 1e300]


def numbers(expr, *symbols_and_values):
    """The expression's values by its code, for arrays in the symbols' places."""
    symbols, values = symbols_and_values[::2], symbols_and_values[1::2]
    (result,) = compile_numpy(symbols, [expr])(*(np.asarray(v, float) for v in values))
    return result


def textbook(expr, at, symbol=x):
    """The value of the unfolded formula, by rational arithmetic and 50 digits."""
    return float(sp.N(unfold(expr).subs(d, 1).subs(symbol, sp.Rational(at)), 50))


@pytest.mark.parametrize(
    "expr",
    [
        positive_part(x),
        step(x),
        absolute(x),
        sgn(x),
        huber_function(x, d),
        clip(x, d),
        softplus(x),
        sigmoid(x),
    ],
    ids=lambda expr: expr.func.__name__,
)
class TestEachShape:
    def test_code_is_formula(self, expr):
        points = [
            p for p in POINTS if abs(p) < 1e9 or expr.func in (positive_part, step, absolute, sgn)
        ]
        computed = numbers(expr, x, points, d, 1.0)
        for point, value in zip(points, computed, strict=True):
            assert value == pytest.approx(textbook(expr, point), rel=1e-15)

    def test_derivative_is_derivative_of_formula(self, expr):
        for point in (-2.5, -0.3, 0.4, 1.7):  # no kinks among them
            slope = textbook(expr.diff(x), point)
            by_formula = sp.N(unfold(expr).subs(d, 1).diff(x).subs(x, sp.Rational(point)), 30)
            assert slope == pytest.approx(float(by_formula), rel=1e-14)

    def test_numbers_are_evaluated(self, expr):
        at = expr.func(*(sp.Integer(2) if arg == x else sp.Integer(1) for arg in expr.args))
        assert at.is_number and at == unfold(expr).subs(d, 1).subs(x, 2)

    def test_doit_unfolds(self, expr):
        assert not expr.doit().has(expr.func)
        assert sp.simplify(expr.doit() - unfold(expr)) == 0

    def test_latex_has_no_name_of_code(self, expr):
        text = sp.latex(expr)
        assert expr.func.__name__ not in text or expr.func.__name__ == "sgn"

    def test_even_where_it_says_so(self, expr):
        if expr.func.even:
            assert expr.subs(x, -x) == expr

    def test_no_warning_anywhere(self, expr):
        with np.errstate(over="raise", divide="raise", invalid="raise"):
            assert not np.isnan(numbers(expr, x, POINTS, d, 1.0)).any()


def test_at_the_kink_there_is_one_subgradient():
    assert numbers(step(x), x, 0.0) == 0
    assert numbers(sgn(x), x, 0.0) == 0
    assert step(0) == 0 and sgn(0) == 0
    assert numbers(clip(x, d).diff(x), x, [-2.0, -1.0, 0.0, 1.0, 2.0], d, 1.0).tolist() == [
        0,
        0,
        1,
        0,
        0,
    ]


def test_integrals_and_derivatives():
    assert positive_part(x).diff(x) == step(x)
    assert absolute(x).diff(x) == sgn(x)
    assert huber_function(x, d).diff(x) == clip(x, d)
    assert softplus(x).diff(x) == sigmoid(x)
    assert sigmoid(x).diff(x) == sigmoid(x) * sigmoid(-x)
    assert step(x).diff(x) == 0 and sgn(x).diff(x) == 0
    assert clip(x, d).diff(x) == step(d - absolute(x))


def test_derivatives_by_the_parameter():
    for at in (0.25, 3.0, -3.0):
        for f in (huber_function, unit_huber_function, clip):
            slope = unfold(f(x, d).diff(d)).subs({x: sp.Rational(at), d: 1})
            direct = unfold(f(x, d)).subs(x, sp.Rational(at)).diff(d).subs(d, 1)
            assert sp.simplify(slope - direct) == 0


def test_latex():
    assert sp.latex(positive_part(x)) == r"\max\left(0, x\right)"
    assert sp.latex(absolute(x - y)) == r"\left|{x - y}\right|"
    assert sp.latex(sigmoid(x) ** 2) == r"\left(\sigma\left(x\right)\right)^{2}"
    assert sp.latex(softplus(-x)) == r"\log\left(1 + e^{- x}\right)"
    assert r"\begin{cases}" in sp.latex(huber_function(x, d))


def test_shapes_are_sympy_functions():
    expr = 3 * positive_part(x - 1) + sigmoid(x) * y
    assert isinstance(expr, sp.Expr) and expr.has(positive_part)
    assert expr.subs(x, 3) == 6 + y / (1 + sp.exp(-3))
    assert expr.free_symbols == {x, y}
    assert positive_part(x).is_nonnegative and sigmoid(x).is_positive and absolute(x).is_real


def test_a_shape_knows_its_name_and_docstring():
    assert issubclass(positive_part, Shape) and issubclass(positive_part, sp.Function)
    assert positive_part.__name__ == "positive_part" and "relu" in positive_part.__doc__


def test_a_shape_of_your_own():
    @shape(lambda x: 2 * positive_part(x), numpy="maximum({0}, 0.0)**2")
    def pos2(x):
        """max(x, 0)^2."""
        return sp.Max(x, 0) ** 2

    assert pos2(x).diff(x) == 2 * positive_part(x)
    assert numbers(pos2(x), x, [-3.0, 2.0]).tolist() == [0, 4]


# Stable code.


def test_stable_is_equal_to_the_formula():
    for expr in (
        huber_function(x, d),
        huber_function(x, d) / d,
        softplus(x),
        sigmoid(x),
        sigmoid(x) ** d,
    ):
        for at in (-3, sp.Rational(-1, 4), 0, sp.Rational(1, 3), 5):
            before, after = (
                unfold(e).doit().subs({x: at, d: sp.Rational(3, 2)}) for e in (expr, stable(expr))
            )
            assert abs(sp.N(before - after, 30)) < 1e-25


def test_softplus_and_sigmoid_keep_all_digits():
    assert numbers(softplus(x), x, -40.0) == pytest.approx(math.exp(-40), rel=1e-15)
    assert numbers(sigmoid(x), x, -700.0) == pytest.approx(math.exp(-700), rel=1e-15)
    assert numbers(softplus(x), x, 1e308) == 1e308


def test_control_the_textbook_code_overflows_or_cancels():
    """What the stable code is for: the formulas themselves do not survive."""
    naive = sp.lambdify(x, unfold(softplus(x)), "numpy")
    with np.errstate(over="ignore"):
        assert naive(1e4) == math.inf
    assert naive(-40.0) == 0


def test_huber_divided_by_its_width_does_not_overflow():
    assert numbers(unit_huber_function(x, d), x, 1e308, d, 10.0) == 1e308
    assert numbers(unit_huber_function(x, d), x, 1.0, d, 1e-320) == 1.0


def test_a_weighted_excess_is_finite_where_it_fits():
    c, most = sp.Symbol("c", positive=True), np.finfo(float).max
    excess = weighted_excess(c, x, y)
    assert unfold(excess) == c * sp.Max(x - y, 0)
    assert unfold(excess.diff(c)) == sp.Max(x - y, 0)
    assert excess.diff(x) == c * step(x - y) == -excess.diff(y)
    with np.errstate(over="raise"):
        found = numbers(excess, c, [0.5, 0.25, 0.25], x, [most, 3, 1], y, [-most, 1, 3])
    assert found.tolist() == [most, 0.5, 0]
    with pytest.raises(FloatingPointError), np.errstate(over="raise"):  # the control
        numbers(c * positive_part(x - y), c, 0.5, x, most, y, -most)


def test_a_product_is_multiplied_last():
    g = sp.Symbol("g", positive=True)
    assert unfold(product(x * y, d)) == d * x * y
    assert unfold(product(x * y, d).diff(x)) == d * y == unfold(product(y, x * d).diff(x))
    values = [d, 1e300, g, 1e200, x, 1e-300]
    with np.errstate(over="raise"):
        assert numbers(product(g * x, d), *values) == pytest.approx(1e200, rel=1e-15)
    with pytest.raises(FloatingPointError), np.errstate(over="raise"):  # the control
        numbers(g * x * d, *values)


def test_power_of_sigmoid_has_no_rounding_of_the_exponent():
    for at in (-3.7, -51.3, -140.1, 0.3, 20.0):
        exact = sp.N((1 + sp.exp(-sp.Rational(at))) ** -5, 40)
        computed = sp.Rational(float(numbers(sigmoid_power(x, d), x, at, d, 5.0)))
        assert abs(computed / exact - 1) < 6 * 2.0**-53


def test_nothing_times_log_of_nothing_is_nothing():
    assert xlogy(0, 0) == 0
    with np.errstate(all="raise"):
        assert numbers(xlogy(y, x), y, [0.0, 0.0, 1.0], x, [0.0, 1.0, 1.0]).tolist() == [0, 0, 0]
        assert numbers(xlog1py(y, -x), y, [0.0, 1.0], x, [1.0, 1e-300]).tolist() == [0, -1e-300]
        assert numbers(xdivy(y, x), y, [0.0, 3.0], x, [0.0, 2.0]).tolist() == [0, 1.5]
    with np.errstate(divide="ignore"):
        assert numbers(xlogy(y, x), y, 1.0, x, 0.0) == -math.inf
        assert numbers(xdivy(y, x), y, 1.0, x, 0.0) == math.inf


def test_xlogy_over_and_power_are_what_they_say():
    p, g = sp.symbols("p g", positive=True)
    assert unfold(xlogy(y, p)) == y * sp.log(p)
    assert unfold(xlogy(y, p).diff(p)) == y / p
    assert unfold(xlogy(y, p).diff(y)) == sp.log(p)
    assert sp.simplify(unfold(power(p, g).diff(p)) - g * p ** (g - 1)) == 0
    assert sp.simplify(unfold(power(p, g).diff(g)) - p**g * sp.log(p)) == 0
    assert sp.simplify(unfold(xdivy(y, p).diff(p)) + y / p**2) == 0
    assert sp.latex(power_of_rest(p, g)) == r"\left(1 - p\right)^{g}"


def test_power_makes_up_for_the_rounding_of_the_rest():
    g = sp.Symbol("g", positive=True)
    p = 0.1 + np.arange(40) / 100
    computed = numbers(power_of_rest(x, g), x, p, g, 5.0)
    exact = [(1 - sp.Rational(float(v))) ** 5 for v in p]
    error = [abs(sp.Rational(float(c)) / e - 1) for c, e in zip(computed, exact, strict=True)]
    assert max(error) < 2 * 2.0**-53
    naive = [abs(sp.Rational(float(c)) / e - 1) for c, e in zip((1 - p) ** 5.0, exact, strict=True)]
    assert max(naive) > 2 * 2.0**-53  # the control


# Vectors.


def test_total_and_derivative():
    square = total(lambda k: z[k] ** 2)
    assert derivative(square, z[j]) == 2 * z[j]
    assert derivative(total(lambda k: z[k] * w[k]), w[j]) == z[j]
    assert derivative(x**2 * square, x) == 2 * x * square


def test_derivative_of_a_distance():
    slope = derivative(distance(z, w), z[j])
    assert sp.simplify(unfold(slope - (z[j] - w[j]) / distance(z, w))) == 0
    assert derivative(distance(z, w) ** 2, z[j]) == 2 * z[j] - 2 * w[j]


def test_what_one_function_takes_alone_has_no_name():
    both = [absolute(x - y), sgn(x - y)]
    alone, together = (
        inspect.getsource(compile_numpy([x, y], both, wanted=wanted))
        for wanted in (slice(0, 1), slice(0, 2))
    )
    assert "_0 =" not in alone and "_0 =" in together
    kept = inspect.getsource(compile_numpy([x, y], [(x - y) ** 2, sgn(x - y)], wanted=slice(0, 1)))
    assert "_0 =" in kept  # the control: in a sum or a product it may change the order


def test_a_difference_of_entries_is_one_piece_of_code():
    assert stable(z[j] - w[j]) == -stable(w[j] - z[j])
    assert stable(2 * z[j] - 2 * w[j]).has(difference)
    for other in (z[j] + w[j], z[j] - w[j] + y, z[j] - w[j] - w[1], z[j] - 2 * w[j]):  # controls
        assert stable(other) == other


def test_along_a_vector():
    x = np.array([[3.0, 4.0], [0.0, 0.0], [3e-320, 4e-320], [np.inf, 1.0], [1e-200, 1e200]])
    d = np.array([[5.0], [0.0], [5e-320], [np.finfo(float).max], [1e200]])
    w = np.array([[10.0], [1e308], [10.0], [0.0], [1e200]])
    right = [[6, 8], [0, 0], [6, 8], [0, 0], [1e-200, 1e200]]
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(along(w, x, d), right, rtol=1e-3)  # subnormals have few digits
        for one in range(len(x)):
            rows = slice(one, one + 1)
            assert along(w[rows], x[rows], d[rows]).tolist() == along(w, x, d)[rows].tolist()
        assert np.isnan((w / d * x)[[1, 3]]).any(1).all()  # the control


def test_derivative_of_logsumexp_is_softmax():
    slope = unfold(derivative(logsumexp(z), z[j]))
    assert slope == sp.exp(z[j]) / total(lambda k: sp.exp(z[k]))


def vector_numbers(expr, *symbols_and_values):
    symbols, values = symbols_and_values[::2], symbols_and_values[1::2]
    return compile_numpy(symbols, [expr], [j])(*(np.asarray(v, float) for v in values))[0]


def test_a_norm_neither_overflows_nor_underflows():
    zero = np.zeros((4, 2))
    a = [[3e200, 4e200], [3e-200, 4e-200], [0, 0], [3, 4]]
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        d = vector_numbers(distance(z, w), z, a, w, zero)
        slope = vector_numbers(derivative(distance(z, w), z[j]), z, a, w, zero)
    assert d[:, 0] == pytest.approx([5e200, 5e-200, 0, 5], rel=1e-15)
    assert slope[[0, 1, 3]] == pytest.approx(np.tile([0.6, 0.8], (3, 1)), rel=1e-15)
    assert slope[2].tolist() == [0, 0]


def test_a_difference_of_squares_does_not_overflow():
    expr = difference_of_squares(distance(z, w), root(total(lambda k: z[k] ** 2)))
    with np.errstate(over="raise", invalid="raise"):
        assert vector_numbers(expr, z, [[3e200, 4e200]], w, [[0.0, 0.0]]) == 0
    assert vector_numbers(expr, z, [[1.0, 2.0]], w, [[3.0, 3.0]]) == pytest.approx(0, abs=1e-14)


def test_logsumexp_takes_large_and_masked_logits():
    rows = [[1000.0, 1000.0], [-1000.0, -1000.0], [0.0, -np.inf]]
    assert vector_numbers(logsumexp(z), z, rows)[:, 0] == pytest.approx(
        [1000 + math.log(2), -1000 + math.log(2), 0]
    )


def test_unfold_keeps_plain_expressions():
    assert unfold(x**2 + y) == x**2 + y
    assert unfold(sp.Integer(2)) == 2
    assert unfold(positive_part(x) + huber_function(y, d)).has(sp.Max, sp.Piecewise)


def test_unfolding_steps_to_both_sides_leaves_no_impossible_case():
    both = unfold(3 * step(x - y) + 5 * step(y - x))
    assert [value for value, _ in both.args] == [3, 5, 0]
    apart = unfold(3 * step(x) + 5 * step(y))
    assert [value for value, _ in apart.args] == [8, 3, 5, 0]  # the control: both may be


def test_every_shape_has_a_docstring():
    for name, thing in vars(shapes).items():
        if isinstance(thing, type) and issubclass(thing, Shape):
            assert thing.__doc__, name


def test_a_distance_has_derivatives_of_every_order():
    size = {sp.Symbol("K", integer=True, positive=True): 2}
    at = {z[1]: 3, z[2]: 4, w[1]: 0, w[2]: 0}
    slopes = [distance(z, w)]
    for k in (1, 1, 2):
        slopes.append(derivative(slopes[-1], z[k]))
    numbers = [unfold(slope).subs(size).doit().subs(at) for slope in slopes]
    assert numbers == [5, sp.Rational(3, 5), sp.Rational(16, 125), sp.Rational(8, 3125)]
