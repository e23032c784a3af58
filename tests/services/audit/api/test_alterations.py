"""/v1/alterations: the register of alterations on filed papers, its confirmation and what followed."""

from __future__ import annotations

from datetime import date

from tests.services.audit.altered import alteration_on, confirmed, followed, recorded
from tests.services.audit.api.conftest import Desk
from tests.services.audit.office import auditor
from tests.services.audit.tickets import ticket_for
from tests.support.rooms import somebody

PATH = "alterations"
DECIDED = {"decided_by": "县委组织部", "decided_on": "2026-11-20"}


async def test_a_finding_is_recorded_judged_confirmed_and_followed(desk: Desk):
    """From the POST to its consequence; each refusal on the way has its code and pointer."""
    office = desk.office
    subject = await office.known_subject()
    received = await office.received(subject)
    assert await office.hear(office.filed(received)) is None
    li, leader = auditor(subject.unit_id), somebody("leader", subject.unit_id)
    body = {"material_id": received.material_id, "fact": "birth_date", "reads_now": "1970.05", "not_related": True}
    wrong = await desk.post(li, PATH, {**body, "verdict": "falsified"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/falsified_object")
    made = await desk.post(li, PATH, body)
    assert (made.status_code, made.json()["no"], made.json()["verdict"]) == (201, 1, "undetermined"), made.text
    address = f"{PATH}/{made.json()['id']}"
    judged = await desk.patch(li, address, {"verdict": "falsified", "falsified_object": "facts"}, version=1)
    assert (judged.status_code, judged.headers["etag"]) == (200, '"2"')
    word = {**DECIDED, "blob_tickets": [await ticket_for(office, leader, subject.unit_id)]}
    assert (await desk.post(li, f"{address}/confirmations", word, version=2)).json()["code"] == "role-missing"
    confirmed = await desk.post(leader, f"{address}/confirmations", word, version=2)
    assert (confirmed.status_code, confirmed.json()["state"]) == (201, "confirmed"), confirmed.text
    followed = await desk.post(leader, f"{address}/consequences", {**DECIDED, "kind": "discipline"})
    assert followed.status_code == 201, followed.text
    shown = (await desk.get(li, address)).json()
    assert [one["kind"] for one in shown["consequences"]] == ["discipline"]
    listed = await desk.get(leader, f"{PATH}?person_id={subject.person_id}")
    assert [one["id"] for one in listed.json()["items"]] == [made.json()["id"]]
    assert (await desk.get(auditor(subject.unit_id, subject.person_no), address)).json()["code"] == "recusal"


async def test_a_years_consequences_are_counted_by_unit_and_kind(desk: Desk):
    """The fixture of seed 004: 2 公开查处, 1 取消任职资格, 16 量化考核扣分; another year and another unit apart."""
    office = desk.office
    subject, other = await office.known_subject(), await office.known_subject()
    received, elsewhere = await office.received(subject), await office.received(other)
    for one in (received, elsewhere):
        assert await office.hear(office.filed(one)) is None
    found = await confirmed(office, await recorded(office, received.material_id), subject.unit_id)
    for kind, times in (("public_investigation", 2), ("disqualified", 1), ("points_deducted", 16)):
        for _ in range(times):
            await followed(office, found, kind, decided_on=date(2026, 3, 1))
    await followed(office, found, "disqualified", decided_on=date(2025, 12, 31))
    await alteration_on(office, elsewhere.material_id, other.unit_id)
    leader = somebody("leader", subject.unit_id)
    told = await desk.get(leader, "consequence-counts?year=2026")
    assert told.json()["items"] == [
        {
            "unit_id": subject.unit_id,
            "public_investigation": 2,
            "disqualified": 1,
            "points_deducted": 16,
            "discipline": 0,
            "correction": 0,
        }
    ]
    last = (await desk.get(leader, "consequence-counts?year=2025")).json()["items"]
    assert [one["disqualified"] for one in last] == [1]
    assert (await desk.get(leader, "consequence-counts")).status_code == 422
