"""The questions that lead to a loss in a browser."""

import pytest
from test_site import barriers, troubles_with_width

from browser.readings import assert_right, state
from lossbook import explorers, guide


@pytest.mark.parametrize("layout", ["site", "lab"])
def test_the_guide_by_keyboard(open_page, layout):
    page = open_page(explorers.guide(), layout=layout)
    assert not page.locator("img").is_visible()
    assert state(page) == {"answers": []}
    assert_right(page)
    for key in ("Tab", "Space", "Tab", "Space", "Tab", "ArrowDown"):
        page.keyboard.press(key)
        assert_right(page)
    assert page.locator(".lb-advice .lb-name").inner_text() == "huber"
    assert page.locator("legend").count() == 3
    spoken = page.locator("figure [role=status]")
    page.wait_for_function("document.querySelector('[role=status]').textContent.includes('huber')")
    assert guide.ADVICE["huber"].unless in spoken.text_content()
    page.keyboard.press("ArrowUp")
    assert page.locator(".lb-advice .lb-name").inner_text() == "squared_error"
    page.keyboard.press("Tab")
    ending = "regression/mse.html" if layout == "site" else "regression/mse.ipynb"
    assert page.evaluate("document.activeElement.href").endswith(ending)
    page.get_by_label("one of two classes").check()  # an earlier answer takes back the later ones
    assert state(page) == {"answers": [1]}
    assert_right(page)
    page.get_by_text("Reset").press("Enter")
    assert state(page) == {"answers": []}
    assert_right(page)
    assert page.log.errors == []
    assert barriers(page) == []


def test_every_way_through_the_guide(open_page):
    page, ways = open_page(explorers.guide(), width=390, touch=True), [()]
    while ways:
        way, at = ways.pop(), guide.QUESTIONS
        for depth, index in enumerate(way):
            page.locator("fieldset").nth(depth).locator("label").nth(index).tap()
            at = at.answers[index].leads
        assert state(page) == {"answers": [*way]}
        assert_right(page)
        assert troubles_with_width(page) == []
        if isinstance(at, guide.Question):
            ways += [(*way, index) for index in range(len(at.answers))]
            page.get_by_text("Reset").tap()


def test_a_wrong_way_is_found(open_page):
    page = open_page(explorers.guide())
    page.get_by_label("an unaligned sequence").check()
    assert_right(page)
    page.evaluate("document.querySelector('.lb-advice .lb-name').textContent = 'hinge'")
    with pytest.raises(AssertionError):
        assert_right(page)


def test_two_guides_do_not_answer_for_each_other(open_page):
    page = open_page(explorers.guide(), explorers.guide())
    page.locator("figure").first.get_by_label("what is alike").check()
    page.locator("figure").last.get_by_label("a number").check()
    states = [figure.get_attribute("data-state") for figure in page.locator("figure").all()]
    assert states == ['{"answers":[3]}', '{"answers":[0]}']
    assert page.locator("figure").first.get_by_label("what is alike").is_checked()


@pytest.mark.parametrize("how", ["no scripts", "no runtime"])
def test_without_the_guide_its_picture_stays(open_page, how):
    page = open_page(
        explorers.guide(),
        runtime=None if how == "no runtime" else "head",
        java_script_enabled=how != "no scripts",
    )
    assert page.locator("img").is_visible()
    assert not page.get_by_text(guide.ADVICE["ctc"].why).is_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_the_guide_in_both_themes(open_page, dark):
    page = open_page(explorers.guide(), dark=dark, width=390)
    if dark:
        page.add_style_tag(content="body { background: #14181e; color: #e6edf3 }")
    for label in ("what is alike", "classes of", "alike or not"):
        page.get_by_label(label).check()
    assert page.locator(".lb-advice .lb-name").inner_text() == "contrastive"
    assert barriers(page) == []
