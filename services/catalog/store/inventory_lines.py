"""Lines of an inventory: one a volume, whether it was expected, scanned, or both."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.inventory import DIFFERENCES, Outcome, Result
from services.catalog.store.inventories import Inventory
from services.catalog.store.volumes import Spot


@dataclass(frozen=True)
class Scan:
    """A volume's number, the slot where it was scanned if that was scanned too, and how often in this lot."""

    code: str
    spot: Spot | None
    times: int = 1


@dataclass(frozen=True)
class Line:
    """One volume of an inventory. `expected_at` and `seen_at_spot` are places; either may be unknown."""

    code: str
    volume_id: str | None
    dossier_no: str | None
    name: str | None
    expected: bool
    expected_at: Spot | None
    seen_at_spot: Spot | None
    seen_at: datetime | None
    seen_by: str | None
    scans: int
    result: Result
    outcome: Outcome | None
    note: str | None
    settled_at: datetime | None
    settled_by: str | None


@dataclass(frozen=True)
class Settlement:
    """How a difference ended."""

    code: str
    outcome: Outcome
    note: str | None


# Lots are taken in the order of their numbers, so that two scanners never wait for each other in a ring.
_SCAN = """
insert into inventory_line as l (inventory_id, code, unit_id, volume_id, expected, cabinet_id, layer, slot, scans,
  seen_cabinet_id, seen_layer, seen_slot, seen_at, seen_by)
select $1, s.code, $2, v.volume_id, false, v.cabinet_id, v.layer, v.slot, s.times, s.cabinet_id, s.layer, s.slot, $3, $4
from unnest($5::text[], $6::uuid[], $7::int[], $8::int[], $9::int[]) as s(code, cabinet_id, layer, slot, times)
  left join volume v on v.code = s.code
order by s.code
on conflict (inventory_id, code) do update set scans = l.scans + excluded.scans,
  seen_cabinet_id = excluded.seen_cabinet_id, seen_layer = excluded.seen_layer, seen_slot = excluded.seen_slot,
  seen_at = excluded.seen_at, seen_by = excluded.seen_by
"""
_LINES = """
select l.code, l.volume_id, d.dossier_no, p.name, l.expected, l.cabinet_id, l.layer, l.slot, l.seen_cabinet_id,
  l.seen_layer, l.seen_slot, l.seen_at, l.seen_by, l.scans, l.result, l.outcome, l.note, l.settled_at, l.settled_by
from inventory_line l left join volume v on v.volume_id = l.volume_id left join dossier d on d.dossier_id = v.dossier_id
  left join person p on p.person_id = d.person_id
where l.inventory_id = $1
"""
_SETTLE = """
update inventory_line l set outcome = s.outcome, note = s.note, settled_at = $2, settled_by = $3
from unnest($4::text[], $5::text[], $6::text[]) as s(code, outcome, note)
where l.inventory_id = $1 and l.code = s.code and l.result <> 'found' returning l.code
"""


async def scan(uow: UnitOfWork, inventory: Inventory, scans: Sequence[Scan]) -> None:
    """Take scans in; each number once, the last place counts."""
    spots = [one.spot for one in scans]
    await uow.raw().execute(
        _SCAN,
        to_uuid(inventory.inventory_id),
        to_uuid(inventory.unit_id),
        uow.now,
        uow.caller.account_id,
        [one.code for one in scans],
        [to_uuid(spot.cabinet_id) if spot else None for spot in spots],
        [spot.layer if spot else None for spot in spots],
        [spot.slot if spot else None for spot in spots],
        [one.times for one in scans],
    )


async def settle(uow: UnitOfWork, inventory_id: str, settlements: Sequence[Settlement]) -> set[str]:
    """Write how differences ended; the numbers of those that are differences of this inventory."""
    rows = await uow.raw().fetch(
        _SETTLE,
        to_uuid(inventory_id),
        uow.now,
        uow.caller.account_id,
        [one.code for one in settlements],
        [one.outcome for one in settlements],
        [one.note for one in settlements],
    )
    return {row["code"] for row in rows}


async def count_unsettled(uow: UnitOfWork, inventory_id: str) -> int:
    """Differences that nobody has settled or noted yet."""
    return await uow.raw().fetchval(
        """select count(*) from inventory_line
        where inventory_id = $1 and result = any($2::text[]) and settled_at is null""",
        to_uuid(inventory_id),
        list(DIFFERENCES),
    )


async def find(connection: Any, inventory_id: str, codes: Sequence[str]) -> Mapping[str, Line]:
    """Lines with these numbers."""
    rows = await connection.fetch(_LINES + "and l.code = any($2::text[])", to_uuid(inventory_id), list(codes))
    return {row["code"]: _line(row) for row in rows}


async def list_of(
    connection: Any, inventory_id: str, results: Sequence[Result] | None, after: str | None, limit: int
) -> list[Line]:
    """Lines in the order of their numbers, only those with these results if any are named."""
    query = _LINES + "and ($2::text[] is null or l.result = any($2)) and l.code > $3 order by l.code limit $4"
    wanted = list(results) if results else None
    rows = await connection.fetch(query, to_uuid(inventory_id), wanted, after or "", limit)
    return [_line(row) for row in rows]


def _line(row: Any) -> Line:
    volume, at, seen = row["volume_id"], row["cabinet_id"], row["seen_cabinet_id"]
    return Line(
        code=row["code"],
        volume_id=from_uuid("vol", volume) if volume else None,
        dossier_no=row["dossier_no"],
        name=row["name"],
        expected=row["expected"],
        expected_at=Spot(from_uuid("cab", at), row["layer"], row["slot"]) if at else None,
        seen_at_spot=Spot(from_uuid("cab", seen), row["seen_layer"], row["seen_slot"]) if seen else None,
        seen_at=row["seen_at"],
        seen_by=row["seen_by"],
        scans=row["scans"],
        result=row["result"],
        outcome=row["outcome"],
        note=row["note"],
        settled_at=row["settled_at"],
        settled_by=row["settled_by"],
    )
