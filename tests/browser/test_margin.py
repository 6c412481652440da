"""The support vector machine in a browser."""

import numpy as np
import pytest

from browser.examples import BIRDS, make_margin
from browser.readings import assert_right, centre, figure, readout, state


def test_the_machine_and_its_points(open_page):
    page = open_page(make_margin())
    assert state(page) == {"C": 1, "points": [[*at] for at in BIRDS], "chosen": 0}
    assert_right(page)
    assert readout(page)["hinge", "vectors"] == page.locator(".lb-support").count() == 3
    far, near = (figure(page).locator("[role=slider]").nth(i) for i in (0, 2))
    before = readout(page)["hinge", "strip"]
    far.press("Shift+ArrowLeft")  # it has no say
    assert readout(page)["hinge", "strip"] == pytest.approx(before, rel=1e-6)
    assert "support" not in far.get_attribute("aria-valuetext")
    assert near.get_attribute("aria-label") == "Adelie 3"
    x, y = centre(near.locator(".lb-grip"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 150, y, steps=4)
    page.mouse.up()
    assert state(page)["chosen"] == 2
    assert state(page)["points"][2][0] > 41
    assert readout(page)["hinge", "weight"] == 1  # among the others: its weight is full
    assert readout(page)["hinge", "total"] > 1
    assert "support vector" in near.get_attribute("aria-valuetext")
    assert_right(page)
    for key in ("Home", "End"):
        figure(page).locator("input[type=range]").press(key)
        assert_right(page)
    figure(page).locator("button").click()
    assert readout(page)["hinge", "strip"] == pytest.approx(before, rel=1e-6)


def test_a_machine_without_a_line(open_page):
    one = make_margin()
    one.spec["start"]["points"] = [[40, 18]] * 6
    page = open_page(one)
    assert readout(page)["hinge", "strip"] == np.inf
    assert page.locator(".lb-band").get_attribute("d") is None
    assert_right(page)
    assert page.log.errors == []
