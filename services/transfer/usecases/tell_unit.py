"""Tell of a unit, to the others and to the chassis of this service itself."""

from chassis.unit_of_work import UnitOfWork
from chassis.units import learn_unit
from contracts.events import UnitChanged
from services.transfer.domain.unit import Unit


async def tell_unit(uow: UnitOfWork, unit: Unit) -> None:
    """Queue `unit.changed`, and keep what the others will hear, in the same transaction."""
    told = UnitChanged(
        unit_id=unit.unit_id,
        parent_id=unit.parent_id,
        code=unit.code,
        name=unit.name,
        ancestors=list(unit.ancestors),
        path=list(unit.path),
        active=unit.active,
    )
    await learn_unit(uow, told, unit.version)
    uow.tell(told, version=unit.version)
