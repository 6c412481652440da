"""What explorers say in the Chinese edition."""

import re

from test_translation import CHINESE_EDITION, dictionary, shown

from browser.examples import make_guess, make_lattice
from browser.readings import figure, settle


def chinese(html):
    """A page with what the Chinese edition puts into it."""
    return shown(CHINESE_EDITION, html).replace(
        "<title>", f"<script>{dictionary()}</script><title>"
    )


def english_words(text):
    return re.findall("[A-Za-z]{3,}", text)


def test_an_explorer_reads_its_numbers_in_chinese(open_page):
    page = open_page(make_guess(), edit=chinese)
    grip = figure(page).get_by_role("slider", name="猜测")
    grip.press("ArrowRight")
    assert "：代价为" in grip.get_attribute("aria-valuetext")
    assert page.locator("caption").inner_text().startswith("猜测")
    assert page.locator("thead th").all_inner_texts() == ["代价", "最佳猜测", "最小代价"]
    page.wait_for_function("document.querySelector('[role=status]').textContent.includes('；')")
    said = page.locator("[role=status]").text_content()
    assert re.match(r"猜测[\d.]+。Huber：代价为[\d.]+，最佳猜测为[\d.]+，", said)
    assert page.get_by_role("button").inner_text() == "重置"
    assert page.log.errors == []


def test_the_lattice_says_in_chinese_why_a_loss_is_infinite(open_page):
    page = open_page(make_lattice(), edit=chinese)
    page.locator("input[name=lossbook-target]").fill("aab")
    page.locator("input[name=lossbook-frames]").fill("2")
    settle(page)
    why = page.locator(".lb-why").inner_text()
    assert why.startswith("“aab”需要4帧（相等的字符之间要有空白符），而现在只有3帧")
    assert english_words(why) == ["aab"]


def test_control_without_the_dictionary_it_is_english(open_page):
    page = open_page(make_guess())
    assert page.locator("thead th").all_inner_texts() == ["cost", "best guess", "least cost"]
