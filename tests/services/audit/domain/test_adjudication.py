"""What a vote, a feedback and an approval must be, and how a dossier comes out (seeds 000 and 002)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.events.catalog import AuthorityPeriod
from contracts.problems import SamePersonTwice, StateConflict, WrongAuthority
from services.audit.adjudication_file import load_adjudication_rules
from services.audit.domain.adjudication import (
    DETERMINED_AS,
    Vote,
    admit_approver,
    form_title,
    in_force,
    office_on,
    result_of,
    vote_faults,
)
from services.audit.domain.determination import Status
from services.audit.domain.facts import AuditFact

RULES = load_adjudication_rules()
C, P, D, U = Status.CONSISTENT, Status.PROPOSED, Status.DETERMINED, Status.UNDETERMINED


def period(office: str, begins: str, ends: str | None = None, unit: str | None = "unt_a") -> AuthorityPeriod:
    """An office and when it manages."""
    until = date.fromisoformat(ends) if ends else None
    return AuthorityPeriod(
        unit_id="unt_x", office=office, office_unit_id=unit, valid_from=date.fromisoformat(begins), valid_to=until
    )


def test_every_fact_has_one_kind_of_value():
    assert set(DETERMINED_AS) == set(AuditFact)


@pytest.mark.parametrize(
    ("statuses", "inquiries", "result", "title"),
    [
        ([C, C], [], "no_problem", "干部基本信息审核确认表"),
        ([C, P], [], "verified", "干部人事档案专项审核认定表"),
        ([C, P], ["verified"], "verified", "干部人事档案专项审核认定表"),
        ([C, C], ["not_verifiable"], "to_investigate", "干部基本信息审核确认表"),
        ([C, U], ["verified"], "to_investigate", "干部人事档案专项审核认定表"),
    ],
)
def test_a_dossier_comes_out_in_one_of_three_ways(
    statuses: list[Status], inquiries: list[str], result: str, title: str
):
    """无问题, 需要调查核实, 已核实: the three that sum to all dossiers (seed 000)."""
    assert result_of(statuses, inquiries) == result  # pyright: ignore[reportArgumentType]
    assert form_title(statuses) == title


@pytest.mark.parametrize(("before", "after"), [(C, C), (P, D), (U, U)])
def test_an_approval_determines_what_was_proposed(before: Status, after: Status):
    assert in_force(before) is after


@pytest.mark.parametrize(
    ("day", "office"),
    [
        ("2009-12-31", "县委"),
        ("2010-01-01", "市委"),
        ("2019-12-31", "市委"),
        ("2020-01-01", None),
        ("1999-12-31", None),
    ],
)
def test_the_office_is_the_one_of_the_day(day: str, office: str | None):
    """Both ends of a period belong to it; on a day without one nobody approves."""
    periods = [period("县委", "2000-01-01", "2009-12-31"), period("市委", "2010-01-01", "2019-12-31")]
    if office is None:
        with pytest.raises(StateConflict):
            office_on(periods, date.fromisoformat(day))
    else:
        assert office_on(periods, date.fromisoformat(day)).office == office


@pytest.mark.parametrize("roots", [frozenset({"unt_b"}), frozenset[str]()])
def test_another_office_is_told_which_one_decides(roots: frozenset[str]):
    with pytest.raises(WrongAuthority) as refused:
        admit_approver(period("市委组织部", "2000-01-01"), roots, "acc_1", ())
    assert refused.value.params == {"authority": "市委组织部"}


@pytest.mark.parametrize("roots", [frozenset({"unt_a"}), "*"])
def test_the_office_itself_approves_unless_it_proposed(roots: frozenset[str] | str):
    admit_approver(period("市委组织部", "2000-01-01"), roots, "acc_1", {"acc_2"})
    with pytest.raises(SamePersonTwice):
        admit_approver(period("市委组织部", "2000-01-01"), roots, "acc_1", {"acc_1"})


def test_an_office_that_is_not_in_this_deployment_approves_elsewhere():
    """Not even who may approve everywhere stands in for it."""
    with pytest.raises(WrongAuthority):
        admit_approver(period("省委组织部", "2000-01-01", unit=None), "*", "acc_1", ())


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 3))
def test_a_vote_that_passes_is_more_than_half_of_those_who_voted(
    in_favour: int, against: int, abstained: int, recused: int
):
    """Whatever the numbers: nothing passes with fewer voters than the rules ask for, or without a majority."""
    present = [f"acc_{number}" for number in range(in_favour + against + abstained + recused)]
    vote = Vote(frozenset(present), tuple(present[:recused]), in_favour, against, abstained)
    voters = in_favour + against + abstained
    passes = voters >= RULES.least_present and in_favour > voters / 2
    assert (vote_faults(vote, (), RULES) == []) is passes
