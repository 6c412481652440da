"""The claims of the note: all that it says, each with a verdict, evidence that runs, and a link."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from prose import CHAPTERS, ROOT, markdown

from lossbook.appendix.claims import VERDICTS, Claim, Table, find_places, load

PAGE = CHAPTERS / "appendix" / "claims.ipynb"
CLAIMS, PLACES = load(), find_places(CHAPTERS)
NOTE = (ROOT / "tests" / "data" / "note.zh.md").read_text("utf-8")
FROM_THE_TABLE = ["C24", "C46", "C47", "C48"]  # claims that stand with their loss, further down
HEADINGS = re.split(
    r" \| |\n",
    """\
(terminology::Loss Function)
类型 | 常见损失函数 | 适用场景
回归问题 Regression | 均方误差 MSE | Mean Squared Error | 平均绝对误差 MAE | Mean Absolute Error
分类问题 Classification | 交叉熵损失（Cross Entropy Loss） | 二元交叉熵 (Binary Cross-Entropy, BCE)
Focal Loss（焦点损失） | Hinge 损失 (Hinge Loss) | 排序 / 生成 | 损失函数的选择原则
基础思想 | 公式 | 数学公式 | 特点 | 适用场景 | 应用场景""",
)
HEDGES = {
    "通常": "usually",
    "(?<!尽)可能": "may",
    "尽可能": "as possible",
    "影响": "influence|affect",
    "过度": "excessive",
    "像": "like",
    "比较": "rather",
    "相对": "relatively",
    "主要": "mainly",
    "一般": "in general",
    "常用": "often|common",
    "大多数": "most",
    "某些|一些": "some",
    "较多": "a good many",
    "特别": "especially",
    "极度": "extreme",
    "极小|很小|很大": "very",
}


def troubles_with_table(claims):
    marks = [claim.mark for claim in claims]
    if sorted(marks) != [f"C{i:02}" for i in range(1, 54)]:
        yield f"not C01 to C53: {marks}"
    for claim in claims:
        if claim.verdict not in VERDICTS:
            yield f"{claim.mark}: verdict {claim.verdict!r}"
        if not claim.condition and claim.verdict != "holds":
            yield f"{claim.mark}: {claim.verdict} ... what?"
        if "|" in claim.says + claim.condition:
            yield f"{claim.mark}: no text for a cell of the table"


def words_of(note):
    """The words of the note without its markup: comments, bold type, links, displayed formulas."""
    note = re.sub(r"<!--.*?-->", "", note, flags=re.DOTALL).replace("**", "")
    note = re.sub(r"\[\[[^]|]*\|([^]]*)\]\]", r"\1", note)
    return re.sub(r"\$\$\s*(.*?)\s*\$\$", r"$\1$", note, flags=re.DOTALL)


def places_in_the_note(claim, note):
    """Where each part of the words that a claim quotes stands, or None; line breaks aside."""
    for part in claim.note.split("……"):
        found = re.search(r"\s+".join(map(re.escape, part.split())), note)
        yield part, found and found.span()


def troubles_with_quotations(claims, note):
    """What the claims quote and the note does not say, what it says and no claim quotes."""
    note = rest = words_of(note)
    for claim in claims:
        for part, span in places_in_the_note(claim, note):
            if span is None or not part:
                yield f"{claim.mark}: not in the note: {part!r}"
            else:
                rest = rest[: span[0]] + "\n" * (span[1] - span[0]) + rest[span[1] :]
    for line in re.split(r"[\n|]+", rest):
        left = re.sub(r"^#+ |^- ", "", line.strip()).strip("-:： ")
        if re.search(r"\w", left) and left not in HEADINGS:
            yield f"no claim quotes: {left!r}"


def troubles_with_hedges(claims):
    """Claims that say more, or less, in English than the note does with its "usually" or "may"."""
    for claim in claims:
        for chinese, english in HEDGES.items():
            if re.search(chinese, claim.note) and not re.search(rf"\b({english})", claim.says):
                yield f"{claim.mark}: {chinese} is lost"


def troubles_with_order(claims, note):
    """Claims whose words do not begin after those of the claim before them."""
    last, note = 0, words_of(note)
    for claim in claims:
        _, (start, _) = next(places_in_the_note(claim, note))
        if claim.mark not in FROM_THE_TABLE:
            if start < last:
                yield f"{claim.mark}: not in the order of the note"
            last = start


def troubles_with_evidence(claims, places):
    for claim in claims:
        found = places.get(claim.mark, [])
        if len(found) != 1:
            yield f"{claim.mark}: anchors in {[place.path.stem for place in found]}"
        elif found[0].cell is None:
            yield f"{claim.mark}: no cell in '{found[0].heading}' of {found[0].path.stem}"
        elif any(output.get("output_type") == "error" for output in found[0].cell["outputs"]):
            yield f"{claim.mark}: the cell shows an error"


def verdict_of(text):
    """The verdict that a text gives, or None."""
    text = text.replace("*", "").lower()
    if re.search(r"\bcorrected\b", text):
        return "corrected"
    if re.search(r"\bholds?,? if\b|\bconditions?\b(?! number)", text):
        return "holds if"
    return "holds" if re.search(r"\bholds?\b", text) else None


def troubles_with_words(claims, places):
    """What the chapters say in the paragraphs with a claim's mark, against the table."""
    for claim in claims:
        for place in places.get(claim.mark, []):
            paragraphs = markdown(place.path).split("\n\n")
            marked = [p for p in paragraphs if claim.mark in p and "Marks such as" not in p]
            said = verdict_of("\n".join(marked))
            if said != claim.verdict:
                yield f"{claim.mark}: {claim.verdict} in the table, {said} in {place.path.stem}"


def troubles_with_rows(page, claims, places):
    """The rows in the stored outputs of a notebook: the note's words, links to the anchors."""
    cells = nbformat.read(page, 4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    rows = "\n".join(output.get("data", {}).get("text/markdown", "") for output in outputs)
    for claim in claims:
        row = re.search(rf'^\| <span id="claim-{claim.mark.lower()}">.*$', rows, re.MULTILINE)
        if row is None:
            yield f"{claim.mark}: no row"
            continue
        says = row[0].split(" | ")[1].replace("<br>", "……").replace(r"\vert ", "|")
        if says != f'{claim.says}……<small lang="zh">{claim.note}</small>':
            yield f"{claim.mark}: its row says {says!r}"
        links = re.findall(r"\]\(([^)#]+)#([^)]+)\)", row[0])
        leads = [((page.parent / path).resolve(), anchor.upper()) for path, anchor in links]
        if leads != [(p.path.resolve(), claim.mark) for p in places.get(claim.mark, [])]:
            yield f"{claim.mark}: the links of its row are {links}"


def dead_links(page):
    """The links from a page on disk, to places in pages, that lead to no id; and how many live."""
    dead, live = [], 0
    for href in re.findall(r'href="([^":]+#(?:claim-)?c\d\d)"', page.read_text("utf-8")):
        url = urlsplit(urljoin(page.as_uri(), unescape(href)))
        target = Path(url.path)
        if target.is_file() and f'id="{url.fragment}"' in target.read_text("utf-8"):
            live += 1
        else:
            dead.append(href)
    return dead, live


def test_table():
    assert list(troubles_with_table(CLAIMS)) == []


def test_all_that_the_note_says_is_quoted_and_nothing_else():
    assert list(troubles_with_quotations(CLAIMS, NOTE)) == []


def test_hedges_are_translated():
    assert list(troubles_with_hedges(CLAIMS)) == []
    assert all(re.search(chinese, NOTE) for chinese in HEDGES)


def test_order_of_the_note():
    assert list(troubles_with_order(CLAIMS, NOTE)) == []


def test_every_claim_has_evidence():
    assert list(troubles_with_evidence(CLAIMS, PLACES)) == []


def test_chapters_say_what_the_table_says():
    assert list(troubles_with_words(CLAIMS, PLACES)) == []


def test_stored_rows():
    assert list(troubles_with_rows(PAGE, CLAIMS, PLACES)) == []


def test_links_of_the_site(site):
    assert dead_links(site / "chapters" / "appendix" / "claims.html") == ([], len(CLAIMS))


def test_marks_lead_back_to_the_table(site):
    for path in {place.path for (place,) in PLACES.values()}:
        page = site / path.relative_to(CHAPTERS.parent).with_suffix(".html")
        dead, live = dead_links(page)
        assert not dead and live >= sum(place.path == path for (place,) in PLACES.values())


# Controls: a sound copy passes, and one that is broken in each way is refused.

SHOWS, FAILS = new_output("stream", text="1\n"), new_output("error", ename="E", evalue="")


@pytest.fixture
def chapter(tmp_path):
    """Write a chapter with one claim, and the page of claims; gives the claim and its places."""

    def write(*texts, output=SHOWS):
        cells = [new_markdown_cell(text) for text in texts]
        cells.append(new_code_cell("1", outputs=[output], execution_count=1))
        nbformat.write(new_notebook(cells=cells), tmp_path / "a.ipynb")
        claims = [Claim("C01", "A", "就是这样。", "It is so.", "holds", "")]
        return claims, find_places(tmp_path)

    return write


@pytest.mark.parametrize(
    ("number", "change"),
    [(6, {"mark": "C08"}), (0, {"verdict": "true"}), (1, {"condition": ""}), (1, {"says": "|x|"})],
)
def test_control_table(number, change):
    claims = CLAIMS.copy()
    claims[number] = replace(claims[number], **change)
    assert len(list(troubles_with_table(claims))) > len(list(troubles_with_table(CLAIMS)))


def test_control_a_sentence_that_no_claim_quotes():
    unnoticed = set()  # other claims quote the same words
    for claim in CLAIMS:
        others = [other for other in CLAIMS if other is not claim]
        if not list(troubles_with_quotations(others, NOTE)):
            unnoticed.add(claim.mark)
    assert unnoticed == {"C06", *FROM_THE_TABLE}
    assert list(troubles_with_quotations(CLAIMS, NOTE + "\n- 损失函数总是凸的。"))


@pytest.mark.parametrize(
    ("number", "old", "new"),
    [(49, "通常", ""), (-1, "会影响", "决定"), (16, "……", ""), (2, "可能", "可 能"), (0, "", "……")],
)
def test_control_words_that_are_not_in_the_note(number, old, new):
    claims = CLAIMS.copy()
    claims[number] = replace(claims[number], note=claims[number].note.replace(old, new, 1))
    assert list(troubles_with_quotations(claims, NOTE))


@pytest.mark.parametrize(
    ("mark", "old", "new"),
    [("C49", " usually", ""), ("C52", "influences", "decides"), ("C50", "may be", "is")],
)
def test_control_hedges(mark, old, new):
    (claim,) = (claim for claim in CLAIMS if claim.mark == mark)
    assert list(troubles_with_hedges([replace(claim, says=claim.says.replace(old, new))]))


def test_control_order():
    assert list(troubles_with_order([CLAIMS[1], CLAIMS[0], *CLAIMS[2:]], NOTE))


def test_control_sound_chapter(chapter):
    claims, places = chapter(
        "# A\n\n(c01)=\n## 1. B\n\n### C\n\nC01 **holds**, whatever the condition number."
    )
    assert [(place.heading, place.level) for place in places["C01"]] == [("B", 2)]
    assert list(troubles_with_evidence(claims, places)) == []
    assert list(troubles_with_words(claims, places)) == []


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("# A\n\nC01 holds, without an anchor.", SHOWS),
        ("# A\n\n(c01)=\nC01\n\n(c01)=\nagain", SHOWS),
        ("## A\n\n(c01)=\nC01\n\n## The next section", SHOWS),
        ("# A\n\n(c01)=\nC01", FAILS),
    ],
)
def test_control_evidence(chapter, text, output):
    claims, places = chapter(text, output=output)
    assert list(troubles_with_evidence(claims, places))


@pytest.mark.parametrize(
    "words",
    ["Corrected (C01).", "C01 **holds if** x.", "It holds.\n\nC01", "Marks such as C01: holds."],
)
def test_control_words(chapter, words):
    assert list(troubles_with_words(*chapter("# A\n\n(c01)=\n" + words)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", ""),
        ("a.ipynb#", "b.ipynb#"),
        ("#c01", "#c02"),
        ("这样", "那样"),
        ("claim-c01", "claim-c02"),
    ],
)
def test_control_stored_rows(chapter, tmp_path, old, new):
    claims, places = chapter("(c01)=\nC01")
    shown = Table(claims, places, tmp_path)._repr_markdown_().replace(old, new)
    output = new_output("display_data", {"text/markdown": shown})
    page = tmp_path / "page.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(outputs=[output])]), page)
    assert bool(list(troubles_with_rows(page, claims, places))) == bool(old)


def test_control_links_of_the_site(tmp_path):
    (tmp_path / "a.html").write_text('<p id="c01">')
    page = tmp_path / "page.html"
    page.write_text('<a href="a.html#c01"></a><a href="a.html#c02"></a><a href="b.html#c01"></a>')
    assert dead_links(page) == (["a.html#c02", "b.html#c01"], 1)
