"""Store rooms and cabinets: the rows that an archivist keeps of what shelving there is."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from chassis.identity import Caller
from chassis.web import (
    IDEMPOTENCY,
    PRIVATE,
    CurrentDeps,
    CurrentRoots,
    IfMatch,
    Pages,
    RequestModel,
    Uow,
    not_modified,
    refusals,
    requires,
)
from contracts import problems
from contracts.values.ids import CabinetId, StoreRoomId, UnitId
from services.catalog.api.answers import created, tagged
from services.catalog.api.texts import Name, Word
from services.catalog.store import rooms
from services.catalog.store.rooms import Cabinet, StoreRoom
from services.catalog.usecases.keep_store_rooms import add_cabinet, add_store_room, change_cabinet, change_store_room

router = APIRouter(tags=["volumes"])

Layers = Annotated[int, Field(ge=1, le=99, strict=True, description="From the bottom")]
Slots = Annotated[int, Field(ge=1, le=999, strict=True, description="In each layer")]
Capacity = Annotated[int, Field(ge=1, le=200, strict=True, description="Volumes in one slot")]
CabinetKind = Annotated[Literal["fixed", "dense"], Field(description="Fixed, or mobile shelving (密集架)")]


class StoreRoomIn(RequestModel):
    """A room that keeps volumes."""

    unit_id: UnitId
    code: Word = Field(description="Short, unique in the unit; stands on labels")
    name: Name


class StoreRoomPatch(RequestModel):
    """Members to change (RFC 7396)."""

    code: Word = Field(default=None)  # pyright: ignore[reportAssignmentType]  # absent, never null
    name: Name = Field(default=None)  # pyright: ignore[reportAssignmentType]

    def changes(self) -> dict[str, Any]:
        """Only what was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class StoreRoomOut(BaseModel):
    """A room."""

    id: str
    unit_id: str
    version: int
    code: str
    name: str
    changed_at: datetime

    @classmethod
    def of(cls, room: StoreRoom) -> "StoreRoomOut":
        return cls(
            id=room.store_room_id,
            unit_id=room.unit_id,
            version=room.version,
            code=room.code,
            name=room.name,
            changed_at=room.changed_at,
        )


class StoreRoomList(BaseModel):
    """One page of rooms, in order of their ids."""

    items: list[StoreRoomOut]
    next_page_token: str | None


class CabinetIn(RequestModel):
    """Shelving in a room."""

    code: Word = Field(description="Short, unique in the room; stands on labels")
    kind: CabinetKind
    layers: Layers
    slots: Slots
    slot_capacity: Capacity = 1


class CabinetPatch(RequestModel):
    """Members to change (RFC 7396); never below what stands in it."""

    code: Word = Field(default=None)  # pyright: ignore[reportAssignmentType]  # absent, never null
    kind: CabinetKind = Field(default=None)  # pyright: ignore[reportAssignmentType]
    layers: Layers = Field(default=None)  # pyright: ignore[reportAssignmentType]
    slots: Slots = Field(default=None)  # pyright: ignore[reportAssignmentType]
    slot_capacity: Capacity = Field(default=None)  # pyright: ignore[reportAssignmentType]

    def changes(self) -> dict[str, Any]:
        """Only what was sent."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class CabinetOut(BaseModel):
    """A cabinet, and how much of it is taken."""

    id: str
    unit_id: str
    store_room_id: str
    room_code: str
    version: int
    code: str
    kind: CabinetKind
    layers: int
    slots: int
    slot_capacity: int
    capacity: int = Field(description="Volumes that it holds when full")
    standing: int = Field(description="Volumes of your units that stand in it")

    @classmethod
    def of(cls, cabinet: Cabinet) -> "CabinetOut":
        return cls(
            id=cabinet.cabinet_id,
            unit_id=cabinet.unit_id,
            store_room_id=cabinet.store_room_id,
            room_code=cabinet.room_code,
            version=cabinet.version,
            code=cabinet.code,
            kind=cabinet.kind,  # pyright: ignore[reportArgumentType]  # the column's check
            layers=cabinet.layers,
            slots=cabinet.slots,
            slot_capacity=cabinet.slot_capacity,
            capacity=cabinet.layers * cabinet.slots * cabinet.slot_capacity,
            standing=cabinet.standing,
        )


class CabinetList(BaseModel):
    """One page of a room's cabinets, in order of their codes."""

    items: list[CabinetOut]
    next_page_token: str | None


_MAKES = refusals(problems.VALIDATION_FAILED, problems.ROLE_MISSING, problems.NOT_FOUND, *IDEMPOTENCY)
_EDITS = refusals(
    problems.VALIDATION_FAILED,
    problems.ROLE_MISSING,
    problems.NOT_FOUND,
    problems.VERSION_STALE,
    problems.PRECONDITION_REQUIRED,
)
_READS = refusals(problems.ROLE_MISSING, problems.NOT_FOUND)


@router.post("/store-rooms", status_code=201, responses=_MAKES)
async def create_store_room(
    body: StoreRoomIn,
    caller: Annotated[Caller, requires("shelf:write", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> StoreRoomOut:
    """Add a room of one of your units."""
    room_id = await add_store_room(body.unit_id, body.code, body.name, uow=uow)
    async with deps.db.reading(caller, roots) as connection:
        room = await rooms.get_room(connection, room_id)
    created(response, uow, room.version)
    return StoreRoomOut.of(room)


@router.get("/store-rooms", responses=refusals(problems.ROLE_MISSING, problems.PAGE_TOKEN_INVALID))
async def list_store_rooms(
    caller: Annotated[Caller, requires("shelf:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
    unit_id: Annotated[UnitId | None, Query(description="This unit only")] = None,
) -> StoreRoomList:
    """Rooms of your units."""
    after = paging.after[0] if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        found = await rooms.list_rooms(connection, unit_id, after, paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, found, lambda room: [room.store_room_id])
    items = [StoreRoomOut.of(room) for room in page["items"]]
    return StoreRoomList(items=items, next_page_token=page["next_page_token"])


@router.get("/store-rooms/{store_room_id}", response_model=StoreRoomOut, responses=_READS)
async def get_store_room(
    store_room_id: StoreRoomId,
    caller: Annotated[Caller, requires("shelf:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    request: Request,
    response: Response,
) -> Any:
    """One room."""
    async with deps.db.reading(caller, roots) as connection:
        room = await rooms.get_room(connection, store_room_id)
    tagged(response, room.version)
    if not_modified(request, room.version):
        return Response(status_code=304, headers=dict(response.headers))
    return StoreRoomOut.of(room)


@router.patch("/store-rooms/{store_room_id}", responses=_EDITS)
async def update_store_room(
    store_room_id: StoreRoomId,
    body: StoreRoomPatch,
    caller: Annotated[Caller, requires("shelf:write")],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> StoreRoomOut:
    """Change a room's code or name."""
    await change_store_room(store_room_id, if_match, body.changes(), uow=uow)
    async with deps.db.reading(caller, roots) as connection:
        room = await rooms.get_room(connection, store_room_id)
    tagged(response, room.version)
    return StoreRoomOut.of(room)


@router.post("/store-rooms/{store_room_id}/cabinets", status_code=201, responses=_MAKES)
async def create_store_room_cabinet(
    store_room_id: StoreRoomId,
    body: CabinetIn,
    caller: Annotated[Caller, requires("shelf:write", idempotent=True)],
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> CabinetOut:
    """Add a cabinet to a room."""
    cabinet_id = await add_cabinet(store_room_id, body.model_dump(), uow=uow)
    async with deps.db.reading(caller, roots) as connection:
        cabinet = await rooms.get_cabinet(connection, cabinet_id)
    created(response, uow, cabinet.version)
    return CabinetOut.of(cabinet)


@router.get(
    "/store-rooms/{store_room_id}/cabinets",
    responses=refusals(problems.ROLE_MISSING, problems.NOT_FOUND, problems.PAGE_TOKEN_INVALID),
)
async def list_store_room_cabinets(
    store_room_id: StoreRoomId,
    caller: Annotated[Caller, requires("shelf:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    paging: Pages,
    response: Response,
) -> CabinetList:
    """Cabinets of a room, with how much of each is taken."""
    after = paging.after[0] if paging.after else None
    async with deps.db.reading(caller, roots) as connection:
        await rooms.get_room(connection, store_room_id)
        found = await rooms.list_cabinets(connection, store_room_id, after, paging.size + 1)
    response.headers["Cache-Control"] = PRIVATE
    page = paging.answer(response, found, lambda cabinet: [cabinet.code])
    items = [CabinetOut.of(cabinet) for cabinet in page["items"]]
    return CabinetList(items=items, next_page_token=page["next_page_token"])


@router.get("/cabinets/{cabinet_id}", responses=_READS)
async def get_cabinet(
    cabinet_id: CabinetId,
    caller: Annotated[Caller, requires("shelf:read")],
    roots: CurrentRoots,
    deps: CurrentDeps,
    response: Response,
) -> CabinetOut:
    """One cabinet. What stands in it changes without it, so the answer is always whole; its tag is its version."""
    async with deps.db.reading(caller, roots) as connection:
        cabinet = await rooms.get_cabinet(connection, cabinet_id)
    tagged(response, cabinet.version)
    return CabinetOut.of(cabinet)


@router.patch("/cabinets/{cabinet_id}", responses=_EDITS)
async def update_cabinet(
    cabinet_id: CabinetId,
    body: CabinetPatch,
    caller: Annotated[Caller, requires("shelf:write")],
    if_match: IfMatch,
    uow: Uow,
    deps: CurrentDeps,
    roots: CurrentRoots,
    response: Response,
) -> CabinetOut:
    """Change a cabinet's code, kind or measure; refused where volumes stand that would lose their slot."""
    await change_cabinet(cabinet_id, if_match, body.changes(), uow=uow)
    async with deps.db.reading(caller, roots) as connection:
        cabinet = await rooms.get_cabinet(connection, cabinet_id)
    tagged(response, cabinet.version)
    return CabinetOut.of(cabinet)
