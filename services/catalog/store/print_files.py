"""Prints of an order: which dossiers it is for, and the files that it made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.raw import RawConnection
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.store.scope import SCOPE

# Each unit's dossiers from its own index, merged; stale ones are those of the reprint queue.
_OF_UNITS = f"""
select one.dossier_id, one.unit_id from {SCOPE} cross join lateral (
  select d.dossier_id, d.unit_id from dossier d where d.unit_id = scope.unit_id and d.state = 'open'
  order by d.dossier_id limit $2
) as one order by one.dossier_id limit $2
"""  # noqa: S608  # constants of this module
_STALE = f"""
select one.dossier_id, one.unit_id from {SCOPE} cross join lateral (
  select s.dossier_id, s.unit_id from catalogue_state s where s.unit_id = scope.unit_id and s.stale_since is not null
  order by s.stale_since, s.dossier_id limit $2
) as one order by one.dossier_id limit $2
"""  # noqa: S608
_NAMED = "select dossier_id, unit_id from dossier where dossier_id = any($1::uuid[]) order by dossier_id"
# The order of an operation's items; a print that was thrown away has no row any more.
_OF_OPERATION = """
select d.dossier_no, p.person_id, p.name, f.dossier_id, f.blob_unit_id, f.digest, f.bytes
from operation_item i join print_file f
  on f.batch_id = (i.result->>'batch_id')::uuid and f.dossier_id = (i.result->>'dossier_key')::uuid
  join dossier d on d.dossier_id = f.dossier_id join person p on p.person_id = d.person_id
where i.operation_id = $1 and i.state = 'done' and i.result ? 'batch_id' order by i.position
"""
_NAMES = """
select d.dossier_id, d.dossier_no, p.name from dossier d join person p on p.person_id = d.person_id
where d.dossier_id = any($1::uuid[])
"""
_PAST = "select batch_id, dossier_id, blob_unit_id, digest from print_file where printed_at < $1 limit 500"


@dataclass(frozen=True)
class Wanted:
    """A dossier to print, and the unit that keeps it."""

    dossier_id: str
    unit_id: str


@dataclass(frozen=True)
class PrintFile:
    """A print that is there: whose, and where its bytes lie."""

    dossier_id: str
    dossier_no: str
    person_id: str
    name: str
    blob_unit_id: str
    digest: str
    bytes: int


@dataclass(frozen=True)
class Named:
    """A dossier by its number and its person's name."""

    dossier_no: str
    name: str


async def list_of_units(uow: UnitOfWork, unit_id: str | None, *, stale: bool, limit: int) -> list[Wanted]:
    """Open dossiers of a unit, or of all in scope; with `stale` those whose paper no longer agrees."""
    query = _STALE if stale else _OF_UNITS
    rows = await uow.raw().fetch(query, to_uuid(unit_id) if unit_id else None, limit)
    return [Wanted(from_uuid("dos", row["dossier_id"]), from_uuid("unt", row["unit_id"])) for row in rows]


async def list_named(uow: UnitOfWork, dossier_ids: list[str]) -> list[Wanted]:
    """Those of these dossiers that are in the caller's units, each once."""
    rows = await uow.raw().fetch(_NAMED, [to_uuid(dossier_id) for dossier_id in dossier_ids])
    return [Wanted(from_uuid("dos", row["dossier_id"]), from_uuid("unt", row["unit_id"])) for row in rows]


async def names_of(uow: UnitOfWork, dossier_ids: Sequence[str]) -> dict[str, Named]:
    """Number and person's name of each of these dossiers that is in the caller's units."""
    rows = await uow.raw().fetch(_NAMES, [to_uuid(dossier_id) for dossier_id in dossier_ids])
    return {from_uuid("dos", row["dossier_id"]): Named(row["dossier_no"], row["name"]) for row in rows}


async def add(uow: UnitOfWork, batch_id: str, wanted: Wanted, digest: str, size: int) -> None:
    """Keep a print for its order; the blob is used from now on."""
    await uow.use_blob(wanted.unit_id, [digest], f"{batch_id}/{wanted.dossier_id}")
    await uow.raw().execute(
        """insert into print_file (batch_id, dossier_id, unit_id, blob_unit_id, digest, bytes, printed_at)
        values ($1, $2, $3, $3, $4, $5, $6)""",
        to_uuid(batch_id),
        to_uuid(wanted.dossier_id),
        to_uuid(wanted.unit_id),
        digest,
        size,
        uow.now,
    )


async def remove(uow: UnitOfWork, batch_id: str, dossier_id: str) -> bool:
    """Throw a print away; False when it is gone already."""
    row = await uow.raw().fetchrow(
        "delete from print_file where batch_id = $1 and dossier_id = $2 returning blob_unit_id, digest",
        to_uuid(batch_id),
        to_uuid(dossier_id),
    )
    if row is None:
        return False
    await uow.release_blob(from_uuid("unt", row["blob_unit_id"]), [row["digest"]], f"{batch_id}/{dossier_id}")
    return True


async def list_of_operation(connection: RawConnection, operation_id: str) -> list[PrintFile]:
    """The prints that an operation made and that are still there, in its order."""
    rows = await connection.fetch(_OF_OPERATION, to_uuid(operation_id))
    return [
        PrintFile(
            from_uuid("dos", row["dossier_id"]),
            row["dossier_no"],
            from_uuid("per", row["person_id"]),
            row["name"],
            from_uuid("unt", row["blob_unit_id"]),
            row["digest"],
            row["bytes"],
        )
        for row in rows
    ]


async def remove_past(uow: UnitOfWork, before: datetime) -> int:
    """Throw away prints made before this time, up to 500; how many there were."""
    rows = await uow.raw().fetch(_PAST, before)
    for row in rows:
        await remove(uow, from_uuid("req", row["batch_id"]), from_uuid("dos", row["dossier_id"]))
    return len(rows)
