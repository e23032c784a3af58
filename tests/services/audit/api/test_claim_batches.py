"""/v1/claims/batches: up to 500 claims at once, each by itself or all or none."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.values.ids import new_id
from tests.services.audit.api.conftest import Desk
from tests.services.audit.api.test_claims import faults
from tests.services.audit.claiming import body, filed_paper
from tests.services.audit.office import Subject, auditor


def item(subject: Subject, value: Any = "1968-03", fact: str = "birth_date", **members: Any) -> dict[str, Any]:
    """One claim of a list."""
    told = body(subject, value, fact, **members)
    del told["not_related"]
    return told


def batch(*items: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A list as it is sent."""
    return {"items": list(items), "not_related": True, **members}


async def kept_on(desk: Desk, subject: Subject) -> list[str]:
    """Ids of the claims that stand on a person."""
    listed = await desk.get(auditor(subject.unit_id), f"claims?person_id={subject.person_id}")
    return [one["id"] for one in listed.json()["items"]]


async def test_each_item_is_kept_or_refused_by_itself(desk: Desk):
    """Persons of several units in one list; a bad item does not hold up the good ones, and is told what is wrong."""
    one, other = await desk.office.known_subject(), await desk.office.known_subject()
    paper = await filed_paper(desk.office, one)
    sent = batch(
        item(one, ref="甲-1"),
        item(one, "2999", title="证明"),
        item(other, material_id=paper.material_id, ref="乙-1"),
        item(other),
        item(one),
    )
    li = auditor()
    answer = await desk.post(li, "claims/batches", sent)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert told["kept"] == 2
    problems = [
        part["problem"] and [(p["pointer"], p["code"]) for p in part["problem"]["errors"]] for part in told["items"]
    ]
    assert problems == [
        None,
        [("/value/date", "date-in-future")],
        [("/material_id", "unknown-reference")],
        None,
        [("/value", "duplicate")],
    ]
    assert [(part["position"], part["ref"]) for part in told["items"]][:3] == [(0, "甲-1"), (1, None), (2, "乙-1")]
    assert told["items"][1]["problem"]["code"] == "date-impossible"
    assert await kept_on(desk, one) == [told["items"][0]["claim_id"]]
    shown = await desk.get(li, f"claims/{told['items'][3]['claim_id']}")
    assert (shown.json()["origin"], shown.json()["person_id"]) == ("imported", other.person_id)
    assert await desk.office.journal(told["id"]) == [("claims.imported", li.account_id, 1)]


async def test_all_or_none(desk: Desk):
    """A fault of one item refuses the whole, by the place of every fault; without one all are kept."""
    subject = await desk.office.known_subject()
    li = auditor(subject.unit_id)
    good, late, second = item(subject), item(subject, "2999", title="证明"), item(subject, "1969-03", title="证明")
    refused = await desk.post(li, "claims/batches", batch(good, late, good, mode="all_or_nothing"))
    assert (refused.status_code, refused.json()["code"]) == (422, "validation-failed")
    assert faults(refused) == [("/items/1/value/date", "date-in-future"), ("/items/2/value", "duplicate")]
    assert await kept_on(desk, subject) == []
    kept = await desk.post(li, "claims/batches", batch(good, second, mode="all_or_nothing"))
    assert (kept.status_code, kept.json()["kept"]) == (201, 2)
    own = auditor(subject.unit_id, subject.person_no)
    recused = await desk.post(own, "claims/batches", batch(item(subject, "1970-03"), mode="all_or_nothing"))
    assert (recused.status_code, recused.json()["code"]) == (403, "recusal")


async def test_items_are_held_against_those_before_them(desk: Desk):
    """A page that contradicts itself, and a party date before a birth date, within one list: the later is refused,
    and the earlier one is named by its place."""
    subject = await desk.office.known_subject()
    step = {"branch_meeting": {"value": "1960-06-12"}}
    sent = batch(
        item(subject),
        item(subject, "1969-03"),
        item(subject, step, "party_join_date", title="入党志愿书", formed_on={"value": "1960-06"}),
    )
    answer = await desk.post(auditor(subject.unit_id), "claims/batches", sent)
    found = [part["problem"]["errors"][0] for part in answer.json()["items"][1:]]
    assert [(fault["code"], fault["params"]) for fault in found] == [
        ("paper-contradicts", {"other": "/items/0"}),
        ("dates-contradict", {"other": "/items/0"}),
    ]


async def test_a_repeated_import_gets_the_first_answer(desk: Desk):
    """Also what was refused then, word for word; nothing is entered twice, and nobody else has the key."""
    subject = await desk.office.known_subject()
    li, key, sent = auditor(subject.unit_id), new_id("req"), batch(item(subject), item(subject))
    first = await desk.post(li, "claims/batches", sent, key=key)
    again = await desk.post(li, "claims/batches", sent, key=key)
    assert (again.status_code, again.json(), again.headers["idempotent-replayed"]) == (201, first.json(), "true")
    assert len(await kept_on(desk, subject)) == 1


@pytest.mark.parametrize("mode", ["each", "all_or_nothing"])
async def test_a_rehearsal_keeps_nothing(desk: Desk, mode: str):
    """The same checks and answer, without ids."""
    subject = await desk.office.known_subject()
    li = auditor(subject.unit_id)
    answer = await desk.post(li, "claims/batches", batch(item(subject), validate_only=True, mode=mode))
    assert (answer.status_code, answer.json()["id"], answer.json()["kept"]) == (200, None, 1)
    assert answer.json()["items"] == [{"position": 0, "ref": None, "claim_id": None, "problem": None}]
    assert await kept_on(desk, subject) == []


async def test_problems_are_told_in_the_callers_language(desk: Desk):
    """Also when they are told again."""
    subject = await desk.office.known_subject()
    sent = batch(item(subject), item(subject))
    zh = await desk.post(auditor(subject.unit_id), "claims/batches", sent)
    assert zh.json()["items"][1]["problem"]["errors"][0]["detail"] == "与另一项重复。"


async def test_the_limits_of_a_list(desk: Desk):
    """None is too few, 501 too many; 500 on one person are kept in one go."""
    subject = await desk.office.known_subject()
    li = auditor(subject.unit_id)
    none = await desk.post(li, "claims/batches", batch())
    assert faults(none) == [("/items", "too-few")]
    many = [item(subject, {"text": f"先进工作者{n}"}, "rewards") for n in range(501)]
    assert faults(await desk.post(li, "claims/batches", batch(*many))) == [("/items", "too-many")]
    kept = await desk.post(li, "claims/batches", batch(*many[:500]))
    assert kept.json()["kept"] == 500
    again = [item(subject, {"text": f"劳动模范{n}"}, "rewards") for n in range(500)]
    assert (await desk.post(li, "claims/batches", batch(*again))).json()["kept"] == 500
    full = await desk.post(li, "claims", body(subject))
    assert faults(full) == [("/person_id", "too-many")]
