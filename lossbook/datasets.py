"""The data of the book, as arrays; each table names its source and licence.

A table is a CSV file in `lossbook/data`. Its first lines, `# key: value`, say what it is, with the
units of its columns.

>>> stackloss()["stack_loss"].shape
(21,)
"""

from dataclasses import dataclass

import numpy as np

from lossbook import tables


@dataclass(frozen=True, repr=False)
class Dataset:
    """A table of numbers; `data["year"]` is one column, of shape (rows,).

    columns: their names. values: float64, shape (rows, columns).
    about: title, units, source and licence.
    """

    columns: tuple[str, ...]
    values: np.ndarray
    about: dict[str, str]

    def __getitem__(self, column: str) -> np.ndarray:
        if column not in self.columns:
            raise KeyError(f"column takes one of {', '.join(self.columns)}, got {column!r}")
        return self.values[:, self.columns.index(column)]

    def __len__(self):
        return len(self.values)

    def __repr__(self):
        return f"{self.about['title']}: {len(self)} rows of {', '.join(self.columns)}"

    def _repr_markdown_(self):
        rows = [[f"{x:g}" for x in row] for row in self.values[:4]]
        table = tables.markdown(self.columns, *rows, align=["---:"] * len(self.columns))
        facts = "\n".join(f"- {key}: {value}" for key, value in self.about.items())
        return f"{table}\n\n{len(self)} rows.\n\n{facts}"


def _read(name):
    about, (header, *rows) = tables.read(name)
    return Dataset(tuple(header), np.array(rows, dtype=float), about)


def stackloss() -> Dataset:
    """Ammonia that escaped from a plant on 21 days, and three settings of the plant."""
    return _read("stackloss")


def belgian_phones() -> Dataset:
    """International calls from Belgium, 1950 to 1973; six years were recorded in minutes."""
    return _read("belgian_phones")


def house_prices() -> Dataset:
    """546 houses sold in Windsor, Canada, in the summer of 1987, their size and equipment."""
    return _read("house_prices")


def nottingham() -> Dataset:
    """Monthly mean temperature at Nottingham Castle, 1920 to 1939."""
    return _read("nottingham")


def norris() -> Dataset:
    """Calibration of ozone monitors; NIST certifies the fit of a line to 15 digits."""
    return _read("norris")


def anscombe() -> Dataset:
    """Anscombe's quartet: four made-up data sets with one line and one MSE."""
    return _read("anscombe")


def old_faithful() -> Dataset:
    """272 eruptions of a geyser: their durations, and the time from each to the next."""
    return _read("old_faithful")


def newcomb() -> Dataset:
    """Newcomb's 66 measurements of the time of light, 1882; the constant is known today."""
    return _read("newcomb")


def engel() -> Dataset:
    """Income and food expenditure of 235 Belgian households, 1857."""
    return _read("engel")


def stars_cygnus() -> Dataset:
    """Temperature and light of 47 stars, four of which are giants (numbers 11, 20, 30, 34)."""
    return _read("stars_cygnus")


def penguins() -> Dataset:
    """Bills, flippers and weight of 342 penguins of three species."""
    return _read("penguins")


def challenger() -> Dataset:
    """Temperature and O-ring distress of the 23 launches before Challenger's last."""
    return _read("challenger")


def vasoconstriction() -> Dataset:
    """39 breaths, their volume and rate, and whether the vessels of the skin contracted."""
    return _read("vasoconstriction")


def digits() -> Dataset:
    """1797 handwritten digits: `values[:, :64]` are the 8 by 8 pixels, row by row; "label"."""
    return _read("digits")


def ctc_graves() -> Dataset:
    """Two examples of CTC by Graves' implementation: probabilities and published gradients."""
    return _read("ctc_graves")
