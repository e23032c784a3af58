"""What units are called, as they were told."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Field, SQLModel

from chassis.columns import id_column
from chassis.heard import learn
from chassis.unit_of_work import UnitOfWork
from contracts.events import UnitChanged
from contracts.values.ids import from_uuid, to_uuid


class HeardUnit(SQLModel, table=True):
    """A unit's name."""

    __tablename__ = "heard_unit"  # pyright: ignore[reportAssignmentType]
    __table_args__ = {"schema": "audit"}  # read by SQLAlchemy once

    unit_id: str = id_column("unt", primary_key=True)
    version: int
    name: str = Field(nullable=False)


async def learn_name(uow: UnitOfWork, unit: UnitChanged, version: int) -> None:
    """Keep what a unit is called, unless something newer is known."""
    await learn(uow, HeardUnit, {"unit_id": unit.unit_id}, version, {"name": unit.name})


async def names_of(uow: UnitOfWork, unit_ids: Collection[str]) -> dict[str, str]:
    """The name of each of these units; its code where it was told before names were kept, else its id.

    Looks beyond the caller's units: a bulletin names whom it is about.
    """
    async with uow.as_service():
        rows = await uow.raw().fetch(
            """select unit_id, coalesce(u.name, s.code) as name from unnest($1::uuid[]) as unit_id
            left join heard_unit u using (unit_id) left join unit_scope s using (unit_id)
            where coalesce(u.name, s.code) is not null""",
            [to_uuid(unit_id) for unit_id in unit_ids],
        )
    told = {from_uuid("unt", row["unit_id"]): row["name"] for row in rows}
    return {unit_id: told.get(unit_id, unit_id) for unit_id in unit_ids}


async def code_of(uow: UnitOfWork, unit_id: str) -> str:
    """The unit's short name in document numbers; empty where it has not been heard of."""
    return await uow.raw().fetchval("select code from unit_scope where unit_id = $1", to_uuid(unit_id)) or ""
