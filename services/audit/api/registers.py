"""The registers of confidentiality pledges (保密责任书) and of trainings (培训)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, PRIVATE, Pages, RequestModel, TriableUow, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import AccountId, CampaignId, TrainingId, UnitId
from contracts.values.text import line_schema, one_line
from services.audit.api.campaigns import REFUSED, posted
from services.audit.domain.campaign import TrainingKind
from services.audit.store import registers
from services.audit.store.tables_campaign import AttendanceRow, PledgeRow, TrainingRow
from services.audit.usecases.record_pledge import PledgeForm, PledgeScope, RecordPledge, record_pledge
from services.audit.usecases.record_training import Attended, RecordTraining, record_training

router = APIRouter(tags=["registers"])

MAX_ATTENDANCES = 500

Course = Annotated[str, one_line(200), line_schema(200)]
Trainer = Annotated[str, one_line(100), line_schema(100)]
Certificate = Annotated[str, one_line(60), line_schema(60)]


class PledgeIn(RequestModel):
    """A signed pledge: one's own, or if `scanned` also another's by whoever keeps the register."""

    scope: PledgeScope
    campaign_id: CampaignId | None = Field(default=None, description="For the scope `campaign`, and for no other")
    unit_id: UnitId | None = Field(default=None, description="Whose register; a campaign's is its unit's")
    account_id: AccountId | None = Field(default=None, description="Who signed; left out: you")
    form: PledgeForm = Field(description="`drawn` on the screen by the signer, `scanned` from paper")
    signed_on: date
    expires_on: date | None = Field(default=None, description="The last day on which it holds")

    @model_validator(mode="after")
    def _of_one(self) -> "PledgeIn":
        if (self.scope == "campaign") != (self.campaign_id is not None):
            raise PydanticCustomError("contradiction", "one", {"other": "scope, campaign_id"})
        if (self.scope == "campaign") == (self.unit_id is not None):
            raise PydanticCustomError("contradiction", "one", {"other": "scope, unit_id"})
        return self

    def command(self) -> RecordPledge:
        return RecordPledge(**self.model_dump())


class PledgeOut(BaseModel):
    """A pledge in the register."""

    id: str
    unit_id: str
    account_id: str
    scope: PledgeScope
    campaign_id: str | None
    form: PledgeForm
    signed_on: date
    expires_on: date | None
    recorded_by: str
    recorded_at: datetime

    @classmethod
    def of(cls, row: PledgeRow) -> "PledgeOut":
        return cls.model_validate(row.model_dump())


class PledgeList(BaseModel):
    """One page of the register, the oldest first."""

    items: list[PledgeOut]
    next_page_token: str | None


class AttendanceIn(RequestModel):
    """Somebody who should have come."""

    account_id: AccountId
    present: bool
    score: int | None = Field(default=None, ge=0, le=100, strict=True)
    certificate_no: Certificate | None = None
    expires_on: date | None = Field(default=None, description="The last day on which it counts")


class TrainingIn(RequestModel):
    """A course that was held."""

    unit_id: UnitId
    course: Course = Field(examples=["干部人事档案专项审核业务培训"])
    kind: TrainingKind
    days: int = Field(ge=1, le=366, strict=True)
    trainer: Trainer
    held_on: date
    attendances: list[AttendanceIn] = Field(min_length=1, max_length=MAX_ATTENDANCES)

    def command(self) -> RecordTraining:
        told = self.model_dump(exclude={"attendances"})
        return RecordTraining(**told, attendances=[Attended(**one.model_dump()) for one in self.attendances])


class AttendanceOut(BaseModel):
    """Whether somebody came, and what they have of it."""

    account_id: str
    present: bool
    score: int | None
    certificate_no: str | None
    expires_on: date | None


class TrainingSummary(BaseModel):
    """A course, and how many of those who should have come did (参训率)."""

    id: str
    unit_id: str
    course: str
    kind: TrainingKind
    days: int
    trainer: str
    held_on: date
    listed: int
    present: int

    @classmethod
    def of(cls, row: TrainingRow, listed: int, present: int) -> "TrainingSummary":
        return cls(**row.model_dump(), listed=listed, present=present)


class TrainingList(BaseModel):
    """One page of courses, the oldest first."""

    items: list[TrainingSummary]
    next_page_token: str | None


class TrainingOut(TrainingSummary):
    """A course with its list."""

    attendances: list[AttendanceOut]

    @classmethod
    def whole(cls, row: TrainingRow, listed: Sequence[AttendanceRow]) -> "TrainingOut":
        shown = [
            AttendanceOut.model_validate(one.model_dump(include=set(AttendanceOut.model_fields))) for one in listed
        ]
        came = sum(one.present for one in listed)
        return cls(**row.model_dump(), listed=len(listed), present=came, attendances=shown)


@router.get("/pledges", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_pledges(
    caller: Annotated[Caller, requires("pledge:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    campaign_id: Annotated[CampaignId | None, Query()] = None,
    account_id: Annotated[AccountId | None, Query()] = None,
    expires_until: Annotated[date | None, Query(alias="expires_on.lte", description="What ends by that day")] = None,
) -> PledgeList:
    """The register of your units."""
    async with uow:
        rows = await registers.pledges_page(
            uow,
            after=paging.after[0] if paging.after else None,
            limit=paging.size + 1,
            campaign_id=campaign_id,
            account_id=account_id,
            expires_until=expires_until,
        )
    response.headers["Cache-Control"] = PRIVATE
    shown = [PledgeOut.of(row) for row in rows]
    return PledgeList.model_validate(paging.answer(response, shown, lambda one: [one.id]))


@router.post("/pledges", status_code=201, responses=refusals(*REFUSED, problems.STATE_CONFLICT, *IDEMPOTENCY))
async def create_pledge(
    body: PledgeIn,
    caller: Annotated[Caller, requires("pledge:sign", idempotent=True)],
    uow: TriableUow,
    response: Response,
) -> PledgeOut:
    """Sign, or enter what another signed on paper."""
    row = await record_pledge(body.command(), uow=uow)
    posted(response, uow)
    return PledgeOut.of(row)


@router.get("/trainings", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_trainings(
    caller: Annotated[Caller, requires("training:read")], uow: Uow, paging: Pages, response: Response
) -> TrainingList:
    """Courses in the registers of your units."""
    async with uow:
        after = paging.after[0] if paging.after else None
        rows = await registers.trainings_page(uow, after=after, limit=paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    shown = [TrainingSummary.of(*row) for row in rows]
    return TrainingList.model_validate(paging.answer(response, shown, lambda one: [one.id]))


@router.post("/trainings", status_code=201, responses=refusals(*REFUSED, *IDEMPOTENCY))
async def create_training(
    body: TrainingIn,
    caller: Annotated[Caller, requires("training:write", idempotent=True)],
    uow: TriableUow,
    response: Response,
) -> TrainingOut:
    """Enter a course with everybody who should have come."""
    row, listed = await record_training(body.command(), uow=uow)
    posted(response, uow)
    return TrainingOut.whole(row, listed)


@router.get("/trainings/{training_id}", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def get_training(
    training_id: TrainingId, caller: Annotated[Caller, requires("training:read")], uow: Uow, response: Response
) -> TrainingOut:
    """One course with its list."""
    async with uow:
        row = await registers.get_training(uow, training_id)
        listed = await registers.attendances_of(uow, training_id)
    response.headers["Cache-Control"] = PRIVATE
    return TrainingOut.whole(row, listed)
