"""The consumer: each event heard takes effect once, in one transaction with the record that it was handled.

Acknowledged after the commit. A passing fault is given back with a delay and never counted. A refusal or
a bug is counted in the inbox row; the fifth puts the event, its bytes and the reason into `dead_letter`.
Bytes that are no event of ours go there at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.errors import TimeoutError as NatsTimeout
from prometheus_client import Counter
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.broker import STREAM
from chassis.identity import Caller
from chassis.tasks import end
from chassis.telemetry import Trace, current_trace, log, place_of
from chassis.unit_of_work import UnitOfWork
from contracts.events import DATA_MODELS, Envelope, EventData
from contracts.values.ids import to_uuid

if TYPE_CHECKING:
    from chassis.deps import Deps

MAX_ATTEMPTS = 5
FETCH_SECONDS = 2
HANDLED = Counter("dangan_inbox_handled_total", "Events handled", ["service", "outcome"])

TAKE = """
insert into inbox (event_id, source, handled_at) values ($1, $2, $3)
on conflict (event_id, source) do update set handled_at = excluded.handled_at where inbox.handled_at is null
returning true
"""
COUNT = """
insert into inbox (event_id, source, attempts) values ($1, $2, 1)
on conflict (event_id, source) do update set attempts = inbox.attempts + 1
returning attempts
"""
BURY = """
insert into dead_letter (event_id, source, subject, body, reason) values ($1, $2, $3, $4, $5)
on conflict do nothing
"""


class NotHeardYet(Exception):
    """The event speaks of something this service has not heard of yet: it is given back, never dropped."""


PASSING = (
    NotHeardYet,
    ConnectionError,
    TimeoutError,
    NatsError,
    PoolTimeout,
    InterfaceError,
    OperationalError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
)


_FAREWELL = ("another operation (2) is in progress", 'protocol is in the "failed" state')
"""How asyncpg says that the server has said goodbye and the connection is not yet known to be lost; it has no class of
its own for it (state 2: an error is being read to its end)."""


def is_passing(error: BaseException | None) -> bool:
    """Whether trying again later can help: connection, lock, time-out, not heard of yet."""
    if isinstance(error, PASSING):
        return True
    if isinstance(error, asyncpg.InternalClientError):
        return any(words in str(error) for words in _FAREWELL)
    # SQLAlchemy wraps what the driver raised twice: in an error of its dialect, and that in a DBAPIError.
    return isinstance(error, DBAPIError) and (
        error.connection_invalidated
        or is_passing(error.orig)
        or (error.orig is not None and is_passing(error.orig.__cause__))
    )


Handler = Callable[..., Awaitable[None]]
Prepare = Callable[..., Awaitable[Any]]


@dataclass(frozen=True)
class Subscriber:
    """Event → use case. `handle(event, uow, deps)` runs inside the open unit of work that holds the inbox
    row. `prepare(event, deps)` does long work before it, outside any transaction; what it returns is given
    to `handle` as `prepared`."""

    event_type: type[EventData]
    handle: Handler
    prepare: Prepare | None = None


class Inbox:
    """One durable pull consumer, named like the service; several events are handled at once."""

    def __init__(self, deps: Deps, subscribers: Sequence[Subscriber]) -> None:
        self._deps = deps
        self._by_type: Mapping[str, Subscriber] = {s.event_type.type_name(): s for s in subscribers}

    async def run(self) -> None:
        """Consume until cancelled, `inbox_concurrency` events at once."""
        # Not a TaskGroup: it cancels its tasks once, and a worker may lose that (see tasks.end).
        workers = [asyncio.create_task(self._work()) for _ in range(self._deps.settings.inbox_concurrency)]
        try:
            await asyncio.gather(*workers)
        finally:
            await end(workers)

    async def _work(self) -> None:
        """One event after another. Binds again whenever the broker or its durable went away.

        Events are fetched singly: nats-py's batch fetch waits for the batch to fill up.
        """
        while True:
            subscription: Any = None
            try:
                js = await self._deps.broker.jetstream()
                subscription = await js.pull_subscribe_bind(self._deps.name, stream=STREAM)
                await self._consume(subscription)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.info("inbox_interrupted", error=type(error).__name__)
                await asyncio.sleep(0.2)
            finally:
                if subscription is not None:
                    with contextlib.suppress(NatsError):
                        await subscription.unsubscribe()

    async def _consume(self, subscription: Any) -> None:
        while True:
            try:
                (message,) = await subscription.fetch(1, timeout=FETCH_SECONDS)
            except NatsTimeout:
                await subscription.consumer_info()  # raises when the durable is gone
                continue
            await self._settle(message)

    async def _settle(self, message: Msg) -> None:
        try:
            async with _kept_alive(message):
                delay = await self.receive(message.subject, message.data, message.metadata.num_delivered)
        except asyncio.CancelledError:
            # The process stops: hand the event back now, instead of letting ack_wait run out.
            with contextlib.suppress(NatsError):
                await message.nak()
            raise
        except Exception as error:
            # Could not even be counted (database away): the broker delivers it again.
            log.warning("event_not_settled", error=type(error).__name__)
            delay = 1.0
        with contextlib.suppress(NatsError):
            # A lost acknowledgement comes back as a redelivery, which the inbox row stops.
            await (message.ack() if delay is None else message.nak(delay=delay))

    async def receive(self, subject: str, body: bytes, delivered: int = 1) -> float | None:
        """Handle one event from its bytes: None when settled, else seconds until it is wanted again."""
        try:
            event = parse(subject, body)
        except (ValueError, KeyError, TypeError, RecursionError, ValidationError) as error:
            await self._bury(None, None, subject, body, f"not an event: {type(error).__name__}")
            return None
        subscriber = self._by_type.get(event.type)
        if subscriber is None:
            return None
        trace = Trace.of_event(event.id, event.traceparent, event.correlationid)
        current_trace.set(trace)
        try:
            outcome = await self._handle(subscriber, event, trace, again=delivered > 1)
            HANDLED.labels(self._deps.name, outcome).inc()
            return None
        except Exception as error:
            if is_passing(error):
                HANDLED.labels(self._deps.name, "given_back").inc()
                return min(0.1 * 2 ** min(delivered, 8), 10.0)
            return await self._count(event, subject, body, error)

    async def _handle(self, subscriber: Subscriber, event: Any, trace: Trace, *, again: bool) -> str:
        prepared: dict[str, Any] = {}
        if subscriber.prepare:
            if again and await self._was_handled(event):
                return "repeated"
            prepared["prepared"] = await subscriber.prepare(event, self._deps)
        async with self._deps.unit_of_work(Caller.service(self._deps.name), "*", trace=trace) as uow:
            if not await take(uow, event):
                return "repeated"
            await subscriber.handle(event, uow, self._deps, **prepared)
        return "handled"

    async def _was_handled(self, event: Any) -> bool:
        return bool(
            await self._deps.db.pool.fetchval(
                "select handled_at is not null from inbox where event_id = $1 and source = $2",
                to_uuid(event.id),
                event.source,
            )
        )

    async def _count(self, event: Any, subject: str, body: bytes, error: Exception) -> float | None:
        attempts = await self._deps.db.pool.fetchval(COUNT, to_uuid(event.id), event.source)
        log.error(
            "event_refused",
            event_id=event.id,
            type=event.type,
            attempts=attempts,
            error=type(error).__name__,
            place=place_of(error),
        )
        if attempts < MAX_ATTEMPTS:
            HANDLED.labels(self._deps.name, "refused").inc()
            return 0.2 * 2**attempts
        await self._bury(event.id, event.source, subject, body, f"{type(error).__name__}: {reason_of(error)}")
        return None

    async def _bury(self, event_id: str | None, source: str | None, subject: str, body: bytes, reason: str) -> None:
        HANDLED.labels(self._deps.name, "dead").inc()
        log.error("event_dead", event_id=event_id, subject=subject, reason=reason)
        async with self._deps.db.pool.acquire() as connection, connection.transaction():
            await connection.execute(BURY, to_uuid(event_id) if event_id else None, source, subject, body, reason)


def parse(subject: str, body: bytes) -> Envelope[Any]:
    """The event in these bytes. Its type must be the one of the subject that it came by, and its source the
    owner of that type: the broker lets each service publish only under its own subjects, and nothing else."""
    head = json.loads(body)
    model = DATA_MODELS[head["type"]]
    event = Envelope[model].model_validate(head)  # pyright: ignore[reportInvalidTypeArguments]
    if subject != model.broker_subject() or not event.source.endswith(f"/services/{model.owner}"):
        raise ValueError("told by another than its owner")
    return event


async def take(uow: UnitOfWork, event: Any) -> bool:
    """Write the inbox row; False when the event took effect before. A twin at work is waited for."""
    return bool(await uow.raw().fetchval(TAKE, to_uuid(event.id), event.source, uow.now))


def reason_of(error: Exception) -> str:
    """Why, in codes: no message of a driver or model, which may repeat a value."""
    problem = getattr(error, "problem", None)
    return problem.code if problem else getattr(error, "sqlstate", None) or "see the log"


@contextlib.asynccontextmanager
async def _kept_alive(message: Msg) -> AsyncGenerator[None, None]:
    """Tell the broker every 10 s that work goes on, so that it delivers to nobody else."""

    async def beat() -> None:
        while True:
            await asyncio.sleep(10)
            with contextlib.suppress(NatsError):
                await message.in_progress()

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()


__all__ = ["Inbox", "NotHeardYet", "Subscriber", "is_passing", "take"]
