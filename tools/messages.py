"""Bring the catalogues of the Chinese edition up to date with the text: `make messages`.

A message that is new gets an empty translation, one that has changed keeps its old translation,
marked fuzzy, and one that is gone is deleted. What a translator does then: CONTRIBUTING.md.
"""

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "_build" / "gettext"
CATALOGUES = ROOT / "locale" / "zh_CN" / "LC_MESSAGES"
BOOK = "The Book of Loss Functions"
# Lines of a header that say when and with what it was made.
CHANGING = re.compile(
    rb'^"(?:P[OT-]+(?:Creation|Revision)-Date|Project-Id-Version|Report-Msgid-Bugs-To|'
    rb"Last-Translator|Language-Team|Generated-By):.*\n",
    re.MULTILINE,
)


def extract():
    """Write a template for each page, with Sphinx's gettext builder; whether it succeeded."""
    shutil.rmtree(TEMPLATES, ignore_errors=True)
    shutil.rmtree(ROOT / "_build" / ".doctrees" / "gettext-en", ignore_errors=True)
    command = [sys.executable, ROOT / "tools" / "edition.py", "en", "gettext", TEMPLATES]
    return not subprocess.call(command)


def add_templates():
    """Add the words of the site's own templates."""
    path = TEMPLATES / "site.pot"
    with path.open("rb") as file:
        catalogue = read_po(file)
    found = extract_from_dir(
        ROOT / "site" / "templates",
        [("**.html", "jinja2")],
        keywords={"say": None},
        comment_tags=(),
    )
    for _, _, message, _, _ in found:
        catalogue.add(message)
    write(catalogue, path)


def update(template, path):
    """Bring one catalogue up to date, from a template beside it."""
    with template.open("rb") as file:
        new = read_po(file)
    old = Catalog("zh_CN", project=BOOK, header_comment=f"# {BOOK}, in Chinese.", fuzzy=False)
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale="zh_CN")
    old.update(new)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(old, path)


def write(catalogue, path):
    """Without dates and line breaks of its own, so that a change of text is all that git shows."""
    for message in catalogue:
        message.flags &= {"fuzzy"}  # Babel takes a role, {term}, for a place of Python's format
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=0, ignore_obsolete=True)
    path.write_bytes(CHANGING.sub(b"", buffer.getvalue()))


def main():
    if not extract():
        sys.exit("The messages could not be read: see the warnings above.")
    add_templates()
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
