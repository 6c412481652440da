"""The search of the site: under each of its names, a page is the first or second that is found."""

import json
import re
from pathlib import Path

import pytest
import yaml
from sphinx_external_toc.parsing import parse_toc_yaml

ROOT = Path(__file__).parent.parent
WORDS = yaml.safe_load((ROOT / "site/pages.yml").read_text("utf-8"))
PAGES = [*parse_toc_yaml(ROOT / "_toc.yml")]

# What readers type, and the end of the name of the page that they look for.
FIRST = {
    "loss_functions": "loss function; cost function; empirical risk; 损失函数; 目标函数",
    "mse": "MSE; L2 loss; mean squared error; RMSE; least squares; nn.MSELoss; "
    "mean_squared_error; 均方误差; 均方",
    "mae": "MAE; L1 loss; absolute error; median; MAPE; log-cosh; 平均绝对误差",
    "huber": "huber; huber delta; smooth l1; F.smooth_l1_loss; keras.losses.Huber(); "
    "M-estimator; Hubber; Huber 损失",
    "cross_entropy": "log loss; NLL; softmax; perplexity; label smoothing; cross entropy; BCE; "
    "crossentropy; torch.nn.CrossEntropyLoss; sklearn.metrics.log_loss; BCEWithLogitsLoss; "
    "pos_weight; KL divergence; negative log likelihood; "
    "logistic regression; 交叉熵; 二元交叉熵; 交叉熵损失函数",
    "focal": "focal; Focal Loss; class imbalance; gamma; RetinaNet; 焦点损失",
    "hinge": "SVM; hinge; margin; support vectors; kernel; 合页损失; 铰链损失; 支持向量机",
    "contrastive": "InfoNCE; NT-Xent; siamese; temperature; collapse; 对比损失; 对比学习",
    "triplet": "triplet; semi-hard; hard negatives; collapse; FaceNet; triplet loss; 三元组损失",
    "ctc": "CTC; CTC blank; beam search; forward-backward; speech recognition; 连接时序分类",
    "choosing": "which loss should I use; how to choose a loss",
    "cheat_sheet": "cheat sheet; cheatsheet",
    "conventions": "reduction mean; from_logits; PyTorch",
    "broken": "nan; why is my loss nan; overflow; numerical stability",
    "claims": "claims of the note",
    "notation": "notation; symbols",
    "glossary": "glossary",
    "references": "references; bibliography",
}
QUERIES = [(query, page) for page, queries in FIRST.items() for query in queries.split("; ")]
QUERIES += [
    ("quantile", "mae|quantile"),
    ("pinball", "mae|quantile"),
    ("分位数损失", "mae|quantile"),
    # Two letters that have changed places, American spelling, and two words in one.
    ("focla loss", "focal"),
    ("entorpy", "cross_entropy"),
    ("tirplet", "triplet"),
    ("multilabel", "cross_entropy"),
    ("MLE", "loss_functions"),
]

# What readers of Chinese type besides, in the Chinese edition.
CHINESE = {
    "loss_functions": "损失函数; 目标函数; 经验风险; 代价函数",
    "mse": "均方误差; 最小二乘; 平方误差; 偏差与方差; 过拟合",
    "mae": "平均绝对误差; 分位数; 分位数损失; 弹球损失; 中位数",
    "huber": "Huber损失; 平滑L1损失; 稳健回归; 影响函数",
    "cross_entropy": "交叉熵; 二元交叉熵; 标签平滑; 困惑度; 温度; 校准; 知识蒸馏; 逻辑回归",
    "focal": "焦点损失; 聚焦损失; 类别不平衡; 目标检测; 难分样本",
    "hinge": "铰链损失; 合页损失; 支持向量机; 间隔; 核函数",
    "contrastive": "对比损失; 对比学习; 孪生网络; 度量学习",
    "triplet": "三元组损失; 锚点; 难负样本",
    "ctc": "连接时序分类; 空白符; 语音识别; 前向后向算法; 束搜索",
    "choosing": "怎样选择损失; 如何选择",
    "conventions": "约定; 各库的约定; 归约",
    "broken": "溢出; 数值稳定性; 下溢",
    "glossary": "术语表",
    "notation": "记号",
}
CHINESE_QUERIES = [
    (query, page) for page, queries in CHINESE.items() for query in queries.split("; ")
]

FIND = "queries => queries.map((q) => bookSearch.find(q).map(({ page }) => page.name))"


@pytest.fixture
def search(new_page, site):
    page = new_page()
    page.goto(f"{site.as_uri()}/search.html")
    return page


def lost(page, queries=QUERIES):
    """The queries whose page is neither the first nor the second found, with those that are."""
    found = zip(queries, page.evaluate(FIND, [query for query, _ in queries]), strict=True)
    return {
        query: names[:2]
        for (query, wanted), names in found
        if not any(re.fullmatch(wanted, name.rpartition("/")[2]) for name in names[:2])
    }


def test_what_readers_type_is_found(search):
    assert lost(search) == {}


def test_what_readers_of_chinese_type_is_found(new_page, site):
    page = new_page()
    page.goto(f"{site.as_uri()}/zh/search.html?q=均方误差")
    # In English "margin" is first of all the hinge's; three losses have one.
    english = [query for query in QUERIES if query != ("margin", "hinge")]
    assert lost(page, english + CHINESE_QUERIES) == {}
    first = page.locator("#search-results li").first
    assert first.locator("a").text_content().startswith("均方误差")
    assert "均方误差" in first.locator("p.context mark").first.text_content()
    assert re.fullmatch(r"找到\d+个网页。", page.locator("[role=status]").text_content())
    assert not page.log.errors


def test_both_spellings_find_the_same(search):
    for one, other in (
        ("regularization", "regularisation"),
        ("minimize", "minimise"),
        ("normalization", "normalisation"),
        ("labeled", "labelled"),
        ("behavior", "behaviour"),
    ):
        found, expected = search.evaluate(FIND, [one, other])
        assert found == expected != [], one


def test_what_is_not_in_the_book_is_not_found(search):
    assert search.evaluate(FIND, ["dropout", "convolution kernel size"])[0] == []


def test_who_comes_back_finds_what_was_searched_for(new_page, server):
    page = new_page()
    page.goto(f"{server}/search.html?q=hinge")
    page.fill("main input[type=search]", "ctc blank")
    page.locator("#search-results a").first.click()
    page.go_back()
    assert page.locator("main input[type=search]").input_value() == "ctc blank"
    page.locator(".edition-switch").click()
    assert page.locator("main input[type=search]").input_value() == "ctc blank"
    assert "/zh/" in page.url


@pytest.mark.parametrize("name", ["search", "404"])
def test_the_keys_of_the_search_lead_to_its_field(new_page, server, name):
    page = new_page()
    page.goto(f"{server}/{name}.html")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+k")
    page.keyboard.type("mse")
    assert page.locator("main input[type=search]").input_value() == "mse"


def test_every_page_of_the_toc_is_described():
    written = [name for name in PAGES if not name.startswith("chapters/solutions/")]
    assert sorted(WORDS) == sorted(written)
    for name, page in WORDS.items():
        assert 40 <= len(page["description"]) <= 165, name
        assert all(isinstance(word, str) for word in page["words"]), name


def test_a_loss_has_its_chinese_names():
    for name in PAGES:
        if re.match("chapters/(regression|classification|ranking)/", name):
            assert re.search("[\u4e00-\u9fff]", "".join(WORDS[name]["words"])), name


@pytest.mark.parametrize("way", ["http", "file"])
def test_results_say_chapter_section_and_words(new_page, site, server, way):
    base = server if way == "http" else site.as_uri()
    page = new_page(width=390, dark=True)
    page.goto(f"{base}/search.html?q=huber+delta")
    first = page.locator("#search-results li").first
    assert re.fullmatch("Huber’s loss.* › .*delta.*", first.locator("a").text_content())
    link = first.locator("a").get_attribute("href")
    assert re.fullmatch(r"chapters/regression/huber\.html#[\w-]+", link)
    anchor = link.partition("#")[2]
    assert f'id="{anchor}"' in (site / "chapters/regression/huber.html").read_text("utf-8")
    assert first.locator("p.context mark").first.text_content().lower() in ("huber", "delta")
    assert page.locator("[role=status]").text_content().endswith("pages found.")
    asked = {url.rpartition("/")[2].partition("?")[0] for url in page.log.requests}
    assert "searchindex.js" in asked
    assert not asked & {"huber.html", "searchtools.js", "language_data.js"}
    assert not page.log.errors

    page.fill("main input[type=search]", "zzzz")
    assert page.locator("[role=status]").text_content() == "No pages found."
    page.fill("main input[type=search]", "均方误差")
    assert "The mean squared error" in page.locator("#search-results a").first.text_content()


def sections(site):
    index = (site / "searchindex.js").read_text("utf-8")
    pages = json.loads(index[len("bookSearch.load(") : -len(");\n")])
    return [(page["name"], *section) for page in pages for section in page["sections"]]


def tex(text):
    return re.findall(r"\\[a-zA-Z(\[]+|\$[^$ ][^$]*\$|[_^]\{", text)


def test_the_index_has_no_tex(site):
    # The notation names what the book does not write, as \ln.
    spelled = "chapters/appendix/notation"
    found = {s[:2]: tex(s[2] + s[3]) for s in sections(site) if s[0] != spelled}
    assert {name: texts for name, texts in found.items() if texts} == {}


def test_control_tex():
    assert tex(r"the \frac{1}{2}") and tex("half of $x$") and tex(r"\(x\)") and tex("x_{i}")
    assert tex("pays $5 for ŷ, then x_i and a/b") == []


def test_every_result_has_its_place(site):
    """All anchors of the index are in the pages."""
    for name, anchor, *_ in sections(site):
        if anchor:
            assert f'id="{anchor}"' in (site / f"{name}.html").read_text("utf-8"), (name, anchor)


def test_only_the_search_loads_its_index(new_page, site):
    page = new_page()
    page.goto(f"{site.as_uri()}/index.html")
    assert not [url for url in page.log.requests if "search" in url.rpartition("/")[2]]


@pytest.mark.parametrize("width", [1280, 320])
def test_the_magnifier_covers_no_letter(new_page, site, width):
    page = new_page(width=width)
    page.goto(f"{site.as_uri()}/search.html?q=Huber")
    gap = """(form) => form.querySelector("input").getBoundingClientRect().left
        - form.querySelector(".fa-magnifying-glass").getBoundingClientRect().right"""
    assert page.locator("main form.bd-search").evaluate(gap) >= 0


# Controls: other indexes, with which the checks above would fail.

TWO = [
    {"name": name, "title": name, "words": [], "description": "", "weight": 1}
    | {"sections": [["", name, "One text of both.", ""]]}
    for name in ("second in the alphabet", "first in the alphabet")
]


def test_equal_pages_keep_the_order_of_the_book(search):
    search.evaluate("index => bookSearch.load(index)", TWO)
    assert search.evaluate(FIND, ["text"]) == [[page["name"] for page in TWO]]


def test_control_without_names_pages_are_lost(search, site):
    index = (site / "searchindex.js").read_text("utf-8")
    pages = json.loads(index[len("bookSearch.load(") : -len(");\n")])
    search.evaluate("index => bookSearch.load(index)", [page | {"words": []} for page in pages])
    assert {"L2 loss", "SVM", "均方误差"} & lost(search).keys()
