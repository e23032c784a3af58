"""An office per test, on the worker's database."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from chassis.deps import Deps
from chassis.unit_of_work import UnitOfWork
from tests.services.catalog.office import Office


@pytest.fixture
async def office(
    deps_for: Callable[..., Awaitable[Deps]], uow_for: Callable[..., UnitOfWork], admin: asyncpg.Connection
) -> Office:
    """A unit of this test alone, with its archivist."""
    return await Office(await deps_for("catalog"), uow_for, admin).open()
