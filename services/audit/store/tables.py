"""The tables of the schema `audit`, as the migrations make them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from chassis.columns import IdType, id_column

_SCHEMA = {"schema": "audit"}


def _json(*, nullable: bool = False) -> Any:
    # SQL's null, not JSON's, where there is nothing.
    return Field(default=None, sa_type=JSONB(none_as_null=True), nullable=nullable)  # pyright: ignore


def _texts() -> Any:
    return Field(sa_type=ARRAY(Text), nullable=False)  # pyright: ignore


def _instant(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_type=DateTime(timezone=True), nullable=nullable)  # pyright: ignore


class AppraisalRow(SQLModel, table=True):
    """One material before filing."""

    __tablename__ = "appraisal"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("apr", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    material_id: str = id_column("mat")
    item_id: str = id_column("itm")
    submission_id: str = id_column("sub")
    from_unit_id: str = id_column("unt")
    dossier_id: str = id_column("dos")
    person_id: str = id_column("per")
    title: str
    formed_on: dict[str, Any] | None = _json(nullable=True)
    declared_page_count: int
    pages: list[dict[str, Any]] = _json()
    digests: list[str] = _texts()
    kind: str | None
    persons: int
    machine_voices: list[str] = _texts()
    checks: list[dict[str, Any]] = _json()
    rules_digest: str
    state: str
    received_at: datetime = _instant()
    ended_at: datetime | None = _instant(nullable=True)
    verification: str
    reported_by: str | None = id_column("acc", nullable=True)
    held_from: str | None
    returned_by: list[str] | None = Field(sa_type=ARRAY(IdType("acc")), nullable=True)  # pyright: ignore
    return_reasons: list[str] | None = Field(sa_type=ARRAY(Text), nullable=True)  # pyright: ignore


class TaskRow(SQLModel, table=True):
    """What one person is asked to decide: a step of an appraisal."""

    __tablename__ = "task"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("tsku", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    appraisal_id: str = id_column("apr")
    step: int
    state: str
    created_at: datetime = _instant()
    due_at: datetime = _instant()


class DecisionRow(SQLModel, table=True):
    """What a person decided. `note` is for the archive's own people and never leaves the service."""

    __tablename__ = "decision"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    task_id: str = id_column("tsku", primary_key=True)
    unit_id: str = id_column("unt")
    appraisal_id: str = id_column("apr")
    step: int
    account_id: str = id_column("acc")
    outcome: str
    reasons: list[str] = _texts()
    note: str | None
    relation: str
    declared_not_related: bool | None
    decided_at: datetime = _instant()
    formalities: dict[str, Any] = _json()


class HeardPerson(SQLModel, table=True):
    """A person as the catalog tells of them; the only names that this service keeps."""

    __tablename__ = "heard_person"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    person_id: str = id_column("per", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    person_no: str
    name: str
    former_names: list[str] = _texts()
    birth_date: dict[str, Any] | None = _json(nullable=True)
    rank: str | None
    id_index: str | None
    managing_authority: list[dict[str, Any]] = _json()


class HeardKin(SQLModel, table=True):
    """A person's relatives, as far as they are persons of the catalog."""

    __tablename__ = "heard_kin"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    person_id: str = id_column("per", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    kin_ids: list[str] = Field(sa_type=ARRAY(IdType("per")), nullable=False)  # pyright: ignore
    complete: bool


class HeardDossier(SQLModel, table=True):
    """A dossier: whose it is, which unit keeps it, whether it takes materials."""

    __tablename__ = "heard_dossier"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    dossier_id: str = id_column("dos", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    dossier_no: str
    person_id: str = id_column("per")
    state: str


class FiledPage(SQLModel, table=True):
    """The digest of a scan of a page that is filed, for finding duplicates."""

    __tablename__ = "filed_page"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    material_id: str = id_column("mat", primary_key=True)
    page_id: str = id_column("pag", primary_key=True)
    unit_id: str = id_column("unt")
    person_id: str = id_column("per")
    digest: str = Field(primary_key=True)


class HeardMaterial(SQLModel, table=True):
    """A filed material: its place and title, and the files of its pages in order, known by a word of their own."""

    __tablename__ = "heard_material"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    material_id: str = id_column("mat", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    dossier_id: str = id_column("dos")
    person_id: str = id_column("per")
    blob_unit_id: str = id_column("unt")
    category: str
    item_no: int
    title: str
    formed_on: dict[str, Any] | None = _json(nullable=True)
    page_count: int
    pages: list[dict[str, Any]] = _json()
    pages_version: int
    removed: bool


class HeardAccount(SQLModel, table=True):
    """Whose account it is, as the gateway tells."""

    __tablename__ = "heard_account"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    account_id: str = id_column("acc", primary_key=True)
    version: int
    person_no: str | None
    active: bool


class Campaign(SQLModel, table=True):
    """A special audit (专项审核). What it decides by, `settings` and `rules_digest`, is fixed when it starts."""

    __tablename__ = "campaign"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("cmp", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    name: str
    state: str
    settings: dict[str, Any] = _json()
    seed: int
    rules_digest: str | None
    created_by: str = id_column("acc")
    created_at: datetime = _instant()
    started_at: datetime | None = _instant(nullable=True)
    closed_at: datetime | None = _instant(nullable=True)


class CampaignTeam(SQLModel, table=True):
    """A working group of a campaign (审核组, 装裱组, 录入组, 装档组, 材料收缴组) with its head."""

    __tablename__ = "campaign_team"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    campaign_id: str = id_column("cmp", primary_key=True)
    kind: str = Field(primary_key=True)
    unit_id: str = id_column("unt")
    head_id: str = id_column("acc")
    member_ids: list[str] = Field(sa_type=ARRAY(IdType("acc")), nullable=False)  # pyright: ignore


class CampaignDossier(SQLModel, table=True):
    """One dossier in a campaign: where it stands, and what came out."""

    __tablename__ = "campaign_dossier"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("cdo", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    campaign_id: str = id_column("cmp")
    dossier_id: str = id_column("dos")
    person_id: str = id_column("per")
    rank: str | None
    state: str
    result: str | None
    difficulty: int
    training: bool = False
    entered_at: datetime = _instant()


class Review(SQLModel, table=True):
    """One first reviewer's sheet. Nobody else sees the row, nor that it is submitted, until `opened`."""

    __tablename__ = "review"  # pyright: ignore[reportAssignmentType]
    __table_args__ = _SCHEMA

    id: str = id_column("rev", primary_key=True)
    unit_id: str = id_column("unt")
    version: int
    campaign_dossier_id: str = id_column("cdo")
    account_id: str = id_column("acc")
    state: str
    sheet: dict[str, Any] = _json()
    assigned_at: datetime = _instant()
    submitted_at: datetime | None = _instant(nullable=True)
    journal_id: UUID | None = None
    opened: bool = False
