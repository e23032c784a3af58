"""Operations: batches over materials, their progress, their stop and their undo."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from chassis.identity import Caller
from chassis.lists import read_list
from chassis.operations import reading
from chassis.operations.waiting import Wait, reader, until_ended
from chassis.problems import language
from chassis.tables import Row
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, CurrentRoots, Pages, Uow, not_modified, refusals, requires
from contracts import problems
from contracts.operations import Operation, OperationItemList, OperationList
from contracts.problems import FieldFault, Lang, ValidationFailed
from contracts.values.ids import CatalogOperationId
from services.catalog.api.answers import created, tagged
from services.catalog.api.batch_shapes import BatchIn, BatchItemOut, BatchOut
from services.catalog.usecases.order_batch import Checked, order_batch, rehearse_batch

router = APIRouter(tags=["operations"])


@router.post(
    "/materials/batches",
    status_code=202,
    response_model=BatchOut,
    responses={
        200: {"description": "`validate_only`: what would become of each item", "model": BatchOut},
        **refusals(
            problems.VALIDATION_FAILED,
            problems.ROLE_MISSING,
            problems.FILE_DAMAGED,
            problems.TOO_LARGE,
            problems.DEPENDENCY_DOWN,
            *IDEMPOTENCY,
        ),
    },
)
async def create_material_batch(
    body: BatchIn,
    caller: Annotated[Caller, requires("material:batch", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    request: Request,
    response: Response,
    wait: Wait,
) -> Any:
    """Refile or retitle many materials in the background, or see beforehand what would become of each."""
    rows: Sequence[Row] = ()
    if body.upload_id is not None and body.blob_ticket is not None:
        rows = await read_list(body.upload_id, body.blob_ticket, uow=uow, deps=deps)
    if body.validate_only:
        ordered = await rehearse_batch(body.batch(rows), roots=roots, uow=uow, deps=deps)
        response.status_code = 200
        response.headers["Cache-Control"] = PRIVATE
    else:
        ordered = await order_batch(body.batch(rows), uow=uow, deps=deps)
        created(response, uow)
    operation = ordered.operation
    if operation is not None:
        response.headers["Location"] = f"/v1/operations/{operation.id}"
        operation = await until_ended(reader(operation.id, caller, roots, deps), wait, response)
    shown = _Shown(request, deps.settings.public_url)
    return BatchOut(operation=operation, items=[shown.item(one) for one in ordered.items])


class _Shown:
    """Problems of items in the caller's language."""

    def __init__(self, request: Request, public_url: str) -> None:
        self._lang: Lang = language(request.headers.get("accept-language"))
        self._public_url = public_url

    def problem(self, kept: Any) -> dict[str, Any]:
        return reading.rendered(kept, self._lang, self._public_url)

    def item(self, one: Checked) -> BatchItemOut:
        problem = self.problem(one.problem) if one.problem else None
        result = dict(one.result) if one.result is not None else None
        return BatchItemOut(position=one.position, ref=one.ref, result=result, problem=problem)


@router.get("/operations", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_operations(
    caller: Annotated[Caller, requires("operation:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
) -> OperationList:
    """Your own operations, the newest first; they are kept for 30 days."""
    after, prefix = paging.after[0] if paging.after else None, deps.operations.prefix
    async with deps.db.reading(caller, roots) as connection:
        found = await reading.list_of(connection, caller.account_id, after, paging.size + 1, prefix)
    response.headers["Cache-Control"] = PRIVATE
    return OperationList.model_validate(paging.answer(response, found, lambda one: [one.id]))


@router.get(
    "/operations/{operation_id}",
    response_model=Operation,
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND),
)
async def get_operation(
    operation_id: CatalogOperationId,
    caller: Annotated[Caller, requires("operation:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    request: Request,
    response: Response,
) -> Any:
    """How far it is. It is seen by whoever has all its units in scope."""
    async with deps.db.reading(caller, roots) as connection:
        operation = await reading.get(connection, operation_id, deps.operations.prefix)
    tagged(response, operation.version)
    if operation.finished_at is None:
        response.headers["Retry-After"] = "1"
    if not_modified(request, operation.version):
        return Response(status_code=304, headers=dict(response.headers))
    return operation


@router.get(
    "/operations/{operation_id}/items",
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_operation_items(
    operation_id: CatalogOperationId,
    caller: Annotated[Caller, requires("operation:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    request: Request,
    response: Response,
    state: Annotated[
        list[Literal["waiting", "done", "failed", "skipped"]] | None, Query(description="Repeat for OR")
    ] = None,
) -> OperationItemList:
    """What became of each item, in the order in which they were given."""
    shown = _Shown(request, deps.settings.public_url)
    after = paging.after[0] if paging.after else None
    states = [str(one) for one in state] if state else None
    async with deps.db.reading(caller, roots) as connection:
        await reading.get(connection, operation_id, deps.operations.prefix)
        items = await reading.list_items(connection, operation_id, states, after, paging.size + 1, shown.problem)
    response.headers["Cache-Control"] = PRIVATE
    return OperationItemList.model_validate(paging.answer(response, items, lambda one: [one.position]))


@router.get(
    "/operations/{operation_id}/events",
    response_class=Response,
    responses={
        200: {"description": "`item`, `progress`, at last `done`", "content": {"text/event-stream": {}}},
        **refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.VALIDATION_FAILED),
    },
)
async def stream_operation_events(
    operation_id: CatalogOperationId,
    caller: Annotated[Caller, requires("operation:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    request: Request,
) -> Response:
    """What happens, as it happens (Server-Sent Events). `Last-Event-ID` resumes after that event."""
    last = _last_event_id(request)
    prefix = deps.operations.prefix

    async def read(version: int) -> Any:
        async with deps.db.reading(caller, roots) as connection:
            return await reading.settled_after(connection, operation_id, version, prefix)

    await read(0)  # a refusal is an answer of its own, before the stream begins
    headers = {"Cache-Control": PRIVATE, "X-Accel-Buffering": "no"}
    return StreamingResponse(reading.events(read, last), media_type="text/event-stream", headers=headers)


def _last_event_id(request: Request) -> int | None:
    told = request.headers.get("last-event-id")
    if told is None or told == "":
        return None
    if not (told.isascii() and told.isdigit() and len(told) <= 18):
        raise ValidationFailed(errors=[FieldFault("/Last-Event-ID", "pattern")])
    return int(told)


_ACTING = refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.STATE_CONFLICT, *IDEMPOTENCY)


@router.post("/operations/{operation_id}/cancellations", status_code=202, responses=_ACTING)
async def create_operation_cancellation(
    operation_id: CatalogOperationId,
    caller: Annotated[Caller, requires("operation:cancel", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> Operation:
    """Ask for a stop: the item in hand is ended, the rest is skipped; of `all_or_nothing` nothing stays."""
    async with uow:
        if await uow.replay_of():
            operation = await reading.get(uow.raw(), operation_id, deps.operations.prefix)
        else:
            operation = await deps.operations.cancel(uow, operation_id)
            await uow.remember(operation.id, status=202)
    created(response, uow, operation.version)
    return operation


@router.post("/operations/{operation_id}/undos", status_code=202, responses=_ACTING)
async def create_operation_undo(
    operation_id: CatalogOperationId,
    caller: Annotated[Caller, requires("material:batch", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
    wait: Wait,
) -> Operation:
    """Take back all that an operation did: a new operation, the last item first. What was changed since stays."""
    async with uow:
        if earlier := await uow.replay_of():
            operation = await reading.get(uow.raw(), earlier, deps.operations.prefix)
        else:
            operation = await deps.operations.undo(uow, operation_id)
            await uow.remember(operation.id, status=202)
    deps.operations.wake()
    operation = await until_ended(reader(operation.id, caller, roots, deps), wait, response)
    created(response, uow, operation.version)
    response.headers["Location"] = f"/v1/operations/{operation.id}"
    return operation
