"""Technical processing over HTTP: conditions, edges, what was done, and the second person of a trim."""

import asyncio
from typing import Any

import pytest

from contracts.values.digest import digest_of
from contracts.values.ids import new_id
from services.catalog.store import processing_needs
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.support.rooms import somebody

TORN = {"cause": "condition", "condition": "torn", "page_no": 1, "spot": "右下角", "proposal": "repair"}


async def _material(desk: Desk) -> str:
    return await desk.office.file(await desk.office.keep(), "党员登记表", "2001")


async def test_a_torn_page_is_repaired(desk: Desk):
    """It stands on the worklist until a record answers it; the sheet shows both."""
    material = await _material(desk)
    made = await desk.post(f"materials/{material}/processing-needs", TORN)
    need = made.json()
    assert (made.status_code, need["state"], need["source"], need["title"]) == (201, "open", "hand", "党员登记表")
    worklist = (await desk.get(f"processing-needs?unit_id={desk.office.unit_id}")).json()["items"]
    assert worklist == [need]
    assert (await desk.get("processing-needs?cause=needs_edge")).json()["items"] == []
    act = {"op": "mount", "damage": "torn", "page_no": 1, "note": "托裱一处", "need_id": need["id"]}
    path = f"materials/{material}/processing-records"
    record = (await desk.post(path, act, key="mount-0001")).json()
    again = await desk.post(path, act, key="mount-0001")
    assert (again.headers["idempotent-replayed"], again.json()) == ("true", record)
    assert (record["state"], record["second_person_required"], record["done_by"]) == (
        "done",
        False,
        desk.office.archivist.account_id,
    )
    assert (await desk.get("processing-needs")).json()["items"] == []
    (done,) = (await desk.get(f"materials/{material}/processing-needs")).json()["items"]
    assert (done["state"], done["ended_by"]) == ("done", desk.office.archivist.account_id)
    assert (await desk.get(path)).json()["items"] == [record]
    assert code_of(await desk.post(path, act)) == "state-conflict"
    assert await desk.office.journal(need["id"]) == ["need.raised", "need.done"]
    assert await desk.office.journal(record["id"]) == ["processing.recorded"]


async def test_a_trim_can_be_confirmed_after_its_need_was_answered_otherwise(desk: Desk):
    """It was done, and waits for nobody for ever; the need stays as the other act left it."""
    material = await _material(desk)
    need = (await desk.post(f"materials/{material}/processing-needs", TORN)).json()
    path = f"materials/{material}/processing-records"
    trim = (await desk.post(path, {"op": "trim", "need_id": need["id"]})).json()
    mount = (await desk.post(path, {"op": "mount", "need_id": need["id"]})).json()
    second = somebody("archivist", desk.office.unit_id)
    done = await desk.post(f"processing-records/{trim['id']}/confirmations", None, version=1, caller=second)
    assert (done.status_code, done.json()["state"], mount["state"]) == (201, "done", "done")
    assert await desk.office.journal(need["id"]) == ["need.raised", "need.done"]


async def test_paper_that_was_joined_to_another_is_noted_there(desk: Desk):
    """A merged material has no paper of its own any more; its sheet can still be read."""
    kept = await desk.office.keep()
    whole, joined = [await desk.office.file(kept, "党员登记表", year) for year in ("2001", "2002")]
    version = (await desk.get(f"materials/{whole}")).json()["version"]
    body = {"material_ids": [joined], "joined": "parts", "reason": "同一事由"}
    assert (await desk.post(f"materials/{whole}/merges", body, version=version)).status_code == 201
    for act, told in (("processing-needs", TORN), ("processing-records", {"op": "fold"})):
        refused = await desk.post(f"materials/{joined}/{act}", told)
        assert (code_of(refused), refused.json()["state"]) == ("state-conflict", "merged")
        assert (await desk.get(f"materials/{joined}/{act}")).status_code == 200


async def test_a_trim_needs_a_second_person(desk: Desk):
    """Another than who did it; the need is open until then."""
    material = await _material(desk)
    need = (await desk.post(f"materials/{material}/processing-needs", {"cause": "needs_edge"})).json()
    act = {"op": "trim", "need_id": need["id"]}
    record = (await desk.post(f"materials/{material}/processing-records", act)).json()
    assert (record["state"], record["second_person_required"]) == ("pending", True)
    assert [one["id"] for one in (await desk.get("processing-records")).json()["items"]] == [record["id"]]
    assert len((await desk.get("processing-needs?cause=needs_edge")).json()["items"]) == 1
    path = f"processing-records/{record['id']}"
    assert code_of(await desk.post(f"{path}/confirmations", None, version=1)) == "same-person-twice"
    second, third = (somebody("archivist", desk.office.unit_id) for _ in range(2))
    answers = await asyncio.gather(
        *(desk.post(f"{path}/confirmations", None, version=1, caller=who) for who in (second, third))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    done = (await desk.get(path)).json()
    assert (done["state"], done["second_person"] in (second.account_id, third.account_id)) == ("done", True)
    assert (await desk.get("processing-records")).json()["items"] == []
    assert (await desk.get("processing-needs")).json()["items"] == []
    fold = (await desk.post(f"materials/{material}/processing-records", {"op": "fold"})).json()
    other = f"processing-records/{fold['id']}/confirmations"
    assert code_of(await desk.post(other, None, version=1, caller=second)) == "state-conflict"


async def test_an_edge_is_asked_for_once(desk: Desk):
    """By hand or as measured on the scan; a better scan takes back what was measured, not what somebody saw."""
    material = await _material(desk)
    path = f"materials/{material}/processing-needs"
    page = (await desk.get(f"materials/{material}")).json()["pages"][0]["page_id"]

    async def measured(*, needs_edge: bool) -> None:
        async with desk.office.uow_for("catalog") as uow:
            await processing_needs.note_margin(uow, page, needs_edge=needs_edge)

    await measured(needs_edge=True)
    await measured(needs_edge=True)
    (need,) = (await desk.get(path)).json()["items"]
    assert (need["cause"], need["source"], need["page_no"], need["state"]) == ("needs_edge", "measured", 1, "open")
    assert code_of(await desk.post(path, {"cause": "needs_edge", "page_no": 1})) == "state-conflict"
    await measured(needs_edge=False)
    assert [one["state"] for one in (await desk.get(path)).json()["items"]] == ["withdrawn"]
    by_hand = await desk.post(path, {"cause": "needs_edge", "page_no": 1})
    assert by_hand.status_code == 201, by_hand.text
    await measured(needs_edge=True)
    await measured(needs_edge=False)
    assert [one["state"] for one in (await desk.get(path)).json()["items"]] == ["withdrawn", "open"]
    withdrawal = f"processing-needs/{by_hand.json()['id']}/withdrawals"
    withdrawn = await desk.post(withdrawal, {"reason": "尺量够宽"}, version=1)
    assert (withdrawn.json()["state"], withdrawn.json()["reason"]) == ("withdrawn", "尺量够宽")
    assert code_of(await desk.post(withdrawal, {"reason": "x"}, version=2)) == "state-conflict"


async def test_what_is_intact_is_recorded_and_asks_for_nothing(desk: Desk):
    """As seen at a return of a loan."""
    material = await _material(desk)
    made = await desk.post(f"materials/{material}/processing-needs", {"cause": "condition", "condition": "intact"})
    assert (made.status_code, made.json()["state"]) == (201, "done")
    assert (await desk.get("processing-needs")).json()["items"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"condition": None},
        {"proposal": None},
        {"cause": "needs_edge"},
        {"condition": "intact"},
        {"condition": "burnt"},
        {"page_no": 0},
    ],
)
async def test_a_condition_says_what_is_proposed(desk: Desk, change: dict[str, Any]):
    """And nothing is proposed for what is whole."""
    material = await _material(desk)
    refused = await desk.post(f"materials/{material}/processing-needs", TORN | change)
    assert code_of(refused) == "validation-failed"


async def test_pages_needs_and_photographs_must_be_the_materials_own(desk: Desk):
    """All faults at once; a need of another material is unknown here."""
    material, other = await _material(desk), await _material(desk)
    path = f"materials/{material}/processing-records"
    body = {
        "op": "fold",
        "page_no": 9,
        "before_ticket": "forged",
        "after_ticket": desk.office.ticket(somebody("x", "y")),
    }
    assert faults_of(await desk.post(path, body)) == {
        "/page_no": "out-of-range",
        "/before_ticket": "ticket-invalid",
        "/after_ticket": "ticket-invalid",
    }
    need = (await desk.post(f"materials/{other}/processing-needs", TORN)).json()
    for need_id in (need["id"], new_id("prn")):
        refused = await desk.post(path, {"op": "fold", "need_id": need_id})
        assert faults_of(refused) == {"/need_id": "unknown-reference"}
    assert (await desk.get(path)).json()["items"] == []
    stranger = somebody("archivist", new_id("unt"))
    assert code_of(await desk.get(path, stranger)) == "not-found"
    assert code_of(await desk.post(path, {"op": "fold"}, caller=stranger)) == "not-found"


async def test_nobody_works_on_the_own_dossier(desk: Desk):
    """Nor sees its sheet."""
    kept = await desk.office.keep()
    material = await desk.office.file(kept, "党员登记表", "2001")
    me = somebody("archivist", desk.office.unit_id, person_no=kept.person_no)
    assert code_of(await desk.post(f"materials/{material}/processing-records", {"op": "fold"}, caller=me)) == "recusal"
    assert code_of(await desk.get(f"materials/{material}/processing-needs", me)) == "recusal"


async def test_photographs_before_and_after_are_kept(desk: Desk):
    """They are in use by the record, and each look at one is in the journal."""
    material = await _material(desk)
    shot = b"\xff\xd8\xff\xe0 a photograph"
    digest = digest_of(shot)
    async with desk.office.deps.blobs.receive(100) as incoming:
        await incoming.write(shot)
        await incoming.finish()
        await incoming.keep(desk.office.unit_id)
    ticket = desk.office.ticket(digest=digest, bytes=len(shot))
    made = await desk.post(f"materials/{material}/processing-records", {"op": "mount", "after_ticket": ticket})
    record = made.json()
    assert (record["has_before"], record["has_after"]) == (False, True)
    image = await desk.get(f"processing-records/{record['id']}/image")
    assert (image.content, image.headers["content-type"]) == (shot, "image/jpeg")
    assert code_of(await desk.get(f"processing-records/{record['id']}/image?side=before")) == "not-found"
    assert await desk.office.journal(record["id"]) == ["processing.recorded", "processing.viewed"]
    used = await desk.office.admin.fetchval(
        "select count(*) from catalog.blob_ref where digest = $1 and resource_id = $2", digest, record["id"]
    )
    assert used == 1
