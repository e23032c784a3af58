"""Delivery: all of it, or nothing."""

import asyncio
import json

import pytest

from contracts.problems import Refusal, StateConflict
from contracts.values.ids import is_id, new_id, to_uuid
from services.transfer.domain.refusals import DossierNotOpen, TooMany
from services.transfer.store import pages
from services.transfer.usecases.withdraw_submission import withdraw_submission
from tests.services.transfer.desk import NAME, Desk, statements


async def pages_of(desk: Desk, item_id: str):
    async with desk.uow() as uow:
        return await pages.list_of_item(uow, item_id)


async def test_audit_is_told_of_each_material_with_all_that_it_needs(desk: Desk):
    draft = await desk.drafted()
    await desk.item(draft, "履历表", pages=2)
    await desk.item(draft, "自传")
    submission = await desk.deliver(draft.submission_id)
    first, second = await desk.told(draft.submission_id)
    items = await desk.items_of(draft.submission_id)
    assert [told["item_id"] for told in (first, second)] == [item.item_id for item in items]
    assert [told["material_id"] for told in (first, second)] == [item.material_id for item in items]
    assert is_id("mat", first["material_id"])
    assert (first["unit_id"], first["dossier_unit_id"]) == (desk.department.unit_id, desk.archive.unit_id)
    assert (first["dossier_id"], first["person_id"]) == (desk.cadre.dossier_id, desk.cadre.person_id)
    assert (first["declared_person_no"], first["title"]) == (desk.cadre.person_no, "履历表")
    assert first["formed_on"]["value"] == "1987-05"
    assert NAME not in str(first)
    assert first["declared_name_index"] == submission.subject.declared_name_index
    leaves = await pages_of(desk, items[0].item_id)
    assert [page["page_id"] for page in first["pages"]] == [page.page_id for page in leaves]
    assert [page["digest"] for page in first["pages"]] == [page.file.digest for page in leaves]
    assert first["version"] == items[0].version


async def test_what_is_written_says_who_did_it(desk: Desk):
    submission, _ = await desk.delivered()
    assert await desk.verbs(submission.submission_id) == [
        "submission.created",
        "submission.changed",
        "submission.delivered",
    ]
    actor = await desk.admin.fetchval(
        "select actor from transfer.journal where resource = $1 and verb = 'submission.delivered'",
        submission.submission_id,
    )
    assert actor == desk.clerk.account_id


async def test_every_change_of_an_item_is_in_the_journal_with_its_version(desk: Desk):
    submission, (first, second) = await desk.delivered(2)
    withdrawn = await desk.drafted()
    third = await desk.item(withdrawn)
    await withdraw_submission(withdrawn.submission_id, uow=desk.uow())
    for submission_id, ids, last in (
        (submission.submission_id, (first.item_id, second.item_id), "submission_item.delivered"),
        (withdrawn.submission_id, (third.item_id,), "submission_item.withdrawn"),
    ):
        versions = {item.item_id: item.version for item in await desk.items_of(submission_id)}
        for item_id in ids:
            rows = await desk.admin.fetch(
                "select verb, version from transfer.journal where resource = $1 order by version", item_id
            )
            assert [row["verb"] for row in rows] == ["submission_item.added", "submission_item.pages_bound", last]
            assert [row["version"] for row in rows] == list(range(1, versions[item_id] + 1))


async def test_the_largest_item_fits_into_one_message_of_the_broker(desk: Desk):
    """Every page that the limits admit, every member as long as it gets; a message holds 1 MiB with its headers."""
    draft = await desk.drafted()
    item = await desk.item(draft, "\U00020bb7" * 200, pages=0)
    limits = desk.deps.rules.limits
    most = limits.submission.max_pages_per_item
    await desk.admin.execute(
        """insert into transfer.item_page (item_id, page_no, unit_id, digest, media_type, bytes, width, height)
           select $1, n, $2, encode(sha256(n::text::bytea), 'hex'), 'image/jpeg', $4, $5, $5
           from generate_series(1, $3::int) n""",
        to_uuid(item.item_id),
        to_uuid(desk.department.unit_id),
        most,
        limits.upload.max_bytes,
        limits.upload.max_pixels,
    )
    doubtful = {"value": "1987-05-12", "qualifier": "approximate", "as_written": "\U00020bb7" * 100}
    await desk.admin.execute(
        "update transfer.submission_item set page_count = $2, formed_on = $3 where item_id = $1",
        to_uuid(item.item_id),
        most,
        json.dumps({**doubtful, "calendar": "lunar", "source_page": new_id("pag")}),
    )
    await desk.deliver(draft.submission_id)
    size = await desk.admin.fetchval(
        "select octet_length(body) from transfer.outbox where body::bytea like $1::bytea",
        f'%"item_id":"{item.item_id}"%'.encode(),
    )
    assert most * 150 < size < 1024 * 1024 - 4096


async def test_two_deliveries_at_once_deliver_once(desk: Desk):
    draft = await desk.drafted()
    await desk.item(draft)
    answers = await asyncio.gather(*(desk.deliver(draft.submission_id) for _ in range(3)), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["StateConflict", "StateConflict", "Submission"]
    assert len(await desk.told(draft.submission_id)) == 1


async def test_a_delivery_and_a_withdrawal_at_once_leave_one_of_them(desk: Desk):
    for _ in range(4):
        draft = await desk.drafted()
        await desk.item(draft)
        answers = await asyncio.gather(
            desk.deliver(draft.submission_id),
            withdraw_submission(draft.submission_id, uow=desk.uow()),
            return_exceptions=True,
        )
        refused = [answer for answer in answers if isinstance(answer, Refusal)]
        assert [type(answer) for answer in refused] == [StateConflict]
        state = (await desk.submission(draft.submission_id)).state
        told = await desk.told(draft.submission_id)
        assert (state, len(told)) in (("delivered", 1), ("withdrawn", 0))


async def test_a_dossier_that_was_closed_meanwhile_takes_no_delivery(desk: Desk):
    draft = await desk.drafted()
    item = await desk.item(draft)
    await desk.hear(desk.cadre.dossier(state="closed"), version=2)
    with pytest.raises(DossierNotOpen):
        await desk.deliver(draft.submission_id)
    assert await desk.told(draft.submission_id) == []
    assert (await desk.submission(draft.submission_id)).state == "draft"
    assert [page.page_id for page in await pages_of(desk, item.item_id)] == [None]


async def test_a_delivery_too_large_for_one_receipt_is_refused(desk: Desk):
    draft = await desk.drafted()
    await desk.item(draft, pages=3)
    with pytest.raises(TooMany):
        await desk.deliver(draft.submission_id, max_pages=2)
    assert (await desk.submission(draft.submission_id)).state == "draft"


async def test_a_dossier_that_moved_meanwhile_is_delivered_to_its_new_keeper(desk: Desk):
    draft = await desk.drafted()
    await desk.item(draft)
    await desk.hear(desk.cadre.dossier(unit_id=desk.root.unit_id), version=2)
    assert (await desk.deliver(draft.submission_id)).custodian_unit_id == desk.root.unit_id
    assert (await desk.told(draft.submission_id))[0]["dossier_unit_id"] == desk.root.unit_id


async def test_a_withdrawn_submission_no_longer_uses_its_files(desk: Desk):
    draft = await desk.drafted()
    item = await desk.item(draft, pages=2)
    await withdraw_submission(draft.submission_id, uow=desk.uow())
    uses = await desk.admin.fetch("select until from transfer.blob_ref where resource_id = $1", item.item_id)
    assert [use["until"] is not None for use in uses] == [True, True]
    assert [one.state for one in await desk.items_of(draft.submission_id)] == ["withdrawn"]


async def test_a_withdrawal_takes_as_many_statements_for_many_items_as_for_one(desk: Desk):
    counts = []
    for items in (1, 5):
        draft = await desk.drafted()
        for n in range(items):
            await desk.item(draft, f"材料{n}", pages=2)
        with statements(desk.deps) as seen:
            await withdraw_submission(draft.submission_id, uow=desk.uow())
        counts.append(len(seen))
        ended = "select count(*) from transfer.blob_ref where until is not null and resource_id = any($1)"
        ids = [item.item_id for item in await desk.items_of(draft.submission_id)]
        assert await desk.admin.fetchval(ended, ids) == 2 * items
    assert counts[0] == counts[1]
