"""The queue of materials that no rule can place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import select

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.tasks import Task
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.filing import QueueCause
from services.catalog.store.scope import UNITS
from services.catalog.store.tables import FilingTask

KIND = "filing.classify"
OWNER_ROLE = "archivist"
"""Whose task every entry is: the schemes allow no other."""

_COLUMNS = "select task_id, unit_id, material_id, state, version, created_at, due_at from filing_task "
# Each unit's oldest entries are read from its own index and merged: see `dossiers`.
_LIST = f"""
with page as materialized (
  select oldest.*
  from (select distinct unit_id from unnest({UNITS}) as unit_id) as scope
  cross join (select distinct state from unnest($1::text[]) as state) as wanted
  cross join lateral (
    {_COLUMNS} where unit_id = scope.unit_id and state = wanted.state
      and (due_at, task_id) > (coalesce($2, '-infinity'::timestamptz), $3::uuid)
    order by due_at, task_id limit $4
  ) as oldest
)
select * from page order by due_at, task_id limit $4
"""  # noqa: S608  # constants of this module
_FIRST = UUID(int=0)


async def add(uow: UnitOfWork, task: FilingTask) -> None:
    """Queue a material."""
    uow.session.add(task)
    await uow.session.flush()


async def get(uow: UnitOfWork, task_id: str, *, lock: bool = False) -> FilingTask:
    """The entry, locked until the commit if wanted; NotFound outside the caller's units."""
    query = select(FilingTask).where(FilingTask.task_id == task_id).execution_options(populate_existing=True)
    found = (await uow.session.exec(query.with_for_update() if lock else query)).one_or_none()
    if found is None:
        raise NotFound()
    return found


async def dossier_of(uow: UnitOfWork, task_id: str) -> str:
    """The dossier that an entry's material is meant for; NotFound outside the caller's units."""
    query = """select m.named_dossier_id from filing_task t join material m on m.material_id = t.material_id
      where t.task_id = $1"""
    found = await uow.raw().fetchval(query, to_uuid(task_id))
    if found is None:
        raise NotFound()
    return from_uuid("dos", found)


async def save(uow: UnitOfWork, task: FilingTask) -> None:
    """Write a decision."""
    uow.session.add(task)
    await uow.session.flush()


@dataclass(frozen=True)
class Waiting:
    """An entry with what its candidates are worked out from. The title stays inside the service."""

    task: Task
    cause: QueueCause
    basis: str | None
    title: str
    scheme_id: str | None


_WAITING = """
select t.task_id, t.unit_id, t.material_id, t.state, t.version, t.created_at, t.due_at, t.cause, t.basis, m.title,
  d.scheme
from filing_task t join material m on m.material_id = t.material_id
  left join dossier d on d.dossier_id = m.dossier_id
where t.task_id = $1
"""


async def get_waiting(connection: Any, task_id: str) -> Waiting:
    """The entry with its cause, title and scheme; NotFound outside the caller's units."""
    row = await connection.fetchrow(_WAITING, to_uuid(task_id))
    if row is None:
        raise NotFound()
    return Waiting(_task(row), row["cause"], row["basis"], row["title"], row["scheme"])


async def list_in(
    connection: Any, states: Sequence[str], after: tuple[datetime, str] | None, limit: int
) -> Sequence[Task]:
    """Entries in these states, oldest first, from the one after `(due_at, task id)`."""
    due_at, task_id = after or (None, None)
    rows = await connection.fetch(_LIST, list(states), due_at, to_uuid(task_id) if task_id else _FIRST, limit)
    return [_task(row) for row in rows]


async def find_of_material(connection: Any, material_id: str) -> dict[str, Any] | None:
    """Why a material waits, and until when; None when it never did."""
    row = await connection.fetchrow(
        "select task_id, cause, basis, owner_role, state, due_at from filing_task where material_id = $1",
        to_uuid(material_id),
    )
    return None if row is None else {**row, "task_id": from_uuid("tskc", row["task_id"])}


def shown(task: FilingTask) -> Task:
    """A loaded entry in the shared shape."""
    return _task(task.model_dump() | {"task_id": task.task_id})


def _task(row: Any) -> Task:
    return Task(
        id=_text("tskc", row["task_id"]),
        kind=KIND,
        state=row["state"],
        step=1,
        resource=f"materials/{_text('mat', row['material_id'])}",
        unit_id=_text("unt", row["unit_id"]),
        created_at=row["created_at"],
        due_at=row["due_at"],
        version=row["version"],
    )


def _text(prefix: str, value: Any) -> str:
    return value if isinstance(value, str) else from_uuid(prefix, value)
