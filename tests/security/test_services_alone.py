"""Services answer nobody but the gateway: without its token for this very service, nothing."""

from __future__ import annotations

import time

import pytest

from chassis.identity import Caller, mint_internal
from chassis.keys import KeyRing
from cli.specs.openapi import SERVICES
from contracts.values.ids import new_id
from tests.security.calls import Endpoint, path_of
from tests.security.test_matrix import MATRIX, name_of
from tests.security.world import World

SOMEBODY = Caller(
    new_id("acc"), "某人", posts=(("archivist", "*"), ("submitter", "*"), ("leader", "*"), ("viewer", "*"))
)

INWARD = [endpoint for endpoint in MATRIX if endpoint[0] in SERVICES]


def address(world: World, service: str) -> str:
    return world.county.system.urls[service]


@pytest.mark.parametrize("endpoint", INWARD, ids=name_of)
async def test_a_service_refuses_who_comes_without_the_gateway(world: World, endpoint: Endpoint):
    """Also with a good access token, an internal token of another service, or one that has run out."""
    service, method, _ = endpoint
    key = KeyRing(world.county.system.settings[service].keys_dir).private_jwk("internal-token")
    another = next(name for name in SERVICES if name != service)
    outer = await world.token("archivist")
    attempts = {
        "nothing": {},
        "an access token": {"Authorization": f"Bearer {outer}"},
        "an access token as internal one": {"dangan-internal-token": outer},
        "another audience": {"dangan-internal-token": mint_internal(key, another, SOMEBODY, now=time.time())},
        "run out": {"dangan-internal-token": mint_internal(key, service, SOMEBODY, now=time.time() - 120)},
        "headers of old": {"X-User": SOMEBODY.account_id, "X-Roles": "archivist", "X-Forwarded-User": "archivist"},
    }
    path = path_of(endpoint, world.ids)
    for attempt, headers in attempts.items():
        answer = await world.http.request(
            method, address(world, service) + path, headers={"If-Match": '"1"', **headers}
        )
        assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in"), attempt


@pytest.mark.parametrize("service", SERVICES)
async def test_the_gateways_token_opens_its_service(world: World, service: str):
    """So that the refusals above are for the token and nothing else."""
    endpoint = next(one for one in INWARD if one[0] == service and one[1] == "GET" and "{" not in one[2])
    roles = {"transfer": "archivist", "audit": "auditor", "catalog": "archivist", "access": "leader"}
    key = KeyRing(world.county.system.settings[service].keys_dir).private_jwk("internal-token")
    caller = Caller(new_id("acc"), "某人", posts=((roles[service], "*"),))
    headers = {"dangan-internal-token": mint_internal(key, service, caller, now=time.time())}
    answer = await world.http.get(address(world, service) + endpoint[2], headers=headers)
    assert answer.status_code == 200
