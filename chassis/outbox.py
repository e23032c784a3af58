"""The relay: publishes what the outbox holds, many in flight, until the broker has stored each event.

It runs inside each service process, woken after a commit by an event in that process; every 250 ms it
looks for rows that a dead sibling left. Any number may run: rows are claimed with SKIP LOCKED. (A NOTIFY
in the writing transaction was tried and halves the commit rate.)
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any
from uuid import UUID

from prometheus_client import Counter

from chassis.broker import Broker
from chassis.database import Database
from chassis.telemetry import log
from contracts.values.ids import from_uuid

BATCH = 256
IN_FLIGHT = 64
LOOK_SECONDS = 0.25

PUBLISHED = Counter("dangan_outbox_published_total", "Events published", ["service"])

# The lock is held until the marks commit. The steward, who finds the stream lost, waits for it before it looks for
# what to publish again: a row that went into the old stream must be marked by then, or it would never go into the
# new one.
CLAIM = """
with held as materialized (select pg_advisory_xact_lock_shared(hashtextextended(current_schema(), 17)))
select event_id, subject, body from held, outbox
where published_at is null order by event_id limit $1 for update of outbox skip locked
"""
MARK = "update outbox set published_at = now() where event_id = any($1::uuid[]) and published_at is null"


class Relay:
    """One loop of one process over the outbox of its service."""

    def __init__(self, name: str, database: Database, broker: Broker) -> None:
        self._name = name
        self._database = database
        self._broker = broker
        self._wake = asyncio.Event()
        self._in_flight = asyncio.Semaphore(IN_FLIGHT)

    def wake(self) -> None:
        """Called after a commit that told something."""
        self._wake.set()

    async def run(self) -> None:
        """Publish until cancelled. A fault is logged and tried again; nothing is lost by it."""
        pause = LOOK_SECONDS
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)
            self._wake.clear()
            try:
                while await self.publish_batch() == BATCH:
                    pass
                pause = LOOK_SECONDS
            except asyncio.CancelledError:
                raise
            except Exception as error:
                # Database or broker away: look again, more slowly while it lasts.
                log.warning("relay_interrupted", error=type(error).__name__)
                pause = min(pause * 2, 2.0)

    async def publish_batch(self) -> int:
        """Publish up to one batch and mark what the broker acknowledged; how many rows were claimed."""
        js = await self._broker.jetstream()
        async with self._database.pool.acquire() as connection, connection.transaction():
            rows = await connection.fetch(CLAIM, BATCH)
            if not rows:
                return 0
            results = await asyncio.gather(*(self._publish(js, row) for row in rows), return_exceptions=True)
            done = [result for result in results if isinstance(result, UUID)]
            await connection.execute(MARK, done)
        failed = [result for result in results if isinstance(result, BaseException)]
        PUBLISHED.labels(self._name).inc(len(done))
        if failed:
            raise failed[0]
        return len(rows)

    async def _publish(self, js: Any, row: Any) -> UUID:
        async with self._in_flight:
            event_id = from_uuid("evt", row["event_id"])
            await js.publish(row["subject"], row["body"], headers={"Nats-Msg-Id": event_id}, timeout=5)
            return row["event_id"]
