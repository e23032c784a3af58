"""Register a person, so that a dossier can be opened."""

from collections.abc import Mapping
from typing import Any

from chassis.unit_of_work import UnitOfWork
from contracts.events import Kin
from contracts.values.ids import new_id
from services.catalog.store import persons
from services.catalog.store.tables import Person
from services.catalog.usecases.person_checks import check_birth_date, check_unit
from services.catalog.usecases.tell_person import tell_person


async def register_person(card: Mapping[str, Any], *, uow: UnitOfWork) -> tuple[Person, list[Kin]]:
    """Keep the card of a new person in a unit of the caller; the person number is taken once."""
    async with uow:
        if earlier := await uow.replay_of():
            return await persons.get(uow, earlier), await persons.list_kin(uow, earlier)
        check_unit(uow, card["unit_id"])
        check_birth_date(uow, card["birth_date"])
        person = Person(person_id=new_id("per"), created_at=uow.now, changed_at=uow.now, **card)
        await persons.save(uow, person)
        tell_person(uow, person)
        uow.record("person.registered", person.person_id, person.version, person, changed=tuple(card))
        await uow.remember(person.person_id)
        return person, []
