"""The tools behind make: what they say when something is missing, and that they repeat well."""

import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import nbformat
import pytest
import test_formulas
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools import build, notebooks, setup

ROOT = Path(__file__).parent.parent


@pytest.fixture
def write(tmp_path):
    """Write a notebook of code cells; gives its path."""

    def write(*sources, **metadata):
        cells = [new_code_cell(source, metadata=metadata) for source in sources]
        path = tmp_path / "toy.ipynb"
        nbformat.write(new_notebook(cells=cells), path)
        return path

    return write


def test_notebooks_store_the_same_bytes_twice(write):
    path = write("import sys\nprint('a', flush=True)\nprint('b')", "{1, 2} | {3}")
    notebooks.run(path)
    first = path.read_bytes()
    notebooks.run(path)
    assert path.read_bytes() == first
    assert b'"a\\n"' in first and b"{1, 2, 3}" in first
    assert b"iopub" not in first and sys.version.split()[0].encode() not in first


def test_normal_notebooks_keep_no_time_of_another_tool(write):
    notebook = nbformat.read(write("1"), 4)
    notebook.cells[0].metadata.execution = {"iopub.execute_input": "2026-01-01T00:00:00Z"}
    notebooks.normalise(notebook)
    assert notebook.cells[0].metadata == {}


def test_notebooks_keep_ids_and_shorten_errors(write):
    path = write("1 / 0", tags=["raises-exception"])
    ids = [cell.id for cell in nbformat.read(path, 4).cells]
    notebooks.run(path)
    (cell,) = nbformat.read(path, 4).cells
    assert [cell.id] == ids
    assert cell.outputs[0].traceback == ["ZeroDivisionError: division by zero"]


def test_notebooks_that_fail_are_not_stored(write, capsys):
    path = write("1 / 0")
    before = path.read_bytes()
    with pytest.raises(SystemExit, match=r"True|1"):
        notebooks.main([path])
    assert path.read_bytes() == before
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_notebooks_of_the_book_are_normal():
    for path in notebooks.find([ROOT / "chapters"]):
        notebook = nbformat.read(path, 4)
        text = nbformat.writes(notebook)
        notebooks.normalise(notebook)
        assert nbformat.writes(notebook) == text, f"{path}: store it by `make notebooks`"


def test_a_build_is_reused_for_changed_pages_only():
    old = {"chapters/mse.ipynb": "1", "site/book.css": "1"}
    assert build.reusable(old, old | {"chapters/mse.ipynb": "2"})
    assert not build.reusable(old, old | {"site/book.css": "2"})
    assert not build.reusable(old, old | {"chapters/mae.ipynb": "1"})  # came
    assert not build.reusable(old, {"site/book.css": "1"})  # went
    assert not build.reusable({}, old)


def test_a_build_takes_notebooks_that_were_run(write):
    path = write("1 + 1")
    assert "cells 0" in build.troubles_of_notebook(path)[0]
    notebooks.run(path)
    assert build.troubles_of_notebook(path) == []


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b"<<<<<<< HEAD\n{}"])
def test_a_build_refuses_what_is_no_notebook(tmp_path, damage):
    path = tmp_path / "toy.ipynb"
    path.write_bytes(damage)
    (said,) = build.troubles_of_notebook(path)
    assert said.startswith("toy.ipynb is no notebook")
    assert "git" in said


FAULTS = {
    "[A link](nowhere.md).": "leads nowhere",
    "[A link](#nowhere).": "leads nowhere",
    "{ref}`nowhere`": "leads nowhere",
    "![A picture](nowhere.svg)": "leads nowhere",
    "[[Nobody, 1900](references.bib#nobody-1900)]": "chapters/appendix/references.bib",
    r"$\wrong$": "KaTeX",
}


def test_a_build_says_what_to_do_about_each_fault(tmp_path):
    extensions = '["myst_nb", "formulas", "sphinxcontrib.bibtex", "citations"]'
    extensions += '; bibtex_bibfiles = ["references.bib"]'
    (tmp_path / "references.bib").touch()
    pages = {f"page{i}": fault for i, fault in enumerate(FAULTS)}
    run, _ = test_formulas.build(tmp_path, extensions=extensions, index="Text.", **pages)
    assert run.returncode
    for (name, fault), said in zip(pages.items(), FAULTS.values(), strict=True):
        lines = [line for line in run.stderr.splitlines() if f"{name}.md" in line]
        assert said in " ".join(build.advice("\n".join(lines))), (fault, run.stderr)


def test_control_a_sound_page_needs_no_advice(tmp_path):
    run, _ = test_formulas.build(tmp_path, index="Text, and $x$.")
    assert run.returncode == 0
    assert build.advice(run.stderr) == []


def test_every_cell_is_compared():
    """A cell whose output may be anything is mended at its source, not left out."""
    for path in notebooks.find([ROOT / "chapters"]):
        for cell in nbformat.read(path, 4).cells:
            marks = [*cell.metadata.get("tags", []), cell.source.lower().replace("_", "-")]
            assert not any("nbval-" in mark for mark in marks), (path, cell.source)


@pytest.mark.parametrize(
    ("system", "path"), [("nt", "Scripts/python.exe"), ("posix", "bin/python")]
)
def test_setup_knows_where_python_is(system, path):
    assert setup.interpreter(system).relative_to(setup.VENV).as_posix() == path


Version = namedtuple("Version", "major minor micro releaselevel serial")


def test_setup_refuses_an_old_python(monkeypatch):
    monkeypatch.setattr(sys, "version_info", Version(3, 10, 4, "final", 0))
    with pytest.raises(SystemExit, match=r"needs Python 3\.11 or newer and this is 3\.10\.4"):
        setup.check_python()


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_setup_refuses_a_python_without_venv(monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SystemExit, match="venv module"):
        setup.check_python()


def pip_install(monkeypatch, requirement):
    monkeypatch.setattr(setup, "PYTHON", sys.executable)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    for name in ("PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    setup.pip_install(requirement)


def test_setup_without_network_says_so(monkeypatch):
    with pytest.raises(SystemExit, match=r"^The package index cannot be reached"):
        pip_install(monkeypatch, "no-such-package-of-lossbook")


def test_setup_shows_other_errors_of_pip(monkeypatch):
    with pytest.raises(SystemExit, match=r"Invalid requirement(.|\n)*could not install"):
        pip_install(monkeypatch, "???")


def test_build_knows_its_sources():
    sources = build.digests()
    assert {"index.md", "_config.yml", "_toc.yml", "site/static/book.css"} <= set(sources)
    assert not any(part in path for path in sources for part in ("_build", "__pycache__"))


@pytest.mark.skipif(sys.platform == "win32", reason="make is not for Windows")
def test_make_lists_its_targets():
    said = subprocess.run(
        ["make"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout
    for target in ["book", "pdf", "test", "serve", "notebooks", "lab", "bench", "clean"]:
        assert f"make {target} " in said


def test_lock_names_no_machine():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "--hash=sha256:" in lock
    assert not any(word in lock for word in ("http://", "https://", "file:", "--index", "/tmp"))


def test_fuzz_says_what_it_found(tmp_path):
    toy = tmp_path / "test_fuzz_toy.py"
    toy.write_text(
        "from hypothesis import given, strategies as st\n"
        "@given(st.integers())\n"
        "def test_small(n):\n"
        "    assert n < 1000\n"
    )
    command = [sys.executable, "tools/fuzz.py", "0.001", str(toy)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    assert run.returncode == 1
    assert "seed " in run.stdout and "n=1000" in run.stdout
    assert "1 hunt found something" in run.stdout


def links_of_the_site_alone(notebook):
    """Cells with a role `{doc}`, which no notebook reader follows, as it does a plain link."""
    return [c.source for c in notebook.cells if c.cell_type == "markdown" and "{doc}" in c.source]


@pytest.mark.parametrize("path", sorted(ROOT.glob("chapters/**/*.ipynb")), ids=lambda p: p.stem)
def test_links_to_pages_lead_somewhere_in_jupyterlab_too(path):
    assert not links_of_the_site_alone(nbformat.read(path, as_version=4))


def test_control_a_role_is_a_link_of_the_site_alone():
    cells = [new_markdown_cell(text) for text in ("{doc}`mae`", "[mae](mae.ipynb)")]
    assert links_of_the_site_alone(new_notebook(cells=cells)) == ["{doc}`mae`"]
