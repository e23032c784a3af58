"""The report of a campaign (专项审核统计): its figures, the dossiers behind each, its approval for publication."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response

from chassis.identity import Caller
from chassis.print_files import MEDIA_TYPES, file_answer
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, CurrentRoots, Pages, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import CampaignId, UnitId
from services.audit.api.adjudications import answered
from services.audit.api.campaign_dossiers import CampaignDossierOut
from services.audit.api.report_shapes import (
    FigureDossiers,
    ReportApprovalIn,
    ReportApprovalList,
    ReportApprovalOut,
    ReportOut,
)
from services.audit.store import campaigns, report_approvals
from services.audit.usecases.approve_report import ApproveReport, approve_report
from services.audit.usecases.print_report import print_report
from services.audit.usecases.view_report import Behind, open_figure, view_report

router = APIRouter(tags=["campaigns"])

_REFUSED = refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.REPORT_SUM_DIFFERS, problems.GLYPH_MISSING)


@router.get(
    "/campaigns/{campaign_id}/report",
    response_model=ReportOut,
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.REPORT_SUM_DIFFERS),
)
async def get_campaign_report(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("campaign-report:read")],
    uow: Uow,
    deps: CurrentDeps,
) -> Response:
    """All figures of the dossiers that have come out, by unit and by rank. Counted now; the look is recorded."""
    counted = await view_report(campaign_id, uow=uow, rules=deps.rules.report)
    content = orjson.dumps(ReportOut.told(counted, deps.rules.report), option=orjson.OPT_UTC_Z)
    return Response(content, media_type="application/json", headers={"Cache-Control": PRIVATE})


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


@router.post(
    "/campaigns/{campaign_id}/report-approvals",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.SAME_PERSON_TWICE,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        problems.REPORT_SUM_DIFFERS,
        problems.REPORT_CHANGED,
        *IDEMPOTENCY,
    ),
)
async def create_campaign_report_approval(
    campaign_id: CampaignId,
    body: ReportApprovalIn,
    caller: Annotated[Caller, requires("campaign-report:approve", idempotent=True)],
    roots: CurrentRoots,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> ReportApprovalOut:
    """Approve the figures for publication: those of the digest that you saw, until one of them changes.

    Never by whoever asked for the campaign, works in one of its groups or recorded one of its meetings.
    """
    row = await approve_report(ApproveReport(campaign_id, body.digest, roots, body.document_no), uow=uow, deps=deps)
    answered(response, uow)
    return ReportApprovalOut.of(row)


@router.get(
    "/campaigns/{campaign_id}/report-approvals",
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_campaign_report_approvals(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("campaign-report:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
) -> ReportApprovalList:
    """Which figures of the campaign were approved, by whom and when."""
    after = paging.after[0] if paging.after else None
    async with uow:
        await campaigns.get(uow, campaign_id)
        rows = await report_approvals.page_of(uow, campaign_id, after=after, limit=paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    shown = [ReportApprovalOut.of(row) for row in rows]
    return ReportApprovalList.model_validate(paging.answer(response, shown, lambda one: [one.id]))


@router.get(
    "/campaigns/{campaign_id}/report/pdf",
    response_class=Response,
    responses={200: {"description": "干部人事档案专项审核情况统计表", "content": {MEDIA_TYPES["pdf"]: {}}}, **_REFUSED},
)
async def get_campaign_report_pdf(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("campaign-report:read")],
    roots: CurrentRoots,
    uow: Uow,
    deps: CurrentDeps,
) -> Response:
    """The report to sign, counted again from the record of acts. It says whether these figures may be published."""
    content = await print_report(campaign_id, "pdf", roots, uow=uow, deps=deps)
    return file_answer(content, "pdf", f"campaign-report-{campaign_id}")


@router.get(
    "/campaigns/{campaign_id}/report/xlsx",
    response_class=Response,
    responses={200: {"description": "Sheets 按职级 and 按单位", "content": {MEDIA_TYPES["xlsx"]: {}}}, **_REFUSED},
)
async def get_campaign_report_xlsx(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("campaign-report:read")],
    roots: CurrentRoots,
    uow: Uow,
    deps: CurrentDeps,
) -> Response:
    """The same figures as a spreadsheet."""
    content = await print_report(campaign_id, "xlsx", roots, uow=uow, deps=deps)
    return file_answer(content, "xlsx", f"campaign-report-{campaign_id}")
