"""The Sphinx extension for the head of pages, and for what depends on the address of the book.

Where `repository: url` in _config.yml is empty, the book is at home on any disk. Where it names a
repository, pages offer to edit and to run them, and say where they stand on the web.
"""

import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

import yaml
from translation import FOLDERS, words

PAGES = yaml.safe_load(Path(__file__).with_name("pages.yml").read_text("utf-8"))
SOLUTIONS = "chapters/solutions/"
SOLUTIONS_DESCRIPTION = "{title} – each exercise of the chapter answered and explained."
HOSTS = {"github.com": "github.io", "gitlab.com": "gitlab.io"}  # and where their pages are


def use_address(app, config):
    """Turn on what the address of the repository allows."""
    options = config.html_theme_options
    url = (options.get("repository_url") or "").removesuffix("/").removesuffix(".git")
    if not url:
        return
    options["repository_url"] = url
    host = urlsplit(url).hostname
    if host not in HOSTS:
        return  # which addresses to offer there, nobody knows
    options["use_edit_page_button"] = True
    options["launch_buttons"] = {
        "notebook_interface": "jupyterlab",
        "binderhub_url": "https://mybinder.org",
    }
    if host == "github.com":
        options["launch_buttons"]["colab_url"] = "https://colab.research.google.com"
    if not config.html_baseurl:
        config.html_baseurl = home(url) + FOLDERS[config.language]


def home(url):
    """The address of the website that belongs to a repository.

    >>> home("https://github.com/somebody/book")
    'https://somebody.github.io/book/'
    """
    parts = urlsplit(url)
    owner, name = parts.path.strip("/").split("/", 1)
    site = f"{owner.lower()}.{HOSTS[parts.hostname]}"
    return f"https://{site}/" if name.lower() == site else f"https://{site}/{name}/"


def describe(app, pagename, templatename, context, doctree):
    """What the head of the page says, for layout.html."""
    base = app.config.html_baseurl
    title = re.sub("<[^>]+>", "", context.get("title") or "")
    if pagename.startswith(SOLUTIONS):
        description = context["say"](SOLUTIONS_DESCRIPTION).format(title=title)
    else:
        description = context["say"](PAGES.get(pagename, PAGES["index"])["description"])
    context["description"] = description
    context["is_cover"] = pagename == app.config.root_doc
    card = "_static/card.png"
    root = base.removesuffix(FOLDERS[app.config.language])  # where the editions share it
    context["card"] = root + card if base else context["pathto"](card, 1)
    # The theme's own head has this one, too.
    tags = re.sub(r'<meta [^>]*name="viewport"[^>]*>\s*', "", context.get("metatags") or "")
    if pagename == "404" and base:
        # A server shows this page under any address, so its links begin at that of the book.
        tags = f'\n    <base href="{base}" />{tags}'
    context["metatags"] = tags


def add_missing(app):
    """The page that servers show where there is none."""
    yield "404", {"title": words(app, "site")("Page not found")}, "404.html"


def finish(app, exception):
    """Write the sitemap, where pages have an address; leave only pages of the book."""
    base = app.config.html_baseurl
    if exception or app.builder.format != "html":
        return
    for path in (app.outdir / "_static").glob("*webpack-macros.html"):
        path.unlink()  # a template of the theme, and no page
    if not base:
        return
    pages = [base + app.builder.get_target_uri(name) for name in app.env.collect_relations()]
    places = "".join(f"<url><loc>{escape(page)}</loc></url>\n" for page in pages)
    (app.outdir / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{places}</urlset>\n',
        "utf-8",
    )
    if app.config.language != "en":
        return  # servers look for the next file at the root alone
    maps = "".join(f"Sitemap: {base}{folder}sitemap.xml\n" for folder in FOLDERS.values())
    (app.outdir / "robots.txt").write_text(f"User-agent: *\nAllow: /\n{maps}", "utf-8")


def setup(app):
    app.connect("config-inited", use_address, priority=400)
    app.connect("html-page-context", describe, priority=900)
    app.connect("html-collect-pages", add_missing)
    app.connect("build-finished", finish)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
