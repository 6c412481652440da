"""Fields under exercises judge what is typed; the answer to a prediction comes after a choice."""

import html
import json
from pathlib import Path

import pytest
from test_translation import data_in_chinese, dictionary

from lossbook.exercises import page_data

SITE = Path(__file__).parents[2] / "site/static"
EXERCISE = """<div>
<details class="sd-dropdown"><summary>Hint</summary><p>A hint.</p></details></div>
<form class="exercise" data-name="{name}" data-title="Exercise 1" data-solution="solution.html">
<script type="application/json">{data}</script></form>"""
PREDICTION = """<div class="admonition predict-first">
<p class="admonition-title">Predict first</p><ol><li><p>More</p></li><li><p>Less</p></li></ol></div>
<p>Between.</p><details class="sd-dropdown"><summary>Answer</summary><p>Less.</p></details>"""


@pytest.fixture
def open_exercises(new_page, tmp_path):
    """open_exercises("huber-1", ...) opens a page of these exercises and of two predictions.

    data: what the page gives of an exercise; script: what it runs first.
    """

    def show(*names, data=page_data, script="", **context):
        bodies = [EXERCISE.format(name=n, data=html_safe(data(n))) for n in names]
        body = '<div class="exercise-progress" data-book="117"></div>' + "".join(bodies)
        path = tmp_path / "page.html"
        path.write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8"><title>Exercises</title>'
            '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
            f'<link rel="stylesheet" href="{(SITE / "exercises.css").as_uri()}">'
            f"<script>{script}</script>"
            f'<script src="{(SITE / "exercises.js").as_uri()}"></script>'
            f"<article>{body}{PREDICTION}{PREDICTION}</article></html>",
            encoding="utf-8",
        )
        page = new_page(**context)
        page.goto(path.as_uri())
        return page

    return show


def html_safe(data):
    return html.escape(json.dumps(data), quote=False).replace("&gt;", ">").replace("&amp;", "&")


def answer(page, name, text):
    """What the page says to an answer that is typed and entered."""
    field = page.locator(f'form[data-name="{name}"]')
    field.get_by_role("textbox").fill(text)
    field.get_by_role("textbox").press("Enter")
    return field.get_by_role("status").text_content()


def test_enter_judges(open_exercises):
    page = open_exercises("huber-1", "huber-3", "hinge-7", "ctc-1", width=320)
    assert answer(page, "huber-1", "3").startswith(
        "Not yet. This looks like twice the right answer"
    )
    assert answer(page, "huber-1", "3/2").startswith("Right.")
    assert answer(page, "huber-3", "r/delta").startswith("Not yet. at delta = 1, r = 3:")
    assert page.locator("math mfrac").count() == 1  # what was understood
    assert answer(page, "huber-3", "delta/r").startswith("Right.")
    assert answer(page, "hinge-7", "-0.6667, 1.6667").startswith("Right (to more digits")
    assert answer(page, "ctc-1", "Hello").startswith("Right.")
    assert "Solved: 4 of 4 here, 4 of 117 in the book" in page.locator("body").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert not page.log.errors


def test_two_wrong_answers_open_the_hint(open_exercises):
    page = open_exercises("huber-1")
    answer(page, "huber-1", "7")
    assert not page.get_by_text("A hint.").is_visible()
    assert "See the solution" in answer(page, "huber-1", "8")
    assert page.get_by_text("A hint.").is_visible()


def test_answers_are_kept_until_they_are_deleted(open_exercises):
    page = open_exercises("huber-1", "huber-4")
    answer(page, "huber-1", "1.5")
    page.get_by_label("It passes in my notebook").check()
    page.reload()
    assert page.get_by_role("textbox").input_value() == "1.5"
    assert page.get_by_role("status").text_content().startswith("Right.")
    assert "Solved: 2 of 2" in page.locator("body").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    kept = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert kept["exercises"]["huber-1"] == {"tries": 1, "right": True, "answer": "1.5"}
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete").click()
    page.wait_for_function("document.querySelector('input').value === ''")
    assert "Solved: 0 of 2" in page.locator("body").inner_text()


def test_an_edited_answer_is_not_judged_any_more(open_exercises):
    page = open_exercises("huber-1")
    answer(page, "huber-1", "1.5")
    page.get_by_role("textbox").press("0")
    assert page.get_by_role("status").text_content() == ""


def test_a_prediction_comes_before_its_answer(open_exercises):
    page = open_exercises("huber-1")
    first, second = page.get_by_text("Answer", exact=True).all()
    assert not first.is_visible()
    page.get_by_label("More").first.focus()
    page.keyboard.press("Space")
    assert page.get_by_text("Less.").first.is_visible()
    assert not second.is_visible()
    page.reload()
    assert page.get_by_label("More").first.is_checked()
    assert page.get_by_text("Answer", exact=True).first.is_visible()


def test_an_exercise_answers_in_chinese(open_exercises):
    page = open_exercises("huber-1", "choosing-1", data=data_in_chinese, script=dictionary())
    field = page.locator("form").first.get_by_role("textbox")
    assert field.get_attribute("placeholder").startswith("一个数")
    assert answer(page, "huber-1", "3") == "还不对。这像是正确答案的两倍；你给的是3。"
    assert answer(page, "huber-1", "1.5").startswith("正确。到了两个delta远")
    assert answer(page, "choosing-1", "均值").startswith("还不对。这像是平均一天的数")
    assert answer(page, "choosing-1", "分位数").startswith("正确。0.95分位数。")
    assert answer(page, "choosing-1", "Quantile").startswith("正确。0.95分位数。")
    assert "本页2/2题" in page.locator("body").inner_text()
    assert not page.log.errors


def test_control_without_the_script_nothing_is_judged(open_exercises):
    page = open_exercises("huber-1", java_script_enabled=False)
    assert page.get_by_role("textbox").count() == 0
    assert page.get_by_text("Answer", exact=True).first.is_visible()
