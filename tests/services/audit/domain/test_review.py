"""The review sheet: what cannot be so in a draft, when it is finished, and how two of them compare."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.facts import AuditFact
from services.audit.domain.review import Sheet, faults_of, unfinished
from services.audit.domain.review_comparison import compare
from tests.services.audit.blind import finished, started


def sheet(**changes: Any) -> Sheet:
    """A finished sheet, with changes to entries."""
    return Sheet.model_validate(finished(**changes))


def entry(fact: str, **members: Any) -> Sheet:
    """A draft with one entry."""
    return Sheet.model_validate({"facts": [{"fact": fact, "verdict": "consistent", **members}]})


def date(value: str, **members: Any) -> dict[str, Any]:
    return {"type": "date", "date": {"value": value, **members}}


PLACE = {"type": "text", "text": "青岚县"}
PLACED = {"fact": "native_place", "value": PLACE, "material_id": "mat_01K9ZV8T3M5QH2E7R4X6C1B0DA"}


@pytest.mark.parametrize(
    ("draft", "faults"),
    [
        (entry("birth_date", values=[date("1968-03")]), []),
        (entry("birth_date", values=[PLACE]), [("/facts/0/values/0", "contradiction")]),
        (entry("birth_date", values=[date("1968"), date("1970")]), [("/facts/0/values", "too-many")]),
        (entry("rewards", values=[PLACE, {"type": "text", "text": "三等功"}]), []),
        (
            entry("party_join_date", verdict="not_applicable", values=[{"type": "party", "join_date": "1990-06"}]),
            [("/facts/0/values", "contradiction")],
        ),
        (
            Sheet.model_validate({"facts": [{"fact": "name", "verdict": "cannot_tell"}] * 2}),
            [("/facts/0/fact", "duplicate"), ("/facts/1/fact", "duplicate")],
        ),
        (
            Sheet.model_validate(
                {"claims": [{"fact": "birth_date", "value": PLACE, "material_id": "mat_01K9ZV8T3M5QH2E7R4X6C1B0DA"}]}
            ),
            [("/claims/0/value", "contradiction")],
        ),
        (
            Sheet.model_validate({"claims": [{**PLACED, "box": {"x": 60, "y": 0, "width": 41, "height": 5}}]}),
            [("/claims/0/page_id", "required"), ("/claims/0/box", "out-of-range")],
        ),
    ],
)
def test_a_draft_may_be_unfinished_but_not_impossible(draft: Sheet, faults: list[tuple[str, str]]):
    """Each fault with its pointer; an empty or half sheet has none."""
    assert [(fault.pointer, fault.code) for fault in faults_of(draft)] == faults
    assert faults_of(Sheet()) == []


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        (sheet(), []),
        (Sheet(), [("/sheet/facts", "facts-missing")]),
        (sheet(birth_date={"values": []}), [("/sheet/facts/0/values", "too-few")]),
        (sheet(education={"verdict": "inconsistent"}), [("/sheet/facts/3/issues", "too-few")]),
        (
            sheet(education={"verdict": "inconsistent", "issues": [{"kind": "false_statement", "cause": "slip"}]}),
            [],
        ),
        # A birth date after the party date, and after the work start: by whole parts, never by a guess.
        (
            sheet(party_join_date={"verdict": "consistent", "values": [{"type": "party", "join_date": "1967-12"}]}),
            [("/sheet/facts/2/values/0", "date-before")],
        ),
        (sheet(work_start_date=started("1968-02")), [("/sheet/facts/1/values/0", "date-before")]),
        (sheet(work_start_date=started("1968")), []),
    ],
)
def test_a_sheet_is_finished_when_each_of_the_six_facts_has_its_word(given: Sheet, faults: list[tuple[str, str]]):
    """三龄二历一身份; agreed facts with a value, others with an issue; nobody works before being born."""
    assert [(fault.pointer, fault.code) for fault in unfinished(given)] == faults


def differences(one: Sheet, other: Sheet) -> dict[str, tuple[str, ...]]:
    """Members that differ, by fact, where any do."""
    return {found.fact.value: found.differs for found in compare(one, other) if not found.agreed}


def test_case_r1_birth_agrees_and_the_work_start_goes_to_the_second_review():
    """Audit rules, worked case R1: both 1968.03 for birth; 1990.07 and 1990.08 for the work start."""
    li, wang = sheet(), sheet(work_start_date=started("1990-08"))
    assert differences(li, wang) == {"work_start_date": ("values",)}
    assert next(one.fact for one in compare(li, wang) if one.agreed) is AuditFact.BIRTH_DATE


@pytest.mark.parametrize(
    ("fact", "one", "other", "differs"),
    [
        ("birth_date", {}, {"altered": True}, ("altered",)),
        ("birth_date", {}, {"doubtful": True, "determined_before": True}, ("doubtful", "determined_before")),
        ("birth_date", {}, {"verdict": "cannot_tell", "values": []}, ("verdict", "values")),
        ("birth_date", {}, {"values": [date("1968-03-12")]}, ("values",)),
        ("birth_date", {}, {"values": [date("1968-03", qualifier="uncertain")]}, ("values",)),
        # How the paper wrote it is no difference, and neither is a reviewer's own wording.
        ("birth_date", {}, {"values": [date("1968-03", as_written="1968.3")]}, ()),
        ("birth_date", {}, {"note": "见入团志愿书"}, ()),
        ("birth_date", {}, {"issues": [{"kind": "alteration", "cause": "slip"}]}, ("issues",)),
        (
            "birth_date",
            {"issues": [{"kind": "alteration", "measure": "调查"}]},
            {"issues": [{"kind": "alteration", "measure": "核实"}]},
            (),
        ),
        ("birth_date", {}, {"earliest_material_id": "mat_01K9ZV8T3M5QH2E7R4X6C1B0DA"}, ("earliest_material_id",)),
    ],
)
def test_each_member_is_compared_by_what_it_says(fact: str, one: Any, other: Any, differs: tuple[str, ...]):
    """A member that differs is named; both ways round the same."""
    li, wang = sheet(**{fact: one}), sheet(**{fact: other})
    expected = {fact: differs} if differs else {}
    assert differences(li, wang) == expected == differences(wang, li)


def test_a_fact_on_which_one_is_silent_is_a_difference():
    """Silence is no agreement."""
    more = finished()
    more["facts"].append({"fact": "name", "verdict": "consistent", "values": [{"type": "text", "text": "李建国"}]})
    assert differences(sheet(), Sheet.model_validate(more)) == {"name": ("entry",)}


posts = st.lists(
    st.builds(
        lambda unit, year: {"type": "post", "unit": unit, "begins": str(year)},
        st.sampled_from(["县委", "县政府", "教育局"]),
        st.integers(1980, 1990),
    ),
    max_size=6,
)


@given(posts, st.randoms(use_true_random=False))
def test_the_order_in_which_values_were_entered_does_not_matter(values: list[Any], random: Any):
    """Two reviewers leaf through the volume each in their own way."""
    shuffled = list(values)
    random.shuffle(shuffled)
    one = sheet(work_experience={"values": values})
    assert differences(one, sheet(work_experience={"values": shuffled})) == {}
    longer = sheet(work_experience={"values": [*values, {"type": "post", "unit": "档案馆", "begins": "1999"}]})
    assert differences(one, longer) == {"work_experience": ("values",)}
