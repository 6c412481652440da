"""The 52 claims of the note: each has a verdict, evidence that runs, and a link to it."""

import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from prose import CHAPTERS, markdown

from lossbook.appendix.claims import VERDICTS, Claim, Table, find_places, load

PAGE = CHAPTERS / "appendix" / "claims.ipynb"
CLAIMS, PLACES = load(), find_places(CHAPTERS)


def troubles_with_table(claims):
    marks = [claim.mark for claim in claims]
    if marks != [f"C{i:02}" for i in range(1, 53)]:
        yield f"not C01 to C52: {marks}"
    for claim in claims:
        if claim.verdict not in VERDICTS:
            yield f"{claim.mark}: verdict {claim.verdict!r}"
        if not claim.condition and claim.verdict != "holds":
            yield f"{claim.mark}: {claim.verdict} ... what?"
        if "|" in claim.says + claim.condition:
            yield f"{claim.mark}: no text for a cell of the table"


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
    if re.search(r"\bholds?,? if\b|\bconditions?\b", text):
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


def troubles_with_links(page, claims, places):
    """The links in the stored outputs of a notebook, each to the anchor of its row."""
    cells = nbformat.read(page, 4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    rows = "\n".join(output.get("data", {}).get("text/markdown", "") for output in outputs)
    for claim in claims:
        row = re.search(rf'^\| <span id="claim-{claim.mark.lower()}">.*$', rows, re.MULTILINE)
        links = re.findall(r"\]\(([^)#]+)#([^)]+)\)", row[0] if row else "")
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


def test_every_claim_has_evidence():
    assert list(troubles_with_evidence(CLAIMS, PLACES)) == []


def test_chapters_say_what_the_table_says():
    assert list(troubles_with_words(CLAIMS, PLACES)) == []


def test_stored_links():
    assert list(troubles_with_links(PAGE, CLAIMS, PLACES)) == []


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
        claims = [Claim("C01", "A", "It is so.", "holds", "")]
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


def test_control_sound_chapter(chapter):
    claims, places = chapter("# A\n\n(c01)=\n## 1. B\n\n### C\n\nC01 **holds**.")
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


@pytest.mark.parametrize(("old", "new"), [("", ""), ("a.ipynb#", "b.ipynb#"), ("#c01", "#c02")])
def test_control_stored_links(chapter, tmp_path, old, new):
    claims, places = chapter("(c01)=\nC01")
    shown = Table(claims, places, tmp_path)._repr_markdown_().replace(old, new)
    output = new_output("display_data", {"text/markdown": shown})
    page = tmp_path / "page.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(outputs=[output])]), page)
    assert bool(list(troubles_with_links(page, claims, places))) == bool(old)


def test_control_links_of_the_site(tmp_path):
    (tmp_path / "a.html").write_text('<p id="c01">')
    page = tmp_path / "page.html"
    page.write_text('<a href="a.html#c01"></a><a href="a.html#c02"></a><a href="b.html#c01"></a>')
    assert dead_links(page) == (["a.html#c02", "b.html#c01"], 1)
