"""/v1/clearances and the audits behind them, through the real app."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from chassis import jws
from chassis.unit_of_work import SHANGHAI
from contracts.answers import AGENDA_TYP, CLEARANCE_TYP
from contracts.tasks import Task
from contracts.values.ids import new_id
from services.audit.domain.examination import MAIN_FACTS
from tests.services.audit.api.conftest import Desk
from tests.services.audit.gate import audited_subject, gap_closed, gap_opened, hr
from tests.services.audit.office import Subject, auditor
from tests.support.rooms import somebody

TODAY = datetime.now(SHANGHAI).date()
FINE = [{"fact": fact.value, "consistent": "yes"} for fact in MAIN_FACTS]


def body(*subjects: Subject, kind: str = "promote") -> dict[str, Any]:
    """A list of these persons."""
    return {"kind": kind, "persons": [{"person_id": one.person_id} for one in subjects]}


async def cleared(desk: Desk, subject: Subject, **members: Any) -> dict[str, Any]:
    """A clearance of the subject, as the HR system sees it."""
    answer = await desk.post(hr(subject.unit_id), "clearances", body(subject, **members))
    assert answer.status_code == 201, answer.text
    return answer.json()["items"][0]


async def test_a_list_is_answered_with_reasons_and_cures(desk: Desk):
    """In the order of the list, by id or by number and name; HR reads each reason in both languages."""
    office = desk.office
    fine = await audited_subject(office)
    barred = await audited_subject(office, unit_id=fine.unit_id)
    await office.hear(gap_opened(barred))
    named = {"person_no": barred.person_no, "name": barred.name, "proposed_post": "县财政局局长"}
    asked = {"kind": "promote", "persons": [named, {"person_id": fine.person_id}]}
    answer = await desk.post(hr(fine.unit_id), "clearances", asked)
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "private, no-store")
    first, second = answer.json()["items"]
    assert (first["person_id"], first["state"], first["proposed_post"]) == (barred.person_id, "refused", "县财政局局长")
    (reason,) = first["reasons"]
    assert reason["reason"] == {
        "zh": "缺少关键原件：入党志愿书",
        "en": "A key original is missing: party admission form",
    }
    assert reason["cure"]["zh"].startswith("补交原件")
    assert (second["state"], second["reasons"]) == ("cleared", [])
    assert second["expires_on"] == (TODAY + timedelta(days=180)).isoformat()
    assert barred.name not in answer.text


async def test_a_clearance_is_read_with_its_tag_and_signature(desk: Desk):
    """The version is the tag; the signed answer verifies with the published key."""
    subject = await audited_subject(desk.office)
    made, caller = await cleared(desk, subject), hr(subject.unit_id)
    path = f"clearances/{made['id']}"
    answer = await desk.get(caller, path)
    assert (answer.headers["etag"], answer.json()) == ('"1"', made)
    assert (await desk.get(caller, path, **{"If-None-Match": '"1"'})).status_code == 304
    signed = await desk.get(caller, f"{path}/jws")
    assert signed.headers["content-type"] == "application/jose"
    read = jws.verify(signed.text, [desk.office.deps.keys.public_jwk("receipt")], typ=CLEARANCE_TYP)
    assert (read.payload["clearance_id"], read.payload["state"]) == (made["id"], "cleared")
    with pytest.raises(jws.JwsInvalid):
        jws.verify(signed.text, [desk.office.deps.keys.public_jwk("receipt")], typ=AGENDA_TYP)


async def test_what_is_no_answer_has_no_signature(desk: Desk):
    """While the dossier is being audited, there is nothing to show."""
    subject = await desk.office.known_subject()
    made = await cleared(desk, subject)
    answer = await desk.get(hr(subject.unit_id), f"clearances/{made['id']}/jws")
    assert (made["state"], answer.status_code, answer.json()["code"]) == ("in_audit", 404, "not-found")


async def test_clearances_are_listed_by_state_and_scope(desk: Desk):
    """Page after page, the unit's own; never one's own or a relative's."""
    office = desk.office
    subjects = [await audited_subject(office)]
    subjects += [await audited_subject(office, unit_id=subjects[0].unit_id) for _ in range(2)]
    unit_id = subjects[0].unit_id
    answer = await desk.post(hr(unit_id), "clearances", body(*subjects))
    wanted, list_id = [item["id"] for item in answer.json()["items"]], answer.json()["list_id"]
    leader = somebody("leader", unit_id)
    first = await desk.get(leader, f"clearances?page_size=2&list_id={list_id}&state=cleared")
    rest = await desk.get(leader, first.headers["link"].split("<")[1].split(">")[0].removeprefix("/v1/"))
    assert [item["id"] for item in first.json()["items"] + rest.json()["items"]] == wanted
    assert (await desk.get(leader, "clearances?state=refused")).json()["items"] == []
    assert (await desk.get(somebody("leader", await office.unit()), "clearances")).json()["items"] == []
    own = somebody("leader", unit_id, person_no=subjects[0].person_no)
    assert [item["id"] for item in (await desk.get(own, "clearances")).json()["items"]] == wanted[1:]
    refused = await desk.get(own, f"clearances/{wanted[0]}")
    assert (refused.status_code, refused.json()["code"]) == (403, "recusal")


async def test_a_meetings_list_is_checked_and_signed(desk: Desk):
    """Struck: not asked, not cleared, expired by the day of the meeting."""
    office = desk.office
    fine = await audited_subject(office)
    waits = await office.known_subject(unit_id=fine.unit_id)
    unasked = await office.known_subject(unit_id=fine.unit_id)
    caller = hr(fine.unit_id)
    await desk.post(caller, "clearances", body(fine, waits))
    for day, bars in ((TODAY, [None, "in_audit", "not_asked"]), (TODAY + timedelta(days=181), ["expired"] * 1)):
        persons = [fine, waits, unasked][: len(bars)]
        asked = {**body(*persons), "meeting_on": day.isoformat()}
        answer = await desk.post(caller, "clearances/agenda-checks", asked, key=None)
        assert answer.status_code == 200, answer.text
        items = answer.json()["items"]
        assert [item["bar"] for item in items] == bars
        assert [item["may_be_tabled"] for item in items] == [bar is None for bar in bars]
        keys = [office.deps.keys.public_jwk("receipt")]
        read = jws.verify(answer.json()["jws"], keys, typ=AGENDA_TYP)
        assert [item["bar"] for item in read.payload["items"]] == bars
    verbs = [verb for verb, _, _ in await office.journal(items[0]["clearance_id"])]
    assert verbs == ["clearance.requested", "clearance.checked", "clearance.checked"]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"kind": "demote"}, "/kind", "not-allowed-value"),
        ({"persons": []}, "/persons", "too-few"),
        ({"persons": [{}]}, "/persons/0", "required"),
        ({"persons": [{"name": "李建国"}]}, "/persons/0", "required"),
        ({"persons": [{"person_id": "per_x"}]}, "/persons/0/person_id", "id-invalid"),
        ({"persons": [{"person_no": "1", "name": "无此人"}]}, "/persons/0", "unknown-reference"),
        ({"persons": [{"person_id": new_id("per")}]}, "/persons/0", "unknown-reference"),
        ({"urgent": True}, "/urgent", "unknown-member"),
    ],
)
async def test_a_list_that_does_not_hold_is_refused_with_its_place(desk: Desk, change: Any, pointer: str, code: str):
    """And the words are never repeated."""
    subject = await audited_subject(desk.office)
    answer = await desk.post(hr(subject.unit_id), "clearances", {**body(subject), **change})
    assert answer.status_code == 422, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert "无此人" not in answer.text


async def test_a_number_with_another_name_selects_nobody(desk: Desk):
    """A number alone is mistyped too easily: both must agree."""
    subject = await audited_subject(desk.office)
    asked = {"kind": "promote", "persons": [{"person_no": subject.person_no, "name": "王小明"}]}
    answer = await desk.post(hr(subject.unit_id), "clearances", asked)
    assert answer.json()["errors"][0]["code"] == "unknown-reference"


async def test_a_hold_asks_for_version_key_and_role(desk: Desk):
    """And answers with the new version; its reason is read by those who may hold."""
    subject = await audited_subject(desk.office)
    made = await cleared(desk, subject)
    path, leader = f"clearances/{made['id']}/suspensions", somebody("leader", subject.unit_id)
    why = {"reason": "收到来信反映年龄问题"}
    assert (await desk.post(hr(subject.unit_id), path, why, version=1)).json()["code"] == "role-missing"
    assert (await desk.post(leader, path, why)).json()["code"] == "precondition-required"
    assert (await desk.post(leader, path, why, version=1, key=None)).json()["code"] == "idempotency-key-missing"
    assert (await desk.post(leader, path, why, version=9)).json()["code"] == "version-stale"
    key = new_id("req")
    held = await desk.post(leader, path, why, version=1, key=key)
    assert (held.status_code, held.headers["etag"], held.json()["state"]) == (201, '"2"', "suspended")
    again = await desk.post(leader, path, why, version=1, key=key)
    assert (again.headers["idempotent-replayed"], again.json()) == ("true", held.json())
    listed = (await desk.get(leader, path)).json()["items"]
    assert [(one["reason"], one["held_by"]) for one in listed] == [(why["reason"], leader.account_id)]


async def test_an_audit_goes_from_task_to_clearance(desk: Desk):
    """The task is in both persons' lists, not in who signed it; what is missing stands beside the examination."""
    office = desk.office
    subject = await office.known_subject()
    gap = gap_opened(subject, "annual_assessment", category="3", years=[2011, 2014])
    await office.hear(gap)
    made = await cleared(desk, subject)
    li, wang = auditor(subject.unit_id), somebody("adjudicator", subject.unit_id)
    (task,) = (await desk.get(li, "tasks")).json()["items"]
    assert (task["kind"], task["resource"]) == ("dossier_audit.first", f"dossiers/{subject.dossier_id}")
    assert Task.model_validate((await desk.get(wang, f"tasks/{task['id']}")).json()) == Task.model_validate(task)
    said = {"facts": FINE, "opinion": "与最早材料一致", "not_related": True}
    path = f"tasks/{task['id']}/examinations"
    first = await desk.post(li, path, said, version=1)
    assert (first.status_code, first.headers["etag"]) == (201, '"2"')
    assert (await desk.get(li, "tasks")).json()["items"] == []
    again = await desk.post(li, path, said, version=2)
    assert (again.status_code, again.json()["code"]) == (403, "same-person-twice")
    (waiting,) = (await desk.get(wang, "tasks")).json()["items"]
    assert waiting["kind"] == "dossier_audit.second"
    seen = (await desk.get(wang, path)).json()
    assert seen["missing"][0]["years"] == [2011, 2014]
    assert [one["opinion"] for one in seen["examinations"]] == ["与最早材料一致"]
    await office.hear(gap_closed(gap), version=2)
    ended = await desk.post(wang, path, said, version=2)
    assert (ended.json()["state"], ended.json()["missing"]) == ("approved", [])
    assert (await desk.get(wang, f"clearances/{made['id']}")).json()["state"] == "cleared"


async def test_an_appraisals_task_is_no_dossiers_audit(desk: Desk):
    """And a leader neither sees the tasks nor signs."""
    office = desk.office
    subject = await office.known_subject()
    task = await office.waiting((await office.appraising(subject)).material_id)
    path = f"tasks/{task.id}/examinations"
    assert (await desk.get(auditor(), path)).json()["code"] == "not-found"
    said = {"facts": FINE, "opinion": "好", "not_related": True}
    assert (await desk.post(auditor(), path, said, version=1)).json()["code"] == "not-found"
    assert (await desk.post(somebody("leader"), path, said, version=1)).json()["code"] == "role-missing"
    kinds = [one["kind"] for one in (await desk.get(somebody("adjudicator", subject.unit_id), "tasks")).json()["items"]]
    assert kinds == ["dossier_audit.first"]


async def test_a_suspended_clearance_is_audited_once_more(desk: Desk):
    """复查: 201 with the open audit; of a clearance that is given, 409."""
    office = desk.office
    subject = await audited_subject(office)
    made = await cleared(desk, subject)
    leader, path = somebody("leader", subject.unit_id), f"clearances/{made['id']}"
    assert (await desk.post(leader, f"{path}/audits", {})).json()["code"] == "state-conflict"
    await desk.post(leader, f"{path}/suspensions", {"reason": "来信"}, version=1)
    opened = await desk.post(leader, f"{path}/audits", {})
    assert opened.status_code == 201
    (task,) = (await desk.get(auditor(subject.unit_id), "tasks")).json()["items"]
    assert opened.json()["task_id"] == task["id"]
