"""Whether two papers say the same about a fact: yes, no, or cannot tell.

Dates are compared to the month, which is what the forms of the audit ask for; a date that is known to the year
only, doubtful, or converted from the lunar calendar cannot tell (screen of the fact matrix: 无法比较, with the reason).
"""

from __future__ import annotations

from functools import reduce
from typing import Literal

from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.audit.domain.facts import (
    AuditFact,
    ClaimValue,
    DateClaim,
    EducationClaim,
    IdentityClaim,
    PartyClaim,
    PostClaim,
    TextClaim,
)

Doubt = Literal["lunar", "qualified", "partial", "other_step"]
"""Why two statements cannot be compared: a lunar date, a date noted as doubtful or approximate, a date known in
part, or two forms that name different steps into the party."""

ONE_AT_A_TIME = frozenset(
    {
        AuditFact.BIRTH_DATE,
        AuditFact.WORK_START_DATE,
        AuditFact.PARTY_JOIN_DATE,
        AuditFact.CADRE_IDENTITY,
        AuditFact.NAME,
        AuditFact.ETHNICITY,
        AuditFact.NATIVE_PLACE,
    }
)
"""Facts of which a person has one: each claim is compared with each. Of the others, only those of one matter."""


def same_month(one: PartialDate, other: PartialDate) -> Ternary:
    """Whether both are one month. Years that differ are a no, also where a month is not known."""
    if one.qualifier or other.qualifier:
        return Ternary.CANNOT_TELL
    if one.year != other.year:
        return Ternary.NO
    if one.month is None or other.month is None:
        return Ternary.CANNOT_TELL
    return Ternary.of(one.month == other.month)


def agree(one: ClaimValue, other: ClaimValue) -> Ternary:
    """Whether both say the same, as far as both say anything; what one of them leaves out is no difference."""
    return reduce(Ternary.__and__, _parts(one, other), Ternary.YES)


def of_one_matter(one: ClaimValue, other: ClaimValue) -> bool:
    """Whether two claims of one fact speak of the same stage, post or line, so that they can differ at all."""
    match one, other:
        case EducationClaim(), EducationClaim():
            alike = one.level is not None and one.level == other.level
            return one.school == other.school and (alike or _touch(one, other))
        case PostClaim(), PostClaim():
            held = one.post == other.post and not _apart(one, other)
            return one.unit == other.unit and (held or _touch(one, other))
        case _:
            return one == other


def doubts(one: ClaimValue, other: ClaimValue) -> Doubt:
    """Why `agree` cannot tell; the first reason that applies, in the order of `Doubt`."""
    dates = [date for value in (one, other) for date in dates_of(value).values()]
    if any(date.calendar == "lunar" for date in dates):
        return "lunar"
    if any(date.qualifier for date in dates):
        return "qualified"
    if any(date.month is None for date in dates):
        return "partial"
    return "other_step"


def dates_of(value: ClaimValue) -> dict[str, PartialDate]:
    """The dates that a statement names, by member."""
    return {name: date for name, date in value if isinstance(date, PartialDate)}


def _parts(one: ClaimValue, other: ClaimValue) -> list[Ternary]:
    match one, other:
        case DateClaim(), DateClaim():
            return [same_month(one.date, other.date)]
        case PartyClaim(), PartyClaim():
            return _party(one, other)
        case EducationClaim(), EducationClaim():
            words = [_same(one.level, other.level), _same(one.degree, other.degree)]
            mode = _same(one.full_time, other.full_time)
            return [_same(one.school, other.school), *words, mode, *_dates(one, other)]
        case PostClaim(), PostClaim():
            return [_same(one.unit, other.unit), _same(one.post, other.post), *_dates(one, other)]
        case IdentityClaim(), IdentityClaim():
            return [_same(one.route, other.route), *_dates(one, other)]
        case TextClaim(), TextClaim():
            return [_same(one.text, other.text)]
        case _:
            raise TypeError("two claims of one fact have one kind of value")


def _party(one: PartyClaim, other: PartyClaim) -> list[Ternary]:
    """Steps are compared with the same step. Which of them counts is a matter of the rules, not of the papers."""
    if one.party != other.party:
        return [Ternary.NO]
    compared = _dates(one, other)
    if not compared and dates_of(one) and dates_of(other):
        return [Ternary.CANNOT_TELL]
    return compared


def _dates(one: ClaimValue, other: ClaimValue) -> list[Ternary]:
    theirs = dates_of(other)
    return [same_month(date, theirs[name]) for name, date in dates_of(one).items() if name in theirs]


def _same(one: object, other: object) -> Ternary:
    return Ternary.of(one is None or other is None or one == other)


def _touch(one: EducationClaim | PostClaim, other: EducationClaim | PostClaim) -> bool:
    """Whether both begin, or both end, in one month."""
    return any(compared is Ternary.YES for compared in _dates(one, other))


def _apart(one: PostClaim, other: PostClaim) -> bool:
    """Whether one was over for certain before the other began: the same post, held twice."""
    return any(
        first.ends is not None and first.ends.before(then.begins) is Ternary.YES
        for first, then in ((one, other), (other, one))
    )
