"""The report on a certificate is recorded, and the appraisal goes on or ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chassis.unit_of_work import IdempotencyKey
from contracts.events import MaterialReceived
from contracts.problems import NotFound, Recusal, Refusal, StateConflict, ValidationFailed
from contracts.values.ids import from_uuid, new_id, to_uuid
from contracts.values.partial_date import PartialDate
from services.audit.store.tables_appraisal import VerificationReportRow
from tests.services.audit.office import Office, Subject, auditor
from tests.services.audit.reports import report
from tests.services.audit.tickets import ticket_for

TITLE = "毕业证书"


async def state_of(office: Office, received: MaterialReceived) -> tuple[str, str]:
    """State of the appraisal, and how it stands with its report."""
    row = await office.appraisal(received.material_id)
    assert row is not None
    return row["state"], row["verification"]


async def waiting(office: Office, **changes: Any) -> tuple[Subject, MaterialReceived]:
    """A certificate that waits for its report."""
    subject = await office.known_subject()
    return subject, await office.appraising(subject, title=TITLE, **changes)


async def test_a_certificate_waits_for_no_person_until_its_report_is_there(office: Office):
    """E1: no task and no event while it waits; confirmed, the first check begins."""
    subject, received = await waiting(office)
    assert await state_of(office, received) == ("awaiting_verification", "wanted")
    appraisal = await office.appraisal(received.material_id)
    assert appraisal is not None
    tasks = "select count(*) from audit.task where appraisal_id = $1"
    assert await office.admin.fetchval(tasks, appraisal["id"]) == 0
    li = auditor(subject.unit_id)
    row = await report(office, received.material_id, caller=li, unit_id=subject.unit_id)
    assert await state_of(office, received) == ("first_check", "confirmed")
    assert (row.appraisal_id, row.unit_id) == (from_uuid("apr", appraisal["id"]), subject.unit_id)
    for _ in range(2):
        await office.decide(await office.waiting(received.material_id))
    (event,) = await office.told(received.material_id)
    assert event["data"]["outcome"] == "accepted"
    assert [one["outcome"] for one in event["data"]["checks"] if one["code"] == "verification"] == ["pass"]
    assert ("appraisal.verified", li.account_id, 2) in await office.journal(str(row.appraisal_id))
    assert [verb for verb, *_ in await office.journal(row.id)] == ["verification_report.recorded"]


async def test_a_refused_report_returns_the_certificate(office: Office):
    """E1: the coded return, answered for by whoever recorded the report; its page files are let go."""
    subject, received = await waiting(office)
    li = auditor(subject.unit_id)
    await report(office, received.material_id, "refused", li, unit_id=subject.unit_id)
    assert await state_of(office, received) == ("rejected", "refused")
    (event,) = await office.told(received.material_id)
    said = event["data"]
    assert (said["outcome"], said["reasons"], said["confirmed_by"]) == ("rejected", ["not_verified"], [li.account_id])
    used = "select count(*) from audit.blob_ref where unit_id = $1 and until is null"
    assert await office.admin.fetchval(used, to_uuid(received.unit_id)) == 0


async def test_a_red_certificate_is_looked_at_first(office: Office):
    """Pages are missing: persons decide; two who accept it leave it waiting for its report."""
    subject, received = await waiting(office, declared_page_count=2)
    assert await state_of(office, received) == ("first_check", "wanted")
    with pytest.raises(StateConflict) as conflict:
        await report(office, received.material_id, unit_id=subject.unit_id)
    assert conflict.value.params == {"state": "first_check"}
    for _ in range(2):
        await office.decide(await office.waiting(received.material_id))
    assert await state_of(office, received) == ("awaiting_verification", "wanted")
    assert await office.told(received.material_id) == []
    await report(office, received.material_id, unit_id=subject.unit_id)
    assert await state_of(office, received) == ("accepted", "confirmed")
    assert len(await office.told(received.material_id)) == 1


async def test_of_two_reports_at_once_one_wins(office: Office):
    """The second finds the appraisal gone on; one report stands."""
    subject, received = await waiting(office)

    async def attempt(result: str) -> VerificationReportRow | Refusal:
        try:
            return await report(office, received.material_id, result, unit_id=subject.unit_id)
        except Refusal as refused:
            return refused

    results = await asyncio.gather(attempt("confirmed"), attempt("refused"), attempt("confirmed"))
    assert sorted(type(one).__name__ for one in results) == ["StateConflict", "StateConflict", "VerificationReportRow"]
    kept = "select count(*) from audit.verification_report where material_id = $1"
    assert await office.admin.fetchval(kept, to_uuid(received.material_id)) == 1


async def test_a_repeated_request_is_answered_and_not_done_again(office: Office):
    """Same key, same content: the first answer."""
    subject, received = await waiting(office)
    li = auditor(subject.unit_id)
    key = IdempotencyKey(f"{li.account_id} POST /x", "key-" + received.material_id, IdempotencyKey.hash_of(b"one"))
    first = await report(office, received.material_id, caller=li, unit_id=subject.unit_id, key=key)
    again = await report(office, received.material_id, caller=li, unit_id=subject.unit_id, key=key)
    assert again.id == first.id


async def test_bad_input_is_named_and_changes_nothing(office: Office):
    """A date to come and a ticket that does not bind, both at once; the appraisal still waits."""
    subject, received = await waiting(office)
    caller = auditor(subject.unit_id)
    cases: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
        ({"issued_on": PartialDate(value="2999")}, [("/issued_on", "date-in-future")]),
        ({"ticket": "x" * 20}, [("/blob_ticket", "ticket-invalid")]),
        (
            {"ticket": "x" * 20, "issued_on": PartialDate(value="2999")},
            [("/issued_on", "date-in-future"), ("/blob_ticket", "ticket-invalid")],
        ),
    ]
    for changes, faults in cases:
        with pytest.raises(ValidationFailed) as refused:
            await report(office, received.material_id, caller=caller, unit_id=subject.unit_id, **changes)
        assert [(one.pointer, one.code) for one in refused.value.errors] == faults
    others: list[dict[str, Any]] = [{"uploader": new_id("acc")}, {"until": 1}, {"unit_id": new_id("unt")}]
    for ticket in others:
        with pytest.raises(ValidationFailed):
            text = await ticket_for(office, caller, subject.unit_id, **ticket)
            await report(office, received.material_id, caller=caller, unit_id=subject.unit_id, ticket=text)
    assert await state_of(office, received) == ("awaiting_verification", "wanted")


async def test_nobody_records_a_report_on_their_own_certificate(office: Office):
    """Recusal holds here as for every decision; who cannot be told apart declares."""
    subject, received = await waiting(office)
    own = auditor(subject.unit_id, subject.person_no)
    with pytest.raises(Recusal):
        await report(office, received.material_id, caller=own, unit_id=subject.unit_id)
    await office.hear(subject.kin(complete=False), version=2)
    with pytest.raises(ValidationFailed) as refused:
        await report(office, received.material_id, unit_id=subject.unit_id, not_related=None)
    assert [(one.pointer, one.code) for one in refused.value.errors] == [("/not_related", "required")]
    assert await state_of(office, received) == ("awaiting_verification", "wanted")


async def test_outside_the_unit_there_is_no_such_material(office: Office):
    """Neither under appraisal nor filed, nor one that nobody handed in."""
    _, received = await waiting(office)
    elsewhere = await office.unit()
    for material_id in (received.material_id, new_id("mat")):
        with pytest.raises(NotFound):
            await report(office, material_id, unit_id=elsewhere)
    assert await state_of(office, received) == ("awaiting_verification", "wanted")


async def test_a_filed_certificate_may_be_reported_on_at_any_time(office: Office):
    """In a special audit: the report stands by itself, for a paper that came before any of this."""
    subject = await office.known_subject()
    received = await office.received(subject, title=TITLE)
    assert await office.hear(office.filed(received)) is None
    row = await report(office, received.material_id, "refused", unit_id=subject.unit_id)
    assert (row.appraisal_id, row.dossier_id, row.result) == (None, subject.dossier_id, "refused")


async def test_a_report_goes_where_its_dossier_goes(office: Office):
    """The unit that keeps the dossier now sees it, the former one no longer."""
    subject, received = await waiting(office)
    row = await report(office, received.material_id, unit_id=subject.unit_id)
    new_unit = await office.unit()
    assert await office.hear(subject.dossier(unit_id=new_unit), version=2) is None
    moved = await office.admin.fetchrow(
        "select unit_id, version from audit.verification_report where id = $1", to_uuid(row.id)
    )
    assert tuple(moved) == (to_uuid(new_unit), 2)
