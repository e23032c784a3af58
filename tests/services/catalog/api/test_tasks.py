"""Routes of the archivists' queue."""

from contracts.values.ids import new_id
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.support.rooms import somebody

_NO_OFFER = {"cause": "unclassified", "basis": None, "candidates": []}


async def test_a_task_offers_ranked_candidates_with_their_reason(desk: Desk):
    """For what is unclassified or asked about while it waits; for a title that says nothing none, never a guess."""
    kept = await desk.office.keep()
    for title in ("人员登记表", "个人有关事项和离任审计报告", "登记表"):
        await desk.office.file(kept, title)
    tasks = [(await desk.get(f"tasks/{task['id']}")).json() for task in (await desk.get("tasks")).json()["items"]]
    offers = {task["cause"]: task["candidates"] for task in tasks}
    assert offers["unclassified"][0] | {"likeness": 1.0} == {
        "category": "9-2",
        "name": {"zh": "任免类", "en": "Appointments"},
        "basis": "r2018:17",
        "source": "by use, not by title (web:zixin)",
        "why": "fact",
        "likeness": 1.0,
        "fact": "approval_opinion_sealed",
        "example": None,
    }
    assert (offers["ask"][0]["category"], offers["ask"][0]["why"]) == ("5", "next_rule")
    assert offers["retitle"] == []
    asked = next(task for task in tasks if task["cause"] == "ask")
    body = {"outcome": "approve", "category": "5"}
    assert (await desk.post(f"tasks/{asked['id']}/decisions", body, version=1)).status_code == 201
    assert (await desk.get(f"tasks/{asked['id']}")).json()["candidates"] == []


async def test_the_queue_shows_the_oldest_first(desk: Desk):
    """In the shape that all services share; filed materials are not in it."""
    kept = await desk.office.keep()
    first = await desk.office.file(kept, "来信")
    await desk.office.file(kept, "党员登记表")
    second = await desk.office.file(kept, "登记表")
    page = (await desk.get("tasks?page_size=1")).json()
    (task,) = page["items"]
    assert (task["kind"], task["state"], task["step"]) == ("filing.classify", "pending", 1)
    assert (task["resource"], task["unit_id"]) == (f"materials/{first}", desk.office.unit_id)
    rest = (await desk.get(f"tasks?page_size=1&page_token={page['next_page_token']}")).json()
    assert [one["resource"] for one in rest["items"]] == [f"materials/{second}"]
    assert rest["next_page_token"] is None
    one = await desk.get(f"tasks/{task['id']}")
    assert (one.json(), one.headers["etag"]) == ({**task, **_NO_OFFER}, '"1"')
    assert (await desk.get(f"tasks/{task['id']}", **{"If-None-Match": '"1"'})).status_code == 304


async def test_a_decision_files_the_material(desk: Desk):
    """It needs the version and a key; then the material stands in its place and the queue is empty."""
    kept = await desk.office.keep()
    material_id = await desk.office.file(kept, "来信")
    (task,) = (await desk.get("tasks")).json()["items"]
    path, body = f"tasks/{task['id']}/decisions", {"outcome": "approve", "category": "9-2"}
    assert code_of(await desk.post(path, body)) == "precondition-required"
    assert code_of(await desk.post(path, body, version=1, key=None)) == "idempotency-key-missing"
    made = await desk.post(path, body, version=1)
    assert made.status_code == 201, made.text
    decided = made.json()
    assert (decided["state"], decided["material_state"]) == ("approved", "filed")
    assert (decided["material_id"], decided["category"], decided["item_no"]) == (material_id, "9-2", 1)
    assert (await desk.get("tasks")).json()["items"] == []
    assert [one["id"] for one in (await desk.get("tasks?state=approved")).json()["items"]] == [task["id"]]
    stale = await desk.post(path, body, version=1)
    assert (code_of(stale), stale.json()["changed"]) == ("version-stale", "state")


async def test_a_refusal_needs_a_listed_reason(desk: Desk):
    """And leaves the material refused, with its reasons."""
    kept = await desk.office.keep()
    material_id = await desk.office.file(kept, "来信")
    (task,) = (await desk.get("tasks")).json()["items"]
    path = f"tasks/{task['id']}/decisions"
    refused = await desk.post(path, {"outcome": "reject", "reasons": ["dislike"]}, version=1)
    assert faults_of(refused) == {"/reasons/0": "not-allowed-value"}
    made = await desk.post(path, {"outcome": "reject", "reasons": ["not_in_scope"]}, version=1)
    assert (made.json()["state"], made.json()["material_state"]) == ("rejected", "refused")
    material = (await desk.get(f"materials/{material_id}")).json()
    assert (material["state"], material["reasons"]) == ("refused", ["not_in_scope"])


async def test_a_stranger_sees_no_task_and_an_auditor_may_not_ask(desk: Desk):
    """404 outside the units, 403 without the permission."""
    kept = await desk.office.keep()
    await desk.office.file(kept, "来信")
    (task,) = (await desk.get("tasks")).json()["items"]
    stranger, auditor = somebody("archivist", new_id("unt")), somebody("auditor", desk.office.unit_id)
    body = {"outcome": "approve", "category": "3"}
    assert (await desk.get("tasks", stranger)).json()["items"] == []
    assert code_of(await desk.get(f"tasks/{task['id']}", stranger)) == "not-found"
    assert code_of(await desk.post(f"tasks/{task['id']}/decisions", body, version=1, caller=stranger)) == "not-found"
    for method, path in (("GET", "tasks"), ("GET", f"tasks/{task['id']}"), ("POST", f"tasks/{task['id']}/decisions")):
        assert code_of(await desk.send(method, path, body, version=1, caller=auditor)) == "role-missing"
