"""Build the site into _build/html where its sources have changed: `python tools/build.py`.

With `--serve`, or `--serve 8000`, show it on 127.0.0.1 then.
"""

import contextlib
import functools
import hashlib
import http.server
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "_build"
INDEX = BUILD / "html" / "index.html"
STAMP = BUILD / "sources.json"
SOURCES = (
    "index.md _config.yml _toc.yml requirements.lock chapters/**/* site/**/* lossbook/static/**/* "
    "lossbook/*.py lossbook/answers/* lossbook/explorers/* lossbook/data/*"
)


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
    if not reusable(old, new):
        shutil.rmtree(BUILD / "html", ignore_errors=True)
        shutil.rmtree(BUILD / ".doctrees", ignore_errors=True)
    STAMP.unlink(missing_ok=True)
    print("Building the book ...", flush=True)
    book = shutil.which("jupyter-book", path=Path(sys.executable).parent)
    if subprocess.run([book, "build", ".", "-W", "-n", "--keep-going"], cwd=ROOT).returncode:
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
