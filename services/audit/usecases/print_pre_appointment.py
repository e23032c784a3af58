"""Print 任前审核登记表 of a clearance: what was found of the dossier, and what the gate says; recorded first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chassis.deps import Deps
from chassis.print_files import FormMedium, draw_file
from chassis.printing import ENGINE
from chassis.unit_of_work import SHANGHAI, UnitOfWork
from services.audit.domain.clearance import ClearanceRules
from services.audit.domain.determination import Status
from services.audit.domain.determine_words import written
from services.audit.domain.facts import FACT_ZH, AuditFact
from services.audit.domain.handling import PrintRules
from services.audit.papers.pre_appointment import (
    CONSISTENT,
    ISSUE_ZH,
    Cleared,
    FactFound,
    Opinion,
    StageKind,
    pre_appointment_docx,
    pre_appointment_form,
)
from services.audit.store import adjudications, clearances, dossier_audits, gaps, print_facts
from services.audit.store.tables_adjudication import DeterminationRow
from services.audit.store.tables_gate import ClearanceRow, ExaminationRow
from services.audit.usecases.recuse import refuse_related
from services.audit.usecases.whose import birth_of, names_of, owner_of

Looked = tuple[datetime | None, Cleared]
"""When somebody looked into the dossier last, and what they found; None: nobody did."""


@dataclass(frozen=True)
class PrintPreAppointment:
    """Which clearance, as what, and at which stage of the appointment; None: to be ticked by hand."""

    clearance_id: str
    medium: FormMedium = "pdf"
    stage: StageKind | None = None


async def print_pre_appointment(cmd: PrintPreAppointment, *, uow: UnitOfWork, deps: Deps) -> bytes:
    """The file, drawn in a worker between two transactions. NotFound, Recusal, GlyphMissing."""
    async with uow:
        row = await clearances.get(uow, cmd.clearance_id)
        await refuse_related(uow, row.person_id)
        told = await _told(row, cmd.stage, uow, deps.rules.prints, deps.rules.clearance)
        document = pre_appointment_form(told, uow.today)
    content = await draw_file(document, cmd.medium, pre_appointment_docx, deps)
    async with uow:
        printed = {"engine": ENGINE, "form": "pre-appointment-form", "medium": cmd.medium, "stage": cmd.stage}
        uow.record("form.printed", row.id, row.version, printed)
    return content


async def _told(
    row: ClearanceRow, stage: StageKind | None, uow: UnitOfWork, prints: PrintRules, rules: ClearanceRules
) -> Cleared:
    owner, person = await owner_of(uow, row.person_id, row.dossier_id)
    standing = clearances.standing_of(row)
    cleared = Cleared(
        owner=owner,
        birth=birth_of(person),
        kind=standing.kind,
        proposed_post=row.proposed_post or "",
        asked_on=row.asked_at.astimezone(SHANGHAI).date(),
        stage=stage,
        state=standing.state,
        reasons=[_reason(one.rule, one.about, prints, rules) for one in standing.reasons],
        expires_on=standing.expires_on,
        missing=[prints.missing_name(gap.rule, gap.years) for gap in await gaps.list_open(uow, row.person_id)],
    )
    examined = await _examined(cleared, row.person_id, uow)
    determined = await _determined(cleared, row.person_id, uow)
    latest = max([examined, determined], key=lambda one: one[0].timestamp() if one[0] else 0)
    return latest[1]


def _reason(rule_id: str, about: str, prints: PrintRules, rules: ClearanceRules) -> str:
    """Why it is not cleared, about what, and what cures it."""
    rule = rules.by_id(rule_id)
    if rule is None:
        return rule_id
    facts = {fact.value: FACT_ZH[fact] for fact in AuditFact}
    what = facts.get(about) or prints.missing.get(about)
    return f"{rule.reason.zh}{f'（{what}）' if what else ''}：{rule.cure.zh}"


async def _examined(cleared: Cleared, person_id: str, uow: UnitOfWork) -> Looked:
    """What the two found who audited the dossier by itself; the second has the last word."""
    task = await print_facts.last_signed(uow, person_id)
    if task is None:
        return None, cleared
    signed = await dossier_audits.examinations_of(uow, task.task_id)
    names = await names_of(uow, [one.account_id for one in signed])
    opinions = [_opinion(one, names) for one in signed]
    told = replace(cleared, source="examination", facts=_facts(signed), opinions=opinions)
    return signed[-1].signed_at, told


def _facts(signed: Sequence[ExaminationRow]) -> dict[AuditFact, FactFound]:
    return {
        AuditFact(one["fact"]): FactFound(CONSISTENT[one["consistent"]], ISSUE_ZH.get(one["issue"] or "", ""))
        for one in signed[-1].facts
    }


def _opinion(row: ExaminationRow, names: dict[str, str]) -> Opinion:
    return Opinion(row.opinion, names.get(row.account_id, ""), row.signed_at.astimezone(SHANGHAI).date())


async def _determined(cleared: Cleared, person_id: str, uow: UnitOfWork) -> Looked:
    """What is in force of each fact after a special audit."""
    rows = await print_facts.in_force_of(uow, person_id)
    if not rows:
        return None, cleared
    facts = {AuditFact(row.fact): _in_force(row) for row in rows}
    return rows[-1].approved_at, replace(cleared, source="campaign", facts=facts)


def _in_force(row: DeterminationRow) -> FactFound:
    status, value = Status(row.status), adjudications.value_of(row)
    if status is Status.CONSISTENT:
        return FactFound(CONSISTENT["yes"])
    if status is Status.UNDETERMINED or value is None:
        return FactFound(CONSISTENT["cannot_tell"], "证据不足，未予认定")
    return FactFound(CONSISTENT["no"], f"已经组织认定为{written(value)}")
