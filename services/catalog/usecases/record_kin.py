"""Record relatives of a person, from both sides, and whether the list is complete."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chassis.unit_of_work import UnitOfWork
from contracts.events.catalog import Kin
from contracts.problems import FieldFault, ValidationFailed
from services.catalog.store import persons
from services.catalog.store.tables import Person
from services.catalog.usecases.recuse import refuse_related
from services.catalog.usecases.tell_person import tell_kin, tell_person


@dataclass(frozen=True)
class RecordKin:
    """Relatives who are persons of the catalog too. `complete` None leaves that declaration as it is; `pointers`
    are where each relative stands in the request."""

    person_id: str
    relatives: Sequence[Kin]
    complete: bool | None = None
    pointers: Sequence[str] = ()

    def pointer(self, position: int) -> str:
        """Where the relative at this position was named."""
        return self.pointers[position] if self.pointers else f"/kin/{position}/person_id"


async def record_kin(cmd: RecordKin, *, uow: UnitOfWork) -> tuple[Person, list[Kin]]:
    """Both persons of each pair hear of it. A relative may be of any unit: recusal does not stop at one.

    Those whom the list concerns do not keep it: nobody declares the own kin complete.
    """
    async with uow:
        if await uow.replay_of():
            return await persons.get(uow, cmd.person_id), await persons.list_kin(uow, cmd.person_id)
        await persons.get(uow, cmd.person_id)  # refuses a person outside the caller's units
        await refuse_related(uow, cmd.person_id)
        person, kin = await relate_kin(uow, cmd)
        await uow.remember(cmd.person_id)
        return person, kin


async def relate_kin(uow: UnitOfWork, cmd: RecordKin) -> tuple[Person, list[Kin]]:
    """The same within a transaction that has seen to the caller's rights."""
    async with uow.as_service():
        found = await persons.lock_all(uow, {cmd.person_id, *(kin.person_id for kin in cmd.relatives)})
        person = found[cmd.person_id]
        related = await persons.relate(uow, cmd.person_id, _checked(cmd, found))
        declared = cmd.complete is not None and cmd.complete != person.kin_complete
        if declared:
            person.kin_complete = bool(cmd.complete)
        touched = related | ({cmd.person_id} if declared else set())
        for person_id in sorted(touched):
            await _tell(uow, found[person_id], declared=declared and person_id == cmd.person_id)
        if declared:
            await tell_person(uow, person)
        return person, await persons.list_kin(uow, cmd.person_id)


def _checked(cmd: RecordKin, found: Mapping[str, Person]) -> Sequence[Kin]:
    faults: list[FieldFault] = []
    seen = {cmd.person_id}
    for position, kin in enumerate(cmd.relatives):
        if kin.person_id not in found:
            faults.append(FieldFault(cmd.pointer(position), "unknown-reference"))
        elif kin.person_id in seen:
            faults.append(FieldFault(cmd.pointer(position), "duplicate"))
        seen.add(kin.person_id)
    if faults:
        raise ValidationFailed(errors=faults)
    return cmd.relatives


async def _tell(uow: UnitOfWork, person: Person, *, declared: bool) -> None:
    person.version, person.changed_at = person.version + 1, uow.now
    await persons.save(uow, person)
    kin = await persons.list_kin(uow, person.person_id)
    tell_kin(uow, person, kin)
    state = {"kin": [one.model_dump() for one in kin], "complete": person.kin_complete}
    changed = ("kin", "kin_complete") if declared else ("kin",)
    uow.record("person.kin_changed", person.person_id, person.version, state, changed=changed)
