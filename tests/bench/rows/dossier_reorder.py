"""`dossier.reorder`: 5,000 materials of one dossier ordered anew, numbered, told and journalled by one request."""

from __future__ import annotations

import time
import uuid
from itertools import cycle
from typing import Any

import asyncpg

from cli.client import Caller
from contracts.values.ids import from_uuid, to_uuid
from tests.bench.context import Context
from tests.bench.measure import Row, compare
from tests.bench.system import until_heard

MATERIALS = 5000
_FILL = f"""
insert into catalog.material (material_id, unit_id, dossier_id, named_dossier_id, version, state, title, original_title,
  category, item_no, content_rank, formed_on, formed_key, filing_seq, page_count, basis, filed_on, blob_unit_id,
  created_at, changed_at)
select uuidv7(), $1, $2, $2, 1, 'filed', '平时考核材料', '平时考核材料', 3, n, 0,
  jsonb_build_object('value', told.value, 'qualifier', null, 'as_written', null, 'calendar', 'gregorian',
    'source_page', null),
  replace(told.value, '-', '') || '00', n, 1, 'archivist', current_date, $1, now(), now()
from generate_series(1, {MATERIALS}) as n
  cross join lateral (select (1550 + n / 12)::text || '-' || lpad((1 + n % 12)::text, 2, '0') as value) as told
"""
_LAST = f"select material_id from catalog.material where dossier_id = $1 and item_no = {MATERIALS}"
_COUNT = f"""
update catalog.dossier set filing_seq = {MATERIALS}, material_count = {MATERIALS}, page_count = {MATERIALS}
where dossier_id = $1
"""
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
    ours_id, floor_id = [await _dossier(archivist, database) for _ in range(2)]
    key = await database.fetchval(_LAST, to_uuid(ours_id))
    last = from_uuid("mat", key)
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


async def _dossier(archivist: Caller, database: asyncpg.Connection) -> str:
    """A fresh dossier; its five thousand materials stand in one category as if they had been filed one by one."""
    known = (await archivist.get("/v1/dossiers", page_size=1))["items"][0]
    number = f"8{uuid.uuid4().int % 10**7:07d}"
    person: dict[str, Any] = {"unit_id": known["unit_id"], "person_no": number, "name": "基准乙"}
    registered = await archivist.post("/v1/persons", person)
    body = {"person_id": registered["id"], "dossier_no": f"B{number}", "unit_id": known["unit_id"]}
    dossier = await archivist.post("/v1/dossiers", body)
    keys = to_uuid(known["unit_id"]), to_uuid(dossier["id"])
    await database.execute(_FILL, *keys)
    await database.execute(_COUNT, keys[1])
    return dossier["id"]
