"""The audit of one dossier by itself: two persons, and what the gate makes of it."""

from __future__ import annotations

import asyncio

import pytest

from chassis.idempotency import IdempotencyKey
from contracts.problems import (
    NotFound,
    Recusal,
    Refusal,
    SamePersonTwice,
    StateConflict,
    ValidationFailed,
    VersionStale,
)
from contracts.values.ids import from_uuid, new_id, to_uuid
from services.audit.usecases.hold_clearance import HoldClearance, hold_clearance
from services.audit.usecases.reaudit_dossier import reaudit_dossier
from services.audit.usecases.settle_clearances import gate_of
from tests.services.audit.gate import ask, audit_task_of, clearance, examined, sign, told_of
from tests.services.audit.office import Office, auditor
from tests.support.rooms import somebody


async def test_two_who_find_nothing_clear_whoever_waited(office: Office):
    """The first signature asks the second person; the second ends the audit, and HR is told."""
    subject = await office.known_subject()
    (row,) = await ask(office, subject)
    first = await sign(office, subject)
    assert (first.task.state, first.task.step, first.task.version) == ("pending", 2, 2)
    assert (await clearance(office, row.id))["state"] == "in_audit"
    second = await sign(office, subject)
    assert (second.task.state, [one.stage for one in second.examinations]) == ("approved", [1, 2])
    assert (await clearance(office, row.id))["state"] == "cleared"
    assert await told_of(office, row.id) == ["cleared"]
    assert [verb for verb, _, _ in await office.journal(second.task.task_id)] == [
        "task.assigned",
        "task.examined",
        "task.examined",
    ]


async def test_the_second_has_the_last_word_and_each_problem_is_a_reason(office: Office):
    """Seed 000: a problem suspends until it is verified; what cannot be told is a problem too."""
    subject = await office.known_subject()
    (row,) = await ask(office, subject)
    await sign(office, subject)
    await sign(office, subject, facts=examined(birth_date="inconsistent", education="cannot_tell"))
    (asked,) = await ask(office, subject)
    assert (await clearance(office, row.id))["state"] == asked.state == "suspended"
    assert [(reason["rule"], reason["about"]) for reason in asked.reasons] == [
        ("audit_problem", "birth_date"),
        ("audit_problem", "education"),
    ]


async def test_after_the_cure_a_new_audit_clears(office: Office):
    """复查: asked for at the suspended clearance; while one is open, it is that one."""
    subject = await office.known_subject()
    (row,) = await ask(office, subject)
    for _ in range(2):
        await sign(office, subject, facts=examined(education="missing"))
    gate, adjudicator = gate_of(office.deps), somebody("adjudicator")
    tasks = [
        await reaudit_dossier(row.id, uow=office.acting(adjudicator, "clearance:hold"), gate=gate) for _ in range(2)
    ]
    assert tasks[0].task_id == tasks[1].task_id
    for _ in range(2):
        await sign(office, subject)
    assert await told_of(office, row.id) == ["suspended", "cleared"]
    with pytest.raises(StateConflict):
        await reaudit_dossier(row.id, uow=office.acting(adjudicator, "clearance:hold"), gate=gate)


async def test_an_audit_by_itself_counts_for_a_time(office: Office):
    """After the days of the rules it has to be done anew."""
    subject = await office.known_subject()
    for _ in range(2):
        await sign(office, subject)
    days = office.deps.rules.clearance.audit_days
    await office.admin.execute(
        "update audit.dossier_audit set ended_at = now() - make_interval(days => $2) where dossier_id = $1",
        to_uuid(subject.dossier_id),
        days + 1,
    )
    (row,) = await ask(office, subject)
    assert [reason["rule"] for reason in row.reasons] == ["not_audited"]


async def test_a_hold_suspends_all_and_lasts_until_a_later_audit_finds_nothing(office: Office):
    """暂缓 by hand, with its reason in no event and no journal row; an audit that was begun before does not lift it."""
    subject = await office.known_subject()
    for _ in range(2):
        await sign(office, subject)
    (row,) = await ask(office, subject)
    leader = somebody("leader")
    command = HoldClearance(row.id, 1, "收到来信反映年龄问题")
    held = await hold_clearance(command, uow=office.acting(leader, "clearance:hold"), gate=gate_of(office.deps))
    assert (held.state, held.version, held.reasons[0]["rule"]) == ("suspended", 2, "held")
    kept = await office.admin.fetchval(
        """select count(*) from audit.outbox where position(convert_to('来信', 'UTF8') in body) > 0"""
    )
    assert kept == 0
    for _ in range(2):
        await sign(office, subject)
    assert await told_of(office, row.id) == ["cleared", "suspended", "cleared"]


async def test_a_hold_against_another_version_is_refused(office: Office):
    """And one of a clearance that no longer counts."""
    subject = await office.known_subject()
    (former,), (last,) = await ask(office, subject), await ask(office, subject)
    gate = gate_of(office.deps)
    with pytest.raises(VersionStale):
        command = HoldClearance(last.id, 7, "来信")
        await hold_clearance(command, uow=office.acting(somebody("leader"), "clearance:hold"), gate=gate)
    with pytest.raises(StateConflict):
        command = HoldClearance(former.id, 1, "来信")
        await hold_clearance(command, uow=office.acting(somebody("leader"), "clearance:hold"), gate=gate)


async def test_nobody_signs_both(office: Office):
    """初审与复审不能为同一人."""
    subject = await office.known_subject()
    li = auditor()
    await sign(office, subject, li)
    with pytest.raises(SamePersonTwice):
        await sign(office, subject, li)


async def test_nobody_signs_their_own_or_a_relatives(office: Office):
    """By the kin that was heard of; who cannot be told declares."""
    subject = await office.known_subject()
    with pytest.raises(Recusal):
        await sign(office, subject, auditor(person_no=subject.person_no))
    with pytest.raises(Recusal):
        await sign(office, subject, not_related=False)


async def test_an_examination_that_leaves_a_fact_out_is_refused(office: Office):
    """Every fault with its place: the missing fact, the issue that is missing, the one too many."""
    subject = await office.known_subject()
    from services.audit.domain.examination import FactExamined

    facts = list(examined()[1:])
    facts[0] = FactExamined(facts[0].fact, "no")
    facts[1] = FactExamined(facts[1].fact, "yes", "doubtful")
    facts.append(facts[2])
    with pytest.raises(ValidationFailed) as refused:
        await sign(office, subject, facts=tuple(facts))
    assert {(fault.pointer, fault.code) for fault in refused.value.errors} == {
        ("/facts/0/issue", "required"),
        ("/facts/1/issue", "contradiction"),
        ("/facts/5/fact", "duplicate"),
        ("/facts", "facts-missing"),
    }


async def test_of_two_at_once_one_signs(office: Office):
    """The second sees that the task changed; nothing of theirs is kept."""
    subject = await office.known_subject()
    row = await audit_task_of(office, subject)

    async def one() -> str:
        try:
            await sign(office, subject, seen_version=row["version"], task_id=from_uuid("tsku", row["task_id"]))
        except Refusal as refusal:
            return refusal.problem.code
        return "signed"

    assert sorted(await asyncio.gather(one(), one(), one())) == ["signed", "version-stale", "version-stale"]


async def test_the_same_signature_again_is_the_same(office: Office):
    """Under its key, also after the second person signed."""
    subject = await office.known_subject()
    li, key = auditor(), IdempotencyKey("scope", new_id("req"), b"0" * 32)
    first = await sign(office, subject, li, key=key)
    again = await sign(office, subject, li, key=key)
    assert first.task.task_id == again.task.task_id
    assert len(again.examinations) == 1


async def test_another_units_audit_is_not_found(office: Office):
    """Nobody learns that it exists."""
    subject = await office.known_subject()
    with pytest.raises(NotFound):
        await sign(office, subject, auditor(await office.unit()))
