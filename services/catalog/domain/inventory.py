"""An inventory (检查核对) and the moves it allows: counting → counted → confirmed → closed.

Two different people check (seed 002: 检查核对); the first one's word ends the scanning. Closing needs every
difference settled or noted.
"""

from collections.abc import Set
from typing import Final, Literal

from contracts.problems import SamePersonTwice, StateConflict

InventoryState = Literal["counting", "counted", "confirmed", "closed"]
Result = Literal["found", "missing", "misplaced", "unknown"]
Outcome = Literal["found_later", "moved_back", "place_corrected", "explained"]

CHECKERS: Final = 2
DIFFERENCES: Final[tuple[Result, ...]] = ("missing", "misplaced", "unknown")


def confirm(state: InventoryState, checkers: Set[str], account_id: str) -> InventoryState:
    """The state once this account has confirmed too; the same person never counts for two."""
    if state not in ("counting", "counted"):
        raise StateConflict(state=state)
    if account_id in checkers:
        raise SamePersonTwice()
    return "confirmed" if len(checkers) + 1 >= CHECKERS else "counted"


def close(state: InventoryState, unsettled: int) -> InventoryState:
    """The state once it is closed; refused before two have confirmed and while a difference is open."""
    if state != "confirmed":
        raise StateConflict(state=state)
    if unsettled:
        raise StateConflict(state="differences open")
    return "closed"


def check_settling(state: InventoryState) -> None:
    """Differences are known once the scanning has ended, and fixed once the inventory is closed."""
    if state not in ("counted", "confirmed"):
        raise StateConflict(state=state)


def ended_by(result: Result, expected_at: object | None, seen_at: object | None) -> Outcome | None:
    """How a scan after the count ends a difference: a missing volume is there, a misplaced one stands in its slot.

    None when it does not. A missing volume whose slot was not scanned, or that has none, is found all the same.
    """
    if result == "missing" and (seen_at is None or expected_at is None or seen_at == expected_at):
        return "found_later"
    if result == "misplaced" and expected_at is not None and seen_at == expected_at:
        return "moved_back"
    return None
