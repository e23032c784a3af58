"""Technical processing (技术加工): what a material's paper needs, and what was done to it."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, CurrentRoots, IfMatch, Pages, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import MaterialId, ProcessingNeedId, ProcessingRecordId
from services.catalog.api.answers import created, tagged
from services.catalog.api.processing_shapes import (
    NeedIn,
    NeedList,
    NeedOut,
    RecordIn,
    RecordList,
    RecordOut,
    WithdrawalIn,
)
from services.catalog.api.reprints import InUnit
from services.catalog.domain.processing import Cause
from services.catalog.store import processing_needs, processing_records
from services.catalog.usecases.list_processing import list_needs, list_records
from services.catalog.usecases.raise_need import raise_need, withdraw_need
from services.catalog.usecases.record_processing import confirm_processing, record_processing
from services.catalog.usecases.view_processing_picture import view_processing_picture

router = APIRouter(tags=["materials"])

_COMMON = (problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND)
_MAKES = refusals(*_COMMON, problems.STATE_CONFLICT, *IDEMPOTENCY)
_DECIDES = refusals(
    *_COMMON,
    problems.SAME_PERSON_TWICE,
    problems.STATE_CONFLICT,
    problems.VERSION_STALE,
    problems.PRECONDITION_REQUIRED,
    *IDEMPOTENCY,
)
_LISTS = refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID)


@router.post("/materials/{material_id}/processing-needs", status_code=201, responses=_MAKES)
async def create_material_processing_need(
    material_id: MaterialId,
    body: NeedIn,
    caller: Annotated[Caller, requires("processing:write", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> NeedOut:
    """Record a material's condition, with its place on the page and what is proposed; or that it needs an edge."""
    need_id = await raise_need(body.command(material_id), uow=uow)
    async with deps.db.reading(caller, roots) as connection:
        need = await processing_needs.get(connection, need_id)
    created(response, uow, need.version)
    return NeedOut.of(need)


@router.get("/materials/{material_id}/processing-needs", responses=_LISTS)
async def list_material_processing_needs(
    material_id: MaterialId,
    caller: Annotated[Caller, requires("processing:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
) -> NeedList:
    """Every condition and edge that was recorded of a material, also those that are done. A view."""
    found = await list_needs(material_id, paging.after[0] if paging.after else None, paging.size + 1, uow=uow)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, found, lambda need: [need.need_id])
    return NeedList(items=[NeedOut.of(need) for need in page["items"]], next_page_token=page["next_page_token"])


@router.get("/processing-needs", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_processing_needs(
    caller: Annotated[Caller, requires("processing:read")],
    deps: CurrentDeps,
    roots: CurrentRoots,
    paging: Pages,
    response: Response,
    unit_id: InUnit = None,
    cause: Annotated[Cause | None, Query(description="`needs_edge`: only what wants an edge")] = None,
) -> NeedList:
    """The worklist: what is open in your units, the oldest first."""
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        found = await processing_needs.list_open(connection, unit_id, cause, after, paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, found, lambda need: [need.raised_at.isoformat(), need.need_id])
    return NeedList(items=[NeedOut.of(need) for need in page["items"]], next_page_token=page["next_page_token"])


@router.post("/processing-needs/{need_id}/withdrawals", status_code=201, responses=_DECIDES)
async def create_processing_need_withdrawal(
    need_id: ProcessingNeedId,
    body: WithdrawalIn,
    caller: Annotated[Caller, requires("processing:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> NeedOut:
    """It was no need after all; the entry and the reason stay."""
    await withdraw_need(need_id, if_match, body.reason, uow=uow)
    async with deps.db.reading(caller, roots) as connection:
        need = await processing_needs.get(connection, need_id)
    created(response, uow, need.version)
    return NeedOut.of(need)


@router.post("/materials/{material_id}/processing-records", status_code=201, responses=_MAKES)
async def create_material_processing_record(
    material_id: MaterialId,
    body: RecordIn,
    caller: Annotated[Caller, requires("processing:write", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> RecordOut:
    """Record what was done to the paper, with photographs before and after. A trim waits for a second person."""
    record_id = await record_processing(body.command(material_id), uow=uow, tickets=deps.tickets)
    async with deps.db.reading(caller, roots) as connection:
        record = await processing_records.get(connection, record_id)
    created(response, uow, record.version)
    return RecordOut.of(record)


@router.get("/materials/{material_id}/processing-records", responses=_LISTS)
async def list_material_processing_records(
    material_id: MaterialId,
    caller: Annotated[Caller, requires("processing:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
) -> RecordList:
    """A material's sheet: all that was done to its paper, in order. A view."""
    found = await list_records(material_id, paging.after[0] if paging.after else None, paging.size + 1, uow=uow)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, found, lambda record: [record.record_id])
    return RecordList(items=[RecordOut.of(one) for one in page["items"]], next_page_token=page["next_page_token"])


@router.get("/processing-records", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_processing_records(
    caller: Annotated[Caller, requires("processing:read")],
    deps: CurrentDeps,
    roots: CurrentRoots,
    paging: Pages,
    response: Response,
    unit_id: InUnit = None,
) -> RecordList:
    """What waits for a second person in your units, the oldest first."""
    after = paging.after[0] if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        found = await processing_records.list_pending(connection, unit_id, after, paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, found, lambda record: [record.record_id])
    return RecordList(items=[RecordOut.of(one) for one in page["items"]], next_page_token=page["next_page_token"])


@router.get("/processing-records/{record_id}", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def get_processing_record(
    record_id: ProcessingRecordId,
    caller: Annotated[Caller, requires("processing:read")],
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> RecordOut:
    """One record."""
    async with deps.db.reading(caller, roots) as connection:
        record = await processing_records.get(connection, record_id)
    tagged(response, record.version)
    return RecordOut.of(record)


@router.post("/processing-records/{record_id}/confirmations", status_code=201, responses=_DECIDES)
async def create_processing_record_confirmation(
    record_id: ProcessingRecordId,
    caller: Annotated[Caller, requires("processing:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> RecordOut:
    """Stand for a trim as the second person; never the one who recorded it."""
    await confirm_processing(record_id, if_match, uow=uow)
    async with deps.db.reading(caller, roots) as connection:
        record = await processing_records.get(connection, record_id)
    created(response, uow, record.version)
    return RecordOut.of(record)


@router.get(
    "/processing-records/{record_id}/image",
    response_class=Response,
    responses={
        200: {"description": "The photograph", "content": {"image/jpeg": {}, "image/png": {}}},
        **refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.DEPENDENCY_DOWN),
    },
)
async def get_processing_record_image(
    record_id: ProcessingRecordId,
    caller: Annotated[Caller, requires("processing:read")],
    uow: Uow,
    deps: CurrentDeps,
    side: Annotated[Literal["before", "after"], Query()] = "after",
) -> Response:
    """The paper before or after. A view: it stands in the journal before the first byte leaves."""
    picture, content = await view_processing_picture(record_id, side, uow=uow, blobs=deps.blobs)
    headers = {"Cache-Control": PRIVATE, "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(content, media_type=picture.media_type, headers=headers)
