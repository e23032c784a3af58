"""Add pages to a material, or put those that it has in another order."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.blobs import BlobStore
from chassis.tickets import BlobTicket, BlobTickets
from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, NotFound, StateConflict, ValidationFailed
from contracts.values.page import PageRef
from services.catalog.domain.material import Material
from services.catalog.domain.page import OPEN_STATES, check_order
from services.catalog.store import dossiers, materials, pages
from services.catalog.store.dossiers import LockedDossier
from services.catalog.store.pages import NewPages
from services.catalog.usecases.page_files import bring_files, check_tickets, page_of
from services.catalog.usecases.recuse import refuse_related
from services.catalog.usecases.tell_pages import touch_pages

MOST_PAGES = 2000
"""As many as one event can name."""


@dataclass(frozen=True)
class AppendPages:
    """Tickets of page files in order; they come behind the pages that are there."""

    material_id: str
    seen_version: int
    tickets: Sequence[str]


@dataclass(frozen=True)
class OrderPages:
    """All pages of a material, in the order that they are to have."""

    material_id: str
    seen_version: int
    page_ids: Sequence[str]


async def append_pages(cmd: AppendPages, *, uow: UnitOfWork, tickets: BlobTickets, blobs: BlobStore) -> Material:
    """Add all pages, or none. The page count of the catalogue stays: it counts the paper's sides."""
    async with uow:
        if earlier := await uow.replay_of():
            return await materials.get(uow.raw(), earlier)
        material, _ = await hold_material(uow, cmd.material_id, cmd.seen_version)
        found = _checked(cmd, material, uow, tickets)
    added = [page_of(ticket) for ticket in found]
    # Between the transactions, so that no dossier waits for a copy. The second one judges again.
    await bring_files(blobs, found[0].unit_id, material.blob_unit_id, added)
    async with uow:
        if earlier := await uow.replay_of():
            return await materials.get(uow.raw(), earlier)
        material, dossier = await hold_material(uow, cmd.material_id, cmd.seen_version)
        _checked(cmd, material, uow, tickets)
        after = len(material.pages)
        gain = NewPages(material.material_id, material.unit_id, material.blob_unit_id, after, added)
        await pages.insert(uow, [gain])
        changed = await touch_pages(uow, material.material_id, dossier.person_id, ("pages",))
        await uow.remember(material.material_id)
    return changed


def _checked(cmd: AppendPages, material: Material, uow: UnitOfWork, tickets: BlobTickets) -> list[BlobTicket]:
    texts = {f"/blob_tickets/{position}": text for position, text in enumerate(cmd.tickets)}
    found = check_tickets(texts, uow=uow, tickets=tickets)
    if len(material.pages) + len(found) > MOST_PAGES:
        raise ValidationFailed(errors=[FieldFault("/blob_tickets", "too-many", {"max": MOST_PAGES})])
    if faults := _doubles([ticket.digest for ticket in found], material.pages):
        raise ValidationFailed(errors=faults)
    return found


def _doubles(digests: Sequence[str], present: Sequence[PageRef]) -> list[FieldFault]:
    """A page that the material has already is bound by mistake: the same file, byte for byte."""
    seen = {page.digest for page in present}
    faults: list[FieldFault] = []
    for position, digest in enumerate(digests):
        if digest in seen:
            faults.append(FieldFault(f"/blob_tickets/{position}", "duplicate"))
        seen.add(digest)
    return faults


async def order_pages(cmd: OrderPages, *, uow: UnitOfWork) -> Material:
    """Put the pages in this order; an order that is the present one changes nothing."""
    async with uow:
        if earlier := await uow.replay_of():
            return await materials.get(uow.raw(), earlier)
        material, dossier = await hold_material(uow, cmd.material_id, cmd.seen_version)
        present = [page.page_id for page in material.pages]
        check_order(cmd.page_ids, present)
        if list(cmd.page_ids) != present:
            for page_id, version in await pages.set_order(uow, cmd.material_id, cmd.page_ids):
                state = {"material_id": cmd.material_id, "page_no": cmd.page_ids.index(page_id) + 1}
                uow.record("page.moved", page_id, version, state, changed=("page_no",))
            material = await touch_pages(uow, cmd.material_id, dossier.person_id, ("pages",))
        await uow.remember(cmd.material_id)
    return material


async def hold_material(uow: UnitOfWork, material_id: str, seen_version: int) -> tuple[Material, LockedDossier]:
    """The material and its dossier, held until the commit, if its pages may be worked on by this caller.

    NotFound outside the caller's units; Recusal; VersionStale; StateConflict when material or dossier is closed.
    """
    # The dossier first, as every filing does.
    named = (await materials.get(uow.raw(), material_id)).dossier_id
    dossier = await dossiers.find_locked(uow, named) if named else None
    if dossier is None:
        raise NotFound()
    await refuse_related(uow, dossier.person_id)
    material = await materials.get(uow.raw(), material_id)
    await check_version(uow, material_id, material.version, seen_version, unnamed="item_no")
    if material.state not in OPEN_STATES:
        raise StateConflict(state=material.state)
    if dossier.state == "closed":
        raise StateConflict(state="dossier closed")
    return material, dossier
