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
from sphinx.locale import get_translation
from sphinx.transforms import SphinxTransform
from sphinx.util.i18n import docname_to_domain
from sphinx.util.nodes import is_translatable

# Parts of a message that no language changes: formulas, code, addresses, tags, marks of claims.
FIXED = re.compile(r"\$[^$]+\$|(?<!\})`[^`]+`|\{[\w:]+\}(?=`)|\]\([^)]*\)|<[^>]+>|\bC\d\d\b")
WORD = re.compile("[A-Za-z]{2}")

SCRIPTS = Path(__file__).parent.parent / "explorers/src"
PROMPTS = ["nb_code_prompt_show", "nb_code_prompt_hide"]


def has_words(text):
    return bool(WORD.search(FIXED.sub(" ", text)))


class Untranslated(SphinxTransform):
    """Keep what has no words out of the catalogues."""

    default_priority = 15  # before Sphinx's Locale, 20

    def apply(self):
        for node in list(self.document.findall(is_translatable)):
            fixed = isinstance(node, nodes.math_block | nodes.term)
            if isinstance(node, nodes.TextElement) and (
                fixed or not has_words(node.rawsource or node.astext())
            ):
                node["translatable"] = False


class TranslatedContents(SphinxTransform):
    """Translate the table of contents, which sphinx-external-toc inserts after Locale has run."""

    default_priority = 101

    def apply(self):
        domain = docname_to_domain(self.env.docname, self.config.gettext_compact)
        translate = get_translation(domain)
        for node in self.document.findall(toctree):
            for message in node.extract_original_messages():
                node.apply_translated_message(message, translate(message))


def words(app, domain):
    """translate(text), from the catalogue with that name, for text that is no paragraph of a page.

    The builder that writes catalogues learns from the same calls what there is to translate.
    """

    def record(text):
        if has_words(text):
            app.builder.catalogs[domain].add(text, MsgOrigin(domain, 0))
        return text

    builder = getattr(app, "builder", None)  # there is none yet while the configuration is read
    if builder and builder.name == "gettext":
        return record
    known = catalogue(app.srcdir / "locale" / app.config.language / "LC_MESSAGES" / f"{domain}.po")
    return lambda text: known.get(text, text)


@cache
def catalogue(path):
    """Translations by text; none in a language that has no such catalogue, such as English."""
    if not path.exists():
        return {}
    with path.open("rb") as file:
        done = [one for one in read_po(file) if one.id and one.string and not one.fuzzy]
    return {one.id: one.string for one in done}


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
        app.add_js_file("words.js", loading_method="defer", priority=400)


def translate_prompts(app, *config):
    """Translate what opens a folded cell; early, so that no build takes it for a change."""
    for name in PROMPTS:
        setattr(app.config, name, words(app, "explorers")(getattr(app.config, name)))


def setup(app):
    app.connect("config-inited", translate_prompts)
    app.connect("builder-inited", translate_prompts)
    app.connect("builder-inited", write_words)
    app.add_transform(Untranslated)
    app.add_transform(TranslatedContents)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
