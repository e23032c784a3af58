"""Lists cost what they show, not what others have: counted by the database on twenty thousand rows."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from chassis.deps import Deps
from chassis.settings import Settings
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from deploy.embedded.provision import Target
from services.transfer.store import items, pages, papers, submissions, units
from tests.support.rooms import rules_of, somebody

PAGE = 51
ROWS = 20_000
# Of 2,000 units one keeps all dossiers, one is idle, one handed in twice long ago, and the others share the rest.
MANY = f"""
create temp table drawn as
  select n, uuidv7() as id
  from generate_series(1, 2000) n;
insert into transfer.unit (unit_id, parent_id, code, name, version, created_at, changed_at)
  select id, null, 'U' || n, '单位' || n, 1, now(), now() from drawn;
insert into transfer.unit_scope (unit_id, ancestors, path, code, active, version)
  select id, array[id], array['U' || n], 'U' || n, true, 1 from drawn;
create temp table handed as
  select n, uuidv7() as sub, uuidv7() as itm, uuidv7() as rcp, case when n <= 2 then 3 else 4 + n % 1000 end as sender
  from generate_series(1, {ROWS}) n;
insert into transfer.submission (submission_id, unit_id, custodian_unit_id, dossier_id, person_id, state, version,
    created_by, created_at, changed_at, delivered_by, delivered_at, provisional_receipt)
  select sub, (select id from drawn d where d.n = h.sender), (select id from drawn where n = 1), uuidv7(), uuidv7(),
    'delivered', 2, uuidv7(), now(), now(), uuidv7(), now(), 'jws' from handed h;
insert into transfer.receipt (receipt_id, unit_id, custodian_unit_id, submission_id, year, number, issued_at, jws)
  select rcp, s.unit_id, s.custodian_unit_id, sub, 2026, n, now(), 'jws'
  from handed join transfer.submission s on s.submission_id = sub;
insert into transfer.submission_item (item_id, submission_id, unit_id, custodian_unit_id, position, title,
    declared_page_count, page_count, state, version, material_id)
  select itm, sub, s.unit_id, s.custodian_unit_id, 1, '履历表', 1, 1, 'pending', 2, uuidv7()
  from handed join transfer.submission s on s.submission_id = sub;
insert into transfer.item_page (item_id, page_no, unit_id, custodian_unit_id, page_id, digest, media_type, bytes,
    width, height)
  select itm, 1, s.unit_id, s.custodian_unit_id, uuidv7(), repeat('a', 64), 'image/jpeg', 1, 1, 1
  from handed join transfer.submission s on s.submission_id = sub;
analyze transfer.unit, transfer.unit_scope, transfer.submission, transfer.receipt, transfer.submission_item,
  transfer.item_page;
"""
TABLES = ("submission", "submission_item", "item_page", "receipt", "unit")


@dataclass
class Archive:
    """A county with a long history. `old` is the submission of the unit that handed in long ago."""

    deps: Deps
    keeper: str
    idle: str
    seldom: str
    busy: str
    old: str
    old_item: str

    def uow(self, unit_id: str) -> UnitOfWork:
        """A transaction of a clerk of this one unit."""
        return self.deps.unit_of_work(somebody("submitter", unit_id), frozenset({unit_id}))


@pytest.fixture
async def archive(fresh_database: Target, settings_for: Callable[..., Settings]) -> AsyncIterator[Archive]:
    admin = await asyncpg.connect(fresh_database.admin_url())
    await admin.execute(MANY)
    drawn = {row["n"]: from_uuid("unt", row["id"]) for row in await admin.fetch("select n, id from drawn")}
    old = await admin.fetchrow("select sub, itm from handed where n = 1")
    await admin.close()
    deps = Deps("transfer", settings_for("transfer", fresh_database), rules_of("transfer"))
    await deps.open()
    ids = from_uuid("sub", old["sub"]), from_uuid("itm", old["itm"])
    yield Archive(deps, drawn[1], drawn[2], drawn[3], drawn[10], *ids)
    await deps.close()


async def work(uow: UnitOfWork) -> tuple[int, int]:
    """Sequential scans begun and rows fetched on this connection so far, of the tables that grow."""
    row = await uow.raw().fetchrow(
        """select sum(seq_scan)::int as scans, sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as fetched
        from pg_stat_xact_user_tables where schemaname = 'transfer' and relname = any($1)""",
        list(TABLES),
    )
    return row["scans"], row["fetched"]


async def test_a_list_reads_no_more_rows_than_it_shows(archive: Archive):
    lists: list[tuple[str, int, Callable[[UnitOfWork], Any]]] = [
        (archive.idle, 0, lambda uow: submissions.list_page(uow, (), None, PAGE)),
        (archive.idle, 0, lambda uow: submissions.list_page(uow, ("draft",), None, PAGE)),
        (archive.seldom, 2, lambda uow: submissions.list_page(uow, (), None, PAGE)),
        (archive.seldom, 2, lambda uow: submissions.list_page(uow, ("delivered", "closed"), None, PAGE)),
        (archive.busy, 20, lambda uow: submissions.list_page(uow, (), None, PAGE)),
        (archive.keeper, PAGE, lambda uow: submissions.list_page(uow, (), None, PAGE)),
        (archive.seldom, 1, lambda uow: items.list_of(uow, archive.old)),
        (archive.seldom, 1, lambda uow: pages.list_of_item(uow, archive.old_item)),
        (archive.seldom, 1, lambda uow: pages.list_of_submission(uow, archive.old)),
        (archive.seldom, 1, lambda uow: papers.list_of(uow, "receipt", archive.old)),
        (archive.keeper, 1, lambda uow: papers.list_of(uow, "receipt", archive.old)),
        (archive.idle, 1, lambda uow: units.list_page(uow, None, PAGE)),
    ]
    for number, (unit_id, shown, read) in enumerate(lists):
        async with archive.uow(unit_id) as uow:
            scans, fetched = await work(uow)
            found = await read(uow)
            after = await work(uow)
        assert len(found) == shown, number
        assert after[0] == scans, f"list {number} reads a whole table"
        # Planning may look at the two ends of an index, a few rows whatever the list.
        assert after[1] - fetched <= 2 * shown + 8, f"list {number} looks at rows of others"


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_a_page_of_submissions_is_found_by_index_whatever_the_planner_knows(archive: Archive, mode: str):
    """As the service's role, under its policies: neither a whole table nor the primary key from its end."""
    latest = f"'{submissions.LATEST}'"
    for unit_id in (archive.idle, archive.seldom, archive.busy, archive.keeper):
        async with archive.uow(unit_id) as uow:
            raw = uow.raw()
            assert await raw.fetchval("select current_user") == "transfer_svc"
            await raw.execute(f"set local plan_cache_mode = {mode}")
            await raw.execute(f"prepare listed (uuid, text[], int, uuid[]) as {submissions.LIST_OF_UNITS}")
            mine = f"array['{to_uuid(unit_id)}']::uuid[]"
            rows = await raw.fetch(f"explain execute listed ({latest}, null, {PAGE}, {mine})")
            await raw.execute("deallocate listed")
        plan = "\n".join(row[0] for row in rows)
        assert "Index Scan Backward using submission_unit" in plan, plan
        assert "Index Scan Backward using submission_custodian" in plan, plan
        for costly in ("Seq Scan", "Bitmap", "submission_pkey"):
            assert costly not in plan, plan


async def test_a_wide_scope_and_a_narrow_one_show_the_same(archive: Archive):
    """Page by page: the newest first, each once, also where one unit in scope sent it and another keeps it."""
    both = frozenset({archive.keeper, archive.seldom, archive.busy})
    pages_of: dict[str, list[str]] = {}
    for scope in (both, "*"):
        found, after = [], None
        for _ in range(3):
            async with archive.deps.unit_of_work(somebody("hr_system"), scope) as uow:
                page = await submissions.list_page(uow, ("delivered",), after, 40)
            found += [row.submission_id for row in page]
            after = found[-1]
        pages_of[str(scope)] = found
    narrow, wide = pages_of.values()
    assert narrow == wide == sorted(set(wide), reverse=True)
    assert len(wide) == 120
