"""Events that the gateway says of accounts."""

from __future__ import annotations

from typing import ClassVar

from contracts.events.base import EventData


class AccountChanged(EventData):
    """An account was made, changed or switched off. No name: who it is, the gateway knows."""

    event_type: ClassVar[str] = "account.changed"
    owner: ClassVar[str] = "identity"
    resource: ClassVar[str] = "accounts"
    subject_member: ClassVar[str] = "account_id"
    partition_member: ClassVar[str | None] = None

    account_id: str
    person_no: str | None
    active: bool
