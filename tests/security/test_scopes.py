"""A role opens only what is in the units of its post; the rest is not there (404, never 403)."""

from __future__ import annotations

import asyncpg
import pytest

from tests.security.calls import Endpoint, options_of, path_of
from tests.security.snapshot import snapshot, until_quiet
from tests.security.test_matrix import MATRIX, name_of, rows
from tests.security.world import World

__all__ = ["rows"]

OTHER = "submitter-finance"
"""Holds the role `submitter` in the finance bureau; everything in the world belongs to the education bureau."""


def of_one_submission() -> list[Endpoint]:
    return [
        endpoint
        for endpoint, row in MATRIX.items()
        if endpoint[0] == "transfer" and row["submitter"] == "allow" and "{" in endpoint[2]
    ]


@pytest.mark.parametrize("endpoint", of_one_submission(), ids=name_of)
async def test_another_units_work_is_not_there(world: World, rows: asyncpg.Connection, endpoint: Endpoint):
    """Neither to be read nor to be changed, and nothing tells that it exists."""
    other = world.county.signed_in(OTHER)
    await other.token()
    await until_quiet(rows)
    before = await snapshot(rows)
    options = options_of(world, endpoint, world.ids)
    answer = await other.send(endpoint[1], path_of(endpoint, world.ids), **options)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    after = await snapshot(rows)
    assert {name for name in before if before[name] != after[name]} == set()


async def test_lists_hold_only_what_is_in_scope(world: World):
    """The finance bureau's clerk sees no submission of the education bureau."""
    listed = [row["id"] async for row in world.county.signed_in(OTHER).every("/v1/submissions")]
    assert world.ids["submission_id"] not in listed
    seen = [row["id"] async for row in world.county.signed_in("submitter").every("/v1/submissions")]
    assert world.ids["submission_id"] in seen


async def test_nobody_hands_in_for_another_unit(world: World, rows: asyncpg.Connection):
    """Naming a unit out of one's scope is refused as if there were none."""
    other = world.county.signed_in(OTHER)
    await other.token()
    await until_quiet(rows)
    before = await snapshot(rows)
    body = {"unit_id": world.ids["unit_id"], "subject": world.county.subject()}
    answer = await other.send("POST", "/v1/submissions", json=body, headers={"Idempotency-Key": "k-another-unit"})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/unit_id")
    assert await snapshot(rows) == before
