"""The unit tree: where a unit may stand, and what follows for the units below it when it moves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from contracts.problems import FieldFault
from services.transfer.domain.refusals import UnitMisplaced

MAX_DEPTH: Final = 20
CODE_PATTERN: Final = r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$"


@dataclass(frozen=True)
class Unit:
    """A unit with its way from the root: `ancestors` are ids and end with its own, `path` the codes of these."""

    unit_id: str
    parent_id: str | None
    code: str
    name: str
    active: bool
    version: int
    ancestors: tuple[str, ...]
    path: tuple[str, ...]


def placed(unit: Unit, parent: Unit | None) -> Unit:
    """The unit directly below `parent`, or as a root. UnitMisplaced below itself, or deeper than twenty levels."""
    if parent and unit.unit_id in parent.ancestors:
        raise UnitMisplaced(FieldFault("/parent_id", "contradiction", {"other": "unit_id"}))
    above, way = (parent.ancestors, parent.path) if parent else ((), ())
    if len(above) >= MAX_DEPTH:
        raise UnitMisplaced(FieldFault("/parent_id", "out-of-range", {"min": 1, "max": MAX_DEPTH}))
    return replace(
        unit,
        parent_id=parent.unit_id if parent else None,
        ancestors=(*above, unit.unit_id),
        path=(*way, unit.code),
    )


def replanted(root: Unit, parent: Unit | None, below: Sequence[Unit]) -> tuple[Unit, ...]:
    """The whole branch after its root was changed or moved, root first; every version is one higher.

    A unit further down is changed too: its path is not what it was, and others keep it by version.
    """
    known: dict[str, Unit] = {root.unit_id: _risen(placed(root, parent))}
    for unit in sorted(below, key=lambda unit: len(unit.ancestors)):
        known[unit.unit_id] = _risen(placed(unit, _parent_of(unit, known)))
    return tuple(known.values())


def _parent_of(unit: Unit, known: Mapping[str, Unit]) -> Unit:
    if unit.parent_id is None or unit.parent_id not in known:
        raise ValueError("a branch is given whole")
    return known[unit.parent_id]


def _risen(unit: Unit) -> Unit:
    return replace(unit, version=unit.version + 1)
