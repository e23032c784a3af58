"""Repeated work of a service: one replica at a time, under an advisory lock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from prometheus_client import Gauge

from chassis.deps import Deps
from chassis.idempotency import IDEMPOTENCY_HOURS
from chassis.telemetry import log

DAMAGED = Gauge("dangan_blobs_damaged", "Blobs whose bytes no longer have their digest, at the last scrub")


@dataclass(frozen=True)
class Job:
    """Work done every so often; `run` opens its own units of work."""

    name: str
    every_seconds: float
    run: Callable[[Deps], Awaitable[None]]
    first_after_seconds: float = 0
    """How long a fresh process waits: heavy work should not meet a start."""


async def keep_running(job: Job, deps: Deps) -> None:
    """Run a job now and then until cancelled; whoever holds its lock runs it."""
    await asyncio.sleep(job.first_after_seconds)
    while True:
        try:
            async with deps.db.pool.acquire() as connection:
                mine = await connection.fetchval(
                    "select pg_try_advisory_lock(hashtextextended($1, 13))", f"{deps.name}/{job.name}"
                )
                if mine:
                    try:
                        await job.run(deps)
                    finally:
                        await connection.fetchval(
                            "select pg_advisory_unlock(hashtextextended($1, 13))", f"{deps.name}/{job.name}"
                        )
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.warning("job_interrupted", job=job.name, error=type(error).__name__)
        await asyncio.sleep(job.every_seconds)


async def _housekeeping(deps: Deps) -> None:
    """Make the coming partitions, drop those past their time, forget old idempotency keys."""
    await deps.db.pool.execute("select maintain_partitions()")
    async with deps.as_service() as uow:  # some keys are hidden from everybody else
        await uow.raw().execute(
            "delete from idempotency where made_at < now() - $1::interval", timedelta(hours=IDEMPOTENCY_HOURS)
        )


async def _scrub(deps: Deps) -> None:
    """Hash every blob again. A damaged one is told by its address; `dangan blobs scrub` tells it too."""
    report = await deps.blobs.scrub()
    for address in report.damaged:
        log.error("blob_damaged", address=address)
    DAMAGED.set(len(report.damaged))
    log.info("blobs_scrubbed", read=report.read, damaged=len(report.damaged))


HOUSEKEEPING = Job("housekeeping", 3600, _housekeeping, first_after_seconds=60)
SCRUB_BLOBS = Job("scrub_blobs", 24 * 3600, _scrub, first_after_seconds=3600)
"""For the one service that takes files in: the store is shared."""
