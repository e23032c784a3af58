"""The tables of what superiors and leaders look at again, as the migrations make them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from chassis.columns import id_column

_SCHEMA = {"schema": "audit"}


def _instant(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable)  # pyright: ignore


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
    corrected: list[dict[str, Any]] = Field(sa_type=JSONB, nullable=False)  # pyright: ignore
    reviewed_by: str = id_column("acc")
    reviewed_at: datetime = _instant()
