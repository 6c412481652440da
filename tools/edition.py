"""Run Sphinx on one edition of the book: `python tools/edition.py LANGUAGE BUILDER FOLDER`.

A process of its own for each, since Sphinx keeps its translations in global variables.
"""

import copy
import functools
import gc
import sys
from importlib import metadata
from pathlib import Path

from docutils import frontend

ROOT = Path(__file__).resolve().parent.parent


def spare_time():
    """Leave out what takes seconds and changes nothing."""
    # The nodes of all pages stay: there is little garbage to look for.
    gc.set_threshold(100_000)
    # For addresses, which it is not asked about here, jsonschema compiles grammars.
    sys.modules["rfc3987_syntax"] = None
    # Each extension lists all packages to find its own plugins.
    metadata.entry_points = functools.cache(metadata.entry_points)
    # MyST asks for docutils' default settings with each message that is translated.
    settings = functools.cache(frontend.get_default_settings)
    frontend.get_default_settings = lambda *components: copy.copy(settings(*components))


def main(language, builder, folder):
    spare_time()
    from jupyter_book.sphinx import build_sphinx

    done = build_sphinx(
        ROOT,
        folder,
        noconfig=True,
        path_config=ROOT / "_config.yml",
        confoverrides={
            "language": language,
            "nitpicky": True,
            "latex_individualpages": False,  # which Jupyter Book asks for
        },
        doctreedir=ROOT / "_build" / ".doctrees" / f"{builder}-{language}",
        builder=builder,
        warningiserror=True,
        keep_going=True,
        quiet=True,
    )
    sys.exit(0 if done == 0 else 1)  # or an exception, which Sphinx has explained


if __name__ == "__main__":
    main(*sys.argv[1:])
