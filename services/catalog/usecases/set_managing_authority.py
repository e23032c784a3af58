"""Name the office that decides for a rank in a unit, change or end such a rule; whom it concerns is told."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from chassis.deps import Deps
from chassis.jobs import Job
from chassis.unit_of_work import UnitOfWork
from chassis.units import hear_unit
from chassis.web import check_version
from contracts.events import Envelope, UnitChanged
from contracts.problems import DateImpossible, FieldFault, NotFound
from contracts.values.ids import new_id
from services.catalog.domain.managing_authority import AuthorityRule
from services.catalog.store import managing_authorities, persons
from services.catalog.usecases.person_checks import check_unit
from services.catalog.usecases.tell_person import tell_person

_AT_ONCE = 200


async def create_managing_authority(told: Mapping[str, Any], *, uow: UnitOfWork) -> AuthorityRule:
    """A new rule, for a unit in the caller's scope."""
    async with uow:
        if earlier := await uow.replay_of():
            return await managing_authorities.get(uow, earlier)
        check_unit(uow, told["unit_id"])
        rule = AuthorityRule(new_id("mga"), **told)
        await _keep(uow, rule, "managing_authority.created", sorted(told))
        await uow.remember(rule.authority_id)
        return rule


async def change_managing_authority(
    authority_id: str, seen_version: int, changes: Mapping[str, Any], *, uow: UnitOfWork
) -> AuthorityRule:
    """Another office or period; rank and unit stay, since another rank is another rule."""
    async with uow:
        rule = await managing_authorities.get(uow, authority_id, lock=True)
        if rule.unit_id not in uow.units:
            raise NotFound()
        await check_version(uow, authority_id, rule.version, seen_version)
        differs = {name: value for name, value in changes.items() if getattr(rule, name) != value}
        if not differs:
            return rule
        changed = replace(rule, version=rule.version + 1, **differs)
        await _keep(uow, changed, "managing_authority.changed", sorted(differs))
        return changed


async def _keep(uow: UnitOfWork, rule: AuthorityRule, verb: str, changed: list[str]) -> None:
    if rule.valid_to is not None and rule.valid_to < rule.valid_from:
        raise DateImpossible(errors=[FieldFault("/valid_to", "date-impossible")])
    await managing_authorities.save(uow, rule)
    await managing_authorities.tell_later(uow, rule.unit_id, rule.rank)
    uow.record(verb, rule.authority_id, rule.version, asdict(rule), changed=changed)


async def hear_unit_and_tell(event: Envelope[UnitChanged], uow: UnitOfWork, deps: Deps) -> None:
    """A unit that moved stands under other rules: its people are told which."""
    await hear_unit(event, uow, deps)
    await managing_authorities.tell_later(uow, event.data.unit_id, None)


async def tell_authorities(deps: Deps) -> None:
    """Tell whom changed rules concern, some at a time, until all are told."""
    while await _tell_some(deps):
        pass


async def _tell_some(deps: Deps) -> bool:
    async with deps.as_service() as uow:
        found = await managing_authorities.next_to_tell(uow, _AT_ONCE)
        if found is None:
            return False
        no, person_ids = found
        for person in (await persons.lock_all(uow, person_ids)).values():
            person.version, person.changed_at = person.version + 1, uow.now
            await persons.save(uow, person)
            await tell_person(uow, person)
            uow.record("person.authority_changed", person.person_id, person.version, person, ("managing_authority",))
        await managing_authorities.told_up_to(uow, no, person_ids[-1] if len(person_ids) == _AT_ONCE else None)
        return True


TELL_AUTHORITIES = Job("tell_authorities", 5, tell_authorities, first_after_seconds=5)
