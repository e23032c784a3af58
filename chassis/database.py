"""Connections of one service: a pool for units of work, and one for fast reads."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from chassis.identity import Caller, Roots
from chassis.raw import RawConnection, RawPool
from chassis.settings import Settings
from contracts.values.ids import from_uuid, to_uuid

_SERVER_SETTINGS = {
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
}

# One statement opens every transaction: who acts, which units are in scope (the roots and all below
# them, expanded once), and the one time that this transaction knows.
OPENING = """
with scope as materialized (
  select array(select unit_id from unit_scope where $1 or ancestors && $2::uuid[]) || $2::uuid[] as ids
)
select set_config('app.actor', $3, true), set_config('app.units', (select ids::text from scope), true),
  now() + (select moved from clock) as now, (select ids from scope) as units
"""


@dataclass(frozen=True)
class Opened:
    """What the opening statement found out: the time, and the units in scope."""

    now: datetime
    units: list[str]


def opening_arguments(caller: Caller, roots: Roots) -> tuple[bool, list[Any], str]:
    """Parameters of OPENING."""
    everywhere = roots == "*"
    units = [] if everywhere else [to_uuid(unit) for unit in roots]
    return everywhere, units, "service" if caller.is_service else "user"


def opened(row: Any) -> Opened:
    """Read the answer of OPENING."""
    return Opened(now=row["now"], units=[from_uuid("unt", unit) for unit in row["units"]])


class Database:
    """The database as one service's login role sees it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.engine: AsyncEngine = create_async_engine(
            settings.async_url(),
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=10,
            connect_args={"server_settings": {**_SERVER_SETTINGS}},
        )
        self._reads: RawPool | None = None

    async def open(self) -> None:
        """Make the pool for reads. Units of work connect when first needed."""
        create_pool = cast("Any", asyncpg).create_pool  # asyncpg comes without types
        self._reads = await create_pool(
            self._settings.database_url,
            min_size=1,
            max_size=self._settings.pool_size,
            server_settings={**_SERVER_SETTINGS},
        )

    async def close(self) -> None:
        """Give all connections back."""
        if self._reads:
            await self._reads.close()
        await self.engine.dispose()

    @property
    def pool(self) -> RawPool:
        """Connections outside a unit of work: the relay, jobs' locks, health. They see no row under RLS."""
        if self._reads is None:
            raise RuntimeError("the database is not open yet")
        return self._reads

    @asynccontextmanager
    async def reading(self, caller: Caller, roots: Roots) -> AsyncGenerator[RawConnection, None]:
        """A read-only transaction in the caller's scope on a bare asyncpg connection: for hot reads."""
        everywhere, units, actor = opening_arguments(caller, roots)
        async with self.pool.acquire() as connection, connection.transaction(readonly=True):
            await connection.fetchrow(OPENING, everywhere, units, actor)
            yield connection
