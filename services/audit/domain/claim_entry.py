"""What may be entered as a claim: whether a statement can be at all, and whether it stands there already.

A paper may be false, and then it is entered as it is: `as_on_paper` says that somebody looked twice. Without it a
statement that cannot be true beside the others is taken for a slip of the keyboard, and refused with the place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.problems import FieldFault
from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.audit.domain.agreement import ONE_AT_A_TIME, agree, dates_of, of_one_matter
from services.audit.domain.claim import Altered, Claim
from services.audit.domain.fact_matrix import is_before_birth
from services.audit.domain.facts import AuditFact, ClaimValue, PartyClaim

DATE_FAULTS: Final = frozenset({"date-in-future", "date-before", "dates-contradict"})
"""Faults of dates alone: a request that has no others is refused as `date-impossible`."""
MOST_CLAIMS: Final = 1000
"""Claims of one person that may stand at a time."""

_MAY_LIE_AHEAD: Final = frozenset({"ends", "until"})
# What comes after what within one statement.
_ORDER: Final = (("begins", "ends"), ("date", "until"), ("branch_meeting", "full_member"), ("join_date", "full_member"))
_BEFORE_PARTY_AND_WORK: Final = (AuditFact.WORK_START_DATE, AuditFact.PARTY_JOIN_DATE)


@dataclass(frozen=True)
class Entered:
    """One statement as somebody enters it. `box` is where it stands, in per cent of the page (x, y, width, height).

    `title` names a paper that is not in the dossier, `material_id` one that is. `formed_on` is the date that the
    paper bears; of a material of the dossier it counts only where the catalogue has none.
    """

    person_id: str
    fact: AuditFact
    value: ClaimValue
    material_id: str | None = None
    page_id: str | None = None
    box: Mapping[str, float] | None = None
    title: str | None = None
    formed_on: PartialDate | None = None
    signed: bool | None = None
    altered: Altered = "none"
    as_on_paper: bool = False
    remark: str | None = None

    @property
    def statement(self) -> str:
        """Digest of what is said and where: the same for the same entry, whoever makes it."""
        formed = self.formed_on.value if self.formed_on and not self.material_id else None
        place = [self.material_id, self.page_id, self.title, formed]
        told = [self.fact.value, self.value.model_dump(mode="json"), *place]
        return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True)
class Standing:
    """A claim that stands; `named` is how the one who enters knows it: by its id, or by its place in their list."""

    claim: Claim
    statement: str
    named: str


def entry_faults(new: Standing, standing: Sequence[Standing], today: date, *, as_on_paper: bool) -> list[FieldFault]:
    """Everything that speaks against a claim beside those of the person that stand, with where it was written."""
    faults = [FieldFault("/value", "duplicate") for one in standing if one.statement == new.statement]
    if as_on_paper:
        return faults
    faults += _impossible(new.claim, today)
    if not faults:
        faults += [*_on_the_page(new.claim, standing), *_against_others(new.claim, standing)]
    return faults


def _impossible(claim: Claim, today: date) -> Iterator[FieldFault]:
    """What is wrong with the statement by itself, and beside the paper's own date."""
    dates, formed = dates_of(claim.value), claim.evidence.formed_on
    if formed and formed.after(today) is Ternary.YES:
        yield FieldFault("/formed_on", "date-in-future")
    for member, day in dates.items():
        if member in _MAY_LIE_AHEAD:
            continue
        if day.after(today) is Ternary.YES:
            yield FieldFault(f"/value/{member}", "date-in-future")
        elif formed and day.after(formed) is Ternary.YES and not _filled_in_later(claim.value):
            yield FieldFault(f"/value/{member}", "dates-contradict", {"other": "formed_on"})
    for first, then in _ORDER:
        if first in dates and then in dates and dates[then].before(dates[first]) is Ternary.YES:
            yield FieldFault(f"/value/{then}", "date-before", {"other": first})


def _filled_in_later(value: ClaimValue) -> bool:
    """The party's form is dated when the person applies; the branch, the committee and the end of the probation are
    entered on it in the years that follow."""
    return isinstance(value, PartyClaim)


def _on_the_page(claim: Claim, standing: Sequence[Standing]) -> Iterator[FieldFault]:
    """The same page is entered already as saying something else."""
    for other in standing:
        if not _same_place(claim, other.claim) or claim.fact is not other.claim.fact:
            continue
        comparable = claim.fact in ONE_AT_A_TIME or of_one_matter(claim.value, other.claim.value)
        if comparable and agree(claim.value, other.claim.value) is Ternary.NO:
            yield FieldFault("/value", "paper-contradicts", {"other": other.named})
            return


def _same_place(one: Claim, other: Claim) -> bool:
    mine, theirs = one.evidence, other.evidence
    if mine.material_id or theirs.material_id:
        return (mine.material_id, one.page_id) == (theirs.material_id, other.page_id)
    return (mine.title, mine.formed_on) == (theirs.title, theirs.formed_on)


def _against_others(claim: Claim, standing: Sequence[Standing]) -> Iterator[FieldFault]:
    """A birth date after the work or the party date, or one of these before the birth date, on whichever paper."""
    counted = [one for one in standing if one.claim.excluded is None]
    if claim.fact is AuditFact.BIRTH_DATE:
        for other in counted:
            if other.claim.fact in _BEFORE_PARTY_AND_WORK and is_before_birth(claim.value, other.claim.value):
                yield FieldFault("/value/date", "dates-contradict", {"other": other.named})
                return
    elif claim.fact in _BEFORE_PARTY_AND_WORK:
        for other in counted:
            if is_before_birth(other.claim.value, claim.value):
                yield FieldFault("/value", "dates-contradict", {"other": other.named})
                return
