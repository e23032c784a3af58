"""`dangan restore`: a backup into an empty data directory, built beside it and put in place when all is compared."""

from __future__ import annotations

import asyncio
import gzip
import os
import shutil
import tarfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

import asyncpg

from deploy.backup import blobs
from deploy.backup.census import blobs_in_use, take_census
from deploy.backup.compare import Compared, compared
from deploy.backup.database import WAL, connected
from deploy.backup.engine import Engine, run_program
from deploy.backup.faults import CONFLICT, INVALID, NO_ROOM, Refused, no_room, told_in_one_line
from deploy.backup.files import mark_of
from deploy.backup.last import LastBackup, remember
from deploy.backup.manifest import Manifest, read_manifest
from deploy.backup.objects import ObjectStore, is_object_store
from deploy.backup.releases import check_release
from deploy.backup.sealed import Opened, unseal
from deploy.backup.take import LISTING, SEALED
from deploy.embedded import engines, ports
from deploy.embedded.broker import KEPT
from deploy.embedded.faults import CannotStart
from deploy.embedded.layout import SERVICES, Layout, passwords
from deploy.embedded.postgres import Postgres
from deploy.embedded.reach import give_to
from deploy.embedded.run_state import hold_lock

_RECOVERY_PATIENCE = 3600.0  # seconds; the log of a long backup is played in one go
_TAKE_ANOTHER = "请用另一份备份 take another backup"


@dataclass(frozen=True)
class Order:
    """What to restore, and where to."""

    directory: Path
    layout: Layout
    passphrase: str = field(repr=False)
    say: Callable[[str], None]
    blobs_url: str = ""
    """Where the services will look for page files; empty: in the data directory."""


@dataclass(frozen=True)
class Restored:
    """What stands in the data directory now."""

    manifest: Manifest
    lines: list[Compared]


def check_empty(layout: Layout) -> None:
    """Refuse a data directory in which there is anything."""
    if layout.root.exists() and (not layout.root.is_dir() or any(layout.root.iterdir())):
        raise Refused(
            f"{layout.root} 不是空的 is not empty: a restore never overwrites",
            "用 --data 指定空目录 name an empty one with --data, or move that one away",
            CONFLICT,
        )


async def restore(order: Order) -> Restored:
    """Restore; Refused leaves the data directory as it was: empty, or not there."""
    check_empty(order.layout)
    manifest, opened = await check(order)
    with told_in_one_line(order.layout.root.parent):
        async with _beside(order.layout) as building:
            lines = await _build(order, building, manifest, opened)
            if not all(line.same for line in lines):
                different = ", ".join(line.what for line in lines if not line.same)
                raise Refused(f"恢复后不一致 restored, but not the same: {different}", _TAKE_ANOTHER, INVALID)
            os.sync()  # everything that was built, before its name
            building.root.rename(order.layout.root)
            os.sync()
    return Restored(manifest, lines)


async def check(order: Order) -> tuple[Manifest, Opened]:
    """The manifest and the opened keys of a backup that this release can restore, all but its page files read."""
    manifest = read_manifest(order.directory)
    check_release(manifest)
    with told_in_one_line(order.directory):
        order.say("核对备份文件 checking the files of the backup")
        await asyncio.to_thread(manifest.check_files, order.directory)
        sealed = order.directory / "runs" / manifest.run / SEALED
        opened = await asyncio.to_thread(unseal, sealed.read_bytes(), order.passphrase)
        manifest.check_seal(order.directory, opened.manifest_key)
    return manifest, opened


async def check_all(order: Order) -> Manifest:
    """What a restore would refuse, page files included, without restoring anything."""
    manifest, _ = await check(order)
    order.say("页面文件 page files")
    listing = order.directory / "runs" / manifest.run / LISTING
    with told_in_one_line(order.directory):
        await asyncio.to_thread(_check_blobs, order.directory / "blobs", listing)
    return manifest


@asynccontextmanager
async def _beside(layout: Layout) -> AsyncIterator[Layout]:
    """A directory beside the one that is to be, held by this run; it goes unless it was given its name."""
    building = Layout(layout.root.with_name(f".{layout.root.name}.restoring"), layout.uid)
    building.make()
    try:
        lock = hold_lock(building)
    except CannotStart as fault:
        raise Refused(
            f"已有恢复在运行 a restore into {layout.root} is running", "请等它结束 wait until it has finished", CONFLICT
        ) from fault
    with lock:
        for left in building.root.iterdir():  # by a restore that was killed
            if left == building.lock:
                continue
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        building.make()
        try:
            yield building
        finally:
            shutil.rmtree(building.root, ignore_errors=True)


async def _build(order: Order, building: Layout, manifest: Manifest, opened: Opened) -> list[Compared]:
    run = order.directory / "runs" / manifest.run
    _put_secrets(building, opened.files)
    order.say("数据库 database: unpacking and recovering")
    await asyncio.to_thread(_unpack, run, building)
    lines = await _recover(order, building, manifest, run)
    order.say("页面文件 page files")
    kept, listing = order.directory / "blobs", run / LISTING
    if is_object_store(order.blobs_url):
        files = ((_sized(kept, *one), one) for one in blobs.listed(listing))
        count, store = await ObjectStore(order.blobs_url).put_all(files), kept
    else:
        store = Path(unquote(urlsplit(order.blobs_url).path)) if order.blobs_url else building.blobs
        count = await asyncio.to_thread(_put_blobs, kept, store, building.uid, listing)
    lines.append(Compared("页面文件 page files", str(manifest.blobs.count), str(count)))
    missing = sum(not blobs.path_of(store, *used).exists() for used in await _used(building))
    lines.append(Compared("缺失页面 page files missing", str(manifest.blobs.missing), str(missing)))
    remember(building, LastBackup(manifest.taken_at, str(order.directory)))
    return lines


def _put_secrets(building: Layout, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = building.root / name
        if ".." in PurePosixPath(name).parts or PurePosixPath(name).is_absolute():
            raise Refused(f"密钥文件含有外部路径 the sealed keys name a path outside: {name!r}", _TAKE_ANOTHER, INVALID)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(text, encoding="utf-8")
    for path in (building.keys, *building.keys.rglob("*")):
        give_to(path, building.uid)


def _unpack(run: Path, building: Layout) -> None:
    """Base backup, its log, and the log up to the restore point, owned by who runs PostgreSQL."""
    _unpack_tar(run / "base.tar.gz", building.postgres)
    _unpack_tar(run / "pg_wal.tar.gz", building.postgres / "pg_wal")
    for file in sorted((run / WAL).iterdir()):
        with gzip.open(file, "rb") as packed, (building.postgres / "pg_wal" / file.stem).open("wb") as segment:
            shutil.copyfileobj(packed, segment)
    shutil.copyfile(run / "backup_manifest", building.postgres / "backup_manifest")
    (building.postgres / "recovery.signal").touch()
    for path in (building.postgres, *building.postgres.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        give_to(path, building.uid)


def _unpack_tar(file: Path, target: Path) -> None:
    """Plain files and folders only, and none outside `target`: nothing else is in a base backup of ours."""
    target.mkdir(mode=0o700, exist_ok=True)
    # Not "r|gz": pg_basebackup writes the log as several gzip members, of which tarfile would read one.
    with gzip.open(file, "rb") as packed, tarfile.open(fileobj=packed, mode="r|") as archive:
        for member in archive:
            path = PurePosixPath(member.name)
            if path.is_absolute() or ".." in path.parts or not (member.isfile() or member.isdir()):
                raise Refused(f"{file.name} 含有意外的内容 holds {member.name!r}", _TAKE_ANOTHER, INVALID)
            if member.isdir():
                (target / path).mkdir(mode=0o700, parents=True, exist_ok=True)
                continue
            content = archive.extractfile(member)
            assert content is not None, "a plain file has a content"  # noqa: S101
            with (target / path).open("wb") as out:
                shutil.copyfileobj(content, out, 1 << 20)


@asynccontextmanager
async def _engine(building: Layout, settings: dict[str, str]) -> AsyncIterator[Engine]:
    server = Postgres(
        engines.postgres_bin(building.uid),
        building.postgres,
        ports.free_port(),
        building.logs / "restore.log",
        building.uid,
        settings=settings,
        patience=_RECOVERY_PATIENCE,
    )
    try:
        await server.start()
        yield Engine(server, passwords(building))
    except CannotStart as fault:
        if NO_ROOM in fault.what:
            raise no_room(building.root.parent) from fault
        raise Refused(fault.what, "请用另一份备份 take another backup, or free disk space", INVALID) from fault
    finally:
        await asyncio.to_thread(server.stop)


async def _recover(order: Order, building: Layout, manifest: Manifest, run: Path) -> list[Compared]:
    """Start PostgreSQL once, up to the restore point, and count; then have it told again what may not have arrived."""
    check = Engine(Postgres(engines.postgres_bin(building.uid), building.postgres, 0, run, None), passwords(building))
    arguments = ("--no-parse-wal", "--quiet", building.postgres)
    if fault := await run_program(check, "pg_verifybackup", arguments, building.logs / "restore.log"):
        raise Refused(f"数据库文件不一致 pg_verifybackup: {fault}", _TAKE_ANOTHER, INVALID)
    (building.postgres / "backup_manifest").unlink()
    recovery = {
        "restore_command": "/bin/false",  # all of the log lies in pg_wal
        "recovery_target_name": manifest.restore_point,
        "recovery_target_action": "promote",
        "hot_standby": "off",  # so that nobody can connect, and count, before all of it is there
    }
    async with _engine(building, recovery) as engine, connected(engine) as database:
        async with database.transaction(isolation="repeatable_read", readonly=True):
            lines = compared(manifest.census, await take_census(database))
            with (building.logs / "in-use").open("w", encoding="ascii") as used:
                async for unit_id, digest in blobs_in_use(database):
                    used.write(f"{unit_id} {digest}\n")
        await tell_again(database, manifest.taken_at)
    return lines


async def tell_again(database: asyncpg.Connection, taken_at: str) -> None:
    """Mark the events of the last 14 days of the backup as unpublished.

    The broker's files are not in a backup. What it had been given, and a listener had not yet heard, would be lost:
    the steward fills a new broker with the last 14 days as well, but counted from today. Every inbox knows what
    it has heard, so nobody acts twice.
    """
    for service in SERVICES:
        await database.execute(
            f"update {service}.outbox set published_at = null where published_at is not null"  # noqa: S608
            f" and event_id >= {service}.uuid_at($1::text::timestamptz - $2::interval)",
            taken_at,
            KEPT,
        )


async def _used(building: Layout) -> list[tuple[str, str]]:
    listing = building.logs / "in-use"
    used = [line.split() for line in listing.read_text(encoding="ascii").splitlines()]
    listing.unlink()
    return [(unit_id, digest) for unit_id, digest in used]


def _put_blobs(store: Path, target: Path, uid: int | None, listing: Path) -> int:
    """Copy each page file that the backup lists, and compare its digest while doing so; how many there are."""
    count = 0
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for unit_id, digest, size in blobs.listed(listing):
        place = blobs.path_of(target, unit_id, digest)
        if not blobs.copy_one(_sized(store, unit_id, digest, size), place, digest, target):
            raise blobs.damaged(unit_id, digest)
        count += 1
    for path in (target, *target.rglob("*")):
        give_to(path, uid)
    return count


def _check_blobs(store: Path, listing: Path) -> None:
    for unit_id, digest, size in blobs.listed(listing):
        if mark_of(_sized(store, unit_id, digest, size)).sha256 != digest:
            raise blobs.damaged(unit_id, digest)


def _sized(store: Path, unit_id: str, digest: str, size: int) -> Path:
    """The page file, if it is there in its whole length."""
    path = blobs.path_of(store, unit_id, digest)
    if not path.exists() or path.stat().st_size != size:
        raise Refused(f"页面文件缺失或不完整 blobs/{unit_id}/{digest} is missing or cut off", blobs.COPY_AGAIN, INVALID)
    return path
