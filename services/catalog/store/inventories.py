"""Inventories: the card with its counts and checkers, and the register by unit and year."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.inventory import InventoryState
from services.catalog.store.scope import SCOPE

_LAST = UUID(int=2**128 - 1)


@dataclass(frozen=True)
class Range:
    """Layers of a cabinet, from the bottom."""

    cabinet_id: str
    first_layer: int
    last_layer: int


@dataclass(frozen=True)
class Inventory:
    """One inventory of a unit, or of a range of shelves."""

    inventory_id: str
    unit_id: str
    version: int
    year: int
    no: int
    range: Range | None
    state: InventoryState
    note: str | None
    started_at: datetime
    started_by: str
    closed_at: datetime | None
    closed_by: str | None


@dataclass(frozen=True)
class Register:
    """A row of the register 检查核对登记: expected, found and the differences, how many are open, who checked."""

    inventory: Inventory
    room_code: str | None
    cabinet_code: str | None
    expected: int
    found: int
    missing: int
    misplaced: int
    unknown: int
    unsettled: int
    checkers: list[str]


_COLUMNS = """i.inventory_id, i.unit_id, i.version, i.year, i.no, i.cabinet_id, i.first_layer, i.last_layer, i.state,
  i.note, i.started_at, i.started_by, i.closed_at, i.closed_by"""
_COUNTED = f"""
select {_COLUMNS}, r.code as room_code, c.code as cabinet_code, n.*,
  array(select k.account_id from inventory_checker k where k.inventory_id = i.inventory_id
    order by k.confirmed_at, k.account_id) as checkers
from inventory i left join cabinet c on c.cabinet_id = i.cabinet_id
  left join store_room r on r.store_room_id = c.store_room_id
  cross join lateral (
    select count(*) filter (where l.expected) as expected, count(*) filter (where l.result = 'found') as found,
      count(*) filter (where l.result = 'missing') as missing,
      count(*) filter (where l.result = 'misplaced') as misplaced,
      count(*) filter (where l.result = 'unknown') as unknown,
      count(*) filter (where l.result <> 'found' and l.settled_at is null) as unsettled
    from inventory_line l where l.inventory_id = i.inventory_id
  ) n
"""  # noqa: S608  # constants of this module
_LIST = f"""
with page as materialized (
  select latest.inventory_id from {SCOPE} cross join lateral (
    select i.inventory_id from inventory i
    where i.unit_id = scope.unit_id and ($2::int is null or i.year = $2) and i.inventory_id < $3
    order by i.inventory_id desc limit $4
  ) as latest order by latest.inventory_id desc limit $4
)
{_COUNTED.replace("from inventory i left", "from page join inventory i using (inventory_id) left")}
order by i.inventory_id desc
"""  # noqa: S608


async def add(uow: UnitOfWork, inventory: Inventory) -> None:
    """A new inventory, and its expected list as the shelves are to be at this moment."""
    shelf = inventory.range
    await uow.raw().execute(
        """insert into inventory (inventory_id, unit_id, version, year, no, cabinet_id, first_layer, last_layer, state,
          note, started_at, started_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)""",
        to_uuid(inventory.inventory_id),
        to_uuid(inventory.unit_id),
        inventory.version,
        inventory.year,
        inventory.no,
        to_uuid(shelf.cabinet_id) if shelf else None,
        shelf.first_layer if shelf else None,
        shelf.last_layer if shelf else None,
        inventory.state,
        inventory.note,
        inventory.started_at,
        inventory.started_by,
    )
    if shelf:
        where = "v.cabinet_id = $3 and v.layer between $4 and $5"
        arguments: list[Any] = [to_uuid(shelf.cabinet_id), shelf.first_layer, shelf.last_layer]
    else:
        where, arguments = "v.unit_id = $2 and v.state = 'in_use'", []
    await uow.raw().execute(
        f"""insert into inventory_line (inventory_id, code, unit_id, volume_id, expected, cabinet_id, layer, slot)
        select $1, v.code, $2, v.volume_id, true, v.cabinet_id, v.layer, v.slot from volume v where {where}""",  # noqa: S608
        to_uuid(inventory.inventory_id),
        to_uuid(inventory.unit_id),
        *arguments,
    )


async def is_counting(uow: UnitOfWork, inventory_id: str) -> bool:
    """Whether it is still scanned; once it is not, it never is again. Nothing is held."""
    state = await uow.raw().fetchval("select state from inventory where inventory_id = $1", to_uuid(inventory_id))
    return state == "counting"


async def lock(uow: UnitOfWork, inventory_id: str, *, shared: bool = False) -> Inventory:
    """The inventory, held until the commit: shared by those who scan, alone by who confirms, settles or closes."""
    query = f"select {_COLUMNS} from inventory i where i.inventory_id = $1 for {'share' if shared else 'update'}"  # noqa: S608
    row = await uow.raw().fetchrow(query, to_uuid(inventory_id))
    if row is None:
        raise NotFound()
    return _inventory(row)


async def save(uow: UnitOfWork, inventory: Inventory) -> None:
    """Write state, version and end."""
    await uow.raw().execute(
        "update inventory set state = $2, version = $3, closed_at = $4, closed_by = $5 where inventory_id = $1",
        to_uuid(inventory.inventory_id),
        inventory.state,
        inventory.version,
        inventory.closed_at,
        inventory.closed_by,
    )


async def list_checkers(uow: UnitOfWork, inventory_id: str) -> set[str]:
    """The accounts that have confirmed."""
    rows = await uow.raw().fetch(
        "select account_id from inventory_checker where inventory_id = $1", to_uuid(inventory_id)
    )
    return {row["account_id"] for row in rows}


async def add_checker(uow: UnitOfWork, inventory: Inventory) -> None:
    """The caller has confirmed."""
    await uow.raw().execute(
        "insert into inventory_checker (inventory_id, account_id, unit_id, confirmed_at) values ($1, $2, $3, $4)",
        to_uuid(inventory.inventory_id),
        uow.caller.account_id,
        to_uuid(inventory.unit_id),
        uow.now,
    )


async def get(connection: Any, inventory_id: str) -> Register:
    """The inventory with its counts; NotFound outside the caller's units."""
    row = await connection.fetchrow(_COUNTED + "where i.inventory_id = $1", to_uuid(inventory_id))
    if row is None:
        raise NotFound()
    return _register(row)


async def list_register(
    connection: Any, unit_id: str | None, year: int | None, after: str | None, limit: int
) -> list[Register]:
    """The register, the latest first."""
    unit = to_uuid(unit_id) if unit_id else None
    rows = await connection.fetch(_LIST, unit, year, to_uuid(after) if after else _LAST, limit)
    return [_register(row) for row in rows]


def _inventory(row: Any) -> Inventory:
    cabinet = row["cabinet_id"]
    return Inventory(
        inventory_id=from_uuid("inv", row["inventory_id"]),
        unit_id=from_uuid("unt", row["unit_id"]),
        version=row["version"],
        year=row["year"],
        no=row["no"],
        range=Range(from_uuid("cab", cabinet), row["first_layer"], row["last_layer"]) if cabinet else None,
        state=row["state"],
        note=row["note"],
        started_at=row["started_at"],
        started_by=row["started_by"],
        closed_at=row["closed_at"],
        closed_by=row["closed_by"],
    )


def _register(row: Any) -> Register:
    return Register(
        _inventory(row),
        row["room_code"],
        row["cabinet_code"],
        row["expected"],
        row["found"],
        row["missing"],
        row["misplaced"],
        row["unknown"],
        row["unsettled"],
        list(row["checkers"]),
    )
