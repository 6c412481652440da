"""The Sphinx extension for lines: where those of code are wrapped, and what stays beside a formula.

A browser breaks a line between a formula and its comma, and it wraps code without an indent, since
it sees neither sentences nor lines of code. Both are marked when a page is written.
"""

import re

from docutils import nodes

# What opens before a formula, and what closes after it: "(", ").", "-th". A Chinese comma before a
# formula closes what comes before, and a Chinese bracket after it opens what follows.
OPENS = re.compile(r"[^\s\w，。、；：？！）”’》…—]+\Z")
CLOSES = re.compile(r"(?:-\w{1,3}\b)?[^\s\w（“‘《]*")
SIGNS = set("，。；：？！）”、》")
CODE = re.compile(
    r'(<div class="(output )?[^"]*highlight-[^>]*><div class="highlight"><pre>(?:<span></span>)?)'
    r"(.*?)(</pre>)",
    re.DOTALL,
)
# A name in a sentence that a small phone has no room for.
LONG = re.compile(r'<span class="pre">(?=[^<]{25})')
TAG, COLUMNS = re.compile(r"<[^>]*>"), re.compile(r"\S {2,}\S")


def beside_formulas(app, doctree, docname):
    """Move the punctuation around a formula in a line into its node, which keeps them together."""
    if app.builder.format != "html":
        return
    for formula in doctree.findall(nodes.math):
        siblings, place = formula.parent.children, formula.parent.index(formula)
        for name, other, run in (("opens", place - 1, OPENS), ("closes", place + 1, CLOSES)):
            text = siblings[other] if 0 <= other < len(siblings) else None
            if isinstance(text, nodes.Text) and (found := run.search(text)) and found[0]:
                formula[name] = found[0]
                # By its place: equal texts, such as two commas, are one to the method `replace`.
                formula.parent[other] = nodes.Text(text[: found.start()] + text[found.end() :])


def beside_code(app, doctree, docname):
    """Keep a short piece of code and the Chinese sign after it on one line."""
    for code in list(doctree.findall(nodes.literal)):
        after = code.next_node(descend=False, siblings=True)
        if isinstance(after, nodes.Text) and after[:1] in SIGNS and len(code.astext()) < 25:
            place, parent = code.parent.index(code), code.parent
            parent.children[place + 1] = nodes.Text(after[1:])
            parent[place] = nodes.inline("", "", code, nodes.Text(after[0]), classes=["together"])


def in_columns(text):
    """Whether lines of an output are rows of a table, which a narrow page must not wrap."""
    return sum(bool(COLUMNS.search(line)) for line in text.splitlines()) > 1


def lines_of_code(html):
    """The same page, each line of its code an element that can hang where it is wrapped."""

    def mark(match):
        before, output, code, after = match.groups()
        if output and in_columns(TAG.sub("", code)):
            return match[0]
        lines = []
        for line in code.splitlines(keepends=True):  # no element crosses the end of a line
            text = TAG.sub("", line)
            indent = len(text) - len(text.lstrip(" "))
            style = f' style="--indent:{indent}ch"' if indent else ""
            lines.append(f'<span class="code-line"{style}>{line}</span>')
        return before.replace("<pre>", '<pre class="in-lines">') + "".join(lines) + after

    return CODE.sub(mark, html)


def mark_lines(app, pagename, templatename, context, doctree):
    if "body" in context:
        body = lines_of_code(context["body"])
        context["body"] = LONG.sub('<span class="pre long">', body)


def setup(app):
    app.connect("doctree-resolved", beside_formulas)
    app.connect("doctree-resolved", beside_code)
    app.connect("html-page-context", mark_lines)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
