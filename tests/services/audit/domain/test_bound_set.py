"""Bound sets: every move there is (compiled, printed, handed over, stored: seed 000), and who may be in one."""

from __future__ import annotations

import pytest

from contracts.problems import SamePersonTwice, StateConflict, ValidationFailed
from services.audit.domain.bound_set import (
    BOUND_MOVES,
    MOST_IN_A_SET,
    BoundMove,
    BoundState,
    bound_moved,
    check_filed,
    check_receiver,
    check_size,
)
from services.audit.domain.progress import Progress

WAY = [BoundMove.FINISH, BoundMove.PRINT, BoundMove.HAND_OVER, BoundMove.STORE]


def test_a_set_goes_its_way():
    """compiled → printed → handed over → stored."""
    state, way = BoundState.COMPILING, []
    for move in WAY:
        state = bound_moved(state, move)
        way.append(state.value)
    assert way == ["compiled", "printed", "handed_over", "stored"]


@pytest.mark.parametrize("state", list(BoundState))
@pytest.mark.parametrize("move", list(BoundMove))
def test_what_is_not_in_the_table_is_refused(state: BoundState, move: BoundMove):
    """Named by the state; nothing leaves what failed, was discarded or is stored."""
    if (state, move) in BOUND_MOVES:
        assert bound_moved(state, move) is BOUND_MOVES[state, move]
        assert state not in (BoundState.FAILED, BoundState.DISCARDED, BoundState.STORED)
        return
    with pytest.raises(StateConflict):
        bound_moved(state, move)


def test_what_the_archive_has_is_not_discarded():
    """Only before the hand-over."""
    ways = {state for (state, move) in BOUND_MOVES if move is BoundMove.DISCARD}
    assert ways == {BoundState.COMPILED, BoundState.PRINTED}


def test_dossiers_that_are_not_filed_are_named():
    """Up to twenty of them, and how many there are."""
    check_filed({"cdo_1": Progress.FILED}, "/unit_id")
    with pytest.raises(ValidationFailed) as refused:
        check_filed({"cdo_1": Progress.FILED, "cdo_3": Progress.FEEDBACK, "cdo_2": Progress.BOUND}, "/unit_id")
    (fault,) = refused.value.errors
    assert (fault.code, dict(fault.params)) == ("not-filed", {"dossiers": "cdo_2, cdo_3", "count": 2})
    with pytest.raises(ValidationFailed) as many:
        check_filed({f"cdo_{n:02}": Progress.PLANNED for n in range(30)}, "/unit_id")
    named = dict(many.value.errors[0].params)
    assert named["count"] == 30
    assert str(named["dossiers"]).endswith("cdo_19 …")


@pytest.mark.parametrize(("many", "code"), [(0, "nothing-to-bind"), (MOST_IN_A_SET + 1, "too-many")])
def test_a_set_is_neither_empty_nor_a_cupboard(many: int, code: str):
    """One to three hundred persons."""
    check_size(["cdo_1"], "/unit_id")
    with pytest.raises(ValidationFailed) as refused:
        check_size([f"cdo_{n}" for n in range(many)], "/unit_id")
    assert refused.value.errors[0].code == code


def test_who_gives_does_not_receive():
    """Two persons at a hand-over."""
    check_receiver("acc_1", "acc_2")
    with pytest.raises(SamePersonTwice):
        check_receiver("acc_1", "acc_1")
