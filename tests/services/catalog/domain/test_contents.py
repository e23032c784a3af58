"""What each category holds (classification rules, section 2), and what is scheme data and not code (section 1)."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from services.catalog import rules
from services.catalog.domain.classification import suggest_category
from services.catalog.domain.filing import place_fault
from services.catalog.domain.margin import MarginFacts, judge_margin
from services.catalog.domain.material import Place
from services.catalog.domain.scheme import split_place
from services.catalog.rules import load_catalog_rules, load_scheme
from tests.services.catalog.domain.schemes import SCHEMES, r2009, r2018, scheme

FOLDER = Path(rules.__file__).with_name("schemes")

# Contents by category as remembered from article 19 of 2018 (U): each kind that it names, by a title of that kind.
ARTICLE_19 = {
    "1": "干部履历表 干部简历",
    "2": "自传 参加党的重大教育活动情况 重要党性分析材料 重要思想汇报",
    "3": "平时考核材料 年度考核登记表 专项考核材料 任期考核材料 聘期考核表 工作鉴定 重大事件中的表现材料 "
    "援派干部鉴定表 挂职锻炼鉴定表 党组织书记抓党建评价意见",
    "4": "中学生学籍卡 高中毕业生登记表 学位证书 职业资格证书 职称评审表 当选院士的通知 人才工程入选材料 科研成果目录 "
    "发明目录 著作目录 论文目录 干部培训登记表",
    "5": "政治历史审查材料 经济责任审计报告 自然资源资产离任审计报告 选人用人工作离任检查材料 干部基本信息审核认定表 "
    "任前审核登记表 廉洁自律情况结论性评价",
    "6": "入党志愿书 入党申请书 转正申请书 入团志愿书 团员登记表 民建入会申请表",
    "7": "表彰决定 记功审批表 荣誉称号审批表 撤销奖励的决定",
    "8": "处分决定 组织处理决定 刑事判决书 刑事裁定书 行政处理决定 失信被执行人记录",
    "9": "工资变动审批表 待遇审批表 社会保险登记表 录用审批表 聘用审批表 应征入伍登记表 干部任免审批表 干部调配审批表 "
    "军人复员安置材料 退休审批表 辞职审批表 辞退审批表 公务员登记表 公务员职级套改审批表 因公出国审批表 "
    "党代会代表登记表",
    "10": "报到证 派遣证 调动介绍信 境外居留证件 体检表",
}
ROWS = [(category, title) for category, titles in ARTICLE_19.items() for title in titles.split()]


@pytest.mark.parametrize(("category", "title"), ROWS)
def test_each_kind_of_article_19_finds_its_category(category: str, title: str):
    """R18, article 19 (U)."""
    suggestion = suggest_category(title, r2018())
    assert suggestion is not None
    assert split_place(suggestion.category)[0] == int(category)


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_a_kind_that_the_customers_table_does_not_name_is_not_guessed(scheme_id: str):
    """招用 is of category 9 in article 19 (U), but no row of the table says so: an archivist decides."""
    assert suggest_category("招用审批表", scheme(scheme_id)) is None


# Codes of the ten (section 1); the same slots in both schemes.
CODES = [
    "resume", "autobiography", "assessment", "education", "review", "party", "award", "discipline", "appointment",
    "other",
]  # fmt: skip


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_codes_and_numerals_of_the_ten(scheme_id: str):
    """Class numbers in Chinese, 一 to 十 (section 5)."""
    told = tomllib.loads((FOLDER / f"{scheme_id}.toml").read_text(encoding="utf-8"))["category"]
    assert [one["code"] for one in told] == CODES
    assert [one["numeral"] for one in told] == list("一二三四五六七八九十")


# Second level, in this order (seed 000); r2018 by the template that was found (section 1).
SUBCLASSES = [
    ("4-1", "学历学位类", "学历学位材料"),
    ("4-2", "专业技术职务（职称）类", "职业（任职）资格和专业技术职务（职称）材料"),
    ("4-3", "学术评鉴类", "反映科研学术水平的材料"),
    ("4-4", "教育培训类", "培训材料"),
    ("9-1", "工资类", "工资材料"),
    ("9-2", "任免类", "任免材料"),
    ("9-3", "出国（境）类", "出国（境）材料"),
    ("9-4", "会议代表类", "参加会议的代表登记表等其他材料"),
]


@pytest.mark.parametrize(("code", "in_r2018", "in_r2009"), SUBCLASSES)
def test_headings_of_the_subclasses(code: str, in_r2018: str, in_r2009: str):
    """As the catalogue prints them."""
    assert (r2018().name_of(code).zh, r2009().name_of(code).zh) == (in_r2018, in_r2009)


def test_headings_and_the_home_of_hiring_are_data(tmp_path: Path):
    """One template files hiring under 9-4 and calls it so: an office writes that, and the same code files by it."""
    text = (FOLDER / "r2018.toml").read_text(encoding="utf-8")
    for old, new in (
        ('order = 16\ncategory = "9-2"', 'order = 16\ncategory = "9-4"'),
        ('"会议代表类"', '"录用招工警衔晋级及代表会议类"'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    (tmp_path / "r2018.toml").write_text(text, encoding="utf-8")
    ours, _ = load_scheme(tmp_path / "r2018.toml")
    assert ours.name_of("9-4").zh == "录用招工警衔晋级及代表会议类"
    for found, place in ((ours, "9-4"), (r2018(), "9-2")):
        suggestion = suggest_category("招工登记表", found)
        assert suggestion is not None
        assert suggestion.category == place


@pytest.mark.parametrize("place", ["4", "9"])
def test_a_divided_category_needs_its_subclass(place: str):
    """An error for new filings; rows of an older catalogue may lack it, and are a finding then (seed 000)."""
    fault = place_fault(place, r2018(), "/category")
    assert fault is not None
    assert fault.code == "subclass-required"
    assert place_fault(place, r2018(), "/category", undivided=True) is None


# C-N or C-S-N (section 4; web:dapx 843).
@pytest.mark.parametrize(
    ("code", "item_no", "written"), [("1", 1, "1-1"), ("10", 3, "10-3"), ("4-1", 2, "4-1-2"), ("9-2", 5, "9-2-5")]
)
def test_the_code_on_the_first_page(code: str, item_no: int, written: str):
    """Category, subclass where there is one, number."""
    place = Place(code, item_no, 0, 1, "archivist", date(2026, 11, 24))
    assert place.material_code == written


# Section 6: warn under 25 mm; add an edge under 20, or where text lies in the binding line (R09; seed 000).
@pytest.mark.parametrize(
    ("margin_mm", "ink_in_line", "verdict"),
    [
        (30.0, False, "ok"),
        (25.0, False, "ok"),
        (24.9, False, "narrow"),
        (20.0, False, "narrow"),
        (19.9, False, "needs_edge"),
        (30.0, True, "needs_edge"),
        (None, False, "ok"),
    ],
)
def test_the_binding_margin(margin_mm: float | None, ink_in_line: bool, verdict: str):
    """The shipped limits, at their edges."""
    limits = load_catalog_rules().imaging.measure.rule
    assert judge_margin(MarginFacts(margin_mm, ink_in_line, 300.0), limits) == verdict
