"""`service.read`: GET of one dossier card straight from the service, 32 keep-alive clients."""

from tests.bench.context import Context
from tests.bench.measure import Row, compare
from tests.bench.rows.reads import card, rate


async def run(context: Context) -> Row:
    """Ours against a bare FastAPI + asyncpg app that answers the same bytes by one select."""
    seconds = context.seconds(2, 5)
    async with card(context) as read:
        port = context.running.port("catalog")
        return await compare(
            "service.read",
            "GET of one dossier card from the service",
            "req/s",
            floor=lambda: rate(read.floor_port, "/cards/1", {}, seconds),
            ours=lambda: rate(port, read.path, {"dangan-internal-token": read.internal}, seconds),
            goal=0.45,
            better="higher",
        )
