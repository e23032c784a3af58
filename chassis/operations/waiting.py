"""Waiting for an operation in the request that ordered it: `Prefer: wait=N` (RFC 7240)."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Header, Response

from chassis.identity import Caller, Roots
from chassis.operations import reading
from contracts.operations import OPEN, Operation

if TYPE_CHECKING:
    from chassis.deps import Deps

MOST_SECONDS: Final = 20
"""Longer waits are cut to this: clients and proxies give up at 30 s."""
_FIRST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 0.5
_WAIT: Final = re.compile(r"wait=\"?(\d{1,6})\"?", re.IGNORECASE)

Read = Callable[[], Awaitable[Operation]]


def wanted_seconds(prefer: str | None) -> int:
    """Seconds that the header asks to wait; 0 without one, or with `respond-async` alone. What else it says is no
    fault (RFC 7240, section 2)."""
    wishes = (wish.partition(";")[0].strip() for wish in (prefer or "").split(","))
    found = next((match for wish in wishes if (match := _WAIT.fullmatch(wish))), None)
    return min(int(found[1]), MOST_SECONDS) if found else 0


def reader(operation_id: str, caller: Caller, roots: Roots, deps: Deps) -> Read:
    """Reads this operation anew, in the caller's scope."""

    async def read() -> Operation:
        async with deps.db.reading(caller, roots) as connection:
            return await reading.get(connection, operation_id, deps.operations.prefix)

    return read


async def until_ended(read: Read, seconds: float, response: Response) -> Operation:
    """The operation once it has ended, or as it is after this time; says so in `Preference-Applied`."""
    operation = await read()
    if not seconds:
        return operation
    response.headers["Preference-Applied"] = f"wait={seconds}"
    until, pause = time.monotonic() + seconds, _FIRST_PAUSE
    while operation.state in OPEN and (left := until - time.monotonic()) > 0:
        await asyncio.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE)
        operation = await read()
    return operation


async def _wait(
    prefer: Annotated[
        str | None,
        Header(description="`wait=N`: answer when it has ended, or after N seconds (at most 20); `respond-async`: now"),
    ] = None,
) -> int:
    return wanted_seconds(prefer)


Wait = Annotated[int, Depends(_wait)]
"""How long the caller wants to wait for the end of what a route begins."""
