"""Fixtures of the transfer service's tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from chassis.deps import Deps
from chassis.settings import Settings
from services.transfer.app import create_app
from tests.services.transfer.desk import Desk, open_desk
from tests.services.transfer.door import Door


@pytest.fixture
async def desk(deps_for: Callable[..., Awaitable[Deps]], admin: asyncpg.Connection[Any]) -> Desk:
    """Transfer with its shipped rules on this worker's database, and a department of this test alone."""
    return await open_desk(await deps_for("transfer"), admin)


@pytest.fixture(scope="session")
async def door(settings_for: Callable[..., Settings]) -> AsyncIterator[Door]:
    """The service's HTTP, for callers that the gateway vouches for."""
    app = create_app(settings_for("transfer"))
    await app.state.deps.open()
    yield Door(app)
    await app.state.deps.close()
