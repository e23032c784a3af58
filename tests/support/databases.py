"""Databases for tests, each a copy of the run's migrated template."""

import os
from collections.abc import AsyncIterator
from itertools import count

import asyncpg
import pytest

from deploy.embedded.provision import Target
from tests.support.engine import Engine, create_database, drop_database

_numbers = count(1)


def worker_name() -> str:
    """`gw0`, `gw1` … under xdist, `main` without."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
async def database(engine: Engine) -> AsyncIterator[Target]:
    """This worker's database. Shared by its tests: use fresh ids, never count all rows."""
    target = await create_database(engine, f"dangan_{worker_name()}")
    yield target
    await drop_database(target)


@pytest.fixture
async def fresh_database(engine: Engine) -> AsyncIterator[Target]:
    """A database of this test alone, for tests that count rows or break things."""
    target = await create_database(engine, f"dangan_{worker_name()}_{next(_numbers)}")
    yield target
    await drop_database(target)


@pytest.fixture(scope="module")
async def module_database(engine: Engine) -> AsyncIterator[Target]:
    """A database of this module alone, for tests that only read what a fixture of the module put there."""
    target = await create_database(engine, f"dangan_{worker_name()}_{next(_numbers)}")
    yield target
    await drop_database(target)


@pytest.fixture
async def admin(database: Target) -> AsyncIterator[asyncpg.Connection]:
    """The superuser's connection to this worker's database: sees every row, for assertions."""
    connection = await asyncpg.connect(database.admin_url())
    yield connection
    await connection.close()
