"""Submissions, without their items."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from services.transfer.domain.subject import Subject
from services.transfer.domain.submission import Submission
from services.transfer.store.statements import execute, fetch, fetch_first, table_of
from services.transfer.store.tables import SubmissionRow

_TABLE = table_of(SubmissionRow)
_OWN = (
    "submission_id",
    "unit_id",
    "custodian_unit_id",
    "state",
    "version",
    "created_by",
    "created_at",
    "changed_at",
    "delivered_by",
    "delivered_at",
    "provisional_receipt",
    "closed_at",
)
_SUBJECT = ("dossier_id", "person_id", "declared_person_no", "declared_name_index")


def _submission(row: RowMapping) -> Submission:
    subject = Subject(**{name: row[name] for name in _SUBJECT})
    return Submission(subject=subject, **{name: row[name] for name in _OWN})


def _columns(submission: Submission) -> dict[str, Any]:
    own = {name: getattr(submission, name) for name in _OWN}
    return own | {name: getattr(submission.subject, name) for name in _SUBJECT}


async def get(uow: UnitOfWork, submission_id: str, *, lock: bool = False) -> Submission:
    """One submission; NotFound when there is none in scope. With `lock`, nobody else changes it meanwhile."""
    statement = select(_TABLE).where(_TABLE.c.submission_id == submission_id)
    row = await fetch_first(uow, statement.with_for_update() if lock else statement)
    if row is None:
        raise NotFound()
    return _submission(row)


async def list_page(uow: UnitOfWork, states: Sequence[str], after: str | None, limit: int) -> Sequence[Submission]:
    """Submissions in scope, the newest first, from the one after `after`; in these states, or in any."""
    statement = select(_TABLE).order_by(_TABLE.c.submission_id.desc()).limit(limit)
    if states:
        statement = statement.where(_TABLE.c.state.in_(states))
    if after:
        statement = statement.where(_TABLE.c.submission_id < after)
    return [_submission(row) for row in await fetch(uow, statement)]


async def add(uow: UnitOfWork, submission: Submission) -> None:
    """A new submission."""
    await execute(uow, insert(_TABLE).values(_columns(submission)))


async def save(uow: UnitOfWork, submission: Submission) -> None:
    """The present state of a submission that was read with `lock`."""
    statement = update(_TABLE).where(_TABLE.c.submission_id == submission.submission_id)
    await execute(uow, statement.values(_columns(submission)))
