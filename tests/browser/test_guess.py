"""One guess for a sample in a browser."""

import json
import re

import pytest

from browser.examples import make_guess
from browser.readings import assert_right, centre, figure, readout, settle, slip, state


def test_the_first_sight(open_page):
    page = open_page(make_guess())
    assert state(page) == {"delta": 1, "guess": 65, "x": 88}
    assert_right(page)
    assert readout(page)["MSE", "best"] == pytest.approx(71)
    assert readout(page)["MAE", "best"] == pytest.approx(74)


def test_the_guess_and_a_target_by_mouse(open_page):
    page = open_page(make_guess())
    target, guess = figure(page).locator("[role=slider] .lb-grip").all()
    for grip, moved, kept in ((target, "x", "guess"), (guess, "guess", "x")):
        before = state(page)
        x, y = centre(grip)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 60, y - 40, steps=4)
        page.mouse.up()
        assert state(page)[moved] > before[moved] + 3
        assert state(page)[kept] == before[kept]
        assert_right(page)
    mean = (54 + 55 + 62 + 74 + 79 + 85 + state(page)["x"]) / 7
    assert readout(page)["MSE", "best"] == pytest.approx(mean)
    assert readout(page)["MAE", "best"] == pytest.approx(74)


def test_the_guess_and_a_target_by_keyboard(open_page):
    page = open_page(make_guess())
    target, guess = figure(page).locator("[role=slider]").all()
    target.press("Shift+ArrowLeft")
    guess.press("ArrowRight")
    step = json.loads(re.search(r'"step": ([\d.]+)', page.content())[1])
    assert state(page) == {"delta": 1, "guess": 65 + step, "x": 88 - 10 * step}
    settle(page)
    assert guess.get_attribute("aria-label") == "guess"
    assert guess.get_attribute("aria-valuenow") == str(65 + step).removesuffix(".0")
    assert_right(page)
    for key in ("Home", "End"):
        figure(page).locator("input[type=range]").press(key)
        assert_right(page)
    figure(page).locator("button").click()
    assert state(page) == {"delta": 1, "guess": 65, "x": 88}
    assert_right(page)


def test_a_wrong_gradient_is_found(open_page):
    with pytest.raises(AssertionError, match="best"):
        assert_right(open_page(make_guess(), edit=slip))
