"""One situation, prepared by the product's own use cases, and as many copies of it as are wanted.

To prepare ten thousand situations by use cases would take an hour. What one of them left in the tables is read as
JSON, every id in it is replaced by a fresh one, in both spellings, and the rows are put back in bulk. A copy is a unit
of its own with its own persons, so that no two pairs meet.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import asyncpg
from uuid_utils.compat import uuid7

from contracts.values.ids import from_uuid, to_uuid

Ids = Mapping[str, str]
"""Ids of a situation and the version that was seen, by the names that its rule gives them."""

# What was told and noted on the way there is no part of a situation.
_TABLES = """
select c.relname as name,
  (select string_agg(quote_ident(a.attname), ',' order by a.attnum) from pg_attribute a
   where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
from pg_class c where c.relnamespace = 'audit'::regnamespace and c.relkind = 'r'
  and c.relname !~ '^(outbox|inbox|journal|alembic|broker|dead_letter|clock|counter|idempotency)' order by c.relname
"""
_ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[a-z]{3,4}_[0-7][0-9A-HJKMNP-TV-Z]{25}\b")

Rows = dict[str, list[str]]
"""Rows as JSON, by table."""


@dataclass(frozen=True)
class Situation:
    """Rows that stand when two people are about to act, and the ids by which a rule knows them."""

    ids: Ids
    rows: Mapping[str, Sequence[str]]

    def copied(self) -> tuple[Ids, Rows]:
        """The same under fresh ids; they sort as the first ones did."""
        found = {_key(text) for rows in self.rows.values() for row in rows for text in _ID.findall(row)}
        found |= {_key(text) for text in self.ids.values() if _ID.fullmatch(text)}
        fresh = dict(zip(sorted(found), (uuid7() for _ in found), strict=True))
        rows = {
            table: [_ID.sub(lambda m: _again(m[0], fresh), row) for row in rows] for table, rows in self.rows.items()
        }
        ids = {name: _again(text, fresh) if _ID.fullmatch(text) else text for name, text in self.ids.items()}
        return ids, rows


def _key(text: str) -> uuid.UUID:
    return to_uuid(text) if "_" in text else uuid.UUID(text)


def _again(text: str, fresh: Mapping[uuid.UUID, uuid.UUID]) -> str:
    key = fresh[_key(text)]
    return from_uuid(text.partition("_")[0], key) if "_" in text else str(key)


async def rows_of(admin: asyncpg.Connection) -> Rows:
    """Every row of the service that belongs to a situation."""
    found: Rows = {}
    for table in await admin.fetch(_TABLES):
        told = await admin.fetch(f'select row_to_json(t)::text as row from audit."{table["name"]}" t')
        found[table["name"]] = [one["row"] for one in told]
    return found


def without(after: Rows, before: Rows) -> Rows:
    """The rows that are new."""
    known = {table: set(rows) for table, rows in before.items()}
    return {table: new for table, rows in after.items() if (new := [row for row in rows if row not in known[table]])}


async def put(admin: asyncpg.Connection, many: Sequence[Rows]) -> None:
    """Write copies, all or none. Their foreign keys lead where those of the first one led, so no order is needed."""
    columns = {one["name"]: one["columns"] for one in await admin.fetch(_TABLES)}
    async with admin.transaction():
        await admin.execute("set local session_replication_role = replica")
        for table in {name for rows in many for name in rows}:
            told = "[" + ",".join(row for rows in many for row in rows.get(table, ())) + "]"
            await admin.execute(
                f'insert into audit."{table}" ({columns[table]}) select {columns[table]} '
                f'from json_populate_recordset(null::audit."{table}", $1::json)',
                told,
            )
