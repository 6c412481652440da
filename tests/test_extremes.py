"""No NaN and no warning where the answer is a number, at the ends of the domains."""

import numpy as np
import pytest

from lossbook import (
    absolute_error,
    contrastive,
    cross_entropy,
    cross_entropy_with_logits,
    focal,
    focal_with_logits,
    huber,
    pinball,
    squared_error,
    triplet,
)

INF, MAX = np.inf, np.finfo(float).max
NUMBERS = [
    (focal.grad, (0.0, 1), {"alpha": 0}, 0),
    (focal.grad, (1.0, 0), {"alpha": 1}, 0),
    (focal.grad, (1e-200, 0), {"alpha": None, "gamma": 1e6}, 0),
    (focal_with_logits.hess, (0.0, 0), {"gamma": 1e6}, 0),
    (focal_with_logits.grad, (1e200, 0), {"alpha": None, "gamma": 1e6}, 1),
    (focal_with_logits, (-1.0, 0), {"gamma": 1e5}, 0),
    (focal_with_logits, (1e308, 1), {}, 0),
    (focal_with_logits, (1e308, 0), {"alpha": None}, 1e308),
    (focal_with_logits.grad, (1.2e308, 0), {}, 0.75),
    (focal_with_logits.grad, (MAX, 0), {"gamma": 1e6}, 0.75),
    (focal_with_logits.grad, (-MAX, 1), {"alpha": None, "gamma": 0.5}, -1),
    (focal_with_logits.value_and_grad, (1.2e308, 0), {"alpha": 0.5}, [6e307, 0.5]),
    (focal_with_logits.hess, (1.2e308, 0), {}, 0),
    (focal.hess, (1e-155, 1), {"alpha": 2.0**-10}, 9.765625e306),
    (focal.hess, (2.0**-1030, 1), {"alpha": 2.0**-1060}, 2.0**1000),
    (focal.hess, (2.0**-1060, 0), {"alpha": None, "gamma": 2.0**-1060}, 2),
    (focal.hess, (5e-324, 0), {"alpha": 0.2964371842242953, "gamma": 5e-324}, 1.4071256315514094),
    (focal.hess, (5e-324, 0), {"alpha": None, "gamma": 0.5}, 0.75 / 5e-324**0.5),
    (squared_error.grad, (1e308, 1e308), {}, 0),
    (absolute_error.grad, (1.7e308, -1.7e308), {}, 1),
    (huber.hess, (1.7e308, -1.7e308), {}, 0),
    (pinball, (1e308, -1e308), {}, 1e308),
    (pinball, (-MAX, MAX), {}, MAX),
    (pinball, (-MAX, MAX), {"quantile": 2.0**-60}, MAX * 2.0**-59),
    (pinball, (MAX, -MAX), {"quantile": 1 - 2.0**-53}, MAX * 2.0**-52),
    (pinball.grad, ([MAX, -MAX], [-MAX, MAX]), {"quantile": 0.25}, [0.75, -0.25]),
    (pinball.hess, (MAX, -MAX), {"quantile": 0.25}, 0),
    (pinball.value_and_grad, (MAX, MAX), {"quantile": 0.25}, [0, 0]),
    (cross_entropy_with_logits, ([1e308, -1e308], [1, 0]), {}, 0),
    (cross_entropy_with_logits, ([1e308, -1e308], [0.25, 0.75]), {}, 1.5e308),
    (cross_entropy_with_logits, ([-MAX, -INF, MAX], [0.5, 0, 0.5]), {}, MAX),
    (cross_entropy_with_logits.grad, ([-INF, -1e308], [1, 0]), {}, [-1, 1]),
    (cross_entropy_with_logits.grad, ([1e308, -1e308], [0, 1]), {}, [1, -1]),
    (cross_entropy_with_logits.hess, ([0, 1e308], [1, 0]), {}, [[0, 0], [0, 0]]),
    (cross_entropy_with_logits.hess, ([1e308, -1e308], [1, 0]), {}, [[0, 0], [0, 0]]),
    (cross_entropy.hess, ([0.0, 1.0], [0, 1]), {}, [[0, 0], [0, 1]]),
    (cross_entropy.hess, ([1e-154], [1]), {}, [[1 / 1e-154 / 1e-154]]),
    (contrastive, ([0.0], [0.0], 1), {"margin": 1e308}, 0),
    (contrastive, ([0.0], [0.0], 0), {"margin": 1.4e154}, 9.8e307),
    (contrastive.grad, ([0.0, 1.0], [0.0, 1.0], 0), {"margin": 1e3}, [[0, 0], [0, 0]]),
    (contrastive.grad, ([0.0], [0.0], 0), {"margin": 1e308}, [[0], [0]]),
    (contrastive.grad, ([0.0], [5e-324], 0), {"margin": 1e9}, [[1e9], [-1e9]]),
    (contrastive.grad, ([0.0], [5e-324], 1), {}, [[-5e-324], [5e-324]]),
    (contrastive.grad, ([0.5], [0.0], 0), {"margin": 1e308}, [[-1e308], [1e308]]),
    (triplet.grad, ([0.0], [5e-324], [1.0]), {"squared": False, "margin": 2}, [[0], [1], [-1]]),
    (contrastive, ([1e308], [-1.7e308], 0), {}, 0),
    (contrastive.grad, ([1e308], [-1.7e308], 0), {}, [[0], [0]]),
    (contrastive.grad, ([1e-154, 0.0], [0.0, 4e307], 1), {}, [[1e-154, -4e307], [-1e-154, 4e307]]),
    (contrastive.hess, ([0.0], [1e200], 0), {}, [[[[0]], [[0]]], [[[0]], [[0]]]]),
    (contrastive.hess, ([-1.79e308], [7.7e305], 0), {}, [[[[0]], [[0]]], [[[0]], [[0]]]]),
    (contrastive.hess, ([0.0], [1e-17], 0), {}, [[[[1]], [[-1]]], [[[-1]], [[1]]]]),
    (triplet, ([0.0], [1e308], [1e308]), {}, 0.2),
]
NOT_FINITE = [
    (pinball, (-MAX, MAX), {"quantile": 0.75}, INF),
    (pinball, (MAX, -MAX), {"quantile": 0.25}, INF),
    (contrastive.grad, ([1e308], [-1.7e308], 1), {}, [[INF], [-INF]]),
    (focal.grad, (5e-324, 1.0), {"gamma": 0.03125}, -INF),
    (cross_entropy.hess, ([0.0, 1.0], [1, 0]), {}, [[INF, 0], [0, 0]]),
    (cross_entropy_with_logits, ([-INF, -1e308], [1, 0]), {}, INF),
    (cross_entropy_with_logits, ([1e308, -1e308], [0, 1]), {}, INF),
    (triplet.grad, ([0.0], [1e308], [1e308]), {}, [[0], [INF], [-INF]]),
]


def name(value):
    return getattr(value, "__qualname__", "")


@pytest.mark.parametrize("call, args, chosen, expected", NUMBERS, ids=name)
def test_where_the_answer_is_a_number(call, args, chosen, expected):
    with np.errstate(all="raise"):
        assert np.array(call(*args, **chosen)).tolist() == np.array(expected, float).tolist()


@pytest.mark.parametrize("call, args, chosen, expected", NOT_FINITE, ids=name)
def test_where_the_answer_is_infinite(call, args, chosen, expected):
    with np.errstate(all="ignore"):
        assert np.array(call(*args, **chosen)).tolist() == np.array(expected, float).tolist()
    with pytest.raises(FloatingPointError), np.errstate(all="raise"):
        call(*args, **chosen)


@pytest.mark.parametrize("gamma", [-1e-9, 1.1e6, INF])
def test_a_power_that_means_nothing_is_refused(gamma):
    with pytest.raises(ValueError, match="gamma takes a number from 0 to a million, got gamma"):
        focal(0.5, 1, gamma=gamma)


@pytest.mark.parametrize("margin", [18.0, 1e3, 1e300, 1e308])
def test_the_hessian_of_equal_vectors_is_huge_and_finite(margin):
    with np.errstate(all="raise"):
        hess = np.array(contrastive.hess([0.0, 1.0], [0.0, 1.0], 0, margin=margin))
    assert hess[0, 0].tolist() == [[-1e307, 0], [0, -1e307]]
    assert (hess[0, 1] == -hess[0, 0]).all() and (hess == hess.swapaxes(0, 1)).all()
