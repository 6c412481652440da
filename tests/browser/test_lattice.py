"""The lattice of CTC in a browser."""

import itertools

import numpy as np
import pytest
from test_site import barriers, troubles_with_width

from browser.examples import SEEN, make_lattice
from browser.readings import assert_right, figure, readout, settle, state


def test_the_lattice_by_keyboard(open_page):
    page = open_page(make_lattice())
    start = state(page)
    assert (start["target"], start["frames"], start["time"]) == ("ab", 4, 4)
    assert_right(page)
    inputs = {
        name: figure(page).locator(f"input[name=lossbook-{name}]")
        for name in ("target", "frames", "time", "posterior", "frame", "probability")
    }
    order = []
    for _ in range(7):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.name.replace('lossbook-', '')"))
    assert order == [*[*inputs][:-1], "class", "probability"]
    inputs["frames"].press("ArrowRight")
    assert (state(page)["frames"], state(page)["time"]) == (5, 5)
    inputs["time"].press("Home")
    settle(page)
    shown = figure(page).locator(".lb-cell text").all_text_contents()
    assert [text for text in shown if text] == ["0.6", "0.2"]
    inputs["frame"].press("ArrowRight")
    figure(page).locator("select").select_option("b")
    inputs["probability"].press("End")
    assert state(page)["p"][1] == [0, 0, 1, 0]
    inputs["probability"].press("ArrowLeft")
    assert state(page)["p"][1] == pytest.approx([0.01 / 3, 0.01 / 3, 0.99, 0.01 / 3])
    inputs["posterior"].check()
    assert_right(page)
    figure(page).get_by_role("button", name="Reset").click()
    assert state(page) == start
    assert inputs["frames"].get_attribute("aria-valuetext") == "4"


def test_what_is_typed_into_the_lattice(open_page):
    page = open_page(make_lattice())
    target = figure(page).locator("input[name=lossbook-target]")
    for typed, kept in (("aab", "aab"), ("", ""), ("Cxa b-a", "caba"), ("abcabc", "abca")):
        target.fill(typed)
        assert state(page)["target"] == target.input_value() == kept
        assert_right(page)
    target.fill("aabb")  # needs six frames and has four
    named = readout(page)
    assert named["aabb", "loss"] == float("inf")
    assert named["aabb", "alignments"] == 0
    assert {named[name, "gradient"] for name in "-abc"} == {0}
    why = figure(page).locator(".lb-why")
    assert (
        "“aabb” needs 6 frames (a blank stands between equal letters) and has 4" in why.inner_text()
    )
    assert "undefined" not in figure(page).inner_text()
    target.fill("ab")
    settle(page)
    assert why.inner_text() == ""
    figure(page).locator("input[name=lossbook-frames]").press("Home")
    settle(page)
    assert "“ab” needs 2 frames and has 1, so the loss is ∞" in why.inner_text()
    assert "undefined" not in figure(page).inner_text()
    target.fill("a")
    figure(page).locator("input[name=lossbook-probability]").press("Home")
    settle(page)
    assert "Every alignment of “a” passes a probability of 0" in why.inner_text()
    assert_right(page)


def test_the_lattice_lists_its_best_alignments(open_page):
    page = open_page(make_lattice())
    found = {key[0]: value for key, value in readout(page).items() if key[1] == "weight"}
    weights = {
        "".join("-abc"[k] for k in path): np.prod(SEEN[np.arange(4), path])
        for path in itertools.product(range(4), repeat=4)
        if [k for k, _ in itertools.groupby(path) if k] == [1, 2]
    }
    assert len(weights) == 15
    best = sorted(weights.values(), reverse=True)[:5]
    assert list(found.values()) == pytest.approx(best)
    assert all(weights[path] == pytest.approx(weight) for path, weight in found.items())
    shares = [value for key, value in readout(page).items() if key[1] == "share"]
    assert shares == pytest.approx(np.array(best) / sum(weights.values()))


@pytest.mark.parametrize("touch", [False, True])
def test_a_circle_chooses_its_frame_and_class(open_page, touch):
    page = open_page(make_lattice(), touch=touch)
    cell = figure(page).locator(".lb-cell").nth(2 * 5 + 3).locator(".lb-fill")
    cell.tap() if touch else cell.click()
    assert (state(page)["frame"], state(page)["class"]) == (3, 2)
    assert figure(page).locator("select").input_value() == "b"
    assert_right(page)


def test_a_wrong_posterior_is_found(open_page):
    page = open_page(make_lattice(), edit=lambda page: page.replace('"p": [[0.6', '"p": [[0.61'))
    with pytest.raises(AssertionError, match=r"gradient|loss|total"):
        assert_right(page)


@pytest.mark.parametrize("width", [390, 1000])
def test_the_lattice_scrolls_in_its_own_box(open_page, width):
    page = open_page(make_lattice(), width=width)
    figure(page).locator("input[name=lossbook-frames]").press("End")
    assert state(page)["frames"] == 10
    assert troubles_with_width(page) == []
    box = figure(page).locator(".lb-scroll")
    narrow = width == 390
    assert figure(page).locator(".lb-hint").is_visible() == narrow
    assert box.evaluate("node => node.scrollWidth > node.clientWidth") == narrow
    sizes = "nodes => nodes.map((n) => getComputedStyle(n).fontSize + n.getScreenCTM().a)"
    assert set(page.locator("svg.lb-lattice text").evaluate_all(sizes)) == {"13px1"}
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "(on) => !on || document.querySelector('.lb-scroll').scrollLeft", arg=narrow
    )
    assert barriers(page) == []
