"""Claims: what papers say about the facts of a person, entered beside the page or as a list."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from chassis.identity import Caller
from chassis.lists import read_list
from chassis.operations.reading import rendered
from chassis.problems import language
from chassis.tables import Row
from chassis.unit_of_work import UnitOfWork
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, IfMatch, Pages, Uow, etag, refusals, requires
from contracts import problems
from contracts.problems import Recusal
from contracts.values.ids import ClaimId, MaterialId, PersonId
from services.audit.api.claim_batch_shapes import BatchItemOut, ClaimBatchIn, ClaimBatchOut
from services.audit.api.claim_shapes import (
    ClaimIn,
    ClaimList,
    ClaimOut,
    ClaimPatch,
    ExclusionIn,
    WithdrawalIn,
)
from services.audit.domain.facts import AuditFact
from services.audit.domain.recusal import Relation
from services.audit.store import claims
from services.audit.store.claims import KnownClaim
from services.audit.usecases.change_claim import ClaimEdit, Exclusion, change_claim, exclude_claim, withdraw_claim
from services.audit.usecases.enter_claims import enter_claim, import_claims
from services.audit.usecases.recuse import caller_related, caller_relation

router = APIRouter(tags=["claims"])

WRITING = (
    problems.VALIDATION_FAILED,
    problems.DATE_IMPOSSIBLE,
    problems.ROLE_MISSING,
    problems.RECUSAL,
    problems.STATE_CONFLICT,
)
CHANGING = (*WRITING, problems.NOT_FOUND, problems.VERSION_STALE, problems.PRECONDITION_REQUIRED)
ValidateOnly = Annotated[bool, Query(description="Every check, and nothing stays")]


def _answered(known: KnownClaim, response: Response, uow: UnitOfWork) -> ClaimOut:
    response.headers.update({"ETag": etag(known.row.version), "Cache-Control": PRIVATE})
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return ClaimOut.of(known)


@router.get("/claims", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_claims(
    caller: Annotated[Caller, requires("claim:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    person_id: PersonId | None = None,
    material_id: MaterialId | None = None,
    fact: Annotated[list[AuditFact] | None, Query(description="Repeat for OR")] = None,
    withdrawn: Annotated[bool, Query(description="Also those that were taken back")] = False,
) -> ClaimList:
    """Claims on the dossiers in your scope, by id, without those on yourself and your relatives."""
    async with uow:
        found = await claims.page_of(
            uow,
            after=paging.after[0] if paging.after else None,
            limit=paging.size + 1,
            person_id=person_id,
            material_id=material_id,
            facts=[one.value for one in fact or ()],
            withdrawn=withdrawn,
            hidden_persons=await caller_related(uow),
        )
    response.headers["Cache-Control"] = PRIVATE
    items = [ClaimOut.of(known) for known in found]
    return ClaimList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.post("/claims", status_code=201, responses=refusals(*WRITING, *IDEMPOTENCY))
async def create_claim(
    body: ClaimIn,
    caller: Annotated[Caller, requires("claim:write", idempotent=True)],
    uow: Uow,
    response: Response,
    validate_only: ValidateOnly = False,
) -> ClaimOut:
    """Enter what a paper says. Two first reviewers write on their sheets instead until both have handed in."""
    known = await enter_claim(body.said_of(body.person_id), body.not_related, uow=uow, validate_only=validate_only)
    response.status_code = 200 if validate_only else 201
    return _answered(known, response, uow)


@router.post(
    "/claims/batches",
    status_code=201,
    responses=refusals(*WRITING, problems.FILE_DAMAGED, problems.TOO_LARGE, problems.DEPENDENCY_DOWN, *IDEMPOTENCY),
)
async def create_claim_batch(
    body: ClaimBatchIn,
    caller: Annotated[Caller, requires("claim:write", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    request: Request,
    response: Response,
) -> ClaimBatchOut:
    """Enter up to 500 claims, or an uploaded list: each that holds (`each`), or all or none (`all_or_nothing`)."""
    rows: Sequence[Row] = ()
    if body.upload_id is not None and body.blob_ticket is not None:
        rows = await read_list(body.upload_id, body.blob_ticket, uow=uow, deps=deps)
    batch_id, items = await import_claims(body.command(rows), uow=uow)
    response.status_code = 200 if body.validate_only else 201
    response.headers["Cache-Control"] = PRIVATE
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    lang = language(request.headers.get("accept-language"))

    def problem(kept: Any) -> dict[str, Any] | None:
        return rendered(kept, lang, deps.settings.public_url) if kept else None

    shown = [
        BatchItemOut(
            position=one.position,
            ref=one.ref,
            claim_id=None if body.validate_only else one.claim_id,
            problem=problem(one.problem),
        )
        for one in items
    ]
    return ClaimBatchOut(id=batch_id, kept=sum(one.problem is None for one in items), items=shown)


@router.get("/claims/{claim_id}", responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND))
async def get_claim(
    claim_id: ClaimId, caller: Annotated[Caller, requires("claim:read")], uow: Uow, response: Response
) -> ClaimOut:
    """One claim; its version is what a change's If-Match names. The paper's title may change without it."""
    async with uow:
        known = await claims.get(uow, claim_id)
        if await caller_relation(uow, known.row.person_id) is Relation.RELATED:
            raise Recusal()
    return _answered(known, response, uow)


@router.patch("/claims/{claim_id}", responses=refusals(*CHANGING))
async def update_claim(
    claim_id: ClaimId,
    body: ClaimPatch,
    caller: Annotated[Caller, requires("claim:write")],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
    validate_only: ValidateOnly = False,
) -> ClaimOut:
    """Correct an entry. What stood before stays in the journal's commitment."""
    edit = ClaimEdit(claim_id, if_match, body.not_related, validate_only)
    return _answered(await change_claim(edit, body.changes(), uow=uow), response, uow)


@router.post("/claims/{claim_id}/withdrawals", status_code=201, responses=refusals(*CHANGING, *IDEMPOTENCY))
async def create_claim_withdrawal(
    claim_id: ClaimId,
    body: WithdrawalIn,
    caller: Annotated[Caller, requires("claim:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
    validate_only: ValidateOnly = False,
) -> ClaimOut:
    """Take back what was entered wrongly. It can still be seen, and counts nowhere."""
    edit = ClaimEdit(claim_id, if_match, body.not_related, validate_only)
    known = await withdraw_claim(edit, body.reason, uow=uow)
    response.status_code = 200 if validate_only else 201
    return _answered(known, response, uow)


@router.post("/claims/{claim_id}/exclusions", status_code=201, responses=refusals(*CHANGING, *IDEMPOTENCY))
async def create_claim_exclusion(
    claim_id: ClaimId,
    body: ExclusionIn,
    caller: Annotated[Caller, requires("claim:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
    validate_only: ValidateOnly = False,
) -> ClaimOut:
    """Say that a claim does not count because its material is forged or not recognised, or that it counts again."""
    edit = ClaimEdit(claim_id, if_match, body.not_related, validate_only)
    known = await exclude_claim(edit, Exclusion(body.kind, body.reason), uow=uow)
    response.status_code = 200 if validate_only else 201
    return _answered(known, response, uow)
