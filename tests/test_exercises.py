"""Exercises answer back; and the book's exercises, stubs and solutions belong together."""

import re
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from lossbook import answers, exercises
from lossbook.exercises import Exercise, check
from lossbook.shapes import absolute, positive_part

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted(
    path.stem for path in Path(answers.__file__).parent.glob("*.py") if path.stem != "__init__"
)
EXERCISES = [
    item
    for chapter in CHAPTERS
    for item in import_module(f"lossbook.answers.{chapter}").EXERCISES.items()
]
CALL = re.compile(r'check\("([\w-]+)"')


@pytest.fixture
def one(monkeypatch):
    """Put an exercise in the place of all: `one(Exercise(...))`."""
    return lambda exercise: monkeypatch.setattr(exercises, "_find", lambda name: exercise)


def half_square(y_hat, y, delta=1.0):
    return delta * (y_hat - y) ** 2 / 2


AT = ((1.0, 3.0, 1.0), (2.0, 0.0, 3.0))


def test_a_stub_is_not_attempted_yet(one):
    one(Exercise(half_square, "shows", at=AT))
    for stub in (..., lambda y_hat, y, delta: ...):
        assert check("x-1", stub).right is None
        assert "not attempted yet" in repr(check("x-1", stub))


def test_a_notebook_shows_a_verdict_in_colour(one):
    one(Exercise("a < b", "what it shows"))
    right, wrong = check("x-1", "a < b")._repr_html_(), check("x-1", "<b>")._repr_html_()
    assert "#2da44e" in right and "✓ Right. what it shows (" in right
    assert "#e5534b" in wrong and "✗ Not yet. &lt;b&gt; given" in wrong
    assert check("x-1", ...)._repr_html_() is None


def test_a_right_answer_says_what_it_shows(one):
    one(Exercise(half_square, "what it shows", at=AT))
    verdict = check("x-1", lambda a, b, c: c * (b - a) ** 2 * 0.5)
    assert verdict.right is True
    assert "what it shows" in verdict.message


def test_a_wrong_function_meets_a_counterexample(one):
    one(Exercise(half_square, "shows", at=AT))
    verdict = check("x-1", lambda a, b, c: (a - b) ** 2 / 2)
    assert verdict.right is False
    assert "at y_hat = 2, y = 0, delta = 3: 6 expected, 2 given" in verdict.message


@pytest.mark.parametrize(
    ("spoiled", "name"),
    [
        (lambda a, b, c: 2 * half_square(a, b, c), "twice the right answer"),
        (lambda a, b, c: half_square(a, b, c) / 2, "half the right answer"),
        (lambda a, b, c: -half_square(a, b, c), "the sign turned"),
        (lambda a, b, c: c * (a - b), "the gradient"),
    ],
)
def test_known_slips_have_names(one, spoiled, name):
    one(Exercise(half_square, "", at=AT, slips={"the gradient": lambda a, b, c: c * (a - b)}))
    assert name in check("x-1", spoiled).message


def test_swapped_arguments_and_missing_means_have_names(one):
    samples = np.array([1.0, 2.0, 4.0])
    one(Exercise(lambda y_hat, y: y_hat - 2 * y, "", at=((samples, 1.0), (samples, 3.0))))
    assert "arguments swapped" in check("x-1", lambda a, b: b - 2 * a).message
    assert "the mean, where" in check("x-1", lambda a, b: (a - 2 * b).mean()).message
    assert "the sum, where" in check("x-1", lambda a, b: (a - 2 * b).sum()).message


def test_expressions_are_compared_as_expressions(one):
    r, delta = sp.symbols("r delta", positive=True)
    one(Exercise(delta / r, ""))
    loose_r, loose_delta = sp.symbols("r delta")  # a learner's symbols, without assumptions
    assert check("x-1", 1 / (loose_r / loose_delta)).right
    assert "twice" in check("x-1", 2 * delta / r).message
    assert "at delta = 1/2, r = 1/2: 1 expected, 0.5 given" in check("x-1", r).message
    assert "the answer has q" in check("x-1", sp.Symbol("q")).message
    for no_expression in (lambda r: r, "delta/(", [1, 2], None, np.ones(2)):
        assert "an expression is asked, got" in check("x-1", no_expression).message


def test_expressions_are_compared_where_the_exercise_asks(one):
    r, delta = sp.symbols("r delta", positive=True)
    one(Exercise(delta / r, "", at=((1, 3), (2, 4))))  # r > delta
    assert check("x-1", sp.Min(r, delta) / r).right
    assert "at delta = 1, r = 3: 0.333333 expected, 1 given" in check("x-1", delta).message


@pytest.mark.parametrize(
    ("answer", "given", "right"),
    [
        (1.5, 1.5000001, True),
        (1.5, sp.Rational(3, 2), True),
        (1.5, 1.6, False),
        (1.5, "three", False),
        (1.5, None, False),
        ("median", "Median ", True),
        ("median", "mean", False),
        (np.array([1.0, 2.0]), [1, 2], True),
        (np.array([1.0, 2.0]), [1, 2, 3], False),
    ],
)
def test_values(one, answer, given, right):
    one(Exercise(answer, ""))
    assert check("x-1", given).right is right


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (3, "a function is asked, got int"),
        (lambda a, b, c: 1 / 0, "raised ZeroDivisionError"),
        (lambda a: a, "raised TypeError"),
        (lambda a, b, c: None, "is a return missing?"),
    ],
)
def test_unusable_functions(one, given, message):
    one(Exercise(half_square, "", at=AT))
    assert check("x-1", given).right is False
    assert message in check("x-1", given).message


def test_a_function_where_a_value_is_asked(one):
    one(Exercise(1.5, ""))
    assert "a value is asked" in check("x-1", half_square).message


@pytest.mark.parametrize(
    "name",
    ["huber-99", "nothing-1", "huber", "", 3, None, ["huber-1"], "\0-1", "..-1", "__init__-1"],
)
def test_unknown_exercises_are_named(name):
    with pytest.raises(ValueError, match=r"name takes .*huber"):
        check(name, ...)


@pytest.mark.parametrize(("name", "exercise"), EXERCISES)
def test_the_answer_passes_and_the_slips_are_named(name, exercise):
    assert check(name, exercise.answer).right
    assert check(name, ...).right is None
    for slip, wrong in exercise.slips.items():
        verdict = check(name, wrong)
        assert verdict.right is False
        assert "This looks like" in verdict.message, slip


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_each_exercise_has_a_stub_a_hint_and_a_solution(chapter):
    ids = list(import_module(f"lossbook.answers.{chapter}").EXERCISES)
    [page] = [
        path
        for path in ROOT.glob(f"chapters/**/{chapter}.ipynb")
        if path.parent.name != "solutions"
    ]
    stubs, solutions = (
        nbformat.read(path, as_version=4)
        for path in (page, ROOT / f"chapters/solutions/{chapter}.ipynb")
    )
    assert calls(stubs) == ids
    assert calls(solutions) == ids
    assert sum("{dropdown} Hint" in cell.source for cell in stubs.cells) == len(ids)
    assert re.findall(r"^\*\*Exercise (\d+)\*\*", words(stubs), re.M) == numbers(ids)
    assert re.findall(r"^\*\*Exercise (\d+)\.\*\*", words(solutions), re.M) == numbers(ids)
    assert all("not attempted yet" in shown for shown in verdicts(stubs))
    assert all(": right." in shown for shown in verdicts(solutions))


def after_predictions(text):
    """What follows each box "Predict first" among such boxes and dropdowns: their titles."""
    titles = re.findall(r"\{(?:admonition\} (?=Predict first)|dropdown\} )(.+)", text)
    return {after for box, after in pairwise(titles) if box == "Predict first"}


def test_the_dropdown_after_a_prediction_is_its_answer():
    """By that the page knows it, in any language."""
    for path in ROOT.glob("chapters/**/*.ipynb"):
        text = words(nbformat.read(path, as_version=4))
        assert after_predictions(text) <= {"Answer", "Predict first"}, path
    wrong = ":::{admonition} Predict first\n:::\n:::{dropdown} Hint\n:::"
    assert after_predictions(wrong) == {"Hint"}


def answered_on_the_page(chapter):
    """Whether no exercise of a chapter needs a notebook."""
    ids = import_module(f"lossbook.answers.{chapter}").EXERCISES
    return all(exercises.page_data(name)["kind"] != "function" for name in ids)


@pytest.mark.parametrize("chapter", [name for name in CHAPTERS if name.startswith("mixed_")])
def test_mixed_questions_are_ten_and_answered_on_the_page(chapter):
    assert len(import_module(f"lossbook.answers.{chapter}").EXERCISES) == 10
    assert answered_on_the_page(chapter)


def test_control_a_function_needs_a_notebook():
    assert not answered_on_the_page("mae")


def numbers(ids):
    return [name.rpartition("-")[2] for name in ids]


def words(notebook):
    return "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")


def calls(notebook):
    return CALL.findall("\n".join(c.source for c in notebook.cells if c.cell_type == "code"))


def verdicts(notebook):
    """What the cells with a `check` show, as stored."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and CALL.search(cell.source):
            yield cell.outputs[-1].data["text/plain"]


class Hostile:
    """An object that raises wherever it is looked at."""

    def _raise(self, *args):
        raise RuntimeError("no")

    __eq__ = __repr__ = __str__ = __array__ = __float__ = __complex__ = __bool__ = _raise
    __hash__ = None


class Leaving:
    def __repr__(self):
        raise SystemExit


w, x, y = sp.symbols("w x y")
ITSELF = []
ITSELF.append(ITSELF)
ODD = [
    None,
    True,
    np.True_,
    10**400,
    -(10**5000),
    1e400,
    float("nan"),
    1j,
    "",
    "...",
    "\0",
    "((((",
    "1" * 5000,
    "-" * 900 + "1",
    "(" * 150 + ")" * 150,
    "9**9**9",
    "9**9**9**9",
    "2**-9**9",
    "w**x**w**x**w**9**9",
    "factorial(10**9)",
    "binomial(10**9, 5*10**8)",
    "factorial(factorial(9))",
    "exp(exp(exp(exp(9))))",
    "1/0",
    "log(0)",
    "p1.foo",
    "().__class__",
    "lambda: 1",
    "x if x else 1",
    "f'{1}'",
    "2x",
    "50%",
    "Piecewise(1)",
    "Piecewise((1, 2))",
    "log()",
    "[1, [2, 3]]",
    "x < 1",
    "True",
    "e",
    "\u221e",
    b"1",
    {},
    {1: 2},
    {1},
    [],
    [[1], [1, 2]],
    [None],
    [Hostile()],
    ITSELF,
    (i for i in range(3)),
    range(3),
    object(),
    Hostile(),
    Leaving(),
    type,
    print,
    Hostile,
    np.array(None),
    np.array([1, "a", None], dtype=object),
    np.array(["2000-01-01"], dtype="datetime64[D]"),
    np.zeros((0, 3)),
    np.array([1 + 2j]),
    np.ma.masked,
    np.ma.array([1.0, 2.0], mask=[True, False]),
    np.zeros(2, dtype=[("a", float)]),
    sp.zoo,
    sp.nan,
    sp.oo,
    sp.I,
    sp.Integer(10) ** 400,
    sp.Matrix([[1, 2], [3, 4]]),
    sp.Matrix([w, x]),
    sp.Matrix(0, 0, []),
    sp.MatrixSymbol("A", 2, 2),
    sp.Integral(w, w),
    sp.Derivative(w**2, w),
    sp.Sum(1 / w, (w, 1, sp.oo)),
    sp.Function("f")(w),
    sp.Eq(w, 1),
    sp.true,
    sp.S.EmptySet,
    sp.Piecewise((w, sp.Symbol("a") > 1)),
    1 / (w - x),
    sp.gamma(w) ** sp.gamma(x) ** 99,
    lambda *a: ...,
    lambda *a: Hostile(),
    lambda *a: "True",
    lambda *a: a,
    lambda *a: print,
    lambda *a: 10**400,
    lambda *a: (i for i in a),
    lambda *a: exit(),
    lambda *a: a[99],
    lambda: 1,
]


@pytest.mark.parametrize("name", [name for name, _ in EXERCISES])
def test_every_odd_answer_is_met_with_a_sentence(name):
    exercise = dict(EXERCISES)[name]
    accepted = [i for i, odd in enumerate(ODD) if is_right(check(name, odd))]
    assert [ODD[i] for i in accepted] == []
    assert check(name, exercise.answer).right  # nothing was spoiled


def is_right(verdict):
    assert isinstance(verdict, exercises.Verdict)
    assert isinstance(repr(verdict), str)
    return verdict.right


PARTS = st.sampled_from([*"0123456789+-*/^(),.%=<>[]{}'\"_ \n", "log", "np.", "p1", "**", "e9"])
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text()
NESTED = st.recursive(
    LEAVES | st.lists(PARTS, max_size=30).map("".join) | st.sampled_from([w, x, 1 / (w - x)]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner) | st.dictionaries(st.text(), inner)
    ),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(NESTED)
def test_any_answer_is_met_with_a_verdict(answer):
    for name in ("mse-1", "mse-4", "ctc-1", "hinge-7", "ctc-11"):
        is_right(check(name, answer))
        is_right(check(name, lambda *a: answer))
    for name in ("mae-6", "ctc-6", "mae-5"):
        is_right(check(name, lambda *a: answer))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mse-1", "14/3"),
        ("mse-1", "14 / 3"),
        ("mse-3", "0,5"),
        ("hinge-4", "1e-3"),
        ("hinge-4", "1/1000"),
        ("mse-7", "ln(2)"),
        ("mse-7", "np.log(2)"),
        ("cross_entropy-9", "Rational(3, 5)"),
        ("hinge-7", "-2/3, 5/3"),
        ("hinge-7", "[-2/3, 5/3]"),
        ("hinge-7", "np.array([-2/3, 5/3])"),
        ("contrastive-9", "(2 - sqrt(3))^2/2"),
        ("cross_entropy-4", "np.log(K)"),
        ("cross_entropy-4", "sp.log(K)"),
        ("cross_entropy-4", "ln(K)"),
        ("ctc-4", "1 - (1 - p1)*(1 - p2)"),
        ("ctc-11", "math.comb(T-1,U-1)"),
        ("ctc-11", "comb(T-1,U-1)"),
        ("ctc-11", "binomial(T-1, T-U)"),
        ("ctc-11", "factorial(T-1)/factorial(U-1)/factorial(T-U)"),
        ("hinge-3", "(-1)**(1-t)*s"),
        ("hinge-3", "Piecewise((s, Eq(t, 1)), (-s, True))"),
        ("mse-4", "2x*(w*x-y)".replace("2x", "2·x")),
        ("focal-5", "(1 - p_t)*(1 - p_t - p_t*np.log(p_t))"),
        ("huber-6", "δ*r/sqrt(δ**2+r**2)"),
        ("huber-6", "δ·r/√(δ²+r²)"),
        ("mse-12", "μ^2/(\u00b5^2+σ²/n)"),  # the micro sign, too
        ("mae-7", "η/2"),
        ("ctc-4", "p₁ + p₂ – p₁⋅p₂"),
        ("mixed_ranking-10", "-sigmoid(-g)"),
        ("mixed_ranking-10", "−σ(−g)"),
        ("mse-2", "√28"),
        ("mse-2", "2×√7,0"),
        ("mse-1", "14÷3"),
        ("mse-1", "'14/3'"),
        ("mse-1", '"14/3" '),
        ("triplet-3", "Easy"),
    ],
)
def test_texts_are_read_as_mathematics(name, text):
    assert check(name, text).right, check(name, text)
    if name != "triplet-3":
        assert not check(name, f"2*({text})" if "," not in text else "1,5").right


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("contrastive-2", "1.8,2.4"),
        ("contrastive-2", "9/5,12/5"),
        ("contrastive-2", "9/5, 12/5"),
        ("contrastive-2", "1,8; 2,4"),
        ("contrastive-2", "1,8, 2,4"),
        ("contrastive-2", "（１．８，２．４）"),
        ("hinge-7", "-2/3,5/3"),
        ("hinge-7", "－２/３，５/３"),
        ("loss_functions-10", "54.75,80.28"),
        ("huber-1", "１．５"),
        ("ctc-4", "1－（1-p1）*（1-p2）"),
        ("ctc-3", "Ｂ"),
    ],
)
def test_what_parts_numbers_and_wide_signs_are_read(name, text):
    assert check(name, text).right, check(name, text)


@pytest.mark.parametrize(
    "text", ["__import__('os').system('touch ran')", "open('ran', 'w')", "print(1)", "exec('1')"]
)
def test_a_text_is_never_run(text, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("ctc-4", "mse-1", "hinge-7", "ctc-1"):
        assert not check(name, text).right
    assert not list(tmp_path.iterdir())
    assert capsys.readouterr().out == ""


def test_other_forms_of_a_right_answer():
    t, s, K = sp.symbols("t s K")
    for form in (
        sp.Piecewise((s, sp.Eq(t, 1)), (-s, True)),
        (-1) ** (1 - t) * s,
        -s * sp.cos(sp.pi * t),
    ):
        assert check("hinge-3", form).right
    assert check("cross_entropy-4", np.array(sp.log(K), dtype=object)).right
    assert check("mse-4", sp.Matrix([2 * x * (w * x - y)])).right
    pair = [sp.Rational(-2, 3), sp.Rational(5, 3)]
    for form in (sp.Matrix(pair), sp.Matrix([pair]), tuple(pair), np.array(pair), ["-2/3", "5/3"]):
        assert check("hinge-7", form).right
    assert not check("hinge-7", sp.Matrix(pair[::-1])).right
    for form in (sp.Rational(14, 3), Fraction(14, 3), Decimal(14) / 3, np.float64(14) / 3):
        assert check("mse-1", form).right
    assert check("triplet-3", np.str_("easy")).right


def test_a_list_of_one_number_is_that_number():
    best = dict(EXERCISES)["mae-10"].answer
    for form in ([4.67], (14 / 3,), [[4.67]], np.array([[4.67]]), "[14/3]", sp.Matrix([4.67])):
        assert check("mse-1", form).right
        assert not check("mse-1", [form, form]).right
    assert check("mae-10", lambda x, y: np.array([best(x, y)])).right
    assert not check("mae-10", lambda x, y: np.array([best(x, y)] * 2)).right
    gradient = dict(EXERCISES)["hinge-8"].answer
    assert not check("hinge-8", lambda score, t: gradient(score, t)[None]).right


def test_infinities_of_sympy_are_infinities():
    bound = dict(EXERCISES)["hinge-10"].answer
    for infinity, right in ((sp.oo, True), (-sp.oo, False), (sp.zoo, False), (sp.nan, False)):
        verdict = check("hinge-10", lambda *a, infinity=infinity: max(bound(*a), -infinity))
        assert verdict.right is right, infinity
        assert (
            check("hinge-10", lambda *a, infinity=infinity: [max(bound(*a), -infinity)]).right
            is right
        )


def test_words_may_have_their_article_or_their_noun():
    for word in ("the quantile", "A quantile", '"the quantile"', "Quantile."):
        assert check("choosing-1", word).right
    for word in ("statement B", "Answer B", "the statement B", "(B)", "b"):
        assert check("ctc-3", word).right
    for word in ("A B", "a b", "A, B", "statement A", "statement", "the", "statement A B", "not B"):
        assert not check("ctc-3", word).right


def test_a_function_may_spoil_its_arguments():
    def softmax_gradient(z, t):
        z -= z.max(axis=1, keepdims=True)
        np.exp(z, out=z)
        z /= z.sum(axis=1, keepdims=True)
        z[np.arange(len(t)), t] -= 1
        return z

    def mse_gradient(X, y, w):
        y -= X @ w
        return -2 * X.T @ y / len(y)

    for _ in range(2):
        assert check("cross_entropy-8", softmax_gradient).right
        assert check("mse-5", mse_gradient).right
    by_chapter = dict(EXERCISES)["cross_entropy-12"].answer
    assert check("cross_entropy-12", by_chapter).right  # it has the same logits


def typed(exercise):
    """Whether the answer is one number or several, which are typed."""
    kinds = str, bool, np.bool_, sp.Basic
    return not callable(exercise.answer) and not isinstance(exercise.answer, kinds)


TYPED = [pytest.param(*item, id=item[0]) for item in EXERCISES if typed(item[1])]


WORDS = {word: n for n, word in enumerate(["one", "two", "three", "four", "five", "six"], 1)}
WORDING = re.compile(
    rf"\b({'|'.join(WORDS)}) (decimal|digits? after|(?:significant )?digits)", re.I
)


def question(name):
    """The text of an exercise, down to its hint."""
    chapter, _, number = name.rpartition("-")
    (path,) = (p for p in ROOT.glob(f"chapters/**/{chapter}.ipynb") if p.parent.name != "solutions")
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return text.split(f"**Exercise {number}**")[1].split(":::")[0].split("**Exercise")[0]


def wording(name):
    """What the text of an exercise asks of a number: {"decimals": 4}, {"digits": 2} or {}."""
    found = WORDING.search(question(name))
    if not found:
        return {}
    kind = "digits" if found[2].endswith("digits") else "decimals"
    return {kind: WORDS[found[1].lower()]}


def choices(text):
    """The letters, or the numbers of lines of code, among which a text lets the reader choose."""
    lines = [int(number) for number in re.findall(r"# (\d+)$", text, re.MULTILINE)]
    return re.findall(r"^- \*\*([A-Z])\*\*", text, re.MULTILINE) or lines


def unnamed(exercise, offered):
    """The choices that are neither the answer nor a slip with a name; none if none is asked for."""
    known = [exercise.answer, *exercise.slips.values()]
    return [choice for choice in offered if choice not in known]


CHOSEN = [
    pytest.param(exercise, offered, id=name)
    for name, exercise in EXERCISES
    if not callable(exercise.answer) and not np.ndim(exercise.answer)
    if exercise.answer in (offered := choices(question(name)))
]


@pytest.mark.parametrize(("exercise", "offered"), CHOSEN)
def test_each_wrong_choice_has_a_name(exercise, offered):
    assert unnamed(exercise, offered) == []


def test_control_a_choice_without_a_name():
    text = "Which?\n\n- **A**: one\n- **B**: two **C**\n- **D**: three"
    assert choices(text) == ["A", "B", "D"]
    assert choices("```python\nx = 1  # 1\ny = 2 # 2 \nz = 3  # 3\n```") == [1, 3]
    assert unnamed(Exercise("A", "", slips={"B, but": "B"}), choices(text)) == ["D"]
    assert len(CHOSEN) >= 6


@pytest.mark.parametrize(("name", "exercise"), TYPED)
def test_a_number_is_judged_by_the_digits_that_the_text_asks(name, exercise):
    asked = {"decimals": None, "digits": 3} | wording(name)
    assert (exercise.decimals, exercise.digits) == (asked["decimals"], asked["digits"])
    assert exercise.rtol == 1e-6


def asked(exercise):
    """The exact numbers, and the unit of the last digit that is asked of each."""
    exact = np.asarray(exercise.answer, float)
    size = np.floor(np.log10(abs(exact) + (exact == 0)))
    places = exercise.decimals
    return exact, 10.0 ** -(exercise.digits - 1 - size if places is None else places + 0 * size)


@pytest.mark.parametrize(("name", "exercise"), TYPED)
def test_a_number_rounded_as_asked_passes_and_its_neighbours_do_not(name, exercise):
    exact, unit = asked(exercise)
    rounded = np.round(exact / unit) * unit
    assert check(name, rounded).right
    assert check(name, exact).right
    for beside in (rounded - unit, rounded + unit, exact - 0.51 * unit, exact + 0.51 * unit):
        assert check(name, beside).right is False


@pytest.mark.parametrize("more", [1, 2])
@pytest.mark.parametrize(("name", "exercise"), TYPED)
def test_further_digits_are_right_or_refused(name, exercise, more):
    exact, unit = asked(exercise)
    unit = unit / 10**more
    rounded = np.round(exact / unit) * unit
    assert check(name, rounded).right
    for beside in (rounded - 2 * unit, rounded + 2 * unit):
        # Not one that ends in 0, and so has fewer digits; nor one beyond the tolerance.
        if np.all(np.round(beside / unit) % 10) and np.all(unit > 1e-6 * abs(exact)):
            assert check(name, beside).right is False


def test_a_rounded_answer_is_told_the_exact_one():
    assert "right (to more digits 4.66667). " in check("mse-1", 4.67).message
    assert "right. " in check("mse-1", 14 / 3).message
    assert "right, but rounded too far: give 3 digits" in check("mse-1", 4.7).message


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        # The true values: 4.66667, 0.31446, 39.5498, 9.43823 and 3.0625.
        ("mse-1", (4.67, 4.667, 4.66667, 14 / 3, np.float32(4.6666665)), (4.66, 4.662, 4.668)),
        ("mse-1", ("4.67", "4.6667", np.float32(4.667)), ("4.6651", "4.66666", "4.6749", 4.675)),
        ("mse-9", (0.31, 0.314, 0.3145), (0.319, 0.315, 0.313)),
        ("cross_entropy-11", (39.5, 39.55, 39.5498), (39.599, 39.51, 39.6)),
        ("loss_functions-9", (9.44, 9.438, 9.4382), (9.434, 9.43, 9.4379)),
        ("mixed_ranking-2", (3.06, 3.062, 3.063, 3.0625), (3.061, 3.064, 3.0624)),
        ("hinge-7", ("-0.6667, 1.6667", [-0.66667, 5 / 3]), ([-0.66668, 5 / 3], [-2 / 3, 1.66663])),
        ("choosing-2", (2, "2.00"), (2.004, 2.00001)),
    ],
)
def test_a_number_is_right_in_all_the_digits_that_it_has(name, right, wrong):
    assert [check(name, given).right for given in right] == [True] * len(right)
    assert [check(name, given).right for given in wrong] == [False] * len(wrong)


def test_more_digits_than_are_right_are_told():
    says = "not yet. It is right to 3 digits, but not beyond: give 3 digits, or an exact form"
    assert [says in check("mse-1", given).message for given in (4.668, 4.6749, 4.662)] == [
        *(True, True, False)
    ]
    assert "right to 1 decimal, but not beyond" in check("cross_entropy-11", 39.52).message
    assert "right to 4 decimals, but" in check("hinge-7", [-0.66668, 5 / 3]).message


def test_the_digits_that_are_stored_suffice():
    """A number that was computed is compared to seven digits, or to all that it has."""
    for name, exercise in EXERCISES:
        for number in np.ravel(exercise.answer) if typed(exercise) else ():
            text = f"{number:.15g}"
            digits = len(text.replace(".", "").strip("-0"))
            assert digits >= 9 or digits <= 5, (name, text)


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("mse-3", 50, "in per cent"),
        ("mae-11", 10.1, "in per cent"),
        ("choosing-7", 95.4, "in per cent"),
        ("choosing-3", 0.5, "in per cent"),
        ("hinge-6", "10%", "a share of 3 % is 0.03"),
        ("triplet-1", 0.7361, "the plain loss"),
        ("hinge-6", 0.111, "1 / 9"),
        ("focal-4", 0.1353, "the place, not the ratio"),
        ("cross_entropy-2", 3.1699, "the logarithm to base 2"),
        ("hinge-7", [5 / 3, -2 / 3], "the intercept before the slope"),
        ("triplet-3", "semi hard", "what the plain loss says"),
        ("mae-6", lambda m, y, q: "True", "is it in quotes?"),
        ("mae-6", lambda m, y, q: 1 / 0, "ZeroDivisionError: division by zero, at m = 2"),
        ("mae-6", lambda m, y, q: exit(), "raised SystemExit"),
        ("mae-6", lambda m, y, q: (_ for _ in ()).throw(GeneratorExit), "raised GeneratorExit"),
        ("mse-10", lambda y: np.mean(y**2) - np.mean(y) ** 2, "1000000004 1000000007"),
        ("loss_functions-4", "(w1*y1 - w2*y2)/(w1 - w2)", "expected"),
        ("hinge-3", "s*(2*t-1)*(s-2)/(s-2)", "at s = 2, t = 0 it has no number; elsewhere"),
    ],
)
def test_messages_that_help(name, given, says):
    assert check(name, given).right is False
    assert says in check(name, given).message


def test_the_name_of_a_slip_comes_before_the_counterexample():
    message = check("cross_entropy-8", lambda z, t: answers_softmax(z)).message
    assert message.index("This looks like the softmax") < message.index("at z =")


def answers_softmax(z):
    return import_module("lossbook.answers.cross_entropy").softmax(z)


def test_truths_are_no_numbers():
    assert check("hinge-2", 1).right
    assert check("mse-8", 1).right
    for truth in (True, np.True_, sp.true, "True", np.array(True), [True]):
        assert not check("hinge-2", truth).right
        assert not check("mse-8", truth).right


def test_weak_answers_are_refused():
    def reweighted(times):
        def mean(y, q):
            m = np.mean(y)
            for _ in range(times):
                weights = np.where(y > m, q, 1 - q)
                m = weights @ y / weights.sum()
            return m

        return mean

    def weights_with_signs(x, y):
        order = np.argsort(y / x)
        reached = np.cumsum(x[order]) >= x.sum() / 2
        return (y / x)[order][reached.argmax()]

    def of_positive_weights(x, y):
        best = dict(EXERCISES)["mae-10"].answer
        return best(x, y) if (x > 0).all() else np.median(y / x)

    assert not any(check("choosing-9", reweighted(times)).right for times in range(5))
    assert check("choosing-9", reweighted(50)).right
    assert not check("mae-10", weights_with_signs).right
    assert not check("mae-10", of_positive_weights).right
    assert [check("mae-11", v).right for v in (0.1, 0.1006, 0.101, 0.102)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_best_slope_is_unique_where_it_is_asked():
    for x, y in dict(EXERCISES)["mae-10"].at:
        cost = sorted(np.abs(y - b * x).sum() for b in y / x)
        assert cost[1] > cost[0] * (1 + 1e-9)
        more = sorted(zip(y / x, abs(x), strict=True))
        votes = np.cumsum([vote for _, vote in more])
        assert not np.any(votes == votes[-1] / 2)


def slope_by(votes, ratios=lambda x, y: y / x):
    """A best slope through the origin, with other votes or ratios than the right ones."""

    def slope(x, y):
        order = np.argsort(ratios(x, y))
        reached = np.cumsum(votes(x)[order])
        return ratios(x, y)[order][(reached >= reached[-1] / 2).argmax()]

    return slope


@pytest.mark.parametrize(
    "weak",
    [
        slope_by(lambda x: abs(x).astype(int)),
        slope_by(lambda x: abs(x).round()),
        slope_by(lambda x: np.ceil(abs(x))),
        slope_by(lambda x: x**2),
        slope_by(lambda x: abs(x) ** 0.5),
        slope_by(lambda x: np.where(x > 0, x, 0)),
        slope_by(abs, lambda x, y: abs(y / x)),
        slope_by(abs, lambda x, y: y / abs(x)),
        lambda x, y: max(slope_by(abs)(x, y), 0),
        lambda x, y: (y / x)[abs(x).argmax()] if len(set(x)) > 1 else np.median(y / x),
        lambda x, y: slope_by(abs)(*(v[np.unique(y / x, return_index=True)[1]] for v in (x, y))),
        lambda x, y: min(np.arange(-9, 9, 0.001), key=lambda b: abs(y - b * x).sum()),
        lambda x, y: min(
            np.linspace(min(y / x), max(y / x), 1001), key=lambda b: abs(y - b * x).sum()
        ),
    ],
)
def test_slopes_by_other_votes_are_refused(weak):
    assert check("mae-10", slope_by(abs)).right
    assert not check("mae-10", weak).right


def test_padding_has_no_vote():
    right = [
        lambda y_hat, y, mask: abs(y_hat - y)[mask].mean(),
        lambda y_hat, y, mask: np.where(mask, abs(y_hat - y), 0).sum() / mask.sum(),
        lambda y_hat, y, mask: abs(y_hat - y).mean(where=mask),
    ]
    wrong = [
        lambda y_hat, y, mask: abs(y_hat - y).mean(),
        lambda y_hat, y, mask: np.nanmean(abs(y_hat - y)),
        lambda y_hat, y, mask: np.average(abs(y_hat - y), weights=mask),
        lambda y_hat, y, mask: np.where(mask, abs(y_hat - y), 0).sum() / len(y),
        lambda y_hat, y, mask: abs(y_hat - y)[~mask].mean(),
        lambda y_hat, y, mask: np.median(abs(y_hat - y)[mask]),
    ]
    for answers_, verdict in ((right, True), (wrong, False)):
        with np.errstate(invalid="ignore"):
            assert [check("mae-5", answer).right for answer in answers_] == [verdict] * len(
                answers_
            )


def test_expressions_in_shapes_are_worked_out(one):
    x = sp.Symbol("x", real=True)
    one(Exercise(absolute(x) + 2 * positive_part(x), ""))
    assert check("x-1", sp.Abs(x) + 2 * sp.Max(x, 0)).right
    assert check("x-1", absolute(x) + 2 * positive_part(x)).right
    assert not check("x-1", absolute(x) + positive_part(x)).right


def test_labels_and_counts_are_whole_where_expressions_are_compared():
    allowed = {"hinge-3": {"t"}, "cross_entropy-4": {"K"}, "mse-12": {"n"}, "ctc-11": {"T", "U"}}
    allowed["triplet-9"] = {"P"}
    for name, whole in allowed.items():
        exercise = dict(EXERCISES)[name]
        names = sorted(symbol.name for symbol in exercise.answer.free_symbols)
        for at in exercise.at:
            values = dict(zip(names, at, strict=True))
            assert all(values[symbol] == int(values[symbol]) >= 0 for symbol in whole)
            assert values.get("t", 0) in (0, 1)


class Unheard(BaseException):
    def __str__(self):
        raise self


def raising(error):
    def function(*arguments):
        raise error

    return function


def test_only_an_interrupt_goes_through():
    class Cursed:
        __repr__ = __array__ = raising(Unheard())

    assert "the function raised Unheard: Unheard, at" in check("mae-5", raising(Unheard())).message
    assert "Unheard on the way" in check("mse-1", Cursed()).message
    with pytest.raises(KeyboardInterrupt):
        check("mae-5", raising(KeyboardInterrupt))
