"""Operations and their items in the database."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from chassis.identity import Caller
from chassis.operations.kinds import Applied, Order
from chassis.unit_of_work import UnitOfWork
from contracts.operations import Operation, Progress
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, new_id, to_uuid

KEPT_DAYS = 30
"""How long an operation stays, and can be undone."""
LEASE_SECONDS = 30
STARTS_WITHIN_HOURS = 24
"""Rights are those of the moment of the order: what was not begun by then is not done any more."""

_COLUMNS = """operation_id, units, kind, counted_as, mode, state, version, undoes, made_by, total, done, failed,
  created_at, started_at, finished_at, expires_at, cancel_asked_at"""
_CLAIM = f"""
update operation set lease_by = $1, lease_until = clock_timestamp() + make_interval(secs => {LEASE_SECONDS}),
  version = version + (state = 'queued')::int, state = 'running', started_at = coalesce(started_at, $2),
  cancel_asked_at = coalesce(cancel_asked_at,
    case when created_at < $2::timestamptz - make_interval(hours => {STARTS_WITHIN_HOURS}) then $2 end),
  cancel_asked_by = coalesce(cancel_asked_by,
    case when created_at < $2::timestamptz - make_interval(hours => {STARTS_WITHIN_HOURS}) then $3 end)
where operation_id = (
  select operation_id from operation
  where state in ('queued', 'running') and (lease_until is null or lease_until < clock_timestamp())
  order by operation_id limit 1 for update skip locked
)
returning {_COLUMNS}, acts_as::text as acts_as, request_id
"""  # noqa: S608  # constants of this module
_KEEP = f"""
update operation set lease_until = clock_timestamp() + make_interval(secs => {LEASE_SECONDS})
where operation_id = $1 and lease_by = $2 and state = 'running' returning 1
"""  # noqa: S608
# One statement a settled item: an order of thousands waits for each round trip of each.
_SETTLE = """
with counted as (
  update operation set done = done + $4, failed = failed + $5, version = version + $4 + $5
  where operation_id = $1 and lease_by = $2 and state = 'running' returning version
), settled as (
  update operation_item i set state = $3, settled_version = counted.version - v.behind, resource = v.resource,
    result = v.result::jsonb, undo = v.undo::jsonb, problem = v.problem::jsonb
  from counted, unnest($6::int[], $7::int[], $8::text[], $9::text[], $10::text[], $11::text[])
    as v(behind, position, resource, result, undo, problem)
  where i.operation_id = $1 and i.position = v.position
)
select version from counted
"""
_ITEMS = """
insert into operation_item (operation_id, position, ref, input, undoes_position, state)
select $1, i.position, i.ref, i.input::jsonb, i.undoes, 'waiting'
from unnest($2::int[], $3::text[], $4::text[], $5::int[]) as i(position, ref, input, undoes)
"""


class LeaseLost(Exception):
    """Another process works on this operation by now: this one must leave no trace."""


@dataclass(frozen=True)
class Claimed:
    """An operation that this process holds, with the caller whose rights it has."""

    operation: Operation
    units: tuple[str, ...]
    caller: Caller
    request_id: str | None
    lease: uuid.UUID


@dataclass(frozen=True)
class Waiting:
    """An item that this transaction holds."""

    position: int
    input: Mapping[str, Any]
    undoes: int | None


def shown(row: Any, prefix: str) -> Operation:
    """An operation as the API shows it."""
    operation_id = from_uuid(prefix, row["operation_id"])
    address = f"/v1/operations/{operation_id}"
    return Operation(
        id=operation_id,
        kind=row["kind"],
        mode=row["mode"],
        state=row["state"],
        version=row["version"],
        progress=Progress(done=row["done"], failed=row["failed"], total=row["total"], unit=row["counted_as"]),
        undoes=from_uuid(prefix, row["undoes"]) if row["undoes"] else None,
        made_by=row["made_by"],
        cancel_asked=row["cancel_asked_at"] is not None,
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        expires_at=row["expires_at"],
        result_url=f"{address}/items",
        problems_url=f"{address}/items?state=failed",
        events_url=f"{address}/events",
    )


async def add(uow: UnitOfWork, order: Order, prefix: str) -> Operation:
    """Keep an order with its items, to be begun once this transaction has ended."""
    caller = uow.caller
    acts_as = {"name": caller.name, "person_no": caller.person_no, "client": caller.client, "posts": caller.posts}
    key = to_uuid(new_id(prefix))
    row = await uow.raw().fetchrow(
        f"""insert into operation (operation_id, units, kind, counted_as, mode, state, version, undoes, made_by,
          acts_as, request_id, total, created_at, expires_at)
        values ($1, $2, $3, $4, $5, 'queued', 1, $6, $7, $8, $9, $10, $11,
          $11::timestamptz + make_interval(days => {KEPT_DAYS}))
        returning {_COLUMNS}""",  # noqa: S608  # constants of this module
        key,
        sorted(to_uuid(unit) for unit in order.units),
        order.kind.name,
        order.kind.counted_as,
        order.mode,
        to_uuid(order.undoes) if order.undoes else None,
        caller.account_id,
        _json(acts_as),
        uow.trace.request_id,
        len(order.items),
        uow.now,
    )
    await uow.raw().execute(
        _ITEMS,
        key,
        list(range(len(order.items))),
        [item.ref for item in order.items],
        [_json(item.input) for item in order.items],
        [item.undoes for item in order.items],
    )
    return shown(row, prefix)


async def claim(uow: UnitOfWork, prefix: str) -> Claimed | None:
    """The oldest open operation that nobody works on, held from now on; None when there is none."""
    lease = uuid.uuid4()
    row = await uow.raw().fetchrow(_CLAIM, lease, uow.now, uow.caller.account_id)
    if row is None:
        return None
    told = orjson.loads(row["acts_as"])
    posts = tuple((role, unit) for role, unit in told.pop("posts"))
    caller = Caller(account_id=row["made_by"], posts=posts, **told)
    units = tuple(from_uuid("unt", unit) for unit in row["units"])
    return Claimed(shown(row, prefix), units, caller, row["request_id"], lease)


async def keep_lease(uow: UnitOfWork, claimed: Claimed) -> bool:
    """Hold it for another while; False when it is another's by now."""
    return await uow.raw().fetchval(_KEEP, to_uuid(claimed.operation.id), claimed.lease) is not None


async def hold(uow: UnitOfWork, claimed: Claimed) -> bool:
    """Lock the operation until the end of this transaction; whether a stop was asked for. LeaseLost."""
    row = await uow.raw().fetchrow(
        "select cancel_asked_at from operation where operation_id = $1 and lease_by = $2 and state = 'running'"
        " for update",
        to_uuid(claimed.operation.id),
        claimed.lease,
    )
    if row is None:
        raise LeaseLost
    return row["cancel_asked_at"] is not None


async def lock_waiting(
    uow: UnitOfWork, claimed: Claimed, limit: int, having: Mapping[str, Any] | None = None
) -> list[Waiting]:
    """The next items that wait, in order, held until the end of this transaction; none once a stop was asked for.

    Whether it was is read without waiting for anybody. `having`: only those whose input has these members.
    """
    rows = await uow.raw().fetch(
        """select position, input::text as input, undoes_position from operation_item
        where operation_id = $1 and state = 'waiting'
          and (select cancel_asked_at is null from operation where operation_id = $1)
          and input @> $3::text::jsonb
        order by position limit $2 for update""",
        to_uuid(claimed.operation.id),
        limit,
        _json(having or {}),
    )
    return [Waiting(row["position"], orjson.loads(row["input"]), row["undoes_position"]) for row in rows]


async def settle_done(uow: UnitOfWork, claimed: Claimed, items: Sequence[tuple[Waiting, Applied]]) -> None:
    """Write what items did, in the transaction that did it. LeaseLost undoes it all."""
    await _settle(
        uow, claimed, "done", [(w.position, a.resource, _json(a.result), _json(a.undo), None) for w, a in items]
    )
    undone = [waiting.undoes for waiting, _ in items if waiting.undoes is not None]
    if undone and claimed.operation.undoes:
        await uow.raw().execute(
            "update operation_item set undone_by = $2 where operation_id = $1 and position = any($3::int[])",
            to_uuid(claimed.operation.undoes),
            to_uuid(claimed.operation.id),
            undone,
        )


async def settle_failed(uow: UnitOfWork, claimed: Claimed, refused: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Write why items were refused: position and problem. LeaseLost."""
    await _settle(uow, claimed, "failed", [(at, None, None, None, _json(problem)) for at, problem in refused])


def _json(value: Mapping[str, Any]) -> str:
    return orjson.dumps(value).decode()


async def _settle(
    uow: UnitOfWork,
    claimed: Claimed,
    state: Literal["done", "failed"],
    items: Sequence[tuple[int, str | None, str | None, str | None, str | None]],
) -> None:
    """Count these items and write how they ended: position, resource, result, undo, problem."""
    ended = len(items)
    version = await uow.raw().fetchval(
        _SETTLE,
        to_uuid(claimed.operation.id),
        claimed.lease,
        state,
        ended if state == "done" else 0,
        ended if state == "failed" else 0,
        list(range(ended - 1, -1, -1)),
        *[[item[at] for item in items] for at in range(5)],
    )
    if version is None:
        raise LeaseLost


async def finish(uow: UnitOfWork, claimed: Claimed, prefix: str) -> Operation:
    """End it: what still waits is skipped, and the counts give the state."""
    await hold(uow, claimed)
    key = to_uuid(claimed.operation.id)
    row = await uow.raw().fetchrow(
        f"""with skipped as (
          update operation_item i set state = 'skipped', settled_version = o.version + 1
          from operation o where o.operation_id = $1 and i.operation_id = $1 and i.state = 'waiting' returning 1
        )
        update operation set version = version + 1, finished_at = $2, lease_by = null, lease_until = null,
          state = case when done = total then 'succeeded'
            when cancel_asked_at is not null and exists (select from skipped) then 'cancelled'
            when done = 0 then 'failed' else 'partly_done' end
        where operation_id = $1 returning {_COLUMNS}""",  # noqa: S608  # constants of this module
        key,
        uow.now,
    )
    return shown(row, prefix)


async def lock(uow: UnitOfWork, operation_id: str, prefix: str) -> tuple[Operation, tuple[str, ...]]:
    """The operation and its units, locked; NotFound outside the caller's units."""
    row = await uow.raw().fetchrow(
        f"select {_COLUMNS} from operation where operation_id = $1 for update",  # noqa: S608
        to_uuid(operation_id),
    )
    if row is None:
        raise NotFound()
    return shown(row, prefix), tuple(from_uuid("unt", unit) for unit in row["units"])


async def ask_cancel(uow: UnitOfWork, operation_id: str, prefix: str) -> Operation:
    """Note that a stop is asked for."""
    row = await uow.raw().fetchrow(
        f"""update operation set cancel_asked_at = $2, cancel_asked_by = $3, version = version + 1
        where operation_id = $1 returning {_COLUMNS}""",  # noqa: S608  # constants of this module
        to_uuid(operation_id),
        uow.now,
        uow.caller.account_id,
    )
    return shown(row, prefix)


async def forget(uow: UnitOfWork) -> int:
    """Delete operations past their time; how many."""
    rows = await uow.raw().fetch(
        """delete from operation where operation_id in (
          select operation_id from operation where expires_at < $1 and finished_at is not null
          order by expires_at limit 100)
        returning 1""",
        uow.now,
    )
    return len(rows)
