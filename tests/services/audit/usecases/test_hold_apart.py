"""A suspect material is held apart, and let go by a second person."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from chassis.unit_of_work import IdempotencyKey
from contracts.events import MaterialReceived
from contracts.problems import (
    NotFound,
    Recusal,
    Refusal,
    SamePersonTwice,
    StateConflict,
    ValidationFailed,
    VersionStale,
)
from contracts.values.ids import new_id, to_uuid
from services.audit.store.tables_appraisal import QuarantineRow
from services.audit.usecases.hold_apart import change_entry
from tests.services.audit.apart import held, released
from tests.services.audit.office import Office, auditor


async def state_of(office: Office, received: MaterialReceived) -> str:
    """The appraisal's state."""
    row = await office.appraisal(received.material_id)
    assert row is not None
    return row["state"]


async def test_what_is_held_apart_waits_for_nobody_and_is_told_to_nobody(office: Office):
    """No open task, no event, so no catalogue has it and no page sum counts it; its files stay in use."""
    received = await office.appraising()
    task, li = await office.waiting(received.material_id), auditor()
    await office.decide(task)
    second = await office.waiting(received.material_id)
    row = await held(office, received.material_id, li)
    assert await state_of(office, received) == "quarantined"
    assert await office.told(received.material_id) == []
    assert await office.admin.fetchval("select state from audit.task where id = $1", to_uuid(second.id)) == "withdrawn"
    with pytest.raises(VersionStale):
        await office.decide(second)
    with pytest.raises(StateConflict) as conflict:
        await office.decide(second, seen_version=2)
    assert conflict.value.params == {"state": "withdrawn"}
    used = "select count(*) from audit.blob_ref where unit_id = $1 and until is null"
    assert await office.admin.fetchval(used, to_uuid(received.unit_id)) == 1
    assert await office.journal(row.id) == [("quarantine.begun", li.account_id, 1)]


async def test_it_goes_on_from_where_it_was(office: Office):
    """The same step waits again, with its days anew; the first voice counts, and two suffice."""
    received = await office.appraising()
    first = auditor()
    await office.decide(await office.waiting(received.material_id), first)
    before = await office.waiting(received.material_id)
    gone = await released(office, await held(office, received.material_id))
    assert (gone.released, gone.version) == ("resumed", 2)
    task = await office.waiting(received.material_id)
    assert (task.id, task.step, task.version) == (before.id, 2, 3)
    assert task.due_at >= before.due_at
    with pytest.raises(SamePersonTwice):
        await office.decide(task, first)
    await office.decide(task)
    assert await state_of(office, received) == "accepted"


async def test_a_certificate_that_waits_for_its_report_waits_on_afterwards(office: Office):
    """It had no task, and has none then."""
    received = await office.appraising(title="毕业证书")
    await released(office, await held(office, received.material_id))
    assert await state_of(office, received) == "awaiting_verification"


async def test_a_return_names_its_reasons_and_the_two_who_answer_for_it(office: Office):
    """Coded, as every return; the page files are let go; the answer of the appraisal holds the same later."""
    received = await office.appraising()
    li, wang = auditor(), auditor()
    row = await held(office, received.material_id, li)
    with pytest.raises(ValidationFailed) as refused:
        await released(office, row, "returned", caller=wang)
    assert [(one.pointer, one.code) for one in refused.value.errors] == [("/reasons", "too-few")]
    with pytest.raises(SamePersonTwice):
        await released(office, row, "returned", "alteration", caller=li)
    await released(office, row, "returned", "alteration", caller=wang)
    (event,) = await office.told(received.material_id)
    said = event["data"]
    assert (said["outcome"], said["reasons"]) == ("rejected", ["alteration"])
    assert said["confirmed_by"] == [li.account_id, wang.account_id]
    used = "select count(*) from audit.blob_ref where unit_id = $1 and until is null"
    assert await office.admin.fetchval(used, to_uuid(received.unit_id)) == 0
    with pytest.raises(StateConflict):
        await held(office, received.material_id)


async def test_while_its_case_is_open_it_stays(office: Office):
    """The use case refuses, and were it wrong, the database would."""
    received = await office.appraising()
    row = await held(office, received.material_id, case_no="青纪案 3 号")
    for way in ("resumed", "returned"):
        with pytest.raises(StateConflict) as conflict:
            await released(office, row, way, *(("alteration",) if way == "returned" else ()))
        assert conflict.value.params == {"state": "case open"}
    with pytest.raises(asyncpg.CheckViolationError):
        await office.admin.execute(
            "update audit.quarantine set released = 'returned', released_on = now(), released_by = $2 where id = $1",
            to_uuid(row.id),
            to_uuid(new_id("acc")),
        )
    closing = {"case_closed_on": row.held_on}
    closed = await change_entry(row.id, 1, closing, uow=office.acting(auditor(), "quarantine:write"))
    await released(office, closed)
    assert await state_of(office, received) == "first_check"


async def test_of_two_at_once_one_holds_it_and_one_lets_it_go(office: Office):
    """The later of two finds it done."""
    received = await office.appraising()

    async def attempt(act: Any) -> QuarantineRow | Refusal:
        try:
            return await act
        except Refusal as refusal:
            return refusal

    both = await asyncio.gather(*(attempt(held(office, received.material_id)) for _ in range(2)))
    assert sorted(type(one).__name__ for one in both) == ["QuarantineRow", "StateConflict"]
    row = next(one for one in both if isinstance(one, QuarantineRow))
    gone = await asyncio.gather(*(attempt(released(office, row)) for _ in range(2)))
    assert sorted(type(one).__name__ for one in gone) == ["QuarantineRow", "VersionStale"]
    assert (await office.waiting(received.material_id)).version == 3


async def test_the_line_is_kept_by_version_and_the_journal_names_members_only(office: Office):
    """An old view is refused with what changed meanwhile; names of persons are not in the journal."""
    received = await office.appraising()
    row = await held(office, received.material_id, responsible_person="王建军")
    asked = {"asked_of_unit": "县教育局", "asked_on": row.held_on}
    changed = await change_entry(row.id, 1, asked, uow=office.acting(auditor(), "quarantine:write"))
    assert (changed.version, changed.asked_of_unit, changed.responsible_person) == (2, "县教育局", "王建军")
    with pytest.raises(VersionStale) as stale:
        await change_entry(row.id, 1, {"place": "x"}, uow=office.acting(auditor(), "quarantine:write"))
    assert stale.value.params["changed"] == ["asked_of_unit", "asked_on"]
    rows = await office.admin.fetch(
        "select row_to_json(j)::text as line from audit.journal j where resource = $1", row.id
    )
    assert rows
    assert not any("王建军" in one["line"] or "教育局" in one["line"] for one in rows)


async def test_a_repeated_request_is_answered_and_not_done_again(office: Office):
    """Same key, same content."""
    received = await office.appraising()
    li = auditor()
    key = IdempotencyKey(f"{li.account_id} POST /x", "key-" + received.material_id, IdempotencyKey.hash_of(b"one"))
    first = await held(office, received.material_id, li, key=key)
    assert (await held(office, received.material_id, li, key=key)).id == first.id


async def test_nobody_holds_apart_what_is_their_own_or_out_of_their_scope(office: Office):
    """Recusal, a declaration where nobody can tell, and nothing at all outside the units."""
    subject = await office.known_subject()
    received = await office.appraising(subject)
    with pytest.raises(Recusal):
        await held(office, received.material_id, auditor(person_no=subject.person_no))
    await office.hear(subject.kin(complete=False), version=2)
    with pytest.raises(ValidationFailed):
        await held(office, received.material_id, not_related=None)
    with pytest.raises(NotFound):
        await held(office, received.material_id, auditor(new_id("unt")))
    assert await state_of(office, received) == "first_check"


async def test_the_line_goes_where_its_dossier_goes(office: Office):
    """By its appraisal."""
    subject = await office.known_subject()
    received = await office.appraising(subject)
    row = await held(office, received.material_id)
    new_unit = await office.unit()
    assert await office.hear(subject.dossier(unit_id=new_unit), version=2) is None
    kept = await office.admin.fetchval("select unit_id from audit.quarantine where id = $1", to_uuid(row.id))
    assert kept == to_uuid(new_unit)
