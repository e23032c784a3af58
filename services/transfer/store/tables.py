"""The tables of the schema `transfer` as SQLModel classes; migrations/ makes them, with constraints and policies."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, DateTime, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from chassis.columns import id_column

_SCHEMA = {"schema": "transfer"}


def _instant(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable)  # type: ignore[call-overload]


def _texts() -> Any:
    return Field(default_factory=list, sa_type=ARRAY(Text), nullable=False)  # type: ignore[call-overload]


class UnitRow(SQLModel, table=True):
    """A unit; its way from the root is kept in the chassis' `unit_scope`."""

    __tablename__ = "unit"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    unit_id: str = id_column("unt", primary_key=True)
    parent_id: str | None = id_column("unt", nullable=True, default=None)
    code: str
    name: str
    active: bool
    version: int
    created_at: datetime = _instant()
    changed_at: datetime = _instant()


class SubmissionRow(SQLModel, table=True):
    """A submission, without its items."""

    __tablename__ = "submission"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    submission_id: str = id_column("sub", primary_key=True)
    unit_id: str = id_column("unt")
    custodian_unit_id: str | None = id_column("unt", nullable=True, default=None)
    dossier_id: str = id_column("dos")
    person_id: str = id_column("per")
    declared_person_no: str | None = None
    declared_name_index: str | None = None
    state: str
    version: int
    created_by: str = id_column("acc")
    created_at: datetime = _instant()
    changed_at: datetime = _instant()
    delivered_by: str | None = id_column("acc", nullable=True, default=None)
    handed_in_by: str | None = None
    delivered_at: datetime | None = _instant(nullable=True)
    provisional_receipt: str | None = None
    closed_at: datetime | None = _instant(nullable=True)


class ItemRow(SQLModel, table=True):
    """An item; `filed_…` and `returned_by`, `reasons` are its outcome, `…_id` at the end its paper."""

    __tablename__ = "submission_item"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    item_id: str = id_column("itm", primary_key=True)
    submission_id: str = id_column("sub")
    unit_id: str = id_column("unt")
    custodian_unit_id: str | None = id_column("unt", nullable=True, default=None)
    position: int
    title: str
    formed_on: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))  # type: ignore[call-overload]
    declared_page_count: int
    page_count: int = 0
    state: str
    version: int
    material_id: str | None = id_column("mat", nullable=True, default=None)
    filed_dossier_id: str | None = id_column("dos", nullable=True, default=None)
    filed_category: str | None = None
    filed_item_no: int | None = None
    filed_on: date | None = None
    filed_page_count: int | None = None
    place_version: int = 0
    returned_by: str | None = None
    reasons: list[str] = _texts()
    receipt_id: str | None = id_column("rcp", nullable=True, default=None)
    return_note_id: str | None = id_column("rtn", nullable=True, default=None)


class UploadRow(SQLModel, table=True):
    """A file that came in whole. An image has size and ticket here, a file of pages has them page by page."""

    __tablename__ = "upload"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    upload_id: str = id_column("upl", primary_key=True)
    unit_id: str = id_column("unt")
    uploaded_by: str = id_column("acc")
    digest: str
    media_type: str
    bytes: int
    width: int | None = None
    height: int | None = None
    uploaded_at: datetime = _instant()
    blob_ticket: str | None = None


class UploadPageRow(SQLModel, table=True):
    """A page image drawn from an uploaded TIFF or PDF; what it becomes part of is said by its ticket, not here."""

    __tablename__ = "upload_page"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    upload_id: str = id_column("upl", primary_key=True)
    page_no: int = Field(primary_key=True)
    unit_id: str = id_column("unt")
    digest: str
    media_type: str
    bytes: int
    width: int
    height: int
    blob_ticket: str


class ReceiptRow(SQLModel, table=True):
    """A receipt: the signed document itself, and its number within unit and year."""

    __tablename__ = "receipt"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    receipt_id: str = id_column("rcp", primary_key=True)
    unit_id: str = id_column("unt")
    custodian_unit_id: str = id_column("unt")
    submission_id: str = id_column("sub")
    year: int
    number: int
    issued_at: datetime = _instant()
    jws: str


class ReturnNoteRow(SQLModel, table=True):
    """A return note, kept as a receipt is."""

    __tablename__ = "return_note"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    return_note_id: str = id_column("rtn", primary_key=True)
    unit_id: str = id_column("unt")
    custodian_unit_id: str = id_column("unt")
    submission_id: str = id_column("sub")
    year: int
    number: int
    issued_at: datetime = _instant()
    jws: str


class HeardPersonRow(SQLModel, table=True):
    """A person as the catalog last told; the one table of this service with names of cadres."""

    __tablename__ = "heard_person"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    person_id: str = id_column("per", primary_key=True)
    person_no: str
    name: str
    former_names: list[str] = _texts()
    unit_id: str = id_column("unt")
    version: int


class HeardDossierRow(SQLModel, table=True):
    """A dossier as the catalog last told."""

    __tablename__ = "heard_dossier"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    dossier_id: str = id_column("dos", primary_key=True)
    dossier_no: str
    person_id: str = id_column("per")
    unit_id: str = id_column("unt")
    state: str
    version: int
