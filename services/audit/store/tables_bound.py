"""The tables of bound sets, as the migrations make them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime
from sqlmodel import Field, SQLModel

from chassis.columns import id_column

_SCHEMA = {"schema": "audit"}


class BoundSet(SQLModel, table=True):
    """A unit's set. `done` of `total` persons are drawn; `jws` is the receipt of the hand-over."""

    __tablename__ = "bound_set"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("bds", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    campaign_id: str = id_column("cmp")
    state: str
    compiled_by: str = id_column("acc")
    asked_at: datetime = Field(sa_type=DateTime(timezone=True), nullable=False)  # pyright: ignore
    done: int
    total: int
    problem: str | None = None
    digest: str | None = None
    bytes: int | None = None
    pages: int | None = None
    handed_over_by: str | None = id_column("acc", nullable=True, default=None)
    number: str | None = None
    jws: str | None = None
    place: str | None = None


class BoundSetMember(SQLModel, table=True):
    """A person's forms in a set; `live` until the set fails or is discarded, or
    the dossier is determined anew."""

    __tablename__ = "bound_set_member"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    bound_set_id: str = id_column("bds", primary_key=True)
    position: int = Field(primary_key=True)
    unit_id: str = id_column("unt")
    campaign_dossier_id: str = id_column("cdo")
    person_id: str = id_column("per")
    first_page: int | None = None
    page_count: int | None = None
    live: bool
