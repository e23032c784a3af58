"""Fixtures for all tests; each lives with what it starts, in tests/support."""

pytest_plugins = [
    "tests.support.plugin",
    "tests.support.databases",
    "tests.support.rooms",
    "tests.support.brokers",
    "tests.support.system",
    "tests.support.county",
]
