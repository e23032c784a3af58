"""What the database itself does not admit, whatever the code above it does; asserted as the service's own role."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from contracts.values.ids import new_id, to_uuid
from tests.services.transfer.desk import Desk


@pytest.fixture
async def service(desk: Desk) -> AsyncIterator[asyncpg.Connection]:
    """A transaction as `transfer_svc`, acting as the service; rolled back at the end."""
    connection = await asyncpg.connect(desk.deps.settings.database_url)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("select set_config('app.actor', 'service', true)")
    yield connection
    await transaction.rollback()
    await connection.close()


@pytest.mark.parametrize(
    "change",
    [
        "state = 'lost'",
        "state = 'filed'",
        "state = 'returned'",
        "state = 'returned', returned_by = 'audit'",
        "state = 'returned', returned_by = 'somebody', reasons = '{A1}'",
        "state = 'draft'",
        "filed_category = '9-2'",
        "returned_by = 'audit', reasons = '{A1}'",
        "page_count = 0",
        "page_count = -1",
        "declared_page_count = 0",
        "title = ''",
        "title = repeat('长', 201)",
        "material_id = null",
        "position = 0",
    ],
)
async def test_an_item_is_whole_or_not_written(desk: Desk, service: asyncpg.Connection, change: str):
    _, (item,) = await desk.delivered()
    with pytest.raises(asyncpg.CheckViolationError):
        await service.execute(
            f"update submission_item set {change} where item_id = $1",
            to_uuid(item.item_id),
        )


async def test_a_returned_item_stands_in_no_receipt(desk: Desk, service: asyncpg.Connection):
    _, (item,) = await desk.delivered()
    for event in desk.story_of(item, "filed"):
        await desk.hear(event)
    receipt = await service.fetchval("select receipt_id from submission_item where item_id = $1", to_uuid(item.item_id))
    _, (other,) = await desk.delivered()
    for event in desk.story_of(other, "rejected"):
        await desk.hear(event)
    with pytest.raises(asyncpg.CheckViolationError):
        await service.execute(
            "update submission_item set receipt_id = $2 where item_id = $1", to_uuid(other.item_id), receipt
        )


async def test_a_submission_has_one_receipt_and_a_number_is_used_once(desk: Desk, service: asyncpg.Connection):
    submission, (item,) = await desk.delivered()
    other, _ = await desk.delivered()
    for event in desk.story_of(item, "filed"):
        await desk.hear(event)
    copy = """insert into receipt (receipt_id, unit_id, custodian_unit_id, submission_id, year, number, issued_at, jws)
      select uuidv7(), unit_id, custodian_unit_id, {submission}, year, {number}, issued_at, jws
      from receipt where submission_id = $1"""
    for values in ({"submission": "submission_id", "number": "number + 1"}, {"submission": "$2", "number": "number"}):
        arguments = [to_uuid(submission.submission_id)]
        if values["submission"] == "$2":
            arguments.append(to_uuid(other.submission_id))
        with pytest.raises(asyncpg.UniqueViolationError):
            async with service.transaction():
                await service.execute(copy.format(**values), *arguments)


@pytest.mark.parametrize(
    "statement", ["update receipt set number = 9", "delete from receipt", "delete from submission"]
)
async def test_a_paper_and_a_submission_stay(service: asyncpg.Connection, statement: str):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await service.execute(statement)


async def test_without_a_unit_no_row_is_seen(desk: Desk):
    """Every table with a unit: rows are there, and a connection that says nothing sees none of them."""
    _, (item,) = await desk.delivered()
    for event in desk.story_of(item, "filed"):
        await desk.hear(event)
    _, (item,) = await desk.delivered()
    for event in desk.story_of(item, "rejected"):
        await desk.hear(event)
    rows = await desk.admin.fetch(
        """select c.relname, c.relrowsecurity from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'transfer'::regnamespace and c.relkind = 'r' and a.attname = 'unit_id'
          and c.relname not in ('counter', 'blob_ref', 'unit_scope')"""
    )
    tables = {row["relname"]: row["relrowsecurity"] for row in rows}
    assert len(tables) == 10
    assert all(tables.values()), tables
    connection = await asyncpg.connect(desk.deps.settings.database_url)
    for table in set(tables) - {"upload", "upload_page"}:
        assert await desk.admin.fetchval(f"select count(*) from transfer.{table}") > 0
        assert await connection.fetchval(f"select count(*) from {table}") == 0
    await connection.close()


async def test_another_unit_sees_no_row_of_this_one(desk: Desk):
    _, (item,) = await desk.delivered()
    for event in desk.story_of(item, "filed"):
        await desk.hear(event)
    connection = await asyncpg.connect(desk.deps.settings.database_url)
    for unit_id, seen in ((new_id("unt"), 0), (desk.archive.unit_id, 1), (desk.department.unit_id, 1)):
        async with connection.transaction():
            await connection.execute(
                "select set_config('app.units', $1, true), set_config('app.actor', 'user', true)",
                "{" + str(to_uuid(unit_id)) + "}",
            )
            for table in ("submission", "submission_item", "receipt"):
                count = await connection.fetchval(
                    f"select count(*) from {table} where submission_id = $1", to_uuid(item.submission_id)
                )
                assert count == seen, table
    await connection.close()
