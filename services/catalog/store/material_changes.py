"""What was done at the desk, each with the standings of before, from which it can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.standing import ChangeKind

_COLUMNS = """select change_id, dossier_id, kind, reason, before::text as before, made_by, made_at, undone_by
from material_change """
_LAST = UUID(int=(1 << 128) - 1)


@dataclass(frozen=True)
class MaterialChange:
    """One act. `before` is by material: its snapshot, None where the act made it."""

    change_id: str
    dossier_id: str
    kind: ChangeKind
    reason: str | None
    before: Mapping[str, Mapping[str, Any] | None]
    made_by: str
    made_at: datetime
    undone_by: str | None


async def add(uow: UnitOfWork, change: MaterialChange, unit_id: str) -> None:
    """Keep what was before."""
    await uow.raw().execute(
        """insert into material_change (change_id, unit_id, dossier_id, kind, reason, before, made_by, made_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)""",
        to_uuid(change.change_id),
        to_uuid(unit_id),
        to_uuid(change.dossier_id),
        change.kind,
        change.reason,
        orjson.dumps(change.before).decode(),
        change.made_by,
        change.made_at,
    )


async def get(connection: Any, change_id: str) -> MaterialChange:
    """One act; NotFound outside the caller's units. Whoever undoes it holds the dossier."""
    row = await connection.fetchrow(_COLUMNS + "where change_id = $1", to_uuid(change_id))
    if row is None:
        raise NotFound()
    return _change(row)


async def set_undone(uow: UnitOfWork, change_id: str, by: str) -> None:
    """Say which act took it back."""
    await uow.raw().execute(
        "update material_change set undone_by = $2 where change_id = $1", to_uuid(change_id), to_uuid(by)
    )


async def list_of(connection: Any, dossier_id: str, before: str | None, limit: int) -> list[MaterialChange]:
    """Acts on a dossier, the latest first, from the one before `before`."""
    rows = await connection.fetch(
        _COLUMNS + "where dossier_id = $1 and change_id < $2 order by change_id desc limit $3",
        to_uuid(dossier_id),
        to_uuid(before) if before else _LAST,
        limit,
    )
    return [_change(row) for row in rows]


def _change(row: Any) -> MaterialChange:
    return MaterialChange(
        change_id=from_uuid("chg", row["change_id"]),
        dossier_id=from_uuid("dos", row["dossier_id"]),
        kind=row["kind"],
        reason=row["reason"],
        before=orjson.loads(row["before"]),
        made_by=row["made_by"],
        made_at=row["made_at"],
        undone_by=None if row["undone_by"] is None else from_uuid("chg", row["undone_by"]),
    )
