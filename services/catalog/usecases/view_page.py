"""View a page image: the journal row commits before the first byte."""

from collections.abc import AsyncIterator

from chassis.blobs import BlobMissing, BlobStore
from chassis.unit_of_work import UnitOfWork
from contracts.problems import DependencyDown
from services.catalog.store import pages
from services.catalog.store.pages import PageFile
from services.catalog.usecases.recuse import refuse_related


async def view_page(page_id: str, *, uow: UnitOfWork, blobs: BlobStore) -> tuple[PageFile, AsyncIterator[bytes]]:
    """The page and its bytes, its view recorded; NotFound outside the caller's units.

    The file is opened between two transactions. DependencyDown when it cannot be had now: then nothing was
    viewed, and the journal says nothing.
    """
    async with uow:
        page = await pages.get_file(uow, page_id)
        await refuse_related(uow, page.person_id)
    chunks = blobs.stream(page.blob_unit_id, page.digest)
    try:
        first = await anext(chunks, b"")
    except BlobMissing:
        raise DependencyDown(dependency="blobs", headers={"Retry-After": "5"}) from None
    async with uow:
        # A page never changes: it has one version.
        uow.record("page.viewed", page_id, 1, {"material_id": page.material_id, "digest": page.digest})
    return page, _resumed(first, chunks)


async def _resumed(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk
