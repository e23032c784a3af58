"""Pages for those who work on them: lists, order, new scans, images. Everyone else sees pages through a grant."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from chassis.deps import Deps
from chassis.identity import Caller
from chassis.web import (
    IDEMPOTENCY,
    PRIVATE,
    CurrentDeps,
    CurrentRoots,
    IfMatch,
    Pages,
    RequestModel,
    Uow,
    not_modified,
    refusals,
    requires,
)
from contracts import problems
from contracts.values.ids import MaterialId, PageId
from contracts.values.page import PageMediaType
from services.catalog.api.answers import created, tagged
from services.catalog.api.texts import Remark
from services.catalog.domain.margin import Verdict
from services.catalog.domain.material import Material
from services.catalog.domain.scheme import Side
from services.catalog.store import page_cards
from services.catalog.store.pages import FormerScan
from services.catalog.usecases.change_pages import AppendPages, OrderPages, append_pages, order_pages
from services.catalog.usecases.list_pages import list_pages, list_scans
from services.catalog.usecases.replace_page import ReplacePage, replace_page
from services.catalog.usecases.view_page import ImageVersion, view_page

router = APIRouter(tags=["pages"])

Ticket = Annotated[str, Field(max_length=4000)]
CHANGES = (
    problems.VALIDATION_FAILED,
    problems.ROLE_MISSING,
    problems.RECUSAL,
    problems.NOT_FOUND,
    problems.STATE_CONFLICT,
    problems.VERSION_STALE,
    problems.PRECONDITION_REQUIRED,
    *IDEMPOTENCY,
)


class SourceOut(BaseModel):
    """The TIFF or PDF that a page image was drawn from; it is kept as it came."""

    digest: str
    page_no: int


class MarginOut(BaseModel):
    """How far the writing stands from the left edge. `needs_edge`: the paper wants an edge added before binding."""

    verdict: Verdict
    margin_mm: float | None = Field(description="Null for a page without writing, or one that does not decode")
    ink_in_line: bool = Field(description="Something stands where the holes are punched")
    dpi: float = Field(description="The resolution that the millimetres were reckoned with")
    measured_at: datetime


class PageOut(BaseModel):
    """A page: the scan that is shown now, and what is known of it."""

    id: str
    material_id: str
    page_no: int
    version: int
    scan_no: int = Field(description="1 for the first scan of this page, one more with every replacement")
    digest: str
    media_type: PageMediaType
    bytes: int
    width: int
    height: int
    side: Side = Field(description="What the side is; `page-counts` marks and counts them")
    source: SourceOut | None
    margin: MarginOut | None = Field(description="Null until it was measured, which takes a moment")
    enhanced: int | None = Field(description="Number of the enhanced image that is shown, if there is one")


class PageList(BaseModel):
    """Pages of a material in their order."""

    items: list[PageOut]
    next_page_token: str | None


class ScanOut(BaseModel):
    """One scan of a page. The last four members are null for the scan that is shown now."""

    scan_no: int
    state: Literal["shown", "replaced"]
    digest: str
    media_type: PageMediaType
    bytes: int
    width: int
    height: int
    source: SourceOut | None
    reason: str | None
    replaced_by: str | None
    replaced_at: datetime | None


class ScanList(BaseModel):
    """All scans of a page, the latest first; none is ever destroyed."""

    items: list[ScanOut]
    next_page_token: str | None


class PagesIn(RequestModel):
    """Page files to add, in order: all of them, or none."""

    blob_tickets: list[Ticket] = Field(min_length=1, max_length=200)


class PageOrderIn(RequestModel):
    """Every page of the material once, in the order that they are to have."""

    page_ids: list[PageId] = Field(min_length=1, max_length=2000)


class MaterialPagesOut(BaseModel):
    """The material's pages after the change; `version` is the material's."""

    material_id: str
    version: int
    page_ids: list[str]

    @classmethod
    def of(cls, material: Material) -> "MaterialPagesOut":
        ids = [page.page_id for page in material.pages]
        return cls(material_id=material.material_id, version=material.version, page_ids=ids)


class ReplacementIn(RequestModel):
    """A new scan of the same page, and why it was scanned again."""

    blob_ticket: Ticket
    reason: Remark = Field(examples=["原扫描件模糊"])


@router.get(
    "/materials/{material_id}/pages",
    response_model=PageList,
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_material_pages(
    material_id: MaterialId,
    caller: Annotated[Caller, requires("material:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
) -> Any:
    """Pages of one material. A view of the dossier. The ETag is the material's, which a change of pages wants."""
    version, cards = await list_pages(
        material_id, after=paging.after[0] if paging.after else 0, limit=paging.size + 1, uow=uow
    )
    tagged(response, version)
    return paging.answer(response, cards, lambda card: [card["page_no"]])


@router.post("/materials/{material_id}/pages", status_code=201, responses=refusals(*CHANGES, problems.DEPENDENCY_DOWN))
async def create_material_pages(
    material_id: MaterialId,
    body: PagesIn,
    caller: Annotated[Caller, requires("page:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> MaterialPagesOut:
    """Add page images behind those that are there. The catalogue's page count is the paper's and stays."""
    command = AppendPages(material_id, if_match, body.blob_tickets)
    material = await append_pages(command, uow=uow, tickets=deps.tickets, blobs=deps.blobs)
    created(response, uow, material.version)
    return MaterialPagesOut.of(material)


@router.post("/materials/{material_id}/page-orders", status_code=201, responses=refusals(*CHANGES))
async def create_page_order(
    material_id: MaterialId,
    body: PageOrderIn,
    caller: Annotated[Caller, requires("page:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> MaterialPagesOut:
    """Put the pages of a material in another order."""
    material = await order_pages(OrderPages(material_id, if_match, body.page_ids), uow=uow)
    created(response, uow, material.version)
    return MaterialPagesOut.of(material)


@router.get("/pages/{page_id}", response_model=PageOut, responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def get_page(
    page_id: PageId,
    caller: Annotated[Caller, requires("material:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    request: Request,
    response: Response,
) -> Any:
    """What is known of one page; nothing of what it says."""
    card = await _card(page_id, caller, roots, deps)
    tagged(response, card["version"])
    if not_modified(request, card["version"]):
        return Response(status_code=304, headers=dict(response.headers))
    return card


@router.post(
    "/pages/{page_id}/replacements",
    status_code=201,
    response_model=PageOut,
    responses=refusals(*CHANGES, problems.DEPENDENCY_DOWN),
)
async def create_replacement(
    page_id: PageId,
    body: ReplacementIn,
    caller: Annotated[Caller, requires("page:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    roots: CurrentRoots,
    deps: CurrentDeps,
    response: Response,
) -> Any:
    """Show another scan of the same page. The id stays, also in running grants; the older scan is kept."""
    command = ReplacePage(page_id, if_match, body.blob_ticket, body.reason)
    page = await replace_page(command, uow=uow, tickets=deps.tickets, blobs=deps.blobs)
    created(response, uow, page.version)
    return await _card(page_id, caller, roots, deps)


@router.get(
    "/pages/{page_id}/versions",
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_page_versions(
    page_id: PageId,
    caller: Annotated[Caller, requires("material:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
) -> ScanList:
    """All scans of a page, the one that is shown first; each can be looked at by its number."""
    page, former = await list_scans(
        page_id, before=paging.after[0] if paging.after else None, limit=paging.size + 1, uow=uow
    )
    shown = [] if paging.after else [_scan(page.scan_no, page.scan)]
    scans = [*shown, *(_scan(one.scan_no, one.scan, one) for one in former)]
    tagged(response, page.version)
    return ScanList.model_validate(paging.answer(response, scans, lambda scan: [scan.scan_no]))


def _scan(scan_no: int, scan: Any, former: FormerScan | None = None) -> ScanOut:
    source = None
    if scan.source_digest is not None:
        source = SourceOut(digest=scan.source_digest, page_no=scan.source_page_no)
    return ScanOut(
        scan_no=scan_no,
        state="replaced" if former else "shown",
        source=source,
        reason=former.reason if former else None,
        replaced_by=former.replaced_by if former else None,
        replaced_at=former.replaced_at if former else None,
        **scan.model_dump(include={"digest", "media_type", "bytes", "width", "height"}),
    )


@router.get(
    "/pages/{page_id}/image",
    response_class=Response,
    responses={
        200: {"description": "The page", "content": {"image/jpeg": {}, "image/png": {}}},
        **refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.DEPENDENCY_DOWN),
    },
)
async def get_page_image(
    page_id: PageId,
    caller: Annotated[Caller, requires("page:view")],
    uow: Uow,
    deps: CurrentDeps,
    version: Annotated[ImageVersion, Query(description="`enhanced`: the one made last and not rejected")] = "original",
    scan_no: Annotated[
        int | None, Query(ge=1, le=10_000, description="An older scan; the present one if not given")
    ] = None,
) -> Response:
    """The image as it was scanned, or enhanced. A view: it stands in the journal before the first byte leaves."""
    image, content = await view_page(page_id, uow=uow, blobs=deps.blobs, version=version, scan_no=scan_no)
    headers = {"Cache-Control": PRIVATE, "Content-Length": str(image.bytes), "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(content, media_type=image.media_type, headers=headers)


async def _card(page_id: str, caller: Caller, roots: Any, deps: Deps) -> dict[str, Any]:
    async with deps.db.reading(caller, roots) as connection:
        return await page_cards.get(connection, page_id)
