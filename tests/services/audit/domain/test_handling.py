"""How problems are put into words: kind, cause, measure (sections 5 and 2 of the audit rules)."""

from __future__ import annotations

from datetime import date

import pytest

from contracts.values.partial_date import PartialDate
from services.audit.domain.alteration import Verdict
from services.audit.domain.determination import Cause, Status
from services.audit.domain.determination_record import ResultKept
from services.audit.domain.facts import AuditFact, DateClaim
from services.audit.domain.handling import (
    Altered,
    Inquired,
    alteration_problem,
    investigation_problem,
    missing_problem,
    settled_problem,
)
from services.audit.prints_file import load_print_rules

RULES = load_print_rules()
SAID = "档案中关于出生日期的记载不一致：《入团志愿书》记载为1968年3月。《招工表》记载为1970年3月，晚24月。"
VALUE = DateClaim(date=PartialDate(value="1968-03"))


def kept(status: Status, paragraph: str) -> ResultKept:
    """A result of the rules with this paragraph."""
    return ResultKept(status=status, collective=False, paragraph=paragraph)


@pytest.mark.parametrize(
    ("tail", "what"),
    [
        ("依据组通字〔2006〕41号：以最早记载为准，拟认定出生日期为1968年3月。", SAID),  # B2
        ("依据组通字〔2006〕41号：以最早记载为准，提请集体研究，拟认定出生日期为1968年3月。", SAID),
        ("拟认定出生日期为1968年3月。", SAID),
        ("无规则可以直接认定，提请集体研究。任前审核暂缓。", SAID),  # B4
        ("", SAID),
    ],
)
def test_the_problem_is_what_the_papers_say(tail: str, what: str):
    """What is proposed stands under the measure, not among the problems."""
    found = settled_problem(
        AuditFact.BIRTH_DATE, Status.PROPOSED, VALUE, "false_statement", kept(Status.PROPOSED, SAID + tail), RULES
    )
    assert found is not None
    assert (found.problem, found.cause) == (what, "虚填")
    assert found.measure.startswith("出生日期拟认定为1968年3月。")


@pytest.mark.parametrize(
    ("status", "value", "cause", "kind", "begins", "outcome"),
    [
        (Status.PROPOSED, VALUE, "slip", "信息不一致", "出生日期拟认定为1968年3月", ""),
        (Status.DETERMINED, VALUE, "alteration", "涂改造假", "出生日期已认定为1968年3月", "已批准"),
        (Status.UNDETERMINED, None, None, "缺少依据", "继续调查核实", ""),
    ],
)
def test_kind_and_measure_follow_how_it_was_settled(
    status: Status, value: DateClaim | None, cause: Cause | None, kind: str, begins: str, outcome: str
):
    """六类问题; what is undetermined is looked into further, and an appointment waits."""
    found = settled_problem(AuditFact.BIRTH_DATE, status, value, cause, kept(Status.PROPOSED, SAID), RULES)
    assert found is not None
    assert (found.kind, found.outcome) == (kind, outcome)
    assert found.measure.startswith(begins)


def test_papers_that_cannot_be_compared_are_doubtful():
    """真实性存疑: there are records, and no rule decides; without any record the ground is lacking."""
    told = kept(Status.UNDETERMINED, SAID).model_copy(update={"cannot_tell_claim_ids": ("clm",)})
    found = settled_problem(AuditFact.BIRTH_DATE, Status.UNDETERMINED, None, None, told, RULES)
    assert found is not None
    assert found.kind == "真实性存疑"


def test_what_agrees_is_no_problem():
    """Consistent by the rules and as it stands."""
    fine = kept(Status.CONSISTENT, "记载一致")
    assert settled_problem(AuditFact.BIRTH_DATE, Status.CONSISTENT, VALUE, None, fine, RULES) is None


@pytest.mark.parametrize(
    ("verdict", "kind", "measure"),
    [
        (Verdict.SLIP, "涂改", "装入档案正本"),
        (Verdict.FALSIFIED, "涂改造假", "中组发〔2015〕23号"),
        (Verdict.UNDETERMINED, "涂改", "调查涂改经过"),
    ],
)
def test_an_alteration_is_handled_by_its_verdict(verdict: Verdict, kind: str, measure: str):
    """A slip is no falsification (中组发〔2015〕23号)."""
    found = Altered(AuditFact.BIRTH_DATE, "入伍登记表", None, "erasing", "1970.05", None, verdict, None)
    problem = alteration_problem(found, RULES)
    assert problem.kind == kind
    assert measure in problem.measure
    assert "涂改前无法辨认" in problem.problem
    assert problem.outcome == "待组织确认"


def test_what_followed_and_who_confirmed_are_named():
    """The organisation that confirmed is responsible; consequences in words."""
    found = Altered(
        AuditFact.BIRTH_DATE,
        "入伍登记表",
        PartialDate(value="1985"),
        "erasing",
        "1970.05",
        "1968.05",
        Verdict.FALSIFIED,
        "县委组织部",
        ("disqualified", "points_deducted"),
    )
    problem = alteration_problem(found, RULES)
    assert (problem.responsible, problem.outcome) == ("县委组织部", "组织已确认；取消任职资格、量化考核扣分")
    assert "（1985年形成）" in problem.problem


def test_missing_materials_are_named_with_their_years():
    """A rule that the office has no name for stays a code, and is not hidden."""
    assert missing_problem("annual_assessment", (2020, 2019), RULES).problem == "缺少《年度考核表》（2019、2020年）"
    assert missing_problem("later_rule", (), RULES).problem == "缺少《later_rule》"


def test_an_inquiry_has_its_people_and_its_day():
    """Two investigators, a day, and what came of it."""
    asked = Inquired("以何为准", "县第一中学", ("张三", "李四"), date(2026, 12, 31), None, ())
    problem = investigation_problem(asked, RULES)
    assert (problem.responsible, problem.due_on, problem.outcome) == ("张三、李四", date(2026, 12, 31), "尚未办结")
    nobody = Inquired("以何为准", "县第一中学", (), date(2026, 12, 31), "verified", ("学籍卡",))
    assert investigation_problem(nobody, RULES).responsible == "调查组"
    assert investigation_problem(nobody, RULES).outcome == "已核实（学籍卡）"
