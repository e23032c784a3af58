"""The registers of a special audit, and the records of how dossiers were given to reviewers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from chassis.columns import IdType, id_column

_SCHEMA = {"schema": "audit"}


def _instant() -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=False)  # pyright: ignore


def _ids(prefix: str) -> Any:
    return Field(sa_type=ARRAY(IdType(prefix)), nullable=False)  # pyright: ignore


class PledgeRow(SQLModel, table=True):
    """A signed confidentiality pledge (保密责任书); `campaign_id` where it is for one campaign."""

    __tablename__ = "pledge"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("plg", primary_key=True)
    unit_id: str = id_column("unt")
    account_id: str = id_column("acc")
    scope: str
    campaign_id: str | None = id_column("cmp", nullable=True)
    form: str
    signed_on: date
    expires_on: date | None
    recorded_by: str = id_column("acc")
    recorded_at: datetime = _instant()


class TrainingRow(SQLModel, table=True):
    """A course that was held (培训)."""

    __tablename__ = "training"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("trn", primary_key=True)
    unit_id: str = id_column("unt")
    course: str
    kind: str
    days: int
    trainer: str
    held_on: date
    recorded_by: str = id_column("acc")
    recorded_at: datetime = _instant()


class AttendanceRow(SQLModel, table=True):
    """Somebody who should have come to a course, and whether they did."""

    __tablename__ = "attendance"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    training_id: str = id_column("trn", primary_key=True)
    account_id: str = id_column("acc", primary_key=True)
    unit_id: str = id_column("unt")
    present: bool
    score: int | None
    certificate_no: str | None
    expires_on: date | None


class AssignmentRow(SQLModel, table=True):
    """Dossiers given out at one time: among whom, how many, and which nobody could take."""

    __tablename__ = "assignment"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("asg", primary_key=True)
    unit_id: str = id_column("unt")
    campaign_id: str = id_column("cmp")
    reviewer_ids: list[str] = _ids("acc")
    assigned: int
    unassigned_ids: list[str] = _ids("cdo")
    created_by: str = id_column("acc")
    created_at: datetime = _instant()


class TaintedReviewRow(SQLModel, table=True):
    """A sheet whose reviewer is found to be the subject or a relative once it could be read, or a second review by
    one; `state` is where the dossier stood, `outcome` what became of it."""

    __tablename__ = "tainted_review"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("tnr", primary_key=True)
    unit_id: str = id_column("unt")
    campaign_id: str = id_column("cmp")
    campaign_dossier_id: str = id_column("cdo")
    person_id: str = id_column("per")
    review_id: str | None = id_column("rev", nullable=True)
    second_review_id: str | None = id_column("snd", nullable=True, default=None)
    account_id: str = id_column("acc")
    noticed: str
    state: str
    outcome: str
    noticed_at: datetime = _instant()


class ReviewerRemovalRow(SQLModel, table=True):
    """A reviewer who was taken off, and how many dossiers wait for a new one since."""

    __tablename__ = "reviewer_removal"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("rvr", primary_key=True)
    unit_id: str = id_column("unt")
    campaign_id: str = id_column("cmp")
    account_id: str = id_column("acc")
    reason: str
    released: int
    created_by: str = id_column("acc")
    created_at: datetime = _instant()
