"""The guide: its tree leads to every loss, and its advice is what the chapters say."""

import re
from dataclasses import replace

import numpy as np
import prose
import pytest
import sympy as sp

import lossbook
from lossbook import fits, guide, passport
from lossbook.guide import ADVICE, CHAPTERS, QUESTIONS, Answer, Question


def leaves(question):
    return [answer.leads for _, answer in guide.walk(question) if isinstance(answer.leads, str)]


def troubles(question, depth=1):
    """What is wrong with a tree of questions."""
    if depth == 1:
        for name in sorted({*lossbook.__all__} - {*leaves(question)}):
            yield f"leads nowhere to {name}"
        for name in sorted({*leaves(question)} - {*lossbook.__all__}):
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
    assert {one.chapter for one in ADVICE.values()} == set(CHAPTERS)


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


@pytest.mark.parametrize("name", ADVICE)
def test_advice_is_two_sentences(name):
    one = ADVICE[name]
    assert is_sentence(one.why)
    assert is_sentence(one.unless)
    assert one.unless.startswith("Not if ")
    facts = [fact for fact in one.facts if fact != "gradient"]
    assert facts == ["convex", "differentiable", "gradient bounded", "estimates"]


def test_control_sentences():
    assert is_sentence("Take 1.345.")
    assert not any(map(is_sentence, ("Take it. Leave it.", "no capital.", "No end")))


# The facts, compared to proofs and numbers.


def agrees(facts, proved):
    """Whether facts of a loss of (y_hat, y) are those of its passport."""
    orders = {"not": "not at", "once": "once, everywhere; not twice", "twice": "twice, everywhere"}
    order = orders[re.match("[a-z]+", facts["differentiable"])[0]]
    return (
        facts["convex"] == "in the prediction"
        and proved["convex in the prediction"] == "yes"
        and proved["differentiable"].startswith(order)
        and facts["gradient bounded"].replace("δ", r"\delta")
        == proved["gradient bounded"].replace("$", "")
    )


@pytest.mark.parametrize("name", ["squared_error", "absolute_error", "huber", "smooth_l1"])
def test_facts_of_regression_are_those_of_the_passport(name):
    facts, proved = ADVICE[name].facts, passport.passport(getattr(lossbook, name)).facts
    assert agrees(facts, proved)
    assert not agrees(facts | {"gradient bounded": "by 7"}, proved)
    assert not agrees(facts | {"convex": "no"}, proved)
    other = "squared_error" if name != "squared_error" else "huber"
    assert not agrees(facts | {"differentiable": ADVICE[other].facts["differentiable"]}, proved)


def test_facts_of_the_quantile_loss():
    """Its passport has the numbers of one level, and the advice is for all."""
    facts, proved = ADVICE["pinball"].facts, passport.passport(lossbook.pinball).facts
    assert agrees(facts | {"gradient bounded": r"by \frac{1}{2}"}, proved)
    assert facts["gradient bounded"] == "between −q and 1 − q"
    r = 30 * np.random.default_rng(3).normal(size=5000)
    for q in (0.1, 0.9):
        slopes = lossbook.pinball.grad(r, 0, quantile=q)
        assert (slopes.min(), slopes.max()) == (-q, 1 - q)


def largest_pull(name):
    """The largest gradient by an entry, over many random samples that are badly wrong, too."""
    rng, one = np.random.default_rng(3), getattr(lossbook, name)
    z, label = 30 * rng.normal(size=5000), rng.integers(2, size=5000)
    if name == "ctc":
        return np.abs(one.grad(10 * rng.normal(size=(200, 6, 3)), [[1, 2]] * 200)).max()
    if name == "contrastive":
        far, _ = one.grad(np.outer(z, [1, 0]), np.zeros((5000, 2)), label, margin=0.7)
        return np.hypot(*far[label == 0].T).max() / 0.7
    if name == "cross_entropy_with_logits":
        return np.abs(one.grad(30 * rng.normal(size=(5000, 4)), np.eye(4)[label])).max()
    weights = {"alpha": None} if name == "focal_with_logits" else {}
    z = np.concatenate([z, np.linspace(-5, 5, 5000)])
    label = np.concatenate([label, label])
    return np.abs(one.grad(z, 2 * label - 1 if name == "hinge" else label, **weights)).max()


@pytest.mark.parametrize(
    ("name", "bound"),
    [
        ("binary_cross_entropy_with_logits", 1),
        ("cross_entropy_with_logits", 1),
        ("hinge", 1),
        ("contrastive", 1),
        ("ctc", 1),
        ("focal_with_logits", 1.13),
    ],
)
def test_pulls_are_bounded_as_said(name, bound):
    assert f"by {bound}" in ADVICE[name].facts["gradient bounded"] or name == "contrastive"
    assert 0.98 * bound < largest_pull(name) <= bound


@pytest.mark.parametrize("name", ["binary_cross_entropy", "cross_entropy", "focal"])
def test_pulls_by_a_probability_are_not(name):
    assert ADVICE[name].facts["gradient bounded"] == "no"
    p = 1e-9 if name != "cross_entropy" else np.array([1e-9, 1 - 1e-9])
    y = 1 if name != "cross_entropy" else np.array([1, 0])
    assert np.abs(getattr(lossbook, name).grad(p, y)).max() > 1e8


def test_each_number_is_estimated_as_said():
    skewed = [0, 0.5, 1, 3, 12]
    best = {
        name: fits.best_constant(getattr(lossbook, name), skewed)
        for name in ("squared_error", "absolute_error", "huber")
    }
    assert best["squared_error"] == pytest.approx(3.3)
    assert best["absolute_error"] == pytest.approx(1)
    assert 1.2 < best["huber"] < 1.3
    for q, quantile in ((0.1, 0), (0.5, 1), (0.7, 3)):
        assert fits.best_constant(lossbook.pinball, skewed, quantile=q) == pytest.approx(quantile)
    near = fits.best_constant(lossbook.smooth_l1, skewed, beta=0.01)
    assert near == pytest.approx(1, abs=0.01)
    assert fits.best_constant(lossbook.huber, [-9, -1, 0, 1, 9]) == pytest.approx(0, abs=1e-9)


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
    shown = guide.formulas("contrastive")
    for label, margin in ((0, 9), (1, 9), (0, 0.1)):
        numbers = {"d": np.linalg.norm(a - p), "y": label, "margin": margin}
        assert value(shown["formula"], **numbers) == pytest.approx(
            lossbook.contrastive(a, p, label, margin=margin)
        )
        slope = shown["gradient by x1"].replace(
            lambda e: isinstance(e, sp.Indexed), lambda e: {"x1": a, "x2": p}[str(e.base)][2]
        )
        expected = lossbook.contrastive.grad(a, p, label, margin=margin)[0][2]
        assert value(slope, **numbers) == pytest.approx(expected)


def test_other_formulas_are_those_of_the_losses():
    for name in ("squared_error", "cross_entropy", "hinge"):
        one = getattr(lossbook, name)
        assert list(guide.formulas(name).values()) == [one.formula, one.gradient]
    shown = guide.formulas("focal_with_logits")
    assert [*shown] == ["formula for y = 1", "gradient for y = 1"]
    numbers = {"z": 0.3, "alpha": 0.25, "gamma": 2}
    found = [value(expr, **numbers) for expr in shown.values()]
    assert found == pytest.approx(lossbook.focal_with_logits.value_and_grad(0.3, 1))
    (expr,) = guide.formulas("ctc").values()
    numbers = {"a_1": 0.2, "a_2": 0.3, "epsilon_1": 0.8, "epsilon_2": 0.7}
    logits = np.log([[[0.8, 0.2], [0.7, 0.3]]])
    assert value(expr, **numbers) == pytest.approx(lossbook.ctc(logits, [[1]])[0])


def test_texts_cannot_end_the_html():
    parts = re.sub(r"</?(div|p|code|dl|dt|dd|a)( [^<>]*)?>", "", guide.cards())
    assert not set("<>") & set(parts)
    assert "&lt;" in parts  # the case of a formula
