"""What the service's own login may do: row-level security and grants, by SQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest

from chassis.settings import Settings
from contracts.values.ids import new_id, to_uuid
from services.access.store.tables import SQLModel
from services.access.usecases.view_page import Admitted, view_page
from tests.services.access.office import Case, Office, account_of

TABLES = sorted(table.name for table in SQLModel.metadata.tables.values() if table.schema == "access")
OF_NO_UNIT = "heard_account"


@pytest.fixture
async def own(settings_for: Callable[..., Settings]) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A connection with the service's own login."""
    connection = await asyncpg.connect(settings_for("access").database_url)
    yield connection
    await connection.close()


async def a_page_was_seen(office: Office, case: Case) -> None:
    """Every table has a row of the case's units."""

    async def drawn(_: Admitted) -> bytes:
        return b"drawn"

    filed = await office.filed(case.subject)
    await office.hear(account_of(case.first, case.viewers[0]))
    grant = await office.granted(case)
    await view_page(
        grant.id,
        filed.pages[0].page_id,
        begin=lambda: office.acting(case.first, "grant:view"),
        policy=office.deps.rules,
        draw=drawn,
    )


async def counts(own: asyncpg.Connection[Any], unit_id: str | None, actor: str = "user") -> dict[str, int]:
    """How many rows of each table are seen with this unit and actor set."""
    async with own.transaction():
        if unit_id:
            await own.execute("select set_config('app.units', $1, true)", f"{{{to_uuid(unit_id)}}}")
        await own.execute("select set_config('app.actor', $1, true)", actor)
        return {table: await own.fetchval(f"select count(*) from {table}") for table in TABLES}


async def test_without_a_unit_no_row_is_seen_and_with_one_only_its_own(
    office: Office, case: Case, own: asyncpg.Connection[Any]
):
    """The asking unit and the unit that keeps the dossier see a request with all that belongs to it."""
    await a_page_was_seen(office, case)
    for nobody in (None, new_id("unt")):
        assert set((await counts(own, nobody)).values()) == {0}
    shared = {"view_request": 1, "request_viewer": 2, "task": 2, "view_grant": 1, "usage_entry": 1}
    for unit_id in (case.unit_id, case.archive_unit_id):
        seen = await counts(own, unit_id)
        assert {table: seen[table] for table in shared} == shared
        assert seen[OF_NO_UNIT] == 0
    assert (await counts(own, case.archive_unit_id))["heard_material"] == 1
    assert (await counts(own, case.unit_id))["heard_material"] == 0
    assert min((await counts(own, None, "service")).values()) > 0


@pytest.mark.parametrize(
    "statement",
    [
        "update access.usage_entry set viewed_at = now()",
        "delete from access.usage_entry",
        "update access.view_request set purpose = 'study'",
        "update access.view_request set chain = '[]'",
        "delete from access.view_request",
        "update access.request_viewer set name = 'x'",
        "delete from access.request_viewer",
        "update access.task set role = 'viewer'",
        "delete from access.task",
        "update access.view_grant set valid_to = 'infinity'",
        "update access.view_grant set scope_kind = 'whole'",
        "delete from access.view_grant",
        "update access.journal set verb = 'x'",
        "select * from catalog.person",
        "select * from audit.outbox",
    ],
)
async def test_what_was_asked_granted_and_seen_is_not_rewritten(own: asyncpg.Connection[Any], statement: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await own.execute(statement)


async def test_a_request_has_one_grant_and_a_page_one_line_whatever_the_code_does(
    office: Office, case: Case, own: asyncpg.Connection[Any]
):
    """The last word against a repeated decision or view is the database's."""
    await a_page_was_seen(office, case)
    for table, key in (("view_grant", "id"), ("usage_entry", "id"), ("task", "id")):
        columns = ", ".join(
            row["column_name"]
            for row in await office.admin.fetch(
                "select column_name from information_schema.columns where table_schema = 'access'"
                " and table_name = $1 and column_name <> $2",
                table,
                key,
            )
        )
        with pytest.raises(asyncpg.UniqueViolationError):
            await office.admin.execute(
                f"insert into access.{table} (id, {columns}) select gen_random_uuid(), {columns} from access.{table}"
                " where unit_id = $1",
                to_uuid(case.unit_id),
            )
