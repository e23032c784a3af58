"""The fact matrix on the worked cases of the rule book, and whatever the order of entry."""

from __future__ import annotations

import random

import pytest

from services.audit.domain.claim import Claim
from services.audit.domain.fact_matrix import FactRow, fact_matrix, is_before_birth, months_between
from services.audit.domain.facts import AuditFact, EducationClaim
from tests.services.audit.claiming import claim, day, joined, lunar, text
from tests.services.audit.domain.determining import RULES
from tests.services.audit.domain.test_determine_education import BACHELOR, COLLEGE, MASTER, refused, whole

EDUCATION = RULES.education
LEAGUE = ("入团志愿书", "1984-05", "1968-03")


def row_of(*claims: Claim) -> FactRow:
    """The one row of claims about one fact."""
    (row,) = fact_matrix(claims, EDUCATION).rows
    return row


def test_papers_that_agree_have_no_conflict():
    """B1: the league form, the résumé and the appointment form say one month; the first is the earliest."""
    league, resume, form = claim(*LEAGUE), claim("履历表", "1999", "1968-03"), claim("任免表", "2018", "1968-03")
    row = row_of(form, resume, league)
    assert [one.id for one in row.claims] == [league.id, resume.id, form.id]
    assert (row.earliest, row.earliest_unaltered) == (league.id, league.id)
    assert (row.conflicts, row.cannot_tell) == ((), ())


def test_papers_that_say_another_month_stand_together_with_how_far_they_are_off():
    """B2: two later forms say 1970.03, which is 24 months later than the earliest."""
    league, labour, form = claim(*LEAGUE), claim("招工表", "1986", "1970-03"), claim("任免表", "2018", "1970-03")
    (conflict,) = row_of(league, labour, form).conflicts
    assert (conflict.kind, conflict.claim_ids, conflict.months) == ("differs", (league.id, labour.id, form.id), 24)
    assert conflict.words.zh == (
        "《入团志愿书》（1984.05）记载1968.03，《招工表》（1986）、《任免表》（2018）记载1970.03，晚24个月。"
    )
    assert "24 months later" in conflict.words.en


def test_an_altered_place_is_marked_and_does_not_lead():
    """B3: what was altered on the enlistment form cannot be read; the school record found later is the earliest."""
    enlisted = claim("入伍登记表", "1985", "1966-10", altered="unreadable")
    school = claim("学籍表", "1981", "1967-10")
    row = row_of(enlisted, school)
    assert (row.earliest, row.earliest_unaltered) == (school.id, school.id)
    assert [(one.kind, one.claim_ids) for one in row.cannot_tell] == [("unreadable", (enlisted.id,))]
    assert row.conflicts == ()


def test_an_altered_earliest_paper_stays_the_earliest_but_is_not_what_others_are_held_against():
    """B4's paper beside an unaltered one: both marks are told apart."""
    labour = claim("招工表", "1984", "1970-03", altered="altered")
    resume, form = claim("履历表", "1999", "1968-03"), claim("任免表", "2018", "1968-03")
    row = row_of(labour, resume, form)
    assert (row.earliest, row.earliest_unaltered) == (labour.id, resume.id)
    assert [(one.claim_ids, one.months) for one in row.conflicts] == [((resume.id, labour.id), 24)]
    assert "有涂改" in row.conflicts[0].words.zh


def test_a_lunar_date_is_no_conflict_but_cannot_be_compared():
    """B5: 农历 1970.12 beside 1971.01 公历."""
    league = claim("入团志愿书", "1986", day(lunar("1971-01", "一九七〇年腊月")))
    resume = claim("履历表", "1999", "1971-01")
    row = row_of(league, resume)
    assert row.conflicts == ()
    ((kind, ids, words),) = [(one.kind, one.claim_ids, one.words) for one in row.cannot_tell]
    assert (kind, ids) == ("lunar", (league.id, resume.id))
    assert words.zh.startswith("无法比较：《入团志愿书》（1986）记载一九七〇年腊月（农历，换算1971.01）")


def test_a_year_alone_cannot_be_compared_with_a_month_of_it():
    """It is kept apart from a year that differs, which is a conflict."""
    league, old, new = claim(*LEAGUE), claim("履历表", "1999", "1968"), claim("任免表", "2018", "1970")
    row = row_of(league, old, new)
    assert [(one.claim_ids, one.months) for one in row.conflicts] == [((league.id, new.id), None)]
    assert [(one.kind, one.claim_ids) for one in row.cannot_tell] == [("partial", (league.id, old.id))]


def test_an_undated_paper_is_last_and_never_the_earliest():
    """Its claim is compared all the same."""
    league, card = claim(*LEAGUE), claim("户口登记卡", None, "1969-03")
    row = row_of(card, league)
    assert [one.id for one in row.claims] == [league.id, card.id]
    assert row.earliest == league.id
    assert [(one.kind, one.claim_ids) for one in row.cannot_tell] == [("undated", (card.id,))]
    assert row.conflicts[0].claim_ids == (league.id, card.id)


def test_a_forged_paper_is_shown_and_compared_with_nothing():
    """It is neither the earliest nor a conflict."""
    forged, league = claim("学籍表", "1980", "1970-03", excluded="forged"), claim(*LEAGUE)
    row = row_of(forged, league)
    assert [one.id for one in row.claims] == [forged.id, league.id]
    assert (row.earliest, row.conflicts, row.cannot_tell) == (league.id, (), ())


def test_two_papers_of_which_neither_is_the_earlier_for_certain_are_told():
    """Of a year and a month of that year, nobody knows which came first."""
    form, labour, later = (
        claim("学籍表", "1984", "1968-03"),
        claim("招工表", "1984-05", "1970-03"),
        claim("履历表", "1999", "1970-03"),
    )
    row = row_of(form, labour, later)
    assert [(one.kind, one.claim_ids) for one in row.cannot_tell] == [("order", (form.id, labour.id))]


def test_two_papers_of_one_month_that_agree_need_no_order():
    """Whichever came first, the earliest record says the same."""
    assert row_of(claim("学籍表", "1984-05", "1968-03"), claim("招工表", "1984-05", "1968-03")).cannot_tell == ()


def test_a_paper_that_contradicts_itself_is_told_as_such():
    """Two places of one material, whatever else the dossier says."""
    kept = {"material_id": "mat_01JD0000000000000000000001"}
    front, back = claim("履历表", "1999", "1968-03", **kept), claim("履历表", "1999", "1969-03", **kept)
    row = row_of(front, back)
    assert {one.kind: set(one.claim_ids) for one in row.conflicts} == {
        "differs": {front.id, back.id},
        "on_one_paper": {front.id, back.id},
    }
    assert any("前后记载不一" in one.words.zh for one in row.conflicts)


def test_other_schools_are_no_conflict_and_one_school_with_other_dates_is():
    """Education has stages: only claims of one stage are held against one another."""
    education = AuditFact.EDUCATION
    first = claim("毕业登记表", "1990-07", EducationClaim(school="省农学院", level="大学"), education)
    second = claim("学位材料", "1999-07", EducationClaim(school="省委党校", level="研究生"), education)
    assert row_of(first, second).conflicts == ()
    full, part = (
        claim(title, formed, EducationClaim(school="省农学院", level="大学", full_time=mode), education)
        for title, formed, mode in (("毕业登记表", "1990-07", False), ("履历表", "1999", True))
    )
    (conflict,) = row_of(full, part).conflicts
    assert "在职" in conflict.words.zh
    assert "全日制" in conflict.words.zh


def test_party_before_birth_does_not_fit_across_facts():
    """A birth date after the party date: each paper is kept, and the matrix tells both."""
    born = claim("履历表", "1999", "1985-03")
    party = claim("入党志愿书", "1980-06", joined(branch_meeting="1980-06-12"), AuditFact.PARTY_JOIN_DATE)
    work = claim("招工表", "1986", "1986-08", AuditFact.WORK_START_DATE)
    (found,) = fact_matrix([born, party, work], EDUCATION).across
    assert (found.kind, found.claim_ids) == ("before_birth", (born.id, party.id))
    assert found.words.zh == "《履历表》（1999）记载出生日期1985.03，晚于《入党志愿书》（1980.06）记载的入党时间。"


def test_the_order_of_entry_makes_no_difference():
    """Seeded shuffles of a mixed lot give one and the same matrix."""
    lot = [
        claim(*LEAGUE),
        claim("招工表", "1986", "1970-03", altered="altered"),
        claim("履历表", "1999", day(lunar("1968-04", "一九六八年二月"))),
        claim("任免表", "2018", "1970-03"),
        claim("户口登记卡", None, "1969"),
        claim("学籍表", "1980", "1968-03", excluded="forged"),
        claim("履历表", "1999", text("汉族"), AuditFact.ETHNICITY),
        claim("任免表", "2018", text("回族"), AuditFact.ETHNICITY),
        claim("入党志愿书", "1966-06", joined(branch_meeting="1966-06-12"), AuditFact.PARTY_JOIN_DATE),
    ]
    expected = fact_matrix(lot, EDUCATION)
    assert len(expected.rows) == 3
    chance = random.Random(4711)
    for _ in range(50):
        chance.shuffle(lot)
        assert fact_matrix(lot, EDUCATION) == expected


def test_many_papers_are_named_up_to_five():
    """A sentence stays a sentence; the claims are all named by their ids."""
    (conflict,) = row_of(claim(*LEAGUE), *(claim(f"表{n}", f"{1990 + n}", "1970-03") for n in range(9))).conflicts
    assert len(conflict.claim_ids) == 10
    assert "《表4》（1994）等9处记载1970.03" in conflict.words.zh


@pytest.mark.parametrize(
    ("first", "other", "months"),
    [
        ("1968-03", "1970-03", 24),
        ("1970-03-31", "1968-12-01", -15),
        ("1968-03", "1970", None),
        ("1968-03", lunar("1970-01", "腊月"), None),
    ],
)
def test_months_between_two_dates(first: str, other: str, months: int | None):
    """Whole months of the calendar, whatever the day; none where a month is not known for certain."""
    assert months_between(day(first), day(other)) == months


def test_a_doubtful_birth_date_contradicts_nothing():
    """Neither a partial nor a lunar date is after a day that it may include."""
    assert not is_before_birth(day("1980"), day("1980-06"))
    assert not is_before_birth(day(lunar("1985-01", "腊月")), day("1980-06"))
    assert is_before_birth(day("1981"), joined(full_member="1980-06"))


def test_every_degree_entered_on_a_refused_certificate_is_flagged():
    """E1 (seed 000: 不符合报考条件取得上一级学历学位): each later stage once, also what was entered on
    a flagged one; the refused one is excluded by itself."""
    lot = [*refused(COLLEGE), *BACHELOR, *MASTER]
    flags = row_of(*lot).flags
    assert [flag.kind for flag in flags] == ["entry_qualification_false"] * 2
    assert [set(flag.claim_ids) for flag in flags] == [{one.id for one in stage} for stage in (BACHELOR, MASTER)]
    assert flags[0].words.zh == "省师大大学本科：报考所凭学历未获认可，不符合报考条件。"
    assert "not recognised" in flags[0].words.en
    # Another college of the same level bears the entry, and without a refusal there is nothing to flag.
    assert row_of(*lot, *whole("市师专", "大专", "1986-09", "1989-07")).flags == ()
    assert row_of(*COLLEGE, *BACHELOR, *MASTER).flags == ()
