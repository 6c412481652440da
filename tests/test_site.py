"""Every page of the built site in a browser: over HTTP and from disk, on a desk and on a phone."""

import gzip
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from sphinx_external_toc.parsing import parse_toc_yaml

ROOT = Path(__file__).parent.parent
TITLE = "The Book of Loss Functions"
PAGES = [*parse_toc_yaml(ROOT / "_toc.yml"), "search"]
PHONE = {"width": 390, "height": 844}
PAPER = {"width": 680, "height": 1009}  # A4 at 96 pixels an inch, within margins of 15 mm
SMALL_PHONE = {"width": 320, "height": 568}
CONTRAST = (ROOT / "tests/contrast.js").read_text("utf-8")


def visit(page, url):
    """Open an address and wait until its fonts are there."""
    page.goto(url)
    page.evaluate("document.fonts.ready.then(() => 0)")
    return page


def settle(page):
    """Wait until all is drawn that has been asked for, which may take one more frame."""
    frames = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(frames)


def outside(page):
    """What the page requested from elsewhere than this machine."""
    hosts = {url: urlsplit(url).hostname for url in page.log.requests}
    return [url for url, host in hosts.items() if host not in (None, "127.0.0.1")]


def troubles_of_loading(page):
    return [
        *(f"asks another host: {url}" for url in outside(page)),
        *(f"failed to load: {url}" for url in page.log.failed),
        *(f"console: {error}" for error in page.log.errors),
    ]


def troubles_with_formulas(page):
    """Formulas that are not drawn, not read aloud, cut off, or left as TeX between words."""
    return page.evaluate(
        r"""() => {
          const found = [];
          for (const node of document.querySelectorAll(".math")) {
            const drawn = node.querySelector(".katex-html[aria-hidden=true] .katex-base");
            const read = node.querySelector(".katex-mathml math")?.textContent;
            if (!drawn) found.push(`not drawn: ${node.textContent}`);
            if (!read) found.push(`not read aloud: ${node.textContent}`);
          }
          const { clientWidth } = document.documentElement;
          for (const node of document.querySelectorAll(".katex-base")) {
            const { right, width } = node.getBoundingClientRect();
            if (!width || !node.checkVisibility({ visibilityProperty: true })) continue;
            for (let box = node.parentElement, edge = right; edge > 0; box = box.parentElement) {
              const overflow = box ? getComputedStyle(box).overflowX : "clip";
              const limit = box ? box.getBoundingClientRect().right : clientWidth;
              if (edge > limit + 1 && /auto|scroll/.test(overflow)) break;
              if (edge > limit + 1 && /hidden|clip/.test(overflow)) {
                found.push(`cut off: ${node.parentElement.textContent}`);
                break;
              }
              if (!box) break;
            }
          }
          const prose = document.body.cloneNode(true);
          prose.querySelectorAll("pre, code, script, style, .katex").forEach((e) => e.remove());
          const tex = prose.textContent.match(/\\[([a-zA-Z]+|\$[^\s$][^$]*\$/g) ?? [];
          return [...found, ...tex.map((text) => `left as TeX: ${text}`)];
        }"""
    )


@cache
def sizes(path):
    """Of a file, in bytes: as it is, and as gzip would send it."""
    data = path.read_bytes()
    return len(data), len(gzip.compress(data))


def weight(page):
    """What a page from disk has loaded: megabytes, and kilobytes as gzip would send them."""
    paths = {Path(unquote(urlsplit(url).path)) for url in page.log.requests}
    whole, packed = map(sum, zip(*map(sizes, paths), strict=True))
    return whole / 1e6, packed / 1e3


def fonts(page):
    """The families of fonts that the page has loaded."""
    loaded = "[...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family)"
    return set(page.evaluate(loaded))


def troubles_with_width(page):
    """What makes the page itself scroll sideways."""
    return page.evaluate(
        """() => {
          const { scrollWidth, clientWidth } = document.documentElement;
          return scrollWidth > clientWidth ? [`${scrollWidth} px on ${clientWidth}`] : [];
        }"""
    )


def troubles_with_edges(page):
    """What is cut off at the edge of its section, since each is painted by itself."""
    return page.evaluate(
        """() => {
          const found = [];
          const cuts = (box) => getComputedStyle(box).overflowX !== "visible";
          for (const section of document.querySelectorAll("article > section > section")) {
            const edge = section.getBoundingClientRect();
            for (const node of section.querySelectorAll("p, pre, img, table, figure, svg, .math")) {
              const { left, right } = node.getBoundingClientRect();
              if (left > edge.left - 1 && right < edge.right + 1) continue;
              let box = node.parentElement;
              while (box !== section && !cuts(box)) box = box.parentElement;
              if (box === section) found.push(`${left - edge.left} px: ${node.outerHTML}`);
            }
          }
          return found;
        }"""
    )


def troubles_with_lines(page):
    """Lines that begin with the comma of a formula, and code that must be scrolled to be read."""
    return page.evaluate(
        """() => {
          const found = [], range = document.createRange();
          for (const formula of document.querySelectorAll("span.math")) {
            const base = [...formula.querySelectorAll(".katex-base")].at(-1);
            const words = document.createTreeWalker(formula.closest("p, li, td, dd") ?? formula, 4);
            words.currentNode = base;
            while (base.contains(words.nextNode()));
            const text = words.currentNode;
            if (!/^[,.;:?!)]/.test(text.data) || !base.checkVisibility()) continue;
            range.setStart(text, 0);
            range.setEnd(text, 1);
            const { top, bottom } = base.getBoundingClientRect();
            const comma = range.getBoundingClientRect();
            if (comma.top >= bottom || comma.bottom <= top)
              found.push(`parted: ${formula.textContent} ${text.data.slice(0, 20)}`);
          }
          for (const code of document.querySelectorAll(".cell_input pre"))
            if (code.scrollWidth > code.clientWidth + 1)
              found.push(`to be scrolled: ${code.textContent}`);
          return found;
        }"""
    )


def troubles_with_print(page):
    """What paper cannot show, and what leaves pages half empty."""
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    return page.evaluate(
        """() => {
          const found = [], all = (css) => [...document.querySelectorAll(`main ${css}`)];
          const seen = (e) => e.checkVisibility() && e.getBoundingClientRect().width;
          const say = (what, e) => found.push(`${what}: ${e.textContent.trim().slice(0, 80)}`);
          const { scrollWidth, clientWidth } = document.documentElement;
          if (scrollWidth > clientWidth) found.push(`shrunk: ${scrollWidth} px on ${clientWidth}`);
          for (const box of all(":is(.katex-base, table, pre, img)"))
            if (seen(box) && box.getBoundingClientRect().right > clientWidth + 1)
              say("wider than the paper", box);
          for (const fold of all("details:not([open])")) {
            const inside = fold.querySelector(":scope > :not(summary)");
            if (seen(fold) && inside && !inside.checkVisibility()) say("folded", fold);
          }
          for (const head of all(":is(h1, h2, h3, h4)"))
            if (getComputedStyle(head).breakAfter !== "avoid") say("may stand alone", head);
          for (const box of all("*")) {
            const { breakInside, overflowY } = getComputedStyle(box);
            const whole = breakInside === "avoid" || /auto|scroll/.test(overflowY);
            if (!box.textContent.trim()) continue;  // a picture
            if (whole && box.getBoundingClientRect().height > 600) say("breaks nowhere", box);
          }
          return found;
        }"""
    )


def pale_text(page):
    return page.evaluate(CONTRAST)


def barriers(page, without=()):
    """What axe-core calls serious or critical, by all rules but some; and pale text.

    Contrast is left to `pale_text`, which is faster.
    """
    rules = {rule: {"enabled": False} for rule in ("color-contrast", *without)}
    violations = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules})
    found = [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in violations.response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    return found + pale_text(page)


def troubles_with_weight(page, name):
    megabytes, kilobytes = weight(page)
    allowed = (0.8, 220) if name == "index" else (1.3, 350)
    if megabytes > allowed[0] or kilobytes > allowed[1]:
        return [f"{megabytes:.2f} MB, {kilobytes:.0f} KB sent"]
    return []


def troubles_on_a_small_phone(page):
    page.set_viewport_size(SMALL_PHONE)
    settle(page)  # explorers draw anew
    checks = troubles_with_width, troubles_with_edges, troubles_with_lines, troubles_with_formulas
    return [trouble for check in checks for trouble in check(page)]


@pytest.mark.parametrize("name", PAGES)
def test_page(new_page, site, name):
    """From disk; over HTTP the pages with explorers are visited, in tests/browser/test_pages.py."""
    page = visit(new_page(), f"{site.as_uri()}/{name}.html")
    assert troubles_of_loading(page) == []
    assert troubles_with_formulas(page) == []
    assert troubles_with_weight(page, name) == []
    if page.locator(".math").count():
        assert "KaTeX_Main" in fonts(page)
    assert TITLE in page.title()
    assert page.get_attribute("link[rel=icon]", "href").endswith("_static/favicon.svg")
    assert pale_text(page) == []

    page.emulate_media(color_scheme="dark")
    page.wait_for_selector("html[data-theme=dark]")
    page.set_viewport_size(PHONE)
    settle(page)
    assert troubles_with_width(page) == []
    assert troubles_with_formulas(page) == []
    assert troubles_on_a_small_phone(page) == []
    # Links have the same style on all pages, and axe takes longest for them.
    assert barriers(page, without=["link-in-text-block"]) == []
    assert troubles_with_print(page) == []


@pytest.mark.parametrize("name", ["index", "chapters/solutions/huber", "search"])
def test_page_without_barriers_on_a_desk(new_page, site, name):
    """With the bars at the sides, which a phone hides, and with the style of links."""
    assert barriers(visit(new_page(), f"{site.as_uri()}/{name}.html")) == []


@pytest.mark.parametrize("name", ["index", "chapters/choosing", "chapters/appendix/glossary"])
def test_page_without_scripts(new_page, site, name):
    """Without JavaScript the whole text is there to read, and its formulas."""
    page = new_page(java_script_enabled=False)
    page.goto(f"{site.as_uri()}/{name}.html")
    visible = page.locator("article.bd-article section > :is(h1, h2, h3, p)").evaluate_all(
        "(sections) => sections.map((section) => section.checkVisibility())"
    )
    assert visible
    assert all(visible)
    assert all(page.locator(".math").evaluate_all("m => m.map((e) => e.querySelector('.katex'))"))


@pytest.mark.parametrize("way", ["http", "file"])
def test_search(new_page, site, server, way):
    base = server if way == "http" else site.as_uri()
    page = visit(new_page(), f"{base}/search.html?q=huber")
    page.wait_for_selector("#search-results a[href*='chapters/regression/huber.html']")
    assert troubles_of_loading(page) == []


def test_no_page_typesets_in_the_browser(site):
    assert not [path for path in site.rglob("*") if "mathjax" in path.name.lower()]
    for path in site.rglob("*.html"):
        assert not re.search("<script[^>]*(mathjax|katex)", path.read_text("utf-8"), re.IGNORECASE)


def test_a_picture_has_its_room_before_it_comes(site):
    for path in site.rglob("*.html"):
        for picture in re.findall(r"<img [^>]*_images/[^>]*>", path.read_text("utf-8")):
            assert re.search(r'loading="lazy" width="\d+" height="\d+"', picture)


def test_pictures_are_printed(new_page, server):
    """Also those that were not near, or lie under an explorer."""
    page = visit(new_page(), f"{server}/chapters/regression/huber.html")
    count = "document.querySelectorAll('.cell_output img').length"
    assert len([u for u in page.log.requests if "/_images/" in u]) < page.evaluate(count)
    page.pdf()
    assert len({u for u in page.log.requests if "/_images/" in u}) == page.evaluate(count)


# Controls: each check rejects a page that is broken in its way, and a sound page passes all.

SOUND = "<!doctype html><html lang=en><title>A page</title><main><h1>Good</h1>{}</main></html>"


READ = "<span class=katex-mathml hidden><math><mi>x</mi></math></span>"
DRAWN = (
    "<span class=katex-html aria-hidden=true><span class=katex-base>a wide formula</span></span>"
)


def broken(page, tmp_path, body):
    path = tmp_path / "page.html"
    path.write_text(SOUND.format(body), encoding="utf-8")
    return visit(page, path.as_uri())


def test_control_sound_page(new_page, tmp_path):
    formula = f"<span class=math>{READ}{DRAWN}</span>"
    scrolls = "width: 9px; overflow-x: auto; white-space: nowrap"
    text = f"<p>Text for $5 and {formula}.</p><p tabindex=0 style='{scrolls}'>{formula}</p>"
    page = broken(new_page(), tmp_path, text)
    checks = troubles_of_loading, troubles_with_formulas, troubles_with_width, barriers
    for check in checks:
        assert check(page) == []


def test_control_other_host(new_page, tmp_path):
    page = broken(new_page(), tmp_path, "<img alt='' src='http://elsewhere.invalid/a.png'>")
    assert outside(page) == ["http://elsewhere.invalid/a.png"]


@pytest.mark.parametrize(
    "body", ["<script src='missing.js'></script>", "<script>undefined.x</script>"]
)
def test_control_console(new_page, tmp_path, body):
    assert troubles_of_loading(broken(new_page(), tmp_path, body))


@pytest.mark.parametrize(
    "body",
    [
        "<span class=math>x</span>",
        f"<span class=math>{DRAWN}</span>",
        f"<span class=math>{READ}</span>",
        f"<p style='width: 9px; overflow: hidden'><span class=math>{READ}{DRAWN}</span></p>",
        f"<p style='margin-left: 99vw'><span class=math>{READ}{DRAWN}</span></p>",
        r"<p>A formula \(x\) in a sentence.</p>",
        r"<p>A formula \frac{1}{2} in a sentence.</p>",
        "<p>A formula $x$ in a sentence.</p>",
    ],
)
def test_control_formulas(new_page, tmp_path, body):
    assert troubles_with_formulas(broken(new_page(), tmp_path, body))


def test_control_width(new_page, tmp_path):
    page = new_page(**PHONE)
    assert troubles_with_width(broken(page, tmp_path, "<div style='width: 391px'>wide</div>"))


@pytest.mark.parametrize(
    "body",
    [
        f"<p style='width: 4em'><span class=math>{READ}{DRAWN}</span>, too</p>",
        "<div class=cell_input><pre style='width: 4em; overflow: auto'>a long line</pre></div>",
    ],
)
def test_control_lines(new_page, tmp_path, body):
    narrow = "<style>.katex-base { display: inline-block; width: 4em }</style>"
    assert troubles_with_lines(broken(new_page(), tmp_path, narrow + body))


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("<div style='width: 681px'>wide</div>", "shrunk"),
        ("<p style='overflow: hidden'><table><td style='min-width: 700px'>wide</table>", "wider"),
        ("<details><summary>Hint</summary><p>Words.</p></details>", "folded"),
        ("<h2 style='break-after: auto'>Alone</h2>", "alone"),
        ("<pre style='break-inside: avoid; height: 700px'>long</pre>", "nowhere"),
        ("<pre style='overflow: auto; height: 700px'>long</pre>", "nowhere"),
    ],
)
def test_control_print(new_page, tmp_path, body, what):
    style = "<style>* { margin: 0 } :is(h1, h2) { break-after: avoid }</style>"
    found = troubles_with_print(broken(new_page(), tmp_path, style + body))
    assert any(what in trouble for trouble in found)


def test_control_sound_print(new_page, tmp_path):
    style = "<style>* { margin: 0 } :is(h1, h2) { break-after: avoid }</style>"
    text = "<h2>Head</h2><p>Text.</p><details open><summary>Hint</summary><p>Words.</p></details>"
    assert troubles_with_print(broken(new_page(), tmp_path, style + text)) == []


def test_control_edges(new_page, tmp_path):
    section = "<article><section><section>{}</section></section></article>"
    wide = "<pre style='margin-left: -9px'>wide</pre>"
    page = broken(new_page(), tmp_path, section.format(f"<p>Text.</p>{wide}"))
    assert [trouble.split(":")[0] for trouble in troubles_with_edges(page)] == ["-9 px"]
    box = f"<div style='overflow-x: auto'>{wide}</div>"
    assert troubles_with_edges(broken(page, tmp_path, section.format(box))) == []


def test_control_barriers(new_page, tmp_path):
    assert barriers(broken(new_page(), tmp_path, "<img src='data:,'>"))


@pytest.mark.parametrize(
    "body",
    [
        "<p style='color: #bbb'>Pale.</p>",
        "<p style='color: #777'>Just too pale: 4.48.</p>",
        "<p style='color: #000; opacity: 0.4'>Pale by opacity.</p>",
        "<p style='color: rgba(0, 0, 0, 0.5)'>Pale by its own.</p>",
        "<div style='background: #333'><p>Dark on dark, from further out.</p></div>",
        "<h2 style='color: #999'>Large, and too pale for that.</h2>",
        "<p>A word that is <a href='.' style='color: #9999ff'>pale</a>.</p>",
    ],
)
def test_control_pale_text(new_page, tmp_path, body):
    assert len(pale_text(broken(new_page(), tmp_path, body))) == 1


@pytest.mark.parametrize(
    "body",
    [
        "<p style='color: #757575'>Dark enough: 4.6.</p>",
        "<h2 style='color: #949494'>Large: 3.03 is enough.</h2>",
        "<p hidden style='color: #fff'>Not seen.</p>",
        "<button disabled style='color: #ccc'>Off.</button>",
        "<div style='background: #333'><p style='color: #fff'>Light on dark.</p></div>",
    ],
)
def test_control_dark_enough(new_page, tmp_path, body):
    assert pale_text(broken(new_page(), tmp_path, body)) == []
