"""What a running service holds: one object a process, handed to routes, subscribers and jobs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cached_property
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from chassis.blobs import open_blob_store
from chassis.broker import Broker
from chassis.database import Database
from chassis.idempotency import IdempotencyKey
from chassis.identity import Caller, InternalTokens, Roots
from chassis.keys import KeyRing
from chassis.outbox import Relay
from chassis.pagination import PageTokens
from chassis.settings import Settings
from chassis.telemetry import Trace, current_trace
from chassis.telling import Speaker
from chassis.tickets import BlobTickets
from chassis.unit_of_work import UnitOfWork
from chassis.workers import make_workers

if TYPE_CHECKING:
    from chassis.operations import Operations

P = ParamSpec("P")
T = TypeVar("T")


class Deps:
    """Database, broker, blobs, keys, rules and workers of one service process. No global stands beside it."""

    def __init__(self, name: str, settings: Settings, rules: Any) -> None:
        self.name = name
        self.settings = settings
        self.rules = rules
        self.db = Database(settings)
        self.broker = Broker(settings)
        self.relay = Relay(name, self.db, self.broker)
        self.keys = KeyRing(settings.keys_dir)
        self.blobs = open_blob_store(settings.blobs_url)
        self.speaker = Speaker(name, settings.deployment, settings.public_url)
        self._pool: ProcessPoolExecutor | None = None
        self._operations: Operations | None = None

    @property
    def operations(self) -> Operations:
        """The long work of this service; refused where the service has none."""
        if self._operations is None:
            raise RuntimeError(f"{self.name} has no operations")
        return self._operations

    @operations.setter
    def operations(self, operations: Operations) -> None:
        self._operations = operations

    @cached_property
    def tokens(self) -> InternalTokens:
        """Verifier of the gateway's tokens for this service."""
        return InternalTokens(self.keys.public_jwk("internal-token"), self.name)

    @cached_property
    def page_tokens(self) -> PageTokens:
        """Signer of page tokens."""
        return PageTokens(self.keys.secret("page-token"))

    @cached_property
    def tickets(self) -> BlobTickets:
        """Signer and checker of blob tickets."""
        return BlobTickets(self.keys)

    def unit_of_work(
        self,
        caller: Caller,
        roots: Roots,
        *,
        trace: Trace | None = None,
        idempotency: IdempotencyKey | None = None,
        only_try: bool = False,
    ) -> UnitOfWork:
        """A transaction of this caller; its relay is woken when it told something. `only_try`: nothing stays."""
        return UnitOfWork(
            self.db,
            caller,
            roots,
            self.speaker,
            trace=trace or current_trace.get(),
            idempotency=idempotency,
            on_commit=self.relay.wake,
            only_try=only_try,
        )

    def as_service(self) -> UnitOfWork:
        """A transaction of the service itself, for jobs."""
        return self.unit_of_work(Caller.service(self.name), "*")

    async def run_cpu(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a worker process, off the event loop. A worker that died is replaced, once."""
        for attempt in (1, 2):
            pool = self._workers()
            try:
                return await asyncio.wrap_future(pool.submit(work, *args, **kwargs))
            except BrokenProcessPool:
                if self._pool is pool:
                    self._pool = None
                if attempt == 2:
                    raise
        raise AssertionError("unreachable")

    def _workers(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = make_workers(self.settings.workers)
        return self._pool

    async def open(self) -> None:
        """Connect what must be there from the start."""
        await self.db.open()

    async def close(self) -> None:
        """Give everything back, in order."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
        with contextlib.suppress(Exception):
            await self.broker.close()
        await self.db.close()
