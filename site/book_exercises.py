"""The Sphinx extension for exercises: a field under each, with what judges an answer in the page.

The stub `check("huber-2", answer)` becomes a form with the exercise's data as JSON, which
`explorers/src/exercises` turns into a field. In the notebook nothing changes.
"""

import html
import json
import re
from importlib import import_module
from pkgutil import iter_modules

from docutils import nodes
from sphinx.transforms import SphinxTransform
from translation import load_words, words

from lossbook import answers
from lossbook.exercises import page_data

CHECK = re.compile(r'^check\("(([\w]+)-(\d+))"', re.MULTILINE)
# A cell that a form can stand for: it names symbols, and asks.
STUB = re.compile(r'(?:[\w, ]+ = sp\.symbols\(.*\)\n)?answer = \.\.\.\ncheck\("[\w-]+", answer\)')
HEADING = "Exercise {number}"
# What `check` shows in a notebook for a right answer.
RIGHT = re.compile(r"(?s)(✓ )Right(?: \(to more digits (.*?)\))?\. (.*)(?= \([\w-]+\)</div>)")
SOLUTIONS = "chapters/solutions/"


class Predictions(SphinxTransform):
    """Mark the boxes "Predict first" by a class, while they have their English title."""

    default_priority = 15  # before Sphinx's Locale, 20

    def apply(self):
        for node in self.document.findall(nodes.admonition):
            if node[0].astext() == "Predict first":
                node["classes"].append("predict-first")


def add_forms(app, doctree, docname):
    """Put a form in the place of each stub, and the count of what is solved above the first."""
    translate = words(app, "exercises")
    title = re.compile(f"{HEADING}|{translate(HEADING)}".replace("{number}", r"\d+"))
    for paragraph in doctree.findall(nodes.paragraph):
        first = next((child for child in paragraph.children if child.astext()), None)
        heading = first.astext() if isinstance(first, nodes.strong) else ""
        if match := title.match(heading):
            paragraph["ids"].append(f"exercise-{match[0].split()[-1]}")
    if docname.startswith(SOLUTIONS):
        translate_verdicts(doctree, translate)
        return
    cells = [node for node in doctree.findall(nodes.container) if "cell" in node["classes"]]
    stubs = [(cell, match) for cell in cells if (match := CHECK.search(_source(cell)))]
    for cell, match in stubs:
        _add_form(app, cell, match, docname)
    if stubs:
        first, _ = stubs[0]
        section = first.parent
        bar = f'<div class="exercise-progress" data-book="{_count()}"></div>'
        section.insert(section.first_child_matching_class(nodes.title) + 1, _raw(bar))


def translate_verdicts(doctree, translate):
    """Translate what the cells of the solutions show; a right answer is all that they have."""

    def said(match):
        mark, number, shows = (html.unescape(part or "") for part in match.groups())
        right = "right (to more digits {number}). {shows}" if number else "right. {shows}"
        text = translate(right).format(number=number, shows=translate(shows))
        return mark + html.escape(text[0].upper() + text[1:])

    for node in doctree.findall(nodes.raw):
        if "✓" in (shown := node.astext()):
            node.children = [nodes.Text(RIGHT.sub(said, shown))]


def _add_form(app, cell, match, docname):
    name, chapter, number = match.groups()
    translate = words(app, "exercises")
    data = translated(page_data(name), translate)
    title = translate(HEADING).format(number=number)
    solution = app.builder.get_relative_uri(docname, f"{SOLUTIONS}{chapter}")
    # "<" would end the script in "</script>".
    code = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", r"\u003c")
    form = _raw(
        f'<form class="exercise" data-name="{name}" data-title="{title}" '
        f'data-solution="{solution}#exercise-{number}" autocomplete="off">'
        f'<script type="application/json">{code}</script></form>'
    )
    output = [node for node in cell.findall(nodes.container) if "cell_output" in node["classes"]]
    for node in output:
        node.parent.remove(node)
    place = cell.parent.index(cell)
    if data["kind"] != "function" and STUB.fullmatch(_source(cell).strip()):
        cell.parent[place] = form
    else:
        cell.parent.insert(place + 1, form)


def translated(data, translate):
    """The data with their words translated; words: those of answers, by the English ones."""
    data["shows"] = translate(data["shows"])
    if "slips" in data:
        known = [*data["wanted"], *(one for _, outcomes in data["slips"] for one in outcomes)]
        given = {word: translate(word) for word in known if isinstance(word, str)}
        if any(word != said for word, said in given.items()):
            data["words"] = given
        data["slips"] = [[translate(slip), outcomes] for slip, outcomes in data["slips"]]
    return data


def _source(cell):
    code = next((node for node in cell.findall(nodes.literal_block)), None)
    return code.astext() if code else ""


def _raw(text):
    return nodes.raw("", text, format="html")


def _count():
    names = [module.name for module in iter_modules(answers.__path__)]
    return sum(len(import_module(f"lossbook.answers.{name}").EXERCISES) for name in names)


def add_script(app, pagename, templatename, context, doctree):
    """Load what answers, only on pages that ask."""
    body = context.get("body", "")
    if 'class="exercise"' in body or "predict-first" in body:
        load_words(app)
        app.add_js_file("exercises.js", loading_method="defer")
        app.add_css_file("exercises.css")


def setup(app):
    app.add_transform(Predictions)
    app.connect("doctree-resolved", add_forms)
    app.connect("html-page-context", add_script)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
