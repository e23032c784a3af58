"""Page files on their way into a material: what a ticket says, and under which unit the bytes lie."""

from collections.abc import Iterable, Mapping

from chassis.blobs import BlobMissing, BlobStore
from chassis.tickets import BlobTicket, BlobTickets, TicketInvalid
from chassis.unit_of_work import UnitOfWork
from contracts.problems import DependencyDown, FieldFault, ValidationFailed
from contracts.values.ids import new_id
from contracts.values.page import PageRef

_MOST_BYTES = 1 << 30
"""No blob is larger; what is copied here was measured when it was taken in."""


def page_of(ticket: BlobTicket, page_id: str | None = None) -> PageRef:
    """The page that a ticket's file makes: a new one, or another scan of one that there is."""
    told = ticket.model_dump(
        include={"digest", "media_type", "bytes", "width", "height", "source_digest", "source_page_no"}
    )
    return PageRef.model_validate({**told, "page_id": page_id or new_id("pag")})


def check_tickets(texts: Mapping[str, str], *, uow: UnitOfWork, tickets: BlobTickets) -> list[BlobTicket]:
    """The contents of tickets, which are given by pointer; ValidationFailed points at each that does not bind here.

    A ticket binds for its uploader, in time, where its unit is one of theirs. All files have to lie under one
    unit, since the files of a material do.
    """
    units = frozenset(uow.units)
    read: list[BlobTicket] = []
    faults: list[FieldFault] = []
    for pointer, text in texts.items():
        ticket = _checked(text, uow, tickets)
        if ticket is None or ticket.unit_id not in units or (read and ticket.unit_id != read[0].unit_id):
            faults.append(FieldFault(pointer, "ticket-invalid"))
        else:
            read.append(ticket)
    if faults:
        raise ValidationFailed(errors=faults)
    return read


def _checked(text: str, uow: UnitOfWork, tickets: BlobTickets) -> BlobTicket | None:
    try:
        return tickets.check(text, uploader=uow.caller.account_id, now=uow.now)
    except TicketInvalid:
        return None


async def bring_files(blobs: BlobStore, from_unit: str, to_unit: str, pages: Iterable[PageRef]) -> None:
    """Lay the files of these pages under another unit too, so that all files of a material have one address.

    Called before the transaction that binds them. DependencyDown when a file cannot be had now; a copy that
    nothing comes to use stays, used by nothing, and the next attempt takes it up.
    """
    if from_unit == to_unit:
        return
    for digest in sorted({digest for page in pages for digest in page.files}):
        try:
            async with blobs.receive(_MOST_BYTES) as copy:
                async for chunk in blobs.stream(from_unit, digest):
                    await copy.write(chunk)
                await copy.finish()
                await copy.keep(to_unit)
        except BlobMissing:
            raise DependencyDown(dependency="blobs", headers={"Retry-After": "5"}) from None
