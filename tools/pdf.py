"""Print the book as one PDF: `python tools/pdf.py` writes _build/book.pdf.

The pages of the site become one document, whose links lead within it, and Chromium prints that:
so bookmarks and links are the browser's own work. It is printed twice, since the first PDF says on
which pages the chapters begin.
"""

import html
import posixpath
import re
import sys
from pathlib import Path

import yaml
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

sys.path.insert(0, str(Path(__file__).parent.parent))
from tools import browser, build

BOOK, PDF = build.BUILD / "book.html", build.BUILD / "book.pdf"
ARTICLE = re.compile(r'<article class="bd-article">(.*?)</article>', re.DOTALL)
STYLES = re.compile(r'<link [^>]*rel="stylesheet"[^>]*>')
TITLE = re.compile(r"<h1>(.*?)<a class=\"headerlink\"", re.DOTALL)
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
TAG = re.compile(r"<[a-z][^<>]*>")
ATTRIBUTE = re.compile(r'(?<=\s)(id|href|src|for|name|aria-labelledby)="([^"]*)"')
OUTSIDE = re.compile(r"[a-z]+:")
STYLE = """
@page {
  size: A4;
  margin: 18mm 15mm;
  @bottom-center { content: counter(page); font: 9pt sans-serif }
}
@page :first { @bottom-center { content: none } }
.bd-article, nav { break-before: page; }
.bd-main .bd-content .bd-article h1:first-of-type { display: block !important; }
header { padding-top: 75mm; text-align: center; }
header h1 { font-size: 30pt; }
nav h2 { break-after: avoid; font-size: 12pt; margin: 1.2em 0 0.2em; }
nav a { display: flex; gap: 0.6em; color: inherit !important; text-decoration: none !important; }
nav a::before { content: ""; order: 1; flex: 1; border-bottom: 1px dotted; margin-bottom: 0.3em; }
nav .page { order: 2; }
"""


def contents():
    """The parts of the book: their captions, and the names of their pages."""
    toc = yaml.safe_load((build.ROOT / "_toc.yml").read_text("utf-8"))
    yield None, [toc["root"]]
    for part in toc["parts"]:
        yield part["caption"], [chapter["file"] for chapter in part["chapters"]]


def anchor(page, name=""):
    """The id in the whole book of an element of a page, or of the page itself."""
    return re.sub(r"\W", "-", page) + (f"--{name}" if name else "")


def within(markup, page, pages):
    """The markup of a page with its ids, links and pictures as they are in the whole book."""

    def moved(key, value):
        if key in ("id", "for", "name"):
            return anchor(page, value)
        if key == "aria-labelledby":
            return " ".join(anchor(page, name) for name in value.split())
        if OUTSIDE.match(value):
            return value
        path, _, name = value.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else ""
        linked = target.removesuffix(".html") if path else page
        if key == "href" and linked in pages:
            return "#" + anchor(linked, name)
        return f"html/{target}" + (f"#{name}" if name else "")

    def rewrite(tag):
        return ATTRIBUTE.sub(lambda found: f'{found[1]}="{moved(found[1], found[2])}"', tag[0])

    return TAG.sub(rewrite, markup)


def whole(folder, numbers=None):
    """The HTML of the whole book, from the folder of the site.

    numbers: the number of the page on which each chapter begins, by the chapter's id.
    """
    parts = list(contents())
    pages = {page for _, group in parts for page in group}
    styles, articles, lists = {}, [], []
    for caption, group in parts:
        entries = []
        for page in group:
            text = (folder / f"{page}.html").read_text("utf-8")
            for link in STYLES.findall(text):
                styles[within(link, page, pages)] = None  # each once, in their order
            body = SCRIPT.sub("", ARTICLE.search(text)[1]).replace('loading="lazy"', "")
            articles.append(
                f'<article class="bd-article" id="{anchor(page)}">{within(body, page, pages)}'
                "</article>"
            )
            title = TITLE.search(body)[1]
            number = (numbers or {}).get(anchor(page), "")
            entries.append(
                f'<li><a href="#{anchor(page)}"><span>{title}</span>'
                f'<span class="page">{number}</span></a></li>'
            )
        if caption:
            lists.append(f"<h2>{html.escape(caption)}</h2><ul>{''.join(entries)}</ul>")
    config = yaml.safe_load((build.ROOT / "_config.yml").read_text("utf-8"))
    title, author = html.escape(config["title"]), html.escape(config["author"])
    return (
        f'<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">'
        f'<title>{title}</title><meta name="author" content="{author}">{"".join(styles)}'
        f'<style>{STYLE}</style><body class="whole-book"><main class="bd-main">'
        '<div class="bd-content">'
        f'<div class="bd-article-container"><header><h1>{title}</h1><p>{author}</p>'
        f"<p>{config['copyright']}. Text under CC BY 4.0, code under the MIT licence.</p></header>"
        f'<nav aria-label="Contents"><h1>Contents</h1>{"".join(lists)}</nav>{"".join(articles)}'
        "</div></div></main></body></html>"
    )


def print_book(chromium):
    """Print the book's document by a browser that Playwright finds."""
    found = browser.launch(chromium)
    if found is None:
        sys.exit(
            "No browser was found to print with: install Chromium, Chrome or Edge (on Debian and "
            "Ubuntu, `sudo apt install chromium`) and run this again."
        )
    page = found.new_page(java_script_enabled=False)
    page.set_default_timeout(600_000)
    page.goto(BOOK.as_uri())
    page.pdf(path=PDF, prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
    found.close()


def beginnings(path):
    """The number of the page on which each element begins that a link of a PDF leads to."""
    reader = PdfReader(path)
    places = reader.named_destinations.items()
    return {name.lstrip("/"): reader.get_destination_page_number(to) + 1 for name, to in places}


def main():
    build.main([])
    with sync_playwright() as playwright:
        numbers = {}
        for _ in range(2):
            BOOK.write_text(whole(build.INDEX.parent, numbers), "utf-8")
            print_book(playwright.chromium)
            numbers = beginnings(PDF)
    print(f"Open {PDF.as_uri()}")


if __name__ == "__main__":
    main()
