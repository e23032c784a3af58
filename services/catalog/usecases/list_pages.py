"""List the pages of a material, or the scans of a page: views of the dossier, as the material itself is."""

from typing import Any

from chassis.unit_of_work import UnitOfWork
from services.catalog.domain.page import Page
from services.catalog.store import dossiers, materials, page_cards, pages
from services.catalog.store.pages import FormerScan
from services.catalog.usecases.recuse import refuse_related


async def list_pages(material_id: str, *, after: int, limit: int, uow: UnitOfWork) -> tuple[int, list[dict[str, Any]]]:
    """Version of the material, and its pages from the one after number `after`; the view is recorded."""
    async with uow:
        material = await materials.get(uow.raw(), material_id)
        if material.dossier_id is not None:
            await refuse_related(uow, (await dossiers.get(uow, material.dossier_id)).person_id)
        cards = await page_cards.list_of(uow.raw(), material_id, after, limit)
        uow.record("material.viewed", material_id, material.version, {"dossier_id": material.dossier_id})
    return material.version, cards


async def list_scans(page_id: str, *, before: int | None, limit: int, uow: UnitOfWork) -> tuple[Page, list[FormerScan]]:
    """The page, and the scans that were replaced, from the one before number `before`."""
    async with uow:
        page = await pages.get(uow, page_id)
        await refuse_related(uow, page.person_id)
        former = await pages.list_former(uow, page_id, before or page.scan_no, limit)
    return page, former
