"""/v1/scores and /v1/score-bulletins, through the real app."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.identity import Caller
from contracts.values.ids import new_id, to_uuid
from tests.services.audit.api.conftest import Desk
from tests.services.audit.office import Office, Subject
from tests.support.rooms import somebody

YEAR = datetime.now(UTC).year


def scorer(unit_id: str = "*") -> Caller:
    """Somebody who scores."""
    return somebody("adjudicator", unit_id)


def found(subject: Subject, *deductions: tuple[str, int], **members: Any) -> dict[str, Any]:
    """What a scorer says of the subject's dossier."""
    told = [{"code": code, "times": times, "reason": "缺 2011 年度考核"} for code, times in deductions]
    return {"dossier_id": subject.dossier_id, "deductions": told, "not_related": True, **members}


async def scored(desk: Desk, subject: Subject, *deductions: tuple[str, int], **members: Any) -> dict[str, Any]:
    """A score, as the scorer sees it."""
    answer = await desk.post(scorer(subject.unit_id), "scores", found(subject, *deductions, **members))
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("deductions", "vetoes", "total", "grade"),
    [
        # Case S1 of the audit rules.
        ([("material_missing", 1), ("formalities_incomplete", 1)], [], 97, "excellent"),
        ([("material_missing", 2)], [], 96, "qualified"),
        ([("formalities_incomplete", 10)], [], 90, "qualified"),
        ([("formalities_incomplete", 10), ("misclassified", 1)], [], 89.5, "unqualified"),
        ([("formalities_incomplete", 1)], ["other_persons_material"], 99, "unqualified"),
    ],
)
async def test_a_dossier_is_scored_with_points_and_reasons(
    desk: Desk, deductions: Any, vetoes: list[str], total: float, grade: str
):
    """Each item with what was found and taken off; the reasons stand beside the deductions, in no journal row."""
    subject = await desk.office.known_subject()
    made = await scored(desk, subject, *deductions, vetoes=vetoes)
    assert (float(made["total"]), made["grade"], made["vetoes"]) == (total, grade, vetoes)
    assert (made["year"], made["from_unit_id"]) == (YEAR, subject.unit_id)
    assert sum(float(line["left"]) for line in made["lines"]) == total
    assert all(one["reason"] == "缺 2011 年度考核" for one in made["deductions"])
    shown = await desk.get(somebody("leader", subject.unit_id), f"scores/{made['id']}")
    assert (shown.json(), shown.headers["etag"]) == (made, '"1"')
    assert [verb for verb, _, _ in await desk.office.journal(made["id"])] == ["dossier.scored"]


async def test_to_try_it_first_keeps_nothing(desk: Desk):
    """The same points, shown while preparing."""
    subject = await desk.office.known_subject()
    answer = await desk.post(scorer(), "scores?validate_only=true", found(subject, ("late", 3)))
    assert (answer.status_code, float(answer.json()["total"])) == (201, 97)
    assert (await desk.get(scorer(), f"scores?dossier_id={subject.dossier_id}")).json()["items"] == []


async def test_the_rubric_is_shown_with_its_words(desk: Desk):
    """Who scores picks from it; the codes of a score are those."""
    rubric = (await desk.get(scorer(), "scores/rubric")).json()
    assert sum(float(item["points"]) for item in rubric["items"]) == 100
    assert [veto["words"]["zh"] for veto in rubric["vetoes"]][:2] == ["涂改造假", "装错材料"]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"deductions": [{"code": "ugly", "times": 1, "reason": "x"}]}, "/deductions/0/code", "not-allowed-value"),
        ({"deductions": [{"code": "late", "times": 0, "reason": "x"}]}, "/deductions/0/times", "out-of-range"),
        ({"deductions": [{"code": "late", "times": 1, "reason": ""}]}, "/deductions/0/reason", "too-short"),
        ({"vetoes": ["falsified", "falsified"]}, "/vetoes/1", "duplicate"),
        ({"dossier_id": new_id("dos")}, "/dossier_id", "unknown-reference"),
        ({"from_unit_id": new_id("unt")}, "/from_unit_id", "unknown-reference"),
        ({"not_related": None}, "/not_related", "required"),
    ],
)
async def test_what_does_not_hold_is_refused_with_its_place(desk: Desk, change: Any, pointer: str, code: str):
    """And nothing is kept."""
    subject = await desk.office.known_subject()
    if change.get("not_related", 1) is None:
        await desk.office.hear(subject.kin(complete=False), version=2)
    answer = await desk.post(scorer(subject.unit_id), "scores", {**found(subject), **change})
    assert answer.status_code == 422, answer.text
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)
    assert (await desk.get(scorer(), f"scores?dossier_id={subject.dossier_id}")).json()["items"] == []


async def test_nobody_scores_or_reads_their_own(desk: Desk):
    """Neither alone nor in the list; and another unit's are not found."""
    subject = await desk.office.known_subject()
    made = await scored(desk, subject)
    own = somebody("adjudicator", subject.unit_id, person_no=subject.person_no)
    assert (await desk.post(own, "scores", found(subject))).json()["code"] == "recusal"
    assert (await desk.get(own, f"scores/{made['id']}")).json()["code"] == "recusal"
    assert (await desk.get(own, "scores")).json()["items"] == []
    assert (await desk.get(scorer(await desk.office.unit()), f"scores/{made['id']}")).json()["code"] == "not-found"


async def test_a_repeated_request_scores_once(desk: Desk):
    """Under its key; and a dossier that moves takes its scores along."""
    subject, key, caller = await desk.office.known_subject(), new_id("req"), scorer()
    first, second = [await desk.post(caller, "scores", found(subject), key=key) for _ in range(2)]
    assert (first.json(), second.headers["idempotent-replayed"]) == (second.json(), "true")
    unit_id = await desk.office.unit()
    await desk.office.hear(subject.dossier(unit_id=unit_id), version=2)
    assert (await desk.get(scorer(unit_id), "scores")).json()["items"][0]["id"] == first.json()["id"]


async def _year(office: Office, desk: Desk) -> tuple[str, list[str]]:
    """A unit with the dossiers of two others: one excellent and one qualified, and one unqualified by a veto."""
    first = await office.known_subject()
    unit_id, others = first.unit_id, [await office.unit() for _ in range(2)]
    subjects = [first, *[await office.known_subject(unit_id=unit_id) for _ in range(2)]]
    for subject, from_unit_id, said, vetoes in (
        (subjects[0], others[0], [("late", 20)], []),  # scored anew below
        (subjects[0], others[0], [("late", 1)], []),
        (subjects[1], others[0], [("material_missing", 3)], []),
        (subjects[2], others[1], [], ["falsified"]),
    ):
        body = found(subject, *said, vetoes=vetoes, from_unit_id=from_unit_id)
        assert (await desk.post(scorer(), "scores", body)).status_code == 201
    return unit_id, others


async def test_a_years_bulletin_counts_the_last_score_of_each_dossier(desk: Desk):
    """By the unit that is scored, ranked by the average; approved by another person, and numbered."""
    unit_id, others = await _year(desk.office, desk)
    li, leader = scorer(unit_id), somebody("leader", unit_id)
    made = await desk.post(li, "score-bulletins", {"unit_id": unit_id, "year": YEAR})
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert made.json()["rows"] == [
        {"unit_id": others[1], "rank": 1, "dossiers": 1, "excellent": 0, "qualified": 0, "unqualified": 1, "vetoed": 1,
         "average": "100.00"},
        {"unit_id": others[0], "rank": 2, "dossiers": 2, "excellent": 1, "qualified": 1, "unqualified": 0, "vetoed": 0,
         "average": "96.50"},
    ]  # fmt: skip
    path = f"score-bulletins/{made.json()['id']}"
    assert (await desk.post(li, f"{path}/approvals", {}, version=1)).json()["code"] == "role-missing"
    approved = await desk.post(leader, f"{path}/approvals", {}, version=1)
    assert (approved.status_code, approved.json()["state"], approved.json()["number"]) == (201, "approved", 1)
    again = await desk.post(leader, f"{path}/approvals", {}, version=2)
    assert (again.status_code, again.json()["code"]) == (409, "state-conflict")
    second = await desk.post(li, "score-bulletins", {"unit_id": unit_id, "year": YEAR})
    done = await desk.post(leader, f"score-bulletins/{second.json()['id']}/approvals", {}, version=1)
    assert done.json()["number"] == 2
    listed = (await desk.get(leader, f"score-bulletins?year={YEAR}")).json()["items"]
    assert [one["number"] for one in listed] == [1, 2]
    assert (await desk.get(leader, path)).headers["etag"] == '"2"'


async def test_nobody_approves_their_own_proposal(desk: Desk):
    """Also who holds both roles; and what was counted anew meanwhile has to be looked at anew."""
    unit_id, _ = await _year(desk.office, desk)
    both = Caller(new_id("acc"), "王小明", posts=(("adjudicator", unit_id), ("leader", unit_id)))
    body = {"unit_id": unit_id, "year": YEAR}
    made = (await desk.post(both, "score-bulletins", body)).json()
    path = f"score-bulletins/{made['id']}/approvals"
    assert (await desk.post(both, path, {}, version=1)).json()["code"] == "same-person-twice"
    counted = (await desk.post(scorer(unit_id), "score-bulletins", body)).json()
    assert (counted["id"], counted["version"]) == (made["id"], 2)
    assert (await desk.post(somebody("leader", unit_id), path, {}, version=1)).json()["code"] == "version-stale"
    assert (await desk.post(both, path, {}, version=2)).status_code == 201


async def test_of_many_approvals_at_once_one_wins(desk: Desk):
    """One number, no gap."""
    unit_id, _ = await _year(desk.office, desk)
    made = (await desk.post(scorer(unit_id), "score-bulletins", {"unit_id": unit_id, "year": YEAR})).json()
    path = f"score-bulletins/{made['id']}/approvals"
    answers = await asyncio.gather(*(desk.post(somebody("leader", unit_id), path, {}, version=1) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 412, 412, 412]
    number = await desk.office.admin.fetchval(
        "select number from audit.score_bulletin where id = $1", to_uuid(made["id"])
    )
    assert number == 1


async def test_a_year_without_scores_has_no_bulletin(desk: Desk):
    """Nor has a unit that is not the caller's."""
    unit_id = await desk.office.unit()
    for body, pointer, code in (
        ({"unit_id": unit_id, "year": 1999}, "/year", "no-scores"),
        ({"unit_id": await desk.office.unit(), "year": YEAR}, "/unit_id", "unknown-reference"),
    ):
        answer = await desk.post(scorer(unit_id), "score-bulletins", body)
        assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
