"""The register of use (利用干部档案登记簿)."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from chassis.identity import Caller
from chassis.web import PRIVATE, CurrentRoots, Pages, Uow, refusals, requires
from contracts import problems
from services.access.api.shapes import Instant
from services.access.store import usage
from services.access.store.usage import UsageEntry

router = APIRouter(tags=["usage"])


class UsageEntryOut(BaseModel):
    """One line: who saw which page of whose dossier, through which grant and for what, at the first view."""

    viewed_at: Instant
    unit_id: str
    subject_unit_id: str
    request_no: str
    view_request_id: str
    grant_id: str
    viewer_account_id: str
    viewer_name: str
    dossier_id: str
    person_id: str
    subject_name: str | None
    material_id: str
    category: str
    item_no: int
    page_id: str
    page_no: int
    purpose: str
    method: Literal["read"]

    @classmethod
    def of(cls, entry: UsageEntry) -> "UsageEntryOut":
        row = entry.row
        own = {
            "request_no": entry.request_no,
            "viewer_name": entry.viewer_name,
            "subject_name": entry.subject_name,
            "viewer_account_id": row.account_id,
            "view_request_id": row.request_id,
        }
        return cls.model_validate({**row.model_dump(), **own})


class UsageEntryList(BaseModel):
    """One page of the register, the newest line first."""

    items: list[UsageEntryOut]
    next_page_token: str | None


@router.get("/usage-entries", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_usage_entries(
    caller: Annotated[Caller, requires("usage:read")],
    roots: CurrentRoots,
    uow: Uow,
    paging: Pages,
    response: Response,
) -> UsageEntryList:
    """Who saw what: lines whose asking unit, or whose dossier's unit, is one of yours."""
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    async with uow:
        found = await usage.page_of(uow, roots, after=after, limit=paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, found, usage.sort_keys)
    return UsageEntryList(
        items=[UsageEntryOut.of(entry) for entry in page["items"]], next_page_token=page["next_page_token"]
    )
