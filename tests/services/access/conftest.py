"""Fixtures of the access service's tests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from chassis.deps import Deps
from tests.services.access.office import Case, Office, new_case


@pytest.fixture
async def office(deps_for: Callable[..., Awaitable[Deps]], admin: asyncpg.Connection[Any]) -> Office:
    """Access with its shipped rules on this worker's database."""
    return Office(await deps_for("access"), admin)


@pytest.fixture
async def case(office: Office) -> Case:
    """Two units with their people, and a dossier."""
    return await new_case(office)
