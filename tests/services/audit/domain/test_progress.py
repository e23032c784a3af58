"""How a dossier goes through a special audit: the order of the seeds, and no other."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import StateConflict
from services.audit.domain.progress import MOVES, Move, Progress, moved

# Seeds 000 and 002: 初审 → 比对 → 复审 → 上会 → 反馈 → 本人签字 → 按权限审批 → 归档 → 装订成册.
STRAIGHT = {
    Move.ASSIGN: Progress.FIRST_REVIEW,
    Move.OPEN_PAIR: Progress.COMPARE,
    Move.TAKE_UP: Progress.SECOND_REVIEW,
    Move.TABLE: Progress.COLLECTIVE_DETERMINATION,
    Move.DECIDE: Progress.FEEDBACK,
    Move.SIGN: Progress.FEEDBACK_SIGNED,
    Move.APPROVE: Progress.AUTHORITY_APPROVED,
    Move.FILE: Progress.FILED,
    Move.BIND: Progress.BOUND,
}
HEARD = {Progress.FEEDBACK_SIGNED, Progress.FEEDBACK_DISPUTED}


def test_a_dossier_without_trouble_goes_straight_on():
    """Each step of the workflow leads to the next."""
    state = Progress.PLANNED
    for move, after in STRAIGHT.items():
        state = moved(state, move)
        assert state is after


@pytest.mark.parametrize("state", Progress)
@pytest.mark.parametrize("move", Move)
def test_what_the_table_does_not_hold_is_refused(state: Progress, move: Move):
    """Every pair of state and move is either in the table or a conflict that names the state."""
    if (state, move) in MOVES:
        assert moved(state, move) is MOVES[state, move]
    else:
        with pytest.raises(StateConflict) as refused:
            moved(state, move)
        assert refused.value.params["state"] == state.value


@given(st.lists(st.sampled_from(Move), max_size=40))
def test_no_way_leads_around_the_person_or_the_reviewers(moves: list[Move]):
    """Whatever is tried, approval comes after the person's word, and that after two reviews and a meeting."""
    state, passed = Progress.PLANNED, [Progress.PLANNED]
    for move in moves:
        if (state, move) in MOVES:
            state = moved(state, move)
            passed.append(state)
    for before, after in pairwise(passed):
        if after is Progress.AUTHORITY_APPROVED:
            assert before in HEARD
        if after is Progress.FILED:
            assert before is Progress.AUTHORITY_APPROVED
    needed = (Progress.COMPARE, Progress.SECOND_REVIEW, Progress.COLLECTIVE_DETERMINATION, Progress.FEEDBACK)
    if HEARD & set(passed):
        assert all(state in passed for state in needed)


def test_every_state_can_be_reached_and_only_the_last_is_an_end():
    """No state is left out, and from each but none there is a way on."""
    assert set(MOVES.values()) | {Progress.PLANNED} == set(Progress)
    assert {state for state, _ in MOVES} == set(Progress)
