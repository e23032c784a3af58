"""What makes one of two win, taken away: a run without it must fail, or the checker is blind.

Applied in the test process; the product has no switch for any of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from sqlalchemy.sql import selectable

import chassis.web
from chassis.unit_of_work import UnitOfWork


@contextmanager
def no_versions() -> Iterator[None]:
    """Whatever version somebody saw is taken for the last."""

    async def check_version(*_: Any, **__: Any) -> None:
        return None

    original, name = chassis.web.check_version, "check_version"
    there = [module for module in list(sys.modules.values()) if getattr(module, name, None) is original]
    with ExitStack() as patches:
        for module in there:
            patches.enter_context(mock.patch.object(module, name, check_version))
        yield


@contextmanager
def no_row_locks() -> Iterator[None]:
    """`select … for update` reads without holding what it reads."""

    def unheld(self: Any, **_: Any) -> Any:
        return self

    with mock.patch.object(selectable.GenerativeSelect, "with_for_update", unheld):
        yield


@contextmanager
def no_named_locks() -> Iterator[None]:
    """Locks by name, which leave no trace, are not taken."""

    async def lock(*_: Any) -> None:
        return None

    with mock.patch.object(UnitOfWork, "lock", lock):
        yield


GUARDS: Mapping[str, Callable[[], Any]] = {
    "versions": no_versions,
    "row-locks": no_row_locks,
    "named-locks": no_named_locks,
}
