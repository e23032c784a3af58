"""Scanned pages of a paper that comes with an act: their tickets checked, and the pages as they are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.deps import Deps
from chassis.tickets import BlobTicket, TicketInvalid
from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault
from contracts.values.ids import new_id
from contracts.values.page import PageRef

IMAGES = ("image/jpeg", "image/png")


def checked_tickets(texts: Sequence[str], uow: UnitOfWork, deps: Deps) -> tuple[list[BlobTicket], list[FieldFault]]:
    """The pages' files, which lie under one unit of the caller's, and what is wrong with the others."""
    found: list[BlobTicket] = []
    faults: list[FieldFault] = []
    for position, text in enumerate(texts):
        try:
            ticket = deps.tickets.check(text, uploader=uow.caller.account_id, now=uow.now)
        except TicketInvalid:
            ticket = None
        ours = ticket is not None and ticket.unit_id in uow.units and (not found or ticket.unit_id == found[0].unit_id)
        if ticket is None or not ours or ticket.media_type not in IMAGES:
            faults.append(FieldFault(f"/pages/{position}", "ticket-invalid"))
        else:
            found.append(ticket)
    return found, faults


def kept_page(ticket: BlobTicket) -> dict[str, Any]:
    """The page as a record keeps it."""
    told = ticket.model_dump(
        include={"digest", "media_type", "bytes", "width", "height", "source_digest", "source_page_no"}
    )
    return PageRef.model_validate({"page_id": new_id("pag"), **told}).model_dump(mode="json")
