"""Start an inventory: the list of what is expected is written now, and does not change with the shelves."""

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, NotFound, ValidationFailed
from contracts.values.ids import new_id
from services.catalog.store import inventories, rooms
from services.catalog.store.inventories import Inventory, Range
from services.catalog.usecases.person_checks import check_unit


async def start_inventory(unit_id: str | None, shelf: Range | None, note: str | None, *, uow: UnitOfWork) -> str:
    """Of all volumes of one of the caller's units, or of what stands in layers of a cabinet; its id."""
    async with uow:
        if earlier := await uow.replay_of():
            return earlier
        if shelf is not None:
            unit_id = await _unit_of(uow, shelf)
        elif unit_id is None:
            raise ValidationFailed(errors=[FieldFault("/unit_id", "required")])
        check_unit(uow, unit_id)
        year = uow.today.year
        inventory = Inventory(
            inventory_id=new_id("inv"),
            unit_id=unit_id,
            version=1,
            year=year,
            no=await uow.next_number("inventory", unit_id, year),
            range=shelf,
            state="counting",
            note=note,
            started_at=uow.now,
            started_by=uow.caller.account_id,
            closed_at=None,
            closed_by=None,
        )
        await inventories.add(uow, inventory)
        state = {"unit_id": unit_id, "cabinet_id": shelf.cabinet_id if shelf else None}
        uow.record("inventory.started", inventory.inventory_id, 1, state, changed=("state",))
        await uow.remember(inventory.inventory_id)
        return inventory.inventory_id


async def _unit_of(uow: UnitOfWork, shelf: Range) -> str:
    try:
        cabinet = await rooms.get_cabinet(uow.raw(), shelf.cabinet_id)
    except NotFound:
        raise ValidationFailed(errors=[FieldFault("/cabinet_id", "unknown-reference")]) from None
    if shelf.last_layer > cabinet.layers:
        fault = FieldFault("/last_layer", "out-of-range", {"min": shelf.first_layer, "max": cabinet.layers})
        raise ValidationFailed(errors=[fault])
    return cabinet.unit_id
