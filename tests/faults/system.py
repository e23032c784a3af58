"""The system under test: the supervisor of `dangan up` in this process, and ways to hurt what it looks after."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncGenerator, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import nats
import psutil

from cli.lag import lags
from deploy.embedded.layout import find_layout, passwords
from deploy.embedded.nats import ADMIN
from deploy.embedded.services import SERVED, default_command
from deploy.embedded.supervisor import Options, Supervisor
from tests.faults.patched import patched

PREFIX = "dangan-chaos-"
BACK_WITHIN = 90.0
ENDS_WITHIN = 10.0
LOOK_EVERY = 0.05


@dataclass(frozen=True)
class Patching:
    """Which patches every served process is started with."""

    patches: tuple[str, ...] = ()
    seed: int = 0
    environment: Mapping[str, str] | None = None

    def options(self) -> Options:
        """What the supervisor is told."""
        if not self.patches:
            return Options(environment=self.environment or {})
        commands = {name: patched(default_command(name), self.patches, self.seed) for name in SERVED}
        return Options(commands=commands, environment=self.environment or {})


@dataclass(frozen=True)
class Victim:
    """A running system that may be hurt. Moments are seconds since the epoch."""

    supervisor: Supervisor

    @property
    def url(self) -> str:
        """The gateway's address."""
        return self.supervisor.state.gateway_url

    async def kill(self, name: str) -> float:
        """`kill -9` a child, wait until the supervisor has it back; answers the moment of the kill."""
        ward = self._ward(name)
        before = ward.process
        assert before is not None, f"{name} runs"
        moment = time.time()
        os.kill(before.pid, signal.SIGKILL)
        await self._until_back(name, before.pid)
        return moment

    async def lose_broker_storage(self) -> float:
        """Delete all that NATS has on disk and kill it; the steward has to make stream and durables anew."""
        assert self.supervisor.nats is not None, "NATS runs"
        await asyncio.to_thread(shutil.rmtree, self.supervisor.nats.store, ignore_errors=True)
        # What it still writes before it dies goes into files that no folder names any more.
        return await self.kill("nats")

    async def _until_back(self, name: str, old_pid: int) -> None:
        async with asyncio.timeout(BACK_WITHIN):
            while True:
                if self.supervisor.stopping.is_set():
                    raise RuntimeError(f"the supervisor gave up after the death of {name}")
                process = self._ward(name).process
                if process is not None and process.pid != old_pid and await self._ready(name):
                    return
                await asyncio.sleep(LOOK_EVERY)

    async def _ready(self, name: str) -> bool:
        supervisor = self.supervisor
        if name == "postgres":
            return supervisor.postgres is not None and supervisor.postgres.ready()
        if name == "nats":
            return supervisor.nats is not None and await asyncio.to_thread(supervisor.nats.ready)
        return await supervisor.served[name].ready()

    def _ward(self, name: str):
        engines = {"postgres": self.supervisor.postgres, "nats": self.supervisor.nats}
        return engines.get(name) or self.supervisor.served[name]

    async def idle(self) -> bool:
        """Whether no event waits anywhere: told but unpublished, unheard, or in hand."""
        try:
            rows = await lags(self.supervisor.layout, self.supervisor.state)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, nats.errors.Error):
            return False
        return not any(row.unpublished or row.unheard or row.in_hand for row in rows)

    async def dead_letters(self) -> int:
        """Events that were set aside, in all services."""
        return sum(row.dead for row in await lags(self.supervisor.layout, self.supervisor.state))

    @contextlib.asynccontextmanager
    async def as_superuser(self) -> AsyncGenerator[asyncpg.Connection, None]:
        """The database without any guard: only to do damage."""
        postgres = self.supervisor.postgres
        assert postgres is not None, "PostgreSQL runs"
        secret = passwords(self.supervisor.layout).postgres
        connection = await asyncpg.connect(postgres.url("postgres", secret, "dangan"))
        try:
            yield connection
        finally:
            await connection.close()

    async def publish(self, subject: str, body: bytes) -> None:
        """Put anything at all on the stream, as the broker's administrator."""
        assert self.supervisor.nats is not None, "NATS runs"
        secret = passwords(self.supervisor.layout).nats_admin
        client = await nats.connect(self.supervisor.nats.url, user=ADMIN, password=secret)
        try:
            await client.jetstream().publish(subject, body)
        finally:
            await client.close()


async def left_behind(root: Path) -> list[str]:
    """Processes of this data directory that outlive its system: workers, say, of a service that was killed."""
    end = time.monotonic() + ENDS_WITHIN
    while (found := _processes_of(root)) and time.monotonic() < end:
        await asyncio.sleep(LOOK_EVERY)
    return found


def _processes_of(root: Path) -> list[str]:
    found: list[str] = []
    for process in psutil.process_iter():
        # Another user's process is none of ours, and one may end while it is looked at.
        with contextlib.suppress(psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            words = " ".join(process.cmdline())
            if process.environ().get("HOME") == str(root) or str(root) in words:
                found.append(f"{process.pid} {words[:80]}")
    return found


@contextlib.contextmanager
def _directory() -> Generator[Path, None, None]:
    """A directory that goes with the block; those of runs that were killed go at the next start."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), (left / "lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while its run lives
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # engines run as nobody where root runs this
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.asynccontextmanager
async def system(patching: Patching, keep: Path) -> AsyncGenerator[Victim, None]:
    """A fresh system in a directory of its own; its logs are left in `keep`."""
    with _directory() as folder, (keep / "supervisor.log").open("w", encoding="utf-8") as told:
        layout = find_layout(folder / "data")
        supervisor = Supervisor(layout, patching.options(), lambda line: print(line, file=told, flush=True))
        try:
            await supervisor.start()
            yield Victim(supervisor)
        finally:
            await supervisor.stop()
            shutil.copytree(layout.logs, keep / "logs", dirs_exist_ok=True)
