"""The references: complete, each cited, none missing, and findable by a number or an address."""

import html
import os
import re
import sys
from pathlib import Path

import pytest
from prose import CHAPTERS, PAGES, ROOT, markdown
from pybtex.database import parse_file, parse_string
from pybtex.richtext import Text

sys.path.insert(0, str(ROOT / "site"))
from citations import CITATION, LINK, as_role

BIBLIOGRAPHY = CHAPTERS / "appendix" / "references.bib"
ENTRIES = parse_file(BIBLIOGRAPHY).entries
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
    return {key for citation in CITATION.finditer(text) for *_, key in LINK.findall(citation[0])}


def test_every_entry_is_cited_and_every_citation_has_an_entry():
    keys = set().union(*(cited(markdown(path)) for path in PAGES))
    assert keys - set(ENTRIES) == set()
    assert set(ENTRIES) - keys == set()


def author_year(entry):
    """An entry by author and year, as the website names it."""
    authors = [
        str(Text.from_latex(" ".join(person.prelast_names + person.last_names)))
        for person in entry.persons["author"]
    ]
    names = " and ".join(authors) if len(authors) < 3 else f"{authors[0]} et al."
    return f"{names}, {entry.fields['year']}"


def miscited(text, folder):
    """What a text cites in another way, with what to write there if that is known."""
    said = []
    for citation in CITATION.finditer(text):
        for name, path, key in LINK.findall(citation[0]):
            right = author_year(ENTRIES[key]) if key in ENTRIES else "?"
            if name != right or (folder / path).resolve() != BIBLIOGRAPHY:
                way = Path(os.path.relpath(BIBLIOGRAPHY, folder)).as_posix()
                said.append(f"[{name}]({path}#{key}) -> [{right}]({way}#{key})")
    rest = CITATION.sub("", text)
    return said + re.findall(r".{0,30}(?:\{cite|references\.bib).{0,30}", rest)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_citation_says_author_and_year_and_leads_to_the_entry(path):
    assert miscited(markdown(path), path.parent) == []


HUBER = "[[Huber, 1964](../appendix/references.bib#huber1964)]"
BOTH = HUBER.replace(")]", "); [Huber and Ronchetti, 2009](../appendix/references.bib#huber2009)]")


def test_control_citations():
    assert cited(f"{BOTH} and {HUBER}") == {"huber1964", "huber2009"}
    assert cited("[Huber, 1964](../appendix/references.md)") == set()
    assert CITATION.sub(as_role, f"so {BOTH}.") == "so {cite}`huber1964,huber2009`."
    assert miscited(f"{BOTH} and {HUBER}", CHAPTERS / "regression") == []


@pytest.mark.parametrize(
    "text",
    [
        "{cite}`huber1964`",
        "{cite:t}`huber1964`",
        HUBER[1:-1],
        HUBER.replace(", ", " "),
        HUBER.replace("1964]", "1981]"),
        HUBER.replace(", ", ",\n"),
        HUBER.replace("#huber1964", "#huber2009"),
        HUBER.replace("#huber1964", "#nobody1900"),
        HUBER.replace("#huber1964", ""),
        HUBER.replace("../", ""),
        BOTH.replace(";", ","),
        BOTH.replace("Huber and Ronchetti", "Huber & Ronchetti"),
    ],
)
def test_control_miscited(text):
    assert miscited(text, CHAPTERS / "regression")


@pytest.mark.parametrize(
    ("authors", "name"),
    [
        (r"H{\"a}rdle, Wolfgang", "Härdle, 2000"),
        ("van den Oord, A. and Li, Y. and Vinyals, O.", "van den Oord et al., 2000"),
        ("{Some Library}", "Some Library, 2000"),
        ("A, B and C, D", "A and C, 2000"),
    ],
)
def test_names_of_entries(authors, name):
    text = f"@misc{{key, author = {{{authors}}}, year = {{2000}}}}"
    assert author_year(parse_string(text, "bibtex").entries["key"]) == name


def cited_on(page):
    """The names in each citation of a page of the website."""
    spans = re.findall(r'<span class="bibtex-citation".*?</a>\]', page, re.DOTALL)
    plain = [html.unescape(re.sub("</?em>", "", span)).replace("\xa0", " ") for span in spans]
    return [re.findall(r">([^<>]+)</a>", span) for span in plain]


def test_the_website_cites_by_the_same_words(site):
    for path in PAGES:
        page = (site / path.relative_to(ROOT).with_suffix(".html")).read_text("utf-8")
        citations = CITATION.finditer(markdown(path))
        said = [[name for name, *_ in LINK.findall(one[0])] for one in citations]
        # The website sorts several in one pair of brackets.
        assert list(map(sorted, cited_on(page))) == list(map(sorted, said)), path


def test_control_a_page_cites():
    lin = '<a href="b.html#id1" title="T.">Lin <em>et al.</em>, 2017</a>'
    page = f'[<a>1</a>] <span class="bibtex-citation" id="id2">[{lin}, {lin}]</span> [{lin}]'
    assert cited_on(page) == [["Lin et al., 2017", "Lin et al., 2017"]]


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
