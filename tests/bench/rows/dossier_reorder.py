"""`dossier.reorder`: 5,000 materials of one dossier ordered anew, numbered, told and journalled by one request."""

from __future__ import annotations

import time
import uuid
from itertools import cycle
from typing import Any

import asyncpg

from cli.client import Caller
from contracts.values.ids import to_uuid
from tests.bench.context import Context
from tests.bench.measure import Row, compare
from tests.bench.system import until_heard

MATERIALS = 5000
ROWS_A_REQUEST = 200
_ORDER = """
update catalog.material m set item_no = ordered.item_no from (
  select material_id, row_number() over (order by content_rank, formed_key {direction}, filing_seq) as item_no
  from catalog.material where dossier_id = $1 and place = '3'
) as ordered
where m.material_id = ordered.material_id and m.item_no <> ordered.item_no
"""


async def run(context: Context) -> Row:
    """Ours: one material gets another date, so that all others move up or down. The floor: the sort and one UPDATE."""
    archivist = context.signed_in("archivist")
    dates, directions = cycle(("1500-01-01", "2025-12-31")), cycle(("desc", "asc"))
    database = await asyncpg.connect(context.running.admin_url("dangan"))
    (_, last), (floor_id, _) = [await _filled(archivist) for _ in range(2)]
    await database.execute("analyze catalog.material")

    async def floor() -> float:
        await until_heard(context.running)  # each of ours tells 5,000 events, which others hear afterwards
        began = time.perf_counter()
        await database.execute(_ORDER.format(direction=next(directions)), to_uuid(floor_id))
        return (time.perf_counter() - began) * 1000

    async def ours() -> float:
        await until_heard(context.running)
        path, date = f"/v1/materials/{last}", next(dates)
        version = (await archivist.get(path))["version"]
        began = time.perf_counter()
        moved = await archivist.patch(path, {"formed_on": {"value": date}}, version=version)
        took = (time.perf_counter() - began) * 1000
        assert moved["item_no"] == (1 if date == "1500-01-01" else MATERIALS), "it went to the other end"
        return took

    try:
        return await compare(
            "dossier.reorder",
            "5,000 materials of one dossier ordered and numbered anew",
            "ms",
            floor=floor,
            ours=ours,
            goal=3.0,
            better="lower",
        )
    finally:
        await database.close()


async def _filled(archivist: Caller) -> tuple[str, str]:
    """A fresh dossier and the last of its five thousand materials, entered by the month, all in one category."""
    known = (await archivist.get("/v1/dossiers", page_size=1))["items"][0]
    number = f"8{uuid.uuid4().int % 10**7:07d}"
    person: dict[str, Any] = {"unit_id": known["unit_id"], "person_no": number, "name": "基准乙"}
    registered = await archivist.post("/v1/persons", person)
    body = {"person_id": registered["id"], "dossier_no": f"B{number}", "unit_id": known["unit_id"]}
    dossier = await archivist.post("/v1/dossiers", body)
    filed: list[dict[str, Any]] = []
    for first in range(0, MATERIALS, ROWS_A_REQUEST):
        rows = [_row(number) for number in range(first, first + ROWS_A_REQUEST)]
        filed = (await archivist.post(f"/v1/dossiers/{dossier['id']}/materials", {"materials": rows}))["items"]
    assert filed[-1]["item_no"] == MATERIALS
    return dossier["id"], filed[-1]["id"]


def _row(number: int) -> dict[str, Any]:
    formed_on = f"{1550 + number // 12}-{1 + number % 12:02d}"
    return {"title": "平时考核材料", "category": "3", "formed_on": {"value": formed_on}, "page_count": 1}
