"""Alterations found on filed papers: the register, the organisation's confirmation, and what followed."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from chassis.identity import Caller
from chassis.web import (
    IDEMPOTENCY,
    PRIVATE,
    CurrentDeps,
    CurrentRoots,
    IfMatch,
    Pages,
    Uow,
    etag,
    refusals,
    requires,
)
from contracts import problems
from contracts.values.ids import AlterationId, PersonId
from services.audit.api.alteration_shapes import (
    AlterationChange,
    AlterationIn,
    AlterationList,
    AlterationOut,
    AlterationWhole,
    ConfirmationIn,
    ConsequenceCount,
    ConsequenceCountList,
    ConsequenceIn,
    ConsequenceOut,
)
from services.audit.store import alterations
from services.audit.store.tables_alteration import AlterationRow
from services.audit.usecases.recuse import caller_related, refuse_related
from services.audit.usecases.register_alteration import (
    ConfirmAlteration,
    RecordConsequence,
    RegisterAlteration,
    change_alteration,
    confirm_alteration,
    record_consequence,
    register_alteration,
)
from services.audit.usecases.settle_clearances import gate_of

router = APIRouter(tags=["alterations"])

_KNOWN = (problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND)
_VERSIONED = (problems.STATE_CONFLICT, problems.VERSION_STALE, problems.PRECONDITION_REQUIRED)


@router.post("/alterations", status_code=201, responses=refusals(*_KNOWN, problems.STATE_CONFLICT, *IDEMPOTENCY))
async def create_alteration(
    body: AlterationIn,
    caller: Annotated[Caller, requires("alteration:write", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> AlterationOut:
    """Record an alteration, one by one (逐一记录); until it is cleared up, it suspends its person's clearances."""
    members = body.model_dump(include=set(AlterationChange.model_fields))
    command = RegisterAlteration(body.material_id, body.page_id, body.fact.value, members, body.not_related)
    return _tagged(response, uow, await register_alteration(command, uow=uow, gate=gate_of(deps)))


@router.get("/alterations", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_alterations(
    caller: Annotated[Caller, requires("alteration:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    person_id: PersonId | None = None,
) -> AlterationList:
    """Findings in the dossiers of your scope, without your own and your relatives'."""
    after = paging.after[0] if paging.after else None
    async with uow:
        hidden = await caller_related(uow)
        rows = await alterations.page_of(
            uow, after=after, limit=paging.size + 1, person_id=person_id, hidden_persons=hidden
        )
    response.headers["Cache-Control"] = PRIVATE
    items = [AlterationOut.of(row) for row in rows]
    return AlterationList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.get(
    "/alterations/{alteration_id}",
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_alteration(
    alteration_id: AlterationId,
    caller: Annotated[Caller, requires("alteration:read")],
    uow: Uow,
    response: Response,
) -> AlterationWhole:
    """One finding with what followed. Its tag is for changing it; consequences come without a new version."""
    async with uow:
        row = await alterations.get(uow, alteration_id)
        await refuse_related(uow, row.person_id)
        followed = [ConsequenceOut.of(one) for one in await alterations.consequences_of(uow, row.id)]
    return AlterationWhole(**_tagged(response, uow, row).model_dump(), consequences=followed)


@router.patch("/alterations/{alteration_id}", responses=refusals(*_KNOWN, *_VERSIONED))
async def update_alteration(
    alteration_id: AlterationId,
    body: AlterationChange,
    caller: Annotated[Caller, requires("alteration:write")],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> AlterationOut:
    """Correct a finding, or say what it is, until it is confirmed."""
    changes: dict[str, Any] = {name: getattr(body, name) for name in body.model_fields_set}
    return _tagged(response, uow, await change_alteration(alteration_id, if_match, changes, uow=uow))


@router.post(
    "/alterations/{alteration_id}/confirmations",
    status_code=201,
    responses=refusals(*_KNOWN, *_VERSIONED, problems.SAME_PERSON_TWICE, *IDEMPOTENCY),
)
async def create_alteration_confirmation(
    alteration_id: AlterationId,
    body: ConfirmationIn,
    caller: Annotated[Caller, requires("alteration:confirm", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> AlterationOut:
    """Confirm a finding by the organisation's word: the signed record goes into the dossier."""
    command = ConfirmAlteration(
        alteration_id, if_match, body.decided_by, body.decided_on, body.document_no, body.blob_tickets
    )
    gate = gate_of(deps)
    return _tagged(response, uow, await confirm_alteration(command, uow=uow, tickets=deps.tickets, gate=gate))


@router.post(
    "/alterations/{alteration_id}/consequences",
    status_code=201,
    responses=refusals(*_KNOWN, problems.STATE_CONFLICT, *IDEMPOTENCY),
)
async def create_alteration_consequence(
    alteration_id: AlterationId,
    body: ConsequenceIn,
    caller: Annotated[Caller, requires("alteration:confirm", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> ConsequenceOut:
    """Record what followed from a confirmed falsification."""
    command = RecordConsequence(alteration_id, body.kind, body.decided_by, body.decided_on, body.document_no)
    made = await record_consequence(command, uow=uow, gate=gate_of(deps))
    response.headers["Cache-Control"] = PRIVATE
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return ConsequenceOut.of(made)


@router.get("/consequence-counts", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_consequence_counts(
    caller: Annotated[Caller, requires("alteration:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    year: Annotated[int, Query(ge=2000, le=2200, description="In which it was decided")],
) -> ConsequenceCountList:
    """The yearly bulletin: what followed from falsifications, by unit and kind."""
    after = str(paging.after[0]) if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        rows = await alterations.consequence_counts(connection, year, after=after, limit=paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    items = [ConsequenceCount(**row) for row in rows]
    return ConsequenceCountList.model_validate(paging.answer(response, items, lambda one: [one.unit_id]))


def _tagged(response: Response, uow: Uow, row: AlterationRow) -> AlterationOut:
    response.headers.update({"ETag": etag(row.version), "Cache-Control": PRIVATE})
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return AlterationOut.of(row)
