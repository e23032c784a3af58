"""One service's dependencies and units of work on this worker's database, for use-case and store tests."""

import importlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from chassis.deps import Deps
from chassis.identity import Caller, Roots
from chassis.keys import KeyRing
from chassis.settings import Settings
from chassis.unit_of_work import IdempotencyKey, UnitOfWork
from contracts.values.ids import new_id
from deploy.embedded.provision import Target
from tests.support.engine import Engine

NO_BROKER = "nats://127.0.0.1:1"
"""An address where nothing listens: use-case tests look at the outbox, not at the broker."""


@pytest.fixture(scope="session")
def workspace(engine: Engine) -> Path:
    """A directory of this worker, with keys and blobs; it goes with the run's engine directory."""
    return Path(tempfile.mkdtemp(prefix="work-", dir=engine.folder))


@pytest.fixture(scope="session")
def keys_dir(workspace: Path) -> Path:
    """A directory with one key a purpose."""
    KeyRing.ensure(workspace / "keys")
    return workspace / "keys"


@pytest.fixture(scope="session")
def settings_for(database: Target, keys_dir: Path, workspace: Path) -> Callable[..., Settings]:
    """`settings_for("transfer", **changes)`: what that service's process would be told."""

    def make(service: str, target: Target = database, **changes: Any) -> Settings:
        told: dict[str, Any] = {
            "database_url": target.service_url(service),
            "nats_url": NO_BROKER,
            "nats_user": service,
            "nats_password": "none",
            "keys_dir": keys_dir,
            "blobs_url": (workspace / "blobs").as_uri(),
            "pool_size": 4,
            "workers": 1,
            "log_level": "WARNING",
        }
        return Settings(**{**told, **changes})

    return make


def rules_of(service: str) -> Any:
    """The rules that the service's app would load."""
    module = "gateway.app" if service == "identity" else f"services.{service}.app"
    return importlib.import_module(module).SPEC.load_rules()


@pytest.fixture(scope="session")
async def deps_for(settings_for: Callable[..., Settings]) -> AsyncIterator[Callable[..., Awaitable[Deps]]]:
    """`await deps_for("transfer")`: that service's dependencies with its shipped rules, made once a worker.

    `rules=` gives others (and other dependencies), as a test of a changed rule needs.
    """
    made: dict[str, Deps] = {}
    async with AsyncExitStack() as stack:

        async def make(service: str, rules: Any = None) -> Deps:
            if rules is None and service in made:
                return made[service]
            deps = Deps(service, settings_for(service), rules if rules is not None else rules_of(service))
            await deps.open()
            stack.push_async_callback(deps.close)
            if rules is None:
                made[service] = deps
            return deps

        yield make


@pytest.fixture(scope="session")
async def uow_for(settings_for: Callable[..., Settings]) -> AsyncIterator[Callable[..., UnitOfWork]]:
    """`uow_for("transfer", caller)`: a unit of work; without a caller the service's own. `async with` it.

    `roots` is the scope: units, or `*` (the default).
    """
    made: dict[str, Deps] = {}

    def make(
        service: str,
        caller: Caller | None = None,
        roots: Roots = "*",
        idempotency: IdempotencyKey | None = None,
    ) -> UnitOfWork:
        if service not in made:
            made[service] = Deps(service, settings_for(service), None)
        who = caller or Caller.service(service)
        return made[service].unit_of_work(who, roots, idempotency=idempotency)

    yield make
    for deps in made.values():
        await deps.db.engine.dispose()


def somebody(role: str, unit: str = "*", *, name: str = "王小明", person_no: str | None = None) -> Caller:
    """A person with one post, under a fresh account."""
    return Caller(account_id=new_id("acc"), name=name, person_no=person_no, posts=((role, unit),))
