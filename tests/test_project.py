"""What stands around the book: metadata, versions, and the files that its guides name."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from prose import PAGES, markdown

import lossbook

ROOT = Path(__file__).parent.parent


def read(name):
    return (ROOT / name).read_text("utf-8")


def test_the_version_stands_once():
    project = tomllib.loads(read("pyproject.toml"))
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["setuptools"]["dynamic"]["version"]["attr"] == "lossbook.__version__"
    assert f"## [{lossbook.__version__}]" in read("CHANGELOG.md")
    assert lossbook.__version__ not in read("pyproject.toml") + read("CITATION.cff")


def test_the_citation_has_what_its_format_asks():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    (author,) = tomllib.loads(read("pyproject.toml"))["project"]["authors"]
    assert citation["authors"] == [author]


def test_hooks_have_the_locked_ruff():
    (locked,) = re.findall(r"^(ruff==\S+)", read("requirements.lock"), re.MULTILINE)
    (repository,) = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert len(repository["hooks"]) == 2
    for hook in repository["hooks"]:
        assert hook["additional_dependencies"] == [locked]
        assert "jupyter" in hook["types_or"]


def alike(paths):
    """The files beside which another one has their name but for an s."""
    stems = {path.with_suffix("").as_posix() for path in paths}
    return sorted(stem for stem in stems if {stem + "s", stem + "es"} & stems)


def test_no_two_test_files_have_nearly_one_name():
    assert alike(path.relative_to(ROOT) for path in ROOT.glob("tests/**/*.py")) == []


def test_control_nearly_one_name():
    names = ["test_loss", "test_losses", "test_guide", "test_reference", "test_references"]
    assert alike(Path(f"{name}.py") for name in names) == ["test_loss", "test_reference"]


def lost(text):
    """The paths in a text that are none; one with a word in capitals is a pattern."""
    named = re.findall(r"(?<![\w/.-])(?:tests|tools|lossbook|chapters|site)/[\w./-]*\w", text)
    named = {path for path in named if not re.search("[A-Z]{2}", path)}
    return sorted(path for path in named if not (ROOT / path).exists())


GUIDES = ["README.md", "CONTRIBUTING.md", "BENCHMARKS.md", "Makefile", "explorers/README.md"]
CODE = [p for top in ("lossbook", "tools", "chapters") for p in ROOT.glob(f"{top}/**/*.py")]


@pytest.mark.parametrize("name", GUIDES)
def test_files_that_are_named_are_there(name):
    assert lost(read(name)) == []


def test_files_that_code_and_pages_name_are_there():
    texts = {path.name: path.read_text("utf-8") for path in CODE}
    texts |= {path.name: markdown(path) for path in PAGES}
    print({name: lost(text) for name, text in texts.items() if lost(text)})
    assert {name: lost(text) for name, text in texts.items() if lost(text)} == {}


def test_control_a_file_that_is_lost():
    assert lost(
        "by `tests/bench.py`, tools/build.py, tests/, lossbook/KIND.py and lossbook/data."
    ) == ["tests/bench.py"]


def misspelt(folder):
    """What codespell finds below a folder, by the book's own settings."""
    command = [sys.executable, "-m", "codespell_lib", "--toml", str(ROOT / "pyproject.toml"), "."]
    return subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8").stdout


def test_control_spelling(tmp_path):
    slip = "sentan" + "ce"  # else codespell finds it here
    (tmp_path / "page.md").write_text(f"A {slip} about the MAPE.\n", "utf-8")
    found = misspelt(tmp_path)
    assert f"{slip} ==> sentence" in found
    assert "MAPE" not in found
