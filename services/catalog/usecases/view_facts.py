"""Weigh a person's current facts against one another, the identity number among them."""

from chassis.keys import KeyRing
from chassis.unit_of_work import UnitOfWork
from services.catalog.domain.fact_checks import Contradiction, contradictions
from services.catalog.domain.facts import Facts
from services.catalog.rules.fact_file import fact_rules
from services.catalog.usecases.reveal_id_number import find_id_number


async def weigh_facts(uow: UnitOfWork, current: Facts, keys: KeyRing) -> list[Contradiction]:
    """What does not fit. Of the number only that it does not fit comes out, so no view is journalled."""
    number = await find_id_number(uow, current.person_id, keys)
    inside = (number.birth_date, number.sex) if number else None
    return contradictions(current, fact_rules(), inside)
