"""Wrong calls: each is refused before anything is computed, in words that name what is wrong.

Calls of `ctc` are in test_ctc.py, those of shapes and of binding in test_loss.py.
"""

import collections
import fractions
import re
import warnings

import numpy as np
import pytest

import lossbook as book

NAN, INF = np.nan, np.inf
BIG = 2**53 + 1  # the least integer that float64 cannot hold
ONE = [0.0, 1.0]

# (loss, arguments, parameters, the argument named, what it wants, what it got)
CALLS = [
    ("squared_error", (NAN, 1), {}, "y_hat", "finite numbers", "nan"),
    ("squared_error", (1, INF), {}, "y", "finite numbers", "inf"),
    ("squared_error", ([1, 2], [[1], [2]]), {}, "shapes", "must agree", "(2,)"),
    ("squared_error", ([1, 2, 3], [1, 2]), {}, "shapes", "must agree", "(3,)"),
    ("squared_error", ("a", 1), {}, "y_hat", "finite numbers", "'a'"),
    ("squared_error", (None, 1), {}, "y_hat", "finite numbers", "None"),
    ("squared_error", (1j, 1), {}, "y_hat", "finite numbers", "1j"),
    ("absolute_error", ([1, [2]], 1), {}, "y_hat", "finite numbers", "rows of different length"),
    ("absolute_error", (1, {2}), {}, "y", "finite numbers", "set"),
    ("absolute_error", (np.datetime64("2024-01-01"), 1), {}, "y_hat", "finite numbers", "datetime"),
    ("absolute_error", (1,), {}, "absolute_error", "missing", "'y'"),
    ("absolute_error", (1, 2, 3), {}, "absolute_error", "too many", "positional"),
    ("huber", (1, 2), {"delta": 0}, "delta", "positive finite", "0.0"),
    ("huber", (1, 2), {"delta": -1}, "delta", "positive finite", "-1.0"),
    ("huber", (1, 2), {"delta": NAN}, "delta", "positive finite", "nan"),
    ("huber", (1, 2), {"delta": INF}, "delta", "positive finite", "inf"),
    ("huber", (1, 2), {"delta": [1, 2]}, "delta", "positive finite", "(2,)"),
    ("huber", (1, 2), {"delta": None}, "delta", "positive finite", "None"),
    ("huber", (1, 2), {"beta": 1}, "huber", "unexpected", "'beta'"),
    ("smooth_l1", (1, 2), {"beta": 0}, "beta", "positive finite", "0.0"),
    ("smooth_l1", (1, 2), {"beta": "1"}, "beta", "positive finite", "'1'"),
    ("smooth_l1", (1, 2), {"delta": 1}, "smooth_l1", "unexpected", "'delta'"),
    ("pinball", (NAN, 1), {}, "y_hat", "finite numbers", "nan"),
    ("pinball", (1, -INF), {}, "y", "finite numbers", "-inf"),
    ("pinball", ([1, 2], [[1], [2]]), {}, "shapes", "must agree", "(2,)"),
    ("pinball", (1, 2), {"quantile": 0}, "quantile", "above 0 and below 1", "0.0"),
    ("pinball", (1, 2), {"quantile": 1}, "quantile", "above 0 and below 1", "1.0"),
    ("pinball", (1, 2), {"quantile": -0.1}, "quantile", "above 0 and below 1", "-0.1"),
    ("pinball", (1, 2), {"quantile": 90}, "quantile", "above 0 and below 1", "90.0"),
    ("pinball", (1, 2), {"quantile": NAN}, "quantile", "above 0 and below 1", "nan"),
    ("pinball", (1, 2), {"quantile": [0.1, 0.9]}, "quantile", "above 0 and below 1", "(2,)"),
    ("pinball", (1, 2), {"quantile": None}, "quantile", "above 0 and below 1", "None"),
    ("pinball", (1, 2), {"quantile": "0.9"}, "quantile", "above 0 and below 1", "'0.9'"),
    ("pinball", (1, 2, 0.9), {}, "pinball", "too many", "positional"),
    ("pinball", (1, 2), {"alpha": 0.9}, "pinball", "unexpected", "'alpha'"),
    ("binary_cross_entropy", (-0.1, 1), {}, "p", "probabilities in [0, 1]", "-0.1"),
    ("binary_cross_entropy", ([0.5, 1.1], 1), {}, "p[1]", "probabilities in [0, 1]", "1.1"),
    ("binary_cross_entropy", (0.5, 2), {}, "y", "probabilities in [0, 1]", "2.0"),
    ("binary_cross_entropy", (0.5, -1), {}, "y", "probabilities in [0, 1]", "-1.0"),
    ("binary_cross_entropy", (NAN, 1), {}, "p", "probabilities in [0, 1]", "nan"),
    ("binary_cross_entropy", (0.5, NAN), {}, "y", "probabilities in [0, 1]", "nan"),
    ("binary_cross_entropy_with_logits", (INF, 1), {}, "z", "finite numbers", "inf"),
    ("binary_cross_entropy_with_logits", (-INF, 1), {}, "z", "finite numbers", "-inf"),
    ("binary_cross_entropy_with_logits", (0, 1.5), {}, "y", "probabilities in [0, 1]", "1.5"),
    (
        "binary_cross_entropy_with_logits",
        (np.zeros((3, 1)), np.zeros(3)),
        {},
        "shapes",
        "z",
        "(3,)",
    ),
    ("cross_entropy", ([0.5, -0.5], ONE), {}, "p[1]", "finite numbers, 0 or more", "-0.5"),
    ("cross_entropy", ([0.5, NAN], ONE), {}, "p[1]", "finite numbers, 0 or more", "nan"),
    ("cross_entropy", ([0.5, 0.5], [1, 1]), {}, "y", "sum to 1", "[1. 1.]"),
    ("cross_entropy", ([0.5, 0.5], [2, -1]), {}, "y[1]", "sum to 1", "-1.0"),
    ("cross_entropy", ([0.5, 0.5], [NAN, 1]), {}, "y[0]", "sum to 1", "nan"),
    ("cross_entropy", ([0.5, 0.5], 1), {}, "y", "vectors", "()"),
    (
        "cross_entropy",
        ([[0.5, 0.5]], [[1, 0, 0]]),
        {},
        "vectors",
        "one length",
        "p has 2 and y has 3",
    ),
    ("cross_entropy", (np.ones((2, 0)), np.ones((2, 0))), {}, "p", "K at least 1", "(2, 0)"),
    (
        "cross_entropy",
        (np.ones((3, 2)), np.tile(ONE, (4, 1))),
        {},
        "shapes",
        "p has (3, 2)",
        "(4, 2)",
    ),
    ("cross_entropy_with_logits", ([INF, 0], ONE), {}, "z[0]", "finite numbers or -inf", "inf"),
    ("cross_entropy_with_logits", ([NAN, 0], ONE), {}, "z[0]", "finite numbers or -inf", "nan"),
    ("cross_entropy_with_logits", ([-INF, -INF], ONE), {}, "z", "not all -inf", "[-inf -inf]"),
    ("cross_entropy_with_logits", ([[0, 0], [1, -INF]], [1, 2]), {}, "y", "sum to 1", "[1. 2.]"),
    ("cross_entropy_with_logits", ([0, 0], 1), {}, "y", "vectors", "()"),
    (
        "cross_entropy_with_logits",
        (np.zeros((2, 3)), [0, 1]),
        {},
        "vectors",
        "one length",
        "z has 3",
    ),
    ("focal", (0.5, 0.5), {}, "y", "labels 0 or 1", "0.5"),
    ("focal", (0.5, -1), {}, "y", "labels 0 or 1", "-1.0"),
    ("focal", (1.5, 1), {}, "p", "probabilities in [0, 1]", "1.5"),
    ("focal", (0.5, 1), {"gamma": -1}, "gamma", "from 0 to a million", "-1.0"),
    ("focal", (0.5, 1), {"gamma": None}, "gamma", "from 0 to a million", "None"),
    ("focal", (0.5, 1), {"alpha": 1.5}, "alpha", "None or a weight in [0, 1]", "1.5"),
    ("focal", (0.5, 1), {"alpha": [0.2, 0.8]}, "alpha", "None or a weight", "(2,)"),
    ("focal_with_logits", (NAN, 1), {}, "z", "finite numbers", "nan"),
    ("focal_with_logits", (0, [0, 2]), {}, "y[1]", "labels 0 or 1", "2.0"),
    ("focal_with_logits", (0, 1), {"gamma": INF}, "gamma", "from 0 to a million", "inf"),
    ("focal_with_logits", (0, 1), {"alpha": -0.1}, "alpha", "None or a weight", "-0.1"),
    ("hinge", (1, 0), {}, "y", "labels -1 or +1", "0.0"),
    ("hinge", ([1, 2], [1, 0]), {}, "y[1]", "labels -1 or +1", "0.0"),
    ("hinge", (NAN, 1), {}, "score", "finite numbers", "nan"),
    ("hinge", (1, 0.5), {}, "y", "labels -1 or +1", "0.5"),
    ("contrastive", (ONE, ONE, -1), {}, "y", "labels 0 or 1", "-1.0"),
    ("contrastive", (ONE, ONE, 0.5), {}, "y", "labels 0 or 1", "0.5"),
    ("contrastive", (ONE, [1, 2, 3], 1), {}, "vectors", "one length", "x2 has 3"),
    ("contrastive", (1, ONE, 1), {}, "x1", "vectors of finite numbers", "()"),
    ("contrastive", (ONE, ONE, 1), {"margin": 0}, "margin", "positive finite", "0.0"),
    (
        "contrastive",
        (np.ones((4, 2)), np.ones((4, 2)), np.ones((4, 1))),
        {},
        "shapes",
        "y",
        "(4, 1)",
    ),
    ("triplet", (ONE, ONE, [NAN, 0]), {}, "negative[0]", "vectors of finite numbers", "nan"),
    ("triplet", (ONE, ONE), {}, "triplet", "missing", "'negative'"),
    ("triplet", (ONE, ONE, ONE), {"margin": -1}, "margin", "positive finite", "-1.0"),
    ("triplet", (ONE, ONE, ONE), {"squared": 1}, "squared", "True or False", "1"),
    ("triplet", (ONE, ONE, ONE), {"squared": "no"}, "squared", "True or False", "'no'"),
    (
        "triplet",
        (np.ones((2, 3)), np.ones((3, 3)), np.ones((2, 3))),
        {},
        "shapes",
        "agree",
        "(3, 3)",
    ),
]


@pytest.mark.parametrize(
    "name, args, kwargs, argument, wanted, got",
    CALLS,
    ids=[f"{c[0]}-{i}" for i, c in enumerate(CALLS)],
)
def test_refused(name, args, kwargs, argument, wanted, got):
    loss = getattr(book, name)
    for method in (loss, loss.grad, loss.value_and_grad, loss.hess):
        with (
            np.errstate(all="raise"),
            pytest.raises((ValueError, TypeError), match=f"^{name}") as error,
        ):
            method(*args, **kwargs)
        text = str(error.value)
        for part in (argument, wanted, got):
            assert part in text, text


def lacking(calls):
    """The losses without a wrong call."""
    return sorted({*book.__all__} - {name for name, *_ in calls} - {"ctc"})


def test_there_are_enough_of_them():
    assert len(CALLS) >= 60
    assert lacking(CALLS) == []


def test_control_a_loss_without_a_wrong_call():
    assert "hinge" in lacking([call for call in CALLS if call[0] != "hinge"])


def test_control_right_calls_are_not_refused():
    for name, args, kwargs in (
        ("huber", (1, [2, 3]), {"delta": 2}),
        ("pinball", (1, [2, 3]), {"quantile": np.float32(0.25)}),
        ("pinball", (1, [2, 3]), {"quantile": 1 - 2.0**-53}),
        ("focal", ([0.5, 1], [1, 1.0]), {"alpha": None, "gamma": 0}),
        ("hinge", (True, np.int8(-1)), {}),
        ("contrastive", ([ONE], np.ones((3, 2)), [True, False, True]), {}),
        ("contrastive", (ONE, ONE, True), {}),
        ("cross_entropy_with_logits", ([0, -INF, 2], [0.25, 0, 0.75]), {}),
        ("triplet", (ONE, ONE, ONE), {"squared": False}),
    ):
        assert np.isfinite(getattr(book, name)(*args, **kwargs)).all()


def test_messages_are_sentences_about_the_call():
    with pytest.raises(ValueError) as error:
        book.hinge([0.3, -1.2], [1, 0])
    assert str(error.value) == "hinge: y takes labels -1 or +1, got y[1] = 0.0"
    with pytest.raises(ValueError) as error:
        book.cross_entropy([np.full(1000, 0.001)], [np.full(1000, 0.5)])
    assert str(error.value).endswith("got y[0] = [0.5 0.5 0.5 ... 0.5 0.5 0.5]")
    with pytest.raises(ValueError, match=re.escape("y_hat has (2,) and y has (2, 1)")):
        book.squared_error(np.zeros(2), np.zeros((2, 1)))


class Column:
    """An object that turns into an array, like a column of a table."""

    def __init__(self, values, **attributes):
        self.values = values
        vars(self).update(attributes)

    def __array__(self, dtype=None, copy=None):
        if isinstance(self.values, Exception):
            raise self.values
        return self.values


class Entries:
    """An object that numpy takes for a list."""

    def __init__(self, *values):
        self.values = values

    def __len__(self):
        return len(self.values)

    def __getitem__(self, index):
        return self.values[index]


MASKED = np.ma.array([1.0, 2.0], mask=[False, True])

# What is given as y_hat, and what the message says of it.
NO_NUMBERS = [
    ([1.0, None], "None at [1]"),
    ([[1.0, 2.0], [3.0, "4"]], "'4' at [1, 1]"),
    (["1", "2"], "'1' at [0]"),
    (np.array(["1"]), "'1' at [0] (dtype <U1)"),
    (b"12", "b'12'"),
    (bytearray(b"12"), "bytearray"),
    (memoryview(b"12"), "memoryview"),
    ([[1.0, 2.0], memoryview(b"12")], "memoryview"),
    (2**70, str(2**70)),
    ([2**70, 0.5], f"{2**70} at [0]"),
    ([0.5, 10**5000], "an integer of 16610 bits at [1]"),
    (np.array([1.0, 2.0], object), "dtype object"),
    (np.array([1.0, None], object), "None at [1] (dtype object)"),
    (np.array(1.0, object), "dtype object"),
    ([1, 0j], "0j at [1]"),
    (np.array([1.0 + 0j]), "complex128"),
    ([np.timedelta64(1)], "timedelta64"),
    (np.array([(1.0, 2)], dtype=[("a", float), ("b", int)]), "dtype [('a'"),
    (fractions.Fraction(1, 2), "Fraction"),
    ([book.huber], "Loss at [0]"),
    (float, "type"),
    ((x for x in ONE), "generator"),
    ({1: 2}.values(), "dict_values"),
    (Column(ONE), "Column"),
    (Column(ValueError("no")), "Column"),
    (Column(np.array([1.0, None])), "None at [1]"),
]


class TestTakenForSomethingElse:
    """What numpy would turn into other numbers, silently or with words of its own."""

    def refused(self, given, error=TypeError):
        with pytest.raises(error, match=r"^squared_error: y_hat\b") as found:
            book.squared_error(given, 0)
        return str(found.value)

    @pytest.mark.parametrize("given, got", NO_NUMBERS, ids=[got for _, got in NO_NUMBERS])
    def test_no_numbers(self, given, got):
        text = self.refused(given).removeprefix("squared_error: y_hat takes finite numbers, got ")
        assert got in text and "sequence" not in text  # which numpy would speak of

    @pytest.mark.parametrize(
        "given, place",
        [
            (BIG, ""),
            (-BIG, ""),
            ([0, BIG], " at [1]"),
            ([0.5, BIG], " at [1]"),
            ([[0.5], [BIG]], " at [1, 0]"),
            ([True, BIG], " at [1]"),
            ([NAN, BIG], " at [1]"),
            ([0.5, np.int64(BIG)], " at [1]"),
            ([[0.5, 1.0], np.array([1, BIG])], " at [1, 1]"),
            (collections.deque([0.5, BIG]), " at [1]"),
            (Entries(0.5, BIG), " at [1]"),
            (np.array([[1, 2], [3, BIG]]), " at [1, 1]"),
            (np.uint64(BIG), ""),
            (Column(np.array([BIG])), " at [0]"),
        ],
    )
    def test_integers_that_float64_cannot_hold(self, given, place):
        text = self.refused(given, ValueError)
        assert text.endswith(f"{BIG}{place}, which float64 cannot hold")

    @pytest.mark.parametrize("given", [2**64 - 1, 2**63 - 1, 2**63 + 1, [2**63 + 1, -1]])
    def test_integers_at_the_end_of_64_bits(self, given):
        assert "which float64 cannot hold" in self.refused(given, ValueError)

    def test_control_large_integers_that_float64_holds(self):
        exact = [2**53, -(2**53), 2**53 + 2, 2**63, -(2**63), 2**64 - 2**11]
        for given in exact:
            for shape in (given, [given], [given, 0.5], np.array(given)):
                assert np.ravel(book.absolute_error(shape, 0))[0] == abs(given)
        with pytest.raises(ValueError, match=r"delta .* got 9007199254740993, which float64"):
            book.huber(1, 0, delta=BIG)

    @pytest.mark.parametrize(
        "given, part",
        [
            (MASKED, "y_hat"),
            ([MASKED], "y_hat[0]"),
            ([[1.0, 2.0], MASKED], "y_hat[1]"),
            (([MASKED],), "y_hat[0, 0]"),
            (collections.deque([MASKED]), "y_hat[0]"),
            (Entries(MASKED), "y_hat[0]"),
            (np.ma.masked, "y_hat"),
            ([1.0, np.ma.masked], "y_hat[1]"),
            (np.ma.array([1.0, 2.0]), "y_hat"),
            (Column(MASKED), "y_hat"),
            ([Column(MASKED)], "y_hat[0]"),
            (Column(np.ones(2), mask=np.array([True, False])), "y_hat"),
        ],
    )
    def test_masks_are_not_lost(self, given, part):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of numpy, before it is refused
            text = self.refused(given)
        assert text == f"squared_error: {part} is a masked array; its mask would be lost"

    @pytest.mark.parametrize("given", [[[1, 2], [3]], [1, [2]], [[[1, 2]], [[3]]], [[], [1]]])
    def test_rows_of_different_length(self, given):
        text = self.refused(given, ValueError)
        assert text == "squared_error: y_hat takes finite numbers, got rows of different length"

    def test_a_list_that_holds_itself(self):
        endless = []
        endless.append(endless)
        assert self.refused(endless).endswith("got list")

    @pytest.mark.parametrize("boolean", [True, False, np.True_, np.array(True), [True]], ids=repr)
    @pytest.mark.parametrize(
        "name, parameter",
        [
            ("huber", "delta"),
            ("smooth_l1", "beta"),
            ("pinball", "quantile"),
            ("focal", "alpha"),
            ("focal", "gamma"),
            ("focal_with_logits", "gamma"),
        ],
    )
    def test_booleans_are_no_parameters(self, name, parameter, boolean):
        with pytest.raises(TypeError, match=f"^{name}: {parameter} takes .*, got (True|False)"):
            getattr(book, name)(1, 1, **{parameter: boolean})

    @pytest.mark.parametrize("labels", [[True, True], [True, 1], np.ones(2, bool)], ids=repr)
    def test_booleans_are_no_signs(self, labels):
        with pytest.raises(TypeError, match=r"^hinge: y takes labels -1 or .*, got True at"):
            book.hinge([1, 2], labels)

    def test_control_booleans_are_labels_and_switches(self):
        for labels in ([True, False], np.array([True, False]), [True, 0.0]):
            assert (book.focal([0.5, 0.2], labels) == book.focal([0.5, 0.2], [1, 0])).all()
        assert (book.cross_entropy_with_logits([ONE], np.eye(2, dtype=bool)[:1]) > 0).all()
        for squared in (True, np.True_, np.array(True)):
            assert book.triplet([0.0], [2.0], [1.0], squared=squared) == 3.2
            assert book.triplet([0.0], [2.0], [1.0], squared=not squared) == 1.2
        with pytest.raises(TypeError, match="squared is a masked array"):
            book.triplet([0.0], [2.0], [1.0], squared=np.ma.array(True, mask=True))

    def test_control_numbers_in_other_clothes(self):
        for given in (
            (1, 2.0),
            [np.float32(1), np.int8(2)],
            range(1, 3),
            collections.deque([1, 2]),
            Entries(1, 2.0),
            memoryview(np.array([1.0, 2.0])),
            np.array([1.0, 2.0], ">f8"),
            Column(np.array([1, 2])),
            [True, 2],
        ):
            assert book.squared_error(given, 0).tolist() == [1, 4]
        assert book.squared_error([np.ones(2), [1, 2]], 0).tolist() == [[1, 1], [1, 4]]
        assert book.squared_error([memoryview(np.ones((1, 2)))], 0).shape == (1, 1, 2)
        assert book.squared_error([[], []], 0).shape == (2, 0)

    def test_negative_zero_is_zero(self):
        for p, y in ((-0.0, 1), (0.5, -0.0), (-0.0, -0.0)):
            for loss in (book.binary_cross_entropy, book.focal):
                with np.errstate(divide="ignore"):
                    assert loss.value_and_grad(p, y) == loss.value_and_grad(p + 0.0, y + 0.0)


class TestOneVector:
    """A vector is not stretched over samples: it may be their class numbers."""

    @pytest.mark.parametrize(
        "name, z, y",
        [
            ("cross_entropy_with_logits", 5 * np.eye(3), [0, 1, 0]),
            ("cross_entropy_with_logits", 5 * np.eye(3), [0, 2, 1]),
            ("cross_entropy_with_logits", np.zeros((2, 3)), [0, 1]),
            ("cross_entropy_with_logits", np.zeros((1, 3)), [0, 0, 1]),
            ("cross_entropy", [[0.9, 0.1], [0.2, 0.8]], [1, 0]),
            ("cross_entropy", np.full((2, 2, 2), 0.5), np.eye(2)),
        ],
    )
    def test_class_numbers(self, name, z, y):
        loss = getattr(book, name)
        for method in (loss, loss.grad, loss.hess):
            with pytest.raises(ValueError, match=f"^{name}: .*y.* takes") as error:
                method(z, y)
            assert "class numbers as np.eye(K)[y]" in str(error.value)

    def test_the_way_out_is_right(self):
        z, y = 5 * np.eye(3), np.array([0, 1, 0])
        text = "and one for all samples is y[None]"
        with pytest.raises(ValueError, match=re.escape(text)):
            book.cross_entropy_with_logits(z, y)
        assert book.cross_entropy_with_logits(z, np.eye(3)[y])[1] < 0.1
        assert book.cross_entropy_with_logits(z, y[None]).shape == (3,)

    @pytest.mark.parametrize(
        "name, args",
        [
            ("cross_entropy_with_logits", ([1.0, 2.0], np.eye(2))),
            ("contrastive", (np.ones((3, 2)), ONE, 1)),
            ("contrastive", (ONE, ONE, [0, 1])),  # two numbers with two labels are no vector
            ("triplet", (np.ones((3, 2)), ONE, np.ones((3, 2)))),
            ("triplet", (ONE, ONE, np.ones((1, 2)))),
        ],
    )
    def test_others(self, name, args):
        with pytest.raises(ValueError, match=rf"^{name}: shapes must agree.* is \w+\[None\]"):
            getattr(book, name)(*args)

    def test_control_what_is_right_has_no_such_hint(self):
        with pytest.raises(ValueError, match="shapes must agree") as error:
            book.contrastive(np.ones((3, 2)), np.ones((3, 2)), np.ones((3, 1)))
        assert "[None]" not in str(error.value)


HUGE = 1.7e308

# Calls whose answers are numbers, though something overflows or underflows on the way.
FINITE = [
    (book.absolute_error.grad, (HUGE, -HUGE), 1),
    (book.huber.grad, (HUGE, -HUGE), 1),
    (book.huber.hess, (HUGE, -HUGE), 0),
    (book.squared_error, (1e-200, 0), 0),
    (book.squared_error.grad, (1e200, 0), 2e200),
    (book.binary_cross_entropy_with_logits, (800.0, 1), 0),
    (book.focal_with_logits, (1e308, 1), 0),
    (book.focal_with_logits, (300.0, 1), 0),
    (book.cross_entropy_with_logits, ([1e308, -1e308], [1, 0]), 0),
    (book.cross_entropy_with_logits, ([1000.0, 0], [1, 0]), 0),
    (book.cross_entropy_with_logits, ([0, -INF], [1, 0]), 0),
    (book.contrastive, ([3e200], [0], 0), 0),
]

# Calls whose answers are no finite numbers, and what numpy says of them.
INFINITE = [
    (book.squared_error, (1e200, 0), "overflow"),
    (book.absolute_error, (HUGE, -HUGE), "overflow"),
    (book.absolute_error.value_and_grad, ([0, HUGE], [1, -HUGE]), "overflow"),
    (book.binary_cross_entropy, (0.0, 1), "divide"),
    (book.triplet, ([0.0], [1e200], [0.0]), "overflow"),
    (book.squared_error, (np.full((2, 1), 1e200), np.zeros((1, 3))), "overflow"),
    (book.contrastive, ([[0.0], [1e200]], [[0.0]], 1), "overflow"),
]


class TestWarnings:
    """numpy's warnings, and errors where they are asked for, are only of the answer."""

    @pytest.mark.parametrize("method, args, right", FINITE)
    def test_none_where_the_answer_is_a_number(self, method, args, right):
        with warnings.catch_warnings(), np.errstate(all="raise"):
            warnings.simplefilter("error")
            assert method(*args) == right
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert method(*args) == right

    @pytest.mark.parametrize("method, args, said", INFINITE)
    def test_control_infinite_answers_warn_or_raise(self, method, args, said):
        with pytest.warns(RuntimeWarning, match=said):
            method(*args)
        for kind in ("all", {"overflow": "over", "divide": "divide"}[said]):
            with np.errstate(**{kind: "raise"}), pytest.raises(FloatingPointError, match=said):
                method(*args)
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("error")
            method(*args)

    def test_one_sample_does_not_warn_for_another(self):
        z, y = [[1e308, -1e308], [-INF, 0]], [[1, 0], [1, 0]]
        with np.errstate(all="raise"):  # the first overflows on the way to 0, the second is inf
            assert book.cross_entropy_with_logits(z, y).tolist() == [0, INF]

    def test_the_settings_of_the_caller_stay(self):
        heard = []
        with np.errstate(over="call", call=lambda *note: heard.append(note)):
            before = np.geterr()
            book.huber.grad(HUGE, -HUGE)
            assert np.geterr() == before and not heard
            book.squared_error(1e200, 0)
            assert heard

    def test_checks_do_not_warn(self):
        with np.errstate(all="raise"), pytest.raises(ValueError, match="cross_entropy: y takes"):
            book.cross_entropy([0.5, 0.5], [1e308, 1e308])
