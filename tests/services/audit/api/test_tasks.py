"""/v1/tasks: what waits for an auditor, and their decisions."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.tasks import Task
from contracts.values.ids import new_id
from tests.services.audit.api.conftest import Desk
from tests.services.audit.office import auditor
from tests.support.rooms import somebody

YES = {"outcome": "approve", "not_related": True}


async def listed(desk: Desk, caller: Any, query: str = "") -> list[str]:
    """Ids of the caller's tasks of appraisal."""
    answer = await desk.get(caller, f"tasks{query}")
    assert answer.status_code == 200, answer.text
    return of_appraisal(answer)


def of_appraisal(answer: Any) -> list[str]:
    """Tasks of appraisal in a list; beside them stands the audit of each dossier that is new."""
    return [item["id"] for item in answer.json()["items"] if item["kind"].startswith("appraisal.")]


async def test_a_task_is_shown_in_the_shared_shape(desk: Desk):
    """What all services answer for a task, with its version as the tag; ids and codes only."""
    received = await desk.office.appraising()
    task = await desk.office.waiting(received.material_id)
    answer = await desk.get(auditor(), f"tasks/{task.id}")
    shown = Task.model_validate(answer.json())
    assert (answer.headers["etag"], answer.headers["cache-control"]) == ('"1"', "private, no-store")
    assert (shown.kind, shown.state, shown.resource) == (
        "appraisal.first",
        "pending",
        f"appraisals/{task.appraisal_id}",
    )
    assert received.title not in answer.text


async def test_an_unchanged_task_is_not_sent_again(desk: Desk):
    """If-None-Match with its version gives 304 without a body; with another, the task."""
    received = await desk.office.appraising()
    task = await desk.office.waiting(received.material_id)
    same = await desk.get(auditor(), f"tasks/{task.id}", **{"If-None-Match": '"1"'})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", '"1"')
    assert same.headers["cache-control"] == "private, no-store"
    other = await desk.get(auditor(), f"tasks/{task.id}", **{"If-None-Match": '"2"'})
    assert (other.status_code, other.json()["version"]) == (200, 1)


async def test_tasks_are_listed_by_due_date_page_after_page(desk: Desk):
    """Each once, in order, with a link to the next page; another caller's token is refused."""
    office = desk.office
    subject = await office.known_subject()
    wanted = [(await office.waiting((await office.appraising(subject)).material_id)).id for _ in range(3)]
    li = auditor(subject.unit_id)
    first = await desk.get(li, "tasks?page_size=2")
    assert [item["id"] for item in first.json()["items"]] == wanted[:2]
    assert 'rel="next"' in first.headers["link"]
    token = first.json()["next_page_token"]
    second = await desk.get(li, f"tasks?page_size=2&page_token={token}")
    assert (of_appraisal(second), second.json()["next_page_token"]) == (wanted[2:], None)
    stolen = await desk.get(auditor(subject.unit_id), f"tasks?page_size=2&page_token={token}")
    assert (stolen.status_code, stolen.json()["code"]) == (400, "page-token-invalid")


async def test_what_one_may_not_decide_is_not_in_ones_list(desk: Desk):
    """Not what one has checked oneself, not one's own material, not another unit's."""
    office = desk.office
    subject = await office.known_subject()
    received = await office.appraising(subject)
    task, li = await office.waiting(received.material_id), auditor(subject.unit_id)
    assert await listed(desk, li) == [task.id]
    assert await listed(desk, auditor(subject.unit_id, subject.person_no)) == []
    assert await listed(desk, auditor(new_id("unt"))) == []
    assert (await desk.decide(li, task.id, YES)).status_code == 201
    second = await office.waiting(received.material_id)
    assert await listed(desk, li) == []
    assert await listed(desk, li, "?state=approved") == [task.id]
    assert await listed(desk, auditor(subject.unit_id)) == [second.id]


async def test_a_decision_is_a_record_with_what_came_of_it(desk: Desk):
    """201, the decided task, and where the appraisal stands."""
    received = await desk.office.appraising()
    task = await desk.office.waiting(received.material_id)
    body = {"outcome": "reject", "reasons": ["seal_missing"], "note": "第 2 页", "not_related": True}
    answer = await desk.decide(auditor(), task.id, body)
    assert (answer.status_code, answer.headers["etag"]) == (201, '"2"')
    told = answer.json()
    assert (told["state"], told["outcome"], told["reasons"]) == ("rejected", "reject", ["seal_missing"])
    assert told["appraisal_state"] == "second_check"
    assert "第 2 页" not in answer.text


async def test_the_same_request_twice_is_done_once(desk: Desk):
    """The second answer says that it is a repetition; another body under the key is refused."""
    received = await desk.office.appraising()
    task, li, key = await desk.office.waiting(received.material_id), auditor(), new_id("req")
    first = await desk.decide(li, task.id, YES, key=key)
    again = await desk.decide(li, task.id, YES, key=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == first.json()
    other = await desk.decide(li, task.id, {**YES, "note": "x"}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"outcome": "return"}, [("/outcome", "not-allowed-value")]),
        ({"outcome": "maybe"}, [("/outcome", "not-allowed-value")]),
        ({}, [("/outcome", "required")]),
        ({"outcome": "reject"}, [("/reasons", "too-few")]),
        ({"outcome": "reject", "reasons": ["nonsense"]}, [("/reasons/0", "not-allowed-value")]),
        ({"outcome": "reject", "reasons": ["A1"] * 21}, [("/reasons", "too-many")]),
        ({"outcome": "approve", "reasons": ["A1"]}, [("/reasons", "contradiction")]),
        ({"outcome": "approve", "note": "长" * 501}, [("/note", "too-long")]),
        ({"outcome": "approve", "note": "第\x00页"}, [("/note", "control-character")]),
        ({"outcome": "approve", "note": " \u3000"}, [("/note", "too-short")]),
        ({"outcome": "approve", "remark": "x"}, [("/remark", "unknown-member")]),
        ({"outcome": "approve"}, [("/not_related", "required")]),
    ],
)
async def test_a_decision_that_does_not_hold_says_where(
    desk: Desk, body: dict[str, Any], faults: list[tuple[str, str]]
):
    """Each fault with its pointer, no value repeated, nothing changed."""
    subject = await desk.office.known_subject()
    await desk.office.hear(subject.kin(complete=False), version=2)
    received = await desk.office.appraising(subject)
    task = await desk.office.waiting(received.material_id)
    answer = await desk.decide(auditor(), task.id, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == faults
    assert "nonsense" not in answer.text
    assert (await desk.office.waiting(received.material_id)).version == 1


async def test_each_refusal_has_its_code(desk: Desk):
    """Who, when and on what: each answered by its own problem, and the task stays as it was."""
    office = desk.office
    subject = await office.known_subject()
    received = await office.appraising(subject)
    task, li = await office.waiting(received.material_id), auditor()
    refused = [
        (await desk.decide(somebody("submitter"), task.id, YES), 403, "role-missing"),
        (await desk.decide(somebody("adjudicator"), task.id, YES), 403, "role-missing"),
        (await desk.decide(auditor(new_id("unt")), task.id, YES), 404, "not-found"),
        (await desk.decide(li, new_id("tsku"), YES), 404, "not-found"),
        (await desk.decide(auditor(person_no=subject.person_no), task.id, YES), 403, "recusal"),
        (await desk.decide(li, task.id, {**YES, "not_related": False}), 403, "recusal"),
        (await desk.decide(li, task.id, YES, version=None), 428, "precondition-required"),
        (await desk.decide(li, task.id, YES, version=9), 412, "version-stale"),
        (await desk.decide(li, task.id, YES, key=None), 400, "idempotency-key-missing"),
    ]
    assert [(a.status_code, a.json()["code"]) for a, _, _ in refused] == [(s, c) for _, s, c in refused]
    assert (await office.waiting(received.material_id)).version == 1
    assert (await desk.decide(li, task.id, YES)).status_code == 201
    second = await office.waiting(received.material_id)
    twice = await desk.decide(li, second.id, YES)
    assert (twice.status_code, twice.json()["code"]) == (403, "same-person-twice")
    gone = await desk.decide(auditor(), task.id, YES, version=2)
    assert (gone.status_code, gone.json()["code"]) == (409, "state-conflict")


async def test_a_refusal_is_told_in_the_callers_language(desk: Desk):
    """Chinese by default, English when asked for."""
    received = await desk.office.appraising()
    task = await desk.office.waiting(received.material_id)
    chinese = await desk.decide(auditor(), task.id, YES, version=None)
    english = await desk.decide(auditor(), task.id, YES, version=None, **{"Accept-Language": "en"})
    assert (chinese.json()["title"], english.json()["title"]) == ("缺少 If-Match", "If-Match is missing")


async def test_without_a_token_nothing_is_shown(desk: Desk):
    """The service believes the gateway only."""
    for path in ("tasks", "appraisals", f"tasks/{new_id('tsku')}"):
        answer = await desk.get(None, path)
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
