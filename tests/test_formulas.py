"""What the site's extensions make of formulas and of styles, on small sites of their own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tools import lighten

SITE = Path(__file__).parent.parent / "site"
CONF = """
import sys
sys.path.insert(0, {site!r})
extensions = {extensions}
myst_enable_extensions = ["dollarmath", "amsmath"]
html_math_renderer = "katex"
html_theme = "basic"
"""


def build(folder, extensions='["myst_parser", "formulas"]', **pages):
    """Build a site of these pages as the book is built: the run, and the text of the index."""
    (folder / "conf.py").write_text(CONF.format(site=str(SITE), extensions=extensions), "utf-8")
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(f"---\norphan: true\n---\n\n# Page\n\n{text}\n", "utf-8")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", ".", "out"]
    run = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
    return run, (folder / "out/index.html").read_text("utf-8")


def test_kinds_of_formulas(tmp_path):
    text = (
        "In a line, $x < y$.\n\n$$\na \\\\ b\n$$ (two)\n\nSee {eq}`two`.\n\n"
        "\\begin{align}\nc &= d\n\\end{align}\n\n"
        '<div class="math">\\[e &gt; f\\]</div>\n'
    )
    run, page = build(tmp_path, index=text)
    assert run.returncode == 0, run.stderr
    assert page.count('class="katex-html"') == page.count("<math") == 4
    assert "<mi>x</mi><mo>&lt;</mo><mi>y</mi>" in page
    assert "<mi>e</mi><mo>&gt;</mo><mi>f</mi>" in page
    assert re.search(r'<div class="math[^"]*" id="equation-two">\s*<span class="eqno">\(1\)', page)
    assert 'href="#equation-two">(1)</a>' in page
    assert "katex/katex.css" in page
    assert "<annotation" not in page


def test_a_page_without_formulas_loads_no_style_for_them(tmp_path):
    run, page = build(tmp_path, index="Text for $5.")
    assert run.returncode == 0, run.stderr
    assert "katex" not in page


WRONG = {
    r"$\wrong$": r"\wrong",
    r"$\frac{1}$": r"\frac{1}",
    r"$x^2^3$": "superscript",
    "$$\n\\begin{cases} a \\\\ b\n$$": "cases",
    "$$\n{x\n$$ (name)": "{x",
    '<div class="math">\\[\\shown\\]</div>': r"\shown",
}


def test_control_wrong_formulas_fail_the_build(tmp_path):
    pages = {f"page{i}": formula for i, formula in enumerate(WRONG)}
    run, _ = build(tmp_path, index="Good: $x$.", **pages)
    assert run.returncode != 0
    warnings = [line for line in run.stderr.splitlines() if "WARNING" in line]
    assert len(warnings) == len(WRONG)
    for name, what in zip(pages, WRONG.values(), strict=True):
        (line,) = [line for line in warnings if f"{name}.md" in line]
        assert "cannot be typeset" in line
        assert what in line


# Styles.


@pytest.mark.parametrize(
    "rule",
    [
        "p{color:red}",
        ".used{color:red}",
        "#used>a:hover{color:red}",
        "a:not(.gone){color:red}",
        ":is(.gone,.used) p{color:red}",
        '[class*="gone"]{color:red}',
        '::before{content:"}"}',
        "@media (min-width:9px){.used{color:red}}",
        "@font-face{font-family:gone;src:url(a.woff2)}",
        "@keyframes gone{from{top:0}to{top:1px}}",
    ],
)
def test_rules_that_may_match_stay(rule):
    assert lighten.used_styles(rule, {"used"}).strip() == rule


@pytest.mark.parametrize(
    "rule",
    [".gone{color:red}", "p.used.gone a{color:red}", "#gone .used{color:red}"],
)
def test_control_rules_of_other_sites_go(rule):
    assert lighten.used_styles(rule, {"used"}).strip() == ""
    assert lighten.used_styles(f"@media print{{{rule}}}", {"used"}).strip() == ""


def test_of_several_selectors_the_used_stay():
    css = ".gone,.used,.used .gone,p:is(.a,.b){top:0}"
    assert lighten.used_styles(css, {"used"}).strip() == ".used,p:is(.a,.b){top:0}"
