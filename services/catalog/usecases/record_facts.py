"""Record facts of a person: new ones, corrections, ends of periods, withdrawals; all lines of a request, or none."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.keys import KeyRing
from chassis.unit_of_work import UnitOfWork
from chassis.web import check_version
from contracts.events.catalog import Kin
from contracts.problems import FieldFault
from contracts.values.ids import new_id
from services.catalog.domain.fact_changes import FactEntry
from services.catalog.domain.facts import Fact
from services.catalog.rules.fact_file import fact_rules
from services.catalog.store import facts, persons
from services.catalog.store.tables import Person
from services.catalog.usecases.change_person import show_on_the_dossier
from services.catalog.usecases.keep_facts import keep_facts, plan_facts, refuse
from services.catalog.usecases.record_kin import RecordKin, relate_kin
from services.catalog.usecases.recuse import refuse_related
from services.catalog.usecases.trying import Tried


@dataclass(frozen=True)
class RecordFacts:
    """Lines for one person, written against the version that the caller saw; with `validate_only` only tried."""

    person_id: str
    seen_version: int
    entries: Sequence[FactEntry]
    validate_only: bool = False


async def record_facts(cmd: RecordFacts, *, uow: UnitOfWork, keys: KeyRing) -> tuple[int, list[Fact]]:
    """The person's version then, and the facts that were added; what ended is in the history."""
    try:
        async with uow:
            if not cmd.validate_only and (earlier := await uow.replay_of()):
                return (await persons.get(uow, cmd.person_id)).version, await facts.list_entry(uow, earlier)
            version, added = await record_begun(uow, cmd, keys)
            if cmd.validate_only:
                raise Tried((cmd.seen_version, added))
            return version, added
    except Tried as tried:
        return tried.result


async def record_begun(uow: UnitOfWork, cmd: RecordFacts, keys: KeyRing) -> tuple[int, list[Fact]]:
    """Record them in a transaction that was begun; a repetition was looked for."""
    await _lock_with_family(uow, cmd)
    person = await persons.get(uow, cmd.person_id, lock=True)
    await check_version(uow, cmd.person_id, person.version, cmd.seen_version)
    await refuse_related(uow, cmd.person_id)
    await _check_evidence(uow, cmd)
    entry_id = new_id("req")
    planned = plan_facts(uow, await facts.current_facts(uow, cmd.person_id), cmd.entries, entry_id)
    changed = await keep_facts(uow, person, planned, keys=keys, verb="person.facts_recorded")
    person = await relate_family(uow, person, cmd.entries)
    await show_on_the_dossier(uow, cmd.person_id, changed)
    await uow.remember(entry_id)
    return person.version, await facts.list_entry(uow, entry_id)


async def _lock_with_family(uow: UnitOfWork, cmd: RecordFacts) -> None:
    """Relatives who are persons of the catalog are locked with the person, in one order for everybody."""
    named = {entry.value.get("person_id") for entry in cmd.entries if entry.kind == "family" and entry.value}
    relatives = {person_id for person_id in named if person_id}
    if relatives:
        await persons.get(uow, cmd.person_id)  # nobody outside the caller's units is locked
        async with uow.as_service():
            await persons.lock_all(uow, {cmd.person_id, *relatives})


async def _check_evidence(uow: UnitOfWork, cmd: RecordFacts) -> None:
    """A fact is read from a material of the person's own dossier, and from a page of that very material."""
    named = {entry.provenance.material_id for entry in cmd.entries if entry.provenance.material_id}
    if not named:
        return
    pages = await facts.pages_of_materials(uow, cmd.person_id, sorted(named))
    faults: list[FieldFault] = []
    for entry in cmd.entries:
        where = entry.provenance
        if where.material_id is not None and where.material_id not in pages:
            faults.append(FieldFault(f"{entry.pointer}/provenance/material_id", "unknown-reference"))
        elif where.page_id is not None and where.page_id not in pages[where.material_id or ""]:
            faults.append(FieldFault(f"{entry.pointer}/provenance/page_id", "unknown-reference"))
    refuse(faults)


async def relate_family(uow: UnitOfWork, person: Person, entries: Sequence[FactEntry]) -> Person:
    """Record the kin of relatives who are persons of the catalog; the words of the form say the relation."""
    faults: list[FieldFault] = []
    pairs: list[tuple[Kin, str]] = []
    for entry in entries:
        if entry.kind != "family" or entry.value is None or entry.value.get("person_id") is None:
            continue
        relation = fact_rules().relation_of(entry.value["appellation"])
        if relation is None:
            faults.append(FieldFault(f"{entry.pointer}/value/appellation", "relation-unknown"))
        else:
            kin = Kin(person_id=entry.value["person_id"], relation=relation)
            pairs.append((kin, f"{entry.pointer}/value/person_id"))
    refuse(faults)
    if not pairs:
        return person
    command = RecordKin(person.person_id, [kin for kin, _ in pairs], pointers=[pointer for _, pointer in pairs])
    related, _ = await relate_kin(uow, command)
    return related
