"""Counts by unit of what waits at the shelves."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import PRIVATE, CurrentDeps, CurrentRoots, Pages, refusals, requires
from contracts import problems
from services.catalog.api.reprints import InUnit
from services.catalog.store import shelf_counts

router = APIRouter(tags=["volumes"])


class ShelfCountOut(BaseModel):
    """What waits in one unit."""

    unit_id: str
    reprints: int = Field(description="Catalogues to print anew")
    reprints_since: datetime | None
    loose_sheets: int
    loose_since: datetime | None
    overdue: int = Field(description="Loose sheets whose binding is overdue")
    needs_edge: int = Field(description="Pages and materials that want an edge")
    conditions: int = Field(description="Damaged materials that nobody has seen to")
    second_persons: int = Field(description="Trims that wait for a second person's word")


class ShelfCountList(BaseModel):
    """One page of counts, in order of the units' ids."""

    items: list[ShelfCountOut]
    next_page_token: str | None


@router.get("/shelf-counts", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_shelf_counts(
    caller: Annotated[Caller, requires("shelf:read")],
    deps: CurrentDeps,
    roots: CurrentRoots,
    paging: Pages,
    response: Response,
    unit_id: InUnit = None,
) -> ShelfCountList:
    """How much waits to be printed, bound, repaired or confirmed, unit by unit."""
    after = paging.after[0] if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        rows = await shelf_counts.list_counts(
            connection, unit_id, deps.rules.shelf.bound_within, after, paging.size + 1
        )
    response.headers["Cache-Control"] = PRIVATE
    return ShelfCountList.model_validate(paging.answer(response, rows, lambda row: [row["unit_id"]]))
