"""A dossier read before its person is taken in (凡进必审): lent for reading only, audited, then tabled (seed 000).

It stays the other office's dossier: no custody moves, nothing of it is filed here, and it goes back on the day agreed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from contracts.problems import FieldFault, StateConflict, ValidationFailed

GIVEN_BACK = "given back"
"""The state that refuses whatever asks for the paper."""


@dataclass(frozen=True)
class Loan:
    """The days of one preview, by the calendar of the office; `given_back_on` None while the paper is here."""

    borrowed_on: date
    due_back_on: date
    given_back_on: date | None = None

    def check(self, today: date) -> None:
        """ValidationFailed for a loan that lies ahead, and for one that is due back before it began."""
        faults: list[FieldFault] = []
        if self.borrowed_on > today:
            faults.append(FieldFault("/borrowed_on", "date-in-future"))
        if self.due_back_on < self.borrowed_on:
            faults.append(FieldFault("/due_back_on", "date-before", {"other": "/borrowed_on"}))
        if faults:
            raise ValidationFailed(errors=faults)

    def returned(self, on: date, today: date) -> Loan:
        """The loan once the paper has gone back; StateConflict where it has gone already."""
        if self.given_back_on is not None:
            raise StateConflict(state=GIVEN_BACK)
        if on > today:
            raise ValidationFailed(errors=[FieldFault("/given_back_on", "date-in-future")])
        if on < self.borrowed_on:
            raise ValidationFailed(errors=[FieldFault("/given_back_on", "date-before", {"other": "/borrowed_on"})])
        return replace(self, given_back_on=on)

    def overdue(self, today: date) -> bool:
        """Whether the paper should have gone back before today."""
        return self.given_back_on is None and self.due_back_on < today
