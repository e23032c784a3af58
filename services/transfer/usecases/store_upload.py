"""Take a file in: stream, hash, judge by content, keep, and answer a ticket for each page image, or for a list."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from chassis.blobs import Incoming
from chassis.deps import Deps
from chassis.identity import Roots
from chassis.images import DrawnPage, ImageLimits, ImageRefused, draw_page, inspect_image, look_into
from chassis.images.headers import SNIFF_BYTES
from chassis.tables import TABLES, read_table, sniff_table
from chassis.tickets import LIFETIME, BlobTicket, TableTicket
from chassis.unit_of_work import UnitOfWork
from contracts.problems import DigestMismatch
from contracts.values.ids import new_id
from services.transfer.rulebook import UploadLimits
from services.transfer.store import uploads
from services.transfer.store.uploads import Upload, UploadedPage
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


@dataclass(frozen=True)
class _Image:
    """A page image on its way in. `incoming` is None where it is the uploaded file itself."""

    incoming: Incoming | None
    media_type: str
    width: int
    height: int


async def store_upload(
    cmd: StoreUpload, body: AsyncIterator[bytes], *, begin: Begin, deps: Deps, limits: UploadLimits
) -> Stored:
    """Store one image, one TIFF or PDF with each of its pages as an image beside it, or one list.

    What is refused leaves neither a row nor a file behind; a file whose last page cannot be drawn is refused as a
    whole. When the last transaction fails, the files stay, used by nothing; the same bytes sent again take them up.

    The body is never held in memory. All files are on the disk, under their digests, before the row commits.
    """
    async with AsyncExitStack() as stack:
        incoming = await stack.enter_async_context(deps.blobs.receive(limits.max_bytes))
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
        media_type, images = await _judged(incoming.path, limits, deps, stack)
        for file in (incoming, *(image.incoming for image in images if image.incoming)):
            await file.keep(unit_id)
        async with _begun(begin, incoming.digest) as uow:
            if earlier := await uow.replay_of():
                return Stored(await uploads.get(uow, earlier), replayed=True)
            upload = _upload(incoming, media_type, images, unit_id, uow, deps)
            await uploads.add(uow, upload)
            files = sorted({upload.digest, *(page.digest for page in upload.pages)})
            await uow.use_blob(unit_id, files, upload.upload_id)
            state = {"digest": upload.digest, "media_type": upload.media_type, "bytes": upload.bytes}
            uow.record("upload.stored", upload.upload_id, 1, state, ("digest",))
            await uow.remember(upload.upload_id)
    return Stored(upload, replayed=False)


def _begun(begin: Begin, digest: str) -> UnitOfWork:
    """A transaction under the caller's key. Only now that the body was read is it known what the request was."""
    uow = begin()
    uow.complete_key(digest.encode())
    return uow


async def _judged(path: Path, limits: UploadLimits, deps: Deps, stack: AsyncExitStack) -> tuple[str, list[_Image]]:
    """Media type of the file and the page images in it, by its content; refused with the problem that fits."""
    allowed = ImageLimits(max_bytes=limits.max_bytes, max_pixels=limits.max_pixels)
    try:
        if (table := await asyncio.to_thread(_table_type, path)) is not None:
            await deps.run_cpu(read_table, path, table, limits.max_rows)
            return table, []
        source = await deps.run_cpu(look_into, path, allowed, limits.max_pages)
        if source is None:
            facts = await deps.run_cpu(inspect_image, path, allowed)
            return facts.media_type, [_Image(None, facts.media_type, facts.width, facts.height)]
        draw = partial(draw_page, path, source.media_type, limits=allowed)
        return source.media_type, await _drawn(draw, source.page_count, deps, stack)
    except ImageRefused as refused:
        raise refused.refusal() from None


def _table_type(path: Path) -> str | None:
    with path.open("rb") as file:
        return sniff_table(file.read(SNIFF_BYTES))


async def _drawn(draw: Callable[[int], DrawnPage], page_count: int, deps: Deps, stack: AsyncExitStack) -> list[_Image]:
    """Every page as an image on the disk, in order; as many at once as there are processes to draw in, and one more
    that is written meanwhile. After the first that cannot be drawn none is begun."""
    waiting = iter(range(1, page_count + 1))
    images: dict[int, _Image] = {}

    async def lane() -> None:
        for page_no in waiting:
            try:
                drawn = await deps.run_cpu(draw, page_no)
                incoming = await stack.enter_async_context(deps.blobs.receive(len(drawn.content)))
                await incoming.write(drawn.content)
                await incoming.finish()
            except BaseException:
                deque(waiting, maxlen=0)
                raise
            images[page_no] = _Image(incoming, drawn.media_type, drawn.width, drawn.height)

    # All lanes end before the first fault is told: a file that is just being begun is then one that will be dropped.
    lanes = (lane() for _ in range(min(page_count, deps.settings.workers + 1)))
    for fault in await asyncio.gather(*lanes, return_exceptions=True):
        if fault is not None:
            raise fault
    return [images[page_no] for page_no in sorted(images)]


def _upload(
    incoming: Incoming, media_type: str, images: list[_Image], unit_id: str, uow: UnitOfWork, deps: Deps
) -> Upload:
    upload_id = new_id("upl")

    def page(page_no: int, image: _Image) -> UploadedPage:
        file = image.incoming or incoming
        drawn = image.incoming is not None
        ticket = BlobTicket(
            upload_id=upload_id,
            digest=file.digest,
            bytes=file.size,
            media_type=image.media_type,
            width=image.width,
            height=image.height,
            uploader=uow.caller.account_id,
            unit_id=unit_id,
            until=int((uow.now + LIFETIME).timestamp()),
            source_digest=incoming.digest if drawn else None,
            source_page_no=page_no if drawn else None,
        )
        told = ticket.model_dump(include={"digest", "media_type", "bytes", "width", "height"})
        return UploadedPage(page_no=page_no, blob_ticket=deps.tickets.sign(ticket), **told)

    return Upload(
        upload_id=upload_id,
        unit_id=unit_id,
        uploaded_by=uow.caller.account_id,
        digest=incoming.digest,
        media_type=media_type,
        bytes=incoming.size,
        uploaded_at=uow.now,
        pages=tuple(page(number, image) for number, image in enumerate(images, start=1)),
        table_ticket=_table_ticket(incoming, media_type, upload_id, unit_id, uow, deps),
    )


def _table_ticket(
    incoming: Incoming, media_type: str, upload_id: str, unit_id: str, uow: UnitOfWork, deps: Deps
) -> str | None:
    """The ticket of a list; None for pages, which have their own."""
    if media_type not in TABLES:
        return None
    ticket = TableTicket(
        upload_id=upload_id,
        digest=incoming.digest,
        bytes=incoming.size,
        media_type=media_type,
        uploader=uow.caller.account_id,
        unit_id=unit_id,
        until=int((uow.now + LIFETIME).timestamp()),
    )
    return deps.tickets.sign_table(ticket)
