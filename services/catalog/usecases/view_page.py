"""View a page image: the journal row commits before the first byte."""

from chassis.unit_of_work import UnitOfWork
from services.catalog.store import pages
from services.catalog.store.pages import PageFile
from services.catalog.usecases.recuse import refuse_related


async def view_page(page_id: str, *, uow: UnitOfWork) -> PageFile:
    """Where the page's file is, its view recorded; NotFound outside the caller's units."""
    async with uow:
        page = await pages.get_file(uow, page_id)
        await refuse_related(uow, page.person_id)
        # A page never changes: it has one version.
        uow.record("page.viewed", page_id, 1, {"material_id": page.material_id, "digest": page.digest})
        return page
