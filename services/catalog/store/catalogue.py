"""A dossier's table of contents (目录), read by one query."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, NamedTuple

import orjson

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_hexes, from_uuid, to_uuid

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
# Whatever changes a catalogue gives its dossier a new version; the person's name is not the dossier's.
_SAME = """
select from dossier d join person p on p.person_id = d.person_id
where d.dossier_id = $1 and d.version = $2 and d.unit_id = $3 and d.scheme = $4 and p.person_id = $5 and p.name = $6
"""


class CatalogueEntry(NamedTuple):
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
        entries=tuple(_entries(orjson.loads(row["entries"]))),
    )


async def is_present(uow: UnitOfWork, found: Catalogue) -> bool:
    """Whether what was read earlier is the catalogue of now; False, too, where the caller sees no dossier any more."""
    row = await uow.raw().fetchrow(
        _SAME,
        to_uuid(found.dossier_id),
        found.version,
        to_uuid(found.unit_id),
        found.scheme,
        to_uuid(found.person_id),
        found.name,
    )
    return row is not None


def _entries(rows: list[list[Any]]) -> Iterator[CatalogueEntry]:
    """Rows as the query gives them, with the ids of all spelled in one go."""
    material_ids = from_hexes("mat", [row[1] for row in rows])
    page_ids = iter(from_hexes("pag", [page for row in rows for page in row[8]]))
    for material_id, row in zip(material_ids, rows, strict=True):
        place, _, item_no, title, formed_on, page_count, remark, filed_on, pages = row
        yield CatalogueEntry(
            place,
            material_id,
            item_no,
            title,
            formed_on,
            page_count,
            remark,
            date.fromisoformat(filed_on),
            tuple(islice(page_ids, len(pages))),
        )
