"""The two editions of the site: the same pages in two languages, which lead to each other."""

import json
import pickle
import re
from html.parser import HTMLParser

import pytest
from test_site import (
    PAGES,
    PHONE,
    ROOT,
    barriers,
    pale_text,
    settle,
    troubles_of_loading,
    troubles_on_a_small_phone,
    troubles_with_formulas,
    troubles_with_print,
    troubles_with_weight,
    visit,
)

from tools import build

CHINESE = re.compile("[\u3400-\u9fff]")
NAMES = [*PAGES, "404"]
# What stays English in a Chinese page: code and what it prints, names, titles of what is cited.
ENGLISH = (
    "script style svg math pre code kbd .katex .citation-list .bibtex-citation .cell_output "
    "[lang=en] noscript .docutils.literal #index-of-the-chinese-terms td:last-child"
)


class Ids(HTMLParser):
    """The ids of a page, and the language that it says it has."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.lang = set(), None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "html":
            self.lang = attrs["lang"]
        if attrs.get("id"):
            self.ids.add(attrs["id"])


def test_nothing_is_left_in_english(site):
    """What Sphinx and the scripts found no translation for: what to do is in CONTRIBUTING.md."""
    found = json.loads((ROOT / "_build/.doctrees/html-zh_CN/untranslated.json").read_text("utf-8"))
    assert not found, "\n".join(f"{name}: {text}" for name, text in found)


def test_translated_text_is_stored_with_its_page(site):
    """And not with the document that each message was parsed as."""
    stored = ROOT / "_build/.doctrees/html-zh_CN/chapters/regression/huber.doctree"
    page = pickle.loads(stored.read_bytes())
    assert {id(node.document) for node in page.findall()} == {id(page)}


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_the_same_places_in_both_editions(site, name):
    english, chinese = (
        Ids((folder / f"{name}.html").read_text("utf-8")) for folder in (site, site / "zh")
    )
    assert (english.lang, chinese.lang) == ("en", "zh-CN")
    assert english.ids == chinese.ids


@pytest.mark.parametrize("name", NAMES)
def test_a_page_names_both_editions(site, name):
    for folder, other in ((site, "zh-CN"), (site / "zh", "en")):
        page = folder / f"{name}.html"
        text = page.read_text("utf-8")
        alternates = dict(re.findall(r'rel="alternate" hreflang="([^"]*)" href="([^"]*)"', text))
        leads = {lang: (page.parent / link).resolve() for lang, link in alternates.items()}
        assert leads == {"en": site / f"{name}.html", "zh-CN": site / "zh" / f"{name}.html"}
        assert f'class="edition-switch" href="{alternates[other]}"' in text


def stored_twice(site):
    """Files of the Chinese edition that are letter for letter in the English one."""
    edition = site / "zh"
    files = [path for path in edition.rglob("*") if path.is_file()]
    return [
        path.relative_to(edition).as_posix()
        for path in files
        if (twin := site / path.relative_to(edition)).is_file()
        and twin.read_bytes() == path.read_bytes()
    ]


def test_what_editions_share_is_stored_once(site):
    assert stored_twice(site) == []


def test_control_stored_twice(tmp_path):
    for folder, text in (("", "a"), ("zh", "a"), ("_static", "b"), ("zh/_static", "c")):
        (tmp_path / folder).mkdir(exist_ok=True, parents=True)
        (tmp_path / folder / "file").write_text(text)
    assert stored_twice(tmp_path) == ["file"]


def test_a_page_of_an_edition_leads_to_what_is_shared(tmp_path, monkeypatch):
    monkeypatch.setattr(build, "HTML", tmp_path)
    (tmp_path / "_static").mkdir()
    (tmp_path / "_static/book.css").touch()
    page = '<link href="../_static/book.css?v=1"> <script src="../_static/words.js"> "_static/"'
    shared = page.replace("../_static/book.css", "../../_static/book.css")
    assert build.share(page, 1) == shared
    assert build.share("<a href='_static/book.css'>", 0) == "<a href='../_static/book.css'>"


def english_text(page):
    """Text of a page with several English words and no Chinese one."""
    found = page.evaluate(
        """(english) => {
          const texts = [], body = document.querySelector("body").cloneNode(true);
          body.querySelectorAll(english).forEach((e) => e.remove());
          const blocks = "p, li, h1, h2, h3, h4, td, th, dd, summary, button, label, legend, a";
          for (const e of body.querySelectorAll(blocks)) texts.push(e.textContent.trim());
          const labels = "[aria-label], [title], [alt], [placeholder]";
          for (const e of document.querySelectorAll(labels))
            for (const name of ["aria-label", "title", "alt", "placeholder"])
              if (!e.closest(english)) texts.push(e.getAttribute(name) ?? "");
          return texts;
        }""",
        ", ".join(ENGLISH.split()),
    )
    several = re.compile(r"[A-Za-z]{2,}\s+[a-z]{2,}\s+[A-Za-z]{2,}")
    return [text for text in found if several.search(text) and not CHINESE.search(text)]


@pytest.mark.parametrize("name", PAGES)
def test_chinese_page(new_page, site, name):
    page = visit(new_page(**PHONE, dark=True), f"{(site / 'zh').as_uri()}/{name}.html")
    settle(page)
    assert troubles_of_loading(page) == []
    assert troubles_with_weight(page, name) == []
    assert "损失函数之书" in page.title()
    assert english_text(page) == []
    assert pale_text(page) == []
    assert troubles_with_formulas(page) == []
    assert troubles_on_a_small_phone(page) == []


@pytest.mark.parametrize("name", ["index", "chapters/choosing", "search"])
def test_chinese_page_on_a_desk_and_on_paper(new_page, site, name):
    page = visit(new_page(), f"{(site / 'zh').as_uri()}/{name}.html")
    assert barriers(page) == []
    assert troubles_with_print(page) == []


def switch(page):
    """Click the switch; Playwright itself would scroll before it clicks."""
    page.locator(".edition-switch").evaluate("link => link.click()")


def test_the_switch_leads_to_the_same_place(new_page, site, server):
    place = "how-to-choose-delta-the-1-345-rule-efficiency"
    shown = f"Math.abs(document.getElementById('{place}').getBoundingClientRect().top) < 200"
    page = visit(new_page(), f"{server}/chapters/regression/huber.html#{place}")
    for edition in ("/zh", "", "/zh"):
        page.wait_for_function(shown)
        switch(page)
        page.wait_for_url(f"{server}{edition}/chapters/regression/huber.html#{place}")
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.wait_for_function("scrollY === 0")
    switch(page)
    page.wait_for_url(f"{server}/chapters/regression/huber.html")


def test_chinese_is_not_slanted(new_page, site):
    page = visit(new_page(), f"{(site / 'zh').as_uri()}/chapters/loss_functions.html")
    styles = "all => all.map((e) => getComputedStyle(e).fontStyle)"
    slanted = page.locator("article em:not(.bibtex-citation *)").evaluate_all(styles)
    assert slanted and set(slanted) == {"normal"}


def test_control_english_text(new_page, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(
        "<meta charset=utf-8><p>Left in English here.</p><p>中文 and English words here</p>"
        "<pre>print what the code prints</pre><img alt='a picture without Chinese' src=''>",
        "utf-8",
    )
    page = visit(new_page(), path.as_uri())
    assert english_text(page) == ["Left in English here.", "a picture without Chinese"]
