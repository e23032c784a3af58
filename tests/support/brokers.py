"""One NATS server a worker, with the stream and the durables that the steward makes."""

import tempfile
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.aio.client import Client

from deploy.embedded import engines, ports
from deploy.embedded.layout import Passwords
from deploy.embedded.nats import Nats
from deploy.embedded.provision import Target
from deploy.embedded.reach import unprivileged
from deploy.embedded.steward import Access, Steward
from tests.support.engine import Engine


@dataclass(frozen=True)
class TestBroker:
    """This worker's NATS server."""

    __test__ = False

    server: Nats
    passwords: Passwords

    def settings(self, service: str) -> dict[str, str]:
        """What a service is told of it."""
        return {
            "nats_url": self.server.url,
            "nats_user": service,
            "nats_password": self.passwords.nats[service],
        }

    def steward(self, target: Target, warn: Callable[[str], None] = lambda _: None) -> Steward:
        """A steward of this broker and that database."""
        url, password = self.server.url, self.passwords.nats_admin
        return Steward(Access(url, password, self.server.monitor_url, target.admin_url()), warn)

    async def connect(self, user: str, **options: Any) -> Client:
        """A connection as one service or as `admin`."""
        password = self.passwords.nats_admin if user == "admin" else self.passwords.nats[user]
        inbox = {} if user == "admin" else {"inbox_prefix": f"_INBOX.{user}".encode()}
        return await nats.connect(self.server.url, user=user, password=password, **inbox, **options)


def _folder(engine: Engine) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="nats-", dir=engine.folder))
    folder.chmod(0o711)  # the server runs as nobody where root runs the tests
    return folder


async def start_broker(engine: Engine) -> TestBroker:
    """A server whose files go with the run's engine directory."""
    uid, folder, passwords = unprivileged(), _folder(engine), engine.passwords
    server = Nats(
        engines.nats_bin(uid), folder / "nats", ports.free_port(), ports.free_port(), folder / "nats.log", uid
    )
    server.configure(passwords.nats_admin, passwords.nats_system, passwords.nats)
    await server.start()
    return TestBroker(server, passwords)


@pytest.fixture(scope="session")
async def broker(engine: Engine) -> AsyncIterator[TestBroker]:
    """This worker's NATS server."""
    running = await start_broker(engine)
    yield running
    running.server.stop()


@pytest.fixture
async def fresh_broker(engine: Engine) -> AsyncIterator[TestBroker]:
    """A NATS server of this test alone, for tests that stop it or delete its files."""
    running = await start_broker(engine)
    yield running
    running.server.stop()
