"""Alterations are recorded one by one, confirmed by the organisation, and followed by consequences (seed 004)."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

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
from services.audit.usecases.register_alteration import RECORD_TITLE, change_alteration
from tests.services.audit.altered import confirmed, elsewhere, followed, recorded
from tests.services.audit.office import Office, Subject, auditor
from tests.support.rooms import somebody


async def filed(office: Office) -> tuple[Subject, MaterialReceived]:
    """A paper that stands in the dossier."""
    subject = await office.known_subject()
    received = await office.received(subject)
    assert await office.hear(office.filed(received)) is None
    return subject, received


async def test_what_is_confirmed_is_told_with_its_signed_record(office: Office):
    """Numbered in its dossier, confirmed by another person; the record's pages are in use, the words in no event."""
    subject, received = await filed(office)
    page = received.pages[0].page_id
    first = await recorded(office, received.material_id, page_id=page)
    second = await recorded(office, received.material_id, verdict="slip", falsified_object=None)
    assert ([first.no, second.no], first.material_title) == ([1, 2], "干部任免审批表")
    row = await confirmed(office, first, subject.unit_id)
    assert (row.state, row.version, row.document_no) == ("confirmed", 2, "青组审〔2026〕3号")
    bodies = await office.admin.fetch("select convert_from(body, 'UTF8') as body from audit.outbox")
    (told,) = (one for one in (json.loads(b["body"]) for b in bodies) if one["subject"] == f"alterations/{row.id}")
    data = told["data"]
    assert (told["type"], data["verdict"], data["title"]) == (
        "dangan.alteration.confirmed.v1",
        "falsified",
        RECORD_TITLE,
    )
    assert (data["material_id"], data["altered_material_id"]) == (row.record_material_id, received.material_id)
    assert (len(data["pages"]), data["formed_on"]["value"]) == (1, "2026-11-20")
    assert "1968.05" not in json.dumps(told)
    used = "select count(*) from audit.blob_ref where resource_id = $1 and until is null"
    assert await office.admin.fetchval(used, row.id) == 1
    assert [verb for verb, *_ in await office.journal(row.id)] == ["alteration.recorded", "alteration.confirmed"]


async def test_consequences_follow_a_confirmed_falsification_only(office: Office):
    """A slip of the pen is no falsification (中组发〔2015〕23号)."""
    subject, received = await filed(office)
    slip = await recorded(office, received.material_id, verdict="slip", falsified_object=None)
    forged = await recorded(office, received.material_id)
    for row, state in ((forged, "recorded"), (await confirmed(office, slip, subject.unit_id), "slip")):
        with pytest.raises(StateConflict) as conflict:
            await followed(office, row)
        assert conflict.value.params == {"state": state}
    done = await followed(office, await confirmed(office, forged, subject.unit_id), "disqualified")
    assert (done.kind, done.finding_id) == ("disqualified", forged.id)
    with pytest.raises(ValidationFailed):
        await followed(office, forged, decided_on=date(2999, 1, 1))


@pytest.mark.parametrize(
    ("members", "faults"),
    [
        ({"falsified_object": None}, [("/falsified_object", "required")]),
        ({"verdict": "slip"}, [("/falsified_object", "contradiction")]),
        ({"page_id": new_id("pag")}, [("/page_id", "unknown-reference")]),
    ],
)
async def test_what_contradicts_is_refused(office: Office, members: dict[str, Any], faults: list[tuple[str, str]]):
    """A falsification names its object, nothing else does; the page is of that paper."""
    _, received = await filed(office)
    with pytest.raises(ValidationFailed) as refused:
        await recorded(office, received.material_id, **members)
    assert [(one.pointer, one.code) for one in refused.value.errors] == faults


async def test_a_finding_is_changed_until_it_is_confirmed(office: Office):
    """By version; the journal names the members and holds no words of the paper."""
    subject, received = await filed(office)
    row = await recorded(office, received.material_id, verdict="undetermined", falsified_object=None)
    acting = lambda: office.acting(auditor(), "alteration:write")  # noqa: E731
    changed = await change_alteration(row.id, 1, {"reads_now": "1971.05"}, uow=acting())
    assert (changed.version, changed.reads_now) == (2, "1971.05")
    with pytest.raises(VersionStale) as stale:
        await change_alteration(row.id, 1, {"remark": "x"}, uow=acting())
    assert stale.value.params["changed"] == ["reads_now"]
    await confirmed(office, changed, subject.unit_id)
    with pytest.raises(StateConflict):
        await change_alteration(row.id, 3, {"remark": "x"}, uow=acting())


async def test_of_two_confirmations_at_once_one_wins(office: Office):
    """The second finds another version; whoever recorded it is refused in any case."""
    subject, received = await filed(office)
    finder = auditor(subject.unit_id)
    both = replace(somebody("leader", subject.unit_id), account_id=finder.account_id)
    row = await recorded(office, received.material_id, finder)
    with pytest.raises(SamePersonTwice):
        await confirmed(office, row, subject.unit_id, both)

    async def attempt() -> Any:
        try:
            return await confirmed(office, row, subject.unit_id)
        except Refusal as refusal:
            return refusal

    results = await asyncio.gather(attempt(), attempt())
    assert sorted(type(one).__name__ for one in results) == ["AlterationRow", "VersionStale"]


async def test_scope_recusal_and_bad_tickets(office: Office):
    """Nothing outside the units, nothing of one's own, no record without its scan."""
    subject, received = await filed(office)
    with pytest.raises(NotFound):
        await recorded(office, received.material_id, elsewhere())
    with pytest.raises(Recusal):
        await recorded(office, received.material_id, auditor(person_no=subject.person_no))
    row = await recorded(office, received.material_id)
    with pytest.raises(ValidationFailed) as refused:
        await confirmed(office, row, subject.unit_id, tickets=["x" * 20])
    assert [(one.pointer, one.code) for one in refused.value.errors] == [("/blob_tickets/0", "ticket-invalid")]


async def test_a_finding_goes_where_its_dossier_goes(office: Office):
    """With its consequences."""
    subject, received = await filed(office)
    row = await confirmed(office, await recorded(office, received.material_id), subject.unit_id)
    done = await followed(office, row)
    unit = await office.unit()
    assert await office.hear(subject.dossier(unit_id=unit), version=2) is None
    for table, one in (("alteration_finding", row.id), ("falsification_consequence", done.id)):
        kept = await office.admin.fetchval(f"select unit_id from audit.{table} where id = $1", to_uuid(one))
        assert kept == to_uuid(unit)
