"""Fixtures of the transfer service's tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from chassis.deps import Deps
from tests.services.transfer.desk import Desk, open_desk


@pytest.fixture
async def desk(deps_for: Callable[..., Awaitable[Deps]], admin: asyncpg.Connection[Any]) -> Desk:
    """Transfer with its shipped rules on this worker's database, and a department of this test alone."""
    return await open_desk(await deps_for("transfer"), admin)
