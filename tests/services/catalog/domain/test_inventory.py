"""The moves of an inventory: two different checkers, and no difference left open."""

import pytest

from contracts.problems import SamePersonTwice, StateConflict
from services.catalog.domain.inventory import InventoryState, Outcome, Result, check_settling, close, confirm, ended_by


def test_two_different_people_confirm():
    """The first ends the counting, the second makes it good."""
    assert confirm("counting", set(), "acc_a") == "counted"
    assert confirm("counted", {"acc_a"}, "acc_b") == "confirmed"
    with pytest.raises(SamePersonTwice):
        confirm("counted", {"acc_a"}, "acc_a")


@pytest.mark.parametrize("state", ["confirmed", "closed"])
def test_what_is_confirmed_is_not_confirmed_again(state: InventoryState):
    """Two are enough."""
    with pytest.raises(StateConflict):
        confirm(state, {"acc_a", "acc_b"}, "acc_c")


@pytest.mark.parametrize(("state", "unsettled"), [("counting", 0), ("counted", 0), ("confirmed", 1), ("closed", 0)])
def test_closing_needs_both_and_no_open_difference(state: InventoryState, unsettled: int):
    """Whichever is lacking."""
    with pytest.raises(StateConflict):
        close(state, unsettled)


def test_a_confirmed_inventory_without_open_differences_is_closed():
    """And stays so."""
    assert close("confirmed", 0) == "closed"


@pytest.mark.parametrize(
    ("state", "allowed"), [("counting", False), ("counted", True), ("confirmed", True), ("closed", False)]
)
def test_differences_are_settled_between_count_and_closing(state: InventoryState, allowed: bool):
    """Before, they may still be scanned; after, the register is fixed."""
    if allowed:
        check_settling(state)
    else:
        with pytest.raises(StateConflict):
            check_settling(state)


@pytest.mark.parametrize(
    ("result", "expected_at", "seen_at", "outcome"),
    [
        ("missing", "A1", "A1", "found_later"),
        ("missing", "A1", None, "found_later"),
        ("missing", None, "A1", "found_later"),
        ("missing", "A1", "B1", None),
        ("misplaced", "A1", "A1", "moved_back"),
        ("misplaced", "A1", "B1", None),
        ("misplaced", "A1", None, None),
        ("misplaced", None, None, None),
        ("unknown", None, "A1", None),
        ("found", "A1", "A1", None),
    ],
)
def test_a_later_scan_ends_a_difference_only_where_it_finds_the_volume_in_place(
    result: Result, expected_at: str | None, seen_at: str | None, outcome: Outcome | None
):
    """A misplaced one must be seen in its slot; a missing one need only be there."""
    assert ended_by(result, expected_at, seen_at) == outcome
