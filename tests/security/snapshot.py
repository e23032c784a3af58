"""Everything that the databases hold, as digests: what is refused must leave it as it was."""

from __future__ import annotations

import asyncio

import asyncpg

from contracts.events import HEARS
from deploy.embedded.layout import SERVICES

Snapshot = dict[str, tuple[int, int]]

_TABLES = """
select n.nspname || '.' || c.relname as name, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any($1::text[]) and c.relkind in ('r', 'p') and not c.relispartition
  and c.relname not in ('inbox', 'alembic_version', 'page_to_measure', 'page_margin') order by 1
"""


async def snapshot(admin: asyncpg.Connection) -> Snapshot:
    """Rows and digest of each table in the schemas of all services.

    Left out is what the house does by itself meanwhile: inbox rows, when an outbox row was
    published, and the margins that it measures.
    """
    tables = await admin.fetch(_TABLES, list(SERVICES))
    parts = [
        f"select '{row['name']}' as name, count(*) as rows,"
        f" coalesce(sum(hashtextextended({'t.event_id' if row['relname'] == 'outbox' else 't'}::text, 0)), 0) as digest"
        f" from {row['name']} t"
        for row in tables
    ]
    found = await admin.fetch(" union all ".join(parts))
    return {row["name"]: (row["rows"], int(row["digest"])) for row in found}


async def until_quiet(admin: asyncpg.Connection) -> None:
    """Wait until every event was published and taken in by whoever hears it, and every dossier was looked through."""
    pending = _pending()
    async with asyncio.timeout(60):
        while await admin.fetchval(pending):
            await asyncio.sleep(0.05)


def _pending() -> str:
    """How many events still have a way to go, and how many dossiers wait for their review."""
    parts = [f"(select count(*) from {schema}.outbox where published_at is null)" for schema in SERVICES]
    parts += [f"(select count(*) from catalog.{table})" for table in ("dossier_to_review", "unit_to_tally")]
    for listener, heard in HEARS.items():
        for model in heard:
            parts.append(
                f"(select count(*) from {model.owner}.outbox o where o.subject = '{model.broker_subject()}'"
                f" and not exists (select from {listener}.inbox i where i.event_id = o.event_id"
                " and i.handled_at is not null)"
                f" and not exists (select from {listener}.dead_letter d where d.event_id = o.event_id))"
            )
    return "select " + " + ".join(parts)
