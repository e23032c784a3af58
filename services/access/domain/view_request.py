"""A view request and the moves it allows; `MOVES` is the whole state machine (docs/guide/viewing.md draws it)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from contracts.problems import StateConflict
from services.access.domain.period import Period
from services.access.domain.policy import Step
from services.access.domain.recusal import Declaration, Finding
from services.access.domain.scope import Scope

State = Literal[
    "submitted",
    "unit_approved",
    "archive_checked",
    "approved",
    "returned",
    "rejected",
    "withdrawn",
    "expired",
    "revoked",
]

MOVES: Mapping[State, frozenset[State]] = {
    # Withdrawn only from here: once somebody has signed, the request is no longer the asker's alone.
    "submitted": frozenset(
        {"unit_approved", "archive_checked", "approved", "returned", "rejected", "withdrawn", "expired"}
    ),
    "unit_approved": frozenset({"archive_checked", "approved", "returned", "rejected", "expired"}),
    "archive_checked": frozenset({"approved", "returned", "rejected", "expired"}),
    # What ends the grant ends the request with it.
    "approved": frozenset({"expired", "revoked"}),
    "returned": frozenset(),
    "rejected": frozenset(),
    "withdrawn": frozenset(),
    "expired": frozenset(),
    "revoked": frozenset(),
}
"""From each state, the states that may follow."""

UNDECIDED: frozenset[State] = frozenset({"submitted", "unit_approved", "archive_checked"})
"""States in which somebody still has to sign."""


@dataclass(frozen=True)
class Viewer:
    """A person who is to see the pages, known by account or by person number (or both)."""

    name: str
    party_member: bool
    account_id: str | None = None
    person_no: str | None = None
    post: str | None = None
    relation: Finding = "not_verified"

    def is_account(self, account_id: str, person_no: str | None) -> bool:
        """Whether a signed-in account is this viewer."""
        return self.account_id == account_id or (person_no is not None and self.person_no == person_no)


@dataclass(frozen=True)
class Subject:
    """Whose dossier is asked for, and the unit that keeps it."""

    dossier_id: str
    person_id: str
    unit_id: str


@dataclass(frozen=True)
class ViewRequest:
    """Who asks to see what, why, for how long, and with which signatures (查阅审批表)."""

    id: str
    request_no: str
    unit_id: str
    subject: Subject
    scope: Scope
    purpose: str
    reason: str | None
    period: Period
    viewers: tuple[Viewer, ...]
    requested_by: str
    requested_at: datetime
    requester_relation: Finding
    declaration: Declaration | None
    chain: tuple[Step, ...]
    state: State = "submitted"
    version: int = 1

    def move(self, to: State) -> ViewRequest:
        """The request in its next state; StateConflict when the present one does not lead there."""
        if to not in MOVES[self.state]:
            raise StateConflict(state=self.state)
        return replace(self, state=to, version=self.version + 1)

    def viewer_for(self, account_id: str, person_no: str | None) -> Viewer | None:
        """The viewer that a signed-in account is, if it is one."""
        return next((viewer for viewer in self.viewers if viewer.is_account(account_id, person_no)), None)
