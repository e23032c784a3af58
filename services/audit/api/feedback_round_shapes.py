"""Shapes of feedback rounds and talks."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from contracts.values.page import PageRef
from contracts.values.text import line_schema, one_line
from services.audit.api.adjudication_shapes import DeclarationIn, Number, Reason, Title
from services.audit.domain.feedback_round import RoundResult
from services.audit.store.tables_oversight import FeedbackRoundRow, TalkRecordRow


class FeedbackRoundIn(DeclarationIn):
    """What is asked of the person's unit, and until when."""

    sent_to: Title = Field(examples=["县财政局党组"])
    materials_asked: list[Title] = Field(min_length=1, max_length=100, examples=[["1992年年度考核登记表"]])
    sent_on: date
    due_on: date


class FeedbackAnswerIn(DeclarationIn):
    """What came of it. `provided` 已补齐, `partly_provided` 部分补充, `not_provided` 未提供."""

    answered_on: date
    result: RoundResult
    evidence: list[Reason] = Field(default=[], max_length=100, description="The papers that came; none of nothing")


class FeedbackRoundOut(BaseModel):
    """A round as it stands; `version` is what an answer's If-Match names."""

    id: str
    campaign_dossier_id: str
    campaign_id: str
    unit_id: str
    n: int = Field(description="第几次反馈")
    sent_on: date
    sent_to: str
    materials_asked: list[str]
    due_on: date
    sent_by: str
    sent_at: datetime
    answered_on: date | None
    result: RoundResult | None
    evidence: list[str]
    answered_by: str | None
    answered_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: FeedbackRoundRow) -> "FeedbackRoundOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class FeedbackRoundList(BaseModel):
    """One page of rounds."""

    items: list[FeedbackRoundOut]
    next_page_token: str | None


class TalkRecordIn(DeclarationIn):
    """A talk with the person (约谈)."""

    talked_on: date
    talked_by: list[Number] = Field(min_length=1, max_length=20, description="Who talked with the person")
    said: Annotated[str, one_line(4000), line_schema(4000)] = Field(description="What the person said")
    signed: bool = Field(description="The person signed the record")
    pages: list[Annotated[str, Field(max_length=4000)]] = Field(
        default=[], max_length=50, description="Blob tickets of the scanned record, in order"
    )


class TalkRecordOut(BaseModel):
    """A talk as it is kept; nothing of it changes."""

    id: str
    campaign_dossier_id: str
    talked_on: date
    talked_by: list[str]
    said: str
    signed: bool
    pages: list[PageRef]
    recorded_by: str
    recorded_at: datetime

    @classmethod
    def of(cls, row: TalkRecordRow) -> "TalkRecordOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class TalkRecordList(BaseModel):
    """One page of talks, in the order in which they were recorded."""

    items: list[TalkRecordOut]
    next_page_token: str | None
