"""The gateway's own routes: who I am, what waits for me, and what the house publishes about itself."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from fastapi import APIRouter, FastAPI

from chassis.app import describe
from chassis.keys import KeyRing
from chassis.startup import StartRefused
from contracts.events import DATA_MODELS
from contracts.problems import CATALOGUE
from contracts.tasks import Task
from contracts.values.ids import is_id, new_id
from gateway.api.public import include_public, public
from gateway.api.tasks import merged
from gateway.app import SPEC
from gateway.settings import HERE
from tests.gateway.conftest import Running
from tests.gateway.serving import Heard, answer_json
from tests.gateway.test_proxy import assert_problem

DUE = datetime(2026, 12, 1, 9, tzinfo=UTC)


def task(prefix: str, days: int = 0, **changes: Any) -> Task:
    whole = {
        "id": new_id(prefix), "kind": "appraisal.first", "state": "pending", "step": 1, "version": 1,
        "resource": f"appraisals/{new_id('apr')}", "unit_id": new_id("unt"), "created_at": DUE,
        "due_at": DUE + timedelta(days=days),
    }  # fmt: skip
    return Task(**{**whole, **changes})


def telling(*tasks: Task) -> Any:
    async def answer(_: Heard, send: Any) -> None:
        await answer_json(send, {"items": [one.model_dump(mode="json") for one in tasks], "next_page_token": None})

    return answer


async def test_me_names_roles_rules_and_units(gateway: Running, sample_units: dict[str, str]):
    """Each post with the rule that gave it."""
    answer = await gateway.client.get("/v1/me", headers=await gateway.auth("submitter"))
    me = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert is_id("acc", me["account_id"])
    assert (me["name"], me["issuer"], me["client"], me["person_no"]) == ("何晓梅", "embedded", False, None)
    post = {"role": "submitter", "rule": "s01", "unit": "QL/QL06", "unit_id": sample_units["QL/QL06"]}
    assert me["posts"] == [post]
    assert {"me:read", "submission:create"} <= set(me["permissions"])


async def test_me_shows_a_person_number_to_its_owner(gateway: Running):
    """An account that belongs to a cadre says so."""
    answer = await gateway.client.get("/v1/me", headers=await gateway.auth("viewer"))
    assert answer.json()["person_no"] == "10000013"


async def test_a_machine_is_a_client(gateway: Running):
    """Client credentials give a machine's account."""
    me = (await gateway.client.get("/v1/me", headers=await gateway.auth("hr"))).json()
    assert (me["client"], [post["role"] for post in me["posts"]]) == (True, ["hr_system"])


@pytest.mark.parametrize("path", ["/v1/me?colour=red", "/v1/tasks?colour=red", "/v1/tasks?page_token=x"])
async def test_own_routes_refuse_unknown_parameters(gateway: Running, path: str):
    """As every route does."""
    body = assert_problem(await gateway.client.get(path, headers=await gateway.auth()), "unknown-parameter")
    assert [fault["code"] for fault in body["errors"]] == ["unknown-parameter"]


async def test_own_routes_want_a_token(gateway: Running):
    """Also the gateway's own."""
    for path in ("/v1/me", "/v1/tasks"):
        assert_problem(await gateway.client.get(path), "not-signed-in")


async def test_tasks_of_all_services_are_merged_by_due_date(gateway: Running):
    """By (due_at, id), whoever answered."""
    first, second, third = task("tskx"), task("tsku", days=1), task("tskc", days=2)
    gateway.stubs["access"].answer = telling(first)
    gateway.stubs["audit"].answer = telling(second)
    gateway.stubs["catalog"].answer = telling(third)
    answer = await gateway.client.get("/v1/tasks?page_size=7", headers=await gateway.auth("auditor"))
    body = answer.json()
    assert [one["id"] for one in body["items"]] == [first.id, second.id, third.id]
    assert (body["incomplete"], body["next_page_token"]) == ([], None)
    assert gateway.stubs["audit"].last.query == "page_size=7"


async def test_a_service_that_does_not_answer_is_named(gateway: Running):
    """Within a second; the rest is shown."""
    never = asyncio.Event()

    async def silent(_: Heard, send: Any) -> None:
        await never.wait()

    async def raving(_: Heard, send: Any) -> None:
        await answer_json(send, {"items": [{"id": "?"}]})

    found = task("tskx")
    gateway.stubs["access"].answer = telling(found)
    gateway.stubs["audit"].answer = silent
    gateway.stubs["catalog"].answer = raving
    body = (await gateway.client.get("/v1/tasks", headers=await gateway.auth("auditor"))).json()
    never.set()
    assert [one["id"] for one in body["items"]] == [found.id]
    assert body["incomplete"] == ["audit", "catalog"]


async def test_a_service_where_i_have_no_tasks_is_no_gap(gateway: Running):
    """No permission there means that nothing waits there."""

    async def refusing(_: Heard, send: Any) -> None:
        await answer_json(send, {"code": "role-missing"}, 403)

    found = task("tskx")
    gateway.stubs["access"].answer = telling(found)
    gateway.stubs["audit"].answer = gateway.stubs["catalog"].answer = refusing
    body = (await gateway.client.get("/v1/tasks", headers=await gateway.auth("leader"))).json()
    assert ([one["id"] for one in body["items"]], body["incomplete"]) == ([found.id], [])


def test_merging_keeps_to_the_page_size():
    """The soonest of all; ties go by id."""
    tie = sorted((task("tsku"), task("tskc"), task("tskx")), key=lambda one: one.id)
    listed = merged({"a": [tie[2], task("tskc", days=1)], "b": [tie[0]], "c": [tie[1]], "d": None}, 3)
    assert listed.items == tie
    assert listed.incomplete == ["d"]


@pytest.mark.parametrize("path", ["/docs", "/docs/docs.css", "/docs/docs.js", "/problems", "/problems/not-found"])
async def test_pages_load_nothing_from_outside(gateway: Running, path: str):
    """No address of another host, and a policy that forbids one."""
    answer = await gateway.client.get(path)
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "://" not in answer.text
    assert 'src="//' not in answer.text


async def test_the_openapi_document_is_there(gateway: Running):
    """Public, 3.1, with this deployment's address."""
    document = (await gateway.client.get("/v1/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": gateway.settings.public_url}]
    assert {"/v1/me", "/v1/tasks", "/idp/token"} <= set(document["paths"])


@pytest.mark.parametrize("code", CATALOGUE)
async def test_each_problem_has_its_page(gateway: Running, code: str):
    """What `type` leads to, in both languages."""
    text = (await gateway.client.get(f"/problems/{code}")).text
    assert CATALOGUE[code].title.zh in text
    assert code in text
    assert str(CATALOGUE[code].status) in text


@pytest.mark.parametrize("name", DATA_MODELS)
async def test_each_event_has_its_schema(gateway: Running, name: str):
    """What `dataschema` leads to."""
    answer = await gateway.client.get(f"/schemas/events/{name}.json")
    schema = answer.json()
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"{gateway.settings.public_url}/schemas/events/{name}.json"


async def test_receipt_keys_are_published_without_their_secret(gateway: Running, keys_dir: Any):
    """Public members only, of the receipt key only."""
    (key,) = (await gateway.client.get("/.well-known/dangan-keys")).json()["keys"]
    public = KeyRing(keys_dir).public_jwk("receipt")
    assert key["kid"] == public["kid"]
    assert set(key) == {"kid", "kty", "crv", "alg", "use", "x", "y"}


@pytest.mark.parametrize(
    "path",
    [
        "/", "/problems/no-such", "/schemas/events/no.such.v1.json", "/docs/../app.py", "/docs/docs.html",
        "/openapi.json",        "/redoc", "/docs/%2e%2e%2fapp.py", "/.well-known/other", "/idp/other",
    ],
)  # fmt: skip
async def test_nothing_else_is_public(gateway: Running, path: str):
    """Everything unknown is one and the same problem."""
    assert_problem(await gateway.client.get(path), "not-found")


async def test_health_and_figures(gateway: Running):
    """Live without anything; ready only with its broker (there is none here); figures for this machine only."""
    assert (await gateway.client.get("/health/live")).status_code == 200
    ready = await gateway.client.get("/health/ready")
    assert (ready.status_code, ready.json()["database"], ready.json()["broker"]) == (503, "up", "down")
    assert "dangan_gateway_seconds" in (await gateway.client.get("/metrics")).text
    through_proxy = await gateway.client.get("/metrics", headers={"X-Forwarded-For": "10.0.0.1"})
    assert_problem(through_proxy, "not-found")


def test_the_docs_page_asks_only_this_host():
    """The script's own addresses are paths."""
    text = (HERE / "static" / "docs.js").read_text(encoding="utf-8")
    assert "fetch(" in text
    assert "import(" not in text
    assert "http:" not in text
    assert "https:" not in text


def test_a_route_open_to_everybody_must_say_why():
    """Else the gateway does not start; a route with a permission is no public one either."""
    for routes in ([], [public("a reason")]):
        router = APIRouter()

        @router.get("/open", dependencies=routes)
        async def get_open() -> None: ...

        if routes:
            include_public(FastAPI(), [router])
        else:
            with pytest.raises(StartRefused, match="without saying why"):
                include_public(FastAPI(), [router])


def test_a_route_under_v1_must_declare_a_permission():
    """As in every service."""
    router = APIRouter(prefix="/v1")

    @router.get("/undeclared")
    async def get_undeclared() -> None: ...

    with pytest.raises(StartRefused, match="declares no permission"):
        describe(replace(SPEC, routers=(*SPEC.routers, router)))
