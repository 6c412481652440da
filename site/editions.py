"""The Sphinx extension for the two editions: English at the root of the site, Chinese in zh/.

It translates what _config.yml and the templates say, and lets each page know where it stands in
the other edition.
"""

import re
from pathlib import Path

from book_head import PAGES, SOLUTIONS_DESCRIPTION
from docutils import nodes
from sphinx.util.docutils import SphinxRole
from translation import FOLDERS, words

NAMES = {"en": "English", "zh_CN": "中文"}
LANGUAGES = {"en": "en", "zh_CN": "zh-CN"}  # as HTML writes them
# What readers see of _config.yml.
OPTIONS = ("html_title", "author", "nb_code_prompt_show", "nb_code_prompt_hide")
OPTIONS += ("togglebutton_hint", "togglebutton_hint_hide")
# What the theme writes without asking for a translation; one of its own is not of the mainland.
THEME_WORDS = ("Toggle primary sidebar", "Toggle secondary sidebar", "列印成 PDF")
THEME_WORDS += ("System Settings", "Color mode", "Main", "Page")
THEME_WORDS += tuple(f"Link to this {what}" for what in ("heading", "term", "equation", "table"))
THEME_OPTIONS = ("search_bar_text", "toc_title", "extra_footer")


def translate_options(app, config):
    say = words(app, "site")
    for name in OPTIONS:
        if isinstance(config[name], str):
            config[name] = say(config[name])
    theme = config.html_theme_options
    for name in THEME_OPTIONS:
        if name in theme:
            theme[name] = say(theme[name])
    theme["logo"] = theme["logo"] | {"text": say(theme["logo"]["text"])}


def collect(app):
    """While catalogues are made, the options are messages, and so are descriptions of pages."""
    if app.builder.name == "gettext":
        translate_options(app, app.config)
        say = words(app, "site")
        descriptions = [page["description"] for page in PAGES.values()]
        for text in [*THEME_WORDS, SOLUTIONS_DESCRIPTION, *descriptions]:
            say(text)


def translate_theme(app, exception):
    if exception or app.builder.format != "html" or app.config.language == "en":
        return
    say = words(app, "site")
    attribute = re.compile(rf'((?:title|label)=")({"|".join(THEME_WORDS)})(?=")')
    for path in Path(app.outdir).rglob("*.html"):
        page = path.read_text("utf-8").replace("© Copyright ", "© ")
        page = attribute.sub(lambda match: match[1] + say(match[2]), page)
        path.write_text(page, "utf-8")


def other(language):
    return next(name for name in FOLDERS if name != language)


class Edition(SphinxRole):
    """`` {edition}`index` ``: a link to this page of the other edition, with its name."""

    def run(self):
        language = other(self.config.language)
        up = "../" * (self.text.count("/") + FOLDERS[self.config.language].count("/"))
        code = LANGUAGES[language]
        link = (
            f'<a class="reference internal" lang="{code}" hreflang="{code}" '
            f'href="{up}{FOLDERS[language]}{self.text}.html">{NAMES[language]}</a>'
        )
        return [nodes.raw("", link, format="html")], []


def add_words(app, pagename, templatename, context, doctree):
    """Let templates translate their words, and lead to the same page of the other edition."""
    here = app.config.language
    context["say"] = words(app, "site")
    there = other(here)
    up = context["content_root"] + "../" * FOLDERS[here].count("/")
    context["other_edition"] = {
        "name": NAMES[there],
        "language": LANGUAGES[there],
        "address": f"{up}{FOLDERS[there]}{pagename}.html",
    }
    root = app.config.html_baseurl.removesuffix(FOLDERS[here]) or up
    context["editions"] = {
        LANGUAGES[language]: f"{root}{folder}{pagename}.html"
        for language, folder in FOLDERS.items()
    }


def setup(app):
    app.add_role("edition", Edition())
    app.connect("config-inited", translate_options, priority=450)
    app.connect("builder-inited", collect)
    app.connect("html-page-context", add_words, priority=100)
    app.connect("build-finished", translate_theme)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
