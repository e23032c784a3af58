"""What the two shipped schemes say, held against the customer's table (material_rules.csv) and the trade rules."""

import csv
import re
from pathlib import Path

import pytest

from services.catalog.domain.classification import normalise_title, rules_that_hit, suggest_category
from services.catalog.domain.scheme import ASK, RETITLE, Scheme
from tests.services.catalog.domain.schemes import SCHEMES, r2009, r2018, scheme

_HERE = Path(__file__).parent
TABLE = list(csv.DictReader((_HERE / "material_rules.csv").read_text(encoding="utf-8").splitlines()))
EXAMPLES = list(csv.DictReader((_HERE / "material_rules_examples.csv").read_text(encoding="utf-8").splitlines()))

# The placements that differ (classification rules, sections 1 and 2), with their sources.
ELSEWHERE_IN_R2009 = {
    4: ("5", "10"),  # 档案审核工作材料归十 (seed 000); r2018: R18 (U)
    22: (ASK, "2"),  # 报告个人有关事项 (R09 art. 7); r2018 does not file it (U)
    27: ("5", "3"),  # 审计材料 (seed 000, R09 art. 9); r2018: R18 (U)
    39: ("10", "9-2"),  # 报到证、派遣证、介绍信: practice differs in r2009
}


@pytest.mark.parametrize("scheme_id", SCHEMES)
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["order"])
def test_each_rule_is_the_customers(scheme_id: str, row: dict[str, str]):
    """Order, pattern, category and fact of every row; the rules stand in that one table."""
    rule = scheme(scheme_id).title_rules[int(row["order"]) - 1]
    assert (rule.order, rule.pattern.pattern) == (int(row["order"]), row["pattern"])
    assert rule.category == row[f"class_{scheme_id}"]
    assert rule.requires_fact == (row["requires_fact"] or None)


def test_the_schemes_differ_where_the_sources_say_and_nowhere_else():
    """Everything else stands at one place in both, so that a dossier that moves keeps its order."""
    pairs = zip(r2018().title_rules, r2009().title_rules, strict=True)
    assert {a.order: (a.category, b.category) for a, b in pairs if a.category != b.category} == ELSEWHERE_IN_R2009


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row["title"])
def test_each_example_finds_its_place_in_both_schemes(row: dict[str, str]):
    """r2018 as the customer's table of examples says, r2009 as the deciding rule's own column says."""
    title, expected = row["title"], row["class_r2018"]
    found = suggest_category(title, r2018())
    assert (found.category if found else "unclassified") == expected
    older = suggest_category(title, r2009())
    wanted = TABLE[found.order - 1]["class_r2009"] if found else "unclassified"
    assert (older.category if older else "unclassified") == wanted


# Section 1: numbers, codes and headings of the ten, in both.
HEADINGS = [
    (1, "resume", "履历类材料", "履历材料"),
    (2, "autobiography", "自传和思想类材料", "自传材料；报告个人有关事项的材料"),
    (3, "assessment", "考核鉴定类材料", "考察、考核、鉴定材料；审计材料"),
    (4, "education", "学历学位、专业技术职务（职称）、学术评鉴和教育培训类材料",
     "学历学位；职业（任职）资格；评（聘）专业技术职务（职称）；反映科研学术水平；培训材料"),
    (5, "review", "政审、审计和审核类材料",
     "政审材料；更改或认定姓名、民族、籍贯、国籍、出生日期、入党入团时间、参加工作时间等材料"),
    (6, "party", "党、团类材料", "党、团组织建设工作中形成的材料"),
    (7, "award", "表彰奖励类材料", "表彰奖励材料"),
    (8, "discipline", "违规违纪违法处理处分类材料", "涉法违纪材料"),
    (9, "appointment", "工资、任免、出国和会议代表类材料",
     "招录聘用；任免调动授衔转业退休；辞职辞退罢免；工资待遇；出国（境）；各种代表会议材料"),
    (10, "other", "其他可供组织参考的材料", "健康检查和处理工伤事故；治丧；档案报送、审核工作；其他材料"),
]  # fmt: skip


@pytest.mark.parametrize(("no", "code", "in_r2018", "in_r2009"), HEADINGS)
def test_headings_of_the_ten(no: int, code: str, in_r2018: str, in_r2009: str):
    """The same slots under the names of their time (r2018: two catalogue programs agree; r2009: seed 000, R09)."""
    assert code
    assert r2018().name_of(str(no)).zh == in_r2018
    assert r2009().name_of(str(no)).zh == in_r2009


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_subclasses_exist_for_four_and_nine_alone(scheme_id: str):
    """In this order (seed 000); 5, 6 and 8 are ordered by content, the others by time."""
    found = scheme(scheme_id)
    assert found.places() == (
        "1", "2", "3", "4-1", "4-2", "4-3", "4-4", "5", "6", "7", "8", "9-1", "9-2", "9-3", "9-4", "10",
    )  # fmt: skip
    assert [h.numeral for c in found.categories for h in c.subclasses] == ["（一）", "（二）", "（三）", "（四）"] * 2
    assert [c.no for c in found.categories if c.order_mode == "content"] == [5, 6, 8]


# The overlap table of section 2, each line with a title of its kind: title, fact, who wins, who is passed over.
OVERLAPS = [
    ("干部任免审批表（档案审核专用）", None, 2, 11),  # seed 000; class (U)
    ("三龄一历审核登记表", None, 3, None),  # 三龄一历认定材料统一归五 (seed 000)
    ("公务员登记表专项审核认定", None, 3, 15),  # determinations before all forms (seed 000)
    ("学员任前审查表", None, 4, None),  # 任前审查表: seed 004
    ("更改姓名的入党材料", None, 14, 31),  # 更改或认定…归五 (seed 000)
    ("入党时间认定表", None, 14, 31),  # the other order of words
    ("姓名变更审批表", None, 14, None),  # names moved from 1
    ("干部履历表", "mainly_autobiography", 5, 41),  # by content, not title (seed 000)
    ("学生登记表", "approval_opinion_sealed", 7, 17),  # moved to 4 (seed 000)
    ("中学生学籍卡", None, 7, None),
    ("学员学习鉴定表", None, 8, 29),  # moved from 3 to 4 (seed 000)
    ("培训考核登记表", None, 8, 24),
    ("优秀学员登记表", None, 6, 7),  # an award is no membership form (seed 000)
    ("优秀共产党员登记表", None, 6, 31),
    ("优秀团员登记表", None, 6, 30),
    ("三好学生登记表", None, 6, 7),
    ("享受政府特殊津贴人员登记表", None, 9, 36),  # 统一归七 (seed 000)
    ("奖励工资审批表", None, 36, None),  # 奖励工资 is a wage form; rule 34 leaves it out
    ("现实表现材料", "linked_to_appointment", 12, 29),  # annex follows its form (seed 000)
    ("公开选拔考察材料", None, 10, 29),  # materials of the appointment process (seed 004)
    ("竞争上岗登记表", "approval_opinion_sealed", 10, 17),
    ("干部考察登记表", "approval_opinion_sealed", 10, 17),
    ("政协委员简历", None, 13, 32),  # named exception (seed 000)
    ("公务员登记表", "approval_opinion_sealed", 15, 17),  # named exception (seed 000)
    ("参照公务员法管理机关工作人员登记表", "approval_opinion_sealed", 15, 17),
    ("民盟代表大会代表登记表", None, 18, 19),  # 民主党派代表会议归九 (seed 000)
    ("入党积极分子考察材料", None, 28, 29),  # formed in party building (seed 000)
    ("入党积极分子培养考察登记表", None, 28, 31),
    ("任职资格审计意见", None, 25, 27),  # 审计师资格证书 (seed 004); order (U)
    ("年度注册会计师考试考核", None, 25, 29),
    ("录用体检表", None, 1, 37),  # 录用体检表 is no hiring form (seed 000)
    ("工伤致残诊断书", None, 1, 38),
]


@pytest.mark.parametrize("scheme_id", SCHEMES)
@pytest.mark.parametrize(("title", "fact", "winner", "passed_over"), OVERLAPS)
def test_the_special_rule_stands_before_the_general(scheme_id: str, title: str, fact, winner: int, passed_over):
    """The overlap table: the rule that decides, and the one that would have."""
    hits = [rule.order for rule in rules_that_hit(title, scheme(scheme_id), {fact} if fact else ())]
    assert hits[0] == winner
    assert hits[1:2] == ([passed_over] if passed_over else [])


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_the_overlaps_of_the_file_are_real(scheme_id: str):
    """What an overlap says is passed over stands behind, or leaves the title out by its own pattern."""
    found = scheme(scheme_id)
    by_order = {rule.order: rule for rule in found.title_rules}
    assert len(found.overlaps) >= 16
    for overlap in found.overlaps:
        for other in overlap.over:
            silent = [t for t in overlap.examples if not by_order[other].pattern.search(normalise_title(t))]
            assert overlap.decides < other or silent == list(overlap.examples)


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_no_rule_places_into_a_whole_divided_category(scheme_id: str):
    """4 and 9 have places in their subclasses only (seed 000)."""
    found: Scheme = scheme(scheme_id)
    assert {rule.category for rule in found.title_rules} <= {*found.places(), ASK, RETITLE}
    assert all(re.compile(rank.pattern) for rank in found.content_ranks)


# Section 2: not filed at all (剔除); seed 000 and web:dawindow 5745, the last three (U).
REMOVED = {
    "duplicate", "copy_of_original", "unfinished", "not_in_scope", "unverified_accusation", "other_person",
    "original_certificate", "blank_form",
}  # fmt: skip


@pytest.mark.parametrize("scheme_id", SCHEMES)
def test_what_is_not_filed_at_all_has_its_reason(scheme_id: str):
    """Each reason in both languages; so has each heading."""
    found = scheme(scheme_id)
    assert set(found.refusal_reasons) == REMOVED
    labels = [*found.refusal_reasons.values(), found.title, *(found.name_of(place) for place in found.places())]
    assert all(label.zh and label.en for label in labels)
