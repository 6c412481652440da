"""How to choose a loss: a tree of questions, and the advantages and limits of each loss.

    QUESTIONS       the root of the tree, whose leaves are names of losses
    ADVICE          by the name of a loss: why, when not, and its chapter
    OUTSIDE         the same of losses that are not in lossbook, each with a source
    listed()        the tree as a list; situations(): ten ways through it

`lossbook.explorers.guide()` shows tree and advice. The chapters prove the facts.
"""

import html
from collections.abc import Iterator
from dataclasses import dataclass, field

import sympy as sp

import lossbook
from lossbook import tables
from lossbook.appendix import conventions
from lossbook.figures import latex

LIBRARIES = {
    "torch": "PyTorch",
    "keras": "TensorFlow/Keras",
    "sklearn": "scikit-learn",
    "optax": "optax",
}

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
    "choosing": "How to choose a loss",
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

    title: its name in words, of one that is not in lossbook. source: the DOI or arXiv number of
    the work that describes that one.
    given: {argument: number} for which its formulas are shown, where they are long.
    """

    chapter: str
    why: str
    unless: str
    title: str = ""
    source: str = ""
    given: dict[str, int] = field(default_factory=dict)


def _output(logit, probability, function):
    """The question that chooses between the forms of a loss for logits and for probabilities."""
    return Question(
        "What does the model put out?",
        "what comes out of the model?",
        (
            Answer("logits", f"{function} inside the loss", logit),
            Answer("probabilities", f"{function} inside the model", probability),
        ),
    )


TARGETS = Question(
    "What are the targets like?",
    "what are they like?",
    (
        Answer("any numbers", "an outlier is a fact, and counts", "squared_error"),
        Answer(
            "some are mistakes",
            "gross errors; the rest scatters evenly to both sides",
            "huber",
        ),
        Answer("counts", "0, 1, 2, ... calls or claims", "poisson"),
        Answer("positive and skewed", "bills, rain, durations", "gamma"),
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
    "which number?",
    (
        Answer("the mean", "totals must come out right", TARGETS),
        Answer("the median", "as many targets above it as below", SMOOTH),
        Answer("a quantile", "a bound, or too high and too low differ in cost", "pinball"),
        Answer("a time not always over", "some were still waiting when we looked", "survival"),
    ),
)


def _labels(right):
    """The question whether to believe the labels."""
    return Question(
        "Are the labels right?",
        "are the labels right?",
        (
            Answer("nearly all", "or as far as you know", right),
            Answer("many are wrong", "noisy labels, of a crowd or a rule", "noisy_labels"),
        ),
    )


LOGITS = _output("binary_cross_entropy_with_logits", "binary_cross_entropy", "sigmoid")
HARD = _output("focal_with_logits", "focal", "sigmoid")
TWO_CLASSES = Question(
    "What must the model's answer tell?",
    "telling what?",
    (
        Answer(
            "a probability",
            "also where mistakes differ in cost",
            _labels(LOGITS),
        ),
        Answer("the side only", "with a margin; every mistake costs the same", "hinge"),
        Answer(
            "the few hard ones",
            "easy ones outnumber them by thousands",
            HARD,
        ),
    ),
)
MANY_CLASSES = Question(
    "How are the classes related?",
    "how related?",
    (
        Answer(
            "they exclude each other",
            "one class for each thing",
            _labels(_output("cross_entropy_with_logits", "cross_entropy", "softmax")),
        ),
        Answer(
            "several at once",
            "multi-label: tags; a yes or no for each",
            "binary_cross_entropy_with_logits",
        ),
        Answer("they have an order", "ordinal: one to five stars", "ordinal"),
    ),
)
PAIRS = Question(
    "What must a distance tell?",
    "telling what?",
    (
        Answer("alike or not", "one threshold: matching", "contrastive"),
        Answer(
            "which is nearest",
            "search among the pairs of the batch",
            "infonce",
        ),
    ),
)
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
        Answer("pairs", "these two are alike: a query and its answer", PAIRS),
        Answer("triplets", "b is more like a than c is", "triplet"),
        Answer("classes", "of each thing; others may come later", DISTANCE),
    ),
)
MASK = Question(
    "What counts?",
    "what counts?",
    (
        Answer(
            "each pixel alike",
            "objects and background are both large",
            "binary_cross_entropy_with_logits",
        ),
        Answer("the overlap", "objects are tiny beside the background", "overlap"),
    ),
)
QUESTIONS = Question(
    "What do you predict?",
    "What do you predict?",
    (
        Answer("a number", "a price, a temperature, a time", NUMBER),
        Answer("one of two classes", "yes or no, this or that", TWO_CLASSES),
        Answer("many classes", "a digit, a rating, tags", MANY_CLASSES),
        Answer("what is alike", "a place for each thing, where distances count", ALIKE),
        Answer("a region of a picture", "segmentation: which pixels are the object", MASK),
        Answer("which is better", "people compared two answers: preferences", "preference"),
        Answer(
            "an unaligned sequence", "same order, but nobody says which letter stands where", "ctc"
        ),
    ),
)


def _advice(chapter, why, unless, y="", title="", source=""):
    """The `Advice` of a row of `lossbook/data/advice.csv` or `outside.csv`."""
    return Advice(chapter, why, unless, title, source, {"y": int(y)} if y else {})


ADVICE = {row.pop("loss"): _advice(**row) for row in tables.records("advice")}
OUTSIDE = {row.pop("loss"): _advice(**row) for row in tables.records("outside")}


def follow(path: str, question: Question = QUESTIONS) -> str:
    """The loss at the end of a path, the labels of the answers with " > " between them.

    Raises ValueError where a question has no such answer, or the path stops too early.

    >>> follow("a number > the median > yes")
    'smooth_l1'
    """
    leads = question
    for label in path.split(" > "):
        answers = {} if isinstance(leads, str) else {a.label: a.leads for a in leads.answers}
        if label not in answers:
            raise ValueError(f"path takes one of {[*answers]} here, got {label!r} in {path!r}")
        leads = answers[label]
    if not isinstance(leads, str):
        raise ValueError(f"path takes answers up to a loss, got {path!r}, and then: {leads.ask}")
    return leads


def walk(question: Question = QUESTIONS, depth: int = 0) -> Iterator[tuple[int, Answer]]:
    """(depth, answer) for each answer of the tree, depth first: the order in which one reads it.

    >>> [(depth, answer.label) for depth, answer in walk()][:3]
    [(0, 'a number'), (1, 'the mean'), (2, 'any numbers')]
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


def name_of(loss: str) -> str:
    """A loss of lossbook as code, another one in words."""
    return OUTSIDE[loss].title if loss in OUTSIDE else loss


def calls(loss: str) -> dict[str, str]:
    """How PyTorch, Keras, scikit-learn and optax are called for a loss: {library: call}.

    Of the calls that were recorded for the page on conventions, the first of each library that
    is public; if that returns a multiple of our loss, it is said how much.

    >>> calls("hinge")["optax"]
    'optax.hinge_loss(z, sign)'
    """
    found = {}
    for package, library in LIBRARIES.items():
        of = [r for r in conventions.records() if (r.topic, r.package) == (loss, package)]
        public = [r for r in of if "._" not in r.function and r.call[0] != "_"]
        if public:
            times = public[0].times
            found[library] = public[0].call + (f", {times:g} times as much" if times != 1 else "")
    return found


def cards() -> str:
    """The advice as HTML, one element with the attribute data-loss for each end of the tree.

    Formulas are TeX between \\[ and \\], which the page typesets.
    """
    return "".join(map(_card, ADVICE)) + "".join(map(_outside, OUTSIDE))


def _card(name):
    one = ADVICE[name]
    rows = {
        row: f'<div class="math">\\[{html.escape(latex(e))}\\]</div>'
        for row, e in formulas(name).items()
    }
    rows["chapter"] = _link(one.chapter)
    rows |= {library: html.escape(call) for library, call in calls(name).items()}
    return _shown(name, f"<code>{name}</code>", one, rows)


def _outside(name):
    one = OUTSIDE[name]
    number = f"doi:{one.source}" if one.source.startswith("10.") else f"arXiv:{one.source}"
    source = f'<a href="{address(one.source)}">{html.escape(number)}</a>'
    near = {"chapter": _link(one.chapter)} if one.chapter else {}
    return _shown(name, html.escape(one.title), one, near | {"elsewhere": source})


def _link(chapter):
    return f'<a href="{chapter}.ipynb">{html.escape(CHAPTERS[chapter])}</a>'


def _shown(name, title, one, rows):
    cells = "".join(f"<dt>{row}</dt><dd>{cell}</dd>" for row, cell in rows.items())
    return (
        f'<div data-loss="{name}"><p class="lb-name">{title}</p><p>{html.escape(one.why)}</p>'
        f"<p>{html.escape(one.unless)}</p><dl>{cells}</dl></div>"
    )


def address(source: str) -> str:
    """The address of a DOI or an arXiv number."""
    return (
        f"https://doi.org/{source}"
        if source.startswith("10.")
        else (f"https://arxiv.org/abs/{source}")
    )


def listed() -> str:
    """The tree as a nested list in Markdown, with links to the chapters and the sources."""
    lines = []
    for depth, answer in walk():
        after = (
            f"*{answer.leads.ask}*" if isinstance(answer.leads, Question) else _end(answer.leads)
        )
        lines.append(f"{'  ' * depth}- **{answer.label}** ({answer.hint}): {after}")
    return "\n".join(lines)


def _end(loss):
    if loss in OUTSIDE:
        return f"[{OUTSIDE[loss].title}]({address(OUTSIDE[loss].source)})"
    return f"[`{loss}`]({ADVICE[loss].chapter}.ipynb)"


def situations() -> str:
    """Situations, the answers that lead from each to a loss, and the loss: a Markdown table."""
    rows = []
    for row in tables.records("situations"):
        path = row["path"].replace(" > ", ", ")
        rows.append([row["situation"], path, _end(follow(row["path"])), row["evidence"]])
    return tables.markdown(["situation", "answers", "advice", "evidence"], *rows)


# Formulas.


def formulas(name: str) -> dict[str, sp.Expr]:
    """The formula of a loss, with letters for distances: {what: expression}.

    >>> formulas("hinge")["formula"]
    Max(0, -score*y + 1)
    """
    loss, given = getattr(lossbook, name), ADVICE[name].given
    if name == "ctc":
        p = [sp.symbols(f"epsilon_{t} a_{t}", positive=True) for t in (1, 2)]
        return {"formula, “a” in two frames (ε: blank)": loss.formula(p, [1])}
    at = "".join(f" for {argument} = {number}" for argument, number in given.items())
    numbers = {sp.Symbol(argument, real=True): number for argument, number in given.items()}
    return {f"formula{at}": _short(loss.formula.subs(numbers))}


def _short(expr):
    """Sums of squared differences as squared distances."""
    for total in expr.atoms(sp.Sum):
        pair = sorted(map(str, total.atoms(sp.IndexedBase)))
        if isinstance(total.function, sp.Pow) and len(pair) == 2:
            name = "d" if pair == ["x1", "x2"] else f"d_{pair[1][0]}"
            expr = expr.subs(total, sp.Symbol(name, positive=True) ** 2)
    return expr
