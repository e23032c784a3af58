"""The two tables of moves, case by case."""

from typing import get_args

import pytest

from contracts.problems import StateConflict
from services.transfer.domain.states import (
    ENDED,
    ITEM_MOVES,
    SUBMISSION_MOVES,
    ItemAct,
    ItemState,
    SubmissionAct,
    SubmissionState,
    move,
    require_draft,
)

SUBMISSION_CASES = [
    ("draft", "deliver", "delivered"),
    ("draft", "withdraw", "withdrawn"),
    ("delivered", "close", "closed"),
]
ITEM_CASES = [
    ("draft", "deliver", "pending"),
    ("draft", "withdraw", "withdrawn"),
    ("pending", "accept", "appraised"),
    ("pending", "file", "filed"),
    ("pending", "return", "returned"),
    ("appraised", "file", "filed"),
    ("appraised", "return", "returned"),
]


@pytest.mark.parametrize("state", get_args(SubmissionState))
@pytest.mark.parametrize("act", get_args(SubmissionAct))
def test_a_submission_moves_as_the_table_says_and_no_other_way(state, act):
    allowed = {(before, how): after for before, how, after in SUBMISSION_CASES}
    if (state, act) in allowed:
        assert move(SUBMISSION_MOVES, state, act) == allowed[state, act]
    else:
        with pytest.raises(StateConflict) as refused:
            move(SUBMISSION_MOVES, state, act)
        assert refused.value.params == {"state": state}


@pytest.mark.parametrize("state", get_args(ItemState))
@pytest.mark.parametrize("act", get_args(ItemAct))
def test_an_item_moves_as_the_table_says_and_no_other_way(state, act):
    allowed = {(before, how): after for before, how, after in ITEM_CASES}
    if (state, act) in allowed:
        assert move(ITEM_MOVES, state, act) == allowed[state, act]
    else:
        with pytest.raises(StateConflict):
            move(ITEM_MOVES, state, act)


def test_nothing_leaves_an_ended_state():
    assert not [before for before, _ in ITEM_MOVES if before in ENDED or before == "withdrawn"]


@pytest.mark.parametrize("state", sorted(set(get_args(SubmissionState)) - {"draft"}))
def test_content_changes_in_a_draft_only(state):
    require_draft("draft")
    with pytest.raises(StateConflict):
        require_draft(state)
