"""Keep the tree of units, and what each is called."""

from __future__ import annotations

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from chassis.units import hear_unit
from contracts.events import Envelope, UnitChanged
from services.audit.store.unit_names import learn_name


async def hear_named_unit(event: Envelope[UnitChanged], uow: UnitOfWork, deps: Deps) -> None:
    """A unit was created, renamed or moved."""
    await hear_unit(event, uow, deps)
    await learn_name(uow, event.data, event.version)
