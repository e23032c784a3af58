"""The tables of alterations, as the migrations make them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from chassis.columns import id_column

_SCHEMA = {"schema": "audit"}


def _json(*, nullable: bool = False) -> Any:
    # SQL's null, not JSON's, where there is nothing.
    return Field(default=None, sa_type=JSONB(none_as_null=True), nullable=nullable)  # pyright: ignore


def _instant(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable)  # pyright: ignore


class AlterationRow(SQLModel, table=True):
    """An alteration that was found on a filed paper. `pages` are those of the signed record (涂改情况登记表)."""

    __tablename__ = "alteration_finding"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("alt", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    dossier_id: str = id_column("dos")
    person_id: str = id_column("per")
    no: int
    fact: str
    material_id: str = id_column("mat")
    material_title: str
    material_formed_on: dict[str, Any] | None = _json(nullable=True)
    page_id: str | None = id_column("pag", nullable=True)
    means: str
    reads_now: str
    read_before: str | None
    verdict: str
    falsified_object: str | None
    remark: str | None
    state: str
    relation: str
    declared_not_related: bool | None
    recorded_by: str = id_column("acc")
    recorded_at: datetime = _instant()
    confirmed_by: str | None = id_column("acc", nullable=True)
    confirmed_at: datetime | None = _instant(nullable=True)
    decided_by: str | None
    decided_on: date | None
    document_no: str | None
    record_material_id: str | None = id_column("mat", nullable=True)
    blob_unit_id: str | None = id_column("unt", nullable=True)
    pages: list[dict[str, Any]] | None = _json(nullable=True)


class ConsequenceRow(SQLModel, table=True):
    """What followed from a confirmed falsification."""

    __tablename__ = "falsification_consequence"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("fcq", primary_key=True)
    unit_id: str = id_column("unt")
    finding_id: str = id_column("alt")
    kind: str
    decided_by: str
    decided_on: date
    document_no: str | None
    recorded_by: str = id_column("acc")
    recorded_at: datetime = _instant()
