"""Removals and restorations: requests, their tasks, and the list of a dossier."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from asyncpg import UniqueViolationError

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound, StateConflict
from contracts.tasks import Task
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.removal import Removal
from services.catalog.store.scope import UNITS

KINDS = {"remove": "removal.approve", "restore": "restoration.approve"}

_COLUMNS = """removal_id, unit_id, dossier_id, material_id, kind, reason, note, state, version, owner_role,
  requested_by, requested_at, due_at, decided_by, decided_at, decision_note, change_id, former_place, keep_until"""
_TASK = "select removal_id, unit_id, kind, state, version, requested_at, due_at from removal "
# Each unit's oldest entries are read from its own index and merged: see `dossiers`.
_LIST_TASKS = f"""
with page as materialized (
  select oldest.*
  from (select distinct unit_id from unnest({UNITS}) as unit_id) as scope
  cross join (select distinct state from unnest($1::text[]) as state) as wanted
  cross join lateral (
    {_TASK} where unit_id = scope.unit_id and state = wanted.state
      and (due_at, removal_id) > (coalesce($2, '-infinity'::timestamptz), $3::uuid)
    order by due_at, removal_id limit $4
  ) as oldest
)
select * from page order by due_at, removal_id limit $4
"""  # noqa: S608  # constants of this module
_SHOWN = f"""
select {", ".join(f"r.{name.strip()}" for name in _COLUMNS.split(","))}, m.title, m.page_count, m.place, m.item_no,
  m.state as material_state
from removal r join material m on m.material_id = r.material_id
"""  # noqa: S608
_FIRST = UUID(int=0)


@dataclass(frozen=True)
class ShownRemoval:
    """A request with the material that it is about, as it is now; `code` is where it stands, if it does."""

    removal: Removal
    title: str
    page_count: int
    material_code: str | None
    material_state: str


async def add(uow: UnitOfWork, removal: Removal) -> None:
    """Keep a new request; StateConflict when one is waiting for this material already."""
    try:
        await uow.raw().execute(
            """insert into removal (removal_id, unit_id, dossier_id, material_id, kind, reason, note, state, version,
              owner_role, requested_by, requested_at, due_at, former_place)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)""",
            to_uuid(removal.removal_id),
            to_uuid(removal.unit_id),
            to_uuid(removal.dossier_id),
            to_uuid(removal.material_id),
            removal.kind,
            removal.reason,
            removal.note,
            removal.state,
            removal.version,
            removal.owner_role,
            removal.requested_by,
            removal.requested_at,
            removal.due_at,
            removal.former_place,
        )
    except UniqueViolationError:
        raise StateConflict(state="pending") from None


async def get(uow: UnitOfWork, removal_id: str, *, lock: bool = False) -> Removal:
    """A request, locked until the commit if wanted; NotFound outside the caller's units. The dossier first."""
    query = f"select {_COLUMNS} from removal where removal_id = $1" + (" for update" if lock else "")  # noqa: S608
    row = await uow.raw().fetchrow(query, to_uuid(removal_id))
    if row is None:
        raise NotFound()
    return _removal(row)


async def save(uow: UnitOfWork, removal: Removal) -> None:
    """Write a decision."""
    await uow.raw().execute(
        """update removal set state = $2, version = $3, decided_by = $4, decided_at = $5, decision_note = $6,
          change_id = $7, former_place = $8, keep_until = $9
        where removal_id = $1""",
        to_uuid(removal.removal_id),
        removal.state,
        removal.version,
        removal.decided_by,
        removal.decided_at,
        removal.decision_note,
        to_uuid(removal.change_id) if removal.change_id else None,
        removal.former_place,
        removal.keep_until,
    )


async def last_change(uow: UnitOfWork, material_id: str) -> str:
    """The change by which a material was taken out last; NotFound when it never was."""
    found = await uow.raw().fetchval(
        """select change_id from removal where material_id = $1 and kind = 'remove' and state = 'approved'
        order by removal_id desc limit 1""",
        to_uuid(material_id),
    )
    if found is None:
        raise NotFound()
    return from_uuid("chg", found)


async def get_shown(connection: Any, removal_id: str) -> ShownRemoval:
    """One request with its material."""
    row = await connection.fetchrow(_SHOWN + "where r.removal_id = $1", to_uuid(removal_id))
    if row is None:
        raise NotFound()
    return _shown(row)


async def list_of(
    connection: Any, dossier_id: str, states: Sequence[str], after: str | None, limit: int
) -> list[ShownRemoval]:
    """Requests about a dossier in these states, the earliest first, from the one after `after`."""
    rows = await connection.fetch(
        _SHOWN + "where r.dossier_id = $1 and r.state = any($2) and r.removal_id > $3 order by r.removal_id limit $4",
        to_uuid(dossier_id),
        list(states),
        to_uuid(after) if after else _FIRST,
        limit,
    )
    return [_shown(row) for row in rows]


async def find_task(connection: Any, task_id: str) -> Task | None:
    """The task of a request; None when the id is of another task."""
    row = await connection.fetchrow(_TASK + "where removal_id = $1", to_uuid(task_id))
    return None if row is None else _task(row)


async def list_tasks(
    connection: Any, states: Sequence[str], after: tuple[datetime, str] | None, limit: int
) -> list[Task]:
    """Requests in these states as tasks, oldest first, from the one after `(due_at, task id)`."""
    due_at, task_id = after or (None, None)
    rows = await connection.fetch(_LIST_TASKS, list(states), due_at, to_uuid(task_id) if task_id else _FIRST, limit)
    return [_task(row) for row in rows]


def task_of(removal: Removal) -> Task:
    """A loaded request in the shape that all tasks share. Its id is the request's under the prefix of tasks."""
    return _task(asdict(removal) | {"removal_id": to_uuid(removal.removal_id), "unit_id": to_uuid(removal.unit_id)})


def _task(row: Any) -> Task:
    return Task(
        id=from_uuid("tskc", row["removal_id"]),
        kind=KINDS[row["kind"]],
        state=row["state"],
        step=1,
        resource=f"removals/{from_uuid('rmv', row['removal_id'])}",
        unit_id=from_uuid("unt", row["unit_id"]),
        created_at=row["requested_at"],
        due_at=row["due_at"],
        version=row["version"],
    )


def _shown(row: Any) -> ShownRemoval:
    code = f"{row['place']}-{row['item_no']}" if row["item_no"] else None
    return ShownRemoval(_removal(row), row["title"], row["page_count"], code, row["material_state"])


def _removal(row: Any) -> Removal:
    same = ("kind", "reason", "note", "state", "version", "owner_role", "requested_by", "requested_at", "due_at",
            "decided_by", "decided_at", "decision_note", "former_place", "keep_until")  # fmt: skip
    return Removal(
        removal_id=from_uuid("rmv", row["removal_id"]),
        unit_id=from_uuid("unt", row["unit_id"]),
        dossier_id=from_uuid("dos", row["dossier_id"]),
        material_id=from_uuid("mat", row["material_id"]),
        change_id=None if row["change_id"] is None else from_uuid("chg", row["change_id"]),
        **{name: row[name] for name in same},
    )
