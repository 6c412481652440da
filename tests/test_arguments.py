"""Arguments are what they look like, or are refused with their name."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from lossbook import arguments


@pytest.mark.parametrize(
    ("read", "wrong", "message"),
    [
        (arguments.number, "3", "k takes a finite number, got '3'"),
        (arguments.number, True, "k takes a finite number, got True"),
        (arguments.number, [3.0], r"k takes a finite number, got \[3.0\]"),
        (arguments.number, np.inf, "k takes a finite number, got inf"),
        (arguments.number, -np.inf, "k takes a finite number, got -inf"),
        (arguments.number, 1 + 0j, r"k takes a finite number, got \(1"),
        (lambda *of: arguments.number(*of, above=0), 0, "k takes a finite number above 0, got 0"),
        (lambda *of: arguments.whole(*of, 0, 2), 1.0, "k takes a whole number from 0 to 2, got 1"),
        (lambda *of: arguments.whole(*of, 0, 2), True, "k takes a whole number .*, got True"),
        (lambda *of: arguments.whole(*of, 0, 2), 3, "k takes a whole number .*, got 3"),
        (arguments.interval, "12", "k takes a pair of numbers .*, got '12'"),
        (arguments.interval, (False, True), "k takes a pair of numbers"),
        (arguments.interval, (1, 2, 3), r"k takes a pair of numbers .*, got \(1, 2, 3\)"),
        (arguments.interval, (2, 2), r"k takes finite \(low, high\) with low < high"),
        (arguments.interval, (0, np.inf), r"k takes finite \(low, high\)"),
        (arguments.numbers, ["1", "2"], "k takes finite numbers of shape"),
        (arguments.numbers, [[1], [1, 2]], r"k takes .* got \[\[1\], \[1, 2\]\]"),
        (arguments.numbers, [1, None], r"k takes .* got \[1, None\]"),
        (arguments.numbers, [1, np.nan], r"k takes .* got nan at \[1\]"),
        (arguments.numbers, 3, r"k takes finite numbers of shape \(n,\), got shape \(\)"),
        (lambda *of: arguments.numbers(*of, ("n", 2)), np.ones((2, 3)), r"\(n, 2\), got shape"),
        (lambda *of: arguments.numbers(*of, least=3), [1, 2], r"n at least 3, got shape \(2,\)"),
        (arguments.text, 3, "k takes text, got 3"),
        (lambda *of: arguments.texts(*of, 2), "ab", "k takes 2 names, got 'ab'"),
        (lambda *of: arguments.texts(*of, 2), ("a", 1), "k takes 2 names"),
        (lambda *of: arguments.mapping(*of, "{a: b}"), [("a", 1)], r"k takes a dict \{a: b\}"),
        (lambda *of: arguments.mapping(*of, "{a: b}"), {1: 2}, r"k takes a dict \{a: b\}"),
    ],
)
def test_what_is_something_else_is_refused(read, wrong, message):
    with pytest.raises((TypeError, ValueError), match=message):
        read("k", wrong)


def test_control_right_arguments_are_taken():
    assert [arguments.number("k", one) for one in (3, 2.5, np.float64(2.5))] == [3, 2.5, 2.5]
    assert type(arguments.number("k", np.int64(3))) is int  # JSON knows no int64
    assert arguments.interval("k", (Fraction(1, 2), sp.Rational(3, 2))) == [0.5, 1.5]
    assert arguments.whole("k", np.int8(-1), -1, 1) == -1
    assert arguments.interval("k", np.array([0, 1])) == [0.0, 1.0]
    assert arguments.numbers("k", [[True, 2]], ("n", 2)).tolist() == [[1.0, 2.0]]
    assert arguments.texts("k", np.array(["a", "b"]), 2) == ["a", "b"]
    assert arguments.mapping("k", None, "{}") == {}
