"""How the database answers the lists of audit: by an index, under the service's own policies."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import event

from chassis.deps import Deps
from chassis.identity import Caller
from chassis.settings import Settings
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid
from deploy.embedded.provision import Target
from services.audit.app import SPEC
from services.audit.store import appraisals, quarantines, tasks, verification_reports
from tests.support.rooms import somebody

MANY = 20_000
UNITS = 200
ENOUGH = 400
"""Rows that a list may look at: the unit has 100 appraisals, and up to two tasks for each."""

# Unit n of 200, person n of 2000, account n of 20; a quarter waits for the first person, a quarter for the second.
ROWS = f"""
create function pg_temp.some(kind text, number int) returns uuid language sql immutable
  as $$ select md5(kind || number)::uuid $$;

insert into audit.appraisal
select pg_temp.some('apr', n), pg_temp.some('unt', n % {UNITS}), 1, uuidv7(), uuidv7(), pg_temp.some('sub', n / 3),
  uuidv7(), pg_temp.some('dos', n % 2000), pg_temp.some('per', n % 2000), '干部任免审批表', null, 1, '[]',
  array[md5(n::text)], 'appointment', 2, '{{}}', '[]', 'x',
  (array['first_check', 'second_check', 'accepted', 'accepted'])[n / {UNITS} % 4 + 1], now(),
  case when n / {UNITS} % 4 > 1 then now() end
from generate_series(0, {MANY - 1}) as n;

insert into audit.verification_report
select pg_temp.some('vrp', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('mat', n),
  pg_temp.some('dos', n % 2000), pg_temp.some('per', n % 2000), pg_temp.some('apr', n), '省学位办', n::text,
  '{{"value": "2020"}}', 'confirmed', uuidv7(), '{{}}', 'not_related', null, uuidv7(), now()
from generate_series(0, {MANY - 1}) as n;

insert into audit.quarantine (id, unit_id, version, appraisal_id, material_id, dossier_id, person_id, reason, place,
  held_by, held_on, relation, released, released_on, released_by, reasons)
select pg_temp.some('qrt', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('apr', n), uuidv7(),
  pg_temp.some('dos', n % 2000), pg_temp.some('per', n % 2000), 'doubtful', '另放柜', uuidv7(), now(), 'not_related',
  case when n / {UNITS} % 4 > 0 then 'resumed' end, case when n / {UNITS} % 4 > 0 then now() end,
  case when n / {UNITS} % 4 > 0 then uuidv7() end, '{{}}'
from generate_series(0, {MANY - 1}) as n;

insert into audit.unit_scope (unit_id, ancestors, path, code, active, version)
select pg_temp.some('unt', n), array[pg_temp.some('unt', n)], array['x'], n::text, true, 1
from generate_series(0, {UNITS - 1}) as n;

insert into audit.task
select pg_temp.some('tsk', n * 2 + step), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('apr', n), step,
  case when n / {UNITS} % 4 >= step then 'approved' else 'pending' end, now(), now() + n * interval '1 minute'
from generate_series(0, {MANY - 1}) as n, generate_series(1, 2) as step
where n / {UNITS} % 4 >= step - 1;

insert into audit.decision
select id, unit_id, appraisal_id, step, pg_temp.some('acc', (('x' || left(md5(appraisal_id::text), 4))::bit(16)::int
  + step) % 20), 'approve', '{{}}', null, 'not_related', null, now()
from audit.task where state = 'approved';
"""
ANALYZE = (
    "analyze audit.appraisal",
    "analyze audit.task",
    "analyze audit.decision",
    "analyze audit.verification_report",
)


@pytest.fixture(scope="module")
async def archive(module_database: Target, settings_for: Callable[..., Settings]) -> AsyncIterator[Archive]:
    """A database with the appraisals of many units."""
    admin = await asyncpg.connect(module_database.admin_url())
    deps = Deps("audit", settings_for("audit", module_database), SPEC.load_rules())
    try:
        await admin.execute(ROWS)
        for statement in ANALYZE:
            await admin.execute(statement)
        await deps.open()
        yield Archive(deps, admin)
    finally:
        await deps.close()
        await admin.close()


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
            ((statement, parameters),) = sent
            told = await uow.raw().fetchval(f"explain (analyze, format json) {statement}", *parameters)
        return len(rows), list(nodes_of(told[0]["Plan"]))


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


async def test_appraisals_of_a_unit_are_found_by_its_index(archive: Archive):
    """With every filter that the route has, alone."""
    li = await archive.auditor()
    hidden = [await archive.some("per", "per", 7), await archive.some("per", "per", 207)]
    submission = await archive.some("sub", "sub", 69)
    after = from_uuid("apr", UUID(int=1))
    for change, many in (
        ({}, 51),
        ({"after": after, "limit": 3}, 3),
        ({"states": ["first_check", "second_check"]}, 50),
        ({"submission_id": submission}, 1),
        ({"hidden_persons": hidden, "limit": 200}, 80),
    ):
        asked: dict[str, Any] = {
            "after": None, "limit": 51, "states": [], "submission_id": None, "hidden_persons": []
        } | change  # fmt: skip
        found, nodes = await archive.plan(lambda uow, asked=asked: appraisals.page_of(uow, **asked), li)
        assert found == many, change
        assert_narrow(nodes)


async def test_what_waits_in_a_unit_is_found_by_its_index(archive: Archive):
    """Neither the caller's many decisions nor all appraisals are read to leave out what they may not decide."""
    li = await archive.auditor()
    hidden = [await archive.some("per", "per", 7), await archive.some("per", "per", 207)]
    for change in (
        {},
        {"hidden_persons": hidden},
        {"after": (datetime.now(UTC), await archive.some("tsku", "tsk", 1)), "hidden_persons": hidden},
        {"states": ["approved"]},
        {"states": ["pending", "approved"], "hidden_persons": hidden},
    ):
        asked: dict[str, Any] = {
            "after": None, "limit": 51, "states": ["pending"], "hidden_persons": [], "account_id": li.account_id
        } | change  # fmt: skip
        found, nodes = await archive.plan(lambda uow, asked=asked: tasks.page_of(uow, **asked), li)
        assert 30 <= found <= 51, change
        assert_narrow(nodes)


async def test_reports_of_a_unit_and_of_a_material_are_found_by_their_indexes(archive: Archive):
    """With each filter alone; and those of a dossier that moves."""
    li = await archive.auditor()
    hidden = [await archive.some("per", "per", 7)]
    for change, many in (
        ({}, 51),
        ({"hidden_persons": hidden, "limit": 200}, 90),
        ({"material_id": await archive.some("mat", "mat", 7)}, 1),
    ):
        asked: dict[str, Any] = {"after": None, "limit": 51, "material_id": None, "hidden_persons": []} | change
        found, nodes = await archive.plan(lambda uow, asked=asked: verification_reports.page_of(uow, **asked), li)
        assert found == many, change
        assert_narrow(nodes)
    dossier, unit = await archive.some("dos", "dos", 7), await archive.some("unt", "unt", 8)
    service = Caller.service("audit")
    found, nodes = await archive.plan(lambda uow: verification_reports.follow_dossier(uow, dossier, unit), service)
    assert found == 10
    assert_narrow(nodes)


async def test_the_register_of_a_unit_is_found_by_its_indexes(archive: Archive):
    """All of it, what is held, and what was let go."""
    li = await archive.auditor()
    for change, many in (
        ({}, 51),
        ({"state": "held"}, 25),
        ({"state": "released", "limit": 200}, 75),
        ({"hidden_persons": [await archive.some("per", "per", 7)], "limit": 200}, 90),
    ):
        asked: dict[str, Any] = {"after": None, "limit": 51, "state": None, "hidden_persons": []} | change
        found, nodes = await archive.plan(lambda uow, asked=asked: quarantines.page_of(uow, **asked), li)
        assert found == many, change
        assert_narrow(nodes)


async def test_a_scope_of_all_units_is_read_up_to_the_end_of_the_page(archive: Archive):
    """Naming every unit does not make the lists read, and sort, all that there is."""
    li = somebody("auditor")
    for asked in (
        lambda uow: tasks.page_of(
            uow, after=None, limit=51, states=["pending"], account_id=li.account_id, hidden_persons=[]
        ),
        lambda uow: appraisals.page_of(uow, after=None, limit=51, states=[], submission_id=None, hidden_persons=[]),
    ):
        found, nodes = await archive.plan(asked, li)
        assert found == 51
        assert_bounded(nodes)


async def test_a_dossiers_appraisals_are_found_by_its_index(archive: Archive):
    """When a dossier moves, ended appraisals move with it: neither they nor their tasks are searched for."""
    service = Caller.service("audit")
    dossier, unit = await archive.some("dos", "dos", 7), await archive.some("unt", "unt", 8)
    found, nodes = await archive.plan(lambda uow: appraisals.follow_dossier(uow, dossier, unit), service)
    assert found == 10
    assert_narrow(nodes)
    moved = [await archive.some("apr", "apr", 7), await archive.some("apr", "apr", 2007)]
    found, nodes = await archive.plan(lambda uow: tasks.follow(uow, moved), service)
    assert found == 3
    assert_narrow(nodes)
