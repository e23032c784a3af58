"""Fixtures of the security tests."""

from tests.security.world import world

__all__ = ["world"]
