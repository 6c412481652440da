"""Print each edition as one PDF: `python tools/pdf.py` writes _build/book.pdf and book.zh.pdf.

Chromium prints each page of the site, which for the whole book at once takes it far longer;
pypdf joins them, and turns links between pages into links within the book.
"""

import html
import io
import os
import posixpath
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject

sys.path.insert(0, str(Path(__file__).parent.parent))
from tools import browser, build

sys.path.insert(0, str(build.ROOT / "site"))
from translation import catalogue

SHEET = build.BUILD / "print.html"
TITLE = "The Book of Loss Functions"
BETWEEN = "http://book.invalid/#"  # before an id, in a link to another page of the book
ARTICLE = re.compile(r'<article class="bd-article">(.*?)</article>', re.DOTALL)
STYLES = re.compile(r'<link [^>]*rel="stylesheet"[^>]*>')
HEADING = re.compile(r"<h1>(.*?)<a class=\"headerlink\"", re.DOTALL)
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
@page cover { @bottom-center { content: none } }
nav { break-before: page; }
.bd-main .bd-content .bd-article h1:first-of-type { display: block !important; }
header { page: cover; padding-top: 75mm; text-align: center; }
header h1 { font-size: 30pt; }
nav h2 { break-after: avoid; font-size: 12pt; margin: 0.7em 0 0; }
nav ul { margin: 0; }
nav a { display: flex; gap: 0.6em; color: inherit !important; text-decoration: none !important; }
nav a::before { content: ""; order: 1; flex: 1; border-bottom: 1px dotted; margin-bottom: 0.3em; }
nav .page { order: 2; }
"""


@dataclass(frozen=True)
class Edition:
    """A language as HTML writes it, and as Sphinx does; where its pages are, and its PDF."""

    lang: str
    language: str
    folder: Path
    path: Path

    def say(self, text, domain="site"):
        return catalogue(build.ROOT, self.language, domain).get(text, text)


ENGLISH = Edition("en", "en", build.HTML, build.BUILD / "book.pdf")
CHINESE = Edition("zh-CN", "zh_CN", build.HTML / "zh", build.BUILD / "book.zh.pdf")


def contents():
    """The parts of the book: their captions, and the names of their pages."""
    toc = yaml.safe_load((build.ROOT / "_toc.yml").read_text("utf-8"))
    yield None, [toc["root"]]
    for part in toc["parts"]:
        yield part["caption"], [chapter["file"] for chapter in part["chapters"]]


def anchor(page, name=""):
    """The id in the whole book of an element of a page, or of the page itself."""
    return re.sub(r"\W", "-", page) + (f"--{name}" if name else "")


def within(markup, page, pages, folder="html"):
    """The markup of a page with its ids, links and pictures as they are in the whole book.

    folder: where the pages are, seen from the book.
    """

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
            return ("#" if linked == page else BETWEEN) + anchor(linked, name)
        return f"{folder}/{target}" + (f"#{name}" if name else "")

    def rewrite(tag):
        return ATTRIBUTE.sub(lambda found: f'{found[1]}="{moved(found[1], found[2])}"', tag[0])

    return TAG.sub(rewrite, markup)


def document(body, styles, edition, first=1):
    """An HTML document to be printed, whose first page has this number."""
    return (
        f'<!doctype html><html lang="{edition.lang}" data-theme="light" '
        f'style="counter-reset: page {first - 1}"><meta charset="utf-8">'
        f"<title>{edition.say(TITLE)}</title>{''.join(styles)}<style>{STYLE}</style>"
        '<body class="whole-book"><main class="bd-main">'
        f'<div class="bd-content"><div class="bd-article-container">{body}</div></div></main>'
    )


def article(edition, page, pages):
    """The title of a page of the site, its content as it is in the book, and its styles."""
    text = (edition.folder / f"{page}.html").read_text("utf-8")
    folder = os.path.relpath(edition.folder, SHEET.parent)
    styles = [within(link, page, pages, folder) for link in STYLES.findall(text)]
    body = SCRIPT.sub("", ARTICLE.search(text)[1]).replace('loading="lazy"', "")
    title = HEADING.search(body)[1]
    inside = within(body, page, pages, folder)
    body = f'<article class="bd-article" id="{anchor(page)}">{inside}</article>'
    return title, body, styles


def front(parts, numbers, titles, edition):
    """The title page, and the contents with the numbers of pages."""
    say = edition.say
    config = yaml.safe_load((build.ROOT / "_config.yml").read_text("utf-8"))
    licence = config["sphinx"]["config"]["html_theme_options"]["extra_footer"].strip()
    lists = ""
    for caption, group in parts:
        entries = "".join(
            f'<li><a href="{BETWEEN}{anchor(page)}"><span>{titles[page]}</span>'
            f'<span class="page">{numbers[page]}</span></a></li>'
            for page in group
        )
        caption = say(caption or "", "index")
        lists += f"<h2>{html.escape(caption)}</h2><ul>{entries}</ul>"
    return (
        f"<header><h1>{say(TITLE)}</h1><p>{html.escape(say(config['author']))}</p>"
        f"<p>{config['copyright']}</p>{say(licence)}</header>"
        f'<nav aria-label="{say("Contents")}"><h1>{say("Contents")}</h1>{lists}</nav>'
    )


def lead_within(writer, starts):
    """Turn links between pages into links within the PDF, to the place or to its chapter."""
    named = {name.lstrip("/"): to for name, to in writer.named_destinations.items()}
    for page in writer.pages:
        for link in page.get("/Annots") or []:
            action = link.get_object().get("/A", {})
            _, between, name = action.get("/URI", "").partition(BETWEEN)
            if not between:
                continue
            place = named[name].dest_array if name in named else None
            start = writer.pages[starts[name.partition("--")[0]] - 1].indirect_reference
            place = place or ArrayObject([start, NameObject("/Fit")])
            link.get_object()[NameObject("/A")] = DictionaryObject(
                {NameObject("/S"): NameObject("/GoTo"), NameObject("/D"): place}
            )


def open_browser(chromium):
    """A browser that Playwright finds, or an end with what to install."""
    found = browser.launch(chromium)
    if found is None:
        sys.exit(
            "No browser was found to print with: install Chromium, Chrome or Edge (on Debian and "
            "Ubuntu, `sudo apt install chromium`) and run this again."
        )
    return found


def print_page(page, markup):
    """The PDF of a document."""
    SHEET.write_text(markup, "utf-8")
    page.goto(SHEET.as_uri())
    data = page.pdf(prefer_css_page_size=True, print_background=True, tagged=True, outline=True)
    return PdfReader(io.BytesIO(data))


def print_book(edition, page, parts):
    """The PDF of these parts of an edition, by a page of a browser."""
    names = [name for _, group in parts for name in group]
    articles = {name: article(edition, name, set(names)) for name in names}
    titles = {name: title for name, (title, _, _) in articles.items()}
    styles = articles[names[0]][2]

    def print_front(numbers):
        return print_page(page, document(front(parts, numbers, titles, edition), styles, edition))

    next_page = len(print_front(dict.fromkeys(names, 999)).pages) + 1
    readers, numbers = [], {}
    for name, (_, body, own_styles) in articles.items():
        readers.append(print_page(page, document(body, own_styles, edition, next_page)))
        numbers[name] = next_page
        next_page += len(readers[-1].pages)
    writer = PdfWriter()
    for reader in [print_front(numbers), *readers]:
        writer.append(reader)
    lead_within(writer, {anchor(name): number for name, number in numbers.items()})
    writer.add_metadata({"/Title": edition.say(TITLE)})
    return writer


def differ(page, *signs):
    """Whether two signs look different: without a font for them, each is the same empty box."""
    page.set_content("".join(f"<p>{sign}</p>" for sign in signs))
    first, second = (paragraph.screenshot() for paragraph in page.locator("p").all())
    return first != second


def main():
    build.main([])
    with sync_playwright() as playwright:
        found = open_browser(playwright.chromium)
        page = found.new_page(java_script_enabled=False)
        page.set_default_timeout(600_000)
        for edition in (ENGLISH, CHINESE):
            if edition is CHINESE and not differ(page, "损", "失"):
                sys.exit(
                    "The Chinese edition was not printed, since there is no Chinese font: install "
                    "one (on Debian and Ubuntu, `sudo apt install fonts-noto-cjk`) and run again."
                )
            print_book(edition, page, list(contents())).write(edition.path)
            print(f"Open {edition.path.as_uri()}", flush=True)
        found.close()


if __name__ == "__main__":
    main()
