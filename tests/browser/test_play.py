"""Explorers that step and play in a browser."""

import numpy as np
import pytest

from browser.examples import make_descent, make_lattice, make_springs
from browser.readings import assert_right, figure, readout, settle, state
from lossbook import huber, squared_error

PLAYERS = [make_descent, make_lattice, make_springs]
each_player = pytest.mark.parametrize("make", PLAYERS, ids=lambda make: make.__name__)


def press(page, name):
    figure(page).get_by_role("button", name=name, exact=True).click()


def wait_for(page, button):
    """Wait until there is a button of this name: Pause while it plays, Play while it rests."""
    names = "[...document.querySelectorAll('figure .lb-button')].map((b) => b.textContent)"
    page.wait_for_function(f"(name) => {names}.includes(name)", arg=button)


def assert_rests(page, make):
    before = state(page)
    page.wait_for_timeout(700 if make is make_lattice else 250)  # longer than from step to step
    assert state(page) == before


@each_player
def test_play_steps_until_there_is_no_more(open_page, make):
    page = open_page(make())
    start = state(page)
    press(page, "Play")
    wait_for(page, "Pause")
    wait_for(page, "Play")
    assert (state(page) == start) == (make is make_lattice)  # which starts at its last frame
    assert_right(page)
    assert_rests(page, make)
    press(page, "Reset")
    assert state(page) == start


@each_player
@pytest.mark.parametrize("way", ["Pause", "Reset", "Step", "out of sight", "less motion"])
def test_what_ends_the_play(open_page, make, way):
    tall = '<main style="padding: 2000px 0">'
    page = open_page(make(), edit=lambda html: html.replace("<main>", tall))
    start = state(page)
    press(page, "Play")
    page.wait_for_function(
        "(old) => document.querySelector('figure').dataset.state !== old",
        arg=figure(page).get_attribute("data-state"),
    )
    if way == "out of sight":
        page.evaluate("scrollTo(0, 0)")
    elif way == "less motion":
        page.emulate_media(reduced_motion="reduce")
    else:
        press(page, way)
    wait_for(page, "Play")
    assert_rests(page, make)
    assert (state(page) == start) == (way == "Reset")


@each_player
def test_by_keyboard_and_without_motion(open_page, make):
    page = open_page(make(), reduced_motion="reduce")
    assert not figure(page).get_by_text("Play").is_visible()
    step = figure(page).get_by_text("Step")
    step.focus()
    before = state(page)
    page.keyboard.press("Enter")
    assert state(page) != before
    assert_right(page)
    assert_rests(page, make)


def most_waiting(page, asks=1):
    """How many frames wait to be drawn at most while it plays on a slow machine.

    asks: how often each is asked for.
    """
    return page.evaluate(
        """(asks) => new Promise((done) => {
            const ask = requestAnimationFrame;
            let [waiting, most, frames] = [0, 0, 0];
            const once = (draw) => {
                most = Math.max(most, ++waiting);
                return ask((now) => {
                    waiting--;
                    const end = performance.now() + 40;
                    while (performance.now() < end);
                    draw(now);
                    if (++frames === 20) done(most);
                });
            };
            globalThis.requestAnimationFrame = (draw) => {
                for (let i = 1; i < asks; i++) once(draw);
                return once(draw);
            };
            [...document.querySelectorAll(".lb-button")][1].click();
        })""",
        asks,
    )


def test_no_step_waits_for_another(open_page):
    # One frame for the next step, one for what has been asked for meanwhile.
    assert most_waiting(open_page(make_springs())) <= 2


def test_control_a_player_that_queues(open_page):
    assert most_waiting(open_page(make_springs()), asks=2) > 2


def test_a_ball_rolls_by_gradient_descent(open_page):
    page = open_page(make_descent())
    rate = state(page)["learning_rate"]
    places = [[-3.0, -3.0]]
    for n in range(3):
        if n:
            old = places[-1]
            slopes = [
                float(one.grad(x, 0)) for one, x in zip((squared_error, huber), old, strict=True)
            ]
            places.append([x - rate * slope for x, slope in zip(old, slopes, strict=True)])
            press(page, "Step")
            np.testing.assert_allclose(state(page)["balls"], places[-1], rtol=1e-12)
        assert_right(page)
    balls = figure(page).locator("svg.lb-panel").first.locator(".lb-ball")
    assert balls.count() == 2
    been = balls.locator("path").evaluate_all("all => all.map((one) => one.getAttribute('d'))")
    assert [path.count("M") for path in been] == [len(places) - 1] * 2
    # The probe takes the balls along.
    figure(page).locator("[role=slider]").first.press("ArrowRight")
    assert state(page)["balls"] is None
    settle(page)
    assert balls.count() == 0
    assert readout(page)["MSE", "ball"] == state(page)["x"]


def test_a_wild_ball_goes_from_wall_to_wall(open_page):
    page = open_page(make_descent())
    figure(page).locator("input[name=lossbook-learning_rate]").press("End")
    for x in (3, -3, 3):  # at a rate of 1 a step for r² leads to the other side
        press(page, "Step")
        assert state(page)["balls"][0] == x
    figure(page).locator("[role=slider]").first.press("Home")
    figure(page).locator("input[name=lossbook-learning_rate]").press("End")
    press(page, "Step")
    assert state(page)["balls"] == [4, -3]


def test_the_way_of_each_point_stays(open_page):
    page = open_page(make_springs())
    ways = figure(page).locator(".lb-trail")
    length = "paths => paths.map((path) => path.getAttribute('d').split('L').length)"
    for n in range(1, 4):
        assert ways.evaluate_all(length) == [n] * 5
        press(page, "Step")
        settle(page)
    figure(page).locator("[role=slider]").first.press("ArrowRight")
    settle(page)
    assert ways.evaluate_all(length) == [1] * 5
    press(page, "Reset")
    settle(page)
    assert ways.evaluate_all(length) == [1] * 5


def test_an_alignment_is_lit(open_page):
    page = open_page(make_lattice())
    way = figure(page).locator(".lb-way")
    rows = figure(page).locator("table button")
    assert rows.count() == 5
    assert way.get_attribute("d") is None
    for row in rows.all()[:2]:
        row.press("Enter")
        settle(page)
        lit = figure(page).locator("table button[aria-pressed=true]").all_inner_texts()
        assert lit == [state(page)["lit"]] == [row.inner_text()]
        places = [at.split() for at in way.get_attribute("d")[1:].split("L")]
        heads = figure(page).locator(".lb-lattice text.lb-name")
        heights = heads.evaluate_all(
            "all => all.slice(4).map((one) => [+one.getAttribute('y'), one.textContent])"
        )
        letters = dict(heights)
        assert "".join(letters[float(y)] for _, y in places) == row.inner_text()
    figure(page).locator("input[name=lossbook-target]").fill("b")
    settle(page)
    assert way.get_attribute("d") is None  # none of its alignments is that one
    press(page, "Reset")
    rows.first.click()
    rows.first.click()
    settle(page)
    assert way.get_attribute("d") is None
