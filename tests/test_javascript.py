"""What is written in JavaScript gives in node what Python gives: losses, fits, CTC."""

import itertools
import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

import lossbook
from lossbook import (
    absolute_error,
    contrastive,
    explorers,
    fits,
    focal_with_logits,
    huber,
    pinball,
)
from lossbook.loss import loss
from lossbook.sequence import path_polynomial
from lossbook.shapes import softplus

SOURCE = Path(__file__).parent.parent / "explorers"
DELTAS = (0.05, 0.5, 1.0, 1.345, 5.0)
LEVELS = (1e-17, 0.05, 0.5, 0.9, 1 - 2.0**-53)
PIECEWISE = [lossbook.squared_error, absolute_error, huber, lossbook.smooth_l1, pinball]


@loss
def logistic(z, /, y):
    return softplus(-y * z)


@loss
def steep(z, /, y, *, gamma=2.0):
    return softplus(z - y) ** 3 * sp.exp(-(z**2)) ** gamma


@loss
def bump(z, /, y):
    return 1 / (sp.Rational(4, 3) + (z - y) ** 2) ** 2


def need(tool):
    """Skip where a tool is missing, and name it; in CI fail."""
    if shutil.which(tool) is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say(f"NO {tool.upper()} FOUND: install it to test the explorers' source", pytrace=False)


def node(expression, given, before=""):
    """An expression in `given`, computed by node after the lines `before`."""
    need("node")
    program = f"""
        import {{ readFileSync }} from "node:fs";
        {before}
        const given = JSON.parse(readFileSync(0, "utf8"));
        console.log(JSON.stringify({expression}));
    """
    run = subprocess.run(
        ["node", "--input-type=module", "-e", program],
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(run.stdout)


# Losses.


def in_node(text, calls):
    """What the JavaScript of a loss gives in node: pairs (value, gradient) for each call."""
    pairs = "given.map((call) => [loss.value(...call), loss.gradient(...call)])"
    return node(pairs, calls, f"const loss = {text};")


def assert_agrees(one, text, run, rtol):
    """The JavaScript `text`, run by `run`, gives on 10 000 points what the Loss gives."""
    rng = np.random.default_rng(5)
    chosen = (LEVELS if one is pinball else DELTAS) if one.parameters else (None,)
    for settings in chosen:
        n = 10_000 // len(chosen)
        y = rng.normal(scale=10, size=n)
        x = y + rng.normal(size=n) * 10 ** rng.uniform(-6, 1, size=n)
        x[: n // 100] = y[: n // 100]
        parameters = [settings] if one.parameters else []
        found = run(
            text, [[a, b, *parameters] for a, b in zip(x.tolist(), y.tolist(), strict=True)]
        )
        named = dict(zip(one.parameters, parameters, strict=True))
        wanted = np.stack(one.value_and_grad(x, y, **named), axis=1)
        # Below 1e-300 numbers lose digits to underflow.
        np.testing.assert_allclose(found, wanted, rtol=rtol, atol=rtol * 1e-288)


@pytest.mark.parametrize("one", PIECEWISE, ids=lambda one: one.name)
def test_javascript_of_piecewise_losses_is_numpy_to_the_last_bit(one):
    assert_agrees(one, explorers.javascript(one), in_node, rtol=0)


@pytest.mark.parametrize("one", [logistic, steep, bump], ids=lambda one: one.name)
def test_javascript_of_smooth_losses_is_numpy(one):
    assert_agrees(one, explorers.javascript(one), in_node, rtol=1e-12)


def test_javascript_of_focal_with_logits_is_numpy():
    rng = np.random.default_rng(11)
    z = rng.normal(size=3000) * 10 ** rng.uniform(-3, 2, size=3000)
    y, gamma = rng.integers(0, 2, 3000).astype(float), 10 ** rng.uniform(-3, 1, size=3000)
    z[:40] *= 1e300
    calls = np.stack([z, y, np.full(3000, 0.3), gamma], axis=1)
    found = in_node(explorers.javascript(focal_with_logits), calls.tolist())
    wanted = [
        focal_with_logits.value_and_grad(a, b, alpha=alpha, gamma=g) for a, b, alpha, g in calls
    ]
    np.testing.assert_allclose(found, wanted, rtol=2e-15, atol=1e-300)


def test_a_wrong_gradient_is_found():
    text = explorers.javascript(huber)
    wrong = text.replace("-(delta)", "-(delta)*(1 + 1e-11)")
    assert wrong != text
    with pytest.raises(AssertionError):
        assert_agrees(huber, wrong, in_node, rtol=1e-12)


def test_what_javascript_has_not_is_refused():
    @loss
    def strange(x, /, y):
        return sp.Function("strange")(x - y)

    with pytest.raises(Exception, match="strange"):
        explorers.javascript(strange)
    for other in (abs, lossbook.ctc):
        with pytest.raises(TypeError, match="loss takes a Loss of numbers or vectors, got"):
            explorers.javascript(other)


def test_javascript_of_pairs_of_vectors_is_numpy():
    rng = np.random.default_rng(7)
    x1, x2 = rng.normal(size=(2, 2000, 3)) * 10 ** rng.uniform(-6, 0.3, size=(2, 2000, 1))
    x2[:20] = x1[:20]
    y, calls = rng.integers(0, 2, 2000).astype(float), []
    for a, b, similar in zip(x1.tolist(), x2.tolist(), y.tolist(), strict=True):
        calls.append([a, b, similar, 1.5])
    values, slopes = zip(*in_node(explorers.javascript(contrastive), calls), strict=True)
    value, gradients = contrastive.value_and_grad(x1, x2, y, margin=1.5)
    np.testing.assert_allclose(values, value, rtol=1e-12, atol=1e-300)
    found = np.array(slopes).transpose(1, 0, 2)
    # A push is a difference, margin - distance, whose last digits hypot may change.
    np.testing.assert_allclose(found, gradients, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", ["cross_entropy", "cross_entropy_with_logits"])
def test_javascript_of_vectors_is_numpy(name):
    one, rng = getattr(lossbook, name), np.random.default_rng(6)
    for size in (1, 2, 3, 10):
        x, y = rng.normal(scale=4, size=(250, size)), rng.dirichlet(np.ones(size), 250)
        y[::2] = np.eye(size)[rng.integers(size, size=125)]
        if name == "cross_entropy":
            x = rng.dirichlet(np.ones(size), 250)
        calls = [list(pair) for pair in zip(x.tolist(), y.tolist(), strict=True)]
        found = in_node(explorers.javascript(one), calls)
        wanted = one.value_and_grad(x, y)
        for n, (value, gradient) in enumerate(found):
            # A value or slope near 0 is a difference of larger numbers.
            np.testing.assert_allclose(value, wanted[0][n], rtol=1e-12, atol=1e-14)
            np.testing.assert_allclose(gradient, wanted[1][n], rtol=1e-12, atol=1e-14)


def test_javascript_of_both_triplet_losses_is_numpy():
    rng = np.random.default_rng(8)
    points = rng.normal(size=(3, 200, 2))
    points[1, :10] = points[0, :10]  # a distance of 0
    shown = explorers.triplet(lossbook.triplet, (1, 0), (0, 1), title="", limits=(-3, 3))
    for name, one in shown.losses.items():
        calls = [[*three, 0.5] for three in np.swapaxes(points, 0, 1).tolist()]
        found = in_node(explorers.javascript(one), calls)
        value, slopes = lossbook.triplet.value_and_grad(
            *points, margin=0.5, squared=name == "squared"
        )
        np.testing.assert_allclose([pair[0] for pair in found], value, rtol=1e-12, atol=1e-12)
        given = np.array([pair[1] for pair in found])
        np.testing.assert_allclose(given, np.swapaxes(slopes, 0, 1), rtol=1e-12, atol=1e-12)


# What fits to data: an expression of fits.js, and the same of lossbook.fits.

X, Y = "points.map((p) => p[0])", "points.map((p) => p[1])"
PAIRS = "fits.pairForces(bind(contrastive, 1.5), points, labels)"
FITS = {
    "irls": (
        f"fits.irls(bind(huber, 0.5), {X}, {Y})",
        lambda points, labels: fits.fit_line(huber, *points.T, delta=0.5),
    ),
    "vertices": (
        f"fits.vertices(absolute_error, {X}, {Y})",
        lambda points, labels: fits.fit_line(absolute_error, *points.T),
    ),
    "constant": (
        f"fits.bestConstant(bind(huber, 0.5), {Y})",
        lambda points, labels: fits.best_constant(huber, points[:, 1], delta=0.5),
    ),
    "machine": (
        "(({ w, b, weights }) => [...w, b, ...weights])(fits.separate(points, labels, 0.7))",
        lambda points, labels: np.hstack(fits.separate(points, labels, 0.7)),
    ),
    "pairs": (
        f"{PAIRS}.pairs.map(({{ i, k, loss }}) => [i, k, loss])",
        lambda points, labels: np.column_stack(
            fits.pair_forces(contrastive, points, labels, margin=1.5)[:2]
        ),
    ),
    "forces": (
        f"{PAIRS}.forces",
        lambda points, labels: fits.pair_forces(contrastive, points, labels, margin=1.5)[2],
    ),
}


def assert_fits(name, file):
    """On ten random problems fits.js, read from the file, gives what lossbook.fits gives."""
    in_javascript, in_python = FITS[name]
    rng = np.random.default_rng(12)
    points, labels = rng.normal(size=(10, 12, 2)), rng.choice([-1, 1], (10, 12))
    labels[:, :2] = -1, 1
    problems = list(zip(points, labels, strict=True))
    losses = {one.name: explorers.javascript(one) for one in (huber, absolute_error, contrastive)}
    found = node(
        f"given.map(([points, labels]) => {in_javascript})",
        [(places.tolist(), classes.tolist()) for places, classes in problems],
        f"""import * as fits from {json.dumps(file.as_uri())};
        const {", ".join(f"{name} = {code}" for name, code in losses.items())};
        const bind = ({{ value, gradient }}, last) => ({{
            value: (...first) => value(...first, last),
            gradient: (...first) => gradient(...first, last) }});""",
    )
    # The same steps in the same order; sums may be rounded otherwise, before up to 1e3 steps.
    wanted = [in_python(*problem) for problem in problems]
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", FITS)
def test_fits_in_javascript_are_those_of_lossbook(name):
    assert_fits(name, SOURCE / "src/fits.js")


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("irls", "sxy / sxx", "(1 + 1e-6) * sxy / sxx"),
        ("vertices", "ys[i] - b * xs[i]", "ys[j] - b * xs[i]"),
        ("constant", "[low, middle] : [middle, high]", "[low, middle] : [low + 1e-6, high]"),
        ("machine", "C - weights[i]", "C - weights[i] - 1e-6"),
        ("pairs", "similar ? 1 : 0", "similar ? 0 : 1"),
        ("forces", "force - slopes", "force + slopes"),
    ],
    ids=FITS,
)
def test_control_a_slip_in_the_fits_is_found(tmp_path, name, right, wrong):
    source = (SOURCE / "src/fits.js").read_text("utf-8")
    assert source.count(right) == 1
    file = tmp_path / "fits.mjs"
    file.write_text(source.replace(right, wrong), "utf-8")
    with pytest.raises(AssertionError):
        assert_fits(name, file)


# CTC.


def ctc_in_node(problems):
    """What the explorers' own CTC gives: a list of its results, and the best alignments."""
    return node(
        """given.map(([p, target]) => ({
            ...solve(p, target), best: best(p, target, 4), moved: moved(p, 1, 0, 0.9) }))""",
        problems,
        f"import {{ best, moved, solve }} from {json.dumps((SOURCE / 'src/ctc.js').as_uri())};",
    )


def test_ctc_in_javascript_is_that_of_lossbook():
    rng = np.random.default_rng(8)
    targets = [[], [1], [1, 1], [1, 2], [2, 1, 2], [1, 1, 1], [1, 2, 2, 1]]
    tables = [rng.dirichlet(np.ones(3), size=t) for t in (2, 4, 5, 6)]
    problems = [(p, target) for p in tables for target in targets]
    results = ctc_in_node([(p.tolist(), target) for p, target in problems])
    for (p, target), found in zip(problems, results, strict=True):
        loss, gradient = lossbook.ctc.value_and_grad(np.log(p)[None], [target])
        np.testing.assert_allclose(found["gradient"], gradient[0], rtol=1e-9, atol=1e-12)
        counted = path_polynomial(np.ones(p.shape, int), target)
        assert found["alignments"] == counted
        if counted == 0:
            assert np.isinf(loss[0])
            assert found["loss"] is None  # JSON has no infinity
            continue
        assert found["loss"] == pytest.approx(loss[0], rel=1e-12, abs=1e-12)
        exact = lossbook.ctc.lattice(np.log(p)[None], [target])
        for name in ("alpha", "beta"):
            wanted = np.exp(getattr(exact, name)[0])
            np.testing.assert_allclose(found[name], wanted, rtol=1e-10, atol=1e-300)
        np.testing.assert_allclose(found["posterior"], exact.posterior[0], rtol=1e-9, atol=1e-12)


def test_the_best_alignments_are_the_best_of_all():
    p = np.random.default_rng(9).dirichlet(np.ones(3), size=5)
    for target, found in zip(
        [[1, 2], [1, 1]], ctc_in_node([(p.tolist(), t) for t in ([1, 2], [1, 1])]), strict=True
    ):
        weights = {
            path: np.prod(p[np.arange(5), path])
            for path in itertools.product(range(3), repeat=5)
            if [k for k, _ in itertools.groupby(path) if k] == target
        }
        best = sorted(weights, key=weights.get, reverse=True)[:4]
        assert [tuple(one["path"]) for one in found["best"]] == best
        assert [one["weight"] for one in found["best"]] == pytest.approx([weights[b] for b in best])
        rest = p[1, 1:] / p[1, 1:].sum() * 0.1
        np.testing.assert_allclose(found["moved"][1], [0.9, *rest])
