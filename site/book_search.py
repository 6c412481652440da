"""The Sphinx extension for the search: an index of all sections, which `search.js` looks through.

Sphinx's own search knows which words a page has, not where and how often. The index here holds the
text itself, so that an excerpt is at hand also where a page may not fetch others: opened from disk.
"""

import html
import json
import re
import unicodedata
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.addnodes import glossary, index
from translation import words

PAGES = yaml.safe_load(Path(__file__).with_name("pages.yml").read_text("utf-8"))
# A chapter comes before pages that repeat it or only mention it.
WEIGHTS = {
    "chapters/solutions/": 0.35,
    "chapters/appendix/broken": 0.9,
    "chapters/appendix/conventions": 0.8,
    "chapters/appendix/references": 0.3,
    "chapters/appendix/": 0.5,
    "index": 0.5,
}

GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau "
GREEK += "upsilon phi chi psi omega"
LETTER = "GREEK SMALL LETTER "  # Unicode spells lambda without its b
SIGNS = {name: unicodedata.lookup(LETTER + name.replace("mb", "m")) for name in GREEK.split()}
SIGNS |= {name.title(): sign.upper() for name, sign in SIGNS.items()}
SIGNS |= {"varepsilon": "ε", "ell": "ℓ", "partial": "∂", "nabla": "∇", "infty": "∞", "sum": "∑"}
SIGNS |= {"le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈"}
SIGNS |= {"in": "∈", "to": "→", "cdot": "·", "times": "×", "pm": "±", "dots": "…", "ldots": "…"}
SIGNS |= {"ll": "≪", "gg": "≫", "sim": "∼", "cdots": "…", "mid": "|", "lVert": "‖", "rVert": "‖"}
SIGNS |= {"lvert": "|", "rvert": "|", "vert": "|", "left": "", "right": "", "quad": " ", ",": ""}
SIGNS |= {"big": "", "Big": "", "bigl": "", "bigr": "", ";": " ", "!": "", "%": "%", "$": "$"}
SIGNS |= dict.fromkeys(["log", "exp", "max", "min", "sin", "cos", "lim"]) | {"displaystyle": ""}
FORMULA = re.compile(r"(?s)\\[(\[](.*?)\\[)\]]|\$([^$\s]+)\$")  # one that is no node
MARKS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "dot": "\u0307"}
LOWERED = str.maketrans("0123456789+-=()aeijknmrtuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₙₘᵣₜᵤᵥₓ")
RAISED = str.maketrans("0123456789+-=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ")


def plain(tex):
    """A short formula as plain text, such as |ŷ − y|; an ellipsis for all others."""
    text = re.sub(r"\\(?:text|mathrm|operatorname|mathbf|mathit)\*?\{([^{}\\]*)\}", r"\1", tex)
    text = re.sub(r"\\[dt]?frac\s*(\d)\s*(\d)", r"\1/\2", text)
    text = re.sub(r"\\[dt]?frac\{(\w+)\}\{(\w+)\}", r"\1/\2", text)
    for name, mark in MARKS.items():
        text = re.sub(rf"\\{name}(?:\{{(\w)\}}|\s+(\w))", rf"\1\2{mark}", text)
    text = re.sub(r"\\([A-Za-z]+|[,;!%$])", _sign, text)
    for mark, table in ("_", LOWERED), ("^", RAISED):
        text = re.sub(rf"\{mark}(?:(\w)|\{{([\w+=()-]+)\}})", _shifted(table), text)
    text = " ".join(unicodedata.normalize("NFC", text).replace("-", "−").split())
    return text if len(text) <= 60 and not re.search(r"[\\{}^_&]", text) else "…"


def _sign(match):
    sign = SIGNS.get(match[1], match[0])
    return match[1] if sign is None else sign


def _shifted(table):
    def shift(match):
        letters = match[1] or match[2]
        moved = letters.translate(table)
        return moved if all(a != b for a, b in zip(letters, moved, strict=True)) else match[0]

    return shift


def sections(doctree):
    """The sections, exercises and glossary entries of a page.

    [anchor, title, text, names in code] each.
    """
    found = []
    _collect(doctree, found)
    for section in found:
        section[1:] = ("".join(part) for part in section[1:])
        title, text, code = section[1:]
        # Of code the names are enough, and of these the ones that the text has not.
        names = dict.fromkeys(re.findall(r"[A-Za-z_]\w{2,}", code))
        said = set(re.findall(r"\w+", text))
        section[1:] = (
            " ".join(title.split()),
            " ".join(text.split()),
            " ".join(name for name in names if name not in said),
        )
    return found


def _collect(node, found):
    if isinstance(node, nodes.section):
        # The page's own heading needs no anchor.
        found.append([node["ids"][0] if found else "", [], [], []])
    elif isinstance(node, nodes.definition_list_item) and isinstance(node.parent.parent, glossary):
        terms = [child for child in node.children if isinstance(child, nodes.term)]
        title = [" · ".join(term.astext() for term in terms)]
        found.append([terms[0]["ids"][0], title, [], []])
        _text(node.children[-1], found[-1])
        return
    if isinstance(node, nodes.section | nodes.document | glossary | nodes.definition_list):
        for child in node.children:
            _collect(child, found)
    elif found and isinstance(node, nodes.title):
        title = ["", "", [], []]
        _text(node, title)
        found[-1][1] = title[2]
    elif found:
        if isinstance(node, nodes.paragraph) and "exercise-" in "".join(node["ids"]):
            title = next(child.astext() for child in node.children if child.astext())
            found.append([node["ids"][-1], title.rstrip("."), [], []])
        _text(node, found[-1])


def _text(node, section):
    """Add what a reader of the node sees to the text of a section, or to its code."""
    if isinstance(node, nodes.math):
        section[2].append(plain(node.astext()))
    elif isinstance(node, nodes.math_block):
        section[2].append(f"\n{plain(node.astext())}\n")
    elif isinstance(node, nodes.Text):
        section[2].append(_without_tex(node))
    elif isinstance(node, nodes.literal_block):
        section[3].append(node.astext() + "\n")
    elif isinstance(node, nodes.raw):
        if node.get("format") == "html":
            text = re.sub(r"(?s)<(script|style).*?</\1>|<[^>]+>", " ", node.astext())
            section[2].append(_without_tex(html.unescape(text)))
    elif not isinstance(node, nodes.comment | nodes.target | nodes.system_message | index):
        for child in node.children:
            _text(child, section)
        if isinstance(node, nodes.TextElement | nodes.entry) and not isinstance(node, nodes.Inline):
            section[2].append("\n")


def _without_tex(text):
    return FORMULA.sub(lambda match: plain(match[1] or match[2]), text)


def keep_sections(app, doctree, docname):
    """Remember the sections of a page that is about to be written, its references resolved."""
    app.book_sections[docname] = sections(doctree)


def write_index(app, exception):
    """Write the text of all pages, in the order of the book, for the page of the search."""
    if exception or app.builder.format != "html":
        return
    pages, say = [], words(app, "site")
    for name in app.env.collect_relations():
        of_page = PAGES.get(name, {})
        pages.append(
            {
                "name": name,
                "title": app.env.titles[name].astext(),
                "words": of_page.get("words", []),
                "description": say(of_page.get("description", "")),
                "weight": next((WEIGHTS[at] for at in WEIGHTS if name.startswith(at)), 1),
                "sections": app.book_sections[name],
            }
        )
    sections = json.dumps(app.book_sections, ensure_ascii=False)
    Path(app.doctreedir, "sections.json").write_text(sections, "utf-8")
    data = json.dumps(pages, ensure_ascii=False, separators=(",", ":"))
    (app.outdir / "searchindex.js").write_text(f"bookSearch.load({data});\n", "utf-8")
    for name in ("searchtools.js", "language_data.js"):  # Sphinx's search, which no page loads
        (app.outdir / "_static" / name).unlink(missing_ok=True)


def replace_search(app):
    """Begin with the sections of the last build: those of pages that have not changed since."""
    app.builder.search = False
    kept = Path(app.doctreedir, "sections.json")
    app.book_sections = json.loads(kept.read_text("utf-8")) if kept.exists() else {}


def add_search(app):
    """The page of the search, which Sphinx makes only with its own index."""
    yield "search", {"title": words(app, "site")("Search")}, "search.html"


def setup(app):
    app.connect("builder-inited", replace_search)
    app.connect("doctree-resolved", keep_sections, priority=900)
    app.connect("html-collect-pages", add_search)
    # After what looks at the words of scripts, which are not those of the index.
    app.connect("build-finished", write_index, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
