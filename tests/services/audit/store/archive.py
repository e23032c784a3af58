"""The archive in which plans are looked at: what each module fills it with, and how its answers are judged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import asyncpg
from sqlalchemy import event

from chassis.deps import Deps
from chassis.identity import Caller
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid
from tests.support.rooms import somebody

UNITS = 200
ENOUGH = 400
"""Rows that a list may look at: the unit has 100 appraisals, and up to two tasks for each."""

OPENING = f"""
create function pg_temp.some(kind text, number int) returns uuid language sql immutable
  as $$ select md5(kind || number)::uuid $$;

insert into audit.unit_scope (unit_id, ancestors, path, code, active, version)
select pg_temp.some('unt', n), array[pg_temp.some('unt', n)], array['x'], n::text, true, 1
from generate_series(0, {UNITS - 1}) as n;
"""
"""Ids that can be told from a kind and a number, and the units; a module's own rows come after it."""


class Archive:
    """Plans of the statements that the stores send, for a person of one unit."""

    def __init__(self, deps: Deps, admin: asyncpg.Connection[Any]) -> None:
        self._deps = deps
        self._admin = admin

    async def some(self, prefix: str, kind: str, number: int) -> str:
        """One of the generated ids."""
        return from_uuid(prefix, await self._admin.fetchval("select md5($1 || $2)::uuid", kind, str(number)))

    async def auditor(self) -> Caller:
        """An auditor of one unit who has decided in every twentieth appraisal."""
        caller = somebody("auditor", await self.some("unt", "unt", 7))
        return replace(caller, account_id=await self.some("acc", "acc", 3))

    async def plan(self, asked: Callable[[UnitOfWork], Any], caller: Caller) -> tuple[int, list[dict[str, Any]]]:
        """How many rows the list has, and every node of the plan by which they were found."""
        rows, (nodes,) = await self.plans(asked, caller)
        return len(rows), nodes

    async def plans(self, asked: Callable[[UnitOfWork], Any], caller: Caller) -> tuple[Any, list[list[dict[str, Any]]]]:
        """What was found, and the nodes of the plan of each statement that was sent for it, in order."""
        sent: list[tuple[str, Any]] = []
        engine = self._deps.db.engine.sync_engine

        def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
            sent.append((statement, parameters))

        async with self._deps.unit_of_work(caller, caller.roots("audit-task:read")) as uow:
            event.listen(engine, "before_cursor_execute", note)
            try:
                rows = await asked(uow)
            finally:
                event.remove(engine, "before_cursor_execute", note)
            told = [
                (await uow.raw().fetchval(f"explain (analyze, format json) {statement}", *parameters))[0]["Plan"]
                for statement, parameters in sent
            ]
        return rows, [list(nodes_of(plan)) for plan in told]


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's nodes, from the top."""
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes_of(below)


def looked_at(node: dict[str, Any]) -> float:
    """Rows that a node read, whether it gave them on or not."""
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Join Filter", 0)
    return (node["Actual Rows"] + removed) * node["Actual Loops"]


def assert_narrow(nodes: list[dict[str, Any]]) -> None:
    """No table is read whole, neither row by row nor along an index, and no more than the unit's rows."""
    walked = [node for node in nodes if "Scan" in node["Node Type"] and node["Node Type"] != "Bitmap Heap Scan"]
    assert walked
    for node in walked:
        assert "Index" in node["Node Type"], node
        assert "Index Cond" in node, node
    assert_bounded(nodes)


def assert_bounded(nodes: list[dict[str, Any]]) -> None:
    """No scan reads many more rows than the unit has; what a join compares in memory is not read."""
    wide = [node for node in nodes if "Scan" in node["Node Type"] and looked_at(node) > ENOUGH]
    assert not wide, wide
