"""The numbers that an explorer shows on a page, compared to those that lossbook computes."""

import json
import re

import numpy as np
import pytest
from test_site import settle

import lossbook
from browser.examples import CURVES, make_triplet
from lossbook import fits, guide
from lossbook.sequence import path_polynomial

LOSSES = {name: getattr(lossbook, name) for name in lossbook.__all__}
LOSSES |= {one.name: one for one in CURVES.values()} | make_triplet().losses


def figure(page):
    return page.locator("figure.lossbook-explorer").first


def state(page):
    """The state of the first explorer of a page."""
    return json.loads(figure(page).get_attribute("data-state"))


def readout(shown):
    """The numbers below a figure, or the only one of a page: {(curve, quantity): number}."""
    settle(getattr(shown, "page", shown))
    cells = shown.locator("td[data-value]").evaluate_all(
        "cells => cells.map((c) => [c.dataset.curve, c.dataset.quantity, +c.dataset.value])"
    )
    return {(curve, quantity): value for curve, quantity, value in cells}


def centre(locator):
    settle(locator.page)
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def handle(page):
    return figure(page).locator("[role=slider] .lb-grip").first


def assert_right(page, others=False):
    """The numbers below each explorer are what lossbook computes for what the reader chose.

    others: whether there may be losses that are not in lossbook, such as a chapter's own.
    """
    settle(page)
    explorers_of_page = re.findall(r'push\(\["([\w-]+)", \{\.\.\.(\{.*\}), losses:', page.content())
    compared = 0
    for name, spec in explorers_of_page:
        spec, shown = json.loads(spec), page.locator(f"figure[id={name}]").first
        now = json.loads(shown.get_attribute("data-state"))
        found = readout(shown) if spec["curves"] else {}
        if spec["kind"] == "guide":
            compared += 1
            assert_guided(shown, now["answers"])
        for curve in spec["curves"]:
            if others and curve["loss"] not in LOSSES:
                continue
            compared += 1
            expect = EXPECT[spec["kind"]]
            for quantity, value in expect(spec, now, curve, LOSSES[curve["loss"]]).items():
                of = quantity if isinstance(quantity, tuple) else (curve["label"], quantity)
                close = pytest.approx(value, rel=1e-9, abs=1e-9)
                assert found[of] == close, (curve["label"], quantity)
    assert compared


def assert_guided(shown, answers):
    """The questions are those that the answers lead to, then comes the advice."""
    at, asked = guide.QUESTIONS, []
    for index in answers:
        asked.append(at.ask)
        at = at.answers[index].leads
    if isinstance(at, guide.Question):
        asked, advised = [*asked, at.ask], []
    else:
        advised = [at]
    assert shown.locator("legend").all_text_contents() == asked
    names = shown.locator(".lb-advice .lb-name").all_text_contents()
    assert names == [guide.name_of(name) for name in advised]
    for name in advised:
        one = (guide.ADVICE | guide.OUTSIDE)[name]
        assert shown.locator(".lb-advice").get_by_text(one.unless).is_visible()
        links = [a.get_attribute("href") for a in shown.locator(".lb-advice a").all()]
        if name in guide.OUTSIDE:
            assert links.pop() == guide.address(one.source)
        notebook = shown.locator(
            "xpath=ancestor::*[contains(@class, 'jp-OutputArea-child')]"
        ).count()
        ending = f"{one.chapter}.{'ipynb' if notebook else 'html'}"
        assert len(links) == bool(one.chapter)
        assert all(link.endswith(ending) for link in links)


# The readout of each kind of explorer: {quantity: number} of a curve.


def arguments(curve, one, now, leading):
    names = list(one.signature.parameters)[leading:]
    return {name: {**now, **curve["given"]}[name] for name in names}


def expect_curves(spec, now, curve, one):
    divisor = (spec["divide"] or {}).get("name")
    moved = divisor in one.signature.parameters and divisor not in curve["given"]
    scale = now[divisor] if moved and now["divided"] else 1
    value, gradient = one.value_and_grad(now["x"], **arguments(curve, one, now, leading=1))
    both = {"value": value / scale, "gradient": gradient / scale}
    shown = {panel["of"]: both[panel["of"]] for panel in spec["panels"]}
    if "balls" in now:
        balls = now["balls"] or [now["x"]] * len(spec["curves"])
        shown["ball"] = balls[spec["curves"].index(curve)]
    if "samples" in spec:
        first, *others = (
            sample["count"]
            * abs(
                one.grad(
                    now["x"] if sample["x"] is None else sample["x"],
                    **arguments(curve, one, now, leading=1),
                )
            )
            for sample in spec["samples"]
        )
        shown["share"] = first / (first + sum(others))
    return shown


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


def expect_lattice(spec, now, curve, one):
    classes, t = "-" + spec["letters"], now["frame"] - 1
    target = [classes.index(letter) for letter in now["target"]]
    p = np.array(now["p"][: now["frames"]])
    with np.errstate(divide="ignore"):
        loss, gradient = one.value_and_grad(np.log(p)[None], [target])
    named = now["target"] or "(no letters)"
    counted = path_polynomial(np.ones(p.shape, int), target)
    found = {(named, "loss"): loss[0], (named, "total"): np.exp(-loss[0])}
    found |= {(named, "alignments"): counted}
    for k, name in enumerate(classes):
        found |= {(name, "p"): p[t, k], (name, "gradient"): gradient[0, t, k]}
        found |= {(name, "posterior"): p[t, k] - gradient[0, t, k]} if loss[0] < np.inf else {}
    return found


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


EXPECT = {
    "curves": expect_curves,
    "fit": expect_fit,
    "guess": expect_guess,
    "lattice": expect_lattice,
    "margin": expect_margin,
    "simplex": expect_simplex,
    "springs": expect_springs,
    "triplet": expect_triplet,
}


# A fault, for the tests of these tests.


def slip(page):
    """Change the gradient of Huber's loss on its left side."""
    wrong = re.sub(r'("gradient": \([^"]*?)-\(delta\)', r"\1-(delta) * 1.0001", page)
    assert wrong != page
    return wrong
