"""The book as one document, from which its PDF is printed."""

import re
from collections import Counter

import pytest

from tools import browser as tools_browser
from tools import build, pdf

PAGES = {"index", "chapters/mse", "chapters/huber"}


@pytest.mark.parametrize(
    ("markup", "moved"),
    [
        ('<p id="one">', '<p id="chapters-mse--one">'),
        ('<a href="#one">', '<a href="#chapters-mse--one">'),
        ('<a href="huber.html">', '<a href="#chapters-huber">'),
        ('<a class="x" href="huber.html#two">', '<a class="x" href="#chapters-huber--two">'),
        ('<a href="../index.html">', '<a href="#index">'),
        ('<a href="mse.ipynb">', '<a href="html/chapters/mse.ipynb">'),
        ('<a href="https://a.org/#x">', '<a href="https://a.org/#x">'),
        ('<img src="../_images/a.svg"/>', '<img src="html/_images/a.svg"/>'),
        ('<img src="data:image/png;base64,aa"/>', '<img src="data:image/png;base64,aa"/>'),
        ('<p data-id="x">', '<p data-id="x">'),
        ('id="not in a tag"', 'id="not in a tag"'),
    ],
)
def test_links_lead_within_the_book(markup, moved):
    assert pdf.within(markup, "chapters/mse", PAGES) == moved


def lost(book):
    """The ids that stand twice in a document, and the links that lead nowhere in it."""
    ids = Counter(re.findall(r'<[^<>]*\sid="([^"]*)"', book))
    links = set(re.findall(r'<a [^<>]*href="#([^"]*)"', book))
    return [name for name, count in ids.items() if count > 1], sorted(links - set(ids))


def test_the_whole_book_is_one_document(site):
    book = pdf.whole(site)
    twice, nowhere = lost(book)
    assert {name.partition("--")[2] for name in twice} <= {"proof-content"}  # by sphinx-proof
    assert nowhere == []
    for path in re.findall(r'(?:src|href)="(html/[^"#?]*)', book):
        assert (build.BUILD / path).is_file() or path.endswith((".html", ".ipynb"))
    for _, pages in pdf.contents():
        for page in pages:
            assert f'id="{pdf.anchor(page)}"' in book
    assert "<script" not in book


def test_control_links_and_ids():
    assert lost('<p id="a"><p id="a"><a href="#b">') == (["a"], ["b"])


def test_without_a_browser_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(tools_browser, "launch", lambda chromium: None)
    with pytest.raises(SystemExit, match=r"install Chromium(.|\n)*run this again"):
        pdf.print_book(None)


def test_the_contents_have_the_numbers_of_pages(browser, tmp_path):
    chapter = "<h1 id=a style='break-before: page'>A</h1>"
    page = browser.new_page()
    page.set_content(f"<title>Book</title><a href='#a'>A</a><p id=b>Not linked.</p>{chapter}")
    page.pdf(path=tmp_path / "book.pdf", tagged=True, outline=True)
    page.close()
    assert pdf.beginnings(tmp_path / "book.pdf") == {"a": 2}


def test_numbers_stand_in_the_contents(site):
    book = pdf.whole(site, {"chapters-regression-huber": 137})
    (entry,) = re.findall(r'<li><a href="#chapters-regression-huber">.*?</li>', book)
    assert '<span class="page">137</span>' in entry
