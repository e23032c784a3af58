"""The real system, started as an operator starts it, with sample data; and bare servers beside it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cli.lag import lags
from deploy.embedded.layout import Layout, find_layout, passwords
from deploy.embedded.ports import free_port
from deploy.embedded.run_state import RunState, find_running
from deploy.embedded.services import healthy

TREE = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
HEARING = 600.0


@dataclass(frozen=True)
class System:
    """A running system and where its things are."""

    layout: Layout
    state: RunState

    @property
    def url(self) -> str:
        """The gateway's address."""
        return self.state.gateway_url

    def port(self, name: str) -> int:
        """Loopback port of a process."""
        return self.state.processes[name].port

    @property
    def gateway_port(self) -> int:
        """Port of the gateway."""
        return urlsplit(self.url).port or 80

    def admin_url(self, database: str = "dangan") -> str:
        """The superuser's address of a database on this server, for floors and counting only."""
        secret = passwords(self.layout).postgres
        return f"postgresql://postgres:{secret}@127.0.0.1:{self.port('postgres')}/{database}"

    def pids(self) -> list[int]:
        """The supervisor and every process below it."""
        import psutil

        supervisor = psutil.Process(self.state.supervisor)
        return [supervisor.pid, *(child.pid for child in supervisor.children(recursive=True))]


@contextlib.asynccontextmanager
async def directory() -> AsyncGenerator[Path, None]:
    """A data directory that goes with the block."""
    folder = Path(tempfile.mkdtemp(prefix="dangan-bench-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def running(data: Path, *arguments: str, env: dict[str, str] | None = None) -> AsyncGenerator[System, None]:
    """`dangan up` on this data directory, until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "cli.main", "up", "--data", str(data), *arguments),
        cwd=TREE,
        env={**os.environ, **(env or {})},
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        layout = find_layout(data)
        yield System(layout, await _until_ready(layout, process))
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.wait()


async def _until_ready(layout: Layout, process: asyncio.subprocess.Process) -> RunState:
    async with asyncio.timeout(PATIENCE):
        while True:
            state = find_running(layout)
            if state is not None and state.ready:
                return state
            if process.returncode is not None:
                raise RuntimeError("the system did not start; its last words are above")
            await asyncio.sleep(0.02)


async def command(data: Path, *arguments: str) -> None:
    """One `dangan` command against the running system."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli.main", *arguments, "--data", str(data), cwd=TREE, stdout=asyncio.subprocess.DEVNULL
    )
    if await process.wait():
        raise RuntimeError(f"dangan {' '.join(arguments)} failed")


async def until_heard(system: System) -> None:
    """Until no service has an event to tell or to hear: what was loaded must not be worked off while rows run."""
    async with asyncio.timeout(HEARING):
        while any(lag.unpublished or lag.unheard or lag.in_hand for lag in await lags(system.layout, system.state)):
            await asyncio.sleep(0.5)


@contextlib.asynccontextmanager
async def bare(app: str, env: dict[str, str] | None = None, path: str = "/health/ready") -> AsyncGenerator[int, None]:
    """A bare app under the same HTTP server as the services; gives its port."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "uvicorn", app, "--port", str(port), "--loop", "uvloop", "--http", "httptools"),
        *("--no-access-log", "--log-level", "warning"),
        cwd=TREE,
        env={**os.environ, **(env or {})},
    )
    try:
        async with asyncio.timeout(PATIENCE):
            while not await healthy(port, path):
                if process.returncode is not None:
                    raise RuntimeError(f"{app} did not start")
        yield port
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
