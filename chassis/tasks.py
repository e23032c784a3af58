"""Ending background tasks for certain."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

_AGAIN_AFTER = 0.5  # seconds


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until all have ended; their results and faults are dropped.

    Once is not enough: before Python 3.12 `asyncio.wait_for` swallows a cancellation that arrives together
    with its result, and the task goes on.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        done, pending = await asyncio.wait(pending, timeout=_AGAIN_AFTER)
        for task in done:
            if not task.cancelled():
                task.exception()
