"""What catalog says when a person or the kin of a person changes."""

from collections.abc import Sequence

from chassis.unit_of_work import UnitOfWork
from contracts.events import Kin, PersonChanged, PersonKinChanged
from services.catalog.domain.managing_authority import periods_for
from services.catalog.store import id_numbers, managing_authorities
from services.catalog.store.tables import Person


async def tell_person(uow: UnitOfWork, person: Person) -> None:
    """The state that other services keep of a person; of the identity number its keyed index alone."""
    rules, units = await managing_authorities.concerning(uow, person.rank or "", person.unit_id)
    changed = PersonChanged(
        person_id=person.person_id,
        person_no=person.person_no,
        name=person.name,
        former_names=person.former_names,
        birth_date=person.birth_date,
        unit_id=person.unit_id,
        rank=person.rank,
        kin_complete=person.kin_complete,
        id_index=await id_numbers.find_index(uow, person.person_id),
        managing_authority=periods_for(rules, units),
    )
    uow.tell(changed, version=person.version)


def tell_kin(uow: UnitOfWork, person: Person, kin: Sequence[Kin]) -> None:
    """The whole list of a person's relatives, and whether it is complete."""
    changed = PersonKinChanged(
        person_id=person.person_id, unit_id=person.unit_id, kin=list(kin), complete=person.kin_complete
    )
    uow.tell(changed, version=person.version)
