"""/v1/identity-candidates and /v1/identity-decisions: who is meant, decided, told, and taken back."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from chassis.identity import Caller
from chassis.sealing import Sealed, unseal
from contracts.events import PersonKinChanged
from contracts.values.ids import new_id, to_uuid
from tests.services.audit.api.conftest import Desk
from tests.services.audit.office import Office, Subject, auditor
from tests.support.rooms import somebody

SEARCH = "identity-candidates/searches"
PATH = "identity-decisions"
PAPER = {
    "name": "章炜",
    "native_place": "湖南长沙",
    "birth_date": "1968-03",
    "schools": [{"place": "长沙一中"}],
}


def adjudicator(unit_id: str, person_no: str | None = None) -> Caller:
    """Who decides."""
    return somebody("adjudicator", unit_id, person_no=person_no)


async def claim(desk: Desk, subject: Subject, fact: str, value: dict[str, Any], **members: Any) -> str:
    """Enter what a paper says of somebody."""
    body = {"person_id": subject.person_id, "fact": fact, "value": value, "title": "干部履历表", **members}
    made = await desk.post(auditor(subject.unit_id), "claims", {**body, "not_related": True})
    assert made.status_code == 201, made.text
    return made.json()["id"]


async def zhang_wei(desk: Desk, unit_id: str, birth: str = "1968-03-21") -> Subject:
    """张伟 of 长沙, as papers tell."""
    subject = await desk.office.known_subject(name="张伟", birth=birth, unit_id=unit_id)
    await claim(desk, subject, "native_place", {"type": "text", "text": "湖南省长沙市"})
    school = {"type": "education", "level": "高中", "school": "长沙一中", "begins": "1980-09", "ends": "1983-07"}
    await claim(desk, subject, "education", school)
    return subject


async def handed_in(office: Office, subject: Subject) -> str:
    """A material handed in for somebody."""
    return (await office.appraising(subject)).material_id


async def decided(desk: Desk, material_id: str, subject: Subject, **members: Any) -> dict[str, Any]:
    """One person, with the name kept."""
    body = {"material_id": material_id, "candidate_id": subject.person_id, "said": PAPER, "outcome": "same_person"}
    body |= {"reason": "籍贯、出生日期和学历一致", "keep_name_as": "variant", **members}
    made = await desk.post(adjudicator(subject.unit_id), PATH, {**body, "not_related": True})
    assert made.status_code == 201, made.text
    return made.json()


async def test_candidates_of_one_name_and_one_sound_come_with_their_parts(desk: Desk):
    """The likeliest first; whoever only sounds alike, and is older, stands below."""
    office, unit = desk.office, await desk.office.unit()
    likely, other = await zhang_wei(desk, unit), await office.known_subject(name="张玮", birth="1950-01", unit_id=unit)
    await office.known_subject(name="李红", unit_id=unit)
    await office.known_subject(name="章炜")  # in a unit that the auditor does not see
    material = await handed_in(office, likely)
    answer = await desk.post(auditor(unit), SEARCH, {"material_id": material, "said": PAPER}, key=None)
    assert answer.status_code == 200, answer.text
    first, second = answer.json()["items"]
    assert (first["person_id"], first["match"], first["suggestion"]) == (likely.person_id, "same_sound", "same_person")
    assert (first["is_owner"], first["proves"], first["decided"]) == (True, True, None)
    told = {part["part"]: (part["outcome"], part["points"], part["said"], part["known"]) for part in first["parts"]}
    assert told["native_place"] == ("yes", 20, ["湖南长沙"], ["湖南省长沙市"])
    assert told["birth_date"] == ("yes", 20, ["1968-03"], ["1968-03-21"])
    assert told["schools"] == ("yes", 6, ["长沙一中"], ["长沙一中"])
    assert told["party_join_date"] == ("cannot_tell", 0, [], [])
    assert first["score"] == 10 + 20 + 20 + 6
    assert (second["person_id"], second["suggestion"]) == (other.person_id, "other_person")
    assert (answer.json()["has_more"], answer.json()["needed"]) == (False, 2)
    assert [verb for verb, *_ in await office.journal(material)] == ["identity.searched"]


async def test_a_newly_entered_person_is_held_against_those_who_are_here(desk: Desk):
    """By a former name too; never against themselves; claims on both sides count."""
    unit = await desk.office.unit()
    known = await zhang_wei(desk, unit)
    new = await desk.office.known_subject(name="李明", former_names=("张伟",), birth="1968-03", unit_id=unit)
    await claim(desk, new, "native_place", {"type": "text", "text": "长沙"})
    answer = await desk.post(somebody("archivist", unit), SEARCH, {"person_id": new.person_id}, key=None)
    (only,) = answer.json()["items"]
    assert (only["person_id"], only["match"]) == (known.person_id, "other_name")
    assert only["score"] == 15 + 20 + 20
    assert (only["suggestion"], only["proves"]) == ("cannot_tell", False)


async def test_claims_of_the_material_itself_say_nothing_about_the_candidate(desk: Desk):
    """It lies in somebody's dossier, perhaps by mistake: its words are the subject's, not theirs."""
    office, unit = desk.office, await desk.office.unit()
    owner = await office.known_subject(name="张伟", birth=None, unit_id=unit)
    received = await office.appraising(owner)
    await office.hear(office.filed(received))
    paper = {"material_id": received.material_id, "title": None}
    await claim(desk, owner, "name", {"type": "text", "text": "张玮"}, **paper)
    await claim(desk, owner, "birth_date", {"type": "date", "date": "1971-02"}, **paper)
    answer = await desk.post(auditor(unit), SEARCH, {"material_id": received.material_id}, key=None)
    assert answer.status_code == 200, answer.text
    (only,) = answer.json()["items"]
    part = next(part for part in only["parts"] if part["part"] == "birth_date")
    assert (part["outcome"], part["said"], part["known"]) == ("cannot_tell", ["1971-02"], [])


async def test_a_decision_is_kept_told_and_taken_back(desk: Desk):
    """The event holds the name sealed, and nothing else of the paper; the undoing is its second version."""
    office, unit = desk.office, await desk.office.unit()
    subject = await zhang_wei(desk, unit)
    material = await handed_in(office, subject)
    made = await decided(desk, material, subject)
    assert (made["outcome"], made["state"], made["score"], made["version"]) == ("same_person", "in_force", 56, 1)
    assert (made["name"], made["name_kind"], made["relation"]) == ("章炜", "variant", "cannot_tell")
    boss = adjudicator(unit)
    one = await desk.get(boss, f"{PATH}/{made['id']}")
    assert one.json() == made
    assert (await desk.get(boss, f"{PATH}/{made['id']}", **{"If-None-Match": '"1"'})).status_code == 304
    search = await desk.post(boss, SEARCH, {"material_id": material, "said": PAPER}, key=None)
    assert [item["decided"] for item in search.json()["items"]] == ["same_person"]
    body = {"reason": "查户口底账，系另一人"}
    stale = await desk.post(boss, f"{PATH}/{made['id']}/undoings", body, version=2)
    assert stale.json()["code"] == "version-stale"
    undone = await desk.post(boss, f"{PATH}/{made['id']}/undoings", body, version=1)
    assert (undone.status_code, undone.json()["state"], undone.json()["version"]) == (201, "undone", 2)
    again = await desk.post(boss, f"{PATH}/{made['id']}/undoings", body, version=2)
    assert again.json()["code"] == "state-conflict"
    events = await told(office, made["id"])
    assert [(data["state"], data["name_kind"]) for data in events] == [("in_force", "variant"), ("undone", "variant")]
    for data in events:
        assert "章炜" not in str(data)
        assert "长沙" not in str(data)
        sealed = Sealed(base64.b64decode(data["sealed_name"]), data["sealed_by"])
        assert unseal(office.deps.keys, sealed, context=made["id"]).decode() == "章炜"
    assert [row[0] for row in await office.journal(made["id"])] == ["identity.decided", "identity.undone"]
    # What was undone may be decided anew.
    await decided(desk, material, subject, outcome="other_person", keep_name_as=None, reason="系另一人")


async def told(office: Office, decision_id: str) -> list[dict[str, Any]]:
    """Data of the events of a decision, in order."""
    import json

    rows = await office.admin.fetch("select convert_from(body, 'UTF8') as body from audit.outbox order by event_id")
    events = (json.loads(row["body"]) for row in rows)
    return [one["data"] for one in events if one["subject"] == f"{PATH}/{decision_id}"]


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"said": {"name": "张伟"}, "keep_name_as": None},
         {("/explanation", "native-place-open"), ("/outcome", "identity-not-proven")}),
        ({"said": {**PAPER, "native_place": "江西吉安"}}, {("/explanation", "native-place-open")}),
        ({"said": {**PAPER, "name": "李红"}}, {("/candidate_id", "no-common-name")}),
        ({"said": {**PAPER, "name": "张伟"}}, {("/keep_name_as", "duplicate")}),
        ({"outcome": "other_person"}, {("/keep_name_as", "contradiction")}),
        ({"candidate_id": new_id("per")}, {("/candidate_id", "unknown-reference")}),
        ({"material_id": new_id("mat")}, {("/material_id", "unknown-reference")}),
        ({"said": None}, {("/said/name", "required")}),
        ({"person_id": new_id("per")}, {("", "contradiction")}),
        ({"not_related": None}, {("/not_related", "required")}),
        ({"reason": ""}, {("/reason", "too-short")}),
        ({"colour": "red"}, {("/colour", "unknown-member")}),
    ],
)  # fmt: skip
async def test_what_is_wrong_or_not_proved_is_pointed_at(desk: Desk, changes: dict[str, Any], faults: set[Any]):
    """422 with a cure; nothing is kept and nothing is told."""
    unit = await desk.office.unit()
    subject = await zhang_wei(desk, unit)
    body = {
        "material_id": await handed_in(desk.office, subject),
        "candidate_id": subject.person_id,
        "said": PAPER,
        "outcome": "same_person",
        "reason": "一致",
        "keep_name_as": "variant",
        "not_related": True,
    }
    answer = await desk.post(adjudicator(unit), PATH, {**body, **changes})
    assert answer.status_code == 422, answer.text
    assert {(one["pointer"], one["code"]) for one in answer.json()["errors"]} == faults
    assert answer.json()["fix"]
    assert (await desk.get(adjudicator(unit), PATH)).json()["items"] == []


async def test_of_two_who_decide_at_once_one_wins(desk: Desk):
    """The other finds it decided; a second same person is refused, another person is not."""
    unit = await desk.office.unit()
    subject, twin = await zhang_wei(desk, unit), await zhang_wei(desk, unit)
    material = await handed_in(desk.office, subject)
    body = {"material_id": material, "said": PAPER, "outcome": "same_person", "reason": "一致", "not_related": True}
    answers = await asyncio.gather(
        *(
            desk.post(adjudicator(unit), PATH, {**body, "candidate_id": candidate})
            for candidate in (subject.person_id, twin.person_id, subject.person_id)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    lost = next(answer.json() for answer in answers if answer.status_code == 409)
    assert lost["code"] == "state-conflict"
    won = next(answer.json() for answer in answers if answer.status_code == 201)
    rest = twin if won["candidate_id"] == subject.person_id else subject
    refused = {**body, "candidate_id": rest.person_id, "outcome": "other_person"}
    assert (await desk.post(adjudicator(unit), PATH, refused)).status_code == 201


async def test_two_persons_are_decided_about_once_whichever_is_the_subject(desk: Desk):
    """The other way round it is the same question."""
    unit = await desk.office.unit()
    one, other = await zhang_wei(desk, unit), await zhang_wei(desk, unit)
    body = {"outcome": "same_person", "reason": "重复登记", "not_related": True}
    first = await desk.post(
        adjudicator(unit), PATH, {**body, "person_id": one.person_id, "candidate_id": other.person_id}
    )
    assert first.status_code == 201, first.text
    turned = await desk.post(
        adjudicator(unit), PATH, {**body, "person_id": other.person_id, "candidate_id": one.person_id}
    )
    assert (turned.status_code, turned.json()["code"]) == (409, "state-conflict")


async def test_nobody_looks_at_or_decides_about_themselves_or_a_relative(desk: Desk):
    """Neither as the subject nor as the candidate; a relative is not shown among the candidates."""
    office, unit = desk.office, await desk.office.unit()
    subject, twin = await zhang_wei(desk, unit), await zhang_wei(desk, unit)
    material = await handed_in(office, subject)
    kin = [{"person_id": twin.person_id, "relation": "sibling"}]
    cousin = await office.known_subject(name="李红", unit_id=unit)
    told_kin = PersonKinChanged.model_validate(
        {"person_id": cousin.person_id, "unit_id": unit, "kin": kin, "complete": True}
    )
    await office.hear(told_kin, version=9)
    own, related = adjudicator(unit, subject.person_no), adjudicator(unit, cousin.person_no)
    body = {"material_id": material, "said": PAPER}
    assert (await desk.post(own, SEARCH, body, key=None)).json()["code"] == "recusal"
    seen = (await desk.post(related, SEARCH, body, key=None)).json()["items"]
    assert [item["person_id"] for item in seen] == [subject.person_id]
    decision = {**body, "outcome": "same_person", "reason": "一致", "not_related": True}
    for who, candidate in ((own, twin), (own, subject), (related, twin)):
        answer = await desk.post(who, PATH, {**decision, "candidate_id": candidate.person_id})
        assert answer.json()["code"] == "recusal", answer.text
    made = await decided(desk, material, twin)
    assert (await desk.get(related, f"{PATH}/{made['id']}")).json()["code"] == "recusal"
    assert (await desk.get(related, PATH)).json()["items"] == []
    undoing = await desk.post(related, f"{PATH}/{made['id']}/undoings", {"reason": "x"}, version=1)
    assert undoing.json()["code"] == "recusal"


async def test_decisions_are_listed_page_after_page(desk: Desk):
    """Of the scope; by person and by material."""
    office, unit = desk.office, await desk.office.unit()
    subject = await zhang_wei(desk, unit)
    made = [await decided(desk, await handed_in(office, subject), subject) for _ in range(3)]
    boss = adjudicator(unit)
    first = (await desk.get(boss, f"{PATH}?page_size=2")).json()
    assert [item["id"] for item in first["items"]] == [one["id"] for one in made[:2]]
    rest = (await desk.get(boss, f"{PATH}?page_size=2&page_token={first['next_page_token']}")).json()
    assert [item["id"] for item in rest["items"]] == [made[2]["id"]]
    by_material = (await desk.get(boss, f"{PATH}?material_id={made[1]['material_id']}")).json()["items"]
    assert [item["id"] for item in by_material] == [made[1]["id"]]
    assert len((await desk.get(boss, f"{PATH}?person_id={subject.person_id}")).json()["items"]) == 3
    assert (await desk.get(adjudicator(new_id("unt")), f"{PATH}/{made[0]['id']}")).status_code == 404


async def test_a_repeated_request_is_answered_once_more(desk: Desk):
    """The same key, the same decision."""
    unit = await desk.office.unit()
    subject = await zhang_wei(desk, unit)
    body = {
        "material_id": await handed_in(desk.office, subject),
        "candidate_id": subject.person_id,
        "said": PAPER,
        "outcome": "same_person",
        "reason": "一致",
        "not_related": True,
    }
    boss, key = adjudicator(unit), new_id("req")
    first, second = [await desk.post(boss, PATH, body, key=key) for _ in range(2)]
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert (await desk.post(boss, PATH, body, key=None)).json()["code"] == "idempotency-key-missing"
    assert (await desk.post(auditor(unit), PATH, body)).json()["code"] == "role-missing"


async def test_a_decision_goes_where_its_dossier_goes(desk: Desk):
    """And a name that changed is found by its new sound alone."""
    office, unit, to = desk.office, await desk.office.unit(), await desk.office.unit()
    subject = await zhang_wei(desk, unit)
    made = await decided(desk, await handed_in(office, subject), subject)
    await office.hear(subject.dossier(unit_id=to), version=2)
    assert (await desk.get(adjudicator(unit), f"{PATH}/{made['id']}")).status_code == 404
    assert (await desk.get(adjudicator(to), f"{PATH}/{made['id']}")).json()["unit_id"] == to
    await office.hear(subject.person(name="李红"), version=2)
    await office.hear(subject.person(name="王芳"), version=1)
    asked = await office.known_subject(name="李宏", unit_id=unit)
    answer = await desk.post(auditor(unit), SEARCH, {"person_id": asked.person_id}, key=None)
    assert [item["person_id"] for item in answer.json()["items"]] == [subject.person_id]
    names = "select distinct name from audit.heard_name where person_id = $1"
    assert [row["name"] for row in await office.admin.fetch(names, to_uuid(subject.person_id))] == ["李红"]
