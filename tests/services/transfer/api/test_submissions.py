"""Submissions over HTTP: each route accepted and refused, with the codes that clients test."""

import asyncio
import uuid

import pytest

from chassis import jws
from contracts.values.ids import new_id
from services.transfer.domain.papers import PROVISIONAL_TYP
from tests.services.transfer.desk import NAME, Cadre, Desk
from tests.services.transfer.door import Door, problem
from tests.support.rooms import somebody


def by_person(desk: Desk) -> dict[str, dict[str, str]]:
    return {"subject": {"person_no": desk.cadre.person_no, "name": NAME}}


async def drafted(desk: Desk, door: Door) -> dict:
    answer = await door.post(desk.clerk, "/submissions", by_person(desk))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_submission_is_drafted_by_number_and_name(desk: Desk, door: Door):
    answer = await door.post(desk.clerk, "/submissions", by_person(desk))
    draft = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/v1/submissions/{draft['id']}"
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["cache-control"] == "private, no-store"
    assert draft["subject"] == {"dossier_id": desk.cadre.dossier_id, "person_no": desk.cadre.person_no}
    assert (draft["state"], draft["unit_id"], draft["items"]) == ("draft", desk.department.unit_id, [])
    assert draft["created_at"].endswith("+08:00")
    assert NAME not in answer.text


async def test_a_submission_is_drafted_by_dossier(desk: Desk, door: Door):
    answer = await door.post(desk.clerk, "/submissions", {"subject": {"dossier_id": desk.cadre.dossier_id}})
    assert answer.json()["subject"] == {"dossier_id": desk.cadre.dossier_id, "person_no": None}


async def test_a_name_that_does_not_agree_is_a_mismatch(desk: Desk, door: Door):
    for number, name in ((desk.cadre.person_no, "欧阳建国"), ("nobody-has-it", NAME)):
        answer = await door.post(desk.clerk, "/submissions", {"subject": {"person_no": number, "name": name}})
        problem(answer, 422, "person-mismatch")
        assert name not in answer.text


async def test_a_name_alone_selects_nobody(desk: Desk, door: Door):
    answer = await door.post(desk.clerk, "/submissions", {"subject": {"name": NAME}})
    assert problem(answer, 422, "validation-failed") == [("/subject/person_no", "required")]


async def test_an_unknown_dossier_has_its_own_answer(desk: Desk, door: Door):
    answer = await door.post(desk.clerk, "/submissions", {"subject": {"dossier_id": new_id("dos")}})
    assert problem(answer, 422, "validation-failed") == [("/subject/dossier_id", "unknown-reference")]


async def test_a_person_without_a_dossier_has_its_own_answer(desk: Desk, door: Door):
    other = Cadre(desk.archive.unit_id)
    await desk.hear(other.person())
    answer = await door.post(desk.clerk, "/submissions", {"subject": {"person_no": other.person_no, "name": NAME}})
    assert problem(answer, 422, "validation-failed") == [("/subject/person_no", "unknown-reference")]


async def test_a_closed_dossier_takes_nothing(desk: Desk, door: Door):
    await desk.hear(desk.cadre.dossier(state="closed"), version=2)
    problem(await door.post(desk.clerk, "/submissions", by_person(desk)), 409, "state-conflict")


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({}, [("/subject", "required")]),
        ({"subject": {"dossier_id": "dos_1"}}, [("/subject/dossier_id", "id-invalid")]),
        ({"subject": {"person_no": "1", "name": "王\x00"}}, [("/subject/name", "control-character")]),
        ({"subject": {"person_no": "1", "nam": "王"}}, [("/subject/nam", "unknown-member")]),
        ({"subject": {"person_no": 1, "name": "王"}}, [("/subject/person_no", "type")]),
        ({"subject": "王"}, None),
    ],
)
async def test_a_body_of_the_wrong_form_names_each_member(desk: Desk, door: Door, body, faults):
    answer = await door.post(desk.clerk, "/submissions", body)
    found = problem(answer, 422, "validation-failed")
    assert faults is None or found == faults
    assert "王" not in answer.text


async def test_another_unit_is_not_handed_in_for(desk: Desk, door: Door):
    for unit_id in (desk.archive.unit_id, desk.root.unit_id, new_id("unt")):
        answer = await door.post(desk.clerk, "/submissions", {**by_person(desk), "unit_id": unit_id})
        assert problem(answer, 422, "validation-failed") == [("/unit_id", "unknown-reference")]


async def test_whoever_acts_for_a_whole_branch_says_for_which_unit(desk: Desk, door: Door):
    hr = somebody("hr_system")
    assert problem(await door.post(hr, "/submissions", by_person(desk)), 422, "validation-failed") == [
        ("/unit_id", "required")
    ]
    answer = await door.post(hr, "/submissions", {**by_person(desk), "unit_id": desk.department.unit_id})
    assert answer.json()["unit_id"] == desk.department.unit_id


async def test_a_role_without_the_permission_is_refused(desk: Desk, door: Door):
    for role in ("auditor", "archivist", "viewer", "system_admin"):
        caller = somebody(role, desk.department.unit_id)
        problem(await door.post(caller, "/submissions", by_person(desk)), 403, "role-missing")


async def test_a_request_without_the_gateways_token_is_refused(desk: Desk, door: Door):
    answer = await door.send(desk.clerk, "GET", "/submissions", headers={"dangan-internal-token": "x"})
    problem(answer, 401, "not-signed-in")


async def test_a_repeated_request_answers_the_same_submission(desk: Desk, door: Door):
    key = str(uuid.uuid4())
    first = await door.post(desk.clerk, "/submissions", by_person(desk), key=key)
    second = await door.post(desk.clerk, "/submissions", by_person(desk), key=key)
    assert second.status_code == 201
    assert second.json() == first.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers


async def test_a_key_is_not_used_for_another_body(desk: Desk, door: Door):
    key = str(uuid.uuid4())
    await door.post(desk.clerk, "/submissions", by_person(desk), key=key)
    other = {"subject": {"dossier_id": desk.cadre.dossier_id}}
    problem(await door.post(desk.clerk, "/submissions", other, key=key), 422, "idempotency-key-reused")


async def test_the_same_request_twice_at_once_takes_effect_once(desk: Desk, door: Door):
    key = str(uuid.uuid4())
    answers = await asyncio.gather(*(door.post(desk.clerk, "/submissions", by_person(desk), key=key) for _ in range(4)))
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    for answer in answers:
        if answer.status_code != 201:
            problem(answer, 409, "idempotency-in-progress")
            assert answer.headers["retry-after"] == "1"
    assert len(made) == 1
    listed = (await door.get(desk.clerk, "/submissions")).json()["items"]
    assert [row["id"] for row in listed] == list(made)


async def test_a_creating_request_needs_a_key(desk: Desk, door: Door):
    answer = await door.send(desk.clerk, "POST", "/submissions", json=by_person(desk))
    problem(answer, 400, "idempotency-key-missing")


async def test_a_draft_is_pointed_at_another_dossier(desk: Desk, door: Door):
    other = Cadre(desk.archive.unit_id)
    await desk.hear(other.person())
    await desk.hear(other.dossier())
    draft = await drafted(desk, door)
    body = {"subject": {"dossier_id": other.dossier_id}}
    answer = await door.patch(desk.clerk, f"/submissions/{draft['id']}", body, 1)
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert answer.json()["subject"] == {"dossier_id": other.dossier_id, "person_no": None}


async def test_a_subject_is_changed_but_not_removed(desk: Desk, door: Door):
    """Null removes a member in a merge patch; what is not named stays."""
    draft = await drafted(desk, door)
    path = f"/submissions/{draft['id']}"
    answer = await door.patch(desk.clerk, path, {"subject": None}, 1)
    assert problem(answer, 422, "validation-failed") == [("/subject", "required")]
    answer = await door.patch(desk.clerk, path, {}, 1)
    assert (answer.status_code, answer.json()) == (200, draft)


async def test_a_change_needs_the_present_version(desk: Desk, door: Door):
    draft = await drafted(desk, door)
    path, body = f"/submissions/{draft['id']}", {"subject": {"dossier_id": desk.cadre.dossier_id}}
    problem(await door.patch(desk.clerk, path, body, None), 428, "precondition-required")
    await door.post(desk.clerk, f"{path}/items", {"title": "履历表", "declared_page_count": 1})
    answer = await door.patch(desk.clerk, path, body, 1)
    problem(answer, 412, "version-stale")
    assert (answer.json()["version"], answer.json()["changed"]) == (2, "items")


async def test_a_submission_is_seen_by_its_unit_and_from_delivery_on_by_the_archive(desk: Desk, door: Door):
    draft = await desk.drafted()
    await desk.item(draft)
    path = f"/submissions/{draft.submission_id}"
    archivist, stranger = somebody("archivist", desk.archive.unit_id), somebody("submitter", new_id("unt"))
    assert (await door.get(desk.clerk, path)).status_code == 200
    problem(await door.get(archivist, path), 404, "not-found")
    await desk.deliver(draft.submission_id)
    assert (await door.get(archivist, path)).json()["state"] == "delivered"
    problem(await door.get(stranger, path), 404, "not-found")
    assert (await door.get(stranger, "/submissions")).json()["items"] == []


async def test_a_known_version_is_not_sent_again(desk: Desk, door: Door):
    draft = await drafted(desk, door)
    answer = await door.send(desk.clerk, "GET", f"/submissions/{draft['id']}", headers={"If-None-Match": '"1"'})
    assert (answer.status_code, answer.content) == (304, b"")


async def test_a_list_goes_page_by_page_and_filters_by_state(desk: Desk, door: Door):
    made = [(await drafted(desk, door))["id"] for _ in range(3)]
    await door.post(desk.clerk, f"/submissions/{made[1]}/withdrawals")
    first = await door.get(desk.clerk, "/submissions", page_size=2)
    assert [row["id"] for row in first.json()["items"]] == [made[2], made[1]]
    assert 'rel="next"' in first.headers["link"]
    token = first.json()["next_page_token"]
    second = (await door.get(desk.clerk, "/submissions", page_size=2, page_token=token)).json()
    assert ([row["id"] for row in second["items"]], second["next_page_token"]) == ([made[0]], None)
    drafts = (await door.get(desk.clerk, "/submissions", state="draft")).json()["items"]
    assert [row["id"] for row in drafts] == [made[2], made[0]]
    both = (await door.get(desk.clerk, "/submissions", state=["draft", "withdrawn"])).json()["items"]
    assert len(both) == 3
    other = somebody("submitter", desk.department.unit_id)
    problem(await door.get(other, "/submissions", page_size=2, page_token=token), 400, "page-token-invalid")
    problem(await door.get(desk.clerk, "/submissions", state="lost"), 422, "validation-failed")
    problem(await door.get(desk.clerk, "/submissions", stat="draft"), 422, "unknown-parameter")


async def test_a_delivery_answers_a_provisional_receipt_that_is_no_receipt(desk: Desk, door: Door):
    draft = await desk.drafted()
    item = await desk.item(draft, pages=2)
    answer = await door.post(desk.clerk, f"/submissions/{draft.submission_id}/deliveries")
    assert answer.status_code == 202
    told = answer.json()
    assert told["state"] == "delivered"
    assert [(row["id"], row["state"]) for row in told["items"]] == [(item.item_id, "pending")]
    keys = [desk.deps.keys.public_jwk("receipt")]
    slip = jws.verify(told["provisional_receipt"], keys, typ=PROVISIONAL_TYP).payload
    assert slip["delivered_by"] == desk.clerk.account_id
    assert slip["items"][0]["page_digests"] == [f"{0:064x}", f"{1:064x}"]
    assert slip["items"][0]["material_id"] == told["items"][0]["material_id"]
    with pytest.raises(jws.JwsInvalid):
        jws.verify(told["provisional_receipt"], keys, typ="dangan-document+jws")


async def test_a_second_delivery_is_a_conflict_and_a_repeated_request_is_not(desk: Desk, door: Door):
    draft = await desk.drafted()
    await desk.item(draft)
    path, key = f"/submissions/{draft.submission_id}/deliveries", str(uuid.uuid4())
    first = await door.post(desk.clerk, path, key=key)
    assert (await door.post(desk.clerk, path, key=key)).json() == first.json()
    answer = await door.post(desk.clerk, path)
    problem(answer, 409, "state-conflict")
    assert answer.json()["state"] == "delivered"


async def test_a_delivery_of_a_withdrawn_submission_is_a_conflict(desk: Desk, door: Door):
    draft = await desk.drafted()
    await desk.item(draft)
    assert (await door.post(desk.clerk, f"/submissions/{draft.submission_id}/withdrawals")).status_code == 201
    answer = await door.post(desk.clerk, f"/submissions/{draft.submission_id}/deliveries")
    problem(answer, 409, "state-conflict")
    assert answer.json()["state"] == "withdrawn"


async def test_an_empty_submission_is_not_delivered(desk: Desk, door: Door):
    draft = await desk.drafted()
    path = f"/submissions/{draft.submission_id}/deliveries"
    assert problem(await door.post(desk.clerk, path), 422, "validation-failed") == [("/items", "no-items")]
    await desk.item(draft)
    await desk.item(draft, pages=0)
    assert problem(await door.post(desk.clerk, path), 422, "validation-failed") == [("/items/1", "no-pages")]
    assert await desk.told(draft.submission_id) == []


async def test_an_act_takes_no_members(desk: Desk, door: Door):
    draft = await desk.drafted()
    answer = await door.post(desk.clerk, f"/submissions/{draft.submission_id}/withdrawals", {"why": "x"})
    assert problem(answer, 422, "validation-failed") == [("/why", "unknown-member")]


async def test_a_delivered_submission_is_not_withdrawn(desk: Desk, door: Door):
    submission, _ = await desk.delivered()
    answer = await door.post(desk.clerk, f"/submissions/{submission.submission_id}/withdrawals")
    problem(answer, 409, "state-conflict")


async def test_the_archive_neither_delivers_nor_withdraws(desk: Desk, door: Door):
    draft = await desk.drafted()
    archivist = somebody("archivist", desk.root.unit_id)
    for act in ("deliveries", "withdrawals"):
        answer = await door.post(archivist, f"/submissions/{draft.submission_id}/{act}")
        problem(answer, 403, "role-missing")
    assert (await desk.submission(draft.submission_id)).version == 1
