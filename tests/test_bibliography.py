"""The references: complete, each cited, none missing, and findable by a number or an address."""

import re

import pytest
from prose import CHAPTERS, PAGES, ROOT, markdown
from pybtex.database import parse_file, parse_string

ENTRIES = parse_file(CHAPTERS / "appendix" / "references.bib").entries
FINDABLE = ("doi", "eprint", "isbn", "url", "annote")  # annote, not printed: why there is no other
FORMS = {
    "doi": r"10\.\d{4,9}/\S+",
    "eprint": r"\d{4}\.\d{4,5}",
    "isbn": r"97[89]-[\d-]{10,}\d",
    "url": r"https?://\S+",
    "year": r"1[78]\d\d|19\d\d|20[012]\d|n\.d\.",
    "annote": r"No (DOI|identifier).+",
}


def troubles(entry):
    """What an entry lacks, and fields that are not of their form."""
    lacks = [field for field in ("title", "year") if field not in entry.fields]
    if not entry.persons.get("author"):
        lacks.append("author")
    if not any(field in entry.fields for field in FINDABLE):
        lacks.append(" or ".join(FINDABLE))
    if "eprint" in entry.fields and entry.fields.get("archiveprefix") != "arXiv":
        lacks.append("archiveprefix")
    if "arXiv:" in entry.fields.get("note", ""):
        lacks.append("eprint in place of the note")
    formless = [
        field
        for field, form in FORMS.items()
        if field in entry.fields and not re.fullmatch(form, entry.fields[field])
    ]
    return lacks + formless


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_is_complete_and_findable(key):
    assert troubles(ENTRIES[key]) == []


@pytest.mark.parametrize(
    "fields",
    [
        "author = {A, B}, title = {T}, year = {2000},",
        "author = {A, B}, title = {T}, doi = {10.1000/1},",
        "author = {A, B}, year = {2000}, doi = {10.1000/1},",
        "title = {T}, year = {2000}, doi = {10.1000/1},",
        "author = {A, B}, title = {T}, year = {2000}, doi = {https://doi.org/10.1000/1},",
        "author = {A, B}, title = {T}, year = {2000}, note = {arXiv:2001.00001},",
        "author = {A, B}, title = {T}, year = {2000}, eprint = {2001.00001},",
    ],
)
def test_control_entries(fields):
    sound = "author = {A, B}, title = {T}, year = {2000}, doi = {10.1000/1},"
    assert troubles(parse_string(f"@misc{{key, {sound}}}", "bibtex").entries["key"]) == []
    assert troubles(parse_string(f"@misc{{key, {fields}}}", "bibtex").entries["key"])


def test_no_number_stands_twice():
    for field in ("doi", "eprint"):
        numbers = [
            entry.fields[field].lower() for entry in ENTRIES.values() if field in entry.fields
        ]
        assert len(set(numbers)) == len(numbers)


def cited(text):
    """The keys that a text cites."""
    groups = re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text)
    return {key.strip() for group in groups for key in group.split(",")}


def test_every_entry_is_cited_and_every_citation_has_an_entry():
    keys = set().union(*(cited(markdown(path)) for path in PAGES))
    assert keys - set(ENTRIES) == set()
    assert set(ENTRIES) - keys == set()


def test_control_citations():
    assert cited("{cite}`a1,b2` and {cite:t}`c3`") == {"a1", "b2", "c3"}
    assert cited("`cite` a1") == set()


def unlisted(text):
    """Works that are named by author and year and that no entry has."""
    named = re.findall(
        r"([A-Z][\w-]+)(?: et al\.)? \((1[78]\d\d|19\d\d|20\d\d)\)", " ".join(text.split())
    )
    listed = {
        (name, entry.fields["year"])
        for entry in ENTRIES.values()
        for person in entry.persons["author"]
        for name in person.last_names
    }
    return [work for work in named if work not in listed]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "lossbook").rglob("*.py")), ids=lambda path: path.stem
)
def test_works_named_in_the_code_are_listed(path):
    assert unlisted(path.read_text(encoding="utf-8")) == []


def test_control_works():
    assert unlisted("Huber (1964); Lin et al.\n    (2017); Cortes and Vapnik (1995)") == []
    assert unlisted("Huber (1981)") == [("Huber", "1981")]
