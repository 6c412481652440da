"""Formulas: KaTeX typesets them when the site is built, so that pages show them without a script.

KaTeX runs in V8, which comes as a Python package: a build needs no node. A formula becomes HTML
for the eye and MathML for screen readers.
"""

import html
import re
from functools import cache
from pathlib import Path

from docutils import nodes
from py_mini_racer import MiniRacer
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from translation import translate_formula

KATEX = Path(__file__).with_name("katex.min.js")
TYPESET = """function typeset(tex, displayMode) {
  try {
    return { html: katex.renderToString(tex, { displayMode, strict: "error" }) };
  } catch (error) {
    return { error: error.message };
  }
}"""
# TeX inside the MathML, which a search in the page would find instead of the formula.
ANNOTATION = re.compile(r"<annotation .*?</annotation>", re.DOTALL)
# A formula in the HTML that a cell shows, where JupyterLab looks for it as well.
SHOWN = re.compile(r'(<div class="math">)\\\[(.*?)\\\](</div>)', re.DOTALL)

logger = logging.getLogger(__name__)


@cache
def engine():
    """V8 with KaTeX in it."""
    context = MiniRacer()
    context.eval(KATEX.read_text("utf-8") + TYPESET)
    return context


@cache
def convert(tex, display):
    """The formula as HTML, or what is wrong with it: {"html": ...} or {"error": ...}."""
    if r"\\" in tex and r"\begin" not in tex:  # lines that no environment holds, as in Sphinx
        tex = rf"\begin{{split}}{tex}\end{{split}}"
    return engine().call("typeset", tex, display)


def typeset(tex, display, place):
    """The formula as HTML; a wrong one is a warning that names its place, so the build fails."""
    done = convert(tex.strip(), display)
    if "error" in done:
        said = "this formula cannot be typeset: %s (%s)"
        logger.warning(said, " ".join(tex.split()), done["error"], location=place)
        return html.escape(tex)
    return ANNOTATION.sub("", done["html"])


def keep_beside(markup, opens, closes):
    """The formula with what opens before it and what closes after it, each on the formula's line.

    A line may break between the parts of which KaTeX makes a formula. So the first part is in one
    box with what opens, the last with what closes.
    """
    shown = '<span class="katex-html" aria-hidden="true">'
    part = '<span class="katex-base">'
    read, *parts = markup.removesuffix("</span></span>").split(part)
    if not (opens or closes) or not parts:
        return html.escape(opens) + markup + html.escape(closes)
    boxes = [f'<span class="katex">{shown}{part}{one}</span></span>' for one in parts]
    boxes[0] = html.escape(opens) + boxes[0]
    boxes[-1] += html.escape(closes)
    ends = ({0} if opens else set()) | ({len(boxes) - 1} if closes else set())
    for end in ends:
        boxes[end] = f'<span class="together">{boxes[end]}</span>'
    return read.removesuffix(shown) + "</span>" + "".join(boxes)


def visit_math(self, node):
    markup = typeset(translate_formula(self.builder.app, node.astext()), False, node)
    markup = keep_beside(markup, node.get("opens", ""), node.get("closes", ""))
    self.body.append(self.starttag(node, "span", "", CLASS="math") + markup + "</span>")
    raise nodes.SkipNode


def visit_displaymath(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    tex = translate_formula(self.builder.app, node.astext())
    self.body.append(typeset(tex, True, node) + "</div>\n")
    raise nodes.SkipNode


def typeset_outputs(app, doctree, docname):
    """Typeset the formulas in what cells show as HTML, such as the cards of the guide."""
    if app.builder.format != "html":
        return
    for node in doctree.findall(nodes.raw):
        if "math" in (shown := node.astext()):

            def typeset_shown(match, node=node):
                before, tex, after = match.groups()
                tex = translate_formula(app, html.unescape(tex))
                return before + typeset(tex, True, node) + after

            node.children = [nodes.Text(SHOWN.sub(typeset_shown, shown))]


def add_style(app, pagename, templatename, context, doctree):
    """Load the style and with it the fonts of formulas, only on pages that have some."""
    if 'class="katex' in context.get("body", ""):
        app.add_css_file("katex/katex.css", priority=400)  # before the book's own


def setup(app):
    app.add_html_math_renderer("katex", (visit_math, None), (visit_displaymath, None))
    app.connect("doctree-resolved", typeset_outputs)
    app.connect("html-page-context", add_style)
    return {"version": "1", "parallel_read_safe": True}
