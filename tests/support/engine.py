"""One PostgreSQL server for a test run, with a migrated template database.

The xdist controller starts it (or the only process, without xdist) and hands its description to the workers.
It dies with that process, whatever ends it. Data lie in a temporary directory that goes with the run;
directories of runs that were killed are swept at the next start.
"""

import asyncio
import contextlib
import fcntl
import json
import shutil
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from deploy.embedded import engines, ports
from deploy.embedded.layout import Passwords, new_passwords
from deploy.embedded.postgres import Postgres
from deploy.embedded.provision import Target, provision
from deploy.embedded.reach import unprivileged

PREFIX = "dangan-test-"
TEMPLATE = "dangan_template"


@dataclass(frozen=True)
class Engine:
    """The run's server as a worker sees it."""

    folder: Path
    port: int
    passwords: Passwords

    def target(self, database: str) -> Target:
        """Addresses of one database on this server."""
        server = Postgres(self.folder, self.folder, self.port, self.folder / "log", None)
        return Target(server, self.passwords, database)

    def describe(self) -> str:
        """JSON for the workers."""
        return json.dumps({"folder": str(self.folder), "port": self.port, "passwords": asdict(self.passwords)})

    @classmethod
    def described(cls, text: str) -> "Engine":
        """The engine that `describe` told of."""
        told: dict[str, Any] = json.loads(text)
        return cls(Path(told["folder"]), told["port"], Passwords(**told["passwords"]))


@dataclass
class RunningEngine:
    """The engine with the process and directory behind it, in the process that owns them."""

    engine: Engine
    server: Postgres
    lock: Any = field(repr=False)

    def stop(self) -> None:
        """End the server at once (nothing is kept) and delete its files."""
        self.server.stop()
        self.lock.close()
        shutil.rmtree(self.engine.folder, ignore_errors=True)


def start_engine() -> RunningEngine:
    """Start the run's server and migrate its template database. From the main thread."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o711)  # the server runs as nobody where root runs the tests
    lock = (folder / "lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    uid = unprivileged()
    passwords = new_passwords()
    server = Postgres(
        engines.postgres_bin(uid),
        folder / "postgres",
        ports.free_port(),
        folder / "postgres.log",
        uid,
        settings={"max_connections": "400"},
    )
    engine = Engine(folder, server.port, passwords)
    running = RunningEngine(engine, server, lock)
    try:
        server.initialise(passwords.postgres)
        asyncio.run(_make_template(Target(server, passwords, TEMPLATE)))
    except BaseException:
        running.stop()
        raise
    return running


async def _make_template(target: Target) -> None:
    await target.server.start()
    await provision(target)
    await _as_admin(target, f"alter database {TEMPLATE} with is_template true")


async def _as_admin(target: Target, statement: str) -> None:
    connection = await asyncpg.connect(target.admin_url("postgres"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def create_database(engine: Engine, name: str) -> Target:
    """A fresh copy of the template, with the services' rights to connect (a copy does not carry them)."""
    target = engine.target(name)
    await _as_admin(target, f'create database "{name}" template {TEMPLATE}')
    await _as_admin(target, f'revoke all on database "{name}" from public')
    for service in engine.passwords.database:
        await _as_admin(target, f'grant connect on database "{name}" to {service}_svc')
    return target


async def drop_database(target: Target) -> None:
    """Delete the database, and end who is still connected."""
    await _as_admin(target, f'drop database "{target.database}" with (force)')


def _sweep() -> None:
    """Delete the directories of runs whose process is gone (its lock went with it)."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError), (folder / "lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
