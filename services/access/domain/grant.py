"""A grant: the right of named viewers to see part of one dossier for a time. It ends once, for one reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from contracts.problems import StateConflict
from services.access.domain.scope import Scope

EndReason = Literal["expired", "revoked", "recusal"]


@dataclass(frozen=True)
class Grant:
    """What was approved. `ended_by` is an account, or None when the service ended it; `codes` say why."""

    id: str
    request_id: str
    request_no: str
    dossier_id: str
    person_id: str
    unit_id: str
    subject_unit_id: str
    scope: Scope
    purpose: str
    valid_from: datetime
    valid_to: datetime
    version: int = 1
    ended_reason: EndReason | None = None
    ended_at: datetime | None = None
    ended_by: str | None = None
    codes: tuple[str, ...] = ()

    @property
    def state(self) -> Literal["running", "expired", "revoked"]:
        """A grant that ended because a relation became known was revoked, by nobody in person."""
        if self.ended_reason is None:
            return "running"
        return "expired" if self.ended_reason == "expired" else "revoked"

    def end(self, reason: EndReason, at: datetime, by: str | None = None, codes: tuple[str, ...] = ()) -> Grant:
        """End a running grant; StateConflict when it ended before."""
        if self.ended_reason is not None:
            raise StateConflict(state=self.state)
        return replace(self, ended_reason=reason, ended_at=at, ended_by=by, codes=codes, version=self.version + 1)
