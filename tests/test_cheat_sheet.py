"""The cheat sheet: its formulas are those of the losses, and in print it is one page of A4."""

import re

import numpy as np
import pytest
import sympy as sp

import lossbook
from lossbook.appendix import cheat_sheet

PAGE = "chapters/appendix/cheat_sheet.html"
U, V, W = np.array([[0.1, 0.4, 0.2], [0.3, -0.2, 0.5], [0.8, 0.1, 0.7]])
P, Y, Z = np.array([0.2, 0.5, 0.3]), np.array([0.1, 0.2, 0.7]), np.array([1.5, -0.4, 0.3])
NEAR, FAR = np.linalg.norm(U - V), np.linalg.norm(U - W)
WEIGHTS = {"alpha": 0.25, "gamma": 2.0}
# What the loss is given, and what the letters of the sheet are there.
CASES = [
    ("squared_error", (1.5, 0), {}, {"r": 1.5}),
    ("absolute_error", (-1.5, 0), {}, {"r": -1.5}),
    ("huber", (0.5, 0), {"delta": 0.7}, {"r": 0.5, "delta": 0.7}),
    ("huber", (-1.5, 0), {"delta": 0.7}, {"r": -1.5, "delta": 0.7}),
    ("smooth_l1", (0.5, 0), {"beta": 0.7}, {"r": 0.5, "beta": 0.7}),
    ("smooth_l1", (-1.5, 0), {"beta": 0.7}, {"r": -1.5, "beta": 0.7}),
    *(("pinball", (r, 0), {"quantile": 0.9}, {"r": r, "q": 0.9}) for r in (0.5, 0.0, -1.5)),
    ("binary_cross_entropy", (0.3, 0.8), {}, {"p": 0.3, "y": 0.8}),
    ("binary_cross_entropy_with_logits", (1.2, 0.3), {}, {"z": 1.2, "y": 0.3}),
    ("cross_entropy", (P, Y), {}, {"p": P, "y": Y}),
    ("cross_entropy_with_logits", (Z, Y), {}, {"z": Z, "y": Y}),
    ("focal", (0.3, 1), WEIGHTS, {"p_t": 0.3, "alpha_t": 0.25, "gamma": 2}),
    ("focal_with_logits", (0.6, 1), WEIGHTS, {"m": 0.6, "alpha_t": 0.25, "gamma": 2}),
    ("hinge", (0.3, -1), {}, {"s": 0.3, "y": -1}),
    ("hinge", (1.3, 1), {}, {"s": 1.3, "y": 1}),
    *(
        ("contrastive", (U, V, y), {"margin": m}, {"u": U, "v": V, "y": y, "m": m, "d": NEAR})
        for y, m in ((1, 2.0), (0, 2.0), (0, 0.1))
    ),
    *(
        (
            "triplet",
            (U, V, W),
            {"margin": m},
            {"a": U, "p": V, "n": W, "m": m, "d_+": NEAR, "d_-": FAR, r"[L > 0]": m > 0.2},
        )
        for m in (0.01, 2.0)
    ),
]


def number(expr, letters, entry=1):
    """The value of an expression of the sheet; of a vector, of one of three entries."""
    index = {sp.Symbol("j", integer=True): entry, sp.Symbol("K", integer=True, positive=True): 3}
    expr = expr.subs(index).doit()
    values = {}
    for atom in expr.atoms(sp.Symbol, sp.Indexed):
        if isinstance(atom, sp.Indexed):
            values[atom] = letters[str(atom.base)][int(atom.indices[0]) - 1]
        elif str(atom) in letters and np.ndim(letters[str(atom)]) == 0:
            values[atom] = letters[str(atom)]
    return float(expr.xreplace({a: sp.Float(float(v)) for a, v in values.items()}).doit())


def differences(formulas, name, given, chosen, letters):
    """Where the formulas of the sheet give other numbers than the loss."""
    formula, slopes = formulas
    value, grads = getattr(lossbook, name).value_and_grad(*given, **chosen)
    if abs(number(formula, letters) - value) > 1e-12:
        yield f"{name}: {formula} is {number(formula, letters)}, the loss {value}"
    grads = grads if isinstance(grads, tuple) else [grads]
    for (by, slope), grad in zip(slopes.items(), grads, strict=False):
        for entry, exact in enumerate(np.atleast_1d(grad), start=1):
            if abs(number(slope, letters, entry) - exact) > 1e-12:
                yield f"{name} by {by}: {slope} is {number(slope, letters, entry)}, not {exact}"


def troubles_in_print(page):
    """What a page has in print that belongs to the screen, or is too small to read."""
    page.emulate_media(media="print")
    return page.evaluate(
        """() => {
          const shown = (e) => e.checkVisibility() && e.getBoundingClientRect().height > 0;
          const around = ".bd-sidebar-primary, .bd-sidebar-secondary, .bd-header, .bd-footer";
          const text = "article :is(p, a, th, td, code)";
          const size = (e) => (parseFloat(getComputedStyle(e).fontSize) * 72) / 96;
          return [
            ...[...document.querySelectorAll(around)].filter(shown).map((e) => e.className),
            ...[...document.querySelectorAll(text)]
              .filter((e) => shown(e) && size(e) < 6.99)
              .map((e) => `${size(e)} pt: ${e.textContent}`),
          ];
        }"""
    )


def sheets_of_paper(page):
    pdf = page.pdf(prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf)), re.search(rb"/MediaBox (\S.*?\])", pdf)[
        1
    ]


def open_page(new_page, url):
    page = new_page()
    page.goto(url)
    page.evaluate("document.fonts.ready.then(() => 0)")
    return page


def test_every_loss_has_a_card():
    cards = cheat_sheet.cards()
    assert {card.name for card in cards} == {*lossbook.__all__}
    assert len(cards) == len(lossbook.__all__)
    assert all(card.takes and card.use and card.trap for card in cards)


def test_every_loss_has_a_case():
    assert {case[0] for case in CASES} == {*lossbook.__all__} - {"ctc"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_formulas_are_those_of_the_losses(case):
    assert list(differences(cheat_sheet.formulas(case[0]), *case)) == []


def test_sheet_is_one_page_of_paper(new_page, server):
    page = open_page(new_page, f"{server}/{PAGE}")
    names = page.locator(".cheat-card code").all_text_contents()
    assert sorted(names) == sorted(lossbook.__all__)
    count, box = sheets_of_paper(page)
    width, height = (float(x) for x in box.strip(b"[]").split()[2:])
    assert count == 1
    assert (width, height) == pytest.approx((595.28, 841.89), abs=1)  # A4 in points
    assert troubles_in_print(page) == []
    assert page.locator(".cheat-card").last.is_visible()
    assert not page.locator("text=How this page is made").last.is_visible()


@pytest.mark.parametrize("name", ["regression/huber", "appendix/claims"])
def test_other_pages_print_without_the_screen_around_them(new_page, server, name):
    assert troubles_in_print(open_page(new_page, f"{server}/chapters/{name}.html")) == []


# Controls: each check refuses what is broken in its way.


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_control_formulas(case):
    formula, slopes = cheat_sheet.formulas(case[0])
    assert list(differences((formula + 1, slopes), *case))
    wrong = {by: slope + 1 for by, slope in slopes.items()}
    assert list(differences((formula, wrong), *case))


def test_control_print(new_page, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(
        "<style>@page { size: A4 }</style><div class=bd-header>Top</div>"
        "<article><p style='font-size: 6pt; height: 400mm'>Small</p></article>"
    )
    page = open_page(new_page, path.as_uri())
    assert sheets_of_paper(page)[0] == 2
    assert troubles_in_print(page) == ["bd-header", "6 pt: Small"]
