"""Clearances before appointment (任前审核): asked for by list, answered with reasons and cures, signed."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, IfMatch, Pages, Uow, etag, not_modified, refusals, requires
from contracts import problems
from contracts.problems import NotFound, Recusal
from contracts.values.ids import ClearanceId, ClearanceListId
from services.audit.api.clearance_shapes import (
    AgendaIn,
    AgendaOut,
    ClearanceListOut,
    ClearanceOut,
    ClearancePage,
    ClearancesIn,
    DossierAuditOut,
    ReasonOut,
    SuspensionIn,
    SuspensionList,
    SuspensionOut,
    TabledOut,
)
from services.audit.domain.clearance import ClearanceRules, Reason, State
from services.audit.domain.recusal import Relation
from services.audit.store import clearances
from services.audit.store.tables_gate import ClearanceRow
from services.audit.usecases.check_agenda import check_agenda
from services.audit.usecases.hold_clearance import HoldClearance, hold_clearance
from services.audit.usecases.reaudit_dossier import reaudit_dossier
from services.audit.usecases.recuse import caller_related, caller_relation
from services.audit.usecases.request_clearances import Asked, RequestClearances, request_clearances
from services.audit.usecases.settle_clearances import gate_of

router = APIRouter(tags=["clearances"])


@router.post(
    "/clearances",
    status_code=201,
    responses=refusals(problems.VALIDATION_FAILED, problems.ROLE_MISSING, *IDEMPOTENCY),
)
async def create_clearances(
    body: ClearancesIn,
    caller: Annotated[Caller, requires("clearance:request", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
    validate_only: Annotated[bool, Query(description="Same answer, no effect")] = False,
) -> ClearanceListOut:
    """Ask for clearances of a list; each is answered at once, or waits for the audit that is opened for it."""
    persons = tuple(Asked(one.named(), one.proposed_post) for one in body.persons)
    command = RequestClearances(body.kind, persons)
    rows = await request_clearances(command, uow=uow, gate=gate_of(deps), validate_only=validate_only)
    response.headers["Cache-Control"] = PRIVATE
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return ClearanceListOut(list_id=rows[0].list_id, items=[ClearanceOut.of(row, deps.rules.clearance) for row in rows])


@router.post("/clearances/agenda-checks", responses=refusals(problems.VALIDATION_FAILED, problems.ROLE_MISSING))
async def create_agenda_check(
    body: AgendaIn,
    caller: Annotated[Caller, requires("clearance:check")],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> AgendaOut:
    """Check a meeting's list: who is not cleared for that day is struck. It decides nothing."""
    named = [one.named() for one in body.persons]
    checked = await check_agenda(body.kind, body.meeting_on, named, uow=uow, gate=gate_of(deps))
    response.headers["Cache-Control"] = PRIVATE
    items = [
        TabledOut(
            person_id=item.person_id,
            clearance_id=item.clearance.id if item.clearance else None,
            may_be_tabled=item.bar is None,
            bar=item.bar,
            reasons=_reasons(item.clearance, deps.rules.clearance),
        )
        for item in checked.items
    ]
    return AgendaOut(kind=body.kind, meeting_on=body.meeting_on, items=items, jws=checked.jws)


def _reasons(row: ClearanceRow | None, rules: ClearanceRules) -> list[ReasonOut]:
    found: Sequence[Reason] = clearances.standing_of(row).reasons if row else ()
    return [ReasonOut.of(one, rules) for one in found]


@router.get("/clearances", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_clearances(
    caller: Annotated[Caller, requires("clearance:read")],
    uow: Uow,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    state: Annotated[list[State] | None, Query(description="Repeat for OR")] = None,
    list_id: ClearanceListId | None = None,
) -> ClearancePage:
    """Clearances in your scope, by id, without your own and your relatives'."""
    after = paging.after[0] if paging.after else None
    async with uow:
        rows = await clearances.page_of(
            uow,
            after=after,
            limit=paging.size + 1,
            states=[one.value for one in state or ()],
            list_id=list_id,
            hidden_persons=await caller_related(uow),
        )
    response.headers["Cache-Control"] = PRIVATE
    items = [ClearanceOut.of(row, deps.rules.clearance) for row in rows]
    return ClearancePage.model_validate(paging.answer(response, items, lambda item: [item.id]))


async def _read(clearance_id: str, uow: Uow) -> ClearanceRow:
    async with uow:
        row = await clearances.get(uow, clearance_id)
        if await caller_relation(uow, row.person_id) is Relation.RELATED:
            raise Recusal()
    return row


@router.get(
    "/clearances/{clearance_id}",
    response_model=ClearanceOut,
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_clearance(
    clearance_id: ClearanceId,
    caller: Annotated[Caller, requires("clearance:read")],
    uow: Uow,
    deps: CurrentDeps,
    request: Request,
    response: Response,
) -> ClearanceOut | Response:
    """One clearance with its reasons and what cures each."""
    row = await _read(clearance_id, uow)
    headers = {"ETag": etag(row.version), "Cache-Control": PRIVATE}
    if not_modified(request, row.version):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return ClearanceOut.of(row, deps.rules.clearance)


@router.get(
    "/clearances/{clearance_id}/jws",
    response_class=Response,
    responses={
        200: {"description": "The signed answer", "content": {"application/jose": {}}},
        **refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
    },
)
async def get_clearance_jws(
    clearance_id: ClearanceId, caller: Annotated[Caller, requires("clearance:read")], uow: Uow
) -> Response:
    """The signed answer; not found while there is none. The key is at `/.well-known/dangan-keys`."""
    row = await _read(clearance_id, uow)
    if row.jws is None:
        raise NotFound()
    headers = {
        "Cache-Control": PRIVATE,
        "Content-Disposition": f'attachment; filename="{row.id}.jws"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(row.jws, media_type="application/jose", headers=headers)


@router.get(
    "/clearances/{clearance_id}/suspensions",
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def list_clearance_suspensions(
    clearance_id: ClearanceId, caller: Annotated[Caller, requires("clearance:hold")], uow: Uow, response: Response
) -> SuspensionList:
    """What held the clearance up by hand."""
    async with uow:
        row = await clearances.get(uow, clearance_id)
        if await caller_relation(uow, row.person_id) is Relation.RELATED:
            raise Recusal()
        held = await clearances.holds_of(uow, clearance_id)
    response.headers["Cache-Control"] = PRIVATE
    return SuspensionList(items=[SuspensionOut.of(one) for one in held])


@router.post(
    "/clearances/{clearance_id}/suspensions",
    status_code=201,
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
        *IDEMPOTENCY,
    ),
)
async def create_clearance_suspension(
    clearance_id: ClearanceId,
    body: SuspensionIn,
    caller: Annotated[Caller, requires("clearance:hold", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> ClearanceOut:
    """Hold it up (暂缓), and with it the person's other clearances; the HR system is told at once."""
    row = await hold_clearance(HoldClearance(clearance_id, if_match, body.reason), uow=uow, gate=gate_of(deps))
    response.headers.update({"ETag": etag(row.version), "Cache-Control": PRIVATE})
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return ClearanceOut.of(row, deps.rules.clearance)


@router.post(
    "/clearances/{clearance_id}/audits",
    status_code=201,
    responses=refusals(
        problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.STATE_CONFLICT, *IDEMPOTENCY
    ),
)
async def create_clearance_audit(
    clearance_id: ClearanceId,
    caller: Annotated[Caller, requires("clearance:hold", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> DossierAuditOut:
    """Have the dossier audited once more (复查); where an audit is open already, that one."""
    task = await reaudit_dossier(clearance_id, uow=uow, gate=gate_of(deps))
    response.headers["Cache-Control"] = PRIVATE
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return DossierAuditOut.model_validate(task.model_dump(include=set(DossierAuditOut.model_fields)))
