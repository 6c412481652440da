"""Wrong calls: each is refused before anything is computed, in words that name what is wrong.

Calls of `ctc` are in test_ctc.py, those of shapes and of binding in test_loss.py.
"""

import re

import numpy as np
import pytest

import lossbook as book

NAN, INF = np.nan, np.inf
ONE = [0.0, 1.0]

# (loss, arguments, parameters, the argument named, what it wants, what it got)
CALLS = [
    ("squared_error", (NAN, 1), {}, "y_hat", "finite numbers", "nan"),
    ("squared_error", (1, INF), {}, "y", "finite numbers", "inf"),
    ("squared_error", ([1, 2], [[1], [2]]), {}, "shapes", "must agree", "(2,)"),
    ("squared_error", ([1, 2, 3], [1, 2]), {}, "shapes", "must agree", "(3,)"),
    ("squared_error", ("a", 1), {}, "y_hat", "finite numbers", "<U1"),
    ("squared_error", (None, 1), {}, "y_hat", "finite numbers", "None"),
    ("squared_error", (1j, 1), {}, "y_hat", "finite numbers", "complex"),
    ("absolute_error", ([1, [2]], 1), {}, "y_hat", "finite numbers", "inhomogeneous"),
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
    ("smooth_l1", (1, 2), {"beta": "1"}, "beta", "positive finite", "<U1"),
    ("smooth_l1", (1, 2), {"delta": 1}, "smooth_l1", "unexpected", "'delta'"),
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
    ("cross_entropy", (np.ones((3, 2)), np.tile(ONE, (4, 1))), {}, "shapes", "p has (3,)", "(4,)"),
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
    ("focal", (0.5, 1), {"gamma": -1}, "gamma", "0 or more", "-1.0"),
    ("focal", (0.5, 1), {"gamma": None}, "gamma", "0 or more", "None"),
    ("focal", (0.5, 1), {"alpha": 1.5}, "alpha", "None or a weight in [0, 1]", "1.5"),
    ("focal", (0.5, 1), {"alpha": [0.2, 0.8]}, "alpha", "None or a weight", "(2,)"),
    ("focal_with_logits", (NAN, 1), {}, "z", "finite numbers", "nan"),
    ("focal_with_logits", (0, [0, 2]), {}, "y[1]", "labels 0 or 1", "2.0"),
    ("focal_with_logits", (0, 1), {"gamma": INF}, "gamma", "0 or more", "inf"),
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
    ("triplet", (ONE, ONE, ONE), {"squared": "no"}, "squared", "True or False", "<U2"),
    ("triplet", (np.ones((2, 3)), np.ones((3, 3)), np.ones((2, 3))), {}, "shapes", "agree", "(3,)"),
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
        for part in (argument, wanted, got.removeprefix("<")):
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
        ("focal", ([0.5, 1], [1, 1.0]), {"alpha": None, "gamma": 0}),
        ("hinge", (True, np.int8(-1)), {}),
        ("contrastive", (ONE, np.ones((3, 2)), [True, False, True]), {}),
        ("cross_entropy_with_logits", ([0, -INF, 2], [0.25, 0, 0.75]), {}),
        ("triplet", (ONE, ONE, ONE), {"squared": False}),
    ):
        assert np.isfinite(getattr(book, name)(*args, **kwargs)).all()


def test_messages_are_sentences_about_the_call():
    with pytest.raises(ValueError) as error:
        book.hinge([0.3, -1.2], [1, 0])
    assert str(error.value) == "hinge: y takes labels -1 or +1, got y[1] = 0.0"
    with pytest.raises(ValueError, match=re.escape("y_hat has (2,) and y has (2, 1)")):
        book.squared_error(np.zeros(2), np.zeros((2, 1)))
