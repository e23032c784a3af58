"""Register a person, so that a dossier can be opened."""

from collections.abc import Mapping
from typing import Any

from chassis.unit_of_work import UnitOfWork
from contracts.events import Kin
from contracts.values.ids import new_id
from services.catalog.domain.facts import Facts
from services.catalog.domain.person_card import card_of, entries_of
from services.catalog.store import persons
from services.catalog.store.tables import Person
from services.catalog.usecases.keep_facts import Planned, plan_facts, pointing_at_members, write_facts
from services.catalog.usecases.person_checks import check_unit
from services.catalog.usecases.tell_person import tell_person


async def register_person(card: Mapping[str, Any], *, uow: UnitOfWork) -> tuple[Person, list[Kin]]:
    """Keep a new person in a unit of the caller, what the card says as facts; the person number is taken once."""
    async with uow:
        if earlier := await uow.replay_of():
            return await persons.get(uow, earlier), await persons.list_kin(uow, earlier)
        check_unit(uow, card["unit_id"])
        person_id = new_id("per")
        planned = plan_card(uow, Facts(person_id, ()), card)
        shown = {**card, **card_of(planned.plan.after)}
        person = Person(person_id=person_id, created_at=uow.now, changed_at=uow.now, **shown)
        await persons.save(uow, person)
        with pointing_at_members():
            await write_facts(uow, planned)
        await tell_person(uow, person)
        uow.record("person.registered", person_id, person.version, person, changed=tuple(card))
        await uow.remember(person_id)
        return person, []


def plan_card(uow: UnitOfWork, facts: Facts, card: Mapping[str, Any]) -> Planned:
    """The lines by which the card comes to say this; faults point at the card's members."""
    with pointing_at_members():
        return plan_facts(uow, facts, entries_of(facts, card), new_id("req"))
