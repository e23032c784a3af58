"""What a line of the register of materials held apart may say (seed 000), and what becomes of the appraisal."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import SamePersonTwice, StateConflict, ValidationFailed
from contracts.values.ids import new_id
from services.audit.domain.appraisal import Appraisal, Returned, State, Verdict, Voice
from services.audit.domain.quarantine import REASON_ZH, Entry, QuarantineReason
from tests.services.audit.builders import TODAY

HELD_BY, OTHER = new_id("acc"), new_id("acc")


def line(**members: Any) -> Entry:
    """A line as it begins."""
    example: dict[str, Any] = {
        "id": new_id("qrt"),
        "version": 1,
        "held_by": HELD_BY,
        "held_on": TODAY,
        "place": "另放柜 1 层",
    }
    return Entry(**{**example, **members})


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"asked_of_unit": "县教育局", "asked_on": date(2026, 11, 1)}, []),
        ({"asked_on": date(2026, 11, 1)}, [("/asked_of_unit", "required")]),
        ({"answer": "原件属实"}, [("/asked_of_unit", "required")]),
        ({"answered_on": date(2026, 11, 1)}, [("/answer", "required")]),
        ({"case_closed_on": date(2026, 11, 1)}, [("/case_no", "required")]),
        ({"asked_of_unit": "县教育局", "asked_on": date(2026, 11, 25)}, [("/asked_on", "date-in-future")]),
        (
            {
                "asked_of_unit": "县教育局",
                "asked_on": date(2026, 11, 5),
                "answer": "属实",
                "answered_on": date(2026, 11, 4),
            },
            [("/answered_on", "date-before")],
        ),
    ],
)
def test_a_line_does_not_contradict_itself(changes: dict[str, Any], faults: list[tuple[str, str]]):
    """Each member that needs another, days to come, and an answer before the question."""
    if not faults:
        assert line().changed(changes, TODAY).version == 2
        return
    with pytest.raises(ValidationFailed) as refused:
        line().changed(changes, TODAY)
    assert [(one.pointer, one.code) for one in refused.value.errors] == faults


def test_what_says_the_same_is_no_change():
    """No new version for nothing."""
    begun = line()
    assert begun.changed({"place": begun.place}, TODAY) is begun


def test_it_is_never_let_go_while_its_case_is_open():
    """Nor twice, nor by whoever held it apart."""
    investigated = line(case_no="青纪案 3 号")
    for way in ("resumed", "returned"):
        with pytest.raises(StateConflict) as conflict:
            investigated.let_go(way, OTHER)
        assert conflict.value.params == {"state": "case open"}
    closed = investigated.changed({"case_closed_on": TODAY}, TODAY)
    with pytest.raises(SamePersonTwice):
        closed.let_go("returned", HELD_BY)
    gone = closed.let_go("returned", OTHER)
    assert gone.released == "returned"
    for again in (lambda: gone.let_go("resumed", OTHER), lambda: gone.changed({"place": "x"}, TODAY)):
        with pytest.raises(StateConflict):
            again()


def test_each_reason_has_its_word():
    """The register is read in Chinese."""
    assert set(REASON_ZH) == set(QuarantineReason)


@given(st.sampled_from([1, 2]), st.booleans(), st.lists(st.sampled_from(["approve", "reject"]), max_size=2))
def test_an_appraisal_goes_on_from_where_it_was(persons: Any, verify: bool, words: Any):
    """Held apart and let go again it is the same; nobody decides meanwhile."""
    appraisal = Appraisal.begin(persons, Verdict.GREEN, verify=verify)
    for word in words:
        if appraisal.state in (State.FIRST_CHECK, State.SECOND_CHECK, State.THIRD_CHECK):
            appraisal = appraisal.decide(Voice(new_id("acc"), word, ("A5",) if word == "reject" else ()))
    if not appraisal.state.open:
        with pytest.raises(StateConflict):
            appraisal.held_apart()
        return
    apart = appraisal.held_apart()
    assert (apart.state, apart.state.open, apart.outcome) == (State.QUARANTINED, True, None)
    for act in (
        lambda: apart.decide(Voice(OTHER, "approve")),
        lambda: apart.reported("confirmed", OTHER),
        apart.held_apart,
    ):
        with pytest.raises(StateConflict):
            act()
    assert apart.let_go(None) == appraisal


def test_a_return_out_of_quarantine_is_answered_for_by_two():
    """Its reasons are theirs, whatever voices there were before."""
    begun = Appraisal.begin(2, Verdict.GREEN).decide(Voice(OTHER, "approve"))
    returned = begun.held_apart().let_go(Returned((HELD_BY, OTHER), ("alteration",)))
    assert (returned.state, returned.reasons) == (State.REJECTED, ("alteration",))
    assert returned.confirmed_by == (HELD_BY, OTHER)
    with pytest.raises(StateConflict):
        returned.let_go(None)
