"""Store rooms (库房) and cabinets (柜, 密集架): the places that volumes can stand in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, NotFound, ValidationFailed
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.store.scope import SCOPE

_FIRST = UUID(int=0)


@dataclass(frozen=True)
class StoreRoom:
    """A room of a unit."""

    store_room_id: str
    unit_id: str
    version: int
    code: str
    name: str
    changed_at: datetime


@dataclass(frozen=True)
class Cabinet:
    """Shelving of `layers` times `slots` places, each for `slot_capacity` volumes."""

    cabinet_id: str
    unit_id: str
    store_room_id: str
    version: int
    code: str
    kind: str
    layers: int
    slots: int
    slot_capacity: int
    paper_no: int
    room_code: str
    standing: int
    """Volumes that stand in it."""


_ROOMS = f"""
select page.* from {SCOPE} cross join lateral (
  select store_room_id, unit_id, version, code, name, changed_at from store_room r
  where r.unit_id = scope.unit_id and r.store_room_id > $2 order by r.store_room_id limit $3
) as page order by page.store_room_id limit $3
"""  # noqa: S608  # constants of this package
_CABINET = """
select c.cabinet_id, c.unit_id, c.store_room_id, c.version, c.code, c.kind, c.layers, c.slots, c.slot_capacity,
  c.paper_no, r.code as room_code,
  (select count(*) from volume v where v.cabinet_id = c.cabinet_id) as standing
from cabinet c join store_room r on r.store_room_id = c.store_room_id
"""


async def list_rooms(connection: Any, unit_id: str | None, after: str | None, limit: int) -> list[StoreRoom]:
    """Rooms of the caller's units, in order of their ids."""
    unit = to_uuid(unit_id) if unit_id else None
    rows = await connection.fetch(_ROOMS, unit, to_uuid(after) if after else _FIRST, limit)
    return [_room(row) for row in rows]


async def get_room(connection: Any, store_room_id: str, *, lock: bool = False) -> StoreRoom:
    """The room, locked until the commit if wanted; NotFound outside the caller's units."""
    query = "select store_room_id, unit_id, version, code, name, changed_at from store_room where store_room_id = $1"
    row = await connection.fetchrow(query + (" for update" if lock else ""), to_uuid(store_room_id))
    if row is None:
        raise NotFound()
    return _room(row)


async def save_room(uow: UnitOfWork, room: StoreRoom) -> None:
    """Insert or update; a code that another room of the unit has is a fault of the form."""
    try:
        await uow.raw().execute(
            """insert into store_room (store_room_id, unit_id, version, code, name, created_at, changed_at)
            values ($1, $2, $3, $4, $5, $6, $6)
            on conflict (store_room_id) do update set version = excluded.version, code = excluded.code,
              name = excluded.name, changed_at = excluded.changed_at""",
            to_uuid(room.store_room_id),
            to_uuid(room.unit_id),
            room.version,
            room.code,
            room.name,
            uow.now,
        )
    except asyncpg.UniqueViolationError:
        raise ValidationFailed(errors=[FieldFault("/code", "duplicate")]) from None


async def list_cabinets(connection: Any, store_room_id: str, after: str | None, limit: int) -> list[Cabinet]:
    """Cabinets of a room in order of their codes, from the one after this code."""
    rows = await connection.fetch(
        _CABINET + "where c.store_room_id = $1 and c.code > $2 order by c.code limit $3",
        to_uuid(store_room_id),
        after or "",
        limit,
    )
    return [_cabinet(row) for row in rows]


async def get_cabinet(connection: Any, cabinet_id: str) -> Cabinet:
    """The cabinet; NotFound outside the caller's units."""
    row = await connection.fetchrow(_CABINET + "where c.cabinet_id = $1", to_uuid(cabinet_id))
    if row is None:
        raise NotFound()
    return _cabinet(row)


async def lock_cabinet(uow: UnitOfWork, cabinet_id: str) -> Cabinet:
    """The cabinet, its row held: nobody else places anything in it until the commit."""
    await uow.raw().execute("select from cabinet where cabinet_id = $1 for update", to_uuid(cabinet_id))
    return await get_cabinet(uow.raw(), cabinet_id)


async def find_cabinet_by_paper(connection: Any, paper_no: int) -> Cabinet | None:
    """The cabinet whose slots carry this number; None outside the caller's units."""
    row = await connection.fetchrow(_CABINET + "where c.paper_no = $1", paper_no)
    return _cabinet(row) if row else None


async def save_cabinet(uow: UnitOfWork, cabinet: Cabinet) -> None:
    """Insert or update; a code that another cabinet of the room has is a fault of the form."""
    try:
        await uow.raw().execute(
            """insert into cabinet (cabinet_id, unit_id, store_room_id, version, code, kind, layers, slots,
              slot_capacity, paper_no, created_at, changed_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
            on conflict (cabinet_id) do update set version = excluded.version, code = excluded.code,
              kind = excluded.kind, layers = excluded.layers, slots = excluded.slots,
              slot_capacity = excluded.slot_capacity, changed_at = excluded.changed_at""",
            to_uuid(cabinet.cabinet_id),
            to_uuid(cabinet.unit_id),
            to_uuid(cabinet.store_room_id),
            cabinet.version,
            cabinet.code,
            cabinet.kind,
            cabinet.layers,
            cabinet.slots,
            cabinet.slot_capacity,
            cabinet.paper_no,
            uow.now,
        )
    except asyncpg.UniqueViolationError:
        raise ValidationFailed(errors=[FieldFault("/code", "duplicate")]) from None


async def extent(uow: UnitOfWork, cabinet_id: str) -> tuple[int, int, int]:
    """Highest layer and slot in use, and the most volumes in one slot: what a cabinet may not shrink below."""
    row = await uow.raw().fetchrow(
        """select coalesce(max(layer), 0) as layer, coalesce(max(slot), 0) as slot, coalesce(max(n), 0) as n
        from (select layer, slot, count(*) as n from volume where cabinet_id = $1 group by layer, slot) as used""",
        to_uuid(cabinet_id),
    )
    return row["layer"], row["slot"], row["n"]


async def next_paper_number(uow: UnitOfWork) -> int:
    """A number that no label has carried yet."""
    return await uow.raw().fetchval("select nextval('paper_number')")


def _room(row: Any) -> StoreRoom:
    return StoreRoom(
        from_uuid("srm", row["store_room_id"]),
        from_uuid("unt", row["unit_id"]),
        row["version"],
        row["code"],
        row["name"],
        row["changed_at"],
    )


def _cabinet(row: Any) -> Cabinet:
    ids = {
        "cabinet_id": from_uuid("cab", row["cabinet_id"]),
        "unit_id": from_uuid("unt", row["unit_id"]),
        "store_room_id": from_uuid("srm", row["store_room_id"]),
    }
    return Cabinet(**{**row, **ids})
