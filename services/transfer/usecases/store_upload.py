"""Take a page file in: stream, hash, judge by content, keep, and answer a ticket for it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from chassis.deps import Deps
from chassis.identity import Roots
from chassis.images import ImageFacts, ImageLimits, ImageRefused, inspect_image
from chassis.tickets import LIFETIME, BlobTicket
from chassis.unit_of_work import UnitOfWork
from contracts.problems import DigestMismatch
from contracts.values.ids import new_id
from services.transfer.rulebook import UploadLimits
from services.transfer.store import uploads
from services.transfer.store.uploads import Upload
from services.transfer.usecases.subjects import find_own_unit

Begin = Callable[[], UnitOfWork]


@dataclass(frozen=True)
class StoreUpload:
    """The unit that uploads (None: the caller's only one), and the digest that the sender computed, if any."""

    unit_id: str | None
    declared_digest: str | None
    roots: Roots


@dataclass(frozen=True)
class Stored:
    """An upload with its ticket; `replayed` when an earlier call had made it."""

    upload: Upload
    blob_ticket: str
    replayed: bool


async def store_upload(
    cmd: StoreUpload, body: AsyncIterator[bytes], *, begin: Begin, deps: Deps, limits: UploadLimits
) -> Stored:
    """Store one page file; whatever fails leaves neither a row nor a file behind.

    The body is never held in memory. The file is on the disk, under its digest, before the row commits.
    """
    async with deps.blobs.receive(limits.max_bytes) as incoming:
        async for chunk in body:
            await incoming.write(chunk)
        await incoming.finish()
        if cmd.declared_digest not in (None, incoming.digest):
            raise DigestMismatch()
        async with _begun(begin, incoming.digest) as uow:
            if earlier := await uow.replay_of():
                return _stored(await uploads.get(uow, earlier), deps, replayed=True)
            unit_id = await find_own_unit(uow, cmd.roots, cmd.unit_id, "/unit_id")
        facts = await _judged(incoming.path, limits, deps)
        await incoming.keep(unit_id)
        async with _begun(begin, incoming.digest) as uow:
            if earlier := await uow.replay_of():
                return _stored(await uploads.get(uow, earlier), deps, replayed=True)
            upload = Upload(
                upload_id=new_id("upl"),
                unit_id=unit_id,
                uploaded_by=uow.caller.account_id,
                digest=incoming.digest,
                media_type=facts.media_type,
                bytes=incoming.size,
                width=facts.width,
                height=facts.height,
                uploaded_at=uow.now,
            )
            await uploads.add(uow, upload)
            await uow.use_blob(unit_id, [upload.digest], upload.upload_id)
            state = {"digest": upload.digest, "media_type": upload.media_type, "bytes": upload.bytes}
            uow.record("upload.stored", upload.upload_id, 1, state, ("digest",))
            await uow.remember(upload.upload_id)
    return _stored(upload, deps, replayed=False)


def _begun(begin: Begin, digest: str) -> UnitOfWork:
    """A transaction under the caller's key. Only now that the body was read is it known what the request was."""
    uow = begin()
    uow.complete_key(digest.encode())
    return uow


async def _judged(path: Path, limits: UploadLimits, deps: Deps) -> ImageFacts:
    """What the file is, by its content, in a worker process; refused with the problem that fits."""
    try:
        return await deps.run_cpu(
            inspect_image, path, ImageLimits(max_bytes=limits.max_bytes, max_pixels=limits.max_pixels)
        )
    except ImageRefused as refused:
        raise refused.refusal() from None


def _stored(upload: Upload, deps: Deps, *, replayed: bool) -> Stored:
    ticket = BlobTicket(
        upload_id=upload.upload_id,
        digest=upload.digest,
        bytes=upload.bytes,
        media_type=upload.media_type,
        width=upload.width,
        height=upload.height,
        uploader=upload.uploaded_by,
        unit_id=upload.unit_id,
        until=int((upload.uploaded_at + LIFETIME).timestamp()),
    )
    return Stored(upload, deps.tickets.sign(ticket), replayed)
