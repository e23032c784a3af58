"""The tables beside appraisals, as the migrations make them: reports on certificates, and the quarantine."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from chassis.columns import id_column

_SCHEMA = {"schema": "audit"}


def _json(*, nullable: bool = False) -> Any:
    # SQL's null, not JSON's, where there is nothing.
    return Field(default=None, sa_type=JSONB(none_as_null=True), nullable=nullable)  # pyright: ignore


def _instant(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable)  # pyright: ignore


class VerificationReportRow(SQLModel, table=True):
    """What an issuer said of a certificate. `scan` is the picture of the report, which lies under `scan_unit_id`."""

    __tablename__ = "verification_report"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("vrp", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    material_id: str = id_column("mat")
    dossier_id: str = id_column("dos")
    person_id: str = id_column("per")
    appraisal_id: str | None = id_column("apr", nullable=True)
    issuer: str
    number: str
    issued_on: dict[str, Any] = _json()
    result: str
    scan_unit_id: str = id_column("unt")
    scan: dict[str, Any] = _json()
    relation: str
    declared_not_related: bool | None
    recorded_by: str = id_column("acc")
    recorded_at: datetime = _instant()


class QuarantineRow(SQLModel, table=True):
    """A material held apart: where, why, what was asked of whom, and how it left.

    `responsible_person` is who answers for what the material says; `case_no` the case that looks into it.
    """

    __tablename__ = "quarantine"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("qrt", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    appraisal_id: str = id_column("apr")
    material_id: str = id_column("mat")
    dossier_id: str = id_column("dos")
    person_id: str = id_column("per")
    reason: str
    place: str
    responsible_person: str | None
    asked_of_unit: str | None
    asked_on: date | None
    answer: str | None
    answered_on: date | None
    case_no: str | None
    case_closed_on: date | None
    held_by: str = id_column("acc")
    held_on: date
    relation: str
    declared_not_related: bool | None
    released: str | None
    released_on: date | None
    released_to: str | None
    released_by: str | None = id_column("acc", nullable=True)
    reasons: list[str] = Field(sa_type=ARRAY(Text), nullable=False)  # pyright: ignore
