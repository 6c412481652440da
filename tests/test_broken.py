"""The gallery of broken losses: what is broken is, what is repaired is right, the record is whole.

The page itself is run, and its exhibits are compared with mpmath.
"""

import re

import mpmath
import nbformat
import numpy as np
import pytest

from conftest import ROOT
from lossbook import hinge
from lossbook.appendix import broken

PAGE = nbformat.read(ROOT / "chapters/appendix/broken.ipynb", 4)
TEXT = "\n".join(cell.source for cell in PAGE.cells if cell.cell_type == "markdown")
NAMES = list(broken.recorded()["exhibits"])


@pytest.fixture(scope="module")
def gallery():
    """{exhibit: {who: numbers}}, by running the page."""
    broken.gallery.clear()
    names = {}
    with np.errstate():  # the page turns warnings off
        for cell in PAGE.cells:
            if cell.cell_type == "code":
                exec(cell.source, names)
    return broken.gallery


def exact():
    """The exact values, in mpmath, written apart from the page."""
    e, log, log1p = mpmath.exp, mpmath.log, mpmath.log1p

    def curve(z):
        return log1p(e(-z)), -1 / (1 + e(z))

    def focal(g):
        return lambda z: (1 + e(z)) ** -g * log1p(e(-z))

    low = mpmath.mpf(10) ** -15, mpmath.mpf(10) ** -20
    gap = [np.float64(np.float32(a)) - np.float64(np.float32(b)) for a, b in
           ((0.5403023, 0.5401592), (0.84147096, 0.8415628))]  # fmt: skip
    return {
        "log of zero": [0, mpmath.inf],
        "clipped log": [*curve(mpmath.mpf(-20)), *curve(mpmath.mpf(-800))],
        "large exponential": [log1p(e(1000)), 1 / (1 + e(-1000)), log(e(1000) + 1)],
        "infinity times zero": [0, (1 + 3) / 2],
        "gradient of where": [log1p(e(1000)), 1 / (1 + e(-1000))],
        "prediction minus label": [curve(mpmath.mpf(40))[1]] * 2,
        "one plus little": [curve(mpmath.mpf(40))[0]] * 2,
        "one minus little": [-log1p(-p) for p in low],
        "focal of a rounded p": [
            focal(2)(mpmath.mpf(40)),
            mpmath.diff(focal(2), 40),
            mpmath.diff(focal(0.5), 1000),
        ],
        "square before scale": [5e-303, 5e200, 5e-200],
        "distance by expansion": [mpmath.sqrt(2), mpmath.hypot(*gap)],
        "half the digits": [20 + log1p(e(-20)), 2**24 + 1000],
        "not a number at distance 0": [0, 0],
        "an impossible text": [mpmath.inf, None],
        "products of probabilities": [
            T * log(3) - log(mpmath.binomial(T + 2, 4)) for T in (600, 700)
        ],
        "a softmax too many": [0, 0, 0],
        "small integers": [-1, 3, -2],
        "a column against a row": [0],
        "a mean of means": [mpmath.mpf(11) / 10, None],
    }


@pytest.fixture(scope="module")
def truth():
    with mpmath.workdps(1000):
        return {
            name: [x if x is None else float(x) for x in numbers]
            for name, numbers in exact().items()
        }


def wrong(numbers, exact, rtol):
    """How many numbers are further from the exact ones than rtol, or are NaN."""
    pairs = [(x, y) for x, y in zip(numbers, exact, strict=True) if isinstance(x, float)]
    return sum(np.isnan(x) or (y is not None and not np.isclose(x, y, rtol, 0)) for x, y in pairs)


@pytest.mark.parametrize("name", NAMES)
def test_exhibit(gallery, truth, name):
    rows, right = gallery[name], truth[name]
    assert wrong(rows["exact"], right, 1e-14) == 0
    assert wrong(rows["naive"], right, 1e-6) > 0  # which is also the control of the next lines
    rtol = {"distance by expansion": 1e-6, "half the digits": 1e-7}.get(name, 1e-12)  # float32
    assert wrong(rows["repaired"], right, rtol) == 0
    assert wrong(rows["lossbook"], right, 1e-9) == 0


def test_all_are_shown_in_order(gallery):
    assert list(gallery) == NAMES
    headings = re.findall(r"^\(broken-(\S+)\)=\n### (\d+)\. (.+)$", TEXT, re.M)
    assert [(name.lower().replace(" ", "-"), str(n), name) for n, name in enumerate(NAMES, 1)] == [
        (slug, n, name[0].lower() + name[1:]) for slug, n, name in headings
    ]
    parts = re.split(r"^### ", TEXT, flags=re.M)[1:]
    assert len(parts) == len(NAMES)
    for part in parts:
        assert part.count("**Why.**") == part.count("**Moral.**") == 1
        assert re.search(r"Seen in \[.+\]\(\.\./", part)


def test_record_is_whole():
    record = broken.recorded()
    versions = record["versions"]
    assert all(re.match(r"\d+\.\d+", version) for version in versions.values())
    used = set()
    for name, shown in record["exhibits"].items():
        assert len(shown["rows"]) >= 2, name
        assert len({(library, call) for library, call, _ in shown["rows"]}) == len(shown["rows"])
        for library, _, numbers in shown["rows"]:
            used.add(library)
            assert len(numbers) == len(shown["columns"])
            assert any(x is not None for x in numbers)
            assert all(x in ("inf", "-inf", "nan") or x.endswith("Error")
                       for x in numbers if isinstance(x, str))  # fmt: skip
    assert used == set(versions)


def test_every_kind_of_library_is_caught_somewhere(gallery):
    """A record of right numbers only, or of wrong ones only, would be a slip of the script."""
    verdicts = {
        any(map(broken.is_wrong, numbers, rows["exact"]))
        for rows in gallery.values()
        for who, numbers in rows.items()
        if " " in who
    }
    assert verdicts == {True, False}


@pytest.mark.parametrize(
    ("x", "exact", "verdict"),
    [
        (1.0, 1.0, False),
        (1.0 + 1e-8, 1.0, False),
        (1.0 + 1e-5, 1.0, True),
        (0.0, 1e-300, True),
        (1e-300, 0.0, True),
        (np.inf, np.inf, False),
        (100.0, np.inf, True),
        (np.nan, None, True),
        (5.0, None, False),
        (None, 1.0, False),
        ("ValueError", 1.0, False),
    ],
)
def test_is_wrong(x, exact, verdict):
    assert bool(broken.is_wrong(x, exact)) is verdict


def test_bad_exhibits_are_refused():
    with pytest.raises(ValueError, match=r"takes one of log of zero.*got 'log of one'"):
        broken.exhibit("log of one", exact=[0])
    with pytest.raises(ValueError, match="naive takes 2 numbers, got 3"):
        broken.exhibit("log of zero", naive=[1, 2, 3], exact=[0, 1])


def test_table_marks_what_is_wrong(monkeypatch):
    monkeypatch.setattr(broken, "gallery", {})
    text = broken.exhibit("log of zero", naive=[1e-7, np.nan], exact=[0, np.inf])._repr_markdown_()
    assert "| naive | 1e−7\N{NO-BREAK SPACE}✗ | NaN\N{NO-BREAK SPACE}✗ |" in text
    assert "| exact | 0 | ∞ |" in text


def test_hinge_refuses_a_label_that_wrapped_around():
    with pytest.raises(ValueError, match="255"):
        hinge(2.0, 255)
    assert hinge(2.0, -1) == 3
