"""Formulas as in print, and pictures with words."""

import io
import json
import re
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import pytest
import sympy as sp

import lossbook
from lossbook import huber, squared_error
from lossbook.explorers.parts import style_of
from lossbook.figures import LOOKS, latex, look, looks

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


def test_every_loss_has_a_look_that_no_other_has():
    found = [(look(name)["color"], look(name)["linestyle"]) for name in lossbook.__all__]
    assert len(set(found)) == len(lossbook.__all__) == 15
    assert look(squared_error) == look("squared_error")


# What the book draws into one figure; a chapter's own losses are named as in the chapter.
COMPARED = [
    ("squared_error", "absolute_error", "huber", "pinball", "too_late"),
    ("squared_error", "absolute_error", "huber", "smooth_l1"),
    ("by_square", "by_distance", "by_logarithm"),
    ("squared_error_of_sigmoid", "binary_cross_entropy_with_logits"),
    ("focal", "binary_cross_entropy"),
    ("focal_with_logits", "binary_cross_entropy_with_logits"),
    ("hinge", "squared_hinge", "logistic", "perceptron", "ramp", "exponential"),
    ("contrastive", "triplet", "cross_entropy"),
]


@pytest.mark.parametrize("names", COMPARED, ids=" ".join)
def test_losses_that_are_compared_differ_in_colour_and_mostly_in_dash(names):
    found = [look(name) for name in names]
    assert len({one["color"] for one in found}) == len(names)
    assert len({(one["color"], one["linestyle"]) for one in found}) == len(names)
    if "contrastive" not in names:
        assert len({one["linestyle"] for one in found}) == len(names)


def test_lines_of_one_loss_share_its_colour_and_no_dash():
    lines = looks(["focal", "binary_cross_entropy", "focal", "focal"])
    assert {one["color"] for one in (lines[0], *lines[2:])} == {look("focal")["color"]}
    assert lines[1] == look("binary_cross_entropy")
    assert len({one["linestyle"] for one in lines}) == 4


def test_a_loss_of_the_reader_looks_like_no_other():
    first, mine, other = looks(["mine_too", "squared_error", "mine"])
    assert mine == look("squared_error")
    assert len({one["color"] for one in (first, mine, other)}) == 3
    assert len({one["linestyle"] for one in (first, mine, other)}) == 3
    assert not any(one in [look(name) for name in LOOKS] for one in (first, other))


def test_as_many_lines_as_an_explorer_takes_are_all_different():
    for name in ("huber", "mine"):
        lines = looks([name] * 6)
        assert len({(one["color"], one["linestyle"]) for one in lines}) == 6


@pytest.mark.parametrize("wrong", ["mine", 3, None, abs, [squared_error]])
def test_look_says_what_it_takes(wrong):
    with pytest.raises(ValueError, match=r"loss takes a loss of the book or its name, .*, got"):
        look(wrong)


# What figures call losses, and in which chapters a name means another one.
CALLED = {
    "squared": "squared_error",
    "squares": "squared_error",
    "absolute": "absolute_error",
    "Huber": "huber",
    "pinball": "pinball",
    "quantile": "pinball",
    "too late": "too_late",
    "focal": "focal",
    "cross-entropy": "binary_cross_entropy",
    "hinge": "hinge",
    "logistic": "logistic",
    "perceptron": "perceptron",
    "ramp": "ramp",
}
ELSEWHERE = {("hinge", "squared"): "squared_hinge", ("triplet", "squared"): "triplet"}


def off_colour(notebook, chapter):
    """The names of losses beside lines in pictures, in other colours than the look of the loss."""
    words = re.compile(r"<!-- ([^>]+) -->\s*<g style=\"fill: (#\w{6})")
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for name, colour in words.findall(output.get("data", {}).get("image/svg+xml", "")):
                loss = ELSEWHERE.get((chapter, name), CALLED.get(name))
                if loss and colour != look(loss)["color"]:
                    yield f"{name}: {colour}"


@pytest.mark.parametrize("path", sorted(CHAPTERS.rglob("*.ipynb")), ids=lambda path: path.stem)
def test_losses_have_their_colours_in_all_figures(path):
    assert [*off_colour(nbformat.read(path, as_version=4), path.stem)] == []


def test_control_a_loss_in_the_colour_of_another():
    svg = '<!-- Huber -->\n<g style="fill: {}" transform="translate(1 2)">'
    cells = [
        nbformat.v4.new_code_cell(
            outputs=[nbformat.v4.new_output("display_data", {"image/svg+xml": svg.format(colour)})]
        )
        for colour in (look("huber")["color"], look("squared_error")["color"])
    ]
    shown = nbformat.v4.new_notebook(cells=cells)
    assert [*off_colour(shown, "huber")] == ["Huber: #0067a5"]


STORED = re.compile(r'push\(\["[\w-]+", \{\.\.\.(\{.*\}), losses:')


@pytest.mark.parametrize("path", sorted(CHAPTERS.rglob("*.ipynb")), ids=lambda path: path.stem)
def test_stored_explorers_take_their_looks_from_the_table(path):
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            for spec in STORED.findall(output.get("data", {}).get("text/html", "")):
                curves = [curve for curve in json.loads(spec)["curves"] if "look" in curve]
                names = [curve["loss"] for curve in curves]
                assert len(curves) == len(json.loads(spec)["curves"]) or names == []
                if json.loads(spec)["kind"] != "triplet":
                    assert [style_of(curve) for curve in curves] == looks(names)


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
