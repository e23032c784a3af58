"""`start.warm`: `dangan up` to ready, second start."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from deploy.embedded import engines, ports
from deploy.embedded.layout import new_passwords
from deploy.embedded.nats import Nats
from deploy.embedded.postgres import Postgres
from deploy.embedded.reach import unprivileged
from tests.bench import system
from tests.bench.context import Context
from tests.bench.measure import Row, compare


@asynccontextmanager
async def bare_system(folder: Path) -> AsyncGenerator[list[int], None]:
    """Bare PostgreSQL, NATS and five uvicorn processes that import what a service imports; gives their pids."""
    uid, secrets = unprivileged(), new_passwords()
    folder.mkdir(mode=0o711, exist_ok=True)
    postgres = Postgres(engines.postgres_bin(uid), folder / "postgres", ports.free_port(), folder / "pg.log", uid)
    nats = Nats(engines.nats_bin(uid), folder / "nats", ports.free_port(), ports.free_port(), folder / "n.log", uid)
    postgres.initialise(secrets.postgres)
    nats.configure(secrets.nats_admin, secrets.nats_system, secrets.nats)
    try:
        async with AsyncExitStack() as stack:
            apps = [stack.enter_async_context(system.bare("tests.bench.floors.five:app")) for _ in range(5)]
            await asyncio.gather(postgres.start(), nats.start(), *apps)
            yield [process.pid for engine in (postgres, nats) if (process := engine.process) is not None]
    finally:
        nats.stop()
        postgres.stop()


async def run(context: Context) -> Row:
    """Ours against the same number of bare processes."""
    bare_folder = context.data / "bare"

    async def floor() -> float:
        began = time.perf_counter()
        async with bare_system(bare_folder):
            return time.perf_counter() - began

    async def ours() -> float:
        began = time.perf_counter()
        async with system.running(context.data):
            return time.perf_counter() - began

    return await compare(
        "start.warm", "`dangan up` to ready, second start", "s", floor=floor, ours=ours, goal=1.6, better="lower"
    )
