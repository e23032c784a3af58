"""Campaigns of the special audit (专项审核): scope, groups, start and end, board, who reviews."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request, Response

from chassis.identity import Caller
from chassis.unit_of_work import UnitOfWork
from chassis.web import (
    IDEMPOTENCY,
    PRIVATE,
    CurrentDeps,
    CurrentRoots,
    IfMatch,
    Pages,
    TriableUow,
    Uow,
    etag,
    not_modified,
    refusals,
    requires,
)
from contracts import problems
from contracts.values.ids import CampaignId
from services.audit.api.campaign_shapes import (
    AssignmentIn,
    AssignmentOut,
    BoardOut,
    CampaignIn,
    CampaignList,
    CampaignOut,
    CampaignPatch,
    CampaignSummary,
    RemovalIn,
    RemovalOut,
    ReviewerList,
    ReviewerOut,
    ScopeMore,
    TeamIn,
)
from services.audit.domain.campaign import CampaignState, Settings, TeamKind
from services.audit.rulebook import AuditRules
from services.audit.store import campaign_dossiers, campaigns, pairs, spot_checks
from services.audit.store.tables import Campaign
from services.audit.usecases.assign_pairs import AssignPairs, assign_pairs
from services.audit.usecases.change_campaign import change_campaign, close_campaign, put_team, start_campaign
from services.audit.usecases.create_campaign import CreateCampaign, create_campaign, enter_dossiers
from services.audit.usecases.remove_reviewer import RemoveReviewer, remove_reviewer
from services.audit.usecases.settle_clearances import gate_of

router = APIRouter(tags=["campaigns"])

VERSIONED = (problems.NOT_FOUND, problems.STATE_CONFLICT, problems.VERSION_STALE, problems.PRECONDITION_REQUIRED)
REFUSED = (problems.VALIDATION_FAILED, problems.ROLE_MISSING)


def posted(response: Response, uow: UnitOfWork, version: int | None = None) -> None:
    """Headers of an answer to a POST: whether it was a repetition, and the version of what it concerns."""
    response.headers["Cache-Control"] = PRIVATE
    if version is not None:
        response.headers["ETag"] = etag(version)
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"


async def _whole(uow: UnitOfWork, row: Campaign, rules: AuditRules) -> CampaignOut:
    """The answer, once what changed it is committed."""
    async with uow:
        return CampaignOut.whole(row, await campaigns.teams_of(uow, row.id), rules.digest)


@router.get("/campaigns", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_campaigns(
    caller: Annotated[Caller, requires("campaign:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    state: Annotated[list[CampaignState] | None, Query(description="Repeat for OR")] = None,
) -> CampaignList:
    """Campaigns that your units run."""
    async with uow:
        after = paging.after[0] if paging.after else None
        rows = await campaigns.page_of(
            uow, after=after, limit=paging.size + 1, states=[one.value for one in state or ()]
        )
    response.headers["Cache-Control"] = PRIVATE
    shown = [CampaignSummary.of(row) for row in rows]
    return CampaignList.model_validate(paging.answer(response, shown, lambda one: [one.id]))


@router.post("/campaigns", status_code=201, responses=refusals(*REFUSED, *IDEMPOTENCY))
async def create_campaigns(
    body: CampaignIn,
    caller: Annotated[Caller, requires("campaign:write", idempotent=True)],
    uow: TriableUow,
    deps: CurrentDeps,
    response: Response,
) -> CampaignOut:
    """Plan a campaign over whole units or a list; of dossiers that are open."""
    rules: AuditRules = deps.rules
    settings = Settings.model_validate({**rules.campaign.defaults.model_dump(), **body.settings.changes()})
    command = CreateCampaign(body.unit_id, body.name, settings, body.scope.scope())
    row = await create_campaign(command, uow=uow, rules=rules.campaign)
    posted(response, uow, row.version)
    return await _whole(uow, row, rules)


@router.get(
    "/campaigns/{campaign_id}",
    response_model=CampaignOut,
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND),
)
async def get_campaign(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("campaign:read")],
    uow: Uow,
    deps: CurrentDeps,
    request: Request,
    response: Response,
) -> Any:
    """One campaign with its working groups."""
    async with uow:
        row = await campaigns.get(uow, campaign_id)
        whole = CampaignOut.whole(row, await campaigns.teams_of(uow, row.id), deps.rules.digest)
    response.headers.update({"ETag": etag(row.version), "Cache-Control": PRIVATE})
    if not_modified(request, row.version):
        return Response(status_code=304, headers=dict(response.headers))
    return whole


@router.patch("/campaigns/{campaign_id}", responses=refusals(*REFUSED, *VERSIONED))
async def update_campaign(
    campaign_id: CampaignId,
    body: CampaignPatch,
    caller: Annotated[Caller, requires("campaign:write")],
    if_match: IfMatch,
    uow: TriableUow,
    deps: CurrentDeps,
    response: Response,
) -> CampaignOut:
    """Another name, or other settings while it is planned."""
    row = await change_campaign(campaign_id, if_match, body.changes(), uow=uow)
    posted(response, uow, row.version)
    return await _whole(uow, row, deps.rules)


@router.put("/campaigns/{campaign_id}/teams/{kind}", responses=refusals(*REFUSED, *VERSIONED))
async def put_campaign_team(
    campaign_id: CampaignId,
    kind: TeamKind,
    body: TeamIn,
    caller: Annotated[Caller, requires("campaign:write")],
    if_match: IfMatch,
    uow: TriableUow,
    deps: CurrentDeps,
    response: Response,
) -> CampaignOut:
    """Set up a working group, or change it. If-Match names the version of the campaign."""
    row = await put_team(campaign_id, if_match, kind, body.head_id, body.member_ids, uow=uow)
    posted(response, uow, row.version)
    return await _whole(uow, row, deps.rules)


@router.post(
    "/campaigns/{campaign_id}/extensions", status_code=201, responses=refusals(*REFUSED, *VERSIONED, *IDEMPOTENCY)
)
async def create_campaign_extension(
    campaign_id: CampaignId,
    body: ScopeMore,
    caller: Annotated[Caller, requires("campaign:write", idempotent=True)],
    if_match: IfMatch,
    uow: TriableUow,
    deps: CurrentDeps,
    response: Response,
) -> CampaignOut:
    """Take more dossiers in, until it is closed."""
    row = await enter_dossiers(campaign_id, if_match, body.scope.scope(), uow=uow, rules=deps.rules.campaign)
    posted(response, uow, row.version)
    return await _whole(uow, row, deps.rules)


@router.post("/campaigns/{campaign_id}/starts", status_code=201, responses=refusals(*REFUSED, *VERSIONED, *IDEMPOTENCY))
async def create_campaign_start(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("campaign:write", idempotent=True)],
    if_match: IfMatch,
    uow: TriableUow,
    deps: CurrentDeps,
    response: Response,
) -> CampaignOut:
    """Begin: settings and rules stay as they are until the end."""
    row = await start_campaign(campaign_id, if_match, uow=uow, rules=deps.rules)
    posted(response, uow, row.version)
    return await _whole(uow, row, deps.rules)


@router.post(
    "/campaigns/{campaign_id}/closings",
    status_code=201,
    responses=refusals(*REFUSED, *VERSIONED, problems.OPEN_REVIEWS, *IDEMPOTENCY),
)
async def create_campaign_closing(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("campaign:write", idempotent=True)],
    if_match: IfMatch,
    uow: TriableUow,
    deps: CurrentDeps,
    response: Response,
) -> CampaignOut:
    """End it; refused while reviews are open."""
    row = await close_campaign(campaign_id, if_match, uow=uow)
    posted(response, uow, row.version)
    return await _whole(uow, row, deps.rules)


@router.get(
    "/campaigns/{campaign_id}/board",
    response_model=BoardOut,
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND),
)
async def get_campaign_board(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("campaign:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
) -> Response:
    """How many dossiers stand where: by state, working group and unit."""
    async with deps.db.reading(caller, roots) as connection:
        counts = await campaign_dossiers.board_of(connection, campaign_id)
        checked = await spot_checks.counts_of(connection, campaign_id)
    content = orjson.dumps(BoardOut.told(counts, checked, deps.rules.campaign), option=orjson.OPT_NON_STR_KEYS)
    return Response(content, media_type="application/json", headers={"Cache-Control": PRIVATE})


@router.get("/campaigns/{campaign_id}/reviewers", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def list_campaign_reviewers(
    campaign_id: CampaignId, caller: Annotated[Caller, requires("campaign:write")], uow: Uow, response: Response
) -> ReviewerList:
    """How much each reviewer has. As many as the groups have members, so there are no pages."""
    async with uow:
        await campaigns.get(uow, campaign_id)
        loads = await pairs.loads_of(uow, campaign_id)
    response.headers["Cache-Control"] = PRIVATE
    return ReviewerList(items=[ReviewerOut.model_validate(vars(load)) for load in loads])


@router.post(
    "/campaigns/{campaign_id}/assignments",
    status_code=201,
    responses=refusals(
        *REFUSED,
        problems.PLEDGE_MISSING,
        problems.TRAINING_MISSING,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        *IDEMPOTENCY,
    ),
)
async def create_assignment(
    campaign_id: CampaignId,
    body: AssignmentIn,
    caller: Annotated[Caller, requires("campaign:write", idempotent=True)],
    uow: TriableUow,
    deps: CurrentDeps,
    response: Response,
) -> AssignmentOut:
    """Give the next dossiers of the queue to two reviewers each: by rule, evenly, and by the seed."""
    row = await assign_pairs(AssignPairs(campaign_id, body.dossiers, body.reviewer_ids), uow=uow, deps=deps)
    posted(response, uow)
    return AssignmentOut.of(row)


@router.post(
    "/campaigns/{campaign_id}/reviewer-removals",
    status_code=201,
    responses=refusals(*REFUSED, problems.NOT_FOUND, problems.STATE_CONFLICT, *IDEMPOTENCY),
)
async def create_reviewer_removal(
    campaign_id: CampaignId,
    body: RemovalIn,
    caller: Annotated[Caller, requires("campaign:write", idempotent=True)],
    uow: TriableUow,
    deps: CurrentDeps,
    response: Response,
) -> RemovalOut:
    """Take a reviewer off; their dossiers wait for another, and the other of each pair keeps what they wrote.

    Of a relative (`related`) opened pairs count no more either; what is in force is left to the superior.
    """
    command = RemoveReviewer(campaign_id, body.account_id, body.reason, body.campaign_dossier_ids)
    row = await remove_reviewer(command, uow=uow, gate=gate_of(deps))
    posted(response, uow)
    return RemovalOut.of(row)
