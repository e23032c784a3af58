"""States of a submission and of its items, and the moves between them: two tables, nothing else.

A submission is `draft` until it is delivered or withdrawn, and `closed` once its last item has ended.
An item is `pending` from delivery on; `filed` and `returned` are its two ends.
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeVar

from contracts.problems import StateConflict

SubmissionState = Literal["draft", "delivered", "closed", "withdrawn"]
SubmissionAct = Literal["deliver", "withdraw", "close"]
ItemState = Literal["draft", "pending", "appraised", "filed", "returned", "withdrawn"]
ItemAct = Literal["deliver", "withdraw", "accept", "file", "return"]

SUBMISSION_MOVES: Final[Mapping[tuple[SubmissionState, SubmissionAct], SubmissionState]] = {
    ("draft", "deliver"): "delivered",
    ("draft", "withdraw"): "withdrawn",
    ("delivered", "close"): "closed",
}

# The catalog may be heard before audit, so that an item can be filed, or returned, straight from pending.
ITEM_MOVES: Final[Mapping[tuple[ItemState, ItemAct], ItemState]] = {
    ("draft", "deliver"): "pending",
    ("draft", "withdraw"): "withdrawn",
    ("pending", "accept"): "appraised",
    ("pending", "file"): "filed",
    ("pending", "return"): "returned",
    ("appraised", "file"): "filed",
    ("appraised", "return"): "returned",
}

ENDED: Final[frozenset[ItemState]] = frozenset({"filed", "returned"})
"""States in which an item of a delivered submission has its outcome."""

StateT = TypeVar("StateT", bound=str)
ActT = TypeVar("ActT", bound=str)


def move(moves: Mapping[tuple[StateT, ActT], StateT], state: StateT, act: ActT) -> StateT:
    """The state after this act; StateConflict, naming the present state, when the table has no such move."""
    try:
        return moves[state, act]
    except KeyError:
        raise StateConflict(state=state) from None


def require_draft(state: SubmissionState) -> None:
    """Content changes in a draft only: what was delivered is what audit examines."""
    if state != "draft":
        raise StateConflict(state=state)
