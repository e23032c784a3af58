"""What prints need of a dossier beside catalogue and facts: whose it is, its volumes, what was removed from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid

_MOST_REMOVED = 2000

_OWNER = """
select d.dossier_no, d.version, d.scheme, d.unit_id, p.person_id, p.person_no, p.name, p.native_place
from dossier d join person p on p.person_id = d.person_id where d.dossier_id = $1
"""
# The removal that stands: a material that was restored and removed again has the latest.
_REMOVED = """
select m.title, m.formed_on->>'value' as formed_on, m.page_count, r.former_place, r.reason, r.note, r.decided_at
from material m join lateral (
  select former_place, reason, note, decided_at from removal r
  where r.material_id = m.material_id and r.kind = 'remove' and r.state = 'approved' order by r.removal_id desc limit 1
) r on true
where m.dossier_id = $1 and m.state = 'removed' order by r.decided_at, m.material_id limit $2
"""


@dataclass(frozen=True)
class Owner:
    """Whose dossier it is, as prints head it."""

    dossier_id: str
    dossier_no: str
    version: int
    scheme: str
    unit_id: str
    person_id: str
    person_no: str
    name: str
    native_place: str


@dataclass(frozen=True)
class Removed:
    """A material that was taken out. `formed_on` is the known part of its date; `place` where it stood."""

    title: str
    formed_on: str | None
    page_count: int
    place: str
    reason: str
    note: str | None
    removed_at: datetime


async def get_owner(uow: UnitOfWork, dossier_id: str) -> Owner:
    """Whose dossier it is; NotFound outside the caller's units."""
    row = await uow.raw().fetchrow(_OWNER, to_uuid(dossier_id))
    if row is None:
        raise NotFound()
    return Owner(
        dossier_id=dossier_id,
        dossier_no=row["dossier_no"],
        version=row["version"],
        scheme=row["scheme"],
        unit_id=from_uuid("unt", row["unit_id"]),
        person_id=from_uuid("per", row["person_id"]),
        person_no=row["person_no"],
        name=row["name"],
        native_place=row["native_place"] or "",
    )


async def material_names(uow: UnitOfWork, material_ids: Sequence[str]) -> Mapping[str, str]:
    """Materials as a form names them: title and, where it is filed, code."""
    rows = await uow.raw().fetch(
        "select material_id, title, place, item_no from material where material_id = any($1::uuid[])",
        [to_uuid(material_id) for material_id in material_ids],
    )
    return {from_uuid("mat", row["material_id"]): _named(row) for row in rows}


def _named(row: Any) -> str:
    return f"{row['title']}（{row['place']}-{row['item_no']}）" if row["item_no"] else row["title"]


async def list_removed(uow: UnitOfWork, dossier_id: str) -> list[Removed]:
    """What was taken out of the dossier and has not come back, earliest first."""
    rows = await uow.raw().fetch(_REMOVED, to_uuid(dossier_id), _MOST_REMOVED)
    return [
        Removed(
            row["title"],
            row["formed_on"],
            row["page_count"],
            row["former_place"] or "",
            row["reason"],
            row["note"],
            row["decided_at"],
        )
        for row in rows
    ]
