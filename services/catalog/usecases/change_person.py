"""Change a person's card."""

from collections.abc import Mapping
from typing import Any

from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.events import Kin
from services.catalog.store import dossiers, persons
from services.catalog.store.facts import current_facts
from services.catalog.store.tables import Person
from services.catalog.usecases.keep_facts import keep_facts, pointing_at_members
from services.catalog.usecases.person_checks import check_unit
from services.catalog.usecases.recuse import refuse_related
from services.catalog.usecases.register_person import plan_card

_SHOWN_ON_THE_DOSSIER = frozenset({"person_no", "name"})
_NOT_FACTS = ("person_no", "unit_id")


async def change_person(
    person_id: str, seen_version: int, changes: Mapping[str, Any], *, uow: UnitOfWork
) -> tuple[Person, list[Kin]]:
    """Write the members that differ, each as a fact that takes the earlier one's place; nothing is told when none
    does. The dossier stays with its custodian."""
    async with uow:
        person = await persons.get(uow, person_id, lock=True)
        await check_version(uow, person_id, person.version, seen_version)
        await refuse_related(uow, person_id)
        differs = {name: value for name, value in changes.items() if getattr(person, name) != value}
        kin = await persons.list_kin(uow, person_id)
        if not differs:
            return person, kin
        if "unit_id" in differs:
            check_unit(uow, differs["unit_id"])
        planned = plan_card(uow, await current_facts(uow, person_id), differs)
        others = {name: differs[name] for name in _NOT_FACTS if name in differs}
        with pointing_at_members():
            changed = await keep_facts(uow, person, planned, others=others)
        await show_on_the_dossier(uow, person_id, changed)
        return person, kin


async def show_on_the_dossier(uow: UnitOfWork, person_id: str, changed: list[str]) -> None:
    """The dossier's card shows the person, so its version rises; it may be kept outside the caller's units."""
    if not _SHOWN_ON_THE_DOSSIER & set(changed):
        return
    async with uow.as_service():
        touched = await dossiers.touch_of_person(uow, person_id)
    if touched:
        dossier_id, version = touched
        uow.record("dossier.changed", dossier_id, version, {"person_id": person_id}, changed=("person",))
