"""How the database answers for first reviews and opened pairs: by an index, under the service's own policies."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.identity import Caller
from contracts.values.ids import from_uuid
from services.audit.store import comparisons, review_journal, review_pages, review_tasks, reviews, tainted_reviews
from services.audit.store.comparisons import _BY_FACT, _BY_PAIR, Counted, _asked
from tests.services.audit.store.archive import UNITS, Archive, assert_bounded, assert_narrow, nodes_of
from tests.support.rooms import somebody

MANY = 20_000

# Dossier n of 20,000 in campaign n of 10, unit n of 200; given to accounts n and n + 1 of 400, so 50 pairs a person
# and campaign; half of the pairs are opened, and of 6 facts of each every fourth dossier differs in one.
ROWS = f"""
insert into audit.campaign (id, unit_id, version, name, state, settings, seed, rules_digest, created_by, created_at,
  started_at)
select pg_temp.some('cmp', n), pg_temp.some('unt', n), 2, 'x', 'running', '{{}}', 7, 'x', uuidv7(), now(), now()
from generate_series(0, 9) as n;

insert into audit.campaign_dossier (id, unit_id, version, campaign_id, dossier_id, person_id, state, difficulty,
  entered_at)
select pg_temp.some('cdo', n), pg_temp.some('unt', n % {UNITS}), 2, pg_temp.some('cmp', n % 10),
  pg_temp.some('dos', n), pg_temp.some('per', n), case when n / 400 % 2 = 0 then 'first_review' else 'compare' end, 0,
  now()
from generate_series(0, {MANY - 1}) as n;

insert into audit.review (id, unit_id, version, campaign_dossier_id, account_id, state, sheet, assigned_at,
  submitted_at, journal_id, opened)
select pg_temp.some('rev', n * 2 + side), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('cdo', n),
  pg_temp.some('acc', n % 400 + side), case when n / 400 % 2 = 0 then 'open' else 'submitted' end, '{{}}', now(),
  case when n / 400 % 2 = 1 then now() end, case when n / 400 % 2 = 1 then uuidv7() end, n / 400 % 2 = 1
from generate_series(0, {MANY - 1}) as n, generate_series(0, 1) as side;

insert into audit.comparison (campaign_dossier_id, fact, unit_id, campaign_id, person_id, training, first_account_id,
  second_account_id, first_review_id, second_review_id, first_verdict, second_verdict, differs, opened_at)
select pg_temp.some('cdo', n), 'fact_' || fact, pg_temp.some('unt', n % {UNITS}), pg_temp.some('cmp', n % 10),
  pg_temp.some('per', n), false,
  least(pg_temp.some('acc', n % 400), pg_temp.some('acc', n % 400 + 1)),
  greatest(pg_temp.some('acc', n % 400), pg_temp.some('acc', n % 400 + 1)),
  pg_temp.some('rev', n * 2), pg_temp.some('rev', n * 2 + 1), 'consistent', 'consistent',
  case when fact = 0 then array['values'] else '{{}}'::text[] end, now()
from generate_series(0, {MANY - 1}) as n, generate_series(0, 5) as fact where n / 400 % 2 = 1;

insert into audit.tainted_review
select pg_temp.some('tnr', n), pg_temp.some('unt', n % {UNITS}), pg_temp.some('cmp', n % 10), pg_temp.some('cdo', n),
  pg_temp.some('per', n), pg_temp.some('rev', n * 2), pg_temp.some('acc', n % 400), 'kin', 'compare', 'released', now()
from generate_series(0, {MANY // 10 - 1}) as n;

insert into audit.heard_material (material_id, unit_id, version, dossier_id, person_id, blob_unit_id, category, item_no,
  title, page_count, pages, pages_version, removed)
select pg_temp.some('mat', n), pg_temp.some('unt', n % {UNITS}), 1, pg_temp.some('dos', n % 2000),
  pg_temp.some('per', n % 2000), pg_temp.some('unt', n % {UNITS}), '6', 1, 'x', 1, '[]', 1, false
from generate_series(0, {MANY - 1}) as n;
"""
TABLES = ("campaign_dossier", "review", "comparison", "heard_material", "tainted_review")


async def reviewer(archive: Archive) -> Caller:
    """Who has 100 reviews of 50 dossiers each side, in all units."""
    return replace(somebody("auditor"), account_id=await archive.some("acc", "acc", 7))


async def test_a_reviewers_own_sheets_are_found_by_the_account(archive: Archive):
    """Whatever the campaign holds, the list reads the caller's rows and their dossiers."""
    li = await reviewer(archive)
    for states, many in ((["open"], 50), (["open", "submitted"], 51)):
        found, nodes = await archive.plan(
            lambda uow, states=states: reviews.page_of_own(uow, after=None, limit=51, states=states), li
        )
        assert found == many, states
        assert_bounded(nodes)


async def test_what_waits_for_a_reviewer_is_found_by_the_account(archive: Archive):
    """From the beginning, and after a page."""
    li, after = await reviewer(archive), (datetime(2020, 1, 1, tzinfo=UTC), await archive.some("tsku", "rev", 1))
    hidden = [await archive.some("per", "per", 7)]
    for change, many in (({}, 50), ({"after": after}, 50), ({"hidden_persons": hidden}, 50)):
        asked: dict[str, Any] = {"after": None, "limit": 51, "hidden_persons": [], **change}
        found, nodes = await archive.plan(lambda uow, asked=asked: review_tasks.first_reviews(uow, **asked), li)
        assert many - 1 <= found <= many, change
        assert_bounded(nodes)


async def test_a_pair_and_the_dossiers_papers_are_found_by_their_dossier(archive: Archive):
    """Both sheets of a dossier; its materials in order; the material that has a page."""
    li, service = await archive.auditor(), Caller.service("audit")
    cdo, dossier = await archive.some("cdo", "cdo", 7), await archive.some("dos", "dos", 7)
    page = from_uuid("pag", UUID(int=1))
    after = ([6], 1, from_uuid("mat", UUID(int=1)))

    async def page_found(uow: Any) -> list[Any]:
        return [one for one in [await review_pages.find_page(uow, dossier, page)] if one]

    for asked, many, caller in (
        (lambda uow: reviews.pair_of(uow, cdo), 2, service),
        (lambda uow: review_pages.materials_of(uow, dossier, after=None, limit=51), 10, li),
        (lambda uow: review_pages.materials_of(uow, dossier, after=after, limit=51), 10, li),
        (page_found, 0, li),
    ):
        found, nodes = await archive.plan(asked, caller)
        assert found == many
        assert_narrow(nodes)


class Noting:
    """A connection that keeps the last statement with its arguments."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.sql, self.arguments = "", ()

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        """Its rows."""
        self.sql, self.arguments = sql, arguments
        return await self._connection.fetch(sql, *arguments)


async def test_differences_are_found_by_the_campaign(archive: Archive):
    """A page of a campaign's differences is read, not all that agree."""
    judge = somebody("adjudicator")
    campaign = await archive.some("cmp", "cmp", 7)
    after = (from_uuid("cdo", UUID(int=1)), "fact_0")
    for change in ({}, {"after": after}, {"facts": ["birth_date", "fact_0"]}, {"hidden_persons": [judge.account_id]}):
        asked: dict[str, Any] = {
            "after": None, "limit": 51, "facts": [], "unit_id": None, "hidden_persons": []
        } | change  # fmt: skip
        if asked["hidden_persons"]:
            asked["hidden_persons"] = [await archive.some("per", "per", 7)]
        async with archive._deps.db.reading(judge, "*") as connection:
            noting = Noting(connection)
            found = await comparisons.differences_of(noting, campaign, **asked)  # pyright: ignore[reportArgumentType]
            told = await connection.fetchval(f"explain (analyze, format json) {noting.sql}", *noting.arguments)
        nodes = list(nodes_of((json.loads(told) if isinstance(told, str) else told)[0]["Plan"]))
        assert len(found) == 51, change
        scans = [node for node in nodes if "Scan" in node["Node Type"]]
        # The index holds what differs and nothing else; a campaign as small as this one is sorted from it.
        assert {node.get("Index Name", "comparison_differences") for node in scans} == {"comparison_differences"}
        assert not [node for node in scans if node["Node Type"] == "Seq Scan"]


async def test_agreement_is_counted_from_the_index_alone(archive: Archive):
    """A campaign's 6,000 answers are read from the index of agreement, never from the table row by row."""
    judge = somebody("adjudicator")
    campaign = await archive.some("cmp", "cmp", 7)
    async with archive._deps.unit_of_work(judge, "*") as uow:
        asked = _asked(uow, Counted(campaign))
        for statement, more in ((_BY_FACT, ()), (_BY_PAIR, (None, None, 51))):
            told = await uow.raw().fetchval(f"explain (analyze, format json) {statement}", *asked, *more)
            plan = json.loads(told) if isinstance(told, str) else told
            nodes = list(nodes_of(plan[0]["Plan"]))
            assert not [node for node in nodes if node["Node Type"] == "Seq Scan"], statement
            read = [node for node in nodes if node.get("Index Name") == "comparison_agreement"]
            assert read
        tallies = await comparisons.tallies_by_fact(uow, Counted(campaign))
        pairs = await comparisons.tallies_by_pair(uow, Counted(campaign), after=None, limit=200)
    assert sum(tally.count for told in tallies.values() for tally in told) == 6000
    assert len(pairs) == 40


async def test_the_proof_reads_opened_pairs_by_their_dossiers(archive: Archive):
    """So many dossiers at a time."""
    service = Caller.service("audit")
    ids = [await archive.some("cdo", "cdo", 407 + number) for number in range(20)]
    found, nodes = await archive.plan(lambda uow: review_journal.opened_pairs(uow, ids), service)
    assert found == 20
    assert_bounded(nodes)


async def test_tainted_reviews_of_a_campaign_are_found_by_its_index(archive: Archive):
    """There are few: no other campaign's are read."""
    wide = somebody("adjudicator")
    campaign_id = await archive.some("cmp", "cmp", 3)
    found, nodes = await archive.plan(
        lambda uow: tainted_reviews.page_of(uow, campaign_id, after=None, limit=51, hidden_persons=[]), wide
    )
    assert found == 51
    assert_bounded(nodes)
