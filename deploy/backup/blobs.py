"""Page files, copied by digest: each once, hashed while it is copied, in its place only when the digest holds."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from typing_extensions import Buffer

from deploy.backup.faults import INVALID, Refused
from deploy.backup.files import sync_folder

COPY_AGAIN = "原系统还在就删除此文件再备份 delete it and back up again if the system lives, else take another backup"
_CHUNK = 1 << 20
_UNIT = re.compile(r"unt_[0-9A-Z]{26}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass
class Copied:
    """What a pass over the page files did. `damaged`: addresses whose bytes are no longer theirs."""

    count: int = 0
    size: int = 0
    fresh: int = 0
    damaged: list[str] = field(default_factory=list)


def path_of(root: Path, unit_id: str, digest: str) -> Path:
    """Where a store keeps a page file (chassis.blobs)."""
    return root / unit_id / digest[:2] / digest


def is_address(unit_id: str, digest: str) -> bool:
    """Whether these name a page file; whatever else lies in a store does not."""
    return bool(_UNIT.fullmatch(unit_id) and _DIGEST.fullmatch(digest))


def damaged(unit_id: str, digest: str) -> Refused:
    """A page file of a backup whose bytes are no longer its own."""
    return Refused(f"页面文件已损坏 blobs/{unit_id}/{digest} has another digest", COPY_AGAIN, INVALID)


def addresses(root: Path) -> Iterator[tuple[str, str]]:
    """Every (unit id, digest) in a store; what else lies there (files on their way in) is passed over."""
    for path in sorted(root.glob("unt_*/??")):
        for found in sorted(path.iterdir()):
            if _DIGEST.fullmatch(found.name):
                yield path.parent.name, found.name


def copy_all(source: Path, target: Path, listing: Path, progress: Callable[[Copied], None]) -> Copied:
    """Copy what `target` lacks, and list all that is there afterwards: `unit/digest size`, a line each.

    A file that has its name and its size in the target was put there whole by an earlier pass.
    """
    copied = Copied()
    with listing.open("x", encoding="ascii") as lines:
        for unit_id, digest in addresses(source):
            there = path_of(target, unit_id, digest)
            size = path_of(source, unit_id, digest).stat().st_size
            if not (there.exists() and there.stat().st_size == size):
                if not copy_one(path_of(source, unit_id, digest), there, digest, target):
                    copied.damaged.append(f"{unit_id}/{digest}")
                    continue
                copied.fresh += 1
            copied.count += 1
            copied.size += size
            lines.write(f"{unit_id}/{digest} {size}\n")
            progress(copied)
        lines.flush()
        os.fsync(lines.fileno())
    return copied


def listed(listing: Path) -> Iterator[tuple[str, str, int]]:
    """Unit id, digest and size of each line; ValueError for a line of another form."""
    with listing.open(encoding="ascii") as lines:
        for line in lines:
            address, size = line.split()
            unit_id, digest = address.split("/")
            if not is_address(unit_id, digest):
                raise ValueError("not an address of a page file")
            yield unit_id, digest, int(size)


def copy_one(source: Path, target: Path, digest: str, spool: Path) -> bool:
    """Copy one file over a temporary name in `spool`; False, and nothing copied, when its digest is another."""
    with source.open("rb") as file:
        return keep_one(iter(partial(file.read, _CHUNK), b""), target, digest, spool)


def keep_one(chunks: Iterable[Buffer], target: Path, digest: str, spool: Path) -> bool:
    """The same, of bytes that come from elsewhere."""
    handle, name = tempfile.mkstemp(dir=spool, prefix=".part-")
    part, actual = Path(name), hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in chunks:
                actual.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if actual.hexdigest() != digest:
            return False
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.rename(target)
        for folder in list(target.parents)[:3]:  # digits, unit, store
            sync_folder(folder)
        return True
    finally:
        part.unlink(missing_ok=True)
