"""Batches over materials through the routes: rehearsed, done, watched, stopped, taken back."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from contracts.values.ids import new_id, to_uuid
from tests.services.catalog.api.conftest import Desk
from tests.services.catalog.office import Kept
from tests.support.rooms import somebody


async def filed(desk: Desk, kept: Kept, *titles: str) -> list[str]:
    return [await desk.office.file(kept, title, f"{2000 + at}-01-01") for at, title in enumerate(titles)]


async def version(desk: Desk, material_id: str) -> Any:
    return await desk.office.admin.fetchval(
        "select version from catalog.material where material_id = $1", to_uuid(material_id)
    )


async def batch(desk: Desk, kind: str, ids: list[str], **changes: Any) -> dict[str, Any]:
    """The body of a batch; `each=` are members of every item."""
    each = changes.pop("each", {})
    items = [
        {"material_id": one, "version": await version(desk, one), "ref": f"r{at}", **each} for at, one in enumerate(ids)
    ]
    return {"kind": kind, "reason": "核对后改类", "items": items, **changes}


async def catalogue(desk: Desk, kept: Kept) -> Any:
    """The whole catalogue, without the version that every change raises."""
    return {**(await desk.get(f"dossiers/{kept.dossier_id}/catalogue")).json(), "version": 0}


def header(name: str, value: str) -> Any:
    """One header, as the desk takes it."""
    return {name: value}


async def done(desk: Desk, answer: httpx.Response) -> dict[str, Any]:
    """Let the operation be done; how it ended."""
    told = answer.json()
    operation = told.get("operation") or told
    while await desk.office.deps.operations.work_once():
        pass
    return (await desk.get(f"operations/{operation['id']}")).json()


@pytest.fixture
async def kept(desk: Desk) -> Kept:
    return await desk.office.keep()


TITLES = ("干部履历表", "干部履历表（补充）", "2010年度考核登记表", "2011年度考核登记表", "入党志愿书")


async def test_a_batch_is_done_and_undone_exactly(desk: Desk, kept: Kept):
    """Five materials go to category 10 and come back: the catalogue is the same, byte for byte."""
    ids = await filed(desk, kept, *TITLES)
    before = await catalogue(desk, kept)
    answer = await desk.post("materials/batches", await batch(desk, "refile", ids, each={"category": "10"}))
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == f"/v1/operations/{answer.json()['operation']['id']}"
    ended = await done(desk, answer)
    assert (ended["state"], ended["progress"]) == (
        "succeeded",
        {"done": 5, "failed": 0, "total": 5, "unit": "materials"},
    )
    assert [place for place, _, _ in await desk.office.numbers(kept)] == ["10"] * 5
    undo = await desk.post(f"operations/{ended['id']}/undos", None)
    assert undo.status_code == 202, undo.text
    assert (await done(desk, undo))["state"] == "succeeded"
    assert await catalogue(desk, kept) == before
    assert (await desk.post(f"operations/{ended['id']}/undos", None)).status_code == 409


async def test_a_rehearsal_tells_all_and_changes_nothing(desk: Desk, kept: Kept):
    """The same answer as the deed, also of what would be refused; and nothing is journalled, told or numbered."""
    ids = await filed(desk, kept, *TITLES[:3])
    before, version_before = await catalogue(desk, kept), await version(desk, ids[0])
    body = await batch(desk, "refile", ids, each={"category": "10"}, validate_only=True)
    body["items"][1]["category"] = "4"
    body["items"][2]["version"] += 1
    told_before = len(await desk.office.told(ids[0]))
    answer = await desk.post("materials/batches", body)
    assert answer.status_code == 200, answer.text
    first, second, third = answer.json()["items"]
    assert (first["ref"], first["result"]["to"]) == ("r0", {"category": "10", "item_no": 1, "title": TITLES[0]})
    assert (second["problem"]["code"], second["problem"]["errors"][0]["code"]) == (
        "validation-failed",
        "subclass-required",
    )
    assert third["problem"]["code"] == "version-stale"
    assert answer.json()["operation"] is None
    assert await catalogue(desk, kept) == before
    assert await version(desk, ids[0]) == version_before
    assert len(await desk.office.told(ids[0])) == told_before


async def test_each_does_what_it_can(desk: Desk, kept: Kept):
    """A stale item and one that is not there fail with their problem; the rest is done."""
    ids = await filed(desk, kept, *TITLES[:2])
    body = await batch(desk, "retitle", ids, each={"title": "干部履历表（一九九九年）"}, mode="each")
    body["items"][0]["version"] += 1
    body["items"].append({"material_id": new_id("mat"), "version": 1, "title": "x", "ref": "none"})
    ended = await done(desk, await desk.post("materials/batches", body))
    assert (ended["state"], ended["progress"]["done"], ended["progress"]["failed"]) == ("partly_done", 1, 2)
    problems = (await desk.get(ended["problems_url"].removeprefix("/v1/"))).json()["items"]
    assert [(one["ref"], one["problem"]["code"]) for one in problems] == [
        ("r0", "version-stale"),
        ("none", "not-found"),
    ]
    assert problems[0]["problem"]["fix"]
    assert (await desk.get(ended["problems_url"].removeprefix("/v1/"), **header("Accept-Language", "en"))).json()[
        "items"
    ][0]["problem"]["title"] == "Changed by someone else meanwhile"


async def test_all_or_nothing_is_refused_at_once(desk: Desk, kept: Kept):
    """With every item at fault named, before anything is done."""
    ids = await filed(desk, kept, *TITLES[:2])
    body = await batch(desk, "refile", ids, each={"category": "10"}, mode="all_or_nothing")
    body["items"][1]["version"] += 1
    answer = await desk.post("materials/batches", body)
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/items/1", "version-stale")]


async def test_a_change_after_the_order_is_not_overwritten(desk: Desk, kept: Kept):
    """Somebody retitles a material between the order and its turn: that item fails, the other is done."""
    ids = await filed(desk, kept, *TITLES[:2])
    answer = await desk.post("materials/batches", await batch(desk, "refile", ids, each={"category": "10"}))
    await desk.office.admin.execute(
        "update catalog.material set title = '他人改题' where material_id = $1", to_uuid(ids[0])
    )
    ended = await done(desk, answer)
    assert (ended["state"], ended["progress"]["done"]) == ("partly_done", 1)
    items = (await desk.get(f"operations/{ended['id']}/items")).json()["items"]
    assert [one["state"] for one in items] == ["failed", "done"]
    assert items[0]["problem"]["code"] == "version-stale"


async def test_two_batches_over_one_dossier(desk: Desk, kept: Kept):
    """Done at once by two workers: both end, and the numbers have no gap."""
    ids = await filed(desk, kept, *(f"{year}年度考核登记表" for year in range(2000, 2012)))
    for half in (ids[::2], ids[1::2]):
        await desk.post("materials/batches", await batch(desk, "refile", half, each={"category": "10"}))
    operations = desk.office.deps.operations
    await asyncio.gather(operations.work_once(), operations.work_once())
    assert [(place, no) for place, no, _ in await desk.office.numbers(kept)] == [("10", no) for no in range(1, 13)]


async def test_a_repeated_order_is_one_operation(desk: Desk, kept: Kept):
    """The same key answers the same operation, which is done once."""
    ids = await filed(desk, kept, *TITLES[:1])
    body, key = await batch(desk, "refile", ids, each={"category": "10"}), new_id("req")
    first = await desk.post("materials/batches", body, key=key)
    again = await desk.post("materials/batches", body, key=key)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json()["operation"]["id"] == first.json()["operation"]["id"]
    assert (await done(desk, first))["progress"]["total"] == 1


async def test_a_stop_before_the_beginning(desk: Desk, kept: Kept):
    """Nothing is done; the answer says that a stop is asked for, and a second request changes nothing."""
    ids = await filed(desk, kept, *TITLES[:2])
    answer = await desk.post("materials/batches", await batch(desk, "refile", ids, each={"category": "10"}))
    operation_id = answer.json()["operation"]["id"]
    stopped = await desk.post(f"operations/{operation_id}/cancellations", None)
    assert (stopped.status_code, stopped.json()["cancel_asked"]) == (202, True)
    assert (await done(desk, answer))["state"] == "cancelled"
    assert [place for place, _, _ in await desk.office.numbers(kept)] == ["1", "1"]
    assert (await desk.post(f"operations/{operation_id}/cancellations", None)).status_code == 409


async def test_the_stream_of_an_operation(desk: Desk, kept: Kept):
    """Server-Sent Events without a title in them; resumed after the first item, the rest comes."""
    ids = await filed(desk, kept, *TITLES[:2])
    ended = await done(
        desk, await desk.post("materials/batches", await batch(desk, "refile", ids, each={"category": "10"}))
    )
    whole = await desk.get(f"operations/{ended['id']}/events")
    assert whole.headers["content-type"].startswith("text/event-stream")
    events = [dict(line.split(": ", 1) for line in part.splitlines()) for part in whole.text.strip().split("\n\n")[1:]]
    assert [event["event"] for event in events] == ["item", "item", "done"]
    assert json.loads(events[0]["data"])["resource"] == f"materials/{ids[0]}"
    assert TITLES[0] not in whole.text
    rest = await desk.get(f"operations/{ended['id']}/events", **header("Last-Event-ID", events[0]["id"]))
    assert f"id: {events[0]['id']}\n" not in rest.text
    assert f"id: {events[1]['id']}\n" in rest.text
    assert (await desk.get(f"operations/{ended['id']}/events", **header("Last-Event-ID", "x"))).status_code == 422


async def test_who_lacks_the_unit_sees_no_operation(desk: Desk, kept: Kept):
    """Not the operation, its items, its stream; and cannot stop or undo it."""
    ids = await filed(desk, kept, *TITLES[:1])
    ended = await done(
        desk, await desk.post("materials/batches", await batch(desk, "refile", ids, each={"category": "10"}))
    )
    stranger = somebody("archivist", new_id("unt"))
    path = f"operations/{ended['id']}"
    for address in (path, f"{path}/items", f"{path}/events"):
        assert (await desk.get(address, caller=stranger)).status_code == 404
    for act in ("cancellations", "undos"):
        assert (await desk.post(f"{path}/{act}", None, caller=stranger)).status_code == 404
    mine = (await desk.get("operations")).json()["items"]
    assert [one["id"] for one in mine] == [ended["id"]]
    assert (await desk.get("operations", caller=stranger)).json()["items"] == []


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"kind": "retitle"}, "/items/0/title", "required"),
        ({"reason": None}, "", "required"),
        ({"items": []}, "/items", "too-few"),
        ({"kind": "burn"}, "/kind", "not-allowed-value"),
    ],
)
async def test_a_bad_order_is_refused(desk: Desk, kept: Kept, change: dict[str, Any], pointer: str, code: str):
    """With pointer and code."""
    ids = await filed(desk, kept, *TITLES[:1])
    answer = await desk.post("materials/batches", {**await batch(desk, "refile", ids), **change})
    assert answer.status_code == 422
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)


async def test_a_material_stands_once_in_a_batch(desk: Desk, kept: Kept):
    """Twice would be two wills about one thing."""
    ids = await filed(desk, kept, *TITLES[:1])
    answer = await desk.post("materials/batches", await batch(desk, "refile", ids * 2, each={"category": "10"}))
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/items/1/material_id", "duplicate")]
