"""What other libraries return for the same inputs as ours; recorded by tools/record_conventions.py.

compare(huber)      the calls for this loss, beside ours, computed now
compare("alpha")    the calls on a topic of the page on conventions
index()             where the page has each name
"""

import functools
import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import lossbook.figures  # shows formulas in the LaTeX of the book
from lossbook import tables
from lossbook.loss import Loss
from lossbook.prove import Refuted

PATH = Path(__file__).parent.parent / "data" / "conventions.json"

LIBRARIES = {
    "torch": "PyTorch", "torchvision": "torchvision", "pytorch_metric_learning":
    "pytorch-metric-learning", "keras": "Keras", "tensorflow": "TensorFlow",
    "tensorflow_addons": "TensorFlow Addons", "optax": "optax",
    "jax": "JAX", "sklearn": "scikit-learn", "scipy": "SciPy",
}  # fmt: skip

# How a call reduces the losses L of n samples: in symbols, and as a weight for each sample.
REDUCTIONS = {
    "each": ("L", lambda n: 1.0),
    "mean": (r"\overline{L}", lambda n: 1 / n),
    "sum": (r"\sum L", lambda n: 1.0),
    "mean per label": (r"\overline{L/S}", lambda n: 1 / n / inputs()["target_lengths"]),
    "weighted mean": (r"\sum wL \,/ \sum w", lambda n: inputs()["w"] / inputs()["w"].sum()),
    "mean of weighted": (r"\overline{wL}", lambda n: inputs()["w"] / n),
    "mean times mean weight": (r"\overline{w}\;\overline{L}", lambda n: inputs()["w"].mean() / n),
    "each pos-weighted": ("vL", lambda n: _of_label()),
    "mean of pos-weighted": (r"\overline{vL}", lambda n: _of_label() / n),
    "pos-weighted mean": (r"\sum vL \,/ \sum v", lambda n: _of_label() / _of_label().sum()),
    "each of kept": ("kL", lambda n: _kept()),
    "mean of kept": (r"\sum kL \,/ \sum k", lambda n: _kept() / _kept().sum()),
    "class-weighted mean": (r"\sum w_y L \,/ \sum w_y", lambda n: _of_class() / _of_class().sum()),
    "mean of class-weighted": (r"\overline{w_y L}", lambda n: _of_class() / n),
}
FACTORS = {1: "", 0.5: r"\tfrac12", 1 / 3: r"\tfrac13", 2 / 3: r"\tfrac1{1.5}", 2: "2"}


def _of_class():
    return inputs()["class_weights"][inputs()["classes"].astype(int)]


def _of_label():  # 3 for label 1, and 1 for label 0
    return 1 + 2 * inputs()["label"]


def _kept():  # 0 for the samples of class 1, and 1 for the others
    return (inputs()["classes"] != 1) * 1.0


@functools.cache
def _stored():
    return json.loads(PATH.read_text("utf-8"))


@functools.cache
def inputs() -> dict[str, np.ndarray]:
    """The inputs of all calls, by the names that they have in the calls."""
    return {name: np.array(x, float) for name, x in _stored()["inputs"].items()}


def versions() -> dict[str, str]:
    """The versions of the packages that were called: {name: version}."""
    return {LIBRARIES[name]: v for name, v in _stored()["versions"].items()}


@dataclass(frozen=True)
class Record:
    """A call of another library, and what it returned.

    topic: a loss of lossbook, or what the call shows. function: its full name.
    call: as it was run, with the names of `inputs`.
    ours: {"loss", "arguments", "parameters"}, such that times * reduction (one of REDUCTIONS) of
        our losses is its value; None where there are no such factor and reduction.
    value: a number, an array, or the name of an error. gradient: of the sum of the value.
    normalises: whether it divides probabilities by their sum, which adds 1 to their derivatives.
    rtol: the relative tolerance within which both agree; of gradients, also absolute.
    """

    topic: str
    package: str
    function: str
    call: str
    ours: dict | None
    times: float | None
    reduction: str | None
    value: float | list | str
    gradient: list | None
    normalises: bool
    rtol: float

    def expected(self) -> tuple[float | np.ndarray, list[np.ndarray]]:
        """The value that it should have returned if the relation holds, and the gradients."""
        value, grads = _losses(self.ours)
        weights = self.times * REDUCTIONS[self.reduction][1](len(value)) * np.ones(len(value))
        value = value * weights if self.reduction.startswith("each") else value @ weights
        return value, [((g + self.normalises).T * weights).T for g in grads]

    def check(self) -> None:
        """Raise Refuted where value or gradient differ from ours by more than rtol."""
        value, grads = self.expected()
        pairs = [("value", self.value, value, 0)]
        if self.gradient is not None:
            pairs += [
                ("gradient", a, b, self.rtol) for a, b in zip(self.gradient, grads, strict=True)
            ]
        for what, theirs, ours, atol in pairs:
            theirs = np.array(theirs, float)
            if theirs.shape != np.shape(ours) or not np.allclose(theirs, ours, self.rtol, atol):
                raise Refuted(f"{self.call}: the {what} is {theirs}, ours {ours}")


def _call(ours):
    named = "".join(f", {k}={v}" for k, v in ours["parameters"].items())
    return f"{ours['loss']}({', '.join(ours['arguments'])}{named})"


def _losses(ours):
    """The losses of the samples, and their gradients by each argument."""
    arguments = map(inputs().get, ours["arguments"])
    parameters = {name: inputs().get(x, x) for name, x in ours["parameters"].items()}
    value, grads = getattr(lossbook, ours["loss"]).value_and_grad(*arguments, **parameters)
    return value, grads if isinstance(grads, tuple) else (grads,)


@functools.cache
def records() -> tuple[Record, ...]:
    """All calls that were recorded."""
    return tuple(Record(**r) for r in _stored()["records"])


def compare(topic: Loss | str) -> "Comparison":
    """The calls on a topic, beside ours, which is computed now: a table in a notebook.

    topic: a loss, or the name of a topic. Raises ValueError for a topic without calls, and Refuted
    where a stated relation does not hold.

    >>> next(compare(squared_error).rows())[1]
    '**lossbook** `squared_error(y_hat, y)`'
    """
    name = topic.name if isinstance(topic, Loss) else topic
    found = [r for r in records() if r.topic == name]
    if not found:
        topics = sorted({r.topic for r in records()})
        raise ValueError(f"topic takes a loss or one of {', '.join(topics)}, got {topic!r}")
    for record in found:
        if record.ours:
            record.check()
    return Comparison(tuple(found))


@dataclass(frozen=True, repr=False)
class Comparison:
    """Calls and what they returned, grouped by our call that they are compared with."""

    records: tuple[Record, ...]

    def values(self) -> list[float | list | str]:
        """What the calls returned, as it is stored, in the order of `records`."""
        return [record.value for record in self.records]

    def record(self, part: str) -> Record:
        """The first record with this text in its call."""
        return next(record for record in self.records if part in record.call)

    def rows(self) -> Iterator[tuple[str, str]]:
        """Pairs of Markdown: what was returned, and by which call."""
        groups = {}
        for record in self.records:
            groups.setdefault(_call(record.ours) if record.ours else "", []).append(record)
        for ours, group in sorted(groups.items(), key=lambda item: item[0] == ""):
            if ours:
                each = _losses(group[0].ours)[0]
                mean = f"$\\overline{{L}} =$ {_show(each.mean())}"
                yield f"$L =$ {_show(each)}<br>{mean}", f"**lossbook** `{ours}`"
            for r in group:
                symbol = f"${FACTORS[r.times]}{REDUCTIONS[r.reduction][0]} =$ " if ours else ""
                library = LIBRARIES[r.function.split(".")[0]]
                yield symbol + _show(r.value), f"{library} `{r.call}`"

    def __repr__(self):
        return "\n".join(f"{value}: {call}" for value, call in self.rows())

    def _repr_markdown_(self):
        rows = [(value.replace(", ", ",\u00a0"), call) for value, call in self.rows()]
        return tables.markdown(["returns", "call"], *rows)


def _show(value):
    if isinstance(value, str):
        return value if value in ("nan", "inf") else f"`{value}`"
    entries = [f"{x + 0.0:.4g}" for x in np.ravel(np.array(value, float))]
    return ", ".join(entries[:2]) + ", …" * (len(entries) > 2)


# Where the page has a topic, unless it is the card of the loss, or the trap, of that name.
ANCHORS = {
    "binary_cross_entropy_with_logits": "card-bce-logits",
    "cross_entropy_with_logits": "card-ce-logits",
    "focal_with_logits": "card-focal-logits",
    "InfoNCE": "card-infonce",
    "class-weights": "trap-weights",
    "sequences": "trap-ctc",
}


def index() -> tables.Table:
    """Where the page has each function, by the last part of its name: cards first, then traps.

    >>> next(row for row in repr(index()).splitlines() if "SmoothL1Loss" in row)
    '| `SmoothL1Loss` | PyTorch | [smooth l1](#card-smooth-l1), [delta](#trap-delta) |'
    """
    topics = {}
    for record in records():
        library, *_, name = record.function.split(".")
        topics.setdefault((name, LIBRARIES[library]), set()).add(record.topic)
    rows = []
    for name, library in sorted(topics, key=lambda key: (key[0].lower(), key)):
        links = sorted(
            map(_link, topics[name, library]), key=lambda link: ("(#trap-" in link, link)
        )
        rows.append([f"`{name}`", library, ", ".join(links)])
    return tables.Table(["name", "library", "see"], rows)


def _link(topic):
    kind = "card" if topic in lossbook.__all__ else "trap"
    anchor = ANCHORS.get(topic, f"{kind}-{topic.replace('_', '-')}")
    return f"[{topic.replace('_', ' ')}](#{anchor})"


# Parameters that do not change the loss.
OTHER = {
    "size_average", "reduce", "name", "dtype", "xp", "device", "jac", "bounds", "method", "ftol",
    "xtol", "gtol", "x_scale", "diff_step", "tr_solver", "tr_options", "jac_sparsity", "max_nfev",
    "verbose", "args", "kwargs", "callback", "workers", "max_iter", "warm_start", "fit_intercept",
    "tol", "inplace", "out", "preprocess_collapse_repeated", "unique", "l1_ratio", "shuffle",
    "random_state", "learning_rate", "eta0", "power_t", "early_stopping", "validation_fraction",
    "n_iter_no_change", "average",
}  # fmt: skip


def defaults(topic: Loss | str) -> None:
    """Print the arguments of the functions on a topic, with their defaults, but not those in OTHER.

    Raises as `compare`.
    """
    for function in dict.fromkeys(record.function for record in compare(topic).records):
        stated = _stored()["signatures"].get(function)
        if stated:
            parts = re.split(r", (?![^()]*\))", stated[1:-1])
            kept = ", ".join(p for p in parts if p.partition("=")[0] not in OTHER)
            print(function, *textwrap.wrap(kept, 36), sep="\n    ")
