"""The code of the chapters on ranking in which a reader looks for a fault has it in one line."""

import re

import nbformat
import numpy as np
import pytest
from test_exercises import EXERCISES, ROOT

from lossbook import cross_entropy_with_logits, ctc, triplet

RNG = np.random.default_rng(5)
A, B = RNG.normal(size=(2, 6, 3))
COSINES = (A / np.linalg.norm(A, axis=1)[:, None]) @ (B / np.linalg.norm(B, axis=1)[:, None]).T
LABELS = np.array([0, 1, 0, 2, 1, 1])
TRIPLETS = [
    (a, p, n) for a, p, n in np.ndindex(6, 6, 6) if a != p and LABELS[a] == LABELS[p] != LABELS[n]
]
P = RNG.dirichlet(np.ones(3), size=5)
FAULTS = {  # the line repaired, some arguments, and what the function then returns
    "contrastive-5": (
        "logits = a @ b.T / 0.1",
        [((A, B), cross_entropy_with_logits(COSINES / 0.1, np.eye(6)).mean())],
    ),
    "triplet-4": (
        "counts = positive[:, :, None] & ~alike[:, None]",
        [((A, LABELS, 2.0), triplet(*A[np.transpose(TRIPLETS)], margin=2.0).mean())],
    ),
    "ctc-7": (
        "arrive[3::2] += np.not_equal(labels[3::2], labels[1:-2:2]) * alpha[t - 1, 1:-2:2]",
        [
            ((P, text), np.exp(-ctc(np.log(P)[None], [text])[0]))
            for text in ([1], [1, 2], [2, 2], [1, 1, 2])
        ],
    ),
}


def code(name):
    """The lines of the function in which the fault is, as the chapter has them."""
    (path,) = ROOT.glob(f"chapters/ranking/{name.rpartition('-')[0]}.ipynb")
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    stub = next(i for i, source in enumerate(cells) if f'check("{name}"' in source)
    (source,) = (s for s in cells[stub - 3 : stub] if s.startswith("def colleagues_"))
    return source.split("\n\n\n")[0].split("\n")


def agrees(lines, cases):
    words = {"np": np, "cross_entropy_with_logits": cross_entropy_with_logits}
    exec("\n".join(lines), words)
    (function,) = (word for name, word in words.items() if name.startswith("colleagues_"))
    return all(np.isclose(function(*given), wanted, rtol=1e-9) for given, wanted in cases)


def repaired(lines, number, line):
    (at,) = (i for i, old in enumerate(lines) if old.endswith(f"# {number}"))
    indent = re.match(" *", lines[at])[0]
    return [*lines[:at], indent + line, *lines[at + 1 :]]


@pytest.mark.parametrize("name", FAULTS)
def test_the_line_that_is_wrong_is_the_answer(name):
    line, cases = FAULTS[name]
    exercise, lines = dict(EXERCISES)[name], code(name)
    assert not agrees(lines, cases)
    assert agrees(repaired(lines, exercise.answer, line), cases)
    offered = {int(number) for number in re.findall(r"# (\d)$", "\n".join(lines), re.MULTILINE)}
    assert offered == {exercise.answer, *exercise.slips.values()}


def test_control_another_fault_in_its_place():
    _, cases = FAULTS["contrastive-5"]
    assert not agrees(repaired(code("contrastive-5"), 3, "logits = a @ b.T / 0.2"), cases)
