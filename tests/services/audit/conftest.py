"""Fixtures of the audit service's tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from chassis.deps import Deps
from tests.services.audit.office import Office


@pytest.fixture
async def office(deps_for: Callable[..., Awaitable[Deps]], admin: asyncpg.Connection[Any]) -> Office:
    """Audit with its shipped rules on this worker's database."""
    return Office(await deps_for("audit"), admin)
