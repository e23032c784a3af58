"""Units as far as this service knows them."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import to_uuid


@dataclass(frozen=True)
class KnownUnit:
    """A unit's own code, and whether it still acts."""

    code: str
    active: bool


async def find(uow: UnitOfWork, unit_id: str) -> KnownUnit | None:
    """A unit, if heard of."""
    row = await uow.raw().fetchrow("select code, active from unit_scope where unit_id = $1", to_uuid(unit_id))
    return KnownUnit(row["code"], row["active"]) if row else None
