"""Figures are compared as pictures: what other processors draw passes, what a reader sees not."""

import base64
import io
import json
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from lossbook import figures
from tests import pictures

ROOT = Path(__file__).parent.parent
FOUND = ROOT / "tests" / "data" / "pictures"  # figures of the book, and what other machines drew
SVG, PNG = "image/svg+xml", "image/png"
MACHINES = json.loads((FOUND / "machines.json").read_text("utf-8"))


def draw(kind=SVG, *, shift=0.0, colour=figures.COLOURS[0], name="loss", ticks=(0, 1, 2), **size):
    """A figure such as the book has, in which one thing can be other; shift is in pixels."""
    figure, axes = plt.subplots(**size)
    x = np.linspace(0, 2, 50)
    axes.plot(x, x**2, color=colour)
    axes.lines[0].set_transform(
        axes.transData
        + plt.matplotlib.transforms.ScaledTranslation(0, shift / 96, figure.dpi_scale_trans)
    )
    axes.set(xlabel=name, xlim=(0, 2), ylim=(0, 4))
    axes.set_xticks([0, 1, 2], list(map(str, ticks)))
    file = io.BytesIO()
    figure.savefig(file, format=kind.split("/")[1].split("+")[0])
    plt.close(figure)
    data = file.getvalue()
    return kind, data.decode() if kind == SVG else base64.b64encode(data).decode()


@pytest.fixture
def difference(tmp_path):
    def difference(stored, new):
        return pictures.difference([stored], [new], tmp_path / "pictures", "toy cell 7")

    return difference


@pytest.mark.parametrize("kind", [SVG, PNG])
@pytest.mark.parametrize(
    "change",
    [
        {"shift": 2},
        {"shift": -2},
        {"colour": figures.COLOURS[2]},
        {"name": ""},
        {"name": "lose"},
        {"ticks": (0, 1, 3)},
        {"figsize": (5.7, 3.2)},
    ],
    ids=str,
)
def test_control_another_picture(difference, kind, change):
    assert difference(draw(kind), draw(kind)) is None
    assert difference(draw(kind), draw(kind, **change))


def test_control_fewer_pictures_or_of_another_kind(difference, tmp_path):
    assert "image/png" in difference(draw(SVG), draw(PNG))
    assert pictures.difference([draw()], [], tmp_path, "toy")


def test_control_lost_text_of_an_svg(difference):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200">{}</svg>'
    label = '<text x="20" y="40">loss</text>'
    assert difference((SVG, svg.format(label)), (SVG, svg.format("")))


def test_the_message_names_the_figure_and_where_to_look(difference, tmp_path):
    message = difference(draw(), draw(shift=2))
    assert "picture 1 (image/svg+xml) is off by" in message
    left = sorted((tmp_path / "pictures").iterdir())
    assert len(left) == 3 and all(str(path) in message for path in left)
    assert "toy-cell-7" in left[0].name


def test_pictures_that_agree_leave_nothing(difference, tmp_path):
    assert difference(draw(), draw(shift=1e-6)) is None
    assert not list((tmp_path / "pictures").glob("*"))


@pytest.mark.parametrize(
    ("machine", "figure"), [(m, f) for m, figures in MACHINES.items() for f in figures]
)
def test_what_other_machines_drew_passes(difference, machine, figure):
    stored = (FOUND / f"{figure}.svg").read_text("utf-8").splitlines(keepends=True)
    new = list(stored)
    for first, last, lines in reversed(MACHINES[machine][figure]):
        new[first:last] = [lines]
    assert new != stored
    assert difference((SVG, "".join(stored)), (SVG, "".join(new))) is None


def run_nbval(path):
    options = ["-c", "pyproject.toml", "-p", "conftest", "-n", "0", "-q"]
    command = [sys.executable, "-m", "pytest", *options, str(path)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")


def test_nbval_compares_pictures(tmp_path):
    """Another picture is refused with its name, the same one drawn in other bytes is not."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><path d="{}"/></svg>'
    shown = svg.format("M 0 0 L 40 9 L 40 0")
    cells = []
    for path in ("M -0 0 L 40 9 L 40 0", "M 0 0 L 40 6 L 40 0"):
        output = new_output("display_data", {SVG: svg.format(path)})
        source = f"display({{{SVG!r}: {shown!r}}}, raw=True)"
        cells.append(new_code_cell(source, outputs=[output], execution_count=1))
    nbformat.write(new_notebook(cells=cells), tmp_path / "toy.ipynb")
    report = run_nbval(tmp_path / "toy.ipynb").stdout
    assert "1 failed, 1 passed" in report
    assert "toy cell 1: picture 1" in report
