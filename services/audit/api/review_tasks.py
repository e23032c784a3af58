"""First and second reviews as tasks: a reviewer's own, with the day until which each is due."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Literal

from chassis.unit_of_work import UnitOfWork
from contracts.tasks import Task
from services.audit.domain.campaign import DueDays
from services.audit.store import review_tasks
from services.audit.store.review_tasks import TAKEN_UP, Mine, task_id_of

_FIRST: dict[str, Literal["pending", "approved", "withdrawn"]] = {
    "open": "pending",
    "submitted": "approved",
    "void": "withdrawn",
}


def first_task(mine: Mine, due: DueDays) -> Task:
    """A sheet to fill: its version is that of the sheet, which `PUT /reviews/{id}/sheet` names."""
    review, _ = mine
    return Task(
        id=task_id_of(review.id),
        kind="review.first",
        state=_FIRST[review.state],
        step=1,
        resource=f"reviews/{review.id}",
        unit_id=review.unit_id,
        created_at=review.assigned_at,
        due_at=review.assigned_at + timedelta(days=due.first_review),
        version=review.version,
    )


def second_task(mine: Mine, due: DueDays) -> Task:
    """Differences to settle: its version is the dossier's, which the acts on it name."""
    taken, dossier = mine
    waits = taken.ended_at is None and dossier.state in TAKEN_UP
    return Task(
        id=task_id_of(taken.id),
        kind="review.second",
        state="pending" if waits else "approved",
        step=2,
        resource=f"campaign-dossiers/{dossier.id}",
        unit_id=dossier.unit_id,
        created_at=taken.taken_up_at,
        due_at=taken.taken_up_at + timedelta(days=due.second_review),
        version=dossier.version,
    )


async def reviews_that_wait(
    uow: UnitOfWork, after: tuple[datetime, str] | None, limit: int, hidden_persons: Collection[str], due: DueDays
) -> list[Task]:
    """The caller's own sheets that are not handed in."""
    since = (after[0] - timedelta(days=due.first_review), after[1]) if after else None
    rows = await review_tasks.first_reviews(uow, after=since, limit=limit, hidden_persons=hidden_persons)
    return [first_task(row, due) for row in rows]


async def second_reviews_that_wait(
    uow: UnitOfWork, after: tuple[datetime, str] | None, limit: int, hidden_persons: Collection[str], due: DueDays
) -> list[Task]:
    """The caller's own second reviews that are not tabled."""
    since = (after[0] - timedelta(days=due.second_review), after[1]) if after else None
    rows = await review_tasks.second_reviews(uow, after=since, limit=limit, hidden_persons=hidden_persons)
    return [second_task(row, due) for row in rows]


async def find_review_task(uow: UnitOfWork, task_id: str, due: DueDays) -> Task | None:
    """The caller's own review behind a task; None where the task is of another kind, or another's."""
    if mine := await review_tasks.find_first(uow, task_id):
        return first_task(mine, due)
    if mine := await review_tasks.find_second(uow, task_id):
        return second_task(mine, due)
    return None
