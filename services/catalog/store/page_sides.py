"""What the sides of materials are, where they are other than printed ones."""

from collections.abc import Mapping
from typing import Any

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.scheme import Side

_LIST = """
select p.page_id, coalesce(s.side, 'printed') as side
from page p left join page_side s on s.page_id = p.page_id where p.material_id = $1 order by p.page_no
"""
_SAVE = """
insert into page_side (page_id, unit_id, side, marked_by, marked_at)
select p.page_id, p.unit_id, v.side, $3, $4
from unnest($1::uuid[], $2::text[]) as v(page_id, side) join page p on p.page_id = v.page_id
on conflict (page_id) do update set side = excluded.side, marked_by = excluded.marked_by,
  marked_at = excluded.marked_at
"""
_TOUCH = "update page set version = version + 1 where page_id = any($1::uuid[]) returning page_id, version"


async def list_of(connection: Any, material_id: str) -> dict[str, Side]:
    """The sides of a material by page, in the order of its pages."""
    rows = await connection.fetch(_LIST, to_uuid(material_id))
    return {from_uuid("pag", row["page_id"]): row["side"] for row in rows}


async def mark(uow: UnitOfWork, sides: Mapping[str, Side]) -> dict[str, int]:
    """Write what these pages are; each page's new version."""
    ids = [to_uuid(page_id) for page_id in sides]
    await uow.raw().execute(_SAVE, ids, list(sides.values()), uow.caller.account_id, uow.now)
    return {from_uuid("pag", row["page_id"]): row["version"] for row in await uow.raw().fetch(_TOUCH, ids)}
