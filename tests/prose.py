"""The Markdown of the pages and notebooks of the book."""

import functools
import json
from pathlib import Path

ROOT = Path(__file__).parent.parent
CHAPTERS = ROOT / "chapters"
NOTEBOOKS = sorted(CHAPTERS.rglob("*.ipynb"))
PAGES = [ROOT / "index.md", *sorted(CHAPTERS.rglob("*.md")), *NOTEBOOKS]


@functools.cache
def prose(path):
    """The text of each Markdown cell of a notebook, by its number; that of a page is number 0."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return {0: text}
    cells = enumerate(json.loads(text)["cells"])
    return {n: "".join(cell["source"]) for n, cell in cells if cell["cell_type"] == "markdown"}


def markdown(path):
    """All Markdown of a page or notebook."""
    return "\n\n".join(prose(path).values())
