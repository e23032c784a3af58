"""The directory that backups of one system go to: whose it is, one run at a time, nothing half done left behind."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.backup.faults import CONFLICT, INVALID, Refused
from deploy.backup.files import write_whole
from deploy.embedded.layout import Layout

MARKER = "dangan-backup.json"
_ANOTHER = "请用空目录，或这个系统的备份目录 name an empty directory, or the one of this system's backups"


@dataclass(frozen=True)
class Place:
    """A backup directory that is held by this run."""

    root: Path

    @property
    def blobs(self) -> Path:
        """Page files by unit and digest, shared by all runs."""
        return self.root / "blobs"

    @property
    def runs(self) -> Path:
        """One folder a run; only the one that the manifest names counts."""
        return self.root / "runs"

    def claim(self, system: str) -> None:
        """Refuse the directory of another system; mark one that is fresh. `system`: PostgreSQL's identifier."""
        marker = self.root / MARKER
        if marker.exists():
            try:
                owner = json.loads(marker.read_text(encoding="utf-8"))["system"]
            except (ValueError, KeyError, TypeError):
                raise Refused(f"{marker} 已损坏 cannot be read", _ANOTHER, INVALID) from None
            if owner != system:
                raise Refused(f"{self.root} 属于另一套系统 holds the backups of another system", _ANOTHER, CONFLICT)
            return
        write_whole(marker, json.dumps({"what": "backups of Dangan", "system": system}, indent=1).encode())

    def begin(self, kept: str | None) -> Path:
        """A fresh folder for a run; what earlier runs left unfinished goes. `kept`: the run of the manifest."""
        for folder in (self.blobs, self.runs):
            folder.mkdir(mode=0o700, exist_ok=True)
        self.forget_all_but(kept)
        run = self.runs / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        run.mkdir(mode=0o700)
        return run

    def forget_all_but(self, kept: str | None) -> None:
        """Delete the runs that no manifest names."""
        for run in self.runs.iterdir():
            if run.name != kept:
                shutil.rmtree(run, ignore_errors=True)
        for part in self.blobs.glob(".part-*"):
            part.unlink(missing_ok=True)


def check_apart(directory: Path, layout: Layout) -> None:
    """Refuse a backup beside or around what it copies: it would copy itself, or be deleted together with it."""
    inside = directory.is_relative_to(layout.root) or layout.root.is_relative_to(directory)
    if inside:
        raise Refused(
            f"{directory} 与数据目录重叠 lies in the data directory {layout.root} or around it",
            "请用别的磁盘上的目录 name a directory elsewhere, best on another disk",
            CONFLICT,
        )


@contextlib.contextmanager
def held(directory: Path) -> Generator[Place, None, None]:
    """The directory, made where it is not there, and held against a second backup until the end of the block."""
    if directory.exists() and not directory.is_dir():
        raise Refused(f"{directory} 不是目录 is no directory", _ANOTHER, CONFLICT)
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    foreign = {path.name for path in directory.iterdir()} - {"lost+found"}  # of a disk that is used for this alone
    if foreign and not (directory / MARKER).exists() and foreign != {"lock"}:
        raise Refused(f"{directory} 不是备份目录 is not empty and holds no backups of ours", _ANOTHER, CONFLICT)
    with (directory / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"已有备份在运行 a backup into {directory} is running",
                "请等它结束 wait until it has finished",
                CONFLICT,
            ) from None
        os.fchmod(lock.fileno(), 0o600)
        yield Place(directory)
