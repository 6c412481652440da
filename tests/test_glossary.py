"""The glossary: two languages, no term twice, none missing, none that no chapter knows."""

import re

import pytest
from prose import CHAPTERS, NOTEBOOKS, PAGES, markdown

PAGE = (CHAPTERS / "appendix" / "glossary.md").read_text(encoding="utf-8")
CHINESE = re.compile("[\u4e00-\u9fff]")

# What the note that the book grew from names, in its own words.
NOTE = """损失函数,成本函数,目标函数,预测值,真实值,回归,分类,排序,检索,匹配,序列预测,样本
均方误差,异常值,噪声,凸,收敛,平均绝对误差,鲁棒,稳健,可导,Huber 损失,平滑,平滑 L1 损失,超参数
交叉熵,二元交叉熵,二分类,多分类,标签,独热,softmax 函数,sigmoid 函数,逻辑回归,神经网络
焦点损失,类别不平衡,难分样本,易分样本,合页损失,支持向量机,决策边界,最大间隔分类器
三元组损失,对比损失,连接时序分类"""
NOTE = set(re.split(r"[,\n]", NOTE))


def entries(text):
    """The entries of a glossary: the English terms, the Chinese terms and the definition."""
    found = []
    for block in re.findall(r"```\{glossary\}\n(.*?)\n```", text, re.DOTALL):
        for entry in block.split("\n\n"):
            lines = entry.splitlines()
            terms = [line for line in lines if not line.startswith(" ")]
            chinese = [term for term in terms if CHINESE.search(term)]
            english = [term for term in terms if term not in chinese]
            found.append((english, chinese, " ".join(lines[len(terms) :]).strip()))
    return found


ENTRIES = entries(PAGE)
TERMS = [term for english, chinese, _ in ENTRIES for term in (*english, *chinese)]


def troubles(found):
    """Entries that lack a language or a definition, that link nowhere, or stand twice."""
    lower = [term.casefold() for english, chinese, _ in found for term in (*english, *chinese)]
    return [
        *(entry for entry in found if not all(entry)),
        *(entry for entry in found if "→ {" not in entry[2]),
        *sorted({term for term in lower if lower.count(term) > 1}),
    ]


def uses(text):
    """The terms that a text refers to."""
    roles = re.findall(r"\{term\}`([^`]+)`", text)
    return [re.sub(r"^.*<(.*)>$", r"\1", role, flags=re.DOTALL) for role in roles]


def unknown(text):
    known = {term.casefold() for term in TERMS}
    return [term for term in uses(text) if " ".join(term.split()).casefold() not in known]


def test_every_entry_has_two_languages_a_definition_and_a_link():
    assert troubles(ENTRIES) == []


@pytest.mark.parametrize(
    "entry",
    [
        "loss\n    What it costs. → {doc}`x`",
        "损失\n    What it costs. → {doc}`x`",
        "loss\n损失\n    What it costs.",
        "loss\n损失\n    One. → {doc}`x`\n\nLoss\n成本\n    Two. → {doc}`x`",
    ],
)
def test_control_entries(entry):
    assert troubles(entries("```{glossary}\nterm\n术语\n    A word. → {doc}`x`\n```")) == []
    assert troubles(entries(f"```{{glossary}}\n{entry}\n```"))


def test_entries_stand_in_order():
    first = [english[0].casefold() for english, _, _ in ENTRIES]
    assert first == sorted(first)
    sections = re.findall(
        r"^## ([A-Z])\n\n```\{glossary\}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE
    )
    for letter, block in sections:
        for english, _, _ in entries(f"```{{glossary}}\n{block}```"):
            assert english[0][0].upper() == letter


def index_of_chinese(text):
    """The rows of the index: the term, and the English one beside it."""
    return re.findall(r"^\|[^|]*\| \{term\}`(.+?)` \| (.+?) \|$", text, re.MULTILINE)


def test_the_index_has_every_chinese_term_and_no_other():
    expected = [(term, english[0]) for english, chinese, _ in ENTRIES for term in chinese]
    assert sorted(index_of_chinese(PAGE)) == sorted(expected)


def test_control_index():
    assert index_of_chinese("| S | {term}`损失` | loss |\n") == [("损失", "loss")]
    assert index_of_chinese("| S | 损失 | loss |\n") == []


# GB 2312 orders its first 3755 characters by pinyin. These are beyond it, or are read otherwise.
READ_AS = str.maketrans("熵弹重校调谛", "商谈虫较条地")


def pinyin(term):
    return [
        character.lower().encode() if character.isascii() else character.encode("gb2312")
        for character in term.translate(READ_AS)
    ]


def test_the_index_is_in_the_order_of_pinyin():
    groups = {}
    letter = ""
    for head, term in re.findall(r"^\| *(\w?) *\| \{term\}`(.+?)` \|", PAGE, re.MULTILINE):
        letter = head or letter
        groups.setdefault(letter, []).append(term)
    assert list(groups) == sorted(groups)
    for terms in groups.values():
        assert terms == sorted(terms, key=pinyin)
    firsts = [
        pinyin(term)[0] for terms in groups.values() for term in terms if not term[0].isascii()
    ]
    assert firsts == sorted(firsts)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_every_term_that_a_page_refers_to_is_there(path):
    assert unknown(markdown(path)) == []


def test_control_terms():
    text = (
        "{term}`outliers <outlier>`, {term}`Loss\nfunction`, {term}`损失函数`, {term}`wrong term`"
    )
    assert unknown(text) == ["wrong term"]


def test_the_terms_of_the_note_are_there():
    assert set(TERMS) >= NOTE


BOOK = [path for path in NOTEBOOKS if path.parent.name not in ("appendix", "solutions")]
KNOWN = " ".join(" ".join(markdown(path).split()) for path in BOOK).casefold()


def unused(found):
    """The entries none of whose English terms a chapter writes."""
    return [
        english[0]
        for english, _, _ in found
        if not any(re.search(rf"\b{re.escape(term.casefold())}", KNOWN) for term in english)
    ]


def test_every_entry_occurs_in_a_chapter():
    assert unused(ENTRIES) == []


def test_control_an_entry_that_no_chapter_knows():
    assert unused([(["wavelet"], ["小波"], "A small wave.")]) == ["wavelet"]
