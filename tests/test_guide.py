"""The guide: its tree leads to every loss and every situation to advice that has a source."""

import re
from dataclasses import replace

import numpy as np
import prose
import pytest
from pybtex.database import parse_file
from test_bibliography import cited

import lossbook
from lossbook import guide, tables
from lossbook.appendix import conventions
from lossbook.guide import ADVICE, CHAPTERS, OUTSIDE, QUESTIONS, Answer, Question

KNOWN = {*lossbook.__all__, *OUTSIDE}


def leaves(question):
    return [answer.leads for _, answer in guide.walk(question) if isinstance(answer.leads, str)]


def troubles(question, depth=1):
    """What is wrong with a tree of questions."""
    if depth == 1:
        for name in sorted(KNOWN - {*leaves(question)}):
            yield f"leads nowhere to {name}"
        for name in sorted({*leaves(question)} - KNOWN):
            yield f"leads to {name}, which is no loss"
    if depth > 4:
        yield f"asks more than four questions: {question.ask}"
    labels = [answer.label for answer in question.answers]
    if len(labels) < 2 or len(set(labels)) < len(labels):
        yield f"leaves no choice: {question.ask} {labels}"
    for answer in question.answers:
        if isinstance(answer.leads, Question):
            yield from troubles(answer.leads, depth + 1)


def test_the_tree_is_sound():
    assert list(troubles(QUESTIONS)) == []


def test_control_unsound_trees():
    wrong = {
        "nowhere to ctc": replace(QUESTIONS, answers=QUESTIONS.answers[:-1]),
        "hubert, which": Question(
            "What?", "what?", (*QUESTIONS.answers, Answer("a", "", "hubert"))
        ),
        "no choice": replace(QUESTIONS, answers=(*QUESTIONS.answers, QUESTIONS.answers[0])),
        "more than four": QUESTIONS,
    }
    for _ in range(2):
        answers = (Answer("a", "", wrong["more than four"]), Answer("b", "", "ctc"))
        wrong["more than four"] = Question("again?", "again?", answers)
    for message, question in wrong.items():
        found = {*troubles(question)} - {*troubles(QUESTIONS)}
        assert found and all(message in one for one in found), message


def test_there_is_advice_for_every_loss_and_its_chapter_is_there():
    assert set(ADVICE) == set(lossbook.__all__)
    assert not {*ADVICE} & {*OUTSIDE}
    advice = [*ADVICE.values(), *OUTSIDE.values()]
    assert {one.chapter for one in advice if one.chapter} == set(CHAPTERS)


def title(chapter):
    text = prose.markdown(prose.CHAPTERS / f"{chapter}.ipynb")
    return re.search("^# (.*)$", text, re.MULTILINE)[1]


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_chapters_have_their_titles(chapter):
    assert CHAPTERS[chapter] == title(chapter).replace("'", "’")


def test_control_no_such_chapter():
    with pytest.raises(FileNotFoundError):
        title("regression/hubert")


def is_sentence(text):
    return re.fullmatch(r"[A-Z](?:[^.]|\d\.\d)*\.", text) is not None


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_advice_is_two_sentences(name):
    one = (ADVICE | OUTSIDE)[name]
    assert is_sentence(one.why)
    assert is_sentence(one.unless)
    assert one.unless.startswith("Not if ")


def test_control_sentences():
    assert is_sentence("Take 1.345.")
    assert not any(map(is_sentence, ("Take it. Leave it.", "no capital.", "No end")))


# What stands outside the book has a source, which the chapter cites.


def uncited(outside):
    """Names of advice without a title, or without a source that the chapter's table cites."""
    entries = parse_file(prose.CHAPTERS / "appendix" / "references.bib").entries
    numbers = {
        number: key
        for key, entry in entries.items()
        for number in (entry.fields.get("doi"), entry.fields.get("eprint"))
    }
    text = prose.markdown(prose.CHAPTERS / "choosing.ipynb")
    return [
        name
        for name, one in outside.items()
        if not one.title or numbers.get(one.source) not in cited(text)
    ]


def test_outside_advice_has_a_source_that_the_chapter_cites():
    assert uncited(OUTSIDE) == []


def test_control_uncited_advice():
    for wrong in ({"source": ""}, {"source": "10.1000/1"}, {"title": ""}):
        assert uncited({"poisson": replace(OUTSIDE["poisson"], **wrong)}) == ["poisson"]


# Ten situations.

SITUATIONS = {
    "repair bills, the total is wanted": "gamma",
    "tags of a picture, several at once": "binary_cross_entropy_with_logits",
    "ratings of one to five stars": "ordinal",
    "claims in a year": "poisson",
    "demand for rolls, too few costs more": "pinball",
    "labels by a tired crowd": "noisy_labels",
    "tiny tumours in a scan": "overlap",
    "search: a query, its document, a batch": "infonce",
    "speech without time marks": "ctc",
    "a probability that is calibrated": "binary_cross_entropy_with_logits",
}


def test_each_situation_ends_at_its_advice():
    rows = tables.records("situations")
    assert {row["situation"]: guide.follow(row["path"]) for row in rows} == SITUATIONS
    for row in rows:
        assert (row["evidence"] == "source") <= (guide.follow(row["path"]) in OUTSIDE)
        section = re.fullmatch(r"section (\d+)", row["evidence"])
        chapter = prose.markdown(prose.CHAPTERS / "choosing.ipynb")
        assert not section or f"\n## {section[1]}. " in chapter


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("a numbre > the mean", r"path takes one of \['a number', .*got 'a numbre'"),
        ("a number > the mean", "and then: What are the targets like"),
        ("a number > a quantile > yes", r"one of \[\] here, got 'yes'"),
        ("", "got ''"),
    ],
)
def test_control_paths(path, message):
    with pytest.raises(ValueError, match=message):
        guide.follow(path)


@pytest.mark.parametrize("name", ADVICE)
def test_calls_were_recorded(name):
    recorded = {record.call: record for record in conventions.records() if record.topic == name}
    for library, call in guide.calls(name).items():
        call, _, times = call.partition(", 2 times")
        record = recorded[call]
        assert guide.LIBRARIES[record.package] == library
        assert record.ours["loss"] == name
        assert (record.times == 2) == bool(times) and record.times in (1, 2)
        assert "._" not in record.function


def test_every_library_is_called_somewhere():
    of_all = [guide.calls(name) for name in ADVICE]
    for library in guide.LIBRARIES.values():
        assert sum(library in calls for calls in of_all) >= 5
    assert guide.calls("binary_cross_entropy_with_logits")["TensorFlow/Keras"] == (
        "losses.BinaryCrossentropy(from_logits=True)(label, z)"
    )


def test_the_list_has_every_answer_and_ends_at_links():
    lines = guide.listed().splitlines()
    assert len(lines) == len([*guide.walk()])
    for line, (depth, answer) in zip(lines, guide.walk(), strict=True):
        assert line.startswith(f"{'  ' * depth}- **{answer.label}** ")
        assert ("](" in line) == isinstance(answer.leads, str)


# The formulas, compared to the losses.


def value(expr, **numbers):
    found = {str(symbol): symbol for symbol in expr.free_symbols}
    return float(expr.subs({found[name]: number for name, number in numbers.items()}))


def test_formulas_with_distances_are_those_of_the_losses():
    a, p, n = np.random.default_rng(8).normal(size=(3, 4))
    expr = guide.formulas("triplet")["formula"]
    numbers = {"d_p": np.linalg.norm(a - p), "d_n": np.linalg.norm(a - n), "margin": 3}
    assert value(expr, **numbers) == pytest.approx(lossbook.triplet(a, p, n, margin=3))
    assert value(expr, **numbers | {"d_n": 0}) != pytest.approx(lossbook.triplet(a, p, n, margin=3))
    expr = guide.formulas("contrastive")["formula"]
    for label, margin in ((0, 9), (1, 9), (0, 0.1)):
        numbers = {"d": np.linalg.norm(a - p), "y": label, "margin": margin}
        assert value(expr, **numbers) == pytest.approx(
            lossbook.contrastive(a, p, label, margin=margin)
        )


def test_other_formulas_are_those_of_the_losses():
    for name in ("squared_error", "cross_entropy", "hinge", "pinball"):
        assert guide.formulas(name) == {"formula": getattr(lossbook, name).formula}
    (shown,) = guide.formulas("focal_with_logits").items()
    assert shown[0] == "formula for y = 1"
    numbers = {"z": 0.3, "alpha": 0.25, "gamma": 2}
    assert value(shown[1], **numbers) == pytest.approx(lossbook.focal_with_logits(0.3, 1))
    (expr,) = guide.formulas("ctc").values()
    numbers = {"a_1": 0.2, "a_2": 0.3, "epsilon_1": 0.8, "epsilon_2": 0.7}
    logits = np.log([[[0.8, 0.2], [0.7, 0.3]]])
    assert value(expr, **numbers) == pytest.approx(lossbook.ctc(logits, [[1]])[0])


def test_texts_cannot_end_the_html(monkeypatch):
    unless = "Not if </div> < 1."
    monkeypatch.setitem(ADVICE, "hinge", replace(ADVICE["hinge"], unless=unless))
    monkeypatch.setitem(OUTSIDE, "overlap", replace(OUTSIDE["overlap"], title=unless))
    parts = re.sub(r"</?(div|p|code|dl|dt|dd|a)( [^<>]*)?>", "", guide.cards())
    assert not set("<>") & set(parts)
    assert parts.count("Not if &lt;/div&gt; &lt; 1.") == 2
