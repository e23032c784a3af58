"""What the paper of materials needs: conditions that were seen, edges to be added."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs]

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound, StateConflict
from contracts.values.ids import from_uuid, new_id, to_uuid
from services.catalog.domain.processing import Cause, Condition, NeedState, Proposal
from services.catalog.store.scope import SCOPE

_FIRST = UUID(int=0)


@dataclass(frozen=True)
class Need:
    """One condition or edge, with the material that it is about."""

    need_id: str
    unit_id: str
    material_id: str
    version: int
    cause: Cause
    condition: Condition | None
    page_no: int | None
    spot: str | None
    proposal: Proposal | None
    source: str
    state: NeedState
    reason: str | None
    raised_at: datetime
    raised_by: str
    ended_at: datetime | None
    ended_by: str | None
    title: str = ""


_COLUMNS = """n.need_id, n.unit_id, n.material_id, n.version, n.cause, n.condition, n.page_no, n.spot, n.proposal,
  n.source, n.state, n.reason, n.raised_at, n.raised_by, n.ended_at, n.ended_by"""
_SHOWN = f"select {_COLUMNS}, m.title from processing_need n join material m on m.material_id = n.material_id "  # noqa: S608
_OPEN = f"""
with page as materialized (
  select oldest.need_id from {SCOPE} cross join lateral (
    select n.need_id, n.raised_at from processing_need n
    where n.unit_id = scope.unit_id and n.state = 'open' and ($5::text is null or n.cause = $5)
      and (n.raised_at, n.need_id) > (coalesce($2, '-infinity'::timestamptz), $3::uuid)
    order by n.raised_at, n.need_id limit $4
  ) as oldest order by oldest.raised_at, oldest.need_id limit $4
)
{_SHOWN.replace("from processing_need n", "from page join processing_need n using (need_id)")}
order by n.raised_at, n.need_id
"""  # noqa: S608
_ADD = """
insert into processing_need (need_id, unit_id, material_id, version, cause, condition, page_id, page_no, spot, proposal,
  source, state, raised_at, raised_by, ended_at, ended_by)
values ($1, $2, $3, $4, $5, $6, (select page_id from page where material_id = $3 and page_no = $7), $7, $8, $9, $10,
  $11, $12, $13, $14, $15)
"""
_MEASURED = """
with measured as (
  select p.page_id, p.page_no, m.material_id, m.unit_id from page p join material m on m.material_id = p.material_id
  where p.page_id = $1 and m.state <> 'refused'
), ended as (
  update processing_need n set state = 'withdrawn', ended_at = $4, ended_by = $5, version = n.version + 1
  from measured where not $3 and n.page_id = measured.page_id and n.cause = 'needs_edge' and n.state = 'open'
    and n.source = 'measured'
)
insert into processing_need (need_id, unit_id, material_id, version, cause, page_id, page_no, source, state, raised_at,
  raised_by)
select $2, unit_id, material_id, 1, 'needs_edge', page_id, page_no, 'measured', 'open', $4, $5 from measured where $3
on conflict (page_id) where cause = 'needs_edge' and state = 'open' and page_id is not null do nothing
"""


async def add(uow: UnitOfWork, need: Need) -> None:
    """A new condition or edge; the page's id is kept beside its number, so that one edge is asked for once."""
    try:
        await uow.raw().execute(
            _ADD,
            to_uuid(need.need_id),
            to_uuid(need.unit_id),
            to_uuid(need.material_id),
            need.version,
            need.cause,
            need.condition,
            need.page_no,
            need.spot,
            need.proposal,
            need.source,
            need.state,
            need.raised_at,
            need.raised_by,
            need.ended_at,
            need.ended_by,
        )
    except asyncpg.UniqueViolationError:
        raise StateConflict(state="open") from None


async def has_open_edge(uow: UnitOfWork, material_id: str, page_no: int | None) -> bool:
    """Whether an edge is asked for already, on this page or (without a number) for the whole material."""
    await uow.lock(f"edge {material_id}")
    return await uow.raw().fetchval(
        """select exists (select from processing_need where material_id = $1 and cause = 'needs_edge'
          and state = 'open' and page_no is not distinct from $2)""",
        to_uuid(material_id),
        page_no,
    )


async def note_margin(uow: UnitOfWork, page_id: str, *, needs_edge: bool) -> None:
    """A page's scan was measured: ask for an edge, once, or take an earlier measured request back."""
    need_id, actor = to_uuid(new_id("prn")), uow.caller.account_id
    await uow.raw().execute(_MEASURED, to_uuid(page_id), need_id, needs_edge, uow.now, actor)


async def lock(uow: UnitOfWork, need_id: str) -> Need:
    """The need, held until the commit; NotFound outside the caller's units."""
    query = f"select {_COLUMNS} from processing_need n where n.need_id = $1 for update"  # noqa: S608
    row = await uow.raw().fetchrow(query, to_uuid(need_id))
    if row is None:
        raise NotFound()
    return _need(row)


async def end(uow: UnitOfWork, need: Need, state: NeedState, reason: str | None) -> None:
    """Write that it was done, or withdrawn and why."""
    await uow.raw().execute(
        """update processing_need set state = $2, version = version + 1, reason = $3, ended_at = $4, ended_by = $5
        where need_id = $1""",
        to_uuid(need.need_id),
        state,
        reason,
        uow.now,
        uow.caller.account_id,
    )


async def get(connection: Any, need_id: str) -> Need:
    """The need with its material's title; NotFound outside the caller's units."""
    row = await connection.fetchrow(_SHOWN + "where n.need_id = $1", to_uuid(need_id))
    if row is None:
        raise NotFound()
    return _need(row)


async def list_open(
    connection: Any, unit_id: str | None, cause: Cause | None, after: tuple[datetime, str] | None, limit: int
) -> list[Need]:
    """The worklist: what is open in the caller's units, the oldest first."""
    at, need_id = after or (None, None)
    unit = to_uuid(unit_id) if unit_id else None
    rows = await connection.fetch(_OPEN, unit, at, to_uuid(need_id) if need_id else _FIRST, limit, cause)
    return [_need(row) for row in rows]


async def list_of_material(connection: Any, material_id: str, after: str | None, limit: int) -> list[Need]:
    """All that was ever recorded of a material, in the order in which it was."""
    query = _SHOWN + "where n.material_id = $1 and n.need_id > $2 order by n.need_id limit $3"
    rows = await connection.fetch(query, to_uuid(material_id), to_uuid(after) if after else _FIRST, limit)
    return [_need(row) for row in rows]


def _need(row: Any) -> Need:
    ids = {
        "need_id": from_uuid("prn", row["need_id"]),
        "unit_id": from_uuid("unt", row["unit_id"]),
        "material_id": from_uuid("mat", row["material_id"]),
    }
    return Need(**{**row, **ids})
