"""The whole system in this process: four services and the gateway on real sockets, real NATS, real PostgreSQL.

It runs in a thread with its own event loop, so that a test's loop is a client like any other. Its database
is not the one of the use-case tests, whose outbox rows nobody should publish.
"""

import asyncio
import importlib
import socket
import threading
import tomllib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from chassis.settings import Settings
from cli.client import Caller, Client
from deploy.embedded import ports
from deploy.embedded.provision import Target
from deploy.embedded.services import GATEWAY, SERVED, healthy, schema_of
from gateway.settings import GatewaySettings
from tests.support.brokers import TestBroker
from tests.support.databases import worker_name
from tests.support.engine import Engine, create_database, drop_database

_START_PATIENCE = 60.0  # seconds
ACCOUNTS = tomllib.loads((Path(importlib.import_module("gateway").__path__[0]) / "sample_accounts.toml").read_text())


@dataclass
class System:
    """A running system. `system.signed_in("auditor")` speaks through the gateway with a real token."""

    target: Target
    broker: TestBroker
    settings: dict[str, Settings]
    url: str
    urls: dict[str, str]
    apps: dict[str, Any] = field(default_factory=dict)
    _clients: list[Client] = field(default_factory=list)
    _callers: dict[str, Caller] = field(default_factory=dict)

    def signed_in(self, account: str) -> Caller:
        """A sample account (see gateway/sample_accounts.toml), by its sign-in name; its token is kept."""
        if account not in self._callers:
            kind = next(row.get("kind") for row in ACCOUNTS["account"] if row["sign_in_name"] == account)
            client = self.client()
            sign_in = client.machine if kind == "client" else client.person
            self._callers[account] = sign_in(account, ACCOUNTS["secret"])
        return self._callers[account]

    def client(self) -> Client:
        """A client of the gateway, closed with the system."""
        client = Client(self.url, patience=5.0)
        self._clients.append(client)
        return client

    async def close(self) -> None:
        """Close the clients."""
        for client in self._clients:
            await client.__aexit__()


def _app(name: str, settings: Settings) -> Any:
    module = "gateway.app" if name == GATEWAY else f"services.{name}.app"
    return importlib.import_module(module).create_app(settings)


class _Thread(threading.Thread):
    """Serves the system's apps, and runs the steward, until told to stop."""

    def __init__(self, system: System, sockets: dict[str, socket.socket], names: Sequence[str]) -> None:
        super().__init__(name="system", daemon=True)
        self._system = system
        self._sockets = sockets
        self._names = names
        self._servers: list[uvicorn.Server] = []
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as fault:
            self.fault = fault  # raised by the fixture, in the test's own thread

    async def _serve(self) -> None:
        steward = self._system.broker.steward(self._system.target)
        await steward.tend()
        async with asyncio.TaskGroup() as group:
            tending = group.create_task(steward.run())
            serving = [group.create_task(self._one(name)) for name in self._names]
            await asyncio.wait(serving)
            tending.cancel()

    async def _one(self, name: str) -> None:
        app = _app(name, self._system.settings[name])
        self._system.apps[name] = app
        config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=2)
        server = uvicorn.Server(config)
        self._servers.append(server)
        await server.serve(sockets=[self._sockets[name]])
        if not server.started:
            raise RuntimeError(f"{name} did not start; see the captured log")

    def stop(self) -> None:
        for server in self._servers:
            server.should_exit = True
        self.join(20)
        for sock in self._sockets.values():
            sock.close()


async def _until_ready(system: System, thread: _Thread, names: Sequence[str]) -> None:
    async with asyncio.timeout(_START_PATIENCE):
        for name in names:
            port = int(system.urls[name].rpartition(":")[2])
            while not await healthy(port):
                if thread.fault is not None:
                    raise thread.fault


def _settings(target: Target, broker: TestBroker, workspace: Path, urls: dict[str, str]) -> dict[str, Settings]:
    """What each served process would be told by its environment."""
    made: dict[str, Settings] = {}
    for name in SERVED:
        schema = schema_of(name)
        told: dict[str, Any] = {
            "database_url": target.service_url(schema),
            **broker.settings(schema),
            "keys_dir": workspace / "keys",
            "blobs_url": (workspace / "system-blobs").as_uri(),
            "public_url": urls[GATEWAY],
            "pool_size": 5,
            "workers": 1,
            "log_level": "WARNING",
        }
        if name == GATEWAY:
            made[name] = GatewaySettings(**told, **{f"{n}_url": url for n, url in urls.items() if n != name})
        else:
            made[name] = Settings(**told)
    return made


@asynccontextmanager
async def running_system(
    target: Target, broker: TestBroker, workspace: Path, names: Sequence[str] = SERVED
) -> AsyncIterator[System]:
    """A system on that database and broker, or only some of its processes; stopped at the end of the block."""
    sockets = {name: ports.listening_socket() for name in SERVED}
    urls = {name: f"http://127.0.0.1:{sock.getsockname()[1]}" for name, sock in sockets.items()}
    system = System(target, broker, _settings(target, broker, workspace, urls), urls[GATEWAY], urls)
    thread = _Thread(system, sockets, names)
    thread.start()
    try:
        await _until_ready(system, thread, names)
        yield system
    finally:
        await system.close()
        thread.stop()


@pytest.fixture(scope="session")
async def system(engine: Engine, broker: TestBroker, workspace: Path, keys_dir: Path) -> AsyncIterator[System]:
    """This worker's running system, with nothing in it but the sample accounts. Shared: use fresh names."""
    target = await create_database(engine, f"dangan_{worker_name()}_system")
    async with running_system(target, broker, workspace) as running:
        yield running
    await drop_database(target)
