"""Build the site into _build/html where its sources have changed: `python tools/build.py`.

With `--serve`, or `--serve 8000`, show it on 127.0.0.1 then.
"""

import concurrent.futures
import contextlib
import functools
import hashlib
import http.server
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
from tools.lighten import lighten

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
HTML = BUILD / "html"
INDEX = HTML / "index.html"
EDITIONS = {"en": HTML, "zh_CN": BUILD / "zh" / "html"}  # and where each is built
STAMP = BUILD / "sources.json"
SOURCES = (
    "index.md _config.yml _toc.yml requirements.lock chapters/**/* site/**/* lossbook/static/**/* "
    "lossbook/*.py lossbook/answers/* lossbook/explorers/* lossbook/data/* "
    "locale/**/*.po explorers/src/**/*.js"
)
SHARED = ("_static", "_images", "_sources")
# What to do about a warning, by words in it.
ADVICE = {
    "bibtex key": "A citation names no entry: mend its key, or add the entry to "
    "chapters/appendix/references.bib.",
    "not found|unknown document|undefined label|not readable|nonexisting": "A link, a reference "
    "or a picture leads nowhere: mend its name, or add what it names.",
    "cannot be typeset": "A formula is no TeX that KaTeX knows: mend it.",
    "i18n.inconsistent": "A translation has other links than its source: mend it in locale/.",
}


def troubles_of_notebook(path):
    """What keeps a file from being a notebook with outputs, as sentences that say what to do.

    Sphinx would end in a traceback, or print a page without what its cells show.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # as in edition.py
    import nbformat

    name = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except Exception as error:  # JSON, UTF-8 and the format of notebooks have errors of their own
        said = str(error).splitlines()[0]
        return [f"{name} is no notebook ({said}): mend it, or take back a version from git."]
    never = [
        str(number)
        for number, cell in enumerate(notebook.cells)
        if cell.cell_type == "code" and cell.source.strip() and not cell.execution_count
    ]
    if not never:
        return []
    return [f"{name} was not run whole (cells {', '.join(never)}): store it by `make notebooks`."]


def advice(warnings):
    """What to do about the warnings of Sphinx, a sentence for each kind."""
    return [said for words, said in ADVICE.items() if re.search(words, warnings)]


def digests():
    """The path and the SHA-256 of every file that the site is made from."""
    paths = {path for pattern in SOURCES.split() for path in ROOT.glob(pattern)}
    return {
        path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(paths)
        if path.is_file() and not {".ipynb_checkpoints", "__pycache__"} & set(path.parts)
    }


def reusable(old, new):
    """Whether the build of the old digests can be brought up to date with the new ones.

    Sphinx repeats no warning for a page that it has read before, and it keeps the pages of files
    that are gone. So only a build without warnings is reused, and only for changed pages.
    """
    changed = [path for path, _ in new.items() - old.items()]
    return new.keys() == old.keys() and all(path.startswith("chapters/") for path in changed)


def build():
    """Build what has changed; True if there was neither an error nor a warning."""
    new = digests()
    old = json.loads(STAMP.read_text("utf-8")) if STAMP.exists() and INDEX.exists() else {}
    if new == old:
        print("The book is up to date.")
        return True
    changed = [ROOT / path for path, _ in sorted(new.items() - old.items())]
    read = [troubles_of_notebook(path) for path in changed if path.suffix == ".ipynb"]
    if troubles := sum(read, []):
        print(*troubles, sep="\n", file=sys.stderr)
        return False
    if not reusable(old, new):
        for folder in (*EDITIONS.values(), BUILD / ".doctrees"):
            shutil.rmtree(folder, ignore_errors=True)
    STAMP.unlink(missing_ok=True)
    print("Building the book ...", flush=True)
    warnings = run_sphinx()
    if warnings:
        print(warnings, *advice(warnings), sep="\n", file=sys.stderr)
        return False
    add_edition(EDITIONS["zh_CN"], "zh")
    lighten(HTML)
    STAMP.write_text(json.dumps(new, indent=0), "utf-8")
    return True


def run_sphinx():
    """Build both editions side by side; what the builds that failed said."""
    command = [sys.executable, ROOT / "tools" / "edition.py"]
    runs = [
        subprocess.Popen(
            [*command, language, "html", folder], stderr=subprocess.PIPE, encoding="utf-8"
        )
        for language, folder in EDITIONS.items()
    ]
    with concurrent.futures.ThreadPoolExecutor() as threads:  # so that neither waits for a reader
        said = list(threads.map(lambda run: run.communicate()[1], runs))
    return "".join(text for run, text in zip(runs, said, strict=True) if run.returncode)


def add_edition(built, name):
    """Put an edition into a folder of the site; what the site has already is not stored twice."""
    edition = HTML / name
    shutil.rmtree(edition, ignore_errors=True)
    for path in [path for path in built.rglob("*") if path.is_file()]:
        within = path.relative_to(built)
        if within.parts[0] in SHARED and (HTML / within).exists():
            continue
        (edition / within).parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".html":
            page = share(path.read_text("utf-8"), len(within.parts) - 1)
            (edition / within).write_text(page, "utf-8")
        else:
            shutil.copy(path, edition / within)


def share(page, depth):
    """A page of an edition, leading to what the site has already."""
    up = "../" * depth
    address = re.compile(rf"(?<=[\"'(]){re.escape(up)}((?:{'|'.join(SHARED)})/[^\"'()?#]*)")

    def lead(match):
        return f"{up}../{match[1]}" if (HTML / match[1]).exists() else match[0]

    return address.sub(lead, page)


def serve(port):
    """Serve the site to this machine only, on the port or, where it is taken, on a free one."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=HTML)
    try:
        httpd = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    print(f"Serving http://127.0.0.1:{httpd.server_port} until Ctrl-C", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        httpd.serve_forever()


def main(args):
    BUILD.mkdir(exist_ok=True)
    # Two builds at once would overwrite each other's files. The lock ends with its process.
    with contextlib.closing(sqlite3.connect(BUILD / "lock", timeout=1200)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        good = build()
    if not good:
        sys.exit("The book was not built: see the warnings above.")
    print(f"Open {INDEX.as_uri()}")
    if "--serve" in args:
        serve(int([*args, 8000][args.index("--serve") + 1]))


if __name__ == "__main__":
    main(sys.argv[1:])
