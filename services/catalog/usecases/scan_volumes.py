"""Take the scans of an inventory in: one, or a lot that a hand-held scanner has gathered."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, StateConflict, ValidationFailed
from contracts.values.paper_number import PaperNumberInvalid, read_paper_number
from services.catalog.papers.labels import read_slot_number
from services.catalog.store import inventories, inventory_lines, rooms
from services.catalog.store.inventory_lines import Line, Scan
from services.catalog.store.volumes import Spot
from services.catalog.usecases.settle_difference import end_by_rescan, end_elsewhere


@dataclass(frozen=True)
class Scanned:
    """A volume's number, and that of the slot where it stands if it was scanned."""

    code: str
    slot_code: str | None = None


async def scan_volumes(inventory_id: str, scanned: Sequence[Scanned], *, uow: UnitOfWork) -> list[Line]:
    """All or none; several people may scan at once. The lines, in the order of the scans.

    A volume scanned twice stays one line; the last place counts. Found where it is to stand, a volume ends what earlier
    inventories say of it; once the counting is over, a scan does nothing but end differences.
    """
    codes = list(dict.fromkeys(one.code for one in scanned))
    async with uow:
        replayed = await uow.replay_of()
        if not replayed:
            counting = await inventories.is_counting(uow, inventory_id)
            inventory = await inventories.lock(uow, inventory_id, shared=counting)
            scans = await _scans(uow, scanned)
            if counting:
                if inventory.state != "counting":  # a checker has confirmed between the two statements
                    raise StateConflict(state=inventory.state)
                await inventory_lines.scan(uow, inventory, scans)
                uow.record("inventory.scanned", inventory_id, inventory.version, {"codes": codes})
                await end_elsewhere(uow, inventory, codes)
            else:
                await end_by_rescan(uow, inventory, scans)
            await uow.remember(inventory_id)
        found = await inventory_lines.find(uow.raw(), inventory_id, codes)
        return [found[code] for code in codes]


async def _scans(uow: UnitOfWork, scanned: Sequence[Scanned]) -> list[Scan]:
    """The scans with their places, each number once; ValidationFailed names every misread one."""
    faults: list[FieldFault] = []
    places: dict[str, Spot | None] = {}
    scans: dict[str, Scan] = {}
    for at, one in enumerate(scanned):
        faults += _code_faults(one.code, f"/scans/{at}/code")
        if one.slot_code is not None and one.slot_code not in places:
            places[one.slot_code] = await _place(uow, one.slot_code)
        spot = places[one.slot_code] if one.slot_code is not None else None
        if one.slot_code is not None and spot is None:
            faults.append(FieldFault(f"/scans/{at}/slot_code", "code-misread"))
        before = scans.get(one.code)
        scans[one.code] = Scan(one.code, spot, before.times + 1 if before else 1)
    if faults:
        raise ValidationFailed(errors=faults)
    return list(scans.values())


def _code_faults(code: str, pointer: str) -> list[FieldFault]:
    try:
        kind, _ = read_paper_number(code)
    except PaperNumberInvalid:
        return [FieldFault(pointer, "code-misread")]
    return [] if kind == "volume" else [FieldFault(pointer, "not-allowed-value", {"allowed": "volume"})]


async def _place(uow: UnitOfWork, slot_code: str) -> Spot | None:
    """The slot that a label names; None when it was misread, or is none of the caller's."""
    try:
        slot = read_slot_number(slot_code)
    except PaperNumberInvalid:
        return None
    cabinet = await rooms.find_cabinet_by_paper(uow.raw(), slot[0]) if slot else None
    if slot is None or cabinet is None:
        return None
    return Spot(cabinet.cabinet_id, slot[1], slot[2])
