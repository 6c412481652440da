"""The Sphinx extension of the book: explorers, pictures, links to claims."""

import html
import json
import re

from docutils import nodes
from translation import load_words, words

CLAIMS = "chapters/appendix/claims"
MARK = re.compile(r"\b(C[0-5]\d)\b", re.ASCII)  # a Chinese sign may follow
PICTURE = re.compile(r'<img [^>]*src="[^"]*_images/([^"/]+\.svg)"')
# The spec of an explorer, as `Explorer.html` writes it, and the keys whose values are words.
SPEC = re.compile(r"(lossbookExplorers .*?\{\.\.\.)(\{.*?\})(, losses: )", re.DOTALL)
WORDS = {"label", "words", "ask", "hint", "names", "classes"}
# In what an explorer holds: words, and how many times a library's loss is ours. An address of
# the web is none.
SAID = re.compile(r'(<(?:p|dt|summary|a)\b(?! href="http)[^>]*>)([^<]+)')
TIMES = re.compile(r"(?<=<dd>)([^<]+), (\S+) times as much")
VIEW_BOX = re.compile(r'<svg [^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"')


def add_explorers(app, pagename, templatename, context, doctree):
    """Load the explorers' runtime, only on pages that have explorers, and mark their outputs."""
    if "lossbookExplorers" in context.get("body", ""):
        load_words(app)
        # The text is seen first, and an explorer works before the page below it is read.
        app.add_js_file("explorers.js", loading_method="async")
        app.add_css_file("explorers.css")
        figure = '"><figure class="lossbook-explorer"'
        context["body"] = context["body"].replace(figure, " of-explorer" + figure)


def translate_explorers(app, doctree, docname):
    """Translate the words of explorers, which stand in the HTML that cells show."""
    translate = words(app, "explorers")

    def spec(match):
        before, data, after = match.groups()
        data = json.dumps(_translated(json.loads(data), translate), ensure_ascii=False)
        return before + data.replace("<", r"\u003c") + after

    def said(match):
        return match[1] + html.escape(translate(html.unescape(match[2])))

    def times(match):
        return translate("{call}, {n} times as much").format(call=match[1], n=match[2])

    for node in doctree.findall(nodes.raw):
        if "lossbookExplorers" in (shown := node.astext()):
            inside, script, rest = shown.partition("<script>")
            inside = TIMES.sub(times, SAID.sub(said, inside))
            node.children = [nodes.Text(inside + script + SPEC.sub(spec, rest))]


def _translated(spec, translate, key=None):
    if isinstance(spec, dict):
        return {name: _translated(value, translate, name) for name, value in spec.items()}
    if isinstance(spec, list):
        return [_translated(value, translate, key) for value in spec]
    return translate(spec) if key in WORDS and isinstance(spec, str) else spec


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
    app.connect("doctree-resolved", translate_explorers)
    app.connect("html-page-context", add_explorers)
    app.connect("html-page-context", load_pictures_late)
    app.connect("html-page-context", fix_citation_roles)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
