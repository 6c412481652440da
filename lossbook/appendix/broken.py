"""The tables of the gallery of broken losses: ours, the exact value, and what others return.

exhibit("log of zero", naive=..., exact=...)   a table, with one number for each column
catalogue()                                    a summary of all exhibits that were shown
"""

import functools
import json
from collections.abc import Sequence
from importlib.resources import files

import numpy as np

from lossbook import tables

gallery = {}  # {name: {who: numbers}} of the exhibits that were shown


@functools.cache
def recorded() -> dict:
    """{"versions": {library: version}, "exhibits": {name: {"columns", "rows"}}}.

    Written by tools/record_broken.py. A row is [library, call, one number for each column].
    """
    return json.loads((files("lossbook") / "data" / "broken.json").read_text("utf-8"))


def exhibit(name: str, **ours: Sequence[float | str | None]) -> tables.Table:
    """The numbers of several implementations beside what was recorded of other libraries.

    name: of the record.
    ours: {implementation: one number for each column}, among them `exact`. None where there is no
        number; a word, such as the name of an error, is shown as it is.
    Raises ValueError for a name without a record, and where the columns are not filled.
    """
    if name not in recorded()["exhibits"]:
        known = ", ".join(recorded()["exhibits"])
        raise ValueError(f"exhibit: name takes one of {known}; got {name!r}")
    columns, peers = recorded()["exhibits"][name].values()
    calls = {f"{library} {call}": numbers for library, call, numbers in peers}
    rows = {who: [_as_number(x) for x in numbers] for who, numbers in (ours | calls).items()}
    for who, numbers in rows.items():
        if len(numbers) != len(columns):
            raise ValueError(f"exhibit: {who} takes {len(columns)} numbers, got {len(numbers)}")
    gallery[name] = rows
    marked = [[who, *map(_marked, numbers, rows["exact"])] for who, numbers in rows.items()]
    return _table(["", *columns], marked)


def catalogue() -> tables.Table:
    """Of each exhibit that was shown the first column where the naive code is wrong.

    The last column counts the calls of other libraries that return a wrong number.
    """
    lines = []
    for number, (name, rows) in enumerate(gallery.items(), 1):
        exact = rows["exact"]
        i = next(i for i, x in enumerate(rows["naive"]) if is_wrong(x, exact[i]))
        calls = [numbers for who, numbers in rows.items() if " " in who]
        wrong = sum(any(map(is_wrong, numbers, exact)) for numbers in calls)
        link = f"{number}. [{name}](#broken-{name.lower().replace(' ', '-')})"
        ways = [_marked(rows[who][i], exact[i]) for who in ("naive", "exact", "repaired")]
        lines.append([link, *ways, f"{wrong} of {len(calls)}"])
    return _table(["exhibit", "naive", "exact", "repaired", "others"], lines)


def _table(head, rows):
    return tables.Table(head, rows, [":--"] + ["--:"] * (len(head) - 1))


def is_wrong(x: float | str | None, exact: float | str | None) -> bool:
    """Whether a number has fewer than six right digits; NaN is always wrong, a word never.

    >>> is_wrong(3.14159, np.pi), is_wrong(3.1416, np.pi), is_wrong(np.nan, None)
    (False, True, True)
    """
    if not isinstance(x, float) or np.isnan(x):
        return isinstance(x, float)
    return exact is not None and not np.isclose(x, exact, rtol=1e-6, atol=0)


def _as_number(x):
    try:
        return x if x is None else float(x) + 0.0  # turns -0 into 0
    except ValueError:
        return x


def _marked(x, exact):
    """Three digits, or all of a whole number, and a cross where it is wrong."""
    if not isinstance(x, float):
        return x or "–"
    whole = abs(x) < 1e9 and x == round(x)
    text = f"{x:.0f}" if whole else f"{x:.3g}".replace("e-0", "e-")
    for plain, sign in (("nan", "NaN"), ("inf", "∞"), ("-", "\N{MINUS SIGN}")):
        text = text.replace(plain, sign)
    return text + "\N{NO-BREAK SPACE}✗" * is_wrong(x, exact)
