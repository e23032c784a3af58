"""Take a page file in: stream, hash, judge by content, keep, and answer a ticket for it."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from chassis.blobs import Incoming
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
    """An upload; `replayed` when an earlier call had made it."""

    upload: Upload
    replayed: bool


async def store_upload(
    cmd: StoreUpload, body: AsyncIterator[bytes], *, begin: Begin, deps: Deps, limits: UploadLimits
) -> Stored:
    """Store one page file. What is refused leaves neither a row nor a file behind.

    When the last transaction fails, the file stays, used by nothing; the same bytes sent again take it up.

    The body is never held in memory. The file is on the disk, under its digest, before the row commits.
    """
    async with deps.blobs.receive(limits.max_bytes) as incoming:
        async for chunk in body:
            await incoming.write(chunk)
        await incoming.finish()
        if cmd.declared_digest not in (None, incoming.digest):
            raise DigestMismatch()
        # A repeated request, or one that will be refused, is not worth a look at the image.
        async with _begun(begin, incoming.digest) as uow:
            if earlier := await uow.replay_of():
                return Stored(await uploads.get(uow, earlier), replayed=True)
            unit_id = await find_own_unit(uow, cmd.roots, cmd.unit_id, "/unit_id")
        facts = await _judged(incoming.path, limits, deps)
        await incoming.keep(unit_id)
        async with _begun(begin, incoming.digest) as uow:
            if earlier := await uow.replay_of():
                return Stored(await uploads.get(uow, earlier), replayed=True)
            upload = _upload(facts, unit_id, incoming, uow, deps)
            await uploads.add(uow, upload)
            await uow.use_blob(unit_id, [upload.digest], upload.upload_id)
            state = {"digest": upload.digest, "media_type": upload.media_type, "bytes": upload.bytes}
            uow.record("upload.stored", upload.upload_id, 1, state, ("digest",))
            await uow.remember(upload.upload_id)
    return Stored(upload, replayed=False)


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


def _upload(facts: ImageFacts, unit_id: str, incoming: Incoming, uow: UnitOfWork, deps: Deps) -> Upload:
    ticket = BlobTicket(
        upload_id=new_id("upl"),
        digest=incoming.digest,
        bytes=incoming.size,
        media_type=facts.media_type,
        width=facts.width,
        height=facts.height,
        uploader=uow.caller.account_id,
        unit_id=unit_id,
        until=int((uow.now + LIFETIME).timestamp()),
    )
    return Upload(
        upload_id=ticket.upload_id,
        unit_id=unit_id,
        uploaded_by=ticket.uploader,
        digest=ticket.digest,
        media_type=ticket.media_type,
        bytes=ticket.bytes,
        width=ticket.width,
        height=ticket.height,
        uploaded_at=uow.now,
        blob_ticket=deps.tickets.sign(ticket),
    )
