"""A removal (剔除) and a restoration: asked for by an archivist, decided by somebody else."""

import calendar
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from contracts.problems import FieldFault, SamePersonTwice, StateConflict
from services.catalog.domain.material import MaterialState
from services.catalog.domain.scheme import Scheme

RemovalKind = Literal["remove", "restore"]
RemovalState = Literal["pending", "approved", "rejected"]
RESTORE = "restore"
"""The reason code of a restoration: why is said in its note."""


@dataclass(frozen=True)
class RemovalRules:
    """Whose task an approval is, days until it is overdue, and years for which a removed material is kept."""

    approver_role: str
    due_days: int
    keep_years: int

    def due_at(self, asked: datetime) -> datetime:
        """When the approval is overdue."""
        return asked + timedelta(days=self.due_days)

    def keep_until(self, removed: date) -> date:
        """Until when nothing of the material may be destroyed."""
        year = removed.year + self.keep_years
        return removed.replace(year=year, day=min(removed.day, calendar.monthrange(year, removed.month)[1]))


@dataclass(frozen=True)
class Removal:
    """One request. `reason` is a code of the scheme's, `note` what the archivist adds; `former_place` where the
    material stood (`4-1-2`), `keep_until` until when it is kept."""

    removal_id: str
    unit_id: str
    dossier_id: str
    material_id: str
    kind: RemovalKind
    reason: str
    note: str | None
    owner_role: str
    requested_by: str
    requested_at: datetime
    due_at: datetime
    state: RemovalState = "pending"
    version: int = 1
    decided_by: str | None = None
    decided_at: datetime | None = None
    decision_note: str | None = None
    change_id: str | None = None
    former_place: str | None = None
    keep_until: date | None = None

    def decided(self, state: Literal["approved", "rejected"], by: str, at: datetime, note: str | None) -> "Removal":
        """Decided once, by somebody else. StateConflict; SamePersonTwice."""
        if self.state != "pending":
            raise StateConflict(state=self.state)
        if by == self.requested_by:
            raise SamePersonTwice()
        return replace(self, state=state, version=self.version + 1, decided_by=by, decided_at=at, decision_note=note)


def check_state(kind: RemovalKind, state: MaterialState) -> None:
    """Only what is filed can be taken out, only what was taken out can come back."""
    if state != ("filed" if kind == "remove" else "removed"):
        raise StateConflict(state=state)


def reason_fault(reason: str, scheme: Scheme) -> FieldFault | None:
    """A reason that the scheme does not list (classification rules, 2: not filed at all)."""
    if reason in scheme.refusal_reasons:
        return None
    return FieldFault("/reason", "not-allowed-value", {"allowed": ", ".join(scheme.refusal_reasons)})
