"""The table of what two opened sheets say beside one another, as the migrations make it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Column, Computed, DateTime, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from chassis.columns import id_column


class Comparison(SQLModel, table=True):
    """One fact of an opened pair. Of the two, `first` is the account with the lower id; `differs` names members.

    Whether nothing differs, `agreed`, the database works out by itself.
    """

    __tablename__ = "comparison"  # pyright: ignore[reportAssignmentType]
    __table_args__ = {"schema": "audit"}  # SQLAlchemy's own form

    campaign_dossier_id: str = id_column("cdo", primary_key=True)
    fact: str = Field(primary_key=True)
    unit_id: str = id_column("unt")
    campaign_id: str = id_column("cmp")
    person_id: str = id_column("per")
    training: bool
    first_account_id: str = id_column("acc")
    second_account_id: str = id_column("acc")
    first_review_id: str = id_column("rev")
    second_review_id: str = id_column("rev")
    first_verdict: str | None
    second_verdict: str | None
    differs: list[str] = Field(sa_type=ARRAY(Text), nullable=False)  # pyright: ignore
    agreed: bool | None = Field(default=None, sa_column=Column(Boolean, Computed("cardinality(differs) = 0")))
    opened_at: datetime = Field(sa_type=DateTime(timezone=True), nullable=False)  # pyright: ignore
