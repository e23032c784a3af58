"""Who decides an appraisal: two voices that agree."""

from __future__ import annotations

from itertools import permutations, product
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import SamePersonTwice, StateConflict
from contracts.values.ids import new_id
from services.audit.domain.appraisal import (
    MACHINE_VOICES,
    MOVES,
    START,
    Appraisal,
    Outcome,
    State,
    Verdict,
    Voice,
    explain,
    verdict_of,
)
from services.audit.domain.rulebook import Persons
from tests.services.audit.builders import RULES, check

GREEN, RED, DOUBT = Verdict.GREEN, Verdict.RED, Verdict.CANNOT_TELL
LI, WANG, ZHAO, QIAN = (new_id("acc") for _ in range(4))


def said(account_id: str, outcome: Any, *reasons: str) -> Voice:
    """A person's voice; a no has a reason."""
    return Voice(account_id, outcome, reasons or (("seal_missing",) if outcome == "reject" else ()))


def after(persons: Any, verdict: Verdict, *outcomes: Any) -> Appraisal:
    """An appraisal in which persons spoke one after the other."""
    appraisal = Appraisal.begin(persons, verdict)
    for account_id, outcome in zip((LI, WANG, ZHAO), outcomes, strict=False):
        appraisal = appraisal.decide(said(account_id, outcome))
    return appraisal


@pytest.mark.parametrize(
    ("persons", "verdict", "outcomes", "state"),
    [
        # One checks, another confirms; the machine has no voice.
        (2, GREEN, (), "first_check"),
        (2, RED, (), "first_check"),
        (2, GREEN, ("approve",), "second_check"),
        (2, GREEN, ("approve", "approve"), "accepted"),
        (2, GREEN, ("reject", "reject"), "rejected"),
        (2, GREEN, ("reject",), "second_check"),
        (2, GREEN, ("approve", "reject"), "third_check"),
        (2, GREEN, ("reject", "approve"), "third_check"),
        (2, GREEN, ("approve", "reject", "approve"), "accepted"),
        (2, GREEN, ("approve", "reject", "reject"), "rejected"),
        (2, RED, ("approve", "approve"), "accepted"),
        # The machine's green or red stands for the first.
        (1, GREEN, (), "second_check"),
        (1, GREEN, ("approve",), "accepted"),
        (1, GREEN, ("reject",), "third_check"),
        (1, GREEN, ("reject", "reject"), "rejected"),
        (1, GREEN, ("reject", "approve"), "accepted"),
        (1, RED, ("reject",), "rejected"),
        (1, RED, ("approve",), "third_check"),
        (1, RED, ("approve", "approve"), "accepted"),
        (1, RED, ("approve", "reject"), "rejected"),
        (1, DOUBT, (), "first_check"),
        (1, DOUBT, ("approve",), "second_check"),
        # All green files at once.
        (0, GREEN, (), "accepted"),
        (0, RED, (), "second_check"),
        (0, RED, ("reject",), "rejected"),
        (0, RED, ("approve",), "third_check"),
        (0, DOUBT, (), "first_check"),
    ],
)
def test_two_voices_that_agree_decide(persons: Any, verdict: Verdict, outcomes: tuple[Any, ...], state: str):
    """The table of the ADR, row by row."""
    assert after(persons, verdict, *outcomes).state.value == state


def test_a_person_has_one_voice():
    """Whoever checked does not confirm, even to change their mind."""
    appraisal = Appraisal.begin(2, GREEN).decide(said(LI, "approve"))
    for outcome in get_args(Outcome):
        with pytest.raises(SamePersonTwice):
            appraisal.decide(said(LI, outcome))


@pytest.mark.parametrize("outcomes", [("approve", "approve"), ("reject", "reject")])
def test_what_has_ended_is_not_decided_again(outcomes: tuple[Any, ...]):
    """An accepted or rejected material stays so."""
    ended = after(2, GREEN, *outcomes)
    with pytest.raises(StateConflict):
        ended.decide(said(QIAN, "reject"))


def test_the_table_of_moves_is_whole():
    """Each open state with each standing that can occur there has a move for either word."""
    reached = {(state, standing) for state, standing, _ in MOVES}
    assert reached == {
        (State.FIRST_CHECK, "none"),
        (State.SECOND_CHECK, "approve"),
        (State.SECOND_CHECK, "reject"),
        (State.THIRD_CHECK, "split"),
    }
    assert {(*place, outcome) for place, outcome in product(reached, get_args(Outcome))} == set(MOVES)
    assert set(MACHINE_VOICES) == set(product(get_args(Persons), Verdict))
    assert set(MACHINE_VOICES.values()) == set(START)


steps = st.lists(st.tuples(st.sampled_from((LI, WANG, ZHAO, QIAN)), st.sampled_from(get_args(Outcome))), max_size=8)


def played(persons: Any, verdict: Verdict, tries: list[tuple[str, Any]]) -> Appraisal:
    """Persons try to speak in any order, again and again; what is refused changes nothing."""
    appraisal = Appraisal.begin(persons, verdict)
    for account_id, outcome in tries:
        try:
            appraisal = appraisal.decide(said(account_id, outcome))
        except (SamePersonTwice, StateConflict):
            continue
    return appraisal


@given(st.sampled_from(Verdict), steps)
def test_no_one_person_ends_an_appraisal_of_two_persons(verdict: Verdict, tries: list[tuple[str, Any]]):
    """In a 2-person kind no machine and no repeated try takes the place of a second person."""
    appraisal = played(2, verdict, tries)
    if not appraisal.state.open:
        assert len(set(appraisal.confirmed_by)) == 2
    if len({account_id for account_id, _ in tries}) < 2:
        assert appraisal.state.open


@given(st.sampled_from(get_args(Persons)), st.sampled_from(Verdict), steps)
def test_an_ended_appraisal_has_two_voices_for_it_and_one_against_at_most(
    persons: Any, verdict: Verdict, tries: list[tuple[str, Any]]
):
    """Nobody speaks twice, nobody speaks after the end, and only green accepts without a person."""
    appraisal = played(persons, verdict, tries)
    speakers = [voice.account_id for voice in appraisal.voices]
    assert len(speakers) == len(set(speakers))
    voices = [*appraisal.machine, *(voice.outcome for voice in appraisal.voices)]
    if appraisal.outcome is not None:
        assert voices.count(appraisal.outcome) == 2
        assert voices[-1] == appraisal.outcome
        assert len(voices) <= 3
        assert appraisal.voices or (persons, verdict) == (0, GREEN)
    if appraisal.state is State.REJECTED:
        assert appraisal.voices
        assert appraisal.reasons


@given(
    st.sampled_from((1, 2)),
    st.sampled_from(Verdict),
    st.tuples(*[st.sampled_from(get_args(Outcome))] * 3),
)
def test_the_order_of_the_voices_does_not_matter(persons: Any, verdict: Verdict, outcomes: tuple[Any, ...]):
    """When the same people think the same, it is decided the same, whoever comes first: those who would
    have come later are not asked any more, and could not have turned it."""
    machine = list(MACHINE_VOICES[persons, verdict])
    people = list(zip((LI, WANG, ZHAO), outcomes, strict=True))[: 3 - len(machine)]
    ends = {played(persons, verdict, list(order)).outcome for order in permutations(people)}
    assert len(ends) == 1


def test_the_verdict_is_red_before_it_is_doubtful():
    """One failure is a red, whatever else cannot be told; nothing open is a green."""
    assert verdict_of([check("pass"), check("not_applicable")]) is GREEN
    assert verdict_of([check("pass"), check("cannot_tell")]) is DOUBT
    assert verdict_of([check("cannot_tell"), check("fail")]) is RED


MACHINE = [
    check("pass"),
    check("not_applicable", check="A2", code="formalities"),
    check("fail", check="A1", code="duplicate", faults=["duplicate"]),
    check("cannot_tell", check="A2", code="date_sane"),
]


def test_an_acceptance_says_what_persons_overruled():
    """Over a red and a doubt, the event names both as answered by persons, and the formalities with them."""
    answered = [
        one for one in explain(after(2, RED, "approve", "approve"), MACHINE, RULES.return_codes) if one.by == "person"
    ]
    assert [(one.code, one.outcome, one.remarks) for one in answered] == [
        ("formalities", "pass", []),
        ("duplicate", "pass", ["overruled"]),
        ("date_sane", "pass", ["overruled"]),
    ]


def test_a_rejection_says_which_checks_persons_failed():
    """Each reason of those who rejected stands once, under the check that it fails."""
    rejected = (
        Appraisal.begin(2, GREEN)
        .decide(said(LI, "reject", "seal_missing", "pages_missing"))
        .decide(said(WANG, "approve"))
        .decide(said(ZHAO, "reject", "pages_missing", "A5"))
    )
    assert rejected.reasons == ("seal_missing", "pages_missing", "A5")
    assert rejected.confirmed_by == (LI, ZHAO)
    answered = [one for one in explain(rejected, [check()], RULES.return_codes) if one.by == "person"]
    assert [(one.check, one.code, one.outcome) for one in answered] == [
        ("A2", "seal_missing", "fail"),
        ("A3", "pages_missing", "fail"),
        ("A5", "A5", "fail"),
    ]


def test_what_the_machine_files_alone_names_no_person():
    """A sample material accepted at once has the machine's checks and nothing that a person said."""
    green = Appraisal.begin(0, GREEN)
    assert (green.confirmed_by, green.reasons) == ((), ())
    assert explain(green, [check()], RULES.return_codes) == [check()]
