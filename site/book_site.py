"""What the site needs beyond the theme: formulas and icons without another host, explorers."""

import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes

CLAIMS, MARK = "chapters/appendix/claims", re.compile(r"\b(C[0-5]\d)\b")
FONTS = "output/chtml/fonts/woff-v2"  # with tex-chtml.js 1.5 of the package's 24 MB


def copy_mathjax(app, exception):
    """Put MathJax where Sphinx looks for it, from a package that carries its files."""
    source = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static/mathjax"
    target = app.outdir / "_static/mathjax"
    shutil.copytree(source / FONTS, target / FONTS, dirs_exist_ok=True)
    shutil.copyfile(source / "tex-chtml.js", target / "tex-chtml.js")


def drop_weight(app, exception):
    """Drop source maps, and the 1.5 MB of icons that the theme also has as a font."""
    static = app.outdir / "_static"
    for path in static.rglob("*.map"):
        path.unlink()
    (static / "scripts/fontawesome.js").write_bytes(b"")


def add_explorers(app, pagename, templatename, context, doctree):
    """Load the explorers' runtime, only on pages that have explorers."""
    if "lossbookExplorers" in context.get("body", ""):
        app.add_js_file("explorers.js")
        app.add_css_file("explorers.css")


def mend_citations(app, pagename, templatename, context, doctree):
    """Docutils calls the bibliography a list, but its entries no list items: call it nothing."""
    if "body" in context:
        context["body"] = context["body"].replace(
            ' role="list" class="citation-list"', ' class="citation-list"'
        )


def know_ids(app, doctree):
    """Let `[...](huber.ipynb#c19)` lead to whatever has an id. MyST looks among headings alone."""
    slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for node in doctree.findall(nodes.Element):
        for name in node["ids"]:
            slugs.setdefault(name, (None, name, ""))


def link_marks(app, doctree, docname):
    """Let a mark such as C19 in a chapter lead to its row in the table of claims."""
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
    app.connect("doctree-read", know_ids)
    app.connect("doctree-resolved", link_marks)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", drop_weight)
    app.connect("html-page-context", add_explorers)
    app.connect("html-page-context", mend_citations)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
