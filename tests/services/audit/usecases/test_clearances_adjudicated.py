"""The gate beside a special audit as it really runs: answered by the approval, suspended by a reopening."""

from __future__ import annotations

import json

from contracts.values.ids import to_uuid
from services.audit.domain.facts import AuditFact
from tests.services.audit.adjudicating import a_case
from tests.services.audit.gate import ask, audited_subject, clearance, told_of
from tests.services.audit.office import Office


async def test_the_approval_answers_and_what_could_not_be_settled_suspends(office: Office):
    """Case B4: undetermined suspends; each such fact is a reason, with the determination that says so."""
    case = await a_case(office)
    (row,) = await ask(office, case.subject)
    assert [reason["rule"] for reason in row.reasons] == ["audit_running"]
    await case.until_fed_back()
    await case.approve()
    kept = await clearance(office, row.id)
    undetermined = {fact.value: one.id for fact, one in (await case.facts()).items() if one.status == "undetermined"}
    assert undetermined
    said = [reason for reason in json.loads(kept["reasons"]) if reason["rule"] == "undetermined"]
    assert {one["about"]: one["resource"] for one in said} == {
        fact: f"determinations/{row_id}" for fact, row_id in undetermined.items()
    }
    # Once when the dossier was tabled with something to investigate, once with what the approval said.
    assert (kept["state"], await told_of(office, row.id)) == ("suspended", ["suspended", "suspended"])


async def test_a_reopening_suspends_what_was_cleared(office: Office):
    """Until it is approved again nothing of it is in force, so nobody may rely on it."""
    case = await a_case(office)
    await case.until_fed_back()
    await case.approve()
    await office.admin.execute(
        "update audit.determination set status = 'consistent', value = '{}' where campaign_dossier_id = $1",
        to_uuid(case.id),
    )
    await office.admin.execute(
        "update audit.campaign_dossier set result = 'verified', state = 'filed' where id = $1", to_uuid(case.id)
    )
    (row,) = await ask(office, case.subject)
    assert row.state == "cleared"
    await case.take_up(reopened_because="发现更早的材料")
    kept = await clearance(office, row.id)
    assert [reason["rule"] for reason in json.loads(kept["reasons"])] == ["audit_running"]
    assert await told_of(office, row.id) == ["cleared", "suspended"]


async def test_what_is_left_to_investigate_suspends_before_the_meeting(office: Office):
    """Seed 000: a problem that is found suspends until it is verified; somebody cleared before is not left so."""
    subject = await audited_subject(office)
    case = await a_case(office, subject=subject)
    (row,) = await ask(office, subject)
    assert row.state == "cleared"
    await case.take_up()
    assert (await clearance(office, row.id))["state"] == "cleared"
    await case.answer(await case.investigate())
    assert (await clearance(office, row.id))["state"] == "suspended"
    await case.settle(AuditFact.WORK_START_DATE, None)
    await case.table()
    assert (await case.dossier()).result == "to_investigate"
    assert await told_of(office, row.id) == ["cleared", "suspended"]
