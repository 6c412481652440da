"""How to choose a loss: a tree of questions, and the advantages and limits of each loss.

    QUESTIONS       the root of the tree, whose leaves are names of losses
    ADVICE          by the name of a loss: why, when not, what is known of it, and its chapter

`lossbook.explorers.guide()` shows both. The chapters prove the facts.
"""

import html
from collections.abc import Iterator
from dataclasses import dataclass, field

import sympy as sp

import lossbook
from lossbook import tables
from lossbook.figures import latex

CHAPTERS = {
    "regression/mse": "The mean squared error",
    "regression/mae": "The mean absolute error",
    "regression/huber": "Huber’s loss and Smooth L1",
    "classification/cross_entropy": "Cross-entropy",
    "classification/focal": "Focal loss",
    "classification/hinge": "The hinge loss and the support vector machine",
    "ranking/contrastive": "The contrastive loss",
    "ranking/triplet": "The triplet loss",
    "ranking/ctc": "Connectionist temporal classification",
}


@dataclass(frozen=True)
class Question:
    """ask: the whole question; label: the same in few words, for the picture."""

    ask: str
    label: str
    answers: tuple["Answer", ...]


@dataclass(frozen=True)
class Answer:
    """label: in few words; hint: when to take it; leads: to a Question, or a loss by its name."""

    label: str
    hint: str
    leads: Question | str


@dataclass(frozen=True)
class Advice:
    """Why to take a loss, and in which case not.

    facts: {property: text}, as in the chapter's passport.
    given: {argument: number} for which its formulas are shown, where they are long.
    """

    chapter: str
    why: str
    unless: str
    facts: dict[str, str]
    given: dict[str, int] = field(default_factory=dict)


def _output(logit, probability, function):
    """The question that chooses between the forms of a loss for logits and for probabilities."""
    return Question(
        "What does the model put out?",
        "what comes out of the model?",
        (
            Answer("logits", f"any numbers; the loss contains the {function}", logit),
            Answer("probabilities", f"a {function} is the model's last step", probability),
        ),
    )


ERRORS = Question(
    "Are some of the targets gross errors?",
    "gross errors in the targets?",
    (
        Answer("no", "or outliers are facts, and count", "squared_error"),
        Answer("yes", "the others scatter evenly to both sides", "huber"),
    ),
)
SMOOTH = Question(
    "Must the loss be smooth?",
    "must it be smooth?",
    (
        Answer("no", "a solver, or steps that shrink", "absolute_error"),
        Answer("yes", "a descent by steps of fixed size", "smooth_l1"),
    ),
)
NUMBER = Question(
    "Targets scatter. Which number shall the model say?",
    "mean, median or quantile?",
    (
        Answer("the mean", "totals must come out right", ERRORS),
        Answer("the median", "as many targets above it as below", SMOOTH),
        Answer("a quantile", "too low and too high differ in cost", "pinball"),
    ),
)
PROBABILITY = _output("binary_cross_entropy_with_logits", "binary_cross_entropy", "sigmoid")
HARD = _output("focal_with_logits", "focal", "sigmoid")
TWO_CLASSES = Question(
    "What must the model's answer tell?",
    "telling what?",
    (
        Answer(
            "a probability",
            "also where mistakes differ in cost, or if you are not sure",
            PROBABILITY,
        ),
        Answer(
            "the side only", "which class, with a margin; every mistake costs the same", "hinge"
        ),
        Answer(
            "the few hard ones",
            "an order is enough; easy ones outnumber them by thousands",
            HARD,
        ),
    ),
)
MANY_CLASSES = _output("cross_entropy_with_logits", "cross_entropy", "softmax")
DISTANCE = Question(
    "What must a distance tell?",
    "telling what?",
    (
        Answer("alike or not", "one threshold: matching", "contrastive"),
        Answer("which is nearer", "an order: search", "triplet"),
    ),
)
ALIKE = Question(
    "What do you know of the things?",
    "what do you know?",
    (
        Answer("pairs", "these two are alike, those two are not", "contrastive"),
        Answer("triplets", "b is more like a than c is", "triplet"),
        Answer("classes", "of each thing; others may come later", DISTANCE),
    ),
)
QUESTIONS = Question(
    "What do you predict?",
    "What do you predict?",
    (
        Answer("a number", "a price, a temperature, a time", NUMBER),
        Answer("one of two classes", "yes or no, this or that", TWO_CLASSES),
        Answer("one of many classes", "known before the training", MANY_CLASSES),
        Answer("what is alike", "a place for each thing, where distances count", ALIKE),
        Answer(
            "an unaligned sequence", "same order, but nobody says which letter stands where", "ctc"
        ),
    ),
)


def _advice(chapter, why, unless, y, **facts):
    """The `Advice` of a row of `lossbook/data/advice.csv`, without its empty cells."""
    stated = {what: fact for what, fact in facts.items() if fact}
    return Advice(chapter, why, unless, stated, {"y": int(y)} if y else {})


ADVICE = {row.pop("loss"): _advice(**row) for row in tables.records("advice")}


def walk(question: Question = QUESTIONS, depth: int = 0) -> Iterator[tuple[int, Answer]]:
    """(depth, answer) for each answer of the tree, depth first: the order in which one reads it.

    >>> [(depth, answer.label) for depth, answer in walk()][:3]
    [(0, 'a number'), (1, 'the mean'), (2, 'no')]
    """
    for answer in question.answers:
        yield depth, answer
        if isinstance(answer.leads, Question):
            yield from walk(answer.leads, depth + 1)


def nested(question: Question | str = QUESTIONS) -> dict | str:
    """The tree as dicts, lists and strings, for JSON; the name of a loss stays a string."""
    if isinstance(question, str):
        return question
    answers = [
        {"label": answer.label, "hint": answer.hint, "leads": nested(answer.leads)}
        for answer in question.answers
    ]
    return {"ask": question.ask, "answers": answers}


def cards() -> str:
    """The advice as HTML, one element with the attribute data-loss for each loss.

    Formulas are TeX between \\[ and \\], which the page typesets.
    """
    return "".join(map(_card, ADVICE))


def _card(name):
    one = ADVICE[name]
    math = {
        row: f'<div class="math">\\[{html.escape(latex(e))}\\]</div>'
        for row, e in formulas(name).items()
    }
    texts = {row: html.escape(text) for row, text in one.facts.items()}
    rows = "".join(f"<dt>{row}</dt><dd>{cell}</dd>" for row, cell in (math | texts).items())
    link = f'<a href="{one.chapter}.ipynb">{html.escape(CHAPTERS[one.chapter])}</a>'
    return (
        f'<div data-loss="{name}"><p><code>{name}</code></p><p>{html.escape(one.why)}</p>'
        f"<p>{html.escape(one.unless)}</p><dl>{rows}<dt>chapter</dt><dd>{link}</dd></dl></div>"
    )


# Formulas.


def formulas(name: str) -> dict[str, sp.Expr]:
    """The formula and the gradient of a loss, with letters for distances: {what: expression}.

    Of several gradients, that by the first argument.

    >>> formulas("hinge")["formula"]
    Max(0, -score*y + 1)
    """
    loss, given = getattr(lossbook, name), ADVICE[name].given
    if name == "ctc":
        p = [sp.symbols(f"epsilon_{t} a_{t}", positive=True) for t in (1, 2)]
        return {"formula, “a” in two frames (ε: blank)": loss.formula(p, [1])}
    gradient, by = loss.gradient, ""
    if isinstance(gradient, tuple):
        gradient, by = gradient[0], f" by {loss.wrt[0]}"
    at = "".join(f" for {argument} = {number}" for argument, number in given.items())
    numbers = {sp.Symbol(argument, real=True): number for argument, number in given.items()}
    shown = {f"formula{at}": loss.formula, f"gradient{by}{at}": gradient}
    return {what: _short(expr.subs(numbers)) for what, expr in shown.items()}


def _short(expr):
    """Sums of squared differences as squared distances; max(0, v) as v in a case where v > 0."""
    for total in expr.atoms(sp.Sum):
        pair = sorted(map(str, total.atoms(sp.IndexedBase)))
        if isinstance(total.function, sp.Pow) and len(pair) == 2:
            name = "d" if pair == ["x1", "x2"] else f"d_{pair[1][0]}"
            expr = expr.subs(total, sp.Symbol(name, positive=True) ** 2)
    return expr.replace(sp.Piecewise, lambda *cases: sp.Piecewise(*map(_decided, cases)))


def _decided(case):
    value, condition = case
    if isinstance(condition, sp.StrictGreaterThan | sp.StrictLessThan):
        positive = condition.gts - condition.lts
        value = value.subs(sp.Max(0, positive), positive)
    return value, condition
