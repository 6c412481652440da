"""Every page of the built site that has explorers."""

from functools import partial
from pathlib import Path

import pytest
from test_site import troubles_of_loading, visit

from browser.examples import make_curves
from browser.readings import assert_right, figure

ROOT = Path(__file__).parents[2]
EXPLORING = sorted(  # the pages with explorers
    path.relative_to(ROOT).with_suffix(".html").as_posix()
    for path in (ROOT / "chapters").rglob("*.ipynb")
    if "lossbook-explorer" in path.read_text("utf-8")
)
EXPLORING.append("index.html")


def strayed(shown):
    """The places of sliders that do not stand where Reset puts them."""
    read = partial(
        shown.locator("input[type=range]").evaluate_all, "all => all.map((i) => i.value)"
    )
    before = read()
    shown.locator(".lb-button").last.click()  # Reset, in the language of the page
    return [place for place, start in zip(before, read(), strict=True) if place != start]


def test_control_a_slider_that_another_script_moved(open_page):
    page = open_page(make_curves())
    assert strayed(figure(page)) == []
    page.evaluate("document.querySelector('input[type=range]').value = ''")
    assert len(strayed(figure(page))) == 1


def unseen(page):
    """How many curves of the page's explorers have no colour."""
    colourless = "curves => curves.filter((c) => getComputedStyle(c).stroke === 'none').length"
    return page.locator(".lb-curve").evaluate_all(colourless)


def test_control_curves_without_a_style(open_page):
    assert unseen(open_page(make_curves())) == 0
    without = open_page(make_curves(), edit=lambda page: page.replace("explorers.css", "none.css"))
    assert unseen(without) == without.locator(".lb-curve").count() > 0


def test_every_page_with_explorers_is_tried(site):
    for edition in (site, site / "zh"):
        found = sorted(
            name
            for path in edition.rglob("*.html")
            if "lossbook-explorer" in path.read_text("utf-8")
            and not (name := path.relative_to(edition).as_posix()).startswith("zh/")
        )
        assert found == EXPLORING


# From disk the same files are loaded; two pages are tried that way too, and two in Chinese.
WAYS = [("http", name) for name in EXPLORING]
WAYS += [("file", "chapters/choosing.html"), ("file", "chapters/ranking/ctc.html")]
WAYS += [("http", "zh/chapters/ranking/ctc.html"), ("file", "zh/chapters/ranking/contrastive.html")]


@pytest.mark.parametrize(("way", "name"), WAYS)
def test_explorers_of_the_site(new_page, site, server, way, name):
    """Every explorer of the page takes its picture's place and answers to the keyboard."""
    base = server if way == "http" else site.as_uri()
    page = visit(new_page(), f"{base}/{name}")
    assert troubles_of_loading(page) == []
    figures = page.locator("figure.lossbook-explorer")
    assert figures.count() == page.locator("figure[data-mounted]").count()
    assert figures.count() == page.locator(".lossbook-picture[alt]:not([alt=''])").count()
    assert page.locator(".lb-outside").count() == 0  # each handle starts where it says
    for shown in figures.all():
        before = shown.get_attribute("data-state")
        assert strayed(shown) == []
        for control in shown.locator("[role=slider], input[type=range]").all():
            control.press("ArrowLeft")
        for choice in shown.locator("input[type=radio]").all()[-1:]:
            choice.press("Space")
        for link in shown.locator("a").evaluate_all("links => links.map((a) => a.href)"):
            inside = link.startswith(base)  # others lead to a source outside of the book
            assert link.startswith("https://") or inside
            assert not inside or (site / link.removeprefix(base).lstrip("/")).is_file()
        assert shown.get_attribute("data-state") != before
    # What the build leaves out of the style is not what draws curves.
    curves = "all => all.map((one) => getComputedStyle(one).stroke)"
    assert "none" not in page.locator("svg .lb-curve").evaluate_all(curves)
    assert unseen(page) == 0
    assert_right(page, others=True)
    assert page.log.errors == []
