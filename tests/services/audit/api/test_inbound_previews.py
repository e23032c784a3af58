"""/v1/inbound-previews: another office's dossier is lent, read and given back."""

from __future__ import annotations

from tests.services.audit.api.conftest import Desk
from tests.services.audit.gate import newcomer
from tests.services.audit.office import auditor
from tests.support.rooms import somebody

PATH = "inbound-previews"
LOAN = {"lent_by": "某市水利局人事处", "letter_no": "商调函〔2026〕7号", "borrowed_on": "2026-01-05"}


async def test_a_dossier_is_lent_read_and_given_back(desk: Desk):
    """Named by number and name; two auditors find it among their tasks; each refusal has its code and pointer."""
    subject = await newcomer(desk.office)
    keeper, li = somebody("archivist", subject.unit_id), auditor(subject.unit_id)
    named = {"person": {"person_no": subject.person_no, "name": subject.name}, "not_related": True}
    body = {**LOAN, **named, "due_back_on": "2026-01-19"}
    wrong = await desk.post(keeper, PATH, {**body, "due_back_on": "2025-12-01"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/due_back_on")
    assert (await desk.post(li, PATH, body)).json()["code"] == "role-missing"
    made = await desk.post(keeper, PATH, body, key="lent-once")
    assert (made.status_code, made.json()["state"], made.json()["overdue"]) == (201, "out", True), made.text
    again = await desk.post(keeper, PATH, body, key="lent-once")
    assert (again.json()["id"], again.headers["idempotent-replayed"]) == (made.json()["id"], "true")
    refused = await desk.post(keeper, PATH, body)
    assert (refused.status_code, refused.json()["state"]) == (409, "preview out")
    address = f"{PATH}/{made.json()['id']}"
    shown = await desk.get(li, address)
    (audit,) = shown.json()["audits"]
    assert (audit["state"], shown.headers["etag"]) == ("pending", '"1"')
    (task,) = (await desk.get(li, "tasks")).json()["items"]
    assert (task["id"], task["resource"]) == (audit["task_id"], address)
    read = (await desk.get(li, f"tasks/{task['id']}/examinations")).json()
    assert (read["dossier_id"], read["preview_id"]) == (None, made.json()["id"])
    assert (await desk.get(auditor(subject.unit_id, subject.person_no), address)).json()["code"] == "recusal"
    given = {"given_back_on": "2026-01-12"}
    assert (await desk.post(keeper, f"{address}/returns", given)).status_code == 428
    back = await desk.post(keeper, f"{address}/returns", given, version=1)
    assert (back.status_code, back.json()["state"], back.headers["etag"]) == (201, "given_back", '"2"'), back.text
    assert (await desk.post(keeper, f"{address}/returns", given, version=1)).status_code == 412
    for state, many in (("out", 0), ("given_back", 1)):
        assert len((await desk.get(li, f"{PATH}?state={state}")).json()["items"]) == many
