"""The bound set of a unit (装订成册): compiled, printed, handed to the archive by receipt, kept there (seed 000)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from contracts.problems import FieldFault, SamePersonTwice, StateConflict, ValidationFailed
from services.audit.domain.progress import Progress

MOST_IN_A_SET: Final = 300
"""Persons in one set: with more it is no volume that anybody binds."""
_MOST_NAMED: Final = 20


class BoundState(StrEnum):
    """Where a set stands."""

    COMPILING = "compiling"
    FAILED = "failed"
    COMPILED = "compiled"
    PRINTED = "printed"
    HANDED_OVER = "handed_over"
    STORED = "stored"
    DISCARDED = "discarded"


class BoundMove(StrEnum):
    """What takes a set on."""

    FINISH = "finish"
    """Every form is drawn, and the file is kept."""
    FAIL = "fail"
    """A form cannot be drawn; its dossiers may be compiled anew."""
    PRINT = "print"
    HAND_OVER = "hand_over"
    """The archive has it, by a numbered and signed receipt: its dossiers are bound."""
    STORE = "store"
    """It has its place (集中保管)."""
    DISCARD = "discard"
    """It was compiled in vain: its dossiers may be compiled anew."""


BOUND_MOVES: Mapping[tuple[BoundState, BoundMove], BoundState] = {
    (BoundState.COMPILING, BoundMove.FINISH): BoundState.COMPILED,
    (BoundState.COMPILING, BoundMove.FAIL): BoundState.FAILED,
    (BoundState.COMPILED, BoundMove.PRINT): BoundState.PRINTED,
    (BoundState.PRINTED, BoundMove.HAND_OVER): BoundState.HANDED_OVER,
    (BoundState.HANDED_OVER, BoundMove.STORE): BoundState.STORED,
    (BoundState.COMPILED, BoundMove.DISCARD): BoundState.DISCARDED,
    (BoundState.PRINTED, BoundMove.DISCARD): BoundState.DISCARDED,
}
"""Every move there is. What is not here is refused."""


def bound_moved(state: BoundState, move: BoundMove) -> BoundState:
    """The state after a move; StateConflict where there is no such move from here."""
    after = BOUND_MOVES.get((state, move))
    if after is None:
        raise StateConflict(state=state.value)
    return after


def check_filed(states: Mapping[str, Progress], pointer: str) -> None:
    """Only dossiers whose forms are filed are bound; the others are named (`states`: by dossier in the campaign)."""
    _refuse_named("not-filed", [one for one, state in states.items() if state is not Progress.FILED], pointer)


def check_current(determined_anew: Collection[str], pointer: str) -> None:
    """A set that was compiled before something in it was determined anew tells what no longer holds."""
    _refuse_named("determined-anew", determined_anew, pointer)


def _refuse_named(code: str, dossiers: Collection[str], pointer: str) -> None:
    if dossiers:
        named = ", ".join(sorted(dossiers)[:_MOST_NAMED]) + (" …" if len(dossiers) > _MOST_NAMED else "")
        raise ValidationFailed(errors=[FieldFault(pointer, code, {"dossiers": named, "count": len(dossiers)})])


def check_size(dossiers: Collection[str], pointer: str) -> None:
    """Neither empty nor more than can be bound."""
    if not dossiers:
        raise ValidationFailed(errors=[FieldFault(pointer, "nothing-to-bind")])
    if len(dossiers) > MOST_IN_A_SET:
        raise ValidationFailed(errors=[FieldFault(pointer, "too-many", {"max": MOST_IN_A_SET})])


def check_receiver(compiled_by: str, receiver: str) -> None:
    """Who gives does not receive."""
    if compiled_by == receiver:
        raise SamePersonTwice()
