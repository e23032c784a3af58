"""Events that audit says: the appraisal of a material, the answer of the gate before appointment."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from contracts.events.base import EventData, PageRef
from contracts.values.partial_date import PartialDate

CheckCode = Literal["A1", "A2", "A3", "A4", "A5"]
CheckOutcome = Literal["pass", "fail", "not_applicable", "cannot_tell"]
"""`cannot_tell`: the facts do not suffice (a date known to the year only); a person has to look."""


class CheckResult(BaseModel):
    """One appraisal check (鉴别五项): A1 in scope, A2 formalities, A3 complete, A4 right person, A5 legible.

    `evidence` holds codes and counts, never text from the page. `remarks` are codes of what is worth
    knowing without being a failure; `faults` are the return codes that a failure amounts to."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    check: CheckCode
    code: str
    outcome: CheckOutcome
    by: Literal["machine", "person"]
    evidence: dict[str, int | str | bool | None] = {}
    remarks: list[str] = []
    faults: list[str] = []


class MaterialAppraised(EventData):
    """The decision before filing. Repeats title, date, dossier and pages: the catalog hears nothing earlier.

    `reasons` are return codes (`A1`…`A5`, or finer ones such as `duplicate`), empty when accepted.
    """

    event_type: ClassVar[str] = "material.appraised"
    owner: ClassVar[str] = "audit"
    resource: ClassVar[str] = "materials"
    subject_member: ClassVar[str] = "material_id"

    material_id: str
    appraisal_id: str
    item_id: str
    submission_id: str
    unit_id: str
    dossier_id: str
    dossier_unit_id: str
    person_id: str
    outcome: Literal["accepted", "rejected"]
    reasons: list[str]
    kind: str | None
    confirmed_by: list[str]
    checks: list[CheckResult]
    title: str
    formed_on: PartialDate | None
    page_count: int
    pages: list[PageRef]


class ClearanceDecided(EventData):
    """The gate answered for a person, or changed its answer: HR stops or goes on (任前、进人、转递审核).

    `reasons` are ids of the gate's rules, empty when cleared; the cure is read at the clearance. `expires_on` is the
    last day on which a clearance may be relied upon.
    """

    event_type: ClassVar[str] = "clearance.decided"
    owner: ClassVar[str] = "audit"
    resource: ClassVar[str] = "clearances"
    subject_member: ClassVar[str] = "clearance_id"

    clearance_id: str
    person_id: str
    dossier_id: str | None
    unit_id: str
    kind: Literal["promote", "enter", "transfer"]
    state: Literal["cleared", "suspended", "refused"]
    reasons: list[str]
    expires_on: date | None


class IdentityResolved(EventData):
    """It was decided whether a material, or a newly entered person, is `person_id`; or that was taken back.

    `state` is the whole truth of this version: in force, or undone. Of two persons `other_person_id` is the newly
    entered one. A name that is to be kept with `person_id` (`name_kind`: 曾用名, or another spelling of the name) comes
    sealed under the key `sealed_by` with the decision's id as its context, for no broker may hold it. Without
    `name_kind` no name is kept. `decided_by` decided, or took it back.
    """

    event_type: ClassVar[str] = "identity.resolved"
    owner: ClassVar[str] = "audit"
    resource: ClassVar[str] = "identity-decisions"
    subject_member: ClassVar[str] = "decision_id"

    decision_id: str
    unit_id: str
    outcome: Literal["same_person", "other_person"]
    state: Literal["in_force", "undone"]
    person_id: str
    other_person_id: str | None
    material_id: str | None
    dossier_id: str | None
    name_kind: Literal["former", "variant"] | None
    sealed_name: str | None
    sealed_by: str | None
    decided_by: str


class DeterminationForm(BaseModel):
    """The form that the person signed or disputed, which the catalog files: one material for a whole dossier."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    material_id: str
    title: str
    formed_on: PartialDate
    blob_unit_id: str
    pages: list[PageRef]


class DeterminationApproved(EventData):
    """A determination of one fact (认定) is in force: the office that manages the person has approved it.

    `determined` and `consistent` give the value of a fact that the catalog keeps as one: `date` of birth and of the
    beginning of work; `party` with its `date`; `text` for ethnicity and native place. Of other facts, and of the name,
    the form alone speaks. `undetermined`: what is on file stays. Every determination of a dossier names the one form.
    """

    event_type: ClassVar[str] = "determination.approved"
    owner: ClassVar[str] = "audit"
    resource: ClassVar[str] = "determinations"
    subject_member: ClassVar[str] = "determination_id"

    determination_id: str
    campaign_dossier_id: str
    dossier_id: str
    person_id: str
    unit_id: str
    fact: str
    status: Literal["consistent", "determined", "undetermined"]
    date: PartialDate | None
    party: str | None
    text: str | None
    form: DeterminationForm


class AlterationConfirmed(EventData):
    """The organisation has confirmed an alteration on a filed paper (涂改). The catalog files its signed record.

    `material_id`, `title`, `formed_on` and `pages` are the record's; `altered_material_id` is the paper it tells of.
    """

    event_type: ClassVar[str] = "alteration.confirmed"
    owner: ClassVar[str] = "audit"
    resource: ClassVar[str] = "alterations"
    subject_member: ClassVar[str] = "finding_id"

    finding_id: str
    dossier_id: str
    person_id: str
    unit_id: str
    fact: str
    verdict: Literal["slip", "falsified", "undetermined"]
    altered_material_id: str
    material_id: str
    title: str
    formed_on: PartialDate
    blob_unit_id: str
    pages: list[PageRef]
