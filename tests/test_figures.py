"""Formulas as in print, and pictures with words."""

from pathlib import Path

import nbformat
import pytest
import sympy as sp

from lossbook import huber, squared_error
from lossbook.figures import latex

CHAPTERS = Path(__file__).parent.parent / "chapters"


def test_the_positive_term_stands_first_and_the_bound_on_the_right():
    assert latex(squared_error.formula) == r"\left(\hat{y} - y\right)^{2}"
    assert r"\leq \delta" in latex(huber.formula)
    assert latex(1 - sp.Symbol("p")) == "1 - p"


def test_no_bar_ends_the_cell_of_a_table():
    assert "|" not in latex(huber.formula)


def test_names_of_several_letters_are_no_products():
    assert latex(sp.Symbol("score")) == r"\mathrm{score}"
    assert latex(sp.Symbol("delta")) == r"\delta"


def without_alt(notebook):
    """The numbers of the cells that show a picture and do not say what it shows."""
    return [
        number
        for number, cell in enumerate(notebook.cells)
        if any("image/svg+xml" in output.get("data", {}) for output in cell.get("outputs", []))
        and not cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
    ]


@pytest.mark.parametrize("path", sorted(CHAPTERS.rglob("*.ipynb")), ids=lambda path: path.stem)
def test_pictures_say_what_they_show(path):
    assert without_alt(nbformat.read(path, as_version=4)) == []


def test_control_a_picture_without_words():
    shown = nbformat.v4.new_output("display_data", {"image/svg+xml": "<svg/>"})
    cell = nbformat.v4.new_code_cell(outputs=[shown])
    assert without_alt(nbformat.v4.new_notebook(cells=[cell])) == [0]
