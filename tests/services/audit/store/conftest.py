"""One database a module, filled by what the module says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import asyncpg
import pytest

from chassis.deps import Deps
from chassis.settings import Settings
from deploy.embedded.provision import Target
from services.audit.app import SPEC
from tests.services.audit.store.archive import OPENING, Archive


@pytest.fixture(scope="module")
async def archive(
    request: pytest.FixtureRequest, module_database: Target, settings_for: Callable[..., Settings]
) -> AsyncIterator[Archive]:
    """The module's `ROWS` in a database of its own, with figures of its `TABLES` for the planner."""
    admin = await asyncpg.connect(module_database.admin_url())
    deps = Deps("audit", settings_for("audit", module_database), SPEC.load_rules())
    try:
        await admin.execute(OPENING)
        await admin.execute(request.module.ROWS)
        for table in request.module.TABLES:
            await admin.execute(f"vacuum analyze audit.{table}")
        await deps.open()
        yield Archive(deps, admin)
    finally:
        await deps.close()
        await admin.close()
