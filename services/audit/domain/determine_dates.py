"""Dates of claims: agreement to the month, the earliest record, what a record must have to decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.audit.domain.claim import Claim
from services.audit.domain.determination import Finding
from services.audit.domain.determine_rules import DeterminationRules, EvidenceKind
from services.audit.domain.facts import AuditFact

Bar = Literal["undated", "unsigned", "compared_only", "outside", "after_paper"]
"""Why a claim never decides: without a sure date, not signed by the person, a paper that only confirms, one that is
not in the dossier, one that states a day after its own."""

_END = "~"
"""Sorts behind every digit and hyphen: the last day that a partial date allows."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A claim and the date that it states, `month` counted from year 0; None where no month is known for sure."""

    claim: Claim
    date: PartialDate
    month: int | None

    @classmethod
    def of(cls, claim: Claim, date: PartialDate) -> Reading:
        """The reading of a claim that states this date."""
        return cls(claim, date, None if date.qualifier else month_of(date))

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Order of readings: the material's date, the date stated, the title; the id only where these are equal."""
        formed = self.claim.evidence.formed_on
        return (formed.value if formed else _END, self.date.value, self.claim.evidence.title, self.claim.id)


def month_of(date: PartialDate) -> int | None:
    """Months since year 0 as the date has them, doubtful or not; None where the month is not known."""
    value = date.value
    return int(value[:4]) * 12 + int(value[5:7]) - 1 if len(value) > 4 else None


def same_month(one: PartialDate, other: PartialDate) -> Ternary:
    """Whether two dates are of one month; a doubtful date, or a year alone, cannot tell of its own year."""
    if one.qualifier or other.qualifier:
        return Ternary.CANNOT_TELL
    if len(one.value) > 4 and len(other.value) > 4:
        return Ternary.of(one.value[:7] == other.value[:7])
    return Ternary.CANNOT_TELL if one.value[:4] == other.value[:4] else Ternary.NO


def compatible(one: PartialDate, other: PartialDate) -> bool:
    """Whether both may mean one month: what each has, doubtful or not, is the same."""
    length = min(len(one.value), len(other.value), 7)
    return one.value[:length] == other.value[:length]


def front(readings: Sequence[Reading]) -> list[Reading]:
    """Those of which no other is certainly formed earlier. All of them must be dated."""
    latest = min((_formed(reading) + _END for reading in readings), default="")
    return [reading for reading in readings if _formed(reading) <= latest]


def _formed(reading: Reading) -> str:
    formed = reading.claim.evidence.formed_on
    if formed is None:
        raise ValueError("an undated record has no place in the order")
    return formed.value


def agreed(readings: Sequence[Reading]) -> Reading | None:
    """The first of these that knows its month, if none of the others contradicts it; else None: nobody can tell."""
    known = [reading for reading in readings if reading.month is not None]
    if not known:
        return None
    first = known[0]
    return first if all(compatible(first.date, reading.date) for reading in readings) else None


def why_not(readings: Sequence[Reading]) -> Finding:
    """Why the earliest records give no value."""
    ids = tuple(reading.claim.id for reading in readings)
    if any(reading.date.calendar == "lunar" for reading in readings):
        return Finding("no_order", "最早记载为农历日期，公历日期须经核实", ids)
    if all(reading.month is None for reading in readings):
        return Finding("month_unknown", "最早记载未载明月份或日期存疑", ids)
    places = [reading.claim.page_id or reading.claim.evidence.material_id for reading in readings]
    if places[0] is not None and len(set(places)) == 1:
        return Finding("page_contradiction", "同一材料内记载自相矛盾", ids)
    return Finding("no_order", "最早记载不一，且无法分辨形成先后", ids)


def barred(reading: Reading, rules: DeterminationRules) -> Bar | None:
    """Why a claim may only be compared; None where it may decide."""
    evidence = reading.claim.evidence
    kind = rules.kind(evidence.kind)
    if evidence.formed_on is None or evidence.formed_on.qualifier:
        return "undated"
    if kind is not None and kind.compared_only:
        return "compared_only"
    if kind is not None and kind.self_filled and evidence.signed is False:
        return "unsigned"
    # Only a birth cannot follow its paper: later steps are written on the party's form, a start is approved ahead.
    if reading.claim.fact is AuditFact.BIRTH_DATE and reading.date.value > evidence.formed_on.value + _END:
        return "after_paper"
    if evidence.material_id is not None or (kind is not None and kind.outside and _of_its_age(reading, kind)):
        return None
    return "outside"


def _of_its_age(reading: Reading, kind: EvidenceKind) -> bool:
    """Whether a paper from outside the dossier counts for a person born then."""
    if reading.claim.fact is not AuditFact.BIRTH_DATE:
        return True
    before = kind.born_before is None or reading.date.latest < kind.born_before
    return before and (kind.born_from is None or reading.date.earliest >= kind.born_from)
