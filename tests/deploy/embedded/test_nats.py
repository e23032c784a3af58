"""The broker's rights: what one service's user may say and read."""

import asyncio

import pytest
from nats.errors import TimeoutError as NatsTimeout

from deploy.embedded.nats import STREAM
from deploy.embedded.provision import Target
from tests.support.brokers import TestBroker


@pytest.fixture(scope="module", autouse=True)
async def _stream(broker: TestBroker, database: Target) -> None:
    steward = broker.steward(database)
    await steward.tend()
    await steward.close()


async def test_a_service_publishes_its_own_subjects(broker: TestBroker):
    client = await broker.connect("audit")
    try:
        acknowledged = await client.jetstream().publish("dangan.audit.material.appraised.v1", b"{}")
        assert acknowledged.stream == STREAM
    finally:
        await client.close()


async def test_anothers_subject_cannot_be_published(broker: TestBroker):
    """The publisher sees no more than a time-out: the reason reaches only the error callback."""
    told: asyncio.Queue[str] = asyncio.Queue()

    async def on_error(error: Exception) -> None:
        await told.put(str(error))

    client = await broker.connect("audit", error_cb=on_error)
    try:
        with pytest.raises((NatsTimeout, TimeoutError)):
            await client.jetstream(timeout=0.5).publish("dangan.catalog.material.filed.v1", b"{}")
        reason = await asyncio.wait_for(told.get(), 5)
        assert "permissions violation" in reason
        assert "dangan.catalog.material.filed.v1" in reason
    finally:
        await client.close()


@pytest.mark.parametrize("subject", ["_INBOX.catalog.>", "_INBOX.>", "dangan.>", "$JS.>"])
async def test_anothers_replies_and_events_cannot_be_read(broker: TestBroker, subject: str):
    told: asyncio.Queue[str] = asyncio.Queue()

    async def on_error(error: Exception) -> None:
        await told.put(str(error))

    client = await broker.connect("audit", error_cb=on_error)
    try:
        await client.subscribe(subject)
        assert "permissions violation" in await asyncio.wait_for(told.get(), 5)
    finally:
        await client.close()


async def test_anothers_durable_cannot_be_read(broker: TestBroker):
    async def ignore(error: Exception) -> None:
        assert "permissions violation" in str(error)

    client = await broker.connect("audit", error_cb=ignore)
    try:
        with pytest.raises((NatsTimeout, TimeoutError)):
            await client.jetstream(timeout=0.5).consumer_info(STREAM, "catalog")
    finally:
        await client.close()
