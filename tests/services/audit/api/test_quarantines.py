"""/v1/quarantines: the register of materials held apart."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.values.ids import new_id
from tests.services.audit.api.conftest import Desk
from tests.services.audit.office import auditor
from tests.support.rooms import somebody

PATH = "quarantines"


def body_of(material_id: str, /, **changes: Any) -> dict[str, Any]:
    """What an auditor sends."""
    return {"material_id": material_id, "reason": "doubtful", "place": "另放柜 1 层", "not_related": True, **changes}


async def test_a_line_is_begun_kept_and_ended(desk: Desk):
    """From the POST to the release by a second auditor; the appraisal shows where it stands."""
    subject = await desk.office.known_subject()
    received = await desk.office.appraising(subject)
    li, wang = auditor(subject.unit_id), auditor(subject.unit_id)
    made = await desk.post(li, PATH, body_of(received.material_id, responsible_person="王建军"))
    assert (made.status_code, made.headers["etag"]) == (201, '"1"'), made.text
    line = made.json()
    assert (line["state"], line["place"], line["responsible_person"]) == ("held", "另放柜 1 层", "王建军")
    address = f"{PATH}/{line['id']}"
    shown = await desk.get(li, f"appraisals/{line['appraisal_id']}")
    assert (shown.json()["state"], shown.json()["task_id"]) == ("quarantined", None)
    kept = await desk.patch(wang, address, {"responsible_person": None, "case_no": "3 号"}, version=1)
    assert (kept.status_code, kept.json()["responsible_person"], kept.headers["etag"]) == (200, None, '"2"')
    stale = await desk.patch(wang, address, {"place": "x"}, version=1)
    assert (stale.status_code, stale.json()["changed"]) == (412, "case_no, responsible_person")
    release = {"way": "returned", "reasons": ["alteration"], "released_to": "县教育局 刘某", "not_related": True}
    for who, code in ((wang, "state-conflict"), (li, "state-conflict")):
        refused = await desk.post(who, f"{address}/releases", release, version=2)
        assert refused.json()["code"] == code
    assert "案件未结" in refused.text
    assert (await desk.patch(wang, address, {"case_closed_on": line["held_on"]}, version=2)).status_code == 200
    same = await desk.post(li, f"{address}/releases", release, version=3)
    assert same.json()["code"] == "same-person-twice"
    gone = await desk.post(wang, f"{address}/releases", release, version=3)
    assert (gone.status_code, gone.json()["state"], gone.json()["reasons"]) == (201, "released", ["alteration"])
    again = await desk.get(li, address)
    assert again.json() == gone.json()
    assert (await desk.get(li, address, **{"If-None-Match": '"4"'})).status_code == 304
    shown = await desk.get(li, f"appraisals/{line['appraisal_id']}")
    assert (shown.json()["state"], shown.json()["reasons"]) == ("rejected", ["alteration"])


async def test_the_register_is_listed_by_state_page_after_page(desk: Desk):
    """Archivists see where it lies; nobody sees their own."""
    subject = await desk.office.known_subject()
    li, wang = auditor(subject.unit_id), auditor(subject.unit_id)
    made: list[str] = []
    for _ in range(3):
        received = await desk.office.appraising(subject)
        made.append((await desk.post(li, PATH, body_of(received.material_id))).json()["id"])
    await desk.post(wang, f"{PATH}/{made[1]}/releases", {"way": "resumed", "not_related": True}, version=1)
    keeper = somebody("archivist", subject.unit_id)
    first = (await desk.get(keeper, f"{PATH}?page_size=2")).json()
    rest = (await desk.get(keeper, f"{PATH}?page_size=2&page_token={first['next_page_token']}")).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == made
    for state, ids in (("held", [made[0], made[2]]), ("released", [made[1]])):
        listed = await desk.get(keeper, f"{PATH}?state={state}")
        assert [item["id"] for item in listed.json()["items"]] == ids
    own = auditor(subject.unit_id, subject.person_no)
    assert (await desk.get(own, PATH)).json()["items"] == []
    assert (await desk.get(own, f"{PATH}/{made[0]}")).json()["code"] == "recusal"
    assert (await desk.get(auditor(new_id("unt")), f"{PATH}/{made[0]}")).status_code == 404
    assert (await desk.post(keeper, PATH, body_of(received.material_id))).json()["code"] == "role-missing"


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"reason": "bored"}, "/reason", "not-allowed-value"),
        ({"place": ""}, "/place", "too-short"),
        ({"place": None}, "/place", "type"),
        ({"answer": "属实"}, "/asked_of_unit", "required"),
        ({"asked_of_unit": "县教育局", "asked_on": "2999-01-01"}, "/asked_on", "date-in-future"),
        ({"case_no": "x" * 101}, "/case_no", "too-long"),
        ({"colour": "red"}, "/colour", "unknown-member"),
    ],
)
async def test_what_is_wrong_is_pointed_at(desk: Desk, changes: dict[str, Any], pointer: str, code: str):
    """422 with pointer, code and cure, and nothing is held apart."""
    subject = await desk.office.known_subject()
    received = await desk.office.appraising(subject)
    answer = await desk.post(auditor(subject.unit_id), PATH, body_of(received.material_id, **changes))
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    row = await desk.office.appraisal(received.material_id)
    assert row is not None
    assert row["state"] == "first_check"
