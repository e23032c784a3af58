"""Routes of persons: cards, searches and kin."""

from typing import Any

import pytest

from contracts.values.ids import new_id
from tests.services.catalog.api.conftest import Desk, code_of, faults_of
from tests.support.rooms import somebody


def _card(desk: Desk, **members: Any) -> dict[str, Any]:
    told = {"unit_id": desk.office.unit_id, "person_no": new_id("req"), "name": "王小明", "birth_date": "1970-01"}
    return {**told, **members}


async def test_a_person_is_registered_read_and_changed(desk: Desk):
    """201 with its tag; 304 for who has it; a change needs the tag, and null removes a member."""
    made = await desk.post("persons", _card(desk, rank="副科级", sex="male"))
    assert made.status_code == 201, made.text
    person = made.json()
    assert (person["name"], person["birth_date"]["value"], person["kin"]) == ("王小明", "1970-01", [])
    path = f"persons/{person['id']}"
    read = await desk.get(path)
    assert read.json() == person
    assert read.headers["cache-control"] == "private, no-store"
    assert (await desk.get(path, **{"If-None-Match": read.headers["etag"]})).status_code == 304
    assert code_of(await desk.send("PATCH", path, {"rank": None})) == "precondition-required"
    changed = await desk.send("PATCH", path, {"rank": None}, version=1)
    assert (changed.json()["rank"], changed.headers["etag"]) == (None, '"2"')
    stale = await desk.send("PATCH", path, {"name": "王晓明"}, version=1)
    assert (code_of(stale), stale.json()["version"]) == ("version-stale", 2)


async def test_a_merge_patch_is_taken_by_its_own_media_type(desk: Desk):
    """`application/merge-patch+json`, as RFC 7396 names it."""
    person = (await desk.post("persons", _card(desk))).json()
    content = {"Content-Type": "application/merge-patch+json"}
    answer = await desk.send("PATCH", f"persons/{person['id']}", {"ethnicity": "汉族"}, version=1, **content)
    assert answer.json()["ethnicity"] == "汉族"


async def test_a_repeated_registration_makes_one_person(desk: Desk):
    """The same key and body answer the same person and say so; another body is refused."""
    body, key = _card(desk), new_id("req")
    first = await desk.post("persons", body, key=key)
    again = await desk.post("persons", body, key=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replayed"] == "true"
    assert code_of(await desk.post("persons", {**body, "name": "李四"}, key=key)) == "idempotency-key-reused"
    assert code_of(await desk.post("persons", body, key=None)) == "idempotency-key-missing"


@pytest.mark.parametrize(
    ("members", "faults"),
    [
        ({"nmae": "x"}, {"/nmae": "unknown-member"}),
        ({"name": None}, {"/name": "type"}),
        ({"name": "　 "}, {"/name": "too-short"}),
        ({"name": "王\u202e明"}, {"/name": "control-character"}),
        ({"name": "王\0明"}, {"/name": "control-character"}),
        ({"name": "王" * 101}, {"/name": "too-long"}),
        ({"name": "\u0958" * 100}, {"/name": "too-long"}),  # NFC makes two characters of each
        ({"birth_date": {"value": "1970", "as_written": "\0"}}, {"/birth_date/as_written": "control-character"}),
        ({"sex": "other"}, {"/sex": "not-allowed-value"}),
        ({"person_no": "", "former_names": ["甲"] * 21}, {"/person_no": "too-short", "/former_names": "too-many"}),
    ],
)
async def test_a_faulty_card_is_refused_member_by_member(desk: Desk, members: dict[str, Any], faults: dict[str, str]):
    """Each fault at its pointer, and no value is repeated."""
    answer = await desk.post("persons", _card(desk, **members))
    assert (answer.status_code, code_of(answer)) == (422, "validation-failed")
    assert faults_of(answer) == faults
    assert "王" not in answer.text


async def test_an_impossible_birth_date_has_its_own_problem(desk: Desk):
    """2023-02-30 does not exist."""
    answer = await desk.post("persons", _card(desk, birth_date="2023-02-30"))
    assert (code_of(answer), faults_of(answer)) == ("date-impossible", {"/birth_date": "date-impossible"})


async def test_persons_are_found_by_exact_name_or_number(desk: Desk):
    """One member at a time; no idempotency key is needed for a search."""
    name = f"陈{desk.office.unit_id[-6:]}"
    person = (await desk.post("persons", _card(desk, name=name))).json()
    for query in ({"name": name}, {"person_no": person["person_no"]}):
        answer = await desk.post("persons/searches", query, key=None)
        assert answer.status_code == 200
        assert [item["id"] for item in answer.json()["items"]] == [person["id"]]
        assert answer.json()["has_more"] is False
    for query in ({}, {"name": name, "person_no": "1"}):
        assert code_of(await desk.post("persons/searches", query, key=None)) == "validation-failed"


async def test_kin_is_recorded_over_http(desk: Desk):
    """Both cards show the pair, each from its side."""
    one = (await desk.post("persons", _card(desk))).json()
    two = (await desk.post("persons", _card(desk))).json()
    body = {"kin": [{"person_id": two["id"], "relation": "parent"}], "complete": True}
    answer = await desk.post(f"persons/{one['id']}/kin", body)
    assert answer.status_code == 201
    assert (answer.json()["kin"], answer.json()["kin_complete"]) == (body["kin"], True)
    other = (await desk.get(f"persons/{two['id']}")).json()
    assert other["kin"] == [{"person_id": one["id"], "relation": "child"}]
    refused = await desk.post(f"persons/{one['id']}/kin", {"kin": [{"person_id": two["id"], "relation": "friend"}]})
    assert faults_of(refused) == {"/kin/0/relation": "not-allowed-value"}


async def test_a_stranger_finds_nothing_and_a_leader_may_not_ask(desk: Desk):
    """404 outside the units, 403 without the permission."""
    person = (await desk.post("persons", _card(desk))).json()
    stranger, leader = somebody("archivist", new_id("unt")), somebody("leader", desk.office.unit_id)
    path = f"persons/{person['id']}"
    assert code_of(await desk.get(path, stranger)) == "not-found"
    assert code_of(await desk.send("PATCH", path, {"name": "李"}, version=1, caller=stranger)) == "not-found"
    assert code_of(await desk.post(f"{path}/kin", {"complete": True}, caller=stranger)) == "not-found"
    assert code_of(await desk.get(path, leader)) == "role-missing"
    assert code_of(await desk.post("persons", _card(desk), caller=leader)) == "role-missing"
    assert code_of(await desk.post("persons/searches", {"name": "王"}, caller=leader)) == "role-missing"
