"""What readers by keyboard or ear meet on the site: languages, names, landmarks, stops of Tab."""

import re
from html.parser import HTMLParser
from pathlib import Path

import book_access
import pytest
from axe_playwright_python.sync_playwright import Axe

ROOT = Path(__file__).parent.parent
HAN = re.compile("[\u4e00-\u9fff]")
# Rules that axe breaks with less than a serious impact.
RULES = ["aria-deprecated-role", "duplicate-id", "empty-table-header", "landmark-unique", "region"]
NAMES = ["index", "chapters/regression/huber", "chapters/appendix/references", "search", "404"]


class Unmarked(HTMLParser):
    """The Chinese texts of a page that stand in no element with lang="zh"."""

    VOID = frozenset(["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "wbr"])

    def __init__(self, text):
        super().__init__()
        self.open, self.found = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append((tag, dict(attrs).get("lang")))

    def handle_endtag(self, tag):
        if tag in [name for name, _ in self.open]:
            while self.open.pop()[0] != tag:
                pass

    def handle_data(self, data):
        skipped = any(name in ("script", "style") for name, _ in self.open)
        if (
            HAN.search(data)
            and not skipped
            and not any(lang in ("zh", "zh-CN") for _, lang in self.open)
        ):
            self.found.append(data)


def test_chinese_is_called_chinese(site):
    chinese = 0
    for path in set(site.rglob("*.html")) - set((site / "zh").rglob("*.html")):
        text = path.read_text("utf-8")
        chinese += text.count('lang="zh"')
        assert Unmarked(text).found == [], path.name
    assert chinese > 300


def test_control_chinese():
    assert Unmarked("<p>loss 损失</p>").found == ["loss 损失"]
    assert Unmarked('<p><span lang="zh">损失</span> and 损失</p>').found == [" and 损失"]
    assert Unmarked('<p lang="zh">损失<br>损失 <b>损失</b></p><script>"损失"</script>').found == []


@pytest.mark.parametrize(
    ("body", "marked"),
    [
        ("<dt>损失函数</dt>", '<dt><span lang="zh">损失函数</span></dt>'),
        ("Huber 损失, 焦点", 'Huber <span lang="zh">损失</span>, <span lang="zh">焦点</span>'),
        ('<a title="损失">x</a>', '<a title="损失">x</a>'),
        ('<script>let a = "损失 <b>";</script>', '<script>let a = "损失 <b>";</script>'),
        ("<svg><text>损失</text></svg>", "<svg><text>损失</text></svg>"),
        ("<p>a &lt; b</p>", "<p>a &lt; b</p>"),
    ],
)
def test_only_text_is_marked(body, marked):
    assert book_access.mark_chinese(body) == marked


@pytest.mark.parametrize("name", NAMES)
def test_barriers_that_axe_calls_moderate(new_page, site, name):
    page = new_page()
    page.goto(f"{site.as_uri()}/{name}.html")
    options = {"runOnly": {"type": "rule", "values": RULES}, "resultTypes": ["violations"]}
    violations = Axe().run(page, options=options).response["violations"]
    assert [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in violations] == []


def test_tables_and_bars(site):
    """No empty header, no bar with a name that hides what is written on it."""
    for path in site.rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"<th\b[^>]*>\s*</th>", text), path.name
        assert "Toggle hidden content" not in text, path.name


def test_tab_passes_the_copy_buttons(new_page, site):
    page = new_page()
    page.goto(f"{site.as_uri()}/chapters/regression/huber.html")
    stops = "buttons => buttons.filter((b) => b.tabIndex >= 0).length"
    page.wait_for_selector("button.copybtn", state="attached")
    assert page.eval_on_selector_all("button.copybtn", "buttons => buttons.length") > 10
    assert page.eval_on_selector_all("button.copybtn", stops) == 0
    names = "buttons => buttons.map((b) => b.getAttribute('aria-label'))"
    assert "Toggle hidden content" not in page.eval_on_selector_all("button", names)


def test_the_contents_on_a_phone_make_way_for_the_place_chosen(new_page, server):
    page = new_page(width=390)
    page.goto(f"{server}/chapters/regression/huber.html")
    page.locator("button.secondary-toggle").click()
    page.locator("#pst-secondary-sidebar-modal a[href^='#']:visible").last.click()
    assert not page.locator("#pst-secondary-sidebar-modal").is_visible()
    assert page.evaluate("scrollY") > 100


@pytest.mark.parametrize("name", ["index", "search", "chapters/regression/huber"])
def test_letters_twice_as_large_fit_a_phone(new_page, server, name):
    page = new_page(width=390)
    page.goto(f"{server}/{name}.html")
    page.add_style_tag(content="html { font-size: 200% !important }")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    edge = "(e, side) => e.getBoundingClientRect()[side]"
    below = page.locator(".bd-header-article").evaluate(edge, "bottom")
    assert page.locator("article h1").evaluate(edge, "top") >= below


def test_without_script_the_contents_stand_below_the_text(browser, server):
    page = browser.new_context(
        java_script_enabled=False, viewport={"width": 390, "height": 844}
    ).new_page()
    page.goto(f"{server}/search.html")
    page.locator(".bd-sidebar-primary a", has_text="Cheat sheet").click()
    assert page.url.endswith("cheat_sheet.html")
    assert not page.locator(".bd-header-article button").first.is_visible()


def test_where_nothing_is_kept_the_page_works_and_says_so(browser, server):
    page = browser.new_page(color_scheme="light")
    page.add_init_script(
        """Object.defineProperty(window, "localStorage", {
          configurable: true,
          get() { throw new DOMException("denied", "SecurityError"); },
        });"""
    )
    page.goto(f"{server}/chapters/regression/huber.html")
    page.locator("form.exercise input[type=text]").first.fill("1.5")
    page.locator("form.exercise button").first.click()
    assert page.locator(".exercise-verdict").first.text_content().startswith("Right.")
    assert "This browser keeps no answers." in page.locator(".exercise-progress").text_content()
    before = page.locator("html").get_attribute("data-theme")
    for _ in range(3):
        page.locator("button.theme-switch-button:visible").first.click()
        if page.locator("html").get_attribute("data-theme") != before:
            break
    else:
        pytest.fail("the button for the theme does nothing")


def test_what_scrolls_in_an_opened_box_takes_the_focus(new_page, server):
    page = new_page(width=320)
    page.goto(f"{server}/chapters/ranking/contrastive.html")
    page.wait_for_selector(".at-rest")
    wide = """() => {
      const boxes = [...document.querySelectorAll("details :is(.katex-display, pre)")];
      return boxes.filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.tabIndex);
    }"""
    page.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    page.wait_for_function(f"(found => found.length && !Math.min(...found))(({wide})())")
