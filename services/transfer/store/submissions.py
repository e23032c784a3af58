"""Submissions, without their items."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import RowMapping, insert, select, update

from chassis.unit_of_work import UnitOfWork
from contracts.problems import NotFound
from contracts.values.ids import from_uuid, to_uuid
from services.transfer.domain.subject import Subject
from services.transfer.domain.submission import Headline, Submission
from services.transfer.store.statements import execute, fetch_first, table_of
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
    "handed_in_by",
    "delivered_at",
    "provisional_receipt",
    "closed_at",
)
_SUBJECT = ("dossier_id", "person_id", "declared_person_no", "declared_name_index")

_FEW_UNITS: Final = 200
LATEST: Final = UUID(int=2**128 - 1)
"""No id comes after it."""
_LISTED: Final = (
    "submission_id, unit_id, dossier_id, declared_person_no, state, created_at, delivered_at, closed_at, version"
)
_STATE: Final = "($2::text[] is null or state = any($2))"


def _newest_of(column: str) -> str:
    """The newest of each unit in scope, out of the index over `column`.

    An equality would leave the planner free to walk the primary key from its end, in the hope that a unit with an
    average share turns up soon; an idle one never does. Asked for as the stretch of the index in which the unit
    lies, in the order of that index, a page costs as much as it shows, whatever others have sent.
    """
    return f"""
      select {_LISTED} from unnest($4::uuid[]) as mine(id) cross join lateral (
        select {_LISTED} from submission
        where {column} >= mine.id and ({column}, submission_id) < (mine.id, $1) and {_STATE}
        order by {column} desc, submission_id desc limit $3
      ) as newest"""  # noqa: S608  # made of the constants above


# The policies alone cannot use an index, since they are joined by OR with the service's own. The large column
# `provisional_receipt` is not among those listed.
LIST_OF_UNITS: Final = (
    f"{_newest_of('unit_id')} union {_newest_of('custodian_unit_id')} order by submission_id desc limit $3"
)
# Whoever sees many units finds a page of theirs among the newest.
LIST_OF_ALL: Final = (
    f"select {_LISTED} from submission where submission_id < $1 and {_STATE} order by submission_id desc limit $3"  # noqa: S608
)


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


async def list_page(uow: UnitOfWork, states: Sequence[str], after: str | None, limit: int) -> Sequence[Headline]:
    """Submissions in scope, the newest first, from the one after `after`; in these states, or in any."""
    before = to_uuid(after) if after else LATEST
    wanted = list(states) or None
    if len(uow.unit_keys) <= _FEW_UNITS:
        rows = await uow.raw().fetch(LIST_OF_UNITS, before, wanted, limit, uow.unit_keys)
    else:
        rows = await uow.raw().fetch(LIST_OF_ALL, before, wanted, limit)
    return [_headline(row) for row in rows]


def _headline(row: Mapping[str, Any]) -> Headline:
    ids = {"submission_id": "sub", "unit_id": "unt", "dossier_id": "dos"}
    told = {name: from_uuid(prefix, row[name]) for name, prefix in ids.items()}
    plain = ("declared_person_no", "state", "created_at", "delivered_at", "closed_at", "version")
    return Headline(**told, **{name: row[name] for name in plain})


async def add(uow: UnitOfWork, submission: Submission) -> None:
    """A new submission."""
    await execute(uow, insert(_TABLE).values(_columns(submission)))


async def save(uow: UnitOfWork, submission: Submission) -> None:
    """The present state of a submission that was read with `lock`."""
    statement = update(_TABLE).where(_TABLE.c.submission_id == submission.submission_id)
    await execute(uow, statement.values(_columns(submission)))
