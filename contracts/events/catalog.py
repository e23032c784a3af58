"""Events that catalog says: persons, dossiers, and what became of a material."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from contracts.events.base import EventData, PageRef
from contracts.values.partial_date import PartialDate

KinRelation = Literal["spouse", "parent", "child", "sibling", "lineal", "collateral", "in_law"]
"""Relation of `kin_person_id` to `person_id` (access rules: spouse, lineal, collateral within three
generations, close in-laws)."""


class PersonChanged(EventData):
    """What other services keep of a person. The only event with names."""

    event_type: ClassVar[str] = "person.changed"
    owner: ClassVar[str] = "catalog"
    resource: ClassVar[str] = "persons"
    subject_member: ClassVar[str] = "person_id"
    partition_member: ClassVar[str | None] = None

    person_id: str
    person_no: str
    name: str
    former_names: list[str] = []
    birth_date: PartialDate | None
    unit_id: str
    rank: str | None = None
    kin_complete: bool = False


class Kin(BaseModel):
    """One relative who is a person of the catalog too."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    person_id: str
    relation: KinRelation


class PersonKinChanged(EventData):
    """The whole list of known relatives of a person, as of `sequence` (the person's kin version)."""

    event_type: ClassVar[str] = "person.kin_changed"
    owner: ClassVar[str] = "catalog"
    resource: ClassVar[str] = "persons"
    subject_member: ClassVar[str] = "person_id"
    partition_member: ClassVar[str | None] = None

    person_id: str
    unit_id: str
    kin: list[Kin]
    complete: bool
    """True once the archivist has declared the list complete: then absence means 'not related'."""


class DossierOpened(EventData):
    """A dossier was opened for a person; each person has one."""

    event_type: ClassVar[str] = "dossier.opened"
    owner: ClassVar[str] = "catalog"
    resource: ClassVar[str] = "dossiers"
    subject_member: ClassVar[str] = "dossier_id"

    dossier_id: str
    dossier_no: str
    person_id: str
    unit_id: str
    state: Literal["open", "closed"]


class DossierChanged(EventData):
    """The dossier's unit, number or state changed."""

    event_type: ClassVar[str] = "dossier.changed"
    owner: ClassVar[str] = "catalog"
    resource: ClassVar[str] = "dossiers"
    subject_member: ClassVar[str] = "dossier_id"

    dossier_id: str
    dossier_no: str
    person_id: str
    unit_id: str
    state: Literal["open", "closed"]


class MaterialFiled(EventData):
    """A material has its place: category, number, pages.

    `item_id` and `submission_id` are absent for rows entered from an existing paper catalogue.
    `blob_unit_id` is the unit under which the page files are stored.
    """

    event_type: ClassVar[str] = "material.filed"
    owner: ClassVar[str] = "catalog"
    resource: ClassVar[str] = "materials"
    subject_member: ClassVar[str] = "material_id"

    material_id: str
    dossier_id: str
    person_id: str
    unit_id: str
    blob_unit_id: str
    item_id: str | None = None
    submission_id: str | None = None
    category: str
    """Material code without the number: `1`, `4-1`, `9-2`."""
    item_no: int
    title: str
    formed_on: PartialDate | None
    page_count: int
    pages: list[PageRef]
    filed_on: date
    basis: str
    """Which rule or person put it there: `r2018:11` (order of the title rule) or `archivist`."""


class MaterialRefused(EventData):
    """The archivist refused an accepted material; transfer treats it as a return."""

    event_type: ClassVar[str] = "material.refused"
    owner: ClassVar[str] = "catalog"
    resource: ClassVar[str] = "materials"
    subject_member: ClassVar[str] = "material_id"

    material_id: str
    dossier_id: str
    unit_id: str
    item_id: str | None
    submission_id: str | None
    reasons: list[str]
