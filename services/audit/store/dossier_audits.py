"""Audits of one dossier by itself: tasks of two persons, and what each of them found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import DateTime, exists, literal, or_, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from chassis.columns import IdType
from chassis.unit_of_work import UnitOfWork
from services.audit.store.found import found_one
from services.audit.store.scope import in_scope
from services.audit.store.tables import HeardDossier
from services.audit.store.tables_gate import DossierAudit, ExaminationRow, InboundPreview


async def open_once(uow: UnitOfWork, task: DossierAudit) -> bool:
    """Ask for an audit, unless one of the dossier or of what is lent is open already; whether it was opened."""
    of = "preview_id" if task.dossier_id is None else "dossier_id"
    connection = await uow.session.connection()
    # Written out: with a parameter in its place, PostgreSQL no longer knows the index once it plans for any value.
    made = await connection.execute(
        insert(DossierAudit)
        .values(**task.model_dump())
        .on_conflict_do_nothing(index_elements=[of], index_where=text("state = 'pending'"))
        .returning(col(DossierAudit.task_id))
    )
    return made.first() is not None


async def find(uow: UnitOfWork, task_id: str, *, lock: bool = False) -> DossierAudit | None:
    """One audit; None where the task is of another kind, or outside the caller's scope."""
    statement = select(DossierAudit).where(DossierAudit.task_id == task_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await uow.session.exec(statement)).first()


async def get(uow: UnitOfWork, task_id: str, *, lock: bool = False) -> DossierAudit:
    """One audit; NotFound where there is none to be seen."""
    return found_one(await find(uow, task_id, lock=lock))


async def waiting_of(uow: UnitOfWork, of: HeardDossier | InboundPreview) -> DossierAudit:
    """The open audit of a dossier, or of what is lent; NotFound where there is none."""
    one = (
        DossierAudit.preview_id == of.id if isinstance(of, InboundPreview) else DossierAudit.dossier_id == of.dossier_id
    )
    return found_one((await uow.session.exec(select(DossierAudit).where(one, DossierAudit.state == "pending"))).first())


async def examinations_of(uow: UnitOfWork, task_id: str) -> Sequence[ExaminationRow]:
    """What each of the two found, in order."""
    statement = select(ExaminationRow).where(ExaminationRow.task_id == task_id)
    return (await uow.session.exec(statement.order_by(col(ExaminationRow.stage)))).all()


async def sign(uow: UnitOfWork, task: DossierAudit, signed: ExaminationRow) -> None:
    """Keep what one of the two found, and where the task stands after it."""
    connection = await uow.session.connection()
    moved = task.model_dump(include={"version", "state", "step", "ended_at"})
    await connection.execute(update(DossierAudit).where(col(DossierAudit.task_id) == task.task_id).values(**moved))
    uow.session.add(signed)
    await uow.session.flush()


async def withdraw(uow: UnitOfWork, preview_id: str) -> list[tuple[str, int]]:
    """End the open audit of what was lent, without an outcome: (id, new version) of it."""
    values = {"state": "withdrawn", "version": DossierAudit.version + 1, "ended_at": uow.now}
    ended = await uow.session.exec(
        update(DossierAudit)
        .where(col(DossierAudit.preview_id) == preview_id, col(DossierAudit.state) == "pending")
        .values(**values)
        .returning(col(DossierAudit.task_id), col(DossierAudit.version))
    )
    return [(task_id, version) for task_id, version in ended.all()]


async def page_of(
    uow: UnitOfWork,
    *,
    after: tuple[datetime, str] | None,
    limit: int,
    states: Collection[str],
    account_id: str,
    hidden_persons: Collection[str],
) -> Sequence[DossierAudit]:
    """Audits by `(due_at, task_id)`, without those that wait for somebody else than the caller."""
    statement = select(DossierAudit).where(in_scope(uow, DossierAudit.unit_id), col(DossierAudit.state).in_(states))
    statement = statement.order_by(col(DossierAudit.due_at), col(DossierAudit.task_id)).limit(limit)
    if after is not None:
        last = tuple_(literal(after[0], DateTime(timezone=True)), literal(after[1], IdType("tsku")))
        statement = statement.where(tuple_(col(DossierAudit.due_at), col(DossierAudit.task_id)) > last)
    spoken = exists().where(
        col(ExaminationRow.task_id) == DossierAudit.task_id, col(ExaminationRow.account_id) == account_id
    )
    statement = statement.where(or_(col(DossierAudit.state) != "pending", ~spoken))
    if hidden_persons:
        statement = statement.where(col(DossierAudit.person_id).not_in(hidden_persons))
    return (await uow.session.exec(statement)).all()


async def follow_dossier(uow: UnitOfWork, dossier_id: str, unit_id: str) -> list[tuple[str, int]]:
    """Put a dossier's audits into the scope of the unit that keeps it now: (id, new version) of each moved."""
    moved = await uow.session.exec(
        update(DossierAudit)
        .where(col(DossierAudit.dossier_id) == dossier_id)
        .where(col(DossierAudit.unit_id) != unit_id)
        .values(unit_id=unit_id, version=DossierAudit.version + 1)
        .returning(col(DossierAudit.task_id), col(DossierAudit.version))
    )
    return [(task_id, version) for task_id, version in moved.all()]
