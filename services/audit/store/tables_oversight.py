"""The tables of rounds, talks, and what superiors look at again, as the migrations make them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from chassis.columns import id_column

_SCHEMA = {"schema": "audit"}


def _instant(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable)  # pyright: ignore


def _texts() -> Any:
    return Field(sa_type=ARRAY(Text), nullable=False)  # pyright: ignore


def _json() -> Any:
    return Field(sa_type=JSONB, nullable=False)  # pyright: ignore


class FeedbackRoundRow(SQLModel, table=True):
    """A round in which materials are asked of the person's unit (信息反馈), and what came of it."""

    __tablename__ = "feedback_round"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("fbr", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    campaign_dossier_id: str = id_column("cdo")
    campaign_id: str = id_column("cmp")
    person_id: str = id_column("per")
    n: int
    sent_on: date
    sent_to: str
    materials_asked: list[str] = _texts()
    due_on: date
    sent_by: str = id_column("acc")
    sent_at: datetime = _instant()
    answered_on: date | None = None
    result: str | None = None
    evidence: list[str] = _texts()
    answered_by: str | None = id_column("acc", nullable=True, default=None)
    answered_at: datetime | None = _instant(nullable=True)


class TalkRecordRow(SQLModel, table=True):
    """A talk with the person (约谈): `said` is what they said, `pages` the scan of the record, where there is one."""

    __tablename__ = "talk_record"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("tlk", primary_key=True)
    unit_id: str = id_column("unt")
    campaign_dossier_id: str = id_column("cdo")
    talked_on: date
    talked_by: list[str] = _texts()
    said: str
    signed: bool
    pages_unit_id: str | None = id_column("unt", nullable=True, default=None)
    pages: list[dict[str, Any]] = _json()
    recorded_by: str = id_column("acc")
    recorded_at: datetime = _instant()


class SpotCheckRow(SQLModel, table=True):
    """A draw of dossiers that passed the second review (抽查), from `passed` of them by `seed`."""

    __tablename__ = "spot_check"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("spc", primary_key=True)
    unit_id: str = id_column("unt")
    campaign_id: str = id_column("cmp")
    seed: int = Field(sa_type=BigInteger)  # pyright: ignore
    percent: int | None
    passed: int
    passed_digest: str
    drawn: int
    drawn_by: str = id_column("acc")
    drawn_at: datetime = _instant()


class SpotCheckDossier(SQLModel, table=True):
    """A drawn dossier, and what the leader found of it."""

    __tablename__ = "spot_check_dossier"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    spot_check_id: str = id_column("spc", primary_key=True)
    campaign_dossier_id: str = id_column("cdo", primary_key=True)
    unit_id: str = id_column("unt")
    campaign_id: str = id_column("cmp")
    person_id: str = id_column("per")
    outcome: str | None = None
    remark: str | None = None
    follow_up: str | None = None
    checked_by: str | None = id_column("acc", nullable=True, default=None)
    checked_at: datetime | None = _instant(nullable=True)


class ReportApprovalRow(SQLModel, table=True):
    """Who approved a campaign's figures of this digest for publication; `office` as it was called then."""

    __tablename__ = "report_approval"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("rpa", primary_key=True)
    unit_id: str = id_column("unt")
    campaign_id: str = id_column("cmp")
    digest: str
    dossiers: int
    office: str
    office_unit_id: str = id_column("unt")
    document_no: str | None
    approved_by: str = id_column("acc")
    approved_at: datetime = _instant()


class SuperiorReviewRow(SQLModel, table=True):
    """What an office above says of a dossier's determinations. `corrected` names each with its step's version."""

    __tablename__ = "superior_review"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("srv", primary_key=True)
    unit_id: str = id_column("unt")
    campaign_dossier_id: str = id_column("cdo")
    person_id: str = id_column("per")
    approval_id: str = id_column("apv")
    office_unit_id: str = id_column("unt")
    year: int
    outcome: str
    reason: str | None
    document_no: str | None
    corrected: list[dict[str, Any]] = _json()
    reviewed_by: str = id_column("acc")
    reviewed_at: datetime = _instant()
