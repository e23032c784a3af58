"""Tickets of uploaded pictures, as the upload would have signed them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.identity import Caller
from chassis.tickets import BlobTicket
from contracts.values.ids import new_id
from tests.services.audit.office import Office


async def ticket_for(office: Office, caller: Caller, lies_in: str, **changes: Any) -> str:
    """A ticket of this caller for a fresh picture that lies in the store."""
    content = office.drawn_page()
    page = await office.store(lies_in, content)
    ticket = BlobTicket(
        upload_id=new_id("upl"),
        digest=page.digest,
        bytes=page.bytes,
        media_type=page.media_type,
        width=page.width,
        height=page.height,
        uploader=caller.account_id,
        unit_id=lies_in,
        until=int((datetime.now(UTC) + timedelta(hours=24)).timestamp()),
    )
    return office.deps.tickets.sign(ticket.model_copy(update=changes))
