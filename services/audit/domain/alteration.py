"""Alterations on papers (涂改): what was found, what the organisation makes of it, and what follows.

A slip of the pen is no falsification: that needs the aim of improper gain, altering or forging, and false information
that results, all three (中组发〔2015〕23号). What is confirmed is filed into the original volume (seed 004).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Literal

from contracts.problems import FieldFault, SamePersonTwice, StateConflict, ValidationFailed

Means = Literal["correction_fluid", "overwriting", "erasing", "scraping", "bleaching", "other"]
"""How papers are altered in practice: 涂改液, 描改, 擦除, 刮改, 药水褪色."""

ConsequenceKind = Literal["public_investigation", "disqualified", "points_deducted", "discipline", "correction"]
"""公开查处, 取消任职资格, 量化考核扣分, 处分, 纠正 (seed 004; the last two are an office's own)."""

EDITABLE: Final = ("means", "reads_now", "read_before", "verdict", "falsified_object", "remark")


class Verdict(StrEnum):
    """What the organisation makes of an alteration."""

    SLIP = "slip"
    FALSIFIED = "falsified"
    UNDETERMINED = "undetermined"


class FalsifiedObject(StrEnum):
    """What was falsified (中组发〔2015〕23号, article 5, first nine)."""

    FACTS = "facts"
    IDENTITY = "identity"
    EDUCATION = "education"
    PROFESSIONAL_TITLE = "professional_title"
    PARTY = "party"
    DELEGATE = "delegate"
    RECRUITMENT_AND_WAGE = "recruitment_and_wage"
    ASSESSMENT_AND_APPOINTMENT = "assessment_and_appointment"
    AWARD = "award"


@dataclass(frozen=True)
class Finding:
    """One alteration. `read_before` is None where the first words cannot be read."""

    version: int
    recorded_by: str
    state: Literal["recorded", "confirmed"]
    means: Means
    reads_now: str
    read_before: str | None
    verdict: Verdict
    falsified_object: FalsifiedObject | None
    remark: str | None

    def faults(self) -> list[FieldFault]:
        """A falsification names what was falsified; nothing else does."""
        if self.verdict is Verdict.FALSIFIED and self.falsified_object is None:
            return [FieldFault("/falsified_object", "required")]
        if self.verdict is not Verdict.FALSIFIED and self.falsified_object is not None:
            return [FieldFault("/falsified_object", "contradiction", {"other": "/verdict"})]
        return []

    def changed(self, changes: Mapping[str, Any]) -> Finding:
        """The finding with other members, until it is confirmed; the same one where nothing differs."""
        if self.state == "confirmed":
            raise StateConflict(state=self.state)
        differs = {name: value for name, value in changes.items() if getattr(self, name) != value}
        if not differs:
            return self
        made = replace(self, version=self.version + 1, **differs)
        if faults := made.faults():
            raise ValidationFailed(errors=faults)
        return made

    def confirmed(self, account_id: str) -> Finding:
        """The finding as the organisation confirms it, by another person than the one who recorded it."""
        if self.state == "confirmed":
            raise StateConflict(state=self.state)
        if account_id == self.recorded_by:
            raise SamePersonTwice()
        return replace(self, version=self.version + 1, state="confirmed")

    def check_consequence(self) -> None:
        """Consequences follow a confirmed falsification only."""
        if self.state != "confirmed":
            raise StateConflict(state=self.state)
        if self.verdict is not Verdict.FALSIFIED:
            raise StateConflict(state=self.verdict.value)
