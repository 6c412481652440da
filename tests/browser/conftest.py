"""Fixtures for tests of explorers in a browser.

- `write_page`: writes a page of explorers, laid out as the site or JupyterLab lays out outputs.
- `open_page`: opens such a page.

    def test_probe(open_page):
        page = open_page(make_curves(), width=390, layout="lab")
        ...
"""

import base64
import html as markup

import pytest

from lossbook.explorers.explorer import STATIC

# The HTML around outputs in a page of the site and in JupyterLab.
LAYOUTS = {
    "site": '<div class="cell_output">{picture}<div class="output text_html">{html}</div></div>',
    "lab": '<div class="jp-OutputArea-child"><div>{picture}</div></div>'
    '<div class="jp-OutputArea-child"><div>{html}</div></div>',
}
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Explorers</title>'
    '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">{head}'
    '<body style="margin: 16px"><main><h1>Explorers</h1>{body}</main>{foot}</body></html>'
)


@pytest.fixture
def write_page(tmp_path, monkeypatch):
    """write_page(explorer, ..., layout="site", runtime="head") gives the address of a page.

    runtime: "head" or "foot" as a file loaded there, "inline" as in a live notebook, or None.
    edit: changes the page's HTML.
    """

    def write(*shown, layout="site", runtime="head", edit=lambda html: html):
        if runtime == "inline":
            monkeypatch.delenv("LOSSBOOK_STORED", raising=False)
        else:
            monkeypatch.setenv("LOSSBOOK_STORED", "1")
        cells = []
        for one in shown:
            code = base64.b64encode(one.picture()).decode()
            text = markup.escape(one.spec["label"])
            picture = f'<img alt="{text}" src="data:image/svg+xml;base64,{code}">'
            cells.append(LAYOUTS[layout].format(picture=picture, html=one.html()))
        files = f'<script src="{(STATIC / "explorers.js").as_uri()}"></script>'
        files += f'<link rel="stylesheet" href="{(STATIC / "explorers.css").as_uri()}">'
        ends = {place: files if runtime == place else "" for place in ("head", "foot")}
        path = tmp_path / "page.html"
        path.write_text(edit(PAGE.format(body="".join(cells), **ends)), encoding="utf-8")
        return path.as_uri()

    return write


@pytest.fixture
def open_page(new_page, write_page):
    """open_page(explorer, ..., width=..., layout=...) opens a page of them."""

    def show(*shown, layout="site", runtime="head", edit=lambda html: html, **context):
        page = new_page(**context)
        page.goto(write_page(*shown, layout=layout, runtime=runtime, edit=edit))
        return page

    return show
