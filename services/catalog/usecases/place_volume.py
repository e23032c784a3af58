"""Put a volume into a slot, move it to another, or take it off the shelf."""

from dataclasses import dataclass, replace

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.problems import FieldFault, NotFound, StateConflict, ValidationFailed
from services.catalog.store import dossiers, placements, rooms, volumes
from services.catalog.store.volumes import Spot
from services.catalog.usecases.recuse import refuse_related


@dataclass(frozen=True)
class PlaceVolume:
    """Where the volume stands from now on; None: off the shelf."""

    volume_id: str
    seen_version: int
    spot: Spot | None
    reason: str | None = None


async def place_volume(cmd: PlaceVolume, *, uow: UnitOfWork) -> None:
    """Record the place, and keep the one before. A full slot refuses: of two at the same moment one gets it."""
    async with uow:
        if await uow.replay_of():
            return
        volume = await volumes.lock(uow, cmd.volume_id)
        await check_version(uow, cmd.volume_id, volume.version, cmd.seen_version)
        await refuse_related(uow, (await dossiers.get(uow, volume.dossier_id)).person_id)
        if volume.state != "in_use":
            raise StateConflict(state=volume.state)
        if cmd.spot and cmd.spot != volume.spot:
            await _check_room(uow, cmd.spot)
        moved = replace(volume, spot=cmd.spot, version=volume.version + 1)
        await volumes.save(uow, moved)
        await placements.add(uow, moved, cmd.reason)
        state = {"cabinet_id": cmd.spot.cabinet_id, "layer": cmd.spot.layer, "slot": cmd.spot.slot} if cmd.spot else {}
        verb = "volume.placed" if cmd.spot else "volume.taken_off"
        uow.record(verb, volume.volume_id, moved.version, state, changed=("place",))
        await uow.remember(volume.volume_id)


async def _check_room(uow: UnitOfWork, spot: Spot) -> None:
    try:
        cabinet = await rooms.lock_cabinet(uow, spot.cabinet_id)
    except NotFound:
        raise ValidationFailed(errors=[FieldFault("/cabinet_id", "unknown-reference")]) from None
    faults: list[FieldFault] = []
    for name, number, most in (("layer", spot.layer, cabinet.layers), ("slot", spot.slot, cabinet.slots)):
        if number > most:
            faults.append(FieldFault(f"/{name}", "out-of-range", {"min": 1, "max": most}))
    if faults:
        raise ValidationFailed(errors=faults)
    if await volumes.count_in_slot(uow, spot) >= cabinet.slot_capacity:
        raise ValidationFailed(errors=[FieldFault("/slot", "slot-full", {"max": cabinet.slot_capacity})])
