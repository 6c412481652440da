"""What other libraries return for the same inputs as ours; recorded by tools/record_conventions.py.

compare(huber)      the calls for this loss, beside ours, computed now
compare("alpha")    the calls on a topic of the page on conventions
"""

import functools
import json
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import lossbook.figures  # which shows formulas in the LaTeX of the book
from lossbook import tables
from lossbook.loss import Loss
from lossbook.prove import Refuted

PATH = Path(__file__).parent.parent / "data" / "conventions.json"

LIBRARIES = {
    "torch": "PyTorch", "torchvision": "torchvision", "pytorch_metric_learning":
    "pytorch-metric-learning", "keras": "Keras", "tensorflow": "TensorFlow", "optax": "optax",
    "jax": "JAX", "sklearn": "scikit-learn", "scipy": "SciPy",
}  # fmt: skip

# What is made of the losses L of n samples: in symbols, and the weight that each of them gets.
REDUCTIONS = {
    "each": ("L", lambda n: 1.0),
    "mean": (r"\overline{L}", lambda n: 1 / n),
    "sum": (r"\sum L", lambda n: 1.0),
    "mean per label": (r"\overline{L/S}", lambda n: 1 / n / inputs()["target_lengths"]),
    "weighted mean": (r"\sum wL \,/ \sum w", lambda n: inputs()["w"] / inputs()["w"].sum()),
    "mean of weighted": (r"\overline{wL}", lambda n: inputs()["w"] / n),
    "mean times mean weight": (r"\overline{w}\;\overline{L}", lambda n: inputs()["w"].mean() / n),
    "class-weighted mean": (r"\sum w_y L \,/ \sum w_y", lambda n: _of_class() / _of_class().sum()),
    "mean of class-weighted": (r"\overline{w_y L}", lambda n: _of_class() / n),
}
FACTORS = {1: "", 0.5: r"\tfrac12", 1 / 3: r"\tfrac13", 2 / 3: r"\tfrac1{1.5}", 2: "2"}


def _of_class():
    return inputs()["class_weights"][inputs()["classes"].astype(int)]


@functools.cache
def _stored():
    return json.loads(PATH.read_text("utf-8"))


@functools.cache
def inputs():
    """The inputs of all calls, by the names that they have in the calls."""
    return {name: np.array(x, float) for name, x in _stored()["inputs"].items()}


def versions():
    """The versions of the packages that were asked."""
    return {LIBRARIES[name]: v for name, v in _stored()["versions"].items()}


@dataclass(frozen=True)
class Record:
    """A call of another library, and what it returned.

    topic: a loss of lossbook, or what the call shows. function: its full name.
    call: as it was run, with the names of `inputs`.
    ours: {"loss", "arguments", "parameters"} of the loss of each sample that it is made of, as
        times * reduction (one of REDUCTIONS); None where no factor turns ours into it.
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
    value: object
    gradient: list | None
    normalises: bool
    rtol: float

    def expected(self):
        """What it should have returned if the relation holds: the value, the gradients."""
        value, grads = _losses(self.ours)
        weights = self.times * REDUCTIONS[self.reduction][1](len(value)) * np.ones(len(value))
        value = value * weights if self.reduction == "each" else value @ weights
        return value, [((g + self.normalises).T * weights).T for g in grads]

    def check(self):
        """Raise Refuted where it is not what ours gives."""
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
def records():
    return tuple(Record(**r) for r in _stored()["records"])


def compare(topic):
    """The calls on a topic, beside ours, which is computed now: a table in a notebook.

    topic: a loss, or the name of a topic. Raises Refuted where a stated relation does not hold.
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
    """Calls and what they returned, in groups of one loss of ours."""

    records: tuple[Record, ...]

    def values(self):
        """What the calls returned, as it is stored, in the table's order within each library."""
        return [record.value for record in self.records]

    def record(self, part):
        """The first record with this text in its call."""
        return next(record for record in self.records if part in record.call)

    def rows(self):
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


# Parameters that say nothing about the loss.
OTHER = {
    "size_average", "reduce", "name", "dtype", "xp", "device", "jac", "bounds", "method", "ftol",
    "xtol", "gtol", "x_scale", "diff_step", "tr_solver", "tr_options", "jac_sparsity", "max_nfev",
    "verbose", "args", "kwargs", "callback", "workers", "max_iter", "warm_start", "fit_intercept",
    "tol", "inplace", "out", "preprocess_collapse_repeated", "unique", "l1_ratio", "shuffle",
    "random_state", "learning_rate", "eta0", "power_t", "early_stopping", "validation_fraction",
    "n_iter_no_change", "average",
}  # fmt: skip


def defaults(topic):
    """Print what the functions on a topic take, in order, with their defaults, without OTHER."""
    for function in dict.fromkeys(record.function for record in compare(topic).records):
        stated = _stored()["signatures"].get(function)
        if stated:
            parts = re.split(r", (?![^()]*\))", stated[1:-1])
            kept = ", ".join(p for p in parts if p.partition("=")[0] not in OTHER)
            print(function, *textwrap.wrap(kept, 36), sep="\n    ")
