"""Tables: from the CSV files in `lossbook/data`, and to Markdown."""

import csv
from importlib.resources import files


def read(name):
    """A file `lossbook/data/NAME.csv`: what it says of itself, and its rows, the head first.

    Its first lines, `# key: value`, make a dict; the rows are lists of text.
    """
    lines = (files("lossbook") / "data" / f"{name}.csv").read_text("utf-8").splitlines()
    about = dict(line[2:].split(": ", 1) for line in lines if line.startswith("#"))
    return about, list(csv.reader(line for line in lines if not line.startswith("#")))


def records(name):
    """The rows of `lossbook/data/NAME.csv`, each a dict by the names of the columns."""
    _, (head, *rows) = read(name)
    return [dict(zip(head, row, strict=True)) for row in rows]


def markdown(head, *rows, align=None):
    """A Markdown table of cells that are Markdown. align: ":--" or "--:" for each column."""
    lines = head, align or [":--"] * len(head), *rows
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
