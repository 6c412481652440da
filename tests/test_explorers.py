"""Explorers without a browser: what each kind takes, the two outputs, colours, the bundle."""

import os
import re
import shutil
import subprocess
from inspect import signature

import numpy as np
import pytest
from test_javascript import SOURCE, logistic, need
from test_solvers import WAITS, too_late

import lossbook
from lossbook import absolute_error, explorers, figures, hinge, huber, squared_error
from lossbook.explorers import parts
from lossbook.guide import OUTSIDE

# One of each kind.


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


BIRDS = [(38.2, 18.1), (40.6, 18.6), (38.1, 17.0), (43.5, 18.1), (40.9, 16.6), (46.0, 18.9)]
KINDS = [-1, -1, -1, 1, 1, 1]


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


# The two outputs.


def test_both_outputs_are_equal_in_every_run():
    made = (
        make_curves,
        lambda: make_fit([1, 2, 4, 7, 9], [1, 2, 2, 4, 12]),
        make_guess,
        make_simplex,
        make_margin,
        make_triplet,
        make_springs,
        make_lattice,
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
    assert inside.count("data-loss=") == len(lossbook.__all__) + len(OUTSIDE)
    name = re.search("explorer-[0-9a-f]{10}", shown.html())[0]
    other = explorers.Explorer(shown.spec, {}, shown.draw, shown.inside + " ")
    assert name not in other.html()


def test_labels_cannot_end_the_script():
    html = make_curves(title="</script><b>", losses={"</script>": huber}).html()
    assert html.count("</script>") == html.count("<script>")


# What each kind takes.


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
        ({"sliders": {"delta": range(0)}}, ValueError, r"sliders\['delta'\] takes finite"),
        ({"value": None, "gradient": None}, ValueError, "at least one takes"),
        (
            {"divide_by": "y"},
            ValueError,
            r"divide_by takes one of the sliders \['delta'\], got 'y'",
        ),
        ({"descent": (0, 1)}, ValueError, r"descent takes learning rates .* above 0, got \(0, 1\)"),
        ({"descent": (1, 0.1)}, ValueError, r"descent takes finite \(low, high\)"),
        ({"descent": 0.1}, TypeError, r"descent takes a pair of numbers \(low, high\), got 0.1"),
        ({"samples": {"one": (1, 1)}}, ValueError, "samples takes two kinds of them or more"),
        ({"samples": {"one": 1, "two": 2}}, TypeError, r"samples\['one'\] takes a pair \(x, how"),
        ({"samples": {"one": (5, 1)}}, ValueError, r"samples\['one'\] takes an x in \(-4.*got 5"),
        ({"samples": {"one": (1, 0)}}, ValueError, r"samples\['one'\] takes a whole number from 1"),
        ({"samples": [1, 2]}, TypeError, r"samples takes a dict \{name: \(x, how many\)\}"),
    ],
)
def test_curves_say_what_they_take(wrong, error, message):
    with pytest.raises(error, match=message):
        make_curves(**wrong)


@pytest.mark.parametrize("one", [lossbook.cross_entropy_with_logits, lossbook.ctc])
def test_curves_take_no_losses_of_vectors_or_sequences(one):
    with pytest.raises(TypeError, match="losses takes losses of numbers at 'it', got"):
        make_curves(losses={"it": one}, sliders={})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"x": [1, 2]}, r"x takes finite numbers of shape \(n,\), n at least 3, got shape \(2,\)"),
        ({"y": [1, 2, np.nan, 4]}, r"y takes finite numbers .*, got nan at \[2\]"),
        ({"y": [1, 2, 3, 4]}, "x and y take as many numbers, got 3 and 4"),
        ({"movable": 3}, "movable takes a whole number from -3 to 2, got 3"),
        ({"x": [1, 1, 2]}, "x takes two different numbers beside the movable one"),
        ({"y_range": (1, 1)}, "y_range takes finite"),
    ],
)
def test_fit_says_what_it_takes(wrong, message):
    with pytest.raises(ValueError, match=message):
        make_fit(**{"x": [1, 2, 3], "y": [1, 2, 4]} | wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"sample": [1, 2]}, "sample takes finite numbers .* n at least 3"),
        ({"sample": [2, 2, 2]}, "sample takes targets that are not all equal"),
        ({"movable": 7}, "movable takes a whole number from -7 to 6, got 7"),
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
        ({"target": 3}, ValueError, "target takes a whole number from 0 to 2, got 3"),
        (
            {"logits": (0, 0)},
            ValueError,
            "logits takes finite numbers of shape .3,., got shape .2,.",
        ),
        ({"logits": (0, 0, 9)}, ValueError, "logits takes 3 numbers from -6 to 6"),
        ({"limit": -1}, ValueError, "limit takes a finite number above 0, got -1"),
    ],
)
def test_simplex_says_what_it_takes(wrong, error, message):
    with pytest.raises(error, match=message):
        make_simplex(**wrong)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"loss": huber}, TypeError, "losses takes losses of vectors at 'huber'"),
        ({"loss": lossbook.triplet}, TypeError, "loss takes a Loss of two vectors and a label"),
        ({"points": [1, 2, 3, 4]}, ValueError, r"points takes finite numbers of shape \(n, 2\)"),
        ({"labels": [0, 0, 0, 0]}, ValueError, "labels takes 0 and 1, both"),
        ({"labels": [0, 1]}, ValueError, "labels takes 0 and 1, both, one for each"),
        ({"sliders": {"delta": (0, 1)}}, ValueError, "take arguments of the losses, got 'delta'"),
    ],
)
def test_springs_say_what_they_take(wrong, error, message):
    with pytest.raises(error, match=message):
        make_springs(**wrong)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"loss": huber}, "loss takes the hinge loss"),
        ({"loss": logistic}, "loss takes the hinge loss"),
        ({"loss": lossbook.focal}, "loss takes the hinge loss"),
        ({"points": [1, 2, 3]}, r"points takes finite numbers of shape \(n, 2\), got shape \(3,\)"),
        ({"points": [(1, np.inf)] * 6}, "points takes finite numbers"),
        ({"labels": [0, 0, 0, 1, 1, 1]}, r"labels takes -1 and \+1, both"),
        ({"labels": [1] * 6}, r"labels takes -1 and \+1, both"),
        ({"labels": [-1, 1]}, r"labels takes -1 and \+1, both, one for each"),
        ({"C_range": (1, 0)}, "C_range takes finite"),
        ({"C_range": (0, 5)}, "C_range takes numbers above 0"),
        ({"C": -1}, "C takes a finite number above 0, got -1"),
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
        ({"letters": "ab"}, r"p takes 1 to 12 rows of 3, got shape \(5, 4\)"),
        ({"p": SEEN / 2}, "p takes probabilities whose rows add up to 1"),
        ({"frames": 6}, "frames takes a whole number from 1 to 5, got 6"),
    ],
)
def test_lattice_says_what_it_takes(wrong, message):
    with pytest.raises(ValueError, match=message):
        make_lattice(**wrong)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"loss": lossbook.contrastive}, TypeError, "loss takes a Loss with a margin and squared"),
        ({"positive": (1, 2, 3)}, ValueError, r"positive takes .* \(2,\), got shape \(3,\)"),
        ({"negative": (0, 4)}, ValueError, r"negative takes \(x, y\) within limits"),
        ({"limits": (3, -3)}, ValueError, "limits takes finite"),
        ({"margin": 1}, TypeError, "margin takes a pair of numbers"),
    ],
)
def test_triplet_says_what_it_takes(wrong, error, message):
    with pytest.raises(error, match=message):
        make_triplet(**wrong)


MADE = {
    "curves": make_curves,
    "fit": lambda **changes: make_fit(**{"x": [1, 2, 4, 7], "y": [1, 2, 2, 4]} | changes),
    "guess": make_guess,
    "guide": explorers.guide,
    "lattice": make_lattice,
    "margin": make_margin,
    "simplex": make_simplex,
    "springs": make_springs,
    "triplet": make_triplet,
}
ARGUMENTS = [
    (kind, name) for kind in MADE for name in signature(getattr(explorers, kind)).parameters
]


@pytest.mark.parametrize(("kind", "name"), ARGUMENTS)
def test_what_no_argument_takes_is_refused_by_name(kind, name):
    for wrong in (object(), np.nan, {1: 2}, [[1], [1, 2]], b"12", ["1", None]):
        with pytest.raises((TypeError, ValueError), match=rf"\b{name}(es)?(\[.*\])? takes"):
            MADE[kind](**{name: wrong})


@pytest.mark.parametrize("kind", MADE)
def test_control_right_arguments_are_taken(kind):
    assert MADE[kind]().spec["kind"] == kind


# The words beside the letters of sliders.


@pytest.mark.parametrize("kind", MADE)
def test_sliders_have_words(kind):
    for moved in MADE[kind]().spec.get("parameters", []):
        assert len(moved["words"]) > 3
        assert moved["symbol"] != moved["words"]


# Labels where the lines are, in the pictures too.


def test_a_label_of_a_picture_goes_where_its_line_is_last_seen():
    x = np.arange(4.0)
    for line, end in (
        ([1, 2, 3, 3.5], (3, 3.5)),
        ([1, 2, 3, 5], (2.5, 4)),
        ([1, 2, 3, -3], (2.5, 0)),
        ([1, 2, 3, np.nan], (2, 3)),
        ([1, 2, 3, np.inf], (2, 3)),
    ):
        assert parts.last_seen(x, np.array(line, float), (0, 4)) == end
    assert parts.last_seen(x, x + 9, (0, 4)) is None


def test_labels_of_pictures_keep_their_distance():
    assert parts.spread([50, 51, 52, 98, 99], 10, (0, 100)) == [50, 60, 70, 90, 100]
    assert parts.spread([20, 60], 10, (0, 100)) == [20, 60]


# Handles start where they say.


@pytest.mark.parametrize(
    ("make", "changes", "message"),
    [
        (make_curves, {"value": (0, 1)}, r"probe takes .* the loss 'Huber' .*value, \(0.0, 1.0\)"),
        (make_curves, {"gradient": (0, 0.5)}, r"probe takes .* the gradient 'Huber' lies in"),
        (make_curves, {"probe": -4, "gradient": (-0.5, 3)}, "got -4, where it is -1"),
        (make_guess, {"start": 46, "value": (0.6, 1.5)}, "start takes a guess whose cost"),
        (MADE["fit"], {"x_range": (0, 5)}, r"x_range takes a range that holds the movable point"),
        (MADE["fit"], {"y_range": (5, 9)}, r"y_range takes a range that holds the movable point"),
        (make_margin, {"x_range": (39, 54)}, "x_range takes a range that holds all points"),
        (make_springs, {"y_range": (1, 2.6)}, "y_range takes a range that holds all points"),
    ],
)
def test_no_handle_starts_off_its_place(make, changes, message):
    with pytest.raises(ValueError, match=message):
        make(**changes)


# Looks.


def test_an_explorer_takes_the_looks_of_its_losses_whatever_their_order():
    losses = {"a": absolute_error, "s": squared_error, "h": huber}
    for order in (["a", "s", "h"], ["h", "a", "s"]):
        shown = make_curves(losses={name: losses[name] for name in order})
        for curve in shown.spec["curves"]:
            assert parts.style_of(curve) == figures.look(losses[curve["label"]])


def test_the_two_forms_of_the_triplet_loss_have_its_colour():
    first, second = map(parts.style_of, make_triplet().spec["curves"])
    assert first == figures.look(lossbook.triplet)
    assert second["color"] == first["color"]
    assert second["linestyle"] != first["linestyle"]


def test_the_dashes_of_the_page_are_as_many_as_those_of_pictures():
    style = (SOURCE / "src/style.css").read_text("utf-8")
    dashes = re.findall(r"\.lb-d(\d) \{ --lb-dash: ([^;]+); \}", style)
    assert [int(number) for number, _ in dashes] == [*range(1, len(figures.DASHES) + 1)]
    assert len({dash for _, dash in dashes}) == len(dashes)


# Colours.


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
    assert tuple(themes[0][str(i)] for i in range(1, 7)) == figures.COLOURS
    names = re.findall(r"const (\w+) = (\d)", (SOURCE / "src/styles.js").read_text("utf-8"))
    assert names[0] == ("INK", "0")
    named = {int(number): getattr(figures, name) for name, number in names[1:]}
    assert named == dict(enumerate(figures.COLOURS, 1))
    for theme, pages in zip(themes, (["#ffffff", "#f7f7f7"], ["#14181e", "#111111"]), strict=False):
        for name, colour in theme.items():
            assert min(contrast(colour, page) for page in pages) >= 4.5, (name, colour)


@pytest.mark.parametrize("bundle", ["lossbook/static/explorers", "site/static/exercises"])
def test_the_bundle_has_every_class_of_its_style_as_a_word(bundle):
    """Else the built site, which leaves out what no page uses, leaves out its style."""
    style, script = (
        (SOURCE.parent / f"{bundle}.{kind}").read_text("utf-8") for kind in ("css", "js")
    )
    assert unmade(style, script) == set()
    assert unmade(style + ".lb-c99{}", script + '"lb-c" + 99') == {"lb-c99"}


def unmade(style, script):
    """The classes of explorers and exercises in a style that are no words of a script."""
    return set(re.findall(r"\.((?:lb|answer)-[\w-]+)", style)) - set(re.findall(r"[\w-]+", script))


# The bundle.


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


@pytest.mark.parametrize(
    ("name", "old"),
    [("lossbook/static/explorers.js", "lb-guide"), ("site/static/katex/katex.css", "KaTeX_Main")],
)
def test_a_changed_bundle_is_found(modules, tmp_path, name, old):
    shutil.copytree(modules / "src", tmp_path / "explorers/src")
    shutil.copy(modules / "build.js", tmp_path / "explorers")
    shutil.copy(modules / "package.json", tmp_path / "explorers")
    (tmp_path / "explorers/node_modules").symlink_to(modules / "node_modules")
    for folder in ("lossbook/static", "site"):
        shutil.copytree(SOURCE.parent / folder, tmp_path / folder)
    assert check_bundle(tmp_path / "explorers").returncode == 0
    bundle = tmp_path / name
    bundle.write_text(bundle.read_text("utf-8").replace(old, "changed"), "utf-8")
    assert "is not what the source gives" in check_bundle(tmp_path / "explorers").stderr


def test_the_parts_in_node(modules):
    run = subprocess.run(
        [shutil.which("npm"), "test"], cwd=modules, capture_output=True, encoding="utf-8"
    )
    assert run.returncode == 0, run.stdout[-3000:]


def test_the_lock_file_names_no_registry():
    assert "resolved" not in (SOURCE / "package-lock.json").read_text("utf-8")
