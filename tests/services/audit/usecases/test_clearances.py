"""The gate before appointment: asked, answered, suspended by what is found later."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from chassis import jws
from chassis.idempotency import IdempotencyKey
from chassis.unit_of_work import SHANGHAI
from contracts.problems import ValidationFailed
from contracts.values.ids import new_id, to_uuid
from services.audit.domain.clearance import Kind
from services.audit.usecases.settle_clearances import CLEARANCE_TYP
from tests.services.audit.apart import held, released
from tests.services.audit.gate import (
    ask,
    audited_subject,
    campaign_ended,
    clearance,
    gap_closed,
    gap_opened,
    hr,
    told_of,
)
from tests.services.audit.office import Office


async def test_who_was_audited_without_a_problem_is_cleared_and_the_answer_is_signed(office: Office):
    """The signature verifies offline, names the state and the last day, and holds no name."""
    subject = await audited_subject(office)
    (row,) = await ask(office, subject)
    assert (row.state, row.reasons, row.version, row.dossier_id) == ("cleared", [], 1, subject.dossier_id)
    today = row.asked_at.astimezone(SHANGHAI).date()
    assert row.expires_on == today + timedelta(days=180)
    kept = await clearance(office, row.id)
    signed = jws.verify(kept["jws"], [office.deps.keys.public_jwk("receipt")], typ=CLEARANCE_TYP)
    assert signed.payload["state"] == "cleared"
    assert signed.payload["expires_on"] == row.expires_on.isoformat()
    assert subject.name not in json.dumps(signed.payload, ensure_ascii=False)
    assert await told_of(office, row.id) == ["cleared"]
    assert [verb for verb, _, _ in await office.journal(row.id)] == ["clearance.requested"]


async def test_who_was_not_audited_waits_and_an_audit_is_open(office: Office):
    """No answer, nothing told and nothing signed; one task, however often it is asked."""
    subject = await office.known_subject()
    (row,) = await ask(office, subject)
    (again,) = await ask(office, subject, kind=Kind.TRANSFER)
    assert (row.state, again.state, row.jws) == ("in_audit", "in_audit", None)
    assert [reason["rule"] for reason in row.reasons] == ["not_audited"]
    assert await told_of(office, row.id) == []
    open_tasks = await office.admin.fetch(
        "select occasion from audit.dossier_audit where dossier_id = $1 and state = 'pending'",
        to_uuid(subject.dossier_id),
    )
    assert len(open_tasks) == 1


@pytest.mark.parametrize(
    ("state", "result", "answer", "rule"),
    [
        ("first_review", None, "in_audit", "audit_running"),
        ("compare", "no_problem", "in_audit", "audit_running"),
        ("second_review", "to_investigate", "suspended", "to_investigate"),
        ("authority_approved", "verified", "cleared", None),
        ("bound", "no_problem", "cleared", None),
        ("filed", "to_investigate", "suspended", "to_investigate"),
    ],
)
async def test_a_special_audit_counts_once_the_authority_has_approved(
    office: Office, state: str, result: str | None, answer: str, rule: str | None
):
    """Seed 004: who is not audited is not put before the meeting; seed 000: a problem suspends."""
    subject = await office.known_subject()
    await campaign_ended(office, subject, state, result)
    (row,) = await ask(office, subject)
    assert (row.state, [reason["rule"] for reason in row.reasons]) == (answer, [rule] if rule else [])


async def test_a_missing_key_original_refuses_for_good(office: Office):
    """Filed later, the refusal stays; asked anew, the person is cleared."""
    subject = await audited_subject(office)
    gap = gap_opened(subject)
    await office.hear(gap)
    (row,) = await ask(office, subject)
    assert (row.state, row.reasons[0]["about"]) == ("refused", "party_admission")
    assert await office.hear(gap_closed(gap), version=2) is None
    assert (await clearance(office, row.id))["state"] == "refused"
    (anew,) = await ask(office, subject)
    assert anew.state == "cleared"


async def test_a_gap_that_is_no_key_original_changes_nothing(office: Office):
    """A missing yearly assessment is chased, but bars nobody."""
    subject = await audited_subject(office)
    await office.hear(gap_opened(subject, "annual_assessment", years=[2011]))
    (row,) = await ask(office, subject)
    assert row.state == "cleared"


async def test_a_late_finding_suspends_at_once_and_its_cure_clears_again(office: Office):
    """暂缓: every standing clearance of the person, each told once; the old telling again changes nothing."""
    subject = await audited_subject(office)
    (promote,), (transfer,) = await ask(office, subject), await ask(office, subject, kind=Kind.TRANSFER)
    gap = gap_opened(subject)
    for _ in range(2):
        await office.hear(gap)
    for row in (promote, transfer):
        kept = await clearance(office, row.id)
        assert (kept["state"], kept["version"], kept["expires_on"]) == ("suspended", 2, None)
        assert await told_of(office, row.id) == ["cleared", "suspended"]
    await office.hear(gap_closed(gap), version=2)
    assert (await clearance(office, promote.id))["state"] == "cleared"
    await office.hear(gap)
    assert await told_of(office, promote.id) == ["cleared", "suspended", "cleared"]


async def test_an_earlier_clearance_is_left_alone_once_asked_anew(office: Office):
    """Only the last answer of a kind counts, so only it is suspended."""
    subject = await audited_subject(office)
    (former,), (last,) = await ask(office, subject), await ask(office, subject)
    await office.hear(gap_opened(subject))
    assert (await clearance(office, former.id))["state"] == "cleared"
    assert (await clearance(office, last.id))["state"] == "suspended"


async def test_an_expired_clearance_is_left_alone(office: Office):
    """What counts no longer is not suspended either."""
    subject = await audited_subject(office)
    (row,) = await ask(office, subject)
    await office.admin.execute("update audit.clearance set expires_on = '2020-01-01' where id = $1", to_uuid(row.id))
    await office.hear(gap_opened(subject))
    assert (await clearance(office, row.id))["version"] == 1


async def test_a_material_rejected_as_altered_suspends(office: Office):
    """At once, in the transaction of the second voice."""
    subject = await audited_subject(office)
    (row,) = await ask(office, subject)
    received = await office.appraising(subject)
    for _ in range(2):
        await office.decide(await office.waiting(received.material_id), None, "reject", "alteration")
    kept = await clearance(office, row.id)
    assert kept["state"] == "suspended"
    assert [reason["rule"] for reason in json.loads(kept["reasons"])] == ["altered_material"]


async def test_a_material_held_apart_under_suspicion_suspends_until_it_is_let_go(office: Office):
    """另行放置: at once, and lifted at once; returned as altered, it stays suspended."""
    subject = await audited_subject(office)
    (row,) = await ask(office, subject)
    received = await office.appraising(subject)
    apart = await held(office, received.material_id)
    kept = await clearance(office, row.id)
    assert json.loads(kept["reasons"]) == [
        {"rule": "quarantined", "about": "doubtful", "resource": f"quarantines/{apart.id}"}
    ]
    await released(office, apart)
    again = await held(office, received.material_id, case_no=None)
    await released(office, again, "returned", "alteration")
    assert await told_of(office, row.id) == ["cleared", "suspended", "cleared", "suspended", "suspended"]
    assert json.loads((await clearance(office, row.id))["reasons"])[0]["rule"] == "altered_material"


async def test_who_is_to_enter_waits_for_the_dossier(office: Office):
    """凡进必审: asked before the dossier comes; once it is here, it is audited first (先调档审核)."""
    subject = await office.known_subject()
    await office.admin.execute("delete from audit.dossier_audit where dossier_id = $1", to_uuid(subject.dossier_id))
    await office.admin.execute("delete from audit.heard_dossier where dossier_id = $1", to_uuid(subject.dossier_id))
    (enter,), (promote,) = await ask(office, subject, kind=Kind.ENTER), await ask(office, subject)
    assert (enter.state, enter.dossier_id, promote.state) == ("requested", None, "refused")
    await office.hear(subject.dossier(), version=2)
    kept = await clearance(office, enter.id)
    assert (kept["state"], kept["dossier_id"]) == ("in_audit", to_uuid(subject.dossier_id))
    assert await told_of(office, enter.id) == []


async def test_a_dossier_newly_under_management_opens_an_audit(office: Office):
    """对新纳入管理范围的干部档案进行审核: when it is opened here, and when it comes in from another unit."""
    subject = await office.known_subject()
    count = "select count(*) from audit.dossier_audit where dossier_id = $1"
    assert await office.admin.fetchval(count, to_uuid(subject.dossier_id)) == 1
    await office.admin.execute(
        "update audit.dossier_audit set state = 'approved', ended_at = now() where dossier_id = $1",
        to_uuid(subject.dossier_id),
    )
    await office.hear(subject.dossier(unit_id=await office.unit()), version=2)
    occasions = await office.admin.fetch(
        "select occasion from audit.dossier_audit where dossier_id = $1 order by task_id", to_uuid(subject.dossier_id)
    )
    assert [row["occasion"] for row in occasions] == ["opened", "moved_in"]


async def test_another_office_that_takes_the_person_over_opens_an_audit(office: Office):
    """By the rule of managing authority, on the day on which it is told."""
    subject = await office.known_subject()
    await office.admin.execute("delete from audit.dossier_audit where dossier_id = $1", to_uuid(subject.dossier_id))
    county = {"unit_id": subject.unit_id, "office": "中共青岚县委", "valid_from": "2019-01-01"}
    city = {"unit_id": subject.unit_id, "office": "中共某市委", "valid_from": "2026-01-01"}
    ended = {**county, "valid_to": "2025-12-31"}
    await office.hear(subject.person(managing_authority=[county]), version=2)
    await office.admin.execute("delete from audit.dossier_audit where dossier_id = $1", to_uuid(subject.dossier_id))
    await office.hear(subject.person(managing_authority=[ended, city], name="李建中"), version=3)
    await office.hear(subject.person(managing_authority=[ended, city], name="李建国"), version=4)
    occasions = await office.admin.fetch(
        "select occasion from audit.dossier_audit where dossier_id = $1", to_uuid(subject.dossier_id)
    )
    assert [row["occasion"] for row in occasions] == ["authority_changed"]


async def test_all_that_is_kept_goes_with_a_dossier_that_moves(office: Office):
    """Clearance, gap and task are the new unit's, so that the former sees them no more."""
    subject = await audited_subject(office)
    (row,) = await ask(office, subject)
    await office.hear(gap_opened(subject, "annual_assessment"))
    unit_id = await office.unit()
    await office.hear(subject.dossier(unit_id=unit_id), version=2)
    for table in ("clearance", "heard_gap", "dossier_audit"):
        kept_by = await office.admin.fetch(
            f"select distinct unit_id from audit.{table} where dossier_id = $1",
            to_uuid(subject.dossier_id),
        )
        assert [one["unit_id"] for one in kept_by] == [to_uuid(unit_id)], table
    assert ("clearance.moved", "service:audit", 2) in await office.journal(row.id)


async def test_a_list_with_unknown_persons_is_refused_as_a_whole(office: Office):
    """Each fault with its place; nobody of the list gets a clearance."""
    subject, other = await audited_subject(office), await audited_subject(office)
    stranger = await audited_subject(office)
    stranger.person_id = new_id("per")
    with pytest.raises(ValidationFailed) as refused:
        await ask(office, subject, stranger, subject, other, caller=hr(subject.unit_id))
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [
        ("/persons/1", "unknown-reference"),
        ("/persons/2", "duplicate"),
        ("/persons/3", "unknown-reference"),
    ]
    assert not await office.admin.fetch("select from audit.clearance where person_id = $1", to_uuid(subject.person_id))


async def test_the_same_request_again_gives_the_same_list(office: Office):
    """Under its key, in its order, and nothing is told twice."""
    subjects = [await audited_subject(office), await office.known_subject()]
    key = IdempotencyKey("scope", new_id("req"), b"0" * 32)
    caller = hr()
    first = await ask(office, *subjects, caller=caller, key=key)
    second = await ask(office, *subjects, caller=caller, key=key)
    assert [row.id for row in first] == [row.id for row in second]
    assert await told_of(office, first[0].id) == ["cleared"]


async def test_to_try_it_first_keeps_nothing(office: Office):
    """The same answer, no row, no event, no task."""
    subject = await audited_subject(office)
    (row,) = await ask(office, subject, validate_only=True)
    assert row.state == "cleared"
    assert not await office.admin.fetch("select from audit.clearance where id = $1", to_uuid(row.id))
    assert await told_of(office, row.id) == []


async def test_a_finding_told_while_the_gate_decides_is_not_lost(office: Office):
    """Asked and told at the same instant, many times: nobody stays cleared against an open gap."""
    subjects = [await audited_subject(office) for _ in range(12)]
    await asyncio.gather(*(ask(office, one) for one in subjects), *(office.hear(gap_opened(one)) for one in subjects))
    for one in subjects:
        states = await office.admin.fetch(
            "select state from audit.clearance where person_id = $1", to_uuid(one.person_id)
        )
        assert [row["state"] for row in states] in (["suspended"], ["refused"])
