"""Grants: what may be seen, the pages themselves, and taking a grant back."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from chassis.blobs import BlobMissing
from chassis.deps import Deps
from chassis.identity import Caller
from chassis.images import watermark
from chassis.unit_of_work import SHANGHAI
from chassis.web import PRIVATE, CurrentDeps, CurrentRoots, Pages, RequestModel, Uow, refusals, requires
from contracts import problems
from contracts.problems import DependencyDown
from contracts.values.ids import GrantId, PageId
from contracts.values.partial_date import PartialDate
from services.access.api.shapes import IDEMPOTENT, Instant, ReasonCode, ScopeOut, tag, unchanged
from services.access.domain.grant import EndReason, Grant
from services.access.store import grants
from services.access.store.tables import HeardMaterial
from services.access.usecases.end_grant import RevokeGrant, revoke_grant
from services.access.usecases.view_page import Admitted, view_materials, view_page

router = APIRouter(tags=["grants"])

TEXT_FONT = "NotoSerifSC-Regular.ttf"


class GrantOut(BaseModel):
    """A grant. `ended_by` is an account, or null when the service ended it."""

    id: str
    state: Literal["running", "expired", "revoked"]
    view_request_id: str
    request_no: str
    dossier_id: str
    person_id: str
    unit_id: str
    subject_unit_id: str
    scope: ScopeOut
    purpose: str
    valid_from: Instant
    valid_to: Instant
    ended_reason: EndReason | None
    ended_at: Instant | None
    ended_by: str | None
    reasons: list[str]
    version: int

    @classmethod
    def of(cls, grant: Grant) -> "GrantOut":
        renamed = {"view_request_id": grant.request_id, "scope": ScopeOut.of(grant.scope), "reasons": list(grant.codes)}
        return cls.model_validate({**vars(grant), **renamed, "state": grant.state})


class GrantList(BaseModel):
    """One page of grants, the newest first."""

    items: list[GrantOut]
    next_page_token: str | None


class GrantedMaterial(BaseModel):
    """A material of the grant as the catalog told of it; `as_of` is the catalog's version."""

    material_id: str
    category: str
    item_no: int
    title: str
    formed_on: PartialDate | None
    page_ids: list[str]
    as_of: int

    @classmethod
    def of(cls, row: HeardMaterial) -> "GrantedMaterial":
        return cls(
            material_id=row.material_id,
            category=row.category,
            item_no=row.item_no,
            title=row.title,
            formed_on=PartialDate.model_validate(row.formed_on) if row.formed_on else None,
            page_ids=row.page_ids,
            as_of=row.version,
        )


class GrantedMaterials(BaseModel):
    """What a viewer may open, in the order of the catalogue."""

    items: list[GrantedMaterial]


class RevocationIn(RequestModel):
    """Why a grant is taken back: codes of the viewing rules."""

    reasons: list[ReasonCode] = Field(min_length=1, max_length=10, examples=[["no_longer_needed"]])


@router.get("/grants", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_grants(
    caller: Annotated[Caller, requires("grant:read")], uow: Uow, paging: Pages, response: Response
) -> GrantList:
    """Grants that name you, and those of units for which you sign."""
    async with uow:
        after = paging.after[0] if paging.after else None
        found = await grants.page_of(uow, grants.seen_by(caller), after=after, limit=paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    items = [GrantOut.of(grant) for grant in found]
    return GrantList.model_validate(paging.answer(response, items, lambda one: [one.id]))


@router.get(
    "/grants/{grant_id}",
    response_model=GrantOut,
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND),
)
async def get_grant(
    grant_id: GrantId,
    caller: Annotated[Caller, requires("grant:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> Any:
    """One grant, and how it ended."""
    async with uow:
        grant = await grants.get_seen(uow, grant_id)
    tag(response, uow, grant.version)
    return unchanged(request, grant.version) or GrantOut.of(grant)


@router.post(
    "/grants/{grant_id}/revocations",
    status_code=201,
    responses=refusals(problems.VALIDATION_FAILED, problems.NOT_FOUND, problems.STATE_CONFLICT, *IDEMPOTENT),
)
async def create_grant_revocation(
    grant_id: GrantId,
    body: RevocationIn,
    caller: Annotated[Caller, requires("grant:revoke", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> GrantOut:
    """Take a running grant back at once. It needs no If-Match: what it ends must not wait for a second try."""
    grant = await revoke_grant(RevokeGrant(grant_id, tuple(body.reasons)), uow=uow, policy=deps.rules)
    tag(response, uow, grant.version)
    return GrantOut.of(grant)


_VIEWED = (problems.ROLE_MISSING, problems.RECUSAL, problems.VIEW_REFUSED, problems.NOT_FOUND)


@router.get("/grants/{grant_id}/materials", responses=refusals(*_VIEWED))
async def list_grant_materials(
    grant_id: GrantId,
    caller: Annotated[Caller, requires("grant:view")],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> GrantedMaterials:
    """The materials that you may open, with the ids of their pages. A view: it stands in the journal."""
    found = await view_materials(grant_id, uow=uow, policy=deps.rules)
    response.headers["Cache-Control"] = PRIVATE
    return GrantedMaterials(items=[GrantedMaterial.of(row) for row in found])


@router.get(
    "/grants/{grant_id}/images/{page_id}",
    response_class=Response,
    responses={
        200: {"description": "The page with its watermark", "content": {"image/jpeg": {}}},
        **refusals(*_VIEWED, problems.DEPENDENCY_DOWN),
    },
)
async def get_grant_image(
    grant_id: GrantId,
    page_id: PageId,
    caller: Annotated[Caller, requires("grant:view")],
    roots: CurrentRoots,
    deps: CurrentDeps,
) -> Response:
    """A page with viewer, time and request number burnt in. Register and journal are written before the first byte."""
    image = await view_page(
        grant_id,
        page_id,
        begin=lambda: deps.unit_of_work(caller, roots),
        policy=deps.rules,
        draw=lambda admitted: _draw(deps, caller, admitted),
    )
    headers = {"Cache-Control": PRIVATE, "X-Content-Type-Options": "nosniff"}
    return Response(image, media_type="image/jpeg", headers=headers)


async def _draw(deps: Deps, caller: Caller, admitted: Admitted) -> bytes:
    """The page for this viewer; the work of the pixels is a worker's."""
    filed = admitted.filed
    try:
        original = await deps.blobs.read(filed.blob_unit_id, filed.page.digest)
    except BlobMissing:
        raise DependencyDown(dependency="blobs", headers={"Retry-After": "5"}) from None
    at = admitted.at.astimezone(SHANGHAI)
    lines = (caller.name or caller.account_id, f"{at:%Y-%m-%d %H:%M:%S}", admitted.grant.request_no)
    return await deps.run_cpu(watermark, original, lines, deps.settings.fonts_dir / TEXT_FONT)
