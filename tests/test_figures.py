"""Formulas as in print."""

import sympy as sp

from lossbook import huber, squared_error
from lossbook.figures import latex


def test_the_positive_term_stands_first_and_the_bound_on_the_right():
    assert latex(squared_error.formula) == r"\left(\hat{y} - y\right)^{2}"
    assert r"\leq \delta" in latex(huber.formula)
    assert latex(1 - sp.Symbol("p")) == "1 - p"


def test_no_bar_ends_the_cell_of_a_table():
    assert "|" not in latex(huber.formula)


def test_names_of_several_letters_are_no_products():
    assert latex(sp.Symbol("score")) == r"\mathrm{score}"
    assert latex(sp.Symbol("delta")) == r"\delta"
