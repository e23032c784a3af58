"""The gateway in front of services: who is let through, what crosses, what happens when something is down."""

import asyncio
import base64
import json
import os
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from chassis.identity import InternalTokens
from chassis.keys import KeyRing
from contracts.problems import CATALOGUE
from contracts.values.ids import is_id, new_id
from deploy.embedded.provision import Target
from gateway.edge.routing import UPLOAD_BODY_BYTES
from tests.gateway.conftest import Running, start_gateway
from tests.gateway.serving import Heard, answer_json, wait_for

MIB = 1024 * 1024


def assert_problem(answer: httpx.Response, code: str, lang: str = "zh-CN") -> dict[str, Any]:
    """The answer is this problem of the catalogue, with everything a problem must have."""
    body = answer.json()
    problem = CATALOGUE[code]
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, body["status"], body["code"]) == (problem.status, problem.status, code)
    assert body["type"].endswith(f"/problems/{code}")
    assert body["title"] == (problem.title.zh if lang == "zh-CN" else problem.title.en)
    assert answer.headers["content-language"] == lang
    assert is_id("req", answer.headers["request-id"])
    assert body["request_id"] == answer.headers["request-id"]
    assert body["fix"]
    return body


async def test_a_request_reaches_its_service_with_an_internal_token(
    gateway: Running, sample_units: dict[str, str], keys_dir: Path
):
    """The service sees the caller only through the gateway's own token for its audience."""
    headers = await gateway.auth("submitter")
    answer = await gateway.client.get("/v1/submissions?state=draft&page_size=2", headers=headers)
    assert answer.status_code == 200
    heard = gateway.stubs["transfer"].last
    assert (heard.method, heard.path, heard.query) == ("GET", "/v1/submissions", "state=draft&page_size=2")
    assert "authorization" not in heard.headers
    token = heard.headers["dangan-internal-token"]
    public = KeyRing(keys_dir).public_jwk("internal-token")
    caller = InternalTokens(public, "transfer").caller(token)
    assert is_id("acc", caller.account_id)
    assert caller.name == "何晓梅"
    assert caller.posts == (("submitter", sample_units["QL/QL06"]),)
    assert not caller.client
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["exp"] - claims["iat"] == 60


async def test_one_internal_token_serves_many_requests(gateway: Running):
    """So that the service's cache of verified tokens hits."""
    headers = await gateway.auth()
    for _ in range(3):
        await gateway.client.get("/v1/units", headers=headers)
    assert len({heard.headers["dangan-internal-token"] for heard in gateway.stubs["transfer"].heard}) == 1
    assert len({heard.headers["request-id"] for heard in gateway.stubs["transfer"].heard}) == 3


async def test_each_service_gets_a_token_of_its_own(gateway: Running, keys_dir: Path):
    """A token for one audience opens no other service."""
    headers = await gateway.auth()
    await gateway.client.get("/v1/units", headers=headers)
    await gateway.client.get("/v1/dossiers", headers=headers)
    public = KeyRing(keys_dir).public_jwk("internal-token")
    tokens = {name: gateway.stubs[name].last.headers["dangan-internal-token"] for name in ("transfer", "catalog")}
    for name, token in tokens.items():
        assert InternalTokens(public, name).caller(token)
        with pytest.raises(Exception, match="not-signed-in"):
            InternalTokens(public, "audit").caller(token)


async def test_spoofed_identity_never_arrives(gateway: Running):
    """Forged headers are dropped, also an internal token from outside."""
    forged = {
        "X-User": "boss", "X-Forwarded-User": "boss", "X-Roles": "leader", "Remote-User": "boss",
        "Dangan-Internal-Token": "forged", "X-Dangan-Role": "leader", "X-Forwarded-For": "10.0.0.1",
        "Cookie": "session=boss", "Forwarded": "for=boss", "Request-Id": new_id("req"),
    }  # fmt: skip
    headers = await gateway.auth("submitter", **forged)
    answer = await gateway.client.get("/v1/units", headers=headers)
    heard = gateway.stubs["transfer"].last.headers
    assert not {name.lower() for name in forged} - {"dangan-internal-token", "request-id"} & set(heard)
    assert not [value for value in heard.values() if "boss" in value or value == "forged"]
    assert answer.headers["request-id"] == heard["request-id"] != forged["Request-Id"]
    assert "authorization" not in heard


async def test_an_internal_token_from_outside_signs_nobody_in(gateway: Running):
    """Neither as its own header nor as a bearer token."""
    await gateway.client.get("/v1/units", headers=await gateway.auth())
    inner = gateway.stubs["transfer"].last.headers["dangan-internal-token"]
    assert_problem(await gateway.client.get("/v1/units", headers={"Dangan-Internal-Token": inner}), "not-signed-in")
    assert_problem(await gateway.client.get("/v1/units", headers={"Authorization": f"Bearer {inner}"}), "not-signed-in")
    assert len(gateway.stubs["transfer"].heard) == 1


async def test_a_trace_is_continued(gateway: Running):
    """The caller's trace id reaches the service, with a parent of ours."""
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = await gateway.auth("submitter", traceparent=f"00-{trace}-00f067aa0ba902b7-01", tracestate="a=b")
    await gateway.client.get("/v1/units", headers=headers)
    heard = gateway.stubs["transfer"].last.headers
    assert heard["traceparent"].split("-")[1] == trace
    assert heard["traceparent"].split("-")[2] != "00f067aa0ba902b7"
    assert heard["tracestate"] == "a=b"


@pytest.mark.parametrize(("accept", "lang"), [(None, "zh-CN"), ("en", "en"), ("en-GB,zh;q=0.5", "en"), ("fr", "zh-CN")])
async def test_refusals_speak_the_callers_language(gateway: Running, accept: str | None, lang: str):
    """Chinese unless English is preferred."""
    headers = {"Accept-Language": accept} if accept else {}
    answer = await gateway.client.get("/v1/units", headers=headers)
    assert_problem(answer, "not-signed-in", lang)
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "path", ["/v1/nothing", "/v1/units/%2e%2e/persons", "/v1//units", "/v1/tasks/apr_1", "/v1/journal-entries", "/v1"]
)
async def test_an_unknown_path_is_not_found(gateway: Running, path: str):
    """And no service hears of it."""
    answer = await gateway.client.get(path, headers=await gateway.auth())
    assert_problem(answer, "not-found")
    assert not any(stub.heard for stub in gateway.stubs.values())


async def test_tasks_go_to_the_owner_that_their_id_names(gateway: Running):
    """One address, four owners."""
    headers = await gateway.auth("auditor")
    for prefix, owner in (("tskc", "catalog"), ("tskt", "transfer"), ("tsku", "audit"), ("tskx", "access")):
        await gateway.client.post(f"/v1/tasks/{new_id(prefix)}/decisions", headers=headers, json={})
        assert gateway.stubs[owner].last.path.endswith("/decisions")


async def test_answers_pass_unchanged(gateway: Running):
    """Status, tags and bodies are the service's; connection headers are not."""

    async def answer(_: Heard, send: Any) -> None:
        extra = [
            (b"etag", b'"7"'), (b"idempotent-replayed", b"true"), (b"connection", b"x-hop"), (b"x-hop", b"1"),
            (b"set-cookie", b"a=b"), (b"location", b"/v1/units/unt_1"),
        ]  # fmt: skip
        await answer_json(send, {"名": "清"}, 201, extra)

    gateway.stubs["transfer"].answer = answer
    sent = await gateway.auth("submitter", **{"Idempotency-Key": "k-12345678", "If-Match": '"3"'})
    found = await gateway.client.post("/v1/units", headers=sent, json={"code": "x"})
    assert (found.status_code, found.json()) == (201, {"名": "清"})
    assert (found.headers["etag"], found.headers["location"]) == ('"7"', "/v1/units/unt_1")
    assert found.headers["idempotent-replayed"] == "true"
    assert not {"x-hop", "set-cookie", "connection"} & set(found.headers)
    heard = gateway.stubs["transfer"].last
    assert (heard.headers["idempotency-key"], heard.headers["if-match"]) == ("k-12345678", '"3"')
    assert heard.size == len(b'{"code":"x"}')


@pytest.mark.parametrize("status", [204, 304])
async def test_answers_without_a_body_pass(gateway: Running, status: int):
    """No body is invented."""

    async def answer(_: Heard, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": [(b"etag", b'"7"')]})
        await send({"type": "http.response.body"})

    gateway.stubs["transfer"].answer = answer
    found = await gateway.client.get("/v1/units", headers=await gateway.auth())
    assert (found.status_code, found.content, found.headers["etag"]) == (status, b"", '"7"')


async def test_redirects_are_the_callers_business(gateway: Running):
    """The gateway follows none: a service must not send it elsewhere with an internal token."""

    async def answer(_: Heard, send: Any) -> None:
        await answer_json(send, {}, 307, [(b"location", b"http://evil.example/")])

    gateway.stubs["transfer"].answer = answer
    found = await gateway.client.get("/v1/units", headers=await gateway.auth())
    assert (found.status_code, found.headers["location"]) == (307, "http://evil.example/")


def resident() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def many(chunk: bytes, times: int, highest: list[int]) -> Any:
    for _ in range(times):
        highest.append(resident())
        yield chunk


@pytest.mark.parametrize("measured", [True, False])
async def test_a_large_upload_flows_through(gateway: Running, measured: bool):
    """50 MB arrive whole, in parts, and memory grows by a few MB at most (client, gateway and service in one
    process, so nobody else may hold it either)."""
    headers = await gateway.auth("submitter", **{"Content-Type": "image/jpeg"})
    if measured:
        headers["Content-Length"] = str(50 * MIB)
    await gateway.client.post("/v1/uploads", headers={**headers, "Content-Length": "1"}, content=b"x")
    before, highest = resident(), [0]
    chunk = os.urandom(256 * 1024)
    answer = await gateway.client.post("/v1/uploads", headers=headers, content=many(chunk, 200, highest))
    assert answer.status_code == 200
    heard = gateway.stubs["transfer"].last
    assert heard.size == 50 * MIB
    assert heard.largest <= MIB
    assert max(highest) - before < 12 * MIB


async def test_a_large_answer_flows_through(gateway: Running):
    """50 MB leave in parts while the reader takes its time."""
    chunk = os.urandom(256 * 1024)

    async def answer(_: Heard, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _turn in range(200):
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    gateway.stubs["catalog"].answer = answer
    path, headers = f"/v1/pages/{new_id('pag')}/image", await gateway.auth("archivist")
    before, highest, size = resident(), 0, 0
    async with gateway.client.stream("GET", path, headers=headers) as found:
        async for part in found.aiter_raw():
            size += len(part)
            highest = max(highest, resident())
    assert size == 50 * MIB
    assert highest - before < 12 * MIB


async def test_a_body_over_the_limit_is_refused(gateway: Running):
    """1 MiB of JSON by its announced length, before a byte is read; 64 MiB for uploads."""
    headers = await gateway.auth()
    large = await gateway.client.post("/v1/submissions", headers=headers, content=b"x" * (MIB + 1))
    assert assert_problem(large, "too-large")["limit"] == "1 MiB"
    head = f"Authorization: {headers['Authorization']}\r\nContent-Length: {UPLOAD_BODY_BYTES + 1}"
    over = await raw_exchange(gateway, f"POST /v1/uploads HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n".encode())
    assert over.startswith(b"HTTP/1.1 413 ")
    assert b'"limit":"64 MiB"' in over
    assert not gateway.stubs["transfer"].heard


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 3\r\nContent-Length: 5",
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
        "Content-Length: +3",
        "Content-Length: -3",
        "Content-Length: 3, 3",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding : chunked",
    ],
)
async def test_a_body_of_two_lengths_is_refused(gateway: Running, head: str):
    """No request may end at different places for the gateway and a service (request smuggling)."""
    token = await gateway.token()
    smuggled = b"0\r\n\r\nGET /v1/units HTTP/1.1\r\nHost: a\r\n\r\n"
    request = f"POST /v1/submissions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n{head}\r\n\r\n"
    answer = await raw_exchange(gateway, request.encode() + smuggled)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert not gateway.stubs["transfer"].heard


async def raw_exchange(gateway: Running, request: bytes) -> bytes:
    """The beginning of the answer to exactly these bytes."""
    address = gateway.client.base_url
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(request)
    await writer.drain()
    answer = await reader.read(65536)
    writer.close()
    return answer


async def test_a_body_without_length_is_counted(gateway: Running):
    """What is not announced is stopped when it passes the limit, and no service sees it whole."""
    answer = await gateway.client.post(
        "/v1/submissions", headers=await gateway.auth(), content=many(b"x" * 65536, 40, [])
    )
    assert_problem(answer, "too-large")
    assert not gateway.stubs["transfer"].heard


async def test_a_refusal_may_come_before_the_body_is_read(gateway: Running):
    """A service that answers early is believed, and the upload ends."""

    async def early(_: Heard, send: Any) -> None:
        await answer_json(send, {"code": "file-type-refused"}, 415)

    gateway.stubs["transfer"].early = early
    headers = await gateway.auth("submitter", **{"Content-Length": str(8 * MIB)})
    answer = await gateway.client.post("/v1/uploads", headers=headers, content=many(b"x" * 65536, 128, []))
    assert answer.status_code == 415


async def test_headers_have_a_limit(gateway: Running):
    """32 KiB, 100 lines."""
    answer = await gateway.client.get("/v1/units", headers={"X-Long": "x" * 40_000})
    assert_problem(answer, "headers-too-large")
    many_lines = await gateway.client.get("/v1/units", headers={f"X-{n}": "1" for n in range(120)})
    assert_problem(many_lines, "headers-too-large")


async def test_a_service_that_is_down_is_named(gateway_database: Target, keys_dir: Path, workspace: Path):
    """503 with the service, and that a retry may help; the others are still reached."""
    async with AsyncExitStack() as stack:
        running = await start_gateway(stack, gateway_database, keys_dir, workspace, catalog_url="http://127.0.0.1:1")
        headers = await running.auth("archivist", **{"Accept-Language": "en"})
        body = assert_problem(await running.client.get("/v1/dossiers", headers=headers), "dependency-down", "en")
        assert (body["dependency"], body["retryable"]) == ("catalog", True)
        assert (await running.client.get("/v1/units", headers=headers)).status_code == 200


async def test_a_service_that_breaks_off_before_its_answer_is_down(gateway: Running):
    """Half an answer is none: a short one is checked before its first byte leaves."""

    async def answer(_: Heard, send: Any) -> None:
        head = [(b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b"half"})

    gateway.stubs["transfer"].answer = answer
    found = await gateway.client.get("/v1/units", headers=await gateway.auth())
    assert_problem(found, "dependency-down")


async def test_a_long_answer_that_breaks_off_is_seen_to_break_off(gateway: Running):
    """The status has left; the caller must not take the rest for whole."""

    async def answer(_: Heard, send: Any) -> None:
        head = [(b"content-length", str(10 * MIB).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": b"x" * MIB, "more_body": True})
        raise RuntimeError("the service dies")

    gateway.stubs["transfer"].answer = answer
    with pytest.raises(httpx.RemoteProtocolError):
        await gateway.client.get("/v1/units", headers=await gateway.auth())


@pytest.mark.parametrize("begun", [False, True])
async def test_a_caller_who_hangs_up_frees_the_service(gateway: Running, begun: bool):
    """Before and during the answer: what nobody waits for is given up."""
    stub, working, given_up = gateway.stubs["transfer"], asyncio.Event(), asyncio.Event()

    async def answer(_: Heard, send: Any) -> None:
        if begun:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
        working.set()
        await stub.until_hung_up()
        given_up.set()

    stub.answer = answer
    address = gateway.client.base_url
    _, writer = await asyncio.open_connection(address.host, address.port)
    head = f"GET /v1/units HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {await gateway.token()}\r\n\r\n"
    writer.write(head.encode())
    await asyncio.wait_for(working.wait(), 5)
    writer.close()
    await asyncio.wait_for(given_up.wait(), 5)
    stub.answer = None
    assert (await gateway.client.get("/v1/units", headers=await gateway.auth())).status_code == 200


async def test_an_upload_whose_caller_hangs_up_is_not_delivered(gateway: Running):
    """The service sees the body break off and never the whole request."""
    address = gateway.client.base_url
    token = await gateway.token()
    reader, writer = await asyncio.open_connection(address.host, address.port)
    head = f"POST /v1/uploads HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Length: 1000000\r\n\r\n"
    writer.write(head.encode() + b"x" * 200_000)
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert await reader.read() == b""
    assert (await gateway.client.get("/v1/units", headers=await gateway.auth())).status_code == 200
    await wait_for(lambda: all(heard.method == "GET" for heard in gateway.stubs["transfer"].heard), "only the GET")


async def test_too_long_a_token_is_refused_unread(gateway: Running):
    """Before it is decoded."""
    answer = await gateway.client.get("/v1/units", headers={"Authorization": "Bearer " + "a" * 9000})
    assert_problem(answer, "not-signed-in")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_a_head_request_has_no_body(gateway: Running):
    """Its length is that of the GET, and nothing follows; the next request is not mixed up with it."""

    async def answer(_: Heard, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1234")]})
        await send({"type": "http.response.body"})

    gateway.stubs["transfer"].answer = answer
    headers = await gateway.auth()
    found = await gateway.client.head("/v1/units", headers=headers)
    assert (found.status_code, found.headers["content-length"], found.content) == (200, "1234", b"")
    gateway.stubs["transfer"].answer = None
    assert (await gateway.client.get("/v1/units", headers=headers)).json() == {}


async def test_many_callers_with_one_token_are_looked_up_once(gateway: Running, rows: asyncpg.Connection):
    """A look-up that has become stale is made anew by one of them; the others wait for it."""
    headers = await gateway.auth("leader")
    gateway.forget()
    looked = 0
    original = gateway.edge.border.principals._look_up

    async def counted(token: Any) -> Any:
        nonlocal looked
        looked += 1
        return await original(token)

    gateway.edge.border.principals._look_up = counted  # pyright: ignore[reportAttributeAccessIssue]
    try:
        answers = await asyncio.gather(*(gateway.client.get("/v1/units", headers=headers) for _ in range(20)))
    finally:
        del gateway.edge.border.principals._look_up
    assert {answer.status_code for answer in answers} == {200}
    assert looked == 1
