"""Bring the catalogues of the Chinese edition up to date with the text: `make messages`.

A message that is new gets an empty translation, one that has changed keeps its old translation,
marked fuzzy, and one that is gone is deleted. What a translator does then: CONTRIBUTING.md.
"""

import re
import shutil
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jupyter_book.sphinx import build_sphinx

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "_build" / "gettext"
CATALOGUES = ROOT / "locale" / "zh_CN" / "LC_MESSAGES"
BOOK = "The Book of Loss Functions"
DATES = re.compile(
    rb'^"(?:POT-Creation-Date|PO-Revision-Date|Project-Id-Version|Report-Msgid-Bugs-To|Last-Translator|Language-Team|Generated-By):.*\n',
    re.MULTILINE,
)


def extract():
    """Write a template for each page, with Sphinx's gettext builder; whether it succeeded."""
    shutil.rmtree(TEMPLATES, ignore_errors=True)
    done = build_sphinx(
        ROOT,
        TEMPLATES,
        noconfig=True,
        path_config=ROOT / "_config.yml",
        doctreedir=TEMPLATES / ".doctrees",
        confoverrides={"latex_individualpages": False},  # Jupyter Book asks for it
        builder="gettext",
        warningiserror=True,
        keep_going=True,
        quiet=True,
    )
    return done == 0


def update(template, path):
    """Bring one catalogue up to date, from a template beside it."""
    with template.open("rb") as file:
        new = read_po(file)
    for message in new:
        message.flags.clear()  # Babel takes a role, {term}, for a place of Python's format
    old = Catalog("zh_CN", project=BOOK, header_comment=f"# {BOOK}, in Chinese.", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale="zh_CN")
    old.update(new)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(old, path)


def write(catalogue, path):
    """Without dates and line breaks of its own, so that a change of text is all that git shows."""
    with path.open("wb+") as file:
        write_po(file, catalogue, width=0, ignore_obsolete=True)
        file.seek(0)
        text = DATES.sub(b"", file.read())
        file.seek(0)
        file.truncate()
        file.write(text)


def main():
    if not extract():
        sys.exit("The messages could not be read: see the warnings above.")
    templates = {
        path.relative_to(TEMPLATES).with_suffix(".po"): path for path in TEMPLATES.rglob("*.pot")
    }
    for path in CATALOGUES.rglob("*.po"):
        if path.relative_to(CATALOGUES) not in templates:
            path.unlink()
    for name, template in templates.items():
        update(template, CATALOGUES / name)


if __name__ == "__main__":
    main()
