"""The archivist's desk: filed materials get another category, position or row, are cut and joined, and it is undone."""

from typing import Annotated

from fastapi import APIRouter, Response

from chassis.deps import Deps
from chassis.identity import Caller, Roots
from chassis.unit_of_work import UnitOfWork
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, CurrentRoots, IfMatch, Pages, Uow, refusals, requires
from contracts import problems
from contracts.values.ids import DossierId, MaterialId
from services.catalog.api.answers import created, tagged
from services.catalog.api.desk_shapes import (
    ChangeList,
    ChangeMadeOut,
    ChangeOut,
    MaterialPatch,
    MergeIn,
    OrderingIn,
    RefilingIn,
    SplitIn,
    StandingOut,
    UndoIn,
)
from services.catalog.store import dossiers, material_changes, standings
from services.catalog.usecases.edit_material import EditMaterial, edit_material
from services.catalog.usecases.merge_materials import MergeMaterials, merge_materials
from services.catalog.usecases.order_category import OrderCategory, order_category
from services.catalog.usecases.refile_material import RefileMaterial, refile_material
from services.catalog.usecases.split_material import SplitMaterial, split_material
from services.catalog.usecases.undo_change import UndoChange, undo_change
from services.catalog.usecases.view_changes import view_changes

router = APIRouter(tags=["desk"])

_EDIT = (
    problems.VALIDATION_FAILED,
    problems.ROLE_MISSING,
    problems.RECUSAL,
    problems.NOT_FOUND,
    problems.STATE_CONFLICT,
    problems.VERSION_STALE,
    problems.PRECONDITION_REQUIRED,
)
_ACT = refusals(*_EDIT, *IDEMPOTENCY)

# Every act asks for the permission before all else.
Acting = Annotated[Caller, requires("material:file", idempotent=True)]


@router.patch("/materials/{material_id}", responses=refusals(*_EDIT))
async def update_material(
    material_id: MaterialId,
    body: MaterialPatch,
    caller: Annotated[Caller, requires("material:file")],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
) -> StandingOut:
    """Correct the row of a filed material; what follows from it (its number, and those of others) changes too."""
    standing = await edit_material(EditMaterial(material_id, if_match, body.changes()), uow=uow, rules=deps.rules)
    tagged(response, standing.version)
    return StandingOut.of(standing)


@router.post("/materials/{material_id}/refilings", status_code=201, responses=_ACT)
async def refile(
    material_id: MaterialId,
    body: RefilingIn,
    caller: Acting,
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> ChangeMadeOut:
    """Move a filed material to another category; both are numbered anew."""
    command = RefileMaterial(material_id, if_match, body.reason, body.category, body.title, frozenset(body.facts))
    change_id = await refile_material(command, uow=uow, rules=deps.rules)
    return await _made(change_id, deps, caller, roots, uow, response)


@router.post("/dossiers/{dossier_id}/orderings", status_code=201, responses=_ACT)
async def order_materials(
    dossier_id: DossierId,
    body: OrderingIn,
    caller: Acting,
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> ChangeMadeOut:
    """Put a category in an order of your own. What does not stand so by the rules is pinned, with the reason.

    If-Match names the dossier's version, which the catalogue's ETag is too.
    """
    command = OrderCategory(dossier_id, if_match, body.category, body.material_ids, body.reason)
    change_id = await order_category(command, uow=uow, rules=deps.rules)
    return await _made(change_id, deps, caller, roots, uow, response)


@router.post("/materials/{material_id}/splits", status_code=201, responses=_ACT)
async def split(
    material_id: MaterialId,
    body: SplitIn,
    caller: Acting,
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> ChangeMadeOut:
    """Cut a material into parts; each page goes to one of them."""
    command = SplitMaterial(material_id, if_match, [part.part() for part in body.parts], body.reason)
    change_id = await split_material(command, uow=uow, rules=deps.rules)
    return await _made(change_id, deps, caller, roots, uow, response)


@router.post(
    "/materials/{material_id}/merges",
    status_code=201,
    responses=refusals(*_EDIT, *IDEMPOTENCY, problems.DEPENDENCY_DOWN),
)
async def merge(
    material_id: MaterialId,
    body: MergeIn,
    caller: Acting,
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> ChangeMadeOut:
    """Join materials: their pages come behind this one's, and they leave the catalogue."""
    command = MergeMaterials(material_id, if_match, body.material_ids, body.joined, body.reason)
    change_id = await merge_materials(command, uow=uow, rules=deps.rules, blobs=deps.blobs)
    return await _made(change_id, deps, caller, roots, uow, response)


@router.post("/dossiers/{dossier_id}/undoings", status_code=201, responses=_ACT)
async def undo(
    dossier_id: DossierId,
    body: UndoIn,
    caller: Acting,
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> ChangeMadeOut:
    """Take a change back, as long as its materials were not changed since. An undo can be undone in turn."""
    command = UndoChange(dossier_id, if_match, body.change_id)
    change_id = await undo_change(command, uow=uow, rules=deps.rules)
    return await _made(change_id, deps, caller, roots, uow, response)


@router.get(
    "/dossiers/{dossier_id}/material-changes",
    responses=refusals(problems.ROLE_MISSING, problems.RECUSAL, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_material_changes(
    dossier_id: DossierId,
    caller: Annotated[Caller, requires("material:file")],
    paging: Pages,
    uow: Uow,
    response: Response,
) -> ChangeList:
    """What was done at the desk in this dossier. A view of it."""
    before = paging.after[0] if paging.after else None
    found = await view_changes(dossier_id, before, paging.size + 1, uow=uow)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, [ChangeOut.of(change) for change in found], lambda change: [change.id])
    return ChangeList.model_validate(page)


async def _made(
    change_id: str, deps: Deps, caller: Caller, roots: Roots, uow: UnitOfWork, response: Response
) -> ChangeMadeOut:
    """The change with its materials as they are after the commit."""
    async with deps.db.reading(caller, roots) as connection:
        change = await material_changes.get(connection, change_id)
        found = await standings.read(connection, change.dossier_id, change.before)
        card = await dossiers.get_card(connection, change.dossier_id)
    created(response, uow)
    return ChangeMadeOut.made(change, list(found.values()), card["version"])
