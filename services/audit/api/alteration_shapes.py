"""Shapes of alterations and of what followed from them."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from chassis.web import RequestModel
from contracts.values.ids import MaterialId, PageId
from contracts.values.partial_date import PartialDate
from contracts.values.text import line_schema, one_line
from services.audit.domain.alteration import ConsequenceKind, FalsifiedObject, Means, Verdict
from services.audit.domain.facts import AuditFact
from services.audit.domain.recusal import Relation
from services.audit.store.tables_alteration import AlterationRow, ConsequenceRow

Words = Annotated[str, one_line(500), line_schema(500)]
Organ = Annotated[str, one_line(200), line_schema(200)]
Number = Annotated[str, one_line(100), line_schema(100)]
Ticket = Annotated[str, Field(max_length=4000)]


class AlterationChange(RequestModel):
    """Members of a finding, until it is confirmed."""

    means: Means = Field(default="other", description="How it was altered")
    reads_now: Words = Field(default="", description="What it reads now (涂改后记载)")
    read_before: Words | None = Field(default=None, description="What it read before, where that can be seen")
    verdict: Verdict = Verdict.UNDETERMINED
    falsified_object: FalsifiedObject | None = Field(default=None, description="With `falsified` only")
    remark: Words | None = None


class AlterationIn(AlterationChange):
    """An alteration on a filed paper."""

    material_id: MaterialId
    page_id: PageId | None = None
    fact: AuditFact = Field(description="Which fact was altered (涂改类型)")
    reads_now: Words  # pyright: ignore[reportGeneralTypeIssues]
    not_related: bool | None = Field(
        default=None,
        description="Your declaration to be neither the subject nor a relative; needed where kin are not known",
    )


class ConsequenceOut(BaseModel):
    """What followed from a falsification."""

    id: str
    kind: ConsequenceKind
    decided_by: str
    decided_on: date
    document_no: str | None
    recorded_by: str
    recorded_at: datetime

    @classmethod
    def of(cls, row: ConsequenceRow) -> "ConsequenceOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class AlterationOut(BaseModel):
    """A finding. `record_material_id` is the signed record in the dossier, once confirmed."""

    id: str
    state: Literal["recorded", "confirmed"]
    no: int = Field(description="Its number among the dossier's findings (序号)")
    unit_id: str
    dossier_id: str
    person_id: str
    fact: AuditFact
    material_id: str
    material_title: str
    material_formed_on: PartialDate | None
    page_id: str | None
    means: Means
    reads_now: str
    read_before: str | None
    verdict: Verdict
    falsified_object: FalsifiedObject | None
    remark: str | None
    relation: Relation
    recorded_by: str
    recorded_at: datetime
    confirmed_by: str | None
    decided_by: str | None
    decided_on: date | None
    document_no: str | None
    record_material_id: str | None
    version: int

    @classmethod
    def of(cls, row: AlterationRow) -> "AlterationOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class AlterationWhole(AlterationOut):
    """A finding with what followed from it."""

    consequences: list[ConsequenceOut]


class AlterationList(BaseModel):
    """One page of findings, oldest first."""

    items: list[AlterationOut]
    next_page_token: str | None


class ConfirmationIn(RequestModel):
    """The organisation's word, with the scanned pages of the record that was printed and signed."""

    decided_by: Organ = Field(description="The organ that confirmed it")
    decided_on: date
    document_no: Number | None = None
    blob_tickets: list[Ticket] = Field(min_length=1, max_length=20, description="Of `POST /v1/uploads`, in order")


class ConsequenceIn(RequestModel):
    """What followed from a confirmed falsification."""

    kind: ConsequenceKind
    decided_by: Organ
    decided_on: date
    document_no: Number | None = None


class ConsequenceCount(BaseModel):
    """How often each kind of consequence was decided in a unit's dossiers in a year."""

    unit_id: str
    public_investigation: int = Field(description="公开查处")
    disqualified: int = Field(description="取消任职资格")
    points_deducted: int = Field(description="量化考核扣分")
    discipline: int = Field(description="处分")
    correction: int = Field(description="纠正")


class ConsequenceCountList(BaseModel):
    """One page of units, by id."""

    items: list[ConsequenceCount]
    next_page_token: str | None
