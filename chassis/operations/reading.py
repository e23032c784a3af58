"""Operations as they are read: one, a page of them, a page of items, and the stream of what happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, Final

import orjson

from chassis.operations.store import shown
from chassis.problems import described
from chassis.raw import RawConnection
from contracts.operations import OPEN, Operation, OperationItem
from contracts.problems import CATALOGUE, FieldFault, Lang, NotFound
from contracts.values.ids import to_uuid

POLL_SECONDS: Final = 0.5
COMMENT_SECONDS: Final = 15.0
STREAM_SECONDS: Final = 300.0
"""A stream ends after this; the caller's rights are checked again when it comes back."""
_STEP: Final = 200
_LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"


async def get(connection: RawConnection, operation_id: str, prefix: str) -> Operation:
    """One operation; NotFound outside the caller's units."""
    row = await connection.fetchrow("select * from operation where operation_id = $1", to_uuid(operation_id))
    if row is None:
        raise NotFound()
    return shown(row, prefix)


async def list_of(
    connection: RawConnection, account_id: str, after: str | None, limit: int, prefix: str
) -> list[Operation]:
    """An account's operations, the newest first, from the one after `after`."""
    rows = await connection.fetch(
        """select * from operation where made_by = $1 and operation_id < $2::uuid
        order by made_by desc, operation_id desc limit $3""",
        account_id,
        to_uuid(after) if after else _LAST,
        limit,
    )
    return [shown(row, prefix) for row in rows]


async def list_undoable(
    connection: RawConnection, operation_id: str
) -> list[tuple[int, str | None, Mapping[str, Any]]]:
    """Position, ref and way back of the items that were done and not undone, the last one first."""
    rows = await connection.fetch(
        """select position, ref, undo::text as undo from operation_item
        where operation_id = $1 and state = 'done' and undone_by is null order by position desc""",
        to_uuid(operation_id),
    )
    return [(row["position"], row["ref"], orjson.loads(row["undo"])) for row in rows]


async def is_being_undone(connection: RawConnection, operation_id: str) -> bool:
    """Whether an undo of this operation is queued or running; the operation is locked, so that none is added now."""
    return await connection.fetchval(
        "select exists (select from operation where undoes = $1 and state in ('queued', 'running'))",
        to_uuid(operation_id),
    )


async def list_items(
    connection: RawConnection,
    operation_id: str,
    states: list[str] | None,
    after: int | None,
    limit: int,
    render: Callable[[Mapping[str, Any]], dict[str, Any]],
) -> list[OperationItem]:
    """Items in their order, from the one after `after`; `render` makes a problem of what an item keeps."""
    rows = await connection.fetch(
        """select position, ref, state, resource, result::text as result, problem::text as problem,
          undone_by is not null as undone
        from operation_item where operation_id = $1 and position > $2 and ($3::text[] is null or state = any($3))
        order by position limit $4""",
        to_uuid(operation_id),
        -1 if after is None else after,
        states,
        limit,
    )
    return [
        OperationItem(
            position=row["position"],
            ref=row["ref"],
            state=row["state"],
            resource=row["resource"],
            result=orjson.loads(row["result"]) if row["result"] else None,
            problem=render(orjson.loads(row["problem"])) if row["problem"] else None,
            undone=row["undone"],
        )
        for row in rows
    ]


def rendered(kept: Mapping[str, Any], lang: Lang, public_url: str) -> dict[str, Any]:
    """What an item keeps of its refusal, as a problem in the caller's language."""
    errors = [FieldFault(one["pointer"], one["code"], one["params"]) for one in kept["errors"]]
    return described(CATALOGUE[kept["code"]], lang, public_url=public_url, params=kept["params"], errors=errors)


# The stream. An event's id is twice the operation's version (an item), or one more (progress, done): rising, and
# the same whoever asks and whenever.


async def events(
    read: Callable[[int], Awaitable[tuple[Operation, list[Any]]]], last_id: int | None
) -> AsyncIterator[bytes]:
    """`item`, `progress` and at last `done`, as Server-Sent Events, from the one after `last_id`.

    `read(version)` gives the operation and up to `_STEP` items that ended after that version of it.
    """
    began = spoke = time.monotonic()
    seen, told = (-1, -1) if last_id is None else (last_id // 2, last_id)
    yield b"retry: 1000\n\n"
    while time.monotonic() - began < STREAM_SECONDS:
        operation, items = await read(seen)
        for item in items:
            seen = max(seen, item["settled_version"])
            if 2 * item["settled_version"] > told:
                told = 2 * item["settled_version"]
                yield _event("item", told, _thin(item))
                spoke = time.monotonic()
        if len(items) == _STEP:
            continue
        ended = operation.state not in OPEN
        if 2 * operation.version + 1 > told:
            seen, told = operation.version, 2 * operation.version + 1
            yield _event("done" if ended else "progress", told, _progress(operation))
            spoke = time.monotonic()
        if ended:
            return
        if time.monotonic() - spoke >= COMMENT_SECONDS:
            yield b": waiting\n\n"
            spoke = time.monotonic()
        await asyncio.sleep(POLL_SECONDS)


async def settled_after(
    connection: RawConnection, operation_id: str, version: int, prefix: str
) -> tuple[Operation, list[Any]]:
    """The operation, and the items that ended after this version of it, in the order in which they ended."""
    operation = await get(connection, operation_id, prefix)
    rows = await connection.fetch(
        """select position, ref, state, resource, problem->>'code' as code, settled_version from operation_item
        where operation_id = $1 and settled_version > $2 and state <> 'skipped'
        order by settled_version, position limit $3""",
        to_uuid(operation_id),
        version,
        _STEP,
    )
    return operation, rows


def _thin(item: Any) -> dict[str, Any]:
    return {name: item[name] for name in ("position", "ref", "state", "resource", "code")}


def _progress(operation: Operation) -> dict[str, Any]:
    return {"id": operation.id, "state": operation.state, **operation.progress.model_dump()}


def _event(name: str, number: int, data: Mapping[str, Any]) -> bytes:
    return b"event: %b\nid: %d\ndata: %b\n\n" % (name.encode(), number, orjson.dumps(data))
