"""A department's submission (移交): drafted, then delivered or withdrawn, then closed by its outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.problems import FieldFault
from services.transfer.domain.item import Item
from services.transfer.domain.refusals import NothingToDeliver, TooMany
from services.transfer.domain.states import SUBMISSION_MOVES, SubmissionState, move, require_draft
from services.transfer.domain.subject import Subject


@dataclass(frozen=True)
class Submission:
    """A submission without its items. `unit_id` is the department's unit.

    `custodian_unit_id` (管档单位) is the unit that keeps the dossier. It is set at delivery, because a draft
    is nobody's business but the department's. `provisional_receipt` is the JWS that the delivery answered.
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
    provisional_receipt: str | None = None
    closed_at: datetime | None = None

    def retargeted(self, subject: Subject, at: datetime) -> "Submission":
        """The draft, now for another dossier."""
        require_draft(self.state)
        return self._changed(at, subject=subject)

    def touched(self, at: datetime) -> "Submission":
        """The draft after one of its items came, changed or went."""
        require_draft(self.state)
        return self._changed(at)

    def delivered(self, by: str, at: datetime, custodian_unit_id: str, provisional_receipt: str) -> "Submission":
        """The submission handed in: from now on its items go their own ways."""
        return self._changed(
            at,
            state=move(SUBMISSION_MOVES, self.state, "deliver"),
            custodian_unit_id=custodian_unit_id,
            delivered_at=at,
            delivered_by=by,
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
