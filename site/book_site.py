"""The Sphinx extension of the book: no requests to other hosts, explorers, links to claims."""

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes

CLAIMS, MARK = "chapters/appendix/claims", re.compile(r"\b(C[0-5]\d)\b")
FONTS = "output/chtml/fonts/woff-v2"  # with tex-chtml.js 1.5 MB; the whole package has 24


def copy_mathjax(app, exception):
    """Copy MathJax from the package that contains its files to where the pages load it."""
    source = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static/mathjax"
    target = app.outdir / "_static/mathjax"
    shutil.copytree(source / FONTS, target / FONTS, dirs_exist_ok=True)
    shutil.copyfile(source / "tex-chtml.js", target / "tex-chtml.js")


def remove_unused_assets(app, exception):
    """Remove source maps, and the icons as a script of 1.5 MB: the theme uses them as a font."""
    static = app.outdir / "_static"
    for path in static.rglob("*.map"):
        path.unlink()
    (static / "scripts/fontawesome.js").write_bytes(b"")


def add_explorers(app, pagename, templatename, context, doctree):
    """Load the explorers' runtime, only on pages that have explorers."""
    if "lossbookExplorers" in context.get("body", ""):
        app.add_js_file("explorers.js")
        app.add_css_file("explorers.css")


def fix_citation_roles(app, pagename, templatename, context, doctree):
    """Remove docutils' role="list" from the bibliography: its entries have no role="listitem"."""
    if "body" in context:
        context["body"] = context["body"].replace(
            ' role="list" class="citation-list"', ' class="citation-list"'
        )


def register_anchor_ids(app, doctree):
    """Let `[...](huber.ipynb#c19)` link to any id; MyST registers those of headings only."""
    slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for node in doctree.findall(nodes.Element):
        for name in node["ids"]:
            slugs.setdefault(name, (None, name, ""))


def link_claims(app, doctree, docname):
    """Link the mark of a claim in a chapter, such as C19, to its row in the table of claims."""
    if docname == CLAIMS or CLAIMS not in app.env.all_docs:
        return
    table = app.builder.get_relative_uri(docname, CLAIMS)
    for text in [text for text in doctree.findall(nodes.Text) if MARK.search(text)]:
        if isinstance(text.parent, (nodes.paragraph, nodes.strong, nodes.emphasis)):
            parts = [nodes.Text(part) for part in MARK.split(text)]
            for i in range(1, len(parts), 2):
                uri = f"{table}#claim-{parts[i].lower()}"
                parts[i] = nodes.reference("", "", parts[i], internal=True, refuri=uri)
            text.parent.replace(text, parts)


def setup(app):
    app.connect("doctree-read", register_anchor_ids)
    app.connect("doctree-resolved", link_claims)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", remove_unused_assets)
    app.connect("html-page-context", add_explorers)
    app.connect("html-page-context", fix_citation_roles)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
