"""Blob tickets: a signed statement of what was uploaded, by whom and for which unit, checked offline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from chassis import jws
from chassis.keys import KeyRing

LIFETIME = timedelta(hours=24)
TYP = "blob-ticket"
TABLE_TYP = "table-ticket"


class BlobTicket(BaseModel):
    """What a finished upload is: digest, size, media type, pixels, uploader, unit, and until when it binds.

    A page image that was drawn from a TIFF or PDF also names that file and the page in it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    upload_id: str
    digest: str
    bytes: int
    media_type: str
    width: int
    height: int
    uploader: str
    unit_id: str
    until: int
    source_digest: str | None = None
    source_page_no: int | None = None


class TableTicket(BaseModel):
    """What an uploaded list is. Of another type than page tickets, so that no list is bound as a page."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    upload_id: str
    digest: str
    bytes: int
    media_type: str
    uploader: str
    unit_id: str
    until: int


class TicketInvalid(Exception):
    """A ticket that is forged, over, or of somebody else."""


Ticket = TypeVar("Ticket", BlobTicket, TableTicket)


@dataclass(frozen=True)
class BlobTickets:
    """Signs (transfer) and checks (everyone) tickets."""

    keys: KeyRing

    def sign(self, ticket: BlobTicket) -> str:
        """The ticket as a compact JWS (ES256)."""
        return jws.sign(ticket.model_dump(exclude_none=True), self.keys.private_jwk("blob-ticket"), typ=TYP)

    def check(self, text: str, *, uploader: str, now: datetime) -> BlobTicket:
        """The ticket in `text`, if it is ours, of this uploader, and not over."""
        return self._checked(BlobTicket, text, TYP, uploader, now)

    def sign_table(self, ticket: TableTicket) -> str:
        """The ticket of a list as a compact JWS (ES256)."""
        return jws.sign(ticket.model_dump(), self.keys.private_jwk("blob-ticket"), typ=TABLE_TYP)

    def check_table(self, text: str, *, uploader: str, now: datetime) -> TableTicket:
        """The ticket of a list in `text`, if it is ours, of this uploader, and not over."""
        return self._checked(TableTicket, text, TABLE_TYP, uploader, now)

    def _checked(self, kind: type[Ticket], text: str, typ: str, uploader: str, now: datetime) -> Ticket:
        try:
            signed = jws.verify(text, [self.keys.public_jwk("blob-ticket")], typ=typ)
            ticket = kind.model_validate(signed.payload)
        except (jws.JwsInvalid, jws.JwsKeyUnknown, ValidationError):
            raise TicketInvalid() from None
        if ticket.uploader != uploader or now.timestamp() > ticket.until:
            raise TicketInvalid()
        return ticket
