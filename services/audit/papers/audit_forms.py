"""认定表, 情况登记表 and 确认表 as documents, made of what is known of a dossier. Nothing is looked up here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from chassis.printing import ENGINE
from chassis.sheets import BOUND_A4, day_of_print
from contracts.documents import (
    AuditRegister,
    AuditRegisterDocument,
    AuditRegisterRow,
    ConfirmationFormDocument,
    DeterminationFormDocument,
    EarliestMaterial,
    FactConfirmed,
    FactDetermined,
    FactRegistered,
    YesNo,
)
from contracts.values.partial_date import PartialDate
from services.audit.domain.campaign import Settings
from services.audit.domain.determination import Status, months_zh
from services.audit.domain.determination_record import ResultKept
from services.audit.domain.determine_words import CAUSE_ZH, DIRECTION_ZH, public_source, written
from services.audit.domain.facts import FACT_ZH, AuditFact, ClaimValue, EducationRecord
from services.audit.papers import audit_words as words
from services.audit.store.adjudications import value_of
from services.audit.store.claims import KnownClaim
from services.audit.store.on_paper import OnPaper
from services.audit.store.tables_adjudication import DecisionOnFact, DeterminationRow

_NOT_DETERMINED = "暂不认定，现用记载暂予保留，任前审核暂缓"


def determination_form(one: OnPaper, today: date) -> DeterminationFormDocument:
    """干部人事档案专项审核认定表 of a dossier on which the meeting has decided."""
    answer, signed_on = words.answer(one)
    told = {fact: row for fact, row in one.facts.items() if not _undisputed(row)}
    rule = Settings.model_validate(one.campaign.settings).party_date_rule
    return DeterminationFormDocument(
        **_head(one, today),
        post=words.post_and_title(one),
        facts=[_determined(FACT_ZH[fact], row, one.steps[row.id]) for fact, row in told.items()],
        consistent=[FACT_ZH[fact] for fact in one.facts if fact not in told],
        problems=words.issues(one),
        party_date_rule=words.PARTY_DATE_RULE_ZH[rule],
        meeting=_meeting(one),
        decided_on=one.meeting.held_on.isoformat() if one.meeting else None,
        approval=_approval(one),
        first_reviewers=words.signers(one),
        second_reviewer=words.second_signer(one),
        answer=answer,
        signed_on=signed_on,
    )


def confirmation_form(one: OnPaper, today: date) -> ConfirmationFormDocument:
    """干部基本信息审核确认表: every fact that was determined, for the person to confirm."""
    answer, signed_on = words.answer(one)
    return ConfirmationFormDocument(
        **_head(one, today),
        post=words.post_and_title(one),
        facts=[_confirmed(FACT_ZH[fact], row, one) for fact, row in one.facts.items()],
        first_reviewers=words.signers(one),
        second_reviewer=words.second_signer(one),
        decided_on=one.meeting.held_on.isoformat() if one.meeting else None,
        answer=answer,
        signed_on=signed_on,
    )


def audit_register_form(one: OnPaper, today: date) -> AuditRegisterDocument:
    """干部人事档案专项审核情况登记表 of one dossier that was taken up for the second review."""
    return AuditRegisterDocument(**_head(one, today), row=register_row(one))


def audit_register(campaign: str, rows: Sequence[AuditRegisterRow], today: date) -> AuditRegister:
    """The register of many, by dossier number."""
    ordered = sorted(rows, key=lambda row: (row.dossier_no, row.name))
    return AuditRegister(campaign=campaign, printed_on=today.isoformat(), rows=ordered)


def register_row(one: OnPaper) -> AuditRegisterRow:
    """One person in the register. Until the second review begins the audit's columns are empty, whatever is known;
    what is determined is written only once the meeting has decided."""
    state = words.state_of(one)
    whose: dict[str, Any] = {"name": one.person_name, "dossier_no": one.dossier_no}
    if state in words.UNSETTLED:
        return AuditRegisterRow(**whose)
    answer, signed_on = words.answer(one)
    party, native = _value(one, AuditFact.PARTY_JOIN_DATE), _value(one, AuditFact.NATIVE_PLACE)
    record = _value(one, AuditFact.EDUCATION)
    record = record if isinstance(record, EducationRecord) else EducationRecord()
    return AuditRegisterRow(
        **whose,
        unit=words.post_of(one)[0],
        native_place=written(native) if native else "",
        birth=_registered(one, AuditFact.BIRTH_DATE, words.month, _earliest),
        work_start=_registered(one, AuditFact.WORK_START_DATE, words.month, _deciding),
        gaps=_gaps(one),
        political_status=words.political_status(party),
        party=_registered(one, AuditFact.PARTY_JOIN_DATE, words.month, _earliest),
        ethnicity=_registered(one, AuditFact.ETHNICITY, written, _earliest),
        full_time=words.education(record.full_time),
        in_service=words.education(record.in_service),
        technical_title=words.lines(_value(one, AuditFact.PROFESSIONAL_TITLE)),
        first_reviewers=words.signers(one),
        second_reviewer=words.second_signer(one),
        meeting_on=one.meeting.held_on.isoformat() if one.meeting and state in words.DECIDED else None,
        signed_on=signed_on,
        answer=answer,
        problems=_problems(one),
    )


def _head(one: OnPaper, today: date) -> dict[str, Any]:
    return {
        "engine": ENGINE,
        "issued_at": day_of_print(today),
        "sheet": BOUND_A4,
        "dossier_no": one.dossier_no or None,
        "person_name": one.person_name,
        "campaign": one.campaign.name,
    }


def _result(row: DeterminationRow) -> ResultKept:
    return ResultKept.model_validate(row.result)


def _undisputed(row: DeterminationRow) -> bool:
    """Nothing had to be decided: the records agree, and so they were taken."""
    return row.status == Status.CONSISTENT.value and not _result(row).disagreeing


def _said(step: DecisionOnFact, row: DeterminationRow) -> str:
    if step.value is None:
        return _NOT_DETERMINED
    return f"认定为{_written(row, step.value)}"


def _written(row: DeterminationRow, value: dict[str, Any]) -> str:
    told = value_of(DeterminationRow.model_validate({**row.model_dump(), "value": value}))
    return written(told) if told else ""


def _determined(name: str, row: DeterminationRow, steps: Sequence[DecisionOnFact]) -> FactDetermined:
    result = _result(row)
    before, last = words.proposed_and_decided(steps)
    proposed = ""
    if before is not None:
        source = public_source(result.source) if before.stage == "rules" or before.reason is None else ""
        basis = f"（依据：{source}）" if source and before.value is not None else ""
        reason = f"复审意见：{before.reason.rstrip('。')}。" if before.reason else ""
        proposed = f"{'拟' if before.value is not None else ''}{_said(before, row)}{basis}。{reason}"
    decided = f"{_said(last, row)}。" if last else ""
    if last and last.reason:
        decided += f"理由：{last.reason.rstrip('。')}。"
    return FactDetermined(fact=name, found=result.paragraph, proposed=proposed, decided=decided)


def _meeting(one: OnPaper) -> str:
    if one.meeting is None or one.vote is None:
        return ""
    voters = one.vote.in_favour + one.vote.against + one.vote.abstained
    held = PartialDate(value=one.meeting.held_on.isoformat()).chinese
    votes = f"{voters}人表决，同意{one.vote.in_favour}人、反对{one.vote.against}人、弃权{one.vote.abstained}人"
    return f"{held}集体研究（{one.meeting.minutes_no}），{votes}："


def _approval(one: OnPaper) -> str:
    if one.approval is None or words.state_of(one) not in words.APPROVED:
        return ""
    on = PartialDate(value=words.day_of(one.approval.approved_at) or "").chinese
    number = f"（{one.approval.document_no}）" if one.approval.document_no else ""
    return f"{on}经{one.approval.office}按干部管理权限审批{number}。"


def _confirmed(name: str, row: DeterminationRow, one: OnPaper) -> FactConfirmed:
    value, result = value_of(row), _result(row)
    # What was decided otherwise than the rules have it does not rest on the material by which they would decide.
    basis = one.claims.get(result.basis_claim_id or "") if value == result.value else None
    reason = next((step.reason for step in reversed(one.steps[row.id]) if step.reason), "") or ""
    conclusion = "记载一致" if row.status == Status.CONSISTENT.value else "集体研究认定" if value else "暂不认定"
    return FactConfirmed(
        fact=name,
        value=written(value) if value else "现用记载暂予保留",
        conclusion=conclusion,
        basis=(_named(basis, one) if basis else reason) if value else "",
    )


def _named(claim: KnownClaim, one: OnPaper) -> str:
    code = one.codes.get(claim.row.material_id or "")
    about = [part for part in (code, f"{claim.formed_on.dotted}形成" if claim.formed_on else "未署日期") if part]
    return f"《{claim.title}》（{'，'.join(about)}）"


def _value(one: OnPaper, fact: AuditFact) -> ClaimValue | None:
    """What was determined of a fact; nothing before the meeting."""
    row = one.facts.get(fact)
    return value_of(row) if row and words.state_of(one) in words.DECIDED else None


def _registered(
    one: OnPaper,
    fact: AuditFact,
    write: Callable[[Any], str],
    material: Callable[[OnPaper, AuditFact], KnownClaim | None],
) -> FactRegistered:
    row, held = one.facts.get(fact), words.on_fact(one, fact)
    if row is None and not held:
        return FactRegistered()
    entries = [entry for review in one.pair if (entry := review.sheet.entry(fact))]
    codes = {finding.code for finding in _result(row).findings} if row else set[str]()
    value = _value(one, fact)
    shown = material(one, fact)
    altered = any(claim.row.altered != "none" for claim in held) or any(
        found.fact == fact.value for found in one.alterations
    )
    open_still = row is not None and row.status == Status.UNDETERMINED.value
    doubtful = open_still or any(entry.doubtful for entry in entries)
    before = bool(codes & {"recheck", "prior_not_valid"}) or any(entry.determined_before for entry in entries)
    return FactRegistered(
        consistent=_yes_no(words.agrees(row.status, _result(row))) if row else "",
        # Of what no paper speaks nobody can say no.
        altered=_yes_no(altered if held else altered or None),
        doubtful=_yes_no(doubtful if held else None),
        determined_before=_yes_no(before if held else before or None),
        material=_material(shown, one) if shown else EarliestMaterial(),
        stated=[words.stated(claim) for claim in held],
        value=write(value) if value else "",
    )


def _yes_no(said: bool | None) -> YesNo:
    return "" if said is None else "是" if said else "否"


def _earliest(one: OnPaper, fact: AuditFact) -> KnownClaim | None:
    return next((claim for claim in words.on_fact(one, fact) if claim.formed_on), None)


def _deciding(one: OnPaper, fact: AuditFact) -> KnownClaim | None:
    """起薪材料: the material by which the beginning of work was settled."""
    row = one.facts.get(fact)
    return one.claims.get(_result(row).basis_claim_id or "") if row else None


def _material(claim: KnownClaim, one: OnPaper) -> EarliestMaterial:
    code = one.codes.get(claim.row.material_id or "", "")
    return EarliestMaterial(code=code, title=claim.title, formed_on=claim.formed_on.dotted if claim.formed_on else "")


def _gaps(one: OnPaper) -> str:
    row = one.facts.get(AuditFact.WORK_EXPERIENCE)
    return words.joined(finding.zh for finding in _result(row).findings if finding.code == "gap") if row else ""


def _problems(one: OnPaper) -> str:
    """档案存在问题: each fact with cause, direction and size, what else the rules remarked, and papers at fault."""
    told = [_problem(FACT_ZH[fact], row) for fact, row in one.facts.items() if not _undisputed(row)]
    return words.joined([*told, *words.issues(one)])


def _problem(name: str, row: DeterminationRow) -> str:
    result = _result(row)
    marks = [CAUSE_ZH[row.cause]] if row.cause else []  # pyright: ignore[reportArgumentType]
    if result.direction:
        by = months_zh(result.months) if result.months is not None else ""
        marks.append(f"{DIRECTION_ZH[result.direction]}{by}")
    if row.status == Status.UNDETERMINED.value:
        marks.append("暂不认定")
    marks += [finding.zh for finding in result.findings if finding.code != "gap"]
    return f"{name}：{'，'.join(marks) or '记载不一致'}"
