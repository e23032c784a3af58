"""What a database holds, counted: rows of each table, and the head of each service's journal."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Any

import asyncpg

from contracts.values.ids import from_uuid
from deploy.embedded.layout import SERVICES

_FETCH = 10_000
_TABLES = """
select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any($1) and c.relkind in ('r', 'p') and not c.relispartition order by 1, 2
"""


@dataclass(frozen=True)
class Head:
    """A journal in two figures: how many rows, and SHA-256 over their commitments in id order (hexadecimal)."""

    rows: int
    sha256: str


@dataclass(frozen=True)
class Census:
    """One state of the database: schema → table → rows; service → head; schema → newest migration."""

    rows: dict[str, dict[str, int]]
    journal: dict[str, Head]
    migrations: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)

    @classmethod
    def read(cls, told: dict[str, Any]) -> Census:
        """From a manifest."""
        heads = {service: Head(**head) for service, head in told["journal"].items()}
        return cls(told["rows"], heads, told["migrations"])


async def take_census(database: asyncpg.Connection) -> Census:
    """Count everything. The caller holds a repeatable-read transaction, so that all figures are of one moment."""
    rows: dict[str, dict[str, int]] = {schema: {} for schema in SERVICES}
    for table in await database.fetch(_TABLES, list(SERVICES)):
        count = await database.fetchval(f'select count(*) from "{table["schema"]}"."{table["name"]}"')  # noqa: S608
        rows[table["schema"]][table["name"]] = count or 0
    journal = {service: await _head(database, service) for service in SERVICES}
    migrations = {
        schema: str(await database.fetchval(f"select version_num from {schema}.alembic_version"))  # noqa: S608
        for schema in SERVICES
    }
    return Census(rows, journal, migrations)


async def _head(database: asyncpg.Connection, service: str) -> Head:
    count, digest = 0, hashlib.sha256()
    query = f"select commitment from {service}.journal order by id"  # noqa: S608
    async for row in database.cursor(query, prefetch=_FETCH):
        count += 1
        digest.update(row["commitment"])
    return Head(count, digest.hexdigest())


async def blobs_in_use(database: asyncpg.Connection) -> AsyncIterator[tuple[str, str]]:
    """(unit id, digest) of every page file that some service uses, each once."""
    query = " union ".join(
        f"select unit_id, digest from {service}.blob_ref where until is null"  # noqa: S608
        for service in SERVICES
    )
    async for row in database.cursor(query, prefetch=_FETCH):
        yield from_uuid("unt", row["unit_id"]), row["digest"]
