"""The queue of catalogues that no longer agree with their dossiers."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import PRIVATE, CurrentDeps, CurrentRoots, Pages, refusals, requires
from contracts import problems
from contracts.values.ids import UnitId
from services.catalog.store import catalogue_state

router = APIRouter(tags=["dossiers"])

InUnit = Annotated[UnitId | None, Query(description="This unit only; absent: all of your units")]


class ReprintOut(BaseModel):
    """A dossier whose catalogue is to be printed anew."""

    dossier_id: str
    unit_id: str
    dossier_no: str
    name: str
    stale_since: datetime = Field(description="The first change that no print shows")
    printed_at: datetime | None = Field(description="The last print; null when it was never printed")


class ReprintList(BaseModel):
    """One page of the queue, the longest waiting first."""

    items: list[ReprintOut]
    next_page_token: str | None


@router.get("/reprints", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_reprints(
    caller: Annotated[Caller, requires("dossier:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    unit_id: InUnit = None,
) -> ReprintList:
    """Catalogues to print anew; printing the present form takes a dossier out of the queue."""
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        rows = await catalogue_state.list_stale(connection, unit_id, after, paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, rows, lambda row: [row["stale_since"].isoformat(), row["dossier_id"]])
    return ReprintList.model_validate(page)
