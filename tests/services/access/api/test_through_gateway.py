"""Access behind the gateway, with real tokens and events: each route answers who may, and refuses who may not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli import acts
from cli.client import Caller, Problem, until
from contracts.values.ids import new_id
from tests.support.county import County

Json = dict[str, Any]
SUBJECT = "10000018"


async def viewer_of(caller: Caller) -> Json:
    """An account as a form names it."""
    me = await caller.get("/v1/me")
    return {"account_id": me["account_id"], "name": me["name"], "party_member": True}


async def form(county: County) -> Json:
    """A request for one day, by both sample viewers."""
    today = (datetime.now(UTC) + timedelta(hours=8)).date().isoformat()
    return {
        "subject": county.subject(SUBJECT),
        "scope": {"kind": "categories", "categories": ["1"]},
        "purpose": "personnel",
        "from_on": today,
        "until_on": today,
        "viewers": [await viewer_of(county.signed_in(one)) for one in ("viewer", "viewer-2")],
        "relation_declaration": "not_related",
    }


async def asked(county: County) -> Json:
    """A request, once access has heard of the subject."""
    viewer, body = county.signed_in("viewer"), await form(county)

    async def attempt() -> Json | None:
        try:
            return await viewer.post("/v1/view-requests", body)
        except Problem as problem:
            if problem.code not in ("person-mismatch", "validation-failed"):
                raise
            return None

    made = await until("access has heard of the person", attempt, lambda seen: seen is not None)
    assert made is not None
    return made


async def listed(caller: Caller) -> list[str]:
    """Tasks that wait for the caller; a service that is slow to answer is left out of one list."""
    return [one["id"] async for one in caller.every("/v1/tasks")]


async def refused(caller: Caller, method: str, path: str, **options: Any) -> tuple[int, str]:
    """Status and code of a refusal."""
    answer = await caller.send(method, path, **options)
    return answer.status_code, answer.json()["code"]


async def test_a_request_runs_through_its_chain_to_a_revoked_grant(county: County):
    viewer, head, leader = (county.signed_in(one) for one in ("viewer", "approver", "leader"))
    request = await asked(county)
    path = f"/v1/view-requests/{request['id']}"
    task_id = request["steps"][0]["task_id"]
    assert [one["id"] async for one in viewer.every("/v1/view-requests")].count(request["id"]) == 1
    assert (await viewer.get(path))["state"] == "submitted"
    assert await until("the task is listed", lambda: listed(head), lambda seen: task_id in seen)
    assert (await head.get(f"/v1/tasks/{task_id}"))["version"] == 1
    assert (await acts.sign(head, request["id"]))["state"] == "unit_approved"
    with pytest.raises(Problem) as late:
        await viewer.post(f"{path}/withdrawals")
    assert (late.value.status, late.value.code) == (409, "state-conflict")
    approved = await acts.sign(leader, request["id"])
    grant = f"/v1/grants/{approved['grant_id']}"
    assert (await viewer.get(grant))["state"] == "running"
    assert approved["grant_id"] in [one["id"] async for one in viewer.every("/v1/grants")]
    assert "items" in await viewer.get(f"{grant}/materials")
    ended = await leader.post(f"{grant}/revocations", {"reasons": ["no_longer_needed"]})
    assert ended["state"] == "revoked"
    assert await refused(viewer, "GET", f"{grant}/materials") == (403, "view-refused")


async def test_a_request_is_taken_back(county: County):
    viewer = county.signed_in("viewer")
    request = await asked(county)
    withdrawn = await viewer.post(f"/v1/view-requests/{request['id']}/withdrawals")
    assert withdrawn["state"] == "withdrawn"


async def test_each_route_refuses_who_has_no_right(county: County):
    """Nothing is changed by any of them."""
    request = await asked(county)
    submitter, viewer = county.signed_in("submitter"), county.signed_in("viewer")
    path, task_id = f"/v1/view-requests/{request['id']}", request["steps"][0]["task_id"]
    keyed = {"headers": {"Idempotency-Key": new_id("req")}, "json": {}}
    grant = f"/v1/grants/{new_id('grt')}"
    for caller, method, address, options in (
        (submitter, "POST", "/v1/view-requests", keyed),
        (submitter, "GET", "/v1/view-requests", {}),
        (submitter, "GET", path, {}),
        (submitter, "POST", f"{path}/withdrawals", keyed),
        (viewer, "GET", f"/v1/tasks/{task_id}", {}),
        (viewer, "POST", f"/v1/tasks/{task_id}/decisions", keyed),
        (submitter, "GET", "/v1/grants", {}),
        (submitter, "GET", grant, {}),
        (viewer, "POST", f"{grant}/revocations", keyed),
        (submitter, "GET", f"{grant}/materials", {}),
        (submitter, "GET", f"{grant}/images/{new_id('pag')}", {}),
        (viewer, "GET", "/v1/usage-entries", {}),
    ):
        assert await refused(caller, method, address, **options) == (403, "role-missing"), address
    assert (await viewer.get(path))["version"] == 1


async def test_the_archivist_reads_the_register(county: County):
    assert "items" in await county.signed_in("archivist").get("/v1/usage-entries")
