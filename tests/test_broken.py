"""The gallery of broken losses: what is broken is, what is repaired is right, the record is whole.

The page itself is run. Its exhibits are compared with mpmath, and each repair on the inputs of all
exhibits of its loss, and of their relatives.
"""

import itertools
import re

import mpmath
import nbformat
import numpy as np
import pytest
from prose import markdown

from conftest import ROOT
from lossbook import hinge
from lossbook.appendix import broken

PAGE = nbformat.read(ROOT / "chapters/appendix/broken.ipynb", 4)
TEXT = "\n".join(cell.source for cell in PAGE.cells if cell.cell_type == "markdown")
NAMES = list(broken.recorded()["exhibits"])


@pytest.fixture(scope="module")
def page():
    """({exhibit: {who: numbers}}, {(exhibit, function): function}), by running the page."""
    broken.gallery.clear()
    names, functions, room = {}, {}, None
    with np.errstate():  # the page turns warnings off
        for cell in PAGE.cells:
            if cell.cell_type == "code":
                exec(cell.source, names)
                for defined in re.findall(r"^def ((?:naive|repaired)\w*)", cell.source, re.M):
                    functions[room, defined] = names[defined]
            elif headings := re.findall(r"^### (\d+)\. ", cell.source, re.M):
                room = NAMES[int(headings[-1]) - 1]
    return broken.gallery, functions


@pytest.fixture(scope="module")
def gallery(page):
    return page[0]


def exact():
    """The exact values, in mpmath, written apart from the page."""
    e, log, log1p = mpmath.exp, mpmath.log, mpmath.log1p

    def curve(z):
        return log1p(e(-z)), -1 / (1 + e(z))

    def focal(g):
        return lambda z: (1 + e(z)) ** -g * log1p(e(-z))

    low = mpmath.mpf(10) ** -15, mpmath.mpf(10) ** -20
    gap = [np.float64(np.float32(a)) - np.float64(np.float32(b)) for a, b in
           ((0.5403023, 0.5401592), (0.84147096, 0.8415628))]  # fmt: skip
    return {
        "log of zero": [0, mpmath.inf],
        "clipped log": [*curve(mpmath.mpf(-20)), *curve(mpmath.mpf(-800))],
        "large exponential": [log1p(e(1000)), 1 / (1 + e(-1000)), log(e(1000) + 1)],
        "infinity times zero": [0, (1 + 3) / 2],
        "gradient of where": [log1p(e(1000)), 1 / (1 + e(-1000))],
        "prediction minus label": [curve(mpmath.mpf(40))[1]] * 2,
        "one plus little": [curve(mpmath.mpf(40))[0]] * 2,
        "one minus little": [-log1p(-p) for p in low],
        "focal of a rounded p": [
            focal(2)(mpmath.mpf(40)),
            mpmath.diff(focal(2), 40),
            mpmath.diff(focal(0.5), 1000),
        ],
        "square before scale": [5e-303, 5e200, 5e-200],
        "distance by expansion": [mpmath.sqrt(2), mpmath.hypot(*gap)],
        "half the digits": [20 + log1p(e(-20)), 2**24 + 1000],
        "not a number at distance 0": [0, 0],
        "an impossible text": [mpmath.inf, None],
        "products of probabilities": [
            T * log(3) - log(mpmath.binomial(T + 2, 4)) for T in (600, 700)
        ],
        "a softmax too many": [0, 0, 0],
        "small integers": [-1, 3, -2],
        "a column against a row": [0],
        "a mean of means": [mpmath.mpf(11) / 10, None],
    }


@pytest.fixture(scope="module")
def truth():
    with mpmath.workdps(1000):
        return {
            name: [x if x is None else float(x) for x in numbers]
            for name, numbers in exact().items()
        }


def wrong(numbers, exact, rtol):
    """How many numbers are further from the exact ones than rtol, or are NaN."""
    pairs = [(x, y) for x, y in zip(numbers, exact, strict=True) if isinstance(x, float)]
    return sum(np.isnan(x) or (y is not None and not np.isclose(x, y, rtol, 0)) for x, y in pairs)


@pytest.mark.parametrize("name", NAMES)
def test_exhibit(gallery, truth, name):
    rows, right = gallery[name], truth[name]
    assert wrong(rows["exact"], right, 1e-14) == 0
    assert wrong(rows["naive"], right, 1e-6) > 0  # which is also the control of the next lines
    rtol = {"distance by expansion": 1e-6, "half the digits": 1e-7}.get(name, 1e-12)  # float32
    assert wrong(rows["repaired"], right, rtol) == 0
    assert wrong(rows["lossbook"], right, 1e-9) == 0


# Each repair on the inputs of all exhibits of its loss, and on their relatives. A family has
# arguments, the exact numbers for them, and {exhibit's function: the same numbers from it}.
ULP, LEAST = 2.0**-52, 5e-324
ARGUMENTS = [-20, -800, 1000, 40, 20, 0, -1000, -40, 30.5, 36.5, 37.5, 709, 720, 740, -740, 745]
LOGITS = [
    ([1000, 0], 1), ([1000, 0], 0), ([40, 0], 0), ([40, 0], 1), ([0, -np.inf], 0),
    ([0, -np.inf], 1), ([-np.inf, 0, 3], 1), (list(np.eye(10)[3]), 3), ([0] * 10, 3),
    ([1000, -1000, 999], 2), ([5, 5], 0), ([-800, -840, -820], 0),
]  # fmt: skip
PROBABILITIES = [1.0, 0.0, 1e-15, 1e-20, 0.5, 1 - 2.0**-53, 0.3, LEAST]
LABELS = [0, 1, 0.3, np.uint8(0), np.uint8(1)]
UNIT = np.array([[0.5403023, 0.84147096], [0.5401592, 0.8415628]], np.float32)
PAIRS = [
    (np.array([3e200, 4e200]), np.zeros(2)), (np.array([3e-200, 4e-200]), np.zeros(2)),
    (np.array([1e8, 0]), np.array([1e8 + 1, 1])), tuple(UNIT), (np.array([1.0, 2.0]),) * 2,
    (np.zeros(2), np.zeros(2)), (np.array([3 * LEAST, 0]), np.zeros(2)),
]  # fmt: skip
FRAMES = [
    (np.exp([[0.1, 0.6, 0.2]]) / np.exp([[0.1, 0.6, 0.2]]).sum(), [1, 2]),
    (np.full((4, 3), 1 / 3), [1, 2]), (np.full((3, 3), 1 / 3), [1, 1]),
    (np.full((2, 3), 1 / 3), [1, 1]), (np.full((3, 3), 1 / 3), []),
    (np.array([[1.0, 1e-200, 1e-200]] * 2), [1, 2]), (np.array([[0.0, 1.0, 0.0]] * 2), [1]),
]  # fmt: skip
BATCHES = [
    ([1, 3, np.inf], [1, 1, 0]), ([1, 3, np.nan], [1, 1, 0]), ([1, 3], [0, 0]),
    ([0.1] * 8 + [9.1], [1] * 9), ([], []), ([1, np.inf], [1, 1]),
]  # fmt: skip
COLUMN = np.array([[1.0], [2.0], [3.0], [4.0]])


def binary(z):
    z = mpmath.mpf(float(z))
    e = mpmath.exp
    return {
        "one": mpmath.log1p(e(-z)), "slope of one": -1 / (1 + e(z)),
        "zero": mpmath.log1p(e(z)), "slope of zero": 1 / (1 + e(-z)),
    }  # fmt: skip


def softmax(z, k):
    others = mpmath.fsum(mpmath.exp(x) for j, x in enumerate(z) if j != k)
    if z[k] == -np.inf:
        return {"loss": mpmath.inf, "slope": -1}
    true = mpmath.exp(z[k])
    return {"loss": mpmath.log1p(others / true), "slope": -others / (others + true)}


def of_label(z, y):
    total = mpmath.log(mpmath.fsum(map(mpmath.exp, z)))
    return {"loss": mpmath.fsum(q * (total - x) for x, q in zip(z, y, strict=True) if q)}


def of_probability(p, y):
    p, y = mpmath.mpf(float(p)), mpmath.mpf(float(y))
    yes = 0 if y == 0 else y * mpmath.log(p) if p else -mpmath.inf
    no = 0 if y == 1 else (1 - y) * mpmath.log1p(-p) if p != 1 else -mpmath.inf
    return {"loss": -yes - no}


def focal(z, g):
    def loss(z):
        return (1 + mpmath.exp(z)) ** -g * mpmath.log1p(mpmath.exp(-z))

    return {"loss": loss(mpmath.mpf(z)), "slope": mpmath.diff(loss, z)}


def smooth(r, beta):
    r, beta = abs(mpmath.mpf(r)), mpmath.mpf(beta)
    return {"loss": r**2 / (2 * beta) if r <= beta else r - beta / 2}


def distance(a, b):
    gap = [mpmath.mpf(float(x)) - mpmath.mpf(float(y)) for x, y in zip(a, b, strict=True)]
    square = mpmath.fsum(x**2 for x in gap)
    return {"length": mpmath.sqrt(square), "half": square / 2, "force": gap}


def sequence(y, text):
    total, through = mpmath.mpf(0), np.zeros(y.shape, object)
    for path in itertools.product(range(y.shape[1]), repeat=len(y)):
        if [k for k, _ in itertools.groupby(path) if k] == text:
            weight = mpmath.fprod(mpmath.mpf(p) for p in y[range(len(y)), path])
            total += weight
            through[range(len(y)), path] += weight
    if total == 0:
        return {"loss": mpmath.inf, "slope": 0 * y}
    return {"loss": -mpmath.log(total), "slope": (y - through / total)}


def average(loss, mask):
    kept = [x for x, m in zip(loss, mask, strict=True) if m]
    return {"mean": mpmath.fsum(kept) / max(len(kept), 1)}


def on_rows(f, loss, mask):
    return f(np.array(loss, float)[np.array(mask, bool)])


def named(*keys):
    """The numbers that a function returns, by these names."""

    def call(f, *given):
        found = f(*given)
        return dict(zip(keys, found if len(keys) > 1 else [found], strict=True))

    return call


FAMILIES = {
    "of a logit": (
        [(z,) for z in ARGUMENTS], binary, 8 * ULP, 2 * LEAST,
        {
            ("clipped log", "repaired"): lambda f, z: named("one", "slope of one")(
                f, np.float64(z)),
            ("large exponential", "repaired"): named("zero", "slope of zero"),
            ("gradient of where", "repaired"): named("zero", "slope of zero"),
            ("prediction minus label", "repaired"): named("slope of one"),
            ("one plus little", "repaired"): named("one"),
        }),
    "of a logit, float32": (
        [(z,) for z in ARGUMENTS], binary, 8 * 2.0**-23, 2 * 2.0**-149,
        {("half the digits", "repaired"): lambda f, z: {"zero": f(np.float32([z]))[0]}}),
    "of a total, float32": (
        [(2**24,), (0,)], lambda total: {"total": total + 1000}, 0, 0,
        {("half the digits", "repaired_total"): lambda f, n: {"total": f(np.float32(n))}}),
    "of logits": (
        [(np.array(z, float), k) for z, k in LOGITS], softmax, 8 * ULP, 2 * LEAST,
        {
            ("large exponential", "repaired_softmax"): named("loss"),
            ("one plus little", "repaired_softmax"): named("loss"),
            ("prediction minus label", "repaired_softmax"): named("slope"),
            ("infinity times zero", "repaired"): lambda f, z, k: {
                "loss": f(z, np.eye(len(z), dtype=np.uint8)[k])},
        }),
    "of logits, soft label": (
        [(np.array(z, float), np.array(y)) for z, y in (
            ([2, -1, 0], [0.2, 0.3, 0.5]), ([1000, 0], [0.5, 0.5]),
            ([0, -np.inf, 1], [0.4, 0.0, 0.6]), ([-800, -800, -900], [0.25, 0.5, 0.25]))],
        of_label, 8 * ULP, 0, {("infinity times zero", "repaired"): named("loss")}),
    "of a probability": (
        [*itertools.product(PROBABILITIES, LABELS)], of_probability, 8 * ULP, 2 * LEAST,
        {
            ("log of zero", "repaired"): named("loss"),
            ("a softmax too many", "repaired_binary"): named("loss"),
        }),
    "of a probability, label 1": (
        [(p, 1) for p in PROBABILITIES], of_probability, 8 * ULP, 2 * LEAST,
        {("a softmax too many", "repaired"): lambda f, p, y: {"loss": f([1 - p, p], y)}}),
    "of a probability, label 0": (
        [(p, 0) for p in PROBABILITIES], of_probability, 8 * ULP, 2 * LEAST,
        {("one minus little", "repaired"): lambda f, p, y: {"loss": f(p)}}),
    "focal": (
        [*itertools.product(map(float, ARGUMENTS), (2, 0.5, 1, 0))], focal, 16 * ULP, 8 * LEAST,
        {("focal of a rounded p", "repaired"): named("loss", "slope")}),
    "Smooth L1": (
        [(1e-301, 1e-300), (3.0, 1.0), (-3.0, 1.0), (0.0, 1.0), (-0.5, 1.0), (1e200, 1e-300),
         (1e200, 1e200), (2.0, 1.5e308)],
        smooth, 4 * ULP, LEAST, {("square before scale", "repaired"): named("loss")}),
    "length": (
        # The pair in float32 has a relative error of its own spacing.
        PAIRS, distance, 4 * 2.0**-23, 2 * LEAST,
        {
            ("square before scale", "repaired_length"): lambda f, a, b: {"length": f(a - b)},
            ("distance by expansion", "repaired"): named("length"),
            ("not a number at distance 0", "repaired"): named("half", "force"),
        }),
    "CTC": (
        # Logarithms up to 921 have a spacing of 1e-13, which is then the error of a probability.
        FRAMES, sequence, 8 * ULP, 1e-12,
        {
            ("an impossible text", "repaired"): named("loss", "slope"),
            ("products of probabilities", "repaired"): named("loss"),
        }),
    "mean": (
        BATCHES, average, 8 * ULP, 0,
        {
            ("infinity times zero", "repaired_mean"): lambda f, loss, mask: {
                "mean": f(np.array(loss, float), np.array(mask))},
            ("a mean of means", "repaired"): lambda f, *given: {"mean": on_rows(f, *given)},
            ("a mean of means", "repaired_epoch"): lambda f, *given: {
                "mean": on_rows(lambda kept: f([kept[:3], kept[3:]]), *given)},
        }),
    "squared error": (
        [(COLUMN, COLUMN[:, 0]), (np.uint8([3, 7]), np.uint8([5, 7])),
         (np.uint8([5]), np.uint8([3])), (np.float32([300]), np.float32([0]))],
        lambda a, b: {"mean": np.mean([(float(x) - float(y)) ** 2
                                       for x, y in zip(np.ravel(a), b, strict=True)])},
        0, 0, {("a column against a row", "repaired"): named("mean")}),
    "hinge of bytes": (
        [*itertools.product(map(np.array, ([np.uint8(0)], [np.uint8(1)], [False], [True], [0.0])),
                            (2.0, -0.5), (np.uint8([3]),), (np.uint8([5]),))],
        lambda y, score, dark, light: {
            "sign": 2 * int(y[0]) - 1, "loss": max(0, 1 - (2 * int(y[0]) - 1) * score),
            "gap": -2},
        0, 0, {("small integers", "repaired"): named("sign", "loss", "gap")}),
}  # fmt: skip
REPAIRS = [(family, key) for family, (*_, found) in FAMILIES.items() for key in found]


def as_float(x):
    try:
        return float(x)
    except OverflowError:  # mpmath's numbers have no largest one
        return np.inf


def failures(functions, family, key, kind="repaired"):
    """The arguments of its family for which a function does not return the exact numbers.

    Nor may it raise or warn where they are finite; but log(0) is meant where a probability is 0.
    """
    given, exact, rtol, atol, found = FAMILIES[family]
    function = functions[key[0], key[1].replace("repaired", kind)]
    for arguments in given:
        with mpmath.workdps(60):
            right = {
                name: np.array([as_float(x) for x in np.ravel(np.array(numbers, object))])
                for name, numbers in exact(*arguments).items()
            }
        finite = all(np.isfinite(numbers).all() for numbers in right.values())
        quiet = "ignore" if not finite or family == "CTC" else "raise"
        try:
            with np.errstate(divide=quiet, over=quiet, invalid=quiet):
                numbers = found[key](function, *arguments)
        except (TypeError, ValueError, FloatingPointError, OverflowError) as error:
            yield arguments, error
            continue
        for name, value in numbers.items():
            if not np.allclose(np.ravel(value), right[name], rtol, atol):
                yield arguments, name, value


@pytest.mark.parametrize(("family", "key"), REPAIRS, ids=str)
def test_a_repair_is_right_for_all_inputs_of_its_loss(page, family, key):
    assert list(failures(page[1], family, key)) == []


@pytest.mark.parametrize(("family", "key"), REPAIRS, ids=str)
def test_control_the_naive_code_is_not(page, family, key):
    assert list(failures(page[1], family, key, "naive"))


def test_a_sure_frame_keeps_its_slope(page):
    y = np.array([[1.0, 4e-18, 2e-18]])
    right = [[-6e-18, 4e-18, 2e-18]]
    with np.errstate(all="raise"):
        _, slope = page[1]["an impossible text", "repaired"](y, [])
        _, control = page[1]["an impossible text", "naive"](y, [])
    np.testing.assert_allclose(slope, right, rtol=4 * ULP)
    assert control[0, 0] == 0


def test_no_repair_is_left_out(page):
    assert {key for key in page[1] if key[1].startswith("repaired")} == {key for _, key in REPAIRS}


# The table of symptoms.
SYMPTOMS = {  # what the row says: whether the naive code of an exhibit shows it
    "the loss is `nan`": lambda x, exact, column: np.isnan(x) and "slope" not in column,
    "the gradient is `nan`": lambda x, exact, column: (
        np.isnan(x) and ("slope" in column or "force" in column)
    ),
    "the loss is `inf`": lambda x, exact, column: np.isinf(x),
    "the gradient is 0, and the loss is not": lambda x, exact, column: (
        x == 0 != exact and "slope" in column
    ),
    "the loss or the gradient is exactly 0 where it should be small": lambda x, exact, column: (
        x == 0 and exact != 0
    ),
    "a sum of losses stops growing": lambda x, exact, column: 0 < x < exact,
}


def symptoms(text):
    """{symptom: the exhibits that its row links to}."""
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", text, re.M)
    slugs = {name.lower().replace(" ", "-"): (str(n), name) for n, name in enumerate(NAMES, 1)}
    found = {}
    for symptom, row in rows:
        links = re.findall(r"\[(\d+)\]\(#broken-([\w-]+)\)", row)
        assert all(slugs[slug][0] == n for n, slug in links), row
        if links:
            found[symptom] = [slugs[slug][1] for _, slug in links]
    return found


def unseen(gallery, table):
    """The exhibits whose naive code does not show the symptom that they are listed for."""
    for symptom, shows in SYMPTOMS.items():
        for name in table[symptom]:
            rows, columns = gallery[name], broken.recorded()["exhibits"][name]["columns"]
            cells = zip(rows["naive"], rows["exact"], columns, strict=True)
            if not any(shows(*cell) for cell in cells):
                yield symptom, name


def test_symptoms_are_shown_by_their_exhibits(gallery):
    table = symptoms(TEXT)
    assert set(SYMPTOMS) <= set(table)
    assert list(unseen(gallery, table)) == []
    assert {name for names in table.values() for name in names} >= set(NAMES)


def test_control_a_wrong_symptom(gallery):
    table = symptoms(TEXT) | {"the loss is `inf`": ["a mean of means"]}
    assert list(unseen(gallery, table)) == [("the loss is `inf`", "a mean of means")]
    with pytest.raises(AssertionError):
        symptoms("| the loss is `nan` | [3](#broken-log-of-zero) |")


def test_no_heading_stands_twice():
    for text in (TEXT, markdown(ROOT / "chapters/appendix/conventions.ipynb")):
        headings = re.findall(r"^#+ (.+)$", text, re.M)
        assert len(headings) == len(set(headings))


def test_all_are_shown_in_order(gallery):
    assert list(gallery) == NAMES
    headings = re.findall(r"^\(broken-(\S+)\)=\n### (\d+)\. (.+)$", TEXT, re.M)
    assert [(name.lower().replace(" ", "-"), str(n), name) for n, name in enumerate(NAMES, 1)] == [
        (slug, n, name[0].lower() + name[1:].partition(":")[0]) for slug, n, name in headings
    ]
    parts = re.split(r"^### ", TEXT, flags=re.M)[1:]
    assert len(parts) == len(NAMES)
    for part in parts:
        assert part.count("**Why.**") == part.count("**Moral.**") == 1
        assert re.search(r"Seen in \[.+\]\(\.\./", part)


def test_record_is_whole():
    record = broken.recorded()
    versions = record["versions"]
    assert all(re.match(r"\d+\.\d+", version) for version in versions.values())
    used = set()
    for name, shown in record["exhibits"].items():
        assert len(shown["rows"]) >= 2, name
        assert len({(library, call) for library, call, _ in shown["rows"]}) == len(shown["rows"])
        for library, _, numbers in shown["rows"]:
            used.add(library)
            assert len(numbers) == len(shown["columns"])
            assert any(x is not None for x in numbers)
            assert all(x in ("inf", "-inf", "nan") or x.endswith("Error")
                       for x in numbers if isinstance(x, str))  # fmt: skip
    assert used == set(versions)


def test_every_kind_of_library_is_caught_somewhere(gallery):
    """A record of right numbers only, or of wrong ones only, would be a slip of the script."""
    verdicts = {
        any(map(broken.is_wrong, numbers, rows["exact"]))
        for rows in gallery.values()
        for who, numbers in rows.items()
        if " " in who
    }
    assert verdicts == {True, False}


@pytest.mark.parametrize(
    ("x", "exact", "verdict"),
    [
        (1.0, 1.0, False),
        (1.0 + 1e-8, 1.0, False),
        (1.0 + 1e-5, 1.0, True),
        (0.0, 1e-300, True),
        (1e-300, 0.0, True),
        (np.inf, np.inf, False),
        (100.0, np.inf, True),
        (np.nan, None, True),
        (5.0, None, False),
        (None, 1.0, False),
        ("ValueError", 1.0, False),
    ],
)
def test_is_wrong(x, exact, verdict):
    assert bool(broken.is_wrong(x, exact)) is verdict


def test_bad_exhibits_are_refused():
    with pytest.raises(ValueError, match=r"takes one of log of zero.*got 'log of one'"):
        broken.exhibit("log of one", exact=[0])
    with pytest.raises(ValueError, match="naive takes 2 numbers, got 3"):
        broken.exhibit("log of zero", naive=[1, 2, 3], exact=[0, 1])


def test_table_marks_what_is_wrong(monkeypatch):
    monkeypatch.setattr(broken, "gallery", {})
    text = broken.exhibit("log of zero", naive=[1e-7, np.nan], exact=[0, np.inf])._repr_markdown_()
    assert "| naive | 1e−7\N{NO-BREAK SPACE}✗ | NaN\N{NO-BREAK SPACE}✗ |" in text
    assert "| exact | 0 | ∞ |" in text


def test_hinge_refuses_a_label_that_wrapped_around():
    with pytest.raises(ValueError, match="255"):
        hinge(2.0, 255)
    assert hinge(2.0, -1) == 3
