"""View a page image: the journal row commits before the first byte."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

from chassis.blobs import BlobMissing, BlobStore
from chassis.unit_of_work import UnitOfWork
from contracts.problems import DependencyDown
from services.catalog.domain.page import Page
from services.catalog.store import enhancements, pages
from services.catalog.usecases.recuse import refuse_related

ImageVersion = Literal["original", "enhanced"]


@dataclass(frozen=True)
class ImageFile:
    """A file that may be sent: `blob_unit_id` is the unit under which it lies."""

    page_id: str
    blob_unit_id: str
    digest: str
    media_type: str
    bytes: int


async def view_page(
    page_id: str,
    *,
    uow: UnitOfWork,
    blobs: BlobStore,
    version: ImageVersion = "original",
    scan_no: int | None = None,
) -> tuple[ImageFile, AsyncIterator[bytes]]:
    """The image and its bytes, its view recorded; NotFound outside the caller's units.

    The original is the scan that is shown now, or the one numbered `scan_no`; the enhanced image is the latest
    one made of that scan and not rejected. The file is opened between two transactions. DependencyDown when it
    cannot be had now: then nothing was viewed, and the journal says nothing.
    """
    async with uow:
        page = await pages.get(uow, page_id)
        await refuse_related(uow, page.person_id)
        image = await _chosen(uow, page, version, scan_no)
    chunks = blobs.stream(image.blob_unit_id, image.digest)
    try:
        first = await anext(chunks, b"")
    except BlobMissing:
        raise DependencyDown(dependency="blobs", headers={"Retry-After": "5"}) from None
    async with uow:
        viewed = {"material_id": page.material_id, "digest": image.digest, "version": version}
        uow.record("page.viewed", page_id, page.version, viewed)
    return image, _resumed(first, chunks)


async def _chosen(uow: UnitOfWork, page: Page, version: ImageVersion, scan_no: int | None) -> ImageFile:
    wanted = page.scan_no if scan_no is None else scan_no
    if version == "enhanced":
        made = await enhancements.latest(uow, page.page_id, wanted)
        return ImageFile(page.page_id, made.blob_unit_id, made.digest, made.media_type, made.bytes)
    scan, blob_unit_id = page.scan, page.blob_unit_id
    if wanted != page.scan_no:
        former = await pages.get_former(uow, page.page_id, wanted)
        scan, blob_unit_id = former.scan, former.blob_unit_id
    return ImageFile(page.page_id, blob_unit_id, scan.digest, scan.media_type, scan.bytes)


async def _resumed(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk
