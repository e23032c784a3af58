"""What the rows on lists and counts of a campaign share: ours through the gateway against one statement by hand."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

import asyncpg

from contracts.values.ids import to_uuid
from deploy.embedded.layout import passwords
from tests.bench import load
from tests.bench.campaign_fill import campaign_in
from tests.bench.context import Context
from tests.bench.measure import Row, compare
from tests.bench.rows.reads import card
from tests.bench.system import bare

GOAL = 1.5
SCOPE = "(select current_setting('app.units')::uuid[])::uuid[]"


@dataclass(frozen=True)
class Read:
    """A read below `/v1/campaigns/{id}`, and the best statement by hand that has its rows; $1 is the campaign."""

    id: str
    what: str
    path: str
    sql: str


async def measured(context: Context, read: Read) -> Row:
    """p50 of one sequential GET against p50 of the statement, with the service's role and scope, and of a bare round
    trip: an echo under the same HTTP server, and what the gateway adds to a request."""
    seconds = context.seconds(1.5, 5)
    filled = await campaign_in(context, 10_000 if context.size == "small" else 100_000)
    state = context.running
    secret = passwords(state.layout).database["audit"]
    database = await asyncpg.connect(f"postgresql://audit_svc:{secret}@127.0.0.1:{state.port('postgres')}/dangan")
    units = await database.fetchval(
        "select array_agg(unit_id)::text from unit_scope, (select set_config('app.actor', 'user', false)) as actor"
    )
    await database.execute("select set_config('app.units', $1, false)", units)
    bearer = {"Authorization": f"Bearer {await context.signed_in('adjudicator').token()}"}
    path, key = f"/v1/campaigns/{filled.campaign_id}/{read.path}", to_uuid(filled.campaign_id)

    async def p50(port: int, path: str, headers: dict[str, str]) -> float:
        return (await load.run(load.Job(port, [load.request("GET", path, headers)], 1, seconds))).p50 * 1000

    async with card(context) as one, bare("tests.bench.floors.echo:app") as echo:

        async def floor() -> float:
            through = await p50(state.gateway_port, one.path, {"Authorization": one.bearer})
            straight = await p50(state.port("catalog"), one.path, {"dangan-internal-token": one.internal})
            return await _statement(database, read.sql, key, seconds) + await p50(echo, "/", {}) + through - straight

        try:
            what = f"{read.what}, {filled.dossiers:,} dossiers: p50"
            ours = lambda: p50(state.gateway_port, path, bearer)  # noqa: E731
            return await compare(read.id, what, "ms", floor=floor, ours=ours, goal=GOAL, better="lower")
        finally:
            await database.close()


async def _statement(database: asyncpg.Connection, sql: str, key: object, seconds: float) -> float:
    """p50 in milliseconds of the statement alone."""
    took, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        assert await database.fetch(sql, key), "the campaign has such rows"
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000
