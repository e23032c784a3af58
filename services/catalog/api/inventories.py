"""Inventories (检查核对): start, scan, confirm by two, settle, close; and the register."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from chassis.deps import Deps
from chassis.identity import Caller, Roots
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, CurrentRoots, IfMatch, Pages, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import InventoryId, UnitId
from services.catalog.api.answers import created, tagged
from services.catalog.api.inventory_shapes import (
    InventoryIn,
    InventoryList,
    InventoryOut,
    LineList,
    LineOut,
    ScansIn,
    ScansOut,
    SettlementsIn,
)
from services.catalog.domain.inventory import Result
from services.catalog.store import inventories, inventory_lines
from services.catalog.usecases.finish_inventory import close_inventory, confirm_inventory, settle_differences
from services.catalog.usecases.scan_volumes import scan_volumes
from services.catalog.usecases.start_inventory import start_inventory

router = APIRouter(tags=["volumes"])

_COMMON = (problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.NOT_FOUND)
_STEPS = refusals(
    *_COMMON,
    problems.SAME_PERSON_TWICE,
    problems.STATE_CONFLICT,
    problems.VERSION_STALE,
    problems.PRECONDITION_REQUIRED,
    *IDEMPOTENCY,
)


async def _shown(inventory_id: str, caller: Caller, roots: Roots, deps: Deps) -> InventoryOut:
    async with deps.db.reading(caller, roots) as connection:
        return InventoryOut.of(await inventories.get(connection, inventory_id))


@router.post("/inventories", status_code=201, responses=refusals(*_COMMON, *IDEMPOTENCY))
async def create_inventory(
    body: InventoryIn,
    caller: Annotated[Caller, requires("inventory:write", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> InventoryOut:
    """Start an inventory of a unit or of layers of a cabinet. What is expected is written down now."""
    inventory_id = await start_inventory(body.unit_id, body.shelf(), body.note, uow=uow)
    shown = await _shown(inventory_id, caller, roots, deps)
    created(response, uow, shown.version)
    return shown


@router.get("/inventories", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_inventories(
    caller: Annotated[Caller, requires("inventory:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    unit_id: Annotated[UnitId | None, Query(description="This unit only")] = None,
    year: Annotated[int | None, Query(ge=1949, le=9999)] = None,
) -> InventoryList:
    """The register of inventories of your units, the latest first."""
    after = paging.after[0] if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        rows = await inventories.list_register(connection, unit_id, year, after, paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, rows, lambda row: [row.inventory.inventory_id])
    items = [InventoryOut.of(row) for row in page["items"]]
    return InventoryList(items=items, next_page_token=page["next_page_token"])


@router.get("/inventories/{inventory_id}", responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND))
async def get_inventory(
    inventory_id: InventoryId,
    caller: Annotated[Caller, requires("inventory:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    response: Response,
) -> InventoryOut:
    """One inventory with its counts. These change with every scan, so the answer is always whole."""
    shown = await _shown(inventory_id, caller, roots, deps)
    tagged(response, shown.version)
    return shown


@router.get(
    "/inventories/{inventory_id}/lines",
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_inventory_lines(
    inventory_id: InventoryId,
    caller: Annotated[Caller, requires("inventory:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    result: Annotated[list[Result] | None, Query(max_length=4, description="Repeat for OR")] = None,
) -> LineList:
    """The volumes of an inventory: found, missing, misplaced, unknown."""
    after = paging.after[0] if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        await inventories.get(connection, inventory_id)
        lines = await inventory_lines.list_of(connection, inventory_id, result, after, paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, lines, lambda line: [line.code])
    return LineList(items=[LineOut.of(line) for line in page["items"]], next_page_token=page["next_page_token"])


@router.post(
    "/inventories/{inventory_id}/scans",
    status_code=201,
    responses=refusals(*_COMMON, problems.STATE_CONFLICT, *IDEMPOTENCY),
)
async def create_inventory_scans(
    inventory_id: InventoryId,
    body: ScansIn,
    caller: Annotated[Caller, requires("inventory:write", idempotent=True)],
    uow: Uow,
    response: Response,
) -> ScansOut:
    """Take scans in, one by one or in lots; several people may scan at once. A misread number refuses its lot.

    Once the counting is over, a scan ends a difference: the volume was found, or stands where it is to stand.
    """
    lines = await scan_volumes(inventory_id, [one.scanned() for one in body.scans], uow=uow)
    created(response, uow)
    return ScansOut(items=[LineOut.of(line) for line in lines])


@router.post("/inventories/{inventory_id}/confirmations", status_code=201, responses=_STEPS)
async def create_inventory_confirmation(
    inventory_id: InventoryId,
    caller: Annotated[Caller, requires("inventory:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> InventoryOut:
    """Stand for the count. The first confirmation ends the scanning, and each difference becomes a task
    (`inventory.settle`); the second must be another person's."""
    await confirm_inventory(inventory_id, if_match, uow=uow, rules=deps.rules.shelf)
    shown = await _shown(inventory_id, caller, roots, deps)
    created(response, uow, shown.version)
    return shown


@router.post("/inventories/{inventory_id}/settlements", status_code=201, responses=_STEPS)
async def create_inventory_settlements(
    inventory_id: InventoryId,
    body: SettlementsIn,
    caller: Annotated[Caller, requires("inventory:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> InventoryOut:
    """Say how differences ended; a later word on the same one replaces the earlier."""
    await settle_differences(inventory_id, if_match, [one.settlement() for one in body.settlements], uow=uow)
    shown = await _shown(inventory_id, caller, roots, deps)
    created(response, uow, shown.version)
    return shown


@router.post("/inventories/{inventory_id}/closings", status_code=201, responses=_STEPS)
async def create_inventory_closing(
    inventory_id: InventoryId,
    caller: Annotated[Caller, requires("inventory:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> InventoryOut:
    """Close it for good, once two have confirmed and each difference is settled or noted."""
    await close_inventory(inventory_id, if_match, uow=uow)
    shown = await _shown(inventory_id, caller, roots, deps)
    created(response, uow, shown.version)
    return shown
