"""What opened pairs say beside one another: one dossier, a campaign's differences, and how far reviewers agree."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response

from chassis.identity import Caller
from chassis.web import PRIVATE, CurrentDeps, CurrentRoots, Pages, Uow, etag, refusals, requires
from contracts import problems
from contracts.values.ids import CampaignDossierId, CampaignId, UnitId
from services.audit.api.review_shapes import (
    AgreementReport,
    ComparisonOut,
    DifferenceList,
    PairAgreement,
    PairAgreementList,
    TaintedReview,
    TaintedReviewList,
)
from services.audit.domain.facts import AuditFact
from services.audit.store import comparisons, tainted_reviews
from services.audit.store.comparisons import Counted
from services.audit.usecases.recuse import caller_related
from services.audit.usecases.view_review import view_pair

router = APIRouter(tags=["reviews"])

ALL = "comparison:read"
"""Without it a reviewer sees the comparisons of their own pairs only."""

Training = Annotated[bool | None, Query(description="Only the dossiers for practice, or only the others")]


@router.get(
    "/campaign-dossiers/{campaign_dossier_id}/comparison",
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.STATE_CONFLICT),
)
async def get_comparison(
    campaign_dossier_id: CampaignDossierId,
    caller: Annotated[Caller, requires("review:read")],
    uow: Uow,
    response: Response,
) -> ComparisonOut:
    """Both reviews, fact by fact. Until both are in: `state-conflict` for everybody, whatever has come in."""
    shown = await view_pair(campaign_dossier_id, whole=ALL in caller.permissions, uow=uow)
    response.headers.update({"ETag": etag(shown.dossier.version), "Cache-Control": PRIVATE})
    return ComparisonOut.of(shown)


@router.get(
    "/campaigns/{campaign_id}/discrepancies",
    response_model=DifferenceList,
    responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID),
)
async def list_discrepancies(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires(ALL)],
    roots: CurrentRoots,
    uow: Uow,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    fact: Annotated[list[AuditFact] | None, Query(description="Repeat for OR")] = None,
    unit_id: Annotated[UnitId | None, Query(description="The unit that keeps the dossier")] = None,
) -> Response:
    """What the second review has to settle, by dossier and fact, without your own and your relatives' dossiers."""
    hidden: set[str] = set()
    if caller.person_no:
        async with uow:
            hidden = await caller_related(uow)
    async with deps.db.reading(caller, roots) as connection:
        items = await comparisons.differences_of(
            connection,
            campaign_id,
            after=(str(paging.after[0]), str(paging.after[1])) if paging.after else None,
            limit=paging.size + 1,
            facts=[one.value for one in fact or ()],
            unit_id=unit_id,
            hidden_persons=hidden,
        )
    answered = paging.answer(response, items, lambda item: [item["campaign_dossier_id"], item["fact"]])
    headers = {**response.headers, "Cache-Control": PRIVATE}
    content = orjson.dumps(answered, option=orjson.OPT_UTC_Z)
    return Response(content, media_type="application/json", headers=headers)


@router.get(
    "/campaigns/{campaign_id}/tainted-reviews", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID)
)
async def list_tainted_reviews(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires(ALL)],
    uow: Uow,
    paging: Pages,
    response: Response,
) -> TaintedReviewList:
    """Sheets whose reviewer was found to be a relative once they could be read: given out anew, or for the superior."""
    after = paging.after[0] if paging.after else None
    async with uow:
        hidden = await caller_related(uow)
        rows = await tainted_reviews.page_of(
            uow, campaign_id, after=after, limit=paging.size + 1, hidden_persons=hidden
        )
    response.headers["Cache-Control"] = PRIVATE
    items = [TaintedReview.of(row) for row in rows]
    return TaintedReviewList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.get("/campaigns/{campaign_id}/agreement", responses=refusals(problems.ROLE_MISSING))
async def get_agreement(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("review:read")],
    uow: Uow,
    response: Response,
    training: Training = None,
) -> AgreementReport:
    """Percentage and Cohen's kappa over the opened pairs in your scope, together and by fact."""
    async with uow:
        tallies = await comparisons.tallies_by_fact(uow, _counted(caller, campaign_id, training))
    response.headers["Cache-Control"] = PRIVATE
    return AgreementReport.of(tallies)


@router.get(
    "/campaigns/{campaign_id}/reviewer-pairs", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID)
)
async def list_reviewer_pairs(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("review:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    training: Training = None,
) -> PairAgreementList:
    """The same for each pair of reviewers that has opened a dossier."""
    after = (str(paging.after[0]), str(paging.after[1])) if paging.after else None
    async with uow:
        found = await comparisons.tallies_by_pair(
            uow, _counted(caller, campaign_id, training), after=after, limit=paging.size + 1
        )
    response.headers["Cache-Control"] = PRIVATE
    items = [PairAgreement.of(pair, tallies) for pair, tallies in found.items()]
    answered = paging.answer(response, items, lambda item: [item.first_account_id, item.second_account_id])
    return PairAgreementList.model_validate(answered)


def _counted(caller: Caller, campaign_id: str, training: bool | None) -> Counted:
    return Counted(campaign_id, training, None if ALL in caller.permissions else caller.account_id)
