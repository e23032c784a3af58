"""The organisation's own provider, over real HTTP: discovery, keys, accounts at first sign-in."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.embedded.provision import Target
from gateway.edge import body, edge
from gateway.tokens.jwks import MAX_BYTES, IssuerDown, fetch_json
from tests.gateway.conftest import Running, start_gateway
from tests.gateway.issuing import compact, ec_key, public_jwk, sign
from tests.gateway.serving import Heard, StubService, answer_json, served
from tests.gateway.test_proxy import assert_problem, raw_exchange

RULES = """
[[rule]]
id = "f1"
issuer = "sso"
group = "档案馆"
role = "archivist"
unit = "*"

[[rule]]
id = "f2"
issuer = "sso"
client_id = "payroll"
role = "hr_system"
unit = "*"

[[rule]]
id = "f3"
issuer = "embedded"
group = "leaders"
role = "leader"
unit = "*"
"""


@pytest.fixture
async def provider() -> AsyncIterator[tuple[StubService, str]]:
    """A provider on this machine with one key, and its address."""
    stub = StubService()
    async with served(stub) as address:

        async def answer(heard: Heard, send: Any) -> None:
            if heard.path.endswith("/openid-configuration"):
                await answer_json(send, {"issuer": address, "jwks_uri": f"{address}/keys"})
            else:
                await answer_json(send, {"keys": [public_jwk(ec_key(), "k1", alg="ES256", use="sig")]})

        stub.answer = answer
        yield stub, address


@pytest.fixture
async def running(
    provider: tuple[StubService, str], gateway_database: Target, keys_dir: Path, workspace: Path, tmp_path: Path
) -> AsyncIterator[Running]:
    """A gateway that knows the provider beside the built-in one."""
    issuers, rules = tmp_path / "issuers.toml", tmp_path / "rolemap.toml"
    issuers.write_text(
        f'[[issuer]]\nname = "sso"\nissuer = "{provider[1]}"\naudience = "archive"\n'
        'claims = { name = "display_name", person_no = "staff_no", groups = "roles", client_id = "azp" }\n'
    )
    rules.write_text(RULES, encoding="utf-8")
    async with AsyncExitStack() as stack:
        yield await start_gateway(stack, gateway_database, keys_dir, workspace, issuers=issuers, rolemap=rules)


def bearer(issuer: str, **claims: Any) -> dict[str, str]:
    now = int(time.time())
    whole = {"iss": issuer, "aud": "archive", "exp": now + 600, "iat": now, **claims}
    token = compact({"alg": "ES256", "kid": "k1"}, whole, lambda message: sign(message, "ES256", ec_key()))
    return {"Authorization": f"Bearer {token.decode()}"}


async def test_a_person_of_the_organisation_signs_in(
    running: Running, provider: tuple[StubService, str], rows: asyncpg.Connection
):
    """By the names that its claims have; an account is made once, told of, and follows the provider."""
    stub, issuer = provider
    told = "select count(*) from outbox where subject like '%account.changed%'"
    before = await rows.fetchval(told)
    who = {"sub": f"u-{time.time_ns()}", "display_name": "高远", "staff_no": "90001", "roles": ["档案馆", "其他"]}
    first = (await running.client.get("/v1/me", headers=bearer(issuer, **who))).json()
    again = (await running.client.get("/v1/me", headers=bearer(issuer, **who, jti="2"))).json()
    assert first["account_id"] == again["account_id"]
    assert (first["name"], first["person_no"], first["issuer"], first["client"]) == ("高远", "90001", "sso", False)
    assert [(post["rule"], post["role"], post["unit_id"]) for post in first["posts"]] == [("f1", "archivist", "*")]
    assert await rows.fetchval(told) == before + 1
    renamed = (await running.client.get("/v1/me", headers=bearer(issuer, **{**who, "display_name": "高远山"}))).json()
    assert (renamed["account_id"], renamed["name"]) == (first["account_id"], "高远山")
    row = await rows.fetchrow("select version, name from account where issuer = 'sso' and subject = $1", who["sub"])
    assert tuple(row) == (2, "高远山")
    assert await rows.fetchval(told) == before + 2
    assert [heard.path for heard in stub.heard] == ["/.well-known/openid-configuration", "/keys"]


async def test_a_machine_of_the_organisation_is_a_client(running: Running, provider: tuple[StubService, str]):
    """Its subject is its client id."""
    me = (await running.client.get("/v1/me", headers=bearer(provider[1], sub="payroll", azp="payroll"))).json()
    assert (me["client"], [post["rule"] for post in me["posts"]]) == (True, ["f2"])


async def test_groups_of_one_provider_are_nothing_at_another(running: Running, provider: tuple[StubService, str]):
    """A group named like one of the built-in provider's gives nothing."""
    headers = bearer(provider[1], sub="u-9", display_name="某人", roles=["leaders"])
    me = (await running.client.get("/v1/me", headers=headers)).json()
    assert me["posts"] == []
    assert me["permissions"] == ["me:read", "task:list", "vocabulary:read"]


@pytest.mark.parametrize("wrong", [{"aud": "dangan"}, {"iss": "http://127.0.0.1:1"}, {"exp": 1}])
async def test_its_tokens_are_held_to_its_own_terms(
    running: Running, provider: tuple[StubService, str], wrong: dict[str, Any]
):
    """Audience, issuer and expiry of this provider."""
    headers = bearer(provider[1], **{"sub": "u-1", "roles": ["档案馆"], **wrong})
    assert_problem(await running.client.get("/v1/me", headers=headers), "not-signed-in")


async def test_a_provider_that_is_down_is_named(running: Running, provider: tuple[StubService, str]):
    """A token that cannot be checked is neither taken nor called wrong."""

    async def broken(_: Heard, send: Any) -> None:
        await answer_json(send, {}, 500)

    provider[0].answer = broken
    answer = await running.client.get("/v1/me", headers=bearer(provider[1], sub="u-1"))
    body_ = assert_problem(answer, "dependency-down")
    assert body_["dependency"] == "issuer sso"
    assert answer.headers["retry-after"] == "5"


@pytest.mark.parametrize("kind", ["redirect", "too large", "not json", "error"])
async def test_only_a_plain_small_document_is_read(provider: tuple[StubService, str], kind: str):
    """No redirects (they lead out of the allowed addresses), 256 KiB at most."""
    stub, address = provider

    async def answer(_: Heard, send: Any) -> None:
        if kind == "redirect":
            await answer_json(send, {}, 302, [(b"location", address.encode() + b"/keys")])
        elif kind == "error":
            await answer_json(send, {"keys": []}, 404)
        else:
            content = b"[" if kind == "not json" else b'"' + b"x" * MAX_BYTES + b'"'
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": content})

    stub.answer = answer
    with pytest.raises(IssuerDown):
        await fetch_json(f"{address}/keys")


async def test_more_requests_than_there_is_room_for_are_refused_at_once(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
):
    """503 with Retry-After, instead of waiting until memory runs out."""
    monkeypatch.setattr(edge, "AT_ONCE", 0)
    answer = await gateway.client.get("/v1/units")
    assert_problem(answer, "overloaded")
    assert answer.headers["retry-after"] == "2"


async def test_who_stops_sending_is_given_up(gateway: Running, monkeypatch: pytest.MonkeyPatch):
    """A body that does not go on frees the connection."""
    monkeypatch.setattr(body, "IDLE_SECONDS", 0.05)
    head = f"Authorization: Bearer {await gateway.token()}\r\nContent-Length: 100"
    answer = await raw_exchange(gateway, f"POST /v1/submissions HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n{{".encode())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"connection: close" in answer.lower()
