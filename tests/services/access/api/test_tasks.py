"""/v1/tasks of access: what waits for a signer, and the decision."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.services.access.api.conftest import Desk, faults
from tests.support.rooms import somebody


async def asked(desk: Desk) -> dict[str, Any]:
    """A request that waits for the head of its unit, with the id of that task."""
    made = (await desk.post(desk.case.asker, "view-requests", await desk.form())).json()
    return {**made, "task_id": made["steps"][0]["task_id"]}


async def test_a_task_waits_for_its_signer_only(desk: Desk):
    request = await asked(desk)
    listed = await desk.get(desk.case.head, "tasks")
    [task] = listed.json()["items"]
    assert (task["id"], task["kind"], task["resource"]) == (
        request["task_id"],
        "view.approve",
        f"view-requests/{request['id']}",
    )
    assert (task["state"], task["step"], task["unit_id"], task["version"]) == ("pending", 1, desk.case.unit_id, 1)
    assert listed.headers["Cache-Control"] == "private, no-store"
    one = await desk.get(desk.case.head, f"tasks/{task['id']}")
    assert (one.json(), one.headers["ETag"]) == (task, '"1"')
    for other in (desk.case.leader, somebody("leader", desk.case.unit_id)):
        assert (await desk.get(other, "tasks")).json()["items"] == []
        assert (await desk.get(other, f"tasks/{task['id']}")).status_code == 404
    assert (await desk.get(desk.case.asker, "tasks")).json()["code"] == "role-missing"


async def test_what_somebody_may_not_sign_is_not_in_their_list(desk: Desk):
    """A relative's request, and one that they made themselves."""
    await asked(desk)
    relative = await desk.office.person(desk.case.unit_id)
    await desk.office.hear(relative.kin(desk.case.subject.person_id), version=2)
    assert (await desk.get(relative.account("approver", desk.case.unit_id), "tasks")).json()["items"] == []
    own = somebody("viewer", desk.case.unit_id)
    both = own.__class__(**{**vars(own), "posts": (*own.posts, ("approver", desk.case.unit_id))})
    await desk.post(both, "view-requests", await desk.form(relation_declaration="not_related"))
    assert len((await desk.get(both, "tasks")).json()["items"]) == 1


async def test_tasks_go_on_page_by_page_in_order_of_their_due_date(desk: Desk):
    made = [(await asked(desk))["task_id"] for _ in range(3)]
    first = (await desk.get(desk.case.head, "tasks?page_size=2")).json()
    second = (await desk.get(desk.case.head, f"tasks?page_size=2&page_token={first['next_page_token']}")).json()
    assert [one["id"] for one in (*first["items"], *second["items"])] == made


async def test_a_signature_is_answered_with_the_task_as_decided(desk: Desk):
    request = await asked(desk)
    path = f"tasks/{request['task_id']}/decisions"
    signed = await desk.post(desk.case.head, path, {"outcome": "approve"}, version=1)
    assert (signed.status_code, signed.headers["ETag"]) == (201, '"2"')
    assert (signed.json()["state"], signed.json()["decided_by"]) == ("approved", desk.case.head.account_id)
    read = (await desk.get(desk.case.asker, f"view-requests/{request['id']}")).json()
    assert (read["state"], [one["state"] for one in read["steps"]]) == ("unit_approved", ["approved", "pending"])
    assert (await desk.get(desk.case.head, "tasks")).json()["items"] == []
    assert len((await desk.get(desk.case.leader, "tasks")).json()["items"]) == 1


async def test_two_approvals_at_once_are_one_and_a_stale_one(desk: Desk):
    request = await asked(desk)
    other = (await desk.office.person(desk.case.unit_id)).account("approver", desk.case.unit_id)
    path, body = f"tasks/{request['task_id']}/decisions", {"outcome": "approve"}
    answers = await asyncio.gather(
        desk.post(desk.case.head, path, body, version=1), desk.post(other, path, body, version=1)
    )
    assert sorted(answer.status_code for answer in answers) == [201, 412]
    [stale] = [answer.json() for answer in answers if answer.status_code == 412]
    assert (stale["code"], stale["version"], stale["changed"]) == ("version-stale", 2, "state")


async def test_a_decision_without_its_parts_is_refused(desk: Desk):
    request = await asked(desk)
    path = f"tasks/{request['task_id']}/decisions"
    head = desk.case.head
    assert (await desk.post(head, path, {"outcome": "approve"})).json()["code"] == "precondition-required"
    no_key = await desk.post(head, path, {"outcome": "approve"}, version=1, key=None)
    assert no_key.json()["code"] == "idempotency-key-missing"
    for body, wanted in (
        ({}, [("/outcome", "required")]),
        ({"outcome": "maybe"}, [("/outcome", "not-allowed-value")]),
        ({"outcome": "reject"}, [("/reasons", "required")]),
        ({"outcome": "reject", "reasons": ["moods"]}, [("/reasons/0", "not-allowed-value")]),
        ({"outcome": "approve", "reasons": ["no_need"]}, [("/reasons", "contradiction")]),
        ({"outcome": "approve", "not_related": "yes"}, [("/not_related", "type")]),
        ({"outcome": "approve", "note": "x"}, [("/note", "unknown-member")]),
    ):
        assert faults(await desk.post(head, path, body, version=1)) == wanted
    stranger = somebody("approver", desk.case.unit_id)
    unknown = await desk.post(stranger, path, {"outcome": "approve"}, version=1)
    assert faults(unknown) == [("/not_related", "required")]
    assert (await desk.get(head, f"tasks/{request['task_id']}")).json()["version"] == 1


async def test_a_task_of_another_service_is_no_task_here(desk: Desk):
    request = await asked(desk)
    foreign = request["task_id"].replace("tskx_", "tsku_")
    assert (await desk.get(desk.case.head, f"tasks/{foreign}")).status_code in (404, 422)
