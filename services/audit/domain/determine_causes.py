"""Claims that say something else than the value: by how much, in which direction, and why, as far as it shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.audit.domain.claim import Claim
from services.audit.domain.determination import Cause, Disagreement, gravest_cause
from services.audit.domain.determine_dates import Reading, month_of, same_month
from services.audit.domain.determine_rules import DeterminationRules


def compared(
    readings: Sequence[Reading],
    value: PartialDate,
    basis: Claim | None,
    rules: DeterminationRules,
    other_steps: Collection[int] = (),
) -> tuple[tuple[Disagreement, ...], tuple[Claim, ...]]:
    """Every reading that differs from the value, and those of which nobody can tell.

    `other_steps`: months of the other steps of the same act (approval instead of meeting); stating one of them
    is a confusion of dates and no falsehood.
    """
    disagreeing: list[Disagreement] = []
    cannot_tell: list[Claim] = []
    for reading in readings:
        answer = same_month(reading.date, value)
        if answer is Ternary.NO:
            cause = None if reading.month in other_steps else _cause(reading, readings, value, basis, rules)
            disagreeing.append(_disagreement(reading, value, cause, rules))
        elif answer is Ternary.CANNOT_TELL and reading.claim is not basis:
            cannot_tell.append(reading.claim)
    return tuple(disagreeing), tuple(cannot_tell)


def _disagreement(reading: Reading, value: PartialDate, cause: Cause | None, rules: DeterminationRules) -> Disagreement:
    month = month_of(value)
    months = None if month is None or reading.month is None else abs(reading.month - month)
    kind = rules.kind(reading.claim.evidence.kind)
    return Disagreement(
        reading.claim,
        months=months,
        direction="overstated" if reading.date.value < value.value else "understated",
        cause=cause,
        band=None if months is None else rules.band(months),
        purpose=kind.purpose if kind else None,
    )


def _cause(
    reading: Reading,
    readings: Sequence[Reading],
    value: PartialDate,
    basis: Claim | None,
    rules: DeterminationRules,
) -> Cause | None:
    """The likely cause. What was formed no later than the deciding record has none: it was not copied from it."""
    if reading.claim.altered != "none":
        return "alteration"
    month = month_of(value)
    months = None if month is None or reading.month is None else abs(reading.month - month)
    limits = rules.limits
    if months is not None and months <= limits.nominal_months and _names_an_age(reading, limits.nominal_words):
        return "nominal_age"
    if not _after(reading.claim, basis):
        return None
    return "slip" if _taken_back(reading, readings, value) else "false_statement"


def _names_an_age(reading: Reading, words: Collection[str]) -> bool:
    written = reading.date.as_written
    return written is not None and any(word in written for word in words)


def _after(claim: Claim, basis: Claim | None) -> bool:
    formed = claim.evidence.formed_on
    if formed is None:
        return False
    decided = basis.evidence.formed_on if basis else None
    return decided is None or formed.value > decided.value


def _taken_back(reading: Reading, readings: Sequence[Reading], value: PartialDate) -> bool:
    """Whether the claim stands alone, and a later record states the value again: nobody went on using it."""
    alone = all(other is reading or other.month != reading.month for other in readings)
    return alone and any(
        _after(other.claim, reading.claim) and same_month(other.date, value) is Ternary.YES for other in readings
    )


def cause_of(
    disagreeing: Sequence[Disagreement], readings: Sequence[Reading], rules: DeterminationRules
) -> Cause | None:
    """The gravest cause; a lunar record beside a solar one of about the same month is a cause too."""
    lunar = any(_beside_a_lunar(reading, readings, rules.limits.lunar_months) for reading in readings)
    return gravest_cause([*(found.cause for found in disagreeing), "lunar_solar" if lunar else None])


def _beside_a_lunar(reading: Reading, readings: Sequence[Reading], within: int) -> bool:
    month = month_of(reading.date)
    if reading.date.calendar != "lunar" or month is None:
        return False
    return any(other.month is not None and abs(other.month - month) <= within for other in readings)
