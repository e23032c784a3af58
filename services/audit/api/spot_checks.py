"""Spot checks by the leader in charge (抽查): drawn by a recorded seed, looked at one by one."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, IfMatch, Pages, RequestModel, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import CampaignDossierId, CampaignId, SpotCheckId
from services.audit.api.adjudication_shapes import DeclarationIn, Words
from services.audit.api.adjudications import ACTING, answered
from services.audit.domain.spot_check import FollowUp, SpotOutcome
from services.audit.store import campaigns, spot_checks
from services.audit.store.tables_oversight import SpotCheckDossier, SpotCheckRow
from services.audit.usecases.draw_spot_check import (
    CheckDrawnDossier,
    DrawSpotCheck,
    check_drawn_dossier,
    draw_spot_check,
)
from services.audit.usecases.hold_campaign_dossier import OnDossier
from services.audit.usecases.recuse import caller_related

router = APIRouter(tags=["campaigns"])

MOST = 10_000
"""Dossiers of one draw."""


class SpotCheckIn(RequestModel):
    """How many to draw: a number or a rate, not both; neither: the rate of the rules."""

    size: int | None = Field(default=None, ge=1, le=MOST, strict=True)
    percent: int | None = Field(default=None, ge=1, le=100, strict=True)
    seed: int | None = Field(default=None, ge=0, lt=2**53, strict=True, description="Left out: drawn by lot, and kept")


class SpotCheckOut(BaseModel):
    """A draw. The same seed over the same dossiers (`passed_digest`: sha256 of their ids in order, a line each) gives
    the same sample."""

    id: str
    campaign_id: str
    unit_id: str
    seed: int
    percent: int | None
    passed: int = Field(description="How many had passed the second review")
    passed_digest: str
    drawn: int
    drawn_by: str
    drawn_at: datetime

    @classmethod
    def of(cls, row: SpotCheckRow) -> "SpotCheckOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class SpotCheckList(BaseModel):
    """One page of draws, in order."""

    items: list[SpotCheckOut]
    next_page_token: str | None


class SpotOutcomeIn(DeclarationIn):
    """What you found of a drawn dossier."""

    outcome: SpotOutcome
    remark: Words | None = Field(default=None, description="Needed where it differs: in what")


class SpotCheckedOut(BaseModel):
    """A drawn dossier. `follow_up` of one that differs: `sent_back` to its second reviewer; `under_review` already; or
    `in_force`, where only a reopening or the office above takes it up once more."""

    spot_check_id: str
    campaign_dossier_id: str
    outcome: SpotOutcome | None
    remark: str | None
    follow_up: FollowUp | None
    checked_by: str | None
    checked_at: datetime | None

    @classmethod
    def of(cls, row: SpotCheckDossier) -> "SpotCheckedOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class SpotCheckedList(BaseModel):
    """One page of drawn dossiers, by id."""

    items: list[SpotCheckedOut]
    next_page_token: str | None


@router.post(
    "/campaigns/{campaign_id}/spot-checks",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.NOT_FOUND, problems.STATE_CONFLICT, *IDEMPOTENCY
    ),
)
async def create_spot_check(
    campaign_id: CampaignId,
    body: SpotCheckIn,
    caller: Annotated[Caller, requires("spot-check:write", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> SpotCheckOut:
    """Draw dossiers that passed the second review, by the seed."""
    row = await draw_spot_check(DrawSpotCheck(campaign_id, body.size, body.percent, body.seed), uow=uow, deps=deps)
    answered(response, uow)
    return SpotCheckOut.of(row)


@router.get(
    "/campaigns/{campaign_id}/spot-checks",
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_spot_checks(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("determination:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
) -> SpotCheckList:
    """The draws of a campaign."""
    after = paging.after[0] if paging.after else None
    async with uow:
        await campaigns.get(uow, campaign_id)
        rows = await spot_checks.page_of(uow, campaign_id, after=after, limit=paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    items = [SpotCheckOut.of(row) for row in rows]
    return SpotCheckList.model_validate(paging.answer(response, items, lambda one: [one.id]))


@router.get(
    "/spot-checks/{spot_check_id}/dossiers",
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_spot_checked_dossiers(
    spot_check_id: SpotCheckId,
    caller: Annotated[Caller, requires("determination:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    waiting: Annotated[bool, Query(description="Only those that are not checked yet")] = False,
) -> SpotCheckedList:
    """The drawn dossiers of your units, without your own and your relatives'."""
    async with uow:
        drawn = await spot_checks.get(uow, spot_check_id)
        rows = await spot_checks.page_of_dossiers(
            uow,
            drawn.id,
            waiting=waiting,
            after=paging.after[0] if paging.after else None,
            limit=paging.size + 1,
            hidden_persons=await caller_related(uow),
        )
    response.headers["Cache-Control"] = PRIVATE
    items = [SpotCheckedOut.of(row) for row in rows]
    return SpotCheckedList.model_validate(paging.answer(response, items, lambda one: [one.campaign_dossier_id]))


@router.post(
    "/spot-checks/{spot_check_id}/dossiers/{campaign_dossier_id}/outcomes",
    status_code=201,
    responses=refusals(*ACTING, problems.SAME_PERSON_TWICE),
)
async def create_spot_check_outcome(
    spot_check_id: SpotCheckId,
    campaign_dossier_id: CampaignDossierId,
    body: SpotOutcomeIn,
    caller: Annotated[Caller, requires("spot-check:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> SpotCheckedOut:
    """Say what you found. If-Match names the version of the dossier in its campaign."""
    on = OnDossier(campaign_dossier_id, if_match, body.not_related)
    row = await check_drawn_dossier(CheckDrawnDossier(spot_check_id, on, body.outcome, body.remark), uow=uow)
    answered(response, uow)
    return SpotCheckedOut.of(row)
