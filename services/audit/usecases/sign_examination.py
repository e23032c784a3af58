"""One of the two persons of a dossier's audit signs what they found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import SamePersonTwice, StateConflict
from services.audit.domain.examination import STAGES, FactExamined, check_examined, outcome_of
from services.audit.domain.recusal import Relation, admit
from services.audit.store import dossier_audits, gaps
from services.audit.store.tables_gate import DossierAudit, ExaminationRow, HeardGap
from services.audit.usecases.recuse import caller_relation
from services.audit.usecases.settle_clearances import Gate, hold_persons, reconsider


@dataclass(frozen=True)
class SignExamination:
    """`opinion` is free text: it stays in this service. `not_related` is the declaration where kin are not known."""

    task_id: str
    seen_version: int
    facts: tuple[FactExamined, ...]
    opinion: str
    not_related: bool | None


@dataclass(frozen=True)
class Examined:
    """The audit after the signature, what each of the two found so far, and what the dossier lacks."""

    task: DossierAudit
    examinations: Sequence[ExaminationRow]
    missing: Sequence[HeardGap]


async def sign_examination(command: SignExamination, *, uow: UnitOfWork, gate: Gate) -> Examined:
    """The first signature asks the second person, the second ends the audit, and the gate is asked anew."""
    async with uow:
        if await uow.replay_of():
            return await _as_it_is(uow, command.task_id)
        check_examined(command.facts)
        task = await dossier_audits.get(uow, command.task_id)
        await hold_persons(uow, [task.person_id])
        task = await dossier_audits.get(uow, command.task_id, lock=True)
        relation = await caller_relation(uow, task.person_id)
        admit(relation, command.not_related)
        await check_version(uow, task.task_id, task.version, command.seen_version)
        if task.state != "pending":
            raise StateConflict(state=task.state)
        if uow.caller.account_id in {one.account_id for one in await dossier_audits.examinations_of(uow, task.task_id)}:
            raise SamePersonTwice()
        stage = task.step
        moved = _moved(task, command, uow)
        await dossier_audits.sign(uow, moved, _signed(uow, command, moved, stage, relation))
        _record(uow, command, moved, stage, relation)
        if moved.state != "pending":
            await reconsider(uow, [moved.person_id], gate)
        await uow.remember(moved.task_id)
        return await _as_it_is(uow, moved.task_id)


async def _as_it_is(uow: UnitOfWork, task_id: str) -> Examined:
    task = await dossier_audits.get(uow, task_id, lock=True)
    signed = await dossier_audits.examinations_of(uow, task_id)
    return Examined(task, signed, await gaps.list_open(uow, task.person_id))


def _moved(task: DossierAudit, command: SignExamination, uow: UnitOfWork) -> DossierAudit:
    after = {"version": task.version + 1, "step": task.step + 1}
    if task.step == STAGES:
        after = {"version": task.version + 1, "state": outcome_of(command.facts), "ended_at": uow.now}
    return DossierAudit.model_validate({**task.model_dump(), **after})


def _signed(
    uow: UnitOfWork, command: SignExamination, task: DossierAudit, stage: int, relation: Relation
) -> ExaminationRow:
    return ExaminationRow(
        task_id=task.task_id,
        stage=stage,
        unit_id=task.unit_id,
        account_id=uow.caller.account_id,
        facts=[asdict(one) for one in command.facts],
        opinion=command.opinion,
        relation=relation.value,
        declared_not_related=command.not_related,
        signed_at=uow.now,
    )


def _record(uow: UnitOfWork, command: SignExamination, task: DossierAudit, stage: int, relation: Relation) -> None:
    """Codes only; the opinion is free text."""
    said = {
        "stage": stage,
        "state": task.state,
        "facts": [asdict(one) for one in command.facts],
        "relation": relation.value,
        "declared_not_related": command.not_related,
    }
    uow.record("task.examined", task.task_id, task.version, said, changed=("state", "step", "examinations"))
