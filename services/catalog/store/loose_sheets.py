"""Loose sheets (散材料): filed materials that are not bound yet, and what was bound where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.store.scope import SCOPE

_FIRST = UUID(int=0)


@dataclass(frozen=True)
class LooseSheet:
    """A filed material that lies loose, since when, and the volume in which it belongs, if there is one."""

    material_id: str
    unit_id: str
    dossier_id: str
    dossier_no: str
    name: str
    title: str
    material_code: str
    page_count: int
    since: datetime
    volume_id: str | None


@dataclass(frozen=True)
class Binding:
    """A material in a volume."""

    material_id: str
    title: str
    material_code: str
    bound_at: datetime
    bound_by: str


_LIST = f"""
with page as materialized (
  select oldest.* from {SCOPE} cross join lateral (
    select l.material_id, l.unit_id, l.since from loose_sheet l
    where l.unit_id = scope.unit_id and (l.since, l.material_id) > (coalesce($2, '-infinity'::timestamptz), $3::uuid)
      and ($5::timestamptz is null or l.since < $5)
    order by l.since, l.material_id limit $4
  ) as oldest order by oldest.since, oldest.material_id limit $4
)
select page.*, m.dossier_id, d.dossier_no, p.name, m.title, m.place, m.item_no, m.page_count, v.volume_id
from page join material m on m.material_id = page.material_id
  join dossier d on d.dossier_id = m.dossier_id join person p on p.person_id = d.person_id
  left join volume v on v.dossier_id = m.dossier_id and v.kind = 'original' and v.state = 'in_use'
    and m.category between v.first_category and v.last_category
where m.state = 'filed' order by page.since, page.material_id
"""  # noqa: S608  # constants of this package
_BOUND = """
select b.material_id, m.title, m.place, m.item_no, b.bound_at, b.bound_by
from binding b join material m on m.material_id = b.material_id
where b.volume_id = $1 and b.ended_at is null
  and (b.bound_at, b.material_id) > (coalesce($2, '-infinity'::timestamptz), $3::uuid)
order by b.bound_at, b.material_id limit $4
"""
_LOOSEN = """
with ended as (
  update binding b set ended_at = $2 from material m, volume v
  where b.ended_at is null and m.material_id = b.material_id and m.dossier_id = $1 and v.volume_id = b.volume_id
    and (v.state <> 'in_use' or m.category not between v.first_category and v.last_category)
  returning b.material_id, b.unit_id
)
insert into loose_sheet (material_id, unit_id, since) select material_id, unit_id, $2 from ended
on conflict (material_id) do nothing
"""
_APART = """
select c.material_id from unnest($2::uuid[], $3::int[], $4::int[]) as c(material_id, old_category, new_category)
where exists (select from volume v where v.dossier_id = $1 and v.kind = 'original' and v.state = 'in_use')
  and not exists (select from volume v where v.dossier_id = $1 and v.kind = 'original' and v.state = 'in_use'
    and c.old_category between v.first_category and v.last_category
    and c.new_category between v.first_category and v.last_category)
"""

_AS_BEFORE = """
with again as (
  update binding b set ended_at = null from material m, volume v
  where b.material_id = any($1::uuid[]) and b.ended_at = $2 and m.material_id = b.material_id and m.state = 'filed'
    and v.volume_id = b.volume_id and v.state = 'in_use' and m.category between v.first_category and v.last_category
    and not exists (select from binding o where o.material_id = b.material_id and o.ended_at is null)
  returning b.material_id
)
delete from loose_sheet l using again where l.material_id = again.material_id
"""
# Who was bound as a whole after the join lies there with all its parts, also when these are told apart again.
_WITH_WHOLE = """
with whole as (
  select b.bound_at, b.unit_id, b.volume_id, b.bound_by, v.first_category, v.last_category from binding b
    join volume v on v.volume_id = b.volume_id
  where b.material_id = $1 and b.ended_at is null and b.bound_at > $3
), laid as (
  insert into binding (material_id, bound_at, unit_id, volume_id, bound_by)
  select l.material_id, whole.bound_at, whole.unit_id, whole.volume_id, whole.bound_by from whole, loose_sheet l
    join material m on m.material_id = l.material_id
  where l.material_id = any($2::uuid[]) and m.category between whole.first_category and whole.last_category
  returning material_id
)
delete from loose_sheet l using laid where l.material_id = laid.material_id
"""


async def lay_as_before(uow: UnitOfWork, material_ids: Sequence[str], ended_at: datetime) -> None:
    """Bindings of these that a change ended at this moment hold again, where the volume is there and still takes the
    material, and nobody has bound it meanwhile."""
    ids = [to_uuid(material_id) for material_id in material_ids]
    await uow.raw().execute(_AS_BEFORE, ids, ended_at)


async def lay_with_whole(uow: UnitOfWork, whole_id: str, part_ids: Sequence[str], joined_at: datetime) -> None:
    """Loose parts of a material are bound where it was bound after the join, and are loose as long as it at least."""
    parts = [to_uuid(material_id) for material_id in part_ids]
    await uow.raw().execute(_WITH_WHOLE, to_uuid(whole_id), parts, joined_at)
    await uow.raw().execute(
        """update loose_sheet l set since = w.since from loose_sheet w
        where w.material_id = $1 and l.material_id = any($2::uuid[]) and w.since < l.since""",
        to_uuid(whole_id),
        parts,
    )


async def add(uow: UnitOfWork, unit_id: str, material_ids: Sequence[str]) -> None:
    """These were filed, and lie loose until somebody binds them. What is bound or loose already stays so."""
    await uow.raw().execute(
        """insert into loose_sheet (material_id, unit_id, since)
        select id, $2, $3 from unnest($1::uuid[]) as id
        where not exists (select from binding b where b.material_id = id and b.ended_at is null)
        on conflict (material_id) do nothing""",
        [to_uuid(material_id) for material_id in material_ids],
        to_uuid(unit_id),
        uow.now,
    )


async def list_loose(
    connection: Any,
    unit_id: str | None,
    filed_before: datetime | None,
    after: tuple[datetime, str] | None,
    limit: int,
) -> list[LooseSheet]:
    """Loose sheets, the oldest first; only those filed before a moment, if one is given."""
    since, material_id = after or (None, None)
    unit = to_uuid(unit_id) if unit_id else None
    last = to_uuid(material_id) if material_id else _FIRST
    rows = await connection.fetch(_LIST, unit, since, last, limit, filed_before)
    return [_loose(row) for row in rows]


async def drop(uow: UnitOfWork, material_ids: Sequence[str]) -> None:
    """These are in the dossier no more: neither loose nor bound."""
    ids = [to_uuid(material_id) for material_id in material_ids]
    await uow.raw().execute("delete from loose_sheet where material_id = any($1::uuid[])", ids)
    await uow.raw().execute(
        "update binding set ended_at = $2 where material_id = any($1::uuid[]) and ended_at is null", ids, uow.now
    )


async def part(uow: UnitOfWork, whole_id: str, part_ids: Sequence[str]) -> None:
    """These were cut from a material: they lie loose as long as it, or in the volume where it is bound, if either."""
    parts = [to_uuid(material_id) for material_id in part_ids]
    await uow.raw().execute(
        """insert into loose_sheet (material_id, unit_id, since)
        select id, unit_id, since from loose_sheet, unnest($2::uuid[]) as id where material_id = $1""",
        to_uuid(whole_id),
        parts,
    )
    await uow.raw().execute(
        """insert into binding (material_id, bound_at, unit_id, volume_id, bound_by)
        select id, bound_at, unit_id, volume_id, bound_by from binding, unnest($2::uuid[]) as id
        where material_id = $1 and ended_at is null""",
        to_uuid(whole_id),
        parts,
    )


async def join(uow: UnitOfWork, unit_id: str, kept_id: str, joined_ids: Sequence[str]) -> None:
    """These became part of a material: where one of them lay loose, all of it does, since the earliest filing."""
    since = await uow.raw().fetchval(
        "select min(since) from loose_sheet where material_id = any($1::uuid[]) having bool_or(material_id <> $2)",
        [to_uuid(material_id) for material_id in (kept_id, *joined_ids)],
        to_uuid(kept_id),
    )
    if since is None:
        return
    await drop(uow, [kept_id])
    await uow.raw().execute(
        "insert into loose_sheet (material_id, unit_id, since) values ($1, $2, $3)",
        to_uuid(kept_id),
        to_uuid(unit_id),
        since,
    )


async def move(uow: UnitOfWork, dossier_id: str, unit_id: str, moves: Sequence[tuple[str, int, int]]) -> None:
    """Materials went from a category to another: where that is in another volume, the paper is to be bound anew."""
    rows = await uow.raw().fetch(
        _APART,
        to_uuid(dossier_id),
        [to_uuid(material_id) for material_id, _, _ in moves],
        [old for _, old, _ in moves],
        [new for _, _, new in moves],
    )
    if apart := [from_uuid("mat", row["material_id"]) for row in rows]:
        await drop(uow, apart)
        await add(uow, unit_id, apart)


async def find_unbindable(uow: UnitOfWork, volume_id: str, material_ids: Sequence[str]) -> list[str]:
    """Those of these materials that are not loose sheets of the volume's own categories and dossier."""
    rows = await uow.raw().fetch(
        """select id from unnest($2::uuid[]) as id where not exists (
          select from loose_sheet l join material m on m.material_id = l.material_id
            join volume v on v.volume_id = $1 and v.dossier_id = m.dossier_id
          where l.material_id = id and m.state = 'filed'
            and m.category between v.first_category and v.last_category)""",
        to_uuid(volume_id),
        [to_uuid(material_id) for material_id in material_ids],
    )
    return [from_uuid("mat", row["id"]) for row in rows]


async def bind(uow: UnitOfWork, volume_id: str, material_ids: Sequence[str]) -> None:
    """Record that these are in the volume now."""
    await uow.raw().execute(
        """with bound as (delete from loose_sheet where material_id = any($1::uuid[]) returning material_id, unit_id)
        insert into binding (material_id, bound_at, unit_id, volume_id, bound_by)
        select material_id, $3, unit_id, $2, $4 from bound""",
        [to_uuid(material_id) for material_id in material_ids],
        to_uuid(volume_id),
        uow.now,
        uow.caller.account_id,
    )


async def loosen_misplaced(uow: UnitOfWork, dossier_id: str) -> None:
    """End the bindings of a dossier whose volume no longer takes the material's category."""
    await uow.raw().execute(_LOOSEN, to_uuid(dossier_id), uow.now)


async def list_bound(connection: Any, volume_id: str, after: tuple[datetime, str] | None, limit: int) -> list[Binding]:
    """What was bound into a volume, in the order of binding."""
    at, material_id = after or (None, None)
    last = to_uuid(material_id) if material_id else _FIRST
    rows = await connection.fetch(_BOUND, to_uuid(volume_id), at, last, limit)
    return [
        Binding(from_uuid("mat", row["material_id"]), row["title"], _code(row), row["bound_at"], row["bound_by"])
        for row in rows
    ]


def _code(row: Any) -> str:
    return f"{row['place']}-{row['item_no']}"


def _loose(row: Any) -> LooseSheet:
    volume = row["volume_id"]
    return LooseSheet(
        material_id=from_uuid("mat", row["material_id"]),
        unit_id=from_uuid("unt", row["unit_id"]),
        dossier_id=from_uuid("dos", row["dossier_id"]),
        dossier_no=row["dossier_no"],
        name=row["name"],
        title=row["title"],
        material_code=_code(row),
        page_count=row["page_count"],
        since=row["since"],
        volume_id=from_uuid("vol", volume) if volume else None,
    )
