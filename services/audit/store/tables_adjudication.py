"""The tables of what comes after both first reviews, as the migrations make them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from chassis.columns import IdType, id_column

_SCHEMA = {"schema": "audit"}


def _json(*, nullable: bool = False) -> Any:
    # SQL's null, not JSON's, where there is nothing.
    return Field(default=None, sa_type=JSONB(none_as_null=True), nullable=nullable)  # pyright: ignore


def _instant(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable)  # pyright: ignore


def _accounts() -> Any:
    return Field(sa_type=ARRAY(IdType("acc")), nullable=False)  # pyright: ignore


class SecondReview(SQLModel, table=True):
    """Who settles the differences of a pair (复审), from taking it up until the dossier is tabled."""

    __tablename__ = "second_review"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("snd", primary_key=True)
    unit_id: str = id_column("unt")
    campaign_dossier_id: str = id_column("cdo")
    account_id: str = id_column("acc")
    reopened_because: str | None = None
    relation: str
    declared_not_related: bool | None
    taken_up_at: datetime = _instant()
    ended_at: datetime | None = _instant(nullable=True)


class DeterminationRow(SQLModel, table=True):
    """What stands of one fact. `result` is what the rules said; `disputed`: the two first reviewers differed."""

    __tablename__ = "determination"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("det", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    campaign_dossier_id: str = id_column("cdo")
    campaign_id: str = id_column("cmp")
    person_id: str = id_column("per")
    fact: str
    disputed: bool
    stage: str
    status: str
    value: dict[str, Any] | None = _json(nullable=True)
    cause: str | None = None
    result: dict[str, Any] = _json()
    rules_digest: str
    approved_at: datetime | None = _instant(nullable=True)


class DecisionOnFact(SQLModel, table=True):
    """One step of a determination: what somebody decided, and why; `version` is the determination's after it."""

    __tablename__ = "determination_decision"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    determination_id: str = id_column("det", primary_key=True)
    version: int = Field(primary_key=True)
    unit_id: str = id_column("unt")
    stage: str
    status: str
    value: dict[str, Any] | None = _json(nullable=True)
    cause: str | None = None
    reason: str | None = None
    vote_id: str | None = id_column("vot", nullable=True, default=None)
    decided_by: str = id_column("acc")
    decided_at: datetime = _instant()


class MeetingRow(SQLModel, table=True):
    """A meeting that determined (集体研究)."""

    __tablename__ = "determination_meeting"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("mtg", primary_key=True)
    unit_id: str = id_column("unt")
    campaign_id: str = id_column("cmp")
    held_on: date
    minutes_no: str
    present_ids: list[str] = _accounts()
    recorded_by: str = id_column("acc")
    recorded_at: datetime = _instant()


class MeetingVote(SQLModel, table=True):
    """How a meeting voted on one dossier; `recused_ids` of those present left the room."""

    __tablename__ = "meeting_vote"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("vot", primary_key=True)
    meeting_id: str = id_column("mtg")
    unit_id: str = id_column("unt")
    campaign_dossier_id: str = id_column("cdo")
    recused_ids: list[str] = _accounts()
    in_favour: int
    against: int
    abstained: int
    recorded_by: str = id_column("acc")
    recorded_at: datetime = _instant()


class FeedbackRow(SQLModel, table=True):
    """The party organisation met the person (反馈); `pages` are scans of the paper that came of it."""

    __tablename__ = "determination_feedback"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("fbk", primary_key=True)
    unit_id: str = id_column("unt")
    campaign_dossier_id: str = id_column("cdo")
    organisation: str
    met_on: date
    outcome: str
    witnesses: list[str] = Field(sa_type=ARRAY(Text), nullable=False)  # pyright: ignore
    statement: str | None
    pages_unit_id: str = id_column("unt")
    pages: list[dict[str, Any]] = _json()
    recorded_by: str = id_column("acc")
    recorded_at: datetime = _instant()


class ApprovalRow(SQLModel, table=True):
    """The office that manages the person approved; `material_id` is the form that the catalog files."""

    __tablename__ = "determination_approval"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("apv", primary_key=True)
    unit_id: str = id_column("unt")
    campaign_dossier_id: str = id_column("cdo")
    feedback_id: str = id_column("fbk")
    office: str
    office_unit_id: str = id_column("unt")
    document_no: str | None
    approved_by: str = id_column("acc")
    approved_at: datetime = _instant()
    material_id: str = id_column("mat")
    title: str
    filed_at: datetime | None = _instant(nullable=True)


class InvestigationRow(SQLModel, table=True):
    """An inquiry outside the dossier (调查核实): what is asked where, by whom, until when, and what came of it."""

    __tablename__ = "investigation"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("ivg", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    campaign_dossier_id: str = id_column("cdo")
    question: str
    unit_visited: str
    people: list[str] = Field(sa_type=ARRAY(Text), nullable=False)  # pyright: ignore
    investigator_ids: list[str] = _accounts()
    due_on: date
    opened_by: str = id_column("acc")
    opened_at: datetime = _instant()
    result: str | None = None
    evidence: list[str] = Field(sa_type=ARRAY(Text), nullable=False)  # pyright: ignore
    ended_by: str | None = id_column("acc", nullable=True, default=None)
    ended_at: datetime | None = _instant(nullable=True)
