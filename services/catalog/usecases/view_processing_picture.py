"""View a photograph of a material's paper from before or after: the journal row commits before the first byte."""

from collections.abc import AsyncIterator
from typing import Literal

from chassis.blobs import BlobMissing, BlobStore
from chassis.unit_of_work import UnitOfWork
from contracts.problems import DependencyDown, NotFound
from services.catalog.store import processing_records
from services.catalog.store.processing_records import Picture
from services.catalog.usecases.material_paper import material_in_hand


async def view_processing_picture(
    record_id: str, side: Literal["before", "after"], *, uow: UnitOfWork, blobs: BlobStore
) -> tuple[Picture, AsyncIterator[bytes]]:
    """The picture and its bytes; NotFound where none was taken. DependencyDown when the file cannot be had now."""
    async with uow:
        record = await processing_records.get(uow.raw(), record_id)
        await material_in_hand(uow, record.material_id)
    picture = record.before if side == "before" else record.after
    if picture is None:
        raise NotFound()
    chunks = blobs.stream(picture.unit_id, picture.digest)
    try:
        first = await anext(chunks, b"")
    except BlobMissing:
        raise DependencyDown(dependency="blobs", headers={"Retry-After": "5"}) from None
    async with uow:
        uow.record("processing.viewed", record_id, record.version, {"part": side, "digest": picture.digest})
    return picture, _resumed(first, chunks)


async def _resumed(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk
