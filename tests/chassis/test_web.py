"""What every route has, shown on a toy service: identity, problems in two languages, versions, keys, pages."""

import time
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Response
from pydantic import Field, TypeAdapter, ValidationError

from chassis.app import ServiceSpec, create_service
from chassis.identity import Caller, mint_internal
from chassis.problems import faults_of
from chassis.startup import StartRefused
from chassis.web import IfMatch, Pages, RequestModel, Uow, check_version, etag, requires
from contracts.values.ids import new_id
from contracts.values.partial_date import PartialDate
from deploy.embedded.provision import Target
from tests.chassis.conftest import settings_for

UNIT = new_id("unt")
AUDITOR = Caller(new_id("acc"), name="审核员甲", posts=(("auditor", UNIT),))
LEADER = Caller(new_id("acc"), posts=(("leader", UNIT),))
THING = new_id("apr")

router = APIRouter()
MayDecide = requires("audit-task:decide", idempotent=True)


class ThingIn(RequestModel):
    title: Annotated[str, Field(max_length=10)]
    formed_on: PartialDate | None = None
    count: Annotated[int, Field(ge=1, le=9)] = 1


@router.post("/things", status_code=201)
async def create_thing(
    body: ThingIn, caller: Annotated[Caller, MayDecide], uow: Uow, response: Response
) -> dict[str, Any]:
    async with uow:
        known = await uow.replay_of()
        if known is None:
            known = new_id("apr")
            await uow.remember(known)
    if uow.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return {"id": known, "by": caller.account_id}


@router.patch("/things/{thing_id}")
async def change_thing(
    thing_id: str, caller: Annotated[Caller, requires("audit-task:decide")], uow: Uow, seen: IfMatch, response: Response
) -> dict[str, Any]:
    async with uow:
        await check_version(uow, thing_id, 7, seen)
    response.headers["ETag"] = etag(8)
    return {"version": 8}


@router.get("/things")
async def list_things(
    caller: Annotated[Caller, requires("audit-task:read")], pages: Pages, response: Response, state: str | None = None
) -> dict[str, Any]:
    start = pages.after[0] if pages.after else 0
    return pages.answer(response, [{"id": n} for n in range(start + 1, 8)][: pages.size + 1], lambda row: [row["id"]])


@router.get("/broken")
async def broken(caller: Annotated[Caller, requires("audit-task:read")]) -> None:
    raise KeyError("张三 330102198703070011")


@pytest.fixture
async def client(fresh_database: Target, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_service(ServiceSpec("audit", "Toy", [router]), settings_for(fresh_database, tmp_path))
    await app.state.deps.open()
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://audit", headers=signed(app)) as client:
        client.app = app  # type: ignore[attr-defined]
        yield client
    await app.state.deps.close()


def signed(app: Any, caller: Caller = AUDITOR, audience: str = "audit", **options: Any) -> dict[str, str]:
    """The header by which the gateway vouches for a caller."""
    key = app.state.deps.keys.private_jwk("internal-token")
    return {"dangan-internal-token": mint_internal(key, audience, caller, now=time.time(), **options)}


def key() -> dict[str, str]:
    return {"Idempotency-Key": new_id("req")}


async def test_an_unforeseen_error_says_nothing_but_the_request_id(client: httpx.AsyncClient):
    """500 with the id to quote; the text of the error stays inside."""
    answer = await client.get("/v1/broken")
    assert answer.status_code == 500
    body = answer.json()
    assert body["code"] == "internal-error"
    assert body["request_id"] == answer.headers["Request-Id"]
    assert "张三" not in answer.text
    assert "3301" not in answer.text


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"dangan-internal-token": ""}, 401, "not-signed-in"),
        ({"dangan-internal-token": "a.b.c"}, 401, "not-signed-in"),
    ],
)
async def test_without_the_gateways_token_nothing_is_said(
    client: httpx.AsyncClient, headers: dict[str, str], status: int, code: str
):
    """A service listens to the gateway alone."""
    answer = await client.get("/v1/things", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_token_for_another_service_or_past_its_time_is_refused(client: httpx.AsyncClient):
    """Each service has its own audience, and a token lives 60 seconds."""
    app = client.app  # type: ignore[attr-defined]
    for headers in (signed(app, audience="catalog"), signed(app, seconds=-60)):
        assert (await client.get("/v1/things", headers=headers)).json()["code"] == "not-signed-in"


async def test_a_role_without_the_permission_is_told_which_is_missing(client: httpx.AsyncClient):
    """403 names the permission."""
    answer = await client.get("/v1/things", headers=signed(client.app, LEADER))  # type: ignore[attr-defined]
    assert answer.status_code == 403
    assert answer.json()["permission"] == "audit-task:read"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/title", "required"),
        ({"title": "表", "titel": "x"}, "/titel", "unknown-member"),
        ({"title": "一二三四五六七八九十十一"}, "/title", "too-long"),
        ({"title": "表", "count": 12}, "/count", "out-of-range"),
        ({"title": 7}, "/title", "type"),
    ],
)
async def test_a_fault_names_its_member_and_never_the_value(
    client: httpx.AsyncClient, body: dict[str, Any], pointer: str, code: str
):
    """422 with an RFC 6901 pointer; what was sent is not repeated."""
    answer = await client.post("/v1/things", json=body, headers=key())
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert "一二三四" not in answer.text
    assert "—" not in answer.text, "a limit that is not there is not named"


@pytest.mark.parametrize("given", ["2020-13-01", "2020-02-30", "2020-05-01T10:00:00", "tomorrow"])
def test_a_day_that_is_none_is_told_as_a_date(given: str):
    """In a query too: its words name the form, and no type of the program."""
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(date).validate_python(given)
    assert [fault.code for fault in faults_of(caught.value.errors())] == ["date-impossible"]


async def test_an_impossible_date_has_its_own_code(client: httpx.AsyncClient):
    """2023-02-30 is on no calendar."""
    body = {"title": "表", "formed_on": {"value": "2023-02-30"}}
    answer = await client.post("/v1/things", json=body, headers=key())
    assert (answer.status_code, answer.json()["code"]) == (422, "date-impossible")
    assert answer.json()["errors"][0]["pointer"].startswith("/formed_on")


async def test_broken_json_is_malformed(client: httpx.AsyncClient):
    """400, not 422: it could not be read at all."""
    headers = {**key(), "Content-Type": "application/json"}
    answer = await client.post("/v1/things", content=b'{"title": ', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-request")


@pytest.mark.parametrize(
    ("accept", "language", "title"),
    [
        (None, "zh-CN", "填写内容有误"),
        ("en-GB,en;q=0.9", "en", "The content does not validate"),
        ("fr", "zh-CN", "填写内容有误"),
        ("en;q=0.3, zh;q=0.8", "zh-CN", "填写内容有误"),
    ],
)
async def test_problems_speak_the_callers_language(
    client: httpx.AsyncClient, accept: str | None, language: str, title: str
):
    """zh-CN unless English is preferred."""
    headers = key() | ({"Accept-Language": accept} if accept else {})
    answer = await client.post("/v1/things", json={}, headers=headers)
    assert (answer.headers["Content-Language"], answer.json()["title"]) == (language, title)


async def test_unknown_query_parameters_are_refused(client: httpx.AsyncClient):
    """A typing error must not be silently ignored."""
    assert (await client.get("/v1/things?state=open")).status_code == 200
    answer = await client.get("/v1/things?sate=open")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/sate")


async def test_unknown_addresses_and_methods_are_problems_too(client: httpx.AsyncClient):
    """Starlette's plain answers are replaced."""
    assert (await client.get("/v1/nothing")).json()["code"] == "not-found"
    answer = await client.put("/v1/things")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert "GET" in answer.headers["Allow"]


async def test_the_idempotency_key_is_required_kept_and_bound_to_the_body(client: httpx.AsyncClient):
    """Missing: 400. Repeated: the same resource, and said so. Other body: 422."""
    assert (await client.post("/v1/things", json={"title": "表"})).json()["code"] == "idempotency-key-missing"
    bad = await client.post("/v1/things", json={"title": "表"}, headers={"Idempotency-Key": "short"})
    assert bad.json()["code"] == "idempotency-key-missing"
    headers = key()
    first = await client.post("/v1/things", json={"title": "表"}, headers=headers)
    again = await client.post("/v1/things", json={"title": "表"}, headers=headers)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    other = await client.post("/v1/things", json={"title": "书"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("if_match", "status", "code"),
    [(None, 428, "precondition-required"), ('"6"', 412, "version-stale"), ("7", 422, "validation-failed")],
)
async def test_a_change_needs_the_version_that_was_seen(
    client: httpx.AsyncClient, if_match: str | None, status: int, code: str
):
    """Missing, stale and malformed are three answers."""
    headers = {"If-Match": if_match} if if_match else {}
    answer = await client.patch(f"/v1/things/{THING}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_right_version_passes_and_gives_the_next(client: httpx.AsyncClient):
    """The new ETag can be written against at once."""
    answer = await client.patch(f"/v1/things/{THING}", headers={"If-Match": '"7"'})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"8"')


async def test_a_list_is_walked_by_its_tokens(client: httpx.AsyncClient):
    """Every row once, `Link` beside the token, nothing after the last."""
    seen: list[int] = []
    address: str | None = "/v1/things?page_size=3"
    while address:
        answer = await client.get(address)
        seen += [row["id"] for row in answer.json()["items"]]
        token = answer.json()["next_page_token"]
        link = answer.links.get("next")
        assert (link is None) == (token is None)
        address = link["url"] if link else None
    assert seen == [1, 2, 3, 4, 5, 6, 7]


async def test_a_page_token_is_bound_to_caller_and_filters(client: httpx.AsyncClient):
    """Another caller, another filter, or a changed token starts from the first page."""
    token = (await client.get("/v1/things?page_size=3")).json()["next_page_token"]
    assert (await client.get(f"/v1/things?page_token={token}")).status_code == 200
    other = Caller(new_id("acc"), posts=(("auditor", UNIT),))
    for answer in (
        await client.get(f"/v1/things?page_token={token}&state=open"),
        await client.get(f"/v1/things?page_token={token[:-2]}AA"),
        await client.get("/v1/things?page_token=x"),
        await client.get(f"/v1/things?page_token={token}", headers=signed(client.app, other)),  # type: ignore[attr-defined]
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "page-token-invalid")


async def test_request_id_and_trace_go_in_and_out(client: httpx.AsyncClient):
    """A request id of our form is kept, another is replaced; the trace is continued with a span of our own."""
    rid, parent = new_id("req"), "00-" + "a" * 32 + "-" + "b" * 16 + "-01"
    answer = await client.get("/v1/things", headers={"Request-Id": rid, "traceparent": parent})
    assert answer.headers["Request-Id"] == rid
    assert answer.headers["traceparent"].startswith("00-" + "a" * 32)
    assert "b" * 16 not in answer.headers["traceparent"]
    answer = await client.get("/v1/things", headers={"Request-Id": "' or 1=1", "traceparent": "nonsense"})
    assert answer.headers["Request-Id"].startswith("req_")


async def test_health_tells_what_is_missing(client: httpx.AsyncClient):
    """Alive without a broker; ready only with it, and the answer names it."""
    assert (await client.get("/health/live")).status_code == 200
    answer = await client.get("/health/ready")
    assert answer.status_code == 503
    assert (answer.json()["database"], answer.json()["broker"]) == ("up", "down")


def test_a_route_without_a_permission_fails_the_start(fresh_database: Target, tmp_path: Path):
    """Forgetting the permission is noticed before the first request."""
    open_router = APIRouter()

    @open_router.get("/open")
    async def open_route() -> None:
        """Nobody may call this."""

    with pytest.raises(StartRefused, match="/open"):
        create_service(ServiceSpec("audit", "Toy", [open_router]), settings_for(fresh_database, tmp_path))


def test_a_permission_that_is_asked_last_fails_the_start(fresh_database: Target, tmp_path: Path):
    """Who lacks it would first be told what else is wrong with the request."""
    late = APIRouter()

    @late.patch("/late")
    async def late_route(if_match: IfMatch, caller: Annotated[Caller, MayDecide]) -> None:
        """Answers 428 before 403."""

    with pytest.raises(StartRefused, match="/late"):
        create_service(ServiceSpec("audit", "Toy", [late]), settings_for(fresh_database, tmp_path))


def test_annotations_as_text_fail_the_start(fresh_database: Target, tmp_path: Path):
    """Each copy of such a route would have a permission of its own, which knows no query parameter."""
    router = APIRouter()

    async def toy(caller: Caller) -> None:
        """Written in a module with `from __future__ import annotations`."""

    toy.__annotations__["return"] = "None"
    router.get("/toy")(toy)
    with pytest.raises(StartRefused, match="/toy"):
        create_service(ServiceSpec("audit", "Toy", [router]), settings_for(fresh_database, tmp_path))


def test_a_permission_that_no_role_holds_is_refused():
    """A misspelt permission would lock everybody out."""
    with pytest.raises(ValueError, match="no role"):
        requires("audit-task:decid")


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded"])
async def test_a_body_that_is_not_json_is_told_so(client: httpx.AsyncClient, media_type: str):
    """415 names what is taken."""
    answer = await client.post("/v1/things", content=b"title=x", headers={**key(), "Content-Type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (415, "media-type-refused")
    assert "application/json" in answer.json()["accepted"]
