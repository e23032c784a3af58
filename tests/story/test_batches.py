"""A batch over the running system: watched through the gateway, broken off, resumed, and taken back."""

import json
from typing import Any

import httpx

from cli.client import until
from tests.support.county import County

ROWS = 60


async def events(county: County, path: str, *, last: str | None = None, most: int = 10_000) -> list[dict[str, Any]]:
    """Events of a stream as they come through the gateway; at most so many, then the line is cut."""
    token = await county.signed_in("archivist").token()
    headers = {"Authorization": f"Bearer {token}", **({"Last-Event-ID": last} if last else {})}
    told: list[dict[str, Any]] = []
    async with (
        httpx.AsyncClient(base_url=county.system.url, timeout=60, trust_env=False) as http,
        http.stream("GET", path, headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        part: dict[str, Any] = {}
        async for line in answer.aiter_lines():
            name, _, value = line.partition(": ")
            if line and name in ("event", "id", "data"):
                part[name] = value
            elif not line and "event" in part:
                told.append({**part, "data": json.loads(part["data"])})
                part = {}
                if len(told) == most:
                    break
    return told


async def test_a_batch_is_watched_broken_off_resumed_and_taken_back(county: County):
    """The first events come before the end; what was heard is not told again; an undo restores the catalogue."""
    archivist, dossier = county.signed_in("archivist"), f"/v1/dossiers/{county.dossier_id()}"
    rows = [
        {"title": f"{1950 + no}年体检表", "formed_on": {"value": str(1950 + no)}, "page_count": 1} for no in range(ROWS)
    ]
    filed = (await archivist.post(f"{dossier}/materials", {"materials": rows}))["items"]
    before = (await archivist.get(f"{dossier}/catalogue"))["headings"]
    seen = {one["material_id"] for heading in before for one in heading["items"]}
    assert {one["id"] for one in filed} <= seen
    # Filing the later rows may have moved the earlier ones: the batch names the versions that are.
    now = [await archivist.get(f"/v1/materials/{one['id']}") for one in filed]
    items = [{"material_id": one["id"], "version": one["version"], "category": "7"} for one in now]
    made = await archivist.post("/v1/materials/batches", {"kind": "refile", "reason": "试验", "items": items})
    operation = f"/v1/operations/{made['operation']['id']}"
    first = await events(county, f"{operation}/events", most=3)
    rest = await events(county, f"{operation}/events", last=first[-1]["id"])
    told = [*first, *rest]
    ids = [int(one["id"]) for one in told]
    assert ids == sorted(set(ids))
    assert [one["event"] for one in told].count("item") == ROWS
    assert (told[-1]["event"], told[-1]["data"]["state"]) == ("done", "succeeded")
    undo = await archivist.post(f"{operation}/undos")
    ended = await until(
        "the undo", lambda: archivist.get(f"/v1/operations/{undo['id']}"), lambda one: one["finished_at"] is not None
    )
    assert ended["state"] == "succeeded"
    assert (await archivist.get(f"{dossier}/catalogue"))["headings"] == before
