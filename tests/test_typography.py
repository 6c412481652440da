"""Where the site wraps lines: beside formulas, in code, in outputs."""

import sys
from pathlib import Path

import pytest
from test_formulas import build

sys.path.insert(0, str(Path(__file__).parent.parent / "site"))
from formulas import keep_beside
from typography import lines_of_code

X = (
    '<span class="katex"><span class="katex-mathml">x</span>'
    '<span class="katex-html" aria-hidden="true">{}</span></span>'
)
ONE = X.format('<span class="katex-base">x</span>')
TWO = X.format('<span class="katex-base">x=</span><span class="katex-base">1</span>')


# Sentences, and the boxes that hold a part of a formula together with its punctuation.
SENTENCES = {
    "Then $x$, and more.": ["x,"],
    "Then ($x$), and more.": ["(x),"],
    "It is $x$.": ["x."],
    "The $n$-th of them.": ["n-th"],
    "All ($x = 1$).": ["(x=", "1)."],
    "“$x$”; **bold $y$** too.": ["“x”;"],
    "| a |\n|---|\n| $x$, $y$; |": ["x,", "y;"],
    "Alone $x$ among words, $y$ also.": [],
    "The $x$s and the sigma$y$ here.": [],
    "取$x$，$y$（见$z$）。": ["x，", "z）。"],
    "有两个，$x$：“$y$”。": ["x：", "“y”。"],
    "`a`. `b` is $x$.": ["x."],
    "甲，$x$，乙（$y$）。丙：（$z$）": ["x，", "（y）。", "（z）"],
    "设$x$（甲）。设$y$：“乙”": ["y："],
    "**甲**：**乙**：$x$，**丙**$y$，": ["x，", "y，"],
}


def test_punctuation_stays_beside_its_formula(tmp_path):
    extensions = '["myst_parser", "formulas", "typography"]'
    run, page = build(tmp_path, extensions=extensions, index="\n\n".join(SENTENCES))
    assert run.returncode == 0, run.stderr
    boxes = page.split('<span class="together">')[1:]
    words = ["".join(part.split(">")[-1] for part in _until_closed(box)) for box in boxes]
    assert words == sum(SENTENCES.values(), [])
    assert "甲</strong>：<strong>乙</strong>：<" in page  # nothing is lost that stands twice


def _until_closed(markup):
    """The parts of markup, at each tag, until the element closes that it stands in."""
    depth = 1
    for part in markup.split("<"):
        depth += part.startswith("span") - part.startswith("/span")
        if not depth:
            return
        yield part


def test_a_formula_without_punctuation_is_as_katex_made_it():
    assert keep_beside(ONE, "", "") == ONE


@pytest.mark.parametrize("formula", [ONE, TWO])
def test_a_formula_is_read_aloud_once_and_its_punctuation_is_safe(formula):
    held = keep_beside(formula, "(", "<")
    assert held.count("katex-mathml") == 1
    assert held.count("katex-base") == formula.count("katex-base")
    assert held.count("<span") == held.count("</span>")
    assert "&lt;" in held


BOX = '<div class="{}"><div class="highlight"><pre><span></span>{}</pre>'


def test_lines_of_code_hang_below_their_own_indent():
    code = '<span class="k">if</span> x:\n\n    y\n'
    page = lines_of_code(BOX.format("highlight-ipython3 notranslate", code))
    assert page.count('<span class="code-line"') == 3
    assert '<span class="code-line" style="--indent:4ch">    y\n</span>' in page
    assert page.replace('<span class="code-line">', "").count("\n") == 3


def test_rows_of_a_table_are_not_wrapped_but_sentences_are():
    kind = "output stream highlight-myst-ansi notranslate"
    rows = BOX.format(kind, "squared   1.0\nabsolute  2.0\n")
    assert lines_of_code(rows) == rows
    assert "code-line" in lines_of_code(BOX.format(kind, "one  gap\nand a sentence\n"))
    # Comments behind code stand in columns as well; code is always wrapped.
    code = rows.replace("output stream highlight-myst-ansi", "highlight-ipython3")
    assert lines_of_code(code).count("code-line") == 2
