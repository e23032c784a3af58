"""Volumes: the division of a dossier, the card of each volume, its place and its history."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from chassis.identity import Caller
from chassis.web import IDEMPOTENCY, PRIVATE, CurrentDeps, CurrentRoots, IfMatch, Pages, Uow, refusals, requires
from contracts import problems
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.ids import CabinetId, DossierId, UnitId, VolumeId
from services.catalog.api.answers import created, tagged
from services.catalog.api.volume_shapes import (
    BindingList,
    BindingsIn,
    DossierVolumes,
    PlacementIn,
    PlacementList,
    PlacementOut,
    ProposalOut,
    VolumeList,
    VolumeOut,
    VolumePatch,
    VolumesIn,
)
from services.catalog.store import loose_sheets, placements, volumes
from services.catalog.usecases.bind_materials import bind_materials
from services.catalog.usecases.change_volume import change_volume
from services.catalog.usecases.divide_dossier import DivideDossier, divide_dossier, starts_faults
from services.catalog.usecases.place_volume import PlaceVolume, place_volume
from services.catalog.usecases.propose_volumes import propose_volumes

router = APIRouter(tags=["volumes"])

_EDITS = refusals(
    problems.VALIDATION_FAILED,
    problems.ROLE_MISSING,
    problems.RECUSAL,
    problems.NOT_FOUND,
    problems.STATE_CONFLICT,
    problems.VERSION_STALE,
    problems.PRECONDITION_REQUIRED,
)
_DECISIONS = {**_EDITS, **refusals(problems.STATE_CONFLICT, *IDEMPOTENCY)}
_READS = refusals(problems.ROLE_MISSING, problems.NOT_FOUND)
_LISTS = refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID, problems.VALIDATION_FAILED)


@router.get("/dossiers/{dossier_id}/volume-proposal", responses={**_READS, **refusals(problems.VALIDATION_FAILED)})
async def get_dossier_volume_proposal(
    dossier_id: DossierId,
    caller: Annotated[Caller, requires("volume:read")],
    uow: Uow,
    deps: CurrentDeps,
    response: Response,
    starts: Annotated[
        list[Annotated[int, Query(ge=1, le=10)]] | None,
        Query(max_length=10, description="Measure this division instead: repeat for each volume's first category"),
    ] = None,
) -> ProposalOut:
    """How the paper would be divided: no category split, the order kept, with a warning for what is too thick."""
    if starts and (faults := starts_faults(starts)):
        raise ValidationFailed(errors=faults)
    found = await propose_volumes(dossier_id, tuple(starts) if starts else None, uow=uow, rules=deps.rules)
    response.headers["Cache-Control"] = PRIVATE
    return ProposalOut.of(dossier_id, found)


@router.post("/dossiers/{dossier_id}/volumes", status_code=201, responses=_DECISIONS)
async def create_dossier_volumes(
    dossier_id: DossierId,
    body: VolumesIn,
    caller: Annotated[Caller, requires("volume:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> DossierVolumes:
    """Divide the dossier, also anew: a volume that stays keeps its number, label and place. If-Match: the dossier's."""
    command = DivideDossier(dossier_id, if_match, body.kind, tuple(body.starts) if body.starts else None)
    await divide_dossier(command, uow=uow, rules=deps.rules)
    created(response, uow)
    async with deps.db.reading(caller, roots) as connection:
        found = await volumes.list_of_dossier(connection, dossier_id)
    return DossierVolumes(items=[VolumeOut.of(shown) for shown in found])


@router.get("/dossiers/{dossier_id}/volumes", responses=_READS)
async def list_dossier_volumes(
    dossier_id: DossierId,
    caller: Annotated[Caller, requires("volume:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    response: Response,
) -> DossierVolumes:
    """The volumes of one dossier, twenty at the most; none before it is divided."""
    async with deps.db.reading(caller, roots) as connection:
        found = await volumes.list_of_dossier(connection, dossier_id)
    response.headers["Cache-Control"] = PRIVATE
    return DossierVolumes(items=[VolumeOut.of(shown) for shown in found])


@router.get("/volumes", responses=_LISTS)
async def list_volumes(
    caller: Annotated[Caller, requires("volume:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    unit_id: Annotated[UnitId | None, Query(description="This unit only")] = None,
    code: Annotated[str | None, Query(pattern=r"^[0-9]{20}$", description="As scanned from a label")] = None,
    cabinet_id: Annotated[CabinetId | None, Query(description="What stands in this cabinet")] = None,
    layer: Annotated[int | None, Query(ge=1, le=99, description="With cabinet_id")] = None,
    slot: Annotated[int | None, Query(ge=1, le=999, description="With cabinet_id")] = None,
) -> VolumeList:
    """Volumes of your units; the one that was scanned; or what stands in a cabinet, layer or slot, in its order."""
    if sum(value is not None for value in (unit_id, code, cabinet_id)) > 1:
        raise ValidationFailed(errors=[FieldFault("/cabinet_id", "contradiction", {"other": "unit_id, code"})])
    if cabinet_id is None and (layer is not None or slot is not None):
        raise ValidationFailed(errors=[FieldFault("/cabinet_id", "required")])
    after, limit = paging.after, paging.size + 1
    async with deps.db.reading(caller, roots) as connection:
        if code is not None:
            found = await volumes.find_by_code(connection, code)
        elif cabinet_id is not None:
            last = (after[0], after[1], after[2]) if after else None
            found = await volumes.list_in_slots(connection, cabinet_id, layer, slot, last, limit)
        else:
            found = await volumes.list_of_units(connection, unit_id, after[-1] if after else None, limit)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, found, _shelf_order)
    return VolumeList(items=[VolumeOut.of(shown) for shown in page["items"]], next_page_token=page["next_page_token"])


def _shelf_order(shown: volumes.ShownVolume) -> list[Any]:
    spot = shown.volume.spot
    return [spot.layer if spot else 0, spot.slot if spot else 0, shown.volume.volume_id]


@router.get("/volumes/{volume_id}", response_model=VolumeOut, responses=_READS)
async def get_volume(
    volume_id: VolumeId,
    caller: Annotated[Caller, requires("volume:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    response: Response,
) -> VolumeOut:
    """One volume. What it holds changes with every filing, so the answer is always whole; its tag is its version."""
    async with deps.db.reading(caller, roots) as connection:
        shown = await volumes.get_shown(connection, volume_id)
    tagged(response, shown.volume.version)
    return VolumeOut.of(shown)


@router.patch("/volumes/{volume_id}", responses=_EDITS)
async def update_volume(
    volume_id: VolumeId,
    body: VolumePatch,
    caller: Annotated[Caller, requires("volume:write")],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> VolumeOut:
    """Note the measured thickness or a remark."""
    await change_volume(volume_id, if_match, body.changes(), uow=uow)
    async with deps.db.reading(caller, roots) as connection:
        shown = await volumes.get_shown(connection, volume_id)
    tagged(response, shown.volume.version)
    return VolumeOut.of(shown)


@router.post("/volumes/{volume_id}/placements", status_code=201, responses=_DECISIONS)
async def create_volume_placement(
    volume_id: VolumeId,
    body: PlacementIn,
    caller: Annotated[Caller, requires("volume:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> VolumeOut:
    """Put the volume into a slot, move it, or take it off the shelf; the place before is kept."""
    await place_volume(PlaceVolume(volume_id, if_match, body.spot(), body.reason), uow=uow)
    async with deps.db.reading(caller, roots) as connection:
        shown = await volumes.get_shown(connection, volume_id)
    created(response, uow, shown.volume.version)
    return VolumeOut.of(shown)


@router.get("/volumes/{volume_id}/placements", responses={**_READS, **refusals(problems.PAGE_TOKEN_INVALID)})
async def list_volume_placements(
    volume_id: VolumeId,
    caller: Annotated[Caller, requires("volume:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
) -> PlacementList:
    """Where the volume has stood, the latest first."""
    before = paging.after[0] if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        found = await placements.list_of(connection, volume_id, before, paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, found, lambda placed: [placed.version])
    items = [PlacementOut.of(placed) for placed in page["items"]]
    return PlacementList(items=items, next_page_token=page["next_page_token"])


@router.post("/volumes/{volume_id}/bindings", status_code=201, responses=_DECISIONS)
async def create_volume_bindings(
    volume_id: VolumeId,
    body: BindingsIn,
    caller: Annotated[Caller, requires("volume:write", idempotent=True)],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> VolumeOut:
    """Record that loose sheets were bound into this volume: all or none."""
    await bind_materials(volume_id, if_match, body.material_ids, uow=uow)
    async with deps.db.reading(caller, roots) as connection:
        shown = await volumes.get_shown(connection, volume_id)
    created(response, uow, shown.volume.version)
    return VolumeOut.of(shown)


@router.get("/volumes/{volume_id}/bindings", responses={**_READS, **refusals(problems.PAGE_TOKEN_INVALID)})
async def list_volume_bindings(
    volume_id: VolumeId,
    caller: Annotated[Caller, requires("volume:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
) -> BindingList:
    """What was bound into the volume here, when and by whom."""
    after = (datetime.fromisoformat(paging.after[0]), paging.after[1]) if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        await volumes.get_shown(connection, volume_id)
        found = await loose_sheets.list_bound(connection, volume_id, after, paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, found, lambda row: [row.bound_at.isoformat(), row.material_id])
    return BindingList.model_validate(page, from_attributes=True)
