"""Explorers without a browser: the JavaScript of losses, the fits, the two outputs, the bundle."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

import lossbook
from lossbook import absolute_error, explorers, huber, squared_error
from lossbook.loss import Vector, loss
from lossbook.shapes import softplus, sp

SOURCE = Path(__file__).parent.parent / "explorers"
DELTAS = (0.05, 0.5, 1.0, 1.345, 5.0)
PIECEWISE = [lossbook.squared_error, absolute_error, huber, lossbook.smooth_l1]


@loss
def logistic(z, /, y):
    return softplus(-y * z)


@loss
def steep(z, /, y, *, gamma=2.0):
    return softplus(z - y) ** 3 * sp.exp(-(z**2)) ** gamma


def need(tool):
    """Skip loudly without a tool; in CI fail."""
    if shutil.which(tool) is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say(f"NO {tool.upper()} FOUND: install it to test the explorers' source", pytrace=False)


# The JavaScript of a loss is its numpy.


def in_node(text, calls):
    """What the JavaScript of a loss gives in node: pairs (value, gradient) for each call."""
    need("node")
    program = f"""
        const loss = {text}, calls = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const pairs = calls.map((c) => [loss.value(...c), loss.gradient(...c)]);
        console.log(JSON.stringify(pairs));
    """
    run = subprocess.run(
        ["node", "-e", program], input=json.dumps(calls), capture_output=True, text=True, check=True
    )
    return np.array(json.loads(run.stdout), float)


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


@pytest.mark.parametrize("one", [logistic, steep], ids=lambda one: one.name)
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

    @loss
    def of_vectors(x: Vector, /):
        return sp.Integer(0)

    with pytest.raises(Exception, match="strange"):
        explorers.javascript(strange)
    for wrong in (of_vectors, abs):
        with pytest.raises(TypeError, match="loss takes a Loss of one number"):
            explorers.javascript(wrong)


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
    a, b = explorers.fit_line(huber, x, y, delta=delta)
    slope = huber.grad(a + b * x, y, delta=delta)
    assert abs(slope.sum()) < 1e-9
    assert abs(slope @ x) < 1e-9


def test_the_squared_line_is_least_squares(points):
    line = explorers.fit_line(squared_error, *points)
    np.testing.assert_allclose(line, np.polyfit(*points, 1)[::-1], rtol=1e-12)


def test_no_line_near_has_less_absolute_error(points):
    x, y = points
    line = np.array(explorers.fit_line(absolute_error, x, y))
    least = absolute_error(line[0] + line[1] * x, y).sum()
    for step in np.random.default_rng(0).normal(scale=0.05, size=(200, 2)):
        a, b = line + step
        assert absolute_error(a + b * x, y).sum() >= least


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


def test_both_outputs_are_equal_in_every_run(points):
    for make in (make_curves, lambda: make_fit(*points)):
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


def test_text_stands_out_in_both_themes():
    style = (SOURCE / "src/style.css").read_text("utf-8")
    themes = [
        dict(re.findall(r"--lb-(ink|soft|\d): (#\w{6})", block))
        for block in re.findall(r"\{([^{}]*--lb-ink: #[^}]*)\}", style)
    ]
    assert len(themes) == 3
    assert themes[1] == themes[2]
    assert tuple(themes[0][str(i)] for i in range(1, 7)) == explorers.COLOURS
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
        run = subprocess.run(["npm", "ci"], cwd=SOURCE, capture_output=True, text=True)
        if run.returncode:
            say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
            say(f"npm ci FAILED in explorers/: {run.stderr[-300:]}", pytrace=False)
    return SOURCE


def check_bundle(folder):
    return subprocess.run(
        ["node", "build.js", "--check"], cwd=folder, capture_output=True, text=True
    )


def test_the_bundle_is_what_the_source_gives(modules):
    run = check_bundle(modules)
    assert run.returncode == 0, run.stderr


def test_a_changed_bundle_is_found(modules, tmp_path):
    shutil.copytree(modules / "src", tmp_path / "explorers/src")
    shutil.copy(modules / "build.js", tmp_path / "explorers")
    shutil.copy(modules / "package.json", tmp_path / "explorers")
    (tmp_path / "explorers/node_modules").symlink_to(modules / "node_modules")
    shutil.copytree(explorers.STATIC, tmp_path / "lossbook/static")
    assert check_bundle(tmp_path / "explorers").returncode == 0
    bundle = tmp_path / "lossbook/static/explorers.js"
    bundle.write_text(bundle.read_text("utf-8").replace("lb-guide", "lb-guido"), "utf-8")
    assert "is not what the source gives" in check_bundle(tmp_path / "explorers").stderr


def test_the_parts_in_node(modules):
    run = subprocess.run(["npm", "test"], cwd=modules, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-3000:]


def test_the_lock_file_names_no_registry():
    assert "resolved" not in (SOURCE / "package-lock.json").read_text("utf-8")
