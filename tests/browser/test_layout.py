"""Explorers of all kinds in the place of their pictures: sizes, labels, themes."""

import itertools

import pytest
from test_site import barriers, outside, troubles_of_loading, troubles_with_width

from browser.examples import make_curves, make_fit, make_guess, make_simplex, make_springs
from browser.readings import assert_right, figure


@pytest.mark.parametrize("layout", ["site", "lab"])
@pytest.mark.parametrize("runtime", ["head", "foot", "inline"])
def test_the_explorer_takes_the_place_of_the_picture(open_page, layout, runtime):
    page = open_page(make_curves(), make_fit(), layout=layout, runtime=runtime)
    pictures, figures = page.locator("img").all(), page.locator("figure").all()
    assert len(pictures) == len(figures) == 2
    for picture, shown in zip(pictures, figures, strict=True):
        assert shown.is_visible()
        assert not picture.is_visible()
    page.emulate_media(media="print")
    for picture, shown in zip(pictures, figures, strict=True):
        assert picture.is_visible()
        assert not shown.is_visible()
    assert troubles_of_loading(page) == []
    assert outside(page) == []


@pytest.mark.parametrize("how", ["no scripts", "no runtime", "no such kind"])
def test_else_the_picture_stays(open_page, how):
    page = open_page(
        make_curves(),
        runtime=None if how == "no runtime" else "head",
        java_script_enabled=how != "no scripts",
        edit=lambda page: (
            page.replace('"kind": "curves"', '"kind": "none"') if how == "no such kind" else page
        ),
    )
    assert page.locator("img").is_visible()
    assert not figure(page).is_visible()
    assert len(page.log.errors) == (how == "no such kind")


def test_the_same_explorer_twice(open_page):
    page = open_page(make_curves(), make_curves())
    assert page.locator("figure[data-mounted] svg.lb-panel").count() == 4
    assert page.locator("figure[data-mounted]").count() == 2


def test_on_a_phone_and_resized(open_page):
    page = open_page(
        make_curves(), make_fit(), make_guess(), make_simplex(), make_springs(), width=390
    )
    panels = page.locator("svg.lb-panel")
    assert troubles_with_width(page) == []
    narrow = [panels.nth(i).bounding_box() for i in range(3)]
    assert narrow[1]["y"] > narrow[0]["y"] + narrow[0]["height"] - 1  # one below the other
    page.set_viewport_size({"width": 1000, "height": 800})
    page.wait_for_function("document.querySelector('svg.lb-panel').clientWidth > 400")
    wide = [panels.nth(i).bounding_box() for i in range(3)]
    assert wide[1]["y"] == wide[0]["y"]
    assert wide[2]["width"] > 2 * narrow[2]["width"]
    sizes = "nodes => nodes.map((n) => getComputedStyle(n).fontSize + n.getScreenCTM().a)"
    assert set(page.locator("svg.lb-panel text").evaluate_all(sizes)) == {"13px1"}
    assert_right(page)


def test_drawn_once_it_is_seen(open_page):
    closed = {"edit": lambda page: page.replace("<main>", "<main><details>")}
    page = open_page(make_curves(), **closed)
    assert not figure(page).is_visible()
    page.locator("details").evaluate("node => { node.open = true }")
    page.wait_for_selector("svg.lb-panel[width]")
    assert_right(page)
    assert page.log.errors == []


@pytest.mark.parametrize("width", [390, 1280])
def test_labels_stay_apart_and_inside(open_page, width):
    page = open_page(make_curves(), make_fit(), make_guess(), width=width)
    # Without the halo around the letters, which may reach into a neighbour's.
    page.add_style_tag(content=".lossbook-explorer svg text.lb-label { stroke: none !important }")
    for panel in page.locator("svg.lb-panel").all():
        frame = panel.bounding_box()
        boxes = [label.bounding_box() for label in panel.locator(".lb-label").all()]
        boxes.sort(key=lambda box: box["y"])
        assert len(boxes) == 3
        for box in boxes:
            assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
        for above, below in itertools.pairwise(boxes):
            assert below["y"] >= above["y"] + above["height"] - 4


@pytest.mark.parametrize("dark", ["html", "body", "system", None])
def test_themes(open_page, dark):
    attribute = {"html": ' data-theme="dark"', "body": ' data-jp-theme-light="false"'}.get(dark, "")
    page = open_page(
        make_curves(),
        make_fit(),
        make_guess(),
        make_simplex(),
        make_springs(),
        dark=dark == "system",
        edit=lambda page: (
            page.replace(f"<{dark}", f"<{dark}{attribute} ", 1) if attribute else page
        ),
    )
    if dark:
        page.add_style_tag(content="body { background: #14181e; color: #e6edf3 }")
    ink = figure(page).evaluate("node => getComputedStyle(node).color")
    assert ink == ("rgb(230, 237, 243)" if dark else "rgb(27, 31, 36)")
    assert barriers(page) == []
