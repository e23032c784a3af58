"""Find the persons that a list names: by id, or by number and name together; a name alone never selects a dossier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.problems import FieldFault, ValidationFailed
from services.audit.store import heard
from services.audit.store.tables import HeardPerson


@dataclass(frozen=True)
class Named:
    """A person by id, or by number and name as the caller has them."""

    person_id: str | None = None
    person_no: str | None = None
    name: str | None = None


async def find_named(uow: UnitOfWork, named: Sequence[Named], at: str | None = None) -> list[HeardPerson]:
    """The persons in the order of the list `/persons`; all who are not found or stand there twice are told at once.

    `at` is the pointer of the one person asked for, where there is no list.
    """
    by_id = {one.person_id: one for one in await heard.list_persons(uow, [n.person_id for n in named if n.person_id])}
    by_no: dict[str, list[HeardPerson]] = {}
    for person in await heard.list_persons_by_no(uow, [n.person_no for n in named if n.person_no]):
        by_no.setdefault(person.person_no, []).append(person)
    found: list[HeardPerson] = []
    faults: list[FieldFault] = []
    seen: set[str] = set()
    for n, one in enumerate(named):
        pointer = at or f"/persons/{n}"
        person = by_id.get(one.person_id) if one.person_id else _by_number(one, by_no)
        if person is None:
            faults.append(FieldFault(pointer, "unknown-reference"))
            continue
        if person.person_id in seen:
            faults.append(FieldFault(pointer, "duplicate"))
        seen.add(person.person_id)
        found.append(person)
    if faults:
        raise ValidationFailed(errors=faults)
    return found


def _by_number(one: Named, by_no: dict[str, list[HeardPerson]]) -> HeardPerson | None:
    """The one person with this number who bears, or bore, this name; whether number or name is wrong is not told."""
    persons = by_no.get(one.person_no or "", [])
    if len(persons) != 1 or one.name not in (persons[0].name, *persons[0].former_names):
        return None
    return persons[0]
