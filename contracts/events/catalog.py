"""Events that catalog says: persons, dossiers, and what became of a material."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from contracts.events.base import EventData, PageRef
from contracts.values.partial_date import PartialDate

KinRelation = Literal["spouse", "parent", "child", "sibling", "lineal", "collateral", "in_law"]
"""Relation of `kin_person_id` to `person_id` (access rules: spouse, lineal, collateral within three
generations, close in-laws)."""


class AuthorityPeriod(BaseModel):
    """Which office decides for a person from a day to a day (the last one; None: until further notice).

    `unit_id` is the unit whose rule it is; `office_unit_id` the office's own unit, where the deployment has it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    unit_id: str
    office: str
    office_unit_id: str | None = None
    valid_from: date
    valid_to: date | None = None


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
    id_index: str | None = None
    """Keyed index of the citizen identity number (`blind_index` under `id_number`); the number is told to nobody."""
    managing_authority: list[AuthorityPeriod] = []
    """All periods that concern the person's rank and unit, without overlap, in order; a rule of a nearer unit goes
    before one further up."""


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


class MaterialPagesChanged(EventData):
    """A filed material has other page images than before: some were added, scanned anew or put in another order.

    `pages` is the whole list in its order, each with the scan that is shown now. `page_count` is what the
    catalogue says, which counts the paper's sides and not the images.
    """

    event_type: ClassVar[str] = "material.pages_changed"
    owner: ClassVar[str] = "catalog"
    resource: ClassVar[str] = "materials"
    subject_member: ClassVar[str] = "material_id"

    material_id: str
    dossier_id: str
    person_id: str
    unit_id: str
    blob_unit_id: str
    page_count: int
    pages: list[PageRef]


RefilingReason = Literal[
    "renumbered", "moved", "ordered", "corrected", "restored", "split", "merged", "scheme_changed", "undone"
]
"""Why a row of the catalogue is another: others came or went, the material itself was given another category or
position, its row was corrected, it came back after a removal, it was cut or joined, or a change was undone."""


class MaterialRefiled(EventData):
    """A filed material has another category, number or row of the catalogue than before.

    `from_…` are absent when it came back after a removal. Its pages are as they were told last.
    """

    event_type: ClassVar[str] = "material.refiled"
    owner: ClassVar[str] = "catalog"
    resource: ClassVar[str] = "materials"
    subject_member: ClassVar[str] = "material_id"

    material_id: str
    dossier_id: str
    person_id: str
    unit_id: str
    item_id: str | None = None
    submission_id: str | None = None
    from_category: str | None
    from_item_no: int | None = Field(ge=1)
    category: str
    """Material code without the number, as in `material.filed`."""
    item_no: int = Field(ge=1)
    title: str
    formed_on: PartialDate | None
    page_count: int
    reason: RefilingReason


class MaterialRemoved(EventData):
    """A material is no longer in its dossier's catalogue; nothing of it is destroyed.

    `reason` is a code of the scheme's reasons for a removal, or `merged` when another material took its pages.
    """

    event_type: ClassVar[str] = "material.removed"
    owner: ClassVar[str] = "catalog"
    resource: ClassVar[str] = "materials"
    subject_member: ClassVar[str] = "material_id"

    material_id: str
    dossier_id: str
    person_id: str
    unit_id: str
    item_id: str | None = None
    submission_id: str | None = None
    from_category: str
    from_item_no: int = Field(ge=1)
    reason: str = Field(min_length=1)
