"""The gate's rules: what is known in, the state and every reason out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import StateConflict
from services.audit.clearance_file import load_clearance_rules
from services.audit.domain.clearance import Bar, Found, FoundKind, Kind, Standing, State, bar_of, verdict_on

RULES = load_clearance_rules()
TODAY = date(2026, 11, 24)
KINDS: list[FoundKind] = list(get_args(FoundKind))
FOUND = st.builds(Found, kind=st.sampled_from(KINDS), about=st.sampled_from(["", "birth_date", "degree"]))
STANDING = st.builds(
    Standing,
    kind=st.sampled_from(list(Kind)),
    state=st.sampled_from([state for state in State if state is not State.REFUSED]),
)


@pytest.mark.parametrize(
    ("kind", "found", "state", "source"),
    [
        # Nothing against the person: cleared.
        (Kind.PROMOTE, [], State.CLEARED, None),
        # Seed 004: not audited, seriously altered, or key originals missing and not cleared up → not submitted.
        (Kind.PROMOTE, ["not_audited"], State.IN_AUDIT, "seed 004"),
        (Kind.TRANSFER, ["audit_running"], State.IN_AUDIT, "seed 004"),
        (Kind.PROMOTE, ["altered_material"], State.SUSPENDED, "seed 004"),
        (Kind.PROMOTE, ["key_original_missing"], State.REFUSED, "seed 004"),
        (Kind.PROMOTE, ["falsified"], State.REFUSED, "seed 004"),
        (Kind.TRANSFER, ["disqualified"], State.REFUSED, "seed 004"),
        (Kind.ENTER, ["falsification_settled"], State.SUSPENDED, "seed 000"),
        # Seed 000: a problem is verified at once; until then 暂缓考察.
        (Kind.PROMOTE, ["audit_problem"], State.SUSPENDED, "seed 000"),
        (Kind.ENTER, ["to_investigate"], State.SUSPENDED, "seed 000"),
        (Kind.ENTER, ["quarantined"], State.SUSPENDED, "seed 000"),
        (Kind.TRANSFER, ["held"], State.SUSPENDED, "seed 000"),
        # Case B4: undetermined → the appointment is suspended.
        (Kind.PROMOTE, ["undetermined"], State.SUSPENDED, "audit rules"),
        # Seed 000: 先调档审核，再提部务会议讨论.
        (Kind.ENTER, ["no_dossier"], State.REQUESTED, "seed 000"),
        (Kind.PROMOTE, ["no_dossier"], State.REFUSED, "seed 004"),
        (Kind.TRANSFER, ["dossier_closed"], State.REFUSED, "office setting"),
        # The heaviest decides.
        (Kind.PROMOTE, ["not_audited", "audit_problem"], State.SUSPENDED, "seed 0"),
        (Kind.PROMOTE, ["held", "key_original_missing", "not_audited"], State.REFUSED, "seed 0"),
    ],
)
def test_the_worked_cases(kind: Kind, found: list[FoundKind], state: State, source: str | None):
    """Each with the source of its rule; every reason is told, and each has a cure in both languages."""
    verdict = verdict_on(kind, [Found(one) for one in found], RULES)
    assert verdict.state is state
    rules = [RULES.by_id(reason.rule) for reason in verdict.reasons]
    assert sorted(rule.when for rule in rules if rule) == sorted(found)
    for rule in rules:
        assert rule is not None
        assert source is not None
        assert rule.source.startswith(source)
        assert all((rule.reason.zh, rule.reason.en, rule.cure.zh, rule.cure.en))


@given(st.sampled_from(list(Kind)), st.lists(FOUND, max_size=6), st.randoms())
def test_the_order_in_which_things_are_told_does_not_matter(kind: Kind, found: list[Found], random: object):
    """Nor how often."""
    shuffled = [*found, *found]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert verdict_on(kind, found, RULES) == verdict_on(kind, shuffled, RULES)


@given(st.sampled_from(list(Kind)), st.lists(FOUND, min_size=1, max_size=6))
def test_whatever_is_known_against_a_person_is_a_reason(kind: Kind, found: list[Found]):
    """Nothing passes unseen: never cleared, and each thing found has its reason."""
    verdict = verdict_on(kind, found, RULES)
    assert verdict.state is not State.CLEARED
    assert len(verdict.reasons) == len(set(found))


@given(STANDING, st.lists(FOUND, max_size=4))
def test_what_was_cleared_is_suspended_and_never_refused_or_forgotten(standing: Standing, found: list[Found]):
    """暂缓 first, whatever is found; what is suspended stays so until it is cleared or refused."""
    after = standing.after(verdict_on(standing.kind, found, RULES), TODAY, RULES)
    if standing.state is State.CLEARED:
        assert after.state in (State.CLEARED, State.SUSPENDED)
    if standing.state is State.SUSPENDED:
        assert after.state in (State.CLEARED, State.SUSPENDED, State.REFUSED)
    assert (after.state is State.CLEARED) == (not found) == (after.expires_on is not None)


def test_a_refusal_is_final():
    """After the cure it is asked for anew."""
    refused = Standing(Kind.PROMOTE, State.REFUSED)
    with pytest.raises(StateConflict):
        refused.after(verdict_on(Kind.PROMOTE, [], RULES), TODAY, RULES)
    assert not refused.stands(TODAY)


def test_a_clearance_that_is_looked_at_again_keeps_its_last_day():
    """Otherwise each gap that closes would prolong it."""
    until = TODAY + timedelta(days=3)
    standing = Standing(Kind.PROMOTE, State.CLEARED, expires_on=until)
    assert standing.after(verdict_on(Kind.PROMOTE, [], RULES), TODAY, RULES) == standing
    assert (standing.stands(until), standing.stands(until + timedelta(days=1))) == (True, False)


@pytest.mark.parametrize(
    ("standing", "bar"),
    [
        (None, "not_asked"),
        (Standing(Kind.PROMOTE, State.REQUESTED), "requested"),
        (Standing(Kind.PROMOTE, State.IN_AUDIT), "in_audit"),
        (Standing(Kind.PROMOTE, State.SUSPENDED), "suspended"),
        (Standing(Kind.PROMOTE, State.REFUSED), "refused"),
        (Standing(Kind.PROMOTE, State.CLEARED, expires_on=TODAY), None),
        (Standing(Kind.PROMOTE, State.CLEARED, expires_on=TODAY - timedelta(days=1)), "expired"),
    ],
)
def test_who_is_not_cleared_on_the_day_is_struck(standing: Standing | None, bar: Bar | None):
    """未经审核一律不提交部务会; the last day counts."""
    assert bar_of(standing, TODAY) == bar
