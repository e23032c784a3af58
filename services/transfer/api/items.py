"""Items of submissions, and the pages bound to them."""

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, StringConstraints

from chassis.deps import Deps
from chassis.identity import Caller
from chassis.web import PRIVATE, CurrentDeps, IfMatch, RequestModel, Uow, etag, not_modified, refusals, requires
from contracts import problems
from contracts.values.ids import ItemId, SubmissionId
from contracts.values.partial_date import PartialDate
from services.transfer.api.item_shapes import ItemOut
from services.transfer.api.shapes import Title, tag
from services.transfer.api.submissions import IDEMPOTENT, VERSIONED
from services.transfer.domain.item import Item
from services.transfer.store import items, pages
from services.transfer.usecases.add_item import AddItem, add_item
from services.transfer.usecases.bind_pages import BindPages, bind_pages
from services.transfer.usecases.change_item import ChangeItem, change_item
from services.transfer.usecases.remove_item import RemoveItem, remove_item

router = APIRouter(tags=["submission-items"])

PageCount = Annotated[int, Field(strict=True, ge=1, le=9999)]
Ticket = Annotated[str, StringConstraints(min_length=1, max_length=4000)]


class ItemIn(RequestModel):
    """A material as its department describes it."""

    title: Title
    formed_on: PartialDate | None = Field(default=None, description="As far as it can be read; null without a date")
    declared_page_count: PageCount = Field(description="Pages that the department counted")


class ItemChange(RequestModel):
    """Members to change (merge patch); `formed_on` null removes the date."""

    title: Title = ""
    formed_on: PartialDate | None = None
    declared_page_count: PageCount = 1


class PagesIn(RequestModel):
    """Tickets of uploads, in the order of the pages."""

    blob_tickets: Annotated[list[Ticket], Field(min_length=1, max_length=1000)]


class PagesOut(BaseModel):
    """The item after its pages came: how many it has now."""

    item_id: str
    page_count: int
    version: int


@router.post(
    "/submissions/{submission_id}/items",
    status_code=201,
    responses=refusals(
        *IDEMPOTENT,
        problems.NOT_FOUND,
        problems.VALIDATION_FAILED,
        problems.DATE_IMPOSSIBLE,
        problems.STATE_CONFLICT,
    ),
)
async def create_item(
    submission_id: SubmissionId,
    body: ItemIn,
    caller: Annotated[Caller, requires("submission:create", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> ItemOut:
    """Add a material to a draft."""
    command = AddItem(submission_id, body.title, body.formed_on, body.declared_page_count)
    item = await add_item(command, uow=uow, max_items=deps.rules.limits.submission.max_items)
    response.headers["Location"] = f"/v1/submission-items/{item.item_id}"
    return await _shown(item, uow, deps, response)


@router.get("/submission-items/{item_id}", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def get_item(
    item_id: ItemId,
    caller: Annotated[Caller, requires("submission:read")],
    uow: Uow,
    request: Request,
    response: Response,
) -> Any:
    """One item with its pages and its state, as heard."""
    async with uow:
        item = await items.get(uow, item_id)
        found = await pages.list_of_item(uow, item_id)
    tag(response, uow, item.version)
    if not_modified(request, item.version):
        return Response(status_code=304, headers={"ETag": etag(item.version), "Cache-Control": PRIVATE})
    return ItemOut.with_pages(item, found)


@router.patch(
    "/submission-items/{item_id}",
    responses=refusals(*VERSIONED, problems.VALIDATION_FAILED, problems.DATE_IMPOSSIBLE, problems.STATE_CONFLICT),
)
async def update_item(
    item_id: ItemId,
    body: ItemChange,
    caller: Annotated[Caller, requires("submission:create")],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> ItemOut:
    """Change what a draft says of a material."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    item = await change_item(ChangeItem(item_id, if_match, changes), uow=uow)
    return await _shown(item, uow, deps, response)


@router.delete("/submission-items/{item_id}", status_code=204, responses=refusals(*VERSIONED, problems.STATE_CONFLICT))
async def delete_item(
    item_id: ItemId,
    caller: Annotated[Caller, requires("submission:create")],
    if_match: IfMatch,
    uow: Uow,
) -> None:
    """Take a material out of a draft, with its pages."""
    await remove_item(RemoveItem(item_id, if_match), uow=uow)


@router.post(
    "/submission-items/{item_id}/pages",
    status_code=201,
    responses=refusals(*IDEMPOTENT, problems.NOT_FOUND, problems.VALIDATION_FAILED, problems.STATE_CONFLICT),
)
async def create_pages(
    item_id: ItemId,
    body: PagesIn,
    caller: Annotated[Caller, requires("submission:create", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> PagesOut:
    """Bind uploaded page files to a draft item, behind those that it has; all of them, or none."""
    command = BindPages(item_id, body.blob_tickets)
    grown = await bind_pages(command, uow=uow, tickets=deps.tickets, limits=deps.rules.limits.submission)
    response.headers["Location"] = f"/v1/submission-items/{item_id}"
    tag(response, uow, grown.version)
    return PagesOut(item_id=item_id, page_count=grown.page_count, version=grown.version)


async def _shown(item: Item, uow: Uow, deps: Deps, response: Response) -> ItemOut:
    """The item with its pages, read after the change has committed."""
    tag(response, uow, item.version)
    if not item.page_count:
        return ItemOut.with_pages(item, ())
    async with deps.unit_of_work(uow.caller, uow.caller.roots("submission:create")) as after:
        return ItemOut.with_pages(item, await pages.list_of_item(after, item.item_id))
