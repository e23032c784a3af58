"""Party join date and seniority (入党时间, 党龄) by the period in which the person joined.

Decisive is the 《入党志愿书》; registers, résumés and appointment forms are only compared (seed 002). Which step
counts was ruled differently from period to period (中组部 1997 党龄计算方法).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contracts.values.partial_date import PartialDate
from contracts.values.ternary import Ternary
from services.audit.domain.claim import Claim
from services.audit.domain.determination import Cause, Determination, Disagreement, Finding, Status
from services.audit.domain.determine_causes import cause_of, compared
from services.audit.domain.determine_dates import Reading, compatible, front, month_of
from services.audit.domain.determine_earliest import (
    BEFORE_BIRTH,
    Sorted,
    able_of,
    both_directions,
    certainly_younger,
    uncompared,
)
from services.audit.domain.determine_outcome import Case, Verdict, conclude
from services.audit.domain.determine_rules import PartyPeriod, Step
from services.audit.domain.facts import PartyClaim


@dataclass(frozen=True)
class Joined:
    """A decisive claim, the step that counts of it, and the period that says so."""

    claim: Claim
    value: PartyClaim
    date: PartialDate
    period: PartyPeriod


def determine_party(case: Case) -> Determination:
    """The join date, seniority, and the party's name for members of a democratic party (no date is written)."""
    values = [(claim, claim.value) for claim in case.claims if isinstance(claim.value, PartyClaim)]
    communist = [(claim, value) for claim, value in values if value.party in case.rules.party_names]
    others = tuple(sorted({value.party for _, value in values} - case.rules.party_names))
    if not communist:
        verdict, prior = _only_name(case, [claim for claim, _ in values], others).settled, case.context.prior
        if verdict.value is None and prior is not None and prior.valid and isinstance(prior.value, PartyClaim):
            verdict = _approved(case, prior.value, others)
        return conclude(case, verdict)
    able, barred = able_of(case, [Reading.of(claim, _stated(value) or _NO_DATE) for claim, value in communist])
    decisive = [reading.claim for reading in able if reading.claim.evidence.kind in case.rules.party_decisive]
    verdict = _verdict(case, communist, decisive, others).settled
    found = _compared(case, communist, able, verdict)
    prior = case.context.prior
    if verdict.value is not None and not found[0] and not verdict.collective:
        verdict = replace(verdict, status=Status.CONSISTENT)
    elif prior is not None and prior.valid and isinstance(prior.value, PartyClaim):
        verdict = _approved(case, prior.value, others).settled
        found = _compared(case, communist, able, verdict)
    elif prior is not None:
        verdict = replace(verdict, findings=(Finding("prior_not_valid", "原认定说明不符合规定"), *verdict.findings))
    disagreeing, cannot_tell, cause = found
    told = (*barred, *verdict.findings, *_application(case), *both_directions(disagreeing))
    return conclude(case, replace(verdict, findings=told), disagreeing, cannot_tell, cause)


_MISSING = Finding("decisive_missing", "缺少可以采信的《入党志愿书》")
_NO_DATE = PartialDate(value="0001", qualifier="uncertain")
"""Stands for the date of a claim that names none; it is compared with nothing."""


def _stated(value: PartyClaim) -> PartialDate | None:
    return value.join_date or value.branch_meeting or value.committee_approval


def _readings(communist: Sequence[tuple[Claim, PartyClaim]], date: PartialDate | None) -> tuple[Reading, ...]:
    """Of each claim the date that it states; of one that tells the steps, the step that fits, if any does."""
    found: list[Reading] = []
    for claim, value in communist:
        steps = [step for step in (value.join_date, value.branch_meeting, value.committee_approval) if step]
        if not steps:
            continue
        fitting = [step for step in steps if date is not None and compatible(step, date)]
        found.append(Reading.of(claim, value.join_date or (fitting or steps)[0]))
    return tuple(sorted(found, key=lambda reading: reading.key))


def _compared(
    case: Case, communist: Sequence[tuple[Claim, PartyClaim]], able: tuple[Reading, ...], verdict: Verdict
) -> tuple[tuple[Disagreement, ...], tuple[Claim, ...], Cause | None]:
    """What says something else than the verdict, what nobody can compare, and the cause."""
    value = verdict.value
    date = value.join_date if isinstance(value, PartyClaim) else None
    readings = _readings(communist, date)
    if date is None or not isinstance(value, PartyClaim):
        return *uncompared(Sorted(readings, able, ())), None
    steps = (value.branch_meeting, value.committee_approval, value.full_member)
    months = [month_of(step) for step in steps if step]
    disagreeing, cannot_tell = compared(
        readings, date, verdict.basis, case.rules, {month for month in months if month is not None}
    )
    return disagreeing, cannot_tell, cause_of(disagreeing, readings, case.rules)


def _approved(case: Case, value: PartyClaim, others: Sequence[str]) -> Verdict:
    found = Finding("recheck", "原认定须经复核")
    form = _form(value.join_date, others)
    return Verdict(Status.DETERMINED, value, rule=case.rule("prior"), findings=(found,), written=form)


def _only_name(case: Case, claims: Sequence[Claim], others: Sequence[str]) -> Verdict:
    """Democratic parties: the name is written and no date (SEU form)."""
    if not others and case.set_aside:
        return Verdict(Status.UNDETERMINED, findings=(_MISSING,))
    counted = [claim for claim in claims if claim.counts]
    if len(others) != 1 or not counted:
        return Verdict(Status.UNDETERMINED)
    value, rule = PartyClaim(party=others[0]), case.rule("party_step")
    return Verdict(Status.CONSISTENT, value, counted[0], rule, written=others[0])


def _verdict(
    case: Case, communist: Sequence[tuple[Claim, PartyClaim]], decisive: Sequence[Claim], others: Sequence[str]
) -> Verdict:
    untouched = [claim for claim in decisive if claim.counts]
    if not untouched:
        return Verdict(Status.UNDETERMINED, findings=(_MISSING,))
    values = {claim.id: value for claim, value in communist}
    verdict = _by_step(case, [(claim, values[claim.id]) for claim in untouched], others)
    return replace(verdict, collective=verdict.collective or len(untouched) < len(decisive))


def _by_step(case: Case, decisive: Sequence[tuple[Claim, PartyClaim]], others: Sequence[str]) -> Verdict:
    dated = [Reading.of(claim, _stated(value) or _NO_DATE) for claim, value in decisive]
    first = {reading.claim.id for reading in front(dated)}
    found = [_joined(case, claim, value) for claim, value in decisive if claim.id in first]
    joined = [one for one in found if isinstance(one, Joined)]
    if len(joined) < len(found):
        return Verdict(Status.UNDETERMINED, findings=(next(one for one in found if isinstance(one, Finding)),))
    one = joined[0]
    if any(not compatible(one.date, other.date) for other in joined):
        ids = tuple(other.claim.id for other in joined)
        return Verdict(Status.UNDETERMINED, findings=(Finding("page_contradiction", "入党志愿书记载自相矛盾", ids),))
    return _member(case, one, others)


def _joined(case: Case, claim: Claim, value: PartyClaim) -> Joined | Finding:
    """The step that counts. It must lie in the very period that makes it count, and in one only."""
    chosen = case.context.party_date_rule or case.rules.party_date_rule
    found: list[Joined] = []
    for period in case.rules.periods:
        step: Step = "branch_meeting" if chosen == "branch_meeting" else period.join
        date = _step(value, step)
        if date is not None and _within(date, period) is Ternary.YES:
            found.append(Joined(claim, value, date, period))
    if len(found) == 1:
        return found[0]
    if value.branch_meeting is None and value.committee_approval is None:
        return Finding("step_unknown", "入党志愿书未载明支部大会或上级党委批准时间", (claim.id,))
    return Finding("period_unclear", "无法判定适用哪一时期的入党时间规定", (claim.id,))


def _step(value: PartyClaim, step: Step) -> PartialDate | None:
    return value.branch_meeting if step == "branch_meeting" else value.committee_approval


def _within(date: PartialDate, period: PartyPeriod) -> Ternary:
    """Whether a day lies in a period; a month across its border cannot tell."""
    if date.qualifier:
        return Ternary.CANNOT_TELL
    ends = period.ends
    if date.latest < period.begins or (ends is not None and date.earliest > ends):
        return Ternary.NO
    inside = period.begins <= date.earliest and (ends is None or date.latest <= ends)
    return Ternary.YES if inside else Ternary.CANNOT_TELL


def _member(case: Case, joined: Joined, others: Sequence[str]) -> Verdict:
    value = joined.value.model_copy(update={"join_date": PartialDate(value=joined.date.value)})
    birth = case.context.birth
    findings: list[Finding] = []
    if birth is not None and joined.date.before(birth) is Ternary.YES:
        return Verdict(Status.UNDETERMINED, findings=(BEFORE_BIRTH,))
    if birth is not None and certainly_younger(birth, joined.date, case.rules.limits.party_age):
        findings.append(Finding("below_age", f"入党时不满{case.rules.limits.party_age}周岁"))
    seniority, about = _seniority(case, joined)
    return Verdict(
        Status.PROPOSED,
        value,
        joined.claim,
        case.rule("party_step"),
        findings=(*findings, *about),
        written=_form(value.join_date, others),
        seniority_from=seniority,
    )


def _seniority(case: Case, joined: Joined) -> tuple[PartialDate | None, tuple[Finding, ...]]:
    """党龄: from the join date, from full membership, or so many months later by class; None where not known."""
    period, full = joined.period, joined.value.full_member
    if period.seniority == "same_day":
        return PartialDate(value=joined.date.value), ()
    probation = period.probation.get(case.context.party_class or "")
    if period.seniority == "by_class":
        if probation is None:
            return None, (Finding("class_unknown", "缺少当时成分，无法计算党龄"),)
        return _later(joined.date, probation), ()
    if full is None:
        return None, (Finding("full_member_missing", "入党志愿书未载明转正时间"),)
    shortest = min(period.probation.values(), default=0) if probation is None else probation
    began, ended = month_of(joined.date), month_of(full)
    if began is not None and ended is not None and ended - began < shortest:
        return full, (Finding("probation_short", f"预备期不满{shortest}个月", (joined.claim.id,), ended - began),)
    return full, ()


def _later(date: PartialDate, months: int) -> PartialDate | None:
    """So many months on; a day that the month does not have becomes its last, a year alone has no month to count."""
    month = month_of(date)
    if month is None:
        return PartialDate(value=date.value) if months == 0 else None
    year, rest = divmod(month + months, 12)
    reached = PartialDate(value=f"{year:04d}-{rest + 1:02d}")
    return PartialDate.of(reached.latest.replace(day=min(date.day, reached.latest.day))) if date.day else reached


def _form(date: PartialDate | None, others: Sequence[str]) -> str | None:
    """How the form has it: `1990-06`, and beside a democratic party `1990-06；民建`."""
    return "；".join([date.value[:7], *others]) if date else None


def _application(case: Case) -> tuple[Finding, ...]:
    """The application for membership is to be supplied where it is missing (seed 002)."""
    held = case.context.held
    if held is None or held & case.rules.party_application:
        return ()
    return (Finding("application_missing", "缺少《入党申请书》，须补充"),)
