"""The tables of the schema `access`, as the migrations make them."""

# pyright: reportAssignmentType=false
# SQLModel declares `__tablename__` as a descriptor and takes a string.
from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import DateTime, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlmodel import Field, SQLModel

from chassis.columns import IdType, id_column

_SCHEMA = {"schema": "access"}


def _json(*, nullable: bool = False) -> Any:
    # SQL's null, not JSON's, where there is nothing.
    return Field(default=None, sa_type=JSONB(none_as_null=True), nullable=nullable)  # pyright: ignore


def _texts() -> Any:
    return Field(sa_type=ARRAY(Text), nullable=False)  # pyright: ignore


def _ids(prefix: str) -> Any:
    return Field(sa_type=ARRAY(IdType(prefix)), nullable=False)  # pyright: ignore


def _instant(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable)  # pyright: ignore


class ViewRequestRow(SQLModel, table=True):
    """A view request. `ends_at` is the first moment after the days asked for."""

    __tablename__ = "view_request"
    __table_args__ = _SCHEMA

    id: str = id_column("vrq", primary_key=True)
    unit_id: str = id_column("unt")
    subject_unit_id: str = id_column("unt")
    version: int
    year: int
    number: int
    request_no: str
    dossier_id: str = id_column("dos")
    person_id: str = id_column("per")
    scope_kind: str
    categories: list[str] = _texts()
    material_ids: list[str] = _ids("mat")
    purpose: str
    reason: str | None
    from_on: date
    until_on: date
    ends_at: datetime = _instant()
    requested_by: str = id_column("acc")
    requested_at: datetime = _instant()
    requester_relation: str
    declaration: str | None
    chain: list[dict[str, Any]] = _json()
    rules_digest: str
    state: str


class ViewerRow(SQLModel, table=True):
    """A person named as viewer, in the order of the form."""

    __tablename__ = "request_viewer"
    __table_args__ = _SCHEMA

    request_id: str = id_column("vrq", primary_key=True)
    position: int = Field(primary_key=True)
    unit_id: str = id_column("unt")
    subject_unit_id: str = id_column("unt")
    account_id: str | None = id_column("acc", nullable=True)
    person_no: str | None
    name: str
    post: str | None
    party_member: bool
    relation: str


class TaskRow(SQLModel, table=True):
    """A signature that is waited for, or was given; `of_unit` says which of the two units gives it."""

    __tablename__ = "task"
    __table_args__ = _SCHEMA

    id: str = id_column("tskx", primary_key=True)
    request_id: str = id_column("vrq")
    unit_id: str = id_column("unt")
    subject_unit_id: str = id_column("unt")
    version: int
    step: int
    role: str
    of_unit: str
    state: str
    created_at: datetime = _instant()
    due_at: datetime = _instant()
    decided_by: str | None = id_column("acc", nullable=True)
    decided_at: datetime | None = _instant(nullable=True)
    reasons: list[str] = _texts()
    relation: str | None
    declaration: str | None


class GrantRow(SQLModel, table=True):
    """What was approved, and how it ended."""

    __tablename__ = "view_grant"
    __table_args__ = _SCHEMA

    id: str = id_column("grt", primary_key=True)
    request_id: str = id_column("vrq")
    unit_id: str = id_column("unt")
    subject_unit_id: str = id_column("unt")
    version: int
    request_no: str
    dossier_id: str = id_column("dos")
    person_id: str = id_column("per")
    scope_kind: str
    categories: list[str] = _texts()
    material_ids: list[str] = _ids("mat")
    purpose: str
    valid_from: datetime = _instant()
    valid_to: datetime = _instant()
    ended_reason: str | None
    ended_at: datetime | None = _instant(nullable=True)
    ended_by: str | None = id_column("acc", nullable=True)
    codes: list[str] = _texts()


class UsageRow(SQLModel, table=True):
    """The first view of a page by a viewer through a grant. `id` is never shown: it only orders the register."""

    __tablename__ = "usage_entry"
    __table_args__ = _SCHEMA

    id: Any = Field(sa_type=UUID(as_uuid=True), primary_key=True)  # pyright: ignore
    grant_id: str = id_column("grt")
    account_id: str = id_column("acc")
    page_id: str = id_column("pag")
    unit_id: str = id_column("unt")
    subject_unit_id: str = id_column("unt")
    request_id: str = id_column("vrq")
    viewer_position: int
    dossier_id: str = id_column("dos")
    person_id: str = id_column("per")
    material_id: str = id_column("mat")
    category: str
    item_no: int
    page_no: int
    purpose: str
    method: str
    viewed_at: datetime = _instant()


class HeardPerson(SQLModel, table=True):
    """A person as the catalog tells of them."""

    __tablename__ = "heard_person"
    __table_args__ = _SCHEMA

    person_id: str = id_column("per", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    person_no: str
    name: str
    former_names: list[str] = _texts()


class HeardKin(SQLModel, table=True):
    """A person's relatives, as far as they are persons of the catalog."""

    __tablename__ = "heard_kin"
    __table_args__ = _SCHEMA

    person_id: str = id_column("per", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    kin_ids: list[str] = _ids("per")
    complete: bool


class HeardDossier(SQLModel, table=True):
    """A dossier: whose it is and which unit keeps it."""

    __tablename__ = "heard_dossier"
    __table_args__ = _SCHEMA

    dossier_id: str = id_column("dos", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    dossier_no: str
    person_id: str = id_column("per")
    state: str


class HeardMaterial(SQLModel, table=True):
    """A filed material: its place, and the files of its pages in order, known by a word of their own."""

    __tablename__ = "heard_material"
    __table_args__ = _SCHEMA

    material_id: str = id_column("mat", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    dossier_id: str = id_column("dos")
    blob_unit_id: str = id_column("unt")
    category: str
    item_no: int
    title: str
    formed_on: dict[str, Any] | None = _json(nullable=True)
    pages: list[dict[str, Any]] = _json()
    page_ids: list[str] = _ids("pag")
    pages_version: int = 0
    removed: bool = False


class HeardAccount(SQLModel, table=True):
    """Whose account it is, as the gateway tells."""

    __tablename__ = "heard_account"
    __table_args__ = _SCHEMA

    account_id: str = id_column("acc", primary_key=True)
    version: int
    person_no: str | None
    active: bool
