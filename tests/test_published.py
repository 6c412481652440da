"""Numbers that others published or that were computed in many digits."""

import json
import math
from fractions import Fraction
from pathlib import Path

import mpmath
import numpy as np
import pytest

import lossbook as book
from lossbook import datasets, fits
from lossbook.sequence import path_polynomial
from lossbook.verify import ulps

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "hard_cases.json").read_text("utf-8"))["cases"]
PUBLISHED = json.loads((DATA / "published.json").read_text("utf-8"))


def call(case):
    """Value and flat gradient of a hard case."""
    loss, kwargs = getattr(book, case["loss"]), dict(case["parameters"])
    given = {k: np.asarray(v, float) for k, v in case["inputs"].items() if k != "target"}
    target = case["inputs"].get("target")
    if case["loss"] == "ctc":
        targets = np.array(target, int).reshape(1, -1)
        value, grad = loss.value_and_grad(given["logits"][None], targets, **kwargs)
        return value[0], grad
    if case["loss"].startswith("cross_entropy"):
        p = next(iter(given.values()))
        y = np.eye(len(p))[target] if isinstance(target, int) else np.asarray(target, float)
        smoothing = kwargs.pop("label_smoothing", 0)
        with np.errstate(over="ignore"):
            return loss.value_and_grad(p, (1 - smoothing) * y + smoothing / len(p))
    if case["loss"] == "triplet":
        kwargs["squared"] = False
    arguments = [*given.values()] + ([target] if target is not None else [])
    with np.errstate(divide="ignore", over="ignore"):
        value, grad = loss.value_and_grad(*arguments, **kwargs)
    return value, (grad[0] if case["loss"] == "contrastive" else grad)


def tolerance(stated, floor):
    return max(floor, float(stated)) if isinstance(stated, (int, float)) else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['loss']}: {case['title']}")
def test_hard_case(case):
    value, grad = call(case)
    allowed = tolerance(case["value_ulp"], 4)
    if allowed is None:  # "abs 1e-15"
        assert abs(value - float(case["value"])) <= float(case["value_ulp"].split()[-1])
    else:
        assert ulps(float(value), mpmath.mpf(case["value"])) <= allowed
    if case["gradient"] is None:
        assert not np.any(grad)  # an impossible target
        return
    grad = np.ravel(grad)
    exact = [mpmath.mpf(g) for g in case["gradient"]]
    allowed = tolerance(case["gradient_ulp"], 8)
    if allowed is None:
        unit = 16 * np.spacing(max(1e-15, *(abs(float(g)) for g in exact)))
        assert max(abs(float(a) - float(b)) for a, b in zip(grad, exact, strict=True)) <= unit
    else:
        for a, b in zip(grad, exact, strict=True):
            assert ulps(float(a), b) <= allowed


def test_the_hard_cases_are_of_all_losses():
    assert {case["loss"] for case in CASES} == set(book.__all__) - {"focal"}  # it has with_logits


def test_control_a_wrong_value_is_seen():
    assert ulps(0.1 + 0.2, mpmath.mpf("0.3")) > 0.4
    assert ulps(1.0, mpmath.mpf("1.000000000000001")) > 4
    assert ulps(math.nan, mpmath.mpf(1)) != ulps(1.0, mpmath.mpf(1))


# Published regressions: at the published coefficients the cost is stationary.


def slope(loss, x, y, coefficients, **parameters):
    """The cost's gradient by the coefficients, relative to the sum of what it is made of."""
    grad = loss.grad(x @ coefficients, y, **parameters)
    return (x.T @ grad) / (abs(x.T) @ abs(grad))


def stackloss():
    rows = np.array(PUBLISHED["stackloss"]["rows"], float)
    return np.column_stack([rows[:, 1:], np.ones(len(rows))]), rows[:, 0]


def test_stackloss_least_squares():
    x, y = stackloss()
    fit = PUBLISHED["stackloss"]["least_squares"]
    assert fit["published"] == pytest.approx(fit["recomputed"], abs=5e-6)
    assert slope(book.squared_error, x, y, np.array(fit["recomputed"])) == pytest.approx(
        0, abs=1e-10
    )


def test_stackloss_least_absolute_errors():
    x, y = stackloss()
    fit = PUBLISHED["stackloss"]["least_absolute"]
    assert fit["published"] == pytest.approx(fit["recomputed"], abs=6e-6)
    best = np.array(fit["recomputed"])
    cost = book.absolute_error(x @ best, y).sum()
    assert cost == pytest.approx(float(Fraction(fit["sum_of_absolute_residuals"])))
    rng = np.random.default_rng(0)
    for _ in range(50):
        other = best + rng.normal(size=4) * [0.01, 0.01, 0.01, 1]
        assert book.absolute_error(x @ other, y).sum() > cost


def test_engel_median_line():
    """As R's quantreg prints it: Koenker (2005), Quantile Regression."""
    engel = datasets.engel()
    line = fits.fit_line(book.pinball, engel["income"], engel["food"])
    assert np.round(line, 5).tolist() == [81.48225, 0.56018]
    other = fits.fit_line(book.pinball, engel["income"], engel["food"], quantile=0.51)
    assert np.round(other, 5).tolist() != [81.48225, 0.56018]  # the control


def test_stackloss_huber():
    x, y = stackloss()
    fit = PUBLISHED["stackloss"]["huber"]
    b, delta = np.array(fit["published"]), 1.345 * fit["scale"]
    assert slope(book.huber, x, y, b, delta=delta) == pytest.approx(0, abs=2e-3)
    weights = book.huber.grad(x @ b, y, delta=delta) / (x @ b - y)
    for observation, weight in fit["weights_below_1"].items():
        assert weights[int(observation) - 1] == pytest.approx(weight, abs=2e-4)
    assert (weights < 1 - 1e-9).sum() == 3


def test_phones_huber():
    phones = PUBLISHED["phones"]
    x = np.column_stack([np.ones(len(phones["year"])), phones["year"]])
    y, fit = np.array(phones["calls"]), phones["huber"]
    b = np.array([float(c) for c in fit["recomputed"]["coefficients"]])
    assert fit["published"] == pytest.approx(b, rel=2e-3)  # it stops after 50 steps
    delta = 1.345 * float(fit["recomputed"]["scale"])
    assert slope(book.huber, x, y, b, delta=delta) == pytest.approx(0, abs=1e-8)


def test_norris():
    rows = np.array(PUBLISHED["norris"]["rows"])
    x, y = np.column_stack([np.ones(len(rows)), rows[:, 1]]), rows[:, 0]
    b = np.array(PUBLISHED["norris"]["published"])
    assert book.squared_error(x @ b, y).sum() == pytest.approx(
        PUBLISHED["norris"]["residual_sum_of_squares"], rel=1e-12
    )
    assert slope(book.squared_error, x, y, b) == pytest.approx(0, abs=1e-10)


def test_challenger():
    facts = PUBLISHED["challenger"]
    rows = np.array(facts["rows"], float)
    x, y = np.column_stack([np.ones(len(rows)), rows[:, 0]]), rows[:, 1]
    b = np.array(facts["recomputed"])
    assert facts["published"] == pytest.approx(b, abs=5e-5)
    assert slope(book.binary_cross_entropy_with_logits, x, y, b) == pytest.approx(0, abs=1e-10)
    assert 2 * book.binary_cross_entropy_with_logits(x @ b, y).sum() == pytest.approx(
        facts["deviance"]
    )


def test_finney():
    facts = PUBLISHED["finney"]
    x = np.column_stack([np.ones(39), np.log(facts["volume"]), np.log(facts["rate"])])
    b = np.array([float(c) for c in facts["recomputed"]["coefficients"]])
    assert facts["published"] == pytest.approx(b, abs=6e-4)
    loss, y = book.binary_cross_entropy_with_logits, np.array(facts["y"])
    assert slope(loss, x, y, b) == pytest.approx(0, abs=1e-9)
    assert 2 * loss(x @ b, y).sum() == pytest.approx(facts["deviance_published"], abs=1e-3)


def test_support_vector_machine():
    facts = PUBLISHED["svm"]
    x, y, w = np.array(facts["X"], float), np.array(facts["y"]), np.array(facts["w"])
    score = x @ w + facts["b"]
    assert w @ w / 2 + facts["C"] * book.hinge(score, y).sum() == 0.25
    at_margin = np.flatnonzero(score * y == 1)
    assert set(facts["support"]) <= set(at_margin)
    support = facts["support"]
    assert facts["dual"] * (y[support] @ x[support]) == pytest.approx(w)  # Karush, Kuhn, Tucker


def test_focal_ratios():
    facts = PUBLISHED["focal"]
    for p, ratio in ((facts["p"], facts["ratio"]), (facts["p_1000"], facts["ratio_at_p_1000"])):
        found = book.binary_cross_entropy(p, 1) / book.focal(p, 1, alpha=None, gamma=2)
        assert found == pytest.approx(ratio)


def test_ctc_of_graves():
    facts = PUBLISHED["ctc"]
    for p, target, loss, gradient in zip(
        facts["probabilities"], facts["targets"], facts["loss"], facts["gradient"], strict=True
    ):
        value, grad = book.ctc.value_and_grad(np.log([p]), [target], blank=facts["blank"])
        assert value[0] == pytest.approx(loss, abs=1e-5)
        assert grad.ravel() == pytest.approx(np.array(gradient), abs=2e-6)


def test_number_of_alignments():
    facts = PUBLISHED["alignments"]
    times, labels = facts["T"], facts["U"]
    ones = np.ones((times, labels + 1), dtype=int)
    count = path_polynomial(ones, range(1, labels + 1))
    assert count == math.comb(times + labels, times - labels) == int(facts["recomputed"])
