"""The service's own HTTP, with the gateway's internal tokens: every answer and refusal of a route."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from chassis.identity import Caller, mint_internal
from chassis.settings import Settings
from chassis.unit_of_work import UnitOfWork
from chassis.web import INTERNAL_TOKEN
from contracts.values.ids import new_id
from services.catalog.app import create_app
from tests.services.catalog.office import Office


class Desk:
    """Requests to the catalog, of the office's archivist unless another caller is named."""

    def __init__(self, http: httpx.AsyncClient, office: Office) -> None:
        self._http = http
        self.office = office

    async def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        caller: Caller | None = None,
        version: int | None = None,
        key: str | None = "",
        **headers: str,
    ) -> httpx.Response:
        """One request below /v1, bytes as they are. `key=None` sends no idempotency key, `version=None` no If-Match."""
        who = caller or self.office.archivist
        private = self.office.deps.keys.private_jwk("internal-token")
        sent = {INTERNAL_TOKEN: mint_internal(private, "catalog", who, now=time.time()), **headers}
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        if method == "POST" and key is not None:
            sent["Idempotency-Key"] = key or new_id("req")
        content: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
        return await self._http.request(method, f"/v1/{path}", **content, headers=sent)

    async def get(self, path: str, caller: Caller | None = None, **headers: str) -> httpx.Response:
        """GET below /v1."""
        return await self.send("GET", path, caller=caller, **headers)

    async def post(self, path: str, body: Any, **options: Any) -> httpx.Response:
        """POST below /v1, under a fresh idempotency key."""
        return await self.send("POST", path, body, **options)


@pytest.fixture(scope="session")
async def catalog_app(settings_for: Callable[..., Settings]) -> AsyncIterator[FastAPI]:
    """The service's app on this worker's database, without its consumer: events come in by the office's door."""
    app = create_app(settings_for("catalog"))
    await app.state.deps.open()
    yield app
    await app.state.deps.close()


@pytest.fixture
async def desk(
    catalog_app: FastAPI, uow_for: Callable[..., UnitOfWork], admin: asyncpg.Connection
) -> AsyncIterator[Desk]:
    """The way to the app's routes, and an office of this test alone behind it."""
    transport = httpx.ASGITransport(catalog_app)
    office = await Office(catalog_app.state.deps, uow_for, admin).open()
    async with httpx.AsyncClient(transport=transport, base_url="http://catalog") as http:
        yield Desk(http, office)


def code_of(answer: httpx.Response) -> str:
    """The stable code of a problem."""
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.json()["code"]


def faults_of(answer: httpx.Response) -> dict[str, str]:
    """Pointer → fault code of a refused form."""
    return {fault["pointer"]: fault["code"] for fault in answer.json()["errors"]}
