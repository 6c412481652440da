"""The Sphinx extension for citations, which are links in the source.

JupyterLab and GitHub read no .bib file, so a citation says author and year itself and leads to
the entry: `[[Huber, 1964](../appendix/references.bib#huber1964)]`. Sphinx reads {cite}`huber1964`
in its place, and so do the catalogues of other languages.
"""

import re

LINK = re.compile(r"\[([^\[\]]+)\]\(([\w./]*references\.bib)#([^\s()]+)\)")
CITATION = re.compile(rf"\[{LINK.pattern}(?:; {LINK.pattern})*\]")


def as_role(citation):
    """The role that stands for a match of `CITATION`."""
    keys = [key for _, _, key in LINK.findall(citation[0])]
    return f"{{cite}}`{','.join(keys)}`"


def read_citations(app, docname, source):
    source[0] = CITATION.sub(as_role, source[0])


def setup(app):
    app.connect("source-read", read_citations)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
