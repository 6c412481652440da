"""Run Sphinx on one edition of the book: `python tools/edition.py LANGUAGE BUILDER FOLDER`.

A process of its own for each, since Sphinx keeps its translations in global variables.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(language, builder, folder):
    # For addresses, which it is not asked about here, jsonschema compiles grammars for a second.
    sys.modules["rfc3987_syntax"] = None
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
