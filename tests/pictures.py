"""Figures of notebooks compared as pictures: differences that nobody can see are ignored.

Two processors draw the same figure with other bytes: -0 for 0, a contour's vertex in its last
digit. So each SVG is rendered, and pixels are compared by matplotlib's own measure, the root mean
square of their differences (of 255).
"""

import base64
import os
import re

import resvg_py
from matplotlib import get_data_path
from matplotlib.testing.compare import compare_images
from matplotlib.testing.exceptions import ImageComparisonFailure

# Another processor changes a figure of the book by 0.025 at most (tests/test_pictures.py has what
# it drew); one digit of one label, or a curve moved by a pixel, by 2 and more.
TOLERANCE = 0.15


FONTS = {
    "skip_system_fonts": True,
    "font_dirs": [os.path.join(get_data_path(), "fonts", "ttf")],
    "font_family": "DejaVu Sans",
    "sans_serif_family": "DejaVu Sans",
}


def _render(svg):
    """The PNG of an SVG, the same on every machine: text elements are set in matplotlib's font."""
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, dpi=96, background="white", **FONTS))


RENDERERS = {"image/svg+xml": _render, "image/png": base64.b64decode}


def pictures(outputs):
    """The pictures of a cell's outputs, in their order: [(MIME type, content), ...]."""
    shown = [output.get("data", {}) for output in outputs]
    return [(kind, data[kind]) for kind in RENDERERS for data in shown if kind in data]


def difference(stored, new, folder, name):
    """How two lists of `pictures` differ, in words, or None where no reader would see it.

    Where they differ, both pictures and their difference are left in the folder, under the name.
    """
    kinds = [[kind for kind, _ in found] for found in (stored, new)]
    if kinds[0] != kinds[1]:
        return f"the pictures stored are {kinds[0]}, the new ones {kinds[1]}"
    for number, ((kind, old_content), (_, new_content)) in enumerate(zip(stored, new, strict=True)):
        if old_content == new_content:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        stem = re.sub(r"\W+", "-", f"{name} {number + 1} {kind}")
        paths = [folder / f"{stem}-{which}.png" for which in ("stored", "new")]
        for path, content in zip(paths, (old_content, new_content), strict=True):
            path.write_bytes(RENDERERS[kind](content))
        try:
            found = compare_images(*map(str, paths), TOLERANCE, in_decorator=True)
        except ImageComparisonFailure as error:  # pictures of two sizes
            return f"picture {number + 1} ({kind}): {error}; see {paths[0]} and {paths[1]}"
        if found:
            return (
                f"picture {number + 1} ({kind}) is off by {found['rms']:.2f} of 255 (root mean "
                f"square), where {TOLERANCE} is allowed\n  stored: {paths[0]}\n  new: {paths[1]}\n"
                f"  difference: {found['diff']}"
            )
        for path in paths:
            path.unlink()
