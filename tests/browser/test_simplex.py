"""Three logits in a browser."""

import numpy as np
import pytest

import lossbook
from browser.examples import make_simplex
from browser.readings import assert_right, centre, figure, handle, readout, settle, state
from lossbook.explorers.simplex import STEPS


def test_the_simplex(open_page):
    page = open_page(make_simplex())
    assert state(page) == {"z1": 1.2, "z2": -0.8, "z3": -0.5, "epsilon": 0, "target": 0}
    assert_right(page)
    assert readout(page)["cross entropy", "value"] == pytest.approx(0.2761297, abs=1e-6)
    sliders = [figure(page).locator(f"input[name=lossbook-{name}]") for name in ("z1", "z2", "z3")]
    before = readout(page)
    for slider in sliders:  # a shift of all three
        for _ in range(4):
            slider.press("ArrowRight")
    assert readout(page) == pytest.approx(before)
    figure(page).locator("select").select_option("owl")
    assert state(page)["target"] == 2
    assert_right(page)
    figure(page).locator("input[name=lossbook-epsilon]").press("PageUp")
    assert state(page)["epsilon"] > 0
    assert_right(page)
    figure(page).locator("button").click()
    assert state(page) == {"z1": 1.2, "z2": -0.8, "z3": -0.5, "epsilon": 0, "target": 0}
    assert figure(page).locator("select").input_value() == "cat"
    assert readout(page) == pytest.approx(before)


def test_the_way_down_is_that_of_gradient_descent(open_page):
    page = open_page(make_simplex())
    z, target = np.array([1.2, -0.8, -0.5]), np.eye(3)[0]
    settle(page)
    edges = figure(page).locator(".lb-edges").get_attribute("d")
    corners = np.array([at.split(",") for at in edges[1:-1].split("L")], float)
    dots = (
        figure(page)
        .locator(".lb-point")
        .evaluate_all(
            "all => all.map((one) => ['cx', 'cy'].map((name) => +one.getAttribute(name)))"
        )
    )
    assert len(dots) == STEPS
    for dot in dots:
        z = z - lossbook.cross_entropy_with_logits.grad(z, target)
        p = np.exp(z) / np.exp(z).sum()
        assert dot == pytest.approx(p @ corners, abs=1e-6)


def test_the_point_of_the_simplex(open_page):
    page = open_page(make_simplex())
    x, y = centre(handle(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y - 60, steps=4)
    page.mouse.up()
    assert readout(page)["cat", "probability"] < 0.5
    assert_right(page)
    logits = [state(page)[name] for name in ("z1", "z2", "z3")]
    assert sum(logits) == pytest.approx(1.2 - 0.8 - 0.5, abs=0.1)  # the mean stays
    shown = (
        figure(page)
        .locator("input[type=range]")
        .evaluate_all(
            "sliders => sliders.map((s) => +s.getAttribute('aria-valuetext').replace('−', '-'))"
        )
    )
    assert shown == pytest.approx([*logits, 0], abs=1e-3)
    point = figure(page).locator("[role=slider]")
    for key in ("ArrowUp", "ArrowRight", "Shift+ArrowLeft", "Shift+ArrowDown"):
        before = readout(page)
        point.press(key)
        assert readout(page) != before
        assert_right(page)
    page.mouse.move(*centre(handle(page)))
    page.mouse.down()
    page.mouse.move(x - 2000, y + 2000)  # far out: held at the corner
    page.mouse.up()
    assert 0.99 < readout(page)["cat", "probability"] < 1
    assert_right(page)
