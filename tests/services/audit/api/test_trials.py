"""/v1/fact-matrices/{person_id}/trials: what if a claim were added, or left out."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.values.ids import new_id, to_uuid
from tests.services.audit.api.conftest import Desk
from tests.services.audit.api.test_claims import entered, faults
from tests.services.audit.campaigns import a_campaign_with
from tests.services.audit.claiming import filed_paper
from tests.services.audit.office import Subject, auditor
from tests.support.rooms import somebody

REGISTER: dict[str, Any] = {
    "fact": "birth_date",
    "value": {"date": {"value": "1967-10"}},
    "title": "学籍表",
    "formed_on": {"value": "1981"},
}

FROM_NOWHERE = {**REGISTER, "title": None, "formed_on": None, "material_id": new_id("mat")}


async def birth_in_dispute(desk: Desk) -> tuple[Subject, dict[str, str]]:
    """B2: the league form says 1968.03, the labour form and the appointment form say 1970.03."""
    subject = await desk.office.known_subject(birth="1970-03")
    ids: dict[str, str] = {}
    for title, formed_on, value in (
        ("入团志愿书", "1984-05", "1968-03"),
        ("招工登记表", "1986", "1970-03"),
        ("干部任免审批表", "2018", "1970-03"),
    ):
        paper = await filed_paper(desk.office, subject, title, formed_on={"value": formed_on})
        ids[title] = (await entered(desk, subject, value, material_id=paper.material_id, signed=True))["id"]
    return subject, ids


async def tried(desk: Desk, subject: Subject, body: dict[str, Any], role: str = "leader") -> dict[str, Any]:
    """The answer to a trial."""
    path = f"fact-matrices/{subject.person_id}/trials"
    answer = await desk.post(somebody(role, subject.unit_id), path, body, key=None)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_without_a_change_the_rules_say_what_they_make_of_the_claims(desk: Desk):
    """B2: proposed 1968.03 by the earliest record; two papers are off by 24 months; nothing differs."""
    subject, ids = await birth_in_dispute(desk)
    shown = await tried(desk, subject, {})
    (result,) = shown["results"]
    after = result["after"]
    assert (after["status"], after["value"]["date"]["value"], after["basis"]) == (
        "proposed",
        "1968-03",
        ids["入团志愿书"],
    )
    assert {one["claim_id"]: (one["months"], one["direction"]) for one in after["disagreeing"]} == {
        ids["招工登记表"]: (24, "understated"),
        ids["干部任免审批表"]: (24, "understated"),
    }
    assert after["paragraph"]
    assert after["source"]
    assert result["before"] == after
    assert (result["changed"], result["now_disagreeing"], result["new_findings"]) == ([], [], [])
    assert len(shown["rules_digest"]) == 64


async def test_leaving_the_earliest_out_changes_the_result(desk: Desk):
    """And says in which members, and which claims disagree no more."""
    subject, ids = await birth_in_dispute(desk)
    (result,) = (await tried(desk, subject, {"discount": [ids["入团志愿书"]]}))["results"]
    assert {"value", "basis", "status"} <= set(result["changed"])
    assert result["after"]["value"]["date"]["value"] == "1970-03"
    assert set(result["no_longer_disagreeing"]) == {ids["招工登记表"], ids["干部任免审批表"]}


async def test_a_paper_that_may_turn_up_can_be_tried(desk: Desk):
    """An earlier school record would decide; nothing of it is kept, and the trial stands in the journal."""
    subject, ids = await birth_in_dispute(desk)
    shown = await tried(desk, subject, {"add": [REGISTER], "facts": ["birth_date"]}, role="auditor")
    (added,), (result,) = shown["added"], shown["results"]
    assert (result["after"]["value"]["date"]["value"], result["after"]["basis"]) == ("1967-10", added)
    assert ids["入团志愿书"] in result["now_disagreeing"]
    listed = await desk.get(auditor(subject.unit_id), f"claims?person_id={subject.person_id}")
    assert {one["id"] for one in listed.json()["items"]} == set(ids.values())
    assert "fact_matrix.tried" in [verb for verb, _, _ in await desk.office.journal(subject.person_id)]


async def test_a_trial_may_contradict_what_stands(desk: Desk):
    """A birth date after the party date is worth a trial; a date that no calendar has is not."""
    subject, _ = await birth_in_dispute(desk)
    step = {"fact": "party_join_date", "value": {"branch_meeting": {"value": "1960-06-12"}}, "title": "入党志愿书"}
    shown = await tried(desk, subject, {"add": [step]})
    assert [one["fact"] for one in shown["results"]] == ["birth_date", "party_join_date"]


async def test_a_campaigns_settings_hold_for_its_dossiers(desk: Desk):
    """P1: by period the committee's approval counts, by the campaign's choice the branch meeting."""
    subject = await desk.office.known_subject(birth="1955-03")
    paper = await filed_paper(desk.office, subject, "入党志愿书", formed_on={"value": "1980-06"})
    steps = {"branch_meeting": {"value": "1980-06-12"}, "committee_approval": {"value": "1980-08-01"}}
    await entered(desk, subject, steps, "party_join_date", material_id=paper.material_id)
    sheet = await a_campaign_with(desk.office, subject)
    await desk.office.admin.execute(
        """update audit.campaign set settings = '{"party_date_rule": "branch_meeting", "training_dossiers": 0,
        "graduate_rule": "reporting_and_pay", "requires_training": [], "queue": "easy_first"}'
        where id = (select campaign_id from audit.campaign_dossier where person_id = $1)""",
        to_uuid(subject.person_id),
    )
    joined: list[str] = []
    for body in ({}, {"campaign_dossier_id": sheet.campaign_dossier_id}):
        (result,) = (await tried(desk, subject, body))["results"]
        joined.append(result["after"]["written"])
    assert joined == ["1980-08", "1980-06"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"discount": [new_id("clm")]}, [("/discount/0", "unknown-reference")]),
        ({"add": [FROM_NOWHERE]}, [("/add/0/material_id", "unknown-reference")]),
        ({"add": [{**REGISTER, "value": {}}]}, [("/add/0/value/date", "required")]),
        ({"add": [{**REGISTER, "person_id": new_id("per")}]}, [("/add/0/person_id", "unknown-member")]),
        ({"add": [REGISTER] * 51}, [("/add", "too-many")]),
        ({"facts": ["shoe_size"]}, [("/facts/0", "not-allowed-value")]),
        ({"campaign_dossier_id": new_id("cdo")}, [("/campaign_dossier_id", "unknown-reference")]),
    ],
)
async def test_a_trial_that_cannot_be_made_is_refused(desk: Desk, body: Any, found: list[tuple[str, str]]):
    """With the place of each fault."""
    subject = await desk.office.known_subject()
    path = f"fact-matrices/{subject.person_id}/trials"
    answer = await desk.post(auditor(subject.unit_id), path, body, key=None)
    assert (answer.status_code, faults(answer)) == (422, found)


async def test_nobody_tries_on_themselves_nor_in_another_unit(desk: Desk):
    """As for the matrix itself."""
    subject = await desk.office.known_subject()
    path = f"fact-matrices/{subject.person_id}/trials"
    own = await desk.post(auditor(subject.unit_id, subject.person_no), path, {}, key=None)
    assert (own.status_code, own.json()["code"]) == (403, "recusal")
    assert (await desk.post(auditor(new_id("unt")), path, {}, key=None)).status_code == 404
