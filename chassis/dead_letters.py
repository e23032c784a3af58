"""Events set aside after five refusals: shown, taken in again from their stored bytes, or dropped.

They never go back through the broker, which would drop the same message id. `requeue` marks a letter; the
service's own job hands its bytes to the inbox, which treats them like any delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chassis.deps import Deps
from chassis.jobs import Job
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid

LOOK_SECONDS = 2.0
AT_ONCE = 100

_COLUMNS = "id, event_id, subject, reason, dead_at, requeued_at"
_WAITING = f"select {_COLUMNS} from dead_letter where settled_at is null order by id limit $1"  # noqa: S608
_REQUEUE = """
update dead_letter set requeued_at = $2 where id = $1 and settled_at is null and requeued_at is null
returning event_id, source
"""
_COUNT_ANEW = "update inbox set attempts = 0 where event_id = $1 and source = $2 and handled_at is null"
_DROP = """
update dead_letter set settled_at = $2 where id = $1 and settled_at is null returning event_id, source
"""
_HANDLED = "update inbox set handled_at = $3 where event_id = $1 and source = $2 and handled_at is null"
_REQUEUED = """
select id, subject, body from dead_letter
where requeued_at is not null and settled_at is null order by id limit $1
"""
_SETTLE = "update dead_letter set settled_at = now() where id = $1"


@dataclass(frozen=True)
class DeadLetter:
    """One event that was set aside; `event_id` is None when its bytes were no event."""

    id: int
    event_id: str | None
    subject: str
    reason: str
    dead_at: datetime
    requeued_at: datetime | None


class Receives(Protocol):
    """What the inbox does with bytes."""

    async def receive(self, subject: str, body: bytes, delivered: int = 1) -> float | None:
        """None when settled, else seconds until it is wanted again."""
        ...


async def list_waiting(uow: UnitOfWork, limit: int = AT_ONCE) -> list[DeadLetter]:
    """Letters that nobody has settled, oldest first."""
    rows = await uow.raw().fetch(_WAITING, limit)
    return [
        DeadLetter(row["id"], _event(row), row["subject"], row["reason"], row["dead_at"], row["requeued_at"])
        for row in rows
    ]


async def requeue(uow: UnitOfWork, letter_id: int) -> bool:
    """Have the service take it in again, with its attempts counted anew; False when there is no such letter."""
    row = await uow.raw().fetchrow(_REQUEUE, letter_id, uow.now)
    if row is None:
        return False
    if row["event_id"] is not None:
        await uow.raw().execute(_COUNT_ANEW, row["event_id"], row["source"])
    uow.record("dead_letter.requeued", f"dead-letters/{letter_id}", 1, {"event_id": _event(row)})
    return True


async def drop(uow: UnitOfWork, letter_id: int) -> bool:
    """Give it up for good, in the journal; its bytes stay. False when there is no such letter."""
    row = await uow.raw().fetchrow(_DROP, letter_id, uow.now)
    if row is None:
        return False
    # A redelivery after this, say from a stream that was built again, finds the event handled.
    await uow.raw().execute(_HANDLED, row["event_id"], row["source"], uow.now)
    uow.record("dead_letter.dropped", f"dead-letters/{letter_id}", 1, {"event_id": _event(row)})
    return True


def _event(row: Any) -> str | None:
    return from_uuid("evt", row["event_id"]) if row["event_id"] is not None else None


def taking_in_again(inbox: Receives) -> Job:
    """The job that hands requeued letters to the inbox. One that is refused five times again is a new letter."""

    async def run(deps: Deps) -> None:
        for row in await deps.db.pool.fetch(_REQUEUED, AT_ONCE):
            if await inbox.receive(row["subject"], row["body"]) is None:
                await deps.db.pool.execute(_SETTLE, row["id"])

    return Job("dead-letters", LOOK_SECONDS, run, first_after_seconds=LOOK_SECONDS)
