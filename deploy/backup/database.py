"""The database's part of a backup: a base backup while everything runs, and the log up to one exact moment.

A base backup alone ends somewhere among the transactions that commit meanwhile, and no figure read beside it
could be compared with it. So after it, for a few milliseconds, nothing may write to the tables in which every
change and every event handled leaves a row; within that time a snapshot is taken and a restore point is written
into the log. Rows are counted in the snapshot, the log is kept up to the restore point, and a restore ends there.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from deploy.backup.census import Census, blobs_in_use, take_census
from deploy.backup.engine import Engine, run_program
from deploy.backup.faults import NO_ROOM, TRY_LATER, Refused, no_room
from deploy.embedded.layout import SERVICES

WAL = "wal"
_TRIES, _PAUSE = 120, 0.5  # seconds between two tries: in sum a minute
# Shorter than the services' deadlock_timeout of 1 s: it is always we who give way. Ours is shorter still, because
# only who looks for a deadlock sends an autovacuum away. The tables in the order in which a unit of work takes them:
# an inbox row first, the idempotency row with the effect, journal rows just before the commit.
_GIVE_WAY = "set local lock_timeout = '300ms'; set local deadlock_timeout = '50ms'"
_STILL = ("inbox", "idempotency", "journal")
_SYSTEM = "select system_identifier::text from pg_control_system()"
_HOLD_LOG = "select pg_create_physical_replication_slot($1, true, true)"  # at once, and gone with this session


@dataclass(frozen=True)
class Moment:
    """The state that a backup shows: its restore point, when that was, and what the database held."""

    restore_point: str
    taken_at: str
    log_end: str
    census: Census


@asynccontextmanager
async def connected(engine: Engine) -> AsyncIterator[asyncpg.Connection]:
    """The database as superuser, to whom row-level security hides no row."""
    connection = await asyncpg.connect(engine.url, timeout=10)
    try:
        yield connection
    finally:
        await connection.close(timeout=5)


async def system_of(engine: Engine) -> tuple[str, str]:
    """PostgreSQL's own identifier of this database, which a restored copy keeps; and the server's version."""
    async with connected(engine) as database:
        return str(await database.fetchval(_SYSTEM)), database.get_settings().server_version


async def copy_database(engine: Engine, run: Path, log: Path, restore_point: str) -> Moment:
    """Base backup and log into `run`, and the page files in use into `run/in-use`; a fault leaves no claim."""
    async with connected(engine) as keeper:
        await keeper.execute("set application_name = 'dangan backup'")
        await keeper.fetchval(_HOLD_LOG, restore_point.replace("-", "_"))
        await _base_backup(engine, run, log)
        async with connected(engine) as reader:
            moment = await _moment(keeper, reader, restore_point, run / "in-use")
        await asyncio.to_thread(_copy_log, engine.server.data / "pg_wal", run, await _segments(keeper, run, moment))
    return moment


async def _base_backup(engine: Engine, run: Path, log: Path) -> None:
    fault = await run_program(
        engine,
        "pg_basebackup",
        [
            *("--pgdata", run, "--format=tar", "--compress=client-gzip:level=1", "--wal-method=stream"),
            *("--checkpoint=fast", "--manifest-checksums=SHA256", "--label=dangan", "--no-password"),
        ],
        log,
    )
    if NO_ROOM in fault:
        raise no_room(run.parent.parent)
    if fault:
        raise Refused(f"数据库备份失败 pg_basebackup: {fault}", f"看日志 read {log}, and run the command again")


async def _moment(keeper: asyncpg.Connection, reader: asyncpg.Connection, name: str, in_use: Path) -> Moment:
    for _ in range(_TRIES):
        try:
            log_end, taken_at = await _hold_still(keeper, reader, name)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            await asyncio.sleep(_PAUSE)
            continue
        census = await take_census(reader)
        with in_use.open("x", encoding="ascii") as lines:
            async for unit_id, digest in blobs_in_use(reader):
                lines.write(f"{unit_id} {digest}\n")
        return Moment(name, taken_at, log_end, census)
    raise Refused(
        "系统太忙 some transaction has been writing for a minute, so no exact moment could be had",
        "稍后再试 try again later",
        TRY_LATER,
    )


async def _hold_still(keeper: asyncpg.Connection, reader: asyncpg.Connection, name: str) -> tuple[str, str]:
    """Between two transactions of every service: write the restore point, and give `reader` this very state."""
    tables = ", ".join(f"{service}.{table}" for service in SERVICES for table in _STILL)
    async with keeper.transaction(isolation="repeatable_read"):
        await keeper.execute(_GIVE_WAY)
        await keeper.execute(f"lock table {tables} in share mode")
        snapshot = await keeper.fetchval("select pg_export_snapshot()")
        row = await keeper.fetchrow(
            "select pg_create_restore_point($1)::text as log_end,"
            " to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"+00:00\"') as taken_at",
            name,
        )
        assert row is not None, "a select without a table has one row"  # noqa: S101
        await reader.transaction(isolation="repeatable_read", readonly=True).start()  # ends with the connection
        await reader.execute(f"set transaction snapshot '{snapshot}'")
    # Ends the file of the restore point, and brings it to the disk.
    await keeper.fetchval("select pg_switch_wal()")
    return row["log_end"], row["taken_at"]


async def _segments(keeper: asyncpg.Connection, run: Path, moment: Moment) -> tuple[str, str]:
    """Names of the first and last file of the log that the base backup's own part may lack."""
    ranges = json.loads((run / "backup_manifest").read_text(encoding="utf-8"))["WAL-Ranges"]
    query = "select pg_walfile_name($1::text::pg_lsn)"
    first, last = [await keeper.fetchval(query, end) for end in (ranges[-1]["End-LSN"], moment.log_end)]
    return str(first), str(last)


def _copy_log(log: Path, run: Path, segments: tuple[str, str]) -> None:
    """The files of the log from the end of the base backup to the restore point; the slot has kept them there."""
    folder = run / WAL
    folder.mkdir(mode=0o700)
    for file in sorted(log.iterdir()):
        if len(file.name) == len(segments[0]) and segments[0] <= file.name <= segments[1]:
            with file.open("rb") as segment, gzip.open(folder / f"{file.name}.gz", "wb", compresslevel=1) as packed:
                shutil.copyfileobj(segment, packed)
