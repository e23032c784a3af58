"""Where blobs lie: `LocalBlobs` in a directory, `S3Blobs` in a bucket; the same promises, one test suite."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from chassis.blobs.incoming import Incoming

_CHUNK = 1 << 18
_SPOOL_SECONDS = 24 * 3600


class StoreAway(ConnectionError):
    """The store cannot be reached now: a passing fault."""


class BlobMissing(Exception):
    """No blob at this address, now."""


@dataclass
class ScrubReport:
    """What a scrub found: how many blobs were read, and the addresses whose bytes are no longer theirs."""

    read: int = 0
    damaged: list[str] = field(default_factory=list[str])


class BlobStore(ABC):
    """Blobs by (unit id, SHA-256). Without a spool nothing is taken in, and nothing is written at all."""

    def __init__(self, spool: Path | None) -> None:
        self._spool = spool
        if spool is not None:
            self._prepare(spool)

    @staticmethod
    def _prepare(spool: Path) -> None:
        spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        if spool.stat().st_uid != os.getuid():
            raise PermissionError(f"{spool} belongs to another user")
        for left in spool.glob("incoming-*"):
            # What a killed process left: no upload lasts that long.
            with contextlib.suppress(FileNotFoundError):
                if left.stat().st_mtime < time.time() - _SPOOL_SECONDS:
                    left.unlink()

    def _open_spool(self) -> Path:
        if self._spool is None:
            raise PermissionError("this store was opened for reading")
        return self._spool

    @asynccontextmanager
    async def receive(self, max_bytes: int) -> AsyncGenerator[Incoming, None]:
        """Take a file in; what is not kept by the end of the block is removed."""
        incoming = await asyncio.to_thread(Incoming, self._open_spool(), max_bytes, self._keep)
        try:
            yield incoming
        finally:
            await asyncio.to_thread(incoming.drop)

    @abstractmethod
    async def put(self, unit_id: str, content: bytes) -> str:
        """Keep what was made here and is in memory as a whole; its digest. It is durable after this."""

    @abstractmethod
    async def _keep(self, incoming: Incoming, unit_id: str) -> None: ...

    @abstractmethod
    def local(self, unit_id: str, digest: str) -> AbstractAsyncContextManager[Path]:
        """`async with store.local(unit, digest) as path`: the blob as a file that workers can read."""

    @abstractmethod
    def stream(self, unit_id: str, digest: str) -> AsyncIterator[bytes]:
        """The bytes in chunks; BlobMissing before the first when it is not there."""

    async def read(self, unit_id: str, digest: str) -> bytes:
        """The whole blob; for page images, whose size is limited."""
        return b"".join([chunk async for chunk in self.stream(unit_id, digest)])

    @abstractmethod
    def addresses(self) -> AsyncIterator[tuple[str, str]]:
        """Every (unit id, digest) in the store."""

    async def scrub(self) -> ScrubReport:
        """Read and hash every blob again, and report those whose bytes no longer have their digest."""
        report = ScrubReport()
        async for unit_id, digest in self.addresses():
            actual = hashlib.sha256()
            async for chunk in self.stream(unit_id, digest):
                actual.update(chunk)
            report.read += 1
            if actual.hexdigest() != digest:
                report.damaged.append(f"{unit_id}/{digest}")
        return report


class LocalBlobs(BlobStore):
    """`<root>/<unit>/<first two digits>/<digest>`, each file written once and never changed."""

    def __init__(self, root: Path, *, read_only: bool = False) -> None:
        super().__init__(None if read_only else root / "incoming")
        self._root = root
        self._lasting: set[Path] = set()

    def _path(self, unit_id: str, digest: str) -> Path:
        return self._root / unit_id / digest[:2] / digest

    async def put(self, unit_id: str, content: bytes) -> str:
        # One visit to a thread: a print is small, and an order makes thousands.
        return await asyncio.to_thread(self._put, unit_id, content)

    def _put(self, unit_id: str, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        with tempfile.NamedTemporaryFile(dir=self._open_spool(), prefix="incoming-") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            self._place(Path(file.name), unit_id, digest)
        return digest

    async def _keep(self, incoming: Incoming, unit_id: str) -> None:
        await asyncio.to_thread(self._place, incoming.path, unit_id, incoming.digest)

    def _place(self, file: Path, unit_id: str, digest: str) -> None:
        target = self._path(unit_id, digest)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # A link, not a rename: the temporary name stays until the block ends, and an existing blob stays.
        with contextlib.suppress(FileExistsError):
            os.link(file, target)
        # Also where the file was there already: whoever put it there may not have synced its entry yet.
        _sync_directory(target.parent)
        for directory in (target.parent, target.parent.parent):
            # A directory stays, so that its own entry is synced once; a service that starts anew does it again.
            if directory not in self._lasting:
                _sync_directory(directory.parent)
                self._lasting.add(directory)

    @asynccontextmanager
    async def local(self, unit_id: str, digest: str) -> AsyncGenerator[Path, None]:
        path = self._path(unit_id, digest)
        if not await asyncio.to_thread(path.exists):
            raise BlobMissing()
        yield path

    async def stream(self, unit_id: str, digest: str) -> AsyncIterator[bytes]:
        try:
            file = await asyncio.to_thread(self._path(unit_id, digest).open, "rb")
        except FileNotFoundError:
            raise BlobMissing() from None
        with file:
            while chunk := await asyncio.to_thread(file.read, _CHUNK):
                yield chunk

    async def addresses(self) -> AsyncIterator[tuple[str, str]]:
        def walk() -> Iterator[tuple[str, str]]:
            for path in self._root.glob("*/??/*"):
                yield path.parts[-3], path.name

        found = walk()
        while (address := await asyncio.to_thread(next, found, None)) is not None:
            yield address


class S3Blobs(BlobStore):
    """`<prefix>/<unit>/<digest>` in a bucket; created only where nothing is yet."""

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        from obstore.store import S3Store

        super().__init__(None if read_only else Path(tempfile.gettempdir()) / f"dangan-incoming-{os.getuid()}")
        parts = urlsplit(url)
        self._store = S3Store(parts.netloc, prefix=parts.path.strip("/") or None)

    async def put(self, unit_id: str, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        await self._create(unit_id, digest, content)
        return digest

    async def _keep(self, incoming: Incoming, unit_id: str) -> None:
        await self._create(unit_id, incoming.digest, incoming.path)

    async def _create(self, unit_id: str, digest: str, content: Path | bytes) -> None:
        import obstore
        from obstore.exceptions import AlreadyExistsError

        with contextlib.suppress(AlreadyExistsError), _store_errors():
            await obstore.put_async(self._store, f"{unit_id}/{digest}", content, mode="create", use_multipart=False)

    @asynccontextmanager
    async def local(self, unit_id: str, digest: str) -> AsyncGenerator[Path, None]:
        async with self.receive(1 << 40) as copy:
            async for chunk in self.stream(unit_id, digest):
                await copy.write(chunk)
            await copy.finish()
            yield copy.path

    async def stream(self, unit_id: str, digest: str) -> AsyncIterator[bytes]:
        import obstore

        with _store_errors():
            answer = await obstore.get_async(self._store, f"{unit_id}/{digest}")
            async for chunk in answer.stream(min_chunk_size=_CHUNK):
                yield bytes(chunk)

    async def addresses(self) -> AsyncIterator[tuple[str, str]]:
        listing: Any = cast("Any", self._store).list()
        async for batch in listing:
            for entry in batch:
                unit_id, digest = entry["path"].rsplit("/", 2)[-2:]
                yield unit_id, digest


@contextlib.contextmanager
def _store_errors() -> Generator[None, None, None]:
    """A missing blob, and everything else that an S3 store may answer, in our own words."""
    from obstore.exceptions import AlreadyExistsError, BaseError

    try:
        yield
    except FileNotFoundError:
        raise BlobMissing() from None
    except AlreadyExistsError:
        raise
    except BaseError as error:
        raise StoreAway(type(error).__name__) from error


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_blob_store(url: str, *, read_only: bool = False) -> BlobStore:
    """The store that the settings name: `file:///…` or `s3://bucket/prefix`.

    `read_only`: for another user than the services', as root who looks after the files of `nobody`.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalBlobs(Path(unquote(parts.path)), read_only=read_only)
    if parts.scheme == "s3":
        return S3Blobs(url, read_only=read_only)
    raise ValueError("DANGAN_BLOBS_URL must begin with file:// or s3://")
