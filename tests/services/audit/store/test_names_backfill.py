"""Persons heard of before there were names to search by are found by them, too."""

from __future__ import annotations

import importlib

from sqlalchemy import text

from contracts.values.ids import to_uuid
from tests.services.audit.office import Office

MIGRATION = importlib.import_module("services.audit.migrations.versions.20261124_1400_pre_decide_identity")
NAMES = "select name, sound from audit.heard_name where person_id = $1 order by name, sound"


async def test_names_of_an_earlier_release_are_read_as_those_that_are_told_now(office: Office):
    """The very function of the migration, on persons whose names are taken away."""
    subject = await office.known_subject(name="单立", former_names=("张伟", "单立"))
    before = await office.admin.fetch(NAMES, to_uuid(subject.person_id))
    assert {row["sound"] for row in before} >= {"shan li", "dan li", "zhang wei"}
    async with office.deps.as_service() as uow:
        connection = await uow.session.connection()
        await connection.execute(text("delete from audit.heard_name"))
        await connection.run_sync(MIGRATION.name_all)
    assert await office.admin.fetch(NAMES, to_uuid(subject.person_id)) == before
