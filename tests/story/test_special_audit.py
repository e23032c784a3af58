"""The special audit of the demo, short: made up, played to its end, and the report equal to what was planted."""

from __future__ import annotations

import io

from rich.console import Console

from chassis.database import Database
from chassis.identity import Caller
from chassis.telling import Speaker
from chassis.unit_of_work import UnitOfWork
from cli.special_audit.generate import LEAST, generate
from cli.special_audit.play import AUDIT, play
from cli.special_audit.review import proved
from cli.special_audit.stage import Stage
from services.audit.usecases.verify_blind_reviews import verify_blind_reviews
from tests.support.county import County


async def test_the_report_of_an_audit_says_what_was_planted(county: County):
    """From the first unit to the filed forms through the gateway, with two reviewers blind and proved so."""

    async def prove(campaign_id: str) -> str:
        database = Database(county.system.settings["audit"])
        speaker = Speaker("audit", "", county.system.url)
        try:
            uow = UnitOfWork(database, Caller.service("audit"), "*", speaker)
            return proved(await verify_blind_reviews(campaign_id, uow=uow))
        finally:
            await database.engine.dispose()

    told = io.StringIO()
    stage = Stage(county.signed_in, generate(271, LEAST, collected=3), prove)
    assert await play(stage, Console(file=told, width=200)), told.getvalue()
    assert told.getvalue().count("✓ ") >= len(AUDIT)
    reported = {one.code: one.reported for one in stage.figures if not one.group}
    assert (reported["dossiers"], reported["consistent"], reported["altered"], reported["false"]) == (12, 4, 3, 5)
    assert (reported["to_investigate"], reported["verified"], reported["forms"]) == (1, 7, 8)
    assert all(one.same for one in stage.figures)
