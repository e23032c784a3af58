"""JetStream as the house uses it: one stream, one durable for each service, each message synced to disk."""

import json
import urllib.request
from datetime import datetime, timedelta

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    ConsumerInfo,
    DeliverPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from contracts.events import HEARS
from deploy.embedded.faults import CannotStart
from deploy.embedded.nats import STREAM

KEPT = timedelta(days=14)
"""How long the stream keeps a message, and how far back an outbox is published again."""

MAX_ACK_PENDING = 20_000
"""Events given back with a delay count as pending: the bound must leave room for those that they wait for."""


def stream_config() -> StreamConfig:
    """The one stream: everything that any service says."""
    return StreamConfig(
        name=STREAM,
        subjects=["dangan.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_age=KEPT.total_seconds(),
        duplicate_window=300.0,
        num_replicas=1,
    )


def consumer_config(service: str) -> ConsumerConfig:
    """The durable of one service: it hears only what its catalogue entry names."""
    return ConsumerConfig(
        durable_name=service,
        filter_subjects=sorted(event.broker_subject() for event in HEARS[service]),
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=30.0,
        max_deliver=-1,
        max_ack_pending=MAX_ACK_PENDING,
    )


def check_sync_always(monitor_url: str) -> None:
    """Refuse a broker that acknowledges before its disk has the message."""
    with urllib.request.urlopen(f"{monitor_url}/varz", timeout=5) as answer:  # noqa: S310
        config = json.load(answer).get("jetstream", {}).get("config", {})
    if config.get("sync_always") is not True:
        raise CannotStart(
            "the NATS server does not sync each message to disk",
            "set `sync_interval: always` in its jetstream block and restart it",
        )


def filters(info: ConsumerInfo) -> set[str]:
    one = {info.config.filter_subject} if info.config.filter_subject else set[str]()
    return set(info.config.filter_subjects or ()) | one


async def oldest_waiting(jetstream: JetStreamContext, info: ConsumerInfo) -> datetime | None:
    """When the oldest event that this durable has not finished was published; None when none waits."""
    if not (info.num_pending or info.num_ack_pending) or info.ack_floor is None:
        return None
    found: list[datetime] = []
    for subject in filters(info):
        try:
            message = await jetstream.get_msg(STREAM, seq=info.ack_floor.stream_seq + 1, subject=subject, next=True)
        except NotFoundError:
            continue
        if message.time is not None:
            found.append(message.time)
    return min(found, default=None)
