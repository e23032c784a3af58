"""The tree of units as each service knows it, for expanding a caller's scope."""

from __future__ import annotations

from typing import Any

from chassis.unit_of_work import UnitOfWork
from contracts.events import Envelope, UnitChanged
from contracts.values.ids import to_uuid

LEARN = """
insert into unit_scope (unit_id, ancestors, path, code, active, version) values ($1, $2, $3, $4, $5, $6)
on conflict (unit_id) do update set ancestors = excluded.ancestors, path = excluded.path,
  code = excluded.code, active = excluded.active, version = excluded.version
where unit_scope.version < excluded.version
"""


async def learn_unit(uow: UnitOfWork, unit: UnitChanged, version: int) -> None:
    """Keep a unit's place in the tree, unless something newer is known. transfer calls it as it decides."""
    uow.tree_changed()
    ancestors = [to_uuid(ancestor) for ancestor in unit.ancestors]
    await uow.raw().execute(LEARN, to_uuid(unit.unit_id), ancestors, unit.path, unit.code, unit.active, version)


async def hear_unit(event: Envelope[UnitChanged], uow: UnitOfWork, deps: Any) -> None:
    """Subscriber of `unit.changed`."""
    await learn_unit(uow, event.data, event.version)
