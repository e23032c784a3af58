"""The broker steward: keeps stream and durables there, so that losing NATS's files loses nothing.

PostgreSQL is the truth and NATS the messenger. A stream that is not the one a schema remembers has lost
messages; the steward then marks that schema's outbox of the last 14 days as unpublished, and the service's
relay publishes it again under the old ids, which every inbox knows.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import asyncpg
import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from contracts.events import HEARS
from deploy.embedded.broker import (
    KEPT,
    check_sync_always,
    consumer_config,
    filters,
    oldest_waiting,
    stream_config,
)
from deploy.embedded.nats import ADMIN, STREAM

_LOOK_EVERY = 0.3  # seconds
_CONSUMERS_EVERY = 5.0
_LAG_EVERY = 60.0
_LATE = timedelta(days=1)
PASSING = (NatsError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""Faults of an engine that is just being restarted: the next round tries again."""

# The other side of chassis.outbox.CLAIM: batches that began to go into the old stream have ended.
_BATCHES_ENDED = "select pg_advisory_xact_lock(hashtextextended(current_schema(), 17))"
_UNPUBLISH = """
update outbox set published_at = null
where published_at is not null and event_id >= uuid_at(now() - $1::interval)
"""
_REMEMBER = """
insert into broker_epoch (stream_created) values ($1)
on conflict (only_one) do update set stream_created = excluded.stream_created
"""


@dataclass(frozen=True)
class Access:
    """How the steward reaches broker and database; both as administrator."""

    nats_url: str
    nats_password: str
    monitor_url: str
    database_url: str


@dataclass
class Steward:
    """Looks after one broker for all services."""

    access: Access
    warn: Callable[[str], None]
    _client: Client | None = None
    _database: asyncpg.Connection | None = None
    _tended: datetime | None = None
    _due: dict[str, float] = field(default_factory=dict)

    async def run(self) -> None:
        """Look every 300 ms until cancelled; a broker or database that is away is waited for."""
        try:
            while True:
                try:
                    await self.tend()
                except PASSING:
                    await self.close()
                await asyncio.sleep(_LOOK_EVERY)
        finally:
            await self.close()

    async def tend(self) -> None:
        """One round: the stream, its durables, what a new stream lacks, and now and then who is late."""
        jetstream = await self._jetstream()
        created = await self._stream(jetstream)
        if created != self._tended:
            await self._each_durable(jetstream)
            await self._publish_again(created)
            self._tended = created
        elif self._is_due("consumers", _CONSUMERS_EVERY):
            await self._each_durable(jetstream)
        if self._is_due("lag", _LAG_EVERY):
            await self._warn_of_lag(jetstream)

    def _is_due(self, duty: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._due.get(duty, 0.0):
            return False
        self._due[duty] = now + every
        return True

    async def _jetstream(self) -> JetStreamContext:
        if self._client is None or self._client.is_closed:
            self._client = await nats.connect(
                self.access.nats_url,
                user=ADMIN,
                password=self.access.nats_password,
                allow_reconnect=False,
                connect_timeout=2,
                error_cb=self._broker_fault,
            )
            await asyncio.to_thread(check_sync_always, self.access.monitor_url)
        return self._client.jetstream(timeout=3)

    async def _broker_fault(self, fault: Exception) -> None:
        if not isinstance(fault, PASSING):
            self.warn(f"broker steward: {fault}")

    async def _stream(self, jetstream: JetStreamContext) -> datetime:
        try:
            info = await jetstream.stream_info(STREAM)
        except NotFoundError:
            info = await jetstream.add_stream(stream_config())
        if info.created is None:
            raise NatsError("the server did not say when the stream was made")
        return info.created.astimezone(UTC)

    async def _each_durable(self, jetstream: JetStreamContext) -> None:
        for service in HEARS:
            wanted = consumer_config(service)
            try:
                info = await jetstream.consumer_info(STREAM, service)
            except NotFoundError:
                await jetstream.add_consumer(STREAM, wanted)
                continue
            same = filters(info) == set(wanted.filter_subjects or ())
            if not same or info.config.max_ack_pending != wanted.max_ack_pending:
                await jetstream.add_consumer(STREAM, wanted)

    async def _publish_again(self, created: datetime) -> None:
        database = await self._connection()
        for schema in HEARS:
            if not await _has_table(database, f"{schema}.broker_epoch"):
                continue
            async with database.transaction():
                await database.execute("select set_config('search_path', $1, true)", schema)
                remembered = await database.fetchval("select stream_created from broker_epoch")
                if remembered == created:
                    continue
                await database.execute(_BATCHES_ENDED)
                await database.execute(_UNPUBLISH, KEPT)
                await database.execute(_REMEMBER, created)
            if remembered is not None:
                self.warn(f"the broker's stream is a new one: {schema}'s last 14 days are published again")

    async def _warn_of_lag(self, jetstream: JetStreamContext) -> None:
        for service in HEARS:
            info = await jetstream.consumer_info(STREAM, service)
            waits_since = await oldest_waiting(jetstream, info)
            if waits_since is not None and datetime.now(UTC) - waits_since > _LATE:
                self.warn(f"{service} is more than a day behind: its oldest event waits since {waits_since}")

    async def _connection(self) -> asyncpg.Connection:
        if self._database is not None and not self._database.is_closed():
            return self._database
        connection = await asyncpg.connect(self.access.database_url, timeout=5)
        self._database = connection
        return connection

    async def close(self) -> None:
        """Leave broker and database; the next round connects again."""
        if self._client is not None:
            with contextlib.suppress(*PASSING):
                await self._client.close()
        if self._database is not None:
            self._database.terminate()
        self._client = self._database = None


async def _has_table(database: asyncpg.Connection, name: str) -> bool:
    return bool(await database.fetchval("select to_regclass($1) is not null", name))
