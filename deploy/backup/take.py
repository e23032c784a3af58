"""`dangan backup`: database first, then keys, then page files, and the manifest last."""

from __future__ import annotations

import asyncio
import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg

from deploy.backup import blobs
from deploy.backup.database import WAL, copy_database, system_of
from deploy.backup.engine import engine_of
from deploy.backup.faults import INVALID, Refused, told_in_one_line
from deploy.backup.files import FileMark, mark_of, sync_folder, write_whole
from deploy.backup.last import LastBackup, remember
from deploy.backup.manifest import NAME, BlobMarks, Manifest, read_manifest
from deploy.backup.objects import ObjectStore, is_object_store
from deploy.backup.place import Place, check_apart, held
from deploy.backup.sealed import check_passphrase, seal
from deploy.embedded.layout import Layout

SEALED, LISTING = "secrets.sealed", "blobs.list"
_DATABASE = ("base.tar.gz", "pg_wal.tar.gz", "backup_manifest")
_TELL_EVERY = 5.0  # seconds


@dataclass(frozen=True)
class Order:
    """What to back up, where to, and under which passphrase."""

    layout: Layout
    directory: Path
    passphrase: str = field(repr=False)
    say: Callable[[str], None]
    deployment: str = "local"
    blobs_url: str = ""
    """As the services are told; empty: the data directory's own."""


@dataclass(frozen=True)
class Taken:
    """A finished backup. `missing` and `damaged` name page files that the system itself no longer has whole."""

    manifest: Manifest
    fresh: int
    missing: list[str]
    damaged: list[str]


async def take(order: Order) -> Taken:
    """Back up; Refused leaves the earlier backup in the directory as it was."""
    check_passphrase(order.passphrase)
    check_apart(order.directory, order.layout)
    with told_in_one_line(order.directory), held(order.directory) as place:
        kept = _kept(place)
        try:
            taken = await _run(order, place, kept)
        except BaseException:
            if place.runs.is_dir():
                place.forget_all_but(kept)
            raise
        place.forget_all_but(taken.manifest.run)
    with told_in_one_line(order.layout.root):
        remember(order.layout, LastBackup(taken.manifest.taken_at, str(order.directory)))
    return taken


def _kept(place: Place) -> str | None:
    """The run of the finished backup that is there; it goes only when another has been finished."""
    if not (place.root / NAME).exists():
        return None
    try:
        return read_manifest(place.root).run
    except Refused as fault:
        if fault.code != INVALID:  # of a later release, say
            raise
        return None  # nothing can be restored from it any more


async def _copy_blobs(order: Order, place: Place, listing: Path) -> blobs.Copied:
    """From where the services keep page files: the data directory's own folder, another one, or an object store."""
    progress = _Progress(order.say)
    if is_object_store(order.blobs_url):
        return await ObjectStore(order.blobs_url).copy_all(place.blobs, listing, progress)
    source = Path(unquote(urlsplit(order.blobs_url).path)) if order.blobs_url else order.layout.blobs
    return await asyncio.to_thread(blobs.copy_all, source, place.blobs, listing, progress)


async def _run(order: Order, place: Place, kept: str | None) -> Taken:
    order.say("数据库 database: base backup and log")
    try:
        async with engine_of(order.layout) as engine:
            system, postgres = await system_of(engine)
            place.claim(system)
            run = place.begin(kept)
            log = order.layout.logs / "backup.log"
            moment = await copy_database(engine, run, log, f"dangan-{run.name.lower()}")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError) as fault:
        raise Refused(
            f"备份时数据库断开 the database went away: {type(fault).__name__}", "重新运行 run the command again"
        ) from fault
    # After the database: a key or a page file that a row of it needs was there before the row.
    sealed, manifest_key = await asyncio.to_thread(seal, _secrets(order.layout), order.passphrase)
    write_whole(run / SEALED, sealed)
    order.say("页面文件 page files")
    copied = await _copy_blobs(order, place, run / LISTING)
    missing = _missing(run / "in-use", place.blobs)
    manifest = Manifest(
        run=run.name,
        taken_at=moment.taken_at,
        release=version("dangan"),
        deployment=order.deployment,
        system=system,
        postgres=postgres,
        machine=platform.machine(),
        restore_point=moment.restore_point,
        census=moment.census,
        files=await asyncio.to_thread(_marks, run),
        blobs=BlobMarks(copied.count, copied.size, len(missing)),
    )
    for folder in (run / WAL, run, place.runs, place.root):
        sync_folder(folder)
    manifest.write(place.root, manifest_key)
    return Taken(manifest, copied.fresh, missing, copied.damaged)


def _secrets(layout: Layout) -> dict[str, str]:
    """Keys, the engines' passwords, and the note of a loaded sample: path in the data directory → text."""
    files = [*sorted(layout.keys.rglob("*.json")), layout.root / "passwords.json", layout.root / "sample.json"]
    return {str(file.relative_to(layout.root)): file.read_text(encoding="utf-8") for file in files if file.exists()}


def _missing(in_use: Path, store: Path) -> list[str]:
    """Page files that a service uses and that are not in the backup; the list of those in use goes."""
    with in_use.open(encoding="ascii") as lines:
        used = [line.split() for line in lines]
    in_use.unlink()
    return [f"{unit_id}/{digest}" for unit_id, digest in used if not blobs.path_of(store, unit_id, digest).exists()]


def _marks(run: Path) -> dict[str, FileMark]:
    names = [*_DATABASE, *(f"{WAL}/{file.name}" for file in sorted((run / WAL).iterdir())), SEALED, LISTING]
    return {f"runs/{run.name}/{name}": mark_of(run / name) for name in names}


class _Progress:
    """A line now and then."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._next = time.monotonic() + _TELL_EVERY

    def __call__(self, copied: blobs.Copied) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _TELL_EVERY
            self._say(f"  {copied.count} 个 files, {copied.size >> 20} MiB, {copied.fresh} 新 new")
