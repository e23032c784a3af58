"""Carry out what audit decided of who is meant: one person's other name is kept, and taken back with the decision."""

import base64

from chassis.deps import Deps
from chassis.sealing import Sealed, unseal
from chassis.unit_of_work import UnitOfWork
from contracts.events import Envelope, IdentityResolved
from contracts.values.ids import new_id
from services.catalog.domain.fact_changes import FactEntry
from services.catalog.domain.fact_values import FormerNameValue, as_json
from services.catalog.domain.facts import Facts, Provenance
from services.catalog.store import identity, persons
from services.catalog.store.facts import current_facts
from services.catalog.store.tables import Person
from services.catalog.usecases.keep_facts import keep_facts, plan_facts


async def keep_identity(event: Envelope[IdentityResolved], uow: UnitOfWork, deps: Deps) -> None:
    """The latest version counts, however late an earlier one comes."""
    told = event.data
    person = await persons.get(uow, told.person_id, lock=True)
    is_news, fact_id = await identity.learn(uow, told, event.version)
    if not is_news:
        return
    facts = await current_facts(uow, person.person_id)
    if told.state == "undone":
        if fact_id:
            await _take_back(uow, person, facts, fact_id, told)
    elif told.outcome == "same_person" and told.sealed_name and told.sealed_by:
        sealed = Sealed(base64.b64decode(told.sealed_name), told.sealed_by)
        name = unseal(deps.keys, sealed, context=told.decision_id).decode()
        await _keep(uow, person, facts, name, told)


async def _keep(uow: UnitOfWork, person: Person, facts: Facts, name: str, told: IdentityResolved) -> None:
    """Another name of the person, unless it is known; nothing that is known is ended for it."""
    if name == person.name or name in person.former_names:
        return
    value = as_json(FormerNameValue(text=name, variant=True if told.name_kind == "variant" else None))
    reason = f"同一人认定 {told.decision_id}，认定人 {told.decided_by}"
    planned = plan_facts(
        uow, facts, [FactEntry("former_name", Provenance("entry", reason=reason), value)], new_id("req")
    )
    await keep_facts(uow, person, planned, verb="person.name_kept")
    await identity.set_fact(uow, told.decision_id, planned.plan.added[0].fact_id)


async def _take_back(uow: UnitOfWork, person: Person, facts: Facts, fact_id: str, told: IdentityResolved) -> None:
    """End the name that the decision brought, unless somebody ended or corrected it since."""
    if any(fact.fact_id == fact_id for fact in facts.of("former_name")):
        reason = f"撤销同一人认定 {told.decision_id}，撤销人 {told.decided_by}"
        entry = FactEntry("former_name", Provenance("entry", reason=reason), corrects=fact_id, withdrawn=True)
        await keep_facts(uow, person, plan_facts(uow, facts, [entry], new_id("req")), verb="person.name_taken_back")
