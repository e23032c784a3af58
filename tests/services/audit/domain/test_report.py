"""The figures of a campaign's report: the published ones, sums that always hold, and a report that is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import ReportSumDiffers
from contracts.states import SUMS as WORDS
from services.audit.domain.alteration import Verdict
from services.audit.domain.determination import months_zh
from services.audit.domain.facts import AuditFact
from services.audit.domain.report import SUMS, Figures, Report, check_same, check_sums, count
from services.audit.domain.report_case import EDUCATION_ERRORS, REPORTED_ISSUES, Collected, FalseAge, ReportCase
from services.audit.domain.report_figures import BANDS, DIRECTIONS, FIGURES, PURPOSES
from services.audit.report_file import load_report_rules
from tests.services.audit.published import county_1513, group_271

GROUP_271 = {
    "dossiers": 271,
    "audited": 271,
    "issue.doubtful": 0,
    "altered": 17,
    "altered.birth_date": 5,
    "altered.slip": 6,
    "altered.falsified": 0,
    "false": 37,
    "false.age": 12,
    "false.education": 25,
    "education.entry_qualification_false": 23,
    "issue.forgery": 0,
    "overstated": 11,
    "overstated.enlistment": 8,
    "overstated.recruitment": 3,
    "overstated.league": 0,
    "overstated.party": 0,
    "overstated.schooling": 0,
    "overstated.cadre": 0,
    "overstated.up_to_3_months": 0,
    "overstated.3_to_12_months": 1,
    "overstated.1_to_2_years": 9,
    "overstated.over_2_years": 1,
    "understated": 1,
    "understated.enlistment": 1,
    "understated.recruitment": 0,
    "understated.up_to_3_months": 0,
    "understated.3_to_12_months": 0,
    "understated.1_to_2_years": 1,
    "understated.over_2_years": 0,
    "meeting.done": 54,
    "materials": 3035,
    "materials.filed": 2980,
    "materials.returned": 55,
    "materials.pending": 0,
}
"""Seed 000, a group of 271 serving cadres; the parts of 涂改 are not exhaustive."""

COUNTY_1513 = {
    "audited": 1513,
    "no_problem": 780,
    "to_investigate": 300,
    "verified": 433,
    "meeting.due": 1513,
    "meeting.done": 780,
    "forms": 70,
}
"""Seed 000, a whole county."""


def test_the_figures_of_the_group_of_271_come_out():
    """Two meetings; the gravest false ages are of 3年1月 and 1年4月."""
    report = count(group_271(), meetings=2)
    check_sums(report)
    assert {code: report.total.counts[code] for code in GROUP_271} == GROUP_271
    assert report.meetings == 2
    assert {way: months_zh(most) for way, most in report.total.longest.items()} == {
        "overstated": "3年1月",
        "understated": "1年4月",
    }


def test_the_figures_of_the_county_of_1513_come_out_by_rank():
    """And each share to two decimals."""
    report = count(county_1513())
    check_sums(report)
    assert {code: report.total.counts[code] for code in COUNTY_1513} == COUNTY_1513
    ranks = {rank: figures.counts["dossiers"] for rank, figures in report.by_rank.items()}
    assert ranks == {"county": 3, "section_head": 249, "deputy_section_head": 512, "staff": 749}
    shares = [report.total.share(code) for code in ("no_problem", "to_investigate", "verified", "dossiers")]
    assert shares == [51.55, 19.83, 28.62, None]


def false_ages() -> Any:
    none = st.none()
    return st.builds(
        FalseAge,
        direction=none | st.sampled_from(DIRECTIONS),
        purpose=none | st.sampled_from(PURPOSES[:-1]),
        band=none | st.sampled_from(BANDS[:-1]),
        months=none | st.integers(1, 100),
    )


def cases() -> Any:
    numbers = st.integers(0, 40)
    place = st.tuples(st.sampled_from(AuditFact), st.sampled_from(Verdict))
    return st.builds(
        ReportCase,
        unit=st.sampled_from(("unt_a", "unt_b", "unt_c")),
        rank=st.sampled_from(("county", "staff", "unranked")),
        result=st.none() | st.sampled_from(("no_problem", "to_investigate", "verified")),
        problems=st.frozensets(st.sampled_from(AuditFact), max_size=4),
        issues=st.frozensets(st.sampled_from(REPORTED_ISSUES), max_size=2),
        altered=st.frozensets(place, max_size=3),
        false_age=st.none() | false_ages(),
        false_education=st.booleans(),
        education_errors=st.frozensets(st.sampled_from(EDUCATION_ERRORS), max_size=2),
        determined=st.booleans(),
        collected=st.builds(Collected, numbers, numbers, numbers),
        forms=st.integers(0, 2),
    )


@given(st.lists(cases(), max_size=12))
def test_all_sums_hold_of_any_cases(found: list[ReportCase]):
    """Over all, within each group, and of the groups; in any order, and counted in parts of alike ones."""
    report = count(found)
    check_sums(report)
    check_same(report, count(reversed(found)))
    doubled = [
        replace(
            one,
            many=2,
            collected=Collected(*(2 * many for many in vars(one.collected).values())),
            forms=2 * one.forms,
        )
        for one in found
    ]
    check_same(count([*found, *found]), count(doubled))


@given(st.lists(cases(), min_size=1, max_size=8), st.sampled_from(SUMS), st.integers(1, 5), st.data())
def test_a_figure_that_was_tampered_with_is_refused_by_name(found: list[ReportCase], one: Any, more: int, data: Any):
    """A part of a sum: of all, of a unit or of a rank."""
    report, part = count(found), data.draw(st.sampled_from(one.parts))
    where = data.draw(st.sampled_from(("total", "by_unit", "by_rank")))
    with pytest.raises(ReportSumDiffers) as refused:
        check_sums(_tampered(report, where, part, more))
    of_groups = {"report units", "report ranks"}
    named = {rule.code for rule in SUMS if part in (*rule.parts, rule.whole)}
    assert refused.value.params["sum"] in named | of_groups
    assert sum(refused.value.params["parts"]) != refused.value.params["total"]
    with pytest.raises(ReportSumDiffers) as other:
        check_same(_tampered(report, where, part, more), report)
    assert other.value.params["sum"] == "report events"


def _tampered(report: Report, where: str, code: str, more: int) -> Report:
    def one(figures: Figures) -> Figures:
        return replace(figures, counts={**figures.counts, code: figures.counts[code] + more})

    told = getattr(report, where)
    if where == "total":
        return replace(report, total=one(told))
    first = min(told)
    return replace(report, **{where: {**told, first: one(told[first])}})


@given(st.lists(cases(), min_size=1, max_size=8), st.sampled_from(sorted(FIGURES)))
def test_a_figure_without_a_sum_is_held_by_the_groups(found: list[ReportCase], code: str):
    """What no sum names is caught where units or ranks do not make the total."""
    report = count(found)
    for where, named in (("by_unit", "report units"), ("by_rank", "report ranks")):
        with pytest.raises(ReportSumDiffers) as refused:
            check_sums(_tampered(report, where, code, 1))
        told = refused.value.params
        assert told["sum"] == named or told["sum"] in {rule.code for rule in SUMS}
        assert told["figure"] == code or told["sum"] != named


def test_the_longest_is_the_longest_of_the_groups():
    """A maximum that no unit has is refused."""
    report = count(group_271())
    wrong = replace(report, total=replace(report.total, longest={"overstated": 40, "understated": 16}))
    with pytest.raises(ReportSumDiffers) as refused:
        check_sums(wrong)
    assert refused.value.params == {
        "sum": "report units", "figure": "overstated.longest", "parts": [37], "total": 40
    }  # fmt: skip


def test_every_sum_has_its_words_and_every_part_is_a_figure():
    for one in SUMS:
        assert one.code in WORDS
        assert {one.whole, *one.parts} <= set(FIGURES)
    assert all(figure.of is None or figure.of in FIGURES for figure in FIGURES.values())


@pytest.mark.parametrize(
    ("rank", "group"),
    [
        ("正处级", "county"),
        ("正科级", "section_head"),
        ("二级主任科员", "section_head"),
        ("副科级", "deputy_section_head"),
        ("一级科员", "staff"),
        ("股级", "staff"),
        ("厅局级正职", "unranked"),
        (None, "unranked"),
    ],
)
def test_a_rank_is_counted_in_its_group(rank: str | None, group: str):
    """县处级, 正科级, 副科级, 科员/一般 (seeds 000 and 002); what none names stands apart: ranks sum to the total."""
    rules = load_report_rules()
    assert rules.group_of(rank) == group
    assert rank is None or group == "unranked" or rank in rules.ranks_of(group)
