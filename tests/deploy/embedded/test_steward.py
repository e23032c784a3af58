"""The broker steward: losing NATS's files loses nothing and needs nobody."""

import shutil
from contextlib import asynccontextmanager

import asyncpg
import pytest

from contracts.events import HEARS, MaterialAppraised
from contracts.values.ids import new_id, to_uuid
from deploy.embedded.broker import check_sync_always, oldest_waiting
from deploy.embedded.faults import CannotStart
from deploy.embedded.nats import STREAM
from deploy.embedded.provision import Target
from tests.support.brokers import TestBroker

SUBJECT = MaterialAppraised.broker_subject()
WAITING = "select count(*) from audit.outbox where published_at is null"
PUBLISHED = "insert into audit.outbox (event_id, subject, body, published_at) values ($1, $2, '{}', now())"
TOO_OLD = """
insert into audit.outbox (event_id, subject, body, published_at)
values (audit.uuid_at(now() - interval '15 days'), $1, '{}', now())
"""


@asynccontextmanager
async def connected(target: Target):
    connection = await asyncpg.connect(target.admin_url())
    try:
        yield connection
    finally:
        await connection.close()


async def test_it_makes_the_stream_and_one_durable_a_service(fresh_broker: TestBroker, fresh_database: Target):
    steward = fresh_broker.steward(fresh_database)
    await steward.tend()
    client = await fresh_broker.connect("admin")
    try:
        jetstream = client.jetstream()
        stream = await jetstream.stream_info(STREAM)
        assert (stream.config.subjects, stream.config.max_age) == (["dangan.>"], 14 * 24 * 3600)
        for service in HEARS:
            durable = (await jetstream.consumer_info(STREAM, service)).config
            assert durable.max_deliver == -1
            assert durable.ack_wait == 30
            named = set(durable.filter_subjects or [durable.filter_subject])
            assert named == {event.broker_subject() for event in HEARS[service]}
    finally:
        await client.close()
        await steward.close()


async def test_a_new_stream_is_filled_from_the_outbox_of_14_days(fresh_broker: TestBroker, fresh_database: Target):
    warnings: list[str] = []
    steward = fresh_broker.steward(fresh_database, warnings.append)
    await steward.tend()
    async with connected(fresh_database) as database:
        await database.execute(PUBLISHED, to_uuid(new_id("evt")), SUBJECT)
        await database.execute(TOO_OLD, SUBJECT)
        await steward.tend()
        assert await database.fetchval(WAITING) == 0, "the known stream is left alone"
        await steward.close()
        fresh_broker.server.stop()
        shutil.rmtree(fresh_broker.server.store)
        await fresh_broker.server.start()
        await steward.tend()
        assert await database.fetchval(WAITING) == 1, "what the stream would still hold is published again"
        await database.execute("update audit.outbox set published_at = now()")
        await steward.tend()
        assert await database.fetchval(WAITING) == 0, "once"
    assert any("audit" in warning for warning in warnings)
    await steward.close()


async def test_a_restart_that_keeps_the_stream_publishes_nothing_again(
    fresh_broker: TestBroker, fresh_database: Target
):
    steward = fresh_broker.steward(fresh_database)
    await steward.tend()
    async with connected(fresh_database) as database:
        await database.execute(PUBLISHED, to_uuid(new_id("evt")), SUBJECT)
        fresh_broker.server.stop()
        await fresh_broker.server.start()
        another = fresh_broker.steward(fresh_database)
        await another.tend()
        assert await database.fetchval(WAITING) == 0
        await another.close()
    await steward.close()


async def test_the_oldest_waiting_event_is_found(fresh_broker: TestBroker, fresh_database: Target):
    steward = fresh_broker.steward(fresh_database)
    await steward.tend()
    client = await fresh_broker.connect("admin")
    try:
        jetstream = client.jetstream()
        assert await oldest_waiting(jetstream, await jetstream.consumer_info(STREAM, "catalog")) is None
        await jetstream.publish(SUBJECT, b"{}")
        stored = await jetstream.get_msg(STREAM, seq=1)
        found = await oldest_waiting(jetstream, await jetstream.consumer_info(STREAM, "catalog"))
        assert found == stored.time
    finally:
        await client.close()
        await steward.close()


async def test_a_broker_that_acknowledges_before_its_disk_is_refused(fresh_broker: TestBroker):
    check_sync_always(fresh_broker.server.monitor_url)
    config = fresh_broker.server.folder / "nats.conf"
    config.write_text(config.read_text().replace("sync_interval: always", "sync_interval: 2m"))
    fresh_broker.server.stop()
    await fresh_broker.server.start()
    with pytest.raises(CannotStart, match="does not sync"):
        check_sync_always(fresh_broker.server.monitor_url)
