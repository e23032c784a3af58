"""An office above the one that approved looks at its determinations (上级复核): confirm, return, correct; counted."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import PRIVATE, CurrentDeps, CurrentRoots, IfMatch, Pages, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import CampaignDossierId, UnitId
from services.audit.api.adjudication_shapes import DeclarationIn, Number, OtherwiseIn, Reason
from services.audit.api.adjudications import ACTING, answered
from services.audit.domain.facts import AuditFact
from services.audit.domain.superior_review import SuperiorOutcome, SuperiorWord
from services.audit.store import superior_reviews
from services.audit.store.tables_oversight import SuperiorReviewRow
from services.audit.usecases.hold_campaign_dossier import OnDossier
from services.audit.usecases.recuse import caller_related
from services.audit.usecases.review_as_superior import ReviewAsSuperior, review_as_superior
from services.audit.usecases.settle_clearances import gate_of

router = APIRouter(tags=["determinations"])

Year = Annotated[int, Query(ge=1949, le=2199)]


class SuperiorReviewIn(DeclarationIn):
    """`confirm` 确认, `return_for_redetermination` 返回重新认定 with the reason, or `correct` 改正认定意见."""

    outcome: SuperiorOutcome
    reason: Reason | None = Field(default=None, description="Needed for a return")
    document_no: Number | None = Field(default=None, description="复核文号")
    corrections: list[OtherwiseIn] = Field(
        default=[], max_length=len(AuditFact), description="Facts to correct, each with its own reason"
    )

    def word(self) -> SuperiorWord:
        """In the words of the domain."""
        corrections = tuple((one.fact, one.settled()) for one in self.corrections)
        return SuperiorWord(self.outcome, self.reason, self.document_no, corrections)


class CorrectedOut(BaseModel):
    """A corrected fact: `version` is that of the determination's step; the former value is among the earlier ones."""

    determination_id: str
    fact: AuditFact
    version: int


class SuperiorReviewOut(BaseModel):
    """What the superior said, as it is kept. `office_unit_id`: whose determinations they were."""

    id: str
    campaign_dossier_id: str
    person_id: str
    approval_id: str
    office_unit_id: str
    year: int
    outcome: SuperiorOutcome
    reason: str | None
    document_no: str | None
    corrected: list[CorrectedOut]
    reviewed_by: str
    reviewed_at: datetime

    @classmethod
    def of(cls, row: SuperiorReviewRow) -> "SuperiorReviewOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class SuperiorReviewList(BaseModel):
    """One page of superior reviews, in the order in which they were made."""

    items: list[SuperiorReviewOut]
    next_page_token: str | None


class SuperiorReviewCount(BaseModel):
    """How the determinations of one office fared in a year: superior reviews of each outcome."""

    office_unit_id: str
    confirmed: int
    returned: int
    corrected: int


class SuperiorReviewCountList(BaseModel):
    """One page of offices, by id."""

    items: list[SuperiorReviewCount]
    next_page_token: str | None


@router.post(
    "/campaign-dossiers/{campaign_dossier_id}/superior-reviews",
    status_code=201,
    responses=refusals(*ACTING, problems.SUPERIOR_ONLY, problems.SAME_PERSON_TWICE),
)
async def create_superior_review(
    campaign_dossier_id: CampaignDossierId,
    body: SuperiorReviewIn,
    caller: Annotated[Caller, requires("determination:oversee", idempotent=True)],
    roots: CurrentRoots,
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> SuperiorReviewOut:
    """Look at what an office below yours determined: a correction is in force at once, a return undoes the approval."""
    command = ReviewAsSuperior(OnDossier(campaign_dossier_id, if_match, body.not_related), roots, body.word())
    row = await review_as_superior(command, uow=uow, gate=gate_of(deps))
    answered(response, uow)
    return SuperiorReviewOut.of(row)


@router.get("/superior-reviews", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_superior_reviews(
    caller: Annotated[Caller, requires("determination:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    campaign_dossier_id: Annotated[CampaignDossierId | None, Query()] = None,
    office_unit_id: Annotated[UnitId | None, Query(description="The office whose determinations they were")] = None,
    year: Year | None = None,
    outcome: Annotated[SuperiorOutcome | None, Query()] = None,
) -> SuperiorReviewList:
    """What superiors said of the dossiers in your scope, without your own and your relatives'."""
    async with uow:
        rows = await superior_reviews.page_of(
            uow,
            after=paging.after[0] if paging.after else None,
            limit=paging.size + 1,
            campaign_dossier_id=campaign_dossier_id,
            office_unit_id=office_unit_id,
            year=year,
            outcome=outcome,
            hidden_persons=await caller_related(uow),
        )
    response.headers["Cache-Control"] = PRIVATE
    items = [SuperiorReviewOut.of(row) for row in rows]
    return SuperiorReviewList.model_validate(paging.answer(response, items, lambda one: [one.id]))


@router.get("/superior-review-counts", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_superior_review_counts(
    caller: Annotated[Caller, requires("determination:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    year: Year,
) -> SuperiorReviewCountList:
    """Superior reviews of a year, counted by the office whose determinations they were."""
    after = str(paging.after[0]) if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        rows = await superior_reviews.counts_of(connection, year, after=after, limit=paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    items = [SuperiorReviewCount(**row) for row in rows]
    return SuperiorReviewCountList.model_validate(paging.answer(response, items, lambda one: [one.office_unit_id]))
