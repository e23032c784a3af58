"""Hot reads: each use has its own caller's scope, whoever had the connection before, and nobody can write."""

import asyncio

import asyncpg
import pytest

from chassis.deps import Deps
from chassis.identity import Caller
from contracts.values.ids import new_id, to_uuid

SCOPE = "select current_setting('app.units') as units, current_setting('app.actor') as actor"


async def test_each_use_has_the_scope_of_its_own_caller(deps: Deps):
    """Connections are handed on without a reset: the next caller's scope replaces the last one's."""

    async def read(unit: str) -> None:
        async with deps.db.reading(Caller(new_id("acc")), frozenset({unit})) as connection:
            await asyncio.sleep(0)
            row = await connection.fetchrow(SCOPE)
            assert (row["units"], row["actor"]) == (f"{{{to_uuid(unit)}}}", "user")

    await asyncio.gather(*(read(new_id("unt")) for _ in range(60)))


async def test_without_units_no_row_is_seen(deps: Deps):
    """An empty scope after a wide one."""
    async with deps.db.reading(Caller.service("audit"), "*") as connection:
        assert (await connection.fetchrow(SCOPE))["actor"] == "service"
    async with deps.db.reading(Caller(new_id("acc")), frozenset()) as connection:
        row = await connection.fetchrow(SCOPE)
    assert (row["units"], row["actor"]) == ("{}", "user")


async def test_nothing_can_be_written(deps: Deps):
    """The pool is read-only."""
    async with deps.db.reading(Caller.service("audit"), "*") as connection:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await connection.execute("update unit_scope set active = false")
