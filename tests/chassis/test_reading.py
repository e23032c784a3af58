"""Hot reads: each use has its own caller's scope, whoever had the connection before, and nobody can write."""

import asyncio

import asyncpg
import pytest

from chassis.deps import Deps
from chassis.identity import Caller
from chassis.units import learn_unit
from contracts.events import UnitChanged
from contracts.values.ids import new_id, to_uuid

SCOPE = "select current_setting('app.units') as units, current_setting('app.actor') as actor"
ACCOUNT = "select nullif(current_setting('app.account', true), '')"


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


async def test_a_unit_learnt_a_moment_ago_is_in_scope(deps: Deps):
    """A scope that was set before the tree changed is not used again."""
    root, child = new_id("unt"), new_id("unt")
    seen: list[str] = []
    for unit, ancestors in ((root, [root]), (child, [root, child])):
        async with deps.as_service() as uow:
            told = UnitChanged(unit_id=unit, parent_id=None, code="c", name="n", ancestors=ancestors, path=["n"])
            await learn_unit(uow, told, 1)
        async with deps.db.reading(Caller(new_id("acc")), frozenset({root})) as connection:
            seen.append((await connection.fetchrow(SCOPE))["units"])
    assert str(to_uuid(child)) not in seen[0]
    assert str(to_uuid(child)) in seen[1]


async def test_hot_reads_are_told_of_no_account(deps: Deps):
    """Rows that are one person's alone are seen in that person's transactions, never on a connection handed on."""
    caller = Caller(new_id("acc"))
    async with deps.unit_of_work(caller, frozenset({new_id("unt")})) as uow:
        assert await uow.raw().fetchval(ACCOUNT) == str(to_uuid(caller.account_id))
    async with deps.db.reading(caller, frozenset({new_id("unt")})) as connection:
        assert await connection.fetchval(ACCOUNT) is None
    async with deps.as_service() as uow:
        assert await uow.raw().fetchval(ACCOUNT) is None
