"""How far each service's durable is behind, and how much each outbox holds back."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
import nats
from nats.js import JetStreamContext

from contracts.events import HEARS
from deploy.embedded.broker import oldest_waiting
from deploy.embedded.layout import Layout, passwords
from deploy.embedded.nats import ADMIN, STREAM
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.run_state import RunState

_UNPUBLISHED = "select count(*) from outbox where published_at is null"
_DEAD = "select count(*) from dead_letter where settled_at is null"


@dataclass(frozen=True)
class Lag:
    """One service's events: told but unpublished, published but unheard, set aside."""

    service: str
    unpublished: int
    unheard: int
    in_hand: int
    oldest_seconds: int | None
    dead: int


@contextlib.asynccontextmanager
async def admin_broker(layout: Layout, running: RunState) -> AsyncIterator[JetStreamContext]:
    """JetStream as administrator; for the operator's commands only."""
    client = await nats.connect(
        f"nats://{LOOPBACK}:{running.processes['nats'].port}",
        user=ADMIN,
        password=passwords(layout).nats_admin,
        connect_timeout=5,
        max_reconnect_attempts=1,
    )
    try:
        yield client.jetstream(timeout=5)
    finally:
        await client.close()


@contextlib.asynccontextmanager
async def admin_database(layout: Layout, running: RunState) -> AsyncIterator[asyncpg.Connection]:
    """The database as superuser; for the operator's commands only."""
    connection = await asyncpg.connect(
        host=LOOPBACK,
        port=running.processes["postgres"].port,
        user="postgres",
        password=passwords(layout).postgres,
        database="dangan",
    )
    try:
        yield connection
    finally:
        await connection.close()


async def lags(layout: Layout, running: RunState) -> list[Lag]:
    """One row a service."""
    found: list[Lag] = []
    async with admin_broker(layout, running) as jetstream, admin_database(layout, running) as database:
        for service in HEARS:
            info = await jetstream.consumer_info(STREAM, service)
            waits_since = await oldest_waiting(jetstream, info)
            async with database.transaction():
                await database.execute("select set_config('search_path', $1, true)", service)
                unpublished = await database.fetchval(_UNPUBLISHED) or 0
                dead = await database.fetchval(_DEAD) or 0
            age = None if waits_since is None else int((datetime.now(UTC) - waits_since).total_seconds())
            found.append(Lag(service, unpublished, info.num_pending or 0, info.num_ack_pending or 0, age, dead))
    return found
