"""Curves with a probe in a browser."""

import numpy as np
import pytest
from test_javascript import assert_agrees

from browser.examples import make_curves, make_descent, make_samples
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


def test_what_share_of_all_gradients_a_sample_has(open_page):
    page = open_page(make_samples())
    assert_right(page)
    # Cross-entropy's gradient is p - 1: 0.9 for the cat, 0.12 for each empty place.
    assert readout(page)["cross-entropy", "share"] == pytest.approx(
        0.9002 / (0.9002 + 999 * 0.1192), 1e-3
    )
    probe = figure(page).locator("[role=slider]")
    for key in ("ArrowRight", "End", "Home"):
        probe.press(key)
        assert_right(page)
    slider = figure(page).locator("input[type=range]")
    slider.press("Home")  # without focusing, focal loss is cross-entropy
    assert_right(page)
    shares = [readout(page)[name, "share"] for name in ("focal", "cross-entropy")]
    assert shares[0] == pytest.approx(shares[1])
    parts = (
        figure(page)
        .locator(".lb-part")
        .evaluate_all("all => all.map((one) => one.getBBox().width)")
    )
    wholes = (
        figure(page)
        .locator(".lb-rest")
        .evaluate_all("all => all.map((one) => one.getBBox().width)")
    )
    assert np.divide(parts, wholes) == pytest.approx(shares, abs=1e-4)
    names = figure(page).locator("svg text.lb-sample").all_text_contents()
    assert names == ["the cat"]


@pytest.mark.parametrize(
    ("make", "quantity"), [(make_samples, "share"), (make_descent, "ball")], ids=["share", "ball"]
)
def test_control_a_number_that_is_off(open_page, make, quantity):
    page = open_page(make())
    assert_right(page)
    cell = page.locator(f"td[data-quantity={quantity}]").first
    cell.evaluate("node => (node.dataset.value *= 1.0001)")
    with pytest.raises(AssertionError, match=quantity):
        assert_right(page)


@pytest.mark.parametrize("one", [huber, smooth_l1], ids=lambda one: one.name)
def test_javascript_in_the_browser_is_numpy(new_page, one):
    page = new_page()

    def run(text, calls):
        program = f"(calls) => {{ const loss = {text}; return calls.map((c) => [loss.value(...c), "
        return np.array(page.evaluate(program + "loss.gradient(...c)]); }", calls))

    assert_agrees(one, explorers.javascript(one), run, rtol=0)
