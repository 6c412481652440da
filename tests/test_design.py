"""The design of the pages: the cover, its figure and drawings; the measure of text; quiet boxes."""

import re
import threading
from pathlib import Path

import book_cover as cover
import numpy as np
import pytest
import tinycss2
from serving import Quiet, serve
from test_site import settle, visit

import lossbook
from lossbook.fits import best_constant

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "index.md").read_text("utf-8")
DIGIT = 0.05 + 1e-9  # half of the last digit that is written
SKETCHED = re.findall(r"\{sketch\}`(\w+)`", TEXT)


def test_the_cover_says_the_best_guesses_of_its_figure():
    explorer = cover.waits()
    sample = explorer.spec["x"]["values"]
    curves = explorer.spec["curves"]
    best = [best_constant(explorer.losses[c["loss"]], sample, **c["given"]) for c in curves]
    mean, median, quantile = (f"{round(one, 9):g}" for one in best)
    assert f"of each: {mean}, {median} or {quantile} minutes" in TEXT
    alt = re.search(":alt: (.*)", TEXT)[1]
    assert f"squared error is least at {mean} minutes" in alt
    assert f"absolute error at {median}, the quantile loss at {quantile}." in alt
    assert explorer.spec["start"]["x"] == max(sample)  # which only the mean follows to the right
    moved = [*sample[:-1], 140]
    assert best_constant(lossbook.absolute_error, moved) == best[1]
    assert best_constant(lossbook.pinball, moved, quantile=0.8) == best[2]
    assert best_constant(lossbook.squared_error, moved) > best[0]


def test_every_chapter_of_a_loss_has_its_drawing():
    chapters = re.findall(r"\{sketch\}`\w+` \[[^]]+\]\(([^)]+)\)", TEXT)
    folders = ("regression", "classification", "ranking")
    pages = [path for folder in folders for path in (ROOT / "chapters" / folder).glob("*.ipynb")]
    losses = [path.relative_to(ROOT) for path in pages if not path.stem.startswith("mixed_")]
    assert sorted(chapters) == sorted(path.as_posix() for path in losses)


@pytest.mark.parametrize("name", SKETCHED)
def test_a_drawing_is_the_loss(name):
    x, top, values = cover.drawings()[name]
    assert np.isfinite(values).all()
    assert all(0 <= y.min() < 0.5 * top < y.max() for y in values)
    drawn = cover.sketch(name)
    points = np.array(re.search(r'd="M([^"]*)"', drawn)[1].split(), float).reshape(-1, 2)
    assert points[:, 0] == pytest.approx((x - x[0]) / (x[-1] - x[0]) * cover.WIDTH, abs=DIGIT)
    shown = values[0] <= top
    height = (cover.HEIGHT - 2 - points[:, 1]) / (cover.HEIGHT - 4) * top
    assert height[shown] == pytest.approx(values[0][shown], abs=DIGIT * top / (cover.HEIGHT - 4))


def test_a_drawing_of_no_loss():
    with pytest.raises(ValueError, match="sketch takes one of squared_error, "):
        cover.sketch("hubris")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844), (320, 640)])
def test_the_figure_is_in_the_first_screen(new_page, server, width, height):
    page = visit(new_page(width=width, height=height), f"{server}/index.html")
    handles = page.locator(".cover-figure [role=slider]")
    assert handles.count() == 2
    for box in handles.all():
        place = box.bounding_box()
        assert 0 < place["y"] < place["y"] + place["height"] < height


def letters(page):
    """The letters of each full line of plain prose on the page."""
    return page.evaluate(
        """() => [...document.querySelectorAll("article section > p")]
          .filter((p) => !p.querySelector(".math, code, img"))
          .flatMap((p) => {
            const lines = new Map();
            const range = document.createRange();
            const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
              for (let i = 0; i < walker.currentNode.length; i++) {
                range.setStart(walker.currentNode, i);
                range.setEnd(walker.currentNode, i + 1);
                const at = Math.round(range.getBoundingClientRect().bottom / 8);
                lines.set(at, (lines.get(at) ?? 0) + 1);
              }
            }
            return [...lines.values()].slice(0, -1);
          })"""
    )


@pytest.mark.parametrize("width", [1280, 1920])
def test_lines_have_about_seventy_letters(new_page, server, width):
    page = visit(new_page(width=width), f"{server}/chapters/regression/huber.html")
    assert 65 <= np.median(letters(page)) <= 75


def test_control_long_lines(new_page, server):
    page = visit(new_page(width=1920), f"{server}/chapters/regression/huber.html")
    page.add_style_tag(content=":root { --measure: none !important }")
    page.add_style_tag(content=".bd-article-container { max-width: none !important }")
    assert np.median(letters(page)) > 75


def ornaments(page):
    """Signs that the theme puts before titles of boxes, and its button over the text."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".admonition-title, #pst-back-to-top")].filter((e) =>
          e.matches("button") ? e.checkVisibility() :
          ["::before", "::after"].some((part) => getComputedStyle(e, part).content !== "none")
        ).map((e) => e.outerHTML)"""
    )


@pytest.mark.parametrize("width", [1280, 390])
def test_boxes_have_no_ornaments(new_page, server, width):
    page = visit(new_page(width=width), f"{server}/chapters/regression/huber.html")
    page.evaluate("scrollTo({ top: 3000, behavior: 'instant' })")
    page.mouse.wheel(0, -400)  # the theme shows its button on the way up
    page.wait_for_timeout(300)
    assert ornaments(page) == []
    page.locator("link[href*='book.css']").evaluate("link => link.remove()")
    assert len(ornaments(page)) > 1


# How far the section that moves most is from its place, while others are out of sight.
MOVED = """() => {
  const { classList } = document.body;
  const sections = [...document.querySelectorAll(".bd-article > section > section")];
  const tops = () => sections.map((section) => section.getBoundingClientRect().top);
  const resting = tops();
  classList.remove("at-rest");
  const whole = tops();
  classList.add("at-rest");
  return Math.max(...resting.map((top, i) => Math.abs(top - whole[i])));
}"""


def heights(page):
    """How high the page is, from each place of it."""
    found = {page.evaluate("document.documentElement.scrollHeight")}
    for top in range(0, max(found), 2000):
        page.evaluate("top => scrollTo({ top, behavior: 'instant' })", top)
        settle(page)
        found.add(page.evaluate("document.documentElement.scrollHeight"))
    return found


@pytest.mark.parametrize("name", ["index", "chapters/regression/huber", "zh/chapters/ranking/ctc"])
def test_sections_out_of_sight_keep_their_heights(new_page, server, name):
    page = visit(new_page(), f"{server}/{name}.html")
    page.wait_for_selector(".at-rest")
    assert page.evaluate(MOVED) < 0.1
    far = page.locator(".bd-article > section > section").nth(-2)
    far.evaluate("section => section.style.containIntrinsicHeight = '3000px'")
    assert page.evaluate(MOVED) > 100
    far.evaluate("section => section.style.containIntrinsicHeight = ''")
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_selector("body:not(.at-rest)", state="attached")
    page.wait_for_selector(".at-rest")
    assert page.evaluate(MOVED) < 0.1
    assert len(heights(page)) == 1


def test_a_place_out_of_sight_opens_at_the_top(new_page, server):
    page = visit(new_page(), f"{server}/chapters/regression/huber.html")
    page.wait_for_selector(".at-rest")
    ids = page.evaluate("[...document.querySelectorAll('article section[id]')].map(({ id }) => id)")
    for name in ids[-1], ids[len(ids) // 2]:
        page.goto("about:blank")
        page.goto(f"{server}/chapters/regression/huber.html#{name}")
        page.wait_for_selector(".at-rest")
        settle(page)
        place = "name => document.getElementById(name).getBoundingClientRect().top"
        assert 0 <= page.evaluate(place, name) < 120


def selectors_with_has(rules):
    """Selectors with :has() that hold on the screen."""
    for rule in rules:
        text = tinycss2.serialize(rule.prelude) if hasattr(rule, "prelude") else ""
        if rule.type == "qualified-rule" and ":has(" in text:
            yield text.strip()
        if rule.type == "at-rule" and rule.content and "print" not in text:
            yield from selectors_with_has(tinycss2.parse_rule_list(rule.content))


def test_no_style_looks_for_what_has_changed_within(site):
    styles = sorted((site / "_static").rglob("*.css"))
    assert len(styles) > 5
    for path in styles:
        rules = tinycss2.parse_stylesheet(path.read_text("utf-8"))
        assert list(selectors_with_has(rules)) == [], path


def test_control_styles_that_look_within():
    css = "@media print {a:has(b) {top: 0}} @media screen {i:has(b), p {top: 0}} p:not(:has(a)) {}"
    assert list(selectors_with_has(tinycss2.parse_stylesheet(css))) == [
        "i:has(b), p",
        "p:not(:has(a))",
    ]


@pytest.mark.parametrize("name", ["index", "chapters/regression/huber"])
def test_text_is_seen_before_the_scripts_of_its_figures(new_page, server, name):
    page = visit(new_page(), f"{server}/{name}.html")
    late = page.locator("script[src*='explorers.js'], script[src*='exercises.js']")
    assert late.count() >= 1
    assert all(late.evaluate_all("scripts => scripts.map(({ defer, async }) => defer || async)"))


def test_an_explorer_works_before_the_rest_of_the_page_is_there(new_page, site):
    seen = threading.Event()

    class Slow(Quiet):
        def do_GET(self):
            if not self.path.endswith(".html"):
                return super().do_GET()
            text = Path(self.translate_path(self.path)).read_bytes()
            end = text.index(b"</script>", text.index(b"lossbookExplorers")) + len(b"</script>")
            self.send_response(200)
            self.end_headers()
            self.wfile.write(text[:end])
            seen.wait(30)
            self.wfile.write(text[end:])

    page = new_page()
    with serve(site, Slow) as address:
        for edition in ("", "/zh"):
            seen.clear()
            page.goto(f"{address}{edition}/chapters/regression/huber.html", wait_until="commit")
            page.wait_for_selector("figure[data-mounted]")
            assert page.locator("footer").count() == 0
            seen.set()
            page.wait_for_selector("footer", state="attached")
