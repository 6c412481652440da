"""The claims of the note from which the book grew, and where the chapters prove or correct them."""

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from lossbook import tables

VERDICTS = ("holds", "holds if", "corrected")


@dataclass(frozen=True)
class Claim:
    """A claim of the note, and whether it is true.

    mark: "C01", ... section: what the claim is about.
    note: the note's own words, in Chinese; "……" parts what does not stand together there.
    says: the same in English. verdict: one of VERDICTS.
    condition: for "holds if" the condition, for "corrected" what is right instead; for "holds" a
        remark, or nothing.
    """

    mark: str
    section: str
    note: str
    says: str
    verdict: str
    condition: str


def load() -> list[Claim]:
    """All claims, in the note's order, but what its first table says of one loss is at that loss.

    >>> load()[0].says
    'A loss function is also called a cost function or an objective function.'
    """
    return [Claim(**row) for row in tables.records("claims")]


@dataclass
class Place:
    """Where a chapter proves or corrects a claim: after an anchor such as `(c07)=`.

    path: of the notebook. heading, level: of the section that the anchor is in.
    cell: the first cell with an output after the anchor in that section, or None.
    """

    path: Path
    heading: str
    level: int = field(repr=False)
    cell: dict | None = field(default=None, repr=False)


def find_places(chapters: str | Path) -> dict[str, list[Place]]:
    """The places of all claims below a folder, {"C07": [Place, ...]}; each should have one."""
    places = {}
    for path in sorted(Path(chapters).rglob("*.ipynb")):
        if not {"appendix", "solutions", ".ipynb_checkpoints"} & set(path.parts):
            for anchor, place in _read(path):
                places.setdefault(anchor.upper(), []).append(place)
    return places


def _read(path):
    found, waiting, heading = [], [], ("", 0)
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell.get("outputs"):
            for place in waiting:
                place.cell = cell
            waiting = []
        fresh = []  # anchors in front of the line
        for line in "".join(cell["source"]).splitlines() * (cell["cell_type"] == "markdown"):
            if anchor := re.fullmatch(r"\((c\d\d)\)=", line):
                fresh.append(Place(path, *heading))
                found.append((anchor[1], fresh[-1]))
                waiting.append(fresh[-1])
            elif title := re.fullmatch(r"(#+) (?:\d+\. )?(.+)", line):
                heading = title[2], len(title[1])
                for place in fresh:  # an anchor in front of a heading belongs to its section
                    place.heading, place.level = heading
                over = [p for p in waiting if p.level >= heading[1] and p not in fresh]
                waiting = [place for place in waiting if place not in over]
                fresh = []
            elif line.strip():
                fresh = []
    return found


@dataclass(frozen=True, repr=False)
class Table:
    """Claims, verdicts and links to the places; a table in a notebook of the folder `here`."""

    claims: list[Claim]
    places: dict[str, list[Place]]
    here: Path = Path()

    def __repr__(self):
        return "\n".join(f"{claim.mark} {claim.verdict}" for claim in self.claims)

    def _repr_markdown_(self):
        rows = []
        for claim in self.claims:
            mark = f'<span id="claim-{claim.mark.lower()}">{claim.mark}</span>'
            stop = " " if claim.verdict == "holds if" else ". "
            verdict = f"**{claim.verdict}**{stop}{claim.condition}".strip()
            links = " ".join(self._link(claim, place) for place in self.places.get(claim.mark, []))
            says = f"{claim.says}<br>{_quotation(claim.note)}"
            rows.append([mark, says, f"{verdict} {links}"])
        return tables.markdown(["claim", "the note says", "verdict"], *rows)

    def _link(self, claim, place):
        path = Path(os.path.relpath(place.path, self.here)).as_posix()
        return f"<br>→ [{place.heading}]({path}#{claim.mark.lower()})"


def _quotation(note):
    """The note's words for a cell of a table, in which a bar ends the cell, also in a formula."""
    words = note.replace("|", r"\vert ").replace("……", "<br>")
    return f'<small lang="zh">{words}</small>'
