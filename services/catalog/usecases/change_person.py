"""Change a person's card."""

from collections.abc import Mapping
from typing import Any

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.events import Kin
from services.catalog.store import dossiers, persons
from services.catalog.store.tables import Person
from services.catalog.usecases.person_checks import check_birth_date, check_unit
from services.catalog.usecases.recuse import refuse_related
from services.catalog.usecases.tell_person import tell_person

_SHOWN_ON_THE_DOSSIER = frozenset({"person_no", "name"})


async def change_person(
    person_id: str, seen_version: int, changes: Mapping[str, Any], *, uow: UnitOfWork
) -> tuple[Person, list[Kin]]:
    """Write the members that differ; nothing is told when none does. The dossier stays with its custodian."""
    async with uow:
        person = await persons.get(uow, person_id, lock=True)
        await check_version(uow, person_id, person.version, seen_version)
        await refuse_related(uow, person_id)
        changed = sorted(name for name, value in changes.items() if getattr(person, name) != value)
        kin = await persons.list_kin(uow, person_id)
        if not changed:
            return person, kin
        if "unit_id" in changed:
            check_unit(uow, changes["unit_id"])
        if "birth_date" in changed:
            check_birth_date(uow, changes["birth_date"])
        for name in changed:
            setattr(person, name, changes[name])
        person.version, person.changed_at = person.version + 1, uow.now
        await persons.save(uow, person)
        tell_person(uow, person)
        uow.record("person.changed", person_id, person.version, person, changed=changed)
        if _SHOWN_ON_THE_DOSSIER & set(changed):
            await _show_on_the_dossier(uow, person_id)
        return person, kin


async def _show_on_the_dossier(uow: UnitOfWork, person_id: str) -> None:
    """The dossier's card shows the person, so its version rises; it may be kept outside the caller's units."""
    async with uow.as_service():
        touched = await dossiers.touch_of_person(uow, person_id)
    if touched:
        dossier_id, version = touched
        uow.record("dossier.changed", dossier_id, version, {"person_id": person_id}, changed=("person",))
