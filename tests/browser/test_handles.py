"""What holds for the handles and sliders of all kinds of explorers, by finger, key and mouse."""

import json
from itertools import pairwise

import pytest

from browser.examples import (
    make_curves,
    make_fit,
    make_guess,
    make_lattice,
    make_margin,
    make_simplex,
    make_springs,
    make_triplet,
)
from browser.readings import assert_right, centre, figure, settle, state
from lossbook import absolute_error, explorers, squared_error

MAKERS = [
    make_curves,
    make_fit,
    make_guess,
    make_lattice,
    make_margin,
    make_simplex,
    make_springs,
    make_triplet,
]
each_kind = pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)


# Keys.

KEYS = ("End", "Home", "PageUp", "PageDown", "ArrowUp", "ArrowDown")


def tall(page):
    """Room to scroll above and below an explorer."""
    return page.replace("<main>", '<main style="padding: 2000px 0">')


@each_kind
@pytest.mark.parametrize("control", ["[role=slider]", "input[type=range]"])
def test_keys_move_the_handle_and_not_the_page(open_page, make, control):
    page = open_page(make(), edit=tall)
    controls = figure(page).locator(control).all()
    for one in controls[:: max(1, len(controls) - 1)]:  # the first and the last
        one.focus()
        scrolled = page.evaluate("scrollY")
        for key in ("End", "Home", "PageUp", "PageDown"):
            before = state(page)
            page.keyboard.press(key)
            settle(page)
            if "role" in control:  # a slider may stand where the key leads
                assert state(page) != before, (key, one.get_attribute("aria-label"))
        for key in KEYS:
            page.keyboard.press(key)
            settle(page)
        page.wait_for_timeout(50)  # scrolling is smooth
        assert page.evaluate("scrollY") == scrolled
    assert_right(page)


def test_control_keys_that_nothing_handles_scroll_the_page(open_page):
    page = open_page(make_curves(), edit=tall)
    handle = figure(page).locator("[role=slider]").first
    handle.evaluate("node => node.replaceWith(node.cloneNode(true))")
    figure(page).locator("[role=slider]").first.focus()
    scrolled = page.evaluate("scrollY")
    page.keyboard.press("Home")
    page.wait_for_function("(before) => scrollY < before", arg=scrolled)


def test_home_and_end_go_to_the_ends_and_page_goes_ten_steps(open_page):
    page = open_page(make_curves(), make_fit())
    probe = figure(page).locator("[role=slider]").first
    for key, x in (("Home", -4), ("End", 4), ("PageDown", 3), ("PageUp", 4), ("PageUp", 4)):
        probe.press(key)
        assert state(page)["x"] == pytest.approx(x)
    point, shown = page.locator("[role=slider]").last, page.locator("figure").last
    y = json.loads(shown.get_attribute("data-state"))["y"]
    for key, at in (("End", (14, y)), ("PageUp", (14, y + 3)), ("Home", (0, y + 3))):
        point.press(key)
        now = json.loads(shown.get_attribute("data-state"))
        assert (now["x"], now["y"]) == pytest.approx(at)


# Fingers.


def swipe(page, locator, *, across=0, up=0, steps=8):
    """Put a finger on the middle of what is located, move it so far in pixels, and lift it."""
    locator.scroll_into_view_if_needed()
    x, y = centre(locator)
    session = page.context.new_cdp_session(page)

    def send(kind, *points):
        points = [{"x": a, "y": b} for a, b in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", (x, y))
    for step in range(1, steps + 1):
        send("touchMove", (x + across * step / steps, y - up * step / steps))
        settle(page)
    send("touchEnd")
    settle(page)
    page.wait_for_timeout(100)


@pytest.mark.parametrize(
    ("make", "control", "up"),
    [(make, "input[type=range]", 150) for make in MAKERS]
    + [(make_curves, "input[type=range]", -150)]
    + [(make, ".lb-grip", up) for make in (make_curves, make_guess) for up in (150, -150)],
)
def test_a_swipe_up_or_down_scrolls_the_page_and_changes_nothing(open_page, make, control, up):
    page = open_page(make(), width=390, height=700, touch=True, edit=tall)
    one = figure(page).locator(f"[role=slider] {control}" if "grip" in control else control).last
    one.scroll_into_view_if_needed()
    before, scrolled = state(page), page.evaluate("scrollY")
    swipe(page, one, up=up)
    assert state(page) == before
    assert (page.evaluate("scrollY") - scrolled) * up > 0
    place = "all => all.map((one) => [one.value, one.getAttribute('aria-valuetext')])"
    places = figure(page).locator("input[type=range]").evaluate_all(place)
    figure(page).get_by_role("button", name="Reset").click()
    assert figure(page).locator("input[type=range]").evaluate_all(place) == places


@pytest.mark.parametrize("up", [0, 12])
@pytest.mark.parametrize(
    ("make", "control", "moved"),
    [
        (make_curves, "input[type=range]", "delta"),
        (make_curves, "[role=slider] .lb-grip", "x"),
        (make_guess, "[role=slider] .lb-grip", "x"),
        (make_margin, "input[type=range]", "C"),
    ],
)
def test_control_a_drag_sideways_counts(open_page, make, control, moved, up):
    page = open_page(make(), width=390, height=700, touch=True, edit=tall)
    one = figure(page).locator(control).first
    one.scroll_into_view_if_needed()
    before, scrolled = state(page), page.evaluate("scrollY")
    swipe(page, one, across=-60, up=up)
    assert state(page)[moved] < before[moved]
    assert page.evaluate("scrollY") == scrolled
    assert_right(page)


def test_a_tap_on_a_slider_counts(open_page):
    page = open_page(make_curves(), width=390, touch=True)
    slider = figure(page).locator("input[type=range]")
    box = slider.bounding_box()
    slider.tap(position={"x": box["width"] * 0.9, "y": box["height"] / 2})
    assert state(page)["delta"] > 2
    assert_right(page)


def test_a_point_goes_up_below_a_finger(open_page):
    page = open_page(make_springs(), width=390, height=700, touch=True, edit=tall)
    point = figure(page).locator("[role=slider] .lb-grip").first
    point.scroll_into_view_if_needed()
    before, scrolled = state(page)["points"][0], page.evaluate("scrollY")
    swipe(page, point, up=60)
    assert state(page)["points"][0][1] > before[1] + 0.3
    assert page.evaluate("scrollY") == scrolled


# On the curve, or said to be off it.


def off(page):
    """The handles that say that they stand where their value is not."""
    settle(page)
    return page.locator(".lb-handle.lb-outside").count()


@each_kind
def test_every_handle_starts_where_it_says(open_page, make):
    assert off(open_page(make())) == 0


def test_a_handle_beyond_the_picture_says_so(open_page):
    page = open_page(make_curves())
    probe = figure(page).locator("[role=slider]").first
    figure(page).locator("input[type=range]").press("End")
    probe.press("End")
    assert off(page) == 2  # the loss is 8 of 6, the gradient 4 of 3
    assert "outside of the picture" in probe.get_attribute("aria-valuetext")
    assert probe.locator(".lb-away").is_visible()
    fill = "node => getComputedStyle(node).fill"
    assert probe.locator(".lb-grip").evaluate(fill) == "rgb(255, 255, 255)"
    figure(page).get_by_role("button", name="Reset").click()
    assert off(page) == 0
    assert not probe.locator(".lb-away").is_visible()


# Labels.


@pytest.mark.parametrize("width", [390, 1280])
def test_a_label_stands_where_its_curve_ends(open_page, width):
    shown = explorers.curves(
        {"squared": squared_error, "absolute": absolute_error},
        title="One leaves the picture, one does not",
        x=(-10, 10),
        given={"y": 0},
        value=(0, 16),
        gradient=(-8, 8),
        probe=2,
    )
    page = open_page(shown, width=width)
    for panel in page.locator("svg.lb-panel").all():
        names = panel.locator(".lb-label")
        assert names.all_text_contents() == ["squared", "absolute"]
        left, width = panel.locator("clipPath rect").evaluate(
            "node => [node.x, node.width].map((one) => one.baseVal.value)"
        )
        places = names.evaluate_all("all => all.map((one) => +one.getAttribute('x'))")
        # Squared error is 16, and its gradient 8, at 4 of from -10 to 10.
        assert places == pytest.approx([left + 0.7 * width + 8, left + width + 8], abs=1)


def test_no_label_without_a_curve(open_page):
    shown = explorers.curves(
        {"absolute": absolute_error, "squared": squared_error},
        title="One curve is not in the picture",
        x=(5, 9),
        given={"y": 0},
        value=(4, 10),
    )
    page = open_page(shown)
    assert page.locator("svg .lb-label").all_text_contents() == ["absolute"]


@each_kind
@pytest.mark.parametrize("dark", [False, True])
def test_every_key_of_a_table_is_in_the_picture(open_page, make, dark):
    page = open_page(make(), dark=dark)
    settle(page)
    assert strange_keys(page) == []
    shown = page.locator("figure .lb-key:visible").count()
    assert (shown > 0) == (make is not make_lattice)


@pytest.mark.parametrize("changed", ["lb-c3", "lb-d4"])
def test_control_a_key_of_another_colour_or_dash(open_page, changed):
    page = open_page(make_curves())
    key = page.locator(".lb-key path").first
    key.evaluate("(node, name) => node.classList.remove(name)", changed)
    key.evaluate("node => node.classList.add('lb-c5', 'lb-d5')")
    assert len(strange_keys(page)) == 1


def strange_keys(page):
    """The rows of tables whose key looks like nothing in the picture."""
    return page.evaluate(
        """() => {
            const look = (node) => {
                const { fill, stroke, strokeDasharray } = getComputedStyle(node);
                return fill === "none" ? [stroke, strokeDasharray].join() : fill;
            };
            const drawn = document.querySelectorAll("svg.lb-panel :is(path, line, circle)");
            const seen = new Set([...drawn].map(look));
            const keys = [...document.querySelectorAll(".lb-key path")];
            const shown = keys.filter((key) => key.checkVisibility() && !seen.has(look(key)));
            return shown.map((key) => key.closest("tr").textContent);
        }"""
    )


@pytest.mark.parametrize("margin", ["start", "Home", "End"])
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_region_of_the_triplet_has_its_name(open_page, width, margin):
    page = open_page(make_triplet(), width=width)
    if margin != "start":
        figure(page).locator("input[type=range]").press(margin)
    settle(page)
    names = figure(page).locator("svg .lb-label")
    assert names.all_text_contents() == ["hard", "semi-hard", "easy"]
    places = names.evaluate_all("all => all.map((one) => +one.getAttribute('y'))")
    assert all(below - above >= 16 for above, below in pairwise(places))


# A held key.


def drawn_while_held(page):
    """How often thirty presses of a key within one frame draw the explorer."""
    return page.evaluate(
        """() => new Promise((done) => {
            const frame = globalThis.frame ?? requestAnimationFrame;
            const handle = document.querySelector("[role=slider]");
            let drawn = 0;
            new MutationObserver((all) => drawn++).observe(
                document.querySelector(".lb-below td[data-value]").parentNode,
                { subtree: true, attributes: true, attributeFilter: ["data-value"] });
            const key = new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true });
            frame(async () => {
                for (let i = 0; i < 30; i++) {
                    handle.dispatchEvent(key);
                    await undefined;  // what a change calls back is called between two keys
                }
                frame(() => frame(() => done(drawn)));
            });
        })"""
    )


def test_a_held_key_draws_once_in_each_frame(open_page):
    page = open_page(make_simplex())
    assert 1 <= drawn_while_held(page) <= 2
    assert_right(page)


def test_no_key_within_a_frame_is_lost(open_page):
    page = open_page(make_curves())
    page.evaluate(
        """() => new Promise((done) => requestAnimationFrame(() => {
            const key = new KeyboardEvent("keydown", { key: "ArrowLeft", bubbles: true });
            const handle = document.querySelector("[role=slider]");
            for (let i = 0; i < 15; i++) handle.dispatchEvent(key);
            done();
        }))"""
    )
    assert state(page)["x"] == pytest.approx(2 - 15 * 0.1)
    assert_right(page)


def test_control_an_explorer_that_draws_at_each_key(open_page):
    # Where every frame comes at once, nothing is left for the next.
    impatient = "<script>frame = requestAnimationFrame; requestAnimationFrame = (f) => f()</script>"
    page = open_page(
        make_simplex(), edit=lambda html: html.replace("<link", impatient + "<link", 1)
    )
    assert drawn_while_held(page) > 20
