"""Page counts (页数): which sides of a material count, and how many pages that makes."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, CurrentDeps, IfMatch, RequestModel, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import MaterialId, PageId
from services.catalog.api.answers import created
from services.catalog.api.desk_shapes import StandingOut
from services.catalog.domain.scheme import Side
from services.catalog.usecases.count_pages import CountPages, count_pages

router = APIRouter(tags=["pages"])


class SideIn(RequestModel):
    """What the side on this image is."""

    page_id: PageId
    side: Side = Field(
        description="`cover` and `back_cover` count unless the scheme leaves them out; `blank` sheets and `liner` "
        "(托裱衬纸) never count"
    )


class PageCountIn(RequestModel):
    """Sides that are to be marked; all others keep their mark, and a page without one is a printed side."""

    sides: list[SideIn] = Field(default=[], max_length=2000)


@router.post(
    "/materials/{material_id}/page-counts",
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
async def create_page_count(
    material_id: MaterialId,
    body: PageCountIn,
    caller: Annotated[Caller, requires("material:file", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> StandingOut:
    """Count a filed material's pages by the rule of its scheme, from its images, and write the number into its row."""
    command = CountPages(material_id, if_match, [(one.page_id, one.side) for one in body.sides])
    counted = await count_pages(command, uow=uow, rules=deps.rules)
    created(response, uow, counted.version)
    return StandingOut.of(counted)
