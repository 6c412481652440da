"""Hunts over the losses: every argument is a right number or a clear error, in every call."""

import copy
import itertools
import math
import pickle
import re
import sys
import warnings
import weakref
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp
from exact import DIGITS, INF, ULP, errors, sample
from exact import ctc as ctc_exactly
from hunting import found, hunt, parameters, samples
from hypothesis import assume, given
from hypothesis import strategies as st

import lossbook as book
from lossbook.classification import PROBABILITIES, PROBABILITY
from lossbook.loss import Loss
from lossbook.shapes import unfold
from lossbook.verify import UNSEEN, evaluate
from tools.accuracy import domains

FORMULAS = [getattr(book, name) for name in book.__all__ if name != "ctc"]
EVERY = [*FORMULAS, book.ctc]
CALLS = ["value", "grad", "value_and_grad", "hess"]
BOUND = 8  # units, as `errors` counts them
# sympy writes numbers in full, and a power of a tiny fraction has thousands of digits.
sys.set_int_max_str_digits(0)
# The arguments whose rounding counts: of differences of large terms, and of powers.
MOVED = {
    "squared_error": [],
    "absolute_error": [],
    "huber": ["y_hat", "y"],  # at the kink
    "smooth_l1": ["y_hat", "y"],
    "pinball": [],
    "binary_cross_entropy": ["y"],  # of which two terms cancel at p = y
    "binary_cross_entropy_with_logits": ["y"],  # p - y
    "cross_entropy": ["y"],  # where p is above 1, terms cancel
    "cross_entropy_with_logits": ["z", "y"],
    "focal": ["gamma"],
    "focal_with_logits": ["z", "gamma"],
    "hinge": [],
    "contrastive": ["x1", "x2", "margin"],
    "triplet": ["anchor", "positive", "negative", "margin"],
}
CONVEX = {
    *("squared_error", "absolute_error", "huber", "smooth_l1", "pinball", "hinge"),
    *("binary_cross_entropy", "binary_cross_entropy_with_logits"),
    *("cross_entropy", "cross_entropy_with_logits"),
}
each = pytest.mark.parametrize("loss", FORMULAS, ids=lambda loss: loss.name)
every = pytest.mark.parametrize("loss", EVERY, ids=lambda loss: loss.name)


def call(loss, what):
    return loss if what == "value" else getattr(loss, what)


def flat(result):
    """The arrays of a result, which may be a tuple of tuples of them."""
    return [a for part in result for a in flat(part)] if isinstance(result, tuple) else [result]


def spoiled(loss, spoil):
    """A loss with a planted fault: `spoil(what, args, results)` gives what it returns instead."""
    twin = type(loss)(loss.__wrapped__)
    twin._kernels, honest = loss._kernels, twin._evaluate
    twin._evaluate = lambda what, args, kwargs: spoil(what, args, honest(what, args, kwargs))
    return twin


# Numbers.


def search_for_wrong_numbers(loss, data):
    """In all calls, of a few samples."""
    takes = domains(loss)
    one = samples(loss, takes)
    rows = data.draw(st.lists(one, min_size=1, max_size=3))
    size = len(next((a for a in rows[0] if isinstance(a, list)), [0]))
    rows = [row for row in rows if all(len(a) == size for a in row if isinstance(a, list))]
    chosen = data.draw(parameters(loss))
    assume(not any(is_known(loss, row, chosen) for row in rows))
    args = [np.array(column) for column in zip(*rows, strict=True)]
    form = data.draw(st.sampled_from(["arrays", "lists", "alone", "reversed"]))
    if form == "alone":
        rows, args = rows[:1], [a[0] for a in args]
    elif form == "lists":
        args = [a.tolist() for a in args]
    elif form == "reversed":
        args = [a[::-1].copy()[::-1] for a in args]
    results = {what: computed(loss, what, args, chosen, rows) for what in CALLS}
    both = [results["value"], *flat(results["grad"])]
    assert [a.tobytes() for a in both] == [a.tobytes() for a in flat(results["value_and_grad"])]
    check_shapes(loss, results, () if form == "alone" else (len(rows),), size)
    del results["value_and_grad"]
    apart = {
        what: [np.array(a).reshape(len(rows), -1) for a in flat(r)] for what, r in results.items()
    }
    for i, row in enumerate(rows):
        numbers = {what: np.concatenate([a[i] for a in r]) for what, r in apart.items()}
        if loss._vectors:
            check_symmetry(loss, row, numbers["hess"], size)
        elif loss.name in CONVEX:
            assert numbers["hess"] >= 0, (row, chosen, numbers)
        assert not (off := errors(loss, row, chosen, numbers, BOUND, MOVED[loss.name])), off


def is_known(loss, row, chosen):
    """Where a step on the way is subnormal or overflows, as the docstrings of these losses say."""
    if loss.name == "triplet":
        pairs = itertools.chain(zip(row[0], row[1], strict=True), zip(row[0], row[2], strict=True))
        return any(abs(a - b) > 8.98e307 for a, b in pairs)
    alpha = chosen.get("alpha") or 0
    return loss.name == "focal" and (0 < row[0] < 2.3e-308 or 0 < alpha < 1e-290)


def computed(loss, what, args, chosen, rows):
    """The results; what numpy would warn of is an error, unless the answer is not finite."""
    before = copy.deepcopy(args)
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            result = call(loss, what)(*args, **chosen)
        except FloatingPointError as error:
            parts = {"value_and_grad": ["value", "grad"]}.get(what, [what])
            exact = [sample(loss, row, chosen)[part] for row in rows for part in parts]
            finite = [e is None or abs(float(e)) < 1.79e308 for e in itertools.chain(*exact)]
            assert not all(finite), f"{what}: {error}, and the answer is finite: {exact}"
            with np.errstate(all="ignore"):
                result = call(loss, what)(*args, **chosen)
    for given_, kept in zip(args, before, strict=True):
        assert np.asarray(given_).tobytes() == np.asarray(kept).tobytes(), (
            f"{what} changed its input"
        )
    return result


def check_shapes(loss, results, batch, size):
    for what, axes in (("value", 0), ("grad", 1), ("hess", 2)):
        parts = flat(results[what])
        assert len(parts) == len(loss.wrt) ** axes
        for part in parts:
            assert part.dtype == np.float64
            assert part.shape == batch + (size,) * (axes if loss._vectors else 0)


def check_symmetry(loss, row, entries, size):
    """Of the matrix of all blocks of one sample; and that it bends upwards, where it should."""
    n = len(loss.wrt)
    matrix = entries.reshape(n, n, size, size).swapaxes(1, 2).reshape(n * size, -1)
    assert not np.isnan(matrix).any(), matrix
    assert (matrix == matrix.T).all(), f"no symmetric matrix: {matrix}"
    convex = loss.name in CONVEX or (loss.name == "contrastive" and row[2] == 1)
    scale = abs(matrix).max()
    if convex and 0 < scale < np.inf:
        least = np.linalg.eigvalsh(matrix / scale).min()
        assert least >= -(2.0**-50) * n * size, least


@each
def test_numbers(loss):
    @hunt(20)
    @given(st.data())
    def run(data):
        search_for_wrong_numbers(loss, data)

    run()


def nan_where_all_is_one(what, args, results):
    return [np.where(r == 1, np.nan, r)[()] for r in results]


def a_digit_lost(what, args, results):
    return [r * (1 + 1e-14 * (abs(r) > 1e3)) for r in results]


def a_digit_lost_together(what, args, results):
    return [r * (1 + 2.0**-52 * (what == "value_and_grad")) for r in results]


def a_warning(what, args, results):
    np.log(np.where(np.abs(args[0]) > 700, 0.0, 1.0))
    return results


def a_changed_input(what, args, results):
    if isinstance(args[1], np.ndarray):
        np.add(args[1], 1.0, out=args[1])
    return results


def bent_down(what, args, results):
    return [-r for r in results] if what == "hess" else results


def single_precision(what, args, results):
    return [r.astype(np.float32) for r in results]


PLANTED = [
    (book.huber, nan_where_all_is_one, "nan"),
    (book.squared_error, a_digit_lost, "exactly"),
    (book.triplet, a_digit_lost, "exactly"),
    (book.focal, a_digit_lost, "exactly"),
    (book.hinge, a_digit_lost_together, "tobytes|assert"),
    (book.binary_cross_entropy_with_logits, a_warning, "divide by zero .* finite"),
    (book.absolute_error, a_changed_input, "changed its input"),
    (book.cross_entropy_with_logits, bent_down, ">= "),
    (book.binary_cross_entropy_with_logits, bent_down, ">= 0"),
    (book.smooth_l1, single_precision, "float32|tobytes"),
]


@pytest.mark.parametrize("loss, spoil, says", PLANTED, ids=lambda x: getattr(x, "__name__", None))
def test_control_planted_faults_are_found(loss, spoil, says):
    assert re.search(says, found(search_for_wrong_numbers, spoiled(loss, spoil)), re.DOTALL)


def test_control_an_unsymmetric_hessian_is_found():
    loss = spoiled(book.cross_entropy_with_logits, lambda what, args, results: results)
    loss.hess = lambda *args, **chosen: np.tril(book.cross_entropy_with_logits.hess(*args))
    assert "no symmetric" in found(search_for_wrong_numbers, loss)


# CTC.


@st.composite
def sequences(draw):
    """A sequence of up to four frames, in which classes lead by hundreds of nats or are masked."""
    times, classes = draw(st.integers(1, 4)), draw(st.integers(2, 3))
    gap = st.sampled_from([0.0, -600.0, -708.0, -720.5, -744.4, -745.2, -746.0, -800.0])
    entry = st.builds(sum, st.tuples(gap, st.floats(-2, 2))) | gap | st.just(-np.inf)
    row = st.lists(entry, min_size=classes, max_size=classes).filter(lambda r: max(r) > -np.inf)
    logits = draw(st.lists(row, min_size=times, max_size=times))
    blank = draw(st.integers(0, classes - 1))
    labels = st.sampled_from([k for k in range(classes) if k != blank])
    return logits, draw(st.lists(labels, max_size=times)), blank


def search_for_wrong_sequences(loss, data):
    logits, target, blank = data.draw(sequences())
    z, targets = np.array([logits]), np.array([target], int).reshape(1, -1)
    before = z.tobytes(), targets.tobytes()
    exact, slopes = ctc_exactly(logits, target, blank)
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        value, grad = loss.value_and_grad(z, targets, blank=blank)
        assert value.tobytes() == loss(z, targets, blank=blank).tobytes()
        assert grad.tobytes() == loss.grad(z, targets, blank=blank).tobytes()
    assert before == (z.tobytes(), targets.tobytes())
    assert value.shape == (1,) and grad.shape == z.shape and value.dtype == grad.dtype == float
    # Logarithms of weights are as large as the gaps of all frames together, and each frame rounds
    # them a few times, of which the value takes what is in itself, the gradient all.
    heights = sum(max(row) - min(a for a in row if a > -np.inf) for row in logits)
    roundings = 8 * len(logits) * float(ULP)
    if exact == INF:
        assert value[0] == np.inf
    else:
        assert abs(mpmath.mpf(float(value[0])) - exact) <= roundings * (1 + exact), (value, exact)
    off = np.abs(np.array(slopes, float) - grad[0]).max()
    assert off <= roundings * (1 + heights), (off, grad, slopes)


def test_sequences():
    @hunt(60)
    @given(st.data())
    def run(data):
        search_for_wrong_sequences(book.ctc, data)

    run()


def test_control_wrong_sequences_are_found(monkeypatch):
    def in_the_middle(what, args, results):
        return [r + 1e-11 * (np.abs(args[0]).max() > 700) for r in results]

    assert "<=" in found(search_for_wrong_sequences, spoiled(book.ctc, in_the_middle))
    monkeypatch.setattr(book.sequence, "TINY", 0.0)  # what is subnormal counts as exact
    assert re.search("<=|divide", found(search_for_wrong_sequences, book.ctc, examples=2000))


# What is no argument.


class Raising:
    """It raises whatever is asked of it."""

    def __init__(self, error):
        self.error = error

    def __getattr__(self, name):
        raise self.error

    def _raise(self, *args):
        raise self.error

    __len__ = __getitem__ = __iter__ = __array__ = __float__ = __index__ = _raise
    __repr__ = __str__ = __eq__ = __bool__ = _raise
    __hash__ = object.__hash__


class Posing:
    """Its class cannot be asked for, as that of a proxy whose object is gone."""

    __class__ = property(lambda self: 1 / 0)


class Column:
    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return self.values


class Long:
    """A list, as it says, of more entries than memory holds."""

    def __len__(self):
        return 2**62

    def __getitem__(self, index):
        return 1.0


def endless():
    rows = [1.0]
    rows.append(rows)
    return rows


ANY = sp.Symbol("any")
NO_NUMBERS = [
    *(lambda x=x: x for x in ("", "1", "nan", "a" * 10_000, b"1", 1j, 0j, 10**400, -(10**5000))),
    *(lambda x=x: x for x in (2**53 + 1, 2**64 + 1, math.nan, math.inf, np.float64("nan"))),
    *(lambda x=x: x for x in (Decimal(1), Fraction(1, 2), {}, {1: 2}, {1}, frozenset(), object())),
    *(lambda x=x: x for x in (print, int, Raising, book.huber, np, NotImplemented, ..., slice(3))),
    *(lambda x=x: x for x in (sp.nan, sp.zoo, sp.oo, sp.I, sp.true, sp.Symbol("a") > 0, sp.Matrix)),
    *(
        lambda x=x: x
        for x in (sp.Function("f")(1), sp.Integer(10) ** 400, sp.Sum(1, (ANY, 1, sp.oo)))
    ),
    *(lambda x=x: x for x in (sp.Matrix([1]), sp.S.EmptySet, sp.Tuple(1), sp.Interval(0, 1))),
    *(lambda e=e: Raising(e()) for e in (RuntimeError, ValueError, TypeError, OverflowError)),
    *(lambda e=e: Raising(e()) for e in (AttributeError, RecursionError, MemoryError, KeyError)),
    *(lambda v=v: Column(v) for v in (None, "1", [1.0], np.array("a"), np.array([None]), 1.0)),
    *(lambda x=x: np.array(x) for x in ("a", 1j, None, [None], [1.0, "a"], math.nan, object())),
    *(lambda d=d: np.zeros(1, d) for d in ("M8[D]", "m8[s]", "S3", "U3", "O", "c16", "V8", "f,i")),
    *(lambda x=x: x for x in (np.datetime64("2024-01-01"), np.timedelta64(1), np.longdouble(1))),
    *(
        lambda: weakref.proxy(Column(1.0)),
        Posing,
        Long,
        endless,
        lambda: iter([1.0]),
        lambda: (x for x in [1.0]),
    ),
    *(lambda: np.ma.masked, lambda: np.ma.array([1.0], mask=[True]), lambda: bytearray(b"1")),
    *(lambda: [[1.0], [1.0, 2.0]], lambda: [None], lambda: ["1"], lambda: [1.0, [2.0, "3"]]),
]


def sequence():
    return [np.zeros((1, 2, 3)), np.array([[1]]), [2], [1], 0]


def search_for_leaks(loss, data):
    """One argument of a right call is something else: a clear error, and nothing but that."""
    names = list(loss.signature.parameters)
    name = data.draw(st.sampled_from(names))
    right = sequence() if loss is book.ctc else data.draw(samples(loss, domains(loss)))
    odd = data.draw(st.sampled_from(NO_NUMBERS))()
    shape = data.draw(st.sampled_from(["alone", "in a list", "in a list of lists", "a number"]))
    domain = loss._domains[name]
    if shape == "a number" and loss is not book.ctc:
        odd = data.draw(st.floats().filter(lambda x: not np.any(domain.allows(np.array([[x]])))))
    elif shape == "in a list":
        odd = [[odd], [1.0, odd], (odd, 1)][data.draw(st.integers(0, 2))]
    elif shape == "in a list of lists":
        odd = [[odd]]
    if data.draw(st.booleans()) and name in loss.parameters and not domain.choices:
        odd = data.draw(st.sampled_from([True, np.True_, [1.0], np.ones(2), [], None]))
    given_ = dict(zip(loss.arguments, right, strict=True))
    if loss is not book.ctc and data.draw(st.booleans()):
        given_ |= beside_symbols(loss)
    given_[name] = odd
    chosen = {name: given_.pop(name)} if name in loss.parameters else {}
    what = data.draw(st.sampled_from(CALLS[: 3 if loss is book.ctc else 4]))
    refusal(loss, what, given_.values(), chosen, name)


def refusal(loss, what, args, chosen, name):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            result = call(loss, what)(*args, **chosen)
        except (TypeError, ValueError) as error:
            text = str(error)
            assert re.match(rf"{loss.name}: (.*\W)?{name}\b", text, re.DOTALL), text
            assert len(text) < 1000, text
            return
        except Exception as error:
            raise AssertionError(f"{loss.name} raised {error!r} for its {name}") from error
    raise AssertionError(f"{loss.name} took its {name} and gave {result!r}")


@every
def test_what_is_no_argument_is_refused(loss):
    @hunt(40)
    @given(st.data())
    def run(data):
        search_for_leaks(loss, data)

    run()


@every
def test_any_odd_object_is_refused_as_any_argument(loss):
    for odd, name in itertools.product(NO_NUMBERS, loss.signature.parameters):
        right = sequence() if loss is book.ctc else simple(loss)
        right = dict(zip(loss.arguments, right, strict=True))
        symbols = {} if loss is book.ctc else beside_symbols(loss)
        for others, shaped in ((right, odd()), (right, [odd()]), (right | symbols, odd())):
            args = others | {name: shaped}
            chosen = {name: args.pop(name)} if name in loss.parameters else {}
            refusal(loss, "grad", args.values(), chosen, name)


def beside_symbols(loss):
    """All arguments as symbols."""
    return {n: sp.IndexedBase(n) if n in loss._vectors else sp.Symbol(n) for n in loss.arguments}


def simple(loss):
    """A right call: of labels 1, and of the one class that there is."""
    return [[1.0] if domain.vector else 1.0 for domain in domains(loss).values()]


def test_control_what_leaks_is_found():
    def as_numpy(what, args, kwargs):
        return [np.asarray(args[0], float) - np.asarray(args[1], float)]

    def first_alone(what, args, kwargs):
        book.squared_error(args[0], 0)
        return [np.zeros(())]

    for leaking in (as_numpy, first_alone):
        loss = type(book.squared_error)(book.squared_error.__wrapped__)
        loss._evaluate = leaking
        assert re.search("raised|took|assert", found(search_for_leaks, loss))


# Symbols.


def search_for_other_formulas(loss, data):
    """Symbols among the arguments give expressions of the same numbers."""
    takes, chosen = domains(loss), data.draw(parameters(loss))
    row = [np.clip(a, -30, 30).tolist() for a in data.draw(samples(loss, takes))]
    chosen = {name: x if x is None or x is True else min(x, 30.0) for name, x in chosen.items()}
    given_ = dict(zip(loss.arguments, row, strict=True)) | chosen
    exact = sample(loss, row, chosen)
    exact.pop("terms", None)
    plain = [abs(x) for x in np.hstack([*row, *(v for v in chosen.values() if v)]) if x]
    assume(min(plain, default=1) > 1e-300)  # in decimals a subnormal is another number
    assume(all(e is not None and abs(e) < INF for e in itertools.chain(*exact.values())))
    if takes[loss.arguments[0]] in (PROBABILITY, PROBABILITIES):
        assume(not {0, 1} & set(np.ravel(row[0])))  # the formula has log(0)
    pairs = itertools.combinations((given_[name] for name in loss._vectors), 2)
    assume(all(a != b for a, b in pairs))  # the formula divides by their distance
    numeric = [n for n in given_ if n not in loss._vectors and type(given_[n]) is float]
    least = 0 if loss._vectors else 1
    assume(len(numeric) >= least)
    turned = (
        data.draw(st.lists(st.sampled_from(numeric), min_size=least, unique=True))
        if numeric
        else []
    )
    symbols = {
        n: sp.Symbol(f"s_{n}", real=data.draw(st.sampled_from([True, None]))) for n in turned
    }
    symbols |= {n: sp.IndexedBase(f"v_{n}") for n in loss._vectors}
    mixed = given_ | symbols
    chosen_mixed = {n: mixed.pop(n) for n in chosen}
    at = {symbols[n]: given_[n] for n in turned}
    size = len(row[0]) if loss._vectors else 0
    at |= {symbols[n][k + 1]: given_[n][k] for n in loss._vectors for k in range(size)}
    numbers = {}
    for what, indices in (("value", ""), ("grad", "j"), ("hess", "ji")):
        parts = flat(call(loss, what)(*mixed.values(), **chosen_mixed))
        assert all(isinstance(part, sp.Basic) for part in parts), parts
        places = itertools.product(range(1, size + 1), repeat=len(indices)) if size else [()]
        places = [dict(zip(map(INDEX, indices), place, strict=bool(size))) for place in places]
        numbers[what] = [number(part.subs(place), size, at) for part in parts for place in places]
    # Numbers beside symbols are decimals, which are half a unit from what they were.
    names = [*loss.arguments, *(name for name in chosen if type(chosen[name]) is float)]
    off = errors(loss, row, chosen, numbers, BOUND, names)
    assert not off, (off, mixed, chosen_mixed)


def INDEX(name):
    return sp.Symbol(name, integer=True)


def number(expr, size, at):
    """The number of an expression, of vectors with so many entries."""
    length = sp.Symbol("K", integer=True, positive=True)
    return float(evaluate(unfold(expr).subs(length, size).doit(), at, DIGITS, least=UNSEEN))


@each
def test_symbols(loss):
    @hunt(2 if loss._vectors else 8)
    @given(st.data())
    def run(data):
        search_for_other_formulas(loss, data)

    run()


def test_control_other_formulas_are_found():
    def halved(what, args, results):
        return [r / 2 if isinstance(r, sp.Basic) else r for r in results]

    for loss in (book.squared_error, book.triplet):
        assert "exactly" in found(search_for_other_formulas, spoiled(loss, halved), examples=20)


# Copies.


def search_for_other_objects(loss, data):
    chosen = data.draw(parameters(loss)) if loss is not book.ctc else {}
    one = loss.variant(**chosen)
    protocol = data.draw(st.integers(0, pickle.HIGHEST_PROTOCOL))
    copies = [pickle.loads(pickle.dumps(one, protocol)), copy.copy(one), copy.deepcopy([one])[0]]
    assert all(other is one for other in copies), copies
    assert pickle.loads(pickle.dumps(one.value_and_grad, protocol)).__self__ is one


@every
def test_copies_are_the_loss_itself(loss):
    @hunt(5)
    @given(st.data())
    def run(data):
        search_for_other_objects(loss, data)

    run()


def test_control_another_object_is_found():
    class Copied(Loss):
        def __reduce__(self):
            return str, ("another",)

    assert "another" in found(search_for_other_objects, Copied(book.huber.__wrapped__))
