"""A chassis on the real database: the schema `audit` stands for any service."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from chassis.deps import Deps
from chassis.keys import KeyRing
from chassis.settings import Settings
from deploy.embedded.provision import Target


def settings_for(
    target: Target, folder: Path, service: str = "audit", nats_url: str = "nats://127.0.0.1:1"
) -> Settings:
    """Settings of one service on a test's database; without a broker unless one is named."""
    KeyRing.ensure(folder / "keys")
    return Settings(
        profile="sandbox",
        database_url=target.service_url(service),
        nats_url=nats_url,
        nats_user=service,
        nats_password="unused",
        keys_dir=folder / "keys",
        blobs_url=f"file://{folder}/blobs",
        public_url="http://dangan.test",
        workers=1,
    )


@pytest.fixture
async def deps(fresh_database: Target, tmp_path: Path) -> AsyncIterator[Deps]:
    """The things of a service named `audit`, on a database of its own."""
    deps = Deps("audit", settings_for(fresh_database, tmp_path), None)
    await deps.open()
    yield deps
    await deps.close()


@pytest.fixture
async def rows(fresh_database: Target) -> AsyncIterator[asyncpg.Connection]:
    """The superuser's view of the same database."""
    connection = await asyncpg.connect(fresh_database.admin_url())
    await connection.execute("set search_path = audit")
    yield connection
    await connection.close()
