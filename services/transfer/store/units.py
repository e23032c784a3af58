"""Units: the rows of the tree, with their way from the root as the chassis keeps it in `unit_scope`."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid
from services.transfer.domain.unit import Unit
from services.transfer.store.statements import execute, table_of
from services.transfer.store.tables import UnitRow

_UNIT = table_of(UnitRow)
_SELECT = """
select u.unit_id, u.parent_id, u.code, u.name, u.active, u.version, s.ancestors, s.path
from unit u join unit_scope s using (unit_id)
"""
_FIRST = UUID(int=0)
TREE = "units"
"""Name of the lock that every change of the tree holds: two moves at once could make a ring."""


def _unit(row: Mapping[str, Any]) -> Unit:
    return Unit(
        unit_id=from_uuid("unt", row["unit_id"]),
        parent_id=from_uuid("unt", row["parent_id"]) if row["parent_id"] else None,
        code=row["code"],
        name=row["name"],
        active=row["active"],
        version=row["version"],
        ancestors=tuple(from_uuid("unt", ancestor) for ancestor in row["ancestors"]),
        path=tuple(row["path"]),
    )


async def find(uow: UnitOfWork, unit_id: str) -> Unit | None:
    """One unit, if it is in scope."""
    row = await uow.raw().fetchrow(f"{_SELECT} where u.unit_id = $1", to_uuid(unit_id))
    return _unit(row) if row else None


async def get(uow: UnitOfWork, unit_id: str) -> Unit:
    """One unit; NotFound when there is none in scope."""
    unit = await find(uow, unit_id)
    if unit is None:
        raise NotFound()
    return unit


async def list_below(uow: UnitOfWork, unit_id: str) -> Sequence[Unit]:
    """All units below one, at any depth."""
    rows = await uow.raw().fetch(
        f"{_SELECT} where s.ancestors @> array[$1::uuid] and u.unit_id <> $1",
        to_uuid(unit_id),
    )
    return [_unit(row) for row in rows]


async def list_page(uow: UnitOfWork, after: str | None, limit: int) -> Sequence[Unit]:
    """Units in scope in order of their ids, from the one after `after`."""
    rows = await uow.raw().fetch(
        f"{_SELECT} where u.unit_id > $1 and u.unit_id = any($3::uuid[]) order by u.unit_id limit $2",
        to_uuid(after) if after else _FIRST,
        limit,
        uow.unit_keys,
    )
    return [_unit(row) for row in rows]


async def has_sibling(uow: UnitOfWork, unit: Unit) -> bool:
    """Whether another unit under the same parent has this unit's code. Whoever asks holds the lock of the tree."""
    return await uow.raw().fetchval(
        """select exists (select from unit
           where parent_id is not distinct from $1 and code = $2 and unit_id <> $3)""",
        to_uuid(unit.parent_id) if unit.parent_id else None,
        unit.code,
        to_uuid(unit.unit_id),
    )


async def add(uow: UnitOfWork, unit: Unit) -> None:
    """A new row."""
    row = {**_columns(unit), "unit_id": unit.unit_id, "created_at": uow.now, "changed_at": uow.now}
    await execute(uow, insert(_UNIT).values(row))


async def save(uow: UnitOfWork, unit: Unit) -> None:
    """The present state of a unit."""
    changed = {**_columns(unit), "changed_at": uow.now}
    await execute(uow, update(_UNIT).where(_UNIT.c.unit_id == unit.unit_id).values(changed))


def _columns(unit: Unit) -> dict[str, Any]:
    names = ("parent_id", "code", "name", "active", "version")
    return {name: getattr(unit, name) for name in names}
