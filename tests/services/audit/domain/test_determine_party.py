"""Party join date and seniority: every period of the table (中组部 1997 党龄计算方法), and P1–P3."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim
from services.audit.domain.determination import Prior, Status
from services.audit.domain.facts import PartyClaim
from tests.services.audit.domain.determining import PARTY, claim, codes, determined

FORM = "入党志愿书"


def day(value: str | None) -> PartialDate | None:
    """A date in few letters."""
    return PartialDate(value=value) if value else None


def form(
    meeting: str | None, approval: str | None, full: str | None = None, formed: str = "2000", **more: Any
) -> Claim:
    """What an application form (入党志愿书) says."""
    value = PartyClaim(branch_meeting=day(meeting), committee_approval=day(approval), full_member=day(full))
    return claim(PARTY, FORM, formed, value, **more)


def stated(title: str, formed: str, join: str, party: str = "中国共产党") -> Claim:
    """What another form states as the join date."""
    return claim(PARTY, title, formed, PartyClaim(party=party, join_date=day(join)))


# begins, ends, the step that is the join date, seniority for: (class, full member date) → expected
PERIODS = [
    ("1921-07-01", "1923-06-09", "approval", [(None, None, "join")]),
    ("1923-06-10", "1927-04-26", "approval", [("labourer", "1926-05-01", "full"), (None, None, None)]),
    (
        "1927-04-27",
        "1928-06-17",
        "approval",
        [("worker", None, "join"), ("intellectual", None, "+3"), ("free_profession", None, "+3"), (None, None, None)],
    ),
    ("1928-06-18", "1945-04-22", "approval", [(None, None, "join")]),
    ("1945-04-23", "1956-09-14", "approval", [("worker", "1956-09-20", "full"), (None, None, None)]),
    ("1956-09-15", "1969-03-31", "meeting", [(None, "1970-03-01", "full"), (None, None, None)]),
    ("1969-04-01", "1977-08-11", "approval", [(None, None, "join")]),
    ("1977-08-12", "1982-09-05", "approval", [(None, "1983-10-01", "full"), (None, None, None)]),
    ("1982-09-06", None, "meeting", [(None, "2027-01-01", "full"), (None, None, None)]),
]


def shifted(value: str, months: int) -> str:
    """The same day, months later."""
    found = dt.date.fromisoformat(value)
    month = found.month - 1 + months
    return found.replace(year=found.year + month // 12, month=month % 12 + 1).isoformat()


@pytest.mark.parametrize("at", ["first", "last"])
@pytest.mark.parametrize("row", PERIODS, ids=[row[0] for row in PERIODS])
def test_a_period_names_the_step_that_counts(row: Any, at: str):
    """On its first and its last day: the date of its own step, whenever the other step was."""
    begins, ends, step, seniorities = row
    on = begins if at == "first" else ends or "2020-06-12"
    # The other step is far away on the side where its period would not choose it.
    meeting, approval = (on, "2021-01-01") if step == "meeting" else ("1900-01-01", on)
    if step == "meeting" and begins == "1956-09-15":
        approval = "1960-01-01"
    for person, full, expected in seniorities:
        found = determined(PARTY, form(meeting, approval, full, formed="2022"), party_class=person)
        assert isinstance(found.value, PartyClaim), found.findings
        assert found.value.join_date == day(on)
        assert found.rule == "party-step"
        since = shifted(on, 3) if expected == "+3" else {"join": on, "full": full, None: None}[expected]
        assert found.seniority_from == day(since)


@pytest.mark.parametrize(
    ("rule", "join"), [("by_period", "1980-08-01"), ("branch_meeting", "1980-06-12"), (None, "1980-08-01")]
)
def test_p1_the_campaign_chooses_the_rule(rule: Any, join: str):
    """P1; seed 002 takes the branch meeting in every period. Not chosen: as the rule book says."""
    found = determined(PARTY, form("1980-06-12", "1980-08-01"), party_date_rule=rule)
    assert isinstance(found.value, PartyClaim)
    assert (found.status, found.value.join_date) == (Status.CONSISTENT, day(join))


@pytest.mark.parametrize("formed", ["1990-05", "1990-06-12", "1991"])
def test_the_steps_are_written_on_the_form_after_its_own_date(formed: str):
    """The form is dated when the person applies."""
    found = determined(PARTY, form("1990-06-12", "1990-08-01", "1991-06-12", formed=formed))
    assert (found.status, found.written) == (Status.CONSISTENT, "1990-06")


def test_p2_since_1982_the_branch_meeting_counts_and_seniority_from_full_membership():
    """P2."""
    found = determined(PARTY, form("1990-06-12", "1990-08-01", "1991-06-12"))
    assert isinstance(found.value, PartyClaim)
    assert (found.value.join_date, found.seniority_from) == (day("1990-06-12"), day("1991-06-12"))
    assert found.written == "1990-06"


def test_p3_a_form_that_states_the_approval_disagrees():
    """P3: it confuses the steps, which is no false statement."""
    found = determined(PARTY, form("1990-06-12", "1990-08-01", "1991-06-12"), stated("履历表", "1999", "1990-08"))
    assert (found.status, found.written) == (Status.PROPOSED, "1990-06")
    assert [(one.months, one.direction, one.cause) for one in found.disagreeing] == [(2, "understated", None)]
    assert found.paragraph == (
        "档案中关于入党时间的记载不一致：《入党志愿书》（2000年形成）记载为支部大会1990年6月12日、"
        "上级党委批准1990年8月1日、转正1991年6月12日。《履历表》（1999年形成）记载为1990年8月，晚2月，属填小。"
        "依据中组部1997年党龄计算方法；审核工作要求：以《入党志愿书》记载的有关程序时间为准，"
        "拟认定入党时间为1990年6月12日。"
    )


def test_a_later_false_join_date_is_told_with_size_and_direction():
    """党龄填大: an earlier date makes seniority longer."""
    found = determined(PARTY, form("1990-06-12", "1990-08-01", "1991-06-12"), stated("任免表", "2018", "1988-06"))
    assert (found.status, found.months, found.direction) == (Status.PROPOSED, 24, "overstated")
    assert found.cause == "false_statement"


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        # registers, résumés and appointment forms are only compared (seed 002)
        ([stated("党员登记表", "1991", "1990-06"), stated("履历表", "1999", "1990-06")], "decisive_missing"),
        ([form("1990-06-12", None, excluded="forged")], "decisive_missing"),
        ([form("1990-06-12", None, altered="altered")], "decisive_missing"),
        # a date of which nobody says the step
        ([stated(FORM, "1991", "1990-06")], "step_unknown"),
        # steps on both sides of a border: neither period, or both
        ([form("1982-09-01", "1982-10-01")], "period_unclear"),
        ([form("1969-03-01", "1969-05-01")], "period_unclear"),
        ([form("1900-01-01", "1982-09")], "period_unclear"),
        # the step that counts is not on the form
        ([form("1980-06-12", None)], "period_unclear"),
        ([form("1990-06-12", None, id="a"), form("1991-06-12", None, id="b")], "page_contradiction"),
    ],
)
def test_without_a_rule_the_meeting_decides(claims: list[Claim], told: str):
    """Never a guess."""
    found = determined(PARTY, *claims)
    assert (found.status, found.value, found.seniority_from, found.collective) == (
        Status.UNDETERMINED,
        None,
        None,
        True,
    )
    assert told in codes(found)


@pytest.mark.parametrize(
    ("claims", "status", "written"),
    [
        ([stated("履历表", "1999", "1990-08", party="民建")], "consistent", "民建"),
        ([form("1990-06-12", None), stated("履历表", "1999", "1995", party="民建")], "consistent", "1990-06；民建"),
        (
            [stated("履历表", "1999", "1990", party="民建"), stated("任免表", "2001", "1990", party="民盟")],
            "undetermined",
            None,
        ),
    ],
)
def test_of_a_democratic_party_the_name_is_written_and_no_date(claims: list[Claim], status: str, written: str | None):
    """SEU form; of two such parties nobody says which."""
    found = determined(PARTY, *claims)
    assert (found.status.value, found.written) == (status, written)


@pytest.mark.parametrize(
    ("claims", "context", "told"),
    [
        ([form("1990-06-12", None)], {}, "full_member_missing"),
        ([form("1990-06-12", None, "1991-05-12")], {}, "probation_short"),
        ([form("1900-01-01", "1927-05-01")], {}, "class_unknown"),
        ([form("1990-06-12", None, "1991-06-12")], {"birth": PartialDate(value="1973-03")}, "below_age"),
        ([form("1990-06-12", None, "1991-06-12")], {"held": frozenset({"party_application"})}, "application_missing"),
    ],
)
def test_what_a_reviewer_is_to_see(claims: list[Claim], context: dict[str, Any], told: str):
    """The date stands; what is wrong or missing beside it is told."""
    found = determined(PARTY, *claims, **context)
    assert found.value is not None
    assert told in codes(found)


def test_nobody_joins_before_birth():
    """A birth date after the party date: no value."""
    found = determined(PARTY, form("1990-06-12", None), birth=PartialDate(value="1991-03"))
    assert (found.value, found.status) == (None, Status.UNDETERMINED)
    assert "before_birth" in codes(found)


def test_an_approved_date_stands_where_the_papers_disagree():
    """And is not needed where they agree."""
    prior = Prior(PartyClaim(join_date=day("1990-08")), PartialDate(value="2008"), valid=True)
    assert determined(PARTY, prior=prior).written == "1990-08"
    agree, differ = form("1990-06-12", None, "1991-06-12"), stated("任免表", "2018", "1988-06")
    assert determined(PARTY, agree, prior=prior).status is Status.CONSISTENT
    found = determined(PARTY, agree, differ, prior=prior)
    assert (found.status, found.written, found.rule) == (Status.DETERMINED, "1990-08", "party-prior")
