"""Who is meant: candidates for a material or a newly entered person, and decisions between two."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, IfMatch, Pages, Uow, etag, not_modified, refusals, requires
from contracts import problems
from contracts.values.ids import IdentityDecisionId, MaterialId, PersonId
from services.audit.api.identity_shapes import (
    AboutIn,
    CandidateList,
    CandidateOut,
    IdentityDecisionIn,
    IdentityDecisionList,
    IdentityDecisionOut,
    UndoingIn,
)
from services.audit.store import identity
from services.audit.store.tables_identity import IdentityDecisionRow
from services.audit.usecases.decide_identity import UndoIdentity, decide_identity, refuse_relatives_of, undo_identity
from services.audit.usecases.find_candidates import find_candidates
from services.audit.usecases.recuse import caller_related

router = APIRouter(tags=["identity"])

DECIDING = (
    problems.VALIDATION_FAILED,
    problems.ROLE_MISSING,
    problems.RECUSAL,
    problems.STATE_CONFLICT,
    *IDEMPOTENCY,
)


def _answered(row: IdentityDecisionRow, response: Response, uow: Uow) -> IdentityDecisionOut:
    response.headers.update({"ETag": etag(row.version), "Cache-Control": PRIVATE})
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return IdentityDecisionOut.of(row)


@router.post(
    "/identity-candidates/searches",
    responses=refusals(problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.RECUSAL),
)
async def search_identity_candidates(
    body: AboutIn,
    caller: Annotated[Caller, requires("identity:read")],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> CandidateList:
    """Persons of your scope who may be meant: of the same name, the same sound, or with that name among several."""
    rules = deps.rules.identity
    found, has_more = await find_candidates(body.about(), uow=uow, rules=rules)
    response.headers["Cache-Control"] = PRIVATE
    return CandidateList(items=[CandidateOut.of(one) for one in found], has_more=has_more, needed=rules.needed)


@router.post("/identity-decisions", status_code=201, responses=refusals(*DECIDING))
async def create_identity_decision(
    body: IdentityDecisionIn,
    caller: Annotated[Caller, requires("identity:decide", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> IdentityDecisionOut:
    """Decide. One person needs the native place equal or explained and enough beside it (seed 000); the catalog is
    told, and keeps the name."""
    row = await decide_identity(body.command(), uow=uow, rules=deps.rules.identity, keys=deps.keys)
    return _answered(row, response, uow)


@router.get("/identity-decisions", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_identity_decisions(
    caller: Annotated[Caller, requires("identity:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    person_id: PersonId | None = None,
    material_id: MaterialId | None = None,
) -> IdentityDecisionList:
    """Decisions on materials and persons of your scope, without those on yourself and your relatives."""
    async with uow:
        rows = await identity.page_of(
            uow,
            after=paging.after[0] if paging.after else None,
            limit=paging.size + 1,
            person_id=person_id,
            material_id=material_id,
            hidden_persons=await caller_related(uow),
        )
    response.headers["Cache-Control"] = PRIVATE
    items = [IdentityDecisionOut.of(row) for row in rows]
    return IdentityDecisionList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.get(
    "/identity-decisions/{decision_id}",
    response_model=IdentityDecisionOut,
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_identity_decision(
    decision_id: IdentityDecisionId,
    caller: Annotated[Caller, requires("identity:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> IdentityDecisionOut | Response:
    """One decision."""
    async with uow:
        row = await identity.get(uow, decision_id)
        await refuse_relatives_of(uow, row)
    if not_modified(request, row.version):
        return Response(status_code=304, headers={"ETag": etag(row.version), "Cache-Control": PRIVATE})
    return _answered(row, response, uow)


@router.post(
    "/identity-decisions/{decision_id}/undoings",
    status_code=201,
    responses=refusals(*DECIDING, problems.NOT_FOUND, problems.VERSION_STALE, problems.PRECONDITION_REQUIRED),
)
async def create_identity_undoing(
    decision_id: IdentityDecisionId,
    body: UndoingIn,
    caller: Annotated[Caller, requires("identity:decide", idempotent=True)],
    version: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> IdentityDecisionOut:
    """Take a decision back. The catalog takes back the name that it kept."""
    row = await undo_identity(UndoIdentity(decision_id, version, body.reason), uow=uow, keys=deps.keys)
    return _answered(row, response, uow)
