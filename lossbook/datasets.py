"""The data of the book, as arrays; each table names its source and licence.

A table is a CSV file in `lossbook/data`. Its first lines, `# key: value`, say what it is.
"""

from dataclasses import dataclass
from importlib.resources import files

import numpy as np


@dataclass(frozen=True, repr=False)
class Dataset:
    """A table of numbers.

    values: float64, shape (rows, columns). columns: their names; `data["year"]` is one, (rows,).
    about: title, units, source and licence.
    """

    columns: tuple[str, ...]
    values: np.ndarray
    about: dict[str, str]

    def __getitem__(self, column):
        if column not in self.columns:
            raise KeyError(f"column takes one of {', '.join(self.columns)}, got {column!r}")
        return self.values[:, self.columns.index(column)]

    def __len__(self):
        return len(self.values)

    def __repr__(self):
        return f"{self.about['title']}: {len(self)} rows of {', '.join(self.columns)}"

    def _repr_markdown_(self):
        rows = [self.columns, ["---:"] * len(self.columns)]
        rows += [[f"{x:g}" for x in row] for row in self.values[:4]]
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        facts = "\n".join(f"- {key}: {value}" for key, value in self.about.items())
        return f"{table}\n\n{len(self)} rows.\n\n{facts}"


def _read(name):
    lines = (files("lossbook") / "data" / f"{name}.csv").read_text("utf-8").splitlines()
    about = dict(line[2:].split(": ", 1) for line in lines if line.startswith("#"))
    header, *rows = (line.split(",") for line in lines if not line.startswith("#"))
    return Dataset(tuple(header), np.array(rows, dtype=float), about)


def stackloss():
    """Ammonia lost in a plant's stack on 21 days, and three settings of the plant."""
    return _read("stackloss")


def belgian_phones():
    """International calls from Belgium, 1950 to 1973; six years were recorded in minutes."""
    return _read("belgian_phones")
