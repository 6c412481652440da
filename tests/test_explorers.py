"""Explorers without a browser: the JavaScript of losses, the fits, the two outputs, the bundle."""

import itertools
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import lossbook
from lossbook import absolute_error, explorers, figures, fits, hinge, huber, squared_error
from lossbook.explorers import explorer
from lossbook.loss import loss
from lossbook.sequence import path_polynomial
from lossbook.shapes import pos, softplus, sp

SOURCE = Path(__file__).parent.parent / "explorers"
DELTAS = (0.05, 0.5, 1.0, 1.345, 5.0)
PIECEWISE = [lossbook.squared_error, absolute_error, huber, lossbook.smooth_l1]


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
    """Skip loudly without a tool; in CI fail."""
    if shutil.which(tool) is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say(f"NO {tool.upper()} FOUND: install it to test the explorers' source", pytrace=False)


# The JavaScript of a loss is its numpy.


def in_node(text, calls, convert=lambda pairs: np.array(pairs, float)):
    """What the JavaScript of a loss gives in node: pairs (value, gradient) for each call."""
    need("node")
    program = f"""
        const loss = {text}, calls = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const pairs = calls.map((c) => [loss.value(...c), loss.gradient(...c)]);
        console.log(JSON.stringify(pairs));
    """
    run = subprocess.run(
        ["node", "-e", program],
        input=json.dumps(calls),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return convert(json.loads(run.stdout))


def assert_agrees(one, text, run, rtol):
    """The JavaScript `text`, run by `run`, gives on 10 000 points what the Loss gives."""
    rng = np.random.default_rng(5)
    for settings in DELTAS if one.parameters else (None,):
        n = 10_000 // (len(DELTAS) if one.parameters else 1)
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
    with pytest.raises(TypeError, match="loss takes a Loss of numbers or vectors, got <built-in"):
        explorers.javascript(abs)


def test_javascript_of_pairs_of_vectors_is_numpy():
    rng = np.random.default_rng(7)
    x1, x2 = rng.normal(size=(2, 2000, 3)) * 10 ** rng.uniform(-6, 0.3, size=(2, 2000, 1))
    x2[:20] = x1[:20]
    y, calls = rng.integers(0, 2, 2000).astype(float), []
    for a, b, similar in zip(x1.tolist(), x2.tolist(), y.tolist(), strict=True):
        calls.append([a, b, similar, 1.5])
    need("node")
    program = f"""
        const loss = {explorers.javascript(lossbook.contrastive)};
        const calls = JSON.parse(require("fs").readFileSync(0, "utf8"));
        console.log(JSON.stringify(calls.map((c) => [loss.value(...c), loss.gradient(...c)])));
    """
    run = subprocess.run(
        ["node", "-e", program],
        input=json.dumps(calls),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    values, slopes = zip(*json.loads(run.stdout), strict=True)
    value, gradients = lossbook.contrastive.value_and_grad(x1, x2, y, margin=1.5)
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
        found = in_node(explorers.javascript(one), calls, lambda pair: pair)
        wanted = one.value_and_grad(x, y)
        for n, (value, gradient) in enumerate(found):
            # A value or slope near 0 is a difference of larger numbers.
            np.testing.assert_allclose(value, wanted[0][n], rtol=1e-12, atol=1e-14)
            np.testing.assert_allclose(gradient, wanted[1][n], rtol=1e-12, atol=1e-14)


# The fits.


@pytest.fixture
def points():
    rng = np.random.default_rng(3)
    x = np.sort(rng.uniform(0, 10, 20))
    y = 1 + 0.5 * x + rng.normal(0, 0.5, 20)
    y[-2] += 10
    return x, y


@pytest.mark.parametrize("delta", DELTAS)
def test_the_huber_line_solves_its_equations(points, delta):
    x, y = points
    a, b = fits.fit_line(huber, x, y, delta=delta)
    slope = huber.grad(a + b * x, y, delta=delta)
    assert abs(slope.sum()) < 1e-9
    assert abs(slope @ x) < 1e-9


def test_the_squared_line_is_least_squares(points):
    line = fits.fit_line(squared_error, *points)
    np.testing.assert_allclose(line, np.polyfit(*points, 1)[::-1], rtol=1e-12)


def test_no_line_near_has_less_absolute_error(points):
    x, y = points
    line = np.array(fits.fit_line(absolute_error, x, y))
    least = absolute_error(line[0] + line[1] * x, y).sum()
    for step in np.random.default_rng(0).normal(scale=0.05, size=(200, 2)):
        a, b = line + step
        assert absolute_error(a + b * x, y).sum() >= least


# The guesses.

WAITS = [54, 55, 62, 74, 79, 85, 88]


@loss
def too_late(y_hat, /, y, *, kappa=9.0):
    return kappa * pos(y_hat - y) + pos(y - y_hat)


@pytest.mark.parametrize(
    ("one", "parameters", "best"),
    [
        (squared_error, {}, np.mean(WAITS)),
        (absolute_error, {}, np.median(WAITS)),
        (huber, {"delta": 1e-3}, np.median(WAITS)),
        (huber, {"delta": 100}, np.mean(WAITS)),
        (too_late, {"kappa": 9}, WAITS[0]),
        (too_late, {"kappa": 0.2}, WAITS[5]),
    ],
)
def test_the_best_guess_is_the_statistic(one, parameters, best):
    for sample in (WAITS, WAITS[::-1]):
        assert fits.best_constant(one, sample, **parameters) == pytest.approx(best, rel=1e-5)


def test_of_several_best_guesses_the_smallest():
    assert fits.best_constant(absolute_error, [9, 1, 2, 5]) == pytest.approx(2, rel=1e-12)


# The support vector machine.

BIRDS = [(38.2, 18.1), (40.6, 18.6), (38.1, 17.0), (43.5, 18.1), (40.9, 16.6), (46.0, 18.9)]
KINDS = [-1, -1, -1, 1, 1, 1]


def test_six_points_with_a_known_machine():
    # scikit-learn's own test of its SVC.
    points = [(-2, -1), (-1, -1), (-1, -2), (1, 1), (1, 2), (2, 1)]
    w, b, weights = fits.separate(points, KINDS, C=1)
    assert weights.tolist() == [0, 0.25, 0, 0.25, 0, 0]
    assert (w.tolist(), abs(b)) == ([0.5, 0.5], 0)


@pytest.mark.parametrize("C", [0.01, 0.3, 10])
def test_the_machine_is_best_by_the_gap_of_its_dual(C):
    rng = np.random.default_rng(4)
    for _ in range(20):
        points, labels = rng.normal(size=(12, 2)), rng.choice([-1, 1], 12)
        labels[:2] = -1, 1
        w, b, weights = fits.separate(points, labels, C)
        assert abs(weights @ labels) < 1e-12
        assert weights.min() >= 0
        assert weights.max() <= C
        np.testing.assert_allclose(points.T @ (weights * labels), w, atol=1e-12)
        scores = points @ w + b
        least = w @ w / 2 + C * hinge(scores, labels).sum()
        assert least - (weights.sum() - w @ w / 2) < 1e-6
        # The force of the hinge loss, where it has one, is the weight.
        off = np.abs(labels * scores - 1) > 1e-6
        forces = -C * labels * hinge.grad(scores, labels)
        np.testing.assert_allclose(weights[off], forces[off], atol=1e-12)


def test_points_of_both_classes_at_one_place_have_no_line():
    w, _, weights = fits.separate([(1, 2), (1, 2)], [-1, 1], C=3)
    assert w.tolist() == [0, 0]
    assert weights.tolist() == [3, 3]


# The two outputs.


def make_curves(**changes):
    given = {"x": (-4, 4), "given": {"y": 0}, "sliders": {"delta": (0.05, 5)}, "value": (0, 6)}
    given |= {"gradient": (-3, 3), "title": "Huber's loss"} | changes
    return explorers.curves(given.pop("losses", {"Huber": huber, "r²": squared_error}), **given)


def make_fit(x, y, **changes):
    given = {"x_range": (0, 12), "y_range": (-5, 20), "sliders": {"delta": (0.05, 5)}}
    given |= {"title": "Two lines"} | changes
    return explorers.fit(
        given.pop("losses", {"Huber": huber, "MAE": absolute_error}), x, y, **given
    )


def make_guess(**changes):
    given = {"x": (45, 105), "title": "Seven waits", "sliders": {"kappa": (0.25, 16)}} | changes
    losses = given.pop("losses", {"squared": squared_error, "too late": too_late})
    return explorers.guess(losses, given.pop("sample", WAITS), **given)


def make_simplex(**changes):
    given = {"classes": ("cat", "dog", "owl"), "title": "Three logits", "logits": (1.2, -0.8, -0.5)}
    given |= changes
    return explorers.simplex(given.pop("loss", lossbook.cross_entropy_with_logits), **given)


SPRINGS = {"points": [(0.6, 0.6), (3.0, 0.9), (1.7, 2.2), (1.8, 1.0)], "labels": [0, 0, 0, 1]}


def make_springs(**changes):
    given = {"x_range": (0, 3.6), "y_range": (0, 2.6), "title": "Four digits", **SPRINGS}
    given |= {"sliders": {"margin": (0.2, 2.5)}} | changes
    return explorers.springs(given.pop("loss", lossbook.contrastive), **given)


def make_margin(**changes):
    given = {"x_range": (32, 54), "y_range": (15, 22), "title": "Six birds"} | changes
    one, points = given.pop("loss", hinge), given.pop("points", BIRDS)
    return explorers.margin(one, points, given.pop("labels", KINDS), **given)


SEEN = np.array([[6, 2, 1, 1], [3, 5, 1, 1], [5, 3, 1, 1], [2, 1, 6, 1], [7, 1, 1, 1]]) / 10


def make_lattice(**changes):
    given = {"letters": "abc", "title": "The lattice of ab", "frames": 4} | changes
    return explorers.lattice(given.pop("target", "ab"), given.pop("p", SEEN), **given)


def make_triplet(**changes):
    given = {"positive": (1, 0), "negative": (0.5, 1), "title": "", "limits": (-3, 3)} | changes
    return explorers.triplet(given.pop("loss", lossbook.triplet), **given)


def test_both_outputs_are_equal_in_every_run(points):
    made = (
        make_curves,
        lambda: make_fit(*points),
        make_guess,
        make_simplex,
        make_margin,
        make_triplet,
        make_springs,
        explorers.guide,
    )
    for make in made:
        first, again = make(), make()
        assert first.html() == again.html()
        for kind in ("svg", "png"):
            assert first.picture(kind) == again.picture(kind)


def test_stored_outputs_leave_the_runtime_out(monkeypatch):
    monkeypatch.setenv("LOSSBOOK_STORED", "1")
    stored = make_curves().html()
    monkeypatch.delenv("LOSSBOOK_STORED")
    live = make_curves().html()
    assert len(stored) < 5_000 < len(live)
    assert live.endswith(stored)
    for html in (stored, live):
        assert not re.search(r"<script[^>]+src|<link|import\(|fetch\(|@import", html)


def test_the_advice_of_the_guide_waits_in_the_page():
    shown = explorers.guide()
    (inside,) = re.findall("<figure [^>]*><details hidden>(.*)</details></figure>", shown.html())
    assert inside.count("data-loss=") == len(lossbook.__all__)
    name = re.search("explorer-[0-9a-f]{10}", shown.html())[0]
    other = explorers.Explorer(shown.spec, {}, shown.draw, shown.inside + " ")
    assert name not in other.html()


def test_labels_cannot_end_the_script():
    html = make_curves(title="</script><b>", losses={"</script>": huber}).html()
    assert html.count("</script>") == html.count("<script>")


def test_sliders_stop_at_round_numbers_and_at_the_default():
    (delta,) = make_curves().spec["parameters"]
    assert delta["symbol"] == "δ"
    assert delta["value"] == 1.0
    assert delta["value"] in delta["values"]
    assert (delta["values"][0], delta["values"][-1]) == (0.05, 5.0)
    assert all(len(f"{v:g}".strip("0.").replace(".", "")) <= 2 for v in delta["values"])
    (level,) = make_curves(sliders={"delta": (0.05, 0.95)}).spec["parameters"]
    assert level["values"] == [n / 100 for n in range(5, 96)] + [1.0]  # the default
    (count,) = make_curves(sliders={"delta": range(3, 41)}).spec["parameters"]
    assert count["values"] == [1.0, *range(3, 41)]


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"losses": {"abs": abs}}, TypeError, "losses takes a Loss at 'abs', got <built-in"),
        ({"losses": {}}, ValueError, "losses takes 1 to 6"),
        ({"x": (4, -4)}, ValueError, r"x takes finite \(low, high\).*got \(4, -4\)"),
        ({"x": 4}, TypeError, r"x takes a pair of numbers \(low, high\), got 4"),
        ({"given": None}, ValueError, "'Huber' takes numbers or sliders for"),
        ({"sliders": {"gamma": (0, 1)}}, ValueError, "take arguments of the losses, got 'gamma'"),
        ({"value": None, "gradient": None}, ValueError, "at least one takes"),
        (
            {"divide_by": "y"},
            ValueError,
            r"divide_by takes one of the sliders \['delta'\], got 'y'",
        ),
    ],
)
def test_curves_say_what_they_take(wrong, error, message):
    with pytest.raises(error, match=message):
        make_curves(**wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"x": [1, 2]}, "x takes at least 3 finite numbers"),
        ({"y": [1, 2, np.nan, 4]}, "y takes at least 3 finite numbers"),
        ({"y": [1, 2, 3, 4]}, "x and y take as many numbers, got 3 and 4"),
        ({"movable": 3}, "movable takes an index of 3 points, got 3"),
        ({"y_range": (1, 1)}, "y_range takes finite"),
    ],
)
def test_fit_says_what_it_takes(wrong, message):
    with pytest.raises(ValueError, match=message):
        make_fit(**{"x": [1, 2, 3], "y": [1, 2, 4]} | wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"sample": [1, 2]}, "sample takes at least 3 finite numbers"),
        ({"sample": [2, 2, 2]}, "sample takes targets that are not all equal"),
        ({"movable": 7}, "movable takes an index of 7 targets, got 7"),
        ({"value": (1, 3)}, "value takes .* low < 1 < high"),
        ({"start": 20}, r"x takes a range that holds start and sample, got \(45, 105\)"),
        ({"x": (60, 105)}, r"x takes a range that holds start and sample, got \(60, 105\)"),
    ],
)
def test_guess_says_what_it_takes(wrong, message):
    with pytest.raises(ValueError, match=message):
        make_guess(**wrong)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"loss": huber}, TypeError, "losses takes losses of vectors at 'huber'"),
        ({"loss": abs}, TypeError, "losses takes a Loss at"),
        ({"classes": ("cat", "dog")}, ValueError, "classes takes 3 names"),
        ({"target": 3}, ValueError, "target takes the index of a class, 0 to 2, got 3"),
        ({"logits": (0, 0)}, ValueError, "logits takes at least 3"),
        ({"logits": (0, 0, 9)}, ValueError, "logits takes 3 numbers from -6 to 6"),
        ({"limit": -1}, ValueError, "limit takes finite"),
    ],
)
def test_simplex_says_what_it_takes(wrong, error, message):
    with pytest.raises(error, match=message):
        make_simplex(**wrong)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"loss": huber}, TypeError, "losses takes losses of vectors at 'huber'"),
        ({"points": [1, 2, 3, 4]}, ValueError, r"points takes finite numbers of shape \(n, 2\)"),
        ({"labels": [0, 0, 0, 0]}, ValueError, "labels takes 0 and 1, both"),
        ({"labels": [0, 1]}, ValueError, "labels takes 0 and 1, both, one for each"),
        ({"sliders": {"delta": (0, 1)}}, ValueError, "take arguments of the losses, got 'delta'"),
    ],
)
def test_springs_say_what_they_take(wrong, error, message):
    with pytest.raises(error, match=message):
        make_springs(**wrong)


def test_forces_of_pairs_sum_to_zero_and_bring_similar_points_together():
    places, labels = np.array(SPRINGS["points"]), SPRINGS["labels"]
    pairs, value, force = fits.pair_forces(lossbook.contrastive, places, labels, margin=1.0)
    assert len(pairs) == len(value) == 6
    np.testing.assert_allclose(force.sum(axis=0), 0, atol=1e-12)
    for _ in range(400):
        places = places + 0.05 * force
        _, value, force = fits.pair_forces(lossbook.contrastive, places, labels, margin=1.0)
    assert value.sum() < 1e-8
    np.testing.assert_allclose(places[:3], places[:1].repeat(3, axis=0), atol=1e-4)
    assert np.linalg.norm(places[3] - places[0]) > 1 - 1e-4


def test_curves_take_no_losses_of_vectors():
    with pytest.raises(TypeError, match="losses takes losses of numbers at 'softmax'"):
        make_curves(losses={"softmax": lossbook.cross_entropy_with_logits}, sliders={})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"loss": huber}, "loss takes the hinge loss"),
        ({"loss": logistic}, "loss takes the hinge loss"),
        ({"points": [1, 2, 3]}, r"points takes finite numbers of shape \(n, 2\), got \(3,\)"),
        ({"points": [(1, np.inf)] * 6}, "points takes finite numbers"),
        ({"labels": [0, 0, 0, 1, 1, 1]}, r"labels takes -1 and \+1, both"),
        ({"labels": [1] * 6}, r"labels takes -1 and \+1, both"),
        ({"labels": [-1, 1]}, r"labels takes -1 and \+1, both, one for each"),
        ({"C_range": (1, 0)}, "takes finite"),
    ],
)
def test_margin_says_what_it_takes(wrong, message):
    with pytest.raises(ValueError, match=message):
        make_margin(**wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"target": "abd"}, "target takes at most 4 of 'abc', got 'abd'"),
        ({"target": "ababa"}, "target takes at most 4"),
        ({"letters": "aba"}, "letters takes different small letters, got 'aba'"),
        ({"letters": "ab"}, r"p takes at most 12 rows of 3, got shape \(5, 4\)"),
        ({"p": SEEN / 2}, "p takes probabilities whose rows add up to 1"),
        ({"frames": 6}, "frames takes a number from 1 to 5, got 6"),
    ],
)
def test_lattice_says_what_it_takes(wrong, message):
    with pytest.raises(ValueError, match=message):
        make_lattice(**wrong)


# The JavaScript of CTC.


def ctc_in_node(problems):
    """What the explorers' own CTC gives: a list of its results, and the best alignments."""
    need("node")
    program = f"""
        import {{ best, moved, solve }} from {json.dumps((SOURCE / "src/ctc.js").as_uri())};
        import {{ readFileSync }} from "node:fs";
        const problems = JSON.parse(readFileSync(0, "utf8"));
        const found = problems.map(([p, target]) => ({{
            ...solve(p, target), best: best(p, target, 4), moved: moved(p, 1, 0, 0.9) }}));
        console.log(JSON.stringify(found));
    """
    run = subprocess.run(
        ["node", "--input-type=module", "-e", program],
        input=json.dumps(problems),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(run.stdout)


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


# Colours, and the bundle.


def contrast(one, other):
    """The contrast of two colours "#rrggbb" as WCAG 2 defines it, from 1 to 21."""

    def luminance(colour):
        c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [
            0.2126,
            0.7152,
            0.0722,
        ]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"loss": lossbook.contrastive}, TypeError, "loss takes a Loss with a margin and squared"),
        ({"positive": (1, 2, 3)}, ValueError, r"positive takes \(x, y\) within limits"),
        ({"negative": (0, 4)}, ValueError, r"negative takes \(x, y\) within limits"),
        ({"limits": (3, -3)}, ValueError, "limits takes finite"),
        ({"margin": 1}, TypeError, "takes a pair of numbers"),
    ],
)
def test_triplet_regions_say_what_they_take(wrong, error, message):
    with pytest.raises(error, match=message):
        make_triplet(**wrong)


def test_javascript_of_both_triplet_losses_is_numpy():
    rng = np.random.default_rng(8)
    points = rng.normal(size=(3, 200, 2))
    points[1, :10] = points[0, :10]  # a distance of 0
    for name, one in make_triplet().losses.items():
        calls = [[*three, 0.5] for three in np.swapaxes(points, 0, 1).tolist()]
        found = in_node(explorers.javascript(one), calls, lambda pairs: pairs)
        value, slopes = lossbook.triplet.value_and_grad(
            *points, margin=0.5, squared=name == "squared"
        )
        np.testing.assert_allclose([pair[0] for pair in found], value, rtol=1e-12, atol=1e-12)
        given = np.array([pair[1] for pair in found])
        np.testing.assert_allclose(given, np.swapaxes(slopes, 0, 1), rtol=1e-12, atol=1e-12)


def test_text_stands_out_in_both_themes():
    style = (SOURCE / "src/style.css").read_text("utf-8")
    themes = [
        dict(re.findall(r"--lb-(ink|soft|\d): (#\w{6})", block))
        for block in re.findall(r"\{([^{}]*--lb-ink: #[^}]*)\}", style)
    ]
    assert len(themes) == 3
    assert themes[1] == themes[2]
    assert tuple(themes[0][str(i)] for i in range(1, 7)) == figures.COLOURS
    for theme, pages in zip(themes, (["#ffffff", "#f7f7f7"], ["#14181e", "#111111"]), strict=False):
        for name, colour in theme.items():
            assert min(contrast(colour, page) for page in pages) >= 4.5, (name, colour)


@pytest.fixture(scope="module")
def modules():
    """The explorers' source with its modules installed."""
    need("node")
    need("npm")
    installed, lock = SOURCE / "node_modules/.package-lock.json", SOURCE / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        run = subprocess.run(
            [shutil.which("npm"), "ci"], cwd=SOURCE, capture_output=True, encoding="utf-8"
        )
        if run.returncode:
            say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            say(f"npm ci FAILED in explorers/: {run.stderr[-300:]}", pytrace=False)
    return SOURCE


def check_bundle(folder):
    return subprocess.run(
        ["node", "build.js", "--check"], cwd=folder, capture_output=True, encoding="utf-8"
    )


def test_the_bundle_is_what_the_source_gives(modules):
    run = check_bundle(modules)
    assert run.returncode == 0, run.stderr


def test_a_changed_bundle_is_found(modules, tmp_path):
    shutil.copytree(modules / "src", tmp_path / "explorers/src")
    shutil.copy(modules / "build.js", tmp_path / "explorers")
    shutil.copy(modules / "package.json", tmp_path / "explorers")
    (tmp_path / "explorers/node_modules").symlink_to(modules / "node_modules")
    shutil.copytree(explorer.STATIC, tmp_path / "lossbook/static")
    assert check_bundle(tmp_path / "explorers").returncode == 0
    bundle = tmp_path / "lossbook/static/explorers.js"
    bundle.write_text(bundle.read_text("utf-8").replace("lb-guide", "lb-guido"), "utf-8")
    assert "is not what the source gives" in check_bundle(tmp_path / "explorers").stderr


def test_the_parts_in_node(modules):
    run = subprocess.run(
        [shutil.which("npm"), "test"], cwd=modules, capture_output=True, encoding="utf-8"
    )
    assert run.returncode == 0, run.stdout[-3000:]


def test_the_lock_file_names_no_registry():
    assert "resolved" not in (SOURCE / "package-lock.json").read_text("utf-8")
