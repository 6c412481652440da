"""What a notebook shows of an explorer: a picture, and HTML that takes its place."""

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
    """A figure that answers: displays itself as a picture and as what takes its place.

    spec: what the runtime draws, without the losses.
    losses: the losses by name.
    draw: fills a matplotlib Figure with the picture.
    inside: HTML that the runtime finds in the explorer's place, where it may move it.
    """

    spec: dict
    losses: dict
    draw: Callable[[Figure, dict, dict], None]
    inside: str = ""

    def picture(self, kind: str = "svg") -> bytes:
        """The picture, "svg" or "png", equal in every run."""
        undated = {"svg": {"Date": None, "Creator": None}, "png": {"Software": None}}
        if kind not in undated:
            raise ValueError(f'kind takes "svg" or "png", got {kind!r}')
        figure, file = Figure(), io.BytesIO()
        self.draw(figure, self.spec, self.losses)
        # White, since a page or a notebook may show it on a dark ground.
        figure.savefig(file, format=kind, dpi=100, facecolor="white", metadata=undated[kind])
        return file.getvalue()

    def html(self) -> str:
        """The explorer; with the runtime in it, unless LOSSBOOK_STORED says that pages load it."""
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
