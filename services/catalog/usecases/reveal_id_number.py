"""Show a whole identity number: a view, in the journal before the answer leaves."""

from chassis.keys import KeyRing
from chassis.sealing import unseal
from chassis.unit_of_work import UnitOfWork
from contracts.values.id_number import IdNumber
from services.catalog.store import id_numbers
from services.catalog.store.tables import Person
from services.catalog.usecases.recuse import refuse_related


async def find_id_number(uow: UnitOfWork, person_id: str, keys: KeyRing) -> IdNumber | None:
    """The number for comparing, which shows nothing; whoever reveals it journals that."""
    sealed = await id_numbers.find_sealed(uow, person_id)
    return IdNumber(unseal(keys, sealed, context=person_id).decode()) if sealed else None


async def reveal_id_number(uow: UnitOfWork, person: Person, keys: KeyRing) -> str | None:
    """The whole number of a person in the caller's units, if one is known."""
    await refuse_related(uow, person.person_id)
    number = await find_id_number(uow, person.person_id, keys)
    if number is None:
        return None
    uow.record("person.id_number_revealed", person.person_id, person.version, {"person_id": person.person_id})
    return number.reveal()
