"""Persons decide: one checks, another confirms."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from chassis.unit_of_work import IdempotencyKey
from contracts.events import MaterialReceived
from contracts.problems import (
    IdempotencyKeyReused,
    NotFound,
    Recusal,
    Refusal,
    SamePersonTwice,
    StateConflict,
    ValidationFailed,
    VersionStale,
)
from contracts.values.ids import new_id, to_uuid
from services.audit.usecases.decide_task import Decided
from tests.services.audit.office import Office, Subject, auditor


async def state_of(office: Office, received: MaterialReceived) -> str:
    """Where the appraisal stands."""
    row = await office.appraisal(received.material_id)
    assert row is not None
    return row["state"]


async def test_one_checks_and_another_confirms(office: Office):
    """Two tasks one after the other, two decisions, one event that names both persons."""
    received = await office.appraising()
    li, wang = auditor(), auditor()
    first = await office.waiting(received.material_id)
    decided = await office.decide(first, li)
    assert (decided.task.state, decided.task.version, decided.case.version) == ("approved", 2, 2)
    assert await office.told(received.material_id) == []
    second = await office.waiting(received.material_id)
    assert (second.step, (second.due_at - second.created_at).days) == (2, 3)
    await office.decide(second, wang)
    (event,) = await office.told(received.material_id)
    assert event["data"]["outcome"] == "accepted"
    assert event["data"]["confirmed_by"] == [li.account_id, wang.account_id]
    assert event["sequence"] == f"{3:020d}"
    answered = [check["code"] for check in event["data"]["checks"] if check["by"] == "person"]
    assert answered == ["formalities"]
    assert await office.journal(second.appraisal_id) == [
        ("appraisal.begun", "service:audit", 1),
        ("appraisal.decided", li.account_id, 2),
        ("appraisal.decided", wang.account_id, 3),
    ]


async def test_a_rejection_is_confirmed_and_names_its_reasons(office: Office):
    """Coded reasons of both persons stand in the event; the note stays here."""
    received = await office.appraising()
    await office.decide(await office.waiting(received.material_id), None, "reject", "seal_missing", note="印章在背面？")
    await office.decide(await office.waiting(received.material_id), None, "reject", "A3", "seal_missing")
    (event,) = await office.told(received.material_id)
    assert (event["data"]["outcome"], event["data"]["reasons"]) == ("rejected", ["seal_missing", "A3"])
    failed = [(check["check"], check["code"]) for check in event["data"]["checks"] if check["outcome"] == "fail"]
    assert failed == [("A2", "seal_missing"), ("A3", "A3")]
    assert "印章" not in str(event)
    notes = await office.admin.fetch(
        "select note from audit.decision where appraisal_id = $1 order by step", to_uuid(event["data"]["appraisal_id"])
    )
    assert [row["note"] for row in notes] == ["印章在背面？", None]


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        (("approve", "reject", "approve"), "accepted"),
        (("reject", "approve", "reject"), "rejected"),
    ],
)
async def test_where_two_disagree_a_third_decides(office: Office, words: tuple[str, ...], outcome: str):
    """The third's word joins one of the two; only those two stand for the outcome."""
    received = await office.appraising()
    people = [auditor() for _ in words]
    for person, word in zip(people, words, strict=True):
        assert await office.told(received.material_id) == []
        reasons = ("A5",) if word == "reject" else ()
        await office.decide(await office.waiting(received.material_id), person, word, *reasons)
    (event,) = await office.told(received.material_id)
    assert event["data"]["outcome"] == outcome
    assert event["data"]["confirmed_by"] == [people[0].account_id, people[2].account_id]


async def test_nobody_confirms_what_they_checked(office: Office):
    """The same person is refused at the second and at the third step, and nothing changes."""
    received = await office.appraising()
    li, wang = auditor(), auditor()
    await office.decide(await office.waiting(received.material_id), li)
    for state, other_word in (("second_check", "reject"), ("third_check", None)):
        task = await office.waiting(received.material_id)
        with pytest.raises(SamePersonTwice):
            await office.decide(task, li)
        assert await state_of(office, received) == state
        if other_word:
            await office.decide(task, wang, other_word, "A1")


async def test_of_two_decisions_at_once_one_wins(office: Office):
    """The second finds the task changed; one decision, one next task, one version more."""
    received = await office.appraising()
    task = await office.waiting(received.material_id)

    async def attempt() -> Decided | Refusal:
        try:
            return await office.decide(task, auditor())
        except Refusal as refused:
            return refused

    results = await asyncio.gather(*(attempt() for _ in range(3)))
    assert sorted(type(result).__name__ for result in results) == ["Decided", "VersionStale", "VersionStale"]
    assert (await office.waiting(received.material_id)).step == 2
    counted = "select count(*) from audit.decision where appraisal_id = $1"
    assert await office.admin.fetchval(counted, to_uuid(task.appraisal_id)) == 1


async def test_an_old_view_of_the_task_is_refused(office: Office):
    """Written against another version: the present one is named; a decided task is not decided again."""
    received = await office.appraising()
    task = await office.waiting(received.material_id)
    with pytest.raises(VersionStale) as stale:
        await office.decide(task, seen_version=7)
    assert stale.value.params["version"] == 1
    await office.decide(task)
    with pytest.raises(VersionStale) as stale:
        await office.decide(task)
    assert (stale.value.params["version"], stale.value.params["changed"]) == (2, ["state"])
    with pytest.raises(StateConflict) as conflict:
        await office.decide(task, seen_version=2)
    assert conflict.value.params == {"state": "approved"}


async def test_a_repeated_request_is_answered_and_not_done_again(office: Office):
    """Same key, same content: the first answer. Same key, other content: refused. Nothing is added."""
    received = await office.appraising()
    task, li = await office.waiting(received.material_id), auditor()
    key = IdempotencyKey(f"{li.account_id} POST /x", "key-" + task.id, IdempotencyKey.hash_of(b"one"))
    first = await office.decide(task, li, "reject", "A4", key=key)
    again = await office.decide(task, li, "reject", "A4", key=key)
    assert (again.task.id, again.task.version, again.voice) == (task.id, first.task.version, first.voice)
    other = IdempotencyKey(key.scope, key.key, IdempotencyKey.hash_of(b"two"))
    with pytest.raises(IdempotencyKeyReused):
        await office.decide(task, li, "approve", key=other)
    assert await state_of(office, received) == "second_check"


async def test_nobody_decides_on_their_own_material(office: Office):
    """An auditor whose person number is the subject's is refused, whatever they declare."""
    subject = await office.known_subject()
    received = await office.appraising(subject)
    task = await office.waiting(received.material_id)
    for declared in (None, True):
        with pytest.raises(Recusal):
            await office.decide(task, auditor(person_no=subject.person_no), not_related=declared)
    assert await state_of(office, received) == "first_check"


@pytest.mark.parametrize("told_by", ["auditor", "subject"])
async def test_nobody_decides_on_a_relatives_material(office: Office, told_by: str):
    """Either side's list of relatives is enough, also across units that do not see each other."""
    subject, person = await office.known_subject(), Subject()
    await office.hear(person.person())
    one, other = (person, subject) if told_by == "auditor" else (subject, person)
    await office.hear(one.kin(other.person_id, complete=False), version=2)
    received = await office.appraising(subject)
    kin = auditor(subject.unit_id, person.person_no)
    with pytest.raises(Recusal):
        await office.decide(await office.waiting(received.material_id), kin)


async def test_who_cannot_be_told_apart_declares(office: Office):
    """Kin not entered: without a declaration the decision is refused, with it the journal and the row hold it."""
    subject = await office.known_subject()
    await office.hear(subject.kin(complete=False), version=2)
    received = await office.appraising(subject)
    task = await office.waiting(received.material_id)
    with pytest.raises(ValidationFailed) as refused:
        await office.decide(task, not_related=None)
    assert [(fault.pointer, fault.code) for fault in refused.value.errors] == [("/not_related", "required")]
    with pytest.raises(Recusal):
        await office.decide(task, not_related=False)
    await office.decide(task, not_related=True)
    kept = await office.admin.fetchrow(
        "select relation, declared_not_related from audit.decision where task_id = $1", to_uuid(task.id)
    )
    assert tuple(kept) == ("cannot_tell", True)


async def test_who_is_known_to_be_unrelated_need_not_declare(office: Office):
    """The subject's list is declared complete and does not name the auditor's person."""
    person = Subject()
    await office.hear(person.person())
    received = await office.appraising()
    await office.decide(
        await office.waiting(received.material_id), auditor(person_no=person.person_no), not_related=None
    )
    assert await state_of(office, received) == "second_check"


async def test_an_auditor_of_another_unit_sees_no_such_task(office: Office):
    """Outside the scope it does not exist; the unit's own auditor decides."""
    subject = await office.known_subject()
    received = await office.appraising(subject)
    task = await office.waiting(received.material_id)
    with pytest.raises(NotFound):
        await office.decide(task, auditor(new_id("unt")))
    await office.decide(task, auditor(subject.unit_id))
    assert await state_of(office, received) == "second_check"


async def test_where_the_machine_stands_for_the_first_one_person_suffices(office: Office):
    """A green annual assessment begins at the second step, and one approval files it."""
    received = await office.appraising(title="年度考核登记表")
    task = await office.waiting(received.material_id)
    assert task.step == 2
    li = auditor()
    await office.decide(task, li)
    (event,) = await office.told(received.material_id)
    assert (event["data"]["outcome"], event["data"]["confirmed_by"]) == ("accepted", [li.account_id])


async def test_a_red_is_confirmed_by_one_and_overruled_by_two(office: Office):
    """The machine's no and a person's no return it; two persons may accept it, and the event says over what."""
    short = {"title": "年度考核登记表", "declared_page_count": 2}
    returned, accepted = await office.appraising(**short), await office.appraising(**short)
    await office.decide(await office.waiting(returned.material_id), None, "reject", "pages_missing")
    (event,) = await office.told(returned.material_id)
    assert (event["data"]["outcome"], event["data"]["reasons"]) == ("rejected", ["pages_missing"])
    for _ in range(2):
        assert await office.told(accepted.material_id) == []
        await office.decide(await office.waiting(accepted.material_id))
    (event,) = await office.told(accepted.material_id)
    overruled = [check["code"] for check in event["data"]["checks"] if check["remarks"] == ["overruled"]]
    assert (event["data"]["outcome"], overruled) == ("accepted", ["complete"])


async def test_the_database_itself_admits_no_second_voice(office: Office):
    """If the code were wrong, the unique key would stop it: one decision a person, one a step."""
    received = await office.appraising()
    li = auditor()
    await office.decide(await office.waiting(received.material_id), li)
    second = await office.waiting(received.material_id)
    copy = """insert into audit.decision
        (task_id, unit_id, appraisal_id, step, account_id, outcome, reasons, relation, decided_at)
        select $1, unit_id, appraisal_id, $2, $3, outcome, reasons, relation, decided_at
        from audit.decision where appraisal_id = $4"""
    for step, account in ((2, li.account_id), (1, new_id("acc"))):
        with pytest.raises(asyncpg.UniqueViolationError):
            await office.admin.execute(copy, to_uuid(second.id), step, to_uuid(account), to_uuid(second.appraisal_id))
