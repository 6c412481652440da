"""The Sphinx extension for the editions in other languages: which text is a message, and which not.

Sphinx translates paragraph by paragraph from the catalogues in locale/. Formulas, numbers and code
are the same in every language, and so are the names in the glossary, which has both. What scripts
say, and what pages hand to scripts, stands in two more catalogues: explorers.po and exercises.po.
"""

import json
import re
from functools import cache
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from docutils import nodes
from sphinx.addnodes import toctree
from sphinx.builders.gettext import MsgOrigin
from sphinx.transforms import SphinxTransform
from sphinx.util.nodes import extract_messages, is_translatable

# Parts of a message that no language changes: formulas, code, addresses, tags, marks of claims.
FIXED = re.compile(r"\$[^$]+\$|(?<!\})`[^`]+`|\{[\w:]+\}(?=`)|\]\([^)]*\)|<[^>]+>|\bC\d\d\b")
# A word in a formula; the spaces around it are part of the formula.
TEXT = re.compile(r"\\text\{(\W*)([^{}$\\]*[a-z][^{}$\\]*?)(\W*)\}")
WORD = re.compile("[A-Za-z]{2}")

# Where each edition stands in the site.
FOLDERS = {"en": "", "zh_CN": "zh/"}
SCRIPTS = Path(__file__).parent.parent / "explorers/src"


def has_words(text):
    return bool(WORD.search(FIXED.sub(" ", text)))


@cache
def catalogue(folder, language, domain):
    """The translations of a domain, by message; none for the language of the source."""
    path = Path(folder, "locale", language, "LC_MESSAGES", f"{domain}.po")
    if not path.exists():
        return {}
    with path.open("rb") as file:
        done = [one for one in read_po(file) if one.id and one.string and not one.fuzzy]
    return {one.id: one.string for one in done}


def words(app, domain):
    """What translates words of a domain that stand in no page: a function from text to text.

    While catalogues are made it collects them, and returns them as they are.
    """
    builder = getattr(app, "builder", None)  # there is none yet while the configuration is read
    if not hasattr(app, "untranslated"):
        app.untranslated = set()
    known = catalogue(app.srcdir, app.config.language, domain)

    def say(text):
        if has_words(text) and builder and builder.name == "gettext":
            builder.catalogs[domain].add(text, MsgOrigin(domain, 0))
        elif has_words(text) and text not in known:
            app.untranslated.add((domain, text))
        return known.get(text, text)

    return say


def translate_formula(app, tex):
    """A formula with its words in the language of the edition."""
    say = words(app, "formulas")
    return TEXT.sub(lambda match: rf"\text{{{match[1]}{say(match[2])}{match[3]}}}", tex)


class Untranslated(SphinxTransform):
    """Keep what has no words out of the catalogues."""

    default_priority = 15  # before Sphinx's Locale, 20

    def apply(self):
        settings = {
            part for field in self.document.findall(nodes.field) for part in field.findall()
        }
        for node in list(self.document.findall(is_translatable)):
            fixed = isinstance(node, nodes.math_block | nodes.term) or node in settings
            if isinstance(node, nodes.TextElement) and (
                fixed or not has_words(node.rawsource or node.astext())
            ):
                node["translatable"] = False
        for formula in self.document.findall(
            lambda n: isinstance(n, nodes.math | nodes.math_block)
        ):
            translate_formula(self.app, formula.astext())  # which collects its words
        known = catalogue(self.app.srcdir, self.config.language, self.env.docname)
        self.env.metadata[self.env.docname]["untranslated"] = [
            text for _, text in extract_messages(self.document) if text not in known
        ]


class OneDocument(SphinxTransform):
    """Let translated text belong to its page.

    Locale leaves each message in the document that it was parsed as, and Sphinx would store them
    all: the pages of this edition took four times as long to read again.
    """

    default_priority = 21  # after Locale

    def apply(self):
        for node in self.document.findall():
            node.document = self.document


class TranslatedContents(SphinxTransform):
    """Translate the table of contents, which sphinx-external-toc inserts after Locale has run."""

    default_priority = 101

    def apply(self):
        known = catalogue(self.app.srcdir, self.config.language, self.env.docname)
        for node in self.document.findall(toctree):
            node.preserve_original_messages()
            for message in node.extract_original_messages():
                node.apply_translated_message(message, known.get(message, message))


def list_untranslated(app, exception):
    """Write what this edition says in English, for the tests."""
    if exception or app.config.language == "en":
        return
    found = {
        (name, text)
        for name, data in app.env.metadata.items()
        for text in data.get("untranslated", [])
    }
    text = json.dumps(sorted(found | app.untranslated), ensure_ascii=False, indent=1)
    Path(app.doctreedir, "untranslated.json").write_text(text, "utf-8")


def spoken():
    """What the scripts say: pairs (catalogue, text), the texts in say("...")."""
    for path in sorted(SCRIPTS.rglob("*.js")):
        domain = "exercises" if path.parent.name == "exercises" else "explorers"
        with path.open("rb") as file:
            for _, text, *_ in extract("javascript", file, {"say": None}):
                yield domain, text


def write_words(app):
    """The dictionary of the scripts, which `explorers/src/words.js` reads; English needs none."""
    said = {text: words(app, domain)(text) for domain, text in spoken()}
    if app.builder.format == "html" and app.config.language != "en":
        folder = Path(app.outdir, "_static")
        folder.mkdir(exist_ok=True)
        data = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        (folder / "words.js").write_text(f"globalThis.lossbookWords={data};\n", "utf-8")


def load_words(app):
    """Load the dictionary before the script that a page is about to load."""
    if app.config.language != "en":
        app.add_js_file("words.js", priority=400)


def setup(app):
    app.connect("builder-inited", write_words)
    app.connect("build-finished", list_untranslated)
    app.add_transform(Untranslated)
    app.add_transform(OneDocument)
    app.add_transform(TranslatedContents)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
