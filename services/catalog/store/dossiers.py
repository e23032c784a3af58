"""Dossiers: the card as it is read, and the row that every filing locks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.filing import DossierState
from services.catalog.store.scope import UNITS
from services.catalog.store.tables import Dossier
from services.catalog.store.unique import raise_duplicate

_UNIQUE = {"dossier_dossier_no_key": "/dossier_no", "dossier_person_id_key": "/person_id"}

_CARD = """
select d.dossier_id, d.unit_id, d.version, d.dossier_no, d.state, d.scheme, d.opened_on, d.material_count,
  d.page_count, p.person_id, p.person_no, p.name, s.stale_since is not null as catalogue_stale
from dossier d join person p on p.person_id = d.person_id
  left join catalogue_state s on s.dossier_id = d.dossier_id
"""
_GET = _CARD + "where d.dossier_id = $1"
# Each unit's first ids are read from its own index and merged, so that a page costs the same whatever the
# others keep and however the planner guesses.
_LIST = f"""
with page as materialized (
  select first.dossier_id
  from (select distinct unit_id from unnest({UNITS}) as unit_id) as scope
  cross join lateral (
    select d.dossier_id from dossier d where d.unit_id = scope.unit_id and d.dossier_id > $1
    order by d.dossier_id limit $2
  ) as first
  order by first.dossier_id limit $2
)
{_CARD.replace("from dossier d", "from page join dossier d using (dossier_id)")} order by d.dossier_id
"""  # noqa: S608  # constants of this module
# Namesakes first: in a join that is ordered by the dossier's id, the planner may walk through all dossiers.
_BY_NAME = f"""
with namesake as materialized (
  select person_id, person_no, name from person
  where name = $1 and (unit_id = any({UNITS}) or custodian_unit_id = any({UNITS}))
)
{_CARD.replace("join person p", "join namesake p")} where d.unit_id = any({UNITS}) order by d.dossier_id limit $2
"""  # noqa: S608
# A number is unique: its index finds one row at the most, and the policies judge that.
_BY: Mapping[str, str] = {
    "name": _BY_NAME,
    "person_no": _CARD + "where p.person_no = $1 limit $2",
    "dossier_no": _CARD + "where d.dossier_no = $1 limit $2",
}
_FIRST = UUID(int=0)


def _card(row: Any) -> dict[str, Any]:
    return {
        "id": from_uuid("dos", row["dossier_id"]),
        "unit_id": from_uuid("unt", row["unit_id"]),
        "version": row["version"],
        "dossier_no": row["dossier_no"],
        "state": row["state"],
        "scheme": row["scheme"],
        "opened_on": row["opened_on"],
        "material_count": row["material_count"],
        "page_count": row["page_count"],
        "catalogue_stale": row["catalogue_stale"],
        "person": {
            "id": from_uuid("per", row["person_id"]),
            "person_no": row["person_no"],
            "name": row["name"],
        },
    }


async def get_card(connection: Any, dossier_id: str) -> dict[str, Any]:
    """The card of a dossier, ready for JSON; NotFound outside the caller's units."""
    row = await connection.fetchrow(_GET, to_uuid(dossier_id))
    if row is None:
        raise NotFound()
    return _card(row)


async def list_cards(connection: Any, after: str | None, limit: int) -> list[dict[str, Any]]:
    """Cards in order of their ids, from the one after `after`."""
    rows = await connection.fetch(_LIST, to_uuid(after) if after else _FIRST, limit)
    return [_card(row) for row in rows]


async def search_cards(connection: Any, member: str, value: str, limit: int) -> list[dict[str, Any]]:
    """Cards whose `name`, `person_no` or `dossier_no` is exactly this."""
    return [_card(row) for row in await connection.fetch(_BY[member], value, limit)]


async def get(uow: UnitOfWork, dossier_id: str, *, lock: bool = False) -> Dossier:
    """The dossier, locked until the commit if wanted; NotFound outside the caller's units."""
    query = select(Dossier).where(Dossier.dossier_id == dossier_id).execution_options(populate_existing=True)
    found = (await uow.session.exec(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise NotFound()
    return found


async def save(uow: UnitOfWork, dossier: Dossier) -> None:
    """Insert or update; a number that is taken is a fault of the form."""
    uow.session.add(dossier)
    try:
        await uow.session.flush()
    except IntegrityError as error:
        raise_duplicate(error, _UNIQUE)


async def whose(connection: Any, dossier_id: str) -> tuple[str, str]:
    """The person of a dossier and the scheme that it is kept by; NotFound outside the caller's units."""
    row = await connection.fetchrow("select person_id, scheme from dossier where dossier_id = $1", to_uuid(dossier_id))
    if row is None:
        raise NotFound()
    return from_uuid("per", row["person_id"]), row["scheme"]


@dataclass(frozen=True)
class LockedDossier:
    """A dossier whose row this transaction holds: nobody else files into it until the commit."""

    dossier_id: str
    unit_id: str
    person_id: str
    state: DossierState
    scheme_id: str
    version: int
    filing_seq: int


_LOCK = """
select unit_id, person_id, state, scheme, version, filing_seq from dossier where dossier_id = $1 for update
"""


async def find_locked(uow: UnitOfWork, dossier_id: str) -> LockedDossier | None:
    """Lock a dossier for filing; None when it is not kept here (or not in the caller's units)."""
    row = await uow.raw().fetchrow(_LOCK, to_uuid(dossier_id))
    if row is None:
        return None
    return LockedDossier(
        dossier_id=dossier_id,
        unit_id=from_uuid("unt", row["unit_id"]),
        person_id=from_uuid("per", row["person_id"]),
        state=cast("DossierState", row["state"]),
        scheme_id=row["scheme"],
        version=row["version"],
        filing_seq=row["filing_seq"],
    )


async def count_filings(uow: UnitOfWork, dossier_id: str, page_counts: Sequence[int]) -> int:
    """Count new filings and their pages in; the dossier's new version."""
    return await uow.raw().fetchval(
        """update dossier set filing_seq = filing_seq + $2, material_count = material_count + $2,
          page_count = page_count + $3, version = version + 1, changed_at = $4
        where dossier_id = $1 returning version""",
        to_uuid(dossier_id),
        len(page_counts),
        sum(page_counts),
        uow.now,
    )


async def move_contents(uow: UnitOfWork, dossier_id: str) -> None:
    """Materials and queue entries that came into another unit with their dossier show it: a new version of each."""
    await uow.raw().execute(
        """with moved as (
          update material set version = version + 1, changed_at = $2 where dossier_id = $1 returning material_id
        )
        update filing_task set version = version + 1 where material_id in (select material_id from moved)""",
        to_uuid(dossier_id),
        uow.now,
    )


async def touch(uow: UnitOfWork, dossier_id: str) -> int:
    """A new version of a dossier that this transaction holds, for a change of what is kept beside the card."""
    return await uow.raw().fetchval(
        "update dossier set version = version + 1, changed_at = $2 where dossier_id = $1 returning version",
        to_uuid(dossier_id),
        uow.now,
    )


async def touch_of_person(uow: UnitOfWork, person_id: str) -> tuple[str, int] | None:
    """A new version of the person's dossier, whose card shows the person; its id and version, if there is one."""
    row = await uow.raw().fetchrow(
        """update dossier set version = version + 1, changed_at = $2 where person_id = $1
        returning dossier_id, version""",
        to_uuid(person_id),
        uow.now,
    )
    return (from_uuid("dos", row["dossier_id"]), row["version"]) if row else None
