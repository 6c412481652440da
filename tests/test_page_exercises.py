"""The page judges an answer as `check` does: both get the same answers, and say the same."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from test_exercises import EXERCISES
from test_javascript import node

from lossbook.exercises import check, page_data

ROOT = Path(__file__).parent.parent
TYPED = [name for name, _ in EXERCISES if page_data(name)["kind"] != "function"]
ODD = [
    *("", " ", "...", "1", "0", "-1", "1e3", "0.5", "0,5", ".5", "5.", "1, 2", "(1, 2)", "[1, 2]"),
    *("[[1, 2], [3]]", "50%", "50 %", "x", "log(2)", "np.log(2)", "log(2, 3)", "2x", "2(3)", "2 3"),
    *(
        "1/0",
        "log(0)",
        "-2**2",
        "(-2)**2",
        "2**-3**2",
        "125/1024",
        "0.125",
        "9**9**9",
        "1 +",
        "x = 2",
        "True",
        "False",
    ),
    *("'word'", "hello", "f(2)", "exp(1, 2)", "import os", "__import__('os')", "a[0]", "a.b", "()"),
    *("1 < 2", "1 < 2 < 3", "not x", "x if y else z", "lambda: 1", "e", "pi", "½", "3²", "2^3^2"),
    *("sqrt(-1)", "factorial(5)", "binomial(5, 2)", "Piecewise((1, True))", "max(1, 2)", "1_000"),
    *(
        "√28",
        "2*√(7)",
        "√ x",
        "√√2",
        "14÷3",
        "1–2",
        "δ/r",
        "µ²+σ²÷n",
        "p₁⋅p₂",
        "α+β+γ+δ+ε+η+κ+λ+μ+ρ+σ+τ+θ+π",
        "∞",
        "∂x",
        "ｇ",
    ),
    *("sigmoid(0)", "-sigmoid(-2)", "−σ(−g)", "sigmoid()", "[7]", "[[7]]", "[7, 7]"),
    *("'7'", '"-2/3, 5/3"', "'7", "''", "'x + 1'", "the answer", "statement B", "an A", "A B"),
    *(
        "-2/3,5/3",
        "-0,6667; 1,6667",
        "-0,6667, 1,6667",
        "1,2,3",
        "1;2;3",
        "-2/3，5/3",
        "－２/３；５/３",
    ),
    *(
        "１．５",
        "（1，2）",
        "５０％",
        "　7　",
        "Ｂ",
        "ｅａｓｙ",
        "1；",
        ";",
        "(7,)",
        "[1, 2,]",
        "(1, 2, )",
        "max(1, 2,)",
    ),
    *("((((((1))))))", "constructor", "toString()", "2 # two", "1;2", "inf", "nan", "1e999", "007"),
]


def forms(exercise):
    """Texts that a reader may type for the right answer, for a slip, or for something near it."""
    for answer in (exercise.answer, *exercise.slips.values()):
        if isinstance(answer, str):
            yield from (
                answer,
                answer.upper(),
                f" {answer} ",
                f"{answer}s",
                answer.replace("-", ""),
            )
        elif isinstance(answer, sp.Basic) and answer.free_symbols:
            yield from map(str, (answer, sp.expand(answer), sp.factor(answer), 2 * answer, -answer))
            yield str(answer).replace("**", "^").replace("log", "np.log")
        else:
            yield from numbers(np.asarray(answer, float))


def numbers(exact):
    for scale in (1, 2, -1, 100, 1.01, 1.0003):
        for digits in (2, 3, 4, 6, 17):
            texts = [f"{scale * number:.{digits}g}" for number in exact.flat]
            yield ", ".join(texts) if exact.ndim else texts[0]
    if not exact.ndim:
        yield str(sp.nsimplify(float(exact), rational=True))
        yield f"{float(exact)}".replace(".", ",")


PER_KIND = ["choosing-2", "hinge-7", "ctc-1", "huber-3", "hinge-3", "mse-4"]
ASKED = [
    (name, text)
    for name, exercise in EXERCISES
    if name in TYPED
    for text in dict.fromkeys((*forms(exercise), *(ODD if name in PER_KIND else ODD[:9])))
]
JUDGE = f"""
    import vm from "node:vm";
    vm.runInThisContext(readFileSync("{ROOT.as_posix()}/site/static/exercises.js", "utf8"));
    const said = ([data, text]) => {{
        const {{ right, message }} = lossbookExercises.judge(text, data);
        return [right, message];
    }};
"""


@pytest.fixture(scope="module")
def verdicts():
    """For each answer: exercise, text, the notebook's verdict, and what the page says."""
    given = {"data": {name: page_data(name) for name in TYPED}, "asked": ASKED}
    page = node("given.asked.map(([name, text]) => said([given.data[name], text]))", given, JUDGE)
    notebook = [check(name, text if text.strip(" .") else ...) for name, text in ASKED]
    return [(*asked, *both) for asked, *both in zip(ASKED, notebook, page, strict=True)]


def test_page_and_notebook_give_the_same_verdict(verdicts):
    assert len(ASKED) > 1000
    different = [row for row in verdicts if row[2].right is not row[3][0]]
    assert not different, different[:20]


def test_page_and_notebook_say_the_same(verdicts):
    different = []
    for name, text, wanted, (_, message) in verdicts:
        said = wanted.message
        if re.search("cannot be read|real number|given$", said) and "j" in said:
            continue  # the page has no complex numbers
        if re.search(r"cannot be read here|an expression is asked, got [(\[]", said):
            continue  # each names the part in its own way
        if "a number is asked" in said and not text.isascii():
            continue  # the page as it was typed, the notebook as it was read
        if said != f"{name}: {message}":
            different.append((text, said, message))
    assert not different, different[:20]


def test_control_another_answer_is_another_verdict():
    data = page_data("huber-1")
    data["wanted"] = [2.0]
    assert node("given.map(said)", [[data, "1.5"]], JUDGE)[0][0] is False


def test_data_are_json_of_a_few_kilobytes():
    for name, _ in EXERCISES:
        assert len(json.dumps(page_data(name), allow_nan=False)) < 12_000
