"""The Chinese catalogues: nothing untranslated, and all that is no language as in the English."""

import json
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.messages.pofile import read_po
from docutils import nodes
from markdown_it import MarkdownIt
from sphinx.builders.gettext import Catalog
from test_exercises import EXERCISES
from test_glossary import TERMS

from lossbook import explorers
from lossbook.exercises import check, page_data

sys.path.insert(0, str(Path(__file__).parent.parent / "site"))
import book_exercises
from book_site import translate_explorers
from translation import has_words, spoken, words

ROOT = Path(__file__).resolve().parent.parent

CATALOGUES = ROOT / "locale" / "zh_CN" / "LC_MESSAGES"
WORDS = ("site", "explorers", "exercises", "formulas")  # what stands in no page
PATHS = sorted(CATALOGUES.rglob("*.po"))

QUOTATION = re.compile(r'<small lang="zh">.*?</small>')
FORMULA = re.compile(r"\$\$?[^$]+\$\$?")
ROLE = re.compile(r"\{([\w:]+)\}`([^`]*)`")
CODE = re.compile(r"(?<!\})(`+)(.+?)\1")
LINK = re.compile(r"\]\(([^)]*)\)")
TAG = re.compile(r"<[^<>]+>")
PLACE = re.compile(r"\{\w*\}")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
CHINESE = "\u3400-\u9fff"
SIGNS = "，。；：？！（）“”‘’《》、…—"
# Names that Chinese leaves as they are although they are written in small letters.
NAMES = {"lossbook", "numpy", "sympy", "optax", "scikit-learn", "sklearn", "torch", "torchvision"}
NAMES |= {"keras", "jax", "pytorch-metric-learning"}
# Formulas, and texts of exercises.
NAMES |= {"kappa", "epsilon", "a", "ab", "ba", "hello", "helo", "hhellloo"}
# Words that the style sheet rules out, in the last column of its table of terms.
STYLE = (ROOT / "locale" / "zh_CN" / "STYLE.md").read_text("utf-8")
RULED_OUT = re.findall(r"^\|.*\| ([^|（]+) \|$", STYLE.split("| 不用 |")[1], re.MULTILINE)
FORBIDDEN = [word for words in RULED_OUT for word in words.split("、") if word.strip(":- ")]


def role(match):
    """A role without the words that it shows: its name and where it leads."""
    name, text = match
    target = re.search(r"<([^<>]*)>\s*$", text)
    return name, target[1] if target else text


def fixed(text):
    """The parts of a message that no language changes, by kind, and the text without them."""
    found = {"quotation of the note": Counter(QUOTATION.findall(text))}
    text = QUOTATION.sub("", text)
    found["formula"] = Counter(FORMULA.findall(text))
    text = FORMULA.sub("$", text)
    found["role"] = Counter(map(role, ROLE.findall(text)))
    text = ROLE.sub(lambda match: re.sub(r"\s*<[^<>]*>\s*$", "", match[2]), text)
    found["code"] = Counter(match[1] for match in CODE.findall(text))
    text = CODE.sub("`", text)
    found["link"] = Counter(LINK.findall(text))
    text = LINK.sub("]", text)
    found["tag"] = Counter(TAG.findall(text))
    text = TAG.sub("", text)
    found["place"] = Counter(PLACE.findall(text))
    return found, PLACE.sub("", text)


def troubles(source, translation, *, is_markdown=True):
    """What is wrong with a translation, as sentences."""
    if not translation:
        return ["it is not translated"]
    said = []
    parts, english = fixed(source)
    there, chinese = fixed(translation)
    for kind in parts:
        if lost := parts[kind] - there[kind]:
            said.append(f"a {kind} is missing: {list(lost)}")
        if more := there[kind] - parts[kind]:
            said.append(f"a {kind} is not in the source: {list(more)}")
    if lost := Counter(NUMBER.findall(english)) - Counter(NUMBER.findall(chinese)):
        said.append(f"a number is missing: {list(lost)}")
    if is_markdown and MarkdownIt().parse(translation)[0].type not in (
        "paragraph_open",
        "html_block",
    ):
        said.append("Markdown takes it for a list or a heading: write 1\\\\. for 1.")
    if is_markdown and "*" in markdown(translation):
        said.append("Markdown does not see what is bold or emphasised")
    said += [f"{word} is not the word of the glossary" for word in FORBIDDEN if word in chinese]
    if source != translation or not is_name(english):
        said += chinese_troubles(chinese)
        if re.search("[A-Za-z]", english) and not re.search(f"[{CHINESE}]", chinese):
            said.append("it has no Chinese word")
    return said


def markdown(text):
    """A message as HTML without its code: Markdown sees no `**` between a letter and a sign."""
    return re.sub("<code>.*?</code>", "", MarkdownIt().renderInline(FORMULA.sub("$x$", text)))


def is_name(text):
    """Whether all words are names: they begin with a capital, or are known as names."""
    words = re.findall(r"[A-Za-z][\w.-]*", text)
    return all(word in NAMES or not word.islower() or "_" in word or "." in word for word in words)


def chinese_troubles(text):
    """What Chinese would write in another way."""
    said = []
    near = f"[{CHINESE}{SIGNS}]"
    if found := re.findall(
        f".{{0,6}}{near} +[\\w$`*({CHINESE}].{{0,6}}|.{{0,6}}[\\w$`)] +{near}.{{0,6}}", text
    ):
        found = [one for one in found if not re.search(r"练习 \d", one)]
        if found:
            said.append(f"a space beside Chinese: {found}")
    if found := re.findall(
        f".{{0,6}}[{CHINESE}][,;:?!()].{{0,6}}|.{{0,6}}[,;:?!()][{CHINESE}].{{0,6}}", text
    ):
        said.append(f"a sign of English beside Chinese: {found}")
    if found := re.findall(f".{{0,6}}[{CHINESE}$`][.](?:$|[{CHINESE}\\s]).{{0,6}}", text):
        said.append(f"a full stop of English: {found}")
    return said


def messages(path):
    with path.open("rb") as file:
        return [message for message in read_po(file) if message.id]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.relative_to(CATALOGUES).as_posix())
def test_every_message_is_translated_and_keeps_what_is_no_language(path):
    wrong = []
    for message in messages(path):
        if path.stem == "glossary" and message.id == message.string in TERMS:
            continue  # the index leads from Chinese to English
        said = troubles(message.id, message.string, is_markdown=path.stem not in WORDS)
        said += ["it is fuzzy"] * message.fuzzy
        wrong += [f"{message.id}\n  {message.string}\n  -> {trouble}" for trouble in said]
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize(
    ("source", "translation", "trouble"),
    [
        ("The mean.", "", "not translated"),
        ("The mean $m$.", "均值$n$。", "formula is missing"),
        ("The mean.", "均值$m$。", "formula is not in the source"),
        ("The {term}`mean`.", "{term}`均值 <median>`。", "role is missing"),
        ("The `mean`.", "`均值`。", "code is missing"),
        ("The [mean](a.md).", "[均值](b.md)。", "link is missing"),
        ("The mean<br>", "均值", "tag is missing"),
        ("{n} of 7", "7个", "place is missing"),
        ("The mean of 7.", "七个的均值。", "number is missing"),
        ("The **mean**.", "**均值。", "does not see"),
        ("The likelihood", "最大似然", "not the word"),
        ("1. The mean", "1. 均值", "a list"),
        ("The mean", "The mean", "no Chinese"),
        ("The mean of MSE", "MSE 的均值", "a space"),
        ("The mean, the median", "均值,中位数", "sign of English"),
        ("The mean.", "均值.", "full stop"),
        ("**The mean.** It", "**均值。**它", "does not see"),
        ("The **(mean)**", "其**（均值）**了", "does not see"),
    ],
)
def test_a_wrong_translation_is_refused(source, translation, trouble):
    assert any(trouble in said for said in troubles(source, translation))


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        (
            "The {term}`mean` of $x$, **{doc}`here <../a>`**.",
            "$x$的{term}`均值 <mean>`，**{doc}`见此 <../a>`**。",
        ),
        ("MSE", "MSE"),
        ("1. The mean", r"1\. 均值"),
        ("Exercise 3 of 7", "练习 3，共7题"),
        ("about 1,000 of {n}", "{n}中约1,000个"),
        ("{label}: {numbers}", "{label}：{numbers}"),
    ],
)
def test_a_right_translation_passes(source, translation):
    assert troubles(source, translation) == []


# What scripts say, and what pages hand to them.


def edition(language, builder="html"):
    """What `words` needs of Sphinx."""
    catalogs = defaultdict(Catalog)
    return SimpleNamespace(
        srcdir=ROOT,
        config=SimpleNamespace(language=language),
        builder=SimpleNamespace(name=builder, catalogs=catalogs),
    )


ENGLISH, CHINESE_EDITION = edition("en"), edition("zh_CN")


def dictionary():
    """What `write_words` writes for the Chinese edition."""
    said = {text: words(CHINESE_EDITION, domain)(text) for domain, text in spoken()}
    return f"globalThis.lossbookWords = {json.dumps(said)};"


def unknown(said):
    """The words of scripts that the Chinese edition leaves in English: pairs (catalogue, text)."""
    return [
        (domain, text)
        for domain, text in said
        if has_words(text) and words(CHINESE_EDITION, domain)(text) == text
    ]


def test_the_dictionary_has_every_word_of_the_scripts():
    said = list(spoken())
    assert len(said) > 100
    assert unknown(said) == []
    assert unknown([("explorers", "loss"), ("explorers", "a new word")]) == [
        ("explorers", "a new word")
    ]


def unseen(text):
    """How many times a script asks for words, less those that are seen when they are gathered."""
    return len(re.findall(r"\bsay\(", text)) - len(re.findall(r"\bsay\(\s*[\"]", text))


def test_all_words_of_the_scripts_are_gathered():
    sources = [
        path.read_text("utf-8")
        for path in (ROOT / "explorers/src").rglob("*.js")
        if path.name != "words.js"
    ]
    assert sum(text.count("say(") for text in sources) == len(list(spoken()))
    assert not any(map(unseen, sources))
    assert unseen("say(name)") == unseen("say(`a loss`)") == 1


def shown(app, html):
    """The HTML of a cell, as an edition shows it."""
    page = nodes.container("", nodes.raw("", html, format="html"))
    translate_explorers(app, page, "index")
    return page.astext()


@pytest.fixture
def guide(monkeypatch):
    monkeypatch.setenv("LOSSBOOK_STORED", "1")
    return explorers.guide().html()


def test_an_explorer_keeps_its_html_in_english(guide):
    assert shown(ENGLISH, guide) == guide
    other = guide.replace('"a number"', '"another number"')
    assert shown(ENGLISH, other) != guide


def test_an_explorer_speaks_chinese(guide):
    html = shown(CHINESE_EDITION, guide)
    spec = json.loads(re.search(r"\{\.\.\.(\{.*\}), losses", html)[1])
    assert spec["label"] == "怎样选择损失"
    assert spec["question"]["answers"][0]["label"] == "一个数"
    assert spec["question"]["answers"][-1]["leads"] == "ctc"
    assert "<dt>公式</dt>" in html
    assert ">对比损失</a>" in html
    assert "(y, y_hat)，是我们的2倍</dd>" in html
    assert html.count("<") == guide.count("<")


def data_in_chinese(name):
    return book_exercises.translated(page_data(name), words(CHINESE_EDITION, "exercises"))


def test_an_exercise_gives_its_words_in_chinese():
    data = data_in_chinese("choosing-1")
    assert data["wanted"] == ["quantile"]
    assert data["words"]["quantile"] == "分位数"
    english = book_exercises.translated(page_data("choosing-1"), words(ENGLISH, "exercises"))
    assert english == page_data("choosing-1")
    for name, _ in EXERCISES:
        data = data_in_chinese(name)
        for text in [data["shows"], *(slip for slip, _ in data.get("slips", []))]:
            assert re.search(f"[{CHINESE}]", text) or is_name(text), text


def test_a_solution_says_right_in_chinese():
    for name, answer in (("huber-1", 1.5), ("hinge-7", [-0.6667, 1.6667])):
        html = check(name, answer)._repr_html_()
        page = nodes.container("", nodes.raw("", html, format="html"))
        book_exercises.translate_verdicts(page, words(ENGLISH, "exercises"))
        assert page.astext() == html
        book_exercises.translate_verdicts(page, words(CHINESE_EDITION, "exercises"))
        assert "✓ 正确" in page.astext()
        assert f" ({name})</div>" in page.astext()


def test_catalogues_record_what_pages_translate(guide):
    app = edition("en", builder="gettext")
    assert shown(app, guide) == guide
    recorded = app.builder.catalogs["explorers"].messages
    assert "How to choose a loss" in recorded
    assert "The squared error is least at the mean, whatever the shape of the noise." in recorded
    assert "ctc" not in recorded
    assert set(recorded) <= {m.id for m in messages(CATALOGUES / "explorers.po")}
