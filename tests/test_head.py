"""The head of pages, with and without the address of a repository in _config.yml."""

import re
import shutil
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import book_head
import pytest
import yaml
from matplotlib import pyplot as plt
from sphinx_external_toc.parsing import parse_toc_yaml

ROOT = Path(__file__).parent.parent
PAGES = [*parse_toc_yaml(ROOT / "_toc.yml"), "search", "404"]
TITLE = "The Book of Loss Functions"


class Head(HTMLParser):
    """What the head of a page says: titles, {name: content} of its metas, {rel: [href]}."""

    def __init__(self, text):
        super().__init__()
        self.metas, self.rels, self.base = {}, {}, None
        self.counts = Counter()
        self.title = re.search("(?s)<title>(.*?)</title>", text)[1].strip()
        self.feed(text.partition("<body")[0])

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "meta" and (name := attrs.get("name") or attrs.get("property")):
            self.counts[name, attrs.get("media")] += 1
            self.metas[name] = attrs["content"]
        elif tag == "link":
            self.rels.setdefault(attrs["rel"], []).append(attrs["href"])
        elif tag == "base":
            self.base = attrs["href"]


def troubles(head):
    """What a head lacks or says twice."""
    asked = ["viewport", "description", "theme-color", "twitter:card"]
    asked += [f"og:{name}" for name in ("title", "description", "image", "type", "site_name")]
    found = [f"no {name}" for name in asked if not head.metas.get(name)]
    found += [f"{name} twice" for (name, _), count in head.counts.items() if count > 1]
    found += [f"no {rel}" for rel in ("icon", "apple-touch-icon") if rel not in head.rels]
    if head.title.count(TITLE) != 1:
        found.append(f"title: {head.title}")
    return found


def read(path):
    return Head(path.read_text("utf-8"))


@pytest.mark.parametrize("name", PAGES)
def test_head(site, name):
    head = read(site / f"{name}.html")
    assert troubles(head) == []
    icons = [*head.rels["icon"], *head.rels["apple-touch-icon"], head.metas["og:image"]]
    for icon in icons:
        assert (site / name).parent.joinpath(icon).resolve().is_file()


def test_pages_have_titles_and_descriptions_of_their_own(site):
    for of in (lambda head: head.title, lambda head: head.metas["description"]):
        counted = Counter(of(read(site / f"{name}.html")) for name in PAGES[:-2])
        assert max(counted.values()) == 1


def test_without_an_address_no_page_claims_one(site):
    for name in PAGES:
        head = read(site / f"{name}.html")
        assert "canonical" not in head.rels
        assert "og:url" not in head.metas
        assert head.base is None
        text = (site / f"{name}.html").read_text("utf-8")
        assert not re.search("mybinder.org|colab.research|Suggest edit", text)
    assert not (site / "sitemap.xml").exists()


@pytest.mark.parametrize(("name", "shape"), [("card", (630, 1200)), ("icon-180", (180, 180))])
def test_pictures_have_the_size_that_is_asked(name, shape):
    assert plt.imread(ROOT / f"site/static/{name}.png").shape[:2] == shape


# A small book with the site's own configuration, but for the address.


def build(folder, repository):
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    config["repository"]["url"] = repository
    for name in ("site", "lossbook"):
        (folder / name).symlink_to(ROOT / name, target_is_directory=True)
    pages = folder / "chapters/appendix"
    pages.mkdir(parents=True)
    for name in ("references.bib", "references.md"):
        shutil.copy(ROOT / "chapters/appendix" / name, pages)
    shutil.copy(ROOT / "chapters/solutions/mae.ipynb", pages / "notebook.ipynb")
    notebook = (pages / "notebook.ipynb").read_text("utf-8")
    (pages / "notebook.ipynb").write_text(re.sub(r"\{doc\}`[^`]*`", "it", notebook), "utf-8")
    (folder / "index.md").write_text(f"# {TITLE}\n\nA small book.\n", "utf-8")
    toc = {"format": "jb-book", "root": "index"}
    toc["chapters"] = [{"file": f"chapters/appendix/{page}"} for page in ("notebook", "references")]
    (folder / "_config.yml").write_text(yaml.safe_dump(config), "utf-8")
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc), "utf-8")
    book = Path(sys.executable).parent / "jupyter-book"
    run = subprocess.run(
        [book, "build", "."], cwd=folder, capture_output=True, encoding="utf-8", errors="replace"
    )
    assert run.returncode == 0, run.stderr[-3000:]
    return folder / "_build/html"


@pytest.mark.parametrize(
    ("repository", "address"),
    [
        ("https://github.com/Somebody/book", "https://somebody.github.io/book/"),
        ("https://github.com/Somebody/somebody.github.io", "https://somebody.github.io/"),
        ("https://gitlab.com/group/part/book", "https://group.gitlab.io/part/book/"),
    ],
)
def test_the_address_of_the_pages_of_a_repository(repository, address):
    assert book_head.home(repository) == address


def test_the_address_of_the_chinese_edition():
    options = {"repository_url": "https://github.com/Somebody/book"}
    config = SimpleNamespace(html_theme_options=options, html_baseurl="", language="zh_CN")
    book_head.use_address(None, config)
    assert config.html_baseurl == "https://somebody.github.io/book/zh/"


def test_with_an_address(tmp_path):
    repository, base = "https://github.com/Somebody/book", "https://somebody.github.io/book/"
    html = build(tmp_path, f"{repository}/")
    path = "chapters/appendix/notebook"
    text = (html / f"{path}.html").read_text("utf-8")
    head = Head(text)
    assert troubles(head) == []
    assert head.rels["canonical"] == [f"{base}{path}.html"]
    assert head.metas["og:url"] == f"{base}{path}.html"
    assert head.metas["og:image"] == f"{base}_static/card.png"
    assert f'rel="alternate" hreflang="zh-CN" href="{base}zh/{path}.html"' in text
    assert re.search(rf'href="{repository}/edit/main/{path}.ipynb"', text)
    binder = "https://mybinder.org/v2/gh/Somebody/book/main?urlpath=lab/tree/"
    assert f'href="{binder}{path}.ipynb"' in text
    colab = "https://colab.research.google.com/github/Somebody/book/blob/main/"
    assert f'href="{colab}{path}.ipynb"' in text

    places = ElementTree.parse(html / "sitemap.xml").findall("{*}url/{*}loc")
    listed = ["index.html", f"{path}.html", "chapters/appendix/references.html"]
    assert [place.text for place in places] == [base + name for name in listed]
    robots = (html / "robots.txt").read_text("utf-8")
    assert f"Sitemap: {base}sitemap.xml\nSitemap: {base}zh/sitemap.xml" in robots
    assert read(html / "404.html").base == base
    assert read(html / "index.html").base is None


def test_a_binder_can_start_the_book():
    """repo2docker finds the Python, the pinned packages and the book's own."""
    binder = ROOT / ".binder"
    python = (binder / "runtime.txt").read_text("utf-8").strip()
    assert python == "python-3.11"
    (line,) = (binder / "requirements.txt").read_text("utf-8").split("\n")[:1]
    assert (binder / line.removeprefix("-r ")).resolve() == ROOT / "requirements.lock"
    script = binder / "postBuild"
    assert script.stat().st_mode & 0o111
    assert script.read_text("utf-8").startswith("#!/")
    subprocess.run(["bash", "-n", script], check=True)


# Controls: heads that lack or repeat something.

SOUND = (
    f'<head><title>A page — {TITLE}</title><link rel="icon" href="i"><link rel="apple-touch-icon" '
    'href="j"><meta name="theme-color" media="light" content="#fff"><meta name="theme-color" '
    'media="dark" content="#000">'
    + "".join(f'<meta name="{n}" content="x">' for n in ("viewport", "description", "twitter:card"))
    + "".join(
        f'<meta property="og:{n}" content="x">'
        for n in ("title", "description", "image", "type", "site_name")
    )
    + "</head><body>"
)


def test_control_sound_head():
    assert troubles(Head(SOUND)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A page", TITLE),
        ('<meta name="description" content="x">', ""),
        ('<meta property="og:image" content="x">', '<meta property="og:image" content="">'),
        ("</head>", '<meta name="viewport" content="y"></head>'),
        ('rel="apple-touch-icon"', 'rel="other"'),
    ],
)
def test_control_head(old, new):
    assert old in SOUND
    assert len(troubles(Head(SOUND.replace(old, new)))) == 1
