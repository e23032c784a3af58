"""Investigations and overdue rounds of feedback as tasks: due at the end of their day, in the archive's time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from chassis.unit_of_work import SHANGHAI, UnitOfWork
from contracts.tasks import Task
from services.audit.store import inquiry_tasks
from services.audit.store.inquiry_tasks import After
from services.audit.store.review_tasks import task_id_of
from services.audit.store.tables_adjudication import InvestigationRow
from services.audit.store.tables_oversight import FeedbackRoundRow
from services.audit.usecases.recuse import caller_related


def end_of(day: date) -> datetime:
    """The first moment after a day."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def day_after(after: tuple[datetime, str] | None) -> After:
    """Where a list by days goes on, after a task of whatever kind that was due at this moment."""
    if after is None:
        return None
    day = after[0].astimezone(SHANGHAI).date() - timedelta(days=1)
    return (day, after[1] if after[0] == end_of(day) else None)


def investigation_task(row: InvestigationRow) -> Task:
    """What is to be asked: its version is the one that `POST /investigations/{id}/results` names."""
    return Task(
        id=task_id_of(row.id),
        kind="investigation",
        state="pending" if row.result is None else "approved",
        step=1,
        resource=f"investigations/{row.id}",
        unit_id=row.unit_id,
        created_at=row.opened_at,
        due_at=end_of(row.due_on),
        version=row.version,
    )


def round_task(row: FeedbackRoundRow) -> Task:
    """Materials that did not come: its version is the one that `POST /feedback-rounds/{id}/answers` names."""
    return Task(
        id=task_id_of(row.id),
        kind="feedback-round.overdue",
        state="pending" if row.result is None else "approved",
        step=row.n,
        resource=f"feedback-rounds/{row.id}",
        unit_id=row.unit_id,
        created_at=row.sent_at,
        due_at=end_of(row.due_on),
        version=row.version,
    )


async def inquiries_that_wait(
    uow: UnitOfWork, after: tuple[datetime, str] | None, limit: int, hidden_persons: Collection[str]
) -> list[Task]:
    """The caller's open investigations, and the rounds of their units that are overdue."""
    since = day_after(after)
    own = await inquiry_tasks.investigations(uow, after=since, limit=limit, hidden_persons=hidden_persons)
    rounds = await inquiry_tasks.overdue_rounds(uow, after=since, limit=limit, hidden_persons=hidden_persons)
    return [*map(investigation_task, own), *map(round_task, rounds)]


async def find_inquiry_task(uow: UnitOfWork, task_id: str) -> Task | None:
    """The investigation or round behind a task; None where the task is of another kind, or is not the caller's."""
    if investigation := await inquiry_tasks.find_investigation(uow, task_id):
        return investigation_task(investigation)
    found = await inquiry_tasks.find_round(uow, task_id, await caller_related(uow))
    return round_task(found) if found else None
