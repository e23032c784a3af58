"""Two acts at once, in an order that the test decides: one waits for what the test's own connection holds."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg

_WAITING = """select exists (select from pg_stat_activity where wait_event_type = 'Lock'
  and datname = current_database() and pg_backend_pid() = any(pg_blocking_pids(pid)))"""


async def until_somebody_waits(connection: asyncpg.Connection[Any]) -> None:
    """Until another connection of this database waits for a lock that this one holds."""
    async with asyncio.timeout(20):
        while not await connection.fetchval(_WAITING):
            await asyncio.sleep(0.02)
