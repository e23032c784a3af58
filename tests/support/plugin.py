"""Starts the run's PostgreSQL where it belongs: in the xdist controller, else in the only process.

And says in which order tests run: the running system and what stands in it take a minute to make, so its tests lie
together in the first half, which one of two workers gets; the other begins with those that start processes of their
own. Who has ended takes over half of what the other has left, from its end, where tests are short.
"""

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import WorkStealingScheduling

from deploy.embedded.layout import TREE
from tests.support.engine import Engine, RunningEngine, start_engine

# Pytest keeps the directories of its last runs: in the tree, so that a run leaves nothing outside.
_KEPT = TREE / ".pytest_cache" / "tmp"
_KEPT.mkdir(parents=True, exist_ok=True)
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_KEPT))

# Machines are shared: how long an example takes says nothing about the code.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

_OWN_PROCESSES = ("tests/faults/", "tests/races/", "tests/deploy/", "tests/cli/")

_RUNNING = pytest.StashKey[RunningEngine]()


def pytest_configure(config: pytest.Config) -> None:
    """Under xdist the controller owns the server, because any worker may end before the others."""
    distributes = config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")
    if distributes and not config.getoption("collectonly"):
        config.stash[_RUNNING] = start_engine()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The same order in every worker. Within a part the files keep theirs."""
    parts: tuple[list[pytest.Item], ...] = ([], [], [])
    for item in items:
        shared = "system" in getattr(item, "fixturenames", ())
        parts[0 if shared else 1 if item.nodeid.startswith(_OWN_PROCESSES) else 2].append(item)
    system, own, rest = parts
    half = max(len(items) // 2 - len(system), 0)
    items[:] = [*system, *rest[:half], *own, *rest[half:]]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Half of the tests for each of two workers, and what is left for whoever has ended; unless the command line names
    another way."""
    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell each worker where the server is."""
    node.workerinput["dangan_engine"] = node.config.stash[_RUNNING].engine.describe()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server; also after Ctrl-C or an internal error."""
    running = config.stash.get(_RUNNING, None)
    if running is not None:
        running.stop()


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> Engine:
    """The run's PostgreSQL server."""
    told = getattr(request.config, "workerinput", {}).get("dangan_engine")
    if told is not None:
        return Engine.described(told)
    if _RUNNING not in request.config.stash:
        request.config.stash[_RUNNING] = start_engine()
    return request.config.stash[_RUNNING].engine
