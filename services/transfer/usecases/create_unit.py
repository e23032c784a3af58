"""Add a unit to the tree."""

from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import new_id
from services.transfer.domain.refusals import CodeTaken, UnitUnknown
from services.transfer.domain.unit import Unit, placed
from services.transfer.store import units
from services.transfer.usecases.journal import record_unit
from services.transfer.usecases.tell_unit import tell_unit


@dataclass(frozen=True)
class CreateUnit:
    """A unit below `parent_id`, or a root of the tree where it is None."""

    parent_id: str | None
    code: str
    name: str


async def create_unit(cmd: CreateUnit, *, uow: UnitOfWork) -> Unit:
    """Make the unit and tell of it; the tree is the whole deployment's, so the service's own policy applies."""
    async with uow:
        earlier = await uow.replay_of()
        async with uow.as_service():
            if earlier:
                return await units.get(uow, earlier)
            await uow.lock(units.TREE)
            parent = await units.find(uow, cmd.parent_id) if cmd.parent_id else None
            if cmd.parent_id and parent is None:
                raise UnitUnknown("/parent_id")
            drawn = Unit(new_id("unt"), cmd.parent_id, cmd.code, cmd.name, True, 1, (), ())
            unit = placed(drawn, parent)
            if await units.has_sibling(uow, unit):
                raise CodeTaken()
            await units.add(uow, unit)
        await tell_unit(uow, unit)
        record_unit(uow, "created", unit, ("parent_id", "code", "name", "active"))
        await uow.remember(unit.unit_id)
    return unit
