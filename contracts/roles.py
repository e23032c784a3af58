"""Roles and what each may do, read from `roles.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("roles.toml")


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def role_names() -> tuple[str, ...]:
    """Every role, in the order of the file."""
    return tuple(_table()["roles"])


@cache
def permissions_of(role: str) -> frozenset[str]:
    """Permissions of one role; an unknown role has none."""
    entry = _table()["roles"].get(role)
    return frozenset(entry["permissions"]) if entry else frozenset()


@cache
def permissions_of_everyone() -> frozenset[str]:
    """Permissions of each signed-in account, with or without a role."""
    return frozenset(_table()["everyone"]["permissions"])


@cache
def all_permissions() -> frozenset[str]:
    """Every permission that somebody holds."""
    return permissions_of_everyone().union(*(permissions_of(role) for role in role_names()))


def separation_conflict(roles: Iterable[str]) -> tuple[str, str] | None:
    """Two roles that one account may not hold together (三员分立), or None."""
    held = sorted(set(roles))
    separated = [role for role in held if role in _table()["separation"]["separated"]]
    if separated and len(held) > 1:
        return separated[0], next(role for role in held if role != separated[0])
    return None
