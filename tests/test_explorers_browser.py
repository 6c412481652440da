"""Explorers in a browser: on pages laid out as the site and JupyterLab lay out outputs."""

import base64
import html as markup
import itertools
import json
import re
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from test_explorers import assert_agrees
from test_site import barriers, outside, troubles_of_loading, troubles_with_width

import lossbook
from lossbook import absolute_error, explorers, fits, guide, huber, smooth_l1, squared_error
from lossbook.explorers import explorer
from lossbook.loss import loss
from lossbook.sequence import path_polynomial
from lossbook.shapes import mag

ROOT = Path(__file__).parent.parent
EXPLORING = sorted(  # the pages with explorers
    path.relative_to(ROOT).with_suffix(".html").as_posix()
    for path in (ROOT / "chapters").rglob("*.ipynb")
    if "lossbook-explorer" in path.read_text("utf-8")
)

X = np.array([0.8, 1.1, 1.9, 2.4, 3.3, 4.1, 4.6, 5.2, 5.9, 6.7, 7.3, 8.2, 8.8, 9.6])
NOISE = [0.3, -0.4, 0.1, 0.5, -0.2, 0.4, -0.6, 0.2, -0.1, 0.3, 0.1, -0.5, 0.6, -0.3]
Y = 1 + 0.5 * X + NOISE
MOVABLE = 12
FITTED = {"Huber": huber, "MSE": squared_error, "MAE": absolute_error}


@loss
def half_squared(y_hat, /, y):
    return (y_hat - y) ** 2 / 2


@loss
def scaled_absolute(y_hat, /, y, *, delta=1.0):
    return delta * mag(y_hat - y)


CURVES = {"Huber": huber, "½ r²": half_squared, "δ |r|": scaled_absolute}
LOSSES = {name: getattr(lossbook, name) for name in lossbook.__all__}
LOSSES |= {one.name: one for one in CURVES.values()}


def make_curves():
    return explorers.curves(
        CURVES,
        title="Huber's loss between its limits",
        x=(-4, 4),
        x_label="residual r = ŷ − y",
        given={"y": 0},
        sliders={"delta": (0.05, 5)},
        value=(0, 6),
        gradient=(-3, 3),
        probe=2,
        divide_by="delta",
    )


def make_fit():
    return explorers.fit(
        FITTED,
        X,
        Y,
        title="Three lines",
        movable=MOVABLE,
        x_range=(0, 14),
        y_range=(-6, 16),
        sliders={"delta": (0.05, 5)},
    )


def make_guess():
    return explorers.guess(
        {"Huber": huber, "MSE": squared_error, "MAE": absolute_error},
        [54, 55, 62, 74, 79, 85, 88],
        title="One guess for seven waits",
        x=(45, 105),
        start=65,
        sliders={"delta": (0.5, 50)},
    )


def make_simplex():
    return explorers.simplex(
        lossbook.cross_entropy_with_logits,
        title="Three logits",
        classes=("cat", "dog", "owl"),
        logits=(1.2, -0.8, -0.5),
    )


BIRDS = [(38.2, 18.1), (40.6, 18.6), (38.1, 17.0), (43.5, 18.1), (40.9, 16.6), (46.0, 18.9)]


def make_margin():
    return explorers.margin(
        lossbook.hinge,
        BIRDS,
        [-1, -1, -1, 1, 1, 1],
        title="Six birds",
        names=("Adelie", "chinstrap"),
        x_range=(32, 54),
        y_range=(15, 22),
        C_range=(0.01, 10),
    )


def make_springs():
    return explorers.springs(
        lossbook.contrastive,
        [(0.6, 0.6), (3.0, 0.9), (1.7, 2.2), (1.8, 1.0), (2.7, 2.1)],
        [0, 0, 0, 1, 1],
        title="Three 3s and two 8s",
        names=("3", "8"),
        x_range=(0, 3.6),
        y_range=(0, 2.6),
        sliders={"margin": (0.2, 2.5)},
    )


SEEN = np.array([[6, 2, 1, 1], [3, 5, 1, 1], [5, 3, 1, 1], [2, 1, 6, 1], [3, 3, 3, 1]]) / 10
SEEN = np.concatenate([SEEN, SEEN])


def make_lattice():
    return explorers.lattice("ab", SEEN, letters="abc", frames=4, title="A lattice")


def make_triplet():
    return explorers.triplet(
        lossbook.triplet,
        positive=(1.0, 0.0),
        negative=(0.45, 1.1),
        title="Three points",
        limits=(-3, 3),
    )


# Pages: the outputs as myst-nb or JupyterLab lay them out, with the runtime before or after.

LAYOUTS = {
    "site": '<div class="cell_output">{picture}<div class="output text_html">{html}</div></div>',
    "lab": '<div class="jp-OutputArea-child"><div>{picture}</div></div>'
    '<div class="jp-OutputArea-child"><div>{html}</div></div>',
}
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Explorers</title>'
    '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">{head}'
    '<body style="margin: 16px"><main><h1>Explorers</h1>{body}</main>{foot}</body></html>'
)


@pytest.fixture
def write_page(tmp_path, monkeypatch):
    """write_page(explorer, ..., layout="site", runtime="head") gives the address of a page.

    runtime: "head" or "foot" as a file loaded there, "inline" as in a live notebook, or None.
    edit: changes the page's HTML.
    """

    def write(*shown, layout="site", runtime="head", edit=lambda html: html):
        if runtime == "inline":
            monkeypatch.delenv("LOSSBOOK_STORED", raising=False)
        else:
            monkeypatch.setenv("LOSSBOOK_STORED", "1")
        cells = []
        for one in shown:
            code = base64.b64encode(one.picture()).decode()
            text = markup.escape(one.spec["label"])
            picture = f'<img alt="{text}" src="data:image/svg+xml;base64,{code}">'
            cells.append(LAYOUTS[layout].format(picture=picture, html=one.html()))
        files = f'<script src="{(explorer.STATIC / "explorers.js").as_uri()}"></script>'
        files += f'<link rel="stylesheet" href="{(explorer.STATIC / "explorers.css").as_uri()}">'
        ends = {place: files if runtime == place else "" for place in ("head", "foot")}
        path = tmp_path / "page.html"
        path.write_text(edit(PAGE.format(body="".join(cells), **ends)), encoding="utf-8")
        return path.as_uri()

    return write


@pytest.fixture
def open_page(new_page, write_page):
    """open_page(explorer, ..., width=..., layout=...) opens a page of them."""

    def show(*shown, layout="site", runtime="head", edit=lambda html: html, **context):
        page = new_page(**context)
        page.goto(write_page(*shown, layout=layout, runtime=runtime, edit=edit))
        return page

    return show


# What a reader sees, compared to lossbook.


def figure(page):
    return page.locator("figure.lossbook-explorer").first


def state(page):
    """What the reader has chosen in the first explorer of a page."""
    return json.loads(figure(page).get_attribute("data-state"))


def readout(shown):
    """The numbers below a figure: {(curve, quantity): number}."""
    cells = shown.locator("td[data-value]").evaluate_all(
        "cells => cells.map((c) => [c.dataset.curve, c.dataset.quantity, +c.dataset.value])"
    )
    return {(curve, quantity): value for curve, quantity, value in cells}


def assert_right(page):
    """The numbers below each explorer are what lossbook computes for what the reader chose."""
    explorers_of_page = re.findall(r'push\(\["([\w-]+)", \{\.\.\.(\{.*\}), losses:', page.content())
    compared = 0
    for name, spec in explorers_of_page:
        spec, shown = json.loads(spec), page.locator(f"figure[id={name}]").first
        now = json.loads(shown.get_attribute("data-state"))
        if spec["kind"] == "guide":
            compared += 1
            assert_guided(shown, now["answers"])
        for curve in spec["curves"]:
            if curve["loss"] not in LOSSES:
                continue  # a chapter's own
            compared += 1
            expect = EXPECT[spec["kind"]]
            for quantity, value in expect(spec, now, curve, LOSSES[curve["loss"]]).items():
                of = quantity if isinstance(quantity, tuple) else (curve["label"], quantity)
                found = readout(shown)[of]
                assert found == pytest.approx(value, rel=1e-9, abs=1e-9), (curve["label"], quantity)
    assert compared


def assert_guided(shown, answers):
    """The questions are those on the way, and at its end stands the advice."""
    at, asked = guide.QUESTIONS, []
    for index in answers:
        asked.append(at.ask)
        at = at.answers[index].leads
    if isinstance(at, guide.Question):
        asked, advised = [*asked, at.ask], []
    else:
        advised = [at]
    assert shown.locator("legend").all_text_contents() == asked
    assert shown.locator(".lb-advice code").all_text_contents() == advised
    for name in advised:
        notebook = shown.locator(
            "xpath=ancestor::*[contains(@class, 'jp-OutputArea-child')]"
        ).count()
        ending = f"{guide.ADVICE[name].chapter}.{'ipynb' if notebook else 'html'}"
        assert shown.locator(".lb-advice a").get_attribute("href").endswith(ending)
        assert shown.locator(".lb-advice").get_by_text(guide.ADVICE[name].unless).is_visible()


def arguments(curve, one, now, leading):
    names = list(one.signature.parameters)[leading:]
    return {name: {**now, **curve["given"]}[name] for name in names}


def expect_curve(spec, now, curve, one):
    divisor = (spec["divide"] or {}).get("name")
    moved = divisor in one.signature.parameters and divisor not in curve["given"]
    scale = now[divisor] if moved and now["divided"] else 1
    value, gradient = one.value_and_grad(now["x"], **arguments(curve, one, now, leading=1))
    both = {"value": value / scale, "gradient": gradient / scale}
    return {panel["of"]: both[panel["of"]] for panel in spec["panels"]}


def expect_fit(spec, now, curve, one):
    x, y = np.array(spec["x"]["values"]), np.array(spec["y"]["values"])
    start = {**{p["name"]: p["value"] for p in spec["parameters"]}, **spec["start"]}
    _, first = fits.fit_line(one, x, y, **arguments(curve, one, start, leading=2))
    x[spec["movable"]], y[spec["movable"]] = now["x"], now["y"]
    chosen = arguments(curve, one, now, leading=2)
    a, b = fits.fit_line(one, x, y, **chosen)
    pull = -one.grad(a + b * now["x"], now["y"], **chosen)
    return {"slope": b, "change": b - first, "pull": pull}


def expect_guess(spec, now, curve, one):
    sample = np.array(spec["x"]["values"])
    sample[spec["movable"]] = now["x"]
    chosen = arguments(curve, one, now, leading=2)
    best = fits.best_constant(one, sample, **chosen)
    cost, least = (one(at, sample, **chosen).mean() for at in (now["guess"], best))
    return {"cost": cost, "best": best, "least": least}


def expect_simplex(spec, now, curve, one):
    z = np.array([now["z1"], now["z2"], now["z3"]])
    y = np.eye(3)[now["target"]] * (1 - now["epsilon"]) + now["epsilon"] / 3
    value, gradient = one.value_and_grad(z, y)
    expected = {"value": value}
    for k, name in enumerate(spec["classes"]):
        expected[name, "gradient"] = gradient[k]
        expected[name, "probability"] = np.exp(z - z.max())[k] / np.exp(z - z.max()).sum()
        expected[name, "target"] = y[k]
    return expected


EXPECT = {"curves": expect_curve, "fit": expect_fit, "guess": expect_guess}
EXPECT["simplex"] = expect_simplex


def expect_lattice(spec, now, curve, one):
    classes, t = "-" + spec["letters"], now["frame"] - 1
    target = [classes.index(letter) for letter in now["target"]]
    p = np.array(now["p"][: now["frames"]])
    loss, gradient = one.value_and_grad(np.log(p)[None], [target])
    named = now["target"] or "(no letters)"
    counted = path_polynomial(np.ones(p.shape, int), target)
    found = {(named, "loss"): loss[0], (named, "total"): np.exp(-loss[0])}
    found |= {(named, "alignments"): counted}
    for k, name in enumerate(classes):
        found |= {(name, "p"): p[t, k], (name, "gradient"): gradient[0, t, k]}
        found |= {(name, "posterior"): p[t, k] - gradient[0, t, k]} if counted else {}
    return found


EXPECT["lattice"] = expect_lattice


def expect_margin(spec, now, curve, one):
    points, labels, i = np.array(now["points"]), np.array(spec["labels"]), now["chosen"]
    w, b, weights = fits.separate(points, labels, now["C"])
    scores = w[0] * points[:, 0] + w[1] * points[:, 1] + b
    return {
        "strip": 1 / np.hypot(*w) if w.any() else np.inf,
        "vectors": (weights > 0).sum(),
        "total": one(scores, labels).sum(),
        "margin": labels[i] * scores[i],
        "loss": one(scores[i], labels[i]),
        "weight": weights[i],
    }


EXPECT["margin"] = expect_margin


def expect_springs(spec, now, curve, one):
    points, labels, i = np.array(now["points"]), np.array(spec["labels"]), now["chosen"]
    pairs, value, force = fits.pair_forces(one, points, labels, margin=now["margin"])
    similar = labels[pairs[:, 0]] == labels[pairs[:, 1]]
    return {
        "loss": value.sum(),
        ("similar", "loss"): value[similar].sum(),
        ("different", "loss"): value[~similar].sum(),
        ("different", "idle"): (value[~similar] == 0).sum(),
        "forceX": force[i, 0],
        "forceY": force[i, 1],
        "force": np.hypot(*force[i]),
    }


EXPECT["springs"] = expect_springs


def expect_triplet(spec, now, curve, one):
    if now["squared"] != (curve["label"] == "squared"):
        return {}  # not shown
    points = np.array([[0, 0], now["positive"], now["negative"]])
    options = {"margin": now["margin"], "squared": now["squared"]}
    loss, slopes = lossbook.triplet.value_and_grad(*points, **options)
    near, far = np.linalg.norm(points[1:], axis=1)
    edge = np.sqrt(near**2 + now["margin"]) if now["squared"] else near + now["margin"]
    expected = {"loss": loss, "near": near, "far": far, "edge": edge}
    for name, slope in zip(("anchor", "positive", "negative"), slopes, strict=True):
        expected[name, "forceX"], expected[name, "forceY"] = -slope
        expected[name, "force"] = np.hypot(*slope)
    return expected


EXPECT["triplet"] = expect_triplet
LOSSES |= make_triplet().losses


def centre(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def handle(page):
    return figure(page).locator("[role=slider] .lb-grip").first


# Moving things.


def test_the_first_sight(open_page):
    page = open_page(make_curves())
    assert state(page) == {"delta": 1, "x": 2, "divided": False}
    assert_right(page)
    page = open_page(make_fit())
    assert state(page) == {"delta": 1, "x": X[MOVABLE], "y": Y[MOVABLE]}
    assert_right(page)
    page = open_page(make_guess())
    assert state(page) == {"delta": 1, "guess": 65, "x": 88}
    assert_right(page)
    assert readout(page)["MSE", "best"] == pytest.approx(71)
    assert readout(page)["MAE", "best"] == pytest.approx(74)


def test_the_probe_by_mouse(open_page):
    page = open_page(make_curves())
    x, y = centre(handle(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 100, y - 30, steps=4)
    assert state(page)["x"] < 0
    assert_right(page)
    page.mouse.move(x - 2000, y)
    assert state(page)["x"] == -4
    page.mouse.up()
    page.mouse.move(x, y)
    assert state(page)["x"] == -4
    assert_right(page)


def test_the_point_by_mouse_up_and_to_the_right(open_page):
    page = open_page(make_fit())
    before = readout(page)
    x, y = centre(handle(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 90, steps=4)
    assert state(page)["x"] == pytest.approx(X[MOVABLE], abs=0.02)
    assert state(page)["y"] > Y[MOVABLE] + 5
    assert_right(page)
    slopes = {key: readout(page)[key] - before[key] for key in before if key[1] == "slope"}
    assert slopes["MSE", "slope"] > 3 * slopes["Huber", "slope"]
    assert readout(page)["Huber", "pull"] == 1
    page.mouse.move(x + 150, y + 60, steps=4)
    page.mouse.up()
    assert state(page)["x"] > 11
    assert_right(page)


def test_the_point_by_finger(open_page):
    page = open_page(make_fit(), width=390, height=500, touch=True)
    handle(page).scroll_into_view_if_needed()
    before, scrolled = state(page), page.evaluate("scrollY")
    x, y = centre(handle(page))
    touch = page.context.new_cdp_session(page)

    def send(kind, *points):
        points = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", (x, y))
    for step in range(1, 6):
        send("touchMove", (x + 8 * step, y - 12 * step))
    send("touchEnd")
    assert state(page)["x"] > before["x"] + 1
    assert state(page)["y"] > before["y"] + 3
    assert page.evaluate("scrollY") == scrolled
    assert_right(page)


def test_the_guess_and_a_target_by_mouse(open_page):
    page = open_page(make_guess())
    target, guess = figure(page).locator("[role=slider] .lb-grip").all()
    for grip, moved, kept in ((target, "x", "guess"), (guess, "guess", "x")):
        before = state(page)
        x, y = centre(grip)
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 60, y - 40, steps=4)
        page.mouse.up()
        assert state(page)[moved] > before[moved] + 3
        assert state(page)[kept] == before[kept]
        assert_right(page)
    mean = (54 + 55 + 62 + 74 + 79 + 85 + state(page)["x"]) / 7
    assert readout(page)["MSE", "best"] == pytest.approx(mean)
    assert readout(page)["MAE", "best"] == pytest.approx(74)


def test_the_guess_and_a_target_by_keyboard(open_page):
    page = open_page(make_guess())
    target, guess = figure(page).locator("[role=slider]").all()
    target.press("Shift+ArrowLeft")
    guess.press("ArrowRight")
    step = json.loads(re.search(r'"step": ([\d.]+)', page.content())[1])
    assert state(page) == {"delta": 1, "guess": 65 + step, "x": 88 - 10 * step}
    assert guess.get_attribute("aria-label") == "guess"
    assert guess.get_attribute("aria-valuenow") == str(65 + step).removesuffix(".0")
    assert_right(page)
    for key in ("Home", "End"):
        figure(page).locator("input[type=range]").press(key)
        assert_right(page)
    figure(page).locator("button").click()
    assert state(page) == {"delta": 1, "guess": 65, "x": 88}
    assert_right(page)


def test_the_simplex(open_page):
    page = open_page(make_simplex())
    assert state(page) == {"z1": 1.2, "z2": -0.8, "z3": -0.5, "epsilon": 0, "target": 0}
    assert_right(page)
    assert readout(page)["cross entropy", "value"] == pytest.approx(0.2761297, abs=1e-6)
    sliders = [figure(page).locator(f"input[name=lossbook-{name}]") for name in ("z1", "z2", "z3")]
    before = readout(page)
    for slider in sliders:  # a shift of all three
        for _ in range(4):
            slider.press("ArrowRight")
    assert readout(page) == pytest.approx(before)
    figure(page).locator("select").select_option("owl")
    assert state(page)["target"] == 2
    assert_right(page)
    figure(page).locator("input[name=lossbook-epsilon]").press("PageUp")
    assert state(page)["epsilon"] > 0
    assert_right(page)
    figure(page).locator("button").click()
    assert state(page) == {"z1": 1.2, "z2": -0.8, "z3": -0.5, "epsilon": 0, "target": 0}
    assert figure(page).locator("select").input_value() == "cat"
    assert readout(page) == pytest.approx(before)


def test_the_point_of_the_simplex(open_page):
    page = open_page(make_simplex())
    x, y = centre(handle(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y - 60, steps=4)
    page.mouse.up()
    assert readout(page)["cat", "probability"] < 0.5
    assert_right(page)
    logits = [state(page)[name] for name in ("z1", "z2", "z3")]
    assert sum(logits) == pytest.approx(1.2 - 0.8 - 0.5, abs=0.1)  # the mean stays
    shown = (
        figure(page)
        .locator("input[type=range]")
        .evaluate_all(
            "sliders => sliders.map((s) => +s.getAttribute('aria-valuetext').replace('−', '-'))"
        )
    )
    assert shown == pytest.approx([*logits, 0], abs=1e-3)
    point = figure(page).locator("[role=slider]")
    for key in ("ArrowUp", "ArrowRight", "Shift+ArrowLeft", "Shift+ArrowDown"):
        before = readout(page)
        point.press(key)
        assert readout(page) != before
        assert_right(page)
    page.mouse.move(*centre(handle(page)))
    page.mouse.down()
    page.mouse.move(x - 2000, y + 2000)  # far out: held at the corner
    page.mouse.up()
    assert 0.99 < readout(page)["cat", "probability"] < 1
    assert_right(page)


def test_the_springs(open_page):
    page = open_page(make_springs())
    assert state(page)["margin"] == 1
    assert_right(page)
    before, first = readout(page), state(page)
    page.mouse.move(*centre(handle(page)))
    page.mouse.down()
    x, y = centre(handle(page))
    page.mouse.move(x + 120, y - 40, steps=4)
    page.mouse.up()
    assert state(page)["points"][0][0] > 0.9
    assert state(page)["points"][1:] == first["points"][1:]
    assert readout(page)["contrastive", "loss"] < before["contrastive", "loss"]
    assert_right(page)
    last = figure(page).locator("[role=slider]").last
    for key in ("ArrowUp", "Shift+ArrowLeft"):
        last.press(key)
        assert state(page)["chosen"] == 4
        assert_right(page)
    figure(page).locator("input[name=lossbook-margin]").press("End")
    assert readout(page)["different", "loss"] > 1
    assert_right(page)
    figure(page).get_by_text("Reset").click()
    assert state(page) == first
    assert readout(page) == pytest.approx(before)


def test_steps_down_the_gradient(open_page):
    page = open_page(make_springs())
    points, labels = np.array(state(page)["points"]), np.array([0, 0, 0, 1, 1])
    for _ in range(12):
        figure(page).get_by_text("Step").click()
        points = points + 0.05 * fits.pair_forces(lossbook.contrastive, points, labels)[2]
    np.testing.assert_allclose(state(page)["points"], points, rtol=1e-9)
    assert_right(page)


def test_the_machine_and_its_points(open_page):
    page = open_page(make_margin())
    assert state(page) == {"C": 1, "points": [[*at] for at in BIRDS], "chosen": 0}
    assert_right(page)
    assert readout(page)["hinge", "vectors"] == page.locator(".lb-support").count() == 3
    far, near = (figure(page).locator("[role=slider]").nth(i) for i in (0, 2))
    before = readout(page)["hinge", "strip"]
    far.press("Shift+ArrowLeft")  # it has no say
    assert readout(page)["hinge", "strip"] == pytest.approx(before, rel=1e-6)
    assert "support" not in far.get_attribute("aria-valuetext")
    assert near.get_attribute("aria-label") == "Adelie 3"
    x, y = centre(near.locator(".lb-grip"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 150, y, steps=4)
    page.mouse.up()
    assert state(page)["chosen"] == 2
    assert state(page)["points"][2][0] > 41
    assert readout(page)["hinge", "weight"] == 1  # among the others: its weight is full
    assert readout(page)["hinge", "total"] > 1
    assert "support vector" in near.get_attribute("aria-valuetext")
    assert_right(page)
    for key in ("Home", "End"):
        figure(page).locator("input[type=range]").press(key)
        assert_right(page)
    figure(page).locator("button").click()
    assert readout(page)["hinge", "strip"] == pytest.approx(before, rel=1e-6)


def test_a_machine_without_a_line(open_page):
    one = make_margin()
    one.spec["start"]["points"] = [[40, 18]] * 6
    page = open_page(one)
    assert readout(page)["hinge", "strip"] == np.inf
    assert page.locator(".lb-band").get_attribute("d") is None
    assert_right(page)
    assert page.log.errors == []


def test_the_triplet(open_page):
    page = open_page(make_triplet())
    start = {"margin": 1, "positive": [1, 0], "negative": [0.45, 1.1], "squared": True}
    assert state(page) == start
    caption = figure(page).locator("caption").first
    assert caption.inner_text() == "semi-hard (m = 1)"
    assert_right(page)
    positive, negative = (figure(page).locator("[role=slider]").nth(i) for i in (0, 1))
    assert negative.get_attribute("aria-label") == "negative"
    assert "semi-hard" in negative.get_attribute("aria-valuetext")
    x, y = centre(negative.locator(".lb-grip"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 60, steps=4)
    page.mouse.up()
    assert state(page)["negative"][1] > 1.5
    assert caption.inner_text().startswith("easy")
    assert readout(page)["negative", "force"] == readout(page)["squared", "loss"] == 0
    assert page.locator(".lb-arrow[d]").count() == 0
    assert_right(page)
    for _ in range(4):
        positive.press("Shift+ArrowRight")
    assert caption.inner_text().startswith("hard")
    assert readout(page)["squared", "loss"] > 1
    assert_right(page)
    figure(page).locator("input[type=checkbox]").uncheck()
    assert readout(page)["negative", "force"] == pytest.approx(1)
    assert_right(page)
    for key in ("Home", "End"):
        figure(page).locator("input[type=range]").press(key)
        assert_right(page)
    figure(page).locator("button").click()
    assert state(page) == start
    assert figure(page).locator("input[type=checkbox]").is_checked()
    assert page.log.errors == []


@pytest.mark.parametrize("width", [390, 1280])
def test_the_discs_of_the_triplet_are_round(open_page, width):
    page = open_page(make_triplet(), width=width)
    disc, ring = (page.locator(f"ellipse.{name}") for name in ("lb-hard", "lb-semi-hard"))
    radii = [[float(one.get_attribute(r)) for r in ("rx", "ry")] for one in (disc, ring)]
    for across, up in radii:
        assert across == pytest.approx(up, rel=1e-6)
    assert radii[1][0] / radii[0][0] == pytest.approx(np.sqrt(2))


def test_a_triplet_at_one_place(open_page):
    one = make_triplet()
    one.spec["start"] |= {"positive": [0, 0], "negative": [0, 0]}
    page = open_page(one)
    for checked in (True, False):
        figure(page).locator("input[type=checkbox]").set_checked(checked)
        assert_right(page)
    assert page.log.errors == []


def test_by_keyboard_alone(open_page):
    page = open_page(make_curves())
    order = []
    for _ in range(5):
        page.keyboard.press("Tab")
        order.append(
            page.evaluate("(e => e.ariaLabel || e.textContent || e.name)(document.activeElement)")
        )
    assert order == ["delta", "lossbook-divided", "Reset", "probe, loss", "probe, gradient"]
    for key, x in (("ArrowRight", 2.1), ("Shift+ArrowLeft", 1.1), ("ArrowUp", 1.1)):
        page.keyboard.press(key)
        assert state(page)["x"] == pytest.approx(x)
        assert_right(page)
    assert page.evaluate("document.activeElement.ariaValueText") == "1.1: gradient 1"


def test_the_point_by_keyboard(open_page):
    page = open_page(make_fit())
    figure(page).locator("[role=slider]").focus()
    for key in ("ArrowUp", "Shift+ArrowUp", "ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    page.keyboard.press("Control+ArrowUp")  # belongs to the browser
    assert state(page)["y"] == pytest.approx(Y[MOVABLE] + 0.3)
    assert state(page)["x"] == pytest.approx(X[MOVABLE] + 0.2)
    assert_right(page)


def test_the_slider_the_switch_and_reset(open_page):
    page = open_page(make_curves())
    slider = figure(page).locator("input[type=range]")
    assert slider.get_attribute("aria-valuetext") == "1"
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    assert 0.1 < state(page)["delta"] < 0.4
    assert_right(page)
    page.keyboard.press("Home")
    assert state(page)["delta"] == 0.05
    assert_right(page)
    figure(page).locator("input[type=checkbox]").check()
    assert state(page)["divided"]
    labels = figure(page).locator("tbody th").all_inner_texts()
    assert labels == ["Huber / δ", "½ r²", "δ |r| / δ"]
    assert_right(page)
    assert readout(page)["Huber", "value"] == pytest.approx(smooth_l1(2, 0, beta=0.05))
    slider.press("End")
    assert state(page)["delta"] == 5
    figure(page).locator("button").click()
    assert state(page) == {"delta": 1, "x": 2, "divided": False}
    assert not figure(page).locator("input[type=checkbox]").is_checked()
    assert slider.get_attribute("aria-valuetext") == "1"
    assert_right(page)


@pytest.mark.parametrize("delta", ["Home", "End"])
def test_the_fit_at_both_ends_of_the_slider(open_page, delta):
    page = open_page(make_fit())
    figure(page).locator("[role=slider]").press("Shift+ArrowUp")
    figure(page).locator("input[type=range]").press(delta)
    assert_right(page)


def test_a_wrong_gradient_is_found(open_page):
    slip = partial(re.sub, r'("gradient": \([^"]*?)-\(delta\)', r"\1-(delta) * 1.0001")
    assert slip(make_curves().html()) != make_curves().html()
    wrong = {"edit": slip}
    page = open_page(make_curves(), **wrong)
    assert_right(page)  # not yet: the slip is on the left side
    figure(page).locator("[role=slider]").first.press("Shift+ArrowLeft")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowLeft")
    with pytest.raises(AssertionError, match="gradient"):
        assert_right(page)
    page = open_page(make_fit(), **wrong)
    figure(page).locator("[role=slider]").press("Shift+ArrowUp")
    with pytest.raises(AssertionError, match="slope"):
        assert_right(page)
    with pytest.raises(AssertionError, match="best"):
        assert_right(open_page(make_guess(), **wrong))


@pytest.mark.parametrize("one", [huber, smooth_l1], ids=lambda one: one.name)
def test_javascript_in_the_browser_is_numpy(new_page, one):
    page = new_page()

    def run(text, calls):
        program = f"(calls) => {{ const loss = {text}; return calls.map((c) => [loss.value(...c), "
        return np.array(page.evaluate(program + "loss.gradient(...c)]); }", calls))

    assert_agrees(one, explorers.javascript(one), run, rtol=0)


# The picture and the explorer in its place.


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("runtime", ["head", "foot", "inline"])
def test_the_explorer_takes_the_place_of_the_picture(open_page, layout, runtime):
    page = open_page(make_curves(), make_fit(), layout=layout, runtime=runtime)
    pictures, figures = page.locator("img").all(), page.locator("figure").all()
    assert len(pictures) == len(figures) == 2
    for picture, shown in zip(pictures, figures, strict=True):
        assert shown.is_visible()
        assert not picture.is_visible()
    page.emulate_media(media="print")
    for picture, shown in zip(pictures, figures, strict=True):
        assert picture.is_visible()
        assert not shown.is_visible()
    assert troubles_of_loading(page) == []
    assert outside(page) == []


@pytest.mark.parametrize("how", ["no scripts", "no runtime", "no such kind"])
def test_else_the_picture_stays(open_page, how):
    page = open_page(
        make_curves(),
        runtime=None if how == "no runtime" else "head",
        java_script_enabled=how != "no scripts",
        edit=lambda page: (
            page.replace('"kind": "curves"', '"kind": "none"') if how == "no such kind" else page
        ),
    )
    assert page.locator("img").is_visible()
    assert not figure(page).is_visible()
    assert len(page.log.errors) == (how == "no such kind")


def test_the_same_explorer_twice(open_page):
    page = open_page(make_curves(), make_curves())
    assert page.locator("figure[data-mounted] svg.lb-panel").count() == 4
    assert page.locator("figure[data-mounted]").count() == 2


# Sizes and themes.


def test_on_a_phone_and_resized(open_page):
    page = open_page(
        make_curves(), make_fit(), make_guess(), make_simplex(), make_springs(), width=390
    )
    panels = page.locator("svg.lb-panel")
    assert troubles_with_width(page) == []
    narrow = [panels.nth(i).bounding_box() for i in range(3)]
    assert narrow[1]["y"] > narrow[0]["y"] + narrow[0]["height"] - 1  # one below the other
    page.set_viewport_size({"width": 1000, "height": 800})
    page.wait_for_function("document.querySelector('svg.lb-panel').clientWidth > 400")
    wide = [panels.nth(i).bounding_box() for i in range(3)]
    assert wide[1]["y"] == wide[0]["y"]
    assert wide[2]["width"] > 2 * narrow[2]["width"]
    sizes = "nodes => nodes.map((n) => getComputedStyle(n).fontSize + n.getScreenCTM().a)"
    assert set(page.locator("svg.lb-panel text").evaluate_all(sizes)) == {"13px1"}
    assert_right(page)


def test_drawn_once_it_is_seen(open_page):
    closed = {"edit": lambda page: page.replace("<main>", "<main><details>")}
    page = open_page(make_curves(), **closed)
    assert not figure(page).is_visible()
    page.locator("details").evaluate("node => { node.open = true }")
    page.wait_for_selector("svg.lb-panel[width]")
    assert_right(page)
    assert page.log.errors == []


@pytest.mark.parametrize("width", [390, 1280])
def test_labels_stay_apart_and_inside(open_page, width):
    page = open_page(make_curves(), make_fit(), make_guess(), width=width)
    for panel in page.locator("svg.lb-panel").all():
        frame = panel.bounding_box()
        boxes = [label.bounding_box() for label in panel.locator(".lb-label").all()]
        boxes.sort(key=lambda box: box["y"])
        assert len(boxes) == 3
        for box in boxes:
            assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1
        for above, below in itertools.pairwise(boxes):
            assert below["y"] >= above["y"] + above["height"] - 4


def test_curves_are_broken_at_jumps(open_page):
    page = open_page(make_curves())
    paths = "nodes => nodes.map((n) => n.getAttribute('d').split('M').length - 1)"
    gradients = page.locator("svg.lb-panel").nth(1).locator(".lb-curve").evaluate_all(paths)
    assert gradients == [1, 1, 3]  # sgn: left, the point at 0, right


@pytest.mark.parametrize("dark", ["html", "body", "system", None])
def test_themes(open_page, dark):
    attribute = {"html": ' data-theme="dark"', "body": ' data-jp-theme-light="false"'}.get(dark, "")
    page = open_page(
        make_curves(),
        make_fit(),
        make_guess(),
        make_simplex(),
        make_springs(),
        dark=dark == "system",
        edit=lambda page: (
            page.replace(f"<{dark}", f"<{dark}{attribute} ", 1) if attribute else page
        ),
    )
    if dark:
        page.add_style_tag(content="body { background: #14181e; color: #e6edf3 }")
    ink = figure(page).evaluate("node => getComputedStyle(node).color")
    assert ink == ("rgb(230, 237, 243)" if dark else "rgb(27, 31, 36)")
    assert barriers(page) == []


# The lattice.


def test_the_lattice_by_keyboard(open_page):
    page = open_page(make_lattice())
    start = state(page)
    assert (start["target"], start["frames"], start["time"]) == ("ab", 4, 4)
    assert_right(page)
    inputs = {
        name: figure(page).locator(f"input[name=lossbook-{name}]")
        for name in ("target", "frames", "time", "posterior", "frame", "probability")
    }
    order = []
    for _ in range(7):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.name.replace('lossbook-', '')"))
    assert order == [*[*inputs][:-1], "class", "probability"]
    inputs["frames"].press("ArrowRight")
    assert (state(page)["frames"], state(page)["time"]) == (5, 5)
    inputs["time"].press("Home")
    shown = figure(page).locator(".lb-cell text").all_text_contents()
    assert [text for text in shown if text] == ["0.6", "0.2"]
    inputs["frame"].press("ArrowRight")
    figure(page).locator("select").select_option("b")
    inputs["probability"].press("End")
    assert state(page)["p"][1] == [0, 0, 1, 0]
    inputs["probability"].press("ArrowLeft")
    assert state(page)["p"][1] == pytest.approx([0.01 / 3, 0.01 / 3, 0.99, 0.01 / 3])
    inputs["posterior"].check()
    assert_right(page)
    figure(page).locator("button").click()
    assert state(page) == start
    assert inputs["frames"].get_attribute("aria-valuetext") == "4"


def test_what_is_typed_into_the_lattice(open_page):
    page = open_page(make_lattice())
    target = figure(page).locator("input[name=lossbook-target]")
    for typed, kept in (("aab", "aab"), ("", ""), ("Cxa b-a", "caba"), ("abcabc", "abca")):
        target.fill(typed)
        assert state(page)["target"] == target.input_value() == kept
        assert_right(page)
    target.fill("aabb")  # needs six frames and has four
    named = readout(page)
    assert named["aabb", "loss"] == float("inf")
    assert named["aabb", "alignments"] == 0
    assert {named[name, "gradient"] for name in "-abc"} == {0}


def test_the_lattice_lists_its_best_alignments(open_page):
    page = open_page(make_lattice())
    found = {key[0]: value for key, value in readout(page).items() if key[1] == "weight"}
    weights = {
        "".join("-abc"[k] for k in path): np.prod(SEEN[np.arange(4), path])
        for path in itertools.product(range(4), repeat=4)
        if [k for k, _ in itertools.groupby(path) if k] == [1, 2]
    }
    assert len(weights) == 15
    best = sorted(weights.values(), reverse=True)[:5]
    assert list(found.values()) == pytest.approx(best)
    assert all(weights[path] == pytest.approx(weight) for path, weight in found.items())
    shares = [value for key, value in readout(page).items() if key[1] == "share"]
    assert shares == pytest.approx(np.array(best) / sum(weights.values()))


@pytest.mark.parametrize("touch", [False, True])
def test_a_circle_chooses_its_frame_and_class(open_page, touch):
    page = open_page(make_lattice(), touch=touch)
    cell = figure(page).locator(".lb-cell").nth(2 * 5 + 3).locator(".lb-fill")
    cell.tap() if touch else cell.click()
    assert (state(page)["frame"], state(page)["class"]) == (3, 2)
    assert figure(page).locator("select").input_value() == "b"
    assert_right(page)


def test_a_wrong_posterior_is_found(open_page):
    page = open_page(make_lattice(), edit=lambda page: page.replace('"p": [[0.6', '"p": [[0.61'))
    with pytest.raises(AssertionError, match=r"gradient|loss|total"):
        assert_right(page)


@pytest.mark.parametrize("width", [390, 1000])
def test_the_lattice_scrolls_in_its_own_box(open_page, width):
    page = open_page(make_lattice(), width=width)
    figure(page).locator("input[name=lossbook-frames]").press("End")
    assert state(page)["frames"] == 10
    assert troubles_with_width(page) == []
    box = figure(page).locator(".lb-scroll")
    narrow = width == 390
    assert figure(page).locator(".lb-hint").is_visible() == narrow
    assert box.evaluate("node => node.scrollWidth > node.clientWidth") == narrow
    sizes = "nodes => nodes.map((n) => getComputedStyle(n).fontSize + n.getScreenCTM().a)"
    assert set(page.locator("svg.lb-lattice text").evaluate_all(sizes)) == {"13px1"}
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "(on) => !on || document.querySelector('.lb-scroll').scrollLeft", arg=narrow
    )
    assert barriers(page) == []


# The guide.


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_guide_by_keyboard(open_page, layout):
    page = open_page(explorers.guide(), layout=layout)
    assert not page.locator("img").is_visible()
    assert state(page) == {"answers": []}
    assert_right(page)
    for key in ("Tab", "Space", "Tab", "Space", "Tab", "ArrowDown"):
        page.keyboard.press(key)
        assert_right(page)
    assert page.locator(".lb-advice code").inner_text() == "huber"
    assert page.locator("legend").count() == 3
    spoken = page.locator("figure [role=status]")
    page.wait_for_function("document.querySelector('[role=status]').textContent.includes('huber')")
    assert guide.ADVICE["huber"].unless in spoken.text_content()
    page.keyboard.press("ArrowUp")
    assert page.locator(".lb-advice code").inner_text() == "squared_error"
    page.keyboard.press("Tab")
    ending = "regression/mse.html" if layout == "site" else "regression/mse.ipynb"
    assert page.evaluate("document.activeElement.href").endswith(ending)
    page.get_by_label("one of two classes").check()  # an earlier answer takes back the later ones
    assert state(page) == {"answers": [1]}
    assert_right(page)
    page.get_by_text("Reset").press("Enter")
    assert state(page) == {"answers": []}
    assert_right(page)
    assert page.log.errors == []
    assert barriers(page) == []


def test_every_way_through_the_guide(open_page):
    page, ways = open_page(explorers.guide(), width=390, touch=True), [()]
    while ways:
        way, at = ways.pop(), guide.QUESTIONS
        for depth, index in enumerate(way):
            page.locator("fieldset").nth(depth).locator("label").nth(index).tap()
            at = at.answers[index].leads
        assert state(page) == {"answers": [*way]}
        assert_right(page)
        assert troubles_with_width(page) == []
        if isinstance(at, guide.Question):
            ways += [(*way, index) for index in range(len(at.answers))]
            page.get_by_text("Reset").tap()


def test_a_wrong_way_is_found(open_page):
    page = open_page(explorers.guide())
    page.get_by_label("an unaligned sequence").check()
    assert_right(page)
    page.evaluate("document.querySelector('.lb-advice code').textContent = 'hinge'")
    with pytest.raises(AssertionError):
        assert_right(page)


def test_two_guides_do_not_answer_for_each_other(open_page):
    page = open_page(explorers.guide(), explorers.guide())
    page.locator("figure").first.get_by_label("what is alike").check()
    page.locator("figure").last.get_by_label("a number").check()
    states = [figure.get_attribute("data-state") for figure in page.locator("figure").all()]
    assert states == ['{"answers":[3]}', '{"answers":[0]}']
    assert page.locator("figure").first.get_by_label("what is alike").is_checked()


@pytest.mark.parametrize("how", ["no scripts", "no runtime"])
def test_without_the_guide_its_picture_stays(open_page, how):
    page = open_page(
        explorers.guide(),
        runtime=None if how == "no runtime" else "head",
        java_script_enabled=how != "no scripts",
    )
    assert page.locator("img").is_visible()
    assert not page.get_by_text(guide.ADVICE["ctc"].why).is_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_the_guide_in_both_themes(open_page, dark):
    page = open_page(explorers.guide(), dark=dark, width=390)
    if dark:
        page.add_style_tag(content="body { background: #14181e; color: #e6edf3 }")
    for label in ("what is alike", "classes of", "alike or not"):
        page.get_by_label(label).check()
    assert page.locator(".lb-advice code").inner_text() == "contrastive"
    assert barriers(page) == []


# On the built site.


def strayed(shown):
    """The places of sliders that do not stand where Reset puts them."""
    read = partial(
        shown.locator("input[type=range]").evaluate_all, "all => all.map((i) => i.value)"
    )
    before = read()
    shown.get_by_role("button", name="Reset").click()
    return [place for place, start in zip(before, read(), strict=True) if place != start]


def test_control_a_slider_that_another_script_moved(open_page):
    page = open_page(make_curves())
    assert strayed(figure(page)) == []
    page.evaluate("document.querySelector('input[type=range]').value = ''")
    assert len(strayed(figure(page))) == 1


def test_every_page_with_explorers_is_tried(site):
    pages = [
        path for path in site.rglob("*.html") if "lossbook-explorer" in path.read_text("utf-8")
    ]
    assert sorted(path.relative_to(site).as_posix() for path in pages) == EXPLORING


@pytest.mark.parametrize("way", ["http", "file"])
@pytest.mark.parametrize("name", EXPLORING)
def test_explorers_of_the_site(new_page, site, server, way, name):
    """Every explorer of the page takes its picture's place and answers to the keyboard."""
    base = server if way == "http" else site.as_uri()
    page = new_page()
    page.goto(f"{base}/{name}")
    figures = page.locator("figure.lossbook-explorer")
    assert figures.count() == page.locator("figure[data-mounted]").count()
    assert figures.count() == page.locator(".lossbook-picture[alt]:not([alt=''])").count()
    for shown in figures.all():
        before = shown.get_attribute("data-state")
        assert strayed(shown) == []
        for control in shown.locator("[role=slider], input[type=range]").all():
            control.press("ArrowLeft")
        for choice in shown.locator("input[type=radio]").all()[-1:]:
            choice.press("Space")
        for link in shown.locator("a").evaluate_all("links => links.map((a) => a.href)"):
            assert (site / link.removeprefix(base).lstrip("/")).is_file()
        assert shown.get_attribute("data-state") != before
    assert_right(page)
    assert page.log.errors == []
