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
    assert page.locator("form").get_by_role("status").text_content().startswith("Right.")
    assert "Solved: 2 of 2" in page.locator("body").inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    kept = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert kept["exercises"]["huber-1"] == {"tries": 1, "right": True, "answer": "1.5"}
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete").click()
    page.wait_for_function("document.querySelector('input').value === ''")
    assert "Solved: 0 of 2" in page.locator("body").inner_text()


def choose(page, content, name="loss-functions.json"):
    """Import a file; what the page says to it."""
    file = {"name": name, "mimeType": "", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)
    said = page.locator(".exercise-progress").get_by_role("status")
    page.wait_for_function("said => said.textContent", arg=said.element_handle())
    text = said.text_content()
    said.evaluate("said => said.replaceChildren()")
    return text


def kept(page):
    return page.evaluate("JSON.parse(localStorage.getItem('lossbook'))")


def solved(page):
    return page.get_by_text("Solved:").text_content().split(".")[0]


def export(page, name="Export"):
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    return Path(download.value.path()).read_bytes()


def test_what_was_exported_is_imported(open_exercises):
    names = ("huber-1", "huber-3", "huber-4", "ctc-1")
    page = open_exercises(*names)
    answer(page, "huber-1", "1.5")
    answer(page, "huber-3", "r/delta")  # wrong
    page.get_by_label("It passes in my notebook").check()
    page.get_by_label("Less").first.check()
    file, there = export(page), kept(page)

    page = open_exercises(*names)  # another browser
    assert solved(page) == "Solved: 0 of 4 here, 0 of 117 in the book"
    answer(page, "ctc-1", "hello")
    assert choose(page, file) == "Imported. Newly solved: 2."
    assert solved(page) == "Solved: 3 of 4 here, 3 of 117 in the book"
    fields = page.get_by_role("textbox")
    assert [field.input_value() for field in fields.all()] == ["1.5", "r/delta", "hello"]
    verdicts = page.locator("form").evaluate_all("all => all.map((form) => form.dataset.verdict)")
    assert verdicts == ["right", "wrong", None, "right"]
    assert page.get_by_label("It passes in my notebook").is_checked()
    assert page.get_by_label("Less").first.is_checked()
    assert page.get_by_text("Less.").first.is_hidden()
    assert page.get_by_text("Answer", exact=True).first.is_visible()
    merged = kept(page)
    assert merged["exercises"] == there["exercises"] | {
        "ctc-1": {"tries": 1, "right": True, "answer": "hello"}
    }
    assert choose(page, file) == "Imported. Newly solved: 0."
    assert kept(page) == merged
    page.reload()
    assert solved(page) == "Solved: 3 of 4 here, 3 of 117 in the book"
    assert not page.log.errors


def exercise(right, text, tries=1):
    return {"right": right, "answer": text, "tries": tries}


@pytest.mark.parametrize(
    ("here", "there", "merged"),
    [
        (exercise(True, "1.5"), exercise(False, "3", 4), exercise(True, "1.5", 4)),
        (exercise(False, "3", 4), exercise(True, "1.5"), exercise(True, "1.5", 4)),
        (exercise(False, "3"), exercise(False, "7", 2), exercise(False, "3", 2)),
        (exercise(True, "1.5", 2), exercise(True, "3/2"), exercise(True, "1.5", 2)),
        ({"right": True, "tries": 0}, {"right": False, "tries": 0}, {"right": True, "tries": 0}),
    ],
)
def test_right_stays_right(open_exercises, here, there, merged):
    first = {"exercises": {"huber-1": here}, "predictions": {"a/b.html#0": 0}}
    page = open_exercises("huber-1")
    page.evaluate("kept => localStorage.setItem('lossbook', kept)", json.dumps(first))
    page.reload()
    predictions = {"a/b.html#0": 1, "a/b.html#1": 2}
    file = {"exercises": {"huber-1": there}, "predictions": predictions}
    assert choose(page, json.dumps(file).encode()).startswith("Imported.")
    assert kept(page) == {
        "exercises": {"huber-1": merged},
        "predictions": {"a/b.html#0": 0, "a/b.html#1": 2},
    }


NOTHING = {"exercises": {}, "predictions": {}}


def with_answer(**change):
    return NOTHING | {"exercises": {"huber-1": exercise(True, "1.5") | change}}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8 a picture",
        b"null",
        b"5",
        b"[]",
        b"{}",
        b'{"exercises": {}}',
        b'{"exercises": null, "predictions": null}',
        b'{"exercises": [], "predictions": []}',
        b'{"exercises": {"huber-1": null}, "predictions": {}}',
        b'{"exercises": {"huber-1": true}, "predictions": {}}',
        b'{"exercises": {}, "predictions": {"a/b.html#0": "1"}}',
        b'{"exercises": {}, "predictions": {"a/b.html#0": -1}}',
        *(
            json.dumps(with_answer(**change)).encode()
            for change in ({"right": 1}, {"answer": 1.5}, {"tries": "1"}, {"tries": -1})
        ),
        json.dumps(with_answer()).encode() + b" " * 10**6,  # no reader typed so much
    ],
    ids=lambda content: content[:50].decode(errors="replace"),
)
def test_a_file_that_is_none_of_ours_changes_nothing(open_exercises, content):
    page = open_exercises("huber-1")
    answer(page, "huber-1", "7")
    before = kept(page)
    said = "Nothing imported: <b>holiday.txt was not made by Export."
    assert choose(page, content, "<b>holiday.txt") == said
    assert kept(page) == before
    assert not page.log.errors
    file = json.dumps(with_answer()).encode()  # and the next file is imported
    assert choose(page, file) == "Imported. Newly solved: 1."


def test_an_imported_answer_is_text(open_exercises):
    """A file may come from anybody: what it holds is judged, and never run."""
    page = open_exercises("huber-1", "huber-3")
    script = "<img src=x onerror=alert(1)>"
    answers = {name: exercise(True, script) for name in ("huber-1", "huber-3", script, "__proto__")}
    file = {"exercises": answers, "predictions": {script: 0}}
    assert choose(page, json.dumps(file).encode()).startswith("Imported.")
    assert page.get_by_role("textbox").first.input_value() == script
    assert page.locator("img").count() == 0
    assert not page.log.errors


def test_an_import_says_when_nothing_is_stored(open_exercises):
    refuse = "Storage.prototype.setItem = () => { throw new Error('full'); };"
    page = open_exercises("huber-1", script=refuse)
    said = choose(page, json.dumps(with_answer()).encode())
    assert said == "Nothing imported: this browser does not store answers."


def test_a_file_is_chosen_by_the_keyboard(open_exercises):
    page = open_exercises("huber-1")
    asked = []
    page.on("filechooser", lambda chooser: asked.append(chooser))
    page.evaluate("0")  # the browser knows by now that a file will be chosen by us
    page.get_by_role("button", name="Export").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    for _ in range(50):
        page.wait_for_timeout(100)
        if asked:
            break
    assert [chooser.is_multiple() for chooser in asked] == [False]


def test_what_is_being_typed_stays(open_exercises):
    page = open_exercises("huber-1", "huber-3")
    page.get_by_role("textbox").last.fill("delta")
    assert choose(page, json.dumps(with_answer()).encode()) == "Imported. Newly solved: 1."
    assert page.get_by_role("textbox").last.input_value() == "delta"


def test_an_edited_answer_is_not_judged_any_more(open_exercises):
    page = open_exercises("huber-1")
    answer(page, "huber-1", "1.5")
    page.get_by_role("textbox").press("0")
    assert page.locator("form").get_by_role("status").text_content() == ""


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
    assert choose(page, b"5", "a.txt") == "没有导入：a.txt不是由“导出”生成的文件。"
    assert choose(page, export(page, "导出")) == "已导入。新增完成0题。"
    assert not page.log.errors


def test_control_without_the_script_nothing_is_judged(open_exercises):
    page = open_exercises("huber-1", java_script_enabled=False)
    assert page.get_by_role("textbox").count() == 0
    assert page.get_by_text("Answer", exact=True).first.is_visible()


@pytest.mark.parametrize(
    "stored", ['{"exercises":null}', '{"exercises":{"huber-1":null}}', "[]", "x"]
)
def test_what_is_stored_may_be_damaged(open_exercises, stored):
    page = open_exercises("huber-1", "huber-3")
    page.evaluate("stored => localStorage.setItem('lossbook', stored)", stored)
    page.reload()
    assert solved(page) == "Solved: 0 of 2 here, 0 of 117 in the book"
    answer(page, "huber-1", "1.5")
    assert solved(page) == "Solved: 1 of 2 here, 1 of 117 in the book"
    assert not page.log.errors


def test_a_right_answer_is_shown_again(open_exercises):
    page = open_exercises("huber-1", "huber-3")
    for text in ("7", "1.5", "8"):
        answer(page, "huber-1", text)
    page.reload()
    assert page.get_by_role("textbox").first.input_value() == "1.5"
    assert page.locator("form").first.get_attribute("data-verdict") == "right"
    assert solved(page) == "Solved: 1 of 2 here, 1 of 117 in the book"
