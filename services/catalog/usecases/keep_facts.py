"""The one way in which facts of a person come into the database, and the card with them."""

import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from chassis.blind_index import blind_index
from chassis.keys import KeyRing
from chassis.sealing import seal
from chassis.unit_of_work import UnitOfWork
from contracts.problems import DateImpossible, FieldFault, ValidationFailed
from contracts.values.ids import new_id
from services.catalog.domain.fact_changes import FactEntry, Plan, Stamp, plan_changes
from services.catalog.domain.fact_checks import DATE_FAULTS, impossible_dates
from services.catalog.domain.fact_words import MEMBERS, word_faults
from services.catalog.domain.facts import Facts
from services.catalog.domain.person_card import CARD_MEMBERS, card_of
from services.catalog.rules.fact_file import fact_rules
from services.catalog.store import facts as facts_store
from services.catalog.store import id_numbers, persons, reviews, vocabularies
from services.catalog.store.tables import Person
from services.catalog.usecases.tell_person import tell_person

_AS_IT_IS = ("import", "determination")
ID_NUMBER_INDEX = "id_number"
"""Kind under which the blind index of an identity number is made."""


@dataclass(frozen=True)
class Planned:
    """A plan that holds, with the lines that it was made of."""

    plan: Plan
    entries: Sequence[FactEntry]
    stamp: Stamp

    def lines(self) -> Mapping[str, FactEntry]:
        """Fact id → its line."""
        return dict(zip(self.stamp.fact_ids, self.entries, strict=True))


def plan_facts(uow: UnitOfWork, facts: Facts, entries: Sequence[FactEntry], entry_id: str) -> Planned:
    """What the lines do; refused with every fault of every line."""
    ids = [new_id("fct") for _ in entries]
    stamp = Stamp(facts.person_id, entry_id, uow.now, uow.caller.account_id, ids)
    plan = plan_changes(facts, entries, stamp)
    faults = list(plan.faults)
    if len(plan.after.every) > facts_store.MOST_CURRENT:
        faults.append(FieldFault("/facts", "too-many", {"max": facts_store.MOST_CURRENT}))
    if not faults:
        pointers = {fact_id: entry.pointer for fact_id, entry in zip(ids, entries, strict=True)}
        faults = impossible_dates(plan.after, pointers, uow.today, fact_rules())
    refuse(faults)
    return Planned(plan, entries, stamp)


def refuse(faults: Sequence[FieldFault]) -> None:
    """Raise what these faults amount to; nothing for none."""
    if faults and all(fault.code in DATE_FAULTS for fault in faults):
        raise DateImpossible(errors=faults)
    if faults:
        raise ValidationFailed(errors=faults)


async def _word_faults(uow: UnitOfWork, planned: Planned) -> list[FieldFault]:
    """Words that may not be written. What a form (LRMX) or a determination says is taken as it is."""
    lines = planned.lines()
    typed = [fact for fact in planned.plan.added if fact.kind in MEMBERS and fact.provenance.kind not in _AS_IT_IS]
    if not typed:
        return []
    words = await vocabularies.list_words(uow.raw(), sorted({fact.kind for fact in typed}))
    added = {lines[fact.fact_id].pointer: fact for fact in typed}
    return word_faults(added, planned.plan.before, words, fact_rules().closed, uow.today)


@contextmanager
def pointing_at_members() -> Generator[None, None, None]:
    """Faults within point at the member that was sent, where it is no line with a `value` of its own."""
    try:
        yield
    except (DateImpossible, ValidationFailed) as refused:
        faults = [
            FieldFault(re.sub(r"/value/.*|/valid_(from|to)$", "", fault.pointer), fault.code, fault.params)
            for fault in refused.errors
        ]
        raise type(refused)(errors=faults) from None


async def write_facts(uow: UnitOfWork, planned: Planned, keys: KeyRing | None = None) -> None:
    """End and add what the plan says. `keys` seal an identity number; without one among the lines none are needed."""
    plan = planned.plan
    refuse(await _word_faults(uow, planned))
    # What ends goes first: of a kind that has one fact at a time, one is current at every moment.
    if plan.ended:
        await facts_store.end(uow, plan.ended, at=uow.now, by=planned.stamp.by)
    if plan.added:
        await facts_store.add(uow, plan.added)
    lines, faults = planned.lines(), list[FieldFault]()
    for fact in plan.added:
        number = lines[fact.fact_id].number
        if number is None:
            continue
        if keys is None:
            raise RuntimeError("an identity number needs the key ring")
        sealed = seal(keys, number.reveal().encode(), context=fact.person_id)
        index = blind_index(keys.blind_index_key, ID_NUMBER_INDEX, number.reveal())
        if not await id_numbers.add(uow, fact.fact_id, fact.person_id, sealed, index):
            faults.append(FieldFault(f"{lines[fact.fact_id].pointer}/value/id_number", "duplicate"))
    refuse(faults)
    # What a dossier must hold follows from the facts.
    await reviews.mark_of_person(uow, planned.stamp.person_id)


async def keep_facts(
    uow: UnitOfWork,
    person: Person,
    planned: Planned,
    *,
    keys: KeyRing | None = None,
    others: Mapping[str, Any] | None = None,
    verb: str = "person.changed",
) -> list[str]:
    """Write the facts of a locked person, show them on the card with `others` (number, unit), and tell of it.

    The person's version rises by one; answers the names of what changed, as a stale writer will be told them.
    """
    await write_facts(uow, planned, keys)
    card = {**card_of(planned.plan.after), **(others or {})}
    shown = [member for member, value in card.items() if getattr(person, member) != value]
    for member in shown:
        setattr(person, member, card[member])
    changed = sorted({*shown, *(kind for kind in planned.plan.kinds if kind not in ("former_name", *CARD_MEMBERS))})
    person.version, person.changed_at = person.version + 1, uow.now
    await persons.save(uow, person)
    if shown or "id_number" in changed:
        await tell_person(uow, person)
    uow.record(verb, person.person_id, person.version, _state(person, planned.plan), changed=changed)
    return changed


def _state(person: Person, plan: Plan) -> Mapping[str, Any]:
    """What the journal commits to: the card and the facts of this entry. It stores a salted hash of it."""
    added = [{"id": fact.fact_id, "kind": fact.kind, "value": fact.value} for fact in plan.added]
    return {**person.model_dump(mode="json"), "added": added, "ended": [list(pair) for pair in plan.ended]}
