"""The Sphinx extension of the book: explorers, pictures, links to claims."""

import re

from docutils import nodes

CLAIMS = "chapters/appendix/claims"
MARK = re.compile(r"\b(C[0-5]\d)\b", re.ASCII)  # a Chinese sign may follow
PICTURE = re.compile(r'<img [^>]*src="[^"]*_images/([^"/]+\.svg)"')
VIEW_BOX = re.compile(r'<svg [^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"')


def add_explorers(app, pagename, templatename, context, doctree):
    """Load the explorers' runtime, only on pages that have explorers."""
    if "lossbookExplorers" in context.get("body", ""):
        app.add_js_file("explorers.js", loading_method="defer")  # the text is seen first
        app.add_css_file("explorers.css")


def load_pictures_late(app, pagename, templatename, context, doctree):
    """Load a picture once it is near, and never under an explorer; its room is kept from the start.

    The page does not move when it comes, since the attributes say what shape it has.
    """
    sources = {name: app.srcdir / uri for uri, name in app.builder.images.items()}

    def late(match):
        box = VIEW_BOX.search(sources[match[1]].read_text("utf-8"))
        width, height = (round(float(side)) for side in box.groups())
        return f'<img loading="lazy" width="{width}" height="{height}"{match[0][4:]}'

    if "body" in context:
        context["body"] = PICTURE.sub(late, context["body"])


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
    app.connect("html-page-context", add_explorers)
    app.connect("html-page-context", load_pictures_late)
    app.connect("html-page-context", fix_citation_roles)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
