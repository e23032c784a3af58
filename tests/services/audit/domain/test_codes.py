"""The lists of codes that the rule book of the audit names: each word has one code, and no code is without its word."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from services.audit.domain import (
    alteration,
    determination,
    examination,
    facts,
    identity,
    progress,
    quarantine,
    report_case,
    review,
)
from services.audit.domain.alteration import FalsifiedObject, Verdict
from services.audit.domain.facts import AuditFact
from services.audit.domain.report_figures import FIGURES

SIX_PROBLEMS: dict[str, set[str]] = {
    "涂改造假": {"alteration", "false_statement", "forgery", "removal", "doubtful"},
    "信息不一致": {"inconsistent"},
    "重要材料缺失": {"missing"},
    "认定说明不符合规定": {"determination_irregular"},
    "信息不准": {"inaccurate"},
    "错装混装": {"misfiled"},
}
"""六类问题 of the campaign (daodoc), and the kinds of issues that are of each."""

LISTS: list[tuple[str, Any, dict[str, str]]] = [
    (
        "issue_kind: audit rules, section 2; fx361",
        review.IssueKind,
        {
            "涂改": "alteration",
            "虚填": "false_statement",
            "伪造材料": "forgery",
            "撤换": "removal",
            "错装": "misfiled",
            "缺失": "missing",
            "真实性存疑": "doubtful",
            "信息不一致": "inconsistent",
            "信息不准": "inaccurate",
            "认定说明不符合规定": "determination_irregular",
        },
    ),
    (
        "falsified_object: 中组发〔2015〕23号, article 5, first nine",
        FalsifiedObject,
        {
            "出生/参工/入党时间·学习经历·履历·民族": "facts",
            "身份材料": "identity",
            "学历学位": "education",
            "职称": "professional_title",
            "入党（民主党派）材料": "party",
            "代表委员材料": "delegate",
            "录用·招工·入伍·转业·工资": "recruitment_and_wage",
            "考核·考察·任免·鉴定·政审": "assessment_and_appointment",
            "评优奖励": "award",
        },
    ),
    (
        "means of alteration: 163.com",
        alteration.Means,
        {
            "涂改液": "correction_fluid",
            "描改": "overwriting",
            "擦除": "erasing",
            "刮改": "scraping",
            "药水褪色": "bleaching",
            "其他": "other",
        },
    ),
    ("verdict: 163.com", Verdict, {"笔误": "slip", "造假": "falsified", "无法判断": "undetermined"}),
    (
        "falsification_consequence: seed 004; the last two (U)",
        alteration.ConsequenceKind,
        {
            "公开查处": "public_investigation",
            "取消任职资格": "disqualified",
            "量化考核扣分": "points_deducted",
            "处分": "discipline",
            "纠正": "correction",
        },
    ),
    (
        "cause of a conflict: SEU form",
        determination.Cause,
        {
            "阴阳历差异": "lunar_solar",
            "虚实岁差异": "nominal_age",
            "笔误": "slip",
            "虚填": "false_statement",
            "涂改造假": "alteration",
        },
    ),
    (
        "purpose of a false date: seeds 000, 002",
        determination.Purpose,
        {
            "入团": "league",
            "入党": "party",
            "入伍": "enlistment",
            "入学": "schooling",
            "招工": "recruitment",
            "转干录干": "cadre",
        },
    ),
    (
        "direction: seed 000",
        determination.Direction,
        {"填大": "overstated", "填小": "understated"},
    ),
    (
        "routes to cadre identity: section 4.6",
        facts.RouteId,
        {
            "统招毕业生转正定级": "graduate",
            "军队转业": "demobilised_officer",
            "留学回国": "returned_student",
            "吸收录用": "recruited",
            "公开招考": "open_examination",
            "聘用制": "contract",
        },
    ),
    (
        "outcomes of identity: seed 000",
        identity.Outcome,
        {"同一人": "same_person", "另一人": "other_person"},
    ),
    (
        "workflow of a special audit: section 5",
        progress.Progress,
        {
            "未开始": "planned",
            "初审": "first_review",
            "比对": "compare",
            "复审": "second_review",
            "调查核实与收缴": "investigation_collection",
            "集体研究认定": "collective_determination",
            "反馈": "feedback",
            "本人签字": "feedback_signed",
            "本人有异议": "feedback_disputed",
            "审批": "authority_approved",
            "归档": "filed",
            "装订成册": "bound",
        },
    ),
    (
        "status of a determination: section 4",
        determination.Status,
        {"一致": "consistent", "拟认定": "proposed", "已认定": "determined", "无法认定": "undetermined"},
    ),
]


def codes_of(kind: Any) -> set[str]:
    """The values of an enumeration or of a closed list of words."""
    return set(get_args(kind)) or {member.value for member in kind}


@pytest.mark.parametrize(("kind", "words"), [row[1:] for row in LISTS], ids=[row[0] for row in LISTS])
def test_each_word_of_the_rules_has_one_code(kind: Any, words: dict[str, str]):
    """Whole, without a second code for a word and without a code that nobody named."""
    assert set(words.values()) == codes_of(kind)
    assert len(set(words.values())) == len(words)


def test_each_of_the_six_problems_can_be_recorded():
    """Each kind of issue is of one of them, on the review sheet, in the report and before an appointment."""
    kinds = [kind for of_one in SIX_PROBLEMS.values() for kind in of_one]
    told = {FIGURES[f"issue.{problem}"].words.zh: set(of) for problem, of in report_case.SIX_PROBLEMS.items()}
    assert told == SIX_PROBLEMS
    assert len(kinds) == len(set(kinds))
    assert set(kinds) == codes_of(review.IssueKind) == codes_of(examination.IssueKind)


def test_facts_beside_the_six_are_compared_like_them():
    """奖惩, 家庭成员及重要社会关系, 专业技术职务 (seed 000): a difference is counted like a fact, one row each."""
    beside = {AuditFact.REWARDS, AuditFact.FAMILY, AuditFact.PROFESSIONAL_TITLE}
    assert beside <= set(AuditFact) - set(review.REQUIRED)
    assert beside <= set(facts.VALUE_OF) & set(facts.FACT_ZH)


def test_a_suspect_paper_has_a_reason():
    """虚假信息的进行另行放置 (seed 000): doubtful, false, forged, altered, or badly filled."""
    assert codes_of(quarantine.QuarantineReason) == {
        "doubtful",
        "false_statement",
        "forgery",
        "alteration",
        "badly_filled",
    }
