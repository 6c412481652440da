"""Fixtures for tests of the built site in a real browser.

- `site`: the folder of the built HTML, brought up to date first.
- `server`: the address of that folder over HTTP, without a slash at its end.
- `browser`: a headless Chromium that runs until the session ends.
- `new_page`: opens pages in it, each in a context of its own, and keeps what they requested.

    def test_slider(new_page, server):
        page = new_page(width=390, dark=True, touch=True)
        page.goto(server + "/chapters/regression/huber.html")
        ...
        assert not page.log.errors

Where no browser is installed these tests are skipped; with CI=true in the environment they fail.
With LATE_FRAMES=1 each frame comes a tenth of a second late: a test that reads a picture before it
is drawn, which fails now and then on a busy machine, fails always.
"""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from serving import serve

from tools.browser import launch

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def site():
    """The folder of the built site. Safe with xdist: the build holds a lock."""
    command = [sys.executable, "tools/build.py"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", errors="replace")
    if run.returncode:
        pytest.fail(run.stderr[-4000:], pytrace=False)  # the warnings and errors of Sphinx
    return ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def server(site):
    """The address of the built site over HTTP, such as http://127.0.0.1:40123."""
    with serve(site) as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium (or Chrome, or Edge) that is installed on this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = launch(playwright.chromium)
        if found is None:
            missing = "NO BROWSER FOUND: install Chromium, Chrome or Edge to test the site"
            if os.environ.get("CI") == "true":
                pytest.fail(missing, pytrace=False)
            pytest.skip(missing)
        yield found
        found.close()


@dataclass
class Log:
    """The requests of a page, and its errors."""

    requests: list = field(default_factory=list)  # every address, in order
    failed: list = field(default_factory=list)  # no response, or a status of 400 or more
    errors: list = field(default_factory=list)  # console errors and uncaught exceptions

    def watch(self, page):
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("requestfailed", lambda request: self.failed.append(request.url))
        page.on("response", lambda r: self.failed.append(r.url) if r.status >= 400 else None)
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))


LATE_FRAMES = """{
    const ask = requestAnimationFrame;
    globalThis.requestAnimationFrame = (draw) => setTimeout(() => ask(draw), 100);
    globalThis.cancelAnimationFrame = clearTimeout;
}"""


@pytest.fixture
def new_page(browser):
    """`new_page(width=1280, height=900, dark=False, touch=False, **context)` opens a blank page.

    Further arguments go to Playwright's `browser.new_context`. `page.log` keeps what the page
    requests and its errors: `page.log.requests`, `page.log.failed`, `page.log.errors`.
    """
    contexts = []

    def open_page(*, width=1280, height=900, dark=False, touch=False, **context):
        contexts.append(
            browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if dark else "light",
                has_touch=touch,
                **context,
            )
        )
        page = contexts[-1].new_page()
        if os.environ.get("LATE_FRAMES"):
            page.add_init_script(LATE_FRAMES)
        page.log = Log()
        page.log.watch(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
