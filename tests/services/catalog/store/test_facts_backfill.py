"""What cards held before there were facts becomes facts of theirs, once."""

import importlib

from contracts.values.ids import to_uuid
from contracts.values.partial_date import PartialDate
from services.catalog.store.facts import current_facts
from tests.services.catalog.office import Office

MIGRATION = importlib.import_module("services.catalog.migrations.versions.20261124_1000_pre_create_facts")


async def test_a_card_of_an_earlier_release_becomes_facts_that_say_the_same(office: Office):
    """The very statement of the migration, on a person whose facts are taken away."""
    born = PartialDate(value="1970-01", qualifier="uncertain")
    told = {"former_names": ["王小", "王二"], "sex": "male", "rank": None, "ethnicity": "汉族", "birth_date": born}
    person = await office.register("王明", **told)
    key = to_uuid(person.person_id)
    async with office.uow() as uow:
        before = await current_facts(uow, person.person_id)
    await office.admin.execute("delete from catalog.fact where person_id = $1", key)
    await office.admin.execute(f"{MIGRATION.BACKFILL} and p.person_id = '{key}'")
    async with office.uow() as uow:
        after = await current_facts(uow, person.person_id)
    assert [(fact.kind, fact.value) for fact in after.every] == [(fact.kind, fact.value) for fact in before.every]
    assert {fact.provenance.kind for fact in after.every} == {"entry"}
