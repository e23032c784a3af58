"""Tasks: the signatures of approval chains, waited for or given."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, DateTime, case, false, literal, or_, tuple_, update
from sqlmodel import col, select

from chassis.columns import IdType
from chassis.identity import Caller, Roots
from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.tasks import TaskState
from services.access.domain.chain import ApprovalTask
from services.access.domain.recusal import Declaration, Finding
from services.access.domain.view_request import ViewRequest
from services.access.store.tables import TaskRow, ViewRequestRow
from services.access.store.values import within

_DECIDER_UNIT = case((col(TaskRow.of_unit) == "requesting", col(TaskRow.unit_id)), else_=col(TaskRow.subject_unit_id))


async def add(uow: UnitOfWork, request: ViewRequest, task: ApprovalTask) -> None:
    """Ask for a signature."""
    uow.session.add(
        TaskRow(
            id=task.id,
            request_id=request.id,
            unit_id=request.unit_id,
            subject_unit_id=request.subject.unit_id,
            version=task.version,
            step=task.step,
            role=task.role,
            of_unit=request.chain[task.step - 1].unit,
            state=task.state,
            created_at=task.created_at,
            due_at=task.due_at,
            decided_by=None,
            decided_at=None,
            reasons=[],
            relation=None,
            declaration=None,
        )
    )
    await uow.session.flush()


async def save(uow: UnitOfWork, task: ApprovalTask) -> None:
    """Keep what became of a task."""
    values: dict[str, Any] = {
        "version": task.version,
        "state": task.state,
        "decided_by": task.decided_by,
        "decided_at": task.decided_at,
        "reasons": list(task.reasons),
        "relation": task.relation,
        "declaration": task.declaration,
    }
    await uow.session.exec(update(TaskRow).where(col(TaskRow.id) == task.id).values(**values))


async def get(uow: UnitOfWork, task_id: str, *, lock: bool = False) -> ApprovalTask:
    """One task; NotFound outside the scope. With `lock`, two deciders come one after the other."""
    statement = select(TaskRow).where(TaskRow.id == task_id)
    if lock:
        statement = statement.with_for_update()
    row = (await uow.session.exec(statement.execution_options(populate_existing=True))).first()
    if row is None:
        raise NotFound()
    return _task(row)


async def list_of(uow: UnitOfWork, request_id: str) -> list[ApprovalTask]:
    """The tasks of a request, in the order of its chain."""
    statement = select(TaskRow).where(TaskRow.request_id == request_id).order_by(col(TaskRow.step))
    rows = (await uow.session.exec(statement.execution_options(populate_existing=True))).all()
    return [_task(row) for row in rows]


async def page_for(
    uow: UnitOfWork,
    roles: Mapping[str, Roots],
    *,
    after: tuple[datetime, str] | None,
    limit: int,
    hidden_persons: Collection[str],
) -> Sequence[ApprovalTask]:
    """What waits for somebody who holds these roles, by `(due_at, id)`.

    Left out is what they may not sign: their own requests, those they signed before, and `hidden_persons`.
    """
    me = uow.caller.account_id
    statement = (
        select(TaskRow)
        .join(ViewRequestRow, col(ViewRequestRow.id) == col(TaskRow.request_id))
        .where(col(TaskRow.state) == "pending", for_roles(roles))
        .where(col(ViewRequestRow.requested_by) != me)
        .where(col(TaskRow.request_id).not_in(select(TaskRow.request_id).where(TaskRow.decided_by == me)))
        .order_by(col(TaskRow.due_at), col(TaskRow.id))
        .limit(limit)
    )
    if after is not None:
        last = tuple_(literal(after[0], DateTime(timezone=True)), literal(after[1], IdType("tskx")))
        statement = statement.where(tuple_(col(TaskRow.due_at), col(TaskRow.id)) > last)
    if hidden_persons:
        statement = statement.where(col(ViewRequestRow.person_id).not_in(hidden_persons))
    return [_task(row) for row in (await uow.session.exec(statement)).all()]


async def is_for(uow: UnitOfWork, task_id: str, roles: Mapping[str, Roots]) -> bool:
    """Whether somebody who holds these roles may sign this task."""
    statement = select(TaskRow.id).where(TaskRow.id == task_id, for_roles(roles))
    return (await uow.session.exec(statement)).first() is not None


def for_roles(roles: Mapping[str, Roots]) -> ColumnElement[bool]:
    """Tasks whose role is held for the unit that signs."""
    return or_(false(), *((col(TaskRow.role) == role) & within(_DECIDER_UNIT, roots) for role, roots in roles.items()))


def signing_roles(caller: Caller) -> dict[str, Roots]:
    """The roles by which a caller signs, each with its units."""
    held: dict[str, Roots] = {}
    for role in {role for role, _ in caller.posts}:
        units = frozenset(unit for post, unit in caller.posts if post == role)
        held[role] = "*" if "*" in units else units
    return held


def _task(row: TaskRow) -> ApprovalTask:
    return ApprovalTask(
        id=row.id,
        request_id=row.request_id,
        step=row.step,
        role=row.role,
        unit_id=row.unit_id if row.of_unit == "requesting" else row.subject_unit_id,
        created_at=row.created_at,
        due_at=row.due_at,
        state=cast("TaskState", row.state),
        version=row.version,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reasons=tuple(row.reasons),
        relation=cast("Finding | None", row.relation),
        declaration=cast("Declaration | None", row.declaration),
    )
