"""Who may call what: `matrix.csv`, written by hand, against the running system.

One line an endpoint, one column a role. `allow`: the role may, for what is in its scope and in a fitting state.
`deny`: 403 `role-missing` (401 for nobody), and nothing whatever changes.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from cli.specs.openapi import GATEWAY
from contracts.roles import role_names
from tests.security.calls import BODIES, Endpoint, options_of, path_of, renewed
from tests.security.snapshot import snapshot, until_quiet
from tests.security.world import ACCOUNT_OF, World
from tests.support.published import published

ANONYMOUS = "anonymous"
MATRIX = {
    (row["service"], row["method"], row["path"]): row
    for row in csv.DictReader(Path(__file__).with_name("matrix.csv").read_text(encoding="utf-8").splitlines())
}
ROLES = (ANONYMOUS, *role_names())


def name_of(endpoint: Endpoint) -> str:
    return " ".join(endpoint)


def with_verdict(verdict: str) -> list[Endpoint]:
    return [endpoint for endpoint, row in MATRIX.items() if any(row[role] == verdict for role in ROLES)]


def reachable() -> set[Endpoint]:
    """Every endpoint that can be reached through the gateway."""
    return {
        (service, method.upper(), path)
        for service, document in published().items()
        for path, item in document["paths"].items()
        for method in item
        if (path, service != GATEWAY) != ("/v1/tasks", True)  # the gateway's own list stands in front of theirs
    }


def test_the_matrix_lists_every_endpoint_and_nothing_else():
    """A new endpoint needs a line of its own, and somebody who thinks about it."""
    assert set(MATRIX) == reachable()


def test_every_cell_is_decided_and_every_line_has_a_reason():
    """No blanks, no other words; one column a role of roles.toml."""
    for endpoint, row in MATRIX.items():
        assert set(row) == {"service", "method", "path", *ROLES, "reason"}, endpoint
        assert {row[role] for role in ROLES} <= {"allow", "deny"}, endpoint
        assert len(row["reason"]) > 10, endpoint
    assert set(ACCOUNT_OF) == set(role_names())


def test_every_write_has_a_request_that_would_go_through():
    """A deny is only worth something if the same request works for another."""
    writes = {endpoint for endpoint in MATRIX if endpoint[1] in ("POST", "PATCH", "PUT")}
    assert writes - set(BODIES) == {("transfer", "POST", "/v1/uploads"), (GATEWAY, "POST", "/idp/token")}


@pytest.fixture(scope="session")
async def rows(world: World) -> AsyncIterator[asyncpg.Connection]:
    """The superuser's connection to the running system's database; it keeps the plans of its long queries."""
    connection = await asyncpg.connect(world.county.system.target.admin_url(), max_cacheable_statement_size=0)
    yield connection
    await connection.close()


@pytest.mark.parametrize("endpoint", with_verdict("deny"), ids=name_of)
async def test_who_may_not_is_refused_and_changes_nothing(world: World, rows: asyncpg.Connection, endpoint: Endpoint):
    """The same refusal for every role without the permission; not a row is added, changed or lost."""
    denied = [role for role in ROLES if MATRIX[endpoint][role] == "deny"]
    for role in denied:
        if role != ANONYMOUS:
            await world.token(role)  # signing in may write; being refused may not
    await until_quiet(rows)
    before = await snapshot(rows)

    async def told(role: str) -> tuple[int, str]:
        who, options = None if role == ANONYMOUS else role, options_of(world, endpoint, world.ids)
        answer = await world.call(who, endpoint[1], path_of(endpoint, world.ids), **options)
        return answer.status_code, answer.json()["code"]

    refusals = dict(zip(denied, await asyncio.gather(*map(told, denied)), strict=True))
    assert refusals == {role: (401, "not-signed-in") if role == ANONYMOUS else (403, "role-missing") for role in denied}
    after = await snapshot(rows)
    assert {name for name in before if before[name] != after[name]} == set()


@pytest.mark.parametrize("endpoint", with_verdict("allow"), ids=name_of)
async def test_who_may_is_let_through(world: World, endpoint: Endpoint):
    """The very request that others are refused goes through, so that a refusal is for the role and nothing else."""
    for role in (role for role in ROLES if MATRIX[endpoint][role] == "allow"):
        who = None if role == ANONYMOUS else role
        ids = await renewed(world, endpoint, role)
        path, options = path_of(endpoint, ids), options_of(world, endpoint, ids)
        answer = await world.call(who, endpoint[1], path, **options)
        if answer.status_code == 412:  # earlier requests moved the version on
            options["headers"]["If-Match"] = f'"{answer.json()["version"]}"'
            answer = await world.call(who, endpoint[1], path, **options)
        assert answer.is_success, (role, answer.text)
