"""An archivist puts a category in an order of their own, or lets it stand by the rules again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, ValidationFailed
from services.catalog.domain.filing import place_fault
from services.catalog.domain.ordering import Placed, arrangement_of
from services.catalog.domain.pinning import pins_for
from services.catalog.domain.scheme import Scheme
from services.catalog.domain.standing import Standing
from services.catalog.rules import CatalogRules
from services.catalog.store import materials, standings
from services.catalog.usecases.change_materials import DeskChange, change_materials
from services.catalog.usecases.hold_filed import hold_dossier


@dataclass(frozen=True)
class OrderCategory:
    """All materials of a category in the order that they are to have; none at all: by the rules again."""

    dossier_id: str
    seen_version: int
    category: str
    material_ids: Sequence[str]
    reason: str


async def order_category(cmd: OrderCategory, *, uow: UnitOfWork, rules: CatalogRules) -> str:
    """Pin what does not stand so by itself; the change's id."""
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        dossier = await hold_dossier(uow, cmd.dossier_id, cmd.seen_version)
        scheme = rules.schemes[dossier.scheme_id]
        if fault := place_fault(cmd.category, scheme, "/category"):
            raise ValidationFailed(errors=[fault])
        placed = (await materials.list_placed(uow, cmd.dossier_id, [cmd.category], scheme))[cmd.category]
        wanted = await _pinned(uow, cmd, placed, scheme)
        change_id = await change_materials(uow, dossier, scheme, DeskChange("ordered", wanted, cmd.reason))
        await uow.remember(change_id)
        return change_id


async def _pinned(uow: UnitOfWork, cmd: OrderCategory, placed: Sequence[Placed], scheme: Scheme) -> list[Standing]:
    """The standings that are to be pinned otherwise; ValidationFailed when the order is not one of all of them."""
    pins: dict[str, str | None] = {}
    if cmd.material_ids:
        _check_all_named(cmd.material_ids, placed)
        pins = dict(pins_for(cmd.material_ids, placed, arrangement_of(cmd.category, scheme)))
    touched = [
        one.material_id
        for one in placed
        if one.pinned != (one.material_id in pins) or one.pin_after != pins.get(one.material_id)
    ]
    if not touched:
        # By the rules, or by earlier pins, they stand so already.
        raise ValidationFailed(errors=[FieldFault("/material_ids", "duplicate")])
    found = await standings.load(uow, cmd.dossier_id, touched)
    return [
        replace(standing, pinned=True, pin_after=pins[material_id], pin_reason=cmd.reason)
        if material_id in pins
        else standing.unpinned()
        for material_id, standing in found.items()
    ]


def _check_all_named(wanted: Sequence[str], placed: Sequence[Placed]) -> None:
    known, seen = {one.material_id for one in placed}, set[str]()
    faults: list[FieldFault] = []
    for position, material_id in enumerate(wanted):
        if material_id not in known:
            faults.append(FieldFault(f"/material_ids/{position}", "unknown-reference"))
        elif material_id in seen:
            faults.append(FieldFault(f"/material_ids/{position}", "duplicate"))
        seen.add(material_id)
    if not faults and len(seen) < len(known):
        faults.append(FieldFault("/material_ids", "too-few", {"min": len(known)}))
    if faults:
        raise ValidationFailed(errors=faults)
