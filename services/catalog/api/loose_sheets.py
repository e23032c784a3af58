"""Loose sheets (散材料): what is filed and not bound yet."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.unit_of_work import SHANGHAI
from chassis.web import PRIVATE, CurrentDeps, Pages, Uow, refusals, requires
from contracts import problems
from services.catalog.api.reprints import InUnit
from services.catalog.rules.shelf_file import ShelfRules
from services.catalog.store.loose_sheets import LooseSheet
from services.catalog.usecases.list_loose_sheets import list_loose_sheets

router = APIRouter(tags=["volumes"])


class LooseSheetOut(BaseModel):
    """A filed material that lies loose."""

    material_id: str
    unit_id: str
    dossier_id: str
    dossier_no: str
    name: str
    title: str
    material_code: str = Field(examples=["4-1-2"])
    page_count: int
    loose_since: datetime
    age_days: int
    folder_due_on: date = Field(description="When it has to lie in its folder")
    bound_due_on: date = Field(description="When it has to be bound")
    overdue: bool
    volume_id: str | None = Field(description="The volume in which it belongs; null before the dossier is divided")

    @classmethod
    def of(cls, sheet: LooseSheet, today: date, rules: ShelfRules) -> "LooseSheetOut":
        since = sheet.since.astimezone(SHANGHAI).date()
        due = since + rules.bound_within
        return cls(
            material_id=sheet.material_id,
            unit_id=sheet.unit_id,
            dossier_id=sheet.dossier_id,
            dossier_no=sheet.dossier_no,
            name=sheet.name,
            title=sheet.title,
            material_code=sheet.material_code,
            page_count=sheet.page_count,
            loose_since=sheet.since,
            age_days=(today - since).days,
            folder_due_on=since + rules.folder_within,
            bound_due_on=due,
            overdue=today > due,
            volume_id=sheet.volume_id,
        )


class LooseSheetList(BaseModel):
    """One page of loose sheets, the oldest first."""

    items: list[LooseSheetOut]
    next_page_token: str | None


@router.get("/loose-sheets", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_all_loose_sheets(
    caller: Annotated[Caller, requires("volume:read")],
    uow: Uow,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    unit_id: InUnit = None,
    overdue: Annotated[bool, Query(description="Only those whose binding is overdue")] = False,
) -> LooseSheetList:
    """What lies loose in your units, the oldest first, with its age and when its binding is due. A view of titles."""
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    rules: ShelfRules = deps.rules.shelf
    found = await list_loose_sheets(
        unit_id, after, paging.size + 1, overdue_after=rules.bound_within if overdue else None, uow=uow
    )
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, found, lambda sheet: [sheet.since.isoformat(), sheet.material_id])
    items = [LooseSheetOut.of(sheet, uow.today, rules) for sheet in page["items"]]
    return LooseSheetList(items=items, next_page_token=page["next_page_token"])
