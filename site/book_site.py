"""What the site needs beyond the theme: formulas and icons without another host, explorers."""

import shutil
from importlib.util import find_spec
from pathlib import Path

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
    (static / "scripts/fontawesome.js").write_text("")


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


def setup(app):
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", drop_weight)
    app.connect("html-page-context", add_explorers)
    app.connect("html-page-context", mend_citations)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
