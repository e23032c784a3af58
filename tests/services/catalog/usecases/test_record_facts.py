"""Facts recorded by two at once: one is told that it came too late, and nobody waits for ever."""

import asyncio

from contracts.problems import VersionStale
from services.catalog.domain.fact_changes import FactEntry
from services.catalog.domain.facts import Provenance
from services.catalog.store.facts import current_facts
from services.catalog.usecases.record_facts import RecordFacts, record_facts
from tests.services.catalog.office import Office

ENTRY = Provenance("entry")


async def record(office: Office, person_id: str, *entries: FactEntry) -> object:
    """Against the person's first version; the refusal instead of raising it."""
    try:
        return await record_facts(RecordFacts(person_id, 1, entries), uow=office.uow(), keys=office.deps.keys)
    except VersionStale as refused:
        return refused


async def test_of_two_archivists_at_once_one_is_told_that_it_came_too_late(office: Office):
    """Whoever is second sees the names of what changed; the facts are those of the first."""
    person = await office.register()
    lines = [FactEntry("health", ENTRY, {"text": text}) for text in ("健康", "一般", "较差")]
    answers = await asyncio.gather(*(record(office, person.person_id, line) for line in lines))
    refused = [answer for answer in answers if isinstance(answer, VersionStale)]
    assert [one.params["changed"] for one in refused] == [["health"], ["health"]]
    async with office.uow() as uow:
        health = (await current_facts(uow, person.person_id)).of("health")
    assert len(health) == 1


async def test_two_who_name_each_other_at_once_do_not_wait_for_each_other(office: Office):
    """Both persons are locked in one order; the pair is recorded once from both sides."""
    for _ in range(5):
        father, son = await office.register("王大"), await office.register("王小")

        def named(appellation: str, name: str, person_id: str) -> FactEntry:
            value = {
                "appellation": appellation,
                "name": name,
                "birth_date": None,
                "political_status": None,
                "work": None,
            }
            return FactEntry("family", ENTRY, {**value, "person_id": person_id})

        answers = await asyncio.gather(
            record(office, father.person_id, named("长子", "王小", son.person_id)),
            record(office, son.person_id, named("父亲", "王大", father.person_id)),
        )
        assert sum(isinstance(answer, VersionStale) for answer in answers) == 1
        pairs = await office.admin.fetchval(
            "select count(*) from catalog.kin k join catalog.person p using (person_id) where p.person_no = any($1)",
            [father.person_no, son.person_no],
        )
        assert pairs == 2
