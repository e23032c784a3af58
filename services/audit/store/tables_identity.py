"""The tables of who is meant, as the migrations make them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from chassis.columns import id_column

_SCHEMA = {"schema": "audit"}


def _json() -> Any:
    return Field(sa_type=JSONB, nullable=False)  # pyright: ignore


def _instant(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable)  # pyright: ignore


class HeardName(SQLModel, table=True):
    """One of a person's names, present or former, as it may be read."""

    __tablename__ = "heard_name"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    person_id: str = id_column("per", primary_key=True)
    unit_id: str = id_column("unt")
    name: str = Field(primary_key=True)
    sound: str = Field(primary_key=True)


class IdentityDecisionRow(SQLModel, table=True):
    """Whether a material, or a newly entered person, is the candidate; `said`, `reason` and names never leave here."""

    __tablename__ = "identity_decision"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("idd", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    material_id: str | None = id_column("mat", nullable=True, default=None)
    person_id: str | None = id_column("per", nullable=True, default=None)
    candidate_id: str = id_column("per")
    dossier_id: str | None = id_column("dos", nullable=True, default=None)
    outcome: str
    state: str
    match: str
    score: int
    parts: list[dict[str, Any]] = _json()
    said: dict[str, Any] = _json()
    name: str | None
    name_kind: str | None
    reason: str
    explanation: str | None
    rules_digest: str
    relation: str
    declared_not_related: bool | None
    decided_by: str = id_column("acc")
    decided_at: datetime = _instant()
    undone_by: str | None = id_column("acc", nullable=True, default=None)
    undone_at: datetime | None = _instant(nullable=True)
    undone_reason: str | None = None
