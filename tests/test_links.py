"""All links of the built site lead somewhere: to files, and to places in them."""

import posixpath
import re
from functools import cache
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

# What links to a page or file, and what else names one: the page's solution, for a script.
LINKS = ("href", "src", "action", "data-solution", "poster", "data")
# Tags that neither link nor name a place.
PLAIN = re.compile(
    r'<(?!script|style)[a-z]+(?: (?:class|style|aria-hidden)="[^"]*")*>|</(?!script|style)[a-z]+>'
)


class Page(HTMLParser):
    """The links of a page and its ids; an id that stands twice is a trouble."""

    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.troubles = set(), set(), []
        self.feed(PLAIN.sub("", text))  # most tags are those of formulas

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in LINKS and value is not None and tag != "base":
                self.links.add(value)
            elif name == "srcset":
                self.links.update(part.split()[0] for part in value.split(","))
            elif name == "id":
                if value in self.ids:
                    self.troubles.append(f"two places have the id {value}")
                self.ids.add(value)
            elif name == "name" and tag == "a":
                self.ids.add(value)


@cache
def read(folder):
    return {
        path.relative_to(folder).as_posix(): Page(path.read_text("utf-8"))
        for path in folder.rglob("*.html")
    }


def troubles(folder):
    """Links that lead nowhere, in all pages of a folder."""
    pages = read(folder)
    found = [f"{name}: {trouble}" for name, page in pages.items() for trouble in page.troubles]
    for name, page in pages.items():
        for link in sorted(page.links):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                if parts.scheme not in ("https", "http", "data", "mailto"):
                    found.append(f"{name}: {link} is read from elsewhere")
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(parts.path)))
            path = path if parts.path else name
            if path.startswith("..") or parts.path.startswith("/"):
                found.append(f"{name}: {link} leads out of the site")
            elif not (folder / path).is_file():
                found.append(f"{name}: {link} leads nowhere")
            elif path.endswith(".ipynb") and not path.startswith("_sources/"):
                found.append(f"{name}: {link} is no page")
            elif parts.fragment and unquote(parts.fragment) not in pages[path].ids:
                found.append(f"{name}: {link} has no such place")
    return found


def test_all_links_lead_somewhere(site):
    assert troubles(site) == []


def test_links_that_scripts_make(new_page, site):
    """With scripts, pages have no other links that lead nowhere."""
    known = read(site)
    for name in ("chapters/choosing.html", "chapters/regression/huber.html"):
        page = new_page()
        page.goto(f"{site.as_uri()}/{name}")
        page.wait_for_function("document.querySelector('figure.lossbook-explorer[data-state]')")
        links = page.eval_on_selector_all("a[href]", "links => links.map((a) => a.href)")
        for link in {link for link in links if link.startswith(site.as_uri())}:
            path, _, place = link.removeprefix(f"{site.as_uri()}/").partition("#")
            assert (site / unquote(path)).is_file(), link
            if place:
                ids = (
                    known[path].ids
                    if path != name
                    else page.evaluate("[...document.querySelectorAll('[id]')].map((e) => e.id)")
                )
                assert unquote(place) in ids, link


# Controls: one sound folder, and what is broken in it.

OTHER = '<h1 id="top">There</h1>'


@pytest.mark.parametrize(
    "body",
    [
        '<a href="missing.html">x</a>',
        '<a href="other.html#nowhere">x</a>',
        '<a href="#nowhere">x</a>',
        '<img src="missing.png">',
        '<a href="../outside.html">x</a>',
        '<a href="/other.html">x</a>',
        '<a href="file:///home/somebody/other.html">x</a>',
        '<a href="book.ipynb">x</a>',
        '<form data-solution="other.html#exercise-1"></form>',
        '<img srcset="missing.png 2x">',
        '<p id="twice"></p><p id="twice"></p>',
        '<noscript><a href="missing.html">x</a></noscript>',
        "<a href=missing.html>x</a>",
    ],
)
def test_control_links(tmp_path, body):
    (tmp_path / "other.html").write_text(OTHER, "utf-8")
    (tmp_path / "book.ipynb").write_text("{}", "utf-8")
    (tmp_path / "index.html").write_text(f"<main>{body}</main>", "utf-8")
    assert len(troubles(tmp_path)) == 1


def test_control_sound_links(tmp_path):
    (tmp_path / "other.html").write_text(OTHER, "utf-8")
    links = [
        "other.html#top",
        "other.html",
        "#here",
        "https://example.org/x#y",
        "other.html?q=1#top",
    ]
    body = "".join(f'<a id="here{i or ""}" href="{link}">x</a>' for i, link in enumerate(links))
    (tmp_path / "index.html").write_text(body, "utf-8")
    assert troubles(tmp_path) == []
