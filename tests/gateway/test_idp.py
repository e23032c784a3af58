"""The built-in identity provider: who gets a token, who is locked out, and where it does not run."""

import asyncio
import base64
import tomllib
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import httpx
import pytest
from jose import jwt

from contracts.roles import role_names
from deploy.embedded.provision import Target
from gateway.domain.lockout import MAX_FAILURES, WINDOW, Failures, after_failure, locked_for
from gateway.settings import HERE
from gateway.usecases.seed_accounts import SampleAccounts
from tests.gateway.conftest import SECRET, Running, start_gateway
from tests.gateway.test_proxy import assert_problem

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def grant(name: str, password: str) -> dict[str, str]:
    return {"grant_type": "password", "username": name, "password": password}


async def test_name_and_password_give_an_access_token(gateway: Running):
    """An RFC 9068 access token of one hour, by the provider's published key."""
    answer = await gateway.client.post("/idp/token", data=grant("auditor", SECRET))
    body = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    keys = (await gateway.client.get("/idp/.well-known/jwks.json")).json()
    claims = jwt.decode(body["access_token"], keys, algorithms=["ES256"], audience="dangan")
    assert claims["iss"] == f"{gateway.settings.public_url}/idp"
    assert (claims["sub"], claims["name"], claims["groups"]) == ("auditor", "钱国强", ["auditors"])
    assert claims["exp"] - claims["iat"] == 3600
    assert jwt.get_unverified_header(body["access_token"])["typ"] == "at+jwt"


async def test_discovery_names_issuer_and_keys(gateway: Running):
    """OpenID Connect Discovery 1.0."""
    found = (await gateway.client.get("/idp/.well-known/openid-configuration")).json()
    assert found["issuer"] == f"{gateway.settings.public_url}/idp"
    keys = (await gateway.client.get(found["jwks_uri"])).json()["keys"]
    assert [set(key) for key in keys] == [{"kid", "kty", "crv", "alg", "use", "x", "y"}]


@pytest.mark.parametrize("how", ["post", "basic"])
async def test_a_machine_signs_in_by_its_secret(gateway: Running, how: str):
    """client_secret_post and client_secret_basic."""
    data, headers = {"grant_type": "client_credentials"}, {}
    if how == "post":
        data |= {"client_id": "hr", "client_secret": SECRET}
    else:
        headers["Authorization"] = "Basic " + base64.b64encode(f"hr:{SECRET}".encode()).decode()
    answer = await gateway.client.post("/idp/token", data=data, headers=headers)
    claims = jwt.get_unverified_claims(answer.json()["access_token"])
    assert (claims["sub"], claims["client_id"]) == ("hr", "hr")


@pytest.mark.parametrize(
    "data",
    [
        grant("auditor", "wrong"),
        grant("nobody-here", SECRET),
        grant("hr", SECRET),  # a machine has no password grant
        grant("auditor", "x" * 1024),
        {"grant_type": "client_credentials", "client_id": "hr", "client_secret": "wrong"},
        {"grant_type": "client_credentials", "client_id": "auditor", "client_secret": SECRET},
    ],
)
async def test_a_wrong_name_or_secret_is_one_and_the_same_answer(gateway: Running, data: dict[str, str]):
    """Nothing tells whether the name exists."""
    answer = await gateway.client.post("/idp/token", data=data)
    assert_problem(answer, "sign-in-failed")
    assert "wrong" not in answer.text
    name = data.get("username") or data["client_id"]
    assert f'"{name}"' not in answer.text


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        ({}, {"/grant_type": "required"}),
        ({"grant_type": "implicit"}, {"/grant_type": "not-allowed-value"}),
        ({"grant_type": "password"}, {"/username": "required", "/password": "required"}),
        ({"grant_type": "password", "username": "a" * 300, "password": "x"}, {"/username": "too-long"}),
        ({"grant_type": "client_credentials", "client_id": "hr"}, {"/client_secret": "required"}),
    ],
)
async def test_an_incomplete_form_names_what_is_missing(gateway: Running, data: dict[str, str], faults: dict[str, str]):
    """All faults together, with pointers."""
    body = assert_problem(await gateway.client.post("/idp/token", data=data), "validation-failed")
    assert {fault["pointer"]: fault["code"] for fault in body["errors"]} == faults


async def test_five_failures_lock_a_name_and_the_right_password_no_longer_helps(
    gateway: Running, rows: asyncpg.Connection
):
    """For 15 minutes from the first failure, then it may try again; the lock is in the journal."""
    for _ in range(MAX_FAILURES):
        assert_problem(await gateway.client.post("/idp/token", data=grant("leader", "wrong")), "sign-in-failed")
    locked = await gateway.client.post("/idp/token", data=grant("leader", SECRET))
    assert_problem(locked, "sign-in-locked")
    assert 0 < int(locked.headers["retry-after"]) <= WINDOW.total_seconds() + 1
    journal = await rows.fetch("select resource from journal where verb = 'account.locked'")
    account = (await gateway.client.get("/v1/me", headers=await gateway.auth("auditor"))).json()
    assert len(journal) == 1
    assert journal[0]["resource"] != f"accounts/{account['account_id']}"
    await rows.execute("update sign_in_guard set since = since - interval '16 minutes'")
    assert await gateway.token("leader")
    assert await rows.fetchval("select count(*) from sign_in_guard where failures >= 5") == 0


async def test_a_name_that_does_not_exist_is_locked_as_well(gateway: Running):
    """A lock betrays no account."""
    for _ in range(MAX_FAILURES):
        await gateway.client.post("/idp/token", data=grant("ghost", "wrong"))
    assert_problem(await gateway.client.post("/idp/token", data=grant("ghost", "wrong")), "sign-in-locked")


async def test_guesses_sent_together_are_counted_one_by_one(gateway: Running):
    """Twenty at once are five tries and fifteen refusals."""
    sent = [gateway.client.post("/idp/token", data=grant("digitizer", f"guess-{n}")) for n in range(20)]
    codes = [answer.json()["code"] for answer in await asyncio.gather(*sent)]
    assert sorted(codes) == ["sign-in-failed"] * MAX_FAILURES + ["sign-in-locked"] * (20 - MAX_FAILURES)


async def test_a_success_clears_the_failures_before_it(gateway: Running):
    """Four failures, a success, four more: never locked."""
    for _ in range(2):
        for _ in range(MAX_FAILURES - 1):
            await gateway.client.post("/idp/token", data=grant("adjudicator", "wrong"))
        assert await gateway.token("adjudicator")


@pytest.mark.parametrize(
    ("count", "age", "locked"),
    [(0, 0, False), (4, 0, False), (5, 0, True), (5, 899, True), (5, 900, False), (50, 10, True), (50, 900, False)],
)
def test_a_lock_ends_with_its_window(count: int, age: int, locked: bool):
    """Five failures lock until 15 minutes after the first of them."""
    failures = Failures(count, NOW - timedelta(seconds=age)) if count else None
    assert (locked_for(failures, NOW) is not None) == locked


def test_a_window_that_has_passed_begins_anew():
    """Old failures do not add up for ever."""
    assert after_failure(None, NOW) == Failures(1, NOW)
    assert after_failure(Failures(3, NOW - WINDOW), NOW) == Failures(1, NOW)
    assert after_failure(Failures(3, NOW), NOW) == Failures(4, NOW)


async def test_a_switched_off_account_gets_no_token_and_its_token_stops(gateway: Running, rows: asyncpg.Connection):
    """Within half a minute the old token is refused; here the memory of it is emptied instead of waiting."""
    headers = await gateway.auth("auditor-3")
    assert (await gateway.client.get("/v1/me", headers=headers)).status_code == 200
    try:
        await rows.execute("update account set active = false where subject = 'auditor-3'")
        failed = await gateway.client.post("/idp/token", data=grant("auditor-3", SECRET))
        assert_problem(failed, "sign-in-failed")
        gateway.forget()
        assert_problem(await gateway.client.get("/v1/me", headers=headers), "not-signed-in")
    finally:
        await rows.execute("update account set active = true where subject = 'auditor-3'")


async def test_secrets_are_kept_as_argon2id(rows: asyncpg.Connection, gateway: Running):
    """With a salt each: equal secrets have different hashes."""
    hashes = [row["secret_hash"] for row in await rows.fetch("select secret_hash from credential")]
    assert hashes
    assert all(one.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for one in hashes)
    assert len(set(hashes)) == len(hashes)


async def test_sample_accounts_are_made_once_and_told_of(gateway: Running, rows: asyncpg.Connection):
    """A second start adds none; each was told as `account.changed` without a name."""
    made = await rows.fetchval("select count(*) from account where issuer = 'embedded'")
    told = await rows.fetch(
        "select convert_from(body, 'UTF8') as body from outbox where subject like '%account.changed%'"
    )
    assert made == 18
    assert len(told) >= made
    assert not any("谭文清" in row["body"] for row in told)


async def test_there_is_a_sample_account_for_each_role():
    """At least one a role, two auditors and more, and every rule of the shipped mapping has somebody."""
    sample = SampleAccounts.model_validate(tomllib.loads((HERE / "sample_accounts.toml").read_text("utf-8")))
    rules = tomllib.loads((HERE / "rolemap.toml").read_text("utf-8"))["rule"]
    groups = [group for account in sample.account for group in account.groups]
    clients = [account.sign_in_name for account in sample.account if account.kind == "client"]
    assert groups.count("auditors") >= 2
    assert all(rule.get("group") in groups or rule.get("client_id") in clients for rule in rules)
    assert {rule["role"] for rule in rules} == set(role_names())


async def test_production_has_no_provider_and_takes_none_of_its_tokens(
    gateway: Running, gateway_database: Target, keys_dir: Path, workspace: Path, tmp_path: Path
):
    """`/idp` is not there, and a token that it signed earlier is refused."""
    (tmp_path / "issuers.toml").write_text('[[issuer]]\nname = "sso"\nissuer = "https://sso.example"\n')
    (tmp_path / "rolemap.toml").write_text(
        '[[rule]]\nid = "r1"\nissuer = "sso"\ngroup = "g"\nrole = "viewer"\nunit = "*"\n'
    )
    token = await gateway.token("leader")
    async with AsyncExitStack() as stack:
        running = await start_gateway(
            stack, gateway_database, keys_dir, workspace,
            profile="production", issuers=tmp_path / "issuers.toml", rolemap=tmp_path / "rolemap.toml",
        )  # fmt: skip
        assert_problem(await running.client.post("/idp/token", data=grant("leader", SECRET)), "not-found")
        assert_problem(await running.client.get("/idp/.well-known/jwks.json"), "not-found")
        refused: httpx.Response = await running.client.get("/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert_problem(refused, "not-signed-in")
