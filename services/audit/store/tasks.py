"""Tasks: the steps of appraisals that wait for a person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import DateTime, exists, literal, or_, tuple_, update
from sqlmodel import col, select

from chassis.columns import IdType
from chassis.unit_of_work import UnitOfWork
from services.audit.store.found import found_one
from services.audit.store.scope import in_scope
from services.audit.store.tables import AppraisalRow, DecisionRow, TaskRow


async def add(uow: UnitOfWork, task: TaskRow) -> None:
    """Ask a person."""
    uow.session.add(task)
    await uow.session.flush()


async def get(uow: UnitOfWork, task_id: str) -> TaskRow:
    """One task; NotFound outside the caller's scope."""
    return found_one((await uow.session.exec(select(TaskRow).where(TaskRow.id == task_id))).first())


async def appraisal_of(uow: UnitOfWork, task_id: str) -> str:
    """The appraisal that a task belongs to; NotFound outside the caller's scope."""
    return found_one((await uow.session.exec(select(TaskRow.appraisal_id).where(TaskRow.id == task_id))).first())


async def find_waiting(uow: UnitOfWork, appraisal_id: str) -> TaskRow | None:
    """The task that an appraisal waits for, if it is open."""
    statement = select(TaskRow).where(TaskRow.appraisal_id == appraisal_id, TaskRow.state == "pending")
    return (await uow.session.exec(statement)).first()


async def close(uow: UnitOfWork, task: TaskRow, state: str) -> TaskRow:
    """The task as decided."""
    version = task.version + 1
    await uow.session.exec(update(TaskRow).where(col(TaskRow.id) == task.id).values(state=state, version=version))
    return TaskRow.model_validate({**task.model_dump(), "state": state, "version": version})


async def reopen(uow: UnitOfWork, appraisal_id: str, step: int, due_at: datetime) -> tuple[str, int]:
    """Let the withdrawn task of a step wait again: its id and new version."""
    reopened = await uow.session.exec(
        update(TaskRow)
        .where(col(TaskRow.appraisal_id) == appraisal_id, col(TaskRow.step) == step)
        .values(state="pending", due_at=due_at, version=TaskRow.version + 1)
        .returning(col(TaskRow.id), col(TaskRow.version))
    )
    task_id, version = reopened.one()
    return task_id, version


async def follow(uow: UnitOfWork, appraisal_ids: Collection[str]) -> list[tuple[str, int]]:
    """The tasks of appraisals that went to another unit, and they with them: (id, new version) of each."""
    if not appraisal_ids:
        return []
    moved = await uow.session.exec(
        update(TaskRow)
        .where(col(TaskRow.appraisal_id).in_(appraisal_ids))
        .values(version=TaskRow.version + 1)
        .returning(col(TaskRow.id), col(TaskRow.version))
    )
    return [(task_id, version) for task_id, version in moved.all()]


async def page_of(
    uow: UnitOfWork,
    *,
    after: tuple[datetime, str] | None,
    limit: int,
    states: Collection[str],
    account_id: str,
    hidden_persons: Collection[str],
) -> Sequence[TaskRow]:
    """Tasks by `(due_at, id)`, without what the caller may not decide: waiting steps of appraisals in which
    they have had their voice, and all that concerns `hidden_persons`."""
    statement = select(TaskRow).where(in_scope(uow, TaskRow.unit_id), col(TaskRow.state).in_(states))
    statement = statement.order_by(col(TaskRow.due_at), col(TaskRow.id)).limit(limit)
    if after is not None:
        last = tuple_(literal(after[0], DateTime(timezone=True)), literal(after[1], IdType("tsku")))
        statement = statement.where(tuple_(col(TaskRow.due_at), col(TaskRow.id)) > last)
    spoken = exists().where(
        col(DecisionRow.appraisal_id) == TaskRow.appraisal_id, col(DecisionRow.account_id) == account_id
    )
    statement = statement.where(or_(col(TaskRow.state) != "pending", ~spoken))
    if hidden_persons:
        theirs = exists().where(
            col(AppraisalRow.id) == TaskRow.appraisal_id, col(AppraisalRow.person_id).in_(hidden_persons)
        )
        statement = statement.where(~theirs)
    return (await uow.session.exec(statement)).all()
