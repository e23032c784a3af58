"""Show another scan of a page; the older one is kept."""

from dataclasses import dataclass

from chassis.blobs import BlobStore
from chassis.tickets import BlobTicket, BlobTickets
from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import NotFound, StateConflict
from services.catalog.domain.page import Page
from services.catalog.store import dossiers, pages
from services.catalog.usecases.page_files import bring_files, check_tickets, page_of
from services.catalog.usecases.recuse import refuse_related
from services.catalog.usecases.tell_pages import touch_pages


@dataclass(frozen=True)
class ReplacePage:
    """The ticket of the new scan, and why the page was scanned again."""

    page_id: str
    seen_version: int
    ticket: str
    reason: str


async def replace_page(cmd: ReplacePage, *, uow: UnitOfWork, tickets: BlobTickets, blobs: BlobStore) -> Page:
    """The page with its new scan. Its id stays, so that whoever may see the page sees the new one."""
    async with uow:
        if earlier := await uow.replay_of():
            return await pages.get(uow, earlier)
        page, ticket = await _judged(cmd, uow, tickets)
    await bring_files(blobs, ticket.unit_id, page.blob_unit_id, [page_of(ticket, cmd.page_id)])
    async with uow:
        if earlier := await uow.replay_of():
            return await pages.get(uow, earlier)
        page, ticket = await _judged(cmd, uow, tickets)
        rescanned = page.rescanned(page_of(ticket, cmd.page_id))
        await pages.save_scan(uow, rescanned, page, cmd.reason)
        state = {"digest": rescanned.scan.digest, "replaced": page.scan.digest, "reason": cmd.reason}
        uow.record("page.replaced", page.page_id, rescanned.version, state, changed=("digest", "scan_no"))
        await touch_pages(uow, page.material_id, page.person_id, ("pages",), paper=False)
        await uow.remember(page.page_id)
    return rescanned


async def _judged(cmd: ReplacePage, uow: UnitOfWork, tickets: BlobTickets) -> tuple[Page, BlobTicket]:
    page = await hold_page(uow, cmd.page_id, cmd.seen_version)
    (ticket,) = check_tickets({"/blob_ticket": cmd.ticket}, uow=uow, tickets=tickets)
    page.rescanned(page_of(ticket, cmd.page_id))
    return page, ticket


async def hold_page(uow: UnitOfWork, page_id: str, seen_version: int | None) -> Page:
    """The page, held until the commit, if this caller may work on it.

    NotFound outside the caller's units; Recusal; VersionStale; StateConflict when material or dossier is closed.
    """
    # The dossier first, as every filing does.
    dossier = await dossiers.find_locked(uow, (await pages.get(uow, page_id)).dossier_id)
    if dossier is None:
        raise NotFound()
    await refuse_related(uow, dossier.person_id)
    page = await pages.get(uow, page_id, lock=True)
    if seen_version is not None:
        await check_version(uow, page_id, page.version, seen_version)
    page.check_open()
    if dossier.state == "closed":
        raise StateConflict(state="dossier closed")
    return page
