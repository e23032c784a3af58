"""What the policies of blind reviews hide in the journal and among the keys of requests, and from whom."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis.jobs import HOUSEKEEPING
from chassis.unit_of_work import IDEMPOTENCY_HOURS, IdempotencyKey
from contracts.values.ids import new_id
from tests.services.audit.blind import a_pair
from tests.services.audit.office import Office, auditor
from tests.services.audit.usecases.test_submit_review import both_drafted, submit


async def test_a_person_reads_the_journal_but_not_what_reviewers_did(office: Office):
    """Rows of reviews and of looks at pages, and every salt, are there for the service's own acts alone."""
    who, resource = auditor(), new_id("cmp")
    verbs = ("campaign.created", "review.drafted", "review.submitted", "page.viewed", "catalogue.viewed", "pair.opened")
    async with office.acting(who) as uow:
        for verb in verbs:
            uow.record(verb, resource, 1, {})
    seen = "select verb from journal where resource = $1 order by id"
    salts = "select count(*) from journal_salt s join journal j on j.id = s.journal_id where resource = $1"
    async with office.acting(who) as uow:
        assert [row["verb"] for row in await uow.raw().fetch(seen, resource)] == ["campaign.created", "pair.opened"]
        assert await uow.raw().fetchval(salts, resource) == 0
        async with uow.as_service():
            assert [row["verb"] for row in await uow.raw().fetch(seen, resource)] == list(verbs)
            assert await uow.raw().fetchval(salts, resource) == len(verbs)


@pytest.mark.parametrize(("path", "seen"), [("/v1/reviews/rev_1/submissions", 0), ("/v1/claims", 1)])
async def test_a_key_is_hidden_by_its_path_and_forgotten_in_time(office: Office, path: str, seen: int):
    """Its scope names the account that handed in; housekeeping forgets hidden keys like all others."""
    who = auditor()
    key = IdempotencyKey(f"{who.account_id} POST {path}", new_id("req"), b"x")
    async with office.acting(who, key=key) as uow, uow.as_service():
        await uow.remember(new_id("rev"))
    count = "select count(*) from idempotency where key = $1"
    async with office.acting(auditor()) as uow:
        assert await uow.raw().fetchval(count, key.key) == seen
    old = timedelta(hours=IDEMPOTENCY_HOURS + 1)
    await office.admin.execute(
        "update audit.idempotency set made_at = made_at - $2::interval where key = $1", key.key, old
    )
    await HOUSEKEEPING.run(office.deps)
    assert await office.admin.fetchval("select count(*) from audit.idempotency where key = $1", key.key) == 0


async def test_a_sheet_handed_in_leaves_no_readable_key(office: Office):
    """The other reviewer finds neither the key nor its number among what the service keeps."""
    pair = await a_pair(office)
    await both_drafted(office, pair)
    path = f"/v1/reviews/{pair.li_review}/submissions"
    key = IdempotencyKey(f"{pair.li.account_id} POST {path}", new_id("req"), b"x")
    await submit(office, pair.li, pair.li_review, key=key)
    async with office.acting(pair.wang) as uow:
        assert await uow.raw().fetchval("select count(*) from idempotency where key = $1", key.key) == 0
        async with uow.as_service():
            assert await uow.raw().fetchval("select count(*) from idempotency where key = $1", key.key) == 1
