"""Materials held apart (另行放置): suspect or badly filled ones, on a place of their own, until somebody has answered.

What is held apart stands in no catalogue and counts in no page sum, since it is not filed; it is never let go of
while its case is open (seed 000: 虚假信息的进行另行放置，查看相关责任人和手续是否充分).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final, Literal

from contracts.problems import FieldFault, SamePersonTwice, StateConflict, ValidationFailed

Way = Literal["resumed", "returned"]
"""How a material leaves: back into its appraisal, or to whoever handed it in."""


class QuarantineReason(StrEnum):
    """Why a material is held apart."""

    DOUBTFUL = "doubtful"
    FALSE_STATEMENT = "false_statement"
    FORGERY = "forgery"
    ALTERATION = "alteration"
    BADLY_FILLED = "badly_filled"


REASON_ZH: Final[Mapping[QuarantineReason, str]] = {
    QuarantineReason.DOUBTFUL: "真实性存疑",
    QuarantineReason.FALSE_STATEMENT: "虚假信息",
    QuarantineReason.FORGERY: "伪造材料",
    QuarantineReason.ALTERATION: "涂改",
    QuarantineReason.BADLY_FILLED: "填写不规范",
}

CASE_OPEN: Final = "case open"
"""What a refusal says of a material whose case has not closed."""

EDITABLE: Final = (
    "place",
    "responsible_person",
    "asked_of_unit",
    "asked_on",
    "answer",
    "answered_on",
    "case_no",
    "case_closed_on",
)


@dataclass(frozen=True)
class Entry:
    """A line of the register. `case_no` names the case that looks into it, open until `case_closed_on`."""

    id: str
    version: int
    held_by: str
    held_on: date
    place: str
    responsible_person: str | None = None
    asked_of_unit: str | None = None
    asked_on: date | None = None
    answer: str | None = None
    answered_on: date | None = None
    case_no: str | None = None
    case_closed_on: date | None = None
    released: Way | None = None

    @property
    def case_open(self) -> bool:
        """Whether a case still looks into it."""
        return self.case_no is not None and self.case_closed_on is None

    def changed(self, changes: Mapping[str, Any], today: date) -> Entry:
        """The line with other members; the same one where nothing differs.

        StateConflict once it is released; ValidationFailed for members that contradict each other.
        """
        if self.released:
            raise StateConflict(state=self.released)
        differs = {name: value for name, value in changes.items() if getattr(self, name) != value}
        if not differs:
            return self
        made = replace(self, version=self.version + 1, **differs)
        if faults := made.faults(today):
            raise ValidationFailed(errors=faults)
        return made

    def faults(self, today: date) -> list[FieldFault]:
        """Members that contradict each other: an answer nobody asked for, a closing without a case, days to come."""
        pairs = (
            ("asked_on", self.asked_on, "asked_of_unit", self.asked_of_unit),
            ("answer", self.answer, "asked_of_unit", self.asked_of_unit),
            ("answered_on", self.answered_on, "answer", self.answer),
            ("case_closed_on", self.case_closed_on, "case_no", self.case_no),
        )
        faults = [
            FieldFault(f"/{other}", "required") for _, value, other, needed in pairs if value is not None and not needed
        ]
        days = (("asked_on", self.asked_on), ("answered_on", self.answered_on), ("case_closed_on", self.case_closed_on))
        faults += [FieldFault(f"/{name}", "date-in-future") for name, day in days if day is not None and day > today]
        if self.asked_on and self.answered_on and self.answered_on < self.asked_on:
            faults.append(FieldFault("/answered_on", "date-before", {"other": "/asked_on"}))
        return faults

    def let_go(self, way: Way, account_id: str) -> Entry:
        """The line once the material left, by another person than the one who held it apart."""
        if self.released:
            raise StateConflict(state=self.released)
        if self.case_open:
            raise StateConflict(state=CASE_OPEN)
        if account_id == self.held_by:
            raise SamePersonTwice()
        return replace(self, version=self.version + 1, released=way)
