"""Connections of one service: a pool for units of work, and one for fast reads."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID
from weakref import WeakKeyDictionary

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from chassis.identity import Caller, Roots
from chassis.raw import RawConnection, RawPool
from chassis.settings import Settings
from contracts.values.ids import is_id, to_uuid

_SERVER_SETTINGS = {
    "lock_timeout": "5s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
}

# One statement opens every transaction: who acts; which units are in scope (the roots and all below them,
# expanded once; none for the service itself, whom the policies admit by who it is); whose account it is, for rows
# that are one person's alone; and the one time that this transaction knows.
OPENING = """
with scope as materialized (
  select case when $3 = 'service' then '{}' else
    array(select unit_id from unit_scope where $1 or ancestors && $2::uuid[]) || $2::uuid[] end as ids
)
select set_config('app.actor', $3, $4), set_config('app.units', (select ids::text from scope), $4),
  set_config('app.account', $5, $4), now() + (select moved from clock) as now, (select ids from scope) as units
"""


@dataclass(frozen=True)
class Opened:
    """What the opening statement found out: the time, and the units in scope."""

    now: datetime
    unit_keys: list[UUID]


def opening_arguments(caller: Caller, roots: Roots, *, local: bool = True) -> tuple[bool, list[Any], str, bool, str]:
    """Parameters of OPENING. `local`: the settings end with the transaction.

    The connections for hot reads, whose settings stay, are told of no account: they see nobody's own rows.
    """
    everywhere = roots == "*"
    units = [] if everywhere else [to_uuid(unit) for unit in roots]
    account = str(to_uuid(caller.account_id)) if local and is_id("acc", caller.account_id) else ""
    return everywhere, units, "service" if caller.is_service else "user", local, account


def opened(row: Any) -> Opened:
    """Read the answer of OPENING."""
    return Opened(now=row["now"], unit_keys=list(row["units"]))


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
        self.tree_epoch = 0
        """Counts the changes of the unit tree that this process has committed."""
        self._scopes: WeakKeyDictionary[Any, tuple[Any, ...]] = WeakKeyDictionary()
        self._pool: RawPool | None = None
        self._reads: RawPool | None = None

    async def open(self) -> None:
        """Make the pools. Units of work connect when first needed."""
        create_pool = cast("Any", asyncpg).create_pool  # asyncpg comes without types
        url, size = self._settings.database_url, self._settings.pool_size
        self._pool = await create_pool(url, min_size=1, max_size=size, server_settings={**_SERVER_SETTINGS})
        read_only = {**_SERVER_SETTINGS, "default_transaction_read_only": "on"}
        self._reads = await create_pool(url, min_size=0, max_size=size, server_settings=read_only, reset=_keep_as_is)

    async def close(self) -> None:
        """Give all connections back."""
        for pool in (self._reads, self._pool):
            if pool:
                await pool.close()
        await self.engine.dispose()

    @property
    def pool(self) -> RawPool:
        """Connections outside a unit of work: the relay, jobs' locks, health. They see no row under RLS."""
        if self._pool is None:
            raise RuntimeError("the database is not open yet")
        return self._pool

    @asynccontextmanager
    async def reading(self, caller: Caller, roots: Roots) -> AsyncGenerator[RawConnection, None]:
        """A read-only connection in the caller's scope, for hot reads: one statement more than the read itself.

        There is no transaction, so each statement sees its own moment. The scope is a setting of the
        session; these connections are used here alone, and every use begins by setting it, unless this very
        scope was set on this connection less than a second ago and the tree has not changed since (ADR 0008).
        """
        if self._reads is None:
            raise RuntimeError("the database is not open yet")
        wanted = (caller.is_service, roots, self.tree_epoch, int(time.monotonic()))
        async with self._reads.acquire() as proxy:
            connection: Any = proxy
            # asyncpg wraps a connection anew at each acquire: what is kept is kept for the connection itself.
            session = connection._con
            if self._scopes.get(session) != wanted:
                self._scopes.pop(session, None)
                await connection.fetchrow(OPENING, *opening_arguments(caller, roots, local=False))
                self._scopes[session] = wanted
            yield connection


async def _keep_as_is(_: RawConnection) -> None:
    """No clean-up between two reads: asyncpg's own would be a round trip, and the next read sets its scope."""
