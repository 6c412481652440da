"""Measure the site beside a plain Jupyter Book of the same pages: weight, and time to be readable.

Run by tools/benchmark.py. The plain book has Jupyter Book's own configuration, with MathJax from
this machine (`sphinx-mathjax-offline`) instead of another host, and no explorers.
"""

import contextlib
import functools
import gzip
import http.server
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from playwright.sync_api import sync_playwright

from tools import browser, build

PAGES = (
    "index.md",
    "chapters/regression/huber.ipynb",
    "chapters/classification/cross_entropy.ipynb",
)
SLOWDOWNS = (1, 4)
RUNS = 5
# When the last explorer has taken its place, and when MathJax has set the last formula.
WATCH = """
window.mounted = null;
new MutationObserver((changes) => {
  if (changes.some(({ target }) => target.dataset?.mounted !== undefined))
    window.mounted = performance.now();
}).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-mounted"] });
"""
READ = """async () => {
  await document.fonts.ready;
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const { startTime: painted } = await new Promise((done) => {
    const find = (list) => list.getEntriesByName("first-contentful-paint").forEach(done);
    new PerformanceObserver(find).observe({ type: "paint", buffered: true });
  });
  if (!window.MathJax) return { formulas: painted, explorers: window.mounted };
  await MathJax.startup.promise;
  return { formulas: performance.now(), explorers: null };
}"""


def plain_book(folder):
    """Build a plain Jupyter Book of this book's pages; the folder of its site."""
    shutil.copytree(build.ROOT / "chapters", folder / "chapters")
    for name in ("index.md", "_toc.yml"):
        shutil.copy(build.ROOT / name, folder)
    own = yaml.safe_load((build.ROOT / "_config.yml").read_text("utf-8"))
    config = {key: own[key] for key in ("title", "author", "only_build_toc_files", "execute")}
    config |= {"bibtex_bibfiles": own["bibtex_bibfiles"], "parse": own["parse"]}
    extra = ["sphinx_design", "sphinx_proof", "sphinx-mathjax-offline"]
    config["sphinx"] = {"extra_extensions": extra}
    (folder / "_config.yml").write_text(yaml.safe_dump(config), "utf-8")
    book = Path(sys.executable).with_name("jupyter-book")
    subprocess.run([book, "build", ".", "-q"], cwd=folder, capture_output=True, check=True)
    return folder / "_build" / "html"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def measure(chromium, site, page, slowdown):
    """Of one cold visit: milliseconds to the last formula and explorer, bytes plain and gzipped."""
    handler = functools.partial(Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = f"http://127.0.0.1:{server.server_port}"
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        context.route(lambda url: not url.startswith(here), lambda route: route.abort())
        asked = set()
        tab = context.new_page()
        tab.on("request", lambda request: asked.add(urlsplit(request.url).path.lstrip("/")))
        tab.add_init_script(WATCH)
        session = context.new_cdp_session(tab)
        session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
        tab.goto(f"{here}/{Path(page).with_suffix('.html').as_posix()}")
        times = tab.evaluate(READ)
        context.close()
        server.shutdown()
    files = [(site / path).read_bytes() for path in asked if (site / path).is_file()]
    return times | {
        "bytes": sum(map(len, files)),
        "gzipped": sum(len(gzip.compress(file)) for file in files),
    }


def rows():
    """A row for each page, book and slowdown: megabytes, kilobytes gzipped, seconds."""
    with contextlib.redirect_stdout(sys.stderr):  # what it says is no row
        build.main([])
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        sites = {"this book": build.HTML, "plain": plain_book(Path(folder))}
        found = browser.launch(playwright.chromium)
        for page in PAGES:
            for name, site in sites.items():
                row = [Path(page).stem, name]
                for slowdown in SLOWDOWNS:
                    runs = [measure(found, site, page, slowdown) for _ in range(RUNS)]
                    if slowdown == 1:
                        row += [f"{runs[0]['bytes'] / 1e6:.2f}", f"{runs[0]['gzipped'] / 1e3:.0f}"]
                    for what in ("formulas", "explorers"):
                        times = [run[what] for run in runs if run[what] is not None]
                        row.append(f"{statistics.median(times) / 1e3:.2f}" if times else "")
                yield row
        found.close()
