"""A batch that is still being published while NATS loses its storage: what went into the old stream goes out again."""

import asyncio
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from chassis.deps import Deps
from chassis.outbox import Relay
from deploy.embedded.provision import Target
from tests.chassis.conftest import settings_for
from tests.chassis.test_unit_of_work import AUDITOR, ROOT, appraised
from tests.support.brokers import TestBroker

WAITS_FOR_A_RELAY = "select count(*) from pg_locks where locktype = 'advisory' and not granted"
UNPUBLISHED = "select count(*) from audit.outbox where published_at is null"


class HeldRelay(Relay):
    """Its publishes are stored by the broker, but the batch does not end before it is let go."""

    def __init__(self, deps: Deps) -> None:
        super().__init__("audit", deps.db, deps.broker)
        self.stored = asyncio.Event()
        self.let_go = asyncio.Event()

    async def _publish(self, js: Any, row: Any) -> UUID:
        done = await super()._publish(js, row)
        self.stored.set()
        await self.let_go.wait()
        return done


async def test_a_batch_under_way_is_not_taken_for_published_in_the_new_stream(
    fresh_broker: TestBroker, fresh_database: Target, tmp_path: Path
):
    """The steward waits for the batch; else its rows would be marked after the steward had looked."""
    settings = settings_for(fresh_database, tmp_path).model_copy(update=fresh_broker.settings("audit"))
    deps, steward = Deps("audit", settings, None), fresh_broker.steward(fresh_database)
    await deps.open()
    admin = await asyncpg.connect(fresh_database.admin_url())
    try:
        await steward.tend()
        async with deps.unit_of_work(AUDITOR, frozenset({ROOT})) as uow:
            uow.tell(appraised(), version=1)
        relay = HeldRelay(deps)
        publishing = asyncio.create_task(relay.publish_batch())
        await relay.stored.wait()
        await _lose_storage(fresh_broker)
        await steward.close()
        tending = asyncio.create_task(steward.tend())
        while not tending.done() and not await admin.fetchval(WAITS_FOR_A_RELAY):
            await asyncio.sleep(0.02)
        relay.let_go.set()
        await asyncio.gather(publishing, tending)
        assert await admin.fetchval(UNPUBLISHED) == 1
    finally:
        await admin.close()
        await steward.close()
        await deps.close()


async def _lose_storage(broker: TestBroker) -> None:
    broker.server.stop()
    shutil.rmtree(broker.server.store)
    await broker.server.start()
