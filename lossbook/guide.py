"""How to choose a loss: a tree of questions, and what each loss at its ends is good and bad for.

    QUESTIONS       the root of the tree
    ADVICE          by the name of a loss: why, when not, what is known of it, and its chapter

`lossbook.explorers.guide()` shows both. The chapters prove what stands here.
"""

import html
from dataclasses import dataclass, field

import sympy as sp

import lossbook
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
    answers: tuple


@dataclass(frozen=True)
class Answer:
    """label: in few words; hint: when to take it; leads: to a Question, or a loss by its name."""

    label: str
    hint: str
    leads: object


@dataclass(frozen=True)
class Advice:
    """Why to take a loss, and in which case not.

    facts: {property: text}, as in the chapter's passport.
    given: {argument: number} for which its formulas are shown, where they are long.
    """

    chapter: str
    why: str
    unless: str
    facts: dict
    given: dict = field(default_factory=dict)


def _output(logit, probability, function):
    """What the model puts out decides the form of a loss."""
    return Question(
        "What does the model put out?",
        "what comes out of the model?",
        (
            Answer("logits", f"any numbers; the loss contains the {function}", logit),
            Answer("probabilities", f"a {function} is the model's last step", probability),
        ),
    )


QUESTIONS = Question(
    "What do you predict?",
    "What do you predict?",
    (
        Answer(
            "a number",
            "a price, a temperature, a time",
            Question(
                "Targets scatter. Which number shall the model say?",
                "mean or median?",
                (
                    Answer(
                        "the mean",
                        "totals must come out right",
                        Question(
                            "Are some of the targets gross errors?",
                            "gross errors in the targets?",
                            (
                                Answer("no", "or outliers are facts, and count", "squared_error"),
                                Answer("yes", "the others scatter evenly to both sides", "huber"),
                            ),
                        ),
                    ),
                    Answer(
                        "the median",
                        "as many targets above it as below",
                        Question(
                            "Must the loss be smooth?",
                            "must it be smooth?",
                            (
                                Answer("no", "a solver, or steps that shrink", "absolute_error"),
                                Answer("yes", "a descent by steps of fixed size", "smooth_l1"),
                            ),
                        ),
                    ),
                ),
            ),
        ),
        Answer(
            "one of two classes",
            "yes or no, this or that",
            Question(
                "What must the model's answer tell?",
                "telling what?",
                (
                    Answer(
                        "a probability",
                        "also where mistakes differ in cost, or if you are not sure",
                        _output(
                            "binary_cross_entropy_with_logits", "binary_cross_entropy", "sigmoid"
                        ),
                    ),
                    Answer(
                        "the side only",
                        "which class, with a margin; every mistake costs the same",
                        "hinge",
                    ),
                    Answer(
                        "the few hard ones",
                        "an order is enough; easy ones outnumber them by thousands",
                        _output("focal_with_logits", "focal", "sigmoid"),
                    ),
                ),
            ),
        ),
        Answer(
            "one of many classes",
            "known before the training",
            _output("cross_entropy_with_logits", "cross_entropy", "softmax"),
        ),
        Answer(
            "what is alike",
            "a place for each thing, where distances count",
            Question(
                "What do you know of the things?",
                "what do you know?",
                (
                    Answer("pairs", "these two are alike, those two are not", "contrastive"),
                    Answer("triplets", "b is more like a than c is", "triplet"),
                    Answer(
                        "classes",
                        "of each thing; others may come later",
                        Question(
                            "What must a distance tell?",
                            "telling what?",
                            (
                                Answer("alike or not", "one threshold: matching", "contrastive"),
                                Answer("which is nearer", "an order: search", "triplet"),
                            ),
                        ),
                    ),
                ),
            ),
        ),
        Answer(
            "an unaligned sequence", "same order, but nobody says which letter stands where", "ctc"
        ),
    ),
)

ADVICE = {
    "squared_error": Advice(
        "regression/mse",
        "The squared error is least at the mean, whatever the shape of the noise.",
        "Not if some targets are mistakes, since a single one can pull the fit anywhere; nor if "
        "too high and too low differ in cost, which asks for a quantile.",
        {
            "convex": "in the prediction",
            "differentiable": "twice, everywhere",
            "gradient bounded": "no",
            "estimates": "the mean",
        },
    ),
    "absolute_error": Advice(
        "regression/mae",
        "The absolute error is least at a median, and a wild target pulls no harder than the "
        "others.",
        "Not if errors are skewed and the sum matters; nor against wild points that lie far out "
        "in x, where they have a lever.",
        {
            "convex": "in the prediction",
            "differentiable": "not where the error is 0",
            "gradient bounded": "by 1",
            "estimates": "a median",
        },
    ),
    "huber": Advice(
        "regression/huber",
        "Small errors count as for the mean, and a large one pulls with a force of at most δ; for "
        "Gaussian noise, 1.345 of its standard deviations are a good δ.",
        "Not if errors are skewed and the sum matters, since it is not the mean then; nor against "
        "wild points that lie far out in x.",
        {
            "convex": "in the prediction",
            "differentiable": "once, everywhere; not twice where the error is ±δ",
            "gradient bounded": "by δ",
            "estimates": "mean and median, if errors are symmetric; else neither",
        },
    ),
    "smooth_l1": Advice(
        "regression/huber",
        "A parabola within β of the target lets small steps settle, and costs at most β/2 in mean "
        "absolute error.",
        "Not if β is as large as the errors: then most of them are squared, and the answer is no "
        "longer near the median.",
        {
            "convex": "in the prediction",
            "differentiable": "once, everywhere; not twice where the error is ±β",
            "gradient bounded": "by 1",
            "estimates": "nearly a median, if β is small",
        },
    ),
    "binary_cross_entropy_with_logits": Advice(
        "classification/cross_entropy",
        "Cross-entropy is least where the model says the true probability, and by the logit it is "
        "convex and keeps its digits.",
        "Not if the model ends in a sigmoid already; nor if many labels are wrong, since it "
        "believes every one.",
        {
            "convex": "in the logit",
            "differentiable": "in the logit, as often as you like",
            "gradient bounded": "by 1",
            "estimates": "the probability",
        },
    ),
    "binary_cross_entropy": Advice(
        "classification/cross_entropy",
        "Cross-entropy is least where the model says the true probability.",
        "Not if you can have the logit: a sure mistake, rounded to the probability 0 or 1, costs "
        "infinitely much.",
        {
            "convex": "in the probability",
            "differentiable": "as often as you like, for 0 < p < 1",
            "gradient bounded": "no",
            "estimates": "the probability",
        },
    ),
    "hinge": Advice(
        "classification/hinge",
        "The hinge asks each sample for the right side and one unit to spare, and forgets those "
        "that have it: with a squared length it is the support vector machine.",
        "Not if you need a probability or another threshold later; nor with labels 0 and 1, or "
        "behind a sigmoid.",
        {
            "convex": "in the score",
            "differentiable": "not where label times score is 1",
            "gradient bounded": "by 1",
            "estimates": "the more probable side",
        },
    ),
    "focal_with_logits": Advice(
        "classification/focal",
        "Samples that are answered well fall silent, so that a crowd of easy ones does not drown "
        "the few hard ones early in a training.",
        "Not if you need probabilities, which γ pulls towards one half and α to one side; nor if "
        "labels are wrong, since a wrong label is the hardest sample.",
        {
            "convex": "in the probability; in the logit only for γ = 0",
            "differentiable": "in the logit, as often as you like",
            "gradient bounded": "yes; by 1.13 for γ = 2, without weights",
            "estimates": "an order, and without weights the side of one half",
        },
        {"y": 1},
    ),
    "focal": Advice(
        "classification/focal",
        "Samples that are answered well fall silent, so that a crowd of easy ones does not drown "
        "the few hard ones early in a training.",
        "Not if you can have the logit, which keeps the digits of easy samples; nor if you need "
        "probabilities, or if labels are wrong.",
        {
            "convex": "in the probability",
            "differentiable": "as often as you like, for 0 < p < 1",
            "gradient bounded": "no",
            "estimates": "an order, and without weights the side of one half",
        },
        {"y": 1},
    ),
    "cross_entropy_with_logits": Advice(
        "classification/cross_entropy",
        "Cross-entropy is least where the model says the true probabilities, and in the logits it "
        "is convex and keeps its digits.",
        "Not if the model ends in a softmax already; nor if new classes come after the training: "
        "then learn distances.",
        {
            "convex": "in the logits",
            "differentiable": "in the logits, as often as you like",
            "gradient bounded": "by 1 in each logit",
            "estimates": "the probabilities",
        },
    ),
    "cross_entropy": Advice(
        "classification/cross_entropy",
        "Cross-entropy is least where the model says the true probabilities.",
        "Not if you can have the logits: a sure mistake, rounded to the probability 0, costs "
        "infinitely much.",
        {
            "convex": "in the probabilities",
            "differentiable": "as often as you like, for positive probabilities",
            "gradient bounded": "no",
            "estimates": "the probabilities",
        },
    ),
    "contrastive": Advice(
        "ranking/contrastive",
        "It gives distances a meaning, near 0 for what is alike and beyond the margin for the "
        "rest, so that one threshold can decide.",
        "Not if only the order of neighbours matters, or likeness has degrees; with few classes, "
        "and none to come, train a classifier.",
        {
            "convex": "in a pair that is alike; not in another",
            "differentiable": "alike: everywhere; else not at distance 0",
            "gradient bounded": "alike: no; else by the margin",
            "estimates": "a distance: the margin times the probability of not alike",
        },
    ),
    "triplet": Advice(
        "ranking/triplet",
        "It asks for an order with a margin and is silent where that holds, so a wide class may "
        "stay wide.",
        "Not if one threshold must decide for all; nor without a search for triplets that still "
        "have a loss, as most soon have none.",
        {
            "convex": "in the positive and, if squared, in the anchor; not in the negative",
            "differentiable": "except at the edge of the easy region",
            "gradient bounded": "no; by 2 if distances are not squared",
            "estimates": "an order, no threshold",
        },
    ),
    "ctc": Advice(
        "ranking/ctc",
        "CTC adds up the probabilities of all alignments, so nobody has to say where each letter "
        "stands.",
        "Not if you must know where a letter begins and ends; nor if a target does not fit: it "
        "needs a frame for each letter and each repeat.",
        {
            "gradient": "softmax minus posterior",
            "convex": "no",
            "differentiable": "in the logits, where the target fits",
            "gradient bounded": "by 1 in each logit",
            "estimates": "the probability of the text",
        },
    ),
}


def walk(question=QUESTIONS, depth=0):
    """The tree in reading order: (depth, answer) for each answer, and below it what it leads to."""
    for answer in question.answers:
        yield depth, answer
        if isinstance(answer.leads, Question):
            yield from walk(answer.leads, depth + 1)


def nested(question=QUESTIONS):
    """The tree as JSON knows it."""
    if isinstance(question, str):
        return question
    answers = [
        {"label": answer.label, "hint": answer.hint, "leads": nested(answer.leads)}
        for answer in question.answers
    ]
    return {"ask": question.ask, "answers": answers}


def cards():
    """The advice as HTML, one element with data-loss for each loss; formulas are TeX."""
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


def formulas(name):
    """The formula and the gradient of a loss, with letters for distances: {what: expression}."""
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
    """Sums of squared differences as squared distances, and no maximum that a case has decided."""
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
