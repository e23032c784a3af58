"""The dossiers of a campaign, in the order in which they are taken up."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import PRIVATE, IfMatch, Pages, RequestModel, TriableUow, Uow, etag, not_modified, refusals, requires
from contracts import problems
from contracts.values.ids import CampaignDossierId, CampaignId, UnitId
from services.audit.domain.campaign import Settings
from services.audit.domain.progress import Progress
from services.audit.store import campaign_dossiers, campaigns
from services.audit.store.tables import CampaignDossier
from services.audit.usecases.recuse import caller_related
from services.audit.usecases.set_difficulty import set_difficulty, view_campaign_dossier

router = APIRouter(tags=["campaigns"])


class CampaignDossierOut(BaseModel):
    """Where a dossier stands in its campaign. No names: who may see the person reads them from the catalog."""

    id: str
    campaign_id: str
    dossier_id: str
    person_id: str
    unit_id: str = Field(description="The unit that keeps the dossier")
    rank: str | None
    state: Progress
    result: Literal["no_problem", "to_investigate", "verified"] | None
    difficulty: int = Field(description="Points, as expected when it came in or as the organiser set it")
    training: bool = Field(description="Given out for practice")
    entered_at: datetime
    version: int

    @classmethod
    def of(cls, row: CampaignDossier) -> "CampaignDossierOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class CampaignDossierList(BaseModel):
    """One page, in the order of the campaign's queue."""

    items: list[CampaignDossierOut]
    next_page_token: str | None


class CampaignDossierPatch(RequestModel):
    """Another place in the queue."""

    difficulty: int = Field(ge=0, le=1_000_000, strict=True)


@router.get(
    "/campaigns/{campaign_id}/dossiers",
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_campaign_dossiers(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("campaign:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    state: Annotated[list[Progress] | None, Query(description="Repeat for OR")] = None,
    unit_id: Annotated[UnitId | None, Query()] = None,
) -> CampaignDossierList:
    """Dossiers of your units in this campaign, without your own and your relatives'."""
    after = (int(paging.after[0]), str(paging.after[1])) if paging.after else None
    async with uow:
        campaign = await campaigns.get(uow, campaign_id)
        rows = await campaign_dossiers.page_of(
            uow,
            campaign_id,
            queue=Settings.model_validate(campaign.settings).queue,
            after=after,
            limit=paging.size + 1,
            states=state or (),
            unit_id=unit_id,
            hidden_persons=await caller_related(uow),
        )
    response.headers["Cache-Control"] = PRIVATE
    shown = [CampaignDossierOut.of(row) for row in rows]
    return CampaignDossierList.model_validate(paging.answer(response, shown, lambda one: [one.difficulty, one.id]))


@router.get(
    "/campaign-dossiers/{campaign_dossier_id}",
    response_model=CampaignDossierOut,
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_campaign_dossier(
    campaign_dossier_id: CampaignDossierId,
    caller: Annotated[Caller, requires("campaign:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> Any:
    """Where one dossier stands."""
    row = await view_campaign_dossier(campaign_dossier_id, uow=uow)
    response.headers.update({"ETag": etag(row.version), "Cache-Control": PRIVATE})
    if not_modified(request, row.version):
        return Response(status_code=304, headers=dict(response.headers))
    return CampaignDossierOut.of(row)


@router.patch(
    "/campaign-dossiers/{campaign_dossier_id}",
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
    ),
)
async def update_campaign_dossier(
    campaign_dossier_id: CampaignDossierId,
    body: CampaignDossierPatch,
    caller: Annotated[Caller, requires("campaign:write")],
    if_match: IfMatch,
    uow: TriableUow,
    response: Response,
) -> CampaignDossierOut:
    """Set how difficult it is expected to be, while it waits for reviewers."""
    row = await set_difficulty(campaign_dossier_id, if_match, body.difficulty, uow=uow)
    response.headers.update({"ETag": etag(row.version), "Cache-Control": PRIVATE})
    return CampaignDossierOut.of(row)
