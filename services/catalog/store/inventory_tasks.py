"""The differences of inventories as tasks: each waits for an archivist until it is settled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.tasks import Task
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.domain.inventory import Outcome, Result
from services.catalog.store.inventories import Inventory
from services.catalog.store.scope import UNITS

KIND = "inventory.settle"
_FIRST = UUID(int=0)

_COLUMNS = "task_id, inventory_id, code, unit_id, owner_role, state, version, created_at, due_at"
_TASK = """
select t.task_id, t.inventory_id, t.code, t.unit_id, t.owner_role, t.state, t.version, t.created_at, t.due_at,
  l.volume_id, l.result, l.outcome, l.note
from {tasks} t join inventory_line l on l.inventory_id = t.inventory_id and l.code = t.code
"""
_ONE = _TASK.format(tasks="inventory_task") + "where t.task_id = $1"
# Each unit's oldest entries are read from its own index and merged: see `dossiers`.
_LIST = f"""
with page as materialized (
  select oldest.*
  from (select distinct unit_id from unnest({UNITS}) as unit_id) as scope
  cross join (select distinct state from unnest($1::text[]) as state) as wanted
  cross join lateral (
    select {_COLUMNS} from inventory_task where unit_id = scope.unit_id and state = wanted.state
      and (due_at, task_id) > (coalesce($2, '-infinity'::timestamptz), $3::uuid)
    order by due_at, task_id limit $4
  ) as oldest order by oldest.due_at, oldest.task_id limit $4
)
{_TASK.format(tasks="page")} order by t.due_at, t.task_id
"""  # noqa: S608  # constants of this module
_CLOSE = """
update inventory_task set state = 'approved', version = version + 1, decided_at = $2, decided_by = $3
where inventory_id = $1 and code = any($4::text[]) and state = 'pending' returning task_id, version
"""


@dataclass(frozen=True)
class Difference:
    """A task with the difference that it is about."""

    task: Task
    inventory_id: str
    code: str
    owner_role: str
    volume_id: str | None
    result: Result
    outcome: Outcome | None
    note: str | None


async def open_all(uow: UnitOfWork, inventory: Inventory, owner_role: str, due_at: datetime) -> int:
    """A task for each difference that is not settled; how many."""
    done = await uow.raw().execute(
        f"""insert into inventory_task ({_COLUMNS})
        select uuidv7(), inventory_id, code, unit_id, $2, 'pending', 1, $3, $4 from inventory_line
        where inventory_id = $1 and result <> 'found' and settled_at is null order by code""",  # noqa: S608  # constants of this module
        to_uuid(inventory.inventory_id),
        owner_role,
        uow.now,
        due_at,
    )
    return int(done.rpartition(" ")[2])


async def close(uow: UnitOfWork, inventory_id: str, codes: Sequence[str]) -> None:
    """These differences are settled: their tasks are done, each with its line in the journal."""
    rows = await uow.raw().fetch(_CLOSE, to_uuid(inventory_id), uow.now, uow.caller.account_id, list(codes))
    for row in rows:
        task_id = from_uuid("tskc", row["task_id"])
        uow.record("task.approved", task_id, row["version"], {"state": "approved"}, changed=("state",))


async def list_open(uow: UnitOfWork, codes: Sequence[str], besides: str) -> dict[str, list[str]]:
    """Differences of other inventories that wait, about these volumes: inventory → numbers."""
    rows = await uow.raw().fetch(
        """select inventory_id, code from inventory_task
        where code = any($1::text[]) and state = 'pending' and inventory_id <> $2
        order by inventory_id, code""",
        list(codes),
        to_uuid(besides),
    )
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(from_uuid("inv", row["inventory_id"]), []).append(row["code"])
    return found


async def find(connection: Any, task_id: str) -> Difference | None:
    """The task with its difference; None when the id is of another task, or outside the caller's units."""
    row = await connection.fetchrow(_ONE, to_uuid(task_id))
    return None if row is None else _difference(row)


async def get(uow: UnitOfWork, task_id: str) -> Difference:
    """The same; NotFound when there is none."""
    found = await find(uow.raw(), task_id)
    if found is None:
        raise NotFound()
    return found


async def list_in(connection: Any, states: Sequence[str], after: tuple[datetime, str] | None, limit: int) -> list[Task]:
    """Tasks in these states, oldest first, from the one after `(due_at, task id)`."""
    due_at, task_id = after or (None, None)
    rows = await connection.fetch(_LIST, list(states), due_at, to_uuid(task_id) if task_id else _FIRST, limit)
    return [_difference(row).task for row in rows]


def _difference(row: Any) -> Difference:
    inventory_id = from_uuid("inv", row["inventory_id"])
    volume_id = from_uuid("vol", row["volume_id"]) if row["volume_id"] else None
    task = Task(
        id=from_uuid("tskc", row["task_id"]),
        kind=KIND,
        state=row["state"],
        step=1,
        resource=f"volumes/{volume_id}" if volume_id else f"inventories/{inventory_id}",
        unit_id=from_uuid("unt", row["unit_id"]),
        created_at=row["created_at"],
        due_at=row["due_at"],
        version=row["version"],
    )
    return Difference(
        task, inventory_id, row["code"], row["owner_role"], volume_id, row["result"], row["outcome"], row["note"]
    )
