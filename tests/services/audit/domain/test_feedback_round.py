"""Three rounds, and then the talk (seed 002: 三次信息反馈和重点约谈)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.problems import FeedbackRoundsUsed, StateConflict
from services.audit.adjudication_file import load_adjudication_rules
from services.audit.domain.feedback_round import answer_faults, next_round, sending_faults

DAYS = st.dates(date(2026, 1, 1), date(2026, 1, 9))


def test_there_are_three_rounds():
    """What stands in the rule file."""
    assert load_adjudication_rules().feedback_rounds == 3


@given(st.integers(0, 9), st.booleans(), st.integers(1, 9))
def test_each_round_follows_an_answered_one_up_to_the_limit(last: int, waiting: bool, limit: int):
    """Never two at once, never one left out, never one too many; the limit is told."""
    if waiting:
        with pytest.raises(StateConflict) as refused:
            next_round(last, waiting=True, limit=limit)
        assert refused.value.params == {"state": "feedback round open"}
    elif last >= limit:
        with pytest.raises(FeedbackRoundsUsed) as used:
            next_round(last, waiting=False, limit=limit)
        assert used.value.params == {"limit": limit}
    else:
        assert next_round(last, waiting=False, limit=limit) == last + 1 <= limit


@given(DAYS, DAYS, DAYS)
def test_days_come_one_after_the_other(one: date, two: date, today: date):
    """A round is not sent tomorrow, and not due before; an answer comes after it, and not tomorrow."""
    assert (sending_faults(one, two, today) == []) is (one <= two and one <= today)
    assert (answer_faults("provided", ["原件"], two, one, today) == []) is (one <= two <= today)


@pytest.mark.parametrize(
    ("result", "evidence", "wrong"),
    [
        ("provided", [], "too-few"),
        ("partly_provided", [], "too-few"),
        ("not_provided", ["原件"], "contradiction"),
        ("not_provided", [], None),
    ],
)
def test_what_came_is_named(result: str, evidence: list[str], wrong: str | None):
    day = date(2026, 1, 1)
    faults = answer_faults(result, evidence, day, day, day)  # pyright: ignore[reportArgumentType]
    assert [(fault.pointer, fault.code) for fault in faults] == ([("/evidence", wrong)] if wrong else [])
