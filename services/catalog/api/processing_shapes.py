"""Shapes of the technical-processing sheet."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.web import RequestModel
from contracts.values.ids import ProcessingNeedId
from services.catalog.api.texts import Remark
from services.catalog.domain.processing import (
    SECOND_PERSON,
    Cause,
    Condition,
    Damage,
    NeedState,
    Op,
    Proposal,
    RecordState,
)
from services.catalog.store.processing_needs import Need
from services.catalog.store.processing_records import Record
from services.catalog.usecases.raise_need import RaiseNeed
from services.catalog.usecases.record_processing import RecordProcessing

PageNo = Annotated[int, Field(ge=1, le=2000, strict=True)]
Ticket = Annotated[str, Field(max_length=4000, description="Blob ticket of a photograph")]


class NeedIn(RequestModel):
    """A condition (`intact` is recorded too) with its proposal, or a missing edge."""

    cause: Cause
    condition: Condition | None = Field(default=None, description="With the cause `condition`")
    page_no: PageNo | None = None
    spot: Remark | None = Field(default=None, description="Place on the page, in words")
    proposal: Proposal | None = Field(default=None, description="With every condition but `intact`")

    @model_validator(mode="after")
    def _agrees(self) -> "NeedIn":
        if (self.cause == "condition") != (self.condition is not None):
            raise PydanticCustomError("contradiction", "condition", {"other": "cause, condition"})
        damaged = self.condition is not None and self.condition != "intact"
        if damaged != (self.proposal is not None):
            raise PydanticCustomError("contradiction", "proposal", {"other": "condition, proposal"})
        return self

    def command(self, material_id: str) -> RaiseNeed:
        """The act on this material."""
        return RaiseNeed(material_id, self.cause, self.condition, self.page_no, self.spot, self.proposal)


class NeedOut(BaseModel):
    """A condition or a missing edge of a material."""

    id: str
    unit_id: str
    material_id: str
    title: str
    version: int
    cause: Cause
    condition: Condition | None
    page_no: int | None
    spot: str | None
    proposal: Proposal | None
    source: str = Field(description="`hand`, or `measured` on the page's scan")
    state: NeedState
    reason: str | None = Field(description="Why it was withdrawn")
    raised_at: datetime
    raised_by: str
    ended_at: datetime | None
    ended_by: str | None

    @classmethod
    def of(cls, need: Need) -> "NeedOut":
        members = {name: getattr(need, name) for name in cls.model_fields if name != "id"}
        return cls(id=need.need_id, **members)


class NeedList(BaseModel):
    """One page of conditions and edges."""

    items: list[NeedOut]
    next_page_token: str | None


class WithdrawalIn(RequestModel):
    """Why it was no need."""

    reason: Remark


class RecordIn(RequestModel):
    """What was done, on a page or on the whole material; `need_id` names the need that it answers."""

    op: Op
    damage: Damage | None = None
    page_no: PageNo | None = None
    note: Remark | None = None
    need_id: ProcessingNeedId | None = None
    before_ticket: Ticket | None = None
    after_ticket: Ticket | None = None

    def command(self, material_id: str) -> RecordProcessing:
        """The act on this material."""
        return RecordProcessing(
            material_id,
            self.op,
            self.damage,
            self.page_no,
            self.note,
            self.need_id,
            self.before_ticket,
            self.after_ticket,
        )


class RecordOut(BaseModel):
    """One act on a material's paper."""

    id: str
    unit_id: str
    material_id: str
    version: int
    op: Op
    damage: Damage | None
    page_no: int | None
    note: str | None
    need_id: str | None
    has_before: bool = Field(description="There is a photograph from before")
    has_after: bool
    state: RecordState
    second_person_required: bool
    done_by: str
    done_at: datetime
    second_person: str | None
    confirmed_at: datetime | None

    @classmethod
    def of(cls, record: Record) -> "RecordOut":
        own = ("id", "has_before", "has_after", "second_person_required")
        members = {name: getattr(record, name) for name in cls.model_fields if name not in own}
        return cls(
            id=record.record_id,
            has_before=record.before is not None,
            has_after=record.after is not None,
            second_person_required=record.op in SECOND_PERSON,
            **members,
        )


class RecordList(BaseModel):
    """One page of records."""

    items: list[RecordOut]
    next_page_token: str | None
