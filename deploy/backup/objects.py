"""Page files in an object store: copied out by digest into the backup, and back into a store by a restore."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
from collections.abc import AsyncIterator, Callable, Generator, Iterable
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from deploy.backup import blobs
from deploy.backup.blobs import Copied
from deploy.backup.faults import TRY_LATER, Refused

_AT_ONCE = 16
"""Objects on their way at a time: a store answers slowly, and many at once."""
_CHUNK = 1 << 20

Address = tuple[str, str, int]
"""Unit id, digest, bytes."""


def is_object_store(url: str) -> bool:
    """Whether the services keep page files in an object store (`s3://bucket/prefix`)."""
    return urlsplit(url).scheme == "s3"


class ObjectStore:
    """`<prefix>/<unit>/<digest>` in a bucket (chassis.blobs); obstore reads the credentials from the environment."""

    def __init__(self, url: str) -> None:
        from obstore.store import S3Store  # heavy, and only such a deployment needs it

        parts = urlsplit(url)
        self._url = url
        self._store = S3Store(parts.netloc, prefix=parts.path.strip("/") or None)

    async def sizes(self) -> AsyncIterator[Address]:
        """Every page file in the store; what else lies there is passed over."""
        listing: Any = cast("Any", self._store).list()
        with self._told():
            async for batch in listing:
                for entry in batch:
                    unit_id, _, digest = entry["path"].partition("/")
                    if blobs.is_address(unit_id, digest):
                        yield unit_id, digest, entry["size"]

    async def copy_all(self, target: Path, listing: Path, progress: Callable[[Copied], None]) -> Copied:
        """As `blobs.copy_all`, from the store."""
        copied = Copied()
        with listing.open("x", encoding="ascii") as lines:
            async for some in _batches(self.sizes()):
                sound = await asyncio.gather(*(self._copy_out(target, copied, *address) for address in some))
                for (unit_id, digest, size), whole in zip(some, sound, strict=True):
                    if whole:
                        copied.count += 1
                        copied.size += size
                        lines.write(f"{unit_id}/{digest} {size}\n")
                    else:
                        copied.damaged.append(f"{unit_id}/{digest}")
                progress(copied)
            lines.flush()
            os.fsync(lines.fileno())
        return copied

    async def _copy_out(self, target: Path, copied: Copied, unit_id: str, digest: str, size: int) -> bool:
        there = blobs.path_of(target, unit_id, digest)
        if await asyncio.to_thread(_is_whole, there, size):
            return True
        whole = await asyncio.to_thread(self._fetch, there, target, unit_id, digest)
        copied.fresh += whole
        return whole

    def _fetch(self, there: Path, spool: Path, unit_id: str, digest: str) -> bool:
        import obstore

        with self._told():
            chunks = obstore.get(self._store, f"{unit_id}/{digest}").stream(min_chunk_size=_CHUNK)
            return blobs.keep_one(chunks, there, digest, spool)

    async def put_all(self, files: Iterable[tuple[Path, Address]]) -> int:
        """Bring page files back, each only if its bytes have their digest; how many of them the store has now, whole.

        What is in the store stays: an object is never replaced. Refused names a file of the backup that is damaged.
        """
        wanted: dict[tuple[str, str], int] = {}
        some: list[tuple[Path, Address]] = []
        for path, address in files:
            wanted[address[:2]] = address[2]
            some.append((path, address))
            if len(some) == _AT_ONCE:
                await asyncio.gather(*(self._put(*one) for one in some))
                some = []
        await asyncio.gather(*(self._put(*one) for one in some))
        return sum([wanted.get((unit_id, digest)) == size async for unit_id, digest, size in self.sizes()])

    async def _put(self, path: Path, address: Address) -> None:
        import obstore
        from obstore.exceptions import AlreadyExistsError

        unit_id, digest, _ = address
        content = await asyncio.to_thread(path.read_bytes)
        if hashlib.sha256(content).hexdigest() != digest:
            raise blobs.damaged(unit_id, digest)
        with self._told(), contextlib.suppress(AlreadyExistsError):
            await obstore.put_async(self._store, f"{unit_id}/{digest}", content, mode="create", use_multipart=False)

    @contextlib.contextmanager
    def _told(self) -> Generator[None, None, None]:
        """What the store refuses, as one line."""
        from obstore.exceptions import AlreadyExistsError, BaseError

        try:
            yield
        except AlreadyExistsError:
            raise
        except BaseError as fault:
            raise Refused(
                f"对象存储不可用 the object store {self._url} does not answer as it should: {type(fault).__name__}",
                "请检查 AWS_… 设置和网络 correct the AWS_… settings or the network, then run the command again",
                TRY_LATER,
            ) from fault


def _is_whole(path: Path, size: int) -> bool:
    return path.exists() and path.stat().st_size == size


async def _batches(addresses: AsyncIterator[Address]) -> AsyncIterator[list[Address]]:
    some: list[Address] = []
    async for address in addresses:
        some.append(address)
        if len(some) == _AT_ONCE:
            yield some
            some = []
    if some:
        yield some
