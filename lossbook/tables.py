"""Tables: from the CSV files in `lossbook/data`, and to Markdown."""

import csv
from collections.abc import Iterable, Sequence
from importlib.resources import files


def read(name: str) -> tuple[dict[str, str], list[list[str]]]:
    """The file `lossbook/data/NAME.csv`: its metadata, and its rows, the header first.

    The metadata are its first lines, `# key: value`.
    Raises FileNotFoundError where there is no such file.
    """
    lines = (files("lossbook") / "data" / f"{name}.csv").read_text("utf-8").splitlines()
    about = dict(line[2:].split(": ", 1) for line in lines if line.startswith("#"))
    return about, list(csv.reader(line for line in lines if not line.startswith("#")))


def write(name: str, about: dict[str, str], head: Sequence[str], rows: Iterable[Sequence]) -> None:
    """Store a table as `lossbook/data/NAME.csv`, so that `read` gives it back, entries as text."""
    with (files("lossbook") / "data" / f"{name}.csv").open(
        "w", encoding="utf-8", newline=""
    ) as file:
        file.writelines(f"# {key}: {value}\n" for key, value in about.items())
        csv.writer(file, lineterminator="\n").writerows([head, *rows])


def records(name: str) -> list[dict[str, str]]:
    """The rows of `lossbook/data/NAME.csv`, each as {column: text}.

    >>> records("claims")[0]["mark"]
    'C01'
    """
    _, (head, *rows) = read(name)
    return [dict(zip(head, row, strict=True)) for row in rows]


def markdown(head: Sequence[str], *rows: Sequence[str], align: Sequence[str] | None = None) -> str:
    """A Markdown table of cells that are Markdown. align: ":--" or "--:" for each column.

    >>> print(markdown(["r", "loss"], ["2", "1.5"]))
    | r | loss |
    | :-- | :-- |
    | 2 | 1.5 |
    """
    lines = head, align or [":--"] * len(head), *rows
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


class Table:
    """A table in a notebook: a head, and rows of Markdown. Arguments as those of `markdown`."""

    def __init__(
        self,
        head: Sequence[str],
        rows: Iterable[Sequence[str]],
        align: Sequence[str] | None = None,
    ) -> None:
        self.text = markdown(head, *rows, align=align)

    def __repr__(self):
        return self.text

    _repr_markdown_ = __repr__
