"""An explorer as a notebook displays it: a picture, and HTML that replaces it."""

import hashlib
import io
import json
import os
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from lossbook.explorers.javascript import javascript, object_literal

STATIC = Path(__file__).parents[1] / "static"


@dataclass(frozen=True)
class Explorer:
    """An interactive figure, displayed as a picture and as the HTML that replaces it.

    spec: what the runtime draws, without the losses, as JSON.
    losses: the losses by name.
    draw: fills a matplotlib Figure with the picture, from the figure, spec and losses.
    inside: HTML that stands in the explorer's element, which the runtime may move.
    """

    spec: dict
    losses: dict
    draw: Callable[[Figure, dict, dict], None]
    inside: str = ""

    def picture(self, kind: str = "svg") -> bytes:
        """The picture, "svg" or "png", the same bytes in every run; else ValueError."""
        undated = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}
        if kind not in undated:
            raise ValueError(f'kind takes "svg" or "png", got {kind!r}')
        figure, file = Figure(), io.BytesIO()
        self.draw(figure, self.spec, self.losses)
        # White, since a page or a notebook may show it on a dark background.
        figure.savefig(file, format=kind, dpi=100, facecolor="white", metadata=undated[kind])
        return file.getvalue()

    def html(self) -> str:
        """The explorer and its runtime, which pages load themselves if LOSSBOOK_STORED is set."""
        spec = json.dumps(self.spec, ensure_ascii=False).replace("<", r"\u003c")
        losses = object_literal(**{name: javascript(loss) for name, loss in self.losses.items()})
        name = "explorer-" + hashlib.sha256((spec + losses + self.inside).encode()).hexdigest()[:10]
        page = (
            f'<figure class="lossbook-explorer" id="{name}">{self.inside}</figure>\n<script>\n'
            f'(window.lossbookExplorers ||= []).push(["{name}", {{...{spec}, losses: {losses}}}]);'
            "\n</script>"
        )
        return page if os.environ.get("LOSSBOOK_STORED") else f"{_runtime()}\n{page}"

    def _ipython_display_(self):
        from IPython.display import display

        # JupyterLab shows no SVG of a notebook that it does not trust yet, but a PNG.
        svg, png = self.picture("svg").decode(), b64encode(self.picture("png")).decode()
        text = {"text/plain": self.spec["label"]}
        display({"image/svg+xml": svg, "image/png": png, **text}, raw=True)
        display({"text/html": self.html(), **text}, raw=True)


def _runtime():
    style, script = ((STATIC / f"explorers.{kind}").read_text("utf-8") for kind in ("css", "js"))
    guarded = f"if (!window.lossbookExplorers?.mount) {{\n{script}}}"
    return f"<style>{style}</style>\n<script>\n{guarded}\n</script>"
