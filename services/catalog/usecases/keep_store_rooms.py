"""Add and change store rooms and the cabinets in them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, ValidationFailed
from contracts.values.ids import new_id
from services.catalog.store import rooms
from services.catalog.store.rooms import Cabinet, StoreRoom
from services.catalog.usecases.person_checks import check_unit


async def add_store_room(unit_id: str, code: str, name: str, *, uow: UnitOfWork) -> str:
    """A new room of one of the caller's units; its id."""
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        check_unit(uow, unit_id)
        room = StoreRoom(new_id("srm"), unit_id, 1, code, name, uow.now)
        await rooms.save_room(uow, room)
        uow.record("store_room.added", room.store_room_id, 1, {"unit_id": unit_id, "code": code}, changed=("code",))
        await uow.remember(room.store_room_id)
        return room.store_room_id


async def change_store_room(room_id: str, seen_version: int, changes: Mapping[str, Any], *, uow: UnitOfWork) -> None:
    """Write the members that differ."""
    async with uow:
        room = await rooms.get_room(uow.raw(), room_id, lock=True)
        await check_version(uow, room_id, room.version, seen_version)
        changed = sorted(name for name, value in changes.items() if getattr(room, name) != value)
        if changed:
            room = replace(room, version=room.version + 1, **changes)
            await rooms.save_room(uow, room)
            uow.record("store_room.changed", room_id, room.version, {"code": room.code}, changed=changed)


async def add_cabinet(room_id: str, members: Mapping[str, Any], *, uow: UnitOfWork) -> str:
    """A new cabinet in a room; its id. `members` are code, kind, layers, slots and slot_capacity."""
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        room = await rooms.get_room(uow.raw(), room_id)
        cabinet = Cabinet(
            cabinet_id=new_id("cab"),
            unit_id=room.unit_id,
            store_room_id=room_id,
            version=1,
            paper_no=await rooms.next_paper_number(uow),
            room_code=room.code,
            standing=0,
            **members,
        )
        await rooms.save_cabinet(uow, cabinet)
        uow.record("cabinet.added", cabinet.cabinet_id, 1, members, changed=sorted(members))
        await uow.remember(cabinet.cabinet_id)
        return cabinet.cabinet_id


async def change_cabinet(cabinet_id: str, seen_version: int, changes: Mapping[str, Any], *, uow: UnitOfWork) -> None:
    """Write the members that differ. A cabinet never shrinks below what stands in it."""
    async with uow:
        cabinet = await rooms.lock_cabinet(uow, cabinet_id)
        await check_version(uow, cabinet_id, cabinet.version, seen_version)
        changed = sorted(name for name, value in changes.items() if getattr(cabinet, name) != value)
        if not changed:
            return
        async with uow.as_service():
            used = await rooms.extent(uow, cabinet_id)
        cabinet = replace(cabinet, version=cabinet.version + 1, **changes)
        needed = zip(("layers", "slots", "slot_capacity"), used, strict=True)
        faults = [
            FieldFault(f"/{name}", "in-use", {"min": least}) for name, least in needed if getattr(cabinet, name) < least
        ]
        if faults:
            raise ValidationFailed(errors=faults)
        await rooms.save_cabinet(uow, cabinet)
        state = {"layers": cabinet.layers, "slots": cabinet.slots, "slot_capacity": cabinet.slot_capacity}
        uow.record("cabinet.changed", cabinet_id, cabinet.version, state, changed=changed)
