"""Volumes, where they stand, and where they stood."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.volume import Section, VolumeKind
from services.catalog.store.scope import SCOPE

_FIRST = UUID(int=0)


@dataclass(frozen=True)
class Spot:
    """A place on a shelf; layers and slots count from 1, layers from the bottom."""

    cabinet_id: str
    layer: int
    slot: int


@dataclass(frozen=True)
class Volume:
    """A volume in use, or one that a new division has dissolved."""

    volume_id: str
    unit_id: str
    dossier_id: str
    version: int
    kind: VolumeKind
    no: int
    first_category: int
    last_category: int
    state: str
    code: str
    thickness_mm: int | None
    remark: str | None
    spot: Spot | None


@dataclass(frozen=True)
class ShownVolume:
    """A volume with what is read beside it: its dossier, what it holds, and where it stands in words."""

    volume: Volume
    dossier_no: str
    person_id: str
    name: str
    volumes_in_set: int
    materials: int
    pages: int
    room_code: str | None
    cabinet_code: str | None


_COLUMNS = """v.volume_id, v.unit_id, v.dossier_id, v.version, v.kind, v.no, v.first_category, v.last_category, v.state,
  v.code, v.thickness_mm, v.remark, v.cabinet_id, v.layer, v.slot"""
_SHOWN = f"""
select {_COLUMNS}, d.dossier_no, p.person_id, p.name, r.code as room_code, c.code as cabinet_code,
  (select count(*) from volume o where o.dossier_id = v.dossier_id and o.kind = v.kind and o.state = 'in_use')
    as of_set,
  held.materials, held.pages
from volume v join dossier d on d.dossier_id = v.dossier_id join person p on p.person_id = d.person_id
  left join cabinet c on c.cabinet_id = v.cabinet_id left join store_room r on r.store_room_id = c.store_room_id
  cross join lateral (
    select count(*) as materials, coalesce(sum(m.page_count), 0) as pages from material m
    where m.dossier_id = v.dossier_id and m.state = 'filed'
      and m.category between v.first_category and v.last_category
  ) held
"""  # noqa: S608  # constants of this module
_OF_UNITS = f"""
with page as materialized (
  select first.volume_id from {SCOPE} cross join lateral (
    select v.volume_id from volume v where v.unit_id = scope.unit_id and v.state = 'in_use' and v.volume_id > $2
    order by v.volume_id limit $3
  ) as first order by first.volume_id limit $3
)
{_SHOWN.replace("from volume v", "from page join volume v using (volume_id)")} order by v.volume_id
"""  # noqa: S608
_IN_SLOTS = (
    _SHOWN
    + """where v.cabinet_id = $1 and ($2::int is null or v.layer = $2) and ($3::int is null or v.slot = $3)
  and (v.layer, v.slot, v.volume_id) > ($4, $5, $6::uuid) order by v.layer, v.slot, v.volume_id limit $7"""
)
_SAVE = """
insert into volume (volume_id, unit_id, dossier_id, version, kind, no, first_category, last_category, state, code,
  thickness_mm, remark, cabinet_id, layer, slot, created_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)
on conflict (volume_id) do update set version = excluded.version, first_category = excluded.first_category,
  last_category = excluded.last_category, state = excluded.state, thickness_mm = excluded.thickness_mm,
  remark = excluded.remark, cabinet_id = excluded.cabinet_id, layer = excluded.layer, slot = excluded.slot,
  changed_at = excluded.changed_at
"""


async def sections(connection: Any, dossier_id: str) -> list[Section]:
    """What a dossier holds, by category."""
    rows = await connection.fetch(
        """select category, count(*) as materials, sum(page_count) as pages from material
        where dossier_id = $1 and state = 'filed' group by category order by category""",
        to_uuid(dossier_id),
    )
    return [Section(row["category"], row["materials"], row["pages"]) for row in rows]


async def lock_set(uow: UnitOfWork, dossier_id: str, kind: VolumeKind) -> list[Volume]:
    """The volumes of a set in use, in order, held until the commit."""
    rows = await uow.raw().fetch(
        f"select {_COLUMNS} from volume v where dossier_id = $1 and kind = $2 and state = 'in_use' "  # noqa: S608
        "order by no for update",
        to_uuid(dossier_id),
        kind,
    )
    return [_volume(row) for row in rows]


async def lock(uow: UnitOfWork, volume_id: str) -> Volume:
    """The volume, held until the commit; NotFound outside the caller's units."""
    query = f"select {_COLUMNS} from volume v where volume_id = $1 for update"  # noqa: S608
    row = await uow.raw().fetchrow(query, to_uuid(volume_id))
    if row is None:
        raise NotFound()
    return _volume(row)


async def save(uow: UnitOfWork, volume: Volume) -> None:
    """Insert or update."""
    spot = volume.spot
    await uow.raw().execute(
        _SAVE,
        to_uuid(volume.volume_id),
        to_uuid(volume.unit_id),
        to_uuid(volume.dossier_id),
        volume.version,
        volume.kind,
        volume.no,
        volume.first_category,
        volume.last_category,
        volume.state,
        volume.code,
        volume.thickness_mm,
        volume.remark,
        to_uuid(spot.cabinet_id) if spot else None,
        spot.layer if spot else None,
        spot.slot if spot else None,
        uow.now,
    )


async def touch(uow: UnitOfWork, volume_id: str) -> int:
    """A new version of a volume, for a change of what is kept beside it."""
    query = "update volume set version = version + 1, changed_at = $2 where volume_id = $1 returning version"
    return await uow.raw().fetchval(query, to_uuid(volume_id), uow.now)


async def get_shown(connection: Any, volume_id: str) -> ShownVolume:
    """The volume with what is read beside it; NotFound outside the caller's units."""
    row = await connection.fetchrow(_SHOWN + "where v.volume_id = $1", to_uuid(volume_id))
    if row is None:
        raise NotFound()
    return _shown(row)


async def find_by_code(connection: Any, code: str) -> list[ShownVolume]:
    """The volume whose label carries this number, if it is in the caller's units."""
    return [_shown(row) for row in await connection.fetch(_SHOWN + "where v.code = $1", code)]


async def list_of_dossier(connection: Any, dossier_id: str) -> list[ShownVolume]:
    """A dossier's volumes in use: 正本 first, in order; ten of each kind at the most, one a category."""
    query = _SHOWN + "where v.dossier_id = $1 and v.state = 'in_use' order by v.kind desc, v.no"
    return [_shown(row) for row in await connection.fetch(query, to_uuid(dossier_id))]


async def list_of_units(connection: Any, unit_id: str | None, after: str | None, limit: int) -> list[ShownVolume]:
    """Volumes in use of the caller's units, in order of their ids."""
    unit = to_uuid(unit_id) if unit_id else None
    rows = await connection.fetch(_OF_UNITS, unit, to_uuid(after) if after else _FIRST, limit)
    return [_shown(row) for row in rows]


async def list_in_slots(
    connection: Any,
    cabinet_id: str,
    layer: int | None,
    slot: int | None,
    after: tuple[int, int, str] | None,
    limit: int,
) -> list[ShownVolume]:
    """What stands in a cabinet, a layer or a slot, in the order of the shelf."""
    last_layer, last_slot, last_id = after or (0, 0, None)
    rows = await connection.fetch(
        _IN_SLOTS,
        to_uuid(cabinet_id),
        layer,
        slot,
        last_layer,
        last_slot,
        to_uuid(last_id) if last_id else _FIRST,
        limit,
    )
    return [_shown(row) for row in rows]


async def count_in_slot(uow: UnitOfWork, spot: Spot) -> int:
    """How many volumes stand in a slot, also those of other units."""
    async with uow.as_service():
        return await uow.raw().fetchval(
            "select count(*) from volume where cabinet_id = $1 and layer = $2 and slot = $3",
            to_uuid(spot.cabinet_id),
            spot.layer,
            spot.slot,
        )


def spot_of(row: Any) -> Spot | None:
    """The place that a row names, if any."""
    cabinet = row["cabinet_id"]
    return None if cabinet is None else Spot(from_uuid("cab", cabinet), row["layer"], row["slot"])


def _volume(row: Any) -> Volume:
    return Volume(
        from_uuid("vol", row["volume_id"]),
        from_uuid("unt", row["unit_id"]),
        from_uuid("dos", row["dossier_id"]),
        row["version"],
        row["kind"],
        row["no"],
        row["first_category"],
        row["last_category"],
        row["state"],
        row["code"],
        row["thickness_mm"],
        row["remark"],
        spot_of(row),
    )


def _shown(row: Any) -> ShownVolume:
    return ShownVolume(
        volume=_volume(row),
        dossier_no=row["dossier_no"],
        person_id=from_uuid("per", row["person_id"]),
        name=row["name"],
        volumes_in_set=row["of_set"],
        materials=row["materials"],
        pages=row["pages"],
        room_code=row["room_code"],
        cabinet_code=row["cabinet_code"],
    )
