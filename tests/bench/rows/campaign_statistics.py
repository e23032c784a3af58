"""`campaign.statistics`: all figures of a campaign's report, by unit and by rank, over its dossiers."""

from __future__ import annotations

import statistics
import time

import asyncpg

from contracts.values.ids import to_uuid
from deploy.embedded.layout import passwords
from services.audit.store.reports import CASES
from tests.bench import load
from tests.bench.campaign_fill import Filled, campaign_in
from tests.bench.context import Context
from tests.bench.measure import Row, compare
from tests.bench.rows.reads import card
from tests.bench.system import bare


async def run(context: Context) -> Row:
    """Ours through the gateway, its view in the journal, against the one statement and a bare round trip.

    The statement counts alike dossiers together, in the scope and with the role of the service; adding the figures
    up, their sums and the answer come on top of it. The bare round trip is that of `dossier.open`.
    """
    seconds = context.seconds(2, 6)
    filled = await campaign_in(context, 10_000 if context.size == "small" else 100_000)
    state = context.running
    secret = passwords(state.layout).database["audit"]
    database = await asyncpg.connect(f"postgresql://audit_svc:{secret}@127.0.0.1:{state.port('postgres')}/dangan")
    await _in_scope(context, database)
    bearer = {"Authorization": f"Bearer {await context.signed_in('adjudicator').token()}"}
    report = f"/v1/campaigns/{filled.campaign_id}/report"

    async def p50(port: int, path: str, headers: dict[str, str]) -> float:
        return (await load.run(load.Job(port, [load.request("GET", path, headers)], 1, seconds))).p50 * 1000

    async with card(context) as read, bare("tests.bench.floors.echo:app") as echo:

        async def floor() -> float:
            through = await p50(state.gateway_port, read.path, {"Authorization": read.bearer})
            straight = await p50(state.port("catalog"), read.path, {"dangan-internal-token": read.internal})
            return await _statement(database, filled, seconds) + await p50(echo, "/", {}) + through - straight

        try:
            return await compare(
                "campaign.statistics",
                f"report of a campaign of {filled.dossiers:,} dossiers: p50",
                "ms",
                floor=floor,
                ours=lambda: p50(state.gateway_port, report, bearer),
                goal=1.5,
                better="lower",
            )
        finally:
            await database.close()


async def _in_scope(context: Context, database: asyncpg.Connection) -> None:
    """The settings of somebody who organises audits everywhere, as a unit of work sets them."""
    units = await database.fetchval("select array_agg(unit_id)::text from unit_scope")
    await database.execute("select set_config('app.actor', 'user', false), set_config('app.units', $1, false)", units)


async def _statement(database: asyncpg.Connection, filled: Filled, seconds: float) -> float:
    """p50 in milliseconds of the statement alone, on a connection of the service's own role."""
    key, took, end = to_uuid(filled.campaign_id), [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        assert await database.fetch(CASES, key)
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000
