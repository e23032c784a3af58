"""The client of the public API: tokens, keys that repeat, patience with passing faults, waiting with an end."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from cli.client import Client, NotReached, Problem, key_of, until


class Server:
    """A stand-in that answers each request by the next of its answers, and remembers what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.asked: list[httpx.Request] = []
        self.signed_in = 0
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/idp/token":
            self.signed_in += 1
            return httpx.Response(200, json={"access_token": f"t{self.signed_in}", "expires_in": 900})
        self.asked.append(request)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def client_of(server: Server, patience: float = 0.0) -> Client:
    http = httpx.AsyncClient(base_url="http://test", transport=httpx.MockTransport(server))
    return Client("http://test", patience=patience, http=http)


def problem(status: int, code: str, **more: Any) -> httpx.Response:
    headers = {"content-type": "application/problem+json"}
    return httpx.Response(status, json={"code": code, "status": status, **more}, headers=headers)


async def test_a_caller_signs_in_once_and_sends_the_token():
    server = Server(httpx.Response(200, json={"a": 1}), httpx.Response(200, json={"a": 2}))
    async with client_of(server) as client:
        person = client.person("someone", "secret")
        assert await person.get("/v1/me") == {"a": 1}
        assert await person.get("/v1/me", page_size=3) == {"a": 2}
    assert server.signed_in == 1
    assert {request.headers["authorization"] for request in server.asked} == {"Bearer t1"}
    assert server.asked[1].url.params["page_size"] == "3"


async def test_a_refused_token_is_renewed_once_and_then_believed():
    """A restarted system may have other keys; a second refusal is the answer."""
    server = Server(problem(401, "not-signed-in"), httpx.Response(200, json={}), problem(401, "x"), problem(401, "x"))
    async with client_of(server) as client:
        person = client.person("someone", "secret")
        assert await person.get("/v1/me") == {}
        with pytest.raises(Problem) as refused:
            await person.get("/v1/me")
    assert refused.value.status == 401
    assert server.signed_in == 3


async def test_a_post_has_a_key_of_its_own_or_the_one_that_is_given():
    server = Server(*(httpx.Response(201, json={}) for _ in range(3)))
    async with client_of(server) as client:
        machine = client.machine("hr", "secret")
        await machine.post("/v1/units", {"name": "x"})
        await machine.post("/v1/units", {"name": "x"})
        await machine.post("/v1/units", {"name": "x"}, key=key_of("units", 1), version=7)
    keys = [request.headers["idempotency-key"] for request in server.asked]
    assert keys[0] != keys[1]
    assert keys[2] == key_of("units", 1) != key_of("units", 2)
    assert server.asked[2].headers["if-match"] == '"7"'


async def test_a_passing_fault_is_met_with_the_same_key_again():
    """Nothing is done twice, because the repeated request carries the key of the first."""
    server = Server(
        httpx.ConnectError("down"),
        problem(503, "dependency-down"),
        problem(409, "idempotency-in-progress"),
        httpx.Response(201, json={"id": "sub_1"}),
    )
    async with client_of(server, patience=10) as client:
        assert await client.person("a", "b").post("/v1/submissions", {}) == {"id": "sub_1"}
    assert len({request.headers["idempotency-key"] for request in server.asked}) == 1


async def test_without_patience_a_passing_fault_is_told_at_once():
    server = Server(problem(503, "dependency-down"), httpx.ConnectError("down"))
    async with client_of(server) as client:
        with pytest.raises(Problem, match="dependency-down"):
            await client.person("a", "b").get("/v1/me")
        with pytest.raises(httpx.ConnectError):
            await client.person("a", "b").get("/v1/me")


async def test_a_state_conflict_is_never_sent_again():
    server = Server(problem(409, "state-conflict", errors=[{"pointer": "/x", "code": "y"}]))
    async with client_of(server, patience=10) as client:
        with pytest.raises(Problem) as refused:
            await client.person("a", "b").post("/v1/x")
    assert (refused.value.code, refused.value.faults) == ("state-conflict", [("/x", "y")])
    assert len(server.asked) == 1


async def test_every_page_of_a_list_is_read():
    server = Server(
        httpx.Response(200, json={"items": [1, 2], "next_page_token": "more"}),
        httpx.Response(200, json={"items": [3], "next_page_token": None}),
    )
    async with client_of(server) as client:
        items = [item async for item in client.person("a", "b").every("/v1/units", page_size=2)]
    assert items == [1, 2, 3]
    assert server.asked[1].url.params["page_token"] == "more"


async def test_waiting_ends_with_the_state_or_with_its_deadline():
    seen = iter(range(10))

    async def look() -> int:
        return next(seen)

    assert await until("three", look, lambda value: value == 3, seconds=5) == 3
    with pytest.raises(NotReached) as missed:
        await until("never", look, lambda _: False, seconds=0.1)
    assert isinstance(missed.value.last, int)
    assert missed.value.last >= 4


async def test_a_resource_is_set_as_a_whole_in_place_of_the_version_that_was_seen():
    server = Server(httpx.Response(200, json={"version": 3}))
    async with client_of(server) as client:
        assert await client.person("someone", "secret").put("/v1/x", {"a": 1}, version=2) == {"version": 3}
    [asked] = server.asked
    assert (asked.method, asked.headers["if-match"], asked.content) == ("PUT", '"2"', b'{"a":1}')
