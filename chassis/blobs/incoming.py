"""A file on its way in: a temporary name, hashed while it streams, synced, then kept or dropped."""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from contracts.problems import TooLarge

_BUFFER = 1 << 20


class Incoming:
    """Takes the chunks of one file. `digest` and `size` are known after `finish`; `path` is readable then."""

    def __init__(self, spool: Path, max_bytes: int, keep: Callable[[Incoming, str], Awaitable[None]]) -> None:
        handle, name = tempfile.mkstemp(dir=spool, prefix="incoming-")
        self.path = Path(name)
        self.size = 0
        self._file = os.fdopen(handle, "wb")
        self._hash = hashlib.sha256()
        self._max = max_bytes
        self._waiting = bytearray()
        self._keep = keep

    @property
    def digest(self) -> str:
        """SHA-256 of all that was written, in hexadecimal."""
        return self._hash.hexdigest()

    async def write(self, chunk: bytes) -> None:
        """Take a chunk; refused as soon as the file is larger than allowed."""
        self.size += len(chunk)
        if self.size > self._max:
            raise TooLarge(limit=f"{self._max // (1 << 20)} MiB")
        self._waiting += chunk
        if len(self._waiting) >= _BUFFER:
            await asyncio.to_thread(self._flush)

    def _flush(self) -> None:
        waiting, self._waiting = bytes(self._waiting), bytearray()
        self._hash.update(waiting)
        self._file.write(waiting)

    async def finish(self) -> None:
        """All chunks are in: on the disk after this."""

        def sync() -> None:
            self._flush()
            self._file.flush()
            os.fsync(self._file.fileno())

        await asyncio.to_thread(sync)

    async def keep(self, unit_id: str) -> None:
        """Give the file its place under its digest; it is durable after this."""
        await self._keep(self, unit_id)

    def drop(self) -> None:
        """Remove what was not kept."""
        self._file.close()
        self.path.unlink(missing_ok=True)
