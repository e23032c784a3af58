"""Birth date and work start by the earliest record (以最早形成的材料记载为准), and by the way into work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.audit.domain.claim import Claim
from services.audit.domain.determination import Determination, Disagreement, Finding, Status
from services.audit.domain.determine_causes import cause_of, compared
from services.audit.domain.determine_dates import (
    Bar,
    Reading,
    agreed,
    barred,
    compatible,
    front,
    same_month,
    why_not,
)
from services.audit.domain.determine_outcome import Case, Verdict, conclude
from services.audit.domain.determine_rules import Entry, Method
from services.audit.domain.facts import AuditFact, ClaimValue, DateClaim

BARRED_ZH: dict[Bar, str] = {
    "undated": "有记载未署形成时间，只作比对",
    "unsigned": "有自填材料本人未签字，只作比对",
    "compared_only": "有材料按规定只作比对",
    "outside": "有档外材料不能直接采信，只作比对",
    "after_paper": "有记载的日期晚于材料形成时间，只作比对",
}
BEFORE_BIRTH = Finding("before_birth", "该日期早于出生日期")


@dataclass(frozen=True)
class Sorted:
    """The readings in order; those that may decide, altered ones among them; and why others may not."""

    readings: tuple[Reading, ...]
    able: tuple[Reading, ...]
    findings: tuple[Finding, ...]


def determine_date(case: Case) -> Determination:
    """The determination of a birth date or a work start."""
    found = sort_out(case)
    entry, unclear = _entry(case, found) if case.fact is AuditFact.WORK_START_DATE else (None, None)
    verdict = _plausible(case, _verdict(case, found, entry, unclear), entry).settled
    verdict = replace(verdict, findings=(*found.findings, *verdict.findings))
    if isinstance(verdict.value, DateClaim):
        disagreeing, cannot_tell = compared(found.readings, verdict.value.date, verdict.basis, case.rules)
        verdict = replace(verdict, findings=(*verdict.findings, *both_directions(disagreeing)))
    else:
        disagreeing, cannot_tell = uncompared(found)
    return conclude(case, verdict, disagreeing, cannot_tell, cause_of(disagreeing, found.readings, case.rules))


def sort_out(case: Case) -> Sorted:
    """The readings of the case's claims; each that may not decide is told with its reason."""
    dated = [(claim, claim.value) for claim in case.claims]
    readings = sorted(
        (Reading.of(claim, value.date) for claim, value in dated if isinstance(value, DateClaim)),
        key=lambda reading: reading.key,
    )
    able, findings = able_of(case, readings)
    return Sorted(tuple(readings), able, findings)


def able_of(case: Case, readings: Sequence[Reading]) -> tuple[tuple[Reading, ...], tuple[Finding, ...]]:
    """The readings that may decide, and why others may not."""
    able: list[Reading] = []
    reasons: dict[Bar, list[str]] = {}
    for reading in readings:
        bar = barred(reading, case.rules)
        if bar is None:
            able.append(reading)
        else:
            reasons.setdefault(bar, []).append(reading.claim.id)
    told = [Finding(code, BARRED_ZH[code], tuple(reasons[code])) for code in BARRED_ZH if code in reasons]
    return tuple(able), tuple(told)


def uncompared(found: Sorted) -> tuple[tuple[Disagreement, ...], tuple[Claim, ...]]:
    """Without a value nothing is too great or too small: only what differs from the first record, and alterations."""
    first = next((reading for reading in found.able if reading.claim.counts), None)
    disagreeing: list[Disagreement] = []
    cannot_tell: list[Claim] = []
    for reading in found.readings:
        altered = reading.claim.altered != "none"
        answer = same_month(reading.date, first.date) if first else Ternary.CANNOT_TELL
        if altered or answer is Ternary.NO:
            disagreeing.append(Disagreement(reading.claim, cause="alteration" if altered else None))
        elif answer is Ternary.CANNOT_TELL:
            cannot_tell.append(reading.claim)
    return tuple(disagreeing), tuple(cannot_tell)


def both_directions(disagreeing: Sequence[Disagreement]) -> tuple[Finding, ...]:
    """防止重复得利: who is older on one paper and younger on another may gain twice; the meeting is to see it."""
    ids = tuple(found.claim.id for found in disagreeing if found.direction)
    if len({found.direction for found in disagreeing if found.direction}) < 2:
        return ()
    return (Finding("double_gain", "既有填大又有填小，注意防止重复得利", ids),)


def _verdict(case: Case, found: Sorted, entry: Entry | None, unclear: Finding | None) -> Verdict:
    agreeing = _all_agree(found) if found.able else None
    if agreeing is not None:
        return _value_of(case, agreeing, "agreement", Status.CONSISTENT)
    prior, about = case.context.prior, ()
    if prior is not None and prior.valid:
        again = Finding("recheck", "原认定须经复核")
        rule = case.rule("prior")
        return Verdict(Status.DETERMINED, prior.value, rule=rule, findings=(again,), written=form_date(prior.value))
    if prior is not None:
        about = (Finding("prior_not_valid", "原认定说明不符合规定"),)
    if unclear is not None or not found.able:
        return Verdict(Status.UNDETERMINED, findings=(*about, *([unclear] if unclear else [])))
    verdict = _decided(case, _tier(entry, found.able), found.able, "entry" if entry else "earliest_record")
    by_meeting = verdict.collective or (entry is not None and entry.collective)
    return replace(verdict, collective=by_meeting, findings=(*about, *verdict.findings))


def _all_agree(found: Sorted) -> Reading | None:
    """The earliest record, where it is untouched and no other says anything else."""
    basis = agreed([reading for reading in front(found.able) if reading.claim.counts])
    if basis is None or not all(compatible(basis.date, reading.date) for reading in found.readings):
        return None
    return basis


def _decided(case: Case, pool: Sequence[Reading], able: Sequence[Reading], method: Method) -> Verdict:
    """By the earliest of the pool. Where that one was altered, by the next that was not, and by the meeting."""
    first = [reading for reading in front(pool) if reading.claim.counts]
    collective = not first
    if collective:
        counted = [reading for reading in pool if reading.claim.counts]
        first = front(counted or [reading for reading in able if reading.claim.counts])
        method = "next_record"
    if not first:
        return Verdict(Status.UNDETERMINED)
    basis = agreed(first)
    if basis is None:
        return Verdict(Status.UNDETERMINED, findings=(why_not(first),))
    return replace(_value_of(case, basis, method, Status.PROPOSED), collective=collective)


def _value_of(case: Case, basis: Reading, method: Method, status: Status) -> Verdict:
    kind = case.rules.kind(basis.claim.evidence.kind)
    unknown = kind is not None and kind.self_filled and basis.claim.evidence.signed is None
    signature = Finding("signature_unknown", "未登记本人是否签字", (basis.claim.id,))
    value = DateClaim(date=PartialDate(value=basis.date.value))
    return Verdict(
        status,
        value,
        basis.claim,
        case.rule(method),
        findings=(signature,) if unknown else (),
        written=form_date(value),
    )


def form_date(value: ClaimValue) -> str | None:
    """A date as forms have it: year and month."""
    return value.date.value[:7].replace("-", ".") if isinstance(value, DateClaim) else None


def _entry(case: Case, found: Sorted) -> tuple[Entry | None, Finding | None]:
    """The way into work: that of the earliest record which proves one."""
    by_id = {entry.id: entry for entry in case.rules.entries}
    kinds = [(reading, case.rules.kind(reading.claim.evidence.kind)) for reading in found.able]
    proving = {reading.claim.id: kind.entry for reading, kind in kinds if kind and kind.entry}
    first = front([reading for reading in found.able if reading.claim.id in proving])
    ways = {proving[reading.claim.id] for reading in first}
    if len(ways) > 1:
        ids = tuple(reading.claim.id for reading in first)
        return None, Finding("entry_unclear", "最早材料反映的参加工作方式不一", ids)
    entry = by_id.get(next(iter(ways), None) or "")
    chosen = case.context.graduate_rule or case.rules.graduate_rule
    return (entry if entry and entry.setting in (None, chosen) else None), None


def _tier(entry: Entry | None, able: Sequence[Reading]) -> Sequence[Reading]:
    for tier in entry.tiers if entry else ():
        if found := [reading for reading in able if reading.claim.evidence.kind in tier]:
            return found
    return able


def _plausible(case: Case, verdict: Verdict, entry: Entry | None) -> Verdict:
    """A work start before birth is none; a very early one is told, and stands (16 years; soldiers and artists not)."""
    birth, limits = case.context.birth, case.rules.limits
    if case.fact is AuditFact.BIRTH_DATE or birth is None or not isinstance(verdict.value, DateClaim):
        return verdict
    start = verdict.value.date
    if start.before(birth) is Ternary.YES:
        return replace(verdict, value=None, findings=(*verdict.findings, BEFORE_BIRTH))
    exempt = (entry is not None and entry.age_exempt) or start.earliest < limits.work_start_age_from
    if exempt or not certainly_younger(birth, start, limits.work_start_age):
        return verdict
    young = Finding("below_age", f"参加工作时不满{limits.work_start_age}周岁")
    return replace(verdict, findings=(*verdict.findings, young))


def certainly_younger(birth: PartialDate, on: PartialDate, years: int) -> bool:
    """Whether somebody born then is certainly not yet so many years old on a day."""
    if birth.qualifier or on.qualifier:
        return False
    born, day = birth.earliest, on.latest
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day)) < years
