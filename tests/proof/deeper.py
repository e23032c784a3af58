"""`pytest -p tests.proof.deeper`: every property is tried with ten times as many examples, and never in haste."""

from __future__ import annotations

import pytest
from hypothesis import settings

TIMES = 10
_HELD = "_hypothesis_internal_use_settings"  # where `@settings` leaves them; a profile would not reach these


def pytest_configure(config: pytest.Config) -> None:
    """The profile of properties that name no settings of their own."""
    settings.register_profile("deeper", max_examples=settings().max_examples * TIMES, deadline=None)
    settings.load_profile("deeper")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """And of those that do."""
    for item in items:
        test = getattr(item, "obj", None)
        own: settings | None = getattr(test, _HELD, None)
        if test is not None and own is not None and own is not settings.default:
            target = getattr(test, "__func__", test)
            setattr(target, _HELD, settings(own, max_examples=own.max_examples * TIMES, deadline=None))
