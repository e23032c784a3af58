"""Batches over an uploaded list: each row worked off under its number, a bad row named and nothing done."""

import json
import time
from typing import Any

import pytest

from chassis.tables import NDJSON, XLSX
from chassis.tickets import TableTicket
from contracts.values.digest import digest_of
from contracts.values.ids import new_id
from tests.chassis.test_tables import by_openpyxl
from tests.services.catalog.api.conftest import Desk, faults_of
from tests.services.catalog.api.test_operations import catalogue, done, filed, version
from tests.services.catalog.office import Kept
from tests.support.rooms import somebody

COLUMNS = ["material_id", "version", "category", "title"]


@pytest.fixture
async def kept(desk: Desk) -> Kept:
    return await desk.office.keep()


async def listed(desk: Desk, content: bytes, media_type: str = NDJSON, **changes: Any) -> dict[str, str]:
    """A list in the blob store, named as its upload names it."""
    office = desk.office
    async with office.deps.blobs.receive(1 << 20) as incoming:
        await incoming.write(content)
        await incoming.finish()
        await incoming.keep(office.unit_id)
    told: dict[str, Any] = {
        "upload_id": new_id("upl"),
        "digest": digest_of(content),
        "bytes": len(content),
        "media_type": media_type,
        "uploader": office.archivist.account_id,
        "unit_id": office.unit_id,
        "until": int(time.time()) + 3600,
    }
    ticket = TableTicket.model_validate({**told, **changes})
    return {"upload_id": told["upload_id"], "blob_ticket": office.deps.tickets.sign_table(ticket)}


def lines(*rows: dict[str, Any]) -> bytes:
    """These rows as NDJSON."""
    return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()


async def rows_of(desk: Desk, ids: list[str], **members: Any) -> list[dict[str, Any]]:
    """A row a material, as the archivist sees it now."""
    return [{"material_id": one, "version": await version(desk, one), **members} for one in ids]


@pytest.mark.parametrize("media_type", [NDJSON, XLSX])
async def test_the_rows_of_a_list_are_worked_off_under_their_numbers(desk: Desk, kept: Kept, media_type: str):
    """The same batch as with items: tried, done, and its items named by row."""
    rows = await rows_of(desk, await filed(desk, kept, "干部履历表", "干部履历表（补充）"), category="10")
    sheet = by_openpyxl(COLUMNS, *([row.get(name) for name in COLUMNS] for row in rows))
    content, first = (lines(*rows), 1) if media_type == NDJSON else (sheet, 2)
    body = {"kind": "refile", "reason": "核对后改类", **await listed(desk, content, media_type)}
    before = await catalogue(desk, kept)
    tried = await desk.post("materials/batches", {**body, "validate_only": True})
    assert tried.status_code == 200, tried.text
    assert [item["result"]["to"]["category"] for item in tried.json()["items"]] == ["10", "10"]
    assert await catalogue(desk, kept) == before
    answer = await desk.post("materials/batches", body, key="list-of-two")
    assert (await done(desk, answer))["state"] == "succeeded"
    items = (await desk.get(f"operations/{answer.json()['operation']['id']}/items")).json()["items"]
    assert [item["ref"] for item in items] == [str(first), str(first + 1)]
    again = await desk.post("materials/batches", body, key="list-of-two")
    assert again.json()["operation"]["id"] == answer.json()["operation"]["id"]


async def test_a_bad_row_is_told_by_its_number_and_nothing_is_done(desk: Desk, kept: Kept):
    """Every one of them with its cure, in either mode."""
    (good, other) = await rows_of(desk, await filed(desk, kept, "干部履历表", "入党志愿书"), category="10")
    content = b"\n".join(
        (
            lines(good),
            b"[1]",
            lines({**other, "category": "11"}),
            lines({**good, "version": "x"}),
            lines({**other, "kategory": "1"}),
            lines(good),
        )
    )
    before = await catalogue(desk, kept)
    for mode in ("each", "all_or_nothing"):
        body = {"kind": "refile", "reason": "核对后改类", "mode": mode, **await listed(desk, content)}
        refused = await desk.post("materials/batches", body)
        assert refused.status_code == 422
        assert faults_of(refused) == {
            "/rows/2": "row-unreadable",
            "/rows/3/category": "pattern",
            "/rows/4/version": "type",
            "/rows/5/kategory": "unknown-member",
            "/rows/6/material_id": "duplicate",
        }
        assert all(fault["detail"] for fault in refused.json()["errors"])
    assert await catalogue(desk, kept) == before
    assert (await desk.get("operations")).json()["items"] == []


async def test_what_stands_otherwise_by_now_is_told_by_its_row_too(desk: Desk, kept: Kept):
    """`all_or_nothing` refuses the whole, by the number of the row."""
    (row,) = await rows_of(desk, await filed(desk, kept, "干部履历表"), category="10")
    content = lines({**row, "version": row["version"] + 1}, {**row, "material_id": new_id("mat")})
    body = {"kind": "refile", "reason": "核对后改类", "mode": "all_or_nothing", **await listed(desk, content)}
    refused = await desk.post("materials/batches", body)
    assert faults_of(refused) == {"/rows/1": "version-stale", "/rows/2": "unknown-reference"}


@pytest.mark.parametrize(
    "changes",
    [
        {"uploader": somebody("archivist", "unt_01HZZZZZZZZZZZZZZZZZZZZZZZ").account_id},
        {"unit_id": "unt_01HZZZZZZZZZZZZZZZZZZZZZZZ"},
        {"until": 1},
        {"upload_id": "upl_01HZZZZZZZZZZZZZZZZZZZZZZZ"},
    ],
)
async def test_a_ticket_proves_this_upload_of_this_caller(desk: Desk, changes: dict[str, Any]):
    """Another's, another unit's, a late one, one of another upload."""
    body = {"kind": "refile", "reason": "核对后改类", **await listed(desk, lines({"a": 1}), **changes)}
    assert faults_of(await desk.post("materials/batches", body)) == {"/blob_ticket": "ticket-invalid"}


async def test_the_ticket_of_a_page_is_none_of_a_list_and_the_other_way_round(desk: Desk, kept: Kept):
    """Nothing is read as what it is not."""
    body = {"kind": "refile", "reason": "改类", "upload_id": new_id("upl"), "blob_ticket": desk.office.ticket()}
    assert faults_of(await desk.post("materials/batches", body)) == {"/blob_ticket": "ticket-invalid"}
    (material_id,) = await filed(desk, kept, "干部履历表")
    ticket = (await listed(desk, lines({"a": 1})))["blob_ticket"]
    seen = await version(desk, material_id)
    bound = await desk.post(f"materials/{material_id}/pages", {"blob_tickets": [ticket]}, version=seen)
    assert list(faults_of(bound).values()) == ["ticket-invalid"]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, "too-few"),
        ({"upload_id": "upl_01HZZZZZZZZZZZZZZZZZZZZZZZ"}, "contradiction"),
        ({"blob_ticket": "x"}, "contradiction"),
    ],
)
async def test_a_batch_is_over_items_or_over_a_list(desk: Desk, body: dict[str, Any], fault: str):
    """One of them, and an upload with its ticket."""
    refused = await desk.post("materials/batches", {"kind": "refile", "reason": "改类", **body})
    assert (refused.status_code, list(faults_of(refused).values())) == (422, [fault])
