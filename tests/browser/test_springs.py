"""Points and springs in a browser."""

import numpy as np
import pytest

import lossbook
from browser.examples import make_springs
from browser.readings import assert_right, centre, figure, handle, readout, state
from lossbook import fits


def test_the_springs(open_page):
    page = open_page(make_springs())
    assert state(page)["margin"] == 1
    assert_right(page)
    before, first = readout(page), state(page)
    page.mouse.move(*centre(handle(page)))
    page.mouse.down()
    x, y = centre(handle(page))
    page.mouse.move(x + 120, y - 40, steps=4)
    page.mouse.up()
    assert state(page)["points"][0][0] > 0.9
    assert state(page)["points"][1:] == first["points"][1:]
    assert readout(page)["contrastive", "loss"] < before["contrastive", "loss"]
    assert_right(page)
    last = figure(page).locator("[role=slider]").last
    for key in ("ArrowUp", "Shift+ArrowLeft"):
        last.press(key)
        assert state(page)["chosen"] == 4
        assert_right(page)
    figure(page).locator("input[name=lossbook-margin]").press("End")
    assert readout(page)["different", "loss"] > 1
    assert_right(page)
    figure(page).get_by_text("Reset").click()
    assert state(page) == first
    assert readout(page) == pytest.approx(before)


def test_steps_down_the_gradient(open_page):
    page = open_page(make_springs())
    points, labels = np.array(state(page)["points"]), np.array([0, 0, 0, 1, 1])
    for _ in range(12):
        figure(page).get_by_text("Step").click()
        points = points + 0.05 * fits.pair_forces(lossbook.contrastive, points, labels)[2]
    np.testing.assert_allclose(state(page)["points"], points, rtol=1e-9)
    assert_right(page)
