"""Curves with a probe in a browser."""

import numpy as np
import pytest
from test_javascript import assert_agrees

from browser.examples import make_curves
from browser.readings import assert_right, centre, figure, handle, readout, slip, state
from lossbook import explorers, huber, smooth_l1


def test_the_first_sight(open_page):
    page = open_page(make_curves())
    assert state(page) == {"delta": 1, "x": 2, "divided": False}
    assert_right(page)


def test_the_probe_by_mouse(open_page):
    page = open_page(make_curves())
    x, y = centre(handle(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 200, y - 30, steps=4)
    assert state(page)["x"] < 0
    assert_right(page)
    page.mouse.move(x - 2000, y)
    assert state(page)["x"] == -4
    page.mouse.up()
    page.mouse.move(x, y)
    assert state(page)["x"] == -4
    assert_right(page)


def test_by_keyboard_alone(open_page):
    page = open_page(make_curves())
    order = []
    for _ in range(5):
        page.keyboard.press("Tab")
        order.append(
            page.evaluate("(e => e.ariaLabel || e.textContent || e.name)(document.activeElement)")
        )
    assert order == ["threshold δ", "lossbook-divided", "Reset", "probe, loss", "probe, gradient"]
    for key, x in (("ArrowRight", 2.1), ("Shift+ArrowLeft", 1.1), ("ArrowUp", 1.1)):
        page.keyboard.press(key)
        assert state(page)["x"] == pytest.approx(x)
        assert_right(page)
    assert page.evaluate("document.activeElement.ariaValueText") == "1.1: gradient 1"


def test_the_slider_the_switch_and_reset(open_page):
    page = open_page(make_curves())
    slider = figure(page).locator("input[type=range]")
    assert slider.get_attribute("aria-valuetext") == "1"
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    assert 0.1 < state(page)["delta"] < 0.4
    assert_right(page)
    page.keyboard.press("Home")
    assert state(page)["delta"] == 0.05
    assert_right(page)
    figure(page).locator("input[type=checkbox]").check()
    assert state(page)["divided"]
    labels = figure(page).locator("tbody th").all_inner_texts()
    assert labels == ["Huber / δ", "½ r²", "δ |r| / δ"]
    assert_right(page)
    assert readout(page)["Huber", "value"] == pytest.approx(smooth_l1(2, 0, beta=0.05))
    slider.press("End")
    assert state(page)["delta"] == 5
    figure(page).locator("button").click()
    assert state(page) == {"delta": 1, "x": 2, "divided": False}
    assert not figure(page).locator("input[type=checkbox]").is_checked()
    assert slider.get_attribute("aria-valuetext") == "1"
    assert_right(page)


def test_curves_are_broken_at_jumps(open_page):
    page = open_page(make_curves())
    paths = "nodes => nodes.map((n) => n.getAttribute('d').split('M').length - 1)"
    gradients = page.locator("svg.lb-panel").nth(1).locator(".lb-curve").evaluate_all(paths)
    assert gradients == [1, 1, 3]  # sgn: left, the point at 0, right


def test_a_wrong_gradient_is_found(open_page):
    page = open_page(make_curves(), edit=slip)
    assert_right(page)  # not yet: the slip is on the left side
    figure(page).locator("[role=slider]").first.press("Shift+ArrowLeft")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")
    with pytest.raises(AssertionError, match="gradient"):
        assert_right(page)


@pytest.mark.parametrize("one", [huber, smooth_l1], ids=lambda one: one.name)
def test_javascript_in_the_browser_is_numpy(new_page, one):
    page = new_page()

    def run(text, calls):
        program = f"(calls) => {{ const loss = {text}; return calls.map((c) => [loss.value(...c), "
        return np.array(page.evaluate(program + "loss.gradient(...c)]); }", calls))

    assert_agrees(one, explorers.javascript(one), run, rtol=0)
