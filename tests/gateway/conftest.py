"""A gateway on real sockets and the real database, with stubs in place of the services."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from contracts.values.ids import new_id, to_uuid
from deploy.embedded.provision import Target
from gateway.app import create_app
from gateway.edge.edge import Edge
from gateway.settings import GatewaySettings
from tests.gateway.serving import StubService, loopback_socket, served
from tests.support.databases import worker_name
from tests.support.engine import Engine, create_database, drop_database
from tests.support.rooms import NO_BROKER

SERVICES = ("catalog", "audit", "transfer", "access")
SECRET = "qinglan-sample-only"


@dataclass
class Running:
    """A running gateway with a client, its stubs and its settings."""

    client: httpx.AsyncClient
    stubs: dict[str, StubService]
    settings: GatewaySettings
    edge: Edge

    def forget(self) -> None:
        """Let the gateway look every caller up anew, as it does after half a minute."""
        self.edge.border.principals.forget()

    async def token(self, name: str = "submitter") -> str:
        """An access token of a sample account."""
        grant = {"grant_type": "password", "username": name, "password": SECRET}
        if name == "hr":
            grant = {"grant_type": "client_credentials", "client_id": name, "client_secret": SECRET}
        answer = await self.client.post("/idp/token", data=grant)
        assert answer.status_code == 200, answer.text
        return answer.json()["access_token"]

    async def auth(self, name: str = "submitter", **headers: str) -> dict[str, str]:
        """Headers that sign a sample account in."""
        return {"Authorization": f"Bearer {await self.token(name)}", **headers}


def gateway_settings(target: Target, keys_dir: Path, folder: Path, public_url: str, **changes: Any) -> GatewaySettings:
    """Settings of a gateway on a test's database."""
    told: dict[str, Any] = {
        "database_url": target.service_url("identity"),
        "nats_url": NO_BROKER,
        "nats_user": "identity",
        "nats_password": "none",
        "keys_dir": keys_dir,
        "blobs_url": (folder / "blobs").as_uri(),
        "public_url": public_url,
        "pool_size": 4,
        "log_level": "ERROR",
        **{f"{name}_url": "http://127.0.0.1:1" for name in SERVICES},
    }
    return GatewaySettings(**{**told, **changes})


async def start_gateway(stack: AsyncExitStack, target: Target, keys_dir: Path, folder: Path, **changes: Any) -> Running:
    """A gateway in front of four stubs; everything ends with `stack`."""
    stubs = {name: StubService() for name in SERVICES}
    urls = {f"{name}_url": await stack.enter_async_context(served(stub)) for name, stub in stubs.items()}
    listening = loopback_socket()
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = gateway_settings(target, keys_dir, folder, address, **{**urls, **changes})
    edge = create_app(settings)
    await stack.enter_async_context(served(edge, listening))
    client = httpx.AsyncClient(base_url=address, timeout=20, trust_env=False)
    await stack.enter_async_context(client)
    return Running(client, stubs, settings, edge)


@pytest.fixture(scope="session")
async def gateway_database(engine: Engine) -> AsyncIterator[Target]:
    """A database for the gateway's tests: the sample's unit paths stand in it, with units of our own."""
    target = await create_database(engine, f"dangan_gateway_{worker_name()}")
    yield target
    await drop_database(target)


@pytest.fixture(scope="session")
async def shared_gateway(gateway_database: Target, keys_dir: Path, workspace: Path) -> AsyncIterator[Running]:
    """This worker's gateway."""
    async with AsyncExitStack() as stack:
        yield await start_gateway(stack, gateway_database, keys_dir, workspace)


@pytest.fixture
def gateway(shared_gateway: Running) -> Running:
    """This worker's gateway, with stubs that remember nothing of earlier tests."""
    for stub in shared_gateway.stubs.values():
        stub.heard.clear()
        stub.answer = stub.early = None
    return shared_gateway


@pytest.fixture
async def rows(gateway_database: Target) -> AsyncIterator[asyncpg.Connection]:
    """The superuser's view of the gateway's schema, for assertions."""
    connection = await asyncpg.connect(gateway_database.admin_url())
    await connection.execute("set search_path = identity")
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def sample_units(gateway_database: Target) -> dict[str, str]:
    """Ids of sample units, as if transfer had told of them."""
    units: dict[str, str] = {}
    connection = await asyncpg.connect(gateway_database.admin_url())
    for path in ("QL", "QL/QL01", "QL/QL06", "QL/QL07"):
        codes = path.split("/")
        units[path] = new_id("unt")
        above = [units["/".join(codes[: depth + 1])] for depth in range(len(codes))]
        await connection.execute(
            "insert into identity.unit_scope values ($1, $2, $3, $4, true, 1)",
            to_uuid(units[path]), [to_uuid(unit) for unit in above], codes, codes[-1],
        )  # fmt: skip
    await connection.close()
    return units
