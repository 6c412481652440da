"""Formulas as in print, and pictures with words."""

import io
import re
from pathlib import Path

import matplotlib.pyplot as plt
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
    silent = without_alt(nbformat.read(path, as_version=4))
    assert silent == [], f"cells {silent} need `mystnb: image: alt` in their metadata"


def test_control_a_picture_without_words():
    shown = nbformat.v4.new_output("display_data", {"image/svg+xml": "<svg/>"})
    cell = nbformat.v4.new_code_cell(outputs=[shown])
    assert without_alt(nbformat.v4.new_notebook(cells=[cell])) == [0]


# matplotlib draws a letter from a font of 100 units: a scale of 0.11 makes it 11 units high.
LETTERS = re.compile(r"<!-- [^>]* -->\s*<g[^>]* transform=\"[^\"]*scale\(([\d.]+) -[\d.]+\)")
WIDTH = re.compile(r'<svg [^>]*viewBox="0 0 ([\d.]+) ')


def smallest_text(svg, page=360):
    """The size in pixels of an SVG's smallest text on a phone, whose whole width the picture takes.

    Exponents and indices are 0.7 of it, as in all formulas.
    """
    sizes = [float(scale) * 100 for scale in LETTERS.findall(svg)]
    return min(sizes, default=99) * page / float(WIDTH.search(svg)[1])


@pytest.mark.parametrize("path", sorted(CHAPTERS.rglob("*.ipynb")), ids=lambda path: path.stem)
def test_text_in_figures_can_be_read_on_a_phone(path):
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells):
        for output in cell.get("outputs", []):
            if {"image/svg+xml", "image/png"} & set(output.get("data", {})):
                small = smallest_text(output.data["image/svg+xml"])
                assert small >= 9, f"cell {number}: {small:.1f} px; draw it narrower"


@pytest.mark.parametrize(
    ("width", "size", "good"), [(5.6, 11, True), (6.4, 11, False), (5.6, 9, False)]
)
def test_control_text_of_figures(width, size, good):
    figure, axes = plt.subplots(figsize=(width, 2))
    axes.set_title("small", fontsize=size)
    file = io.StringIO()
    figure.savefig(file, format="svg")
    plt.close(figure)
    assert (smallest_text(file.getvalue()) >= 9) == good
