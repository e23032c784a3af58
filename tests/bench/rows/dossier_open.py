"""`dossier.open`: the complete catalogue of one dossier with 120 materials and 400 pages, as JSON."""

from __future__ import annotations

import asyncio
import statistics
import time
import uuid

import asyncpg

from cli.acts import once_heard
from cli.client import Caller
from contracts.values.ids import to_uuid
from deploy.embedded.layout import passwords
from tests.bench import load
from tests.bench.context import Context
from tests.bench.measure import Row, compare
from tests.bench.pages import distinct_page
from tests.bench.rows.reads import card
from tests.bench.system import bare

MATERIALS, PAGES = 120, 400
TITLES = ("干部履历表", "自传", "年度考核登记表", "入党志愿书", "奖励审批表", "干部任免审批表", "工资变动审批表")
ROWS = """
select json_build_object('dossier_no', d.dossier_no, 'version', d.version, 'scheme', d.scheme, 'name', p.name,
  'person_id', p.person_id, 'person_no', p.person_no, 'materials', (
    select json_agg(json_build_object('place', m.place, 'material_id', m.material_id, 'item_no', m.item_no,
        'title', m.title, 'formed_on', m.formed_on, 'page_count', m.page_count, 'remark', m.remark,
        'filed_on', m.filed_on, 'pages', g.pages) order by m.category, m.subclass, m.item_no)
    from material m join lateral (
      select json_agg(g.page_id order by g.page_no) as pages from page g where g.material_id = m.material_id
    ) g on true
    where m.dossier_id = d.dossier_id and m.state = 'filed'))::text
from dossier d join person p on p.person_id = d.person_id where d.dossier_id = $1
"""


async def run(context: Context) -> Row:
    """Ours through the gateway, its view in the journal, against the rows by one query and a bare round trip.

    The bare round trip: a bare echo under the same HTTP server, and what the gateway adds to a request.
    """
    seconds = context.seconds(1.5, 4)
    archivist = context.signed_in("archivist")
    dossier_id = await _dossier(archivist)
    catalogue = f"/v1/dossiers/{dossier_id}/catalogue"
    state = context.running
    secret = passwords(state.layout).database["catalog"]
    database = await asyncpg.connect(f"postgresql://catalog_svc:{secret}@127.0.0.1:{state.port('postgres')}/dangan")
    await database.execute("select set_config('app.actor', 'service', false)")

    async def p50(port: int, path: str, headers: dict[str, str]) -> float:
        return (await load.run(load.Job(port, [load.request("GET", path, headers)], 1, seconds))).p50 * 1000

    async with card(context) as read, bare("tests.bench.floors.echo:app") as echo:
        bearer = {"Authorization": read.bearer}

        async def floor() -> float:
            through = await p50(state.gateway_port, read.path, bearer)
            straight = await p50(state.port("catalog"), read.path, {"dangan-internal-token": read.internal})
            return await _query(database, dossier_id, seconds) + await p50(echo, "/", {}) + through - straight

        try:
            return await compare(
                "dossier.open",
                "catalogue of 120 materials, 400 pages: p50",
                "ms",
                floor=floor,
                ours=lambda: p50(state.gateway_port, catalogue, bearer),
                goal=2.0,
                better="lower",
            )
        finally:
            await database.close()


async def _query(database: asyncpg.Connection, dossier_id: str, seconds: float) -> float:
    """p50 in milliseconds of the query alone, on a connection of the service's own role."""
    key, took, end = to_uuid(dossier_id), [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        await database.fetchval(ROWS, key)
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


async def _dossier(archivist: Caller) -> str:
    """A fresh dossier, filed from its paper catalogue with all its page files."""
    known = (await archivist.get("/v1/dossiers", page_size=1))["items"][0]
    unit_id, number = known["unit_id"], f"9{uuid.uuid4().int % 10**7:07d}"
    person = await archivist.post(
        "/v1/persons", {"unit_id": unit_id, "person_no": number, "name": "基准甲", "sex": "female"}
    )
    body = {"person_id": person["id"], "dossier_no": f"B{number}", "unit_id": unit_id}
    dossier = await archivist.post("/v1/dossiers", body)
    limit = asyncio.Semaphore(8)

    async def ticket() -> str:
        async with limit:
            return await archivist.upload(distinct_page(uuid.uuid4().hex), unit_id=unit_id)

    tickets = iter(await asyncio.gather(*(ticket() for _ in range(PAGES))))
    rows = []
    for number in range(MATERIALS):
        pages = [next(tickets) for _ in range(PAGES // MATERIALS + (number < PAGES % MATERIALS))]
        day = f"{1990 + number % 30}-{1 + number % 12:02d}"
        title = TITLES[number % len(TITLES)]
        rows.append({"title": title, "formed_on": {"value": day}, "page_count": len(pages), "pages": pages})
    path = f"/v1/dossiers/{dossier['id']}/materials"
    await once_heard(lambda: archivist.post(path, {"materials": rows}), {"validation-failed"}, seconds=10)
    shown = await archivist.get(f"/v1/dossiers/{dossier['id']}/catalogue")
    found = [item for heading in shown["headings"] for item in heading["items"]]
    assert (len(found), sum(len(item["pages"]) for item in found)) == (MATERIALS, PAGES), "all of it is filed"
    return dossier["id"]
