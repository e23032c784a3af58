"""/v1/claims/batches over an uploaded list: each row by its number, each column by its name."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from chassis.identity import Caller
from chassis.tables import NDJSON, XLSX
from chassis.tickets import TableTicket
from contracts.values.digest import digest_of
from contracts.values.ids import new_id
from tests.chassis.test_tables import by_openpyxl
from tests.services.audit.api.conftest import Desk
from tests.services.audit.api.test_claim_batches import item, kept_on
from tests.services.audit.api.test_claims import faults
from tests.services.audit.claiming import filed_paper
from tests.services.audit.office import auditor

COLUMNS = [
    "person_id",
    "fact",
    "title",
    "formed_on",
    "signed",
    "value.date",
    "value.date.calendar",
    "value.date.as_written",
    "value.date.qualifier",
]


async def listed(desk: Desk, caller: Caller, lies_in: str, content: bytes, **changes: Any) -> dict[str, Any]:
    """A list in the blob store, named as its upload names it."""
    async with desk.office.deps.blobs.receive(1 << 20) as incoming:
        await incoming.write(content)
        await incoming.finish()
        await incoming.keep(lies_in)
    told: dict[str, Any] = {
        "upload_id": new_id("upl"),
        "digest": digest_of(content),
        "bytes": len(content),
        "media_type": XLSX if content.startswith(b"PK") else NDJSON,
        "uploader": caller.account_id,
        "unit_id": lies_in,
        "until": int(time.time()) + 3600,
    }
    ticket = desk.office.deps.tickets.sign_table(TableTicket.model_validate({**told, **changes}))
    return {"upload_id": told["upload_id"], "blob_ticket": ticket, "not_related": True}


def lines(*rows: Any) -> bytes:
    """These rows as NDJSON."""
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


async def test_a_sheet_is_read_by_its_columns(desk: Desk):
    """In the words of the office, lunar dates with their text; an import that is sent again is answered again."""
    subject = await desk.office.known_subject()
    li = auditor(subject.unit_id)
    who = subject.person_id
    sheet = by_openpyxl(
        COLUMNS,
        [who, "出生日期", "户口底账", "1970", None, "1968-03"],
        [who, "birth_date", "入团志愿书", "1984-05", "是", "1968-04", "lunar", "一九六八年三月", "uncertain"],
        [who, "work_start_date", "招工表", "1986-01", None, "2999"],
    )
    sent = await listed(desk, li, subject.unit_id, sheet)
    answer = await desk.post(li, "claims/batches", sent, key="list-of-three")
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert [(one["ref"], bool(one["claim_id"])) for one in told["items"]] == [("2", True), ("3", True), ("4", False)]
    assert [fault["pointer"] for fault in told["items"][2]["problem"]["errors"]] == ["/value/date"]
    shown = (await desk.get(li, f"claims/{told['items'][1]['claim_id']}")).json()
    assert (shown["origin"], shown["value"]["date"]["calendar"], shown["paper"]["signed"]) == (
        "imported",
        "lunar",
        True,
    )
    again = await desk.post(li, "claims/batches", sent, key="list-of-three")
    assert (again.json(), len(await kept_on(desk, subject))) == (told, 2)


async def test_lines_name_materials_of_the_dossier(desk: Desk):
    """NDJSON has the members of an item; a rehearsal keeps nothing."""
    subject = await desk.office.known_subject()
    li, paper = auditor(subject.unit_id), await filed_paper(desk.office, subject)
    rows = [item(subject, material_id=paper.material_id, ref="甲"), item(subject, "1968", title="户口底账")]
    sent = await listed(desk, li, subject.unit_id, lines(*rows))
    tried = await desk.post(li, "claims/batches", {**sent, "validate_only": True})
    assert (tried.status_code, tried.json()["kept"], await kept_on(desk, subject)) == (200, 2, [])
    done = await desk.post(li, "claims/batches", {**sent, "mode": "all_or_nothing"})
    assert [one["ref"] for one in done.json()["items"]] == ["甲", "2"]


async def test_a_row_that_is_no_claim_is_told_by_number_and_column(desk: Desk):
    """All of them with their cure, and nothing is entered, in either mode."""
    subject = await desk.office.known_subject()
    li, good = auditor(subject.unit_id), item(subject)
    sheet = by_openpyxl(
        ["person_id", "fact", "title", "value.date", "value.date.calendar", "sign"],
        [subject.person_id, "出生日期", "户口底账", "1968-13"],
        [subject.person_id, "生日", "户口底账", "1968-03"],
        [subject.person_id, "出生日期", "户口底账", "1968-03", "lunar"],
        [subject.person_id, "出生日期", None, "1968-03", None, "是"],
    )
    for mode in ("each", "all_or_nothing"):
        refused = await desk.post(
            li, "claims/batches", {**await listed(desk, li, subject.unit_id, sheet), "mode": mode}
        )
        assert (refused.status_code, refused.json()["code"]) == (422, "validation-failed")
        assert faults(refused) == [
            ("/rows/2/value/date", "date-impossible"),
            ("/rows/3/fact", "not-allowed-value"),
            ("/rows/4/value/date/calendar", "lunar-incomplete"),
            ("/rows/5/title", "required"),
            ("/rows/5/sign", "unknown-member"),
        ]
    unread = await desk.post(li, "claims/batches", await listed(desk, li, subject.unit_id, lines(good) + b"\n[1]\n{,"))
    assert faults(unread) == [("/rows/2", "row-unreadable"), ("/rows/3", "row-unreadable")]
    assert await kept_on(desk, subject) == []


async def test_what_speaks_against_a_row_is_told_by_its_row(desk: Desk):
    """A row against one before it; all or none names the row of each fault."""
    subject = await desk.office.known_subject()
    li = auditor(subject.unit_id)
    rows = lines(item(subject), item(subject, "1969-03"))
    each = await desk.post(li, "claims/batches", await listed(desk, li, subject.unit_id, rows))
    fault = each.json()["items"][1]["problem"]["errors"][0]
    assert (fault["code"], fault["params"]) == ("paper-contradicts", {"other": "/rows/1"})
    whole = {**await listed(desk, li, subject.unit_id, rows), "mode": "all_or_nothing"}
    assert faults(await desk.post(li, "claims/batches", whole)) == [
        ("/rows/1/value", "duplicate"),
        ("/rows/2/value", "paper-contradicts"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"uploader": auditor().account_id},
        {"unit_id": "unt_01HZZZZZZZZZZZZZZZZZZZZZZZ"},
        {"until": 1},
        {"upload_id": "upl_01HZZZZZZZZZZZZZZZZZZZZZZZ"},
    ],
)
async def test_a_ticket_proves_this_upload_of_this_caller(desk: Desk, changes: dict[str, Any]):
    """Another's, another unit's, a late one, one of another upload."""
    subject = await desk.office.known_subject()
    li = auditor(subject.unit_id)
    sent = await listed(desk, li, subject.unit_id, lines(item(subject)), **changes)
    assert faults(await desk.post(li, "claims/batches", sent)) == [("/blob_ticket", "ticket-invalid")]


async def test_a_batch_is_over_items_or_over_a_list(desk: Desk):
    """One of them, and an upload with its ticket."""
    subject = await desk.office.known_subject()
    li = auditor(subject.unit_id)
    sent = await listed(desk, li, subject.unit_id, lines(item(subject)))
    assert faults(await desk.post(li, "claims/batches", {"not_related": True})) == [("/items", "too-few")]
    for body in ({**sent, "items": [item(subject)]}, {**sent, "blob_ticket": None}, {"blob_ticket": "x"}):
        assert faults(await desk.post(li, "claims/batches", body)) == [("", "contradiction")]
