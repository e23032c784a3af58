"""The tables of the gate before appointment, as the migrations make them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, Integer
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from chassis.columns import id_column

_SCHEMA = {"schema": "audit"}


def _json() -> Any:
    return Field(sa_type=JSONB, nullable=False)  # pyright: ignore


def _instant(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable)  # pyright: ignore


class HeardGap(SQLModel, table=True):
    """A required material that a dossier lacks, or lacked, as the catalog tells."""

    __tablename__ = "heard_gap"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    gap_id: str = id_column("gap", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    dossier_id: str = id_column("dos")
    person_id: str = id_column("per")
    rule: str
    category: str | None
    years: list[int] = Field(sa_type=ARRAY(Integer), nullable=False)  # pyright: ignore
    open: bool


class ClearanceRow(SQLModel, table=True):
    """A person's clearance (任前、进人、转递审核结论). `jws` is the signed answer in its present version."""

    __tablename__ = "clearance"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("clr", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    list_id: str = id_column("cll")
    person_id: str = id_column("per")
    dossier_id: str | None = id_column("dos", nullable=True)
    kind: str
    proposed_post: str | None
    state: str
    reasons: list[dict[str, Any]] = _json()
    rules_digest: str
    asked_by: str = id_column("acc")
    asked_at: datetime = _instant()
    decided_at: datetime = _instant()
    expires_on: date | None
    jws: str | None


class ClearanceHold(SQLModel, table=True):
    """Why a person held a clearance up by hand. `reason` is free text and never leaves the service."""

    __tablename__ = "clearance_hold"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("clh", primary_key=True)
    unit_id: str = id_column("unt")
    clearance_id: str = id_column("clr")
    person_id: str = id_column("per")
    reason: str
    held_by: str = id_column("acc")
    held_at: datetime = _instant()


class DossierAudit(SQLModel, table=True):
    """The audit of one dossier by itself: a task of two persons in turn; `step` is whose turn it is.

    Of a dossier that is kept here (`dossier_id`), or of one that is lent for reading (`preview_id`).
    """

    __tablename__ = "dossier_audit"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    task_id: str = id_column("tsku", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    dossier_id: str | None = id_column("dos", nullable=True)
    preview_id: str | None = id_column("ibp", nullable=True)
    person_id: str = id_column("per")
    occasion: str
    state: str
    step: int
    created_at: datetime = _instant()
    due_at: datetime = _instant()
    ended_at: datetime | None = _instant(nullable=True)


class InboundPreview(SQLModel, table=True):
    """A dossier of another office, lent for reading before its person is taken in. `unit_id` is who thinks of it."""

    __tablename__ = "inbound_preview"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("ibp", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    person_id: str = id_column("per")
    lent_by: str
    letter_no: str | None
    borrowed_on: date
    due_back_on: date
    relation: str
    declared_not_related: bool | None
    recorded_by: str = id_column("acc")
    recorded_at: datetime = _instant()
    given_back_on: date | None
    given_back_by: str | None = id_column("acc", nullable=True)


class ExaminationRow(SQLModel, table=True):
    """What one of the two found, fact by fact, under their signature."""

    __tablename__ = "examination"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    task_id: str = id_column("tsku", primary_key=True)
    stage: int = Field(primary_key=True)
    unit_id: str = id_column("unt")
    account_id: str = id_column("acc")
    facts: list[dict[str, Any]] = _json()
    opinion: str
    relation: str
    declared_not_related: bool | None
    signed_at: datetime = _instant()
