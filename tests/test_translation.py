"""The Chinese catalogues: nothing untranslated, and all that is no language as in the English."""

import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from test_glossary import TERMS

ROOT = Path(__file__).resolve().parent.parent
CATALOGUES = ROOT / "locale" / "zh_CN" / "LC_MESSAGES"
PATHS = sorted(CATALOGUES.rglob("*.po"))

FORMULA = re.compile(r"\$\$?[^$]+\$\$?")
ROLE = re.compile(r"\{([\w:]+)\}`([^`]*)`")
CODE = re.compile(r"(?<!\})(`+)(.+?)\1")
LINK = re.compile(r"\]\(([^)]*)\)")
TAG = re.compile(r"<[^<>]+>")
PLACE = re.compile(r"\{\w*\}")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
STRONG = re.compile(r"\*\*")
CHINESE = "\u3400-\u9fff"
SIGNS = "，。；：？！（）“”‘’《》、…—"
# Names that Chinese leaves as they are although they are written in small letters.
NAMES = {"numpy", "sympy", "optax", "scikit-learn", "torch", "keras", "jax", "sklearn"}
NAMES |= {"kappa", "epsilon", "hello", "helo", "hhellloo"}  # formulas and texts of exercises
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
    found = {"formula": Counter(FORMULA.findall(text))}
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


def troubles(source, translation):
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
    if len(STRONG.findall(translation)) % 2:
        said.append("a ** has no other")
    said += [f"{word} is not the word of the glossary" for word in FORBIDDEN if word in chinese]
    if source != translation or not is_name(english):
        said += chinese_troubles(chinese)
        if re.search("[A-Za-z]", english) and not re.search(f"[{CHINESE}]", chinese):
            said.append("it has no Chinese word")
    return said


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
        found = [one for one in found if not re.search(r"练习 \d|性质 \d", one)]
        if found:
            said.append(f"a space beside Chinese: {found}")
    if found := re.findall(
        f".{{0,6}}[{CHINESE}][,;:?!()].{{0,6}}|.{{0,6}}[,;:?!()][{CHINESE}].{{0,6}}", text
    ):
        said.append(f"a sign of English beside Chinese: {found}")
    if found := re.findall(f".{{0,6}}[{CHINESE}$`][.](?:$|[{CHINESE}\\s]).{{0,6}}", text):
        said.append(f"a full stop of English: {found}")
    if found := re.findall(f"\\*\\*[^*]*[{SIGNS}]\\*\\*[{CHINESE}$`\\w]", text):
        said.append(f"Markdown does not see the end of what is bold: {found}")
    if found := re.findall(f"[{CHINESE}$`\\w]\\*\\*[（“‘《][^*]*\\*\\*", text):
        said.append(f"Markdown does not see the beginning of what is bold: {found}")
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
        said = troubles(message.id, message.string)
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
        ("The **mean**.", "**均值。", "no other"),
        ("The likelihood", "最大似然", "not the word"),
        ("The mean", "The mean", "no Chinese"),
        ("The mean of MSE", "MSE 的均值", "a space"),
        ("The mean, the median", "均值,中位数", "sign of English"),
        ("The mean.", "均值.", "full stop"),
        ("**The mean.** It", "**均值。**它", "end of what is bold"),
        ("The **(mean)**", "其**（均值）**", "beginning of what is bold"),
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
        ("Exercise 3 of 7", "练习 3，共7题"),
        ("about 1,000 of {n}", "{n}中约1,000个"),
        ("{label}: {numbers}", "{label}：{numbers}"),
    ],
)
def test_a_right_translation_passes(source, translation):
    assert troubles(source, translation) == []
