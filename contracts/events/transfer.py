"""Events that transfer says: units, received materials, receipts and returns."""

from __future__ import annotations

from typing import ClassVar

from contracts.events.base import EventData, PageRef
from contracts.values.partial_date import PartialDate


class UnitChanged(EventData):
    """A unit was created, renamed or moved. `ancestors` runs from the root to the unit itself; a move
    is told for every unit below it too."""

    event_type: ClassVar[str] = "unit.changed"
    owner: ClassVar[str] = "transfer"
    resource: ClassVar[str] = "units"
    subject_member: ClassVar[str] = "unit_id"
    partition_member: ClassVar[str | None] = None

    unit_id: str
    parent_id: str | None
    code: str
    name: str
    ancestors: list[str]
    path: list[str]
    active: bool = True


class MaterialReceived(EventData):
    """An item of a delivered submission: its appraisal may begin.

    `unit_id` is the submitting unit, under which the page files are stored; `dossier_unit_id` the unit
    of the subject's dossier. `declared_*` is what the submission says of the subject, for comparison.
    `declared_name_index` is a keyed index, never the name.
    """

    event_type: ClassVar[str] = "material.received"
    owner: ClassVar[str] = "transfer"
    resource: ClassVar[str] = "materials"
    subject_member: ClassVar[str] = "material_id"

    material_id: str
    item_id: str
    submission_id: str
    unit_id: str
    dossier_id: str
    dossier_unit_id: str
    person_id: str
    declared_person_no: str | None = None
    declared_name_index: str | None = None
    title: str
    formed_on: PartialDate | None
    declared_page_count: int
    pages: list[PageRef]


class MaterialReturned(EventData):
    """An item ended without being filed: it goes back to the department with coded reasons."""

    event_type: ClassVar[str] = "material.returned"
    owner: ClassVar[str] = "transfer"
    resource: ClassVar[str] = "materials"
    subject_member: ClassVar[str] = "material_id"

    material_id: str
    item_id: str
    submission_id: str
    unit_id: str
    dossier_id: str
    reasons: list[str]


class ReceiptIssued(EventData):
    """The last item of a submission ended: its receipt and/or return note stand, signed."""

    event_type: ClassVar[str] = "receipt.issued"
    owner: ClassVar[str] = "transfer"
    resource: ClassVar[str] = "submissions"
    subject_member: ClassVar[str] = "submission_id"

    submission_id: str
    unit_id: str
    dossier_id: str
    receipt_id: str | None
    return_note_id: str | None
    filed: int
    returned: int
