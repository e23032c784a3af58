"""A dossier's table of contents (目录), read by one query."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_hex, from_uuid, to_uuid

_QUERY = """
select d.dossier_no, d.version, d.scheme, d.unit_id, p.person_id, p.person_no, p.name, coalesce((
    select json_agg(json_build_array(m.place, m.material_id, m.item_no, m.title, m.formed_on, m.page_count, m.remark,
        m.filed_on, coalesce(g.pages, '[]')) order by m.category, m.subclass, m.item_no)
    from material m left join lateral (
      select json_agg(g.page_id order by g.page_no) as pages from page g where g.material_id = m.material_id
    ) g on true
    where m.dossier_id = d.dossier_id and m.state = 'filed'
  )::text, '[]') as entries
from dossier d join person p on p.person_id = d.person_id
where d.dossier_id = $1
"""


@dataclass(frozen=True)
class CatalogueEntry:
    """One row of the catalogue. `formed_on` is the partial date as JSON shows it."""

    place: str
    material_id: str
    item_no: int
    title: str
    formed_on: dict[str, Any] | None
    page_count: int
    remark: str | None
    filed_on: date
    page_ids: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """A dossier with all its rows, in order."""

    dossier_id: str
    dossier_no: str
    version: int
    scheme: str
    unit_id: str
    person_id: str
    person_no: str
    name: str
    entries: tuple[CatalogueEntry, ...]


async def get(uow: UnitOfWork, dossier_id: str) -> Catalogue:
    """The whole catalogue; NotFound outside the caller's units."""
    row = await uow.raw().fetchrow(_QUERY, to_uuid(dossier_id))
    if row is None:
        raise NotFound()
    return Catalogue(
        dossier_id=dossier_id,
        dossier_no=row["dossier_no"],
        version=row["version"],
        scheme=row["scheme"],
        unit_id=from_uuid("unt", row["unit_id"]),
        person_id=from_uuid("per", row["person_id"]),
        person_no=row["person_no"],
        name=row["name"],
        entries=tuple(_entry(*entry) for entry in orjson.loads(row["entries"])),
    )


def _entry(
    place: str,
    material_id: str,
    item_no: int,
    title: str,
    formed_on: dict[str, Any] | None,
    page_count: int,
    remark: str | None,
    filed_on: str,
    pages: list[str],
) -> CatalogueEntry:
    return CatalogueEntry(
        place=place,
        material_id=from_hex("mat", material_id),
        item_no=item_no,
        title=title,
        formed_on=formed_on,
        page_count=page_count,
        remark=remark,
        filed_on=date.fromisoformat(filed_on),
        page_ids=tuple(from_hex("pag", page) for page in pages),
    )
