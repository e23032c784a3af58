"""Units over HTTP: the tree, its changes, and who hears of them."""

import asyncio
import json

import pytest

from contracts.values.ids import new_id
from tests.services.transfer.desk import Desk
from tests.services.transfer.door import Door, problem
from tests.support.rooms import somebody

ADMIN = somebody("system_admin")


async def changes_told(desk: Desk, unit_id: str) -> list[dict]:
    """`unit.changed` of one unit in the outbox, in order, each with its version."""
    rows = await desk.admin.fetch(
        "select body from transfer.outbox where subject like '%unit.changed%' order by event_id"
    )
    events = [json.loads(row["body"]) for row in rows]
    return [
        {**event["data"], "version": int(event["sequence"])} for event in events if event["data"]["unit_id"] == unit_id
    ]


async def made(door: Door, parent_id: str | None, code: str, name: str = "某单位") -> dict:
    answer = await door.post(ADMIN, "/units", {"parent_id": parent_id, "code": code, "name": name})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_unit_is_made_below_another_and_told_of(desk: Desk, door: Door):
    unit = await made(door, desk.department.unit_id, "YSK", "预算科")
    assert unit["path"] == [*desk.department.path, "YSK"]
    assert unit["ancestors"] == [desk.root.unit_id, desk.department.unit_id, unit["id"]]
    (told,) = await changes_told(desk, unit["id"])
    assert (told["name"], told["path"], told["version"]) == ("预算科", unit["path"], 1)
    assert (await door.get(ADMIN, f"/units/{unit['id']}")).json() == unit


async def test_a_new_unit_is_in_the_scope_of_the_units_above_at_once(desk: Desk, door: Door):
    unit = await made(door, desk.department.unit_id, "YSK")
    seen = (await door.get(desk.clerk, "/units")).json()["items"]
    assert {row["id"] for row in seen} == {desk.department.unit_id, unit["id"]}


async def test_a_clerk_sees_the_own_branch_only(desk: Desk, door: Door):
    problem(await door.get(desk.clerk, f"/units/{desk.archive.unit_id}"), 404, "not-found")
    problem(await door.get(desk.clerk, f"/units/{desk.root.unit_id}"), 404, "not-found")
    assert (await door.get(desk.clerk, f"/units/{desk.department.unit_id}")).json()["code"] == "CZJ"


async def test_who_does_not_administer_the_whole_tree_changes_none_of_it(desk: Desk, door: Door):
    body = {"parent_id": desk.root.unit_id, "code": "X", "name": "某单位"}
    for caller in (desk.clerk, somebody("archivist", desk.root.unit_id), somebody("system_admin", desk.root.unit_id)):
        problem(await door.post(caller, "/units", body), 403, "role-missing")
        answer = await door.patch(caller, f"/units/{desk.department.unit_id}", {"name": "x"}, 1)
        problem(answer, 403, "role-missing")
    assert (await door.get(ADMIN, f"/units/{desk.department.unit_id}")).json()["version"] == 1


async def test_two_siblings_have_two_codes(desk: Desk, door: Door):
    answer = await door.post(ADMIN, "/units", {"parent_id": desk.root.unit_id, "code": "CZJ", "name": "又一个"})
    assert problem(answer, 422, "validation-failed") == [("/code", "duplicate")]
    other = await made(door, desk.department.unit_id, "CZJ")
    answer = await door.patch(ADMIN, f"/units/{other['id']}", {"parent_id": desk.root.unit_id}, 1)
    assert problem(answer, 422, "validation-failed") == [("/code", "duplicate")]
    assert (await door.get(ADMIN, f"/units/{other['id']}")).json() == other


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"code": "X", "name": "x", "parent_id": new_id("unt")}, [("/parent_id", "unknown-reference")]),
        ({"code": "财政", "name": "x"}, [("/code", "pattern")]),
        ({"code": "X"}, [("/name", "required")]),
        ({"code": "X", "name": "x\n"}, None),
        ({"code": "X", "name": "单" * 101}, [("/name", "too-long")]),
        ({"code": "X", "name": "x", "level": 1}, [("/level", "unknown-member")]),
    ],
)
async def test_a_unit_of_the_wrong_form_is_refused(desk: Desk, door: Door, body, faults):
    answer = await door.post(ADMIN, "/units", {"parent_id": desk.root.unit_id, **body})
    if faults is None:  # outer white space is removed, not refused
        assert answer.json()["name"] == "x"
    else:
        assert problem(answer, 422, "validation-failed") == faults


async def test_a_new_name_concerns_the_unit_alone(desk: Desk, door: Door):
    below = await made(door, desk.department.unit_id, "YSK")
    answer = await door.patch(ADMIN, f"/units/{desk.department.unit_id}", {"name": "财政和审计局"}, 1)
    assert (answer.json()["name"], answer.headers["etag"]) == ("财政和审计局", '"2"')
    assert [told["version"] for told in await changes_told(desk, desk.department.unit_id)] == [1, 2]
    assert [told["version"] for told in await changes_told(desk, below["id"])] == [1]


async def test_a_move_is_told_of_every_unit_below_and_moves_their_scope(desk: Desk, door: Door):
    middle = await made(door, desk.department.unit_id, "YSK")
    leaf = await made(door, middle["id"], "YZ")
    answer = await door.patch(ADMIN, f"/units/{middle['id']}", {"parent_id": desk.archive.unit_id}, 1)
    assert answer.json()["path"] == [*desk.archive.path, "YSK"]
    for unit in (middle, leaf):
        before, after = await changes_told(desk, unit["id"])
        assert before["path"][:-1] != after["path"][:-1]
        assert after["ancestors"][:2] == [desk.root.unit_id, desk.archive.unit_id]
        assert after["version"] == 2
    problem(await door.get(desk.clerk, f"/units/{leaf['id']}"), 404, "not-found")
    archivist = somebody("archivist", desk.archive.unit_id)
    assert (await door.get(archivist, f"/units/{leaf['id']}")).json()["version"] == 2


async def test_a_new_code_changes_the_paths_below(desk: Desk, door: Door):
    below = await made(door, desk.department.unit_id, "YSK")
    await door.patch(ADMIN, f"/units/{desk.department.unit_id}", {"code": "CZ"}, 1)
    assert (await door.get(ADMIN, f"/units/{below['id']}")).json()["path"] == [*desk.root.path, "CZ", "YSK"]


async def test_a_unit_becomes_a_root(desk: Desk, door: Door):
    code = new_id("unt")[-12:]
    body = {"parent_id": None, "code": code}
    answer = await door.patch(ADMIN, f"/units/{desk.department.unit_id}", body, 1)
    assert (answer.json()["parent_id"], answer.json()["path"]) == (None, [code])


async def test_a_unit_does_not_move_below_itself(desk: Desk, door: Door):
    below = await made(door, desk.department.unit_id, "YSK")
    answer = await door.patch(ADMIN, f"/units/{desk.department.unit_id}", {"parent_id": below["id"]}, 1)
    assert problem(answer, 422, "validation-failed") == [("/parent_id", "contradiction")]


async def test_two_moves_at_once_make_no_ring(desk: Desk, door: Door):
    one, two = await made(door, desk.root.unit_id, "ONE"), await made(door, desk.root.unit_id, "TWO")
    answers = await asyncio.gather(
        door.patch(ADMIN, f"/units/{one['id']}", {"parent_id": two["id"]}, 1),
        door.patch(ADMIN, f"/units/{two['id']}", {"parent_id": one["id"]}, 1),
    )
    refused = next(answer for answer in answers if answer.status_code != 200)
    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert refused.json()["code"] in ("version-stale", "validation-failed")


async def test_a_change_without_a_change_is_no_version(desk: Desk, door: Door):
    answer = await door.patch(ADMIN, f"/units/{desk.department.unit_id}", {"code": "CZJ"}, 1)
    assert answer.headers["etag"] == '"1"'
    assert len(await changes_told(desk, desk.department.unit_id)) == 1


async def test_a_change_needs_the_present_version(desk: Desk, door: Door):
    path = f"/units/{desk.department.unit_id}"
    await door.patch(ADMIN, path, {"name": "财政和审计局"}, 1)
    answer = await door.patch(ADMIN, path, {"name": "别的"}, 1)
    problem(answer, 412, "version-stale")
    assert answer.json()["changed"] == "name"
    problem(await door.patch(ADMIN, path, {"name": "别的"}, None), 428, "precondition-required")


async def test_a_closed_unit_hands_nothing_in(desk: Desk, door: Door):
    await door.patch(ADMIN, f"/units/{desk.department.unit_id}", {"active": False}, 1)
    body = {"subject": {"dossier_id": desk.cadre.dossier_id}}
    answer = await door.post(desk.clerk, "/submissions", body)
    assert problem(answer, 422, "validation-failed") == [("/unit_id", "unknown-reference")]
