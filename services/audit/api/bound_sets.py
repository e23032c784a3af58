"""Bound sets of a campaign (装订成册): compiled in the background, printed, handed to the archive, stored."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from chassis.documents import DocumentUnreadable, draw_document
from chassis.identity import Caller
from chassis.print_files import MEDIA_TYPES, file_answer
from chassis.web import (
    IDEMPOTENCY,
    PRIVATE,
    CurrentDeps,
    IfMatch,
    Pages,
    RequestModel,
    Uow,
    etag,
    refusals,
    requires,
)
from contracts import problems
from contracts.problems import DrawingUnavailable, NotFound
from contracts.values.ids import BoundSetId, CampaignDossierId, CampaignId, UnitId
from contracts.values.text import line_schema, one_line
from services.audit.domain.bound_set import MOST_IN_A_SET, BoundMove, BoundState
from services.audit.store import bound_sets
from services.audit.store.tables_bound import BoundSet, BoundSetMember
from services.audit.usecases.compile_bound_set import CompileBoundSet, compile_bound_set
from services.audit.usecases.hand_over_bound_set import (
    HandOver,
    OnBoundSet,
    hand_over_bound_set,
    move_bound_set,
    read_bound_set,
    view_bound_set,
)

router = APIRouter(tags=["bound-sets"])

Line = Annotated[str, one_line(100), line_schema(100)]
_READ = (problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND)
_MOVED = (*_READ, problems.STATE_CONFLICT, problems.VERSION_STALE, problems.PRECONDITION_REQUIRED, *IDEMPOTENCY)
_PDF: dict[int | str, dict[str, Any]] = {200: {"description": "PDF", "content": {MEDIA_TYPES["pdf"]: {}}}}


class BoundSetIn(RequestModel):
    """Which dossiers: those that the unit keeps in the campaign and that are in no set yet, or these of them."""

    unit_id: UnitId
    campaign_dossier_ids: list[CampaignDossierId] = Field(default=[], max_length=MOST_IN_A_SET)


class HandOverIn(RequestModel):
    """Who gave the paper to the archive and who received it, as the receipt names them."""

    given_by: Line
    received_by: Line
    handed_over_on: date


class StoringIn(RequestModel):
    """Where it is kept."""

    place: Annotated[str, one_line(200), line_schema(200)] = Field(examples=["二号库房 3 柜 2 层"])


class BoundSetOut(BaseModel):
    """A set. `done` of `total` persons are drawn while it is compiled; `digest` is that of its one file.

    `problem` says which character of whose form cannot be drawn, or whose scan is
    missing; `number` is that of the receipt.
    """

    id: str
    campaign_id: str
    unit_id: str
    state: BoundState
    compiled_by: str
    asked_at: datetime
    done: int
    total: int
    problem: str | None
    digest: str | None
    bytes: int | None
    pages: int | None
    handed_over_by: str | None
    number: str | None
    place: str | None
    version: int

    @classmethod
    def of(cls, row: BoundSet) -> "BoundSetOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class BoundMemberOut(BaseModel):
    """A dossier in a set, and where its forms stand once it is compiled. No names: the file has them."""

    position: int
    campaign_dossier_id: str
    first_page: int | None
    page_count: int | None

    @classmethod
    def of(cls, row: BoundSetMember) -> "BoundMemberOut":
        return cls.model_validate(row.model_dump(include=set(cls.model_fields)))


class BoundSetWhole(BoundSetOut):
    """A set with its index."""

    members: list[BoundMemberOut]


class BoundSetList(BaseModel):
    """One page of sets, the oldest first."""

    items: list[BoundSetOut]
    next_page_token: str | None


@router.post(
    "/campaigns/{campaign_id}/bound-sets",
    status_code=201,
    responses=refusals(problems.VALIDATION_FAILED, *_READ, *IDEMPOTENCY),
)
async def create_bound_set(
    campaign_id: CampaignId,
    body: BoundSetIn,
    caller: Annotated[Caller, requires("bound-set:write", idempotent=True)],
    uow: Uow,
    response: Response,
) -> BoundSetOut:
    """Have a unit's forms bound. The file is made in the background: read the set until it is `compiled`."""
    command = CompileBoundSet(campaign_id, body.unit_id, tuple(body.campaign_dossier_ids))
    return _tagged(response, uow, await compile_bound_set(command, uow=uow))


@router.get(
    "/campaigns/{campaign_id}/bound-sets", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID)
)
async def list_bound_sets(
    campaign_id: CampaignId,
    caller: Annotated[Caller, requires("bound-set:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
) -> BoundSetList:
    """The sets of a campaign in your units."""
    after = paging.after[0] if paging.after else None
    async with uow:
        rows = await bound_sets.page_of(uow, campaign_id, after=after, limit=paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    items = [BoundSetOut.of(row) for row in rows]
    return BoundSetList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.get("/bound-sets/{bound_set_id}", response_model=BoundSetWhole, responses=refusals(*_READ))
async def get_bound_set(
    bound_set_id: BoundSetId, caller: Annotated[Caller, requires("bound-set:read")], uow: Uow, response: Response
) -> BoundSetWhole:
    """How far it is, and on which pages each dossier stands. Its tag is for moving it on."""
    row = await view_bound_set(bound_set_id, uow=uow)
    async with uow:
        members = [BoundMemberOut.of(one) for one in await bound_sets.members_of(uow, row.id)]
    response.headers.update({"ETag": etag(row.version), "Cache-Control": PRIVATE})
    return BoundSetWhole(**BoundSetOut.of(row).model_dump(), members=members)


@router.get(
    "/bound-sets/{bound_set_id}/pdf",
    response_class=Response,
    responses={**_PDF, **refusals(*_READ, problems.DEPENDENCY_DOWN)},
)
async def get_bound_set_pdf(
    bound_set_id: BoundSetId, caller: Annotated[Caller, requires("bound-set:read")], uow: Uow, deps: CurrentDeps
) -> Response:
    """Cover, index and every form as one file, the same each time; not found until it is compiled."""
    return file_answer(await read_bound_set(bound_set_id, uow=uow, deps=deps), "pdf", f"bound-set-{bound_set_id}")


@router.post("/bound-sets/{bound_set_id}/printings", status_code=201, responses=refusals(*_MOVED))
async def create_bound_set_printing(
    bound_set_id: BoundSetId,
    caller: Annotated[Caller, requires("bound-set:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> BoundSetOut:
    """It is on paper."""
    return _tagged(response, uow, await move_bound_set(OnBoundSet(bound_set_id, if_match), BoundMove.PRINT, uow=uow))


@router.post("/bound-sets/{bound_set_id}/discards", status_code=201, responses=refusals(*_MOVED))
async def create_bound_set_discard(
    bound_set_id: BoundSetId,
    caller: Annotated[Caller, requires("bound-set:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> BoundSetOut:
    """It was compiled in vain; its dossiers may be compiled anew. Not once the archive has it."""
    return _tagged(response, uow, await move_bound_set(OnBoundSet(bound_set_id, if_match), BoundMove.DISCARD, uow=uow))


@router.post(
    "/bound-sets/{bound_set_id}/hand-overs",
    status_code=201,
    responses=refusals(*_MOVED, problems.VALIDATION_FAILED, problems.SAME_PERSON_TWICE),
)
async def create_bound_set_hand_over(
    bound_set_id: BoundSetId,
    body: HandOverIn,
    caller: Annotated[Caller, requires("bound-set:receive", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> BoundSetOut:
    """The archive receives it: a signed receipt, and its dossiers are bound. Never by whoever had it compiled."""
    command = HandOver(OnBoundSet(bound_set_id, if_match), body.given_by, body.received_by, body.handed_over_on)
    return _tagged(response, uow, await hand_over_bound_set(command, uow=uow, deps=deps))


@router.post(
    "/bound-sets/{bound_set_id}/storings", status_code=201, responses=refusals(*_MOVED, problems.VALIDATION_FAILED)
)
async def create_bound_set_storing(
    bound_set_id: BoundSetId,
    body: StoringIn,
    caller: Annotated[Caller, requires("bound-set:receive", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> BoundSetOut:
    """It has its place in the archive (集中保管)."""
    on = OnBoundSet(bound_set_id, if_match)
    return _tagged(response, uow, await move_bound_set(on, BoundMove.STORE, place=body.place, uow=uow))


async def _receipt(bound_set_id: str, uow: Uow) -> str:
    row = await view_bound_set(bound_set_id, uow=uow)
    if row.jws is None:
        raise NotFound()
    async with uow:
        uow.record("bound_set.receipt_viewed", row.id, row.version, {"number": row.number})
    return row.jws


@router.get(
    "/bound-sets/{bound_set_id}/receipt/jws",
    response_class=Response,
    responses={
        200: {"description": "The signed receipt", "content": {"application/jose": {}}},
        **refusals(*_READ),
    },
)
async def get_bound_set_receipt_jws(
    bound_set_id: BoundSetId, caller: Annotated[Caller, requires("bound-set:read")], uow: Uow
) -> Response:
    """The receipt itself; `dangan verify` checks it offline. Not found until the archive has the set."""
    headers = {"Cache-Control": PRIVATE, "Content-Disposition": f'inline; filename="{bound_set_id}.jws"'}
    return Response(await _receipt(bound_set_id, uow), media_type="application/jose", headers=headers)


@router.get(
    "/bound-sets/{bound_set_id}/receipt/pdf",
    response_class=Response,
    responses={**_PDF, **refusals(*_READ, problems.GLYPH_MISSING, problems.DRAWING_UNAVAILABLE)},
)
async def get_bound_set_receipt_pdf(
    bound_set_id: BoundSetId,
    caller: Annotated[Caller, requires("bound-set:read")],
    uow: Uow,
    deps: CurrentDeps,
    request: Request,
) -> Response:
    """The receipt for signing on paper: drawn now, the same bytes each time."""
    token = await _receipt(bound_set_id, uow)
    try:
        pdf = await deps.run_cpu(draw_document, token, deps.settings.fonts_dir)
    except DocumentUnreadable:
        raise DrawingUnavailable(jws=f"{request.url.path.removesuffix('/pdf')}/jws") from None
    return file_answer(pdf, "pdf", f"receipt-{bound_set_id}")


def _tagged(response: Response, uow: Uow, row: BoundSet) -> BoundSetOut:
    response.headers.update({"ETag": etag(row.version), "Cache-Control": PRIVATE})
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return BoundSetOut.of(row)
