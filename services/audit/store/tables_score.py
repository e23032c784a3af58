"""The tables of scores, as the migrations make them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Numeric, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from chassis.columns import id_column

_SCHEMA = {"schema": "audit"}


def _json() -> Any:
    return Field(sa_type=JSONB, nullable=False)  # pyright: ignore


def _instant(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable)  # pyright: ignore


class ScoreRow(SQLModel, table=True):
    """One scoring of a dossier. `from_unit_id` is the unit whose work is scored; `unit_id` the one that keeps it.

    `deductions` hold the scorer's reasons, which are free text and never leave the service.
    """

    __tablename__ = "score"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("scr", primary_key=True)
    unit_id: str = id_column("unt")
    dossier_id: str = id_column("dos")
    person_id: str = id_column("per")
    from_unit_id: str = id_column("unt")
    year: int
    total: Decimal = Field(sa_type=Numeric(6, 2), nullable=False)  # pyright: ignore
    grade: str
    lines: list[dict[str, Any]] = _json()
    deductions: list[dict[str, Any]] = _json()
    vetoes: list[str] = Field(sa_type=ARRAY(Text), nullable=False)  # pyright: ignore
    rules_digest: str
    scored_by: str = id_column("acc")
    scored_at: datetime = _instant()


class ScoreBulletin(SQLModel, table=True):
    """The bulletin of a unit's year: how the dossiers of each unit were graded, as counted when it was drawn up."""

    __tablename__ = "score_bulletin"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("bul", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    year: int
    state: str
    rows: list[dict[str, Any]] = _json()
    proposed_by: str = id_column("acc")
    proposed_at: datetime = _instant()
    approved_by: str | None = id_column("acc", nullable=True)
    approved_at: datetime | None = _instant(nullable=True)
    number: int | None
