"""The Sphinx extension that mends what keeps some readers out, in what other extensions write."""

import posixpath
import re

from docutils import nodes

# Tags, and what is no text of the page.
MARKUP = re.compile(r"(?s)(<(script|style|svg|math|textarea|select)\b.*?</\2>|<[^>]+>)")
CHINESE = re.compile("[\u4e00-\u9fff][\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]*")
EMPTY_HEADER = re.compile(r"<th\b([^>]*)>\s*(?:<p>\s*</p>)?\s*</th>")
NOTEBOOK = re.compile(r'(href="([^":#?]+))\.ipynb(?=["#])')


def free_ids(app, doctree, docname):
    """All boxes of a property have one id; no two places of a page may."""
    for section in doctree.findall(nodes.section):
        if "proof-content" in section["ids"]:
            section["ids"].remove("proof-content")


def mark_chinese(body):
    """Say that Chinese words are Chinese, to who reads them aloud or chooses their signs."""
    if not CHINESE.search(body):
        return body
    parts = MARKUP.split(body)
    for i in range(0, len(parts), 3):  # text, markup, the name of a tag; text, ...
        parts[i] = CHINESE.sub(r'<span lang="zh">\g<0></span>', parts[i])
    return "".join(part for i, part in enumerate(parts) if i % 3 < 2)


def mend(app, pagename, templatename, context, doctree):
    body = context.get("body")
    if not body:
        return

    def of_page(match):
        page = posixpath.normpath(posixpath.join(posixpath.dirname(pagename), match[2]))
        return match[1] + (".html" if page in app.env.all_docs else ".ipynb")

    # An output links to notebooks, as it does in JupyterLab.
    body = NOTEBOOK.sub(of_page, body)
    # The corner of a table heads nothing.
    body = EMPTY_HEADER.sub(r"<td\1></td>", body)
    # A bar is called by what is written on it.
    body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    # The standard has withdrawn this role.
    body = body.replace(' role="doc-biblioentry"', "")
    context["body"] = body if app.config.language == "zh_CN" else mark_chinese(body)


def setup(app):
    app.connect("doctree-resolved", free_ids)
    app.connect("html-page-context", mend)
    app.add_js_file("access.js")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
