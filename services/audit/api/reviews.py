"""First reviews: what was given to you, your sheet, the pages that you look at, and handing in."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from chassis.identity import Caller
from chassis.web import (
    IDEMPOTENCY,
    PRIVATE,
    CurrentDeps,
    IfMatch,
    Pages,
    RequestModel,
    Uow,
    etag,
    not_modified,
    refusals,
    requires,
)
from contracts import problems
from contracts.values.ids import PageId, ReviewId
from services.audit.api.images import send_picture
from services.audit.api.review_shapes import (
    ReviewedMaterial,
    ReviewedMaterialList,
    ReviewList,
    ReviewOut,
    ReviewState,
    ReviewSummary,
)
from services.audit.domain.review import Sheet
from services.audit.store import reviews
from services.audit.store.review_pages import place_of
from services.audit.store.tables import Review
from services.audit.usecases.save_review_sheet import SaveReviewSheet, save_review_sheet
from services.audit.usecases.submit_review import SubmitReview, submit_review
from services.audit.usecases.view_review import view_review
from services.audit.usecases.view_reviewed_dossier import view_reviewed_materials, view_reviewed_page

router = APIRouter(tags=["reviews"])

ValidateOnly = Annotated[bool, Query(description="Every check and the same answer, and nothing stays")]


class SheetIn(RequestModel, Sheet):
    """The whole sheet. A draft may lack facts; handed in, it has a word on each of 三龄二历一身份."""


class SubmissionIn(RequestModel):
    """Handing in. What counts is the sheet as it is kept."""

    not_related: bool | None = Field(
        default=None,
        description="Your declaration to be neither the subject nor a relative; needed where kin are not known",
    )


@router.get("/reviews", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_reviews(
    caller: Annotated[Caller, requires("review:read")],
    uow: Uow,
    paging: Pages,
    response: Response,
    state: Annotated[list[ReviewState] | None, Query(description="Repeat for OR; default: open")] = None,
) -> ReviewList:
    """Your own first reviews. Nobody's list shows another's, nor how many there are."""
    after = paging.after[0] if paging.after else None
    async with uow:
        rows = await reviews.page_of_own(uow, after=after, limit=paging.size + 1, states=state or ["open"])
    response.headers["Cache-Control"] = PRIVATE
    items = [ReviewSummary(**ReviewSummary.members(review, dossier)) for review, dossier in rows]
    return ReviewList.model_validate(paging.answer(response, items, lambda item: [item.id]))


@router.get(
    "/reviews/{review_id}",
    response_model=ReviewOut,
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND),
)
async def get_review(
    review_id: ReviewId,
    caller: Annotated[Caller, requires("review:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> ReviewOut | Response:
    """Your own review; for whoever compares, any that is opened. Another's is not there (404) until then."""
    shown = await view_review(review_id, whole="comparison:read" in caller.permissions, uow=uow)
    headers = {"ETag": etag(shown.review.version), "Cache-Control": PRIVATE}
    if not_modified(request, shown.review.version):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return ReviewOut.of(shown)


@router.put(
    "/reviews/{review_id}/sheet",
    responses=refusals(
        problems.VALIDATION_FAILED,
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        problems.VERSION_STALE,
        problems.PRECONDITION_REQUIRED,
    ),
)
async def put_review_sheet(
    review_id: ReviewId,
    body: SheetIn,
    caller: Annotated[Caller, requires("review:write")],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
    validate_only: ValidateOnly = False,
) -> ReviewOut:
    """Save the draft, in place of the one before."""
    sheet = Sheet.model_validate(body.model_dump())
    saved = await save_review_sheet(SaveReviewSheet(review_id, if_match, sheet, validate_only), uow=uow)
    return await _answer(review_id, uow, response, would_be=saved if validate_only else None)


@router.post(
    "/reviews/{review_id}/submissions",
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
async def create_review_submission(
    review_id: ReviewId,
    body: SubmissionIn,
    caller: Annotated[Caller, requires("review:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    response: Response,
    validate_only: ValidateOnly = False,
) -> ReviewOut:
    """Hand your sheet in, for good. The answer has the journal's commitment to it; once both are in, the salt too.

    A rehearsal (`validate_only`) answers as for the first of the pair, whichever you are.
    """
    command = SubmitReview(review_id, if_match, body.not_related, validate_only)
    submitted = await submit_review(command, uow=uow)
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return await _answer(review_id, uow, response, would_be=submitted if validate_only else None)


async def _answer(review_id: str, uow: Uow, response: Response, *, would_be: Review | None) -> ReviewOut:
    """The review as it is kept, with what the commit has written into the journal; or as it would be."""
    shown = await view_review(review_id, whole=False, uow=uow)
    if would_be is not None:
        shown = replace(shown, review=would_be)
    response.headers.update({"ETag": etag(shown.review.version), "Cache-Control": PRIVATE})
    return ReviewOut.of(shown)


@router.get(
    "/reviews/{review_id}/materials",
    responses=refusals(
        problems.ROLE_MISSING,
        problems.RECUSAL,
        problems.NOT_FOUND,
        problems.STATE_CONFLICT,
        problems.PAGE_TOKEN_INVALID,
    ),
)
async def list_reviewed_materials(
    review_id: ReviewId,
    caller: Annotated[Caller, requires("review:write")],
    uow: Uow,
    paging: Pages,
    response: Response,
) -> ReviewedMaterialList:
    """The dossier's materials in the order of its catalogue, while your review is open. A view: in the journal."""
    after = (list(paging.after[0]), int(paging.after[1]), str(paging.after[2])) if paging.after else None
    rows = await view_reviewed_materials(review_id, after=after, limit=paging.size + 1, uow=uow)
    response.headers["Cache-Control"] = PRIVATE
    answered = paging.answer(response, rows, place_of)
    items = [ReviewedMaterial.of(row) for row in answered["items"]]
    return ReviewedMaterialList(items=items, next_page_token=answered["next_page_token"])


@router.get(
    "/reviews/{review_id}/images/{page_id}",
    response_class=Response,
    responses={
        200: {"description": "The page", "content": {"image/jpeg": {}, "image/png": {}}},
        **refusals(
            problems.ROLE_MISSING,
            problems.RECUSAL,
            problems.NOT_FOUND,
            problems.STATE_CONFLICT,
            problems.DEPENDENCY_DOWN,
        ),
    },
)
async def get_review_image(
    review_id: ReviewId,
    page_id: PageId,
    caller: Annotated[Caller, requires("review:write")],
    uow: Uow,
    deps: CurrentDeps,
) -> Response:
    """A page of the dossier, while your review is open. A view: it stands in the journal before the first byte."""
    shown = await view_reviewed_page(review_id, page_id, uow=uow)
    page = shown.page
    return await send_picture(deps.blobs, shown.blob_unit_id, page.digest, page.media_type, page.bytes)
