"""The book as one PDF: what is printed, and that its links and numbers lead to the right pages."""

import re
from dataclasses import replace

import pytest
from pypdf import PdfReader

from tools import browser as tools_browser
from tools import pdf

PAGES = {"index", "chapters/mse", "chapters/huber"}


@pytest.mark.parametrize(
    ("markup", "moved"),
    [
        ('<p id="one">', '<p id="chapters-mse--one">'),
        ('<a href="#one">', '<a href="#chapters-mse--one">'),
        ('<a href="huber.html">', f'<a href="{pdf.BETWEEN}chapters-huber">'),
        (
            '<a class="x" href="huber.html#two">',
            f'<a class="x" href="{pdf.BETWEEN}chapters-huber--two">',
        ),
        ('<a href="../index.html">', f'<a href="{pdf.BETWEEN}index">'),
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


def test_without_a_browser_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(tools_browser, "launch", lambda chromium: None)
    with pytest.raises(SystemExit, match=r"install Chromium(.|\n)*run this again"):
        pdf.open_browser(None)


def test_signs_without_a_font_look_alike(browser):
    page = browser.new_page()
    assert pdf.differ(page, "a", "b")
    assert not pdf.differ(page, "\ue000", "\ue001")  # no font has these
    page.close()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A site of two pages, which link to each other."""
    monkeypatch.setattr(pdf, "SHEET", tmp_path / "print.html")
    page = (
        '<article class="bd-article"><h1>{title}<a class="headerlink"></a></h1>'
        '<p id="here">Words.</p><a href="#here">here</a>{links}<script>gone()</script></article>'
    )
    to_two = '<a href="two.html#here">two</a><a href="two.html#lost">lost</a>'
    (tmp_path / "one.html").write_text(page.format(title="One", links=to_two), "utf-8")
    (tmp_path / "two.html").write_text(page.format(title="Two", links=""), "utf-8")
    return tmp_path


def print_both(folder, page):
    edition = replace(pdf.ENGLISH, folder=folder)
    return pdf.print_book(edition, page, [(None, ["one"]), ("Part", ["two"])])


def test_a_book_of_two_pages(folder, browser):
    page = browser.new_page(java_script_enabled=False)
    book = print_both(folder, page)
    book.write(folder / "book.pdf")
    page.close()
    reader = PdfReader(folder / "book.pdf")
    title, contents, one, two = [sheet.extract_text() for sheet in reader.pages]
    assert pdf.TITLE in title
    assert re.findall(r"(?:One|Two)\s+(\d)", contents) == ["3", "4"]
    assert {"One", "3"} <= set(one.split())
    assert {"Two", "4"} <= set(two.split())
    assert {"One", "Two"} <= {item.title for item in reader.outline if not isinstance(item, list)}
    links = [link.get_object() for link in reader.pages[2]["/Annots"]]
    assert sum("/Dest" in link for link in links) == 1
    leads = [link["/A"]["/D"][0].get_object() for link in links if "/A" in link]
    assert leads == [reader.pages[3], reader.pages[3]]


def test_numbers_hold_where_the_contents_are_long(folder, browser, monkeypatch):
    monkeypatch.setattr(pdf, "STYLE", pdf.STYLE + "nav ul { break-before: page; }")
    page = browser.new_page(java_script_enabled=False)
    book = print_both(folder, page)
    page.close()
    for number, title in zip((-2, -1), ("One", "Two"), strict=True):
        printed = str(len(book.pages) + number + 1)
        assert {title, printed} <= set(book.pages[number].extract_text().split())


@pytest.mark.parametrize("edition", [pdf.ENGLISH, pdf.CHINESE], ids=lambda edition: edition.lang)
def test_all_pages_of_the_book_are_printed(site, edition):
    names = [name for _, group in pdf.contents() for name in group]
    for name in names:
        title, body, styles = pdf.article(edition, name, set(names))
        assert title and styles
        assert "<script" not in body
        for path in re.findall(r'(?:src|href)="html/([^"#?]*)', body + "".join(styles)):
            assert (site / path).is_file() or path.endswith(".ipynb"), path


def test_the_front_is_in_the_language_of_the_edition():
    parts, titles = [("Regression", ["a"])], {"a": "A"}
    front = pdf.front(parts, {"a": 3}, titles, pdf.CHINESE)
    assert all(word in front for word in ("损失函数之书", "目录", "回归", "许可"))
    assert "目录" not in pdf.front(parts, {"a": 3}, titles, pdf.ENGLISH)
