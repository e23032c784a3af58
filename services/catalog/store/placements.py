"""Where each volume stood, and since when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import to_uuid
from services.catalog.store.volumes import Spot, Volume, spot_of


@dataclass(frozen=True)
class Placed:
    """One place of a volume's history; without a cabinet it was off the shelf."""

    version: int
    spot: Spot | None
    room_code: str | None
    cabinet_code: str | None
    reason: str | None
    placed_at: datetime
    placed_by: str


async def add(uow: UnitOfWork, volume: Volume, reason: str | None) -> None:
    """Keep where the volume stands from now on."""
    spot = volume.spot
    await uow.raw().execute(
        """insert into placement (volume_id, unit_id, version, cabinet_id, layer, slot, reason, placed_at, placed_by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        to_uuid(volume.volume_id),
        to_uuid(volume.unit_id),
        volume.version,
        to_uuid(spot.cabinet_id) if spot else None,
        spot.layer if spot else None,
        spot.slot if spot else None,
        reason,
        uow.now,
        uow.caller.account_id,
    )


async def list_of(connection: Any, volume_id: str, before: int | None, limit: int) -> list[Placed]:
    """Where a volume stood, the latest first, from the one before this version; NotFound outside the units."""
    if not await connection.fetchval("select exists (select from volume where volume_id = $1)", to_uuid(volume_id)):
        raise NotFound()
    rows = await connection.fetch(
        """select h.version, h.cabinet_id, h.layer, h.slot, h.reason, h.placed_at, h.placed_by, c.code as cabinet_code,
          r.code as room_code
        from placement h left join cabinet c on c.cabinet_id = h.cabinet_id
          left join store_room r on r.store_room_id = c.store_room_id
        where h.volume_id = $1 and ($2::bigint is null or h.version < $2) order by h.version desc limit $3""",
        to_uuid(volume_id),
        before,
        limit,
    )
    return [_placement(row) for row in rows]


def _placement(row: Any) -> Placed:
    return Placed(
        row["version"],
        spot_of(row),
        row["room_code"],
        row["cabinet_code"],
        row["reason"],
        row["placed_at"],
        row["placed_by"],
    )
