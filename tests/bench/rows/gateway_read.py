"""`gateway.read`: the same GET through the gateway, authenticated."""

from tests.bench.context import Context
from tests.bench.measure import Row, compare
from tests.bench.rows.reads import card, rate


async def run(context: Context) -> Row:
    """Ours through the gateway against the bare app, called directly."""
    seconds = context.seconds(2, 5)
    async with card(context) as read:
        return await compare(
            "gateway.read",
            "the same GET through the gateway",
            "req/s",
            floor=lambda: rate(read.floor_port, "/cards/1", {}, seconds),
            ours=lambda: rate(context.running.gateway_port, read.path, {"Authorization": read.bearer}, seconds),
            goal=0.3,
            better="higher",
        )
