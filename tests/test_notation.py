"""The page on notation says what the code prints and what the chapters write."""

import functools
import inspect
import re

import pytest
import sympy as sp
from prose import CHAPTERS, NOTEBOOKS, markdown, prose

import lossbook
from lossbook import shapes
from lossbook.figures import latex

PAGE = (CHAPTERS / "appendix" / "notation.md").read_text(encoding="utf-8")
LOSSES = [getattr(lossbook, name) for name in lossbook.__all__]
GREEK = re.compile(
    r"\\(?:var)?(?:alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma"
    r"|tau|phi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Pi|Sigma|Phi|Psi|Omega|ell)(?![a-zA-Z])"
)


@functools.cache
def mathematics(text):
    """The formulas of a Markdown text, code left out."""
    text = re.sub(r"(`+).*?\1", "", text, flags=re.DOTALL)
    return [a or b for a, b in re.findall(r"\$\$(.*?)\$\$|\$([^$]+)\$", text, re.DOTALL)]


@functools.cache
def plain(formula):
    """A formula without what only looks: spaces, and the two ways to write a bar."""
    return re.sub(r"\s|\\,|\\[lr]vert(?![a-zA-Z])|\\\||\\Vert|\|", "", formula)


def tables(text):
    """The rows of all tables, each a list of its cells, by the words of their head."""
    found = {}
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()]
        found.setdefault(tuple(rows[0]), []).extend(rows[2:])
    return found


TABLES = tables(PAGE)
ARGUMENTS = {
    row[0].strip("`"): row for row in TABLES["in code", "printed", "in the text", "what it takes"]
}
PRINTED = {plain(formula) for formula in mathematics(PAGE)}


def unprinted(expression):
    """The symbols of an expression that stand nowhere on the page as they are printed."""
    symbols = {latex(symbol) for symbol in expression.atoms(sp.Symbol)}
    return {symbol for symbol in symbols if plain(symbol) not in PRINTED}


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_every_argument_has_a_row_with_its_printed_symbol(loss):
    if loss.name != "ctc":
        names = [name for name in inspect.signature(loss).parameters if name != "squared"]
        for name, symbol in zip(names, loss.symbols, strict=True):
            printed = latex(symbol.label if isinstance(symbol, sp.IndexedBase) else symbol)
            assert ARGUMENTS[name][1] == f"${printed}$"


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_defaults_are_those_of_the_code(loss):
    for name, parameter in inspect.signature(loss).parameters.items():
        if isinstance(parameter.default, float):
            assert f"{parameter.default:g}" in ARGUMENTS[name][3]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.name)
def test_every_printed_symbol_is_explained(loss):
    if loss.name != "ctc":
        gradients = loss.gradient if isinstance(loss.gradient, tuple) else (loss.gradient,)
        for expression in (loss.formula, *gradients):
            assert unprinted(sp.sympify(expression)) == set()


def test_control_an_unknown_symbol():
    assert unprinted(sp.Symbol("omega") + sp.Symbol("y")) == {r"\omega"}


def test_every_row_of_an_argument_is_one():
    known = {name for loss in LOSSES for name in inspect.signature(loss).parameters}
    assert set(ARGUMENTS) == known


def test_shapes_are_printed_as_the_page_says():
    rows = TABLES["in `lossbook`", "printed", "its slope", "printed"]
    pairs = [pair for row in rows for pair in (row[:2], row[2:])]
    assert len(pairs) == 8
    for code, formula in pairs:
        name, arguments = re.match(r"`(\w+)\((.*)\)`", code).groups()
        printed = latex(getattr(shapes, name)(*sp.symbols(arguments, seq=True)))
        assert plain(formula.strip("$")) == plain(printed)


# What the chapters write.

FIRST = [
    (formula, re.search(r"<(.*?)>", row[-1])[1])
    for head, rows in TABLES.items()
    if head[-1] == "explained in"
    for row in rows
    for formula in mathematics(row[0])
]


def occurs(formula, text):
    """Whether a formula (dots stand for anything) occurs in the mathematics of a text."""
    pattern = re.escape(plain(formula)).replace(re.escape(r"\dots"), ".*")
    return any(re.search(pattern, plain(found)) for found in mathematics(text))


@pytest.mark.parametrize(("formula", "chapter"), FIRST)
def test_a_symbol_occurs_where_the_page_sends_the_reader(formula, chapter):
    path = (CHAPTERS / "appendix" / f"{chapter}.ipynb").resolve()
    assert occurs(formula, markdown(path))


def test_control_a_symbol_that_does_not_occur():
    assert occurs(r"\gamma_t(k)", r"where $\gamma_t (k)$ is")
    assert not occurs(r"\gamma_t(k)", r"where $\gamma_t$ and `$\gamma_t(k)$` are")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_greek_letter_of_a_chapter_is_explained(path):
    explained = set(GREEK.findall(" ".join(mathematics(PAGE))))
    for number, text in prose(path).items():
        used = set(GREEK.findall(" ".join(mathematics(text))))
        assert used <= explained, f"cell {number}"


FORBIDDEN = [
    snippet for row in TABLES["not", "but", "why"] for snippet in re.findall("`(.+?)`", row[0])
]


def forbidden(text):
    """What the page says is not written, and a double bar that is none of a divergence."""
    formulas = mathematics(text)
    found = [
        snippet
        for snippet in FORBIDDEN
        if any(re.search(re.escape(snippet) + r"(?![a-zA-Z])", formula) for formula in formulas)
    ]
    bar = r"(?<!\\,)\\\||\\\|(?!\\,)"  # a divergence has thin spaces on either side of it
    return found + [r"\|" for formula in formulas if re.search(bar, formula)]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_chapters_write_one_notation(path):
    assert [
        (number, found) for number, text in prose(path).items() if (found := forbidden(text))
    ] == []


@pytest.mark.parametrize("snippet", FORBIDDEN)
def test_control_forbidden(snippet):
    assert snippet in forbidden(f"So ${snippet} x$ is.")
    assert forbidden(f"So `{snippet}` is.") == []


def test_control_double_bars():
    assert forbidden(r"$\|w\|^2$") == [r"\|"]
    assert forbidden(r"$D(q \,\|\, p)$") == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_loss_is_no_text(path):
    """The loss of a sample is L; ell is the text of CTC."""
    if path.stem != "ctc":
        assert r"\ell" not in " ".join(mathematics(markdown(path)))
