"""Build the site into _build/html where its sources have changed: `python tools/build.py`.

With `--serve`, or `--serve 8000`, show it on 127.0.0.1 then.
"""

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

import nbformat

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
INDEX = BUILD / "html" / "index.html"
STAMP = BUILD / "sources.json"
SOURCES = (
    "index.md _config.yml _toc.yml requirements.lock chapters/**/* site/**/* lossbook/static/**/* "
    "lossbook/*.py lossbook/answers/* lossbook/explorers/* lossbook/data/*"
)
# What to do about a warning, by words in it.
ADVICE = {
    "bibtex key": "A citation names no entry: mend its key, or add the entry to "
    "chapters/appendix/references.bib.",
    "not found|unknown document|undefined label|not readable|nonexisting": "A link, a reference "
    "or a picture leads nowhere: mend its name, or add what it names.",
    "cannot be typeset": "A formula is no TeX that KaTeX knows: mend it.",
}


def troubles_of_notebook(path):
    """What keeps a file from being a notebook with outputs, as sentences that say what to do.

    Sphinx would end in a traceback, or print a page without what its cells show.
    """
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
        shutil.rmtree(BUILD / "html", ignore_errors=True)
        shutil.rmtree(BUILD / ".doctrees", ignore_errors=True)
    STAMP.unlink(missing_ok=True)
    print("Building the book ...", flush=True)
    book = shutil.which("jupyter-book", path=Path(sys.executable).parent)
    command = [book, "build", ".", "-W", "-n", "--keep-going"]
    run = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8")
    print(run.stderr, end="", file=sys.stderr)
    if run.returncode:
        print(*advice(run.stderr), sep="\n", file=sys.stderr)
        return False
    STAMP.write_text(json.dumps(new, indent=0), "utf-8")
    return True


def serve(port):
    """Serve the site to this machine only, on the port or, where it is taken, on a free one."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=INDEX.parent)
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
