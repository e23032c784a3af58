"""The report of a campaign (专项审核统计): its figures, and the dossiers behind each."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from chassis.identity import Caller
from chassis.web import PRIVATE, CurrentDeps, Pages, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import CampaignId, UnitId
from services.audit.api.campaign_dossiers import CampaignDossierOut
from services.audit.api.report_shapes import FigureDossiers, ReportOut
from services.audit.usecases.view_report import Behind, open_figure, view_report

router = APIRouter(tags=["campaigns"])


@router.get(
    "/campaigns/{campaign_id}/report",
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.REPORT_SUM_DIFFERS),
)
async def get_campaign_report(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("campaign-report:read")],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> ReportOut:
    """All figures of the dossiers that have come out, by unit and by rank. Counted now; the look is recorded."""
    counted = await view_report(campaign_id, uow=uow, rules=deps.rules.report)
    response.headers["Cache-Control"] = PRIVATE
    return ReportOut.of(counted, deps.rules.report)


@router.get(
    "/campaigns/{campaign_id}/report/figures/{figure}/dossiers",
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_campaign_report_dossiers(
    campaign_id: CampaignId,
    figure: str,
    caller: Annotated[Caller, requires("campaign-report:read")],
    uow: Uow,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    unit_id: Annotated[UnitId | None, Query(description="The unit that keeps the dossier")] = None,
    rank: Annotated[str | None, Query(max_length=40, description="A group of ranks of the report")] = None,
) -> FigureDossiers:
    """The dossiers that a figure counts, without your own and your relatives'."""
    after = paging.after[0] if paging.after else None
    asked = Behind(campaign_id, figure, unit_id, rank)
    rows = await open_figure(asked, after=after, limit=paging.size + 1, uow=uow, rules=deps.rules.report)
    response.headers["Cache-Control"] = PRIVATE
    shown = [CampaignDossierOut.of(row) for row in rows]
    return FigureDossiers.model_validate(paging.answer(response, shown, lambda one: [one.id]))
