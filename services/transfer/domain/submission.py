"""A department's submission (移交): drafted, then delivered or withdrawn, then closed by its outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from contracts.problems import FieldFault
from contracts.values.text import is_printable, normal
from services.transfer.domain.item import Item
from services.transfer.domain.refusals import NothingToDeliver, TooMany
from services.transfer.domain.states import SUBMISSION_MOVES, SubmissionState, move, require_draft
from services.transfer.domain.subject import Subject

MAX_NAME: Final = 100


@dataclass(frozen=True)
class Deliverer:
    """Who hands a submission in: the account, and the name that papers print."""

    account_id: str
    name: str | None

    @classmethod
    def of(cls, account_id: str, name: str) -> "Deliverer":
        """With the name as sign-in tells it; one that no paper can bear is left to be written by hand."""
        stored = normal(name)
        fits = 0 < len(stored) <= MAX_NAME and is_printable(stored)
        return cls(account_id, stored if fits else None)


@dataclass(frozen=True)
class Headline:
    """A submission as lists show it."""

    submission_id: str
    unit_id: str
    dossier_id: str
    declared_person_no: str | None
    state: SubmissionState
    created_at: datetime
    delivered_at: datetime | None
    closed_at: datetime | None
    version: int


@dataclass(frozen=True)
class Submission:
    """A submission without its items. `unit_id` is the department's unit.

    `custodian_unit_id` (管档单位) is the unit that keeps the dossier. It is set at delivery, because a draft
    is nobody's business but the department's. `provisional_receipt` is the JWS that the delivery answered.
    `handed_in_by` (移交人) is the name of whoever delivered it, as its papers print it; a machine has none.
    """

    submission_id: str
    unit_id: str
    subject: Subject
    state: SubmissionState
    version: int
    created_by: str
    created_at: datetime
    changed_at: datetime
    custodian_unit_id: str | None = None
    delivered_at: datetime | None = None
    delivered_by: str | None = None
    handed_in_by: str | None = None
    provisional_receipt: str | None = None
    closed_at: datetime | None = None

    @property
    def headline(self) -> Headline:
        """What lists show of it."""
        return Headline(
            submission_id=self.submission_id,
            unit_id=self.unit_id,
            dossier_id=self.subject.dossier_id,
            declared_person_no=self.subject.declared_person_no,
            state=self.state,
            created_at=self.created_at,
            delivered_at=self.delivered_at,
            closed_at=self.closed_at,
            version=self.version,
        )

    def retargeted(self, subject: Subject, at: datetime) -> "Submission":
        """The draft, now for another dossier."""
        require_draft(self.state)
        return self._changed(at, subject=subject)

    def touched(self, at: datetime) -> "Submission":
        """The draft after one of its items came, changed or went."""
        require_draft(self.state)
        return self._changed(at)

    def delivered(self, by: Deliverer, at: datetime, custodian_unit_id: str, provisional_receipt: str) -> "Submission":
        """The submission handed in: from now on its items go their own ways."""
        return self._changed(
            at,
            state=move(SUBMISSION_MOVES, self.state, "deliver"),
            custodian_unit_id=custodian_unit_id,
            delivered_at=at,
            delivered_by=by.account_id,
            handed_in_by=by.name,
            provisional_receipt=provisional_receipt,
        )

    def withdrawn(self, at: datetime) -> "Submission":
        """The draft taken back; after delivery it is too late, since audit has been told."""
        return self._changed(at, state=move(SUBMISSION_MOVES, self.state, "withdraw"))

    def followed(self, at: datetime) -> "Submission":
        """The delivered submission after the state of one item was heard."""
        return self._changed(at)

    def closed(self, at: datetime) -> "Submission":
        """The submission after its last item ended."""
        return self._changed(at, state=move(SUBMISSION_MOVES, self.state, "close"), closed_at=at)

    def _changed(self, at: datetime, **members: object) -> "Submission":
        return replace(self, version=self.version + 1, changed_at=at, **members)  # type: ignore[arg-type]


def check_contents(items: Sequence[Item], max_pages: int) -> None:
    """A delivery needs an item, and each item a page; all faults at once. It holds `max_pages` at the most.

    Whether the declared number of pages came is audit's check (complete), not a reason to refuse here.
    """
    if not items:
        raise NothingToDeliver(errors=[FieldFault("/items", "no-items")])
    empty = [
        FieldFault(f"/items/{n}", "no-pages", {"item_id": item.item_id})
        for n, item in enumerate(items)
        if not item.page_count
    ]
    if empty:
        raise NothingToDeliver(errors=empty)
    if sum(item.page_count for item in items) > max_pages:
        raise TooMany("/items", max_pages)
