"""/v1/view-requests: ask, read, take back; every fault of the form by pointer and code."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chassis.identity import Caller
from contracts.values.ids import new_id
from tests.services.access.api.conftest import Desk, faults
from tests.support.rooms import somebody


async def test_a_request_is_made_and_read(desk: Desk):
    body = await desk.form(reason=" 考察任用 ")
    made = await desk.post(desk.case.asker, "view-requests", body)
    assert made.status_code == 201
    assert (made.headers["ETag"], made.headers["Cache-Control"]) == ('"1"', "private, no-store")
    request = made.json()
    assert made.headers["Location"] == f"/v1/view-requests/{request['id']}"
    assert (request["state"], request["reason"], request["grant_id"]) == ("submitted", "考察任用", None)
    assert request["subject"] == {
        "dossier_id": desk.case.subject.dossier_id,
        "person_id": desk.case.subject.person_id,
        "unit_id": desk.case.archive_unit_id,
    }
    [step] = request["steps"]
    assert (step["step"], step["role"], step["unit_id"], step["state"]) == (1, "approver", desk.case.unit_id, "pending")
    assert request["step_count"] == 2
    for reader in (desk.case.asker, desk.case.second, desk.case.head, desk.case.leader):
        read = await desk.get(reader, f"view-requests/{request['id']}")
        assert (read.status_code, read.json(), read.headers["ETag"]) == (200, request, '"1"')
        known = await desk.get(reader, f"view-requests/{request['id']}", **{"If-None-Match": '"1"'})
        assert (known.status_code, known.content, known.headers["ETag"]) == (304, b"", '"1"')


async def test_what_nobody_verified_says_so(desk: Desk):
    stranger = somebody("viewer", desk.case.unit_id)
    body = await desk.form(relation_declaration="not_related")
    request = (await desk.post(stranger, "view-requests", body)).json()
    read = (await desk.get(desk.case.head, f"view-requests/{request['id']}")).json()
    assert (read["requester_relation"], read["relation_declaration"]) == ("not_verified", "not_related")
    assert [one["relation"] for one in read["viewers"]] == ["not_related", "not_related"]


async def test_a_request_is_not_found_by_whom_it_does_not_concern(desk: Desk):
    """Nor does it stand in their list; the same for the head of another unit."""
    request = (await desk.post(desk.case.asker, "view-requests", await desk.form())).json()
    colleague = somebody("viewer", desk.case.unit_id)
    for stranger in (colleague, somebody("approver", await desk.office.unit())):
        answer = await desk.get(stranger, f"view-requests/{request['id']}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
        assert (await desk.get(stranger, "view-requests")).json()["items"] == []


async def test_a_list_goes_on_page_by_page(desk: Desk):
    made = [(await desk.post(desk.case.asker, "view-requests", await desk.form())).json()["id"] for _ in range(3)]
    first = await desk.get(desk.case.head, "view-requests?page_size=2")
    token = first.json()["next_page_token"]
    second = await desk.get(desk.case.head, f"view-requests?page_size=2&page_token={token}")
    shown = [one["id"] for page in (first, second) for one in page.json()["items"]]
    assert shown == sorted(made, reverse=True)
    assert second.json()["next_page_token"] is None
    assert 'rel="next"' in first.headers["Link"]
    stolen = await desk.get(desk.case.leader, f"view-requests?page_size=2&page_token={token}")
    assert (stolen.status_code, stolen.json()["code"]) == (400, "page-token-invalid")


MAT = new_id("mat")
BAD: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"subject": None}, [("/subject", "required")]),
    ({"subject": {}}, [("/subject", "required")]),
    ({"subject": {"name": "李建国"}}, [("/subject", "required")]),
    ({"subject": {"person_no": "1"}}, [("/subject", "required")]),
    ({"subject": {"dossier_id": new_id("per")}}, [("/subject/dossier_id", "id-invalid")]),
    ({"subject": {"dossier_id": new_id("dos"), "name": "李"}}, [("/subject", "contradiction")]),
    ({"subject": {"person_no": "1", "name": "李\u0007"}}, [("/subject/name", "control-character")]),
    ({"subject": {"person_no": "1", "name": "李" * 101}}, [("/subject/name", "too-long")]),
    ({"subject": {"person_no": " ", "name": "李"}}, [("/subject/person_no", "too-short")]),
    ({"subject": {"dossier_id": new_id("dos")}}, [("/subject/dossier_id", "unknown-reference")]),
    ({"scope": {"kind": "everything"}}, [("/scope/kind", "not-allowed-value")]),
    ({"scope": {"kind": "categories"}}, [("/scope", "required")]),
    ({"scope": {"kind": "whole", "categories": ["1"]}}, [("/scope", "contradiction")]),
    ({"scope": {"kind": "materials", "material_ids": [MAT, MAT]}}, [("/scope", "duplicate")]),
    ({"scope": {"kind": "materials", "material_ids": [MAT]}}, [("/scope/material_ids/0", "unknown-reference")]),
    ({"scope": {"kind": "categories", "categories": ["11"]}}, [("/scope/categories/0", "pattern")]),
    ({"purpose": "curiosity"}, [("/purpose", "not-allowed-value")]),
    ({"purpose": "x" * 41}, [("/purpose", "too-long")]),
    ({"reason": "x" * 501}, [("/reason", "too-long")]),
    ({"from_on": "2020-01-01", "until_on": "2020-01-02"}, [("/from_on", "out-of-range")]),
    ({"until_on": "2199-01-01"}, [("/until_on", "out-of-range")]),
    ({"viewers": []}, [("/viewers", "too-few")]),
    ({"viewers": [{"name": "王", "party_member": True}]}, [("/viewers/0", "required")]),
    (
        {"viewers": [{"name": "王", "party_member": "yes", "person_no": "1"}]},
        [("/viewers/0/party_member", "type")],
    ),
    ({"viewers": [{"name": "王", "person_no": "1"}]}, [("/viewers/0/party_member", "required")]),
    ({"relation_declaration": "maybe"}, [("/relation_declaration", "not-allowed-value")]),
    ({"unit_id": new_id("unt")}, [("/unit_id", "unknown-reference")]),
    ({"id_number": "11010519491231002X"}, [("/id_number", "unknown-member")]),
    ({"scope": {"kind": "whole", "pages": [1]}}, [("/scope/pages", "unknown-member")]),
]


@pytest.mark.parametrize(("changes", "wanted"), BAD)
async def test_each_fault_is_named_and_no_value_repeated(
    desk: Desk, changes: dict[str, Any], wanted: list[tuple[str, str]]
):
    body = await desk.form(**{k: v for k, v in changes.items() if v is not None})
    body = {name: value for name, value in body.items() if changes.get(name, value) is not None}
    answer = await desk.post(desk.case.asker, "view-requests", body)
    assert faults(answer) == wanted
    assert answer.json()["code"] == "validation-failed"
    assert "11010519491231002X" not in answer.text
    assert (await desk.get(desk.case.asker, "view-requests")).json()["items"] == []


@pytest.mark.parametrize("day", ["2023-02-30", "2026-13-01", "2026-11", "20261124", "2026-11-24T00:00:00", 1764000000])
async def test_a_day_that_does_not_exist_is_impossible(desk: Desk, day: Any):
    answer = await desk.post(desk.case.asker, "view-requests", await desk.form(from_on=day))
    assert (answer.status_code, answer.json()["code"]) == (422, "date-impossible")
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/from_on", "date-impossible")]
    assert str(day) not in answer.text


async def test_number_and_name_that_disagree_are_a_mismatch(desk: Desk):
    subject = {"person_no": desk.case.subject.person_no, "name": "李建军"}
    answer = await desk.post(desk.case.asker, "view-requests", await desk.form(subject=subject))
    assert (answer.status_code, answer.json()["code"]) == (422, "person-mismatch")
    assert "李建军" not in answer.text


async def test_a_refusal_names_its_rule_in_the_caller_s_language(desk: Desk):
    body = await desk.form()
    alone = await desk.post(desk.case.asker, "view-requests", {**body, "viewers": body["viewers"][:1]})
    assert (alone.status_code, alone.json()["code"], alone.json()["predicate"]) == (403, "view-refused", "alone")
    assert alone.headers["Content-Language"] == "zh-CN"
    own = await desk.post(
        desk.case.subject.account("viewer", desk.case.unit_id), "view-requests", body, **{"Accept-Language": "en"}
    )
    assert (own.status_code, own.json()["code"]) == (403, "recusal")
    assert own.json()["title"].startswith("You are, or are related")


async def test_the_same_key_asks_once_and_never_for_another_body(desk: Desk):
    body, key = await desk.form(), new_id("req")
    first = await desk.post(desk.case.asker, "view-requests", body, key=key)
    again = await desk.post(desk.case.asker, "view-requests", body, key=key)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await desk.post(desk.case.asker, "view-requests", {**body, "purpose": "study"}, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    missing = await desk.post(desk.case.asker, "view-requests", body, key=None)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency-key-missing")
    assert len((await desk.get(desk.case.asker, "view-requests")).json()["items"]) == 1


async def test_the_same_key_at_once_makes_one(desk: Desk):
    body, key = await desk.form(), new_id("req")
    answers = await asyncio.gather(*(desk.post(desk.case.asker, "view-requests", body, key=key) for _ in range(4)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    assert len((await desk.get(desk.case.asker, "view-requests")).json()["items"]) == 1


async def test_a_withdrawal_is_answered_and_not_made_twice(desk: Desk):
    request = (await desk.post(desk.case.asker, "view-requests", await desk.form())).json()
    path = f"view-requests/{request['id']}/withdrawals"
    strange = await desk.post(desk.case.asker, path, {"because": "x"})
    assert faults(strange) == [("/because", "unknown-member")]
    withdrawn = await desk.post(desk.case.asker, path, {})
    assert (withdrawn.status_code, withdrawn.json()["state"], withdrawn.headers["ETag"]) == (201, "withdrawn", '"2"')
    again = await desk.post(desk.case.asker, path)
    assert (again.status_code, again.json()["code"], again.json()["state"]) == (409, "state-conflict", "withdrawn")


async def test_who_has_no_such_right_is_told_which_one(desk: Desk):
    archivist: Caller = somebody("archivist", desk.case.unit_id)
    for answer, permission in (
        (await desk.get(archivist, "view-requests"), "view-request:read"),
        (await desk.post(desk.case.head, "view-requests", await desk.form()), "view-request:create"),
        (await desk.post(desk.case.head, f"view-requests/{new_id('vrq')}/withdrawals"), "view-request:create"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "role-missing")
        assert answer.json()["permission"] == permission
    assert (await desk.get(None, "view-requests")).json()["code"] == "not-signed-in"
    unknown = await desk.get(desk.case.asker, "view-requests?stat=x")
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown-parameter")
