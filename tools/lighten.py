"""Once the site is built, leave out what no page uses: rules of style, fonts, icons, source maps.

The theme brings styles for all that a site may contain and some thousand icons. The book's own
styles lose their comments only: its scripts put names of classes together, such as lb-c1, which are
no words of the pages.
"""

import re
from itertools import pairwise
from pathlib import Path

import tinycss2
from fontTools.subset import Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
OWN = (ROOT / "site/static", ROOT / "lossbook/static")
COMMENT = re.compile(r"\s*/\*.*?\*/", re.DOTALL)
NAMES, WORD = re.compile(r'(?:class|id)="([^"]*)"'), re.compile(r"[\w-]+")
ICON = re.compile(r'(?:--fa|content): *"(.)"')
# The icons come as woff2 and as TrueType: the second can be cut down without a compressor.
WOFF2 = re.compile(r'url\([^)]*\.woff2\) format\("woff2"\),(?=url)')


def words(folder):
    """The classes and ids of the pages, and all words of scripts, which may become some."""
    pages = [path.read_text("utf-8") for path in folder.rglob("*.html")]
    texts = [names for page in pages for names in NAMES.findall(page)]
    scripts = [path for path in folder.rglob("*.js") if path.name != "searchindex.js"]
    texts += [path.read_text("utf-8") for path in scripts]
    return set(WORD.findall(" ".join(texts)))


def may_match(selector, known):
    """Whether all classes and ids of a selector are known; within :not() and the like, any are.

    Selectors with :has() are left out, since a browser tries them anew at all that has changed: of
    each frame of an explorer they take a quarter. What the book needs of them is in its own styles.
    """
    if ":has(" in tinycss2.serialize(selector):
        return False
    names = [token.value for token in selector if token.type == "hash"]
    names += [name.value for dot, name in pairwise(selector) if dot == "." and name.type == "ident"]
    return known.issuperset(names)


def split(tokens):
    """The selectors of a rule, which commas part."""
    selectors = [[]]
    for token in tokens:
        if token == ",":
            selectors.append([])
        else:
            selectors[-1].append(token)
    return selectors


def used_rules(rules, known):
    """The text of the rules that may match something in the pages."""
    for rule in rules:
        if rule.type == "qualified-rule":
            selectors = [s for s in split(rule.prelude) if may_match(s, known)]
            if selectors:
                chosen = ",".join(tinycss2.serialize(s).strip() for s in selectors)
                yield f"{chosen}{{{tinycss2.serialize(rule.content).strip()}}}"
        elif rule.type == "at-rule" and rule.lower_at_keyword in ("media", "supports"):
            inner = "".join(used_rules(tinycss2.parse_rule_list(rule.content), known))
            if inner:
                prelude = tinycss2.serialize(rule.prelude).strip()
                yield f"@{rule.at_keyword} {prelude}{{{inner}}}"
        elif rule.type == "at-rule":
            yield rule.serialize()


def used_styles(css, known):
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return "\n".join(used_rules(rules, known)) + "\n"


def keep_icons(folder, icons):
    """Leave in the fonts of icons only these characters."""
    for path in folder.glob("*.woff2"):
        path.unlink()
    for path in folder.glob("*.ttf"):
        font, subsetter = TTFont(path), Subsetter()
        subsetter.populate(text="".join(icons))
        subsetter.subset(font)
        font.save(path)


def lighten(folder):
    """Make the site in a folder lighter, all editions in it at once."""
    static = folder / "_static"
    for path in static.rglob("*.map"):
        path.unlink()
    (static / "scripts/fontawesome.js").write_bytes(b"")  # the icons once more, as a script
    own = {static / path.name for source in OWN for path in source.glob("*.css")}
    known, icons = words(folder), set()
    for path in static.rglob("*.css"):
        css = path.read_text("utf-8")
        css = COMMENT.sub("", css) if path in own else WOFF2.sub("", used_styles(css, known))
        path.write_text(css, "utf-8")
        icons.update(ICON.findall(css))
    keep_icons(static / "vendor/fontawesome/webfonts", icons)
