"""Anchor, positive and negative in a browser."""

import numpy as np
import pytest

from browser.examples import make_triplet
from browser.readings import assert_right, centre, figure, readout, settle, state


def test_the_triplet(open_page):
    page = open_page(make_triplet())
    start = {"margin": 1, "positive": [1, 0], "negative": [0.45, 1.1], "squared": True}
    assert state(page) == start
    caption = figure(page).locator("caption").first
    assert caption.inner_text() == "semi-hard (m = 1)"
    assert_right(page)
    positive, negative = (figure(page).locator("[role=slider]").nth(i) for i in (0, 1))
    assert negative.get_attribute("aria-label") == "negative"
    assert "semi-hard" in negative.get_attribute("aria-valuetext")
    x, y = centre(negative.locator(".lb-grip"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 60, steps=4)
    page.mouse.up()
    assert state(page)["negative"][1] > 1.5
    assert caption.inner_text().startswith("easy")
    assert readout(page)["negative", "force"] == readout(page)["squared", "loss"] == 0
    assert page.locator(".lb-arrow[d]").count() == 0
    assert_right(page)
    for _ in range(4):
        positive.press("Shift+ArrowRight")
    settle(page)
    assert caption.inner_text().startswith("hard")
    assert readout(page)["squared", "loss"] > 1
    assert_right(page)
    figure(page).locator("input[type=checkbox]").uncheck()
    assert readout(page)["negative", "force"] == pytest.approx(1)
    assert_right(page)
    for key in ("Home", "End"):
        figure(page).locator("input[type=range]").press(key)
        assert_right(page)
    figure(page).locator("button").click()
    assert state(page) == start
    assert figure(page).locator("input[type=checkbox]").is_checked()
    assert page.log.errors == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_discs_of_the_triplet_are_round(open_page, width):
    page = open_page(make_triplet(), width=width)
    disc, ring = (page.locator(f"ellipse.{name}") for name in ("lb-hard", "lb-semi-hard"))
    radii = [[float(one.get_attribute(r)) for r in ("rx", "ry")] for one in (disc, ring)]
    for across, up in radii:
        assert across == pytest.approx(up, rel=1e-6)
    assert radii[1][0] / radii[0][0] == pytest.approx(np.sqrt(2))


def test_a_triplet_at_one_place(open_page):
    one = make_triplet()
    one.spec["start"] |= {"positive": [0, 0], "negative": [0, 0]}
    page = open_page(one)
    for checked in (True, False):
        figure(page).locator("input[type=checkbox]").set_checked(checked)
        assert_right(page)
    assert page.log.errors == []


def test_arrows_stay_in_the_picture(open_page):
    page = open_page(make_triplet())
    positive, negative = (figure(page).locator("[role=slider]").nth(i) for i in (0, 1))
    for key in ("Home", "PageUp", "PageUp"):
        positive.press(key)
    for key in ("End", "PageDown", "PageDown"):
        negative.press(key)
    settle(page)
    boxes = page.evaluate(
        """() => [...document.querySelectorAll(".lb-arrow[d], svg.lb-panel")].map((node) => {
          const { left, right, top, bottom } = node.getBoundingClientRect();
          return [left, -right, top, -bottom];
        })"""
    )
    panel, *arrows = sorted(boxes)
    assert len(arrows) >= 2
    assert (np.array(arrows) >= panel).all()
    assert page.locator(".lb-arrow[d*='M']").first.get_attribute("d").count("M") == 3  # two heads
