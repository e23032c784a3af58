"""Events that access says: view requests and grants. They carry ids and states only."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from contracts.events.base import EventData


class ViewRequestSubmitted(EventData):
    """Somebody asked to view parts of a dossier."""

    event_type: ClassVar[str] = "view_request.submitted"
    owner: ClassVar[str] = "access"
    resource: ClassVar[str] = "view-requests"
    subject_member: ClassVar[str] = "view_request_id"

    view_request_id: str
    request_no: str
    unit_id: str
    dossier_id: str
    purpose: str


class GrantApproved(EventData):
    """The last step of the approval chain said yes."""

    event_type: ClassVar[str] = "grant.approved"
    owner: ClassVar[str] = "access"
    resource: ClassVar[str] = "grants"
    subject_member: ClassVar[str] = "grant_id"

    grant_id: str
    view_request_id: str
    dossier_id: str
    unit_id: str
    valid_from: datetime
    valid_to: datetime


class GrantEnded(EventData):
    """A grant ended: its time was over, it was revoked, or a relation became known."""

    event_type: ClassVar[str] = "grant.ended"
    owner: ClassVar[str] = "access"
    resource: ClassVar[str] = "grants"
    subject_member: ClassVar[str] = "grant_id"

    grant_id: str
    view_request_id: str
    dossier_id: str
    unit_id: str
    reason: Literal["expired", "revoked", "recusal"]
