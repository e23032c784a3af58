"""Two first reviewers, blind: until both sheets are in, nobody can tell whether the other has even begun.

The attack is one of differences. Everything that anybody can be told, through the API with real tokens and by SQL
with the service's own login, is noted before and after one reviewer works; not a byte may differ.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from chassis.deps import Deps
from contracts.events import HEARS
from contracts.values.ids import to_uuid
from services.audit.app import SPEC
from services.audit.usecases.verify_blind_reviews import verify_blind_reviews
from tests.security.blind import (
    FIRST,
    OTHER,
    ROLES,
    BlindPair,
    Seen,
    a_blind_pair,
    addresses,
    answers,
    as_role_of,
    rows_of_every_table,
    shown,
)
from tests.security.snapshot import until_quiet
from tests.services.audit.blind import finished, started
from tests.support.county import County


@pytest.fixture
async def audit(county: County) -> AsyncIterator[Deps]:
    """The audit service's own access to the running system's database."""
    deps = Deps("audit", county.system.settings["audit"], SPEC.load_rules())
    await deps.open()
    yield deps
    await deps.close()


@pytest.fixture
async def pair(county: County, audit: Deps) -> BlindPair:
    """A dossier given to two reviewers, of whom nobody has begun."""
    return await a_blind_pair(county, audit)


@pytest.fixture
async def admin(county: County) -> AsyncIterator[asyncpg.Connection]:
    """The superuser's eyes, for what must be in no table at all."""
    connection = await asyncpg.connect(county.system.target.admin_url())
    yield connection
    await connection.close()


async def test_no_answer_tells_whether_the_other_has_begun_or_handed_in(pair: BlindPair, admin: asyncpg.Connection):
    """The other reviewer, colleagues, the adjudicator, the leader, three administrators: every answer is the same.

    Lists and their counts, ETags and versions, comparison and agreement, foreign review and task ids, keys of
    requests that were used, validate_only, and what a 412 names.
    """
    for account in ROLES:
        await pair.signed_in(account).token()
    await until_quiet(admin)
    await pair.drafts(OTHER, pair.mine)
    before = await _all_answers(pair)
    await pair.works(FIRST, pair.theirs)
    await until_quiet(admin)
    for account, after in (await _all_answers(pair)).items():
        assert {what for what in after if after[what] != before[account][what]} == set(), account
    judged = before["adjudicator"][f"GET /v1/campaign-dossiers/{pair.ids['campaign_dossier_id']}/comparison"]
    assert (judged[0], judged[3]["code"], judged[3]["state"]) == (409, "state-conflict", "first_review")
    stale = before[OTHER]["stale"]
    assert (stale[0], stale[3]["version"], stale[3]["changed"]) == (412, 2, "—")
    rehearsal = before[OTHER]["rehearsal"]
    assert (rehearsal[0], rehearsal[3]["state"], rehearsal[3]["opened"]) == (201, "submitted", False)


async def _all_answers(pair: BlindPair) -> dict[str, Seen]:
    """What each account is told. They ask at once: nothing that one of them does may show to another either."""
    return dict(zip(ROLES, await asyncio.gather(*(answers(pair, one) for one in ROLES)), strict=True))


async def test_the_attack_would_see_a_difference_if_there_were_one(pair: BlindPair):
    """The reviewer's own answers do change, so that equal answers of others mean something."""
    before = await shown(pair, FIRST)
    await pair.works(FIRST, pair.theirs)
    after = await shown(pair, FIRST)
    changed = {what for what in after if after[what] != before[what]}
    assert {f"GET /v1/reviews/{pair.theirs}", f"GET /v1/reviews/{pair.theirs}/materials", "GET /v1/reviews"} <= changed
    assert len(addresses(pair)) > 10


@pytest.mark.parametrize("actor", ["user", None])
async def test_by_sql_not_a_row_differs_for_the_other_reviewer(
    pair: BlindPair, county: County, admin: asyncpg.Connection, actor: str | None
):
    """The service's login with that reviewer's settings: reviews, journal, salts, keys of requests, outbox, dead
    letters, the campaign's rows with their versions and system columns."""
    for account in (FIRST, OTHER):
        await pair.signed_in(account).token()
    await until_quiet(admin)
    url = county.system.settings["audit"].database_url
    who = {"actor": actor, "account": pair.accounts[OTHER], "units": list(county.loaded.units.values())}
    async with as_role_of(url, **who) as connection:
        before = await rows_of_every_table(connection)
    await pair.works(FIRST, pair.theirs)
    await until_quiet(admin)
    async with as_role_of(url, **who) as connection:
        after = await rows_of_every_table(connection)
        own = await connection.fetchval("select count(*) from audit.review where id = $1", to_uuid(pair.mine))
        locked = await connection.fetch("select id from audit.review where id = $1 for update", to_uuid(pair.theirs))
        written = await connection.execute("update audit.review set opened = true where id = $1", to_uuid(pair.theirs))
    assert {table for table in after if after[table] != before[table]} == set()
    assert (own, list(locked), written) == (1, [], "UPDATE 0")
    assert before["journal_salt"] == []
    assert {"review", "journal", "idempotency", "outbox", "dead_letter", "campaign_dossier"} <= set(before)


async def test_no_event_and_no_dead_letter_of_any_service_knows_of_it(pair: BlindPair, admin: asyncpg.Connection):
    """The superuser finds neither the review nor its dossier in what was told, heard or set aside."""
    await pair.works(FIRST, pair.theirs)
    await until_quiet(admin)
    for schema in HEARS:
        for table in ("outbox", "dead_letter"):
            bodies = await admin.fetch(f"select convert_from(body, 'UTF8') as body from {schema}.{table}")
            for one in (pair.theirs, pair.ids["campaign_dossier_id"]):
                assert not [row for row in bodies if one in row["body"]], (schema, table)


async def test_once_both_are_in_each_can_be_read_and_neither_was_changed(pair: BlindPair, county: County, audit: Deps):
    """The pair opens for both reviewers, the adjudicator and by SQL; the journal bears out both sheets."""
    await pair.works(FIRST, pair.theirs)
    await pair.works(OTHER, pair.mine, finished(work_start_date=started("1990-08")))
    path = f"/v1/campaign-dossiers/{pair.ids['campaign_dossier_id']}/comparison"
    for account in (FIRST, OTHER, "adjudicator", "leader"):
        told = await pair.signed_in(account).get(path)
        assert [one["fact"] for one in told["facts"] if not one["agreed"]] == ["work_start_date"], account
    for account in ("system-admin", "security-admin", "security-auditor", "archivist"):
        answer = await pair.signed_in(account).send("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (403, "role-missing")
    who = {"actor": "user", "account": pair.accounts[OTHER], "units": [pair.ids["unit_id"]]}
    async with as_role_of(county.system.settings["audit"].database_url, **who) as connection:
        assert await connection.fetchval("select opened from audit.review where id = $1", to_uuid(pair.theirs))
    proof = await verify_blind_reviews(pair.ids["campaign_id"], uow=audit.as_service())
    assert [(one.proven.outcome, one.proven.faults) for one in proof.checked] == [("unchanged", ())] * 2
    assert proof.pairs_not_opened == 0
