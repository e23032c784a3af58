"""What may be entered as a claim, in tables: each refusal with the place, and what only looks like a fault."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values.partial_date import PartialDate
from services.audit.domain.claim import Claim
from services.audit.domain.claim_entry import Entered, Standing, entry_faults
from services.audit.domain.facts import AuditFact, ClaimValue, EducationClaim, PostClaim
from tests.services.audit.claiming import claim, day, joined, lunar, text

TODAY = date(2026, 11, 24)
KEPT = "mat_01JD0000000000000000000001"
PAGE, OTHER_PAGE = "pag_01JD0000000000000000000001", "pag_01JD0000000000000000000002"
PARTY, WORK = AuditFact.PARTY_JOIN_DATE, AuditFact.WORK_START_DATE


def found(new: Claim, *standing: Claim, as_on_paper: bool = False) -> list[tuple[str, str]]:
    """Pointer and code of each fault."""
    others = [Standing(one, one.id, one.id) for one in standing]
    faults = entry_faults(Standing(new, new.id, "/"), others, TODAY, as_on_paper=as_on_paper)
    return [(fault.pointer, fault.code) for fault in faults]


def period(begins: str | None, ends: str | None) -> EducationClaim:
    """A stage of education between two dates."""
    dates = {name: PartialDate(value=value) for name, value in (("begins", begins), ("ends", ends)) if value}
    return EducationClaim(school="省农学院", level="大学", **dates)


@pytest.mark.parametrize(
    ("value", "formed_on", "faults"),
    [
        (day("1968-03"), "1984-05", []),
        (day("2999"), None, [("/value/date", "date-in-future")]),
        (day("1968-03"), "2999", [("/formed_on", "date-in-future")]),
        # The paper knows nothing that came after it; in the same year nobody can tell.
        (day("1985"), "1984-05", [("/value/date", "dates-contradict")]),
        (day("1984-06"), "1984-05", [("/value/date", "dates-contradict")]),
        (day("1984"), "1984-05", []),
        (day(lunar("1985-01", "甲子年腊月")), "1984-05", []),
        # The party's form is filled in over years, in the order of its steps.
        (joined(branch_meeting="1980-06-12", committee_approval="1980-08-01", full_member="1981-06"), "1980-06", []),
        (joined(branch_meeting="1980-06-12", full_member="1979-06"), None, [("/value/full_member", "date-before")]),
        # A term or a course may end later than the paper, and later than today.
        (period("2024-09", "2028-07"), "2025", []),
        (period("1990-09", "1989-07"), "1999", [("/value/ends", "date-before")]),
        (period("2000-09", None), "1999", [("/value/begins", "dates-contradict")]),
        (PostClaim(unit="县委办", begins=PartialDate(value="1990-08")), "1999", []),
        (text("汉族"), "1999", []),
    ],
)
def test_a_statement_by_itself(value: ClaimValue, formed_on: str | None, faults: list[tuple[str, str]]):
    """And whatever it is, with `as_on_paper` it is taken."""
    new = claim("履历表", formed_on, value)
    assert found(new) == faults
    assert found(new, as_on_paper=True) == []


@pytest.mark.parametrize(
    ("value", "members", "faults"),
    [
        ("1969-03", {"page_id": PAGE}, [("/value", "paper-contradicts")]),
        ("1968-03-15", {"page_id": PAGE}, []),
        ("1968", {"page_id": PAGE}, []),
        (day(lunar("1968-04", "二月")), {"page_id": PAGE}, []),
        ("1969-03", {"page_id": OTHER_PAGE}, []),
        ("1969-03", {}, []),
        ("1969-03", {"page_id": PAGE, "fact": WORK, "value": "1990"}, []),
    ],
)
def test_beside_another_statement_of_the_same_page(value: Any, members: dict[str, Any], faults: list[tuple[str, str]]):
    """Only what certainly differs, about the same fact, on the very page, is taken for a slip."""
    stands = claim("履历表", "1999", "1968-03", material_id=KEPT, page_id=PAGE)
    told = {"material_id": KEPT, **members}
    new = claim("履历表", "1999", told.pop("value", value), **told)
    assert found(new, stands) == faults
    assert found(new, stands, as_on_paper=True) == []


def test_papers_outside_the_dossier_are_told_apart_by_title_and_date():
    """They have no pages."""
    stands = claim("户口登记卡", "1984", "1968-03", material_id=None)
    assert found(claim("户口登记卡", "1984", "1969-03", material_id=None), stands) == [("/value", "paper-contradicts")]
    assert found(claim("户口登记卡", "1990", "1969-03", material_id=None), stands) == []
    assert found(claim("户口底册", "1984", "1969-03", material_id=None), stands) == []


@pytest.mark.parametrize(
    ("born", "then", "fact", "contradicts"),
    [
        ("1985-03", joined(branch_meeting="1980-06-12"), PARTY, True),
        ("1985-03", joined(join_date="1985-02"), PARTY, True),
        ("1985-03", day("1984"), WORK, True),
        ("1985-03", day("1985"), WORK, False),
        ("1985", day("1985-06"), WORK, False),
        (day(lunar("1985-03", "二月")), day("1980"), WORK, False),
        ("1985-03", day("2005-07"), WORK, False),
    ],
)
def test_birth_comes_first(born: Any, then: ClaimValue, fact: AuditFact, contradicts: bool):
    """Whichever of the two is entered second is at fault, on whatever papers they stand; excluded ones do not count."""
    birth, later = claim("履历表", "2015", born), claim("登记表", "2015", then, fact)
    assert found(later, birth) == ([("/value", "dates-contradict")] if contradicts else [])
    assert found(birth, later) == ([("/value/date", "dates-contradict")] if contradicts else [])
    forged = claim("登记表", "2015", then, fact, excluded="forged")
    assert found(birth, forged) == []


def test_the_same_twice_is_refused_even_when_somebody_looked_again():
    """It is one statement, however often it is read."""
    stands = claim("履历表", "1999", "1968-03", id="clm_01JD0000000000000000000001")
    for as_on_paper in (False, True):
        assert ("/value", "duplicate") in found(stands, stands, as_on_paper=as_on_paper)


_months = st.dates(date(1940, 1, 1), date(2000, 12, 31)).map(lambda value: value.isoformat()[:7])


@given(_months, _months)
def test_two_months_on_one_page_stand_together_only_if_they_are_one(first: str, second: str):
    """For any two months."""
    stands = claim("履历表", "2015", first, material_id=KEPT)
    assert (found(claim("履历表", "2015", second, material_id=KEPT), stands) == []) is (first == second)


def test_a_statement_is_known_by_what_it_says_and_where():
    """Neither who enters it, nor a remark, nor a mark makes it another one; another page or paper does."""
    told: dict[str, Any] = {
        "person_id": "per_01JD0000000000000000000001",
        "fact": AuditFact.BIRTH_DATE,
        "value": day("1968-03"),
    }
    one = Entered(**told, title="户口登记卡", formed_on=PartialDate(value="1984"))
    same = Entered(**told, title="户口登记卡", formed_on=PartialDate(value="1984"), remark="复核", signed=True)
    assert one.statement == same.statement
    others = [
        Entered(**told, title="户口登记卡"),
        Entered(**told, title="户口底册", formed_on=PartialDate(value="1984")),
        Entered(**told, material_id=KEPT),
        Entered(**told, material_id=KEPT, page_id=PAGE),
        Entered(**{**told, "value": day("1968-04")}, title="户口登记卡", formed_on=PartialDate(value="1984")),
    ]
    assert len({one.statement, *(other.statement for other in others)}) == 6
    dated = Entered(**told, material_id=KEPT, formed_on=PartialDate(value="1984"))
    assert dated.statement == others[2].statement
