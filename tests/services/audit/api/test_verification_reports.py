"""/v1/verification-reports: recording a report, reading it, and looking at its scan."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Caller
from contracts.values.ids import new_id
from tests.services.audit.api.conftest import Desk
from tests.services.audit.office import Office, auditor
from tests.services.audit.tickets import ticket_for
from tests.support.rooms import somebody

TITLE = "学士学位证书"
PATH = "verification-reports"


async def body_of(office: Office, caller: Caller, unit_id: str, material_id: str, /, **changes: Any) -> dict[str, Any]:
    """What an auditor sends."""
    return {
        "material_id": material_id,
        "issuer": "省学位办",
        "number": "A-17",
        "issued_on": {"value": "2026-10"},
        "result": "confirmed",
        "blob_ticket": await ticket_for(office, caller, unit_id),
        "not_related": True,
        **changes,
    }


async def test_a_report_is_recorded_read_and_looked_at(desk: Desk):
    """From the POST to the scan's bytes; the look is in the journal before the answer."""
    office = desk.office
    subject = await office.known_subject()
    received = await office.appraising(subject, title=TITLE)
    li = auditor(subject.unit_id)
    body = await body_of(office, li, subject.unit_id, received.material_id)
    made = await desk.post(li, PATH, body)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"'), made.text
    report = made.json()
    assert (report["result"], report["issuer"], report["relation"]) == ("confirmed", "省学位办", "cannot_tell")
    one = await desk.get(li, f"{PATH}/{report['id']}")
    assert one.json() == report
    same = await desk.get(li, f"{PATH}/{report['id']}", **{"If-None-Match": '"1"'})
    assert (same.status_code, same.content) == (304, b"")
    scan = await desk.get(li, f"{PATH}/{report['id']}/scan")
    assert (scan.status_code, len(scan.content)) == (200, report["scan"]["bytes"])
    assert [verb for verb, *_ in await office.journal(report["id"])] == [
        "verification_report.recorded",
        "verification_report.viewed",
    ]
    shown = await desk.get(li, f"appraisals/{report['appraisal_id']}")
    assert (shown.json()["state"], shown.json()["verification"]) == ("first_check", "confirmed")


async def test_reports_are_listed_page_after_page_without_ones_own(desk: Desk):
    """Of the scope, by material where asked for."""
    office = desk.office
    subject = await office.known_subject()
    li = auditor(subject.unit_id)
    made: list[str] = []
    for _ in range(3):
        received = await office.appraising(subject, title=TITLE)
        body = await body_of(office, li, subject.unit_id, received.material_id)
        made.append((await desk.post(li, PATH, body)).json()["id"])
    first = (await desk.get(li, f"{PATH}?page_size=2")).json()
    assert [item["id"] for item in first["items"]] == made[:2]
    rest = (await desk.get(li, f"{PATH}?page_size=2&page_token={first['next_page_token']}")).json()
    assert [item["id"] for item in rest["items"]] == made[2:]
    material = first["items"][1]["material_id"]
    assert [one["id"] for one in (await desk.get(li, f"{PATH}?material_id={material}")).json()["items"]] == [made[1]]
    own = auditor(subject.unit_id, subject.person_no)
    assert (await desk.get(own, PATH)).json()["items"] == []
    assert (await desk.get(own, f"{PATH}/{made[0]}")).json()["code"] == "recusal"
    assert (await desk.get(auditor(new_id("unt")), f"{PATH}/{made[0]}")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"issuer": ""}, "/issuer", "too-short"),
        ({"number": "x" * 101}, "/number", "too-long"),
        ({"result": "maybe"}, "/result", "not-allowed-value"),
        ({"issued_on": {"value": "2026-13"}}, "/issued_on/value", "date-impossible"),
        ({"material_id": "mat_1"}, "/material_id", "id-invalid"),
        ({"colour": "red"}, "/colour", "unknown-member"),
        ({"blob_ticket": "x"}, "/blob_ticket", "ticket-invalid"),
    ],
)
async def test_what_is_wrong_is_pointed_at(desk: Desk, changes: dict[str, Any], pointer: str, code: str):
    """422 with pointer, code and cure; the certificate still waits."""
    office = desk.office
    subject = await office.known_subject()
    received = await office.appraising(subject, title=TITLE)
    li = auditor(subject.unit_id)
    body = await body_of(office, li, subject.unit_id, received.material_id, **changes)
    answer = await desk.post(li, PATH, body)
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert answer.json()["fix"]


async def test_without_the_role_or_a_key_nothing_is_recorded(desk: Desk):
    """403 and 400."""
    office = desk.office
    subject = await office.known_subject()
    received = await office.appraising(subject, title=TITLE)
    leader, li = somebody("leader", subject.unit_id), auditor(subject.unit_id)
    body = await body_of(office, li, subject.unit_id, received.material_id)
    assert (await desk.post(leader, PATH, body)).json()["code"] == "role-missing"
    assert (await desk.post(li, PATH, body, key=None)).json()["code"] == "idempotency-key-missing"
    assert (await desk.get(leader, f"{PATH}?material_id={received.material_id}")).json()["items"] == []
