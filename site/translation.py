"""The Sphinx extension for the editions in other languages: which text is a message, and which not.

Sphinx translates paragraph by paragraph from the catalogues in locale/. Formulas, numbers and code
are the same in every language, and so are the names in the glossary, which has both.
"""

import re

from docutils import nodes
from sphinx.addnodes import toctree
from sphinx.locale import get_translation
from sphinx.transforms import SphinxTransform
from sphinx.util.i18n import docname_to_domain
from sphinx.util.nodes import is_translatable

# Parts of a message that no language changes: formulas, code, addresses, tags, marks of claims.
FIXED = re.compile(r"\$[^$]+\$|(?<!\})`[^`]+`|\{[\w:]+\}(?=`)|\]\([^)]*\)|<[^>]+>|\bC\d\d\b")
WORD = re.compile("[A-Za-z]{2}")


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


def setup(app):
    app.add_transform(Untranslated)
    app.add_transform(TranslatedContents)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
