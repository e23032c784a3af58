"""`gateway.latency`: what the gateway adds to one sequential GET."""

from tests.bench import load
from tests.bench.context import Context
from tests.bench.measure import Row, compare
from tests.bench.rows.reads import card
from tests.bench.system import bare


async def run(context: Context) -> Row:
    """p50 through the gateway minus p50 straight, against p50 of a bare ASGI echo under the same server."""
    seconds = context.seconds(1.5, 4)

    async def p50(port: int, path: str, headers: dict[str, str]) -> float:
        return (await load.run(load.Job(port, [load.request("GET", path, headers)], 1, seconds))).p50 * 1000

    async with card(context) as read, bare("tests.bench.floors.echo:app") as echo:

        async def added() -> float:
            straight = await p50(context.running.port("catalog"), read.path, {"dangan-internal-token": read.internal})
            through = await p50(context.running.gateway_port, read.path, {"Authorization": read.bearer})
            return through - straight

        return await compare(
            "gateway.latency",
            "added p50 of one sequential GET",
            "ms",
            floor=lambda: p50(echo, "/", {}),
            ours=added,
            goal=2.0,
            better="lower",
        )
