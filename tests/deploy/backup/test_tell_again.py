"""What the broker had been given, and nobody had heard yet, is told again, however old the backup is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg

from deploy.backup.restore import tell_again
from tests.support.engine import Engine, create_database, drop_database

NOW = datetime.now(UTC)
TAKEN = NOW - timedelta(days=30)


async def told(database: asyncpg.Connection, days_before: float) -> object:
    """An event that catalog had published so many days before the backup; its id."""
    return await database.fetchval(
        "insert into catalog.outbox (event_id, subject, body, published_at)"
        " values (catalog.uuid_at($1), 'dangan.catalog.material.filed.v1', 'x', $1) returning event_id",
        TAKEN - timedelta(days=days_before),
    )


async def test_fourteen_days_are_counted_from_the_backup_and_not_from_now(engine: Engine):
    """A month-old backup: the steward's own fourteen days from today would reach none of these."""
    target = await create_database(engine, "dangan_tell_again")
    database = await asyncpg.connect(target.admin_url())
    try:
        under_way, a_week, long_ago = [await told(database, days) for days in (0.01, 7, 15)]
        await tell_again(database, TAKEN.isoformat())
        rows = await database.fetch("select event_id from catalog.outbox where published_at is null")
        assert {row["event_id"] for row in rows} == {under_way, a_week}
        assert long_ago not in {row["event_id"] for row in rows}
    finally:
        await database.close()
        await drop_database(target)
