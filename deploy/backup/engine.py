"""The PostgreSQL of a data directory, whether the system runs or not, and PostgreSQL's own programs on it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.backup.faults import CONFLICT, NOT_FOUND, TRY_LATER, Refused
from deploy.embedded import child, engines, ports
from deploy.embedded.layout import Layout, Passwords, passwords
from deploy.embedded.ports import LOOPBACK
from deploy.embedded.postgres import SUPERUSER, Postgres
from deploy.embedded.provision import Target
from deploy.embedded.run_state import end_left_overs, find_running, hold_lock, lock_holder


@dataclass(frozen=True)
class Engine:
    """A server that takes connections, reached as its superuser over loopback."""

    server: Postgres
    secrets: Passwords

    @property
    def url(self) -> str:
        """The superuser's address of the database."""
        return Target(self.server, self.secrets).admin_url()


@asynccontextmanager
async def engine_of(layout: Layout) -> AsyncIterator[Engine]:
    """The running server; where the system is stopped, its PostgreSQL alone, for as long as the block lasts."""
    running = find_running(layout)
    if running is not None and running.ready:
        yield Engine(_server(layout, running.processes["postgres"].port), passwords(layout))
        return
    if lock_holder(layout) is not None:
        raise Refused(
            f"{layout.root} 正在启动或停止 the system there is starting or stopping", "稍后再试 try again", TRY_LATER
        )
    if not (layout.postgres / "PG_VERSION").exists():
        raise Refused(
            f"{layout.root} 里没有数据 holds no data",
            "请检查 --data correct --data, or start with `dangan up`",
            NOT_FOUND,
        )
    with hold_lock(layout):  # `dangan up` is refused meanwhile
        end_left_overs(layout)
        server = _server(layout, ports.free_port())
        try:
            await server.start()
            yield Engine(server, passwords(layout))
        finally:
            await asyncio.to_thread(server.stop)


def _server(layout: Layout, port: int) -> Postgres:
    log = layout.logs / "postgres.log"
    return Postgres(engines.postgres_bin(layout.uid), layout.postgres, port, log, layout.uid)


async def run_program(engine: Engine, name: str, arguments: Sequence[str | Path], log: Path) -> str:
    """Run one of PostgreSQL's programs beside the server; empty when it went well, else its own last error line.

    It ends with this process, whatever ends that.
    """
    program = engine.server.bin / name
    if not os.access(program, os.X_OK):
        raise Refused(
            f"没有程序 there is no {program}",
            "DANGAN_POSTGRES_BIN 应指向完整的 PostgreSQL name a folder that has it, or unset the variable",
            CONFLICT,
        )
    before = _size(log)
    process = child.spawn(
        child.Command(
            [program, *arguments],
            log=log,
            env={
                "PATH": os.environ.get("PATH", ""),
                "LC_ALL": "C.UTF-8",
                "TZ": "UTC",
                "PGHOST": LOOPBACK,
                "PGPORT": str(engine.server.port),
                "PGUSER": SUPERUSER,
                "PGPASSWORD": engine.secrets.postgres,  # not in its arguments, which every user can list
            },
        )
    )
    try:
        code = await asyncio.to_thread(process.wait)
    finally:
        child.stop(process, signal.SIGTERM, 5.0)
    return "" if code == 0 else _reason(log, before) or f"{name} ended with code {code}"


def _size(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _reason(log: Path, before: int) -> str:
    """The last line that tells of an error, among those after the first `before` bytes."""
    lines = log.read_bytes()[before:].decode(errors="replace").splitlines()
    telling = [line for line in lines if "error:" in line]
    return (telling or lines or [""])[-1].strip()
