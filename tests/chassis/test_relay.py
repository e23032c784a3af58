"""What was told reaches the broker, whatever happened in between; and from there each listener, once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from chassis.deps import Deps
from chassis.inbox import Inbox, Subscriber
from chassis.tasks import end
from contracts.events import MaterialAppraised, MaterialReceived
from deploy.embedded.provision import Target
from tests.chassis.conftest import settings_for
from tests.chassis.test_inbox import material_received
from tests.chassis.test_unit_of_work import AUDITOR, ROOT, appraised
from tests.support.brokers import TestBroker


async def until(holds: Callable[[], Awaitable[Any]], seconds: float = 20) -> Any:
    """The first true answer; fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while not (found := await holds()):
            await asyncio.sleep(0.02)
        return found


@pytest.fixture
async def speaking(fresh_broker: TestBroker, fresh_database: Target, tmp_path: Path) -> AsyncIterator[Deps]:
    """The service `audit` with a broker of its own; the relay is not running yet."""
    settings = settings_for(fresh_database, tmp_path)
    deps = Deps("audit", settings.model_copy(update=fresh_broker.settings("audit")), None)
    await deps.open()
    steward = fresh_broker.steward(fresh_database)
    await steward.tend()
    await steward.close()
    yield deps
    await deps.close()


async def tell(deps: Deps, times: int = 1) -> None:
    async with deps.unit_of_work(AUDITOR, frozenset({ROOT})) as uow:
        for _ in range(times):
            uow.tell(appraised(), version=1)


async def stored(broker: TestBroker) -> int:
    connection = await broker.connect("admin")
    try:
        return (await connection.jetstream().stream_info("DANGAN")).state.messages
    finally:
        await connection.close()


async def waiting(rows: asyncpg.Connection) -> int:
    return await rows.fetchval("select count(*) from outbox where published_at is null")


async def test_a_backlog_is_published_and_marked(speaking: Deps, fresh_broker: TestBroker, rows: asyncpg.Connection):
    """More than one batch, many in flight: each event is stored once."""
    await tell(speaking, 300)
    assert await speaking.relay.publish_batch() == 256
    assert await speaking.relay.publish_batch() == 44
    assert await speaking.relay.publish_batch() == 0
    assert (await stored(fresh_broker), await waiting(rows)) == (300, 0)


async def test_competing_relays_publish_each_event_once(
    speaking: Deps, fresh_broker: TestBroker, rows: asyncpg.Connection
):
    """Rows are claimed with SKIP LOCKED; a replayed one is dropped by its message id."""
    await tell(speaking, 100)
    await asyncio.gather(*(speaking.relay.publish_batch() for _ in range(3)))
    await rows.execute("update outbox set published_at = null")
    await speaking.relay.publish_batch()
    assert (await stored(fresh_broker), await waiting(rows)) == (100, 0)


async def test_an_orphan_of_a_dead_sibling_is_found_without_a_wake(
    speaking: Deps, fresh_broker: TestBroker, rows: asyncpg.Connection
):
    """The 250 ms look: rows whose writer died before it woke anybody."""
    task = asyncio.create_task(speaking.relay.run())
    try:
        await until(lambda: _published(rows, 0))
        await rows.execute(
            "insert into outbox (event_id, subject, body) values (uuidv7(), $1, '{}')",
            MaterialAppraised.broker_subject(),
        )
        await until(lambda: _published(rows, 1))
    finally:
        await end([task])
    assert await stored(fresh_broker) == 1


async def _published(rows: asyncpg.Connection, at_least: int) -> bool:
    done = await rows.fetchval("select count(*) from outbox where published_at is not null")
    return done >= at_least and not await waiting(rows)


async def test_the_relay_outlives_the_broker(speaking: Deps, fresh_broker: TestBroker, rows: asyncpg.Connection):
    """Told while the broker is down, published when it is back."""
    task = asyncio.create_task(speaking.relay.run())
    try:
        await tell(speaking)
        await until(lambda: _published(rows, 1))
        fresh_broker.server.stop()
        await tell(speaking, 3)
        assert await waiting(rows) == 3
        await fresh_broker.server.start()
        await until(lambda: _published(rows, 4))
    finally:
        await end([task])
    assert await stored(fresh_broker) == 4


async def test_an_event_travels_from_one_transaction_to_another(
    speaking: Deps, fresh_broker: TestBroker, rows: asyncpg.Connection
):
    """Broker to listener: handled once though it is sent twice, and acknowledged only after the commit."""
    import orjson

    seen: list[str] = []

    async def handle(event: Any, uow: Any, deps: Deps) -> None:
        seen.append(event.id)

    inbox = Inbox(speaking, [Subscriber(MaterialReceived, handle)])
    task = asyncio.create_task(inbox.run())
    speaker = await fresh_broker.connect("transfer")
    try:
        body = orjson.dumps(material_received())
        for message_id in ("first", "second"):
            await speaker.jetstream().publish(
                MaterialReceived.broker_subject(), body, headers={"Nats-Msg-Id": message_id}
            )
        await until(lambda: _all_acknowledged(fresh_broker, 2))
    finally:
        await end([task])
        await speaker.close()
    assert len(seen) == 1


async def _all_acknowledged(broker: TestBroker, delivered: int) -> bool:
    connection = await broker.connect("admin")
    try:
        info = await connection.jetstream().consumer_info("DANGAN", "audit")
    finally:
        await connection.close()
    return info.delivered.stream_seq == delivered and info.num_ack_pending == 0 and info.num_pending == 0
