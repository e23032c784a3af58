"""Send a picture: from the blob store to the caller, never through a whole copy in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi.responses import StreamingResponse

from chassis.blobs import BlobMissing, BlobStore
from chassis.web import PRIVATE
from contracts.problems import DependencyDown


async def send_picture(blobs: BlobStore, unit_id: str, digest: str, media_type: str, size: int) -> StreamingResponse:
    """The answer for a file of `size` bytes. Its view must be in the journal already; DependencyDown when it cannot
    be had now."""
    chunks = blobs.stream(unit_id, digest)
    try:
        first = await anext(chunks, b"")
    except BlobMissing:
        raise DependencyDown(dependency="blobs", headers={"Retry-After": "5"}) from None
    headers = {"Cache-Control": PRIVATE, "Content-Length": str(size), "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(_resumed(first, chunks), media_type=media_type, headers=headers)


async def _resumed(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk
