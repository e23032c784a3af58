"""The whole story through the gateway, with real tokens, on real engines."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator

from chassis import jws
from cli import acts
from cli.client import key_of, until
from cli.story import STORY, Stage
from cli.verify import judge
from tests.story.deciding import REASON, closed, handed_in, two_agree, waiting_for
from tests.support.county import SUBJECT, County, pages, paper

APPOINTMENT = "干部任免审批表"
RESUME = "干部履历表"
SAMPLE = "样例材料：年度考核登记表"
UNKNOWN = "驻村帮扶群众评议记录"


async def test_the_story_runs_from_a_hand_in_to_a_watermarked_page(county: County):
    """The steps of `dangan demo`, each checking its own outcome; the viewed page stands in the register by then."""
    stage = Stage(people=county.signed_in, sample=county.sample, keys=county.system.client().published_keys)
    for step in STORY:
        assert await step.act(stage)
    assert stage.request["state"] == "approved"


async def test_each_item_of_a_mixed_submission_stands_in_exactly_one_paper(county: County):
    """What was filed is on the receipt with its place and the digests of its pages, what was not on the note."""
    filed, returned = paper(APPOINTMENT, 2), paper(RESUME, 1)
    submission = await handed_in(county, filed, returned)
    await two_agree(county, submission, rejected=[RESUME])
    receipt, note = await closed(county, submission)
    assert receipt is not None
    assert note is not None
    [on_receipt] = receipt["document"]["items"]
    [on_note] = note["document"]["items"]
    assert {on_receipt["item_id"], on_note["item_id"]} == {item["id"] for item in submission["items"]}
    assert (on_receipt["title"], on_receipt["category"], on_receipt["page_count"]) == (APPOINTMENT, "9-2", 2)
    assert on_receipt["page_digests"] == [hashlib.sha256(page).hexdigest() for page in filed.pages]
    assert [reason["code"] for reason in on_note["reasons"]] == [REASON]
    assert receipt["document"]["person"]["person_no"] == SUBJECT


async def test_a_submission_that_is_filed_whole_has_no_return_note_and_the_other_way_round(county: County):
    good = await handed_in(county, paper(SAMPLE))
    receipt, note = await closed(county, good)
    assert receipt is not None
    assert note is None
    bad = await handed_in(county, paper(RESUME))
    await two_agree(county, bad, rejected=[RESUME])
    receipt, note = await closed(county, bad)
    assert receipt is None
    assert note is not None


async def test_receipts_are_numbered_without_gaps(county: County):
    """Several submissions close at one time; up to the last of them every number was given, and given once."""
    submissions = await asyncio.gather(*(handed_in(county, paper(SAMPLE)) for _ in range(4)))
    receipts = [
        receipt for receipt, _ in await asyncio.gather(*(closed(county, one) for one in submissions)) if receipt
    ]
    assert len({(receipt["issuer_unit_id"], receipt["year"]) for receipt in receipts}) == 1
    last = max(receipt["sequence_no"] for receipt in receipts)
    # Other tests' submissions close meanwhile; a number is committed before the next one is given.
    numbers = [number async for number in _numbers(county, receipts[0]["issuer_unit_id"]) if number <= last]
    assert sorted(numbers) == list(range(1, last + 1))


async def _numbers(county: County, issuer_unit_id: str) -> AsyncIterator[int]:
    """Numbers of all receipts that this unit has issued."""
    archivist = county.signed_in("archivist")
    async for submission in archivist.every("/v1/submissions", state="closed", page_size=200):
        for receipt in (await archivist.get(f"/v1/submissions/{submission['id']}/receipts"))["items"]:
            if receipt["issuer_unit_id"] == issuer_unit_id:
                yield receipt["sequence_no"]


async def test_a_receipt_is_the_same_bytes_each_time_and_holds_offline(county: County):
    """PDF and JWS hold against the published key, and no longer with a byte changed."""
    submitter = county.signed_in("submitter")
    receipt, _ = await closed(county, await handed_in(county, paper(SAMPLE, 2)))
    assert receipt is not None
    path = f"/v1/receipts/{receipt['id']}"
    token, pdf, again = [await submitter.content(f"{path}/{form}") for form in ("jws", "pdf", "pdf")]
    keys = await county.system.client().published_keys()
    assert pdf == again
    assert judge(token, keys)[1].code == judge(pdf, keys)[1].code == "valid"
    for content in (token, pdf):
        changed = bytearray(content)
        changed[len(changed) // 2] ^= 1
        assert judge(bytes(changed), keys)[1].exit_code != 0


async def test_the_provisional_receipt_says_what_was_handed_in_and_passes_for_no_receipt(county: County):
    handed = paper(SAMPLE, 2)
    submission = await handed_in(county, handed)
    keys = await county.system.client().published_keys()
    token = submission["provisional_receipt"]
    told = str(jws.read_unverified(token))
    assert all(hashlib.sha256(page).hexdigest() in told for page in handed.pages)
    assert judge(token.encode(), keys)[1].exit_code != 0


async def test_what_is_filed_stands_once_in_the_catalogue_and_numbers_have_no_gap(county: County):
    """Filed in its category in order of time, whatever order it came in."""
    person_no, archivist = "10000016", county.signed_in("archivist")
    papers = [paper(SAMPLE, formed_on=day) for day in ("2019-03-01", "2017", "2018-05")]
    await closed(county, await handed_in(county, *papers, person_no=person_no))
    catalogue = await archivist.get(f"/v1/dossiers/{county.dossier_id(person_no)}/catalogue")
    for heading in catalogue["headings"]:
        items = heading["items"]
        assert [item["item_no"] for item in items] == list(range(1, len(items) + 1))
    [assessments] = [heading for heading in catalogue["headings"] if heading["category"] == "3"]
    dates = [item["formed_on"]["value"] for item in assessments["items"]]
    assert dates == sorted(dates)
    assert len([item for item in assessments["items"] if item["title"] == SAMPLE]) == 3
    pdf = await archivist.content(f"/v1/dossiers/{county.dossier_id(person_no)}/catalogue/pdf")
    assert pdf.startswith(b"%PDF-")


async def test_a_title_that_no_rule_knows_waits_for_the_archivist_who_files_it(county: County):
    """Two auditors accept what the machine finds out of scope; the catalog does not guess where it belongs."""
    archivist = county.signed_in("archivist")
    submission = await handed_in(county, paper(UNKNOWN))
    await two_agree(county, submission)
    material = await queued(county, submission)
    assert material["queue"]["cause"] == "unclassified"
    await acts.decide(archivist, material["queue"]["task_id"], {"outcome": "approve", "category": "10"})
    receipt, note = await closed(county, submission)
    assert note is None
    assert receipt is not None
    assert receipt["document"]["items"][0]["category"] == "10"


async def test_what_the_archivist_refuses_goes_back_to_the_department(county: County):
    archivist = county.signed_in("archivist")
    submission = await handed_in(county, paper(UNKNOWN))
    await two_agree(county, submission)
    material = await queued(county, submission)
    decision = {"outcome": "reject", "reasons": ["other_person"]}
    await acts.decide(archivist, material["queue"]["task_id"], decision)
    receipt, note = await closed(county, submission)
    assert receipt is None
    assert note is not None
    assert [reason["code"] for reason in note["document"]["items"][0]["reasons"]] == ["other_person"]
    item = await county.signed_in("submitter").get(f"/v1/submission-items/{submission['items'][0]['id']}")
    assert item["returned"]["by"] == "catalog"


async def queued(county: County, submission: acts.Json) -> acts.Json:
    """The only material of a submission, once it waits for an archivist."""
    item = await county.signed_in("submitter").get(f"/v1/submission-items/{submission['items'][0]['id']}")
    return await acts.until_heard(county.signed_in("archivist"), f"/v1/materials/{item['material_id']}")


async def test_one_person_confirms_where_the_machine_stands_for_the_first(county: County):
    submission = await handed_in(county, paper("2023年度考核登记表"))
    [item_id] = [item["id"] for item in submission["items"]]
    found = await waiting_for(county, "auditor", submission, {item_id})
    assert found[item_id]["machine_voices"] == ["approve"]
    await acts.appraise(county.signed_in("auditor"), found[item_id], "approve")
    receipt, _ = await closed(county, submission)
    assert receipt is not None


async def test_pages_that_are_filed_already_are_found_by_their_digest(county: County):
    """The second hand-in of the same scans waits for a person, who sees where they stand."""
    same = pages(2)
    await closed(county, await handed_in(county, acts.Paper(SAMPLE, "2022-02-02", same)))
    submission = await handed_in(county, acts.Paper(SAMPLE, "2022-02-02", same))
    [item_id] = [item["id"] for item in submission["items"]]
    appraisal = (await waiting_for(county, "auditor", submission, {item_id}))[item_id]
    [duplicate] = [check for check in appraisal["checks"] if check["code"] == "duplicate"]
    assert (duplicate["outcome"], duplicate["evidence"]["filed_pages"]) == ("fail", 2)
    await acts.appraise(county.signed_in("auditor"), appraisal, "reject", ["duplicate"])
    _, note = await closed(county, submission)
    assert note is not None


async def test_a_page_too_few_is_found_and_decided_by_a_person(county: County):
    short = acts.Paper(SAMPLE, "2021-01-01", pages(1), declared=2)
    submission = await handed_in(county, short)
    [item_id] = [item["id"] for item in submission["items"]]
    appraisal = (await waiting_for(county, "auditor", submission, {item_id}))[item_id]
    [complete] = [check for check in appraisal["checks"] if check["code"] == "complete"]
    assert (complete["outcome"], complete["faults"]) == ("fail", ["pages_missing"])


async def test_a_lost_answer_is_asked_for_again_with_the_same_key(county: County):
    """Repeated whole, a delivery is one delivery: the same state, the same provisional receipt."""
    submitter, key = county.signed_in("submitter"), key_of("story", SUBJECT)
    submission = await acts.draft(submitter, county.subject())
    await acts.add_paper(submitter, submission, paper(SAMPLE))
    path = f"/v1/submissions/{submission['id']}/deliveries"
    headers = {"Idempotency-Key": key}
    first, second = [await submitter.send("POST", path, json={}, headers=headers) for _ in range(2)]
    assert (first.status_code, second.status_code) == (202, 202)
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert first.json()["provisional_receipt"] == second.json()["provisional_receipt"]


async def test_what_waits_is_listed_for_those_who_may_decide(county: County):
    """The merged list shows an auditor the appraisal; a submitter has nothing to decide."""
    submission = await handed_in(county, paper(APPOINTMENT))
    [item_id] = [item["id"] for item in submission["items"]]
    appraisal = (await waiting_for(county, "auditor", submission, {item_id}))[item_id]
    listed = await until(
        "the task in the list",
        lambda: county.signed_in("auditor").get("/v1/tasks", page_size=200),
        lambda seen: any(task["id"] == appraisal["task_id"] for task in seen["items"]),
    )
    assert listed["incomplete"] == []
    assert (await county.signed_in("submitter").get("/v1/tasks"))["items"] == []


async def test_an_item_tells_its_own_way(county: County):
    """Draft, pending, and in the end filed with its place: each as transfer has heard it."""
    submitter = county.signed_in("submitter")
    submission = await acts.draft(submitter, county.subject())
    item = await acts.add_paper(submitter, submission, paper(SAMPLE))
    assert (await submitter.get(f"/v1/submission-items/{item['id']}"))["state"] == "draft"
    await acts.deliver(submitter, submission["id"])
    ended = await acts.until_item(submitter, item["id"], acts.ENDED)
    assert ended["state"] == "filed"
    assert re.fullmatch(r"rcp_[0-9A-Z]{26}", (await submitter.get(f"/v1/submission-items/{item['id']}"))["receipt_id"])
