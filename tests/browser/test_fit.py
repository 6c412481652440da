"""Lines fitted to points in a browser."""

import pytest

from browser.examples import MOVABLE, X, Y, make_fit
from browser.readings import assert_right, centre, figure, handle, readout, slip, state


def test_the_first_sight(open_page):
    page = open_page(make_fit())
    assert state(page) == {"delta": 1, "x": X[MOVABLE], "y": Y[MOVABLE]}
    assert_right(page)


def test_the_point_by_mouse_up_and_to_the_right(open_page):
    page = open_page(make_fit())
    before = readout(page)
    x, y = centre(handle(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 90, steps=4)
    assert state(page)["x"] == pytest.approx(X[MOVABLE], abs=0.02)
    assert state(page)["y"] > Y[MOVABLE] + 5
    assert_right(page)
    slopes = {key: readout(page)[key] - before[key] for key in before if key[1] == "slope"}
    assert slopes["MSE", "slope"] > 3 * slopes["Huber", "slope"]
    assert readout(page)["Huber", "pull"] == 1
    page.mouse.move(x + 250, y + 60, steps=4)
    page.mouse.up()
    assert state(page)["x"] > 11
    assert_right(page)


def test_the_point_by_finger(open_page):
    page = open_page(make_fit(), width=390, height=500, touch=True)
    handle(page).scroll_into_view_if_needed()
    before, scrolled = state(page), page.evaluate("scrollY")
    x, y = centre(handle(page))
    touch = page.context.new_cdp_session(page)

    def send(kind, *points):
        points = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", (x, y))
    for step in range(1, 6):
        send("touchMove", (x + 8 * step, y - 12 * step))
    send("touchEnd")
    assert state(page)["x"] > before["x"] + 1
    assert state(page)["y"] > before["y"] + 3
    assert page.evaluate("scrollY") == scrolled
    assert_right(page)


def test_the_point_by_keyboard(open_page):
    page = open_page(make_fit())
    figure(page).locator("[role=slider]").focus()
    for key in ("ArrowUp", "Shift+ArrowUp", "ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("Control+ArrowUp")  # belongs to the browser
    assert state(page)["y"] == pytest.approx(Y[MOVABLE] + 0.3)
    assert state(page)["x"] == pytest.approx(X[MOVABLE] + 0.2)
    assert_right(page)


@pytest.mark.parametrize("delta", ["Home", "End"])
def test_the_fit_at_both_ends_of_the_slider(open_page, delta):
    page = open_page(make_fit())
    figure(page).locator("[role=slider]").press("Shift+ArrowUp")
    figure(page).locator("input[type=range]").press(delta)
    assert_right(page)


def test_a_wrong_gradient_is_found(open_page):
    page = open_page(make_fit(), edit=slip)
    figure(page).locator("[role=slider]").press("Shift+ArrowUp")
    with pytest.raises(AssertionError, match="slope"):
        assert_right(page)
