"""From which scheme to which a dossier was moved, by the change that moved its materials."""

from dataclasses import dataclass
from typing import Any

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.store.dossiers import LockedDossier


@dataclass(frozen=True)
class SchemeMove:
    """What a change did to its dossier's scheme."""

    change_id: str
    from_scheme: str
    to_scheme: str


async def make(uow: UnitOfWork, dossier: LockedDossier, move: SchemeMove) -> None:
    """Give the dossier, which this transaction holds, its new scheme; and keep which it had."""
    await uow.raw().execute(
        """insert into scheme_move (change_id, unit_id, dossier_id, from_scheme, to_scheme)
        values ($1, $2, $3, $4, $5)""",
        to_uuid(move.change_id),
        to_uuid(dossier.unit_id),
        to_uuid(dossier.dossier_id),
        move.from_scheme,
        move.to_scheme,
    )
    query = "update dossier set scheme = $2 where dossier_id = $1"
    await uow.raw().execute(query, to_uuid(dossier.dossier_id), move.to_scheme)


async def find(connection: Any, change_id: str) -> SchemeMove | None:
    """What this change did to the scheme; None when it was about materials alone."""
    query = "select from_scheme, to_scheme from scheme_move where change_id = $1"
    row = await connection.fetchrow(query, to_uuid(change_id))
    return SchemeMove(change_id, row["from_scheme"], row["to_scheme"]) if row else None


async def get(connection: Any, change_id: str) -> SchemeMove:
    """The same of a change that is known to have moved a dossier; NotFound outside the caller's units."""
    found = await find(connection, change_id)
    if found is None:
        raise NotFound()
    return found


async def list_filed(connection: Any, dossier_id: str) -> list[str]:
    """The ids of all that is filed in a dossier, in catalogue order."""
    rows = await connection.fetch(
        """select material_id from material where dossier_id = $1 and state = 'filed'
        order by category, subclass, item_no limit 100000""",
        to_uuid(dossier_id),
    )
    return [from_uuid("mat", row["material_id"]) for row in rows]


async def touch_waiting(uow: UnitOfWork, dossier_id: str) -> list[tuple[str, int]]:
    """What waits in the queue is offered other categories now: a new version of each entry; id and version."""
    rows = await uow.raw().fetch(
        """update filing_task t set version = t.version + 1 from material m
        where m.material_id = t.material_id and m.dossier_id = $1 and m.state = 'queued' and t.state = 'pending'
        returning t.task_id, t.version""",
        to_uuid(dossier_id),
    )
    return [(from_uuid("tskc", row["task_id"]), row["version"]) for row in rows]
