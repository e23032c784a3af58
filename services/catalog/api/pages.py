"""Page images for those who work on them; everyone else sees pages through a grant only."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from chassis.identity import Caller
from chassis.web import CurrentDeps, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import PageId
from services.catalog.api.answers import PRIVATE
from services.catalog.usecases.view_page import view_page

router = APIRouter(tags=["pages"])


@router.get(
    "/pages/{page_id}/image",
    response_class=Response,
    responses={
        200: {"description": "The page", "content": {"image/jpeg": {}, "image/png": {}}},
        **refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.DEPENDENCY_DOWN),
    },
)
async def get_page_image(
    page_id: PageId, caller: Annotated[Caller, requires("page:view")], uow: Uow, deps: CurrentDeps
) -> Response:
    """The original image. A view: it stands in the journal before the first byte leaves."""
    page, content = await view_page(page_id, uow=uow, blobs=deps.blobs)
    headers = {"Cache-Control": PRIVATE, "Content-Length": str(page.bytes), "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(content, media_type=page.media_type, headers=headers)
