"""The browser that this machine has: for the tests of the site, and to print the book."""

import contextlib
import shutil

# The first has no window to draw, and takes half the time.
BROWSERS = "chromium-headless-shell chromium chromium-browser google-chrome "
BROWSERS += "google-chrome-stable microsoft-edge"
CHANNELS = "chrome msedge"  # Playwright finds them on macOS and Windows
# Root in a container has no sandbox; the others keep Chromium itself off the network.
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


def launch(chromium):
    """The first browser that is found on this machine, or None."""
    from playwright.sync_api import Error

    path = next(filter(None, map(shutil.which, BROWSERS.split())), None)
    if path:
        return chromium.launch(executable_path=path, args=FLAGS.split())
    for channel in CHANNELS.split():
        with contextlib.suppress(Error):
            return chromium.launch(channel=channel, args=FLAGS.split())
