"""One session, one transaction: load, decide, save, tell, record; commit all or nothing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from types import TracebackType
from typing import Any
from uuid import UUID

import asyncpg  # pyright: ignore[reportMissingTypeStubs]
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from chassis import journal
from chassis.database import OPENING, Database, opened, opening_arguments
from chassis.idempotency import IDEMPOTENCY_HOURS, IdempotencyKey
from chassis.identity import Caller, Roots
from chassis.raw import RawConnection
from chassis.telemetry import Trace
from chassis.telling import Speaker, Told, write_events
from contracts.events import EventData
from contracts.problems import IdempotencyInProgress, IdempotencyKeyReused
from contracts.values.ids import from_uuid, to_uuid

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Dates and yearly numbers count in this zone, whatever the machine's (no daylight saving since 1991)."""


class UnitOfWork:
    """One transaction of one actor. Used as `async with uow:`; the end of the block commits.

    `now` is the database's time (with the sandbox's offset), read once. What is told and recorded is
    written just before the commit. `raw()` is the asyncpg connection of this same transaction.
    `only_try`: all of it is done and checked, and at the end of the block taken back.
    """

    now: datetime
    unit_keys: list[UUID]
    """Units in scope, as the database spells them; none for the service, which needs none."""

    def __init__(
        self,
        database: Database,
        caller: Caller,
        roots: Roots,
        speaker: Speaker,
        *,
        trace: Trace | None = None,
        idempotency: IdempotencyKey | None = None,
        on_commit: Callable[[], None] | None = None,
        only_try: bool = False,
    ) -> None:
        self.caller = caller
        self.replayed = False
        self.trace = trace or Trace()
        self._database = database
        self._roots = roots
        self._speaker = speaker
        self._idempotency = None if only_try else idempotency
        self._only_try = only_try
        self._on_commit = on_commit
        self._told: list[Told] = []
        self._entries: list[journal.Entry] = []
        self._tree_changed = False
        self._raw: RawConnection | None = None
        self._session: AsyncSession | None = None

    async def __aenter__(self) -> UnitOfWork:
        self._connection: AsyncConnection = await self._database.engine.connect()
        try:
            # SQLAlchemy begins lazily: the opening goes through it, so that what raw() writes later is inside the
            # transaction and is rolled back with it.
            arguments = opening_arguments(self.caller, self._roots)
            found = opened((await self._connection.exec_driver_sql(OPENING, arguments)).mappings().one())
            self._raw = (await self._connection.get_raw_connection()).driver_connection
        except BaseException:
            await self._connection.close()
            raise
        self.now, self.unit_keys = found.now, found.unit_keys
        self._told, self._entries = [], []  # used a second time, it does not write again what it has written
        self._actor = "service" if self.caller.is_service else "user"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                await self._flush()
                await self._write_entries()
                await self._write_events()
                if not self._only_try:
                    await self._connection.commit()
        finally:
            self._raw = None
            await self._close()  # what was not committed is rolled back
        if error is None and not self._only_try:
            self._database.tree_epoch += self._tree_changed
            if self._told and self._on_commit:
                self._on_commit()

    async def _close(self) -> None:
        session, self._session = self._session, None
        try:
            if session is not None:
                await session.close()
        finally:
            await self._connection.close()

    @property
    def session(self) -> AsyncSession:
        """SQLModel in this same transaction. It is made when first asked for: half of the acts need none."""
        if self._raw is None:
            raise RuntimeError("session outside the transaction of a unit of work")
        if self._session is None:
            # The transaction is the unit of work's: the session may roll it back, never commit it.
            self._session = AsyncSession(
                self._connection, join_transaction_mode="rollback_only", expire_on_commit=False, autoflush=False
            )
        return self._session

    async def _flush(self) -> None:
        if self._session is not None:
            await self._session.flush()

    @property
    def units(self) -> list[str]:
        """Ids of the units in scope."""
        return [from_uuid("unt", key) for key in self.unit_keys]

    def not_before(self, moment: datetime) -> None:
        """Let this act have happened no earlier than one that it waited for. Its own time was read when it began, and
        of two that wait for one another the one that began first may come second."""
        self.now = max(self.now, moment)

    @property
    def today(self) -> date:
        """The calendar date in China."""
        return self.now.astimezone(SHANGHAI).date()

    def raw(self) -> RawConnection:
        """The bare connection of this transaction; refused where there is none."""
        if self._raw is None or not self._raw.is_in_transaction():
            raise RuntimeError("raw() outside the transaction of a unit of work")
        return self._raw

    def tree_changed(self) -> None:
        """The unit tree changes with this transaction: scopes are expanded anew after it."""
        self._tree_changed = True

    def tell(self, event: EventData, *, version: int) -> None:
        """Queue an event; `version` is its subject's version after this change."""
        if event.owner != self._speaker.service:
            raise ValueError(f"{self._speaker.service} may not say {event.event_type}")
        self._told.append((type(event), [(event.model_dump(mode="json"), version)]))

    def tell_rows(self, kind: type[EventData], told: Sequence[tuple[Mapping[str, Any], int]]) -> None:
        """Queue thousands of events of one type, each its `data` as JSON has it and its subject's version.

        For rows that come from the database as they go out: nothing is checked again.
        """
        if kind.owner != self._speaker.service:
            raise ValueError(f"{self._speaker.service} may not say {kind.event_type}")
        self._told.append((kind, told))

    def record(
        self,
        verb: str,
        resource: str,
        version: int,
        state: Mapping[str, Any] | BaseModel,
        changed: Sequence[str] = (),
    ) -> UUID:
        """Write a journal row: ids and codes only; `state` is committed to, not stored. Answers the row's key."""
        entry = journal.Entry(verb, resource, version, state, changed)
        self._entries.append(entry)
        return entry.id

    def complete_key(self, body_hash: bytes) -> None:
        """Add the hash of a streamed body, which was not known when the request began."""
        if self._idempotency is not None:
            hashed = IdempotencyKey.hash_of(self._idempotency.request_hash, body_hash)
            self._idempotency = replace(self._idempotency, request_hash=hashed)

    async def replay_of(self) -> str | None:
        """First statement of an idempotent use case: the resource of the earlier call, or None.

        Refused when the same key runs at this moment, or came before with another body.
        """
        if (key := self._idempotency) is None:
            return None
        if not await self.raw().fetchval(
            "select pg_try_advisory_xact_lock(hashtextextended($1, 7))", f"{key.scope}\n{key.key}"
        ):
            raise IdempotencyInProgress(headers={"Retry-After": "1"})
        row = await self.raw().fetchrow(
            "select request_hash, resource_id from idempotency where scope = $1 and key = $2 and made_at > $3",
            key.scope,
            key.key,
            self.now - timedelta(hours=IDEMPOTENCY_HOURS),
        )
        if row is None:
            return None
        if row["request_hash"] != key.request_hash:
            raise IdempotencyKeyReused()
        self.replayed = True
        return row["resource_id"]

    async def remember(self, resource_id: str, status: int = 201) -> None:
        """Store the idempotency row in the transaction of the effect."""
        if (key := self._idempotency) is None:
            return
        await self.raw().execute(
            """insert into idempotency (scope, key, request_hash, status, resource_id, made_at)
            values ($1, $2, $3, $4, $5, $6)
            on conflict (scope, key) do update set request_hash = excluded.request_hash,
              status = excluded.status, resource_id = excluded.resource_id, made_at = excluded.made_at""",
            key.scope,
            key.key,
            key.request_hash,
            status,
            resource_id,
            self.now,
        )

    @asynccontextmanager
    async def as_service(self) -> AsyncGenerator[None, None]:
        """Look beyond the caller's units for a moment, by id: the service's own policy applies. It may nest."""
        before = self._actor
        await self._act_as("service")
        try:
            yield
        finally:
            if self._raw is not None and not self._raw.is_closed():
                # A failed statement ended the transaction, and its setting with it: let its own error be seen.
                with suppress(asyncpg.InFailedSQLTransactionError):
                    await self._act_as(before)
                self._actor = before

    async def _act_as(self, actor: str) -> None:
        if actor != self._actor:
            await self._flush()
            await self.raw().execute("select set_config('app.actor', $1, true)", actor)
            self._actor = actor

    async def lock(self, resource_id: str) -> None:
        """Hold a resource until the end of this transaction."""
        await self.raw().execute("select pg_advisory_xact_lock(hashtextextended($1, 11))", resource_id)

    async def next_number(self, kind: str, unit_id: str, year: int) -> int:
        """The next number of a kind, unit and year, without gaps: its row stays locked until the commit."""
        return await self.raw().fetchval(
            """insert into counter (kind, unit_id, year, value) values ($1, $2, $3, 1)
            on conflict (kind, unit_id, year) do update set value = counter.value + 1 returning value""",
            kind,
            to_uuid(unit_id),
            year,
        )

    async def use_blob(self, unit_id: str, digests: Sequence[str], resource_id: str) -> None:
        """Say that a resource uses these blobs from now on."""
        await self.raw().execute(
            """insert into blob_ref (unit_id, digest, resource_id, since)
            select distinct $1::uuid, digest, $3, $4::timestamptz from unnest($2::text[]) as digest
            on conflict (unit_id, digest, resource_id) do update set until = null""",
            to_uuid(unit_id),
            list(digests),
            resource_id,
            self.now,
        )

    async def release_blob(self, unit_id: str, digests: Sequence[str], resource_id: str) -> None:
        """Say that a resource no longer uses these blobs."""
        await self.raw().execute(
            """update blob_ref set until = $4
            where unit_id = $1 and digest = any($2::text[]) and resource_id = $3 and until is null""",
            to_uuid(unit_id),
            list(digests),
            resource_id,
            self.now,
        )

    async def changed_since(self, resource: str, version: int) -> list[str]:
        """Names of the members of a resource that changed after `version`, from the journal."""
        rows = await self.raw().fetch(
            "select distinct unnest(changed) as member from journal where resource = $1 and version > $2 order by 1",
            resource,
            version,
        )
        return [row["member"] for row in rows]

    async def _write_entries(self) -> None:
        if self._entries:
            at, actor, rid = self.now, self.caller.account_id, self.trace.request_id or self.trace.correlation_id
            rows = [entry.row(at=at, actor=actor, request_id=rid) for entry in self._entries]
            await self.raw().executemany(journal.INSERT, rows)

    async def _write_events(self) -> None:
        if self._told:
            await write_events(self.raw(), self._told, now=self.now, speaker=self._speaker, trace=self.trace)
