"""How operator commands reach a running system: with one service's own database role, never more."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from chassis.database import Database
from chassis.identity import Caller
from chassis.settings import Settings
from chassis.telling import Speaker
from chassis.unit_of_work import UnitOfWork
from cli.console import NOT_FOUND, fail
from deploy.embedded.layout import Layout, find_layout, passwords
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.run_state import RunState, find_running

OPERATOR = Caller(account_id="operator", is_service=True)
"""Who stands in the journal: whoever has the machine. The command line knows no accounts."""


def running_system(data: Path | None) -> tuple[Layout, RunState]:
    """The system that runs on this data directory; ends the command where there is none."""
    layout = find_layout(data)
    running = find_running(layout)
    if running is None:
        fail(f"没有运行 nothing runs on {layout.root}", "先启动 start it with `dangan up`", NOT_FOUND)
    return layout, running


@contextlib.asynccontextmanager
async def service_work(layout: Layout, running: RunState, schema: str) -> AsyncIterator[UnitOfWork]:
    """One transaction in one service's schema, as its own role."""
    async with service_unit_of_work(layout, running, schema) as uow, uow:
        yield uow


@contextlib.asynccontextmanager
async def service_unit_of_work(layout: Layout, running: RunState, schema: str) -> AsyncIterator[UnitOfWork]:
    """The same, not yet begun: for a use case, which begins it itself."""
    secrets = passwords(layout)
    port = running.processes["postgres"].port
    settings = Settings(
        database_url=f"postgresql://{schema}_svc:{secrets.database[schema]}@{LOOPBACK}:{port}/dangan",
        nats_url="",
        nats_user=schema,
        nats_password="",
        keys_dir=layout.keys,
        blobs_url=layout.blobs.as_uri(),
        pool_size=1,
    )
    database = Database(settings)
    try:
        yield UnitOfWork(database, OPERATOR, "*", Speaker(schema, "", running.gateway_url))
    finally:
        await database.engine.dispose()
