"""Appraisals with their decisions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import update
from sqlmodel import col, select

from chassis.unit_of_work import UnitOfWork
from contracts.events.audit import CheckResult
from contracts.problems import NotFound
from contracts.values.page import PageRef
from contracts.values.partial_date import PartialDate
from services.audit.domain.appraisal import Appraisal, Outcome, Returned, State, Voice
from services.audit.domain.case import Case, Material
from services.audit.domain.formalities import Found
from services.audit.domain.rulebook import Persons
from services.audit.domain.verification import Verification
from services.audit.store.scope import in_scope
from services.audit.store.tables import AppraisalRow, DecisionRow


async def add(uow: UnitOfWork, case: Case) -> None:
    """Keep a new appraisal."""
    material = case.material
    uow.session.add(
        AppraisalRow(
            id=case.id,
            unit_id=material.dossier_unit_id,
            version=case.version,
            material_id=material.material_id,
            item_id=material.item_id,
            submission_id=material.submission_id,
            from_unit_id=material.from_unit_id,
            dossier_id=material.dossier_id,
            person_id=material.person_id,
            title=material.title,
            formed_on=material.formed_on.model_dump(mode="json") if material.formed_on else None,
            declared_page_count=material.declared_page_count,
            pages=[page.model_dump(mode="json") for page in material.pages],
            digests=material.digests,
            kind=case.kind,
            persons=case.appraisal.persons,
            machine_voices=list(case.appraisal.machine),
            checks=[check.model_dump(mode="json") for check in case.checks],
            rules_digest=case.rules_digest,
            state=case.appraisal.state.value,
            received_at=case.received_at,
            ended_at=case.ended_at,
            verification=case.appraisal.verification.value,
            reported_by=case.appraisal.reported_by,
            held_from=None,
            returned_by=None,
            return_reasons=None,
        )
    )
    await uow.session.flush()


async def save(uow: UnitOfWork, case: Case) -> None:
    """Keep where the decision stands now."""
    appraisal = case.appraisal
    await uow.session.exec(
        update(AppraisalRow)
        .where(col(AppraisalRow.id) == case.id)
        .values(
            version=case.version,
            state=appraisal.state.value,
            ended_at=case.ended_at,
            verification=appraisal.verification.value,
            reported_by=appraisal.reported_by,
            held_from=appraisal.held_from.value if appraisal.held_from else None,
            returned_by=list(appraisal.returned.by) if appraisal.returned else None,
            return_reasons=list(appraisal.returned.reasons) if appraisal.returned else None,
        )
    )


async def known(uow: UnitOfWork, material_id: str) -> bool:
    """Whether this material has its appraisal already."""
    found = await uow.session.exec(select(AppraisalRow.id).where(AppraisalRow.material_id == material_id))
    return found.first() is not None


async def get(uow: UnitOfWork, appraisal_id: str, *, lock: bool = False) -> Case:
    """One appraisal; NotFound outside the caller's scope. With `lock`, whoever decides comes one after the other."""
    statement = select(AppraisalRow).where(AppraisalRow.id == appraisal_id)
    if lock:
        statement = statement.with_for_update()
    row = (await uow.session.exec(statement)).first()
    if row is None:
        raise NotFound()
    return _case(row, await decisions_of(uow, appraisal_id))


async def find_of_material(uow: UnitOfWork, material_id: str) -> str | None:
    """The appraisal of a material, if there was one in the caller's scope."""
    found = await uow.session.exec(select(AppraisalRow.id).where(AppraisalRow.material_id == material_id))
    return found.first()


async def decisions_of(uow: UnitOfWork, appraisal_id: str) -> Sequence[DecisionRow]:
    """What persons decided, in order."""
    statement = select(DecisionRow).where(DecisionRow.appraisal_id == appraisal_id)
    return (await uow.session.exec(statement.order_by(col(DecisionRow.step)))).all()


async def decision_on(uow: UnitOfWork, task_id: str) -> Voice:
    """What was decided on a task; NotFound while nothing is."""
    row = (await uow.session.exec(select(DecisionRow).where(DecisionRow.task_id == task_id))).first()
    if row is None:
        raise NotFound()
    return _voice(row)


async def add_decision(uow: UnitOfWork, decision: DecisionRow) -> None:
    """Keep what a person decided."""
    uow.session.add(decision)
    await uow.session.flush()


async def page_of(
    uow: UnitOfWork,
    *,
    after: str | None,
    limit: int,
    states: Collection[str],
    submission_id: str | None,
    hidden_persons: Collection[str],
) -> Sequence[AppraisalRow]:
    """Appraisals by id, without those of `hidden_persons`: the caller's own and relatives'."""
    statement = select(AppraisalRow).where(in_scope(uow, AppraisalRow.unit_id))
    statement = statement.order_by(col(AppraisalRow.id)).limit(limit)
    if after is not None:
        statement = statement.where(col(AppraisalRow.id) > after)
    if states:
        statement = statement.where(col(AppraisalRow.state).in_(states))
    if submission_id is not None:
        statement = statement.where(AppraisalRow.submission_id == submission_id)
    if hidden_persons:
        statement = statement.where(col(AppraisalRow.person_id).not_in(hidden_persons))
    return (await uow.session.exec(statement)).all()


async def count_waiting(uow: UnitOfWork, person_id: str, digests: Sequence[str], *, except_of: str) -> int:
    """How many of these page files stand in other appraisals of the person that were not rejected."""
    found = await uow.session.exec(
        select(AppraisalRow.digests)
        .where(AppraisalRow.person_id == person_id)
        .where(AppraisalRow.state != State.REJECTED.value)
        .where(AppraisalRow.material_id != except_of)
        .where(col(AppraisalRow.digests).overlap(list(digests)))  # type: ignore[attr-defined]
    )
    standing = {digest for row in found for digest in row}
    return len(standing & set(digests))


async def follow_dossier(uow: UnitOfWork, dossier_id: str, unit_id: str) -> list[tuple[str, int]]:
    """Put a dossier's appraisals into the scope of the unit that keeps it now: (id, new version) of each moved."""
    moved = await uow.session.exec(
        update(AppraisalRow)
        .where(col(AppraisalRow.dossier_id) == dossier_id)
        .where(col(AppraisalRow.unit_id) != unit_id)
        .values(unit_id=unit_id, version=AppraisalRow.version + 1)
        .returning(col(AppraisalRow.id), col(AppraisalRow.version))
    )
    return [(appraisal_id, version) for appraisal_id, version in moved.all()]


def _case(row: AppraisalRow, decisions: Sequence[DecisionRow]) -> Case:
    return Case(
        id=row.id,
        version=row.version,
        material=_material(row),
        kind=row.kind,
        checks=tuple(CheckResult.model_validate(check) for check in row.checks),
        appraisal=Appraisal(
            state=State(row.state),
            persons=cast("Persons", row.persons),
            machine=tuple(cast("list[Outcome]", row.machine_voices)),
            voices=tuple(map(_voice, decisions)),
            verification=Verification(row.verification),
            reported_by=row.reported_by,
            held_from=State(row.held_from) if row.held_from else None,
            returned=Returned(tuple(row.returned_by), tuple(row.return_reasons or ())) if row.returned_by else None,
        ),
        rules_digest=row.rules_digest,
        received_at=row.received_at,
        ended_at=row.ended_at,
    )


def _voice(row: DecisionRow) -> Voice:
    return Voice(row.account_id, cast("Outcome", row.outcome), tuple(row.reasons))


def _material(row: AppraisalRow) -> Material:
    return Material(
        material_id=row.material_id,
        item_id=row.item_id,
        submission_id=row.submission_id,
        from_unit_id=row.from_unit_id,
        dossier_id=row.dossier_id,
        dossier_unit_id=row.unit_id,
        person_id=row.person_id,
        title=row.title,
        formed_on=PartialDate.model_validate(row.formed_on) if row.formed_on else None,
        declared_page_count=row.declared_page_count,
        pages=tuple(PageRef.model_validate(page) for page in row.pages),
    )


def decision_row(
    *,
    task_id: str,
    step: int,
    case: Case,
    voice: Voice,
    note: str | None,
    relation: str,
    declared_not_related: bool | None,
    decided_at: datetime,
    formalities: Mapping[str, Found],
) -> DecisionRow:
    """A decision as it is kept."""
    return DecisionRow(
        task_id=task_id,
        unit_id=case.material.dossier_unit_id,
        appraisal_id=case.id,
        step=step,
        account_id=voice.account_id,
        outcome=voice.outcome,
        reasons=list(voice.reasons),
        note=note,
        relation=relation,
        declared_not_related=declared_not_related,
        decided_at=decided_at,
        formalities=dict(formalities),
    )
