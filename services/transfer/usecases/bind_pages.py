"""Bind uploaded page files to an item, in order: the busiest write of a hand-in."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.tickets import BlobTicket, BlobTickets, TicketInvalid
from chassis.unit_of_work import UnitOfWork
from contracts.problems import StateConflict
from services.transfer.domain.refusals import TicketRefused, TooMany
from services.transfer.rulebook import SubmissionLimits
from services.transfer.store import items, pages
from services.transfer.store.pages import Grown, PageFile


@dataclass(frozen=True)
class BindPages:
    """Tickets of page files, in the order of the pages; they come behind those that are there."""

    item_id: str
    tickets: Sequence[str]


async def bind_pages(cmd: BindPages, *, uow: UnitOfWork, tickets: BlobTickets, limits: SubmissionLimits) -> Grown:
    """Add the pages to a draft item; all of them, or none.

    A ticket binds only where its uploader uses it for the unit that it was uploaded for. It is checked
    offline: neither the upload's row nor the file is looked at.
    """
    if len(cmd.tickets) > limits.max_tickets:
        raise TooMany("/blob_tickets", limits.max_tickets)
    async with uow:
        if await uow.replay_of():
            return await pages.count_of(uow, cmd.item_id)
        grown = await pages.grow(uow, cmd.item_id, len(cmd.tickets))
        if grown is None:
            raise StateConflict(state=(await items.get(uow, cmd.item_id)).state)
        if grown.page_count > limits.max_pages_per_item:
            raise TooMany("/blob_tickets", limits.max_pages_per_item)
        files = [_file(ticket) for ticket in _checked(cmd.tickets, grown.unit_id, uow, tickets)]
        await pages.bind(uow, cmd.item_id, grown.unit_id, grown.page_count - len(files), files)
        await uow.use_blob(grown.unit_id, sorted({digest for file in files for digest in file.files}), cmd.item_id)
        state = {"page_count": grown.page_count, "added": [file.digest for file in files]}
        uow.record("submission_item.pages_bound", cmd.item_id, grown.version, state, ("pages",))
        await uow.remember(cmd.item_id)
    return grown


def _checked(texts: Sequence[str], unit_id: str, uow: UnitOfWork, tickets: BlobTickets) -> Sequence[BlobTicket]:
    """The tickets' contents; TicketRefused names every one that does not bind here."""
    read: list[BlobTicket] = []
    refused: list[int] = []
    for position, text in enumerate(texts):
        try:
            ticket = tickets.check(text, uploader=uow.caller.account_id, now=uow.now)
        except TicketInvalid:
            refused.append(position)
            continue
        if ticket.unit_id == unit_id:
            read.append(ticket)
        else:
            refused.append(position)
    if refused:
        raise TicketRefused(refused)
    return read


def _file(ticket: BlobTicket) -> PageFile:
    return PageFile(
        ticket.digest,
        ticket.media_type,
        ticket.bytes,
        ticket.width,
        ticket.height,
        ticket.source_digest,
        ticket.source_page_no,
    )
