"""Determinations (认定): what stands of each fact, how it came to stand, and the second reviewer's word."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from chassis.identity import Caller
from chassis.web import PRIVATE, CurrentDeps, IfMatch, Pages, Uow, etag, not_modified, refusals, requires
from contracts import problems
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.ids import CampaignDossierId, DeterminationId, PersonId
from services.audit.api.adjudication_shapes import (
    DecisionOnFactIn,
    DeterminationList,
    DeterminationOut,
    StandingOut,
    StepOut,
)
from services.audit.api.adjudications import ACTING, answered
from services.audit.store import adjudications
from services.audit.usecases.recuse import caller_related
from services.audit.usecases.settle_fact import SettleFact, settle_fact
from services.audit.usecases.view_determination import view_determination

router = APIRouter(tags=["determinations"])


@router.get("/determinations", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_determinations(
    caller: Annotated[Caller, requires("determination:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    campaign_dossier_id: CampaignDossierId | None = None,
    person_id: PersonId | None = None,
) -> DeterminationList:
    """Determinations in your scope by id; of a person only those in force. Never your own or your relatives'."""
    async with uow:
        rows = await adjudications.page_of(
            uow,
            after=paging.after[0] if paging.after else None,
            limit=paging.size + 1,
            campaign_dossier_id=campaign_dossier_id,
            person_id=person_id,
            hidden_persons=await caller_related(uow),
        )
    response.headers["Cache-Control"] = PRIVATE
    items = [StandingOut.of(row) for row in rows]
    return DeterminationList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.get(
    "/determinations/{determination_id}",
    response_model=DeterminationOut,
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_determination(
    determination_id: DeterminationId,
    caller: Annotated[Caller, requires("determination:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> DeterminationOut | Response:
    """One determination with every step of it: who decided what, when and why. The look is in the journal."""
    row, steps = await view_determination(determination_id, uow=uow)
    headers = {"ETag": etag(row.version), "Cache-Control": PRIVATE}
    if not_modified(request, row.version):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return DeterminationOut.with_steps(row, [StepOut.of(one) for one in steps])


@router.post(
    "/determinations/{determination_id}/decisions",
    status_code=201,
    responses=refusals(*ACTING),
)
async def create_determination_decision(
    determination_id: DeterminationId,
    body: DecisionOnFactIn,
    caller: Annotated[Caller, requires("determination:settle", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> StandingOut:
    """Settle a fact as its second reviewer: as the rules have it now, or otherwise with a reason."""
    if (body.take == "otherwise") != (body.otherwise is not None):
        raise ValidationFailed(errors=[FieldFault("/otherwise", "contradiction", {"other": "take"})])
    settled = body.otherwise.settled() if body.otherwise else None
    try:
        command = SettleFact(determination_id, if_match, settled, body.not_related)
        row = await settle_fact(command, uow=uow, deps=deps)
    except ValidationFailed as refused:
        raise ValidationFailed(errors=[_within(fault) for fault in refused.errors]) from None
    response.headers["ETag"] = etag(row.version)
    answered(response, uow)
    return StandingOut.of(row)


def _within(fault: FieldFault) -> FieldFault:
    """The fault at the member that was sent."""
    if fault.pointer == "/not_related":
        return fault
    return FieldFault(f"/otherwise{fault.pointer}", fault.code, fault.params)
