"""Identity numbers: sealed, found by their keyed index, and never read without being asked for by name."""

from collections.abc import Sequence

from sqlmodel import select

from chassis.sealing import Sealed
from chassis.unit_of_work import UnitOfWork
from contracts.values.ids import from_uuid, to_uuid
from services.catalog.store.scope import UNITS
from services.catalog.store.tables import Person


async def add(uow: UnitOfWork, fact_id: str, person_id: str, sealed: Sealed, id_index: str) -> bool:
    """Keep a number; False when it stands with another person already, in whatever unit."""
    added = await uow.raw().fetchval(
        """insert into id_number (fact_id, person_id, sealed, key_id, id_index) values ($1, $2, $3, $4, $5)
        on conflict (id_index) where ended_at is null do nothing returning true""",
        to_uuid(fact_id),
        to_uuid(person_id),
        sealed.content,
        sealed.key_id,
        id_index,
    )
    return bool(added)


async def find_index(uow: UnitOfWork, person_id: str) -> str | None:
    """The keyed index of a person's present number."""
    return await uow.raw().fetchval(
        "select id_index from id_number where person_id = $1 and ended_at is null", to_uuid(person_id)
    )


async def find_sealed(uow: UnitOfWork, person_id: str) -> Sealed | None:
    """A person's present number, sealed. Whoever opens it writes so into the journal."""
    row = await uow.raw().fetchrow(
        "select sealed, key_id from id_number where person_id = $1 and ended_at is null", to_uuid(person_id)
    )
    return Sealed(row["sealed"], row["key_id"]) if row else None


async def find_person(uow: UnitOfWork, id_index: str) -> Sequence[Person]:
    """The person whose present number has this index, if in the caller's units."""
    key = await uow.raw().fetchval(
        f"""select n.person_id from id_number n join person p on p.person_id = n.person_id
        where n.id_index = $1 and n.ended_at is null
          and (p.unit_id = any({UNITS}) or p.custodian_unit_id = any({UNITS}))""",  # noqa: S608  # constants
        id_index,
    )
    if key is None:
        return []
    return (await uow.session.exec(select(Person).where(Person.person_id == from_uuid("per", key)).limit(1))).all()
