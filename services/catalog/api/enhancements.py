"""Enhanced images (高清图像): made from the scan by recorded operations, turned down where they alter what it says."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import CurrentDeps, CurrentRoots, IfMatch, Pages, RequestModel, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import PageId
from contracts.values.page import PageMediaType
from services.catalog.api.answers import created, tagged
from services.catalog.api.pages import CHANGES
from services.catalog.api.texts import Remark
from services.catalog.domain.enhancement import Enhancement, RejectionReason
from services.catalog.store import enhancements, page_cards
from services.catalog.usecases.enhance_page import EnhancePage, RejectEnhancement, enhance_page, reject_enhancement

router = APIRouter(tags=["pages"])

_FIRST = 1 << 30


class EnhancementIn(RequestModel):
    """What to do; what is left out is done as the office has set it."""

    turn: Literal[0, 90, 180, 270] = Field(default=0, description="Degrees clockwise, for a page lying on its head")
    deskew: bool = True
    clean_border: bool = True
    crop: bool = True
    despeckle: Literal["off", "light"] | None = Field(default=None, description="Null: as the office has set it")

    def changes(self) -> dict[str, Any]:
        """What differs from the settings."""
        return {name: value for name, value in self.model_dump().items() if value is not None}


class OperationOut(BaseModel):
    """One operation: its name, its parameters, and what it found, e.g. the angle."""

    op: Literal["turn", "clean_border", "deskew", "crop", "despeckle"]
    params: dict[str, Any]
    found: dict[str, Any]


class EnhancementOut(BaseModel):
    """An enhanced image with how it was made. Its scan is the one numbered `scan_no`."""

    page_id: str
    enhancement_no: int
    state: Literal["made", "rejected"]
    scan_no: int
    digest: str
    media_type: PageMediaType
    bytes: int
    width: int
    height: int
    operations: list[OperationOut] = Field(description="In the order in which they were done")
    rules_digest: str = Field(description="Of the settings that were in force")
    made_by: str
    made_at: datetime
    rejection_reason: RejectionReason | None
    rejection_note: str | None
    rejected_by: str | None
    rejected_at: datetime | None

    @classmethod
    def of(cls, made: Enhancement) -> "EnhancementOut":
        names = ("page_id", "enhancement_no", "state", "scan_no", "digest", "bytes", "width", "height", "rules_digest")
        rejection = made.rejection
        return cls.model_validate(
            {
                **{name: getattr(made, name) for name in (*names, "media_type", "operations", "made_by", "made_at")},
                "rejection_reason": rejection.reason if rejection else None,
                "rejection_note": rejection.note if rejection else None,
                "rejected_by": rejection.by if rejection else None,
                "rejected_at": rejection.at if rejection else None,
            }
        )


class EnhancementList(BaseModel):
    """Enhanced images of a page, the latest first."""

    items: list[EnhancementOut]
    next_page_token: str | None


class RejectionIn(RequestModel):
    """Why an enhanced image is not used."""

    reason: RejectionReason
    note: Remark | None = None


@router.post(
    "/pages/{page_id}/enhancements",
    status_code=201,
    responses=refusals(*CHANGES, problems.FILE_DAMAGED, problems.DEPENDENCY_DOWN),
)
async def create_enhancement(
    page_id: PageId,
    body: EnhancementIn,
    caller: Annotated[Caller, requires("page:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> EnhancementOut:
    """Straighten, clean and crop the scan that is shown, into an image of its own. The scan stays as it is."""
    made, version = await enhance_page(EnhancePage(page_id, if_match, body.changes()), uow=uow, deps=deps)
    created(response, uow, version)
    return EnhancementOut.of(made)


@router.get(
    "/pages/{page_id}/enhancements",
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_enhancements(
    page_id: PageId,
    caller: Annotated[Caller, requires("material:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
) -> EnhancementList:
    """How the enhanced images of a page were made; nothing of what it says."""
    async with deps.db.reading(caller, roots) as connection:
        card = await page_cards.get(connection, page_id)
        before = paging.after[0] if paging.after else _FIRST
        made = await enhancements.list_of(connection, page_id, before, paging.size + 1)
    tagged(response, card["version"])
    shown = [EnhancementOut.of(one) for one in made]
    return EnhancementList.model_validate(paging.answer(response, shown, lambda one: [one.enhancement_no]))


@router.post("/pages/{page_id}/enhancements/{enhancement_no}/rejections", status_code=201, responses=refusals(*CHANGES))
async def create_enhancement_rejection(
    page_id: PageId,
    enhancement_no: Annotated[int, Path(ge=1, le=100_000)],
    body: RejectionIn,
    caller: Annotated[Caller, requires("page:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
) -> EnhancementOut:
    """Turn an image down. It is no longer shown; the page may be enhanced anew, e.g. without despeckling."""
    command = RejectEnhancement(page_id, enhancement_no, if_match, body.reason, body.note)
    rejected, version = await reject_enhancement(command, uow=uow)
    created(response, uow, version)
    return EnhancementOut.of(rejected)
