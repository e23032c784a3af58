"""The tables of claims, as the migrations make them."""

from __future__ import annotations

from datetime import datetime
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


class ClaimRow(SQLModel, table=True):
    """What one material says about one fact of a person.

    `title` is null for a material of the dossier, whose title the catalog tells; `formed_on` is then only what was
    read from the paper where the catalogue has no date. `statement` is the digest of what is said and where.
    """

    __tablename__ = "claim"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("clm", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    person_id: str = id_column("per")
    dossier_id: str = id_column("dos")
    fact: str
    value: dict[str, Any] = _json()
    material_id: str | None = id_column("mat", nullable=True, default=None)
    page_id: str | None = id_column("pag", nullable=True, default=None)
    box: dict[str, Any] | None = _json(nullable=True)
    title: str | None = None
    formed_on: dict[str, Any] | None = _json(nullable=True)
    signed: bool | None = None
    altered: str
    as_on_paper: bool
    remark: str | None = None
    origin: str
    statement: str
    entered_by: str = id_column("acc")
    entered_at: datetime = _instant()
    excluded: str | None = None
    excluded_reason: str | None = None
    withdrawn_at: datetime | None = _instant(nullable=True)
    withdrawn_reason: str | None = None


class ClaimBatchRow(SQLModel, table=True):
    """What became of each item of an import; only its sender sees it."""

    __tablename__ = "claim_batch"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("clb", primary_key=True)
    account_id: str = id_column("acc")
    made_at: datetime = _instant()
    items: list[dict[str, Any]] = _json()
